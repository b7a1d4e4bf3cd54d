"""Untrusted input for the collection of what was learnt → clean values."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from mtd.consultations.models import Topic
from mtd.core.guarded import GuardedTextField


class LearningForm(forms.Form):
    """Two short texts in general words; the guard looks at both."""

    topic = forms.ChoiceField(label=_("What is it about?"), choices=Topic.choices)
    situation = GuardedTextField(
        label=_("When does it help?"),
        max_length=600,
        rows=2,
        help_text=_("A kind of situation, not a case: “When a parent relapses during treatment …”"),
    )
    learnt = GuardedTextField(
        label=_("What did we learn?"),
        max_length=2000,
        rows=4,
        help_text=_("Write it anew in your own words. Nothing is taken over from a consultation."),
    )


class LearningFilterForm(forms.Form):
    """One topic, or all."""

    topic = forms.ChoiceField(
        label=_("About"), required=False, choices=[("", _("All topics")), *Topic.choices]
    )
