"""`manage.py restore DIR`: the newest backup, or the one that is named, of the data, the key store, or both."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mtd.core.backup import BackupError, missing_migrations, newest, require_restorable, restore, unreadable
from mtd.core.encryption import master_key_fits


class Command(BaseCommand):
    """Restores into the databases that the settings name, and says what cannot be read any more."""

    help = (
        "Puts back DIR/data-STAMP and DIR/keys-STAMP into the databases of the settings. Stop the system first. "
        "Where the key store is still there, restore --only data: what was destroyed since then stays destroyed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """DIR, which backup of the data, where the keys are, only one of both, and whether to overwrite."""
        parser.add_argument("folder", metavar="DIR", type=Path)
        parser.add_argument("--data", metavar="STAMP", help="this backup of the data, not the newest")
        parser.add_argument("--keys-from", metavar="DIR", type=Path, help="where the key store's backup lies")
        parser.add_argument("--only", choices=["data", "keys"])
        parser.add_argument("--force", action="store_true", help="replace what is in the databases")

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore, then say what was restored and what is left to do."""
        folder: Path = options["folder"]
        wanted = [what for what in ("keys", "data") if options["only"] in (None, what)]
        try:
            places = {}
            for what in wanted:
                home = (options["keys_from"] or folder) if what == "keys" else folder
                named = what == "data" and options["data"]
                places[what] = (
                    folder / f"data-{options['data'].removeprefix('data-')}" if named else newest(home, what)
                )
            for place in places.values():
                require_restorable(place, force=options["force"])  # both, before one is touched
            for place in places.values():
                manifest = restore(place, force=options["force"])
                self.stdout.write(f"{place} of {manifest.made_at}: {manifest.total} rows restored")
        except BackupError as error:
            raise CommandError(str(error)) from error
        self._say_what_is_left(wanted)

    def _say_what_is_left(self, wanted: list[str]) -> None:
        for what in wanted:
            for name in missing_migrations(what):
                self.stdout.write(f"The {what} lack {name}: run `manage.py migrate` for both databases.")
        if not master_key_fits():
            self.stdout.write(
                "The master key does not open the key store: start with the one it was made with."
            )
        if missing_migrations("data"):
            return
        lost = [one for one in unreadable() if one.without_key]
        for one in lost:
            self.stdout.write(
                f"{one.kind}: {one.without_key} of {one.sealed} texts have no key and cannot be read any more."
            )
        if lost:
            self.stdout.write(
                "That is what deletion promises. `manage.py run_jobs daily` ends again what had ended."
            )
