"""The pages of agenda and minutes: with and without JavaScript, for everybody who may and nobody else."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import page as page_validation
import pypdf
import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mtd.core.actor import Actor
from mtd.documents.pdf import render_pdf
from mtd.meetings.actions import (
    add_item,
    add_task,
    circulate,
    decide,
    finish,
    note_attendance,
    note_cases,
    object_to,
    settle,
    write_notes,
)
from mtd.meetings.actions.minutes import Words
from mtd.meetings.models import AgendaItem, Decision, Kind, Meeting, Objection, Task
from mtd.meetings.queries.agenda import items_of
from mtd.meetings.queries.minutes import minutes_of
from mtd.meetings.queries.people import Guest, personal_token
from mtd.meetings.record import to_document
from mtd.organizations.models import Network
from tests.cast import Cast
from tests.factories.meetings import a_meeting, participant

Browse = Callable[..., Client]
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def boss(act: Callable[[str], Actor]) -> Actor:
    return act("miriam-hoffstedt")


@pytest.fixture
def held(network: Network) -> Meeting:
    return a_meeting(network, held=True, guests=[Guest("Frieda Blum", "frieda@kita.example")])


@pytest.fixture
def item(held: Meeting, boss: Actor) -> AgendaItem:
    return add_item(actor=boss, meeting=held, title="Wartezeiten")


@pytest.fixture
def keeper(browse: Browse) -> Client:
    return browse("miriam-hoffstedt")


def url(route: str, *args: Any) -> str:
    return reverse(f"meetings:{route}", args=args)


def say(item: AgendaItem, client: Client, text: str, base: int, **more: str) -> Any:
    address = url("notes", item.meeting_id, item.pk)
    return client.post(address, {"notes": text, f"rev-{item.pk}": str(base), **more})


# ---------------------------------------------------------------- who may see


@pytest.mark.parametrize(
    ("who", "status"),
    [("miriam-hoffstedt", 200), ("leonie-brandt", 200), ("jonas-reuter", 404), ("anke-wolters", 404)],
)
@pytest.mark.parametrize("route", ["agenda", "minutes"])
def test_who_is_invited_reads_and_for_everybody_else_it_does_not_exist(
    held: Meeting, browse: Browse, who: str, status: int, route: str
) -> None:
    assert browse(who).get(url(route, held.pk)).status_code == status


def test_minutes_that_are_being_written_show_nothing_to_others(
    held: Meeting, item: AgendaItem, keeper: Client, browse: Browse
) -> None:
    say(item, keeper, "Noch nicht fertig", 0)
    answer = browse("leonie-brandt").get(url("minutes", held.pk))
    assert "No minutes yet" in answer.text
    assert "Noch nicht fertig" not in answer.text
    assert browse("leonie-brandt").get(url("minutes_pdf", held.pk)).status_code == 404


# ---------------------------------------------------------------- the agenda


def test_an_item_is_added_moved_changed_taken_off_and_put_back(
    network: Network, keeper: Client, browse: Browse
) -> None:
    meeting = a_meeting(network)
    for title in ("Eins", "Zwei"):
        answer = keeper.post(url("agenda", meeting.pk), {"title": title, "text": "", "minutes": "10"})
        assert answer.status_code == 302
    second = items_of(meeting)[1]
    keeper.post(url("agenda_move", meeting.pk, second.pk), {"step": "up"})
    assert [one.title for one in items_of(meeting)] == ["Zwei", "Eins"]
    keeper.post(url("agenda_move", meeting.pk, second.pk), {"to": "2"})
    keeper.post(url("agenda_item", meeting.pk, second.pk), {"title": "Drei", "revision": "0"})
    assert [one.title for one in items_of(meeting)] == ["Eins", "Drei"]
    keeper.post(url("agenda_drop", meeting.pk, second.pk))
    assert "Put back" in keeper.get(url("agenda", meeting.pk)).text
    keeper.post(url("agenda_drop", meeting.pk, second.pk), {"back": "1"})
    assert items_of(meeting).count() == 2
    assert browse("tarek-aziz").post(url("agenda_drop", meeting.pk, second.pk)).status_code == 403


def test_an_empty_title_comes_back_with_what_was_typed(network: Network, keeper: Client) -> None:
    meeting = a_meeting(network)
    answer = keeper.post(url("agenda", meeting.pk), {"title": "", "text": "Das bleibt"})
    assert answer.status_code == 422
    assert "Das bleibt" in answer.text


def test_two_who_change_an_item_see_both_texts(network: Network, keeper: Client, boss: Actor) -> None:
    meeting = a_meeting(network)
    item = add_item(actor=boss, meeting=meeting, title="Alt")
    address = url("agenda_item", meeting.pk, item.pk)
    keeper.post(address, {"title": "Ihres", "revision": "0"})
    answer = keeper.post(address, {"title": "Meines", "revision": "0"})
    assert answer.status_code == 409
    assert "Ihres" in answer.text
    assert "Meines" in answer.text
    assert keeper.post(address, {"title": "Meines", "revision": "1"}).status_code == 302


def test_open_things_are_offered_and_all_taken_over_with_one_click(
    network: Network, held: Meeting, item: AgendaItem, keeper: Client, boss: Actor
) -> None:
    say(item, keeper, "", 0)
    keeper.post(url("item_state", held.pk, item.pk), {"state": "carried"})
    add_task(actor=boss, meeting=held, words=Words(text="Flyer"))
    meeting = a_meeting(network)
    assert "2 things are still open" in keeper.get(url("agenda", meeting.pk)).text
    keeper.post(url("agenda_take", meeting.pk), {"all": "1"})
    assert items_of(meeting).count() == 2
    assert "still open" not in keeper.get(url("agenda", meeting.pk)).text


def test_longer_lists_need_no_more_queries(network: Network, keeper: Client, boss: Actor) -> None:
    before, meeting, held = a_meeting(network, held=True), a_meeting(network), a_meeting(network, held=True)

    def grow() -> None:
        add_item(actor=boss, meeting=meeting, title="Punkt")
        opened = add_item(actor=boss, meeting=before, title="Offen")
        AgendaItem.objects.filter(pk=opened.pk).update(state="carried")
        item = add_item(actor=boss, meeting=held, title="Besprochen")
        decide(actor=boss, meeting=held, item=item, words=Words(text="Ja"))
        add_task(actor=boss, meeting=held, item=item, words=Words(text="Tun"))

    def counts() -> list[int]:
        found = []
        for address in (
            url("agenda", meeting.pk),
            url("minutes", held.pk),
            url("decisions", network.slug),
            url("tasks"),
        ):
            keeper.get(address)
            with (
                CaptureQueriesContext(connections["default"]) as data,
                CaptureQueriesContext(connections["keys"]) as keys,
            ):
                keeper.get(address)
            found.append(len(data) + len(keys))
        return found

    grow()
    few = counts()
    grow()
    grow()
    assert counts() == few
    assert max(few) < 30
    circulate(actor=boss, meeting=held)
    with CaptureQueriesContext(connections["default"]) as data:
        keeper.get(url("minutes", held.pk))
    assert len(data) < 25


# ---------------------------------------------------------------- writing


def test_notes_are_saved_while_typing_and_the_answer_names_the_new_revision(
    item: AgendaItem, keeper: Client
) -> None:
    answer = say(item, keeper, "Fünf Wochen", 0, autosave="1")
    assert (answer.status_code, answer["X-Revision"]) == (204, "1")


def test_notes_are_saved_without_javascript(item: AgendaItem, keeper: Client) -> None:
    answer = say(item, keeper, "Fünf Wochen", 0)
    assert answer.status_code == 302
    assert answer.url.endswith(f"#item-{item.pk}")
    assert "Fünf Wochen" in keeper.get(url("minutes", item.meeting_id)).text


@pytest.mark.parametrize("quiet", [True, False])
def test_two_who_write_at_once_get_both_texts(item: AgendaItem, keeper: Client, quiet: bool) -> None:
    say(item, keeper, "Ihr Text", 0)
    answer = say(item, keeper, "Mein Text", 0, **({"autosave": "1"} if quiet else {}))
    assert answer.status_code == 409
    assert "Ihr" in answer.text
    assert "Keep both" in answer.text
    if not quiet:
        assert "Mein Text" in answer.text


@pytest.mark.parametrize(
    ("way", "expected"),
    [("both", "Ihr Text\n\nMein Text"), ("mine", "Mein Text"), ("theirs", "Ihr Text")],
)
def test_after_a_conflict_one_chooses_how_to_go_on(
    item: AgendaItem, keeper: Client, way: str, expected: str
) -> None:
    say(item, keeper, "Ihr Text", 0)
    assert say(item, keeper, "Mein Text", 0, resolve=way, theirs="1").status_code == 302
    assert AgendaItem.objects.get(pk=item.pk).notes == expected


def test_a_choice_about_a_text_that_changed_once_more_is_asked_again(
    item: AgendaItem, keeper: Client
) -> None:
    say(item, keeper, "Eins", 0)
    say(item, keeper, "Zwei", 1)
    answer = say(item, keeper, "Mein Text", 0, resolve="mine", theirs="1")
    assert answer.status_code == 409
    assert AgendaItem.objects.get(pk=item.pk).notes == "Zwei"


def test_an_open_screen_hears_that_somebody_else_wrote(item: AgendaItem, keeper: Client) -> None:
    address = url("minutes_pulse", item.meeting_id)
    say(item, keeper, "Neu", 0)
    assert "Somebody else" in keeper.get(address, {f"rev-{item.pk}": "0"}).text
    assert keeper.get(address, {f"rev-{item.pk}": "1"}).text.strip() == ""
    assert keeper.get(address, {"rev-x": "1", "rev-": "", f"rev-{item.pk}": "zzz"}).status_code == 200


def test_one_tap_notes_who_is_there_and_the_same_tap_takes_it_back(
    held: Meeting, keeper: Client, cast: Cast
) -> None:
    tarek = participant(held, cast.people["tarek-aziz"])
    answer = keeper.post(url("attendance", held.pk), {"set": f"{tarek.pk}:excused"}, **HTMX)
    assert 'id="people-list"' in answer.text
    tarek.refresh_from_db()
    assert tarek.attendance == "excused"
    assert keeper.post(url("attendance", held.pk), {"set": f"{tarek.pk}:excused"}).status_code == 302
    tarek.refresh_from_db()
    assert tarek.attendance == "unknown"
    for nonsense in ("", "x", f"{tarek.pk}", f"{tarek.pk}:sleeping"):
        assert keeper.post(url("attendance", held.pk), {"set": nonsense}).status_code in (404, 409)


def test_somebody_else_who_came_is_added(held: Meeting, keeper: Client) -> None:
    address = url("present", held.pk)
    assert keeper.post(address, {"name": "Ines Rau", "email": "rau@praxis.example"}).status_code == 302
    assert held.participants.filter(email="rau@praxis.example", attendance="present").exists()
    assert keeper.post(address, {}).status_code == 422


def test_decisions_and_tasks_are_noted_changed_and_taken_away(
    held: Meeting, item: AgendaItem, keeper: Client, cast: Cast
) -> None:
    owner = str(cast.organizations["suchtberatung-am-markt"].pk)
    words = {"text": "Zwei Termine", "outcome": "yes", "organization": owner, "item": str(item.pk)}
    assert keeper.post(url("decision_new", held.pk), words).status_code == 302
    decision = Decision.objects.get()
    assert (decision.item_id, str(decision.owner_organization_id)) == (item.pk, owner)
    form = keeper.get(url("decision", held.pk, decision.pk)).context["form"]
    seen = form.initial["seen"]
    changed = {"text": "Drei Termine", "outcome": "yes", "seen": seen}
    assert keeper.post(url("decision", held.pk, decision.pk), changed).status_code == 302
    late = keeper.post(url("decision", held.pk, decision.pk), {**changed, "text": "Vier Termine"})
    assert late.status_code == 409
    assert "Drei" in late.text
    assert keeper.post(url("decision", held.pk, decision.pk), {"remove": "1"}).status_code == 302
    assert not Decision.objects.exists()
    answer = keeper.post(url("task_new", held.pk), {"text": "Flyer"}, **HTMX)
    assert 'id="results-general"' in answer.text
    assert Task.objects.get().text == "Flyer"


def test_a_form_opened_in_the_page_comes_back_in_its_place_when_it_is_wrong(
    held: Meeting, item: AgendaItem, keeper: Client
) -> None:
    address = url("decision_new", held.pk)
    opened = keeper.get(address, {"item": str(item.pk)}, **HTMX)
    assert f'hx-target="#results-{item.pk}"' in opened.text
    answer = keeper.post(address, {"item": str(item.pk), "text": "", "outcome": "yes"}, **HTMX)
    assert (answer.status_code, answer["HX-Retarget"]) == (200, f"#form-{item.pk}")


def test_an_item_of_another_meeting_is_not_found(
    network: Network, held: Meeting, item: AgendaItem, keeper: Client
) -> None:
    other = a_meeting(network, held=True)
    for route in ("notes", "item_state", "agenda_drop", "agenda_move"):
        assert keeper.post(url(route, other.pk, item.pk), {"notes": "…"}).status_code == 404
    assert keeper.get(url("decision_new", other.pk), {"item": str(item.pk)}).status_code == 404


def test_a_case_discussion_has_no_field_for_notes_and_says_why(
    network: Network, browse: Browse, cast: Cast
) -> None:
    meeting = a_meeting(network, Kind.CASE_DISCUSSION, held=True, people=[cast.people["jonas-reuter"]])
    client = browse("miriam-hoffstedt")
    client.post(url("agenda", meeting.pk), {"title": "Termine"})
    text = client.get(url("minutes", meeting.pk)).text
    assert 'name="notes"' not in text
    assert "on purpose" in text
    assert client.post(url("cases", meeting.pk), {"cases": "3"}).status_code == 302
    assert client.post(url("cases", meeting.pk), {"cases": "999"}).status_code == 422


# ---------------------------------------------------------------- going out, objections, closing


def test_from_sending_out_to_final_through_the_pages(
    held: Meeting, item: AgendaItem, keeper: Client, browse: Browse
) -> None:
    say(item, keeper, "Fünf Wochen", 0)
    assert keeper.post(url("minutes_send", held.pk), {"days": "1"}).status_code == 422
    assert keeper.post(url("minutes_send", held.pk), {"days": "14"}).status_code == 302
    twice = keeper.post(url("minutes_send", held.pk), {"days": "14"}, follow=True)
    assert "sent out already, by Miriam Hoffstedt" in twice.text
    tarek = browse("tarek-aziz")
    assert "Fünf Wochen" in tarek.get(url("minutes", held.pk)).text
    objecting = {"text": "Es waren vier.", "item": str(item.pk)}
    assert tarek.post(url("minutes_object", held.pk), objecting).status_code == 302
    one = Objection.objects.get()
    blocked = keeper.post(url("minutes_close", held.pk), {"agreed": "on"})
    assert blocked.status_code == 422
    assert "Answer the open objections first" in blocked.text
    answer = url("minutes_objection", held.pk, one.pk)
    assert tarek.post(answer, {"take_up": "1"}).status_code == 403
    assert keeper.post(answer, {"take_up": "1", "reply": "Stimmt."}).status_code == 302
    say(item, keeper, "Vier Wochen", 1)
    assert "<mark>Vier</mark>" in keeper.get(url("minutes", held.pk)).text
    keeper.post(url("minutes_send", held.pk), {"days": "14"})
    assert "<mark>Vier</mark>" in tarek.get(url("minutes", held.pk)).text
    keeper.post(url("minutes_close", held.pk), {"agreed": "on"})
    again = keeper.post(url("minutes_close", held.pk), {"agreed": "on"}, follow=True)
    assert "closed by Miriam Hoffstedt" in again.text
    pdf = tarek.get(url("minutes_pdf", held.pk))
    assert pdf["Content-Type"] == "application/pdf"


def test_an_objection_to_final_minutes_keeps_its_text_and_goes_onto_the_next_agenda(
    network: Network, held: Meeting, item: AgendaItem, keeper: Client, boss: Actor, browse: Browse
) -> None:
    say(item, keeper, "…", 0)
    circulate(actor=boss, meeting=held)
    finish(actor=boss, meeting=held, agreed=True)
    coming = a_meeting(network)
    tarek = browse("tarek-aziz")
    answer = tarek.post(url("minutes_object", held.pk), {"text": "Es waren vier."})
    assert answer.status_code == 409
    assert "Es waren vier." in answer.text
    assert "Put on the next agenda" in answer.text
    assert tarek.post(url("minutes_late", held.pk), {"text": "Es waren vier."}).status_code == 302
    assert items_of(coming).get().text == "Es waren vier."


def test_a_guest_reads_and_objects_on_the_personal_page(
    held: Meeting, item: AgendaItem, keeper: Client, boss: Actor
) -> None:
    say(item, keeper, "Fünf Wochen", 0)
    guest, stranger = participant(held, "frieda@kita.example"), Client(headers={"accept-language": "en"})
    address = url("personal", personal_token(guest))
    assert "Fünf Wochen" not in stranger.get(address).text
    circulate(actor=boss, meeting=held)
    assert "Fünf Wochen" in stranger.get(address).text
    stranger.post(address, {"do": "object", "text": "Es waren vier.", "item": str(item.pk)})
    one = Objection.objects.get()
    assert (one.participant_id, one.text, one.item_id) == (guest.pk, "Es waren vier.", item.pk)
    settle(actor=boss, objection=one, taken_up=False, reply="Es bleibt dabei.")
    assert "Es bleibt dabei." in stranger.get(address).text
    keeper.post(address, {"do": "object", "text": "Am gemeinsamen Rechner."})
    second = Objection.objects.exclude(pk=one.pk).get()
    assert second.participant_id == guest.pk
    stranger.post(address, {"do": "withdraw", "objection": str(second.pk)})
    second.refresh_from_db()
    assert second.state == Objection.State.WITHDRAWN


def test_decisions_and_tasks_are_ticked_off_on_their_pages(
    network: Network, held: Meeting, boss: Actor, browse: Browse, cast: Cast
) -> None:
    leonie = cast.people["leonie-brandt"]
    decision = decide(actor=boss, meeting=held, words=Words(text="Zwei Termine", user=leonie))
    task = add_task(actor=boss, meeting=held, words=Words(text="Flyer", user=leonie))
    circulate(actor=boss, meeting=held)
    client = browse("leonie-brandt")
    assert "Zwei Termine" in client.get(url("decisions", network.slug)).text
    assert client.post(url("decision_done", decision.pk)).status_code == 302
    assert "Zwei Termine" not in client.get(url("decisions", network.slug), {"which": "open"}).text
    assert "Flyer" in client.get(url("tasks")).text
    assert client.post(url("task_done", task.pk)).status_code == 302
    assert "Nothing to do" in client.get(url("tasks")).text
    assert browse("jonas-reuter").post(url("decision_done", decision.pk)).status_code == 404
    assert browse("anke-wolters").get(url("decisions", network.slug)).status_code == 404


# ---------------------------------------------------------------- the PDF


def full(network: Network, boss: Actor, cast: Cast) -> Meeting:
    """Minutes with everything in them."""
    meeting = a_meeting(network, held=True, guests=[Guest("Frieda Blum", "frieda@kita.example")])
    first = add_item(actor=boss, meeting=meeting, title="Wartezeiten", minutes=20)
    add_item(actor=boss, meeting=meeting, title="Nicht geschafft")
    write_notes(actor=boss, item=first, notes="Im Schnitt fünf Wochen.\n\nπ ✓ 🙂", base_revision=0)
    owner = cast.organizations["suchtberatung-am-markt"]
    yes = Words(text="Zwei feste Termine.", reason="Viele springen ab.", organization=owner)
    decide(actor=boss, meeting=meeting, item=first, words=yes)
    decide(actor=boss, meeting=meeting, words=Words(text="Kein Fachtag.", outcome="no"))
    add_task(
        actor=boss,
        meeting=meeting,
        item=first,
        words=Words(text="Aushang", user=cast.people["leonie-brandt"]),
    )
    note_attendance(
        actor=boss, participant=participant(meeting, cast.people["ulrike-sand"]), attendance="online"
    )
    circulate(actor=boss, meeting=meeting)
    tarek = cast.people["tarek-aziz"]
    said = object_to(
        actor=cast.actor("tarek-aziz"), participant=participant(meeting, tarek), text="Ich war dagegen."
    )
    settle(actor=boss, objection=said, taken_up=False, reply="So steht es hier.")
    return Meeting.objects.select_related("network", "minute_taker").get(pk=meeting.pk)


def words_of(pdf: bytes) -> str:
    text = "".join(part.extract_text() for part in pypdf.PdfReader(io.BytesIO(pdf), strict=True).pages)
    return text.replace("\u200b", "")


def failures(pdf: bytes) -> list[str]:
    return [
        f"{profile} {failure.rule_id} {failure.message}"
        for profile in ("ua1", "2a")
        for failure in page_validation.validate_pdf_bytes(pdf, profile=profile).failures
    ]


def test_the_pdf_holds_everything_and_is_accessible(network: Network, boss: Actor, cast: Cast) -> None:
    meeting = full(network, boss, cast)
    pdf = render_pdf(to_document(minutes_of(meeting)))
    assert failures(pdf) == []
    text = words_of(pdf)
    for expected in (
        "Netzwerk Birkenfurt",
        "Wartezeiten",
        "Im Schnitt fünf Wochen.",
        "Nicht geschafft",
        "Zwei feste Termine.",
        "Viele springen ab.",
        "Kein Fachtag.",
        "Aushang",
        "Frieda Blum",
        "Ich war dagegen.",
        "So steht es hier.",
    ):
        assert expected in text, expected


def test_the_pdf_of_a_case_discussion_holds_a_number_and_says_why(network: Network, boss: Actor) -> None:
    network.language = "en"
    network.save(update_fields=["language"])
    meeting = a_meeting(network, Kind.CASE_DISCUSSION, held=True)
    note_cases(actor=boss, meeting=meeting, count=4)
    circulate(actor=boss, meeting=meeting)
    final = finish(actor=boss, meeting=meeting, agreed=True)
    assert final.file is not None
    pdf = bytes(final.file.content)
    assert failures(pdf) == []
    assert "Nothing is written down about the cases" in words_of(pdf)
