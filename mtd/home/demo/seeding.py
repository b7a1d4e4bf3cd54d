"""Fills in the demo, story by story, and says who can sign in."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from mtd.accounts.demo import cast_data
from mtd.accounts.models import User
from mtd.agreements.models import Agreement
from mtd.audit.actions import record
from mtd.audit.models import Event
from mtd.core.actor import SYSTEM
from mtd.core.encryption import destroy
from mtd.core.errors import Refused
from mtd.guide.actions import load_guide
from mtd.guide.models import GuideVersion
from mtd.notifications.models import Message, Notice
from mtd.organizations.cast import build_cast

from .clock import Calendar
from .stories import STORIES

GUIDE = "content/guides/cooperation-guide/1.0"
TOLD = "demo.story_told"
FRESH = timedelta(days=21)
"""Older news of the demo counts as read."""


def seed(only: Collection[str] = ()) -> Iterator[str]:
    """Add what is missing, and say so in a sentence each. Raises Refused when a story was left half told."""
    yield "People, organisations and networks of twelve countries …"
    cast = build_cast()
    guide = _guide()
    calendar = Calendar.of_today()
    for slug, (title, story) in STORIES.items():
        network = cast.networks[slug]
        if (only and slug not in only) or Event.objects.filter(verb=TOLD, object_id=str(network.pk)).exists():
            continue
        if Agreement.objects.filter(network=network).exists():
            raise Refused(
                f"The demo was interrupted while it filled in {network.name}. Start over: make demo RESET=1",
                code="half_told",
            )
        yield f"{title} …"
        story(cast, guide, calendar)
        with transaction.atomic():
            record(SYSTEM, TOLD, network)
    _settle()


def _guide() -> GuideVersion:
    found = GuideVersion.objects.filter(guide__slug="cooperation-guide", number="1.0").first()
    if found is not None and found.state == GuideVersion.State.PUBLISHED:
        return found
    return load_guide(actor=SYSTEM, path=settings.BASE_DIR / GUIDE)


def _settle() -> None:
    """The post of the past was delivered long ago, and old notices are read."""
    now = timezone.now()
    for message in Message.objects.filter(sent_at__isnull=True, created_at__lt=now - timedelta(days=1)):
        destroy(message)
        Message.objects.filter(pk=message.pk).update(sent_at=message.created_at)
    Notice.objects.filter(read_at__isnull=True, created_at__lt=now - FRESH).update(read_at=now)
    User.objects.filter(is_demo=True, news_seen_at__isnull=True).update(news_seen_at=now - timedelta(days=10))


def people() -> Iterator[str]:
    """Who can sign in, a few words each: the people whose desks tell most."""
    data = cast_data()
    known = {
        person["key"]: person
        for row in data["networks"]
        for o in (row, *row["organizations"])
        for person in o["people"]
    }
    known |= {person["key"]: person for person in data["programme"]["people"]}
    yield "Who can sign in with one click (all people are invented):"
    for key in WORTH_A_VISIT:
        yield f"  {known[key]['name']:<22} {known[key]['en']}"
    more = User.objects.filter(is_demo=True).count() - len(WORTH_A_VISIT)
    yield f"  … and {more} more: every network has its coordination, every organisation its lead."


WORTH_A_VISIT = (
    "jonas-reuter",
    "leonie-brandt",
    "ulrike-sand",
    "miriam-hoffstedt",
    "inga-soerensen",
    "anke-wolters",
    "fenna-dijkstra",
    "sophie-lambertz",
    "stella-pavlou",
    "aino-virtala",
    "mette-lindqvist",
)
