"""Raising a need in a minute, joining one, changing it, taking it back, and saying whether the answer helped.

What was raised without a name is recorded as done by the system, without person and organisation: the log of changes
outlives the need and is read by others. That somebody who belongs to the network acted is checked before; who it was,
the need itself keeps (`raised_by`), for the answer and for nothing else.

The identity guard sits in the guarded fields of `forms.needs`: what arrives here has passed it.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mtd.accounts.models import User
from mtd.audit.actions import record
from mtd.cooperation.models import Need, NeedGroup
from mtd.cooperation.permissions import can_change_need, can_raise_need, can_say_helped
from mtd.cooperation.queries.needs import live_needs, need_address, raisers_here, system_to_keep, words
from mtd.core.actor import SYSTEM, Actor
from mtd.core.errors import Refused, require
from mtd.notifications.actions import notify
from mtd.organizations.models import Network, Organization
from mtd.organizations.queries import coordinators_of, organizations_of

from .needs_steps import (
    LIMIT,
    State,
    clean_text,
    empty_groups,
    empty_needs,
    in_whose_name,
    lock_group,
    lock_group_of,
    move_needs,
    require_waiting,
)


@transaction.atomic(durable=True)
def raise_need(
    *,
    actor: Actor,
    network: Network,
    text: str,
    topic: str,
    anonymous: bool = False,
    organization: Organization | None = None,
    raised_on: date | None = None,
) -> Need:
    """Write down what does not work or is missing; it stands in the network's list at once.

    Without a name, no organisation is kept: at most the help system, where two organisations of it are there. The
    coordination may raise it for an organisation, and say on which earlier day it was told.
    """
    require(can_raise_need(actor, network))
    clean = clean_text(text)
    if topic not in NeedGroup.Topic.values:
        raise Refused(_("Choose what it is about."), code="topic", field="topic")
    day = _day(actor, network, raised_on)
    group = NeedGroup.objects.create(network=network, topic=topic, wording=clean, first_raised_on=day)
    need = _need(actor, group, clean, anonymous=anonymous, organization=organization, day=day)
    record(in_whose_name(actor, need), "need.raised", group, topic=topic, anonymous=anonymous)
    _tell_coordination(actor, group)
    return need


@transaction.atomic(durable=True)
def join_need(*, actor: Actor, group: NeedGroup, text: str = "", anonymous: bool = False) -> Need:
    """Say "we too" to a need that waits, with own words or without; the answer comes back to all who did."""
    group = lock_group(group.pk)
    require(can_raise_need(actor, group.network))
    require_waiting(group)
    if any(need.raised_by_id == actor.user_id for need in live_needs(group)):
        raise Refused(_("You raised this need already. The answer will come to you."), code="already")
    clean = clean_text(text, empty=True)
    need = _need(actor, group, clean, anonymous=anonymous, organization=None, day=timezone.localdate())
    record(in_whose_name(actor, need), "need.joined", group, anonymous=anonymous)
    return need


@transaction.atomic(durable=True)
def same_as(*, actor: Actor, need: Need, group: NeedGroup) -> NeedGroup:
    """Put one's own new need to one that says the same; the day it was raised and the own words stay."""
    need = Need.objects.get(pk=need.pk)
    rows = {pk: lock_group(pk) for pk in sorted({need.group_id, group.pk})}
    own, other = rows[need.group_id], rows[group.pk]
    require(can_change_need(actor, need))
    _require_own_and_new(own, need)
    if other.network_id != own.network_id or other.pk == own.pk:
        raise Refused(_("Choose another need of this network."), code="other_network")
    require_waiting(other)
    if any(n.raised_by_id == actor.user_id for n in live_needs(other)):
        raise Refused(_("You raised this need already. The answer will come to you."), code="already")
    move_needs(own, other)
    record(in_whose_name(actor, need), "need.joined", other, anonymous=need.anonymous)
    return other


@transaction.atomic(durable=True)
def edit_need(*, actor: Actor, need: Need, text: str, topic: str) -> Need:
    """Change one's own words, as long as nobody else joined and the coordination has not taken it up."""
    group = lock_group_of(need)
    need = Need.objects.get(pk=need.pk)
    require(can_change_need(actor, need))
    _require_own_and_new(group, need)
    clean = clean_text(text)
    if topic not in NeedGroup.Topic.values:
        raise Refused(_("Choose what it is about."), code="topic", field="topic")
    need.text = group.wording = clean
    group.topic = topic
    need.save(update_fields=["text", "data_key_id"])
    group.save(update_fields=["wording", "topic", "data_key_id"])
    record(in_whose_name(actor, need), "need.changed", group, topic=topic)
    return need


@transaction.atomic(durable=True)
def withdraw_need(*, actor: Actor, need: Need) -> NeedGroup:
    """Take one's own need back before it is decided: its words are destroyed, and it does not count any more."""
    group = lock_group_of(need)
    need = Need.objects.get(pk=need.pk)
    require(can_change_need(actor, need))
    if need.withdrawn_at is not None:
        raise Refused(_("You took this need back already."), code="withdrawn")
    require_waiting(group)
    said = words(need, "text")
    Need.objects.filter(pk=need.pk).update(withdrawn_at=timezone.now())
    empty_needs([need])
    rest = live_needs(group)
    if not rest:
        group.state = State.WITHDRAWN
        group.save(update_fields=["state"])
        empty_groups([group])
    else:
        group.first_raised_on = min(n.raised_on for n in rest)
        if words(group, "wording") == said:
            group.wording = next((words(n, "text") for n in rest if words(n, "text")), said)
        group.save(update_fields=["first_raised_on", "wording", "data_key_id"])
    record(in_whose_name(actor, need), "need.withdrawn", group)
    return group


@transaction.atomic(durable=True)
def say_helped(*, actor: Actor, need: Need, helped: str, note: str = "") -> Need:
    """Say whether what was decided helped: yes, in part, no, and why. It can be said anew when that changes."""
    group = lock_group_of(need)
    need = Need.objects.get(pk=need.pk)
    here = need.pk in raisers_here([need], group.network)
    require(can_say_helped(actor, need, raiser_is_here=here))
    if need.withdrawn_at is not None or group.state != State.DECIDED:
        raise Refused(_("There is no answer yet that could have helped."), code="not_answered")
    if helped not in Need.Helped.values:
        raise Refused(_("Choose whether it helped."), code="helped", field="helped")
    need.helped_note = clean_text(note, limit=LIMIT, name="note", empty=True)
    need.helped, need.helped_on = helped, timezone.localdate()
    need.answered_on = need.answered_on or timezone.localdate()  # who answers has read the answer
    need.save(update_fields=["helped", "helped_on", "helped_note", "answered_on", "data_key_id"])
    record(in_whose_name(actor, need), "need.helped", group, helped=helped)
    return need


# ---------------------------------------------------------------- the parts they share


def _day(actor: Actor, network: Network, raised_on: date | None) -> date:
    today = timezone.localdate()
    if raised_on is None or raised_on == today:
        return today
    if network.pk not in actor.coordinates:
        raise Refused(
            _("Only the coordination enters what was told earlier."), code="earlier", field="raised_on"
        )
    if raised_on > today:
        raise Refused(_("This day has not come yet."), code="future", field="raised_on")
    return raised_on


def _need(
    actor: Actor,
    group: NeedGroup,
    text: str,
    *,
    anonymous: bool,
    organization: Organization | None,
    day: date,
) -> Need:
    speaks = _speaks_for(actor, group.network, organization)
    return Need.objects.create(
        group=group,
        organization=None if anonymous else speaks,
        help_system=system_to_keep(group.network, speaks.help_system) if anonymous and speaks else "",
        raised_by_id=actor.user_id,
        anonymous=anonymous,
        text=text,
        raised_on=day,
    )


def _speaks_for(actor: Actor, network: Network, chosen: Organization | None) -> Organization | None:
    """The organisation that raises it: one's own in this network, or the one the coordination raises it for."""
    own = {org for org, net in actor.organization_networks if net == network.pk}
    if chosen is not None:
        if chosen.pk in own:
            return chosen
        if network.pk in actor.coordinates and organizations_of(network).filter(pk=chosen.pk).exists():
            return chosen
        raise Refused(_("Choose an organisation of this network."), code="organization", field="organization")
    if network.pk in actor.coordinates and actor.organization_id not in own:
        return None
    pk = actor.organization_id if actor.organization_id in own else min(own, key=str)
    return Organization.objects.get(pk=pk)


def _require_own_and_new(group: NeedGroup, need: Need) -> None:
    require_waiting(group)
    if need.withdrawn_at is not None:
        raise Refused(_("You took this need back already."), code="withdrawn")
    alone = [n.pk for n in live_needs(group)] == [need.pk]
    if group.state != State.NEW or not alone or words(group, "wording") != words(need, "text"):
        raise Refused(
            _("The coordination has taken this need up, or others joined it. You can still take yours back."),
            code="grouped",
        )


def _tell_coordination(actor: Actor, group: NeedGroup) -> None:
    others: list[User] = [user for user in coordinators_of(group.network) if user.pk != actor.user_id]
    name = group.network.name
    notify(
        actor=SYSTEM,
        users=others,
        kind="needs.raised",
        text=lambda: gettext("A need was raised in %(network)s.") % {"network": name},
        link=need_address(group),
    )
