"""A person's private calendar address: making, renewing and ending it."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mtd.accounts.models import User
from mtd.audit.actions import record
from mtd.core.actor import Actor
from mtd.core.encryption import destroy
from mtd.core.errors import NotAllowed, Refused
from mtd.meetings.models import FeedAddress
from mtd.meetings.permissions import visible_feeds
from mtd.meetings.queries.feeds import token_hash


def _locked(actor: Actor) -> FeedAddress | None:
    if actor.user_id is None:
        raise NotAllowed(_("Please sign in first."), code="not_allowed")
    User.objects.select_for_update().get(pk=actor.user_id)  # two clicks at once make one address
    return visible_feeds(actor).first()


def _new(actor: Actor, scope: str) -> FeedAddress:
    assert actor.user_id is not None
    token = secrets.token_urlsafe(32)
    return FeedAddress.objects.create(
        user_id=actor.user_id, scope=scope, token=token, token_hash=token_hash(token)
    )


def _end(feed: FeedAddress) -> None:
    """Whoever asks for it finds nothing from now on; the token's key is destroyed with it."""
    destroy(feed)
    FeedAddress.objects.filter(pk=feed.pk).delete()


@transaction.atomic(durable=True)
def make_feed(*, actor: Actor) -> FeedAddress:
    """Make the person's calendar address, or give back the one that is there."""
    feed = _locked(actor)
    if feed is None:
        feed = _new(actor, FeedAddress.Scope.MINE)
        record(actor, "calendar.address_made", feed)
    return feed


@transaction.atomic(durable=True)
def renew_feed(*, actor: Actor) -> FeedAddress:
    """Make a new address and end the old one at once; whoever still asks for the old one finds nothing."""
    old = _locked(actor)
    if old is not None:
        _end(old)
    feed = _new(actor, old.scope if old else FeedAddress.Scope.MINE)
    record(actor, "calendar.address_renewed", feed)
    return feed


@transaction.atomic(durable=True)
def revoke_feed(*, actor: Actor) -> None:
    """End the address at once. Raises Refused if there is none."""
    feed = _locked(actor)
    if feed is None:
        raise Refused(_("You have no calendar address."), code="no_feed")
    _end(feed)
    record(actor, "calendar.address_revoked", feed)


@transaction.atomic(durable=True)
def choose_feed_scope(*, actor: Actor, scope: str) -> FeedAddress:
    """Choose what the calendar holds. Raises Refused if there is no address, or for something unknown."""
    feed = _locked(actor)
    if feed is None:
        raise Refused(_("You have no calendar address."), code="no_feed")
    if scope not in FeedAddress.Scope.values:
        raise Refused(_("Please choose one of the two."), code="scope", field="scope")
    feed.scope = scope
    feed.save(update_fields=["scope"])
    record(actor, "calendar.scope_chosen", feed, scope=scope)
    return feed


@transaction.atomic(durable=True)
def note_fetch(
    *, actor: Actor, feed: FeedAddress, content_hash: str, now: datetime | None = None
) -> datetime:
    """Remember that a calendar program asked today, and since when the calendar is as it is now; returns since when.

    Writes only when something changed, so that a program asking every few minutes costs nothing.
    """
    moment = (now or timezone.now()).replace(microsecond=0)
    if feed.last_used_on != timezone.localdate(moment):
        FeedAddress.objects.filter(pk=feed.pk).update(last_used_on=timezone.localdate(moment))
    if feed.content_hash != content_hash or feed.content_at is None:
        FeedAddress.objects.filter(pk=feed.pk).update(content_hash=content_hash, content_at=moment)
        return moment
    return feed.content_at
