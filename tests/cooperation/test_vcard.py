"""vCards: written by us, read by somebody else's parser."""

from __future__ import annotations

import json
import shutil
import subprocess
import uuid
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtd.cooperation.vcard import VERSIONS, Card, write

ROOT = Path(__file__).resolve().parents[2]
READER = """
import ICAL from %s;
let text = '';
process.stdin.setEncoding('utf8');
for await (const piece of process.stdin) text += piece;
const parsed = ICAL.parse(text);
console.log(JSON.stringify(parsed[0] === 'vcard' ? [parsed] : parsed));
"""


def read(text: str) -> list[dict[str, Any]]:
    """The cards as ical.js reads them: name of the property → value, several values as a list."""
    module = ROOT / "node_modules" / "ical.js" / "dist" / "ical.js"
    node = shutil.which("node")
    if node is None or not module.is_file():
        pytest.skip("ical.js or node is not installed")
    script = READER % json.dumps(module.as_uri())
    done = subprocess.run(
        [node, "--input-type=module", "-e", script],
        input=text.encode(),
        capture_output=True,
        check=True,
        timeout=60,
    )
    return [
        {name: rest[0] if len(rest) == 1 else rest for name, _params, _kind, *rest in card[1]}
        for card in json.loads(done.stdout)
    ]


def card(**changes: Any) -> Card:
    given_ = {
        "uid": uuid.UUID(int=1),
        "name": "Aino Lehtoranta",
        "organization": "Suchthilfe; Beratung, Ähtäri",
        "role": "Sozialarbeiterin",
        "phone": "+358 40 1234567",
        "email": "aino@demo.example",
        "note": "Mo–Fr 9–12\nVertretung: Kim",
        "website": "https://demo.example/",
        "city": "Ähtäri",
        "address": "Hauptstraße 1, Hof",
        "categories": ("Netz, Nord",),
        "revised": date(2026, 11, 22),
    }
    return Card(**{**given_, **changes})


@pytest.mark.parametrize("version", VERSIONS)
def test_another_parser_reads_what_we_wrote(version: str) -> None:
    (found,) = read(write([card()], version))
    assert found["version"] == version
    assert found["fn"] == "Aino Lehtoranta"
    assert found["n"] == ["Lehtoranta", "Aino", "", "", ""]
    assert found["org"] == "Suchthilfe; Beratung, Ähtäri"
    assert found["tel"] == "+358 40 1234567"
    assert found["email"] == "aino@demo.example"
    assert found["note"] == "Mo–Fr 9–12\nVertretung: Kim"
    assert found["adr"][2:4] == ["Hauptstraße 1, Hof", "Ähtäri"]
    assert found["categories"] == "Netz, Nord"


@pytest.mark.parametrize("version", VERSIONS)
def test_many_cards_stay_apart(version: str) -> None:
    cards = [card(uid=uuid.UUID(int=n), name=f"Person {n}") for n in range(1, 30)]
    assert [one["fn"] for one in read(write(cards, version))] == [f"Person {n}" for n in range(1, 30)]


def test_a_desk_without_a_person_is_an_organisation() -> None:
    (found,) = read(write([card(name="", is_person=False)]))
    assert found["kind"] == "org"
    assert found["fn"] == "Suchthilfe; Beratung, Ähtäri"


def test_a_version_that_nobody_reads_is_not_written() -> None:
    with pytest.raises(ValueError, match=r"2\.1"):
        write([card()], "2.1")


def test_nobody_can_break_out_of_a_value() -> None:
    (found,) = read(
        write([card(name="Eva\r\nEND:VCARD\r\nBEGIN:VCARD", website="x\r\nEMAIL:evil@demo.example")])
    )
    assert "END:VCARD" in found["fn"]
    assert found["email"] == "aino@demo.example"


@given(st.text(max_size=300), st.text(max_size=80), st.sampled_from(VERSIONS))
@settings(max_examples=200)
def test_lines_are_short_and_whole_whatever_is_typed(note: str, name: str, version: str) -> None:
    lines = write([card(note=note, name=name)], version).encode().split(b"\r\n")
    assert lines[-1] == b""
    assert all(len(line) <= 75 for line in lines)
    unfolded = b"\r\n".join(lines).replace(b"\r\n ", b"").decode()
    assert unfolded.count("BEGIN:VCARD") - note.count("BEGIN:VCARD") - name.count("BEGIN:VCARD") == 1
    properties = [line.split(":")[0].split(";")[0] for line in unfolded.split("\r\n") if line]
    assert set(properties) <= {
        "BEGIN", "VERSION", "KIND", "UID", "FN", "N", "ORG", "TITLE", "TEL", "EMAIL", "ADR", "URL",
        "CATEGORIES", "NOTE", "REV", "END",
    }  # fmt: skip
