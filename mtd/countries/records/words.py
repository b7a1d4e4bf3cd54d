"""The words of a country record: kinds of facts, their choices, and how texts and dates are read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from mtd.core.errors import Message

CODES = ("DE", "FI", "BE", "ES", "IT", "NL", "PT", "SK", "CZ", "EL", "CY", "SI")
"""The twelve partner countries in the project's own order; Greece is EL as in all EU statistics."""

SINGLES = (
    "duty_to_report",
    "reported_to",
    "family_told_first",
    "advice_from",
    "written_down",
    "emergency_number",
    "consent_age_counselling",
    "languages",
    "time_zones",
    "children_population",
)
LISTS = ("helplines", "legal_bases", "retention_rules", "prevalence")
KINDS: dict[str, Message] = {
    "duty_to_report": _("Duty to report endangerment"),
    "reported_to": _("Who is told"),
    "family_told_first": _("What the family is told first"),
    "advice_from": _("Whom to ask for advice"),
    "written_down": _("What to write down"),
    "emergency_number": _("Emergency number"),
    "helplines": _("Helplines"),
    "consent_age_counselling": _("Age of consent for counselling"),
    "legal_bases": _("Legal bases"),
    "retention_rules": _("How long records are kept"),
    "prevalence": _("Prevalence"),
    "children_population": _("Children in the population"),
    "languages": _("Languages"),
    "time_zones": _("Time zones"),
}
"""Every kind of fact in the order in which people look for it."""

DUTIES: dict[str, Message] = {
    "all": _("All professionals must report"),
    "certain_groups": _("Certain professional groups must report"),
    "none": _("No duty to report"),
}
TOPICS: dict[str, Message] = {
    "duty_to_report": _("Duty to report"),
    "confidentiality": _("Confidentiality"),
    "child_protection": _("Child protection"),
    "cooperation": _("Cooperation"),
    "data_protection": _("Data protection"),
}
AUDIENCES: dict[str, Message] = {
    "children": pgettext_lazy("helpline for", "Children and young people"),
    "parents": pgettext_lazy("helpline for", "Parents"),
    "families": pgettext_lazy("helpline for", "Families"),
    "relatives": pgettext_lazy("helpline for", "Relatives"),
    "addiction": pgettext_lazy("helpline for", "Alcohol, drugs and addiction"),
    "violence": pgettext_lazy("helpline for", "Violence and abuse"),
    "missing_children": pgettext_lazy("helpline for", "Missing children"),
    "emergency": pgettext_lazy("helpline for", "Emergencies"),
    "professionals": pgettext_lazy("helpline for", "Professionals"),
}
COUNTS: dict[str, Message] = {
    "children": pgettext_lazy("a figure counts", "Children with a parent with an addiction"),
    "children_wider": pgettext_lazy(
        "a figure counts", "Children with a parent with a mental illness and/or an addiction"
    ),
    "clients": pgettext_lazy("a figure counts", "People in treatment who live with children"),
    "users": pgettext_lazy("a figure counts", "People who use drugs and live with children"),
}
"""What a prevalence figure counts. Figures of different counts are never added, averaged or compared."""
UNITS: dict[str, Message] = {
    "percent": _("per cent of the base"),
    "persons": _("persons"),
    "per_10000": _("per 10,000 of the base"),
}


def in_language(texts: Mapping[str, str], language: str | None = None) -> str:
    """The text in the wanted (else the active) language, else in English, else in whatever there is."""
    wanted = (language or get_language() or "en").split("-")[0]
    return texts.get(wanted) or texts.get("en") or next((text for text in texts.values() if text), "")


def date_words(text: str) -> str:
    """The date of a source in words: "about 2008", "undated", or the date as it stands."""
    if not text:
        return str(_("undated"))
    if text.startswith("~"):
        return str(_("about %(year)s") % {"year": text[1:]})
    if len(text) == 10:
        return date_format(date.fromisoformat(text), "DATE_FORMAT")
    return text
