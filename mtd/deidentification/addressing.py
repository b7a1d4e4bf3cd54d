"""How people are spoken of before their names in twelve languages: "Mrs", "Herrn", "κ."."""

from __future__ import annotations

from typing import Final


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


LADY: Final = _words(
    "frau fr mrs ms miss mme madame mlle mevrouw mevr mw señora sra doña señorita signora sig.ra sra dª senhora dona "
    "d srª rouva neiti κυρία κυρίας κα gospa gospe gospo ga paní pani pí"
)
SIR: Final = _words(
    "herr hr mr mister monsieur m dhr meneer mijnheer señor sr don signor sig senhor herra κύριος κύριο κυρίου κος "
    "gospod g pan pán"
)
SIR_OBLIQUE: Final = _words(
    "herrn hrn pana panem panu panovi pána pánom pánovi gospoda gospodu gospodom herran"
)
FAMILY: Final = _words(
    "familie fam family famille familia famiglia família perhe οικογένεια οικογένειας οικογένειασ družina družine "
    "družino rodina rodiny rodinu rodině rodine"
)
ADDRESSED: Final = LADY | SIR
ONE_LETTER: Final = {"m": ("fr",), "d": ("es", "pt"), "g": ("sl",), "κ": ("el",)}
PARENTS: Final = {
    "de": "die Eltern",
    "en": "the parents",
    "nl": "de ouders",
    "fr": "les parents",
    "es": "los padres",
    "it": "i genitori",
    "pt": "os pais",
}
"""Who is meant by "Mr and Mrs"."""
WORKS_AT: Final = _words(
    ", ( vom von beim from of at du de des del della dell' da do van bij z ze zo iz od από του της"
)
"""What follows a name whose bearer is told by work: "Ms Hargreaves from drug services"."""
GREEK_BOTH: Final = "κ"
"""Short for Mr and for Mrs."""

AND: Final = {
    "de": _words("und"),
    "en": _words("and"),
    "nl": _words("en"),
    "fr": _words("et"),
    "es": _words("y e"),
    "it": _words("e ed"),
    "pt": _words("e"),
    "fi": _words("ja"),
    "el": _words("και"),
    "sl": _words("in"),
    "sk": _words("a"),
    "cs": _words("a"),
}
