"""Runs the jobs of one rhythm, as config/schedule.py lists them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.module_loading import import_string

from mtd.core.actor import SYSTEM
from mtd.core.encryption import forget_keys
from mtd.notifications.actions import claim_job, release_job


class Command(BaseCommand):
    """A job that fails does not keep the others from running; the command then ends with an error.

    Two of these at once, on one machine or several, share the jobs between them: each is done by one.
    """

    help = "Run the background jobs of one rhythm: minutely, hourly or daily."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("rhythm", choices=["minutely", "hourly", "daily"])

    def handle(self, *args: Any, **options: Any) -> None:
        schedule = import_module("config.schedule")
        failed = []
        for path in schedule.JOBS[options["rhythm"]]:
            forget_keys()
            failure = ""
            try:
                if not claim_job(actor=SYSTEM, name=path):
                    self._say(options, f"{path}: somebody else is at it")
                    continue
                try:
                    self._say(options, f"{path}: {import_string(path)()}")
                except Exception as error:
                    failure = type(error).__name__
                    raise
                finally:
                    release_job(actor=SYSTEM, name=path, failure=failure)
            except Exception as error:
                failed.append(f"{path} ({type(error).__name__})")
        if failed:
            raise CommandError(f"These jobs failed and will run again next time: {', '.join(failed)}")

    def _say(self, options: dict[str, Any], line: str) -> None:
        if options["verbosity"]:
            self.stdout.write(line)
