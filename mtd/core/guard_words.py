"""The words of the identity guard, for people: its codes translated."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from mtd.deidentification import Kind, Problem, explain

KINDS: dict[Kind, Promise] = {
    Kind.PERSON: pgettext_lazy("what a passage tells", "Name of a person"),
    Kind.PLACE: pgettext_lazy("what a passage tells", "Place"),
    Kind.ORGANISATION: pgettext_lazy("what a passage tells", "Name of an organisation"),
    Kind.ADDRESS: pgettext_lazy("what a passage tells", "Address"),
    Kind.BIRTH_DATE: pgettext_lazy("what a passage tells", "Date of birth"),
    Kind.DATE: pgettext_lazy("what a passage tells", "Exact date"),
    Kind.PHONE: pgettext_lazy("what a passage tells", "Telephone number"),
    Kind.EMAIL: pgettext_lazy("what a passage tells", "E-mail address"),
    Kind.WEB: pgettext_lazy("what a passage tells", "Web address"),
    Kind.HANDLE: pgettext_lazy("what a passage tells", "Name in a social network"),
    Kind.NUMBER: pgettext_lazy("what a passage tells", "Personal number or file number"),
    Kind.PLATE: pgettext_lazy("what a passage tells", "Number plate"),
    Kind.ACCOUNT: pgettext_lazy("what a passage tells", "Bank account"),
    Kind.RARE: pgettext_lazy("what a passage tells", "So rare that it means one person"),
}
"""What a passage gives away."""

REASONS_TO_KEEP: dict[str, Promise] = {
    "word": _("it is an ordinary word, not a name"),
    "professional": _("it names a professional or an organisation acting as such"),
    "public": _("it is a place or body that everybody uses"),
    "general": _("it fits a great many people"),
}
"""Why a passage to check may stay; goes on after “Keep it, because …”. No free text, which would tell again."""
OCCASION = "occasion"
REASONS_FOR_DATES: dict[str, Promise] = {
    OCCASION: _("professionals meet or decide something on that day"),
    "general": REASONS_TO_KEEP["general"],
}
"""The same for a day, where days are to be checked at all."""

PROBLEMS: dict[Problem, Promise] = {
    Problem.LANGUAGE: _(
        "We cannot check the language of this text, so we cannot tell that it names nobody. Nothing was saved or "
        "sent; your text is still here. Please write it in one of the twelve languages of the project."
    ),
    Problem.TIME: _(
        "Checking this text for names took too long. Nothing was saved or sent; your text is still here. Please "
        "send it again, or shorten it."
    ),
    Problem.LENGTH: _(
        "This text is too long to be checked for names. Nothing was saved or sent; your text is still here. Please "
        "shorten it."
    ),
    Problem.FAILURE: _(
        "This text cannot be checked for names right now. Nothing was saved or sent; your text is still here. "
        "Please try again, and tell the people who run this site if it stays like this."
    ),
}
"""Why nothing was sent, and what to do."""

TAKEN = _(
    "The suggestions are in your text now. Please read it once more, then send it again. Nothing was saved or sent "
    "so far."
)


def kind_word(kind: Kind) -> str:
    """What a passage of this kind gives away."""
    return str(KINDS[kind])


def explanation(reason: str) -> str:
    """Why the passage may tell who a family is, by the guard's code."""
    return gettext(explain.explanation(reason))


def what_is_open(must_go: int, to_check: int) -> str:
    """“2 passages must go. Please check one passage.”; empty where nothing is open."""
    parts = []
    if must_go:
        parts.append(
            ngettext("One passage must go.", "%(number)d passages must go.", must_go) % {"number": must_go}
        )
    if to_check:
        parts.append(
            ngettext("Please check one passage.", "Please check %(number)d passages.", to_check)
            % {"number": to_check}
        )
    return " ".join(parts)
