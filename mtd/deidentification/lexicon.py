"""The words of each language, read once from `languages/<code>.toml`: vocabulary, titles, names, heads, wordings.

    words = lexicon("de")
    words.knows("Hilfeplangespräch")     # True: an ordinary word of the field, not a name
    words.say["village"]                 # "ein kleiner Ort"

The files are ours. Their form: a text is a list of entries parted by white space, "_" standing for a blank inside an
entry; entries are compared in lower case. An entry "-schule" is the end of a word.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from .lists import hasty

FOLDER: Final = Path(__file__).parent / "languages"

ORGANISATION_GROUPS: Final = ("school", "kindergarten", "clinic", "club", "employer", "other")
"""What an organisation can be, in the order in which a head is looked up."""

_LONGEST_ENDING: Final = 16


@dataclass(frozen=True, slots=True)
class Words:
    """A list of whole words with the endings, and beginnings, that it also names."""

    whole: frozenset[str]
    endings: frozenset[str] = frozenset()
    """Without the hyphen."""
    phrases: tuple[tuple[str, ...], ...] = ()
    """Entries of several words, each as its words."""

    def __contains__(self, word: str) -> bool:
        return self.matches(word)

    def matches(self, word: str) -> bool:
        """Whether the word, in any case, is listed or ends as listed (with at least two letters before the end)."""
        lower = word.lower()
        return lower in self.whole or self.ends(lower)

    def ends(self, word: str) -> bool:
        """Whether the lower-case word has a listed ending, with at least two letters before it."""
        if not self.endings:
            return False
        return any(word[-size:] in self.endings for size in range(2, min(_LONGEST_ENDING, len(word) - 2) + 1))


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything the guard knows about one language that is not learned. All entries are lower-case."""

    language: str
    field: Words
    """Vocabulary of both help systems, health, school, law and family life."""
    public: Words
    """Institutions that everybody uses and that identify nobody."""
    kin: frozenset[str]
    professions: frozenset[str]
    endings: Words
    """Ends of words that are ordinary whatever stands before them."""
    titles: Words
    """Words before a surname."""
    professional: Mapping[str, str]
    """Title or profession -> a general wording."""
    given_migrant: frozenset[str]
    nicknames: frozenset[str]
    given_words: frozenset[str]
    """Given names that are also ordinary words."""
    surnames_migrant: frozenset[str]
    surname_endings: Words
    surname_words: frozenset[str]
    """Surnames that are also ordinary words."""
    suffixes: tuple[tuple[str, str], ...]
    """Ends that a name takes, longest first, each with what stands there in the base form."""
    organisations: Mapping[str, Words]
    """By ORGANISATION_GROUPS."""
    street: Words
    house: Words
    places: Words
    """Words before a place."""
    months: tuple[frozenset[str], ...]
    """January first, all forms."""
    weekdays: tuple[frozenset[str], ...]
    """Monday first."""
    born: Words
    ordinals: tuple[frozenset[str], ...]
    """The first of a month first."""
    numbers: Words
    """Words that announce a file or personal number."""
    at: Words
    dot: Words
    dash: Words
    phone: Words
    handle: Words
    plates: Words
    rare: Mapping[str, Words]
    """unique, offices, relations, events, media, roads, records, many, children, scope, of."""
    say: Mapping[str, str]
    """Generalisations, by what they stand for."""

    def knows(self, word: str) -> bool:
        """Whether the word, in any case, is an ordinary word of the field; a compound counts by its end."""
        lower = word.lower()
        if lower in self.field.whole or lower in self.kin or lower in self.professions:
            return True
        if lower in self.public.whole or self.field.ends(lower) or self.endings.ends(lower):
            return True
        if "-" in lower:
            parts = [part for part in lower.split("-") if part]
            return len(parts) > 1 and self.knows(parts[-1])
        return False

    def organisation(self, word: str) -> str:
        """Which of ORGANISATION_GROUPS the word stands for; "" for none. Whole words go before endings."""
        lower = word.lower()
        for group in ORGANISATION_GROUPS:
            if lower in self.organisations[group].whole:
                return group
        for group in ORGANISATION_GROUPS:
            if self.organisations[group].ends(lower):
                return group
        return ""

    def bases(self, word: str) -> tuple[str, ...]:
        """The lower-case word and every base form that its endings allow, the word itself first, none twice."""
        lower = word.lower()
        found = {lower: None}
        for suffix, instead in self.suffixes:
            if lower.endswith(suffix) and len(lower) - len(suffix) >= 2:
                found[lower[: len(lower) - len(suffix)] + instead] = None
        return tuple(found)


@cache
def lexicon(language: str) -> Lexicon:
    """The words of a language. Read with the first call, kept ever after. KeyError for a language without a file."""
    path = FOLDER / f"{language}.toml"
    if not language.isalpha() or not path.is_file():
        raise KeyError(language)
    with path.open("rb") as stream:
        data = tomllib.load(stream)
    words, titles, given = data["words"], data["titles"], data["given"]
    surnames, address, dates, contact = data["surnames"], data["address"], data["dates"], data["contact"]
    return Lexicon(
        language=language,
        field=_words(" ".join((words["field"], *_bare(data)))),
        public=_words(words["public"]),
        kin=_set(words["kin"]),
        professions=_set(words["professions"]),
        endings=_words(words["endings"]),
        titles=_words(titles["person"]),
        professional=_table(titles["professional"]),
        given_migrant=_set(given["migrant"]),
        nicknames=_set(given["nicknames"]),
        given_words=_set(given["words"]),
        surnames_migrant=_set(surnames["migrant"]),
        surname_endings=_words(surnames["endings"]),
        surname_words=_set(surnames["words"]),
        suffixes=tuple((pair[0], pair[1]) for pair in data["inflection"]["suffixes"]),
        organisations=MappingProxyType(
            {group: _words(data["organisations"][group]) for group in ORGANISATION_GROUPS}
        ),
        street=_words(address["street"]),
        house=_words(address["house"]),
        places=_words(address["places"]),
        months=_sets(dates["months"]),
        weekdays=_sets(dates["weekdays"]),
        born=_words(dates["born"]),
        ordinals=_sets(dates["ordinals"]),
        numbers=_words(data["numbers"]["file"]),
        at=_words(contact["at"]),
        dot=_words(contact["dot"]),
        dash=_words(contact["dash"]),
        phone=_words(contact["phone"]),
        handle=_words(contact["handle"]),
        plates=_words(data["plates"]["words"]),
        rare=MappingProxyType({name: _words(entries) for name, entries in data["rare"].items()}),
        say=_table(data["say"]),
    )


def _bare(data: Mapping[str, Any]) -> Iterable[str]:
    """Words that announce something ("Az.", "geb.", "Tel.") are ordinary words too, also without their full stop."""
    announcing = (
        data["numbers"]["file"],
        data["dates"]["born"],
        data["contact"]["phone"],
        data["contact"]["handle"],
        data["plates"]["words"],
    )
    for entry in " ".join(announcing).split():
        bare = entry.rstrip(".:")
        if len(bare) > 1 and "_" not in bare and bare.isalpha():
            yield bare


def _entries(listed: str) -> list[str]:
    """The entries of a list, lower-case, blanks put back, each also as it is typed in a hurry, without its accents."""
    found = [entry.lower().replace("_", " ") for entry in listed.split()]
    return found + [bare for entry in found for bare in hasty(entry) if len(bare) > 2]


def _set(listed: str) -> frozenset[str]:
    return frozenset(_entries(listed))


def _sets(lists: Iterable[str]) -> tuple[frozenset[str], ...]:
    return tuple(_set(listed) for listed in lists)


def _words(listed: str) -> Words:
    """Entries with a leading hyphen are endings; a single sign such as "-" stays itself."""
    entries = _entries(listed)
    endings = frozenset(entry[1:] for entry in entries if entry.startswith("-") and len(entry) > 2)
    whole = frozenset(entry for entry in entries if not (entry.startswith("-") and len(entry) > 2))
    phrases = tuple(tuple(entry.split(" ")) for entry in sorted(whole) if " " in entry)
    return Words(whole, endings, phrases)


def _table(entries: Mapping[str, Any]) -> Mapping[str, str]:
    return MappingProxyType({key.lower(): str(value) for key, value in entries.items()})
