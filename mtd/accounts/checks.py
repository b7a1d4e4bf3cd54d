"""Demo mode refuses to start where it could be reached from outside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from .demo import ways_from_outside


@register()
def demo_stays_inside(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """One error per way in; also covers what other settings than the start's own would allow."""
    if not settings.MTD_DEMO:
        return []
    found = [*ways_from_outside(), *(["this is production"] if settings.MTD_PRODUCTION else [])]
    return [
        Error(
            f"Demo mode lets anybody sign in as anybody, and {way}.",
            hint="Unset MTD_DEMO, or serve on 127.0.0.1 only.",
            id="mtd.accounts.E001",
        )
        for way in found
    ]
