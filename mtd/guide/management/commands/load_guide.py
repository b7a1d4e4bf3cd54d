"""manage.py load_guide PATH: load a guide from a folder or a zip file."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from mtd.core.actor import SYSTEM
from mtd.core.errors import Refused
from mtd.guide.actions import load_guide
from mtd.guide.pack import PackErrors


class Command(BaseCommand):
    """Prints every mistake as file:line: message and leaves with exit code 1 when the pack cannot be used."""

    help = "Load a guide (a folder or a zip file) and publish it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", help="folder or zip file that holds pack.yaml")
        parser.add_argument("--draft", action="store_true", help="load it without publishing it")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            version = load_guide(actor=SYSTEM, path=options["path"], publish=not options["draft"])
        except PackErrors as mistakes:
            for error in mistakes.errors:
                self.stderr.write(str(error))
            self.stderr.write(f"{len(mistakes.errors)} mistakes. Nothing was loaded.")
            raise SystemExit(1) from mistakes
        except Refused as refused:
            self.stderr.write(str(refused))
            raise SystemExit(1) from refused
        self.stdout.write(f"Loaded: {version.guide.slug} {version.number} ({version.get_state_display()}).")
