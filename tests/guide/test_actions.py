"""Loading, publishing, comparing, feedback: what is kept, what never changes, who may."""

import io
import json
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import override_settings

from mtd.audit.models import Event
from mtd.core.actor import ANONYMOUS, SYSTEM
from mtd.core.errors import NotAllowed, Refused
from mtd.guide.actions import give_feedback, load_guide, publish_version
from mtd.guide.models import Guide, GuideVersion, StepFeedback
from mtd.guide.pack import PackErrors, open_questions, read_pack
from mtd.guide.permissions import can_view, feedback_visible_to, visible_to
from mtd.guide.queries import (
    GuideDamaged,
    compare,
    feedback_counts,
    feedback_for,
    feedback_on_step,
    latest_version,
    pack_by_id,
    pack_of,
    previous_version,
    published_versions,
)
from tests.cast import Cast

from .conftest import FILES, SHIPPED, Write

NEWER: dict[str, Any] = {"pack.yaml": ('version: "1.0"', 'version: "1.10"')}


@pytest.mark.django_db
def test_a_guide_is_loaded_published_and_opened_again(write: Write) -> None:
    version = load_guide(actor=SYSTEM, path=write())
    assert version.is_published
    assert version.guide.title == {"en": "Small guide en", "de": "Small guide de"}
    assert pack_of(GuideVersion.objects.get(id=version.id)) == read_pack(write())
    assert pack_by_id(version.id) is pack_of(version)
    assert list(Event.objects.values_list("verb", flat=True)) == ["guide.loaded", "guide.published"]


@pytest.mark.django_db
def test_loading_the_same_again_changes_nothing(write: Write) -> None:
    first = load_guide(actor=SYSTEM, path=write())
    second = load_guide(actor=SYSTEM, path=write())
    assert (second.id, second.loaded_at) == (first.id, first.loaded_at)
    assert Event.objects.count() == 2


@pytest.mark.django_db
def test_a_published_number_cannot_get_other_content(write: Write) -> None:
    version = load_guide(actor=SYSTEM, path=write())
    with pytest.raises(Refused) as caught:
        load_guide(actor=SYSTEM, path=write({"en/questions.yaml": ("Who chairs?", "Who sits in the chair?")}))
    assert caught.value.code == "raise_version"
    assert "1.0" in str(caught.value)
    assert pack_of(version).question("chair").label["en"] == "Who chairs?"
    assert GuideVersion.objects.count() == 1


@pytest.mark.django_db
def test_a_draft_may_be_replaced_until_it_is_published(write: Write, cast: Cast) -> None:
    office = cast.actor("mette-lindqvist")
    draft = load_guide(actor=office, path=write(), publish=False)
    again = load_guide(
        actor=office, path=write({"en/questions.yaml": ("Who chairs?", "Who leads?")}), publish=False
    )
    assert again.id == draft.id
    assert pack_of(again).question("chair").label["en"] == "Who leads?"
    with pytest.raises(GuideVersion.DoesNotExist):
        pack_by_id(draft.id)
    published = publish_version(actor=office, version=again)
    assert published.is_published
    assert pack_by_id(draft.id).question("chair").label["en"] == "Who leads?"
    with pytest.raises(Refused):
        publish_version(actor=office, version=published)


@pytest.mark.django_db
def test_content_changed_behind_the_back_is_noticed(write: Write) -> None:
    version = load_guide(actor=SYSTEM, path=write())
    content = json.loads(json.dumps(version.content))
    content["owner"] = "Somebody else"
    GuideVersion.objects.filter(id=version.id).update(content=content)
    with pytest.raises(GuideDamaged):
        pack_of(GuideVersion.objects.get(id=version.id))


@pytest.mark.django_db
def test_the_database_refuses_a_number_twice_and_a_published_version_without_a_date(write: Write) -> None:
    version = load_guide(actor=SYSTEM, path=write())
    with pytest.raises(IntegrityError), transaction.atomic():
        GuideVersion.objects.create(
            guide=version.guide, number="1.0", content={}, sha256="", loaded_at=version.loaded_at
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        GuideVersion.objects.filter(id=version.id).update(published_at=None)


@pytest.mark.django_db
def test_a_pack_with_mistakes_leaves_nothing_behind(write: Write) -> None:
    with pytest.raises(PackErrors):
        load_guide(actor=SYSTEM, path=write({"de/guide.yaml": None}))
    assert not Guide.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_only_the_programme_office_and_commands_load_guides(write: Write, cast: Cast) -> None:
    for actor in (cast.actor("jonas-reuter"), cast.actor("inga-soerensen"), ANONYMOUS):
        with pytest.raises(NotAllowed):
            load_guide(actor=actor, path=write())
    version = load_guide(actor=cast.actor("mette-lindqvist"), path=write())
    assert version.loaded_by == cast.people["mette-lindqvist"]


@pytest.mark.django_db
def test_what_each_of_the_cast_sees_is_what_each_may_view(write: Write, cast: Cast) -> None:
    published = load_guide(actor=SYSTEM, path=write())
    draft = load_guide(actor=SYSTEM, path=write(NEWER), publish=False)
    for key in cast.people:
        actor = cast.actor(key)
        seen = set(visible_to(actor))
        for version in (published, draft):
            assert (version in seen) == bool(can_view(actor, version)), key
    assert not visible_to(ANONYMOUS).exists()
    assert set(visible_to(cast.actor("jonas-reuter"))) == {published}
    assert set(visible_to(cast.actor("mette-lindqvist"))) == {published, draft}


@pytest.mark.django_db
def test_versions_are_ordered_as_people_count(write: Write) -> None:
    old = load_guide(actor=SYSTEM, path=write({"pack.yaml": ('"1.0"', '"1.9"')}))
    new = load_guide(actor=SYSTEM, path=write(NEWER))
    assert latest_version("small-guide") == new
    assert previous_version(new) == old
    assert previous_version(old) is None
    assert latest_version("nothing") is None
    assert set(published_versions()) == {old, new}


def test_two_versions_are_compared_question_by_question_and_text_by_text(write: Write) -> None:
    old = read_pack(write())
    new = read_pack(
        write(
            {
                "questions.yaml": (
                    "- key: mood\n  part: term\n  step: plan\n  type: text\n  clause: false\n",
                    "- key: trust\n  part: term\n  step: plan\n  type: text\n  clause: false\n",
                ),
                "en/questions.yaml": ("mood: {label: How is the mood?", "trust: {label: How is trust?"),
                "de/questions.yaml": (
                    "mood: {label: Wie ist die Stimmung?, short: Stimmung, why: Sie zählt.}",
                    "trust: {label: Wie ist das Vertrauen?, short: Vertrauen, why: Es zählt.}",
                ),
                "en/steps/meet.md": ("text: All are named", "text: Everybody is named"),
                "examples.yaml": ("year: 2016", "year: 2017"),
            },
            name="newer",
        )
    )
    comparison = compare(old, new)
    assert comparison.questions_added == ("trust",)
    assert comparison.questions_removed == ("mood",)
    assert comparison.questions_changed == ()
    [step] = comparison.of("step")
    [detail] = step.details
    assert (detail.field, detail.language) == ("checklist.named.text", "en")
    assert (detail.old, detail.new) == ("All are named", "Everybody is named")
    [example] = comparison.of("example")
    assert [(d.field, d.old, d.new) for d in example.details] == [("year", "2016", "2017")]
    assert compare(old, old).changes == ()


def test_a_changed_question_shows_both_texts_and_a_mere_move_is_no_change(write: Write) -> None:
    mood = "- key: mood\n  part: term\n  step: plan\n  type: text\n  clause: false\n"
    old = read_pack(write())
    moved = FILES["questions.yaml"].replace(mood, "")
    changes = {"de/questions.yaml": ("Wer leitet?", "Wer sitzt vor?"), "questions.yaml": mood + moved}
    new = read_pack(write(changes, name="newer"))
    [change] = compare(old, new).changes
    assert (change.kind, change.what, change.key) == ("changed", "question", "chair")
    assert [(d.field, d.language, d.old, d.new) for d in change.details] == [
        ("label", "de", "Wer leitet?", "Wer sitzt vor?")
    ]


@pytest.mark.django_db
def test_feedback_is_sealed_counted_and_seen_by_the_programme_office_only(write: Write, cast: Cast) -> None:
    version = load_guide(actor=SYSTEM, path=write())
    worker, office = cast.actor("jonas-reuter"), cast.actor("mette-lindqvist")
    feedback = give_feedback(
        actor=worker,
        version=version,
        step_key="plan",
        question_key="rhythm",
        helped=" The examples ",
        missing="",
    )
    assert feedback.organization_id == worker.organization_id
    assert set(feedback_for(version)) == {feedback}
    assert [said.helped for said in feedback_on_step(version.guide_id, "plan")] == ["The examples"]
    assert feedback_counts(version.guide_id) == {"plan": 1}
    assert b"examples" not in bytes(StepFeedback.objects.values_list("helped", flat=True)[0] or b"")
    assert set(feedback_visible_to(office)) == {feedback}
    assert set(feedback_visible_to(worker)) == {feedback}
    assert not feedback_visible_to(cast.actor("leonie-brandt")).exists()
    assert "examples" not in json.dumps(list(Event.objects.values_list("facts", flat=True)))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"step_key": "dance", "helped": "x"}, "unknown_step"),
        ({"step_key": "plan", "question_key": "who", "helped": "x"}, "unknown_question"),
        ({"step_key": "plan", "helped": "  "}, "empty"),
        ({"step_key": "plan", "missing": "x" * 5001}, "too_long"),
    ],
)
def test_feedback_that_says_nothing_useful_is_refused(
    write: Write, cast: Cast, given: dict[str, Any], code: str
) -> None:
    version = load_guide(actor=SYSTEM, path=write())
    with pytest.raises(Refused) as caught:
        give_feedback(actor=cast.actor("jonas-reuter"), version=version, **given)
    assert caught.value.code == code
    assert not StepFeedback.objects.exists()


@pytest.mark.django_db
def test_feedback_needs_a_membership(write: Write) -> None:
    version = load_guide(actor=SYSTEM, path=write())
    with pytest.raises(NotAllowed):
        give_feedback(actor=ANONYMOUS, version=version, step_key="plan", helped="x")


@pytest.mark.django_db
def test_the_command_loads_the_shipped_guide() -> None:
    out = io.StringIO()
    call_command("load_guide", str(SHIPPED), stdout=out)
    assert "cooperation-guide 1.0" in out.getvalue()
    version = latest_version()
    assert version is not None
    assert open_questions(pack_of(version), {})


@pytest.mark.django_db
@override_settings(LANGUAGE_CODE="en")
def test_the_command_names_every_mistake_and_leaves_with_one(write: Write) -> None:
    err = io.StringIO()
    path = write({"pack.yaml": ("months: [3, 9]", "months: [9, 3]"), "de/guide.yaml": None})
    with pytest.raises(SystemExit) as caught:
        call_command("load_guide", str(path), stderr=err)
    assert caught.value.code == 1
    assert "pack.yaml:11: " in err.getvalue()
    assert "de/guide.yaml:1: " in err.getvalue()
    assert "Nothing was loaded" in err.getvalue()


@pytest.mark.django_db
def test_the_command_leaves_with_one_when_the_number_is_taken(write: Write) -> None:
    call_command("load_guide", str(write()), stdout=io.StringIO())
    err = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("load_guide", str(write({"pack.yaml": ("owner: Someone", "owner: Other")})), stderr=err)
    assert "Raise the version" in err.getvalue()
