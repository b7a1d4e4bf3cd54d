"""How often one is reminded, stopping reminders from a mail, and confirming an address."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from mtd.accounts.models import User
from mtd.core.access import public
from mtd.core.errors import Refused
from mtd.core.http import actor_of

from . import actions
from .forms import PacesForm
from .models import Area
from .outbox import ALL, read_address, read_stop
from .queries import paces, undeliverable


def settings(request: HttpRequest) -> HttpResponse:
    """How often I want e-mail about what, and whether mail to me arrives."""
    user = request.user
    assert isinstance(user, User)
    form = PacesForm(request.POST or None, initial=paces(user.pk))
    if request.method == "POST" and form.is_valid():
        actions.set_paces(actor=actor_of(request), user=user, paces=form.cleaned_data)
        messages.success(request, gettext("Your reminders are set."))
        return redirect("notifications:settings")
    context = {"form": form, "undeliverable": undeliverable(user)}
    return render(request, "notifications/settings.html", context)


@require_POST
def ask_confirmation(request: HttpRequest) -> HttpResponse:
    """Send me a mail, so that I can show that it arrives."""
    user = request.user
    assert isinstance(user, User)
    try:
        actions.send_confirmation(actor=actor_of(request), user=user)
    except Refused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, gettext("An e-mail is on its way. Open the link in it."))
    return redirect("notifications:settings")


@public
@csrf_exempt  # the mail programme's own button (RFC 8058) sends neither cookie nor token; the link is the proof
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Stop the reminders that a mail's link names; asks first, because mail servers open links by themselves."""
    found = read_stop(token)
    if found is None:
        raise Http404
    user_id, stops = found
    if request.method == "POST":
        actions.unsubscribe(actor=actor_of(request), user_id=user_id, stops=stops)
    area = "" if stops == ALL else Area(stops).label
    context = {"area": area, "done": request.method == "POST"}
    return render(request, "notifications/unsubscribe.html", context)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_address(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a mail: mail to this address arrives."""
    found = read_address(token)
    user = User.objects.filter(pk=found[0], is_active=True).first() if found else None
    if found is None or user is None:
        raise Http404
    if request.method == "POST":
        actions.confirm_address(actor=actor_of(request), user=user, address=found[1])
    context = {"address": found[1], "done": request.method == "POST"}
    return render(request, "notifications/confirm_address.html", context)
