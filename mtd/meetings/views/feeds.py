"""One's own meetings in one's own calendar program: the private address, and the file behind it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mtd.core.access import public, without_second_factor
from mtd.core.actor import SYSTEM
from mtd.core.http import actor_of
from mtd.meetings.actions import choose_feed_scope, make_feed, note_fetch, renew_feed, revoke_feed
from mtd.meetings.forms.feeds import ScopeForm
from mtd.meetings.queries.feeds import feed_by_token, feed_file, own_feed


@public
@without_second_factor
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar behind an address. A wrong or ended one finds nothing, and learns nothing."""
    address = feed_by_token(token)
    if address is None:
        return HttpResponse(status=404, content_type="text/plain")
    file = feed_file(address)
    since = note_fetch(actor=SYSTEM, feed=address, content_hash=file.hash)
    response = HttpResponse(file.content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="meetings.ics"'
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    etag, modified = f'"{file.hash}"', int(since.timestamp())
    response["ETag"] = etag
    response["Last-Modified"] = http_date(modified)
    answer = get_conditional_response(request, etag=etag, last_modified=modified, response=response)
    assert answer is not None
    return answer


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """The person's calendar address, how to enter it, and how to end it."""
    return render(request, "meetings/feed.html", _context(request))


def _context(request: HttpRequest) -> dict[str, Any]:
    address = own_feed(actor_of(request))
    crumbs = [(_("My meetings"), reverse("meetings:index"))]
    if address is None:
        return {"feed": None, "crumbs": crumbs}
    full = request.build_absolute_uri(reverse("meetings:feed", args=[address.token]))
    return {
        "feed": address,
        "crumbs": crumbs,
        "address": full,
        "webcal": f"webcal://{full.partition('://')[2]}",
        "form": ScopeForm(initial={"scope": address.scope}),
    }


@require_POST
def calendar_make(request: HttpRequest) -> HttpResponse:
    """Make the address."""
    make_feed(actor=actor_of(request))
    return HttpResponseRedirect(reverse("meetings:calendar"))


@require_POST
def calendar_renew(request: HttpRequest) -> HttpResponse:
    """A new address; the old one ends at once."""
    renew_feed(actor=actor_of(request))
    messages.success(request, _("Here is your new address. The old one has ended; please enter the new one."))
    return HttpResponseRedirect(reverse("meetings:calendar"))


@require_POST
def calendar_revoke(request: HttpRequest) -> HttpResponse:
    """End the address."""
    revoke_feed(actor=actor_of(request))
    messages.success(
        request, _("Your calendar address has ended. Calendar programs get nothing from it any more.")
    )
    return HttpResponseRedirect(reverse("meetings:calendar"))


@require_POST
def calendar_scope(request: HttpRequest) -> HttpResponse:
    """Choose what the calendar shows."""
    form = ScopeForm(request.POST)
    if not form.is_valid():
        return render(request, "meetings/feed.html", {**_context(request), "form": form}, status=422)
    choose_feed_scope(actor=actor_of(request), scope=form.cleaned_data["scope"])
    messages.success(
        request, _("Saved. Your calendar program shows it the next time it asks, often within some hours.")
    )
    return HttpResponseRedirect(reverse("meetings:calendar"))
