"""Runs the identity guard over lines of JSON: how it is measured, and how texts are looked through in bulk.

    manage.py find_identifiers --jsonl < texts.jsonl > spans.jsonl

Reads {"id", "lang", "text"} a line and writes {"id", "spans": [[start, end, label]]} a line, in the same order; places
are code points of the text, the end exclusive. What could not be judged as a whole has a "problem" beside its spans. A
line that cannot be read becomes {"id", "spans": [], "error"}; its number, never its text, is told on standard error,
and the others are judged all the same. Empty lines are passed over.

It ends with 0 where every line was judged or has a "problem", with 1 where one could not be read or written (then
"error" says which), with 2 where an option is unknown.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mtd.deidentification import LANGUAGES, Kind, Strength, find

LABELS = {
    Kind.PERSON: "PERSON",
    Kind.PLACE: "LOCATION",
    Kind.ORGANISATION: "ORG",
    Kind.ADDRESS: "ADDRESS",
    Kind.BIRTH_DATE: "DATE",
    Kind.DATE: "DATE",
    Kind.PHONE: "PHONE",
    Kind.EMAIL: "EMAIL",
    Kind.WEB: "OTHER",
    Kind.HANDLE: "OTHER",
    Kind.NUMBER: "ID",
    Kind.PLATE: "ID",
    Kind.ACCOUNT: "ID",
    Kind.RARE: "OTHER",
}


class Command(BaseCommand):
    """Needs no database."""

    help = (
        'Find identifying details: reads lines {"id", "lang", "text"}, writes lines {"id", "spans"}. '
        "Ends with 1 if a line could not be read; the others are judged all the same."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", nargs="?", default="-", help="file with one JSON object a line; - is standard input"
        )
        parser.add_argument("--jsonl", action="store_true", help="lines of JSON, the only format there is")
        parser.add_argument(
            "--strength", choices=("certain", "all"), default="all", help="which findings to write"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["jsonl"]:
            raise CommandError("Say --jsonl: lines of JSON are the only format.")
        certain = options["strength"] == "certain"
        try:
            if options["file"] == "-":
                # Bytes, so that a line in another encoding spoils only itself.
                bad = self._lines(getattr(sys.stdin, "buffer", sys.stdin), certain)
            else:
                with self._opened(options["file"]) as stream:
                    bad = self._lines(stream, certain)
        except BrokenPipeError:
            # Whoever read our lines has gone; nothing more can be written, not even when the process ends.
            ours = getattr(self.stdout, "_out", None) is sys.stdout
            if ours:
                with contextlib.suppress(OSError, ValueError):
                    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise SystemExit(1) from None
        if bad:
            raise SystemExit(1)

    def _opened(self, file: str) -> BinaryIO:
        try:
            return Path(file).open("rb")
        except OSError as error:
            raise CommandError(f"The file cannot be read: {error.strerror}.") from None

    def _lines(self, stream: Iterable[bytes | str], certain: bool) -> int:
        """Judge each line; how many could not be read."""
        bad = 0
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            try:
                answer = _answer(line, certain)
            except _Unreadable as error:
                bad += 1
                self.stderr.write(f"Line {number}: {error}")
                answer = {"id": error.id, "spans": [], "error": str(error)}
            # ASCII, so that a lone surrogate in a text's number cannot stop the writing.
            self.stdout.write(json.dumps(answer))
            self.stdout.flush()
        return bad


class _Unreadable(Exception):
    """A line that cannot be judged; says why without repeating the line."""

    def __init__(self, why: str, id: Any = None) -> None:
        super().__init__(why)
        self.id = id


def _answer(line: bytes | str, certain: bool) -> dict[str, Any]:
    try:
        record = json.loads(line.decode("utf-8-sig") if isinstance(line, bytes) else line)
    except (ValueError, RecursionError):
        raise _Unreadable("no JSON") from None
    if not isinstance(record, dict):
        raise _Unreadable("no JSON object")
    name, text, language = record.get("id"), record.get("text"), record.get("lang") or ""
    if not isinstance(name, str | int | float):
        name = None
    if not isinstance(text, str):
        raise _Unreadable('no "text"', name)
    if not isinstance(language, str):
        raise _Unreadable('"lang" is no text', name)
    language = language.lower().replace("_", "-").split("-")[0]
    found = find(text, language)
    spans = [
        [item.start, item.end, LABELS[item.kind]]
        for item in found
        if item.strength is Strength.CERTAIN or not certain
    ]
    answer: dict[str, Any] = {"id": name, "spans": spans}
    if found.problem:
        answer["problem"] = str(found.problem)
    if language not in LANGUAGES:
        answer["lang"] = found.language
    return answer
