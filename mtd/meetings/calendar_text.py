"""Calendar files as text (RFC 5545, 3.1): unfolded, cut into lines and parts, with what could not be understood.

Nothing here knows what the parts mean. Size, number and depth are limited.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from mtd.core.errors import Refused

LARGEST = 2 * 1024 * 1024
LINES, DEPTH, TOLD = 60_000, 8, 50


@dataclass(frozen=True)
class Problem:
    """What could not be read, and in which line."""

    line: int
    what: str


class Problems(list[Problem]):
    """What could not be read; the first fifty, each once."""

    def note(self, line: int, what: str) -> None:
        """Remember what could not be read, and where."""
        problem = Problem(line, what)
        if len(self) < TOLD and problem not in self:
            self.append(problem)


@dataclass
class Property:
    """One line: its name, its parameters, its value as written."""

    name: str
    params: dict[str, str]
    value: str
    line: int

    @property
    def text(self) -> str:
        """The value as text, without its escapes."""
        return re.sub(r"\\(.)", lambda m: "\n" if m[1] in "nN" else m[1], self.value).strip()


@dataclass
class Component:
    """What stands between BEGIN and END."""

    name: str
    line: int = 0
    properties: list[Property] = field(default_factory=list)
    parts: list[Component] = field(default_factory=list)

    def all(self, name: str) -> list[Property]:
        """Every line of this name."""
        return [each for each in self.properties if each.name == name]

    def first(self, name: str) -> Property | None:
        """The first line of this name."""
        return next((each for each in self.properties if each.name == name), None)

    def text(self, name: str) -> str:
        """The text of the first line of this name; empty if there is none."""
        found = self.first(name)
        return found.text if found else ""

    def walk(self, name: str) -> Iterator[Component]:
        """Every part of this name, at whatever depth."""
        for part in self.parts:
            if part.name == name:
                yield part
            yield from part.walk(name)


def components(content: str | bytes, problems: Problems | None = None) -> Component:
    """The file as a tree below a nameless root. Raises Refused for what is too large or too deep."""
    said = Problems() if problems is None else problems
    text = decoded(content)
    root = Component("")
    stack = [root]
    for line, written in _unfolded(text):
        prop = _property(line, written)
        if prop is None:
            said.note(line, _("This line is not understood: “%(line)s”") % {"line": written[:60]})
        elif prop.name == "BEGIN":
            if len(stack) > DEPTH:
                raise Refused(_("This file is nested too deeply to be a calendar."), code="too_deep")
            part = Component(prop.value.strip().upper(), line)
            stack[-1].parts.append(part)
            stack.append(part)
        elif prop.name == "END":
            _close(stack, prop, said)
        else:
            stack[-1].properties.append(prop)
    if len(stack) > 1:
        said.note(
            stack[-1].line, _("The file ends in the middle of %(part)s.") % {"part": stack[-1].name[:40]}
        )
    return root


def _close(stack: list[Component], prop: Property, said: Problems) -> None:
    name = prop.value.strip().upper()
    if name in [part.name for part in stack[1:]]:
        while stack[-1].name != name:
            said.note(prop.line, _("The end of %(part)s is missing.") % {"part": stack[-1].name[:40]})
            stack.pop()
        stack.pop()
    else:
        said.note(prop.line, _("%(part)s ends here without having begun.") % {"part": name[:40]})


def decoded(content: str | bytes) -> str:
    if len(content) > LARGEST:
        raise Refused(
            _("This file is larger than %(size)s MB; a calendar file of meetings is much smaller.")
            % {"size": 2},
            code="too_big",
        )
    if isinstance(content, str):
        return content.removeprefix("\ufeff")
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    lines = re.split(r"\r\n|\n|\r", text)
    if len(lines) > LINES:
        raise Refused(_("There are too many events in this file to read them here."), code="too_big")
    number, parts = 0, list[str]()
    for current, line in enumerate(lines, 1):
        if line[:1] in (" ", "\t") and parts:
            parts.append(line[1:])
        elif line.strip():
            if parts:
                yield number, "".join(parts)
            number, parts = current, [line]
    if parts:
        yield number, "".join(parts)


_NAME = re.compile(r"\s*([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)\s*(?=[;:])")
_PARAM = re.compile(r'\s*;\s*([A-Za-z0-9-]+)\s*=\s*((?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)')


def _property(line: int, written: str) -> Property | None:
    match = _NAME.match(written)
    if match is None:
        return None
    name, place, params = match[1].upper().rpartition(".")[2], match.end(), {}
    while (found := _PARAM.match(written, place)) is not None:
        params[found[1].upper()] = found[2].replace('"', "").strip()
        place = found.end()
    rest = written[place:]
    if not rest.lstrip().startswith(":"):
        # A parameter that breaks the rules: what stands behind the first colon is the value.
        if ":" not in rest:
            return None
        rest = rest[rest.index(":") :]
    return Property(name, params, rest.lstrip()[1:], line)
