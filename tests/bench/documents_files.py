"""How long rendering, signing and verifying take, against the smallest case."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable

from mtd.documents.docx import render_docx
from mtd.documents.pdf import render_pdf
from mtd.documents.verifying import check_update, inspect_pdf
from tests.documents import files
from tests.documents.samples import agreement


def seconds(work: Callable[[int], object], times: int = 5) -> float:
    """The median of some runs after one to warm up; each run gets its number, so that nothing is remembered."""
    work(-1)
    taken = []
    for number in range(times):
        began = time.perf_counter()
        work(number)
        taken.append(time.perf_counter() - began)
    return sorted(taken)[times // 2]


def run() -> list[tuple[str, float, float, float | None]]:
    """Rows: name, seconds for one, seconds for many, limit for many."""

    def titled(parts: int, clauses: int, number: int) -> object:
        # Another title and clause each time: Typst remembers what it has set before.
        document = agreement(parts, clauses=clauses)
        return dataclasses.replace(document, title=f"{document.title} {parts} {number}")

    trusted = [files.authority().certificate_pem]
    for count in range(files.PARTIES + 1):
        files.signed(count)
    last = files.PARTIES
    return [
        (
            "render a PDF, 1 page : 10 pages",
            seconds(lambda number: render_pdf(titled(1, 1, number))),  # type: ignore[arg-type]
            seconds(lambda number: render_pdf(titled(12, 4, number))),  # type: ignore[arg-type]
            0.3,
        ),
        (
            "render a DOCX, 1 page : 10 pages",
            seconds(lambda number: render_docx(titled(1, 1, number))),  # type: ignore[arg-type]
            seconds(lambda number: render_docx(titled(12, 4, number))),  # type: ignore[arg-type]
            0.5,
        ),
        (
            "sign, 1st : 8th of 8 parties",
            seconds(lambda _: files.sign(files.unsigned(), 1)),
            seconds(lambda _: files.sign(files.signed(last - 1), last)),
            None,
        ),
        (
            "verify, 1 : 8 signatures",
            seconds(lambda _: inspect_pdf(files.signed(1), trusted)),
            seconds(lambda _: inspect_pdf(files.signed(last), trusted)),
            None,
        ),
        (
            "accept an uploaded signature, 1st : 8th",
            seconds(lambda _: check_update(files.unsigned(), files.signed(1), trusted=trusted)),
            seconds(lambda _: check_update(files.signed(last - 1), files.signed(last), trusted=trusted)),
            None,
        ),
    ]
