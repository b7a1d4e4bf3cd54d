"""Takes a plain text apart into words, numbers and signs, and puts together what was torn apart to hide a name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from .lookalikes import LEET


@dataclass(slots=True, eq=False)
class Token:
    """A word, a number or a sign. Nothing in it changes after it was made; nothing forbids it either, to save time."""

    start: int
    """In the text as it was given."""
    end: int
    form: str
    """As it is meant, case kept: "M4ria" and "M a r i a" are "Maria", "Kowal-\\nczyk" is "Kowalczyk"."""
    norm: str
    """The form in lower case, diacritics kept."""
    at: int
    """In the plain text."""
    to: int
    word: bool
    """Begins with a letter."""
    opens: bool
    """A sentence, a line or a quotation begins here, so that a capital says little."""
    space: bool
    """White space stands before it."""


_L = r"[^\W\d_]"
_SPACED = re.compile(rf"(?<![^\W_])({_L})(?=([ .\-_*·|/~+]))(?:\2{_L}){{2,60}}(?![^\W_])")
_ONE_APART = re.compile(rf"([ .\-_*·|/~+]){_L}\1{_L}")
"""Without this no letters stand apart; it is found sooner."""
_ELISIONS = (
    "l|d|j|m|t|s|n|c|qu|jusqu|lorsqu|puisqu|quoiqu|dell|all|nell|sull|dall|coll|un|quell|quest|sant|gli|anch|"
    "cos|dov|com|cent|mezz|tutt|senz|buon|bell|grand"
)
_TOKEN = re.compile(
    # Nearly every word has nothing but letters and stands alone, which is asked first.
    rf"({_L}++)(?![\w'@$€*:·‐-])"
    rf"|(?P<elision>(?i:(?=[a-z]{{1,8}}')(?:{_ELISIONS})')(?={_L}))"
    rf"|(?P<word>{_L}+(?:[0-9@$€]{{1,2}}{_L}+)*(?:[-‐]\n?[ \t]{{0,8}}(?<=[-\n\t ]){_L}+(?:[0-9@$€]{{1,2}}{_L}+)*"
    rf"|'(?!(?i:s\b|t\b|re\b|ll\b|ve\b)){_L}+|[*:_·](?i:in|innen|r|n|e|es|s|rice|rices|trice|trices)\b)*)"
    r"|\d+|[^\w\s]|_"
)
_ABBREVIATIONS = (
    "dr fr hr hrn mr mrs ms prof st sr sra srta dña dra mme mlle mag ing dipl bzw ca nr str tel bspw ggf evtl "
    "inkl dhr mevr mw dott sig ssa avv geom rag bc mgr mudr phdr judr rndr doc ul nám č čp čj tzv napr např "
    "resp vgl κ κα δρ αγ οδ αρ τηλ δηλ π.χ ga g gdč dipl v sv ul št tj npr oz r eng av apto rua esc no vs jr "
    "nb abs art"
)
_NO_ENDS = frozenset(_ABBREVIATIONS.split())
_ENDERS = frozenset('.!?…:;•·–—-*"„“»«›‹(')
_VOWELS_ONE = frozenset("aeiouyàòóéèkosuvz")


def tokens(plain: str, span: Callable[[int, int], tuple[int, int]] | None) -> tuple[Token, ...]:
    """All tokens of a plain text; `span` leads from it to the text as it was given, None where both are the same."""
    found: list[Token] = []
    last_end = -2
    previous = ""
    before = ""
    before_space = False
    for at, to, form in _pieces(plain):
        space = at > last_end
        ended = previous in _ENDERS if previous else True
        if not ended and (not space or (at == last_end + 1 and plain[last_end] == " ")):
            opens = False  # nearly every word
        elif not previous:
            opens = True
        elif space:
            gap = plain[last_end:at]
            if "\n" in gap:
                # A line may be broken anywhere: only an ended or an empty line opens anew.
                opens = ended or gap.count("\n") > 1 or _short_line(plain, last_end)
            else:
                opens = ended and not (previous == "." and _no_end(before))
                if opens and previous in "-–—*" and before and not before_space:
                    opens = False
        else:
            opens = previous not in ".:;" and not (previous in "-–—*" and before and not before_space)
        start, end = (at, to) if span is None else span(at, to)
        norm = form.lower()
        if "\u0307" in norm:
            norm = norm.replace("i\u0307", "i")
        found.append(Token(start, end, form, norm, at, to, form[0].isalpha(), opens, space))
        before, previous, last_end, before_space = previous, form, to, space
    return tuple(found)


def _short_line(plain: str, end: int) -> bool:
    return end - plain.rfind("\n", max(0, end - 60), end) < 60


def _no_end(before: str) -> bool:
    """A full stop behind this is no end of a sentence: an initial, an ordinal, an abbreviation."""
    return (
        (len(before) == 1 and before.isalpha())
        or (before.isdigit() and len(before) < 3)
        or before.lower() in _NO_ENDS
    )


_Piece = tuple[int, int, str]


def _pieces(plain: str) -> list[_Piece]:
    """(at, to, form) of each token."""
    found: list[_Piece] = []
    last = 0
    for at, to, words in _spaced(plain):
        _between(plain, last, at, found)
        found += words
        last = to
    _between(plain, last, len(plain), found)
    return found


def _between(plain: str, begin: int, end: int, found: list[_Piece]) -> None:
    position = begin
    while position < end:
        for match in _TOKEN.finditer(plain, position, end):
            at, to = match.span()
            form = match[0]
            if match.lastgroup != "word" or form.isalpha():
                found.append((at, to, form))
            else:
                position, form = _mended(plain, at, to, end)
                found.append((at, position, form))
                if position != to:
                    break
        else:
            return


def _mended(plain: str, at: int, to: int, limit: int) -> tuple[int, str]:
    """The word that is meant by something with signs or figures inside, and where it ends."""
    word = plain[at:to]
    if "\n" in word or "-" in word:
        word = re.sub(r"-\s*\n\s*(?=[^\W\d_])", lambda hit: "" if word[hit.end()].islower() else "-", word)
        if "- " in word or "-\t" in word:  # "Kinder- und": no hyphenation
            to = at + word.index("-")
            word = plain[at:to]
    if not any(sign in LEET or sign.isdigit() for sign in word):
        return to, word
    end = to
    while to < limit and to - end < 2 and plain[to] in LEET:
        word += plain[to]
        to += 1
    if to < limit and plain[to].isdigit():
        word, to = word[: end - to or None], end
    letters = sum(sign.isalpha() for sign in word)
    others = [sign for sign in word if sign.isdigit() or sign in "@$€"]
    if (
        letters < 3 - (len(others) > 2)
        or len(others) > letters + 1
        or not all(sign in LEET for sign in others)
    ):
        return end, plain[at:end]
    if "@" in word and re.match(r"[\w.-]*\.\w", plain[to : min(limit, to + 60)]):
        return end, plain[at:end]  # an e-mail address
    shout = word.upper() == word
    return to, "".join(
        (LEET[sign].upper() if shout else LEET[sign]) if sign in LEET else sign for sign in word
    )


def _spaced(plain: str) -> Iterator[tuple[int, int, list[tuple[int, int, str]]]]:
    """Words whose letters stand apart: "M a r i a", "M.a.r.i.a". Gives the words of each such run."""
    if _ONE_APART.search(plain) is None:
        return
    for match in _SPACED.finditer(plain):
        at, to = match.span()
        separator = match[2]
        letters = plain[at:to:2]
        if not _is_spaced_word(letters, separator):
            continue
        words: list[tuple[int, int, str]] = []
        begin = 0
        for place in range(1, len(letters) + 1):
            if place == len(letters) or (letters[place].isupper() and letters[place - 1].islower()):
                words.append((at + 2 * begin, at + 2 * (place - 1) + 1, letters[begin:place]))
                begin = place
        yield at, to, words


def _is_spaced_word(letters: str, separator: str) -> bool:
    codes = [ord(letter) for letter in letters.lower()]
    if all(later - earlier == 1 for earlier, later in pairwise(codes)):
        return False  # A B C D
    titled = letters[0].isupper() and letters[1:].islower()
    if len(letters) == 3:
        return titled and separator != "." and not all(letter in _VOWELS_ONE for letter in letters.lower())
    if separator in "./":
        return titled and len(letters) > 3  # U.S.A. and z.B.u.a. are no names
    return True
