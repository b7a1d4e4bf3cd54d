"""Builds the frozen Actor once per request, with the same few queries for everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from mtd.accounts.models import User
from mtd.core.actor import ANONYMOUS
from mtd.core.guarded import familiar_from

from .queries import SESSION_KEY, familiar_names, standing_of

Handler = Callable[[HttpRequest], HttpResponse]


class ActorMiddleware:
    """Sets request.actor, and request.standing for the person shown on top of the page.

    It also tells the guarded fields where to ask, if they need to, which public names the person's networks have.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        holder: Any = request
        holder.actor, holder.standing = ANONYMOUS, None
        if user.is_authenticated and isinstance(user, User):
            standing = standing_of(user, request.session.get(SESSION_KEY))
            holder.actor, holder.standing = standing.actor, standing
            if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
                translation.activate(user.language)
                holder.LANGUAGE_CODE = translation.get_language()
        network = holder.standing.network if holder.standing else None
        with familiar_from(lambda: familiar_names(holder.actor), [network.language] if network else []):
            return self.get_response(request)
