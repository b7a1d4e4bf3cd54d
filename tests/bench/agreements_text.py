"""How long the text of an agreement takes: assembling, PDF and DOCX, against the smallest agreement."""

from __future__ import annotations

import dataclasses
import io
import time
from collections.abc import Callable
from datetime import date

from pypdf import PdfReader

from mtd.agreements.document import to_document
from mtd.agreements.models import Agreement
from mtd.agreements.queries import load_room
from mtd.agreements.text import AgreementText, assemble
from mtd.core.actor import SYSTEM
from mtd.documents.docx import render_docx
from mtd.documents.pdf import render_pdf
from tests.cast import build_cast
from tests.factories import agreements as factory

DAY = date(2026, 11, 21)


def seconds(work: Callable[[int], object], times: int = 5) -> float:
    """The median of some runs after one to warm up; each run gets its number, so that nothing is remembered."""
    work(-1)
    taken = []
    for number in range(times):
        began = time.perf_counter()
        work(number)
        taken.append(time.perf_counter() - began)
    return sorted(taken)[times // 2]


def text_of(agreement: Agreement) -> AgreementText:
    """The text, assembled from the database."""
    return assemble(load_room(SYSTEM, Agreement.objects.select_related("network").get(pk=agreement.pk)))


def cut(text: AgreementText, pages: int) -> AgreementText:
    """The beginning of a text, so that it fills about so many pages; the annexes are left out."""
    for parts in range(len(text.parts), 0, -1):
        short = dataclasses.replace(text, parts=text.parts[:parts], annexes=())
        found = len(PdfReader(io.BytesIO(render_pdf(to_document(short, on=DAY)))).pages)
        if found <= pages:
            return short
    return short


def run() -> list[tuple[str, float, float, float | None]]:
    """Rows: name, seconds for the smallest, seconds for the large one, limit for the large one."""
    cast = build_cast(only={"birkenfurt", "kreis-heinsberg"})
    network = cast.networks["kreis-heinsberg"]
    large = factory.found(network, list(network.organizations.order_by("name")), title="Large")
    keys = ("suchtberatung-am-markt", "kreisjugendamt-birkenfurt")
    small = factory.found(
        cast.networks["birkenfurt"], [cast.organizations[key] for key in keys], title="Small"
    )
    factory.agree_all(large, quick=True)
    whole = text_of(large)
    ten, one = cut(whole, 10), cut(whole, 1)
    pages = len(PdfReader(io.BytesIO(render_pdf(to_document(whole, on=DAY)))).pages)

    def titled(text: AgreementText, number: int) -> AgreementText:
        # Another title each time: Typst remembers what it has set before.
        return dataclasses.replace(text, title=f"{text.title} {number}", code=f"{number:04d}-BNCH")

    def pdf(text: AgreementText) -> Callable[[int], object]:
        return lambda number: render_pdf(to_document(titled(text, number), on=DAY))

    return [
        (
            "assemble the text, nothing : 60 answers × 8 parties",
            seconds(lambda _: text_of(small)),
            seconds(lambda _: text_of(large)),
            0.1,
        ),
        ("agreement as PDF, 1 page : 10 pages", seconds(pdf(one)), seconds(pdf(ten)), 0.3),
        (
            f"agreement as PDF with annexes, 1 page : {pages} pages",
            seconds(pdf(one)),
            seconds(pdf(whole)),
            None,
        ),
        (
            "agreement as DOCX, 1 page : 10 pages",
            seconds(lambda number: render_docx(to_document(titled(one, number), on=DAY))),
            seconds(lambda number: render_docx(to_document(titled(ten, number), on=DAY))),
            None,
        ),
    ]
