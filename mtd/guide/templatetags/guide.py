"""Texts of a guide in the reader's language, and its Markdown as safe HTML."""

from __future__ import annotations

from functools import lru_cache

import nh3
from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from markdown_it import MarkdownIt

from ..pack import Texts, say

register = template.Library()
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
_TAGS = {
    "p",
    "h3",
    "h4",
    "ul",
    "ol",
    "li",
    "strong",
    "em",
    "a",
    "blockquote",
    "table",
    "thead",
    "tbody",
    "tr",
}
_TAGS |= {"th", "td", "code", "br", "hr"}


@register.filter(name="say")
def say_in(texts: Texts, language: str) -> str:
    """The text in that language, or in the guide's first one."""
    return say(texts, language) if texts else ""


_FIELDS = {
    "title": _("Title"),
    "summary": _("Summary"),
    "about": _("About it"),
    "label": _("The question"),
    "short": _("Title of the clause"),
    "why": _("Why it is asked"),
    "help": _("How to answer"),
    "clause": _("Wording of the clause"),
    "clauses": _("Wording of the clause"),
    "options": _("To choose from"),
    "columns": _("Columns"),
    "params": _("Limits and proposal"),
    "show_if": _("When it is asked"),
    "required": _("Cannot be left open"),
    "yields_clause": _("Yields a clause"),
    "bullets": _("As a list"),
    "examples": _("What others agreed"),
    "default_source": _("Source of the proposal"),
    "obligation": _("Duty it creates"),
    "permission": _("What it permits"),
    "part": _("Part of the agreement"),
    "step": _("Step"),
    "type": _("Kind of answer"),
    "months": _("Months"),
    "purpose": _("Purpose"),
    "takes_part": _("Who takes part"),
    "conversation": _("Questions for the conversation"),
    "checklist": _("Checklist"),
    "stumbling": _("Known stumbling blocks"),
    "outcome": _("What you hold at the end"),
    "body": _("What this step is about"),
    "place": _("Place"),
    "country": _("Country"),
    "year": _("Year"),
    "source": _("Source"),
    "text": _("Text"),
}


@register.filter
def field_name(path: str) -> str:
    """What a changed field is called, with the entry it belongs to: “Checklist: named”."""
    first, _dot, rest = path.partition(".")
    name = str(_FIELDS.get(first, first))
    entry = rest.removesuffix(".text").removesuffix(".help")
    return f"{name}: {entry}" if entry else name


@lru_cache(maxsize=256)
def _rendered(text: str) -> str:
    # Headings of a step stand below the page's own, so they begin at the third level.
    html = str(_MARKDOWN.render(text))
    for level in ("1", "2"):
        html = html.replace(f"<h{level}>", "<h3>").replace(f"</h{level}>", "</h3>")
    return nh3.clean(html, tags=_TAGS, attributes={"a": {"href"}}, link_rel="noreferrer noopener")


@register.filter
def markdown(text: str) -> SafeString:
    """Markdown as HTML without anything that could run or load."""
    return mark_safe(_rendered(text or ""))  # noqa: S308 – cleaned by nh3
