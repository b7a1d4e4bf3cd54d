"""Words for the rooms of an agreement."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language

from mtd.guide.pack import Pack, say

register = template.Library()


@register.filter
def question_title(key: str, pack: Pack) -> str:
    """Number and short title of a question, e.g. “12.1 Meetings of the committee”; the key if it has gone."""
    try:
        question = pack.question(key)
    except KeyError:
        return key
    return f"{question.number} {say(question.short, get_language() or 'en')}"
