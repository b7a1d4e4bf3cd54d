"""The minutes of a meeting as a document: who was there, what was said and decided, who does what."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from mtd.core.templatetags.mtd import day
from mtd.documents.content import Block, Document, Facts, Heading, Paragraph, Table

from .models import AgendaItem, Decision, Kind, Meeting, Participant, Task
from .queries.minutes import ItemMinutes, Minutes, owners
from .queries.words import when_in_words

ORDER = (
    Participant.Attendance.PRESENT,
    Participant.Attendance.ONLINE,
    Participant.Attendance.EXCUSED,
    Participant.Attendance.ABSENT,
)
"""Who was there comes first; people of whom nothing was noted are left out."""


def to_document(minutes: Minutes) -> Document:
    """The whole minutes, in the language of the network. What is not final says so on every page."""
    meeting = minutes.meeting
    with override(meeting.network.language):
        blocks: list[Block] = [_facts(meeting), *_attendance(minutes)]
        if meeting.kind == Kind.CASE_DISCUSSION:
            blocks += _cases(meeting)
        for one in minutes.items:
            blocks += _item(one)
        blocks += _general(minutes)
        blocks += _tasks(minutes)
        blocks += _objections(minutes)
        return Document(
            title=_("Minutes: %(meeting)s") % {"meeting": meeting.name},
            subtitle=str(meeting.get_kind_display()) if meeting.title else "",
            language=meeting.network.language,
            code=f"M-{meeting.pk.hex[:8].upper()}",
            author=meeting.network.name,
            date=(meeting.local_start or timezone.localtime()).date(),
            footer=_footer(meeting),
            blocks=tuple(blocks),
        )


def _footer(meeting: Meeting) -> str:
    if meeting.minutes == Meeting.Minutes.FINAL and meeting.final_at:
        return _("Final since %(day)s") % {"day": day(meeting.final_at)}
    if meeting.minutes == Meeting.Minutes.CIRCULATED:
        return _("Draft – objections until %(day)s") % {"day": day(meeting.objections_until)}
    return _("Draft – not yet sent out")


def _facts(meeting: Meeting) -> Facts:
    pairs = [
        (_("Network"), meeting.network.name),
        (pgettext("minutes", "Meeting"), str(meeting.get_kind_display())),
    ]
    if meeting.local_start and meeting.local_end:
        pairs.append((pgettext("minutes", "When"), when_in_words(meeting.local_start, meeting.local_end)))
    where = ", ".join(part for part in (meeting.place, str(meeting.get_place_kind_display())) if part)
    pairs.append((pgettext("minutes", "Where"), where))
    if meeting.minute_taker:
        pairs.append((_("Minutes kept by"), meeting.minute_taker.full_name))
    return Facts(pairs=tuple(pairs))


def _attendance(minutes: Minutes) -> list[Block]:
    rows = [
        (
            one.organization.name if one.organization else pgettext("minutes", "without an organisation"),
            one.shown_name,
            str(one.get_attendance_display()),
        )
        for state in ORDER
        for one in minutes.people
        if one.attendance == state
    ]
    blocks: list[Block] = [Heading(level=1, text=_("Who was there"))]
    if rows:
        header = (_("Organisation"), _("Person"), pgettext("minutes", "Attendance"))
        blocks.append(Table(header=header, rows=tuple(rows)))
    else:
        blocks.append(Paragraph(_("Nobody noted who was there."), tone="muted"))
    return blocks


def _cases(meeting: Meeting) -> list[Block]:
    count = meeting.cases_discussed
    return [
        Heading(level=1, text=_("Cases")),
        Facts(pairs=((_("Cases discussed"), str(count) if count is not None else _("not noted")),)),
        Paragraph(
            _(
                "Nothing is written down about the cases themselves: what was said anonymously shall not lie in a file "
                "from which somebody could recognise a family."
            ),
            tone="muted",
        ),
    ]


def _item(one: ItemMinutes) -> list[Block]:
    blocks: list[Block] = [Heading(level=1, text=one.item.title, number=str(one.number))]
    if one.item.notes:
        blocks.append(Paragraph(one.item.notes))
    if one.item.state == AgendaItem.State.CARRIED:
        blocks.append(Paragraph(_("Carried over to the next meeting."), tone="muted"))
    elif not one.item.notes and not one.decisions and not one.tasks:
        blocks.append(Paragraph(_("No notes."), tone="muted"))
    for decision in one.decisions:
        blocks += _decision(decision)
    return blocks


def _decision(decision: Decision) -> list[Block]:
    title = _("Decision %(number)s: %(outcome)s") % {
        "number": decision.number,
        "outcome": decision.get_outcome_display(),
    }
    pairs = [
        (name, value)
        for name, value in (
            (_("Reason"), decision.reason),
            (_("Who"), owners(decision)),
            (_("Until"), day(decision.due_on)),
        )
        if value
    ]
    blocks: list[Block] = [Heading(level=2, text=title), Paragraph(decision.text)]
    if pairs:
        blocks.append(Facts(pairs=tuple(pairs)))
    return blocks


def _general(minutes: Minutes) -> list[Block]:
    if not minutes.decisions:
        return []
    blocks: list[Block] = [Heading(level=1, text=_("Further decisions"))]
    for decision in minutes.decisions:
        blocks += _decision(decision)
    return blocks


def _tasks(minutes: Minutes) -> list[Block]:
    if not minutes.all_tasks:
        return []
    numbers = {one.item.pk: str(one.number) for one in minutes.items}
    rows = tuple(
        _task_row(task, numbers.get(task.item_id, "") if task.item_id else "") for task in minutes.all_tasks
    )
    header = (_("What"), _("Who"), _("Until"), _("Item"))
    return [Heading(level=1, text=_("Who does what")), Table(header=header, rows=rows)]


def _task_row(task: Task, number: str) -> tuple[str, str, str, str]:
    return (task.text, owners(task), day(task.due_on), number)


def _objections(minutes: Minutes) -> list[Block]:
    if not minutes.noted_objections:
        return []
    rows = tuple(
        (
            ", ".join(
                part
                for part in (
                    one.participant.shown_name,
                    one.participant.organization.short_name if one.participant.organization else "",
                )
                if part
            ),
            one.text,
            one.reply,
        )
        for one in minutes.noted_objections
    )
    header = (_("Who"), _("Objection"), _("Answer"))
    return [Heading(level=1, text=_("Objections noted")), Table(header=header, rows=rows)]
