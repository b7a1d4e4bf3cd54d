"""Profile, the way to the second factor, and the demo's one-click sign-in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_POST

from mtd.core.access import public, without_second_factor
from mtd.core.actor import Role
from mtd.core.http import actor_of

from . import actions
from .demo import cast_data
from .forms import DemoSignInForm, ProfileForm
from .models import User
from .queries import demo_people, second_factors, waits_for_second_factor


@without_second_factor
def second_factor(request: HttpRequest) -> HttpResponse:
    """Choose how to set up the second factor; afterwards nothing is left to do here."""
    assert isinstance(request.user, User)
    if not waits_for_second_factor(request.user):
        return redirect("/")
    return render(request, "accounts/second_factor.html")


def profile(request: HttpRequest) -> HttpResponse:
    """One's own particulars and ways to sign in."""
    user = request.user
    assert isinstance(user, User)
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=user.pk))
    if request.method == "POST" and form.is_valid():
        actions.update_profile(actor=actor_of(request), user=user, **form.cleaned_data)
        messages.success(request, gettext("Your particulars are saved."))
        response = redirect("accounts:profile")
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            form.cleaned_data["language"],
            samesite="Lax",
            httponly=True,
            secure=settings.LANGUAGE_COOKIE_SECURE,
        )
        return response
    return render(request, "accounts/profile.html", {"form": form, "factors": second_factors(user)})


@public
def demo(request: HttpRequest) -> HttpResponse:
    """The cast, to choose who to be. Exists in demo mode only."""
    if not settings.MTD_DEMO:
        raise Http404
    people = demo_people()
    german = (get_language() or "en").startswith("de")
    data = cast_data()
    groups = [_group(row, people, german) for row in data["networks"]]
    office = [_card(row, people, german, Role.PROGRAMME) for row in data["programme"]["people"]]
    return render(
        request,
        "accounts/demo.html",
        {
            "groups": [group for group in groups if group["size"]],
            "office": [card for card in office if card],
            "next": request.GET.get("next", ""),
        },
    )


def _group(row: dict[str, Any], people: dict[str, User], german: bool) -> dict[str, Any]:
    places = []
    for item in row["organizations"]:
        cards = [_card(p, people, german, Role(p["role"])) for p in item["people"]]
        places.append(
            {"name": item["name"], "system": item["system"], "people": [card for card in cards if card]}
        )
    own = [_card(p, people, german, Role(p["role"])) for p in row["people"]]
    return {
        "slug": row["slug"],
        "name": row["name"],
        "country": row["country"],
        "sentence": row["de" if german else "en"],
        "people": [card for card in own if card],
        "places": [place for place in places if place["people"]],
        "size": sum(1 for card in own if card) + sum(len(place["people"]) for place in places),
    }


def _card(row: dict[str, Any], people: dict[str, User], german: bool, role: Role) -> dict[str, Any] | None:
    user = people.get(f"{row['key']}@demo.example")
    if user is None:
        return None
    return {"user": user, "role": role.value, "label": role.label, "sentence": row["de" if german else "en"]}


@public
@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Be one of the cast. The guard in front lets only this machine come here."""
    form = DemoSignInForm(request.POST)
    if not settings.MTD_DEMO or not form.is_valid():
        raise Http404
    user = demo_people().get(form.cleaned_data["person"].lower())
    if user is None:
        raise Http404
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    target = form.cleaned_data["next"]
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return redirect(target if safe else "/")
