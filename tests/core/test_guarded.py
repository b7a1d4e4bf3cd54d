"""The identity guard in form fields: what must go does not get through, and nothing typed is lost."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django import forms
from django.http import QueryDict
from django.template import engines
from django.test import Client
from django.urls import reverse
from django.utils import translation

from mtd.core.actor import ANONYMOUS
from mtd.core.guard_words import KINDS, PROBLEMS, REASONS_TO_KEEP, explanation, kind_word
from mtd.core.guarded import (
    GuardedLineField,
    GuardedTextField,
    Typed,
    decisions,
    familiar_from,
    judge,
    kept_reasons,
    open_in,
    token_of,
)
from mtd.core.judging import _Units
from mtd.core.views import MOST_GUARDED
from mtd.deidentification import Kind, Problem, explain, find
from mtd.organizations.models import Network, Organization
from mtd.organizations.queries import familiar_names
from tests.cast import Cast, build_cast
from tests.markup import flat

MAIL = "anna.kowalczyk@example.org"


def draw(source: str, **context: object) -> str:
    """A piece of template with components in it, as a page would draw it."""
    from django_cotton.compiler_regex import CottonCompiler

    return engines["django"].from_string(CottonCompiler().process(source)).render(context)


class StoryForm(forms.Form):
    """Two fields that others read, and one's own note."""

    story = GuardedTextField(label="Story")
    title = GuardedLineField(label="Title", required=False)
    note = GuardedTextField(label="Note", required=False, strict=False)


def sent(**data: str) -> StoryForm:
    query = QueryDict(mutable=True)
    query.update(
        {"story": "The mother is well.", **{key.replace("__", "-"): value for key, value in data.items()}}
    )
    return StoryForm(query)


def token(text: str, words: str) -> str:
    """The token of a passage that the guard finds in the text."""
    return next(p.token for p in judge(text, language="en").passages if p.words == words)


def test_a_text_that_tells_nobody_goes_through_unchanged() -> None:
    form = sent(story="  The mother keeps her appointments.  ")
    assert form.is_valid()
    assert form.cleaned_data["story"] == "The mother keeps her appointments."
    assert type(form.cleaned_data["story"]) is str


def test_what_is_certain_must_go_whatever_reason_is_given() -> None:
    text = f"Write to {MAIL} please."
    mark = token(text, MAIL)
    for keep in ("", "word", "professional", "anything"):
        form = sent(story=text, **{f"story-keep-{mark}": keep})
        assert not form.is_valid()
        assert "must go" in form.errors["story"][0]
        assert "cleaned" not in form.errors["story"][0]


def test_what_was_typed_stays_in_the_field_and_the_passage_is_shown_beside_it() -> None:
    text = f"Write to {MAIL} <b>now</b>."
    form = sent(story=text)
    html = str(form["story"])
    assert f"Write to {MAIL} &lt;b&gt;now&lt;/b&gt;.</textarea>" in html.replace("\n", "")
    assert '<li class="find find--certain" id="id_story-find-1"' in flat(html)
    assert "It reaches one person" in html
    assert "<b>now" not in html


NAMES = "We met Leyla at the office, and Leyla was well. Anna came later."


def test_what_is_to_be_checked_goes_through_with_a_reason_for_each_passage_and_not_before() -> None:
    leyla, anna = token(NAMES, "Leyla"), token(NAMES, "Anna")
    assert "check 2 passages" in sent(story=NAMES).errors["story"][0]
    one = sent(story=NAMES, **{f"story-keep-{leyla}": "professional"})
    assert "check one passage" in one.errors["story"][0]
    assert 'value="professional" selected' in str(one["story"])
    both = sent(story=NAMES, **{f"story-keep-{leyla}": "professional", f"story-keep-{anna}": "word"})
    assert both.is_valid()
    assert both.cleaned_data["story"] == NAMES
    assert kept_reasons(both) == {"story": {leyla: "professional", anna: "word"}}


@pytest.mark.parametrize("reason", ["", "because", "WORD", "word ", "0"])
def test_a_reason_that_is_not_on_the_list_is_none(reason: str) -> None:
    text = "We met Leyla at the office."
    form = sent(story=text, **{f"story-keep-{token(text, 'Leyla')}": reason})
    assert not form.is_valid()
    assert kept_reasons(form) == {}


def test_a_reason_is_forgotten_with_its_passage() -> None:
    leyla = token(NAMES, "Leyla")
    form = sent(story="The mother is well.", **{f"story-keep-{leyla}": "word"})
    assert form.is_valid()
    assert kept_reasons(form) == {}


def test_a_text_that_came_through_before_needs_no_second_reason_for_what_stood_in_it() -> None:
    class NotesForm(forms.Form):
        notes = GuardedTextField(stored=True)

    stored = {"notes": "We met Leyla at the office."}
    assert NotesForm({"notes": "We met Leyla again at the office."}, initial=stored).is_valid()
    assert not NotesForm({"notes": "We met Leyla and Anna at the office."}, initial=stored).is_valid()
    assert not NotesForm({"notes": "We met Leyla again at the office."}).is_valid()
    certain = {"notes": f"Write to {MAIL} now."}
    assert not NotesForm(certain, initial=certain).is_valid(), "what is certain must go even if it is stored"


def test_while_somebody_goes_on_with_a_draft_only_what_is_stored_counts_as_settled() -> None:
    stored, draft = "The talk was in Ahlenried.", "The talk was in Hollerbach."
    words = GuardedTextField()
    words.settled = stored
    (token,) = (passage.token for passage in judge(stored).passages)
    assert f'data-settled="{token}" data-judged' in words.widget.render("words", draft)
    assert 'data-settled=""' in words.widget.render("words", stored)  # the page itself holds what is settled
    assert "data-judged" not in words.widget.render("words", stored)


def test_a_day_of_work_may_stay_for_a_reason_and_years_are_not_marked() -> None:
    class MinutesForm(forms.Form):
        notes = GuardedTextField(dates=True)

    text = "We decided this on 3 November 2026, as in 2025."
    form = MinutesForm({"notes": text})
    assert "check one passage" in form.errors["notes"][0]
    (day,) = form.fields["notes"].widget.judgement.passages  # type: ignore[attr-defined]
    assert not MinutesForm({"notes": text, f"notes-keep-{day.token}": "word"}).is_valid()
    assert MinutesForm({"notes": text, f"notes-keep-{day.token}": "occasion"}).is_valid()
    born = MinutesForm({"notes": "The child was born on 12.3.2017."})
    assert "must go" in born.errors["notes"][0]
    assert "must go" in sent(story=text).errors["story"][0]


@pytest.mark.parametrize("text", ["Kein Geld.", "Zwölf Stunden", "Dann rufen die meisten an."])
def test_a_few_words_in_the_language_of_ones_network_are_no_names(text: str) -> None:
    assert not sent(story=text).is_valid()
    with familiar_from(list, ["de"]):
        assert sent(story=text).is_valid()
        assert not sent(story="Herr Kowalczyk").is_valid()
        assert not sent(story="Leyla kommt.").is_valid()


def test_familiar_names_are_not_marked() -> None:
    text = "We met Leyla Demirel at the office."
    assert not sent(story=text).is_valid()
    with familiar_from(lambda: ["Leyla Demirel"]):
        assert sent(story=text).is_valid()
        assert not sent(story="We met Svetlana Demirel at the office.").is_valid()
    assert not sent(story=text).is_valid()


def test_a_suggestion_is_put_in_without_any_script_and_is_seen_before_it_goes() -> None:
    text = "The girl was born on 12.3.2017 and sleeps well."
    passage = judge(text, language="en").passages[0]
    assert passage.kind is Kind.BIRTH_DATE
    assert passage.suggestion
    form = sent(story=text, **{f"story-take-{passage.token}": "1"})
    assert not form.is_valid()
    assert "read it once more" in form.errors["story"][0]
    shown = str(form["story"])
    assert "12.3.2017" not in shown
    assert passage.suggestion in shown


def test_the_reason_for_one_passage_never_covers_another() -> None:
    assert token_of(Kind.PERSON, "Anna") != token_of(Kind.PERSON, "Anne")
    assert token_of(Kind.PERSON, "Anna") != token_of(Kind.PLACE, "Anna")
    assert token_of(Kind.PERSON, "Anna\r\n  Maria") == token_of(Kind.PERSON, "Anna Maria")
    assert "Anna" not in token_of(Kind.PERSON, "Anna")


def test_a_field_that_only_advises_never_refuses_and_still_shows_the_passage() -> None:
    form = sent(note=f"Ask {MAIL}.")
    assert form.is_valid(), form.errors
    assert "find--certain" in str(form["note"])


def test_no_browser_offers_what_was_typed_to_the_next_person_or_has_it_written_on_elsewhere() -> None:
    form = sent()
    for name in ("story", "title", "note"):
        html = str(form[name])
        assert 'autocomplete="off"' in html
        assert 'writingsuggestions="false"' in html


def test_signs_that_no_keyboard_writes_are_judged_too() -> None:
    assert not judge("Frau Kowal\ud800czyk rief an. Frau Kowalczyk kam.", language="de").clear


def test_an_empty_field_asks_nobody() -> None:
    asked: list[int] = []

    def names() -> list[str]:
        asked.append(1)
        return []

    with familiar_from(names):
        assert sent(title="", note="").is_valid()
        assert len(asked) == 1  # the story, and only once for all its fields


def test_showing_a_form_calls_the_guard_for_no_field(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    with familiar_from(lambda: asked.append(1) or ()):  # type: ignore[func-returns-value]
        html = str(StoryForm(initial={"story": f"Write to {MAIL}.", "title": MAIL, "note": MAIL}))
    assert asked == []
    assert MAIL in html


def test_a_text_that_the_guard_cannot_judge_is_not_let_through_and_stays() -> None:
    class LongForm(forms.Form):
        story = GuardedTextField(max_length=500_000)

    text = "-" * 250_000
    assert find(text, "en").problem in (Problem.LENGTH, Problem.TIME)
    form = LongForm({"story": text})
    assert not form.is_valid()
    assert "Nothing was saved or sent" in form.errors["story"][0]
    assert "your text is still here" in form.errors["story"][0]
    assert text.strip() in str(form["story"])


def test_the_error_summary_counts_over_all_fields_and_leads_to_the_first() -> None:
    form = sent(story=f"Write to {MAIL}.", title="Or to b@example.org")
    assert not form.is_valid()
    found = open_in(form)
    assert found is not None
    assert (found.words, found.fields, found.first) == ("2 passages must go.", 2, "id_story-finds")
    html = draw('<c-form-errors :form="form" />', form=form)
    assert 'href="#id_story-finds"' in html
    assert "2 passages must go." in html
    one = sent(story=f"Write to {MAIL}.")
    assert not one.is_valid()
    assert open_in(one) is None


def test_the_same_passage_in_several_places_is_one_thing_to_decide() -> None:
    judged = judge(f"{MAIL} and again {MAIL}", language="en")
    assert [p.number for p in judged.passages] == [1]
    assert [span[:2] for span in judged.passages[0].spans] == [(0, 26), (37, 63)]


@pytest.mark.parametrize("before", ["plain ", "zwölf ", "two\r\nlines\r\n", "😀😀 ", "😀\r\nä ", "\n\r\n "])
def test_places_are_counted_as_the_browser_counts_them(before: str) -> None:
    text = f"{before}{MAIL}"
    shown = before.replace("\r\n", "\n")
    start = len(shown.encode("utf-16-le")) // 2
    mail = next(passage for passage in judge(text, language="en").passages if passage.kind is Kind.EMAIL)
    assert mail.spans[0][:2] == (start, start + len(MAIL))


def test_a_long_text_full_of_passages_is_not_read_anew_for_each_of_them() -> None:
    units = _Units("😀\r\nä" * 25_000)
    began = time.thread_time()
    assert [units.at(place) for place in range(0, 100_000, 4)] == list(range(0, 100_000, 4))
    assert time.thread_time() - began < 5  # each place read anew takes more than a minute


def test_decisions_are_read_from_beside_their_own_field_only() -> None:
    data = QueryDict("a-keep-x=word&a-take-y=1&a-take-z=&b-keep-x=public&a-keepx=word&story-a-keep-q=word")
    assert decisions(data, "a") == ({"x": "word"}, ("y",))


def test_typed_text_is_a_string_like_any_other() -> None:
    assert Typed("abc") == "abc"
    assert Typed("abc").keep == {}


def test_every_kind_every_reason_and_every_problem_has_words() -> None:
    with translation.override("en"):
        assert set(KINDS) == set(Kind)
        assert all(kind_word(kind) for kind in Kind)
        assert set(PROBLEMS) == set(Problem) - {Problem.NONE}
        for code, words in explain.REASONS.items():
            assert explanation(code) == words
        assert explanation("no such code")


def test_every_word_of_the_guard_is_translated() -> None:
    words = [*KINDS.values(), *PROBLEMS.values(), *REASONS_TO_KEEP.values()]
    with translation.override("en"):
        english = [str(word) for word in words] + [explanation(code) for code in explain.REASONS]
    with translation.override("de"):
        german = [str(word) for word in words] + [explanation(code) for code in explain.REASONS]
    same = [a for a, b in zip(english, german, strict=True) if a == b]
    assert same == []


def test_a_form_without_passages_keeps_no_reasons() -> None:
    form = sent()
    assert form.is_valid()
    assert kept_reasons(form) == {}


@pytest.fixture
def cast(db: None) -> Cast:
    return build_cast(only={"birkenfurt", "siegen-wittgenstein"})


@pytest.fixture
def worker(browse: Callable[[str], Client]) -> Client:
    return browse("tarek-aziz")


def ask(client: Client, **data: Any) -> Any:
    given = {"name": "story", "id": "id_story", "strict": "yes", "text": ""} | data
    return client.post(reverse("core:guard"), given)


def test_while_typing_the_passages_are_shown_as_they_are_at_sending(worker: Client) -> None:
    answer = ask(worker, text=f"Write to {MAIL} now.")
    assert answer.status_code == 200
    html = answer.content.decode()
    assert 'id="id_story-find-1"' in html
    assert "[[9, 35, " in html.replace("&quot;", '"')
    assert "must go" in html
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Nothing found" in ask(worker, text="All is well.").content.decode()


def test_nobody_who_is_not_signed_in_may_ask_the_guard(client: Client, db: None) -> None:
    assert ask(client, text=MAIL).status_code == 302


def test_the_guard_is_asked_with_the_forms_secret_and_never_by_an_address(worker: Client, cast: Cast) -> None:
    assert worker.get(reverse("core:guard"), {"text": MAIL}).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.people["tarek-aziz"], backend="django.contrib.auth.backends.ModelBackend")
    assert ask(strict, text=MAIL).status_code == 403


def test_too_large_a_text_is_not_read(worker: Client) -> None:
    assert ask(worker, text="a" * (MOST_GUARDED + 1)).status_code == 413


@pytest.mark.parametrize("length", ["many", "\u00b2", "-1"])
def test_a_length_that_is_no_number_is_no_crash(worker: Client, length: str) -> None:
    assert worker.post(reverse("core:guard"), {"text": MAIL}, CONTENT_LENGTH=length).status_code < 500


def test_what_is_asked_while_typing_reaches_neither_session_nor_log(
    worker: Client, caplog: pytest.LogCaptureFixture
) -> None:
    before = dict(worker.session)
    ask(worker, text=f"Write to {MAIL}.", name="x\r\ny<b>", id='"><script>')
    assert dict(worker.session) == before
    assert MAIL not in caplog.text


def test_what_the_page_sends_about_itself_is_never_drawn_as_markup(worker: Client) -> None:
    html = ask(worker, text=MAIL, name="<b>", id='"><script>').content.decode()
    assert "<script" not in html
    assert "<b>" not in html


def test_names_of_the_persons_own_networks_are_familiar_and_no_others(cast: Cast) -> None:
    actor = cast.actor("tarek-aziz")
    names = set(familiar_names(actor))
    own = {organization for organization, _network in actor.organization_networks}
    for organization in Organization.objects.all():
        near = set(organization.networks.values_list("id", flat=True)) & actor.network_ids
        assert (organization.name in names) == bool(near or organization.id in own), organization.name
    for network in Network.objects.all():
        assert (network.name in names) == (network.id in actor.network_ids)
    assert cast.people["tarek-aziz"].name in names
    assert familiar_names(ANONYMOUS) == ()


def test_familiar_names_need_two_queries(cast: Cast, django_assert_num_queries: Any) -> None:
    actor = cast.actor("tarek-aziz")
    with django_assert_num_queries(2):
        familiar_names(actor)
