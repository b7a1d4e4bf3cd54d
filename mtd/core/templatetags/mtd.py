"""Signs, dates, numbers and word differences, written the same way on every page."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from urllib.parse import urlencode

from django import template
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format, number_format
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext, pgettext, pgettext_lazy

register = template.Library()

HELP_SYSTEMS = {
    "addiction_care": pgettext_lazy("help system", "Addiction care"),
    "youth_welfare": pgettext_lazy("help system", "Youth welfare"),
    "health": pgettext_lazy("help system", "Health"),
    "school": pgettext_lazy("help system", "School"),
    "other": pgettext_lazy("help system", "Other"),
}
_HALVES = {
    "addiction_care": "care",
    "youth_welfare": "youth",
    "care": "care",
    "youth": "youth",
    "health": "health",
    "school": "school",
    "other": "other",
}
_STATE_ICONS = {
    "good": "check",
    "agreed": "check",
    "late": "clock",
    "due": "clock",
    "miss": "cross",
    "certain": "warn",
    "work": "arrow",
    "differ": "differ",
    "differs": "differ",
    "parked": "parked",
    "open": "open",
    "check": "warn",
    "closed": "lock",
    "info": "info",
    "part": "part",
    "success": "check",
    "warning": "warn",
    "error": "warn",
    "debug": "info",
}


# ---------------------------------------------------------------- signs


@register.simple_tag
def icon(name: str) -> SafeString:
    """A line icon of the sprite; decorative, so a word must stand beside it."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#i-{}"/></svg>',
        static("icons.svg"),
        name,
    )


@register.simple_tag
def half(system: str | None) -> SafeString:
    """The sign of a help system: a half-disc for the two sides, a small figure for the others."""
    name = _HALVES.get(str(system or ""))
    if not name:
        return mark_safe("")
    return format_html(
        '<svg class="half half--{}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        name,
        static("icons.svg"),
        name,
    )


@register.filter
def state_icon(kind: str) -> str:
    """The icon that belongs to a state, so that colour never stands alone."""
    return _STATE_ICONS.get(str(kind), "info")


@register.filter
def side(system: str | None) -> str:
    """Which bank a help system stands on: care, youth or other."""
    name = _HALVES.get(str(system or ""), "other")
    return name if name in {"care", "youth"} else "other"


@register.filter
def system_name(system: str | None) -> str:
    """The help system in words."""
    return str(HELP_SYSTEMS.get(str(system or ""), ""))


@register.filter
def initials(name: str | None) -> str:
    """At most two letters of a name, for the disc beside it."""
    words = [word for word in re.split(r"[\s\-]+", str(name or "")) if word and word[0].isalpha()]
    if not words:
        return ""
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


# ---------------------------------------------------------------- numbers


@register.filter
def number(value: object) -> str:
    """A number grouped as the language does it: 1,234 or 1.234."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return "" if value is None else str(value)
    return number_format(value, use_l10n=True, force_grouping=True)


@register.filter
def range_of(low: object, high: object) -> str:
    """Two bounds as one range; one number when they are the same."""
    return number(low) if low == high else f"{number(low)}–{number(high)}"


# ---------------------------------------------------------------- dates


def _local_date(value: object) -> dt.date | None:
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value if isinstance(value, dt.date) else None


def _german() -> bool:
    return (translation.get_language() or "en").startswith("de")


@register.filter
def day(value: object) -> str:
    """20 November 2026; 20. November 2026."""
    date = _local_date(value)
    return date_format(date, "j. F Y" if _german() else "j F Y") if date else ""


@register.filter
def weekday(value: object) -> str:
    """Friday 20 November 2026; Freitag, 20. November 2026."""
    date = _local_date(value)
    return date_format(date, "l, j. F Y" if _german() else "l j F Y") if date else ""


@register.filter
def short_day(value: object) -> str:
    """20 Nov 2026; 20.11.2026."""
    date = _local_date(value)
    return date_format(date, "d.m.Y" if _german() else "j M Y") if date else ""


@register.filter
def day_number(value: object) -> str:
    """The day of the month as it is written alone: 20; 20."""
    date = _local_date(value)
    return f"{date.day}." if date and _german() else str(date.day) if date else ""


@register.filter
def moment(value: object) -> str:
    """20 November 2026, 14:02, in the reader's time zone."""
    if not isinstance(value, dt.datetime):
        return day(value)
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{day(local)}, {date_format(local, 'H:i')}"


@register.filter
def until(value: object) -> str:
    """How far a day is from today: today, tomorrow, in 3 days, 5 days ago."""
    date = _local_date(value)
    if date is None:
        return ""
    days = (date - timezone.localdate()).days
    if days == 0:
        return pgettext("distance", "today")
    if days == 1:
        return pgettext("distance", "tomorrow")
    if days == -1:
        return pgettext("distance", "yesterday")
    if days > 0:
        return ngettext("in %(days)d day", "in %(days)d days", days) % {"days": days}
    return ngettext("%(days)d day ago", "%(days)d days ago", -days) % {"days": -days}


# ---------------------------------------------------------------- text


@register.filter
def paragraphs(value: object) -> SafeString:
    """Typed text as paragraphs: escaped, a blank line makes a new one, a line break stays."""
    text = str(value or "").replace("\r\n", "\n").strip()
    if not text:
        return mark_safe("")
    parts = [escape(part).replace("\n", "<br>") for part in re.split(r"\n{2,}", text)]
    return mark_safe("".join(f"<p>{part}</p>" for part in parts))  # noqa: S308 - each part is escaped above


@register.filter
def soft(value: object) -> SafeString:
    """A heading that may break inside long compounds: after hyphens, slashes and known German parts."""
    text = str(conditional_escape(str(value or "")))
    text = re.sub(
        r"(?<=[a-zäöüß])(?=(?:vereinbarung|beratung|verpflichtung|entbindung|gefährdung|hilfe))",
        "&shy;",
        text,
    )
    return mark_safe(text.replace("/", "/&#8203;"))  # noqa: S308 - escaped above


@dataclass(frozen=True)
class WordDiff:
    """Two texts with the words that differ marked; both sides are escaped HTML."""

    left: SafeString
    right: SafeString
    same: bool


_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_LONG = 4000
"""From so many tokens on, lines are compared instead of words: quick for a whole agreement, too."""


def diff_words(left: object, right: object) -> WordDiff:
    """Compare two texts word by word."""
    a, b = str(left or ""), str(right or "")
    if a == b:
        return WordDiff(escape(a), escape(b), same=True)
    tokens = _TOKEN.findall(a), _TOKEN.findall(b)
    if max(len(side_) for side_ in tokens) > _LONG:
        tokens = a.splitlines(keepends=True), b.splitlines(keepends=True)
    out: tuple[list[str], list[str]] = ([], [])
    matcher = SequenceMatcher(None, tokens[0], tokens[1], autojunk=False)
    for tag, a1, a2, b1, b2 in _without_islands(matcher.get_opcodes(), tokens[0]):
        for parts, piece in ((out[0], tokens[0][a1:a2]), (out[1], tokens[1][b1:b2])):
            text = "".join(piece)
            words = text.strip()
            if tag == "equal" or not words:
                parts.append(escape(text))
                continue
            before, after = text[: text.index(words[0])], text[len(text.rstrip()) :]
            parts.append(f"{escape(before)}<mark>{escape(words)}</mark>{escape(after)}")
    marked = [mark_safe("".join(parts)) for parts in out]  # noqa: S308 - each piece is escaped above
    return WordDiff(marked[0], marked[1], same=False)


Opcode = tuple[str, int, int, int, int]


def _without_islands(opcodes: Sequence[Opcode], tokens: list[str]) -> list[Opcode]:
    """Join differences that only a blank or a short word keeps apart: one underline reads better than many."""
    joined: list[Opcode] = []
    for index, (tag, a1, a2, b1, b2) in enumerate(opcodes):
        between = "".join(tokens[a1:a2]).strip()
        island = tag == "equal" and 0 < index < len(opcodes) - 1 and len(between) <= 3
        kind = "equal" if tag == "equal" and not island else "replace"
        if joined and kind == "replace" and joined[-1][0] == "replace":
            joined[-1] = ("replace", joined[-1][1], a2, joined[-1][3], b2)
        else:
            joined.append((kind, a1, a2, b1, b2))
    return joined


@register.simple_tag
def word_diff(left: object, right: object) -> WordDiff:
    """`{% word_diff a b as d %}`: d.left and d.right with <mark> around what differs, d.same."""
    return diff_words(left, right)


# ---------------------------------------------------------------- addresses


@register.simple_tag(takes_context=True)
def page_query(context: template.Context, page: int) -> str:
    """The query of this page with another page number; filters stay."""
    request = context.get("request")
    pairs: list[tuple[str, str]] = []
    if isinstance(request, HttpRequest):
        pairs = [(key, value) for key, values in request.GET.lists() if key != "page" for value in values]
    return "?" + urlencode([*pairs, ("page", str(page))])


@register.filter
def page_range(paginator: Paginator[object], number: int) -> Iterator[int | str]:
    """The page numbers worth showing, with an ellipsis for the rest."""
    yield from paginator.get_elided_page_range(number, on_each_side=1, on_ends=1)


@register.filter
def or_word(value: object, word: str) -> object:
    """The value, or a word where there is none (0 is a value)."""
    return word if value is None or value == "" else value


@register.filter
def yes_no(value: object) -> str:
    """True and false in words."""
    return gettext("yes") if value else gettext("no")


@register.filter
def is_kind(field: object, kind: str) -> bool:
    """True if the widget of a bound field is of this kind: checkbox, choices, file, select, textarea."""
    from django import forms

    widget = getattr(getattr(field, "field", None), "widget", None)
    kinds: dict[str, tuple[type[forms.Widget], ...]] = {
        "checkbox": (forms.CheckboxInput,),
        "choices": (forms.RadioSelect, forms.CheckboxSelectMultiple),
        "file": (forms.FileInput,),
        "select": (forms.Select,),
        "textarea": (forms.Textarea,),
    }
    matches = isinstance(widget, kinds[kind])
    return matches and not (kind == "select" and isinstance(widget, kinds["choices"]))


@register.inclusion_tag("includes/area_nav.html")
def area_nav(slug: str, current: str) -> dict[str, object]:
    """The row of areas of one network's cooperation, the present one marked: `{% area_nav network.slug "needs" %}`."""
    from mtd.core.context import AREAS

    return {
        "items": [
            {"label": label, "url": reverse(route, args=[slug]), "current": key == current}
            for key, label, route in AREAS
        ]
    }


@register.simple_tag
def guarded_text(
    name: str,
    *,
    id: str,
    of: object = "",
    value: str = "",
    rows: int = 3,
    most: int = 4000,
    stored: bool = False,
    strict: bool = True,
    **attrs: object,
) -> SafeString:
    """Several lines under the identity guard where a page has many small forms and no form object for each:
    `{% guarded_text "reply" id="reply-" of=comment.pk rows=2 %}`. `stored`: `value` came through this guard before."""
    from mtd.core.guarded import GuardedTextarea

    widget = GuardedTextarea(
        {"rows": rows, "maxlength": most, "class": "kern-form-input__input", "id": f"{id}{of}"}
    )
    widget.attrs |= {key.replace("_", "-"): words for key, words in attrs.items() if words}
    widget.settled, widget.strict, widget.dates = value if stored else "", strict, True
    return widget.render(name, value)


@register.simple_tag
def guarded_again(bound: object, *, id: str, of: object = "") -> SafeString:
    """A guarded field of a form that was sent, under the id that it has on this page, with its passages."""
    from django.forms import BoundField

    assert isinstance(bound, BoundField)
    return bound.as_widget(attrs={"id": f"{id}{of}", "class": "kern-form-input__input"})


@register.simple_tag
def open_passages(form: object) -> object:
    """What the identity guard left open over several fields of a form: `{% open_passages form as open %}`."""
    from django.forms import BaseForm

    from mtd.core.guarded import open_in

    return open_in(form) if isinstance(form, BaseForm) else None
