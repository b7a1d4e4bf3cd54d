"""Visits of job shadowing: asking for a place, answering, undertaking secrecy, reporting, calling off.

The identity guard sits in the guarded fields of `forms.shadowing`: what arrives here has passed it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from mtd.accounts.models import User
from mtd.audit.actions import record
from mtd.cooperation.models import ShadowingDate, ShadowingOffer, ShadowingVisit
from mtd.cooperation.permissions import (
    can_host,
    can_report_visit,
    can_request_shadowing,
    can_undertake,
    can_view_visit,
    own_organizations,
)
from mtd.cooperation.queries.shadowing import (
    COMING,
    free_places,
    hosts_of,
    left_behind,
    local_today,
    overtaken,
    running_member,
    visits_due,
)
from mtd.cooperation.undertaking import language_of, undertaking_document
from mtd.core.actor import Actor
from mtd.core.encryption import destroy
from mtd.core.errors import NotAllowed, Refused, require
from mtd.documents.actions import seal, store_file
from mtd.documents.pdf import render
from mtd.notifications.actions import notify
from mtd.organizations.models import Membership

State = ShadowingVisit.State


# --- a visit ------------------------------------------------------------------------------------------------------


@transaction.atomic(durable=True)
def request_visit(*, actor: Actor, day: ShadowingDate, wish: str = "") -> ShadowingVisit:
    """Ask for a place on a day; the host answers. Raises Refused for a full, past or already asked day."""
    day = _locked_day(day)
    offer = day.offer
    require(can_request_shadowing(actor, offer))
    _require_open(offer)
    if not ShadowingOffer.objects.filter(running_member(), pk=offer.pk).exists():
        raise Refused(_("This organisation has left the network."), code="host_left")
    if day.on < local_today(offer.network):
        raise Refused(_("This day has passed. Please choose another one."), code="past", field="date")
    if free_places(day) == 0:
        raise Refused(
            _("All places of this day are taken. Please choose another one."), code="full", field="date"
        )
    if day.visits.filter(visitor=actor.user_id, state__in=(*COMING, State.DONE)).exists():
        raise Refused(_("You have asked for this day already."), code="twice", field="date")
    try:
        with transaction.atomic():
            visit = ShadowingVisit.objects.create(
                date=day,
                visitor_id=actor.user_id,
                organization_id=own_organizations(actor, offer.network)[0],
                wish=wish,
            )
    except IntegrityError as twice:
        raise Refused(_("You have asked for this day already."), code="twice", field="date") from twice
    record(actor, "shadowing.requested", visit, offer=offer.pk, on=day.on)
    name = visit.organization.name
    _tell(
        actor,
        visit,
        hosts_of(offer),
        "requested",
        lambda: (
            _("%(name)s asks for a place in your job shadowing on %(day)s") % {"name": name, "day": _day(day)}
        ),
    )
    return visit


@transaction.atomic(durable=True)
def answer_request(*, actor: Actor, visit: ShadowingVisit, accept: bool, answer: str = "") -> ShadowingVisit:
    """Accept or decline a request. Raises Refused when the day is full, or the visitor has left meanwhile."""
    visit = _locked_visit(visit)
    require(can_host(actor, visit.date.offer))
    _require_state(visit, State.REQUESTED)
    if accept:
        if visit.date.on < local_today(visit.date.offer.network):
            raise Refused(_("This day has passed. Please agree on another one."), code="past")
        if free_places(visit.date) == 0:
            raise Refused(_("All places of this day are taken."), code="full")
        if left_behind().filter(pk=visit.pk).exists():
            raise Refused(_("This person no longer works for the organisation."), code="left")
    visit.state = State.ACCEPTED if accept else State.DECLINED
    visit.answer = answer
    visit.save(update_fields=["state", "answer", "data_key_id"])
    record(actor, "shadowing.accepted" if accept else "shadowing.declined", visit, on=visit.date.on)
    day, host = visit.date, visit.date.offer.organization.name
    if accept:
        said: Callable[[], str] = lambda: (  # noqa: E731
            _("%(name)s expects you on %(day)s. Please sign the undertaking of secrecy first.")
            % {"name": host, "day": _day(day)}
        )
    else:
        said = lambda: _("%(name)s cannot take you on %(day)s") % {"name": host, "day": _day(day)}  # noqa: E731
    _tell(actor, visit, _visitor(visit), "answered", said)
    return visit


@transaction.atomic(durable=True)
def undertake_secrecy(*, actor: Actor, visit: ShadowingVisit, declaration: str) -> ShadowingVisit:
    """Sign the undertaking of secrecy; the view has confirmed the second factor just before.

    `declaration` is the visitor's own name, typed. The sealed PDF is kept with the visit.
    """
    visit = _locked_visit(visit)
    require(can_undertake(actor, visit))
    _require_state(visit, State.ACCEPTED)
    user = User.objects.get(pk=str(actor.user_id))
    if " ".join(declaration.split()).casefold() not in {user.name.casefold(), user.full_name.casefold()}:
        raise Refused(_("Please type your name as it stands above."), code="declaration", field="declaration")
    now = timezone.now().replace(microsecond=0)
    offer = visit.date.offer
    on = timezone.localtime(now, offer.network.zone).date()
    with override(language_of(visit)):
        reason = _("Undertaking of secrecy")
    pdf = seal(
        actor=actor,
        pdf=render(undertaking_document(visit, signer=user, on=on)).pdf,
        signer=user.full_name,
        organization=visit.organization.name,
        email=user.email,
        field_name=f"Undertaking-{visit.pk.hex[:8]}",
        reason=reason,
        location=visit.organization.city,
        signed_at=now,
    )
    visit.undertaking = store_file(actor=actor, name=f"undertaking-{visit.pk.hex[:8]}.pdf", content=pdf)
    visit.state, visit.undertaken_at = State.READY, now
    visit.save(update_fields=["undertaking", "state", "undertaken_at"])
    record(actor, "shadowing.undertaken", visit, sha256=visit.undertaking.sha256)
    day = visit.date
    name = visit.organization.name
    _tell(
        actor,
        visit,
        hosts_of(offer),
        "undertaken",
        lambda: (
            _("The undertaking of secrecy for %(day)s is signed (%(name)s)")
            % {"name": name, "day": _day(day)}
        ),
        direct=False,
    )
    return visit


@transaction.atomic(durable=True)
def report_visit(*, actor: Actor, visit: ShadowingVisit, report: str) -> ShadowingVisit:
    """Say what one learnt, without any family; from now on the visit counts as evidence."""
    visit = _locked_visit(visit)
    require(can_report_visit(actor, visit))
    _require_state(visit, State.READY)
    today = local_today(visit.date.offer.network)
    if visit.date.on > today:
        raise Refused(
            _("The visit is still to come. Please report afterwards."), code="too_early", field="report"
        )
    if not report.strip():
        raise Refused(_("Two or three sentences are enough."), code="empty", field="report")
    visit.report, visit.state, visit.reported_on = report.strip(), State.DONE, today
    visit.save(update_fields=["report", "state", "reported_on", "data_key_id"])
    record(actor, "shadowing.reported", visit, on=visit.date.on)
    name = visit.organization.name
    _tell(
        actor,
        visit,
        hosts_of(visit.date.offer),
        "reported",
        lambda: _("%(name)s has written a report on the job shadowing with you") % {"name": name},
        direct=False,
    )
    return visit


@transaction.atomic(durable=True)
def cancel_visit(*, actor: Actor, visit: ShadowingVisit) -> ShadowingVisit:
    """Call a visit off before its report: the visitor, their lead, or the host. The others are told."""
    visit = _locked_visit(visit)
    if not can_view_visit(actor, visit):
        raise NotAllowed(_("Only who goes and who receives can cancel a visit."), code="not_allowed")
    _require_state(visit, *COMING)
    _cancel(actor, visit, "shadowing.cancelled")
    return visit


def _cancel(actor: Actor, visit: ShadowingVisit, verb: str) -> None:
    visit.state = State.CANCELLED
    visit.save(update_fields=["state"])
    record(actor, verb, visit, on=visit.date.on)
    day = visit.date
    _tell(
        actor,
        visit,
        [*hosts_of(visit.date.offer), *_visitor(visit)],
        "cancelled",
        lambda: _("The job shadowing of %(day)s will not take place") % {"day": _day(day)},
    )


# --- the clock ----------------------------------------------------------------------------------------------------


@transaction.atomic(durable=True)
def release_visit(*, actor: Actor, visit_id: uuid.UUID) -> bool:
    """Cancel a visit whose visitor has left, or whose day passed without an answer or an undertaking."""
    visit = _locked_visit(ShadowingVisit(pk=visit_id))
    today = local_today(visit.date.offer.network)
    due = left_behind().filter(pk=visit.pk, date__on__gte=today) | overtaken(today).filter(pk=visit.pk)
    if not due.exists():
        return False
    _cancel(actor, visit, "shadowing.released")
    return True


@transaction.atomic(durable=True)
def empty_old_visits(*, actor: Actor, now: datetime | None = None) -> int:
    """Destroy wish, answer and report of visits of long ago (MTD_KEEP_SHADOWING); returns how many."""
    due = list(visits_due(now or timezone.now()).defer("wish", "answer", "report"))
    for visit in due:
        destroy(visit)
        visit.data_key_id = None
        visit.wish = visit.answer = visit.report = ""
        visit.emptied_on = timezone.localdate()
        visit.save(update_fields=["data_key_id", "wish", "answer", "report", "emptied_on"])
        record(actor, "shadowing.emptied", visit)
    return len(due)


# --- what these share ---------------------------------------------------------------------------------------------


def _locked_day(day: ShadowingDate) -> ShadowingDate:
    found = ShadowingDate.objects.select_for_update(of=("self",))
    return found.select_related("offer__organization", "offer__network").get(pk=day.pk)


def _locked_visit(visit: ShadowingVisit) -> ShadowingVisit:
    """The visit, freshly read; its day is locked too, because places are counted there."""
    _locked_day(ShadowingVisit.objects.select_related("date").get(pk=visit.pk).date)
    found = ShadowingVisit.objects.select_for_update(of=("self",))
    return found.select_related("date__offer__organization", "date__offer__network", "organization").get(
        pk=visit.pk
    )


def _require_open(offer: ShadowingOffer) -> None:
    if offer.closed_at is not None:
        raise Refused(_("This offer is closed and takes no more requests."), code="closed")


def _require_state(visit: ShadowingVisit, *states: str) -> None:
    if visit.state not in states:
        raise Refused(
            _("This visit has moved on: it is now “%(state)s”. Please reload the page.")
            % {"state": visit.get_state_display()},
            code="wrong_state",
        )


def _day(day: ShadowingDate) -> str:
    return date_format(day.on, "DATE_FORMAT")


def _visitor(visit: ShadowingVisit) -> list[User]:
    running = Membership.objects.filter(
        user=visit.visitor_id, organization=visit.organization_id, ended_on=None
    )
    return list(User.objects.filter(pk__in=running.values("user")))


def _tell(
    actor: Actor,
    visit: ShadowingVisit,
    users: Iterable[User],
    kind: str,
    text: Callable[[], str],
    direct: bool = True,
) -> None:
    link = reverse("cooperation:visit", args=[visit.date.offer.network.slug, visit.pk])
    notify(actor=actor, users=users, kind=f"exchange.shadowing_{kind}", text=text, link=link, direct=direct)
