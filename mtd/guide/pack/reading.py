"""Reading a pack as a whole. All mistakes are found in one go, except where one of them hides the rest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from .fields import Reader, all_languages
from .questions import FILE as QUESTIONS
from .questions import read_structure, read_texts
from .shape import CheckItem, Example, Pack, Part, Question, Step, Stumbling
from .source import Findings, Mapped, Node, Scalar, open_source, parse_yaml

PACK = "pack.yaml"
EXAMPLES = "examples.yaml"
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_VERSION = re.compile(r"[0-9]{1,4}(\.[0-9]{1,4}){0,3}")
_FACTS = ("format", "guide", "version", "released", "languages", "owner", "licence", "parts", "steps")


@dataclass
class _Facts:
    """What pack.yaml says."""

    guide: str = ""
    version: str = ""
    released: date = date.min
    languages: tuple[str, ...] = ()
    owner: str = ""
    licence: str = ""
    parts: tuple[str, ...] = ()
    steps: dict[str, tuple[int, int]] = field(default_factory=dict)


@dataclass
class _StepText:
    """One step in one language."""

    texts: dict[str, str] = field(default_factory=dict)
    conversation: tuple[str, ...] = ()
    checklist: dict[str, str] = field(default_factory=dict)
    stumbling: dict[str, tuple[str, str]] = field(default_factory=dict)


def read_pack(path: Path | str) -> Pack:
    """Read and check a pack from a folder or a zip file.

    Raises PackErrors with every mistake: file, line, and what to do about it. Nothing else is raised,
    whatever the files hold.
    """
    files = open_source(path)
    findings = Findings()
    if PACK not in files:
        findings.add(
            PACK,
            1,
            "not_a_pack",
            _(
                "This is not a guide: there is no pack.yaml. Choose the folder (or its zip) that "
                "holds pack.yaml."
            ),
        )
        raise findings.stop()
    facts = _read_facts(files[PACK], findings)
    if facts is None:
        raise findings.stop()
    _check_files(files, facts, findings)
    examples = _read_examples(files.get(EXAMPLES), facts.languages, findings)
    root = parse_yaml(files[QUESTIONS], QUESTIONS, findings) if QUESTIONS in files else None
    drafts = (
        read_structure(root, findings, parts=facts.parts, steps=tuple(facts.steps), examples=examples)
        if QUESTIONS in files
        else {}
    )
    about: dict[str, dict[str, str]] = {}
    parts: dict[str, dict[str, dict[str, str]]] = {}
    steps: dict[str, dict[str, _StepText]] = {}
    for language in facts.languages:
        name = f"{language}/guide.yaml"
        if name in files:
            about[language], parts[language] = _read_guide(files[name], name, facts.parts, findings)
        name = f"{language}/{QUESTIONS}"
        if name in files:
            read_texts(parse_yaml(files[name], name, findings), language, drafts, findings)
        steps[language] = {
            step: _read_step(files[name], name, findings)
            for step in facts.steps
            if (name := f"{language}/steps/{step}.md") in files
        }
    _compare_steps(steps, facts, findings)
    if findings.errors:
        raise findings.stop()
    counted: dict[str, int] = {}
    questions: list[Question] = []
    numbers = {key: number for number, key in enumerate(facts.parts, start=1)}
    for draft in drafts.values():
        counted[draft.part] = counted.get(draft.part, 0) + 1
        questions.append(draft.finish(f"{numbers[draft.part]}.{counted[draft.part]}"))
    return Pack(
        guide=facts.guide,
        version=facts.version,
        released=facts.released,
        languages=facts.languages,
        owner=facts.owner,
        licence=facts.licence,
        title=all_languages(about, "title"),
        summary=all_languages(about, "summary"),
        about=all_languages(about, "about"),
        parts=tuple(
            Part(
                key=key,
                number=numbers[key],
                title={language: parts[language][key]["title"] for language in facts.languages},
                about={language: parts[language][key]["about"] for language in facts.languages},
            )
            for key in facts.parts
        ),
        steps=tuple(
            _step(key, number, months, {language: steps[language][key] for language in facts.languages})
            for number, (key, months) in enumerate(facts.steps.items(), start=1)
        ),
        questions=tuple(questions),
        examples=dict(sorted(examples.items())),
    )


def _read_facts(text: str, findings: Findings) -> _Facts | None:
    reader = Reader(PACK, findings)
    root = parse_yaml(text, PACK, findings)
    if root is None and findings.errors:
        return None
    node = reader.mapping(root, 1, PACK)
    if node is None:
        return None
    written = node.get("format")
    if not isinstance(written, Scalar) or written.integer() != 1:
        findings.add(
            PACK,
            node.line_of("format"),
            "wrong_format",
            _(
                "Only packs of format 1 can be read. Write “format: 1”, or ask the guide's owner for "
                "such a pack."
            ),
        )
        return None  # what follows may mean anything
    reader.known(node, _FACTS, PACK)
    facts = _Facts(
        guide=_matching(reader, node, "guide", _SLUG, "cooperation-guide"),
        version=_matching(reader, node, "version", _VERSION, "1.0"),
        owner=reader.text(node, "owner", limit=200),
        licence=reader.text(node, "licence", limit=200),
    )
    facts.released = reader.day(node, "released") or date.min
    languages: list[str] = []
    for item in reader.listed(node.get("languages"), node.line_of("languages"), "languages", 1, 30):
        word = item.raw if isinstance(item, Scalar) else ""
        if not _LANGUAGE.fullmatch(word) or word in languages:
            findings.add(
                PACK,
                item.line,
                "language",
                _("“%(word)s” is no language code or stands here twice. Write codes like en, de."),
                word=word,
            )
        else:
            languages.append(word)
    facts.languages = tuple(languages)
    facts.parts = reader.keys(node.get("parts"), node.line_of("parts"), "parts", 1, 60)
    for item in reader.listed(node.get("steps"), node.line_of("steps"), "steps", 1, 30):
        entry = reader.mapping(item, item.line, "step")
        if entry is None:
            continue
        reader.known(entry, ("key", "months"), "steps")
        key_node = entry.get("key")
        key = reader.key(key_node, "steps") if key_node else ""
        months = [
            value.integer() if isinstance(value, Scalar) else None
            for value in reader.listed(entry.get("months"), entry.line_of("months"), "months", 2, 2)
        ]
        low, high = (months[0], months[1]) if len(months) == 2 else (None, None)
        if not key or key in facts.steps:
            findings.add(
                PACK, entry.line, "step_key", _("Each step needs a key of its own. Add or change “key: …”.")
            )
        elif low is None or high is None or not 0 <= low <= high <= 120:
            findings.add(
                PACK,
                entry.line_of("months"),
                "months",
                _("“months” must be two whole numbers, from and to, like [0, 2]. Correct them."),
            )
            facts.steps[key] = (0, 0)
        else:
            facts.steps[key] = (low, high)
    return facts if facts.languages else None


def _matching(reader: Reader, node: Mapped, key: str, pattern: re.Pattern[str], example: str) -> str:
    text = reader.text(node, key, limit=80)
    if text and not pattern.fullmatch(text):
        reader.findings.add(
            reader.file,
            node.line_of(key),
            "pattern",
            _("“%(text)s” is not possible for “%(key)s”. Write it like “%(example)s”."),
            text=text,
            key=key,
            example=example,
        )
    if len(text) > 20 and key == "version":
        return text[:20]
    return text


def _check_files(files: Mapping[str, str], facts: _Facts, findings: Findings) -> None:
    needed = [QUESTIONS]
    for language in facts.languages:
        needed += [f"{language}/guide.yaml", f"{language}/{QUESTIONS}"]
        needed += [f"{language}/steps/{step}.md" for step in facts.steps]
    for name in needed:
        if name not in files:
            findings.add(
                name,
                1,
                "missing_file",
                _("This file is missing; without it the guide is only half there. Add it."),
            )
    known = {*needed, PACK, EXAMPLES}
    for name in files:
        folder, _slash, rest = name.partition("/")
        if name in known or name.lower() in {
            "readme.md",
            "licence.md",
            "license.md",
            "changes.md",
            "notices.md",
        }:
            continue
        if rest and _LANGUAGE.fullmatch(folder) and folder not in facts.languages:
            findings.add(
                name,
                1,
                "unlisted_language",
                _(
                    "The language “%(language)s” is not listed in pack.yaml. List it there or leave "
                    "out its folder."
                ),
                language=folder,
            )
        else:
            findings.add(
                name,
                1,
                "superfluous_file",
                _("This file belongs to nothing in pack.yaml. Check its name or leave it out."),
            )


def _read_examples(text: str | None, languages: tuple[str, ...], findings: Findings) -> dict[str, Example]:
    if text is None:
        return {}
    reader = Reader(EXAMPLES, findings)
    before = len(findings.errors)
    root = parse_yaml(text, EXAMPLES, findings)
    if root is None:
        return {}
    mapped = reader.mapping(root, 1, EXAMPLES)
    examples: dict[str, Example] = {}
    for key in mapped or ():
        assert mapped is not None
        line = mapped.line_of(key)
        reader.key(Scalar(key, line), EXAMPLES)
        value = reader.mapping(mapped.get(key), line, key)
        if value is None:
            continue
        node = Mapped(value.items, line, value.end)
        reader.known(node, ("place", "country", "year", "source", "text"), EXAMPLES)
        year_node = node.get("year")
        year: int | None = None
        if year_node is not None and not (isinstance(year_node, Scalar) and year_node.null):
            year = reader.integer(node, "year", 0, 1900, 2100) or None
        country = reader.text(node, "country", limit=20)
        if country and not re.fullmatch(r"[A-Z]{2}", country):
            findings.add(
                EXAMPLES,
                node.line_of("country"),
                "pattern",
                _("“%(text)s” is not possible for “%(key)s”. Write it like “%(example)s”."),
                text=country,
                key="country",
                example="DE",
            )
        examples[key] = Example(
            key=key,
            place=reader.text(node, "place", limit=200),
            country=country,
            year=year,
            source=reader.text(node, "source", limit=500),
            text=reader.keyed_texts(node, "text", languages, what=key),
        )
    if len(findings.errors) > before and not examples:
        return {}
    return examples


def _read_guide(
    text: str, file: str, parts: tuple[str, ...], findings: Findings
) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    reader = Reader(file, findings)
    empty: dict[str, dict[str, str]] = {key: {"title": "", "about": ""} for key in parts}
    root = parse_yaml(text, file, findings)
    node = reader.mapping(root, 1, file)
    if node is None:
        return {}, empty
    reader.known(node, ("title", "summary", "about", "parts"), file)
    about = {
        "title": reader.text(node, "title", limit=200),
        "summary": reader.text(node, "summary", limit=2000),
        "about": reader.text(node, "about"),
    }
    mapped = reader.mapping(node.get("parts"), node.line_of("parts"), "parts")
    if mapped is None:
        return about, empty
    reader.superfluous(mapped, parts, what=PACK)
    for key in parts:
        value = mapped.get(key)
        if value is None:
            findings.add(
                file,
                node.line_of("parts"),
                "missing_text",
                _("The text “%(key)s” is missing. Add it."),
                key=f"parts.{key}",
            )
            continue
        entry = reader.mapping(value, mapped.line_of(key), key)
        if entry is not None:
            entry = Mapped(entry.items, mapped.line_of(key), entry.end)
            reader.known(entry, ("title", "about"), "parts")
            empty[key] = {
                "title": reader.text(entry, "title", limit=200),
                "about": reader.text(entry, "about", limit=2000),
            }
    return about, empty


_STEP_TEXTS = ("title", "purpose", "takes_part", "outcome")
_STEP_KEYS = ("title", "purpose", "takes_part", "conversation", "checklist", "stumbling", "outcome")


def _read_step(text: str, file: str, findings: Findings) -> _StepText:
    reader = Reader(file, findings)
    result = _StepText()
    lines = text.split("\n")
    end = next((n for n, line in enumerate(lines[1:], start=1) if line.rstrip() == "---"), None)
    if lines[0].rstrip() != "---" or end is None:
        findings.add(
            file,
            1,
            "front_matter",
            _("A step begins with its facts between two lines of three dashes (---). Add them."),
        )
        return result
    root = parse_yaml("\n".join(lines[1:end]), file, findings, offset=1)
    node = reader.mapping(root, 2, file) if root is not None else None
    if root is None:
        findings.add(file, 2, "missing_text", _("The text “%(key)s” is missing. Add it."), key="title")
    if node is None:
        return result
    reader.known(node, _STEP_KEYS, "steps")
    result.texts = {key: reader.text(node, key, limit=2000) for key in _STEP_TEXTS}
    body = "\n".join(lines[end + 1 :]).strip()
    result.texts["body"] = body
    if not body:
        findings.add(
            file,
            end + 1,
            "missing_text",
            _("The step has no prose. Write it below the second line of dashes."),
        )
    for character_line, line in enumerate(lines[end + 1 :], start=end + 2):
        if any(ord(c) < 32 and c != "\t" for c in line):
            findings.add(
                file,
                character_line,
                "character",
                _("The text holds a control character (%(character)s) that cannot be shown. Remove it."),
                character="U+" + next(f"{ord(c):04X}" for c in line if ord(c) < 32 and c != "\t"),
            )
    result.conversation = tuple(
        reader.plain(item, "conversation", 1000)
        for item in reader.listed(
            node.get("conversation"), node.line_of("conversation"), "conversation", 1, 20
        )
    )
    for name, keys in (("checklist", ("text",)), ("stumbling", ("text", "help"))):
        for item in reader.listed(
            node.get(name), node.line_of(name), name, 0 if name == "stumbling" else 1, 20
        ):
            entry = reader.mapping(item, item.line, name)
            if entry is None:
                continue
            reader.known(entry, ("key", *keys), name)
            key = _entry_key(reader, entry, name, result)
            texts = [reader.text(entry, k, limit=2000) for k in keys]
            if key and name == "checklist":
                result.checklist[key] = texts[0]
            elif key:
                result.stumbling[key] = (texts[0], texts[1])
    return result


def _entry_key(reader: Reader, entry: Mapped, name: str, result: _StepText) -> str:
    node: Node | None = entry.get("key")
    key = reader.key(node, name) if node else ""
    if node is None or key in (result.checklist if name == "checklist" else result.stumbling):
        reader.findings.add(
            reader.file,
            entry.line,
            "entry_key",
            _("Each entry of “%(name)s” needs a key of its own. Add or change “key: …”."),
            name=name,
        )
        return ""
    return key


def _compare_steps(steps: Mapping[str, Mapping[str, _StepText]], facts: _Facts, findings: Findings) -> None:
    """The languages must tell the same: the same points, in the same order."""
    source, *others = facts.languages
    for step in facts.steps:
        first = steps[source].get(step)
        for language in others:
            other = steps[language].get(step)
            if first is None or other is None:
                continue
            file = f"{language}/steps/{step}.md"
            pairs: Iterable[tuple[str, list[str], list[str]]] = (
                ("checklist", list(first.checklist), list(other.checklist)),
                ("stumbling", list(first.stumbling), list(other.stumbling)),
            )
            for name, ours, theirs in pairs:
                if ours != theirs:
                    missing = sorted(set(ours) - set(theirs)) + sorted(set(theirs) - set(ours))
                    findings.add(
                        file,
                        1,
                        "languages_differ",
                        _(
                            "“%(name)s” does not match %(source)s/steps/%(step)s.md (%(keys)s). Use "
                            "the same keys in the same order."
                        ),
                        name=name,
                        source=source,
                        step=step,
                        keys=", ".join(missing) or "…",
                    )
            if len(first.conversation) != len(other.conversation):
                findings.add(
                    file,
                    1,
                    "languages_differ",
                    _(
                        "“conversation” has %(count)s entries, in %(source)s it has %(expected)s. "
                        "Make them match."
                    ),
                    count=len(other.conversation),
                    source=source,
                    expected=len(first.conversation),
                )


def _step(key: str, number: int, months: tuple[int, int], texts: Mapping[str, _StepText]) -> Step:
    def text(name: str) -> dict[str, str]:
        return {language: step.texts[name] for language, step in texts.items()}

    first = next(iter(texts.values()))
    return Step(
        key=key,
        number=number,
        months=months,
        title=text("title"),
        purpose=text("purpose"),
        takes_part=text("takes_part"),
        conversation={language: step.conversation for language, step in texts.items()},
        checklist=tuple(
            CheckItem(item, {language: step.checklist[item] for language, step in texts.items()})
            for item in first.checklist
        ),
        stumbling=tuple(
            Stumbling(
                item,
                {language: step.stumbling[item][0] for language, step in texts.items()},
                {language: step.stumbling[item][1] for language, step in texts.items()},
            )
            for item in first.stumbling
        ),
        outcome=text("outcome"),
        body=text("body"),
    )
