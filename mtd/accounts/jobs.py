"""What the clock does with sessions."""

from __future__ import annotations

from importlib import import_module

from django.conf import settings


def clear_sessions() -> None:
    """Delete sessions that have run out."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
