"""`manage.py export_agreement CODE DIR` and `manage.py export_agreement --all DIR`."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mtd.agreements.export import export_agreement
from mtd.agreements.models import Agreement


class Command(BaseCommand):
    """Write agreements as files: the signed PDF (else the draft), DOCX, JSON and annexes, one folder each."""

    help = (
        "Writes an agreement's current version into DIR/CODE: the signed PDF (a draft while there is none), the "
        "DOCX, all answers as JSON, and the annexes. Comments are not exported."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """CODE DIR, or --all DIR."""
        parser.add_argument("target", nargs="+", metavar="CODE DIR", help="the agreement's code and a folder")
        parser.add_argument("--all", action="store_true", help="export every agreement; only DIR is given")

    def handle(self, *args: Any, **options: Any) -> None:
        """Export, telling each file; one agreement that fails does not stop the others."""
        target: list[str] = options["target"]
        wanted = 1 if options["all"] else 2
        if len(target) != wanted:
            raise CommandError("Give a code and a folder, or --all and a folder.")
        folder = Path(target[-1])
        if folder.exists() and not folder.is_dir():
            raise CommandError(f"{folder} is not a folder.")
        agreements = Agreement.objects.select_related("network").order_by("code")
        if not options["all"]:
            agreements = agreements.filter(code__iexact=target[0])
            if not agreements.exists():
                raise CommandError(f"There is no agreement with the code {target[0]}.")
        total, failed = agreements.count(), []
        for number, agreement in enumerate(agreements, 1):
            self.stderr.write(f"{number} of {total}: {agreement.code} {agreement.title}")
            try:
                for path in export_agreement(agreement, folder):
                    self.stdout.write(str(path))
            except OSError as error:
                raise CommandError(f"{folder} cannot be written: {error.strerror}") from error
            except Exception as error:
                failed.append(agreement.code)
                self.stderr.write(self.style.ERROR(f"{agreement.code} was not exported: {error!r}"))
        if failed:
            raise CommandError(f"Not exported: {', '.join(failed)}")
