"""Makes a general wording fit behind the word that stands before it: article, case, contraction.

Where the form is not certain there is none: a wording that does not fit helps nobody.
"""

from __future__ import annotations

from typing import Final


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


CASES: Final = frozenset({"cs", "sk", "sl", "fi", "el"})
"""Languages whose nouns show what they do in the sentence: the wording as it stands in the list is a nominative."""

_DATIVE: Final = _words(
    "aus bei mit nach seit von zu gegenüber in ab außer laut samt nebst gemäß entsprechend"
)
_ACCUSATIVE: Final = _words("für durch ohne gegen um")
_OTHER_GERMAN: Final = _words(
    "an auf hinter neben über unter vor zwischen wegen während trotz beim zum zur vom im am ins bis der die das den "
    "dem des ein eine einen einer einem eines sein seine ihr ihre unser unsere"
)
_GERMAN: Final[dict[str, dict[str, str]]] = {
    "die": {"dat": "der", "acc": "die"},
    "der": {"dat": "dem", "acc": "den"},
    "das": {"dat": "dem", "acc": "das"},
    "eine": {"dat": "einer", "acc": "eine"},
    "ein": {"dat": "einem", "acc": "ein"},
}
_CONTRACTED: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "fr": {"de": ("le ", "un ", "une "), "à": ("le ",)},
    "es": {"de": ("el ",), "a": ("el ",)},
    "it": dict.fromkeys(("di", "a", "da", "in", "su"), ("il ", "la ", "l'")),
    "pt": dict.fromkeys(("de", "a", "em", "por"), ("o ", "a ")),
}
"""Preposition -> beginnings that would have to melt with it."""
_ELIDED: Final = _words("d l qu d' l' qu'")
_ARTICLES: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "en": {"the": ("the ", "a ", "an ")},
    "nl": {"de": ("de ",), "het": ("het ",), "een": ("een ",)},
    "fr": {"la": ("la ",), "le": ("le ",), "l'": ("l'",), "un": ("un ",), "une": ("une ",)},
    "es": {"la": ("la ",), "el": ("el ",), "al": ("el ",), "del": ("el ",), "una": ("una ",), "un": ("un ",)},
    "it": {
        **dict.fromkeys(("la", "alla", "della", "dalla", "nella", "sulla"), ("la ",)),
        **dict.fromkeys(("il", "al", "del", "dal", "nel", "sul"), ("il ",)),
        **dict.fromkeys(("l'", "all'", "dell'", "dall'", "nell'", "sull'"), ("l'",)),
    },
    "pt": {
        **dict.fromkeys(("a", "à", "da", "na", "pela"), ("a ", "uma ")),
        **dict.fromkeys(("o", "ao", "do", "no", "pelo"), ("o ", "um ")),
    },
}
"""Article that already stands there -> what the wording must begin with to follow it, and loses."""
_CLOSED: Final = {
    "pt": _words("os as dos das nos nas aos às"),
    "es": _words("los las"),
    "it": _words("i gli le lo"),
    "fr": _words("les des du au aux"),
    "el": _words("οι τους τις τα των στους στις στα"),
}
"""Articles that no wording can follow."""

PREPOSITIONS: Final = {
    "cs": _words(
        "v ve z ze do od k ke u na o s se za před po při pro bez kolem nad pod přes mezi podle proti kvůli"
    ),
    "sk": _words(
        "v vo z zo do od k ku u na o s so za pred po pri pre bez okolo nad pod cez medzi podľa proti kvôli"
    ),
    "sl": _words(
        "v iz z s do od k h u na o za pred po pri brez okoli nad pod čez med proti zaradi glede skozi ob"
    ),
}
_PLACES: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    # locative, genitive, dative, instrumental
    "cs": {
        "village": ("malé obci", "malé obce", "malé obci", "malou obcí"),
        "small_town": ("malém městě", "malého města", "malému městu", "malým městem"),
        "town": (
            "středně velkém městě",
            "středně velkého města",
            "středně velkému městu",
            "středně velkým městem",
        ),
        "city": ("velkém městě", "velkého města", "velkému městu", "velkým městem"),
        "country": ("jiné zemi", "jiné země", "jiné zemi", "jinou zemí"),
    },
    "sk": {
        "village": ("malej obci", "malej obce", "malej obci", "malou obcou"),
        "small_town": ("malom meste", "malého mesta", "malému mestu", "malým mestom"),
        "town": (
            "stredne veľkom meste",
            "stredne veľkého mesta",
            "stredne veľkému mestu",
            "stredne veľkým mestom",
        ),
        "city": ("veľkom meste", "veľkého mesta", "veľkému mestu", "veľkým mestom"),
        "country": ("inej krajine", "inej krajiny", "inej krajine", "inou krajinou"),
    },
    "sl": {
        "village": ("majhnem kraju", "majhnega kraja", "majhnemu kraju", "majhnim krajem"),
        "small_town": ("majhnem mestu", "majhnega mesta", "majhnemu mestu", "majhnim mestom"),
        "town": (
            "srednje velikem mestu",
            "srednje velikega mesta",
            "srednje velikemu mestu",
            "srednje velikim mestom",
        ),
        "city": ("velikem mestu", "velikega mesta", "velikemu mestu", "velikim mestom"),
        "country": ("drugi državi", "druge države", "drugi državi", "drugo državo"),
    },
}
_SLAVIC: Final = {
    "cs": {0: "v ve při", 1: "z ze do od u kolem bez", 2: "k ke"},
    "sk": {0: "v vo pri", 1: "z zo do od okolo bez", 2: "k ku"},
    "sl": {0: "pri ob", 1: "iz do od blizu", 2: "k h proti", 3: "pred nad"},
}
_FINNISH_PLACES: Final[dict[str, tuple[str, ...]]] = {
    # in, from, to, of
    "village": (
        "pienellä paikkakunnalla",
        "pieneltä paikkakunnalta",
        "pienelle paikkakunnalle",
        "pienen paikkakunnan",
    ),
    "small_town": ("pienessä kaupungissa", "pienestä kaupungista", "pieneen kaupunkiin", "pienen kaupungin"),
    "town": (
        "keskikokoisessa kaupungissa",
        "keskikokoisesta kaupungista",
        "keskikokoiseen kaupunkiin",
        "keskikokoisen kaupungin",
    ),
    "city": ("suuressa kaupungissa", "suuresta kaupungista", "suureen kaupunkiin", "suuren kaupungin"),
    "country": ("toisessa maassa", "toisesta maasta", "toiseen maahan", "toisen maan"),
}
_FINNISH_ENDS: Final = (
    (0, ("ssa", "ssä", "lla", "llä")),
    (1, ("sta", "stä", "lta", "ltä")),
    (2, ("lle", "seen", "aan", "ään", "oon", "uun", "yyn", "öön", "iin", "een", "hon", "hin", "hun", "han")),
    (3, ("n",)),
)
_GREEK_PLACES: Final[dict[str, dict[str, str]]] = {
    "village": {
        "f": "μικρή κοινότητα",
        "n": "μικρό μέρος",
        "gen": "μικρού μέρους",
        "genf": "μικρής κοινότητας",
    },
    "small_town": {"f": "μικρή πόλη", "n": "μικρό μέρος", "gen": "μικρού μέρους", "genf": "μικρής πόλης"},
    "town": {
        "f": "μεσαία πόλη",
        "n": "μεσαίο αστικό κέντρο",
        "gen": "μεσαίου αστικού κέντρου",
        "genf": "μεσαίας πόλης",
    },
    "city": {
        "f": "μεγάλη πόλη",
        "n": "μεγάλο αστικό κέντρο",
        "gen": "μεγάλου αστικού κέντρου",
        "genf": "μεγάλης πόλης",
    },
}
_GREEK_ARTICLES: Final = {
    **dict.fromkeys(("στη", "στην", "τη", "την", "η"), "f"),
    **dict.fromkeys(("στο", "το"), "n"),
    "του": "gen",
    "της": "genf",
}
_GREEK_PEOPLE: Final = {
    "mother": {
        "η": "μητέρα",
        "της": "μητέρας",
        "τη": "μητέρα",
        "την": "μητέρα",
        "στη": "μητέρα",
        "στην": "μητέρα",
    },
    "father": {"ο": "πατέρας", "του": "πατέρα", "τον": "πατέρα", "στον": "πατέρα"},
}


def fitted(wording: str, language: str, before: str, *, starts: bool = False) -> str:
    """The wording as it stands after the word `before` (lower case, "" at the beginning of a sentence).

    `starts` says that a sentence begins with it. Empty where no form is certain.
    """
    if not wording:
        return ""
    if language == "de":
        wording = _german(wording, before)
    elif before in _CLOSED.get(language, ()):
        return ""
    elif before in _ARTICLES.get(language, {}):
        begins = next((one for one in _ARTICLES[language][before] if wording.startswith(one)), "")
        wording = wording.removeprefix(begins) if begins else ""
    elif language == "fr" and before in ("d", "d'") and wording[0] in "aeiou":
        pass
    elif before in _ELIDED or before in PREPOSITIONS.get(language, ()) or _melts(wording, language, before):
        return ""
    return wording[:1].upper() + wording[1:] if starts else wording


def melted(wording: str, language: str, before: str) -> str:
    """The wording for a place together with the word before it, where both become one or another word is usual."""
    match language, before:
        case "de", "nach":
            return f"in {_german(wording, 'für')}"
        case "fr", "à":
            return f"dans {wording}"
        case "fr", "de":
            return f"d'{wording}" if wording[0] in "aeiou" else ""
        case "it", "a" | "ad":
            return f"in {wording}"
        case "pt", "em":
            return f"n{wording}" if wording.startswith("um") else ""
    return ""


def simple(wording: str, language: str, before: str) -> str:
    """The wording for a number, an address and the like behind the word `before`."""
    if language not in CASES:
        return fitted(wording, language, before)
    return "" if before in PREPOSITIONS.get(language, _BEFORE_CASES) else wording


_BEFORE_CASES: Final = _words(
    "ο η το οι τα τον την τη του της των τους τις στο στη στην στον στους στις στα από με για σε προς οδό οδός"
)


def _melts(wording: str, language: str, before: str) -> bool:
    return wording.startswith(_CONTRACTED.get(language, {}).get(before, ("\0",)))


def place(size: str, wording: str, language: str, surface: str, before: str, *, base: bool) -> str:
    """The wording for a place of this size in the form in which the place `surface` stands after `before`.

    `base` says that the surface is the name as it stands on a map.
    """
    if language == "fi":
        if base:
            return wording
        case = next((case for case, ends in _FINNISH_ENDS if surface.lower().endswith(ends)), -1)
        return _FINNISH_PLACES[size][case] if case >= 0 and size in _FINNISH_PLACES else ""
    if language == "el":
        if before in _GREEK_ARTICLES:
            return _GREEK_PLACES.get(size, {}).get(_GREEK_ARTICLES[before], "")
        return "" if before in _CLOSED["el"] or before in ("στον", "τον", "ο") else wording
    if language in _PLACES:
        return _slavic(size, wording, language, surface, before, base=base)
    if language == "de" and before == "nach":
        return ""
    return fitted(wording, language, before)


def greek(role: str, article: str) -> str:
    """The Greek word for mother or father after its article."""
    return _GREEK_PEOPLE.get(role, {}).get(article, "")


def _slavic(size: str, wording: str, language: str, surface: str, before: str, *, base: bool) -> str:
    forms = _PLACES[language].get(size)
    if forms is None:
        return ""
    if language == "sl" and before == "v":
        return forms[0] if surface.lower().endswith(("u", "i", "h")) else ""
    for case, prepositions in _SLAVIC[language].items():
        if before in prepositions.split():
            return forms[case]
    return wording if base and before not in PREPOSITIONS[language] else ""


def _german(wording: str, before: str) -> str:
    article, _, rest = wording.partition(" ")
    if article not in _GERMAN or before in _OTHER_GERMAN:
        return "" if article in _GERMAN else wording
    if before in _DATIVE:
        return f"{_GERMAN[article]['dat']} {_weak(rest) if article.startswith('ein') else rest}"
    if before in _ACCUSATIVE:
        masculine = article == "der" or (
            article == "ein" and rest.split(" ")[0].endswith("er") and " " in rest
        )
        if not masculine:
            return wording
        return f"den {rest}" if article == "der" else f"einen {_weak(rest)}"
    return wording


def _weak(rest: str) -> str:
    """The adjective before a noun as it stands after "einer" and "einem": "kleine Stadt" -> "kleinen Stadt"."""
    words = rest.split(" ")
    for at, word in enumerate(words[:-1]):
        for end in ("er", "es", "e"):
            if word.endswith(end):
                words[at] = word.removesuffix(end) + "en"
                break
    return " ".join(words)
