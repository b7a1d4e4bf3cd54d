"""Prints what would be deleted today, and what each period is."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone, translation

from mtd.core.retention import rules


class Command(BaseCommand):
    """Reads only: the daily jobs do the deleting."""

    help = "Print what the daily jobs would delete today, by the periods that are set. Deletes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        with translation.override("en"):
            for rule in rules():
                count = rule.due_rows(now).count()
                self.stdout.write(f"{count:>7}  {rule.what} ({rule.days} days, {rule.setting})")
