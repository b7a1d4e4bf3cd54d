"""Whatever is typed: findings lie in the text, in order, apart; a known name does not survive; time stays linear."""

# ruff: noqa: E501

from __future__ import annotations

import html
import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mtd.deidentification import LANGUAGES, Findings, Problem, find, patterns
from mtd.deidentification.text import read

LATIN_TO_CYRILLIC = str.maketrans("aceopxyABCEHKMOPTX", "асеорхуАВСЕНКМОРТХ")
LEET = str.maketrans("aeio", "4310")

TRICKS: dict[str, Callable[[str], str]] = {
    "as it is": lambda name: name,
    "small": str.lower,
    "large": str.upper,
    "zero width": "\u200b".join,
    "soft hyphens": "\u00ad".join,
    "joiners": "\u2060".join,
    "direction marks": lambda name: f"\u2066{name[:3]}\u2069{name[3:]}",
    "look-alikes": lambda name: name.translate(LATIN_TO_CYRILLIC),
    "fullwidth": lambda name: "".join(chr(ord(sign) + 0xFEE0) if sign.isascii() else sign for sign in name),
    "mathematical": lambda name: "".join(
        chr(0x1D400 + ord(sign) - 65) if "A" <= sign <= "Z" else chr(0x1D41A + ord(sign) - 97)
        for sign in name
    ),
    "struck through": lambda name: "".join(sign + "\u0336" for sign in name),
    "leetspeak": lambda name: name[0] + name[1:].translate(LEET),
    "apart": " ".join,
    "dots": ".".join,
    "hyphens": "-".join,
    "underlines": "_".join,
    "a broken line": lambda name: f"{name[:4]}-\n{name[4:]}",
    "a line's end": lambda name: f"{name[:4]}\n{name[4:]}",
    "tags": lambda name: f"{name[:3]}<b>{name[3:]}</b>",
    "entities": lambda name: "".join(f"&#{ord(sign)};" for sign in name),
    "escaped": lambda name: html.escape(f"<{name}>"),
    "surrogates": "\ud800".join,
    "control characters": "\x01".join,
    "pictures": "🙂".join,
    "tags with attributes": lambda name: f'<span class="x">{name[:3]}</span>{name[3:]}',
    "comments": lambda name: f"{name[:3]}<!-- -->{name[3:]}",
    "a slip": lambda name: name[:4] + name[5] + name[4] + name[6:],
    "genitive": lambda name: name + "s",
}
NAMES = ("Kowalczyk", "Papadakis", "Yildirim", "Schneider", "Mohammed")


def well_formed(text: str, found: Findings) -> None:
    before = 0
    for item in found:
        assert before <= item.start < item.end <= len(text)
        assert 0 <= item.confidence <= 1
        before = item.end


@pytest.mark.parametrize("trick", TRICKS)
@pytest.mark.parametrize("name", NAMES)
def test_a_known_name_survives_no_trick(name: str, trick: str) -> None:
    written = TRICKS[trick](name)
    text = f"Gestern kam {written} zu uns ins Büro und weinte."
    found = find(text, "de", [f"Maria {name}"])
    well_formed(text, found)
    left = text
    for item in reversed(found.certain):
        left = left[: item.start] + left[item.end :]
    assert not find(left, "de", [f"Maria {name}"]).certain
    assert len(left) <= len(text) - len(name)
    assert left.startswith("Gestern kam")
    assert left.endswith("und weinte.")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.text(st.characters(), max_size=200),
    st.sampled_from([*LANGUAGES, "", "tr"]),
    st.lists(st.text(st.characters(), max_size=12), max_size=2),
)
@example("\ud800", "de", ["\ud800"])
@example("\u202e\u202e\u202c\n", "", [])
@example("İ" * 50, "de", ["İ"])
@example("&#x110000; &#0; &#xD800;", "en", [])
@example("ﷺﷺ", "de", ["ﷺ"])
def test_findings_of_any_text_lie_in_it_in_order_and_apart(
    text: str, language: str, known: list[str]
) -> None:
    found = find(text, language, known)
    assert found.problem is not Problem.FAILURE
    well_formed(text, found)


PIECES = [
    "Frau ", "Kowalczyk", "geb. ", "12.3.", "2017", "0170 ", "1234567", "@", "web.de", " ", "\n", "-", ".", "<b>", "&amp;",
    "\u200b", "\u0430", "\u202e", "Maria", "52525 ", "Heinsberg", "Straße ", "12", "/", "M a r i a", "DE89", "Μαρία", "und ",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join), st.sampled_from(LANGUAGES))
def test_findings_of_mixed_pieces_lie_in_the_text_in_order_and_apart(text: str, language: str) -> None:
    found = find(text, language, ["Maria Kowalczyk"], familiar=["Heinsberg"])
    assert found.problem in (Problem.NONE, Problem.LANGUAGE)
    well_formed(text, found)


RUNS = {
    "figures": "1", "blanks": " ", "hyphens": "-", "at signs": "@", "dots": ".", "letters": "a", "capitals": "A", "lines": "\n",
    "figures and blanks": "1 ", "figures and hyphens": "1-", "letters apart": "a ", "letters and dots": "a.", "initials": "M. ",
    "brackets": "(", "tags": "<b", "entities": "&#1", "slashes": "1/", "colons": "a:", "words and figures": "Weg 1 ",
    "names": "Anna ", "streets": "straße ", "months": "12. März ", "address beginnings": "a@a", "overrides": "\u202e",
    "marks": "\u0301", "plates": "A-B ", "spoken": "a at ", "numbers in words": "eins ", "apostrophes": "a'", "hyphenated": "a-",
    "underlines": "a_", "courts": "court 6/10 in ", "days": "am 21. ", "plates said": "Kennzeichen a1 ", "tags open": "<b ",
    "comments open": "<!--", "leads": "na v ulici ", "feasts": "Heiligabend geboren ", "points": "1;1 ",
}  # fmt: skip


def work(text: str, language: str) -> float:
    """Seconds of work, the least of three."""
    spent = []
    for _ in range(3):
        begin = time.thread_time()
        for _mark in patterns.marks(read(text, language)):
            pass
        spent.append(time.thread_time() - begin)
    return min(spent)


@pytest.mark.parametrize("run", RUNS)
def test_long_runs_take_time_in_proportion_to_their_length(run: str) -> None:
    piece = RUNS[run]
    for language in ("de", "fr", "cs"):
        short, long = (work(piece * (size // len(piece)), language) for size in (2_000, 16_000))
        # Eight times the length, and some more for a busy machine; a quadratic expression would take 64 times.
        assert long < 24 * short + 0.02, (language, short, long)


@pytest.mark.parametrize("piece", ["A1", "schule", "Ab", "a_1", "K🙂"])
def test_a_word_of_a_hundred_thousand_letters_keeps_the_budget(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    find(text[:1_000], "de")
    begin = time.thread_time()
    well_formed(text, find(text, "de"))
    assert time.thread_time() - begin < 3
