"""A person's private calendar: whose address it is, and what stands in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from mtd.core.actor import Actor
from mtd.core.encryption import fingerprint
from mtd.meetings import calendars
from mtd.meetings.models import FeedAddress, Meeting, Participant
from mtd.meetings.permissions import visible_feeds, visible_to
from mtd.organizations.queries import actor_for

BACK = timedelta(days=365)
MOST = 5_000


@dataclass(frozen=True)
class FeedFile:
    """The calendar as it is served, and its fingerprint."""

    content: bytes
    hash: str


def token_hash(token: str) -> str:
    """What the row of an address keeps of its token for finding it."""
    return fingerprint(f"calendar address {token}")


def feed_by_token(token: str) -> FeedAddress | None:
    """The address with this token; None if there is none, it has ended, or its owner has no account any more."""
    return (
        FeedAddress.objects.filter(token_hash=token_hash(token), user__is_active=True)
        .select_related("user")
        .defer("token")
        .first()
    )


def own_feed(actor: Actor) -> FeedAddress | None:
    """The person's own address, if there is one."""
    return visible_feeds(actor).first()


def feed_meetings(actor: Actor, scope: str, now: datetime) -> QuerySet[Meeting]:
    """What the calendar holds: planned and held meetings from a year ago on, one's own or all of one's networks."""
    meetings = visible_to(actor)
    if scope == FeedAddress.Scope.MINE:
        mine = Participant.objects.filter(user=actor.user_id, removed_at__isnull=True)
        meetings = Meeting.objects.filter(pk__in=mine.values("meeting"))
    states = (Meeting.State.PLANNED, Meeting.State.HELD)
    return (
        meetings.filter(state__in=states, starts_at__gte=now - BACK)
        .select_related("network", "series")
        .order_by("starts_at", "id")
    )


def feed_file(feed: FeedAddress, now: datetime | None = None) -> FeedFile:
    """The calendar file behind an address, in its owner's language; four queries, however many meetings."""
    actor = actor_for(feed.user)
    # The edge moves once a day, so that the file of an unchanged calendar stays the same all day.
    edge = (now or timezone.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    with translation.override(feed.user.language):
        text = calendars.feed(
            feed_meetings(actor, feed.scope, edge)[:MOST],
            name=_("Meetings, Make the Difference"),
            answers=dict(
                Participant.objects.filter(user=feed.user_id, removed_at__isnull=True).values_list(
                    "meeting", "answer"
                )
            ),
        )
    return FeedFile(text.encode(), fingerprint(text))
