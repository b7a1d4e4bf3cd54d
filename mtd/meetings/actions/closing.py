"""From written minutes to final ones: sending them out, objections, taking these up, closing.

The identity guard sits in the guarded fields of `forms.minutes`: what arrives here has passed it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from mtd.audit.actions import record
from mtd.core.actor import Actor
from mtd.core.encryption import destroy
from mtd.core.errors import Conflict, NotAllowed, Refused, require
from mtd.core.templatetags.mtd import day, moment
from mtd.documents.actions import store_file
from mtd.documents.pdf import render_pdf
from mtd.meetings.models import (
    MEETING_TRANSITIONS,
    MINUTES_TRANSITIONS,
    AgendaItem,
    Circulation,
    Kind,
    Meeting,
    Objection,
    Participant,
    after,
)
from mtd.meetings.permissions import can_add_to_agenda, can_write_minutes
from mtd.meetings.queries.minutes import minutes_of, next_meeting, packed, pieces_of
from mtd.meetings.queries.people import link_for, participants_of
from mtd.meetings.queries.standing import about, already_final, today_in
from mtd.meetings.record import to_document
from mtd.notifications.actions import enqueue, notify

from .inviting import locked

DAYS = 14
LEAST_DAYS, MOST_DAYS = 3, 60
OBJECTION_LIMIT = 4_000


@transaction.atomic(durable=True)
def circulate(*, actor: Actor, meeting: Meeting, days: int = DAYS) -> Meeting:
    """Send the minutes to everybody invited; they may object for so many days.

    A meeting whose minutes go out has been held, so it is marked as held where it was not. What was not discussed
    is carried over. Raises Conflict("already_out") when somebody else was quicker, Refused while an objection waits
    for its answer or the meeting has not begun.
    """
    meeting = locked(meeting)
    require(can_write_minutes(actor, meeting))
    _require_not_out(meeting)
    if not LEAST_DAYS <= days <= MOST_DAYS:
        raise Refused(_("Give between 3 and 60 days for objections."), code="days", field="days")
    _require_settled(meeting)
    _require_begun(meeting)
    if meeting.minutes == Meeting.Minutes.NONE:
        raise Refused(_("Nothing has been written yet: note at least who was there."), code="empty")
    if meeting.state != Meeting.State.HELD:
        meeting.state = after(MEETING_TRANSITIONS, meeting.state, "hold")
        record(actor, "meeting.held", meeting, on=meeting.held_on)
    meeting.minutes = after(MINUTES_TRANSITIONS, meeting.minutes, "circulate")
    meeting.circulated_at = timezone.now()
    meeting.objections_until = today_in(meeting) + timedelta(days=days)
    meeting.minutes_revision += 1
    meeting.save(update_fields=["state", "minutes", "circulated_at", "objections_until", "minutes_revision"])
    meeting.agenda_items.filter(state=AgendaItem.State.OPEN).update(state=AgendaItem.State.CARRIED)
    sent = Circulation(
        meeting=meeting,
        number=(meeting.circulations.aggregate(last=Max("number"))["last"] or 0) + 1,
        words=packed(pieces_of(minutes_of(meeting))),
        objections_until=meeting.objections_until,
        by_id=actor.user_id,
    )
    sent.save(force_insert=True)
    record(actor, "minutes.circulated", meeting, number=sent.number, until=meeting.objections_until)
    again = sent.number > 1
    _tell_everybody(actor, meeting, "minutes_out", lambda: _out_line(meeting, again=again))
    return meeting


@transaction.atomic(durable=True)
def object_to(
    *, actor: Actor, participant: Participant, text: str, item: AgendaItem | None = None
) -> Objection:
    """Object to the minutes: whoever was invited, a guest by the personal link (holding it is the permission).

    Raises Refused("final") once they are final, with what to do instead; Refused("not_out") while they are written.
    """
    meeting = locked(participant.meeting)
    participant = Participant.objects.get(pk=participant.pk, meeting=meeting)
    if participant.removed_at is not None or participant.user_id != actor.user_id:
        raise NotAllowed(
            _("Only who was invited to the meeting can object to its minutes."), code="not_invited"
        )
    if meeting.minutes == Meeting.Minutes.FINAL:
        raise Refused(
            _("%(closed)s What you want to add comes onto the agenda of the next meeting.")
            % {"closed": already_final(meeting)},
            code="final",
        )
    if meeting.minutes != Meeting.Minutes.CIRCULATED:
        raise Refused(
            _("The minutes are being written. You can object once they have been sent to you."),
            code="not_out",
        )
    text = _clean(text)
    objection = Objection(
        meeting=meeting,
        participant=participant,
        item=meeting.agenda_items.get(pk=item.pk) if item else None,
        text=text,
    )
    objection.save(force_insert=True)
    record(actor, "minutes.objected", objection, meeting=meeting.pk)
    keepers = {user for user in (meeting.minute_taker, meeting.created_by) if user is not None}
    notify(
        actor=actor,
        users=keepers,
        kind="meetings.objection",
        text=lambda: gettext("An objection to the minutes: %(meeting)s") % {"meeting": about(meeting)},
        link=reverse("meetings:minutes", args=[meeting.pk]) + "#objections",
    )
    return objection


@transaction.atomic(durable=True)
def withdraw(*, actor: Actor, objection: Objection) -> Objection:
    """Take one's own objection back, as long as it has not been answered."""
    meeting = locked(objection.meeting)
    objection = Objection.objects.select_related("participant").get(pk=objection.pk, meeting=meeting)
    if objection.participant.user_id != actor.user_id:
        raise NotAllowed(_("Only who objected can take it back."), code="not_yours")
    if objection.state != Objection.State.OPEN:
        raise Refused(_("This objection has been answered already."), code="answered")
    _settle(objection, Objection.State.WITHDRAWN, "")
    record(actor, "minutes.objection_withdrawn", objection, meeting=meeting.pk)
    return objection


@transaction.atomic(durable=True)
def settle(*, actor: Actor, objection: Objection, taken_up: bool, reply: str = "") -> Objection:
    """Answer an objection: take it up (the minutes open again to be corrected and sent anew), or note it in them."""
    meeting = locked(objection.meeting)
    require(can_write_minutes(actor, meeting))
    if meeting.minutes == Meeting.Minutes.FINAL:
        raise Conflict(already_final(meeting), code="already_final")
    objection = Objection.objects.select_related("participant__user").get(pk=objection.pk, meeting=meeting)
    if objection.state != Objection.State.OPEN:
        raise Conflict(_("This objection has been answered already."), code="answered")
    if len(reply) > OBJECTION_LIMIT:
        raise Refused(_("This is too long: up to 4,000 characters."), code="too_long", field="reply")
    if not taken_up and not reply.strip():
        raise Refused(
            _("Say why the minutes stay as they are: your answer stands beside the objection."),
            code="no_reply",
            field="reply",
        )
    _settle(objection, Objection.State.ACCEPTED if taken_up else Objection.State.NOTED, reply.strip())
    if taken_up and meeting.minutes == Meeting.Minutes.CIRCULATED:
        meeting.minutes = after(MINUTES_TRANSITIONS, meeting.minutes, "reopen")
        meeting.minutes_revision += 1
        meeting.save(update_fields=["minutes", "minutes_revision"])
        record(actor, "minutes.reopened", meeting)
    record(actor, "minutes.objection_settled", objection, meeting=meeting.pk, taken_up=taken_up)
    _tell_people(
        actor,
        meeting,
        [objection.participant],
        "objection_settled",
        lambda: gettext("Your objection has been answered: %(meeting)s") % {"meeting": about(meeting)},
    )
    return objection


@transaction.atomic(durable=True)
def finish(*, actor: Actor, meeting: Meeting, agreed: bool = False) -> Meeting:
    """Close the minutes: from now on they cannot be changed, and lie here as PDF.

    After the time for objections, or before it when everybody has `agreed`. Raises Conflict("already_final") saying
    who closed them when somebody else was quicker; Refused while an objection waits for its answer.
    """
    meeting = locked(meeting)
    require(can_write_minutes(actor, meeting))
    if meeting.minutes == Meeting.Minutes.FINAL:
        raise Conflict(already_final(meeting), code="already_final")
    if meeting.minutes != Meeting.Minutes.CIRCULATED:
        raise Refused(
            _("Send the minutes out first, so that everybody invited can read them."), code="not_out"
        )
    _require_settled(meeting)
    assert meeting.objections_until is not None
    if not agreed and meeting.objections_until >= today_in(meeting):
        raise Refused(
            _("Objections are possible until %(day)s. Tick that everybody agrees, or wait until then.")
            % {"day": day(meeting.objections_until)},
            code="still_running",
            field="agreed",
        )
    return _finish(actor, meeting)


@transaction.atomic(durable=True)
def finish_if_due(*, actor: Actor, meeting: Meeting) -> bool:
    """What the clock does: close minutes whose time for objections is over and to which no objection is open."""
    meeting = locked(meeting)
    due = (
        meeting.minutes == Meeting.Minutes.CIRCULATED
        and meeting.objections_until is not None
        and meeting.objections_until < today_in(meeting)
        and not meeting.objections.filter(state=Objection.State.OPEN).exists()
    )
    if due:
        _finish(actor, meeting)
    return due


@transaction.atomic(durable=True)
def put_on_next(*, actor: Actor, meeting: Meeting, text: str) -> AgendaItem:
    """What somebody wants to add to final minutes comes onto the agenda of the next meeting of the same kind."""
    meeting = locked(meeting)
    require(can_add_to_agenda(actor, meeting))
    text = _clean(text)
    coming = next_meeting(actor, meeting)
    if coming is None:
        raise Refused(
            _("No next meeting is planned yet. Ask the coordination, and keep your text until then."),
            code="no_next_meeting",
            field="text",
        )
    coming = locked(coming)
    with override(meeting.network.language):
        held = day(meeting.local_start.date()) if meeting.local_start else ""
        title = gettext("On the minutes of %(day)s") % {"day": held}
    item = AgendaItem(
        meeting=coming,
        order=(coming.agenda_items.aggregate(last=Max("order"))["last"] or 0) + 1,
        title=title,
        text="" if coming.kind == Kind.CASE_DISCUSSION else text,
        minutes_planned=5,
        organization_id=actor.organization_id,
        by_id=actor.user_id,
    )
    item.save(force_insert=True)
    record(actor, "agenda.item_added", item, meeting=coming.pk)
    return item


# ---------------------------------------------------------------- the parts they share


def _clean(text: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise Refused(_("Say what is not right, and how it should read."), code="no_text", field="text")
    if len(text) > OBJECTION_LIMIT:
        raise Refused(_("This is too long: up to 4,000 characters."), code="too_long", field="text")
    return text


def _require_not_out(meeting: Meeting) -> None:
    if meeting.minutes == Meeting.Minutes.FINAL:
        raise Conflict(already_final(meeting), code="already_final")
    if meeting.minutes == Meeting.Minutes.CIRCULATED:
        last = meeting.circulations.select_related("by").order_by("-number").first()
        who = last.by.full_name if last and last.by else gettext("somebody else")
        raise Conflict(
            _("The minutes were sent out already, by %(who)s on %(when)s. Nothing is lost.")
            % {"who": who, "when": moment(meeting.circulated_at)},
            code="already_out",
        )


def _require_settled(meeting: Meeting) -> None:
    if meeting.objections.filter(state=Objection.State.OPEN).exists():
        raise Refused(_("Answer the open objections first."), code="open_objections")


def _require_begun(meeting: Meeting) -> None:
    if meeting.starts_at is None or meeting.starts_at > timezone.now():
        raise Refused(_("This meeting has not begun yet."), code="not_yet")


def _settle(objection: Objection, state: str, reply: str) -> None:
    objection.state = state
    objection.reply = reply
    objection.settled_at = timezone.now()
    objection.save(update_fields=["state", "reply", "settled_at", "data_key_id"])


def _finish(actor: Actor, meeting: Meeting) -> Meeting:
    meeting.minutes = after(MINUTES_TRANSITIONS, meeting.minutes, "finish")
    meeting.final_at = timezone.now()
    meeting.final_by_id = actor.user_id
    meeting.minutes_revision += 1
    # The words as they last went out lie in the file now; earlier ones were only for comparing.
    for sent in meeting.circulations.all():
        destroy(sent)
    meeting.circulations.all().delete()
    pdf = render_pdf(to_document(minutes_of(meeting)))
    held = meeting.local_start.date().isoformat() if meeting.local_start else ""
    name = f"{meeting.kind}-{meeting.network.slug}-{held}.pdf"
    meeting.file = store_file(actor=actor, name=name, content=pdf)
    meeting.save(update_fields=["minutes", "final_at", "final_by", "minutes_revision", "file"])
    record(actor, "minutes.final", meeting, sha256=meeting.file.sha256)
    _tell_everybody(
        actor,
        meeting,
        "minutes_final",
        lambda: gettext("The minutes are final: %(meeting)s") % {"meeting": about(meeting)},
    )
    return meeting


def _out_line(meeting: Meeting, *, again: bool) -> str:
    said = (
        gettext("Corrected minutes: %(meeting)s. Objections until %(day)s.")
        if again
        else gettext("Minutes: %(meeting)s. Objections until %(day)s.")
    )
    return said % {"meeting": about(meeting), "day": day(meeting.objections_until)}


def _tell_everybody(actor: Actor, meeting: Meeting, what: str, line: Callable[[], str]) -> None:
    _tell_people(actor, meeting, list(participants_of(meeting)), what, line)


def _tell_people(
    actor: Actor, meeting: Meeting, people: list[Participant], what: str, line: Callable[[], str]
) -> None:
    """People with an account are told in the product and by mail, guests by mail with their personal link."""
    notify(
        actor=actor,
        users=[one.user for one in people if one.user],
        kind=f"meetings.{what}",
        text=line,
        link=reverse("meetings:minutes", args=[meeting.pk]),
        direct=what == "minutes_out",
    )
    for one in people:
        if one.is_guest and one.address:
            link = f"{settings.MTD_BASE_URL}{link_for(one, meeting)}"
            enqueue(
                actor=actor,
                kind=f"meetings.{what}",
                address=one.address,
                language=one.language or meeting.network.language,
                subject=line,
                body=lambda link=link: f"{line()}\n\n{link}\n",  # type: ignore[misc]
            )
