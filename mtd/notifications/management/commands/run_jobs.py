"""Runs the jobs of one rhythm, as config/schedule.py lists them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.module_loading import import_string

from mtd.core.encryption import forget_keys


class Command(BaseCommand):
    """A job that fails does not keep the others from running; the command then ends with an error."""

    help = "Run the background jobs of one rhythm: minutely, hourly or daily."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("rhythm", choices=["minutely", "hourly", "daily"])

    def handle(self, *args: Any, **options: Any) -> None:
        schedule = import_module("config.schedule")
        failed = []
        for path in schedule.JOBS[options["rhythm"]]:
            forget_keys()
            try:
                result = import_string(path)()
            except Exception as error:
                failed.append(f"{path} ({type(error).__name__})")
            else:
                if options["verbosity"] > 1:
                    self.stdout.write(f"{path}: {result}")
        if failed:
            raise CommandError(f"These jobs failed and will run again next time: {', '.join(failed)}")
