"""The one form field for free text that other organisations can read.

Today it advises. The identity guard will sit in `clean`, so that every such field is guarded at once: use this field,
never a bare CharField, wherever people of other organisations read what is typed.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

ADVICE = _("Please no names, dates of birth or addresses of families: others read this.")


class GuardedTextField(forms.CharField):
    """Several lines of text that others read; says so under the field. `max_length` is 4,000 unless told."""

    widget = forms.Textarea

    def __init__(self, *, max_length: int = 4000, rows: int = 4, help_text: Any = "", **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(max_length=max_length, help_text=help_text or ADVICE, **kwargs)


class GuardedLineField(forms.CharField):
    """The same for one line."""

    def __init__(self, *, max_length: int = 200, help_text: Any = "", **kwargs: Any) -> None:
        super().__init__(max_length=max_length, help_text=help_text or ADVICE, **kwargs)
