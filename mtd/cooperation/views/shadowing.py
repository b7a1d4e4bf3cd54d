"""Pages of job shadowing: the offers of a network, one offer, and who has been where."""

from __future__ import annotations

import csv
import uuid
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mtd.cooperation.actions import shadowing as visits
from mtd.cooperation.actions import shadowing_offers as offers
from mtd.cooperation.between import Path, Place, between
from mtd.cooperation.forms.shadowing import OfferForm, RequestForm, SlotForm
from mtd.cooperation.models import ShadowingDate, ShadowingOffer, ShadowingVisit
from mtd.cooperation.permissions import (
    can_host,
    can_offer_shadowing,
    can_request_shadowing,
    is_host,
    own_organizations,
    visible_offers,
)
from mtd.cooperation.queries import shadowing as queries
from mtd.core.actor import Actor
from mtd.core.banks import party_codes
from mtd.core.errors import Denied, Permission, Refused, require
from mtd.core.http import actor_of, get_or_404
from mtd.core.templatetags.mtd import weekday
from mtd.organizations.models import Network, Organization

from .gate import network_or_404

State = ShadowingVisit.State


def why_not(permission: Permission) -> str:
    """The reason that labels a blocked button; empty when the person may."""
    return str(permission.reason) if isinstance(permission, Denied) else ""


def shadowing(request: HttpRequest, slug: str) -> HttpResponse:
    """Offers with their days, one's own visits, and who has been where."""
    network, actor = network_or_404(request, slug), actor_of(request)
    year = _year(request.GET.get("year", ""))
    exchanged = queries.exchanged(network, year)
    if request.GET.get("format") == "csv":
        return _as_csv(exchanged)
    visible = list(queries.visits_of(actor, network))
    cards = queries.cards(actor, network)
    context = {
        "network": network,
        "cards": cards,
        "mine": [v for v in visible if v.visitor_id == actor.user_id and v.state in queries.COMING],
        "guests": [v for v in visible if v.visitor_id != actor.user_id and v.state in queries.COMING],
        "done": [v for v in reversed(visible) if v.state == State.DONE][:12],
        "hosting": [v.pk for v in visible if is_host(actor, v.date.offer)],
        "exchanged": exchanged,
        "wide": _drawn(actor, exchanged, wide=True),
        "narrow": _drawn(actor, exchanged, wide=False),
        "codes": list(zip(_codes(exchanged), exchanged.organizations, strict=True)),
        "offer_blocked": why_not(can_offer_shadowing(actor, network)),
        "today": queries.local_today(network),
    }
    return render(request, "cooperation/shadowing.html", context)


def _year(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and 1900 < int(text[:5]) < 3000 else None


def _codes(exchanged: queries.Exchanged) -> list[str]:
    return party_codes([organization.name for organization in exchanged.organizations])


def _drawn(actor: Actor, exchanged: queries.Exchanged, *, wide: bool) -> Any:
    """The picture with short names, or for a phone with letters that the list below explains."""
    if not exchanged.ways:
        return ""
    codes = _codes(exchanged)
    places = [
        Place(str(o.pk), o.short_name if wide else code, o.help_system, o.pk in actor.organization_ids)
        for code, o in zip(codes, exchanged.organizations, strict=True)
    ]
    paths = [Path(str(way.visitor.pk), str(way.host.pk), way.count) for way in exchanged.ways]
    title = ngettext("%(count)s visit", "%(count)s visits", exchanged.total) % {"count": exchanged.total}
    width, margin = (1100, 270) if wide else (350, 60)
    return between(
        places, paths, width=width, margin=margin, title=_("Who has been where: %(n)s") % {"n": title}
    )


def _as_csv(exchanged: queries.Exchanged) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="job-shadowing.csv"'
    response.write("\ufeff")
    writer = csv.writer(response, delimiter=";")
    writer.writerow([_("Visitor from"), _("Guest of"), _("Visits"), _("Year")])
    for way in exchanged.ways:
        names = [_plain(way.visitor.name), _plain(way.host.name)]
        writer.writerow([*names, way.count, exchanged.year or _("all years")])
    return response


def _plain(cell: str) -> str:
    # A cell that begins like a formula would be run by a spreadsheet.
    return f"'{cell}" if cell[:1] in "=+-@\t\r" else cell


# --- offers -------------------------------------------------------------------------------------------------------


def offer_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Offer colleagues of others a day, or several."""
    network, actor = network_or_404(request, slug), actor_of(request)
    require(can_offer_shadowing(actor, network))
    organization = Organization.objects.get(pk=own_organizations(actor, network)[0])
    data = request.POST or None
    form, slot = OfferForm(data, organization=organization), SlotForm(data, prefix="day")
    if request.method == "POST" and form.is_valid() & slot.is_valid():
        try:
            offer = offers.offer_shadowing(
                actor=actor, network=network, dates=[offers.Slot(**slot.cleaned_data)], **form.cleaned_data
            )
        except Refused as refused:
            refused.show_on(slot if refused.field in slot.fields else form)
        else:
            messages.success(request, _("Your offer is there for the whole network."))
            return _to_offer(network, offer)
    context = {"network": network, "form": form, "slot": slot, "organization": organization, "offer": None}
    status = 422 if form.errors or slot.errors else 200
    return render(request, "cooperation/shadowing_offer_form.html", context, status=status)


def offer_edit(request: HttpRequest, slug: str, offer_id: uuid.UUID) -> HttpResponse:
    """Change what an offer says."""
    network, actor = network_or_404(request, slug), actor_of(request)
    offer = _offer_or_404(actor, network, offer_id)
    require(can_host(actor, offer))
    names = ("title", "what", "limits", "place", "contact")
    form = OfferForm(
        request.POST or None,
        organization=offer.organization,
        initial={name: getattr(offer, name) for name in names},
    )
    if request.method == "POST" and form.is_valid():
        try:
            offers.edit_offer(actor=actor, offer=offer, **form.cleaned_data)
        except Refused as refused:
            refused.show_on(form)
        else:
            messages.success(request, _("Changed."))
            return _to_offer(network, offer)
    context = {"network": network, "form": form, "organization": offer.organization, "offer": offer}
    status = 422 if form.errors else 200
    return render(request, "cooperation/shadowing_offer_form.html", context, status=status)


def _offer_or_404(actor: Actor, network: Network, offer_id: uuid.UUID) -> ShadowingOffer:
    found = visible_offers(actor).filter(network=network).select_related("organization", "network", "contact")
    days = Prefetch("dates", queryset=queries.dates_with_room())
    return get_or_404(found.prefetch_related(days), pk=offer_id)


def _to_offer(network: Network, offer: ShadowingOffer) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("cooperation:shadowing_offer", args=[network.slug, offer.pk]))


def offer(request: HttpRequest, slug: str, offer_id: uuid.UUID) -> HttpResponse:
    """One offer: ask for a place; for the host, its days."""
    network, actor = network_or_404(request, slug), actor_of(request)
    found = _offer_or_404(actor, network, offer_id)
    days = [
        day for day in queries.dates_with_room().filter(offer=found) if day.on >= queries.local_today(network)
    ]
    form, slot = RequestForm(days=_choices(days)), SlotForm(prefix="day")
    status = 200
    if request.method == "POST":
        do = request.POST.get("do", "")
        if do == "request":
            form = RequestForm(request.POST, days=_choices(days))
            answer = _request(request, network, form)
        elif do == "add_date":
            slot = SlotForm(request.POST, prefix="day")
            answer = _add_date(request, network, found, slot)
        else:
            answer = _host_does(request, network, found, do)
        if answer is not None:
            return answer
        status = 422
    asked = queries.visits_of(actor, network).filter(date__offer=found)
    context = {
        "network": network,
        "offer": found,
        "card": queries.card_of(actor, found, queries.local_today(network)),
        "form": form,
        "slot": slot,
        "visits": list(asked),
        "host": is_host(actor, found),
        "today": queries.local_today(network),
        "request_blocked": why_not(can_request_shadowing(actor, found)),
        "mine": [v for v in asked if v.visitor_id == actor.user_id and v.state in queries.COMING],
    }
    return render(request, "cooperation/shadowing_offer.html", context, status=status)


def _choices(days: list[ShadowingDate]) -> list[tuple[str, str]]:
    left = [(day, day.places - getattr(day, "taken", 0)) for day in days]
    return [(str(day.pk), f"{day_words(day)} ({_places(free)})") for day, free in left if free > 0]


def _places(free: int) -> str:
    return ngettext("%(left)s place", "%(left)s places", free) % {"left": free}


def day_words(day: ShadowingDate) -> str:
    """A day with its hours: “Tuesday 1 December 2026, 09:00–12:00”."""
    words = weekday(day.on)
    hours = "–".join(f"{one:%H:%M}" for one in (day.from_time, day.to_time) if one)
    return f"{words}, {hours}" if hours else words


def _request(request: HttpRequest, network: Network, form: RequestForm) -> HttpResponse | None:
    if not form.is_valid():
        return None
    day = get_or_404(ShadowingDate.objects.filter(offer__network=network), pk=form.cleaned_data["date"])
    try:
        visit = visits.request_visit(actor=actor_of(request), day=day, wish=form.cleaned_data["wish"])
    except Refused as refused:
        if refused.status == 403:
            raise
        refused.show_on(form)
        return None
    messages.success(request, _("Asked. You will hear as soon as the host has answered."))
    return HttpResponseRedirect(reverse("cooperation:visit", args=[network.slug, visit.pk]))


def _add_date(
    request: HttpRequest, network: Network, found: ShadowingOffer, slot: SlotForm
) -> HttpResponse | None:
    if not slot.is_valid():
        return None
    try:
        offers.add_date(actor=actor_of(request), offer=found, slot=offers.Slot(**slot.cleaned_data))
    except Refused as refused:
        if refused.status == 403:
            raise
        refused.show_on(slot)
        return None
    messages.success(request, _("The day is added."))
    return _to_offer(network, found)


def _host_does(request: HttpRequest, network: Network, found: ShadowingOffer, do: str) -> HttpResponse:
    actor = actor_of(request)
    if do == "remove_date":
        day = get_or_404(ShadowingDate.objects.filter(offer=found), pk=request.POST.get("day"))
        offers.remove_date(actor=actor, day=day)
        messages.success(request, _("The day is taken back."))
    elif do in ("close", "reopen"):
        offers.close_offer(actor=actor, offer=found, closed=do == "close")
        said = _("The offer takes no more requests. Visits that were accepted go on.")
        messages.success(request, said if do == "close" else _("The offer takes requests again."))
    else:
        raise Http404
    return _to_offer(network, found)
