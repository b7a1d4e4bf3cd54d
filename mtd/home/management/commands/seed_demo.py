"""manage.py seed_demo: fill in the lived-in demo. Progress goes to stderr, who can sign in to stdout."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from mtd.home.demo.seeding import people, seed


def hurry() -> None:
    """Let SQLite not wait for the disk: a demo that a power cut hits is simply filled in again."""
    for connection in connections.all():
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA synchronous=OFF")


class Command(BaseCommand):
    """May run again: what is there stays, what is missing is added."""

    help = "Fill in the demo: networks, people, agreements in every state. Never in production."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.MTD_DEMO:
            raise CommandError(
                "This fills in invented people. Set MTD_DEMO=1 for a demo; never in production."
            )
        began = time.monotonic()
        hurry()
        for line in seed():
            self.stderr.write(f"  {line}")
        self.stderr.write(f"  The demo is filled in ({time.monotonic() - began:.0f} s).")
        for line in people():
            self.stdout.write(line)
