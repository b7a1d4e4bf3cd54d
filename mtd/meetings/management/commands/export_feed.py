"""`manage.py export_feed EMAIL`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mtd.accounts.models import User
from mtd.meetings.models import FeedAddress
from mtd.meetings.queries.feeds import feed_file


class Command(BaseCommand):
    """Print a person's calendar, byte for byte as their private address gives it."""

    help = (
        "Prints the calendar of a person (iCalendar), the same bytes that their private address gives. Without an "
        "address of their own: the meetings that they are invited to."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """EMAIL, and --networks for all meetings of the person's networks."""
        parser.add_argument("email", help="the address that the person signs in with")
        parser.add_argument("--networks", action="store_true", help="all meetings of the person's networks")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write to standard output, with the line ends as they must be."""
        user = User.objects.filter(email__iexact=options["email"], is_active=True).first()
        if user is None:
            raise CommandError(f"Nobody with an account has the address {options['email']}.")
        feed = FeedAddress.objects.filter(user=user).first() or FeedAddress(user=user)
        if options["networks"]:
            feed.scope = FeedAddress.Scope.NETWORKS
        content = feed_file(feed).content
        binary = getattr(self.stdout._out, "buffer", None)
        if binary is not None:
            self.stdout.flush()
            binary.write(content)
            binary.flush()
        else:
            self.stdout.write(content.decode(), ending="")
