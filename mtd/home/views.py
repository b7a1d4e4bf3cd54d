"""The start page."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from mtd.accounts.actions import mark_news_seen
from mtd.accounts.queries import waits_for_second_factor
from mtd.cooperation.queries import duties_loaded_once
from mtd.core.access import public
from mtd.core.actor import Actor
from mtd.core.http import actor_of
from mtd.notifications.actions import mark_read
from mtd.notifications.queries import undeliverable, unread
from mtd.organizations.queries import Standing

from . import queries


@public
def home(request: HttpRequest) -> HttpResponse:
    """What waits for me; strangers are shown what this is."""
    actor = actor_of(request)
    if not actor.is_authenticated:
        return redirect(_for_strangers())
    standing: Standing = request.standing  # type: ignore[attr-defined]
    if waits_for_second_factor(standing.user):  # the page is public for strangers, so the gate stands here
        return redirect("accounts:second_factor")
    with duties_loaded_once():
        context = _context(actor, standing)
    return render(request, "home/home.html", context)


def _context(actor: Actor, standing: Standing) -> dict[str, Any]:
    network = standing.network
    today = timezone.localdate(timezone=network.zone if network else None)
    steps = queries.next_steps(actor)
    since = standing.user.news_seen_at
    return {
        "today": today,
        "opening": queries.opening(steps, today),
        "groups": queries.grouped(steps[: queries.SHOWN], today),
        "more": queries.grouped(steps[queries.SHOWN :], today),
        "more_count": len(steps[queries.SHOWN :]),
        "news": queries.news(actor, since),
        "since": queries.day_near(timezone.localdate(since), today) if since else "",
        "notices": unread(actor)[:12],
        "membership": standing.membership,
        "year": queries.year_panel(actor, network, today) if network else None,
        "needs": queries.needs_panel(network) if network else None,
        "undeliverable": undeliverable(standing.user),
    }


def _for_strangers() -> str:
    try:
        return reverse("public:landing")
    except NoReverseMatch:
        return reverse("accounts:demo") if settings.MTD_DEMO else reverse(settings.LOGIN_URL)


@require_POST
def news_seen(request: HttpRequest) -> HttpResponse:
    """The person has read the news; the next list starts here."""
    actor = actor_of(request)
    mark_news_seen(actor=actor)
    mark_read(actor=actor)
    return redirect("home:home")
