"""Words for the rooms of an agreement."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import get_language

from mtd.agreements.forms.wording import CommentForm
from mtd.agreements.queries import Room, comments_on
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


@register.simple_tag(takes_context=True)
def clause_comments(context: dict[str, Any]) -> dict[str, Any]:
    """The comments on the page's clause in threads, those still open first, and an empty form to write one."""
    room: Room = context["room"]
    found = comments_on(room, context["question_key"])
    known = {comment.pk for comment in found}
    threads: list[dict[str, Any]] = [
        {"comment": comment, "replies": [one for one in found if one.parent_id == comment.pk]}
        for comment in found
        if comment.parent_id not in known
    ]
    return {
        "threads": [one for one in threads if one["comment"].settled_at is None],
        "settled": [one for one in threads if one["comment"].settled_at is not None],
        "open": sum(1 for one in threads if one["comment"].settled_at is None),
        "may": bool(room.my_party) or room.is_coordinator or room.is_moderator,
        "form": CommentForm(room)
        if context.get("answered_comment")
        else context.get("comment_form") or CommentForm(room),
    }
