"""Mail that comes in: read from a Maildir or from a pipe, and handed to whoever knows what it is."""

from __future__ import annotations

import email
import email.message
import email.policy
import os
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

from django.db import InterfaceError, OperationalError
from django.utils.module_loading import import_string

from mtd.core.actor import Actor

LARGEST = 5 * 1024 * 1024
"""Reports and answers are small; what is larger is put aside unread."""
ABANDONED = 600
"""Seconds after which a mail that somebody began to take in is taken in by the next."""
ASIDE_DAYS = 30
_ASIDE = ".aside"

Handler = Callable[..., bool]


def take_in_mail(*, actor: Actor, content: bytes) -> bool:
    """Hand one message (RFC 5322) to the handlers of config/inbox.py until one knows it; False if none does.

    Automatic answers that nobody knows count as dealt with. Errors of a handler are raised.
    """
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, email.message.EmailMessage)
    for handler in _handlers():
        if handler(actor=actor, message=message):
            return True
    return _is_automatic(message)


def _handlers() -> list[Handler]:
    """The functions that config/inbox.py names. Raises ImportError for one that is not there."""
    return [import_string(path) for path in import_module("config.inbox").HANDLERS]


def _is_automatic(message: email.message.EmailMessage) -> bool:
    submitted = str(message.get("auto-submitted", "no")).split(";")[0].strip().lower()
    precedence = str(message.get("precedence", "")).strip().lower()
    told = any(message.get(name) for name in ("x-autoreply", "x-autorespond", "x-auto-response-suppress"))
    return submitted != "no" or precedence in {"bulk", "junk", "auto_reply"} or told


def read_maildir(*, actor: Actor, folder: Path, limit: int = 500) -> dict[str, int]:
    """Take in what lies in a Maildir; returns how many were taken in and how many put aside.

    A mail is claimed by moving it from new/ to cur/ and deleted when it has been taken in, so two readers never take
    in the same, and one that a killed reader left in cur/ is taken in by the next. What no handler knows, and what
    makes one fail, is put aside and deleted after 30 days. While the database is away, mail stays where it is.
    """
    counts = {"taken_in": 0, "aside": 0}
    _handlers()  # one that is not there must stop the job, not send every message aside
    for box in (folder, folder / _ASIDE):
        for name in ("new", "cur", "tmp"):
            (box / name).mkdir(parents=True, exist_ok=True)
    for path in _claimed(folder, limit):
        try:
            known = path.stat().st_size <= LARGEST and take_in_mail(actor=actor, content=path.read_bytes())
        except (OperationalError, InterfaceError):
            raise
        except FileNotFoundError:
            continue
        except Exception:
            known = False
        if known:
            path.unlink(missing_ok=True)
        else:
            path.replace(folder / _ASIDE / "new" / path.name)
        counts["taken_in" if known else "aside"] += 1
    _forget_aside(folder)
    return counts


def _claimed(folder: Path, limit: int) -> Iterator[Path]:
    long_ago = time.time() - ABANDONED
    left = [path for path in sorted((folder / "cur").iterdir()) if path.stat().st_ctime < long_ago]
    for path in [*left, *sorted((folder / "new").iterdir())][:limit]:
        if not path.is_file():
            continue
        target = folder / "cur" / path.name
        try:
            os.rename(path, target)
        except FileNotFoundError:
            continue  # another reader has it
        yield target


def _forget_aside(folder: Path) -> None:
    long_ago = time.time() - ASIDE_DAYS * 24 * 3600
    for path in (folder / _ASIDE / "new").iterdir():
        if path.is_file() and path.stat().st_ctime < long_ago:
            path.unlink(missing_ok=True)
