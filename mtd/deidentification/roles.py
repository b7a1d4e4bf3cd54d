"""General wordings for people: the word for a relative, a role or a title beside the name takes the name's place."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Final

from . import fitting
from .addressing import (
    ADDRESSED,
    AND,
    FAMILY,
    GREEK_BOTH,
    LADY,
    ONE_LETTER,
    PARENTS,
    SIR,
    SIR_OBLIQUE,
    WORKS_AT,
)
from .kept import Kept
from .lexicon import Lexicon, lexicon
from .text import Text, Token


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_READ_THROUGH: Final = 1_500
"""Tokens of a text in which the role of a bare name is looked for; longer texts would take too long."""
_DEFINITE: Final = {
    "de": _words("der die das"),
    "en": _words("the"),
    "nl": _words("de het"),
    "fr": _words("le la"),
    "es": _words("el la"),
    "it": _words("il la"),
    "pt": _words("o a"),
}


def person(text: Text, words: Lexicon, first: int, last: int, start: int) -> tuple[int, str]:
    """The role or title before the name, or within the mark, makes the wording."""
    inside = first
    while inside < last and _role(text.tokens[inside], words):
        inside += 1 if text.tokens[inside + 1].form != "." else 2
    begin = first
    while (at := word_before(text, begin)) >= 0 and _role(text.tokens[at], words) and first - at < 6:
        begin = at
    roles = [at for at in range(begin, inside) if text.tokens[at].word]
    if not roles:
        opening, wording = _in_two_words(text, words, first)
        return (opening, wording) if wording else (start, _known_role(text, words, first, last))
    if _genitive(text, last):
        return start, ""
    opening = text.tokens[begin].start
    before = word_at(text, begin)
    plain = [at for at in roles if _role(text.tokens[at], words) == "word"]
    both = [at for at in range(inside, last) if text.tokens[at].norm in AND.get(text.language, ())]
    if both:
        return opening, _two_roles(text, words, plain, both, begin, last)
    if plain:
        alone = _needs_article(text, words, plain, begin, before)
        return opening, alone or _as_written(text, plain[0], plain[-1], begin, last)
    named = _apposition(text, words, begin)
    if named >= 0:
        # "the teacher, Mr Bauer": the teacher; "the teacher, Mr Bauer, says" would keep a comma too many
        closed = last + 1 < len(text.tokens) and text.tokens[last + 1].form == ","
        return text.tokens[named].start, "" if closed else _as_written(text, named, named, named, last)
    titled = [at for at in roles if _role(text.tokens[at], words) == "title"]
    if titled and _profession_told(text, words, begin):
        return opening, ""
    if titled:
        key = text.tokens[titled[-1]].norm
        wording = words.professional.get(f"{key}.") or words.professional.get(key, "")
        if text.language in fitting.CASES and not _nominative(text, last, before):
            return opening, ""
        return opening, fit(wording, text, before, begin)
    couple = _couple(text, words, begin)
    if couple >= 0:
        wording = (
            PARENTS.get(text.language, "") if begins(text, couple) and _opens_case(text, couple, last) else ""
        )
        return text.tokens[couple].start, capital(wording, text, couple)
    return opening, _address(text, words, roles[-1], before, begin, last)


def _couple(text: Text, words: Lexicon, begin: int) -> int:
    """Where "Mr and" begins before "Mrs Brown"; -1 where it does not."""
    if begin < 2 or text.tokens[begin - 1].norm not in AND.get(text.language, ()):
        return -1
    at = begin - 2
    at -= text.tokens[at].form == "." and at > 0
    return at if _role(text.tokens[at], words) == "address" else -1


def behind_role(text: Text, words: Lexicon, first: int) -> bool:
    """Whether a word for a relative, a role or a title stands directly before."""
    at = word_before(text, first)
    return at >= 0 and bool(_role(text.tokens[at], words))


def _role(token: Token, words: Lexicon) -> str:
    """ "word" for kin, roles and professions, "title" for "Dr.", "address" for "Mrs"; "" for anything else."""
    return _roles(words.language)[token.norm]


@cache
def _roles(language: str) -> Kept[str]:
    words = lexicon(language)
    return Kept(lambda norm: _role_of(norm, words))


def _role_of(norm: str, words: Lexicon) -> str:
    if len(norm) == 1 and words.language not in ONE_LETTER.get(norm, ()):
        return ""  # "Frau M.": a name, and no "Monsieur"
    if norm in LADY or norm in SIR or norm in SIR_OBLIQUE or norm == GREEK_BOTH:
        return "address"
    if not norm[0].isalpha():
        return ""
    if f"{norm}." in words.professional and norm not in words.professions:
        return "title"
    if norm in words.kin or norm in words.professions or norm in FAMILY:
        return "word"
    if norm in words.professional:
        return "title" if len(norm) < 5 else "word"
    return ""


def _apposition(text: Text, words: Lexicon, begin: int) -> int:
    """The word for a role before a comma before the title; -1 for none."""
    if begin < 2 or text.tokens[begin - 1].form != ",":
        return -1
    return begin - 2 if _role(text.tokens[begin - 2], words) == "word" else -1


def _two_roles(text: Text, words: Lexicon, plain: list[int], both: list[int], begin: int, last: int) -> str:
    """ "Grandad Pete and Nan Rose" are grandad and nan; of two names behind one role none may be lost."""
    if len(both) != 1 or len(plain) != 1 or text.language == "fi":
        return ""
    second = both[0] + 1
    if second >= last or _role(text.tokens[second], words) != "word":
        return ""
    forms = (text.tokens[at].form for at in (plain[0], both[0], second))
    return capital(" ".join(forms), text, begin)


def _in_two_words(text: Text, words: Lexicon, first: int) -> tuple[int, str]:
    """ "Social worker Anna Petrou": the profession before the name has two words."""
    if first < 2 or text.tokens[first].opens or text.tokens[first - 1].opens:
        return 0, ""
    begin = first - 2
    one, two = text.tokens[begin:first]
    wording = words.professional.get(f"{one.norm} {two.norm}", "")
    if not wording or text.language in fitting.CASES:
        return 0, ""
    before = word_at(text, begin)
    if text.language in _WITHOUT_ARTICLE and (not before or before in _WITHOUT_ARTICLE[text.language]):
        return one.start, fit(wording, text, before, begin)
    return one.start, f"{one.form} {two.form}"


def _genitive(text: Text, last: int) -> bool:
    """ "Tante Aylins Wohnung": without the name the sentence would have to be turned round."""
    if text.language != "de" or last + 1 >= len(text.tokens):
        return False
    after = text.tokens[last + 1]
    return text.tokens[last].form.endswith("s") and after.word and after.form[0].isupper() and not after.opens


def _profession_told(text: Text, words: Lexicon, begin: int) -> bool:
    """Whether a comma before, and a profession before that, say what the title is about."""
    if not begin or text.tokens[begin - 1].form != ",":
        return False
    return any(
        token.norm in words.professions or token.norm in words.professional
        for token in text.tokens[max(0, begin - 8) : begin - 1]
        if token.word
    )


_WITHOUT_ARTICLE: Final = {
    "en": _words("with to from by for at of and but that"),
    "nl": _words("met van aan door voor bij naar en maar dat"),
    "de": _words("mit von bei zu für durch ohne gegen"),
}


def _needs_article(text: Text, words: Lexicon, plain: list[int], begin: int, before: str) -> str:
    """ "Doctor Brown called" is "the doctor called": without the name the profession needs an article."""
    if text.language not in _WITHOUT_ARTICLE or (before and before not in _WITHOUT_ARTICLE[text.language]):
        return ""
    norms = [text.tokens[at].norm for at in plain]
    if text.language == "de" and norms[-1] in ("familie", "fam"):
        return fit("eine Familie", text, before, begin)
    wording = words.professional.get(" ".join(norms)) or words.professional.get(norms[-1], "")
    if any(norm in words.kin for norm in norms):
        return ""
    return fit(wording, text, before, begin)


def _as_written(text: Text, one: int, two: int, begin: int, last: int) -> str:
    """The role as it stands there has the right form already; in Finnish the name alone shows it."""
    if text.language == "fi" and not _nominative(text, last, ""):
        return ""
    after = text.tokens[last + 1 : last + 3]
    if len(after) == 2 and after[0].form == "," and after[1].form[:1].isupper():
        return ""  # "the brothers Tom, Tim and Ben"
    together = all(token.word for token in text.tokens[one : two + 1])
    form = " ".join(token.form for token in text.tokens[one if together else two : two + 1])
    if text.language == "de" and len(form) > 2:
        form = form[:1].upper() + form[1:]
    return capital(form, text, begin)


def _address(text: Text, words: Lexicon, title: int, before: str, begin: int, last: int) -> str:
    """ "Frau Kowalczyk" is the mother where a text begins with her, else a person: who comes later may be anybody."""
    norm, language = text.tokens[title].norm, text.language
    family = _opens_case(text, begin, last)
    if norm == GREEK_BOTH or language == "el":
        role = "mother" if before in ("η", "της", "τη", "την", "στη", "στην") else "father"
        return fitting.greek(role, before) if family and before else ""
    if norm in SIR_OBLIQUE:
        if language != "de" or not family:
            return ""
        wording = {"für": "den Vater", "ohne": "den Vater", "durch": "den Vater", "gegen": "den Vater"}.get(
            before
        )
        return wording or ("dem Vater" if before in ("mit", "von", "bei", "zu", "nach") else "")
    if language in fitting.CASES and not _nominative(text, last, before):
        return ""
    key = "mother" if norm in LADY else "father"
    if not family or _somebody_else(text, words.say[key], last):
        key = "person"
    return fit(words.say[key], text, before, begin)


def _opens_case(text: Text, begin: int, last: int) -> bool:
    """Whether the first sentence names her or him, and does not go on with where she or he works."""
    after = text.tokens[last + 1].norm if last + 1 < len(text.tokens) else ""
    return after not in WORKS_AT and not any(
        token.norm in ADDRESSED or token.form in ":!?" or begins(text, at)
        for at, token in enumerate(text.tokens[1:begin], start=1)
    )


def _somebody_else(text: Text, wording: str, last: int) -> bool:
    """Whether the mother, or the father, is named otherwise: then "Mrs" is another lady."""
    word, name = wording.split(" ")[-1].lower(), text.tokens[last].norm
    return any(
        token.norm == word and text.tokens[at].form[:1].isupper() and text.tokens[at].norm[:4] != name[:4]
        for at, token in enumerate(text.tokens[:-1], start=1)
    )


def _nominative(text: Text, last: int, before: str) -> bool:
    """Whether the name surely stands as it is in a register."""
    if before in fitting.PREPOSITIONS.get(text.language, ()):
        return False
    form = text.tokens[last].norm
    match text.language:
        case "fi":
            ends = (
                "lla",
                "llä",
                "lle",
                "lta",
                "ltä",
                "ssa",
                "ssä",
                "sta",
                "stä",
                "sen",
                "ksen",
                "ksi",
                "sta",
                "sia",
            )
            return not form.endswith((*ends, "an", "än", "en", "in", "on", "un", "yn", "ön", "aa", "ää")) or (
                form.endswith(("nen", "tiin"))
            )
        case "cs" | "sk":
            return form.endswith(
                ("á", "ý", "í", "ak", "ák", "ek", "ík", "ec", "er", "ar", "or", "ic", "ič", "an")
            )
        case "sl":
            return form.endswith(("č", "k", "c", "r", "n", "š", "l", "d", "g", "t", "j", "v"))
        case "el":
            return before in ("ο", "η")
    return True


def _known_role(text: Text, words: Lexicon, first: int, last: int) -> str:
    """A bare name that stands behind a word for a relative elsewhere in the text is that relative."""
    if text.language in fitting.CASES or first != last or len(text.tokens) > _READ_THROUGH:
        return ""
    bases = _bases(text.tokens[first].norm, text.language)
    for at, role, known in _behind_kin(text, words):
        if at == first or bases.isdisjoint(known):
            continue
        before = word_at(text, role)
        article = before if before in _DEFINITE.get(text.language, ()) else ""
        if not article or (text.language == "de" and not text.tokens[role - 1].opens):
            continue  # "mit der Mutter" tells nothing of how she is called elsewhere
        wording = f"{article} {text.tokens[role].form}"
        here = word_at(text, first)
        if text.language == "de" and (here or not text.tokens[first].opens):
            return wording if here == "" and article in ("der", "die", "das") else ""
        return capital(fitting.fitted(wording, text.language, here), text, first)
    return ""


@lru_cache(maxsize=20_000)
def _bases(norm: str, language: str) -> frozenset[str]:
    return frozenset(lexicon(language).bases(norm))


def _behind_kin(text: Text, words: Lexicon) -> list[tuple[int, int, frozenset[str]]]:
    """Each word directly behind one for a relative, that one, and the word's base forms; found once in a text."""
    known = text.worked_out.get("behind kin")
    if isinstance(known, list):
        return known
    found: list[tuple[int, int, frozenset[str]]] = []
    for at, token in enumerate(text.tokens[:-1], start=1):
        if token.norm in words.kin:
            role = word_before(text, at)
            if role >= 0 and _role(text.tokens[role], words) == "word":
                found.append((at, role, _bases(text.tokens[at].norm, text.language)))
    text.worked_out["behind kin"] = found
    return found


def fit(wording: str, text: Text, before: str, index: int) -> str:
    """The wording as it stands behind the word before, with the token `index` as its first."""
    return fitting.fitted(wording, text.language, before, starts=begins(text, index))


def word_at(text: Text, first: int) -> str:
    """The word before a token, in lower case; "" at the beginning of a sentence and behind a sign."""
    if first == 0 or text.tokens[first].opens:
        return ""
    token = text.tokens[first - 1]
    return token.norm if token.word else ""


def capital(wording: str, text: Text, index: int) -> str:
    """The wording with a capital where a sentence begins with that token; behind a colon none does."""
    return wording[:1].upper() + wording[1:] if wording and begins(text, index) else wording


def begins(text: Text, index: int) -> bool:
    """Whether a sentence or a line begins with the token."""
    return text.tokens[index].opens and (
        index == 0 or text.tokens[index - 1].form in ".!?…" or _new_line(text, index)
    )


def _new_line(text: Text, index: int) -> bool:
    return "\n" in text.original[text.tokens[index - 1].end : text.tokens[index].start]


def word_before(text: Text, index: int) -> int:
    """The token before `index` on the same line of thought, over the full stop of an abbreviation; -1 for none."""
    if index <= 0:
        return -1
    at = index - 1
    if text.tokens[at].form == "." and at and not text.tokens[at].space:
        at -= 1
        short = f"{text.tokens[at].norm}."
        words = lexicon(text.language)
        if text.tokens[index].opens and not (
            short in words.professional or short in words.titles.whole or short in words.born.whole
        ):
            return -1
    elif text.tokens[index].opens:
        return -1
    return at if text.tokens[at].word else -1
