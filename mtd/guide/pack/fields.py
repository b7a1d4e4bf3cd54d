"""Reading single values out of nodes; every mistake is noted with file and line, and reading goes on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

from django.utils.translation import gettext_lazy as _

from .source import Findings, Listed, Mapped, Node, Scalar

KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
MAX_TEXT = 20_000


class Reader:
    """Reads values of one file."""

    def __init__(self, file: str, findings: Findings) -> None:
        self.file = file
        self.findings = findings

    def mapping(self, node: Node | None, line: int, what: str) -> Mapped | None:
        """The node as a mapping, or None with a finding."""
        if isinstance(node, Mapped):
            return node
        self.findings.add(
            self.file,
            node.line if node else line,
            "not_mapping",
            _("“%(what)s” must be a list of “name: value” lines. Write it like that."),
            what=what,
        )
        return None

    def listed(
        self, node: Node | None, line: int, what: str, low: int = 0, high: int = 500
    ) -> tuple[Node, ...]:
        """The entries of a list; () with a finding when it is none or has too few or too many entries."""
        if not isinstance(node, Listed):
            self.findings.add(
                self.file,
                node.line if node else line,
                "not_list",
                _("“%(what)s” must be a list: write each entry on its own line after a dash."),
                what=what,
            )
            return ()
        if not low <= len(node.items) <= high:
            self.findings.add(
                self.file,
                node.line,
                "list_length",
                _("“%(what)s” has %(count)s entries; there must be %(low)s to %(high)s."),
                what=what,
                count=len(node.items),
                low=low,
                high=high,
            )
        return node.items

    def known(self, node: Mapped, allowed: Iterable[str], what: str) -> None:
        """Note every key that is not allowed here."""
        allowed = tuple(allowed)
        for key in node:
            if key not in allowed:
                self.findings.add(
                    self.file,
                    node.line_of(key),
                    "unknown_key",
                    _("“%(key)s” is not known in %(what)s. Allowed: %(allowed)s. Correct or remove it."),
                    key=key,
                    what=what,
                    allowed=", ".join(allowed),
                )

    def text(self, node: Mapped, key: str, *, optional: bool = False, limit: int = MAX_TEXT) -> str:
        """A text that must not be empty (unless optional)."""
        value = node.get(key)
        if value is None or (isinstance(value, Scalar) and (value.null or not value.raw.strip())):
            if not optional:
                self.findings.add(
                    self.file,
                    node.line_of(key),
                    "missing_text",
                    _("The text “%(key)s” is missing. Add it."),
                    key=key,
                )
            return ""
        return self.plain(value, key, limit)

    def plain(self, value: Node, what: str, limit: int = MAX_TEXT) -> str:
        """The node as text; "" with a finding."""
        if not isinstance(value, Scalar) or value.null or not value.raw.strip():
            self.findings.add(
                self.file,
                value.line,
                "not_text",
                _("“%(what)s” must be a text. Put it in quotes if it holds a colon."),
                what=what,
            )
            return ""
        text = value.raw.strip()
        if len(text) > limit:
            self.findings.add(
                self.file,
                value.line,
                "too_long",
                _("“%(what)s” has %(count)s characters; at most %(limit)s are possible. Shorten it."),
                what=what,
                count=len(text),
                limit=limit,
            )
        return text

    def key(self, value: Node, what: str) -> str:
        """A key in small letters, digits and underscores; "" with a finding."""
        if isinstance(value, Scalar) and KEY.fullmatch(value.raw):
            return value.raw
        self.findings.add(
            self.file,
            value.line,
            "bad_key",
            _("“%(raw)s” cannot be the key of %(what)s. Use small letters a–z, digits and _, at most 60."),
            raw=value.raw if isinstance(value, Scalar) else "…",
            what=what,
        )
        return ""

    def keys(self, node: Node | None, line: int, what: str, low: int = 1, high: int = 100) -> tuple[str, ...]:
        """A list of different keys."""
        result: list[str] = []
        for item in self.listed(node, line, what, low, high):
            key = self.key(item, what)
            if key and key in result:
                self.findings.add(
                    self.file,
                    item.line,
                    "duplicate",
                    _("“%(key)s” stands twice in %(what)s. Keep one of the two."),
                    key=key,
                    what=what,
                )
            elif key:
                result.append(key)
        return tuple(result)

    def integer(self, node: Mapped, key: str, default: int, low: int, high: int) -> int:
        """A whole number within limits; the default when missing or, with a finding, when wrong."""
        value = node.get(key)
        if value is None:
            return default
        number = value.integer() if isinstance(value, Scalar) else None
        if number is None or not low <= number <= high:
            self.findings.add(
                self.file,
                node.line_of(key),
                "number",
                _("“%(key)s” must be a whole number from %(low)s to %(high)s. Correct it."),
                key=key,
                low=low,
                high=high,
            )
            return default
        return number

    def boolean(self, node: Mapped, key: str, default: bool) -> bool:
        """true or false; the default when missing or, with a finding, when wrong."""
        value = node.get(key)
        if value is None:
            return default
        answer = value.boolean() if isinstance(value, Scalar) else None
        if answer is None:
            self.findings.add(
                self.file,
                node.line_of(key),
                "boolean",
                _("“%(key)s” must be true or false. Correct it."),
                key=key,
            )
            return default
        return answer

    def one_of(self, node: Mapped, key: str, allowed: Iterable[str], default: str) -> str:
        """One of the allowed words; the default when missing or, with a finding, when wrong."""
        value = node.get(key)
        if value is None:
            return default
        allowed = tuple(allowed)
        if isinstance(value, Scalar) and value.raw in allowed:
            return value.raw
        self.findings.add(
            self.file,
            node.line_of(key),
            "not_allowed",
            _("“%(raw)s” is not possible for “%(key)s”. Choose one of: %(allowed)s."),
            raw=value.raw if isinstance(value, Scalar) else "…",
            key=key,
            allowed=", ".join(allowed),
        )
        return default

    def day(self, node: Mapped, key: str) -> date | None:
        """A date; None with a finding."""
        value = node.get(key)
        found = value.day() if isinstance(value, Scalar) else None
        if found is None:
            self.findings.add(
                self.file,
                node.line_of(key),
                "date",
                _("“%(key)s” must be a date like 2026-11-21. Add or correct it."),
                key=key,
            )
        return found

    def keyed_texts(self, node: Mapped, key: str, expected: Iterable[str], *, what: str) -> dict[str, str]:
        """A mapping key → text that holds exactly the expected keys."""
        expected = tuple(expected)
        value = node.get(key)
        if not expected:
            if value is not None:
                self.findings.add(
                    self.file,
                    node.line_of(key),
                    "superfluous_text",
                    _("“%(key)s” has no use for %(what)s. Remove it."),
                    key=key,
                    what=what,
                )
            return {}
        if value is None:
            self.findings.add(
                self.file,
                node.line,
                "missing_text",
                _("“%(key)s” is missing for %(what)s. Add texts for: %(expected)s."),
                key=key,
                what=what,
                expected=", ".join(expected),
            )
            return {}
        mapped = self.mapping(value, node.line_of(key), key)
        if mapped is None:
            return {}
        self.superfluous(mapped, expected, what=what)
        return {name: self.text(mapped, name) for name in expected}

    def superfluous(self, node: Mapped, expected: Iterable[str], *, what: str) -> None:
        """Note every text that belongs to nothing."""
        expected = tuple(expected)
        for name in node:
            if name not in expected:
                self.findings.add(
                    self.file,
                    node.line_of(name),
                    "superfluous_text",
                    _(
                        "There is a text for “%(name)s”, but no such entry in %(what)s. Correct the "
                        "key or remove it."
                    ),
                    name=name,
                    what=what,
                )


def all_languages(texts: Mapping[str, Mapping[str, str]], key: str) -> dict[str, str]:
    """Language → text of one key, from language → key → text."""
    return {language: values[key] for language, values in texts.items() if values.get(key)}
