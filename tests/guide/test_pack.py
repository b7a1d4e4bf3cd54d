"""Reading packs: a good one, and every kind of bad one with file and line."""

import io
import json
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mtd.guide.pack import Pack, PackErrors, open_questions, pack_from_json, pack_to_json, read_pack

from .conftest import FILES, Write, write_files


def mistakes(path: Path) -> list[tuple[str, int, str]]:
    with pytest.raises(PackErrors) as caught:
        read_pack(path)
    for error in caught.value.errors:
        assert error.message
        assert "%(" not in error.message
    return [(error.file, error.line, error.code) for error in caught.value.errors]


def test_a_good_pack_is_read_with_all_its_languages(pack: Pack) -> None:
    assert (pack.guide, pack.version, pack.languages) == ("small-guide", "1.0", ("en", "de"))
    assert [part.number for part in pack.parts] == [1, 2, 3]
    assert [step.key for step in pack.steps] == ["meet", "plan"]
    assert pack.question("rhythm").number == "2.2"
    assert pack.question("rhythm").label == {"en": "How often?", "de": "Wie oft?"}
    assert pack.question("rhythm").default_value() == {"at_least": 1, "per": "half_year"}
    assert pack.question("committee").default_value() == {"yes": True}
    assert pack.question("goals").default_value() == {"choices": ["early"]}
    assert pack.question("goals").bullets
    assert pack.examples["heinsberg"].text["de"] == "Acht Vertragspartner."
    assert pack.steps[0].conversation["en"] == ("Who are you?", "What do you need?")
    assert pack.steps[0].body["en"] == "Some *prose*."
    assert not pack.question("mood").yields_clause


def test_a_pack_survives_json_in_whatever_order_its_keys_come_back(pack: Pack) -> None:
    stored = json.loads(json.dumps(pack_to_json(pack), sort_keys=True))
    assert pack_from_json(stored) == pack
    assert list(pack_from_json(stored).title) == ["en", "de"]
    assert list(pack_from_json(stored).question("chair").options) == ["turns", "one"]


def test_a_zip_with_or_without_its_folder_is_the_same_pack(write: Write, tmp_path: Path) -> None:
    pack = read_pack(write())
    for prefix in ("", "small/", "a/b/"):
        path = tmp_path / "guide.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name, text in FILES.items():
                archive.writestr(prefix + name, text)
            archive.writestr("__MACOSX/._pack.yaml", b"\x00")
        assert read_pack(path) == pack


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(write: Write) -> None:
    folder = write()
    for name in FILES:
        path = folder / name
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert read_pack(folder).questions


MISTAKES = [
    # file, what is replaced, by what, the mistake, and the text in whose line it is told (else: the replaced one)
    ("pack.yaml", "format: 1", "format: 2", "wrong_format", ""),
    ("pack.yaml", "guide: small-guide", "guide: Small Guide!", "pattern", ""),
    ("pack.yaml", "released: 2026-11-21", "released: 2026-02-31", "date", ""),
    ("pack.yaml", "months: [3, 9]", "months: [9, 3]", "months", ""),
    ("pack.yaml", "owner: Someone\n", "", "missing_text", "format: 1"),
    ("pack.yaml", "licence:", "license:", "unknown_key", ""),
    ("pack.yaml", "[en, de]", "[en, de, en]", "language", ""),
    ("questions.yaml", "type: rhythm", "type: rythm", "not_allowed", ""),
    ("questions.yaml", "part: bodies", "part: nowhere", "unknown_part", ""),
    ("questions.yaml", "step: plan", "step: dance", "unknown_step", ""),
    ("questions.yaml", "examples: [heinsberg]", "examples: [essen]", "unknown_example", ""),
    ("questions.yaml", "{min: 2}", "{min: two}", "number", ""),
    ("questions.yaml", "{min: 2}", "{max: 2}", "unknown_param", ""),
    ("questions.yaml", 'default: "yes"', "default: maybe", "bad_default", ""),
    ("questions.yaml", "default: [turns]", "default: [three]", "bad_default", ""),
    ("questions.yaml", "{at_least: 1,", "{at_least: 0,", "number", ""),
    ("questions.yaml", "1, per: half_year", "1, per: month", "bad_default", ""),
    ("questions.yaml", "2, unit: working_days", "2, unit: years", "bad_default", ""),
    ("questions.yaml", "obligation: cooperation_committee", "obligation: dancing", "not_allowed", ""),
    ("questions.yaml", "{chair: [one]}", "{chairs: [one]}", "unknown_branch", ""),
    ("questions.yaml", "{chair: [one]}", "{chair: [two]}", "unknown_branch_value", ""),
    ("questions.yaml", "{chair: [one]}", "{review: [one]}", "branch_type", ""),
    ("questions.yaml", "{chair: [one]}", "{chair: {one: two}}", "show_if", ""),
    ("questions.yaml", "key: minutes", "key: chair", "duplicate", ""),
    ("questions.yaml", "key: minutes", "key: Minutes", "bad_key", ""),
    ("questions.yaml", "required: true\n  params", "required: perhaps\n  params", "boolean", ""),
    ("questions.yaml", "options: [exists, planned]", "options: [exists]", "list_length", ""),
    ("questions.yaml", "type: number", "type: text, options: [a, b]", "unknown_param", ""),
    ("examples.yaml", "country: DE", "country: Germany", "pattern", ""),
    ("examples.yaml", ", de: Acht Vertragspartner.", "", "missing_text", "text:"),
    ("de/questions.yaml", "why: Rhythmus hilft.", "why: ''", "missing_text", ""),
    ("de/questions.yaml", "\nmood:", "\nmoood:", "superfluous_text", "moood:"),
    ("de/questions.yaml", "one: eine Person", "two: zwei", "superfluous_text", ""),
    ("de/questions.yaml", "  list: true\n", "", "bullets", "goals:"),
    ("de/questions.yaml", "{answer.dative}", "{answer.genitive}", "placeholder", ""),
    ("de/questions.yaml", "{q.chair}", "{q.nobody}", "placeholder", ""),
    ("de/questions.yaml", "{q.chair}", "{q.offers}", "placeholder", ""),
    ("de/questions.yaml", "innerhalb von {answer.dative}", "bald", "no_answer", ""),
    ("de/questions.yaml", "wenn {condition}", "vielleicht", "no_answer", ""),
    ("de/questions.yaml", "tagt {answer}", "tagt {answer", "placeholder", ""),
    ("de/questions.yaml", "Sie zählt.}", "Sie zählt., clause: X}", "superfluous_text", ""),
    ("de/questions.yaml", '    no: "Es gibt kein Gremium."\n', "", "missing_text", "clauses:"),
    ("de/guide.yaml", "title: Bodies, ", "", "missing_text", "bodies:"),
    ("de/guide.yaml", "  term:", "  terms:", "superfluous_text", ""),
    ("de/steps/plan.md", "outcome: A list.\n", "", "missing_text", "title:"),
    ("de/steps/plan.md", "key: named", "key: other", "languages_differ", "---"),
    ("de/steps/plan.md", "---\ntitle", "title", "front_matter", ""),
    ("de/steps/plan.md", "\nSome *prose*.", "", "missing_text", "outcome"),
]


@pytest.mark.parametrize(("file", "old", "new", "code", "at"), MISTAKES)
def test_each_mistake_is_told_with_its_file_and_line(
    write: Write, file: str, old: str, new: str, code: str, at: str
) -> None:
    found = mistakes(write({file: (old, new)}))
    text = FILES[file].replace(old, new, 1)
    line = text[: text.index(at) if at else FILES[file].index(old)].count("\n") + 1
    told = {place for where, place, what in found if (where, what) == (file, code)}
    assert told, found
    assert min(abs(place - line) for place in told) <= (1 if at else 0), found


def test_something_else_than_a_pack_is_named_as_such(tmp_path: Path) -> None:
    (tmp_path / "holiday.yaml").write_text("photos: many")
    assert mistakes(tmp_path) == [("pack.yaml", 1, "not_a_pack")]
    assert mistakes(tmp_path / "missing") == [("missing", 1, "not_found")]
    picture = tmp_path / "picture.zip"
    picture.write_bytes(b"GIF89a not a zip")
    assert mistakes(picture) == [("picture.zip", 1, "not_a_zip")]


def test_half_a_pack_names_every_missing_file(write: Write) -> None:
    found = mistakes(write({"de/guide.yaml": None, "de/questions.yaml": None, "de/steps/plan.md": None}))
    assert [f for f, _, c in found if c == "missing_file"] == [
        "de/guide.yaml",
        "de/questions.yaml",
        "de/steps/plan.md",
    ]


def test_a_question_without_texts_is_named_with_the_line_of_the_question(write: Write) -> None:
    folder = write({"de/questions.yaml": (FILES["de/questions.yaml"].split("\n")[0] + "\n", "")})
    with pytest.raises(PackErrors) as caught:
        read_pack(folder)
    [error] = caught.value.errors
    assert (error.file, error.code) == ("de/questions.yaml", "missing_text")
    assert "who" in error.message
    assert "line 1" in error.message


def test_superfluous_files_and_unlisted_languages_are_named(write: Write) -> None:
    found = mistakes(write({"de/steps/party.md": "x", "fi/guide.yaml": "title: x", "README.md": "fine"}))
    assert found == [
        ("fi/guide.yaml", 1, "unlisted_language"),
        ("de/steps/party.md", 1, "superfluous_file"),
    ]


def test_a_cycle_in_the_branches_is_named_with_all_its_questions(write: Write) -> None:
    folder = write({"questions.yaml": ("type: yes_no\n", "type: yes_no\n  show_if: {chair: [one]}\n")})
    with pytest.raises(PackErrors) as caught:
        read_pack(folder)
    [error] = caught.value.errors
    assert error.code == "cycle"
    assert "committee → chair → committee" in error.message
    assert error.line == FILES["questions.yaml"].split("type: yes_no")[0].count("\n") + 2


def test_a_question_that_opens_itself_is_a_cycle(write: Write) -> None:
    found = mistakes(write({"questions.yaml": ("{chair: [one]}", "{minutes: [one]}")}))
    assert {c for _, _, c in found} == {"branch_type", "cycle"}


def test_a_duplicate_key_in_yaml_is_found(write: Write) -> None:
    found = mistakes(
        write({"questions.yaml": ("  required: true\n", "  required: true\n  required: false\n")})
    )
    assert [(code, file) for file, _, code in found] == [("duplicate", "questions.yaml")]


def test_all_mistakes_come_at_once(write: Write) -> None:
    found = mistakes(
        write(
            {
                "pack.yaml": ("months: [3, 9]", "months: [9, 3]"),
                "questions.yaml": ("type: rhythm", "type: rythm"),
                "de/guide.yaml": ("title: Bodies, ", ""),
                "en/steps/meet.md": ("outcome: A list.\n", ""),
            }
        )
    )
    assert {file for file, _, _ in found} >= {
        "pack.yaml",
        "questions.yaml",
        "de/guide.yaml",
        "en/steps/meet.md",
    }


def test_messages_are_told_in_the_readers_language_when_they_are_shown(write: Write) -> None:
    with pytest.raises(PackErrors) as caught:
        read_pack(write({"pack.yaml": ("format: 1", "format: 7")}))
    with override("en"):
        assert "format 1" in str(caught.value.errors[0])


BOMB = "a: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b]\n"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (BOMB, "alias"),
        ("[" * 5000, "too_deep"),
        ("- a\n" * 200_000, "too_many"),
        ("a: !!python/object/apply:os.system ['true']", "tag"),
        ("a: b: c", "yaml"),
        ("a: 'open", "yaml"),
        ("a: 1\n---\nb: 2", "yaml"),
        ("\t- a", "yaml"),
        ("? [a, b]\n: c", "key"),
        ('a: "\\0"', "character"),
        ("", "not_mapping"),
        ("just words", "not_mapping"),
        ("[1, 2]", "not_mapping"),
    ],
)
def test_dangerous_or_broken_yaml_is_refused(write: Write, text: str, code: str) -> None:
    assert code in {c for _, _, c in mistakes(write({"pack.yaml": text}))}


def test_a_file_in_another_encoding_is_named(write: Write) -> None:
    folder = write()
    (folder / "de/guide.yaml").write_bytes("title: Kölle\n".encode("latin-1"))
    assert mistakes(folder) == [("de/guide.yaml", 1, "encoding")]


def test_a_zip_that_leads_out_of_its_folder_is_refused(tmp_path: Path) -> None:
    for name in ("../pack.yaml", "/etc/pack.yaml", "..\\pack.yaml", "C:/pack.yaml"):
        path = tmp_path / "guide.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(name, "format: 1")
        assert mistakes(path) == [("guide.zip", 1, "path")]


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "guide.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("pack.yaml", b"a" * 200_000_000)
    assert path.stat().st_size < 1_000_000
    started = time.process_time()
    assert mistakes(path) == [("guide.zip", 1, "too_large")]
    assert time.process_time() - started < 2


def test_a_pack_with_too_many_files_is_refused(write: Write) -> None:
    assert mistakes(write({f"x/{n}.yaml": "a: b" for n in range(600)})) == [("pack", 1, "too_large")]


def test_a_link_out_of_the_folder_is_not_followed(write: Write, tmp_path: Path) -> None:
    secret = tmp_path / "secret.yaml"
    secret.write_text("format: 1")
    folder = write({"pack.yaml": None})
    (folder / "pack.yaml").symlink_to(secret)
    assert mistakes(folder) == [("pack.yaml", 1, "not_a_pack")]


NOISE = st.sampled_from(
    [
        "",
        ":",
        "- ",
        "{",
        "}",
        "[",
        "]",
        "&a ",
        "*a",
        "!!int ",
        "'",
        '"',
        "\n",
        "  ",
        "\t",
        "null",
        "yes",
        "-1",
        "é",
        "\u202e",
        "\x00",
        "{answer",
        "? ",
        ">\n",
        "# ",
        "---\n",
        "<<: ",
        "~",
        "%",
        "1e9",
    ]
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    file=st.sampled_from(sorted(FILES)),
    cuts=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), NOISE), min_size=1, max_size=4),
)
def test_no_mutation_of_a_pack_raises_anything_but_pack_errors(
    tmp_path_factory: pytest.TempPathFactory, file: str, cuts: list[tuple[float, int, str]]
) -> None:
    text = FILES[file]
    for place, length, noise in cuts:
        at = int(place * len(text))
        text = text[:at] + noise + text[at + length :]
    folder = write_files(tmp_path_factory.mktemp("fuzz"), {**FILES, file: text})
    outcome = outcome_of(folder)
    if isinstance(outcome, PackErrors):
        assert outcome.errors
        assert all(error.message and error.line >= 1 for error in outcome.errors)
    else:
        stored = json.loads(json.dumps(pack_to_json(outcome), sort_keys=True))
        assert pack_from_json(stored) == outcome


def outcome_of(path: Path) -> Pack | PackErrors:
    try:
        return read_pack(path)
    except PackErrors as errors:
        return errors


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_mutation_of_a_zip_raises_anything_but_pack_errors(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in FILES.items():
            archive.writestr(name, text)
    content = bytearray(buffer.getvalue())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("fuzz") / "guide.zip"
    path.write_bytes(bytes(content[: data.draw(st.integers(0, len(content)))]))
    outcome = outcome_of(path)
    assert isinstance(outcome, Pack) or outcome.errors


def test_branches_open_and_close_and_a_closed_branch_closes_what_is_behind_it(pack: Pack) -> None:
    always = {
        "who",
        "area",
        "contacts",
        "bases",
        "committee",
        "goals",
        "answer_within",
        "review",
        "offers",
        "mood",
    }
    assert open_questions(pack, {}) == always
    answers: dict[str, dict[str, Any] | None] = {
        "committee": {"yes": True},
        "goals": {"choices": ["early"]},
        "chair": {"choice": "one"},
    }
    assert open_questions(pack, answers) == always | {"rhythm", "chair", "minutes"}
    assert open_questions(pack, answers | {"committee": {"yes": False}}) == always
    assert open_questions(pack, answers | {"goals": {"choices": ["whole"]}}) == always | {"rhythm"}
    other = {"choices": [], "other": {"en": "peace"}}
    assert "chair" in open_questions(pack, answers | {"goals": other})
    assert open_questions(pack, answers | {"goals": None}) == always | {"rhythm"}
