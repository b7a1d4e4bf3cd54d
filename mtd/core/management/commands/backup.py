"""`manage.py backup DIR`: the data and, apart from it, the key store."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mtd.core.backup import BackupError, back_up, check


class Command(BaseCommand):
    """Data first and the key store right after it, so that every record of the data has its key."""

    help = (
        "Writes DIR/data-STAMP (keep as many as you like) and DIR/keys-STAMP (only the newest stays: an older one "
        "would bring destroyed texts back). Each is verified. The master key is in neither: keep it elsewhere."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """DIR, another place for the keys, or only one of both."""
        parser.add_argument("folder", metavar="DIR", type=Path)
        parser.add_argument(
            "--keys-to", metavar="DIR", type=Path, help="put the key store there, apart from the data"
        )
        parser.add_argument("--only", choices=["data", "keys"])

    def handle(self, *args: Any, **options: Any) -> None:
        """Back up and say where it lies."""
        places = {"data": options["folder"], "keys": options["keys_to"] or options["folder"]}
        for what, folder in places.items():
            if options["only"] in (None, what):
                try:
                    place = back_up(what, folder)
                    rows = check(place).total
                except BackupError as error:
                    raise CommandError(f"No backup of the {what} was made. {error}") from error
                self.stdout.write(f"{place} ({rows} rows, verified)")
