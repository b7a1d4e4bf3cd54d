"""Takes in one e-mail from standard input, for a mail server that pipes to programs."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError

from mtd.core.actor import SYSTEM
from mtd.notifications.actions import take_in_mail

LATER = 75
"""EX_TEMPFAIL of sysexits.h: the mail server keeps the message and tries again."""


class Command(BaseCommand):
    """Ends with 0 even for a message that nobody knows: a bounce of a bounce helps nobody."""

    help = "Take in one e-mail (a bounce, an answer to an invitation) from standard input."

    def handle(self, *args: Any, **options: Any) -> None:
        content = sys.stdin.buffer.read()
        try:
            known = take_in_mail(actor=SYSTEM, content=content)
        except (OperationalError, InterfaceError):
            self.stderr.write("The database is away; please try again later.")
            sys.exit(LATER)
        except Exception as error:
            self.stderr.write(f"This message could not be read ({type(error).__name__}); it was left out.")
        else:
            self.stdout.write("Taken in." if known else "Not for us; left out.")
