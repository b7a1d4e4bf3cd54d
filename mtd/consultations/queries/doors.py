"""The doors: every way to ask in a network, the clause that opens it, or why it is closed and what to do then.

A constant number of queries, however many agreements and partners there are. The same doors are the gate of sending.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from mtd.accounts.models import User
from mtd.agreements.models import Agreement
from mtd.agreements.permissions import listed_to
from mtd.consultations.models import Absence, Consultation, Way
from mtd.core.actor import Actor
from mtd.core.errors import YES, Denied, Message, Permission
from mtd.core.templatetags.mtd import day as _day
from mtd.meetings.models import Kind, Meeting, Participant
from mtd.organizations.models import Membership, Network, NetworkMember, Organization

from .deadline import Promise, promise_of
from .ground import ADVISERS, DISCUSSION, IDENTITY, Clause, Ground, load_grounds

_REMEMBERED = timedelta(days=365)
"""So long an agreement that has ended is named as the reason why a door is closed."""


@dataclass(frozen=True)
class Contact:
    """A person whom an agreement names, as its list of contacts says."""

    name: str
    role: str = ""
    phone: str = ""
    email: str = ""
    hours: str = ""
    deputy: bool = False


@dataclass(frozen=True)
class Remedy:
    """What to do where a door is closed: one link."""

    text: str
    url: str


@dataclass(frozen=True)
class Door:
    """One way to ask: open with the clause that allows it, or closed with the reason."""

    way: str
    permission: Permission
    agreement: Agreement | None = None
    clause: Clause | None = None
    recipient: Organization | None = None
    adviser: User | None = None
    meeting: Meeting | None = None
    contact: Contact | None = None
    stands_in: str = ""
    """Who answers today, because the person named is away."""
    promise: Promise | None = None
    remedy: Remedy | None = None
    colleagues: tuple[User, ...] = ()
    """Within one's own house: whom one may ask instead of all."""

    @property
    def open(self) -> bool:
        return bool(self.permission)

    @property
    def reason(self) -> Message:
        """Why it is closed; empty when it is open."""
        return self.permission.reason

    @property
    def key(self) -> str:
        """Names the door in a form; the same as long as the door is the same."""
        parts = (self.agreement, self.recipient, self.adviser, self.meeting)
        return ":".join([self.way, *(str(part.pk) if part else "" for part in parts)])

    @property
    def title(self) -> str:
        """Whom one would ask, in words."""
        if self.meeting is not None:
            return self.meeting.name
        if self.contact is not None:
            return self.contact.name or self.contact.role
        return self.recipient.name if self.recipient else str(Way(self.way).label)

    @property
    def question_key(self) -> str:
        return self.clause.key if self.clause else ""


@dataclass(frozen=True)
class Doors:
    """All doors of a person in a network."""

    organization: Organization | None
    """For whom the person asks; None for who works for none of the network's organisations."""
    doors: tuple[Door, ...]
    grounds: tuple[Ground, ...] = field(default=(), repr=False)

    def of(self, *ways: str) -> list[Door]:
        """The doors of some ways, open ones first."""
        return sorted((d for d in self.doors if d.way in ways), key=lambda d: not d.open)

    @property
    def partners(self) -> list[Door]:
        return self.of(Way.PARTNER)

    @property
    def advisers(self) -> list[Door]:
        return self.of(Way.ADVISER)

    @property
    def discussions(self) -> list[Door]:
        return self.of(Way.DISCUSSION)

    @property
    def own_house(self) -> list[Door]:
        return self.of(Way.OWN_HOUSE)

    @property
    def without_agreement(self) -> bool:
        """Nothing was ever agreed here: the page teaches what an agreement would open."""
        return not self.grounds

    def by_key(self, key: str) -> Door | None:
        """The door of this name."""
        return next((door for door in self.doors if door.key == key), None)


def asking_organization(actor: Actor, network: Network) -> uuid.UUID | None:
    """For which of their organisations of this network a person asks: the one that speaks now, else the first."""
    own = {organization for organization, where in actor.organization_networks if where == network.pk}
    if actor.organization_id in own:
        return actor.organization_id
    first = Organization.objects.filter(pk__in=own).order_by("name", "pk").values_list("pk", flat=True)
    return first.first() if own else None


def doors_of(actor: Actor, network: Network, organization_id: uuid.UUID | None = None) -> Doors:
    """Every way in which a person may ask in a network, and every way that is closed, with the reason."""
    own_id = organization_id or asking_organization(actor, network)
    if own_id is None or own_id not in actor.organization_ids:
        return Doors(None, ())
    long_ago = timezone.localdate() - _REMEMBERED
    known = listed_to(actor).filter(network=network).exclude(state=Agreement.State.ABANDONED)
    known = known.exclude(state=Agreement.State.ENDED, ended_on__lt=long_ago).select_related("network")
    grounds = load_grounds(known)
    look = _Look.around(actor, network, own_id, grounds)
    found: list[Door] = []
    for ground in grounds:
        found += _partners(look, ground)
        found += _advisers(look, ground)
        found += _discussions(look, ground)
    return Doors(look.own, (*_without_echo(found), _own_house(look)), tuple(grounds))


def door_for(actor: Actor, consultation: Consultation) -> Door | None:
    """The door that a question stands before: the gate of sending. None where it is gone altogether."""
    doors = doors_of(actor, consultation.network, consultation.organization_id)
    for door in doors.doors:
        same = (
            door.way == consultation.way
            and (door.agreement.pk if door.agreement else None) == consultation.agreement_id
            and (door.meeting.pk if door.meeting else None) == consultation.meeting_id
        )
        if not same:
            continue
        if door.way == Way.OWN_HOUSE:
            someone = {None, *(user.pk for user in door.colleagues)}
            if consultation.adviser_id in someone:
                return door
        elif door.way == Way.DISCUSSION or (
            (door.recipient.pk if door.recipient else None) == consultation.recipient_id
            and (door.adviser.pk if door.adviser else None) == consultation.adviser_id
        ):
            return door
    return None


# --- what the doors look at ---------------------------------------------------------------------------------------


@dataclass
class _Look:
    """What several doors need, loaded once."""

    actor: Actor
    network: Network
    own: Organization
    people: Mapping[uuid.UUID, Sequence[User]]
    """Who works where now, by organisation."""
    here: frozenset[uuid.UUID]
    """Organisations that belong to the network now."""
    away: Mapping[uuid.UUID, User | None]
    """Who is away today, and their deputy."""
    meetings: Sequence[Meeting]
    invited: Mapping[uuid.UUID, frozenset[uuid.UUID | None]]
    """Meeting → organisations that are invited."""

    @classmethod
    def around(cls, actor: Actor, network: Network, own_id: uuid.UUID, grounds: Iterable[Ground]) -> _Look:
        wanted = {own_id, *(party.organization_id for ground in grounds for party in ground.parties)}
        people: dict[uuid.UUID, list[User]] = defaultdict(list)
        rows = Membership.objects.filter(organization__in=wanted, ended_on__isnull=True, user__is_active=True)
        for row in rows.select_related("user").order_by("user__name", "id"):
            if row.organization_id is not None:
                people[row.organization_id].append(row.user)
        today = timezone.localdate()
        here = NetworkMember.objects.filter(network=network, left_on__isnull=True)
        away = Absence.objects.filter(organization__in=wanted, since__lte=today, until__gte=today)
        meetings = list(_coming(network))
        invited: dict[uuid.UUID, set[uuid.UUID | None]] = defaultdict(set)
        for meeting_id, organization_id in (
            Participant.objects.filter(meeting__in=meetings, removed_at__isnull=True)
            .filter(Q(organization=own_id) | Q(user=actor.user_id, user__isnull=False))
            .values_list("meeting", "organization")
        ):
            invited[meeting_id].add(organization_id)
        return cls(
            actor=actor,
            network=network,
            own=Organization.objects.get(pk=own_id),
            people=people,
            here=frozenset(here.values_list("organization", flat=True)),
            away={one.user_id: one.deputy for one in away.select_related("deputy")},
            meetings=meetings,
            invited={pk: frozenset(who) for pk, who in invited.items()},
        )

    def named(self, email: str, parties: Iterable[uuid.UUID]) -> tuple[User, uuid.UUID] | None:
        """The account of an address among the people of these organisations, and where they work."""
        wanted = email.strip().lower()
        for organization_id in parties:
            for user in self.people.get(organization_id, ()):
                if wanted and user.email.lower() == wanted:
                    return user, organization_id
        return None

    def stand_in(self, user: User) -> str:
        """Who answers for somebody who is away today; empty when nobody is away."""
        if user.pk not in self.away:
            return ""
        deputy = self.away[user.pk]
        return deputy.full_name if deputy else pgettext("stands in for somebody", "the lead")


def _coming(network: Network) -> Iterable[Meeting]:
    return (
        Meeting.objects.filter(
            network=network,
            kind__in=[Kind.CASE_DISCUSSION, Kind.EXCHANGE],
            state=Meeting.State.PLANNED,
            starts_at__gt=timezone.now(),
        )
        .select_related("network")
        .order_by("starts_at", "id")[:24]
    )


# --- why a door is closed -----------------------------------------------------------------------------------------


def _lapsed(look: _Look, ground: Ground) -> Denied | None:
    """Why an agreement as a whole opens nothing for this organisation; None when it does."""
    agreement, left = ground.agreement, ground.left(look.own.pk)
    if agreement.state == Agreement.State.WORKING:
        return Denied(
            _("“%(title)s” is still being worked out. It allows this once it is signed and in force.")
            % {"title": agreement.title}
        )
    if not ground.binds:
        day = agreement.ended_on
        if agreement.state == Agreement.State.ENDED and day is not None:
            return Denied(
                _("“%(title)s” ended on %(day)s. Until a new one is in force it allows nothing any more.")
                % {"title": agreement.title, "day": _day(day)}
            )
        return Denied(_("“%(title)s” is not in force.") % {"title": agreement.title})
    if left is not None:
        day = left.left_on or left.leaving_on
        return Denied(
            _("Your organisation left “%(title)s” on %(day)s.")
            % {"title": agreement.title, "day": _day(day) if day else "–"}
        )
    if ground.party(look.own.pk) is None:
        return Denied(_("Your organisation is not a party of “%(title)s”.") % {"title": agreement.title})
    return None


def _first(lapsed: Denied | None, otherwise: Denied) -> Denied:
    """What closes the whole agreement comes first. Written out, because a denial is falsy."""
    return otherwise if lapsed is None else lapsed


def _not_agreed(ground: Ground, key: str) -> Denied:
    stand = ground.standing.by_key.get(key) if ground.standing else None
    if stand is not None and stand.answer is not None:
        return Denied(_("There is no answer to this that every party agrees to."))
    return Denied(_("The parties have not agreed on this."))


def _remedy(look: _Look, ground: Ground | None, key: str = "") -> Remedy:
    """Where to go: the agreement's own question, as long as it can be changed there; else raising a need."""
    if ground is not None and ground.agreement.state == Agreement.State.WORKING and key:
        return Remedy(
            str(_("See the question in the agreement")),
            reverse("agreements:question", args=[ground.agreement.pk, key]),
        )
    return Remedy(str(_("Raise it as a need")), reverse("cooperation:need_new", args=[look.network.slug]))


# --- one way after the other --------------------------------------------------------------------------------------


def _partners(look: _Look, ground: Ground) -> Iterator[Door]:
    """The other parties, where asking without identity was agreed as the rule."""
    question = ground.permitting(IDENTITY)
    lapsed = _lapsed(look, ground)
    if lapsed is not None or question is None:
        denied = _first(lapsed, Denied(_("This agreement says nothing about asking without identity.")))
        yield _closed(look, ground, Way.PARTNER, denied, question.key if question else "")
        return
    value = ground.agreed(question.key)
    if value is None:
        yield _closed(look, ground, Way.PARTNER, _not_agreed(ground, question.key), question.key)
        return
    clause = ground.clause(question.key)
    if not value.get("yes"):
        denied = Denied(_("The parties agreed that asking without identity is not the rule."))
        yield _closed(look, ground, Way.PARTNER, denied, question.key)
        return
    promise = promise_of(ground)
    for party in sorted(
        (p for p in ground.parties if p.organization_id != look.own.pk),
        key=lambda p: _other_side(look, p.organization),
    ):
        yield Door(
            way=Way.PARTNER,
            permission=_reachable(look, party.organization),
            agreement=ground.agreement,
            clause=clause,
            recipient=party.organization,
            promise=promise,
        )
    for party in ground.gone:
        if party.organization_id != look.own.pk:
            day = party.left_on or party.leaving_on
            yield Door(
                way=Way.PARTNER,
                permission=Denied(_("Left the agreement on %(day)s.") % {"day": _day(day)}),
                agreement=ground.agreement,
                clause=clause,
                recipient=party.organization,
            )


def _other_side(look: _Look, organization: Organization) -> tuple[bool, str, str]:
    """The other help systems first: that is what an agreement is for."""
    same = organization.help_system == look.own.help_system
    return same, organization.help_system, organization.name.casefold()


def _reachable(look: _Look, organization: Organization) -> Permission:
    if organization.pk not in look.here:
        return Denied(_("Does not belong to this network any more."))
    if not look.people.get(organization.pk):
        return Denied(
            _("Nobody there has an account yet. Please call; the network coordination can invite them.")
        )
    return YES


def _advisers(look: _Look, ground: Ground) -> Iterator[Door]:
    """The experienced professional whom one's own party names, and the deputy; else those whom others name."""
    if ground.pack is None or not ground.pack.has_question(ADVISERS):
        return
    lapsed = _lapsed(look, ground)
    value = ground.agreed(ADVISERS)
    if lapsed is not None or value is None:
        yield _closed(look, ground, Way.ADVISER, _first(lapsed, _not_agreed(ground, ADVISERS)), ADVISERS)
        return
    contacts = value.get("contacts") or {}
    mine = ground.party(look.own.pk)
    named = [contacts[str(mine.pk)]] if mine is not None and str(mine.pk) in contacts else []
    if not named:
        here = {str(party.pk) for party in ground.parties}
        named = [contact for party, contact in contacts.items() if party in here]
    if not named:
        denied = Denied(_("No experienced child-protection professional is named."))
        yield _closed(look, ground, Way.ADVISER, denied, ADVISERS)
    seen: set[str] = set()
    places = [party.organization_id for party in ground.parties]
    organizations = {party.organization_id: party.organization for party in ground.parties}
    promise, clause = promise_of(ground), ground.clause(ADVISERS)
    for raw in named:
        for contact in _people(raw):
            known = (contact.email or contact.name or contact.role).strip().lower()
            if known in seen:
                continue
            seen.add(known)
            account = look.named(contact.email, places)
            user, where = account or (None, None)
            yield Door(
                way=Way.ADVISER,
                permission=_can_reach(look, user, organizations.get(where) if where else None),
                agreement=ground.agreement,
                clause=clause,
                recipient=organizations.get(where) if where else None,
                adviser=user,
                contact=contact,
                stands_in=look.stand_in(user) if user else "",
                promise=promise,
            )


def _people(raw: Mapping[str, str]) -> Iterator[Contact]:
    def text(name: str) -> str:
        return str(raw.get(name) or "")

    yield Contact(text("name"), text("role"), text("phone"), text("email"), text("hours"))
    if raw.get("deputy_name") or raw.get("deputy_email") or raw.get("deputy_phone"):
        yield Contact(
            text("deputy_name"),
            pgettext("person", "Deputy"),
            text("deputy_phone"),
            text("deputy_email"),
            deputy=True,
        )


def _can_reach(look: _Look, user: User | None, organization: Organization | None) -> Permission:
    if user is None or organization is None:
        return Denied(_("Has no account here. Please call."))
    if user.pk == look.actor.user_id:
        return Denied(_("That is you. Your colleagues can be asked in your own house."))
    if organization.pk not in look.here:
        return Denied(_("Does not belong to this network any more."))
    return YES


def _discussions(look: _Look, ground: Ground) -> Iterator[Door]:
    """Planned case discussions and exchanges to which the own organisation is invited."""
    question = ground.permitting(DISCUSSION)
    if question is None:
        return
    lapsed = _lapsed(look, ground)
    if lapsed is not None or ground.agreed(question.key) is None:
        yield _closed(
            look, ground, Way.DISCUSSION, _first(lapsed, _not_agreed(ground, question.key)), question.key
        )
        return
    clause = ground.clause(question.key)
    meetings = [m for m in look.meetings if m.subject_id in (None, ground.agreement.pk)]
    if not meetings:
        yield Door(
            way=Way.DISCUSSION,
            permission=Denied(_("No case discussion or exchange has a date yet.")),
            agreement=ground.agreement,
            clause=clause,
            remedy=Remedy(str(_("See the meetings")), reverse("meetings:network", args=[look.network.slug])),
        )
    for meeting in meetings:
        yield Door(
            way=Way.DISCUSSION,
            permission=YES
            if look.invited.get(meeting.pk)
            else Denied(_("Your organisation is not invited to this meeting.")),
            agreement=ground.agreement,
            clause=clause,
            meeting=meeting,
        )


def _own_house(look: _Look) -> Door:
    """Colleagues: no agreement is needed for what stays in the house."""
    colleagues = tuple(u for u in look.people.get(look.own.pk, ()) if u.pk != look.actor.user_id)
    return Door(
        way=Way.OWN_HOUSE,
        permission=YES
        if colleagues
        else Denied(_("Nobody else of your organisation has an account here yet.")),
        recipient=look.own,
        colleagues=colleagues,
        promise=promise_of(None),
    )


def _closed(look: _Look, ground: Ground, way: str, denied: Denied, key: str) -> Door:
    clause = ground.clause(key) if key and ground.binds and ground.party(look.own.pk) else None
    return Door(
        way=way,
        permission=denied,
        agreement=ground.agreement,
        clause=clause,
        remedy=_remedy(look, ground, key),
    )


def _without_echo(found: Sequence[Door]) -> list[Door]:
    """Where another agreement opens a way, or the very same partner, a closed one of the same says nothing new."""
    ways = {door.way for door in found if door.open}
    partners = {door.recipient.pk for door in found if door.open and door.recipient}
    kept, seen = [], set()
    for door in found:
        general = door.recipient is None and door.contact is None and door.meeting is None
        if not door.open and general and door.way in ways:
            continue
        if not door.open and door.way == Way.PARTNER and door.recipient and door.recipient.pk in partners:
            continue
        same = (door.way, door.recipient and door.recipient.pk, door.adviser and door.adviser.pk)
        if door.open and door.meeting is None:
            if same in seen:
                continue  # two agreements allow the same: the first is enough
            seen.add(same)
        kept.append(door)
    return kept


# --- what was sent, and has lost its ground since -----------------------------------------------------------------


@dataclass(frozen=True)
class Lapse:
    """Something changed after a question was sent: what, and whether an answer may still come."""

    code: str
    words: str
    answerable: bool = True


def lapses(consultations: Iterable[Consultation]) -> dict[uuid.UUID, Lapse]:
    """What changed since these were sent: agreement over, party gone, adviser gone. Eight queries for all of them."""
    sent = [c for c in consultations if c.way != Way.OWN_HOUSE and c.state != Consultation.State.ENDED]
    if not sent:
        return {}
    agreements = Agreement.objects.filter(pk__in={c.agreement_id for c in sent if c.agreement_id})
    grounds = {g.agreement.pk: g for g in load_grounds(agreements.select_related("network"))}
    places = {c.recipient_id for c in sent if c.recipient_id}
    working = set(
        Membership.objects.filter(
            organization__in=places, ended_on__isnull=True, user__is_active=True
        ).values_list("user", "organization")
    )
    peopled = {organization for _user, organization in working}
    members = set(
        NetworkMember.objects.filter(
            network__in={c.network_id for c in sent}, organization__in=places, left_on__isnull=True
        ).values_list("network", "organization")
    )
    found = {}
    for one in sent:
        lapse = _lapse(
            one, grounds.get(one.agreement_id) if one.agreement_id else None, working, peopled, members
        )
        if lapse is not None:
            found[one.pk] = lapse
    return found


def lapse_of(consultation: Consultation) -> Lapse | None:
    """What changed since one was sent."""
    return lapses([consultation]).get(consultation.pk)


def _lapse(
    one: Consultation,
    ground: Ground | None,
    working: Collection[tuple[uuid.UUID, uuid.UUID | None]],
    peopled: Collection[uuid.UUID | None],
    members: set[tuple[uuid.UUID, uuid.UUID]],
) -> Lapse | None:
    if one.way == Way.DISCUSSION:
        if one.meeting is None or one.meeting.state == Meeting.State.CANCELLED:
            return Lapse("meeting_cancelled", str(_("The meeting it was meant for does not take place.")))
    elif one.recipient_id is not None:
        if (one.network_id, one.recipient_id) not in members or one.recipient_id not in peopled:
            return Lapse(
                "recipient_left",
                str(_("The organisation that was asked does not belong to the network any more.")),
                answerable=one.recipient_id in peopled,
            )
        if ground is not None and ground.binds and ground.party(one.recipient_id) is None:
            return Lapse("party_left", str(_("The organisation that was asked has left the agreement.")))
        if one.adviser_id is not None and (one.adviser_id, one.recipient_id) not in working:
            return Lapse(
                "adviser_left",
                str(_("The person who was asked does not work there any more. The lead answers instead.")),
            )
    if ground is not None and not ground.binds:
        return Lapse(
            "agreement_ended",
            str(_("The agreement has ended. What was asked may still be answered; nothing new is asked.")),
        )
    return None
