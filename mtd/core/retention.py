"""How long things are kept: the rules of config/retention.py, for the job, the preview and the page that says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Rule:
    """One period: the setting that holds it, what it is about, and by which functions it is done."""

    setting: str
    what: str | Promise
    due: str
    """Dotted path of `(now) -> QuerySet` of what has to go."""
    job: str
    """Dotted path of the daily job."""

    @property
    def period(self) -> timedelta:
        """How long."""
        period: timedelta = getattr(settings, self.setting)
        return period

    @property
    def days(self) -> int:
        """How long, in days."""
        return self.period.days

    def due_rows(self, now: datetime) -> QuerySet[Any]:
        """What has to go at this moment."""
        find: Callable[[datetime], QuerySet[Any]] = import_string(self.due)
        return find(now)


def rules() -> list[Rule]:
    """Every rule, in the order in which the page shows them."""
    found: list[Rule] = import_module("config.retention").RULES
    return found
