"""The pages on which a case is written down: plain forms that lose nothing, and a guard on the way on."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mtd.agreements.models import Agreement
from mtd.consultations.actions.drafting import begin, save_story
from mtd.consultations.case import Case, Kin
from mtd.consultations.models import Consultation, RegionFigure, Way
from mtd.consultations.queries.case import case_of, kept_reasons_of
from mtd.core.actor import Actor
from mtd.core.guarded import judge
from mtd.deidentification import guard
from mtd.organizations.models import Network
from tests.cast import Cast
from tests.factories.consultations import CHILD_A, STORY, STRENGTHS, a_case, a_draft

Browse = Callable[..., Client]
RARE = "The mother is often tired in the evening and wants help. She is the only vet in the village."
CERTAIN = "Write to ada@kowalczyk.example about it."


@pytest.fixture
def asker(cast: Cast) -> Actor:
    return cast.actor("jonas-reuter")


@pytest.fixture
def draft(asker: Actor, network: Network) -> Consultation:
    return a_draft(asker, network)


@pytest.fixture
def empty(asker: Actor, network: Network) -> Consultation:
    return begin(actor=asker, network=network, way=Way.OWN_HOUSE)


@pytest.fixture
def page(browse: Browse) -> Client:
    return browse("jonas-reuter")


def address(name: str, draft: Consultation) -> str:
    return reverse(f"consultations:{name}", args=[draft.pk])


def now(draft: Consultation) -> Consultation:
    return Consultation.objects.get(pk=draft.pk)


def story_data(draft: Consultation, **changed: Any) -> dict[str, Any]:
    """The story page as a browser sends it."""
    case = case_of(now(draft))
    data: dict[str, Any] = {"revision": now(draft).revision, "topic": "support"}
    for group in ("strengths", "strains", "tried"):
        data |= {f"{group}-{number}": line for number, line in enumerate(getattr(case, group))}
    return {**data, "story": case.story, "question": case.question, **changed}


def household_data(draft: Consultation, **changed: Any) -> dict[str, Any]:
    """The household page as a browser sends it."""
    case = case_of(now(draft))
    data: dict[str, Any] = {"revision": now(draft).revision}
    data |= {f"strengths-{number}": line for number, line in enumerate(case.strengths)}
    for number, person in enumerate(case.persons):
        row = {
            name: getattr(person, name).value
            for name in ("kin", "age", "lives", "gender", "since", "substance", "treatment", "occupation")
        }
        row["key"] = person.key
        if person.about:
            row["about"] = "on"
        data |= {f"person-{number}-{name}": value for name, value in row.items()}
    for number, tie in enumerate(case.ties):
        row = {"key": tie.key, "kind": tie.kind, "strength": tie.strength, "to": tie.to, "label": tie.label}
        data |= {f"tie-{number}-{name}": value for name, value in row.items()}
    for number, relation in enumerate(case.relations):
        row = {"one": relation.one, "bond": relation.bond, "other": relation.other}
        data |= {f"relation-{number}-{name}": value for name, value in row.items()}
    return {**data, **changed}


# --- every page -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["household", "story", "check"])
def test_what_protects_comes_first_and_the_danger_door_is_there(
    page: Client, draft: Consultation, name: str
) -> None:
    html = page.get(address(name, draft)).content.decode()
    main = html[html.index("<main") :]
    headings = re.findall(
        r"<h2[^>]*>([^<]+)", re.sub(r'<section class="check-open".*?</section>', "", main, flags=re.S)
    )
    assert headings[0] == "What protects the children"
    assert "Family and surroundings" in headings
    assert reverse("public:danger_now") in main


@pytest.mark.parametrize("name", ["household", "story", "check"])
def test_titles_name_a_number_only(page: Client, draft: Consultation, name: str) -> None:
    html = page.get(address(name, draft)).content.decode()
    title = re.search(r"<title>(.*?)</title>", html, re.DOTALL)
    assert title is not None
    assert draft.number in title[1]
    assert "grandmother" not in title[1].lower()


@pytest.mark.parametrize("name", ["household", "story", "check"])
@pytest.mark.parametrize("who", ["leonie-brandt", "ulrike-sand", "miriam-hoffstedt", "mette-lindqvist"])
def test_a_draft_does_not_exist_for_anybody_else(
    browse: Browse, draft: Consultation, name: str, who: str
) -> None:
    client = browse(who)
    assert client.get(address(name, draft)).status_code == 404
    assert client.post(address(name, draft), {"revision": 0}).status_code == 404


@pytest.mark.parametrize("name", ["household", "story", "check"])
def test_a_page_takes_no_more_queries_however_full_the_case(
    page: Client, asker: Actor, network: Network, draft: Consultation, name: str
) -> None:
    small = a_draft(
        asker, network, Case(persons=(CHILD_A,), strengths=STRENGTHS[:1], story=STORY, question="How?")
    )
    counts = []
    for one in (small, draft):
        page.get(address(name, one))
        with CaptureQueriesContext(connection) as taken:
            page.get(address(name, one))
        counts.append(len(taken))
    assert counts[0] == counts[1] <= 40


# --- the household --------------------------------------------------------------------------------------------------


def test_a_household_is_entered_with_plain_forms(page: Client, empty: Consultation) -> None:
    data = {
        "revision": 0,
        "strengths-0": "The grandmother is there every day",
        "person-0-key": "p1",
        "person-0-kin": "mother",
        "person-0-lives": "household",
        "person-1-key": "p2",
        "person-1-kin": "child",
        "person-1-age": "6-9",
        "person-1-lives": "household",
        "person-1-about": "on",
        "tie-0-key": "t1",
        "tie-0-kind": "club",
        "tie-0-strength": "strong",
        "tie-0-to": "p2",
        "do": "next",
    }
    response = page.post(address("household", empty), data)
    assert response.status_code == 302
    assert response.url == address("story", empty)  # type: ignore[attr-defined]
    case = case_of(now(empty))
    assert [person.kin for person in case.persons] == [Kin.MOTHER, Kin.CHILD]
    assert case.ties[0].to == "p2"
    assert case.strengths == ("The grandmother is there every day",)
    assert now(empty).age_band == "6-9"


def test_rows_left_empty_are_no_persons(page: Client, empty: Consultation) -> None:
    data = {"revision": 0, "person-0-key": "p1", "person-0-kin": "", "person-0-lives": "household"}
    assert page.post(address("household", empty), data).status_code == 302
    assert case_of(now(empty)).persons == ()


def test_one_more_row_keeps_everything_that_was_typed(page: Client, draft: Consultation) -> None:
    data = household_data(draft, do="add:person", **{"strengths-0": "Something new"})
    response = page.post(address("household", draft), data, follow=True)
    html = response.content.decode()
    assert "Something new" in html
    assert 'name="person-5-kin"' in html
    assert "autofocus" in html[html.index('name="person-5-kin"') : html.index('name="person-5-kin"') + 200]


def test_a_removed_person_takes_their_relations_along_and_ties_fall_to_the_household(
    page: Client, draft: Consultation
) -> None:
    page.post(address("household", draft), household_data(draft, do="remove:person-1"))
    case = case_of(now(draft))
    assert case.person("p2") is None
    assert next(tie for tie in case.ties if tie.key == "t2").to == "household"
    page.post(address("household", draft), household_data(draft, do="remove:person-0"))
    assert case_of(now(draft)).relations == ()


def test_a_line_can_be_removed(page: Client, draft: Consultation) -> None:
    page.post(address("household", draft), household_data(draft, do="remove:strengths-0"))
    assert case_of(now(draft)).strengths == STRENGTHS[1:]


def test_there_is_no_row_beyond_the_fourteenth_person(page: Client, empty: Consultation) -> None:
    data: dict[str, Any] = {"revision": 0}
    for number in range(30):
        data |= {f"person-{number}-key": f"p{number + 1}", f"person-{number}-kin": "aunt"}
    assert page.post(address("household", empty), data).status_code == 302
    assert len(case_of(now(empty)).persons) == 14


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"person-1-age": "40-49"}, "A child has one of the bands up to 17"),
        ({"person-9-key": "p9", "person-9-age": "3-5"}, "Choose who this is"),
        ({"tie-9-key": "t9", "tie-9-label": "some words"}, "Choose what this is"),
        ({"relation-1-one": "p1"}, "Choose all three"),
        (
            {"relation-1-one": "p1", "relation-1-bond": "couple", "relation-1-other": "p1"},
            "two different persons",
        ),
        ({"person-0-kin": "king"}, "Select a valid choice"),
        ({"person-1-key": "p1"}, "Two rows mean the same person"),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_typed_is_lost(
    page: Client, draft: Consultation, changed: dict[str, str], words: str
) -> None:
    data = household_data(draft, **{"strengths-0": "Typed just now", **changed})
    response = page.post(address("household", draft), data)
    assert response.status_code == 422
    html = response.content.decode()
    assert words in html
    assert "Typed just now" in html
    assert case_of(now(draft)) == a_case()


def test_fields_that_say_nothing_about_a_role_are_left_out_of_the_case(
    page: Client, draft: Consultation
) -> None:
    data = household_data(
        draft, **{"person-0-about": "on", "person-0-gender": "male", "person-2-substance": "alcohol"}
    )
    assert page.post(address("household", draft), data).status_code == 302
    assert case_of(now(draft)) == a_case()


def test_typing_is_saved_quietly_and_the_page_learns_the_revision(page: Client, draft: Consultation) -> None:
    before = now(draft).revision
    data = household_data(draft, autosave="1", **{"strengths-0": "While typing"})
    response = page.post(address("household", draft), data)
    assert response.status_code == 204
    assert response.headers["X-Revision"] == str(before + 1)
    assert case_of(now(draft)).strengths[0] == "While typing"


def test_a_second_window_overwrites_nothing_and_keeps_what_was_typed(
    page: Client, draft: Consultation, asker: Actor
) -> None:
    data = story_data(draft, story="Typed in the second window.", do="save")
    case = case_of(draft)
    save_story(
        actor=asker,
        consultation=draft,
        revision=draft.revision,
        strengths=case.strengths,
        strains=(),
        tried=(),
        story="Saved in the first window.",
        question=case.question,
    )
    response = page.post(address("story", draft), data)
    assert response.status_code == 409
    html = response.content.decode()
    assert "Typed in the second window." in html
    assert "Saved in the first window." in html
    assert case_of(now(draft)).story == "Saved in the first window."
    # The page now knows both: saving once more is a decision.
    revision = re.search(r'name="revision" value="(\d+)"', html)
    assert revision is not None
    assert page.post(address("story", draft), {**data, "revision": revision[1]}).status_code == 302
    assert case_of(now(draft)).story == "Typed in the second window."
    quiet = {**data, "revision": 1, "autosave": "1"}
    assert page.post(address("story", draft), quiet).status_code == 409


# --- the story and the guard ----------------------------------------------------------------------------------------


def test_a_certain_passage_stays_in_the_draft_and_closes_the_way_on(
    page: Client, draft: Consultation
) -> None:
    response = page.post(address("story", draft), story_data(draft, story=CERTAIN, do="next"))
    assert response.status_code == 422
    assert CERTAIN.split()[2] in response.content.decode()
    assert case_of(now(draft)).story == CERTAIN
    check = page.get(address("check", draft)).content.decode()
    assert "Could still tell who it is" in check
    assert 'id="send" ' not in check or "disabled" in check


def test_nothing_is_sent_while_a_passage_is_open(
    page: Client, asker: Actor, network: Network, agreement: Agreement, cast: Cast
) -> None:
    draft = a_draft(asker, network)
    page.post(address("story", draft), story_data(draft, story=CERTAIN))
    response = page.post(address("check", draft), {"do": "send", "revision": now(draft).revision})
    assert response.status_code == 409
    assert "Nothing was sent" in response.content.decode()
    assert now(draft).state == Consultation.State.DRAFT


def test_a_complete_and_clear_case_is_sent_from_the_check_page(
    page: Client, draft: Consultation, agreement: Agreement
) -> None:
    shown = page.get(address("check", draft))
    assert shown.status_code == 200
    response = page.post(address("check", draft), {"do": "send", "revision": now(draft).revision})
    assert response.status_code == 302
    assert now(draft).state == Consultation.State.SENT
    # What others read is not changed afterwards.
    assert page.get(address("story", draft)).status_code == 403
    assert page.post(address("household", draft), {"revision": 0}).status_code == 403


def test_a_reason_given_once_is_remembered(page: Client, draft: Consultation) -> None:
    (passage,) = judge(RARE).passages
    assert not passage.must_go
    data = story_data(draft, story=RARE, do="next")
    assert page.post(address("story", draft), data).status_code == 422
    data |= {"revision": now(draft).revision, f"story-keep-{passage.token}": "general"}
    assert page.post(address("story", draft), data).status_code == 302
    assert kept_reasons_of(now(draft)) == {passage.token: "general"}
    again = story_data(draft, story=f"{RARE} She works a lot.", do="next")
    assert page.post(address("story", draft), again).status_code == 302
    assert "Could still tell" not in page.get(address("check", draft)).content.decode()


def test_a_passage_that_means_one_person_makes_it_perhaps_a_single_family(
    page: Client, draft: Consultation
) -> None:
    page.post(address("story", draft), story_data(draft, story=RARE, autosave="1"))
    assert "It might be a single family" in page.get(address("story", draft)).content.decode()


def test_if_the_guard_runs_out_of_time_nothing_goes_on_and_nothing_is_lost(
    page: Client, draft: Consultation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "BUDGET", -1.0)
    response = page.post(address("story", draft), story_data(draft, story="Typed just now.", do="next"))
    assert response.status_code == 422
    assert "Typed just now." in response.content.decode()
    assert case_of(now(draft)).story == "Typed just now."
    response = page.post(address("check", draft), {"do": "send", "revision": now(draft).revision})
    assert response.status_code == 409
    assert now(draft).state == Consultation.State.DRAFT


def test_too_long_a_story_is_refused_and_stays_in_the_field(page: Client, draft: Consultation) -> None:
    response = page.post(address("story", draft), story_data(draft, story="word " * 2000))
    assert response.status_code == 422
    assert "word word" in response.content.decode()
    assert case_of(now(draft)).story == STORY
    assert (
        page.post(address("story", draft), story_data(draft, story="x " * 50_000, autosave="1")).status_code
        == 422
    )


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "\u202eabc", "a\x00b", "{{ 7 }}"])
def test_html_and_control_characters_are_text(page: Client, draft: Consultation, text: str) -> None:
    response = page.post(address("story", draft), story_data(draft, story=text, autosave="1"))
    assert response.status_code in (204, 422)
    for name in ("story", "check"):
        assert "<script>alert" not in page.get(address(name, draft)).content.decode()


# --- drawn anew, thrown away, the region ----------------------------------------------------------------------------


def test_htmx_gets_the_picture_and_the_rule_of_thumb_alone(page: Client, draft: Consultation) -> None:
    response = page.get(address("household", draft) + "?part=drawn", headers={"hx-request": "true"})
    html = response.content.decode()
    assert "<svg" in html
    assert 'id="crowd"' in html
    assert "<main" not in html


def test_a_draft_can_be_thrown_away(page: Client, draft: Consultation) -> None:
    response = page.post(address("check", draft), {"do": "discard"})
    assert response.status_code == 302
    assert not Consultation.objects.filter(pk=draft.pk).exists()


def test_what_is_missing_is_named_before_sending(page: Client, empty: Consultation) -> None:
    html = page.get(address("check", empty)).content.decode()
    assert "Still missing" in html
    assert page.post(address("check", empty), {"do": "send", "revision": 0}).status_code == 409
    assert now(empty).state == Consultation.State.DRAFT


def test_the_figure_of_the_region_is_stated_on_its_page(browse: Browse, network: Network) -> None:
    where = reverse("consultations:region", args=[network.slug])
    data = {"inhabitants": 254_000, "source": "Statistical office", "as_of": "2025-12-31"}
    assert browse("jonas-reuter").post(where, data).status_code == 403
    assert browse("miriam-hoffstedt").post(where, {**data, "inhabitants": ""}).status_code == 422
    assert browse("miriam-hoffstedt").post(where, data).status_code == 302
    assert RegionFigure.objects.get(network=network).inhabitants == 254_000
    assert "254,000" in browse("jonas-reuter").get(where).content.decode()


def test_the_rule_of_thumb_says_how_it_was_reckoned(page: Client, asker: Actor, network: Network) -> None:
    full = page.get(address("story", a_draft(asker, network))).content.decode()
    assert "How this is reckoned" in full
    assert "our assumption" in full
    bare = page.get(address("story", a_draft(asker, network, Case()))).content.decode()
    assert "Reckoned as soon as somebody is entered" in bare
