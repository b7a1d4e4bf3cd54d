"""Needs as everybody in the network reads them: the list, one of them, what waits, and how long answers take."""

from __future__ import annotations

import re
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from mtd.cooperation.models import Need, NeedDecision, NeedGroup, OfferWish
from mtd.cooperation.permissions import own_needs, visible_need_groups
from mtd.core.actor import Actor
from mtd.core.encryption import KeyDestroyed, Sealed, warm
from mtd.core.templatetags.mtd import day as long_day
from mtd.meetings.models import AgendaItem, Kind, Meeting
from mtd.organizations.models import HelpSystem, Membership, Network, NetworkMember

LIMIT_DAYS = 60
"""Within so many days who raised a need should have an answer. Our proposal; no agreement is bound to it."""
SOURCE = "need"
"""What agenda items that come from here are marked with."""

State = NeedGroup.State
WAITING = (State.NEW, State.COMMITTEE, State.STEERING)
ANSWERS = (NeedDecision.Outcome.YES, NeedDecision.Outcome.NO)


# ---------------------------------------------------------------- words that may be gone


def words(record: Sealed, name: str) -> str:
    """A sealed text; empty when its key was destroyed."""
    try:
        return str(getattr(record, name) or "")
    except KeyDestroyed:
        return ""


@dataclass(frozen=True)
class Origin:
    """Where a need comes from, as far as everybody may know."""

    label: str
    system: str = ""


def origin_of(need: Need) -> Origin:
    """The organisation; without a name only the help system; or a partner, where that would name one."""
    if need.anonymous:
        if need.help_system:
            label = gettext("%(system)s, without a name") % {"system": need.get_help_system_display()}
            return Origin(label, need.help_system)
        return Origin(gettext("A partner, without a name"))
    if need.organization is None:
        return Origin(gettext("Network coordination"))
    return Origin(need.organization.short_name, need.organization.help_system)


def system_to_keep(network: Network, system: str) -> str:
    """The help system of an anonymous need, if at least two organisations of the network are of it now."""
    members = NetworkMember.objects.filter(
        network=network, left_on__isnull=True, organization__help_system=system
    )
    return system if system in HelpSystem.values and members.count() > 1 else ""


# ---------------------------------------------------------------- the list


@dataclass(frozen=True)
class Where:
    """The meeting on whose agenda a need is."""

    meeting_id: uuid.UUID
    kind: str
    label: str
    day: date | None
    held: bool
    url: str


@dataclass(frozen=True)
class NeedRow:
    """One need of the list, with everything that its line says."""

    group: NeedGroup
    wording: str
    needs: tuple[Need, ...]
    origins: tuple[Origin, ...]
    days: int
    """Since it was first raised, or until it was decided."""
    where: Where | None
    decisions: tuple[NeedDecision, ...]
    mine: Need | None

    @property
    def times(self) -> int:
        """How many raised it."""
        return len(self.needs)

    @property
    def waiting(self) -> bool:
        return self.group.state in WAITING

    @property
    def limit(self) -> int:
        return LIMIT_DAYS

    @property
    def late(self) -> bool:
        """Undecided beyond the limit."""
        return self.waiting and self.days > LIMIT_DAYS

    @property
    def share(self) -> int:
        """How much of the limit is used up, in per cent, for the bar."""
        return min(100, round(100 * self.days / LIMIT_DAYS))

    @property
    def answer(self) -> NeedDecision | None:
        """The decision that answered it."""
        return next((d for d in self.decisions if d.outcome in ANSWERS), None)

    @property
    def decided_text(self) -> str:
        return words(self.answer, "text") if self.answer else ""

    @property
    def helped(self) -> str:
        """What most of those who raised it say; the more doubtful word where they differ evenly."""
        said = Counter(need.helped for need in self.needs if need.helped)
        order = (Need.Helped.NO, Need.Helped.PART, Need.Helped.YES)
        return max(order, key=lambda word: (said[word], -order.index(word))) if said else ""

    @property
    def helped_word(self) -> str:
        return str(Need.Helped(self.helped).label) if self.helped else ""

    @property
    def place(self) -> str:
        """Where it stands, in a few words."""
        return where_it_stands(self.group, self.where)


def where_it_stands(group: NeedGroup, where: Where | None) -> str:
    """ "Steering group, 15 December 2026", "not on an agenda yet", or the state in words."""
    if group.state not in WAITING:
        return str(group.get_state_display())
    if where is not None:
        return where.label
    if group.state == State.NEW:
        return gettext("not on an agenda yet")
    return str(group.get_state_display())


def listed(actor: Actor, network: Network, state: str = "", topic: str = "") -> QuerySet[NeedGroup]:
    """The network's needs: what waits first, the oldest on top; then what was decided, the newest on top."""
    groups = visible_need_groups(actor).filter(network=network)
    if state == "waiting":
        groups = groups.filter(state__in=WAITING)
    elif state == "mine":
        own = own_needs(actor).filter(group=OuterRef("pk"), withdrawn_at__isnull=True)
        groups = groups.filter(Exists(own))
    elif state:
        groups = groups.filter(state=state)
    else:
        groups = groups.exclude(state=State.WITHDRAWN)
    if topic:
        groups = groups.filter(topic=topic)
    rank = Case(When(state__in=WAITING, then=Value(0)), When(state=State.DECIDED, then=Value(1)), default=2)
    return groups.annotate(rank=rank).order_by(
        "rank",
        Case(When(state__in=WAITING, then=F("first_raised_on"))),
        F("decided_on").desc(nulls_last=True),
        "-first_raised_on",
        "id",
    )


def rows_of(actor: Actor, groups: Sequence[NeedGroup], *, today: date | None = None) -> list[NeedRow]:
    """The lines of these needs, with the same few queries however many they are."""
    now = today or timezone.localdate()
    ids = [group.pk for group in groups]
    needs: dict[uuid.UUID, list[Need]] = defaultdict(list)
    for need in (
        Need.objects.filter(group__in=ids, withdrawn_at__isnull=True)
        .select_related("organization")
        .defer("text", "helped_note")
    ):
        needs[need.group_id].append(need)
    decisions: dict[uuid.UUID, list[NeedDecision]] = defaultdict(list)
    for decision in NeedDecision.objects.filter(group__in=ids).select_related("owner_organization"):
        decisions[decision.group_id].append(decision)
    where = meetings_of(ids)
    warm([*groups, *(d for own in decisions.values() for d in own)])
    return [
        _row(actor, group, needs[group.pk], decisions[group.pk], where.get(group.pk), now) for group in groups
    ]


def _row(
    actor: Actor,
    group: NeedGroup,
    needs: list[Need],
    decisions: list[NeedDecision],
    where: Where | None,
    today: date,
) -> NeedRow:
    until = group.decided_on or today
    mine = next((n for n in needs if actor.user_id and n.raised_by_id == actor.user_id), None)
    return NeedRow(
        group=group,
        wording=words(group, "wording"),
        needs=tuple(needs),
        origins=tuple(
            dict.fromkeys(sorted((origin_of(n) for n in needs), key=lambda o: (o.system, o.label)))
        ),
        days=max(0, (until - group.first_raised_on).days),
        where=where,
        decisions=tuple(decisions),
        mine=mine,
    )


def meetings_of(group_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Where]:
    """For each need the meeting that it comes before: the next one to come, otherwise the last that was held.

    Agendas that name a need which was put together with this one count as well.
    """
    ids = list(group_ids)
    shells = NeedGroup.objects.filter(merged_into__in=ids).values_list("pk", "merged_into")
    named = {str(pk): pk for pk in ids} | {str(pk): target for pk, target in shells if target}
    items = (
        AgendaItem.objects.filter(source_kind=SOURCE, source_id__in=list(named))
        .exclude(state=AgendaItem.State.DROPPED)
        .exclude(meeting__state=Meeting.State.CANCELLED)
        .select_related("meeting__network")
        .defer("title", "text", "notes")
        .order_by("meeting__starts_at", "id")
    )
    found: dict[uuid.UUID, Where] = {}
    for item in items:
        pk = named[item.source_id]
        known = found.get(pk)
        if known is None or known.held:
            found[pk] = _where(item.meeting)
    return found


def _where(meeting: Meeting) -> Where:
    day = meeting.local_start.date() if meeting.local_start else None
    kind = str(meeting.get_kind_display())
    label = f"{kind}, {long_day(day)}" if day else kind
    try:
        url = reverse("meetings:meeting", args=[meeting.pk])
    except NoReverseMatch:  # pragma: no cover
        url = ""
    return Where(meeting.pk, meeting.kind, label, day, meeting.state == Meeting.State.HELD, url)


def answered_last(actor: Actor, network: Network, most: int = 2) -> list[NeedRow]:
    """What was decided last, with its words: the quotes beside the picture."""
    groups = visible_need_groups(actor).filter(network=network, state=State.DECIDED, emptied_on__isnull=True)
    return rows_of(actor, list(groups.order_by("-decided_on", "id")[:most]))


# ---------------------------------------------------------------- one need


def live_needs(group: NeedGroup) -> list[Need]:
    """Those who raised it and did not take it back, the first first."""
    return list(
        Need.objects.filter(group=group, withdrawn_at__isnull=True).select_related(
            "organization", "raised_by"
        )
    )


def group_named(source_id: str) -> NeedGroup | None:
    """The need that an agenda names; where it was put together with another one, that one."""
    try:
        pk: uuid.UUID | None = uuid.UUID(source_id)
    except ValueError:
        return None
    group = None
    while pk is not None:
        group = NeedGroup.objects.filter(pk=pk).first()
        pk = group.merged_into_id if group else None
    return group


def need_address(group: NeedGroup) -> str:
    """The need's page."""
    return reverse("cooperation:need", args=[group.network.slug, group.pk])


@dataclass(frozen=True)
class Voice:
    """One raising of a need, as the reader may see it."""

    need: Need
    origin: Origin
    text: str
    note: str
    person: str
    """Who raised it, only for who may know."""
    own: bool


def voices_of(actor: Actor, network: Network, row: NeedRow) -> list[Voice]:
    """Who raised a need with what words. A person is named to the coordination and in their own house only,
    and nobody who raised it without a name."""
    needs = list(
        Need.objects.filter(pk__in=[need.pk for need in row.needs]).select_related(
            "organization", "raised_by"
        )
    )
    warm(needs)
    found = []
    for need in needs:
        own = actor.user_id is not None and need.raised_by_id == actor.user_id
        may_know = network.pk in actor.coordinates or need.organization_id in actor.organization_ids
        named = not need.anonymous and may_know and need.raised_by is not None
        found.append(
            Voice(
                need=need,
                origin=origin_of(need),
                text=words(need, "text"),
                note=words(need, "helped_note"),
                person=need.raised_by.name if named and need.raised_by else "",
                own=own,
            )
        )
    return found


def raisers_here(needs: Iterable[Need], network: Network) -> set[uuid.UUID]:
    """Of these needs the ones whose raiser still has an account and works in the network."""
    everyone = list(needs)
    users = {need.raised_by_id for need in everyone if need.raised_by_id}
    members = NetworkMember.objects.filter(network=network, left_on__isnull=True).values("organization_id")
    here = set(
        Membership.objects.filter(user__in=users, user__is_active=True, ended_on__isnull=True)
        .filter(Q(organization__in=members) | Q(network=network))
        .values_list("user_id", flat=True)
    )
    return {need.pk for need in everyone if need.raised_by_id in here}


def wishes_of(decisions: Iterable[NeedDecision]) -> dict[uuid.UUID, OfferWish]:
    """The wishes for new offers that these decisions led to."""
    found = list(OfferWish.objects.filter(decision__in=[d.pk for d in decisions]))
    warm(found)
    return {wish.decision_id: wish for wish in found}


_WORD = re.compile(r"[^\W\d_]{4,}")
_ENOUGH = 0.34
COMPARED = 300
"""The newest needs that one is compared with."""


def _stems(text: str) -> set[str]:
    # The first letters of the longer words: good enough in twelve languages to see that two speak of the same.
    return {word[:6] for word in _WORD.findall(text.casefold())}


def similar_to(actor: Actor, group: NeedGroup, most: int = 3) -> list[NeedRow]:
    """Needs of the network that may be the same, the likeliest first: open ones, and answers of the last year."""
    recent = timezone.localdate() - timedelta(days=365)
    others = list(
        visible_need_groups(actor)
        .filter(network=group.network_id, emptied_on__isnull=True)
        .filter(Q(state__in=WAITING) | Q(state=State.DECIDED, decided_on__gte=recent))
        .exclude(pk=group.pk)
        .order_by("-first_raised_on", "id")[:COMPARED]
    )
    warm([group, *others])
    own = _stems(words(group, "wording"))
    scored = []
    for other in others:
        stems = _stems(words(other, "wording"))
        shared = len(own & stems)
        near = shared / max(1, min(len(own), len(stems)))
        if shared >= 2 and near >= _ENOUGH:
            scored.append((near, shared, other))
    scored.sort(key=lambda found: (-found[0], -found[1], str(found[2].pk)))
    return rows_of(actor, [other for _near, _shared, other in scored[:most]])


def next_meetings(network: Network, today: date | None = None) -> list[Meeting]:
    """The committee meetings and steering groups to come, on whose agenda a need can be put."""
    start = timezone.now() if today is None else datetime.combine(today, datetime.min.time(), network.zone)
    return list(
        Meeting.objects.filter(
            network=network,
            kind__in=[Kind.COMMITTEE, Kind.STEERING_GROUP],
            state=Meeting.State.PLANNED,
            starts_at__gte=start,
        )
        .select_related("network")
        .order_by("starts_at", "id")[:8]
    )


def agenda_title(wording: str) -> str:
    """The need in one line of an agenda."""
    line = " ".join(wording.split())
    return line if len(line) <= 120 else line[:119].rstrip() + "…"


def agenda_text(row: NeedRow) -> str:
    """What those who come should know: the whole wording, how often it was raised, from which sides."""
    times = ngettext("Raised once", "Raised %(n)d times", row.times) % {"n": row.times}
    origins = "; ".join(origin.label for origin in row.origins)
    return f"{row.wording}\n\n{times}: {origins}."
