"""`manage.py write_states`: draw the transition tables into docs/states."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from mtd.home.diagrams import machines, page, picture


class Command(BaseCommand):
    """Writes docs/states/*.md and *.svg; `--check` only says whether they are current."""

    help = "Draw the transition tables into docs/states."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--check` for machines."""
        parser.add_argument(
            "--check", action="store_true", help="write nothing; fail if a file is not current"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write or compare every file."""
        folder = Path(settings.BASE_DIR) / "docs" / "states"
        stale = []
        for machine in machines():
            for name, text in (
                (f"{machine.name}.md", page(machine)),
                (f"{machine.name}.svg", picture(machine)),
            ):
                path = folder / name
                if options["check"]:
                    if not path.is_file() or path.read_text(encoding="utf-8") != text:
                        stale.append(name)
                else:
                    folder.mkdir(parents=True, exist_ok=True)
                    path.write_text(text, encoding="utf-8")
        if stale:
            self.stderr.write(f"docs/states is not current: {', '.join(stale)}. Run manage.py write_states.")
            raise SystemExit(1)
