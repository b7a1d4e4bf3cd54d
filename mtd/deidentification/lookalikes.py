"""Characters that look like others: what people write, knowingly or not, instead of plain letters."""

from __future__ import annotations

import unicodedata

CYRILLIC = dict(
    zip(
        "АВЕЅІЈКМНОРСТУХЬаеѕіїјкмнорстухьԁһԛԝвгдилпбзфчяшюыэйё",
        "ABESIJKMHOPCTYXbaesiijkmhopctyxbdhqwbrdunn63o4rwobeue",
        strict=True,
    )
)
"""Cyrillic letters and the Latin ones they are taken for."""

GREEK = dict(
    zip(
        "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαβγεζηικμνορστυχωςϲ",
        "ABEZHIKMNOPTYXaByeznikuvoпotuxwsc".replace("п", "p"),
        strict=True,
    )
)
"""Greek letters and the Latin ones they are taken for."""

TO_LATIN = {**CYRILLIC, **GREEK, "Ⲟ": "O", "օ": "o", "ո": "n", "ս": "u", "հ": "h", "ց": "g"}

TO_GREEK = dict(zip("ABEZHIKMNOPTYXaeiknoptuvxyw", "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαεικνορτυνχυω", strict=True))
"""The other way round, for Latin letters in a Greek word."""

SMALL_CAPITALS = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢɡɑ", "abcdefghijklmnopqrstuvwyzga", strict=True))

LEET = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "@": "a", "$": "s", "€": "e"}
"""Figures and signs that stand for letters inside a word: M4ria, K0walczyk."""

WITHOUT_MARKS = {
    "ß": "ss",
    "ẞ": "SS",
    "æ": "ae",
    "Æ": "AE",
    "œ": "oe",
    "Œ": "OE",
    "ø": "o",
    "Ø": "O",
    "đ": "d",
    "Đ": "D",
    "ð": "d",
    "þ": "th",
    "ł": "l",
    "Ł": "L",
    "ı": "i",
    "ħ": "h",
    "ŋ": "n",
    "ς": "σ",
    "ә": "e",
    "ə": "e",
}


def _extra() -> dict[str, str]:
    found = dict(SMALL_CAPITALS)
    for first in (0x1F150, 0x1F170, 0x1F1E6):  # negative circled, negative squared, regional indicators
        for number in range(26):
            found[chr(first + number)] = chr(ord("A") + number)
    return found


LETTERS = _extra()
"""Letters in disguise that Unicode's compatibility forms do not undo."""


def bare(word: str) -> str:
    """The word without diacritics: é e, ł l, ß ss, ά α. Case stays."""
    if word.isascii():
        return word
    for letter, plain in WITHOUT_MARKS.items():
        if letter in word:
            word = word.replace(letter, plain)
    return "".join(sign for sign in unicodedata.normalize("NFD", word) if not unicodedata.combining(sign))
