"""The road, the meetings, the tasks and the table: what is planned, who was there, who may change what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from mtd.agreements.models import Agreement, Moderator, NegotiationMeeting, Party, RoadStep, Todo, Version
from mtd.guide.models import GuideVersion
from mtd.guide.queries import digest
from tests.agreements.conftest import Cast
from tests.factories import agreements as factory

Browse = Callable[[str], Client]


def url(agreement: Agreement, name: str, *args: object) -> str:
    return reverse(f"agreements:{name}", args=[agreement.pk, *args])


def step(version: Version, key: str) -> RoadStep:
    return RoadStep.objects.get(version=version, step_key=key)


def test_steps_get_planned_and_actual_dates(birkenfurt: Agreement, version: Version, browse: Browse) -> None:
    form = {
        "meet-planned_from": "2026-03-10",
        "meet-planned_to": "2026-05-10",
        "meet-started_on": "2026-03-10",
        "meet-done_on": "2026-04-02",
    }
    assert browse("jonas-reuter").post(url(birkenfurt, "plan_step", "meet"), form).status_code == 302
    assert step(version, "meet").done_on == date(2026, 4, 2)
    road = browse("jonas-reuter").get(url(birkenfurt, "road"))
    assert [s["state"] for s in road.context["road"]][:2] == ["done", "here"]
    assert road.context["span"]["bars"][0]["actual"]


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"planned_from": "2026-05-10", "planned_to": "2026-03-10"}, "before the beginning"),
        ({"started_on": "2026-05-10", "done_on": "2026-03-10"}, "ends before it begins"),
        ({"planned_from": "irgendwann"}, "valid date"),
    ],
)
def test_impossible_dates_are_told_and_stay_in_the_form(
    birkenfurt: Agreement, version: Version, browse: Browse, form: dict[str, str], message: str
) -> None:
    sent = {f"meet-{name}": value for name, value in form.items()}
    response = browse("jonas-reuter").post(url(birkenfurt, "plan_step", "meet"), sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert message in page
    assert all(value in page for value in form.values())
    assert step(version, "meet").planned_from is None


def test_only_the_guides_own_points_can_be_ticked(
    birkenfurt: Agreement, version: Version, browse: Browse
) -> None:
    described = factory.pack_by_id(version.guide_version_id).step("meet")
    first, block = described.checklist[0].key, described.stumbling[0].key
    form = {"checked": [first, "invented"], f"stumbling-{block}": "stuck", "stumbling-invented": "fine"}
    client = browse("jonas-reuter")
    assert client.post(url(birkenfurt, "check_step", "meet"), form).status_code == 302
    assert step(version, "meet").checked == [first]
    assert step(version, "meet").stumbling == {block: "stuck"}
    assert client.post(url(birkenfurt, "check_step", "invented"), form).status_code == 404


def test_a_meeting_is_planned_then_held_with_who_was_there(
    birkenfurt: Agreement, version: Version, browse: Browse
) -> None:
    client = browse("inga-soerensen")
    planned = {"meeting-on": "2026-12-08", "meeting-time": "9–12 Uhr", "meeting-topics": "Kapitel 9"}
    assert client.post(url(birkenfurt, "meeting_new"), planned).status_code == 302
    meeting = NegotiationMeeting.objects.get(version=version)
    there = [str(factory.party(birkenfurt, word).pk) for word in ("Markt", "Wendau")]
    held = {**planned, "meeting-held": "on", "meeting-present": there, "meeting-outcome": "Zwei Arbeitstage."}
    assert client.post(url(birkenfurt, "meeting_edit", meeting.pk), held).status_code == 302
    meeting.refresh_from_db()
    assert meeting.held
    assert meeting.present.count() == 2
    page = browse("jonas-reuter").get(url(birkenfurt, "road")).content.decode()
    assert "Zwei Arbeitstage." in page


def test_a_party_of_another_agreement_cannot_have_been_there(
    birkenfurt: Agreement, heinsberg: Agreement, browse: Browse
) -> None:
    stranger = heinsberg.parties.first()
    assert stranger is not None
    form = {
        "meeting-on": "2026-12-08",
        "meeting-present": [str(stranger.pk)],
        "meeting-topics": "Bleibt stehen",
    }
    response = browse("jonas-reuter").post(url(birkenfurt, "meeting_new"), form)
    assert response.status_code == 422
    assert "Bleibt stehen" in response.content.decode()


def test_a_task_is_noted_done_and_taken_back(birkenfurt: Agreement, version: Version, browse: Browse) -> None:
    client = browse("miriam-hoffstedt")
    wendau = factory.party(birkenfurt, "Wendau")
    form = {"todo-what": "Formular verteilen", "todo-party": str(wendau.pk), "todo-due": "2026-12-01"}
    assert client.post(url(birkenfurt, "todo"), form).status_code == 302
    task = Todo.objects.get(version=version)
    client.post(url(birkenfurt, "todo"), {"done": str(task.pk)})
    task.refresh_from_db()
    assert task.done_on is not None
    client.post(url(birkenfurt, "todo"), {"undone": str(task.pk)})
    task.refresh_from_db()
    assert task.done_on is None
    assert client.post(url(birkenfurt, "todo"), {"done": "nonsense"}).status_code == 404
    assert client.post(url(birkenfurt, "todo"), {"todo-what": " "}).status_code == 422


def test_a_party_comes_to_the_table_and_goes(
    birkenfurt: Agreement, version: Version, cast: Cast, browse: Browse
) -> None:
    Party.objects.filter(agreement=birkenfurt, organization__name__contains="Wendau").delete()
    wendau = cast.organizations["stadtjugendamt-wendau"]
    client = browse("miriam-hoffstedt")
    added = {"do": "add_party", "organization": str(wendau.pk)}
    assert client.post(url(birkenfurt, "parties"), added).status_code == 302
    party = Party.objects.get(agreement=birkenfurt, organization=wendau)
    assert (
        client.post(url(birkenfurt, "parties"), {"do": "remove_party", "party": str(party.pk)}).status_code
        == 302
    )
    party.refresh_from_db()
    assert party.left_on is not None
    kinds = list(version.entries.filter(kind="party").values_list("data__change", flat=True))
    assert kinds == ["added", "removed"]


def test_a_worker_may_look_but_not_change_the_table(birkenfurt: Agreement, browse: Browse) -> None:
    client = browse("jonas-reuter")
    page = client.get(url(birkenfurt, "parties")).content.decode()
    assert "The network coordination or the lead of a party can do that." in page
    party = birkenfurt.parties.first()
    assert party is not None
    response = client.post(url(birkenfurt, "parties"), {"do": "remove_party", "party": str(party.pk)})
    assert response.status_code == 403
    assert "coordination or the lead" in response.content.decode()
    assert birkenfurt.parties.filter(left_on__isnull=True).count() == 4


def test_two_parties_are_the_least(bilingual: Agreement, browse: Browse) -> None:
    party = bilingual.parties.first()
    assert party is not None
    response = browse("miriam-hoffstedt").post(
        url(bilingual, "parties"), {"do": "remove_party", "party": str(party.pk)}
    )
    assert response.status_code == 409
    assert bilingual.parties.filter(left_on__isnull=True).count() == 2


def test_the_moderation_is_named_and_ends(birkenfurt: Agreement, cast: Cast, browse: Browse) -> None:
    client, inga = browse("leonie-brandt"), cast.people["inga-soerensen"]
    moderator = Moderator.objects.get(agreement=birkenfurt)
    client.post(url(birkenfurt, "parties"), {"do": "remove_moderator", "moderator": str(moderator.pk)})
    assert not Moderator.objects.exists()
    assert browse("inga-soerensen").get(url(birkenfurt, "overview")).status_code == 404
    client.post(url(birkenfurt, "parties"), {"do": "add_moderator", "user": str(inga.pk)})
    assert Moderator.objects.get().user == inga
    jonas = str(cast.people["jonas-reuter"].pk)
    assert client.post(url(birkenfurt, "parties"), {"do": "add_moderator", "user": jonas}).status_code == 422


def test_giving_up_needs_a_reason_and_deletes_nothing(birkenfurt: Agreement, browse: Browse) -> None:
    factory.agree_all(birkenfurt, quick=True)
    client = browse("miriam-hoffstedt")
    assert client.post(url(birkenfurt, "parties"), {"do": "abandon"}).status_code == 422
    assert (
        client.post(url(birkenfurt, "parties"), {"do": "abandon", "abandon-reason": "Kein Geld."}).status_code
        == 302
    )
    birkenfurt.refresh_from_db()
    assert birkenfurt.state == Agreement.State.ABANDONED
    assert birkenfurt.versions.get().answers.count() > 50
    assert client.get(url(birkenfurt, "text")).status_code == 200


def test_moving_to_a_newer_guide_keeps_every_answer(
    birkenfurt: Agreement, version: Version, browse: Browse
) -> None:
    factory.agree_all(birkenfurt, quick=True)
    before = dict(version.answers.values_list("question_key", "value"))
    old = version.guide_version
    client = browse("miriam-hoffstedt")
    assert client.get(url(birkenfurt, "guide_move")).context["target"] is None
    content = {**old.content, "version": "1.1"}
    newer = GuideVersion.objects.create(
        guide=old.guide,
        number="1.1",
        state=GuideVersion.State.PUBLISHED,
        content=content,
        sha256=digest(content),
        loaded_at=old.loaded_at,
        published_at=old.published_at.replace(year=old.published_at.year + 1) if old.published_at else None,
    )
    page = client.get(url(birkenfurt, "guide_move"))
    assert page.context["target"] == newer
    assert client.post(url(birkenfurt, "guide_move"), {"version": str(newer.pk)}).status_code == 302
    version.refresh_from_db()
    assert version.guide_version == newer
    assert dict(version.answers.values_list("question_key", "value")) == before
