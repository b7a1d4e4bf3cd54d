"""Needs for other rooms: agendas, the start page, and the clock."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext, pgettext

from mtd.cooperation.models import NeedDecision, NeedGroup
from mtd.cooperation.permissions import own_needs, visible_need_groups
from mtd.core.actor import ANONYMOUS, Actor
from mtd.core.steps import News, NextStep
from mtd.meetings.models import Decision, Kind, Meeting
from mtd.meetings.queries.agenda import Suggestion
from mtd.organizations.models import Network

from .needs import ANSWERS, LIMIT_DAYS, SOURCE, WAITING, NeedRow, State, agenda_text, agenda_title, rows_of

_OUT = (Meeting.Minutes.CIRCULATED, Meeting.Minutes.FINAL)
AHEAD = timedelta(days=30)
"""So long before it is due, who took something on is reminded."""
ASK_AGAIN_DAYS = 90
"""So long after the answer one is asked whether it helped, unless what was decided is done before."""


def agenda_suggestions_needs(actor: Actor, meeting: Meeting) -> list[Suggestion]:
    """Undecided needs for the agenda of a committee or steering group, the oldest first.

    The steering group gets what was passed up; all of it, where the network has no committee meeting to come.
    """
    network = meeting.network
    if network.pk not in actor.network_ids or meeting.kind not in (Kind.COMMITTEE, Kind.STEERING_GROUP):
        return []
    states: tuple[str, ...] = (State.NEW, State.COMMITTEE)
    if meeting.kind == Kind.STEERING_GROUP:
        other = Meeting.objects.filter(
            network=network, kind=Kind.COMMITTEE, state=Meeting.State.PLANNED, starts_at__gte=timezone.now()
        )
        states = (State.STEERING,) if other.exists() else WAITING
    groups = list(
        visible_need_groups(actor)
        .filter(network=network, state__in=states)
        .filter(Q(agreement__isnull=True) | Q(agreement=meeting.subject_id) if meeting.subject_id else Q())
        .order_by("first_raised_on", "id")
    )
    rows = rows_of(actor, groups)
    return [
        Suggestion(
            source_kind=SOURCE,
            source_id=str(row.group.pk),
            title=agenda_title(row.wording),
            text=agenda_text(row),
            minutes=10,
            organization_id=None,
            why=ngettext(
                "A need, waiting for an answer for %(days)d day",
                "A need, waiting for an answer for %(days)d days",
                row.days,
            )
            % {"days": row.days},
        )
        for row in rows
        if row.where is None or row.where.held or row.where.meeting_id == meeting.pk
    ]


@dataclass(frozen=True)
class WaitingNeed:
    """A need without an answer, for the start page."""

    text: str
    organisation: str
    system: str
    times: int
    days: int
    limit: int
    share: int
    late: bool
    where: str
    url: str


def _waiting(network: Network) -> QuerySet[NeedGroup]:
    return NeedGroup.objects.filter(network=network, state__in=WAITING, merged_into__isnull=True)


def count_waiting(network: Network) -> int:
    """How many needs of the network have no answer."""
    return _waiting(network).count()


def needs_waiting(network: Network, most: int | None = None) -> list[WaitingNeed]:
    """The network's needs without an answer, the longest waiting first, for its start page; constant queries.

    Ask only for a network that the reader has to do with. `most`: no more than so many.
    """
    rows = rows_of(ANONYMOUS, list(_waiting(network).order_by("first_raised_on", "id")[:most]))
    return [
        WaitingNeed(
            text=row.wording,
            organisation=row.origins[0].label if len(row.origins) == 1 else _several(row),
            system=row.origins[0].system if len(row.origins) == 1 else "",
            times=row.times,
            days=row.days,
            limit=LIMIT_DAYS,
            share=row.share,
            late=row.late,
            where=row.place,
            url=reverse("cooperation:need", args=[network.slug, row.group.pk]),
        )
        for row in rows
    ]


def _several(row: NeedRow) -> str:
    return ngettext("Raised once", "Raised %(n)d times", row.times) % {"n": row.times}


def next_steps_needs(actor: Actor) -> list[NextStep]:
    """For the coordination: needs on no agenda. For who took one on: what is to be done. For who raised one:
    did it help? Never a word of the needs themselves."""
    if actor.user_id is None:
        return []
    return [*_unassigned(actor), *_to_do(actor), *_did_it_help(actor)]


def _unassigned(actor: Actor) -> Iterable[NextStep]:
    if not actor.coordinates:
        return
    found = (
        visible_need_groups(actor)
        .filter(network__in=actor.coordinates, state=State.NEW)
        .values("network__slug", "network__name")
        .annotate(n=Count("pk"), oldest=Min("first_raised_on"))
        .order_by("network__name")
    )
    for row in found:
        due = row["oldest"] + timedelta(days=LIMIT_DAYS)
        yield NextStep(
            title=ngettext("Put a need onto an agenda", "Put %(n)d needs onto an agenda", row["n"])
            % {"n": row["n"]},
            text=gettext("Who raised one gets an answer within %(days)d days. %(network)s.")
            % {"days": LIMIT_DAYS, "network": row["network__name"]},
            url=reverse("cooperation:needs", args=[row["network__slug"]]) + "?state=new",
            action=pgettext("needs", "Open the list"),
            due=due,
            late=due < timezone.localdate(),
        )


def _to_do(actor: Actor) -> Iterable[NextStep]:
    # What a meeting decided, its own list of decisions tells the person who took it on.
    mine = Q(owner=actor.user_id, meeting_decision_id__isnull=True)
    mine |= Q(owner__isnull=True, owner_organization__in=actor.lead_of)
    found = (
        NeedDecision.objects.filter(mine, done_on__isnull=True, due_on__lte=timezone.localdate() + AHEAD)
        .filter(outcome=NeedDecision.Outcome.YES, group__network__in=actor.network_ids)
        .filter(group__state=State.DECIDED)
        .order_by("due_on", "id")
        .values("due_on", "decided_on", "level", "group_id", "group__network__slug")[:20]
    )
    today = timezone.localdate()
    for row in found:
        due: date = row["due_on"] or today  # only those with a day are asked for
        yield NextStep(
            title=gettext("Do what was decided about a need"),
            text=str(NeedDecision.Level(row["level"]).label),
            url=reverse("cooperation:need", args=[row["group__network__slug"], row["group_id"]]),
            action=pgettext("needs", "Open the decision"),
            due=due,
            late=due < today,
        )


def _did_it_help(actor: Actor) -> Iterable[NextStep]:
    today = timezone.localdate()
    found = (
        own_needs(actor)
        .filter(answered_on__isnull=False, helped="", withdrawn_at__isnull=True)
        .filter(group__network__in=actor.network_ids)
        .annotate(done=Max("group__decisions__done_on"))
        .order_by("answered_on", "id")
        .values("answered_on", "done", "group_id", "group__network__slug")[:20]
    )
    for row in found:
        answered: date = row["answered_on"] or today
        ask: date = answered + timedelta(days=ASK_AGAIN_DAYS)
        if row["done"] is not None:
            ask = min(ask, max(row["done"], answered))
        if ask <= today:
            yield NextStep(
                title=gettext("Did it help?"),
                text=gettext("A need that you raised was answered. Say in a word whether it is better now."),
                url=reverse("cooperation:need", args=[row["group__network__slug"], row["group_id"]])
                + "#helped",
                action=pgettext("needs", "Say whether it helped"),
                due=ask,
            )


def recent_needs(actor: Actor, since: datetime) -> list[News]:
    """What happened to needs since the person last looked: counts and links only."""
    base = visible_need_groups(actor)
    raised = (
        base.filter(created_at__gt=since)
        .exclude(state=State.WITHDRAWN)
        .values("network__slug", "network__name")
        .annotate(n=Count("pk"), at=Max("created_at"))
    )
    decided = (
        base.filter(state=State.DECIDED, decisions__at__gt=since, decisions__outcome__in=ANSWERS)
        .values("network__slug", "network__name")
        .annotate(n=Count("pk", distinct=True), at=Max("decisions__at"))
    )
    lines = []
    for row in raised:
        text = ngettext(
            "%(n)d need was raised in %(network)s.", "%(n)d needs were raised in %(network)s.", row["n"]
        )
        lines.append(_news(text, row, ""))
    for row in decided:
        text = ngettext(
            "%(n)d need was answered in %(network)s.", "%(n)d needs were answered in %(network)s.", row["n"]
        )
        lines.append(_news(text, row, "?state=decided"))
    return lines


def _news(text: str, row: Mapping[str, Any], query: str) -> News:
    return News(
        text=text % {"n": row["n"], "network": row["network__name"]},
        url=reverse("cooperation:needs", args=[row["network__slug"]]) + query,
        at=row["at"],
    )


# ---------------------------------------------------------------- for the clock


def needs_due(now: datetime) -> QuerySet[NeedGroup]:
    """Needs whose words have to go: answered long ago (MTD_KEEP_NEEDS), every raising of them."""
    before = timezone.localtime(now).date() - settings.MTD_KEEP_NEEDS
    return (
        NeedGroup.objects.filter(emptied_on__isnull=True, state=State.DECIDED, merged_into__isnull=True)
        .annotate(last=Max("needs__answered_on", filter=Q(needs__withdrawn_at__isnull=True)))
        .filter(Q(last__lt=before) | Q(last__isnull=True, decided_on__lt=before))
        .order_by("decided_on", "id")
    )


def decisions_to_take_in() -> list[uuid.UUID]:
    """Decisions on needs in minutes that went out, that are not taken in yet. What was put off is none."""
    taken = NeedDecision.objects.filter(meeting_decision_id=OuterRef("pk"))
    found = (
        Decision.objects.filter(item__source_kind=SOURCE, meeting__minutes__in=_OUT)
        .exclude(outcome=Decision.Outcome.LATER)
        .filter(~Exists(taken))
        .order_by("meeting__starts_at", "number", "id")
    )
    return list(found.values_list("pk", flat=True))


def decisions_to_compare() -> list[uuid.UUID]:
    """Decisions taken in from minutes that went out again since."""
    again = Decision.objects.filter(
        pk=OuterRef("meeting_decision_id"),
        meeting__minutes__in=_OUT,
        meeting__circulated_at__gt=OuterRef("taken_in_at"),
    )
    found = NeedDecision.objects.filter(Exists(again), meeting_decision_id__isnull=False)
    return [pk for pk in found.values_list("meeting_decision_id", flat=True) if pk]


def decisions_done_elsewhere() -> list[uuid.UUID]:
    """Decisions taken in from minutes that were marked as carried out there since."""
    done = Decision.objects.filter(pk=OuterRef("meeting_decision_id"), done_at__isnull=False)
    found = NeedDecision.objects.filter(
        Exists(done),
        done_on__isnull=True,
        outcome=NeedDecision.Outcome.YES,
        meeting_decision_id__isnull=False,
    )
    return [pk for pk in found.values_list("meeting_decision_id", flat=True) if pk]
