"""A document as DOCX, for those who work in Word: real styles, real headings, real table heads.

It says the same as the PDF but is not the version that counts; it is never signed.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any

import docx
import typst
from docx.document import Document as WordDocument
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph as WordParagraph

from .content import (
    Block,
    Bullets,
    Clause,
    Contents,
    Document,
    Facts,
    Figure,
    Heading,
    PageBreak,
    Paragraph,
    SignatureLines,
    Table,
)
from .glyphs import font_folders, legible, without_control
from .pdf import binding_words, drawing, labels, language_name

_TEAL = RGBColor(0x0E, 0x5A, 0x60)
_INK = RGBColor(0x1A, 0x21, 0x30)
_MUTED = RGBColor(0x55, 0x5C, 0x69)
_LATE = RGBColor(0x9C, 0x43, 0x0B)
_WIDTH = Mm(162)


def render_docx(document: Document) -> bytes:
    """The document as a Word file. Never fails on what people type."""
    return _Writer(document).write()


@lru_cache(maxsize=1)
def _blank() -> bytes:
    """The empty file with our styles; made once, since python-docx takes most of its time to read its own."""
    word = docx.Document()
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(24)
    section.top_margin, section.bottom_margin = Mm(24), Mm(24)
    styles = word.styles
    for name, size, colour in (
        ("Normal", 11, _INK),
        ("Title", 26, _TEAL),
        ("Subtitle", 14, _MUTED),
        ("Heading 1", 17, _TEAL),
        ("Heading 2", 12, _INK),
        ("Heading 3", 11, _INK),
        ("Caption", 10, _INK),
    ):
        style: Any = styles[name]
        style.font.name, style.font.size, style.font.color.rgb = "Calibri", Pt(size), colour
        style.font.italic = False
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for key in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{key}"), None)
        for key in ("ascii", "hAnsi", "cs"):
            fonts.set(qn(f"w:{key}"), "Calibri")
    heading: Any
    for name, before, after in (("Heading 1", 20, 6), ("Heading 2", 12, 3), ("Heading 3", 10, 3)):
        heading = styles[name]
        heading.paragraph_format.space_before, heading.paragraph_format.space_after = Pt(before), Pt(after)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


class _Writer:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.word: WordDocument = docx.Document(io.BytesIO(_blank()))
        self.words = labels(document.language)
        self.level = 0

    def write(self) -> bytes:
        document, word = self.document, self.word
        about = word.core_properties
        about.title, about.author = self.clean(document.title)[:255], self.clean(document.author)[:255]
        about.keywords, about.language = self.clean(document.code)[:255], document.language
        about.created = about.modified = datetime(
            document.date.year, document.date.month, document.date.day, tzinfo=UTC
        )
        about.last_modified_by, about.comments = "", ""
        self.set_language(word.styles["Normal"].element.get_or_add_rPr(), document.language)
        word.add_paragraph(self.clean(document.title), style="Title")
        if document.subtitle:
            word.add_paragraph(self.clean(document.subtitle), style="Subtitle")
        self.footer()
        if words := binding_words(document):
            self.text(words, colour=_MUTED)
        for block in document.blocks:
            self.block(block)
        if document.verify_address:
            self.text(self.words["verify_title"], bold=True)
            self.text(f"{self.words['verify_text']} {document.verify_address}")
        out = io.BytesIO()
        word.save(out)
        return out.getvalue()

    @staticmethod
    def clean(text: str) -> str:
        return without_control(text, lambda _: None)

    @staticmethod
    def set_language(properties: Any, language: str) -> None:
        for old in properties.findall(qn("w:lang")):
            properties.remove(old)
        mark = OxmlElement("w:lang")
        mark.set(qn("w:val"), language)
        mark.set(qn("w:bidi"), language)
        properties.append(mark)

    def footer(self) -> None:
        line = self.word.sections[0].footer.paragraphs[0]
        parts = [part for part in (self.document.code, self.document.footer) if part]
        line.add_run(self.clean(" · ".join(parts)) + "\t\t")
        for kind in ("begin", None, "end"):
            run = line.add_run()
            if kind:
                field = OxmlElement("w:fldChar")
                field.set(qn("w:fldCharType"), kind)
            else:
                field = OxmlElement("w:instrText")
                field.text = "PAGE"
            run._r.append(field)
        for run in line.runs:
            run.font.size, run.font.color.rgb = Pt(9), _MUTED

    def paragraphs(
        self,
        text: str,
        into: Any = None,
        style: str | None = None,
    ) -> Iterable[WordParagraph]:
        """Write a text as paragraphs with line breaks, into the document or a table cell."""
        for part in self.clean(text).replace("\t", " ").split("\n\n"):
            lines = [line.strip() for line in part.split("\n") if line.strip()]
            if lines:
                line = (into or self.word).add_paragraph("\n".join(lines), style=style)
                yield line

    def text(
        self,
        text: str,
        *,
        into: Any = None,
        style: str | None = None,
        bold: bool = False,
        colour: RGBColor | None = None,
        size: int | None = None,
        language: str | None = None,
    ) -> None:
        for line in self.paragraphs(text, into, style):
            for run in line.runs:
                run.bold = bold or None
                if colour is not None:
                    run.font.color.rgb = colour
                if size is not None:
                    run.font.size = Pt(size)
                if language is not None:
                    self.set_language(run._r.get_or_add_rPr(), language)

    def block(self, block: Block) -> None:
        match block:
            case Heading():
                self.level = max(1, min(block.level, self.level + 1))
                self.heading(block.number, block.text, min(self.level, 3))
            case Clause():
                self.clause(block)
            case Paragraph():
                lead, muted = block.tone == "lead", block.tone == "muted"
                self.text(
                    block.text, colour=_TEAL if lead else _MUTED if muted else None, size=14 if lead else None
                )
            case Bullets():
                self.bullets(block.items)
            case Table():
                self.table(block)
            case Facts():
                self.facts(block)
            case Figure():
                self.figure(block)
            case SignatureLines():
                self.signatures(block)
            case PageBreak():
                self.word.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
            case Contents():
                for part in self.document.blocks:
                    if isinstance(part, Heading) and part.level == 1:
                        self.text(f"{part.number}  {part.text}".strip())

    def heading(self, number: str, text: str, level: int) -> None:
        line = " ".join(self.clean(f"{number}  {text}" if number else text).split("\n"))
        self.word.add_heading(line, level)

    def bullets(self, items: Sequence[str], into: Any = None, language: str | None = None) -> None:
        for item in items:
            self.text(item.replace("\n\n", "\n"), into=into, style="List Bullet", language=language)

    def clause(self, block: Clause) -> None:
        self.heading(block.number, block.title, min(self.level, 1) + 1)
        second = self.document.second_language
        if block.second_text is None or second is None:
            self.version(block, None, block.text, block.bullets, self.document.language)
            if block.table:
                self.table(block.table)
            return
        pair = self.word.add_table(1, 2)
        pair.autofit = False
        sides = (
            (self.document.language, block.text, block.bullets),
            (second, block.second_text, block.second_bullets),
        )
        for cell, (language, text, bullets) in zip(pair.rows[0].cells, sides, strict=True):
            cell.width = Emu(_WIDTH // 2)
            name = language_name(language, language)
            binds = language == self.document.binding_language
            cell.paragraphs[0].add_run(f"{name} · {self.words['binding']}" if binds else name).font.size = Pt(
                9
            )
            self.version(block, cell, text, bullets, language)
        for table in (block.table, block.second_table):
            if table:
                self.table(table)

    def version(self, block: Clause, into: Any, text: str, bullets: Sequence[str], language: str) -> None:
        if not block.agreed:
            words = labels(language)
            self.text(words["not_agreed"], into=into, bold=True, colour=_LATE, language=language)
            if text.strip():
                self.text(words["proposed"], into=into, colour=_MUTED, language=language)
        self.text(text, into=into, colour=None if block.agreed else _MUTED, language=language)
        self.bullets(bullets, into, language)

    def grid(self, rows: int, columns: int) -> Any:
        table = self.word.add_table(rows, columns, style="Table Grid")
        table.alignment = WD_TABLE_ALIGNMENT.LEFT
        return table

    def cell(self, cell: Any, text: str, *, bold: bool = False) -> None:
        cell.paragraphs[0].text = self.clean(text).replace("\t", " ").strip()
        for run in cell.paragraphs[0].runs:
            run.bold, run.font.size = bold or None, Pt(10)

    def table(self, block: Table) -> None:
        if block.caption:
            self.word.add_paragraph(" ".join(self.clean(block.caption).split()), style="Caption")
        width = max([1, len(block.header), *(len(row) for row in block.rows)])
        table = self.grid(1 + len(block.rows), width)
        head = OxmlElement("w:tblHeader")
        head.set(qn("w:val"), "true")
        table.rows[0]._tr.get_or_add_trPr().append(head)
        # All cells at once: python-docx walks the whole table for each single one.
        cells = list(table._cells)
        for number, row in enumerate((block.header, *block.rows)):
            for column, text in enumerate(row):
                self.cell(cells[number * width + column], text, bold=number == 0)
        self.word.add_paragraph()

    def facts(self, block: Facts) -> None:
        if not block.pairs:
            return
        table = self.word.add_table(len(block.pairs), 2)
        cells = list(table._cells)
        for number, (name, value) in enumerate(block.pairs):
            self.cell(cells[2 * number], name, bold=True)
            self.cell(cells[2 * number + 1], value)
        self.word.add_paragraph()

    def figure(self, block: Figure) -> None:
        picture = drawing(block.svg, partial(legible, replaced={}))
        png = _picture(picture[0]) if picture else None
        if picture is None or png is None:
            self.text(f"[{self.words['picture_missing']} {block.alt}]", colour=_MUTED)
            return
        line = self.word.add_paragraph()
        tall = picture[1] > 1.33
        shape = line.add_run().add_picture(
            io.BytesIO(png), width=None if tall else _WIDTH, height=Mm(215) if tall else None
        )
        shape._inline.docPr.set("descr", self.clean(block.alt))
        if block.caption:
            self.word.add_paragraph(" ".join(self.clean(block.caption).split()), style="Caption")

    def signatures(self, block: SignatureLines) -> None:
        for party, name in block.rows:
            self.text(party, bold=True)
            signature = self.words["signature"] + (f" · {self.clean(name)}" if name else "")
            self.text("\n" + "_" * 28 + "     " + "_" * 40)
            self.text(f"{self.words['place_date']}     {signature}", colour=_MUTED, size=9)


@lru_cache(maxsize=1)
def _painter() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=list(font_folders())
    )


def _picture(svg: str) -> bytes | None:
    """The drawing as PNG, since Word before 2016 shows no SVG; None if it cannot be drawn."""
    source = (
        "#set page(width: auto, height: auto, margin: 0pt)\n"
        '#image(bytes(sys.inputs.svg), format: "svg", width: 480pt)'
    )
    try:
        png = typst.Compiler(source.encode(), font_paths=_painter(), ignore_system_fonts=True).compile(
            format="png", ppi=160, sys_inputs={"svg": svg}
        )
    except typst.TypstError:
        return None
    return png if isinstance(png, bytes) else None
