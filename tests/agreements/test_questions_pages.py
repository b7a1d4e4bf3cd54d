"""The pages of the questions: what is typed is kept, both sides of a conflict are shown, nobody decides for others."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mtd.agreements.actions import working
from mtd.agreements.forms.questions import PositionForm
from mtd.agreements.models import Agreement, Answer, Draft, Entry, NegotiationMeeting, Position, Version
from mtd.agreements.queries import load_room
from mtd.core.actor import Actor
from mtd.guide.pack import QuestionType
from mtd.guide.queries import pack_by_id
from mtd.guide.wording import same_answer
from tests.factories import agreements as factory
from tests.factories.answers import other_value

Act = Callable[[str], Actor]
Browse = Callable[[str], Client]
ACK = "referral_ack"
TWO = {"number": 2, "unit": "working_days"}
FIVE = {"number": 5, "unit": "working_days"}


def url(version: Version, key: str = ACK, route: str = "question") -> str:
    return reverse(f"agreements:{route}", args=[version.agreement_id, key])


def put(actor: Actor, version: Version, value: dict[str, Any], base: int = 0, key: str = ACK) -> Answer:
    return working.set_answer(actor=actor, version=version, question_key=key, value=value, base_revision=base)


def fields(version: Version, actor: Actor, key: str, value: dict[str, Any] | None = None) -> dict[str, Any]:
    """The fields of a question's form as a browser would send them, filled with this answer."""
    agreement = Agreement.objects.select_related("network").get(pk=version.agreement_id)
    room = load_room(actor, agreement)
    form = PositionForm(room.pack.question(key), room, answer=value)
    sent: dict[str, Any] = {}
    for bound in form:
        shown = bound.value()
        sent[bound.html_name] = "" if shown is None else shown
    if form.kind == "table":
        sent[form.count_name] = form.row_count
    return sent


def typed_number(page: str) -> str:
    found = re.search(r'name="a-number"[^>]*', page) or re.search(r"<input[^>]*a-number[^>]*>", page)
    assert found
    return found.group(0)


# ---------------------------------------------------------------- who sees and may do what


@pytest.mark.parametrize("route", ["question", "meeting", "question_pulse"])
def test_people_without_a_place_in_the_agreement_find_no_page(
    version: Version, browse: Browse, route: str
) -> None:
    for stranger in ("mette-lindqvist", "lukas-frenken"):
        assert browse(stranger).get(url(version, route=route)).status_code == 404
        listed = reverse("agreements:questions", args=[version.agreement_id])
        assert browse(stranger).get(listed).status_code == 404
    assert browse("jonas-reuter").get(url(version, "no_such_question", route)).status_code == 404


def test_every_question_of_the_guide_has_a_page_with_a_form(version: Version, browse: Browse) -> None:
    client = browse("jonas-reuter")
    for question in pack_by_id(version.guide_version_id).questions:
        page = client.get(url(version, question.key))
        assert page.status_code == 200, question.key
    assert 'name="a-stance"' in client.get(url(version)).text


@pytest.mark.parametrize("who", ["inga-soerensen", "miriam-hoffstedt"])
def test_moderation_and_coordination_see_all_and_get_the_reason_instead_of_the_form(
    version: Version, act: Act, browse: Browse, who: str
) -> None:
    put(act("jonas-reuter"), version, TWO)
    client = browse(who)
    for route in ("question", "meeting"):
        page = client.get(url(version, route=route)).text
        assert "2 working days" in page
        assert "a-stance" not in page
    assert "decid" in page
    answer = client.post(url(version), {"a-stance": "agree", "a-seen": "1"})
    assert answer.status_code in (403, 422)
    assert Position.objects.filter(version=version).count() == 1


def test_a_fixed_text_shows_positions_without_a_form(version: Version, act: Act, browse: Browse) -> None:
    put(act("jonas-reuter"), version, TWO)
    Version.objects.filter(pk=version.pk).update(state="adopting")
    page = browse("deniz-kaya").get(url(version)).text
    assert "a-stance" not in page
    assert "The text is fixed at the moment" in page
    refused = browse("deniz-kaya").post(
        url(version), {"a-stance": "put", "a-seen": "1", "a-number": "9", "a-unit": "days"}
    )
    assert refused.status_code == 403
    assert Draft.objects.get().data["a-number"] == ["9"], "what was typed is kept even so"


# ---------------------------------------------------------------- answering


def test_answers_of_every_type_go_through_the_page(
    birkenfurt: Agreement, version: Version, act: Act, browse: Browse
) -> None:
    client, jonas = browse("jonas-reuter"), act("jonas-reuter")
    seen: set[QuestionType] = set()
    done: set[str] = set()
    while todo := [q for q in factory.open_now(version) if q.key not in done and q.type not in seen]:
        question = todo[0]
        done.add(question.key)
        seen.add(question.type)
        value = factory.value_for(birkenfurt, question)
        sent = fields(version, jonas, question.key, value) | {"a-stance": "put"}
        answer = client.post(url(version, question.key), sent)
        assert answer.status_code == 302, (
            question.key,
            re.findall(r"field__error[^<]*<[^>]*>[^<]*", answer.text),
        )
        kept = Answer.objects.get(version=version, question_key=question.key).value
        if question.per_party:
            party = str(factory.party(birkenfurt, "Markt").pk)
            assert kept == {"contacts": {party: value["contacts"][party]}}
        else:
            assert same_answer(kept, value), question.key
    assert seen == set(QuestionType)


def test_the_guides_default_is_a_proposal_until_somebody_puts_it_on_the_table(
    version: Version, browse: Browse
) -> None:
    client = browse("jonas-reuter")
    page = client.get(url(version)).text
    assert "agreed by nobody yet" in page
    assert not Answer.objects.exists()
    assert client.post(url(version), {"do": "default"}).status_code == 302
    assert Answer.objects.get(version=version, question_key=ACK).value == TWO
    assert client.post(url(version, "in_force"), {"do": "default"}).status_code == 404


def test_a_mistake_keeps_what_was_typed_and_names_the_field(version: Version, browse: Browse) -> None:
    sent = {"a-stance": "put", "a-number": "zwölf", "a-unit": "days", "a-reason": "weil", "a-seen": "0"}
    answer = browse("jonas-reuter").post(url(version), sent)
    assert answer.status_code == 422
    assert 'value="zwölf"' in answer.text
    assert "weil" in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert "Write a whole number." in answer.text


def test_differing_needs_a_proposal_or_a_reason(version: Version, act: Act, browse: Browse) -> None:
    put(act("jonas-reuter"), version, TWO)
    client = browse("deniz-kaya")
    empty = {"a-stance": "differ", "a-seen": "1", "a-number": "", "a-unit": "", "a-reason": " "}
    assert client.post(url(version), empty).status_code == 422
    unchanged = empty | {"a-number": "2", "a-unit": "working_days"}
    answer = client.post(url(version), unchanged)
    assert answer.status_code == 422
    assert "Your proposal is the answer on the table" in answer.text
    assert client.post(url(version), empty | {"a-reason": "Ferien"}).status_code == 302
    assert Position.objects.get(party__organization__short_name="Kreisjugendamt").reason == "Ferien"


def test_proposals_stand_side_by_side_with_what_differs_and_can_be_put_on_the_table(
    version: Version, act: Act, browse: Browse
) -> None:
    put(act("jonas-reuter"), version, TWO)
    working.state_position(
        actor=act("deniz-kaya"),
        version=version,
        question_key=ACK,
        stance="differ",
        answer_revision=1,
        proposal=FIVE,
    )
    client = browse("jonas-reuter")
    page = client.get(url(version)).text
    assert "Version A" in page
    assert "Version B" in page
    assert "<mark>" in page
    sent = dict(
        re.findall(r'name="(do|position|at|seen)" value="([^"]+)"', page[page.index('value="adopt"') - 20 :])
    )
    assert client.post(url(version), {**sent, "do": "adopt"}).status_code == 302
    assert Answer.objects.get(version=version, question_key=ACK).value == FIVE


def test_an_earlier_answer_is_restored_from_the_history(version: Version, act: Act, browse: Browse) -> None:
    put(act("jonas-reuter"), version, TWO)
    put(act("deniz-kaya"), version, FIVE, 1)
    entry = Entry.objects.filter(version=version).earliest("id")
    client = browse("jonas-reuter")
    assert client.get(url(version)).text.count("Put this answer back on the table") == 1
    assert client.post(url(version), {"do": "restore", "entry": entry.pk, "seen": 2}).status_code == 302
    assert Answer.objects.get(version=version, question_key=ACK).value == TWO
    assert client.post(url(version), {"do": "restore", "entry": "99999999", "seen": 3}).status_code == 404


def test_a_question_on_a_closed_branch_shows_what_is_kept(version: Version, act: Act, browse: Browse) -> None:
    jonas = act("jonas-reuter")
    put(jonas, version, {"yes": True}, key="conference")
    put(jonas, version, {"choices": ["parents"]}, key="conference_members")
    put(jonas, version, {"yes": False}, 1, key="conference")
    page = browse("jonas-reuter").get(url(version, "conference_members")).text
    assert "not asked at the moment" in page
    assert "Kept answer" in page
    assert "a-stance" not in page


def test_more_rows_keeps_what_was_typed(version: Version, act: Act, browse: Browse) -> None:
    client, jonas = browse("jonas-reuter"), act("jonas-reuter")
    sent = fields(version, jonas, "danger_steps")
    assert sent["a-count"] == 3
    page = client.post(url(version, "danger_steps"), sent | {"a-rows-2-whom": "Jugendamt", "do": "more"})
    assert page.status_code == 200
    assert 'name="a-rows-5-whom"' in page.text
    assert 'value="Jugendamt"' in page.text
    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    "text", ["Ελληνικά 👩‍👧", "שלום עולם", "</textarea><script>alert(1)</script>", "ab" * 2500]
)
def test_every_script_is_typed_kept_and_shown_escaped(version: Version, browse: Browse, text: str) -> None:
    client = browse("jonas-reuter")
    sent = {"a-stance": "put", "a-text-de": text, "a-seen": "0"}
    assert client.post(url(version, "area"), sent).status_code == 302
    page = client.get(url(version, "area")).text
    assert "<script>alert" not in page
    assert Answer.objects.get(version=version, question_key="area").value == {"text": {"de": text}}


def test_fifty_thousand_characters_too_many_are_refused_with_everything_kept(
    version: Version, browse: Browse
) -> None:
    text = "Größe " * 9000
    answer = browse("jonas-reuter").post(
        url(version, "area"), {"a-stance": "put", "a-text-de": text, "a-seen": "0"}
    )
    assert answer.status_code == 422
    assert text.strip() in answer.text


def test_a_bilingual_agreement_asks_for_both_languages_and_shows_both_clauses(
    bilingual: Agreement, browse: Browse
) -> None:
    version = Version.objects.get(agreement=bilingual)
    client = browse("jonas-reuter")
    page = client.get(url(version, "area")).text
    assert 'name="a-text-de"' in page
    assert 'name="a-text-en"' in page
    sent = {"a-stance": "put", "a-text-de": "Der Kreis", "a-text-en": "The district", "a-seen": "0"}
    assert client.post(url(version, "area"), sent).status_code == 302
    page = client.get(url(version, "area")).text
    assert "binding" in page
    assert 'lang="de"' in page
    assert 'lang="en"' in page


# ---------------------------------------------------------------- two at once


def test_a_conflict_shows_both_texts_and_loses_neither(version: Version, act: Act, browse: Browse) -> None:
    client = browse("deniz-kaya")
    text = {"text": {"de": "Der ganze Kreis mit Wendau."}}
    put(act("jonas-reuter"), version, text, key="area")
    sent = {"a-stance": "put", "a-text-de": "Der Kreis ohne Wendau.", "a-reason": "Stadt", "a-seen": "0"}
    answer = client.post(url(version, "area"), sent)
    assert answer.status_code == 409
    assert "<mark>" in answer.text
    assert "Der Kreis ohne Wendau." in answer.text
    assert "mit Wendau" in re.sub(r"</?mark>", "", answer.text)
    assert Answer.objects.get(version=version, question_key="area").value == text
    assert Draft.objects.get().data["a-text-de"] == ["Der Kreis ohne Wendau."]
    # The page of the question brings the draft back, and the old draft leads to the conflict again.
    again = client.get(url(version, "area")).text
    assert "Der Kreis ohne Wendau." in again
    assert "has changed since" in again
    # Second choice: mine on the table.
    mine = {"a-stance": "put", "a-text-de": "Der Kreis ohne Wendau.", "a-seen": "1"}
    assert client.post(url(version, "area"), mine).status_code == 302
    assert Answer.objects.get(version=version, question_key="area").revision == 2
    assert not Draft.objects.exists()


@pytest.mark.parametrize("kind", [t for t in QuestionType if t != QuestionType.CONTACT])
def test_the_choices_of_a_conflict_work_for_every_type(
    birkenfurt: Agreement, version: Version, act: Act, browse: Browse, kind: QuestionType
) -> None:
    question = next(q for q in factory.open_now(version) if q.type == kind)
    theirs = factory.value_for(birkenfurt, question)
    mine = other_value(question, list(birkenfurt.parties.order_by("order")), languages=["de"])
    if same_answer(theirs, mine):
        mine = {**mine, "other": {"de": "Etwas anderes."}}
    put(act("jonas-reuter"), version, theirs, key=question.key)
    sent = fields(version, act("deniz-kaya"), question.key, mine) | {"a-stance": "put", "a-seen": "0"}
    client = browse("deniz-kaya")
    page = client.post(url(version, question.key), sent)
    assert page.status_code == 409
    form = re.findall(r"<form.*?</form>", page.text, re.S)
    hidden = next(
        f for f in form if 'name="a-stance" value="put"' in f and "<textarea" not in f and "<select" not in f
    )
    again: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", hidden):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        assert name
        again.setdefault(name.group(1), []).append(value.group(1) if value else "")
    assert client.post(url(version, question.key), again).status_code == 302
    assert same_answer(Answer.objects.get(version=version, question_key=question.key).value, mine)


def test_agreeing_to_an_answer_that_changed_shows_the_new_one_first(
    version: Version, act: Act, browse: Browse
) -> None:
    put(act("jonas-reuter"), version, TWO)
    put(act("tarek-aziz"), version, FIVE, 1)
    client = browse("deniz-kaya")
    answer = client.post(url(version), {"a-stance": "agree", "a-seen": "1"})
    assert answer.status_code == 409
    assert "What you saw" in answer.text
    assert client.post(url(version), {"a-stance": "agree", "a-seen": "2"}).status_code == 302


def test_the_pulse_is_silent_until_another_party_changes_something(
    version: Version, act: Act, browse: Browse
) -> None:
    put(act("jonas-reuter"), version, TWO)
    client = browse("jonas-reuter")
    page = client.get(url(version)).text
    pulse = re.search(r'hx-get="([^"]+)"', page)
    assert pulse
    address = pulse.group(1).replace("&amp;", "&")
    htmx = {"HX-Request": "true"}
    assert client.get(address, headers=htmx).status_code == 204
    put(act("deniz-kaya"), version, FIVE, 1)
    news = client.get(address, headers=htmx)
    assert news.status_code == 200
    assert "Kreisjugendamt Birkenfurt changed the answer at" in news.text
    assert 'id="positions" hx-swap-oob="true"' in news.text
    assert "<textarea" not in news.text, "the form is never touched"
    following = re.search(r'hx-get="([^"]+)"', news.text)
    assert following
    assert client.get(following.group(1).replace("&amp;", "&"), headers=htmx).status_code == 204
    assert client.get(address).status_code == 302, "without htmx it leads to the page"


def test_the_pulse_says_nothing_about_other_questions_and_own_changes(
    version: Version, act: Act, browse: Browse
) -> None:
    client = browse("jonas-reuter")
    htmx = {"HX-Request": "true"}
    address = url(version, route="question_pulse") + "?seen=0&last=0"
    put(act("deniz-kaya"), version, {"yes": True}, key="committee")
    assert "changed" not in client.get(address, headers=htmx).text
    put(act("jonas-reuter"), version, TWO)
    assert "changed" not in client.get(address, headers=htmx).text


# ---------------------------------------------------------------- drafts


def test_a_draft_is_kept_for_its_writer_only_and_comes_back(version: Version, browse: Browse) -> None:
    jonas, leonie = browse("jonas-reuter"), browse("leonie-brandt")
    where = reverse("agreements:draft", args=[version.agreement_id, f"answer:{ACK}"])
    sent = {"a-stance": "put", "a-number": "nicht fertig", "a-unit": "days", "a-seen": "0", "autosave": "1"}
    saved = jonas.post(where, sent)
    assert saved.status_code == 200
    assert re.fullmatch(r"\d\d:\d\d", json.loads(saved.content)["saved"])
    page = jonas.get(url(version)).text
    assert 'value="nicht fertig"' in page
    assert "only you see it" in page
    assert "aria-invalid" not in page, "a draft is not judged"
    assert "nicht fertig" not in leonie.get(url(version)).text
    assert jonas.post(url(version), {"do": "discard"}).status_code == 302
    assert not Draft.objects.exists()
    assert jonas.get(where).status_code == 405
    bad = (
        reverse("agreements:draft", args=[version.agreement_id, "../etc"])
        if False
        else where.replace("answer:", "x")
    )
    assert jonas.post(bad, sent).status_code == 404


def test_a_session_that_ended_keeps_the_draft_and_leads_back_to_the_question(
    version: Version, browse: Browse
) -> None:
    client = browse("jonas-reuter")
    where = reverse("agreements:draft", args=[version.agreement_id, f"answer:{ACK}"])
    client.post(where, {"a-stance": "put", "a-number": "7", "a-unit": "days", "a-seen": "0"})
    client.cookies.pop("sessionid")
    sent = {"a-stance": "put", "a-number": "7", "a-unit": "days", "a-seen": "0"}
    lost = client.post(url(version), sent, headers={"referer": f"http://testserver{url(version)}"})
    assert lost.status_code == 302
    assert f"next={url(version)}" in lost["Location"]
    assert client.post(where, {**sent, "autosave": "1"}).status_code == 401
    assert not Answer.objects.exists()
    assert 'value="7"' in browse("jonas-reuter").get(url(version)).text


# ---------------------------------------------------------------- list and meeting


def test_the_list_tells_what_waits_what_blocks_and_what_comes_next(
    version: Version, act: Act, browse: Browse
) -> None:
    put(act("jonas-reuter"), version, TWO)
    address = reverse("agreements:questions", args=[version.agreement_id])
    page = browse("deniz-kaya").get(address).text
    assert "What holds up most" in page
    assert "Continue with question" in page
    assert "missing: Drogenhilfe, Kreisjugendamt, Wendau" in page
    working.state_position(
        actor=act("deniz-kaya"), version=version, question_key=ACK, stance="parked", answer_revision=1
    )
    parked = browse("jonas-reuter").get(address + "?show=parked").text
    assert len(re.findall('class="qlist__row[ "]', parked)) == 1
    assert browse("jonas-reuter").get(address + "?show=nonsense").status_code == 200
    assert "No question here" in browse("jonas-reuter").get(address + "?show=differs").text


def test_nothing_waits_when_all_is_agreed(birkenfurt: Agreement, version: Version, browse: Browse) -> None:
    factory.agree_all(birkenfurt, quick=True)
    address = reverse("agreements:questions", args=[version.agreement_id])
    page = browse("jonas-reuter").get(address + "?show=waiting").text
    assert "Nothing waits for you" in page
    assert "What holds up most" not in page


def test_in_the_meeting_a_party_agrees_with_one_button_and_keeps_its_draft(
    version: Version, act: Act, browse: Browse
) -> None:
    put(act("jonas-reuter"), version, TWO)
    client = browse("deniz-kaya")
    where = reverse("agreements:draft", args=[version.agreement_id, f"answer:{ACK}"])
    client.post(where, {"a-stance": "differ", "a-number": "3", "a-seen": "1"})
    page = client.get(url(version, route="meeting")).text
    assert "data-meeting-next" in page
    assert "data-meeting-prev" in page
    answer = client.post(url(version), {"a-stance": "agree", "a-seen": "1", "next": "meeting"})
    assert answer["Location"] == url(version, route="meeting")
    assert Position.objects.get(party__organization__short_name="Kreisjugendamt").stance == "agree"
    assert Draft.objects.count() == 1


def test_the_next_meeting_stands_beside_the_question(version: Version, browse: Browse) -> None:
    NegotiationMeeting.objects.create(
        version=version, on="2099-12-08", time="9 bis 12 Uhr", place="Kreishaus"
    )
    assert "Kreishaus" in browse("jonas-reuter").get(url(version)).text


# ---------------------------------------------------------------- constant queries


def count(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_the_pages_need_the_same_queries_for_one_answer_and_for_all_and_for_two_and_eight_parties(
    heinsberg: Agreement, bilingual: Agreement, cast: Any, browse: Browse
) -> None:
    addresses: dict[str, list[int]] = {}

    def measure(agreement: Agreement, client: Client) -> None:
        for route, more in (("questions", ()), ("question", (ACK,)), ("meeting", (ACK,))):
            address = reverse(f"agreements:{route}", args=[agreement.pk, *more])
            addresses.setdefault(route, []).append(count(client, address))

    def of(agreement: Agreement) -> Client:
        user_id = factory.speaker(agreement.parties.order_by("order")[0]).user_id
        return browse(next(key for key, user in cast.people.items() if user.pk == user_id))

    version = Version.objects.get(agreement=heinsberg)
    actor = factory.speaker(heinsberg.parties.order_by("order")[0])
    put(actor, version, TWO)
    measure(heinsberg, of(heinsberg))
    factory.agree_all(heinsberg, quick=True)
    measure(heinsberg, of(heinsberg))
    factory.agree_all(bilingual, quick=True)
    measure(bilingual, of(bilingual))
    for route, counted in addresses.items():
        assert max(counted) - min(counted) == 0, (route, counted)
        assert max(counted) <= 30, (route, counted)


# ---------------------------------------------------------------- anything may be sent

NAMES = [
    "a-stance",
    "a-seen",
    "a-reason",
    "a-number",
    "a-unit",
    "a-text-de",
    "a-choice",
    "a-choices",
    "a-other-de",
]
NAMES += [
    "a-yes",
    "a-date",
    "a-count",
    "a-rows-0-step",
    "a-rows-0-whom",
    "a-parties",
    "a-bases",
    "a-name",
    "a-phone",
]
NAMES += ["a-at_least", "a-per", "do", "position", "at", "seen", "entry", "next", "a-condition-de", "a-email"]
WORDS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["put", "differ", "agree", "parked", "adopt", "restore", "default", "more", "discard", "meeting"]
    ),
    st.sampled_from(
        ["-1", "0", "1", "99999999999999999999", "\x00", "\ud800", "٣", "2027-02-30", "yes", "other", "own"]
    ),
    st.integers().map(str),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_whatever_is_sent_is_answered_or_refused_and_never_fails(
    data: st.DataObject, version: Version, browse: Browse
) -> None:
    keys = [q.key for q in factory.open_now(version)]
    key = data.draw(st.sampled_from(keys))
    sent = data.draw(st.dictionaries(st.sampled_from(NAMES), st.lists(WORDS, max_size=3), max_size=12))
    sent = {name: [w.encode("utf-8", "replace").decode() for w in words] for name, words in sent.items()}
    client = browse("jonas-reuter")
    assert client.post(url(version, key), sent).status_code in (200, 302, 404, 409, 422)
    where = reverse("agreements:draft", args=[version.agreement_id, f"answer:{key}"])
    assert client.post(where, sent).status_code == 200
    assert client.get(url(version, key)).status_code == 200, "the draft shows, whatever it holds"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["text", "choice", "choices", "other", "yes", "number", "unit", "rows", "contacts", "de"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    ),
    pick=st.integers(min_value=0, max_value=200),
)
def test_whatever_value_an_action_is_given_it_is_kept_clean_or_refused(
    value: Any, pick: int, version: Version, act: Act
) -> None:
    from mtd.core.errors import Refused

    questions = factory.open_now(version)
    question = questions[pick % len(questions)]
    base = (
        Answer.objects.filter(version=version, question_key=question.key)
        .values_list("revision", flat=True)
        .first()
    )
    try:
        answer = working.set_answer(
            actor=act("jonas-reuter"),
            version=version,
            question_key=question.key,
            value=value,
            base_revision=base or 0,
        )
    except Refused:
        return
    assert isinstance(answer.value, dict)
    json.dumps(answer.value)
