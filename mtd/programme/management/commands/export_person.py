"""Hands out what is kept about one person."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.serializers.json import DjangoJSONEncoder

from mtd.accounts.models import User
from mtd.programme.personal import personal_data


class Command(BaseCommand):
    """JSON on standard output, to be kept in a file and handed to the person only."""

    help = "Print everything personal that refers to one person, as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email=options["email"].strip().lower()).first()
        if user is None:
            raise CommandError("There is no account with this e-mail.")
        self.stdout.write(
            json.dumps(personal_data(user), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        )
