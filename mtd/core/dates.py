"""Dates in words, in the language that is active."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format


def span_text(first: date, last: date) -> str:
    """A span in months: “March 2026”, “April – May 2026”, “October 2025 – March 2026”."""
    if (first.year, first.month) == (last.year, last.month):
        return date_format(first, "F Y")
    if first.year == last.year:
        return f"{date_format(first, 'F')} – {date_format(last, 'F Y')}"
    return f"{date_format(first, 'F Y')} – {date_format(last, 'F Y')}"


def months_between(first: date, last: date) -> int:
    """Whole months from the first day to the last, at least 0."""
    months = (last.year - first.year) * 12 + last.month - first.month
    return max(months - (last.day < first.day), 0)
