"""Texts of a guide in the reader's language, and its Markdown as safe HTML."""

from __future__ import annotations

from functools import lru_cache

import nh3
from django import template
from django.utils.safestring import SafeString, mark_safe
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
