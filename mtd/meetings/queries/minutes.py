"""The minutes: what was said and decided, what went out and changed, and what waits for whom."""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext, override

from mtd.core.actor import Actor
from mtd.core.encryption import fingerprint, warm
from mtd.core.steps import News, NextStep
from mtd.core.templatetags.mtd import WordDiff, day, diff_words
from mtd.meetings.models import AgendaItem, Circulation, Decision, Kind, Meeting, Objection, Participant, Task
from mtd.meetings.permissions import readable_to, visible_decisions, visible_tasks
from mtd.organizations.models import Network

from .agenda import PER_PAGE, items_of, warm_all
from .standing import about

HERE = (Participant.Attendance.PRESENT, Participant.Attendance.ONLINE)
OUT = (Meeting.Minutes.CIRCULATED, Meeting.Minutes.FINAL)
DECISIONS_PER_PAGE = 40


@dataclass(frozen=True)
class ItemMinutes:
    """One item with what was decided and who does what."""

    number: int
    item: AgendaItem
    decisions: tuple[Decision, ...] = ()
    tasks: tuple[Task, ...] = ()


@dataclass(frozen=True)
class Minutes:
    """The minutes of one meeting, or a page of them."""

    meeting: Meeting
    people: list[Participant]
    items: list[ItemMinutes]
    decisions: list[Decision]
    """Decisions that belong to no item."""
    tasks: list[Task]
    objections: list[Objection]
    page: Page[AgendaItem] | None = None
    """None where all items are here."""
    all_decisions: list[Decision] = field(default_factory=list)
    all_tasks: list[Task] = field(default_factory=list)

    @property
    def here(self) -> list[Participant]:
        """Who was there, in the room or online."""
        return [one for one in self.people if one.attendance in HERE]

    @property
    def excused(self) -> list[Participant]:
        return [one for one in self.people if one.attendance == Participant.Attendance.EXCUSED]

    @property
    def absent(self) -> list[Participant]:
        return [one for one in self.people if one.attendance == Participant.Attendance.ABSENT]

    @property
    def unknown(self) -> list[Participant]:
        return [one for one in self.people if one.attendance == Participant.Attendance.UNKNOWN]

    @property
    def open_objections(self) -> list[Objection]:
        return [one for one in self.objections if one.state == Objection.State.OPEN]

    @property
    def noted_objections(self) -> list[Objection]:
        return [one for one in self.objections if one.state == Objection.State.NOTED]


def participants_with_names(meeting: Meeting) -> list[Participant]:
    """Who is invited or was there, by organisation; coordination, moderation and guests last."""
    found = meeting.participants.filter(removed_at__isnull=True).select_related("user", "organization")
    return sorted(
        found,
        key=lambda p: (p.organization is None, p.organization.name if p.organization else "", p.shown_name),
    )


def _decisions(meeting: Meeting) -> QuerySet[Decision]:
    return meeting.decisions.select_related("owner", "owner_organization", "item")


def _tasks(meeting: Meeting) -> QuerySet[Task]:
    return meeting.tasks.select_related("user", "organization")


def minutes_of(meeting: Meeting, number: str | int | None = None) -> Minutes:
    """The minutes: a page of them, or with `number=None` the whole. The same number of queries however long."""
    page = None
    rows: list[AgendaItem]
    first = 1
    if number is None:
        rows = list(items_of(meeting))
        decisions, tasks = list(_decisions(meeting)), list(_tasks(meeting))
    else:
        page = Paginator(items_of(meeting), PER_PAGE).get_page(number)
        rows = list(page.object_list)
        page.object_list = rows
        first = page.start_index() or 1
        shown = Q(item__in=[row.pk for row in rows]) | Q(item__isnull=True)
        decisions, tasks = list(_decisions(meeting).filter(shown)), list(_tasks(meeting).filter(shown))
    objections = list(
        meeting.objections.select_related("participant__user", "participant__organization", "item")
    )
    warm_all([*rows, *decisions, *tasks, *objections, *[o.item for o in objections if o.item]])
    decided: dict[uuid.UUID | None, list[Decision]] = defaultdict(list)
    doing: dict[uuid.UUID | None, list[Task]] = defaultdict(list)
    for decision in decisions:
        decided[decision.item_id].append(decision)
    for task in tasks:
        doing[task.item_id].append(task)
    return Minutes(
        meeting=meeting,
        people=participants_with_names(meeting),
        items=[
            ItemMinutes(place, row, tuple(decided[row.pk]), tuple(doing[row.pk]))
            for place, row in enumerate(rows, first)
        ],
        decisions=decided[None],
        tasks=doing[None],
        objections=objections,
        page=page,
        all_decisions=decisions,
        all_tasks=tasks,
    )


# ---------------------------------------------------------------- what went out, and what changed since


@dataclass(frozen=True)
class Piece:
    """One piece of the minutes in plain words: attendance, the notes on an item, a decision, a task."""

    key: str
    heading: str
    words: str


@dataclass(frozen=True)
class Change:
    """A piece that is not as it went out before, with the words that differ marked."""

    heading: str
    diff: WordDiff


def pieces_of(minutes: Minutes) -> list[Piece]:
    """The whole minutes in plain words, in the language of the network, whoever asks."""
    with override(minutes.meeting.network.language):
        found = [
            Piece("people", gettext("Who was there"), "\n".join(_attendance_line(p) for p in minutes.people))
        ]
        if minutes.meeting.cases_discussed is not None:
            found.append(Piece("cases", gettext("Cases discussed"), str(minutes.meeting.cases_discussed)))
        for one in minutes.items:
            heading = f"{one.number} {one.item.title}"
            words = "\n".join(part for part in (one.item.notes, str(one.item.get_state_display())) if part)
            found.append(Piece(f"item {one.item.pk}", heading, words))
        for decision in minutes.all_decisions:
            heading = gettext("Decision %(number)s") % {"number": decision.number}
            found.append(Piece(f"decision {decision.pk}", heading, decision_words(decision)))
        found += [Piece(f"task {task.pk}", gettext("Task"), task_words(task)) for task in minutes.all_tasks]
        for objection in minutes.noted_objections:
            words = "\n".join(part for part in (objection.text, objection.reply) if part)
            found.append(Piece(f"objection {objection.pk}", gettext("Objection noted"), words))
        return found


def _attendance_line(one: Participant) -> str:
    of = f", {one.organization.short_name}" if one.organization else ""
    return f"{one.shown_name}{of}: {one.get_attendance_display()}"


def decision_words(decision: Decision) -> str:
    """A decision in plain words, with reason, owner and date."""
    parts = [f"{decision.get_outcome_display()}: {decision.text}"]
    if decision.reason:
        parts.append(gettext("Reason: %(reason)s") % {"reason": decision.reason})
    who = owners(decision)
    if who:
        parts.append(gettext("Who: %(who)s") % {"who": who})
    if decision.due_on:
        parts.append(gettext("Until: %(day)s") % {"day": day(decision.due_on)})
    return "\n".join(parts)


def owners(row: Decision | Task) -> str:
    """Who carries it out: person, organisation, or both."""
    user = row.owner if isinstance(row, Decision) else row.user
    organization = row.owner_organization if isinstance(row, Decision) else row.organization
    return ", ".join(
        part
        for part in (user.full_name if user else "", organization.short_name if organization else "")
        if part
    )


def task_words(task: Task) -> str:
    """A task in plain words, with who and until when."""
    parts = [task.text]
    if who := owners(task):
        parts.append(gettext("Who: %(who)s") % {"who": who})
    if task.due_on:
        parts.append(gettext("Until: %(day)s") % {"day": day(task.due_on)})
    return "\n".join(parts)


def packed(pieces: Iterable[Piece]) -> str:
    """Pieces as they are kept with a circulation."""
    return json.dumps([[piece.key, piece.heading, piece.words] for piece in pieces], ensure_ascii=False)


def unpacked(words: str) -> list[Piece]:
    """The pieces of a circulation; none where its words were forgotten."""
    return [Piece(*row) for row in json.loads(words)] if words else []


def changes(minutes: Minutes) -> list[Change]:
    """What differs from what went out before: between the last two sendings, or since the last while it is open."""
    sent = list(minutes.meeting.circulations.order_by("-number")[:2])
    warm(sent)
    if minutes.meeting.minutes in OUT:
        if len(sent) < 2:
            return []
        return compared(unpacked(sent[1].words), unpacked(sent[0].words))
    return compared(unpacked(sent[0].words), pieces_of(minutes)) if sent else []


def compared(old: list[Piece], new: list[Piece]) -> list[Change]:
    """Every piece whose words differ, in the order of the new text; what is gone comes last."""
    before = {piece.key: piece for piece in old}
    after = {piece.key for piece in new}
    found = []
    for piece in [*new, *[Piece(p.key, p.heading, "") for p in old if p.key not in after]]:
        was = before.get(piece.key)
        if was is None or was.words != piece.words:
            found.append(Change(piece.heading, diff_words(was.words if was else "", piece.words)))
    return found


def last_circulation(meeting: Meeting) -> Circulation | None:
    """The last time the minutes went out."""
    return meeting.circulations.order_by("-number").first()


def seen_mark(row: Decision | Task) -> str:
    """A short mark of what a row says now: an open form carries it, so that a change by somebody else shows."""
    if isinstance(row, Decision):
        said = [row.outcome, row.text, row.reason, row.owner_id, row.owner_organization_id, row.due_on]
    else:
        said = [row.text, row.user_id, row.organization_id, row.due_on]
    return fingerprint("\x1f".join(str(part) for part in said))[:16]


# ---------------------------------------------------------------- over many meetings


def next_meeting(actor: Actor, meeting: Meeting) -> Meeting | None:
    """The next planned meeting of the same kind that the person can put something on the agenda of."""
    return (
        readable_to(actor)
        .filter(
            network=meeting.network_id,
            kind=meeting.kind,
            subject_id=meeting.subject_id,
            state=Meeting.State.PLANNED,
            starts_at__gt=max(timezone.now(), meeting.starts_at or timezone.now()),
        )
        .select_related("network")
        .order_by("starts_at", "id")
        .first()
    )


def decisions_since(source_kind: str, after: datetime | None = None) -> QuerySet[Decision]:
    """Decisions on items that came from this (such as "need"), of minutes that went out (after this moment).

    With item, meeting, network and owner joined; the oldest first. The words are sealed: `warm` them.
    """
    found = Decision.objects.filter(item__source_kind=source_kind, meeting__minutes__in=OUT)
    if after is not None:
        found = found.filter(meeting__circulated_at__gt=after)
    return found.select_related("item", "meeting__network", "owner", "owner_organization").order_by(
        "meeting__circulated_at", "number", "id"
    )


def network_decisions(
    actor: Actor, network: Network, *, which: str = "", number: str | int | None = 1
) -> Page[Decision]:
    """What the network's meetings decided, the latest first: all, those to be carried out, those overdue."""
    found = visible_decisions(actor).filter(meeting__network=network)
    to_do = Q(done_at__isnull=True, outcome__in=[Decision.Outcome.YES, Decision.Outcome.UP])
    if which == "open":
        found = found.filter(to_do)
    elif which == "late":
        found = found.filter(to_do, due_on__lt=timezone.localdate())
    rows = found.select_related("meeting__network", "item", "owner", "owner_organization").order_by(
        F("meeting__starts_at").desc(), "number", "id"
    )
    page = Paginator(rows, DECISIONS_PER_PAGE).get_page(number)
    shown = list(page.object_list)
    page.object_list = shown
    warm([*shown, *[row.item for row in shown if row.item]])
    return page


def tasks_of(actor: Actor, *, done: bool = False, most: int = 200) -> list[Task]:
    """The person's own tasks and those of their organisations that nobody in person took on, by date."""
    mine = Q(user=actor.user_id) | Q(user__isnull=True, organization__in=actor.organization_ids)
    found = visible_tasks(actor).filter(mine, done_at__isnull=not done)
    rows = list(
        found.select_related("meeting__network", "user", "organization", "done_by").order_by(
            *(["-done_at"] if done else [F("due_on").asc(nulls_last=True), "at"]), "id"
        )[:most]
    )
    warm(rows)
    return rows


@dataclass(frozen=True)
class WaitingMinutes:
    """Minutes that wait for the person who keeps them."""

    meeting: Meeting
    objections: int


def waiting_minutes(actor: Actor) -> list[WaitingMinutes]:
    """Held meetings whose minutes the person writes and that are not final.

    Nobody is pressed for minutes of an exchange or a case discussion that nobody began, nor for those of long ago.
    """
    if not actor.is_authenticated:
        return []
    begun = ~Q(minutes=Meeting.Minutes.NONE)
    owed = Q(kind__in=MINUTED, starts_at__gte=timezone.now() - MINUTES_ASKED_FOR)
    found = (
        Meeting.objects.filter(
            Q(minute_taker=actor.user_id) | Q(minute_taker__isnull=True, created_by=actor.user_id),
            begun | owed,
            state=Meeting.State.HELD,
        )
        .exclude(minutes=Meeting.Minutes.FINAL)
        .select_related("network")
        .annotate(waiting=Count("objections", filter=Q(objections__state=Objection.State.OPEN)))
        .order_by("starts_at", "id")[:50]
    )
    return [WaitingMinutes(meeting, meeting.waiting) for meeting in found]


def held_on(meeting: Meeting) -> date | None:
    """The day of the meeting on the network's wall clock."""
    return meeting.local_start.date() if meeting.local_start else None


# ---------------------------------------------------------------- for the start page

MINUTES_WITHIN = timedelta(days=14)
"""By when minutes should have gone out; our own proposal."""
MINUTES_ASKED_FOR = timedelta(days=120)
"""So long after a meeting the start page asks for minutes that nobody began."""
MINUTED = (Kind.COMMITTEE, Kind.STEERING_GROUP)
"""Bodies, whose decisions others rely on."""
DUTY_AHEAD = timedelta(days=30)
MOST_STEPS = 20


def next_steps(actor: Actor) -> list[NextStep]:
    """Minutes to write, objections to answer, own tasks and decisions to carry out. No word of them is shown here."""
    if not actor.is_authenticated:
        return []
    today = timezone.localdate()
    steps = [step for one in waiting_minutes(actor) for step in _minutes_steps(one, today)]
    tasks = Task.objects.filter(
        user=actor.user_id, done_at__isnull=True, meeting__circulated_at__isnull=False
    )
    decisions = Decision.objects.filter(
        owner=actor.user_id,
        done_at__isnull=True,
        outcome=Decision.Outcome.YES,
        meeting__circulated_at__isnull=False,
        due_on__lte=today + DUTY_AHEAD,
    )
    for task in tasks.select_related("meeting__network").order_by(F("due_on").asc(nulls_last=True))[
        :MOST_STEPS
    ]:
        steps.append(
            NextStep(
                title=gettext("A task you took on"),
                text=about(task.meeting),
                url=reverse("meetings:tasks") + f"#task-{task.pk}",
                action=gettext("See the task"),
                due=task.due_on,
                late=bool(task.due_on and task.due_on < today),
            )
        )
    for decision in decisions.select_related("meeting__network").order_by("due_on")[:MOST_STEPS]:
        steps.append(
            NextStep(
                title=gettext("A decision to carry out"),
                text=about(decision.meeting),
                url=reverse("meetings:decisions", args=[decision.meeting.network.slug])
                + f"#decision-{decision.pk}",
                action=gettext("See the decision"),
                due=decision.due_on,
                late=bool(decision.due_on and decision.due_on < today),
            )
        )
    return steps


def _minutes_steps(one: WaitingMinutes, today: date) -> list[NextStep]:
    meeting, url = one.meeting, reverse("meetings:minutes", args=[one.meeting.pk])
    if one.objections:
        title = ngettext("Answer an objection", "Answer %(count)s objections", one.objections)
        due = meeting.objections_until
        return [
            NextStep(
                title=title % {"count": one.objections},
                text=about(meeting),
                url=f"{url}#objections",
                action=gettext("Answer"),
                due=due,
                late=bool(due and due < today),
            )
        ]
    if meeting.minutes == Meeting.Minutes.CIRCULATED:
        return []
    held = held_on(meeting)
    due = held + MINUTES_WITHIN if held else None
    return [
        NextStep(
            title=gettext("Write the minutes and send them out"),
            text=about(meeting),
            url=url,
            action=gettext("Go to the minutes"),
            due=due,
            late=bool(due and due < today),
        )
    ]


def recent(actor: Actor, since: datetime) -> list[News]:
    """Minutes that went out or became final since then."""
    found = (
        readable_to(actor)
        .filter(Q(circulated_at__gte=since) | Q(final_at__gte=since), minutes__in=OUT)
        .select_related("network")
        .order_by("-circulated_at")[:12]
    )
    return [
        News(
            text=(
                gettext("Minutes became final: %(meeting)s")
                if one.final_at
                else gettext("Minutes went out: %(meeting)s")
            )
            % {"meeting": about(one)},
            url=reverse("meetings:minutes", args=[one.pk]),
            at=one.final_at or one.circulated_at,
        )
        for one in found
    ]


# ---------------------------------------------------------------- what has to go


def minutes_due(now: datetime) -> QuerySet[Meeting]:
    """Meetings long ago whose agenda and minutes still hold words, or whose file still lies here."""
    worded = Q(file__isnull=False)
    for model in (AgendaItem, Decision, Task, Objection, Circulation):
        rows = model._default_manager.filter(meeting=OuterRef("pk"), data_key_id__isnull=False)
        worded |= Q(Exists(rows))
    return (
        Meeting.objects.annotate(day_of=Coalesce("starts_at", "created_at"))
        .filter(worded, day_of__lt=now - settings.MTD_KEEP_MINUTES)
        .order_by("day_of", "pk")
    )
