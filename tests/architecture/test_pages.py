"""Pages keep the strict content security policy, and ask nobody but us for anything."""

import re
from pathlib import Path

from . import house

INLINE = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "an event attribute": re.compile(
        r"<[a-z][^>]*\s(?:hx-on[:\w-]*|on(?:abort|animation\w+|before\w+|blur|change|click|copy|cut|dblclick|drag\w*"
        r"|drop|error|focus\w*|hashchange|input|invalid|key\w+|load\w*|message|mouse\w+|paste|pointer\w+|popstate"
        r"|reset|resize|scroll|select|submit|toggle|touch\w+|transition\w+|unload|wheel))\s*=",
        re.IGNORECASE,
    ),
    "an inline script": re.compile(
        r"<script(?![^>]*\ssrc=)(?![^>]*type=[\"']application/json)[^>]*>", re.IGNORECASE
    ),
    "an inline style sheet": re.compile(r"<style[\s>]", re.IGNORECASE),
    "a javascript: address": re.compile(r"[\"']\s*javascript:", re.IGNORECASE),
}
FETCHED = re.compile(
    r"""(?:\s(?:src|srcset|action|poster|hx-(?:get|post))\s*=\s*["']|<link[^>]*\shref\s*=\s*["']|url\(\s*["']?|@import\s+["'])"""
    r"""\s*(?:https?:)?//""",
    re.IGNORECASE,
)
COMMENT = re.compile(r"\{#.*?#\}|\{%\s*comment.*?endcomment\s*%\}|<!--.*?-->|/\*.*?\*/", re.DOTALL)
MAIL = {"email"}


def _sources(*suffixes: str) -> list[tuple[Path, str]]:
    folders = ("templates/", "static/", "mtd/")
    return [
        (path, COMMENT.sub(lambda found: "\n" * found[0].count("\n"), path.read_text(encoding="utf-8")))
        for path in house.tracked()
        if path.relative_to(house.ROOT).as_posix().startswith(folders) and path.suffix in suffixes
    ]


def test_templates_hold_no_inline_script_or_style() -> None:
    found = [
        f"{house.where(path, text.count(chr(10), 0, match.start()) + 1)}: {what}"
        for path, text in _sources(".html")
        if not MAIL & set(path.parts)
        for what, pattern in INLINE.items()
        for match in pattern.finditer(text)
    ]
    assert found == []


def test_pages_fetch_nothing_from_third_parties() -> None:
    found = [
        f"{house.where(path, text.count(chr(10), 0, match.start()) + 1)}: {match[0]}"
        for path, text in _sources(".html", ".css", ".js", ".svg")
        for match in FETCHED.finditer(text)
    ]
    assert found == []


def test_scripts_know_no_foreign_address() -> None:
    found = [
        f"{house.where(path, number)}: {line.strip()[:80]}"
        for path, text in _sources(".js")
        for number, line in enumerate(text.splitlines(), 1)
        if re.search(r"https?://(?!www\.w3\.org/)", line)
    ]
    assert found == []


def test_the_rules_find_what_they_forbid() -> None:
    bad = {
        "a style attribute": '<p class="a" style="color: red">',
        "an event attribute": '<button onclick="go()">',
        "an inline script": "<script>go()</script>",
        "an inline style sheet": "<style>p {}</style>",
        "a javascript: address": '<a href="javascript:go()">',
    }
    for what, text in bad.items():
        assert INLINE[what].search(text), what
    for text in (
        '<img src="https://x.example/a.png">',
        "url(//x.example/a)",
        '<link rel="x" href="http://x.example">',
    ):
        assert FETCHED.search(text), text
    assert not INLINE["an inline script"].search('<script src="/static/app.js" defer></script>')
    assert not INLINE["an event attribute"].search('<c-field only="x" />')


TITLE = re.compile(r"\{% block title %\}(.*)")
SHOWN = re.compile(r"\{\{\s*([\w.]+)|\b\w+=([a-z_]+(?:\.\w+)+)")
PUBLIC_IN_TITLES = {
    "agreement.title",
    "consultation.number",
    "country.name",
    "duty.party.organization.short_name",
    "duty.title",
    "kind.label",
    "kind_label",
    "meeting.get_kind_display",
    "network.name",
    "offer.organization.short_name",
    "old.number",
    "organization.name",
    "pack.title",
    "question.number",
    "report.year",
    "series.get_kind_display",
    "step.title",
    "version.number",
    "year.year",
}
"""What the title of a page may say: public names, numbers and kinds. A browser keeps titles in its history."""


def test_no_title_of_a_page_says_what_somebody_typed_about_their_work() -> None:
    shown = {
        one or other
        for _path, text in _sources(".html")
        for title in TITLE.findall(text)
        for one, other in SHOWN.findall(title)
    }
    written_out = {"name", "network", "new", "number", "old", "title", "year"}
    assert shown - written_out - PUBLIC_IN_TITLES == set()
