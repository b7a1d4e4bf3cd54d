"""What the repository may hold: nothing of the machines it was made on, nothing that is installed instead."""

import json
import re

from . import house

TEXT = {
    ".py",
    ".md",
    ".html",
    ".css",
    ".js",
    ".json",
    ".yaml",
    ".yml",
    ".toml",
    ".txt",
    ".po",
    ".svg",
    ".typ",
    ".lock",
}
NAMED = {"Makefile", "LICENSE", ".npmrc", ".gitignore", "run"}
# Put together here, so that this file does not find itself.
MACHINE = re.compile(
    "(?<![\\w.}>])/(?:" + "|".join(("work", "root", "home/[a-z]\\w*", "Users/\\w+")) + ")/\\w"
)
REGISTRY = re.compile(
    "|".join(
        (
            "pypi" + r"\.org",
            "files\\.python" + "hosted",
            "registry\\.npm" + "js",
            "registry\\.yarn" + "pkg",
            "deb\\.deb" + "ian",
        )
    )
)
TEMPORARY = re.compile("[\"'`( ]/tmp" + "/\\w")


def _lines(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{house.where(path, number)}: {line.strip()[:100]}"
        for path in house.tracked()
        if path.suffix in TEXT or path.name in NAMED
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    assert _lines(MACHINE) == []


def test_no_file_names_a_temporary_path() -> None:
    assert _lines(TEMPORARY) == []


def test_no_file_names_the_address_of_a_package_registry() -> None:
    assert _lines(REGISTRY) == []


def test_the_front_end_lock_holds_hashes_and_no_addresses() -> None:
    lock = json.loads((house.ROOT / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    assert [
        name for name, package in packages.items() if "resolved" in package or "integrity" not in package
    ] == []


def test_every_python_package_is_locked_by_hash() -> None:
    for name in ("requirements.lock", "requirements-dev.lock", "requirements-uv.lock"):
        text = (house.ROOT / name).read_text(encoding="utf-8")
        joined = text.replace("\\\n", " ")
        pinned = [line for line in joined.splitlines() if line and not line.lstrip().startswith("#")]
        assert pinned
        assert [line[:60] for line in pinned if "==" not in line or "--hash=sha256:" not in line] == []


def test_third_party_assets_are_installed_and_not_copied_in() -> None:
    copied = [
        path
        for path in house.tracked()
        if path.name.endswith((".min.js", ".min.css", ".woff", ".woff2", ".ttf"))
    ]
    assert copied == []


BUILT = {"mtd/deidentification/data/tagger.bin": 4_000_000}
"""What a script of ours builds and git has to carry, with its own bound: the weights of the guard's tagger."""


def test_no_file_is_larger_than_two_megabytes() -> None:
    large = [
        house.where(path, 1)
        for path in house.tracked()
        if path.stat().st_size > BUILT.get(path.relative_to(house.ROOT).as_posix(), 2_000_000)
    ]
    assert large == []


SENTENCE = re.compile(r"""\{% translate (?:"[^"]*"|'[^']*')""")
LONGEST = 250
"""Characters in a line of a template, without its sentences to translate, which cannot be broken."""


def test_the_lines_of_templates_can_be_read() -> None:
    long = [
        house.where(path, number)
        for path in house.tracked()
        if path.suffix == ".html"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(SENTENCE.sub("", line)) > LONGEST
    ]
    assert long == [], "Break these where white space shows nowhere: between blocks, or inside a tag."
