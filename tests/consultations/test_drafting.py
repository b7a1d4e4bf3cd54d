"""Drafts: numbered when begun, seen by their author alone, sealed, and gone without a trace when thrown away."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection

from mtd.audit.models import Event
from mtd.consultations.actions.drafting import (
    DraftConflict,
    begin,
    discard,
    save_household,
    save_story,
)
from mtd.consultations.case import Case, Kin, Person
from mtd.consultations.models import Consultation, Way
from mtd.consultations.permissions import can_edit, can_view, visible_to
from mtd.consultations.queries.case import (
    case_of,
    case_view,
    kept_reasons_of,
    missing,
)
from mtd.core.actor import Actor
from mtd.core.errors import NotAllowed, Refused
from mtd.core.models import DataKey
from mtd.organizations.models import HelpSystem, Network
from tests.cast import Cast
from tests.factories.consultations import QUESTION, STORY, a_case, a_draft


@pytest.fixture
def asker(cast: Cast) -> Actor:
    return cast.actor("jonas-reuter")


def words(draft: Consultation, **changed: object) -> dict[str, object]:
    """What `save_story` takes, as it is stored."""
    case = case_of(draft)
    return {
        "strengths": case.strengths,
        "strains": case.strains,
        "tried": case.tried,
        "story": case.story,
        "question": case.question,
        **changed,
    }


def test_a_question_gets_the_next_number_of_the_year_when_it_is_begun(asker: Actor, network: Network) -> None:
    first = begin(actor=asker, network=network, way=Way.OWN_HOUSE)
    second = begin(actor=asker, network=network, way=Way.OWN_HOUSE)
    assert second.serial == first.serial + 1
    assert second.number == f"{second.year}-{second.serial:03d}"
    assert (first.state, first.organization_id) == (Consultation.State.DRAFT, asker.organization_id)


def test_it_remembers_between_which_help_systems_it_goes(asker: Actor, network: Network, cast: Cast) -> None:
    youth_office = cast.organizations["kreisjugendamt-birkenfurt"]
    draft = begin(actor=asker, network=network, way=Way.PARTNER, recipient=youth_office)
    assert (draft.from_system, draft.to_system) == (HelpSystem.ADDICTION_CARE, HelpSystem.YOUTH_WELFARE)


def test_a_number_is_not_given_out_again_after_its_draft_was_thrown_away(
    asker: Actor, network: Network
) -> None:
    draft = begin(actor=asker, network=network, way=Way.OWN_HOUSE)
    discard(actor=asker, consultation=draft)
    assert begin(actor=asker, network=network, way=Way.OWN_HOUSE).serial == draft.serial + 1


def test_who_works_for_no_organisation_of_the_network_cannot_begin(cast: Cast, network: Network) -> None:
    stranger = next(
        actor
        for actor in map(cast.actor, cast.people)
        if not any(where == network.pk for _organization, where in actor.organization_networks)
    )
    with pytest.raises(NotAllowed):
        begin(actor=stranger, network=network, way=Way.OWN_HOUSE)
    assert not Consultation.objects.exists()


def test_what_was_saved_comes_back_as_it_went(asker: Actor, network: Network) -> None:
    draft = a_draft(asker, network)
    stored = Consultation.objects.get(pk=draft.pk)
    assert case_of(stored) == a_case()
    assert stored.age_band == "6-9"
    assert stored.topic == "support"
    assert missing(stored) == []


def test_only_its_author_sees_a_draft(asker: Actor, network: Network, cast: Cast) -> None:
    draft = a_draft(asker, network)
    readers = {key for key in cast.people if can_view(cast.actor(key), draft)}
    assert readers == {"jonas-reuter"}
    assert {key for key in cast.people if draft in visible_to(cast.actor(key))} == readers
    assert {key for key in cast.people if can_edit(cast.actor(key), draft)} == readers


def test_nobody_else_changes_or_throws_away_a_draft(asker: Actor, network: Network, cast: Cast) -> None:
    draft, other = a_draft(asker, network), cast.actor("leonie-brandt")
    assert other.user_id != asker.user_id
    with pytest.raises(NotAllowed):
        save_story(actor=other, consultation=draft, revision=draft.revision, **words(draft))  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        discard(actor=other, consultation=draft)


def test_no_word_of_a_draft_stands_in_the_database_as_it_was_typed(asker: Actor, network: Network) -> None:
    draft = a_draft(asker, network, replace(a_case(), story="Canary blue anvil"))
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{Consultation._meta.db_table}"')
        rows = cursor.fetchall()
    assert b"Canary" not in b"".join(
        bytes(v) if isinstance(v, memoryview) else str(v).encode() for r in rows for v in r
    )
    assert case_of(Consultation.objects.get(pk=draft.pk)).story == "Canary blue anvil"


def test_the_log_knows_that_something_changed_and_not_what(asker: Actor, network: Network) -> None:
    draft = a_draft(asker, network, replace(a_case(), story="Canary blue anvil"))
    discard(actor=asker, consultation=draft)
    events = Event.objects.filter(object_id=str(draft.pk)).order_by("id")
    verbs = [event.verb for event in events]
    assert verbs == ["consultation.begun", "consultation.changed", "consultation.discarded"]
    assert "Canary" not in str([event.facts for event in events])


def test_a_draft_that_is_thrown_away_takes_its_key_with_it(
    asker: Actor, network: Network, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    draft = a_draft(asker, network)
    key = draft.data_key_id
    assert DataKey.objects.using("keys").filter(pk=key).exists()
    with django_capture_on_commit_callbacks(execute=True):
        discard(actor=asker, consultation=draft)
    assert not Consultation.objects.filter(pk=draft.pk).exists()
    assert not DataKey.objects.using("keys").filter(pk=key).exists()


def test_two_windows_do_not_overwrite_each_other(asker: Actor, network: Network) -> None:
    draft = a_draft(asker, network)
    saved = save_story(
        actor=asker,
        consultation=draft,
        revision=draft.revision,
        **words(draft, story="From the first window."),  # type: ignore[arg-type]
    )
    with pytest.raises(DraftConflict) as caught:
        save_story(
            actor=asker,
            consultation=draft,
            revision=draft.revision,
            **words(draft, story="From the second window."),  # type: ignore[arg-type]
        )
    assert case_of(caught.value.stored).story == "From the first window."
    assert Consultation.objects.get(pk=draft.pk).revision == saved.revision


def test_saving_the_same_once_more_changes_nothing(asker: Actor, network: Network) -> None:
    draft = a_draft(asker, network)
    again = save_story(
        actor=asker,
        consultation=draft,
        revision=draft.revision,
        topic=draft.topic,
        **words(draft),  # type: ignore[arg-type]
    )
    assert again.revision == draft.revision


def test_the_household_leaves_the_words_alone_and_the_words_the_household(
    asker: Actor, network: Network
) -> None:
    draft = a_draft(asker, network)
    child = Person("p1", Kin.CHILD, about=True)
    draft = save_household(
        actor=asker,
        consultation=draft,
        revision=draft.revision,
        persons=(child,),
        ties=(),
        relations=(),
        strengths=(),
    )
    assert (case_of(draft).story, case_of(draft).question) == (STORY, QUESTION)
    draft = save_story(
        actor=asker,
        consultation=draft,
        revision=draft.revision,
        **words(draft, story="Anew."),  # type: ignore[arg-type]
    )
    assert case_of(draft).persons == (child,)


def test_what_is_no_case_is_refused_and_nothing_is_saved(asker: Actor, network: Network) -> None:
    draft = a_draft(asker, network)
    with pytest.raises(Refused) as caught:
        save_story(
            actor=asker,
            consultation=draft,
            revision=draft.revision,
            **words(draft, story="x" * 6001),  # type: ignore[arg-type]
        )
    assert caught.value.code == "case_too_long"
    assert case_of(Consultation.objects.get(pk=draft.pk)).story == STORY


def test_reasons_to_keep_a_passage_are_kept_by_page(asker: Actor, network: Network) -> None:
    draft = a_draft(asker, network)
    draft = save_story(
        actor=asker,
        consultation=draft,
        revision=draft.revision,
        kept={"abc": "word"},
        **words(draft),  # type: ignore[arg-type]
    )
    case = case_of(draft)
    draft = save_household(
        actor=asker,
        consultation=draft,
        revision=draft.revision,
        persons=case.persons,
        ties=case.ties,
        relations=case.relations,
        strengths=case.strengths,
        kept={"def": "general"},
    )
    assert kept_reasons_of(Consultation.objects.get(pk=draft.pk)) == {"abc": "word", "def": "general"}


def test_what_is_missing_is_named_with_the_page_to_go_to(asker: Actor, network: Network) -> None:
    draft = begin(actor=asker, network=network, way=Way.OWN_HOUSE)
    assert {one.route for one in missing(draft)} == {"consultations:household", "consultations:story"}
    assert len(missing(draft)) == 5


def test_a_stored_case_that_does_not_fit_is_not_shown_at_all(asker: Actor, network: Network) -> None:
    draft = a_draft(asker, network)
    draft.case = '{"persons":[{"key":"p1","kin":"king"}],"story":"secret"}'
    draft.save(update_fields=["case"])
    with pytest.raises(Refused) as caught:
        case_view(Consultation.objects.get(pk=draft.pk))
    assert caught.value.code == "case_unreadable"
    assert "secret" not in str(caught.value)


def test_an_empty_case_can_be_shown(asker: Actor, network: Network) -> None:
    assert case_view(a_draft(asker, network, Case())).picture.empty
