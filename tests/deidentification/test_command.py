"""`manage.py find_identifiers`: the way in which the guard is measured."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command


def run(tmp_path: Path, lines: bytes, *options: str) -> tuple[list[dict[str, object]], str, int]:
    source = tmp_path / "texts.jsonl"
    source.write_bytes(lines)
    out, err = io.StringIO(), io.StringIO()
    code = 0
    try:
        call_command("find_identifiers", str(source), "--jsonl", *options, stdout=out, stderr=err)
    except SystemExit as stop:
        code = int(stop.code or 0)
    return [json.loads(line) for line in out.getvalue().splitlines()], err.getvalue(), code


def line(**record: object) -> bytes:
    return json.dumps(record).encode() + b"\n"


def test_spans_are_written_with_labels_in_the_order_of_the_lines(tmp_path: Path) -> None:
    text = "Tel. 0170 1234567, maria@web.de"
    answers, errors, code = run(
        tmp_path, line(id="a", lang="de", text=text) + line(id="b", lang="de", text="Ja.")
    )
    assert [answer["id"] for answer in answers] == ["a", "b"]
    assert answers[0]["spans"] == [[5, 17, "PHONE"], [19, 31, "EMAIL"]]
    assert answers[1] == {"id": "b", "spans": []}
    assert (errors, code) == ("", 0)


def test_only_certain_findings_are_written_if_wanted(tmp_path: Path) -> None:
    text = line(id=1, lang="de", text="Seit Mai 2019 per Mail: maria@web.de")
    every, _, _ = run(tmp_path, text)
    certain, _, _ = run(tmp_path, text, "--strength", "certain")
    assert [span[2] for span in certain[0]["spans"]] == ["EMAIL"]  # type: ignore[index, attr-defined]
    assert len(every[0]["spans"]) == 2  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "bad",
    [
        b"{",
        b"[1]",
        b'{"id": "x"}',
        b'{"id": "x", "text": 3}',
        b"\xff\xfe{}",
        b'{"id":"x","lang":3,"text":""}',
    ],
)
def test_a_bad_line_is_told_by_its_number_and_spoils_only_itself(tmp_path: Path, bad: bytes) -> None:
    answers, errors, code = run(tmp_path, bad + b"\n" + line(id="b", lang="de", text="maria@web.de"))
    assert "error" in answers[0]
    assert answers[1]["spans"]
    assert errors.startswith("Line 1:")
    assert code == 1


def test_the_text_of_a_bad_line_is_never_told(tmp_path: Path) -> None:
    answers, errors, _ = run(tmp_path, b'{"id": "x", "text": "Frau Kowalczyk" oops\n')
    assert "Kowalczyk" not in errors + json.dumps(answers)


def test_an_unknown_language_is_said_to_be_a_problem(tmp_path: Path) -> None:
    answers, _, code = run(tmp_path, line(id="t", lang="tr", text="maria@web.de"))
    assert answers[0]["problem"] == "language"
    assert answers[0]["spans"]
    assert code == 0


def test_it_reads_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        sys, "stdin", io.TextIOWrapper(io.BytesIO(line(id="a", lang="", text="maria@web.de")))
    )
    out = io.StringIO()
    call_command("find_identifiers", "--jsonl", stdout=out)
    assert json.loads(out.getvalue())["spans"] == [[0, 12, "EMAIL"]]


def test_the_format_must_be_said_and_the_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        call_command("find_identifiers")
    with pytest.raises(CommandError):
        call_command("find_identifiers", str(tmp_path / "none"), "--jsonl")


def test_marks_of_order_windows_line_ends_and_empty_lines_change_nothing(tmp_path: Path) -> None:
    lines = b"\xef\xbb\xbf" + line(id="a", lang="de", text="maria@web.de").replace(b"\n", b"\r\n") + b"\r\n\n"
    answers, errors, code = run(tmp_path, lines + line(id=2.5, lang="DE-at", text="maria@web.de"))
    assert [(answer["id"], answer["spans"]) for answer in answers] == [
        ("a", [[0, 12, "EMAIL"]]),
        (2.5, [[0, 12, "EMAIL"]]),
    ]
    assert (errors, code) == ("", 0)


def test_the_number_of_a_bad_line_counts_empty_lines(tmp_path: Path) -> None:
    answers, errors, code = run(tmp_path, b"\n\n{\n" + line(id="b", lang="de", text="Ja."))
    assert errors == "Line 3: no JSON\n"
    assert [answer["id"] for answer in answers] == [None, "b"]
    assert code == 1


def test_it_ends_quietly_where_nobody_reads_its_lines(tmp_path: Path) -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    source = tmp_path / "texts.jsonl"
    source.write_bytes(line(id="a", lang="de", text="Ja."))
    with pytest.raises(SystemExit) as stop:
        call_command("find_identifiers", str(source), "--jsonl", stdout=Gone())
    assert stop.value.code == 1
