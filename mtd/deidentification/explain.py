"""Why a passage may tell who a family is, in plain words.

Every layer marks with a code of REASONS; pages translate the sentence. A sentence never repeats the passage itself,
so that it may stand where free text about a family must not.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final


def _(sentence: str) -> str:
    """Mark a sentence for translation; the page that shows it translates, since there is no Django here."""
    return sentence


REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        # people
        "name_after_title": _("A name after a form of address or a title. It tells who this is."),
        "name_after_kin": _("A name after a word for a relative or a role. That word alone is enough."),
        "name_by_context": _("From the words around it, this reads like the name of a person."),
        "given_name": _("A first name. Together with age and place it often tells who the family is."),
        "surname": _("A surname. It names the whole family."),
        "full_name": _("First name and surname. They tell who this is."),
        "rare_name": _(
            "A rare name. Few people bear it, so it tells who this is even without anything else."
        ),
        "known_name": _(
            "A name that your own records hold for this case. It must not leave your organisation."
        ),
        "initials": _(
            "Initials. With a place or an organisation beside them, acquaintances recognise the family."
        ),
        "nickname": _("A pet name or short name. Those who know the family recognise it."),
        "again": _("The same as was found elsewhere in this text, here in another form."),
        # places
        "place": _("A place. The smaller it is, the fewer families can be meant."),
        "small_place": _(
            "A small place. Only a few families live there, so it soon tells which one is meant."
        ),
        "postcode_place": _("A postal code with its place. It narrows the family down to a small area."),
        "address": _("An address or a street. It leads to one house."),
        "coordinates": _("A position on the map. It leads to one house."),
        # organisations
        "organisation": _("The name of an organisation. Who knows it can find out which family is meant."),
        "school": _("The name of a school. Only its pupils can be meant, so the child is soon recognised."),
        "kindergarten": _(
            "The name of a kindergarten. Only a few children go there, so the child is soon recognised."
        ),
        "employer": _("The name of an employer. Colleagues soon recognise who is meant."),
        "club": _("The name of a club. Its members soon recognise who is meant."),
        "clinic": _("The name of a clinic or a practice. Who works there can find out who is meant."),
        # time
        "birth_date": _("A date of birth. With it one person can be found in any register."),
        "exact_date": _("An exact day. Together with what happened it can be looked up."),
        "month_year": _("A month or a year of a birth or an event. A season or an age is enough."),
        "exact_age": _("An age to the day, the week or the month. An age group is enough."),
        # ways to reach somebody
        "phone": _("A telephone number. It reaches one person."),
        "email": _("An e-mail address. It reaches one person."),
        "web": _("A web address. It can lead to the family or to those around it."),
        "handle": _("A name used in social media or in a messenger. It leads to one person."),
        # numbers
        "personal_number": _("A personal number given by an authority. It belongs to one person only."),
        "file_number": _("A number of a file or a case. Whoever has the file knows who is meant."),
        "document_number": _("The number of a document. It belongs to one person only."),
        "insurance_number": _("An insurance number. It belongs to one person only."),
        "plate": _("A number plate. It leads to the owner of the vehicle."),
        "account": _("A bank account. It belongs to one person or family."),
        "card": _("The number of a payment card. It belongs to one person."),
        "long_number": _("A long number. Numbers like this often stand for one person or one file."),
        # writing
        "foreign_script": _("Words in another script. They cannot be judged here, and may be a name."),
        "hidden_writing": _(
            "Written with hidden or look-alike characters. People can still read what it spells."
        ),
        # what singles somebody out
        "unique": _("Something that is true of one person or family only, so that people know who is meant."),
        "office": _("An office or a profession that a place has once. Everybody there knows who is meant."),
        "public_event": _("An event that people heard or read about. It can be looked up."),
        "many_children": _(
            "An unusual number of children, or twins and triplets. Few families are like this."
        ),
        "origin": _(
            "An origin that is rare where the family lives. Neighbours soon know which family is meant."
        ),
        "rare": _("Something unusual that could single this family out."),
    }
)
"""Code of a reason -> the explanation in English."""


_GENERAL: Final = _("This may tell who the family is.")


def explanation(reason: str) -> str:
    """The explanation for a code; a general one for an unknown code, since no mark goes unexplained."""
    return REASONS.get(reason, _GENERAL)
