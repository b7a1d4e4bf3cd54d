"""Whom a duty waits for: the start page, and the agenda of committee and steering group."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from mtd.agreements.models import Agreement
from mtd.agreements.permissions import visible_to
from mtd.cooperation.models import Contest
from mtd.cooperation.obligations import Duty, Status
from mtd.core.actor import Actor, Role
from mtd.core.steps import NextStep
from mtd.core.templatetags.mtd import day as day_words
from mtd.meetings.models import Kind, Meeting
from mtd.meetings.queries.agenda import Suggestion
from mtd.organizations.models import Membership

from .duties import DutyState, duties_of_many, until_words
from .duty_evidence import MEETING_DUTIES

TOLD_ELSEWHERE = (Duty.AGREEMENT_REVIEW,)
"""Duties whose next step another slice tells: the agreement's own review."""
_ENDED_LATELY = timedelta(days=180)
_REFLECTS = (Duty.AGREEMENT_REVIEW, Duty.EVALUATION)
_MEETING_OF_DUTY = {duty: kind for kind, duty in MEETING_DUTIES.items()}


# --- who looks after it -----------------------------------------------------------------------------------


def with_owners(duties: Iterable[DutyState]) -> list[DutyState]:
    """Mark the duties of parties for which nobody has an account any more: the coordination looks after them.

    One query.
    """
    known = list(duties)
    wanted = {duty.party.organization_id for duty in known if duty.party}
    if not wanted:
        return known
    peopled = set(
        Membership.objects.filter(organization__in=wanted, ended_on__isnull=True, user__is_active=True)
        .values_list("organization", flat=True)
        .distinct()
    )
    return [
        replace(duty, nobody=True) if duty.party and duty.party.organization_id not in peopled else duty
        for duty in known
    ]


def _uncoordinated(networks: set[uuid.UUID]) -> set[uuid.UUID]:
    running = Membership.objects.filter(
        network__in=networks, role=Role.COORDINATOR, ended_on__isnull=True, user__is_active=True
    )
    return networks - set(running.values_list("network", flat=True))


def due_for(actor: Actor, today: date | None = None) -> list[DutyState]:
    """What is due, overdue or missed and waits for this person, most urgent first.

    A share waits for the party's people; what all owe together for the coordination, and where there is none, for
    the leads. A share for which nobody is left goes to the coordination.
    """
    if not actor.is_authenticated:
        return []
    alive = list(visible_to(actor).filter(state=Agreement.State.IN_FORCE).select_related("network"))
    if not alive:
        return []
    open_duties = [
        duty
        for duties in duties_of_many(alive, today).values()
        for duty in duties
        if duty.needs_care and duty.in_force
    ]
    alone = _uncoordinated({agreement.network_id for agreement in alive})
    mine = [duty for duty in with_owners(open_duties) if _is_mine(actor, duty, alone)]
    return sorted(mine, key=lambda duty: (duty.next_due or _oldest(duty), duty.title))


def _is_mine(actor: Actor, duty: DutyState, alone: set[uuid.UUID]) -> bool:
    network_id = duty.agreement.network_id
    if duty.party is not None:
        own = duty.party.organization_id in actor.organization_ids
        return own or (duty.nobody and network_id in actor.coordinates)
    if network_id in actor.coordinates:
        return True
    return network_id in alone and any(
        organization in actor.lead_of and network == network_id
        for organization, network in actor.organization_networks
    )


def _oldest(duty: DutyState) -> date:
    return min((o.due for o in duty.reckoning.open_missed), default=duty.reckoning.today)


# --- the start page ---------------------------------------------------------------------------------------


def next_steps_duties(actor: Actor) -> list[NextStep]:
    """Duties that wait for this person, each with its one next action; and doubts that wait for the coordination."""
    return [*_steps(actor, due_for(actor)), *_contests(actor), *_left_over(actor)]


def _steps(actor: Actor, duties: Sequence[DutyState]) -> list[NextStep]:
    planned = _planned(duties)
    steps = []
    for duty in duties:
        if duty.type in TOLD_ELSEWHERE:
            continue
        today, due = duty.reckoning.today, duty.next_due or _oldest(duty)
        kind = _MEETING_OF_DUTY.get(duty.type.value)
        if kind and any(
            day >= today and subject in (None, duty.agreement.pk)
            for day, subject in planned[(duty.agreement.network_id, kind)]
        ):
            continue  # it has its date already
        said = [duty.agreement.title, duty.party.organization.short_name if duty.party else ""]
        about = ", ".join(text for text in said if text)
        steps.append(
            NextStep(
                title=duty.title,
                text=f"{about}. {_situation(duty, due)}",
                url=_first_door(actor, duty, kind),
                action=_action(duty, kind),
                due=due,
                clause=gettext("Clause %(number)s") % {"number": duty.clause} if duty.clause else "",
                late=due < today,
                area="duties",
            )
        )
    return steps


def _situation(duty: DutyState, due: date) -> str:
    words = duty.counter_words
    if duty.status is Status.MISSED:
        missed = max((o.due for o in duty.reckoning.open_missed), default=due)
        return gettext("Missed on %(day)s and not made good yet. Now: %(counter)s.") % {
            "day": day_words(missed),
            "counter": words,
        }
    return gettext("%(rule)s: %(counter)s.") % {
        "rule": duty.rule_words[:1].upper() + duty.rule_words[1:],
        "counter": words,
    }


def _action(duty: DutyState, kind: str | None) -> str:
    if kind:
        return gettext("Call the meeting")
    return {
        Duty.JOB_SHADOWING: gettext("Find a place"),
        Duty.CONTACT_LIST_UPDATE: gettext("Check the contacts"),
    }.get(duty.type, gettext("Show that it was done"))


def _first_door(actor: Actor, duty: DutyState, kind: str | None) -> str:
    network = duty.agreement.network
    if kind:
        return f"{reverse('meetings:new', args=[network.slug])}?kind={kind}"
    mine = duty.party is not None and duty.party.organization_id in actor.organization_ids
    if mine and duty.type is Duty.JOB_SHADOWING:
        return reverse("cooperation:shadowing", args=[network.slug])
    if mine and duty.type is Duty.CONTACT_LIST_UPDATE:
        return reverse("cooperation:people", args=[network.slug])
    return duty.url


def _planned(
    duties: Iterable[DutyState],
) -> defaultdict[tuple[uuid.UUID, str], list[tuple[date, uuid.UUID | None]]]:
    """Meetings that have a date to come, by network and kind: what has its date needs no reminder (one query)."""
    found: defaultdict[tuple[uuid.UUID, str], list[tuple[date, uuid.UUID | None]]] = defaultdict(list)
    networks = {d.agreement.network_id for d in duties if d.counts_by_meeting}
    if not networks:
        return found
    rows = Meeting.objects.filter(
        network__in=networks, state=Meeting.State.PLANNED, starts_at__gte=timezone.now()
    )
    for network_id, kind, subject_id, starts_at in rows.values_list(
        "network", "kind", "subject_id", "starts_at"
    ):
        found[(network_id, kind)].append((timezone.localtime(starts_at).date(), subject_id))
    return found


def _contests(actor: Actor) -> list[NextStep]:
    """Doubts that are open: the coordination sees that they are settled."""
    if not actor.coordinates:
        return []
    rows = Contest.objects.filter(
        state=Contest.State.OPEN, agreement__in=visible_to(actor), agreement__network__in=actor.coordinates
    ).defer("reason", "settlement")
    by_duty: dict[tuple[uuid.UUID, str, uuid.UUID | None], list[Contest]] = defaultdict(list)
    for contest in rows.select_related("agreement"):
        by_duty[(contest.agreement_id, contest.question_key, contest.duty_party_id)].append(contest)
    steps = []
    for (agreement_id, key, party_id), found in by_duty.items():
        address = reverse("cooperation:duty", args=[agreement_id, key])
        steps.append(
            NextStep(
                title=ngettext(
                    "%(number)s act of a duty is contested",
                    "%(number)s acts of a duty are contested",
                    len(found),
                )
                % {"number": len(found)},
                text=found[0].agreement.title,
                url=f"{address}?party={party_id}" if party_id else address,
                action=gettext("See what is contested"),
                area="duties",
            )
        )
    return steps


def meetings_left_over(agreements: Iterable[Agreement]) -> dict[uuid.UUID, int]:
    """Meetings still planned for agreements that have ended, by agreement: its own, and those of a network in which
    no other agreement is in force. Two queries.
    """
    ended = [a for a in agreements if a.state == Agreement.State.ENDED]
    if not ended:
        return {}
    networks = {a.network_id for a in ended}
    alive = Agreement.objects.filter(network__in=networks, state=Agreement.State.IN_FORCE)
    quiet = networks - set(alive.values_list("network", flat=True))
    rows = Meeting.objects.filter(
        Q(subject_id__in=[a.pk for a in ended]) | Q(subject_id__isnull=True, kind__in=MEETING_DUTIES),
        network__in=networks,
        state=Meeting.State.PLANNED,
        starts_at__gte=timezone.now(),
    ).values_list("network", "subject_id")
    found: dict[uuid.UUID, int] = {}
    for network_id, subject_id in rows:
        for agreement in ended:
            common = subject_id is None and agreement.network_id == network_id and network_id in quiet
            if common or subject_id == agreement.pk:
                found[agreement.pk] = found.get(agreement.pk, 0) + 1
    return found


def _left_over(actor: Actor) -> list[NextStep]:
    """An agreement has ended, and its meetings are still planned: the coordination looks at them."""
    if not actor.coordinates:
        return []
    since = timezone.localdate() - _ENDED_LATELY
    ended = {
        agreement.pk: agreement
        for agreement in Agreement.objects.filter(
            network__in=actor.coordinates, state=Agreement.State.ENDED, ended_on__gte=since
        ).select_related("network")
    }
    return [
        NextStep(
            title=ngettext(
                "%(number)s meeting is still planned for an agreement that has ended",
                "%(number)s meetings are still planned for an agreement that has ended",
                number,
            )
            % {"number": number},
            text=ended[pk].title,
            url=reverse("meetings:network", args=[ended[pk].network.slug]),
            action=gettext("Look at the meetings"),
            area="duties",
        )
        for pk, number in meetings_left_over(ended.values()).items()
    ]


# --- the agenda of committee and steering group -----------------------------------------------------------


def agenda_suggestions_duties(actor: Actor, meeting: Meeting) -> list[Suggestion]:
    """Duties that are overdue or missed, and reviews and evaluations that are due: one item for each clause."""
    if meeting.kind not in (Kind.COMMITTEE, Kind.STEERING_GROUP):
        return []
    agreements = visible_to(actor).filter(network=meeting.network_id, state=Agreement.State.IN_FORCE)
    if meeting.subject_id:
        agreements = agreements.filter(pk=meeting.subject_id)
    own = MEETING_DUTIES[meeting.kind]
    found = []
    for agreement_id, duties in duties_of_many(agreements).items():
        by_key: dict[str, list[DutyState]] = defaultdict(list)
        for duty in duties:
            open_now = duty.status in (Status.LATE, Status.MISSED)
            if duty.in_force and duty.type.value != own and (open_now or _review_due(duty)):
                by_key[duty.question_key].append(duty)
        found += [_suggest(agreement_id, key, same) for key, same in by_key.items()]
    return found


def _review_due(duty: DutyState) -> bool:
    return duty.type in _REFLECTS and duty.status is Status.DUE


def _suggest(agreement_id: uuid.UUID, key: str, duties: Sequence[DutyState]) -> Suggestion:
    first = duties[0]
    due = min(duty.next_due or _oldest(duty) for duty in duties)
    why = until_words(due, first.reckoning.today)
    if first.party is not None:
        why = ngettext(
            "%(number)s organisation, %(when)s", "%(number)s organisations, %(when)s", len(duties)
        ) % {"number": len(duties), "when": why}
    return Suggestion(
        source_kind="duty",
        source_id=f"{agreement_id}:{key}:{due.isoformat()}",
        title=first.title,
        text=gettext("Clause %(number)s: %(rule)s") % {"number": first.clause, "rule": first.rule_words},
        minutes=10,
        why=why,
    )
