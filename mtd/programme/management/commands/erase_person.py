"""Makes one account anonymous."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mtd.accounts.models import User
from mtd.core.actor import SYSTEM
from mtd.programme.actions import erase_person
from mtd.programme.personal import agreements_naming


class Command(BaseCommand):
    """Asks for the address once more, because nothing brings an erased account back."""

    help = "Make the account of one person anonymous. Signatures in signed agreements keep their name."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--yes", action="store_true", help="do not ask again")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email=options["email"].strip().lower()).first()
        if user is None:
            raise CommandError("There is no account with this e-mail.")
        if not options["yes"] and input("Type the e-mail once more: ").strip().lower() != user.email:
            raise CommandError("Nothing was changed.")
        name = user.name
        erase_person(actor=SYSTEM, user=user)
        self.stdout.write("The account is anonymous, its sign-in is gone.")
        if codes := agreements_naming(name):
            self.stdout.write(
                "The name still stands in answers of these agreements, as a contact for example; their parties "
                f"change that: {', '.join(codes)}"
            )
