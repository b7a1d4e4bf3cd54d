"""Choices among people, written the same way in every form."""

from __future__ import annotations

from typing import Any

from django import forms


class ColleagueChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A person by name and, where it is known, position."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.full_name}{f', {obj.position}' if obj.position else ''}"
