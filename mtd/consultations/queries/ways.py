"""One way of asking after the other: its doors, each open with its clause or closed with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from mtd.accounts.models import User
from mtd.agreements.models import Agreement
from mtd.consultations.models import Way
from mtd.core.errors import YES, Denied, Permission
from mtd.core.templatetags.mtd import day as _day
from mtd.organizations.models import Organization

from .deadline import promise_of
from .door import Contact, Door, Remedy
from .ground import ADVISERS, DISCUSSION, IDENTITY, Ground
from .look import Look


def _lapsed(look: Look, ground: Ground) -> Denied | None:
    """Why an agreement as a whole opens nothing for this organisation; None when it does."""
    agreement, left = ground.agreement, ground.left(look.own.pk)
    if ground.coming is not None:
        return Denied(
            _("“%(title)s” is signed and comes into force on %(day)s. Until then it allows nothing.")
            % {"title": agreement.title, "day": _day(ground.coming)}
        )
    if agreement.state == Agreement.State.WORKING:
        return Denied(
            _("“%(title)s” is still being worked out. It allows this once it is signed and in force.")
            % {"title": agreement.title}
        )
    if not ground.binds:
        day = ground.ended_on
        if day is not None:
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


def _remedy(look: Look, ground: Ground | None, key: str = "") -> Remedy:
    """Where to go: the agreement's own question, as long as it can be changed there; else raising a need."""
    if ground is not None and ground.agreement.state == Agreement.State.WORKING and key:
        return Remedy(
            str(_("See the question in the agreement")),
            reverse("agreements:question", args=[ground.agreement.pk, key]),
        )
    return Remedy(str(_("Raise it as a need")), reverse("cooperation:need_new", args=[look.network.slug]))


# --- one way after the other --------------------------------------------------------------------------------------


def partners(look: Look, ground: Ground) -> Iterator[Door]:
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


def _other_side(look: Look, organization: Organization) -> tuple[bool, str, str]:
    """The other help systems first: that is what an agreement is for."""
    same = organization.help_system == look.own.help_system
    return same, organization.help_system, organization.name.casefold()


def _reachable(look: Look, organization: Organization) -> Permission:
    if organization.pk not in look.here:
        return Denied(_("Does not belong to this network any more."))
    if not look.people.get(organization.pk):
        return Denied(
            _("Nobody there has an account yet. Please call; the network coordination can invite them.")
        )
    return YES


def advisers(look: Look, ground: Ground) -> Iterator[Door]:
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
                stands_in=look.stand_in(user, where) if user and where else "",
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


def _can_reach(look: Look, user: User | None, organization: Organization | None) -> Permission:
    if user is None or organization is None:
        return Denied(_("Has no account here. Please call."))
    if user.pk == look.actor.user_id:
        return Denied(_("That is you. Your colleagues can be asked in your own house."))
    if organization.pk not in look.here:
        return Denied(_("Does not belong to this network any more."))
    return YES


def discussions(look: Look, ground: Ground) -> Iterator[Door]:
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


def own_house(look: Look) -> Door:
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


def _closed(look: Look, ground: Ground, way: str, denied: Denied, key: str) -> Door:
    clause = ground.clause(key) if key and ground.binds and ground.party(look.own.pk) else None
    return Door(
        way=way,
        permission=denied,
        agreement=ground.agreement,
        clause=clause,
        remedy=_remedy(look, ground, key),
    )
