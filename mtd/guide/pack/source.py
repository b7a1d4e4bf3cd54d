"""Opening a pack: a folder or a zip becomes files, and YAML becomes nodes that know their line.

Whatever somebody uploads, the only exception that leaves this package is `PackErrors`.
"""

from __future__ import annotations

import lzma
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

import yaml
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MAX_BYTES = 5 * 1024 * 1024
MAX_FILES = 500
MAX_DEPTH = 20
MAX_EVENTS = 100_000
MAX_TOLD = 1_000
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAGS = {"tag:yaml.org,2002:seq", "tag:yaml.org,2002:map"} | {
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "timestamp", "merge", "value")
}
_TRUE, _FALSE = {"true", "yes", "on"}, {"false", "no", "off"}


@dataclass(frozen=True)
class PackError:
    """One mistake in a pack: where it is, and in the reader's language what to do about it."""

    file: str
    line: int
    code: str
    template: str | Promise
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """What is wrong and what to do next, in the active language."""
        return str(self.template) % self.params if self.params else str(self.template)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class PackErrors(Exception):
    """The pack cannot be used; `errors` holds every mistake found, in the order of files and lines."""

    def __init__(self, errors: tuple[PackError, ...]) -> None:
        super().__init__(f"{len(errors)} mistakes in the pack")
        self.errors = errors


class Findings:
    """Collects mistakes, so that all of them are told at once."""

    def __init__(self) -> None:
        self.errors: list[PackError] = []

    def add(self, file: str, line: int, code: str, template: str | Promise, /, **params: object) -> None:
        """Note one mistake."""
        shown = {name: _shorten(value) for name, value in params.items()}
        self.errors.append(PackError(file, max(line, 1), code, template, shown))

    def stop(self) -> PackErrors:
        """The exception that carries all mistakes."""
        told = sorted(set_once(self.errors), key=lambda e: (_order(e.file), e.line))
        return PackErrors(tuple(told[:MAX_TOLD]))


def set_once(errors: list[PackError]) -> list[PackError]:
    """The same mistakes without repetition."""
    seen: dict[tuple[str, int, str, str], PackError] = {}
    for error in errors:
        seen.setdefault((error.file, error.line, error.code, repr(sorted(error.params.items()))), error)
    return list(seen.values())


def _order(file: str) -> tuple[int, str]:
    return (PurePosixPath(file).parts.__len__(), file)


def _shorten(value: object) -> object:
    if isinstance(value, str) and len(value) > 120:
        return value[:119] + "…"
    return value


@dataclass(frozen=True)
class Scalar:
    """One written value; what it means is decided where it is used."""

    raw: str
    line: int
    quoted: bool = False
    null: bool = False

    def integer(self) -> int | None:
        """The whole number that is written here, or None."""
        return int(self.raw) if not self.quoted and re.fullmatch(r"-?[0-9]{1,9}", self.raw) else None

    def boolean(self) -> bool | None:
        """True or False as written, or None when it is neither."""
        word = self.raw.lower()
        return True if word in _TRUE else False if word in _FALSE else None

    def day(self) -> date | None:
        """The date as YYYY-MM-DD, or None."""
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", self.raw):
            return None
        try:
            return date.fromisoformat(self.raw)
        except ValueError:
            return None


@dataclass(frozen=True)
class Mapped:
    """A mapping; entries remember the line of their key."""

    items: Mapping[str, tuple[int, Node]]
    line: int
    end: int

    def __iter__(self) -> Iterator[str]:
        return iter(self.items)

    def __contains__(self, key: object) -> bool:
        return key in self.items

    def get(self, key: str) -> Node | None:
        """The value of a key, or None."""
        entry = self.items.get(key)
        return entry[1] if entry else None

    def line_of(self, key: str) -> int:
        """The line of a key; of the mapping when the key is missing."""
        entry = self.items.get(key)
        return entry[0] if entry else self.line


@dataclass(frozen=True)
class Listed:
    """A list."""

    items: tuple[Node, ...]
    line: int


Node = Scalar | Mapped | Listed


def unusable(text: str) -> str:
    """Characters that no database and no PDF can hold, named; "" when there are none."""
    for character in text:
        if character in "\n\t":
            continue
        if unicodedata.category(character) in {"Cc", "Cs"} or character in "\ufffe\uffff":
            return f"U+{ord(character):04X}"
    return ""


def _line_of(node: Any, offset: int) -> int:
    return int(node.start_mark.line) + 1 + offset


def parse_yaml(text: str, file: str, findings: Findings, *, offset: int = 0) -> Node | None:
    """The nodes of a YAML text with their lines; None when empty or after a mistake that hides the rest."""
    try:
        depth = 0
        for number, event in enumerate(yaml.parse(text, Loader=_LOADER)):
            if number > MAX_EVENTS:
                findings.add(
                    file,
                    _line_of(event, offset),
                    "too_many",
                    _(
                        "This file has far more entries than a guide can hold. Check whether it is the right one."
                    ),
                )
                return None
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                findings.add(
                    file,
                    _line_of(event, offset),
                    "alias",
                    _(
                        "References inside YAML (& and *) are not allowed. Write the text out where "
                        "it is needed."
                    ),
                )
                return None
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > MAX_DEPTH:
                    findings.add(
                        file,
                        _line_of(event, offset),
                        "too_deep",
                        _("This is nested too deeply for a guide. Check the indentation and the brackets."),
                    )
                    return None
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        line = (
            mark.line + 1
            if mark is not None
            else text.count("\n", 0, getattr(problem, "position", 0) or 0) + 1
        )
        findings.add(
            file,
            line + offset,
            "yaml",
            _(
                "This is not readable YAML here. Check indentation, colons, quotes and brackets. "
                "(%(problem)s)"
            ),
            problem=str(getattr(problem, "problem", None) or getattr(problem, "reason", None) or "YAML"),
        )
        return None
    except (ValueError, RecursionError, OverflowError):
        findings.add(
            file, 1 + offset, "yaml", _("This file is not readable YAML. Save it again as plain YAML text.")
        )
        return None
    return _convert(root, file, findings, offset) if root is not None else None


def _convert(node: Any, file: str, findings: Findings, offset: int) -> Node:
    line = _line_of(node, offset)
    if node.tag not in _TAGS:
        findings.add(file, line, "tag", _("The YAML tag “%(tag)s” is not allowed. Remove it."), tag=node.tag)
    if isinstance(node, yaml.ScalarNode):
        bad = unusable(node.value)
        if bad:
            findings.add(
                file,
                line,
                "character",
                _("The text holds a control character (%(character)s) that cannot be shown. Remove it."),
                character=bad,
            )
        quoted = node.style in {"'", '"', "|", ">"}
        null = not quoted and node.tag == "tag:yaml.org,2002:null"
        return Scalar(raw=node.value, line=line, quoted=quoted, null=null)
    if isinstance(node, yaml.SequenceNode):
        return Listed(tuple(_convert(item, file, findings, offset) for item in node.value), line)
    items: dict[str, tuple[int, Node]] = {}
    for key_node, value_node in node.value:
        key_line = _line_of(key_node, offset)
        if not isinstance(key_node, yaml.ScalarNode):
            findings.add(
                file, key_line, "key", _("A key must be one word. Check the brackets before the colon.")
            )
            continue
        key = key_node.value
        if key in items:
            findings.add(
                file,
                key_line,
                "duplicate",
                _("“%(key)s” stands here twice (first in line %(line)s). Keep one of the two."),
                key=key,
                line=items[key][0],
            )
            continue
        items[key] = (key_line, _convert(value_node, file, findings, offset))
    return Mapped(items, line, node.end_mark.line + 1 + offset)


def open_source(path: Path | str) -> dict[str, str]:
    """The text files of a pack, by their path inside it. Raises PackErrors."""
    findings = Findings()
    path = Path(path)
    try:
        if path.is_dir():
            raw = _from_folder(path, findings)
        elif path.is_file():
            raw = _from_zip(path, findings)
        else:
            raw = {}
            findings.add(
                path.name, 1, "not_found", _("There is neither a folder nor a zip file here. Check the path.")
            )
    except OSError as problem:
        raw = {}
        findings.add(
            path.name,
            1,
            "unreadable",
            _("This cannot be read (%(problem)s). Check the path and the rights."),
            problem=problem.strerror or "",
        )
    files: dict[str, str] = {}
    for name, content in raw.items():
        if PurePosixPath(name).suffix not in {".yaml", ".yml", ".md"}:
            continue
        try:
            files[name] = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError as problem:
            findings.add(
                name,
                content[: problem.start].count(b"\n") + 1,
                "encoding",
                _("This file is not saved as UTF-8. Save it again with the encoding UTF-8."),
            )
    if findings.errors:
        raise findings.stop()
    return files


def _too_large(name: str, findings: Findings) -> None:
    findings.add(
        name,
        1,
        "too_large",
        _(
            "The pack is too large: at most %(megabytes)s MB and %(files)s files. Leave out pictures "
            "and copies."
        ),
        megabytes=MAX_BYTES // 1024 // 1024,
        files=MAX_FILES,
    )


def _ignored(name: str) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in PurePosixPath(name).parts)


def _from_folder(folder: Path, findings: Findings) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    total = 0
    for entry in sorted(folder.rglob("*")):
        name = entry.relative_to(folder).as_posix()
        # A link could lead out of the pack.
        if _ignored(name) or entry.is_symlink() or not entry.is_file():
            continue
        total += entry.stat().st_size
        if total > MAX_BYTES or len(files) >= MAX_FILES:
            _too_large(folder.name, findings)
            return {}
        files[name] = entry.read_bytes()
    return files


def _from_zip(path: Path, findings: Findings) -> dict[str, bytes]:
    not_zip = _("This file is not a readable zip file. Pack the guide's folder as a zip and try again.")
    if path.stat().st_size > MAX_BYTES:
        _too_large(path.name, findings)
        return {}
    files: dict[str, bytes] = {}
    total = 0
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > MAX_FILES:
                _too_large(path.name, findings)
                return {}
            for entry in entries:
                name = entry.filename.replace("\\", "/")
                if name.startswith("/") or ".." in PurePosixPath(name).parts or re.match(r"[A-Za-z]:", name):
                    findings.add(
                        path.name,
                        1,
                        "path",
                        _("The zip holds a file outside its own folder (%(name)s). Pack it again."),
                        name=name,
                    )
                    return {}
                if _ignored(name):
                    continue
                if entry.flag_bits & 1:
                    findings.add(
                        path.name,
                        1,
                        "encrypted",
                        _("The zip is protected by a password. Pack it without one."),
                    )
                    return {}
                # The declared size may lie, so at most what is still allowed is unpacked.
                with archive.open(entry) as stream:
                    content = stream.read(MAX_BYTES - total + 1)
                total += len(content)
                if total > MAX_BYTES:
                    _too_large(path.name, findings)
                    return {}
                files[name] = content
    except (
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        struct.error,
        NotImplementedError,
        EOFError,
        ValueError,
        RuntimeError,
        IndexError,
        OverflowError,
        MemoryError,
    ):
        findings.add(path.name, 1, "not_a_zip", not_zip)
        return {}
    return _inside(files)


def _inside(files: dict[str, bytes]) -> dict[str, bytes]:
    """Zips often hold the folder itself; the pack begins where pack.yaml lies."""
    roots = sorted(
        (PurePosixPath(name).parent for name in files if PurePosixPath(name).name == "pack.yaml"),
        key=lambda folder: len(folder.parts),
    )
    if not roots or roots[0] == PurePosixPath("."):
        return files
    prefix = f"{roots[0]}/"
    return {name.removeprefix(prefix): content for name, content in files.items() if name.startswith(prefix)}
