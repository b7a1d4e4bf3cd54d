"""Meetings in lists: of a network, of a person, of a series; and what the clock has to do with them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, ExtractYear
from django.utils import timezone

from mtd.core.actor import Actor
from mtd.meetings.models import DateOption, DateVote, Meeting, Participant, Series
from mtd.meetings.permissions import visible_series, visible_to
from mtd.organizations.models import Membership, Network

from .words import rhythm_text

SHOWN = 12
"""So many meetings to come stand open in a list; the rest is one click away."""
REMIND_BEFORE = timedelta(days=2)


def coming_of(series: Series) -> QuerySet[Meeting]:
    """The meetings of a series that lie ahead and are planned, the next one first."""
    return (
        Meeting.objects.filter(series=series, state=Meeting.State.PLANNED, starts_at__gt=timezone.now())
        .select_related("network", "series")
        .order_by("starts_at")
    )


# --- lists -------------------------------------------------------------------------------------------------


def with_answers(meetings: QuerySet[Meeting], actor: Actor) -> QuerySet[Meeting]:
    """The meetings with network and series, how many are asked and come, and the person's own answer.

    `asked`, `coming`, `maybe` count; `mine` is the own answer (None: not invited), `stale` that it was to another time.
    """
    current = Q(participants__removed_at__isnull=True)
    holds = current & Q(participants__answer_sequence=F("sequence"))
    mine = Participant.objects.filter(
        meeting=OuterRef("pk"), user=actor.user_id, user__isnull=False, removed_at__isnull=True
    )
    return meetings.select_related("network", "series", "host").annotate(
        asked=Count("participants", filter=current, distinct=True),
        coming=Count("participants", filter=holds & Q(participants__answer="yes"), distinct=True),
        maybe=Count("participants", filter=holds & Q(participants__answer="maybe"), distinct=True),
        attended=Count(
            "participants", filter=Q(participants__attendance__in=["present", "online"]), distinct=True
        ),
        mine=Subquery(mine.values("answer")[:1]),
        mine_sequence=Subquery(mine.values("answer_sequence")[:1]),
    )


@dataclass(frozen=True)
class SeriesLine:
    """A running series and its rhythm in words."""

    series: Series
    words: str


@dataclass
class MeetingList:
    """Meetings of a network or a person, as a page shows them."""

    coming: list[Meeting] = field(default_factory=list)
    more: int = 0
    """So many more lie ahead."""
    polls: list[Meeting] = field(default_factory=list)
    to_note: list[Meeting] = field(default_factory=list)
    """Over, and not marked as held or cancelled."""
    years: list[int] = field(default_factory=list)
    year: int = 0
    past: list[Meeting] = field(default_factory=list)
    series: list[SeriesLine] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Nothing at all so far."""
        return not (self.coming or self.polls or self.to_note or self.years or self.series)


def network_meetings(
    actor: Actor, network: Network, *, year: int | None = None, everything: bool = False
) -> MeetingList:
    """All meetings of a network that the person may know of. A constant number of queries."""
    found = _listed(visible_to(actor).filter(network=network), actor, year, everything)
    running = visible_series(actor).filter(network=network, ended_at__isnull=True)
    found.series = [
        SeriesLine(series, rhythm_text(series))
        for series in running.select_related("network").order_by("kind", "first_on")
    ]
    return found


def my_meetings(actor: Actor, *, year: int | None = None, everything: bool = False) -> MeetingList:
    """All meetings the person is or was invited to, or called, in all networks. A constant number of queries."""
    invited = Participant.objects.filter(
        meeting=OuterRef("pk"), user=actor.user_id, user__isnull=False, removed_at__isnull=True
    )
    own = visible_to(actor).filter(Q(Exists(invited)) | Q(created_by=actor.user_id))
    return _listed(own, actor, year, everything)


def _listed(base: QuerySet[Meeting], actor: Actor, year: int | None, everything: bool) -> MeetingList:
    now = timezone.now()
    annotated = with_answers(base, actor)
    ahead = annotated.filter(state=Meeting.State.PLANNED, ends_at__gt=now).order_by("starts_at", "id")
    all_ahead = list(ahead[:500])
    coming = all_ahead if everything else _next_of_each(all_ahead)[:SHOWN]
    over = Q(state=Meeting.State.PLANNED, ends_at__lte=now)
    past = base.filter(Q(state__in=[Meeting.State.HELD, Meeting.State.CANCELLED]) | over)
    at = Coalesce("starts_at", "cancelled_at", "created_at")
    years = sorted(
        set(past.annotate(year=ExtractYear(at)).order_by().values_list("year", flat=True)), reverse=True
    )
    shown = year if year in years else next((y for y in years if y <= now.year), years[0] if years else 0)
    of_year = (
        with_answers(past, actor)
        .annotate(at=at, year=ExtractYear(at))
        .filter(year=shown)
        .order_by("-at", "id")
    )
    rows = list(of_year[:500]) if shown else []
    return MeetingList(
        coming=coming,
        more=len(all_ahead) - len(coming),
        polls=list(annotated.filter(state=Meeting.State.POLLING).order_by("created_at", "id")),
        to_note=[meeting for meeting in rows if meeting.state == Meeting.State.PLANNED],
        years=years,
        year=shown,
        past=[meeting for meeting in rows if meeting.state != Meeting.State.PLANNED],
    )


def _next_of_each(meetings: Iterable[Meeting]) -> list[Meeting]:
    """Single meetings, and of each series the next one only: the others are one click away."""
    found, seen = [], set()
    for meeting in meetings:
        if meeting.series_id not in seen:
            found.append(meeting)
        if meeting.series_id:
            seen.add(meeting.series_id)
    return found


@dataclass(frozen=True)
class Bench:
    """The people who come for one organisation (or for none), as the meeting's page shows them."""

    name: str
    system: str
    people: tuple[Participant, ...]


def benches(people: Iterable[Participant]) -> list[Bench]:
    """Participants by organisation, in the order of the list; coordination, moderation and other guests last."""
    rows: dict[uuid.UUID | None, list[Participant]] = {}
    for person in people:
        rows.setdefault(person.organization_id, []).append(person)
    found = []
    for organization_id, own in rows.items():
        organization = own[0].organization
        if organization is not None and organization_id is not None:
            found.append(Bench(organization.short_name, organization.help_system, tuple(own)))
    if None in rows:
        found.append(Bench("", "", tuple(rows[None])))
    return found


@dataclass(frozen=True)
class PollRow:
    """What one person says to each proposed date: the choice, or "" where nothing was said."""

    person: Participant
    choices: tuple[str, ...]


@dataclass(frozen=True)
class PollDate:
    """One proposed date with its totals; `best` marks the one (or ones) that suit most."""

    option: DateOption
    yes: int
    if_needed: int
    no: int
    best: bool


@dataclass(frozen=True)
class Poll:
    """The table of persons and dates. Three queries."""

    dates: tuple[PollDate, ...]
    rows: tuple[PollRow, ...]
    answered: int


def poll_of(meeting: Meeting, people: list[Participant]) -> Poll:
    """Who can when, and which date suits most: first by who can, then by who could if need be."""
    options = list(meeting.date_options.order_by("starts_at"))
    votes = {
        (vote.participant_id, vote.option_id): vote.choice
        for vote in DateVote.objects.filter(option__meeting=meeting)
    }
    here = {person.pk for person in people}
    tally = {
        option.pk: [
            sum(1 for (who, what), c in votes.items() if what == option.pk and c == choice and who in here)
            for choice in DateVote.Choice.values
        ]
        for option in options
    }
    top = max(((yes + if_needed, yes) for yes, if_needed, _no in tally.values()), default=(0, 0))
    return Poll(
        dates=tuple(
            PollDate(option, yes, if_needed, no, best=top > (0, 0) and (yes + if_needed, yes) == top)
            for option in options
            for yes, if_needed, no in [tally[option.pk]]
        ),
        rows=tuple(
            PollRow(person, tuple(votes.get((person.pk, option.pk), "") for option in options))
            for person in people
        ),
        answered=len({who for who, _ in votes} & here),
    )


def participants_voted(meeting: Meeting) -> int:
    """How many of those who are asked have said something to at least one date."""
    voted = DateVote.objects.filter(participant=OuterRef("pk"))
    return meeting.participants.filter(Exists(voted), removed_at__isnull=True).count()


# --- for the clock -----------------------------------------------------------------------------------------


def running_series() -> list[uuid.UUID]:
    """Series that go on."""
    return list(Series.objects.filter(ended_at__isnull=True).order_by("pk").values_list("pk", flat=True))


def unanswered_soon(now: datetime) -> QuerySet[Participant]:
    """Invitations without an answer to the present time, of meetings within two days, not reminded yet."""
    return Participant.objects.filter(
        Q(answer=Participant.Answer.NONE) | Q(answer_sequence__lt=F("meeting__sequence")),
        meeting__state=Meeting.State.PLANNED,
        meeting__starts_at__gt=now,
        meeting__starts_at__lte=now + REMIND_BEFORE,
        removed_at__isnull=True,
        reminded_at__isnull=True,
    ).order_by("pk")


def meetings_with_people_gone() -> list[uuid.UUID]:
    """Meetings to come with somebody on the list who no longer works in the network."""
    today = timezone.localdate()
    member = Membership.objects.filter(
        Q(network=OuterRef("meeting__network"))
        | Q(
            organization__network_members__network=OuterRef("meeting__network"),
            organization__network_members__left_on__isnull=True,
        ),
        Q(ended_on__isnull=True) | Q(ended_on__gte=today),
        user=OuterRef("user"),
        user__is_active=True,
    )
    ahead = Q(meeting__state=Meeting.State.POLLING) | Q(
        meeting__state=Meeting.State.PLANNED, meeting__starts_at__gt=timezone.now()
    )
    gone = Participant.objects.filter(ahead, ~Exists(member), user__isnull=False, removed_at__isnull=True)
    return list(gone.order_by().values_list("meeting", flat=True).distinct())


def guests_due(now: datetime) -> QuerySet[Participant]:
    """Guests whose names and addresses have to go: MTD_KEEP_GUESTS after the meeting, or after it was given up."""
    over = Coalesce("meeting__ends_at", "meeting__cancelled_at", "meeting__created_at")
    return (
        Participant.objects.filter(user__isnull=True)
        .exclude(email="")
        .annotate(over=over)
        .filter(over__lt=now - settings.MTD_KEEP_GUESTS)
        .order_by("pk")
    )
