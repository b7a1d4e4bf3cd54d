"""Reading the questions of a pack: their structure (once) and their texts (in each language)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from .branches import cycles
from .fields import KEY, Reader
from .shape import OBLIGATIONS, Question, QuestionType
from .source import Findings, Listed, Mapped, Node, Scalar

FILE = "questions.yaml"
PERIODS = ("week", "month", "quarter", "half_year", "year")
UNITS = ("hours", "working_days", "days", "weeks", "months", "years")
TOPICS = ("duty_to_report", "confidentiality", "child_protection", "cooperation", "data_protection")
COLUMN_TYPES = ("text", "long", "choice", "party", "number", "date")
STRUCTURE = (
    "key",
    "part",
    "step",
    "type",
    "required",
    "clause",
    "show_if",
    "params",
    "obligation",
    "permission",
    "examples",
    "default_source",
)
TEXTS = ("label", "short", "why", "help", "options", "columns", "clause", "clauses", "list")
BRANCHING = {QuestionType.YES_NO, QuestionType.CHOICE, QuestionType.SEVERAL}
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass
class Draft:
    """A question while it is read."""

    key: str
    line: int
    type: QuestionType | None
    part: str = ""
    step: str = ""
    required: bool = False
    yields_clause: bool = True
    show_if: dict[str, tuple[str, ...]] = field(default_factory=dict)
    show_lines: dict[str, int] = field(default_factory=dict)
    params: dict[str, Any] = field(default_factory=dict)
    obligation: str = ""
    permission: str = ""
    examples: tuple[str, ...] = ()
    default_source: str = ""
    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    """label, short, why, help, clause: language → text."""
    keyed: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    """options, columns, clauses: key → language → text."""
    bullets: dict[str, bool] = field(default_factory=dict)

    @property
    def options(self) -> tuple[str, ...]:
        return tuple(self.params.get("options", ()))

    @property
    def columns(self) -> tuple[dict[str, Any], ...]:
        return tuple(self.params.get("columns", ()))

    @property
    def branch_values(self) -> tuple[str, ...]:
        if self.type == QuestionType.YES_NO:
            return ("yes", "no")
        return (*self.options, "other") if self.params.get("other") else self.options

    def finish(self, number: str) -> Question:
        assert self.type is not None
        return Question(
            key=self.key,
            number=number,
            part=self.part,
            step=self.step,
            type=self.type,
            required=self.required,
            yields_clause=self.yields_clause,
            show_if={key: self.show_if[key] for key in sorted(self.show_if)},
            params=self.params,
            obligation=self.obligation,
            permission=self.permission,
            examples=self.examples,
            default_source=self.default_source,
            label=self.texts.get("label", {}),
            short=self.texts.get("short", {}),
            why=self.texts.get("why", {}),
            help=self.texts.get("help", {}),
            options=self.keyed.get("options", {}),
            columns=self.keyed.get("columns", {}),
            clause=self.texts.get("clause", {}),
            clauses=self.keyed.get("clauses", {}),
            bullets=any(self.bullets.values()),
        )


def read_structure(
    root: Node | None,
    findings: Findings,
    *,
    parts: tuple[str, ...],
    steps: tuple[str, ...],
    examples: Mapping[str, object],
) -> dict[str, Draft]:
    """The questions as questions.yaml has them, in asking order."""
    reader = Reader(FILE, findings)
    drafts: dict[str, Draft] = {}
    if isinstance(root, Mapped) and isinstance(root.get("questions"), Listed):
        root = root.get("questions")
    for item in reader.listed(root, 1, "questions", 1, 400):
        node = reader.mapping(item, item.line, "question")
        if node is None:
            continue
        reader.known(node, STRUCTURE, FILE)
        key_node = node.get("key")
        key = reader.key(key_node, FILE) if key_node else ""
        if key_node is None:
            findings.add(FILE, node.line, "no_key", _("This question has no key. Add “key: …”."))
        if key in drafts:
            findings.add(
                FILE,
                node.line_of("key"),
                "duplicate",
                _(
                    "The key “%(key)s” is used twice (first in line %(line)s). Give one of the two "
                    "another key."
                ),
                key=key,
                line=drafts[key].line,
            )
            continue
        if not key:
            continue
        type_name = reader.one_of(node, "type", [t.value for t in QuestionType], "")
        if node.get("type") is None:
            findings.add(
                FILE, node.line, "no_type", _("The question “%(key)s” has no type. Add “type: …”."), key=key
            )
        draft = Draft(key=key, line=node.line_of("key"), type=QuestionType(type_name) if type_name else None)
        for name, allowed, code in (("part", parts, "unknown_part"), ("step", steps, "unknown_step")):
            value = node.get(name)
            word = value.raw if isinstance(value, Scalar) else ""
            if word not in allowed:
                findings.add(
                    FILE,
                    node.line_of(name),
                    code,
                    _("“%(word)s” is not listed under “%(name)s” in pack.yaml. Choose one of: %(allowed)s."),
                    word=word,
                    name=f"{name}s",
                    allowed=", ".join(allowed),
                )
            setattr(draft, name, word)
        draft.required = reader.boolean(node, "required", False)
        draft.yields_clause = reader.boolean(node, "clause", True)
        draft.obligation = reader.one_of(node, "obligation", OBLIGATIONS, "")
        permission = node.get("permission")
        draft.permission = reader.key(permission, "permission") if permission else ""
        draft.default_source = reader.text(node, "default_source", optional=True, limit=200)
        if node.get("examples") is not None:
            draft.examples = reader.keys(node.get("examples"), node.line_of("examples"), "examples", 0, 20)
            for example in draft.examples:
                if example not in examples:
                    findings.add(
                        FILE,
                        node.line_of("examples"),
                        "unknown_example",
                        _(
                            "The example “%(example)s” is not in examples.yaml. Add it there or "
                            "remove it here."
                        ),
                        example=example,
                    )
        _read_show_if(reader, node, draft)
        if draft.type is not None:
            draft.params = _read_params(reader, node, draft.type)
        drafts[key] = draft
    _check_branches(drafts, findings)
    return drafts


def _read_show_if(reader: Reader, node: Mapped, draft: Draft) -> None:
    value = node.get("show_if")
    if value is None:
        return
    mapped = reader.mapping(value, node.line_of("show_if"), "show_if")
    if mapped is None:
        return
    for key in mapped:
        line = mapped.line_of(key)
        entry = mapped.get(key)
        entries = entry.items if isinstance(entry, Listed) else (entry,) if isinstance(entry, Scalar) else ()
        words = tuple(_branch_word(item) for item in entries if isinstance(item, Scalar))
        if not words or len(words) != len(entries):
            reader.findings.add(
                reader.file,
                line,
                "show_if",
                _('“show_if” needs the answers that open this question, for example %(key)s: ["yes"].'),
                key=key,
            )
        draft.show_if[key] = words
        draft.show_lines[key] = line


def _branch_word(scalar: Scalar) -> str:
    # YAML writers often leave out the quotes; then yes and true mean the same.
    return {"true": "yes", "false": "no"}.get(scalar.raw.lower(), scalar.raw)


def _check_branches(drafts: dict[str, Draft], findings: Findings) -> None:
    for draft in drafts.values():
        for key, values in draft.show_if.items():
            line = draft.show_lines[key]
            other = drafts.get(key)
            if other is None:
                findings.add(
                    FILE,
                    line,
                    "unknown_branch",
                    _("“show_if” names the question “%(key)s”, which does not exist. Correct the key."),
                    key=key,
                )
                continue
            if other.type is None:
                continue
            if other.type not in BRANCHING:
                findings.add(
                    FILE,
                    line,
                    "branch_type",
                    _(
                        "“%(key)s” is of type %(type)s. Only yes_no, choice and several can open "
                        "other questions."
                    ),
                    key=key,
                    type=other.type.value,
                )
                continue
            for value in values:
                if value not in other.branch_values:
                    findings.add(
                        FILE,
                        line,
                        "unknown_branch_value",
                        _("“%(value)s” is no answer of “%(key)s”. Possible: %(allowed)s."),
                        value=value,
                        key=key,
                        allowed=", ".join(other.branch_values),
                    )
    for cycle in cycles({key: draft.show_if for key, draft in drafts.items()}):
        first = drafts[cycle[0]]
        findings.add(
            FILE,
            first.show_lines[cycle[1] if len(cycle) > 1 else cycle[0]],
            "cycle",
            _(
                "These branches run in a circle, so none of the questions is ever asked: %(cycle)s. "
                "Remove one “show_if”."
            ),
            cycle=" → ".join((*cycle, cycle[0])),
        )


def _read_params(reader: Reader, node: Mapped, kind: QuestionType) -> dict[str, Any]:
    value = node.get("params")
    if value is None or (isinstance(value, Scalar) and value.null):
        params = Mapped({}, node.line_of("params"), node.line)
    else:
        found = reader.mapping(value, node.line_of("params"), "params")
        if found is None:
            return {}
        params = found
    allowed = {
        QuestionType.TEXT: ("rows", "max"),
        QuestionType.CHOICE: ("options", "other", "default"),
        QuestionType.SEVERAL: ("options", "other", "default"),
        QuestionType.PARTIES: ("min",),
        QuestionType.CONTACT: ("per_party",),
        QuestionType.RHYTHM: ("per", "default", "scope"),
        QuestionType.PERIOD: ("units", "default", "min", "max"),
        QuestionType.DATE: (),
        QuestionType.TABLE: ("columns", "min_rows", "max_rows"),
        QuestionType.LEGAL_BASIS: ("topics",),
        QuestionType.YES_NO: ("condition", "default"),
    }[kind]
    for key in params:
        if key not in allowed:
            reader.findings.add(
                reader.file,
                params.line_of(key),
                "unknown_param",
                _(
                    "A question of type %(type)s knows no “%(key)s”. Possible: %(allowed)s. Remove "
                    "or correct it."
                ),
                type=kind.value,
                key=key,
                allowed=", ".join(allowed) or "–",
            )
    match kind:
        case QuestionType.TEXT:
            return {
                "rows": reader.integer(params, "rows", 4, 1, 40),
                "max": reader.integer(params, "max", 5000, 1, 50_000),
            }
        case QuestionType.CHOICE | QuestionType.SEVERAL:
            return _read_options(reader, params, kind)
        case QuestionType.PARTIES:
            return {"min": reader.integer(params, "min", 1, 1, 50)}
        case QuestionType.CONTACT:
            return {"per_party": reader.boolean(params, "per_party", True)}
        case QuestionType.RHYTHM:
            return _read_rhythm(reader, params)
        case QuestionType.PERIOD:
            return _read_period(reader, params)
        case QuestionType.DATE:
            return {}
        case QuestionType.TABLE:
            return _read_table(reader, params)
        case QuestionType.LEGAL_BASIS:
            return {"topics": list(_words(reader, params, "topics", TOPICS))}
        case QuestionType.YES_NO:
            result: dict[str, Any] = {"condition": reader.boolean(params, "condition", False)}
            default = params.get("default")
            if default is not None:
                word = _branch_word(default) if isinstance(default, Scalar) else ""
                if word in {"yes", "no"}:
                    result["default"] = word
                else:
                    _bad_default(reader, params, ("yes", "no"))
            return result


def _words(reader: Reader, params: Mapped, key: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    if params.get(key) is None:
        return allowed
    words = reader.keys(params.get(key), params.line_of(key), key, 1, 20)
    for word in words:
        if word not in allowed:
            reader.findings.add(
                reader.file,
                params.line_of(key),
                "not_allowed",
                _("“%(raw)s” is not possible for “%(key)s”. Choose one of: %(allowed)s."),
                raw=word,
                key=key,
                allowed=", ".join(allowed),
            )
    return tuple(word for word in words if word in allowed) or allowed


def _bad_default(reader: Reader, params: Mapped, allowed: tuple[str, ...]) -> None:
    reader.findings.add(
        reader.file,
        params.line_of("default"),
        "bad_default",
        _("The default is not among the possible answers. Possible: %(allowed)s."),
        allowed=", ".join(allowed),
    )


def _read_options(reader: Reader, params: Mapped, kind: QuestionType) -> dict[str, Any]:
    options = reader.keys(params.get("options"), params.line_of("options"), "options", 2, 40)
    if "other" in options:
        reader.findings.add(
            reader.file,
            params.line_of("options"),
            "reserved",
            _("“other” cannot be the key of an option. Write “other: true” for a free answer."),
        )
    result: dict[str, Any] = {"options": list(options), "other": reader.boolean(params, "other", False)}
    default = params.get("default")
    if default is not None:
        entries = default.items if isinstance(default, Listed) else (default,)
        words = [item.raw if isinstance(item, Scalar) else "" for item in entries]
        too_many = kind == QuestionType.CHOICE and len(words) > 1
        if too_many or not set(words) <= set(options) or len(set(words)) != len(words):
            _bad_default(reader, params, options)
        elif words:
            result["default"] = words
    return result


def _read_rhythm(reader: Reader, params: Mapped) -> dict[str, Any]:
    per = _words(reader, params, "per", PERIODS)
    result: dict[str, Any] = {
        "per": list(per),
        "scope": reader.one_of(params, "scope", ("network", "party"), "network"),
    }
    default = params.get("default")
    if default is not None:
        node = reader.mapping(default, params.line_of("default"), "default")
        if node is not None:
            reader.known(node, ("at_least", "per"), "default")
            word = reader.one_of(node, "per", PERIODS, "")
            number = reader.integer(node, "at_least", 0, 1, 100)
            if word not in per or not number:
                _bad_default(reader, params, per)
            else:
                result["default"] = {"at_least": number, "per": word}
    return result


def _read_period(reader: Reader, params: Mapped) -> dict[str, Any]:
    units = _words(reader, params, "units", UNITS)
    low = reader.integer(params, "min", 1, 0, 1000)
    high = reader.integer(params, "max", 365, 1, 1000)
    if low > high:
        reader.findings.add(
            reader.file,
            params.line_of("min"),
            "limits",
            _("The smallest number (%(low)s) is above the largest (%(high)s). Correct one of them."),
            low=low,
            high=high,
        )
    result: dict[str, Any] = {"units": list(units), "min": low, "max": high}
    default = params.get("default")
    if default is not None:
        node = reader.mapping(default, params.line_of("default"), "default")
        if node is not None:
            reader.known(node, ("number", "unit"), "default")
            unit = reader.one_of(node, "unit", UNITS, "")
            number = reader.integer(node, "number", -1, 0, 1000)
            if unit not in units or not low <= number <= high:
                _bad_default(reader, params, tuple(f"{low}–{high} {u}" for u in units))
            else:
                result["default"] = {"number": number, "unit": unit}
    return result


def _read_table(reader: Reader, params: Mapped) -> dict[str, Any]:
    columns: list[dict[str, Any]] = []
    for item in reader.listed(params.get("columns"), params.line_of("columns"), "columns", 1, 10):
        node = reader.mapping(item, item.line, "column")
        if node is None:
            continue
        reader.known(node, ("key", "type", "options"), "columns")
        key_node = node.get("key")
        key = reader.key(key_node, "columns") if key_node else ""
        if not key or any(column["key"] == key for column in columns):
            reader.findings.add(
                reader.file,
                node.line,
                "column_key",
                _("Each column needs a key of its own. Add or change “key: …”."),
            )
            continue
        kind = reader.one_of(node, "type", COLUMN_TYPES, "text")
        column: dict[str, Any] = {"key": key, "type": kind}
        if kind == "choice":
            column["options"] = list(
                reader.keys(node.get("options"), node.line_of("options"), "options", 2, 40)
            )
        elif node.get("options") is not None:
            reader.findings.add(
                reader.file,
                node.line_of("options"),
                "unknown_param",
                _("Only a column of type choice has options. Remove them or set “type: choice”."),
            )
        columns.append(column)
    low = reader.integer(params, "min_rows", 0, 0, 100)
    high = reader.integer(params, "max_rows", 40, 1, 100)
    if low > high:
        reader.findings.add(
            reader.file,
            params.line_of("min_rows"),
            "limits",
            _("The smallest number (%(low)s) is above the largest (%(high)s). Correct one of them."),
            low=low,
            high=high,
        )
    return {"columns": columns, "min_rows": low, "max_rows": high}


def read_texts(root: Node | None, language: str, drafts: dict[str, Draft], findings: Findings) -> None:
    """The texts of all questions in one language; every question needs them, and nothing else has any."""
    file = f"{language}/{FILE}"
    reader = Reader(file, findings)
    mapped = reader.mapping(root, 1, FILE)
    if mapped is None:
        return
    reader.superfluous(mapped, drafts, what=FILE)
    for key, draft in drafts.items():
        value = mapped.get(key)
        if value is None:
            findings.add(
                file,
                mapped.end,
                "missing_text",
                _(
                    "The texts of the question “%(key)s” (questions.yaml, line %(line)s) are "
                    "missing. Add them."
                ),
                key=key,
                line=draft.line,
            )
            continue
        node = reader.mapping(value, mapped.line_of(key), key)
        if node is not None and draft.type is not None:
            node = Mapped(node.items, mapped.line_of(key), node.end)
            _read_question_texts(reader, node, language, draft, drafts)


def _read_question_texts(
    reader: Reader, node: Mapped, language: str, draft: Draft, drafts: Mapping[str, Draft]
) -> None:
    reader.known(node, TEXTS, draft.key)
    for name, optional, limit in (
        ("label", False, 500),
        ("short", False, 120),
        ("why", False, 2000),
        ("help", True, 5000),
    ):
        text = reader.text(node, name, optional=optional, limit=limit)
        if text:
            draft.texts.setdefault(name, {})[language] = text

    def keep(name: str, texts: Mapping[str, str]) -> None:
        for key, text in texts.items():
            if text:
                draft.keyed.setdefault(name, {}).setdefault(key, {})[language] = text

    options = draft.options
    if draft.type == QuestionType.TABLE:
        options = tuple(f"{c['key']}.{o}" for c in draft.columns for o in c.get("options", ()))
    if draft.params.get("other") and isinstance(node.get("options"), Mapped):
        labels = node.get("options")
        assert isinstance(labels, Mapped)
        if "other" in labels:  # its own label for the free answer is welcome, not needed
            options = (*options, "other")
    keep("options", reader.keyed_texts(node, "options", options, what=draft.key))
    columns = [column["key"] for column in draft.columns]
    keep("columns", reader.keyed_texts(node, "columns", columns, what=draft.key))
    bullets = reader.boolean(node, "list", False)
    draft.bullets[language] = bullets
    if bullets and draft.type != QuestionType.SEVERAL:
        reader.findings.add(
            reader.file,
            node.line_of("list"),
            "bullets",
            _("“list: true” is only possible for questions of type several. Remove it."),
        )
    if len(set(draft.bullets.values())) > 1:
        reader.findings.add(
            reader.file,
            node.line_of("list"),
            "bullets",
            _("“list” must be the same in all languages. Make it alike."),
        )
    _read_clauses(reader, node, language, draft, drafts, keep)


def _read_clauses(
    reader: Reader, node: Mapped, language: str, draft: Draft, drafts: Mapping[str, Draft], keep: Any
) -> None:
    single, several = node.get("clause"), node.get("clauses")
    if not draft.yields_clause:
        for name in ("clause", "clauses"):
            if node.get(name) is not None:
                reader.findings.add(
                    reader.file,
                    node.line_of(name),
                    "superfluous_text",
                    _(
                        "“%(key)s” yields no clause (clause: false in questions.yaml), so it needs "
                        "no “%(name)s”. Remove it."
                    ),
                    key=draft.key,
                    name=name,
                )
        return
    if draft.type == QuestionType.YES_NO:
        expected: tuple[str, ...] = ("yes", "no")
        if draft.params.get("condition"):
            expected = ("yes", "yes_condition", "no")
    elif draft.type == QuestionType.CHOICE and several is not None:
        expected = draft.branch_values
    else:
        expected = ()
    if expected:
        if single is not None:
            reader.findings.add(
                reader.file,
                node.line_of("clause"),
                "superfluous_text",
                _("Write either “clause” or “clauses”, not both. Remove one."),
            )
        texts = reader.keyed_texts(node, "clauses", expected, what=draft.key)
        keep("clauses", texts)
        mapped = several if isinstance(several, Mapped) else None
        for name, text in texts.items():
            line = mapped.line_of(name) if mapped else node.line
            _check_placeholders(reader, text, line, draft, drafts, with_condition=name == "yes_condition")
        return
    if several is not None:
        reader.findings.add(
            reader.file,
            node.line_of("clauses"),
            "superfluous_text",
            _("“clauses” is only possible for yes_no and choice. Write “clause: …”."),
        )
    text = reader.text(node, "clause", limit=5000)
    if text:
        draft.texts.setdefault("clause", {})[language] = text
        _check_placeholders(reader, text, node.line_of("clause"), draft, drafts)


def _check_placeholders(
    reader: Reader,
    text: str,
    line: int,
    draft: Draft,
    drafts: Mapping[str, Draft],
    *,
    with_condition: bool = False,
) -> None:
    if re.search(r"[{}]", _PLACEHOLDER.sub("", text)):
        reader.findings.add(
            reader.file,
            line,
            "placeholder",
            _("A curly bracket is not closed or not opened. Placeholders look like {answer}."),
        )
    tabular = {QuestionType.TABLE, QuestionType.CONTACT}
    allowed = {"parties", "network", "country"}
    if draft.type not in tabular and draft.type != QuestionType.YES_NO:
        allowed |= {"answer", "answer.dative"}
    if with_condition:
        allowed.add("condition")
    for name in _PLACEHOLDER.findall(text):
        if name in allowed:
            continue
        question = name.removeprefix("q.").removesuffix(".dative") if name.startswith("q.") else ""
        if question and KEY.fullmatch(question) and question in drafts:
            if drafts[question].type in tabular:
                reader.findings.add(
                    reader.file,
                    line,
                    "placeholder",
                    _("“%(name)s” is a table and cannot stand inside a sentence. Remove the placeholder."),
                    name=question,
                )
            continue
        reader.findings.add(
            reader.file,
            line,
            "placeholder",
            _("The placeholder {%(name)s} is not known here. Possible: %(allowed)s, {q.key of a question}."),
            name=name,
            allowed=", ".join(f"{{{word}}}" for word in sorted(allowed)),
        )
    needs_answer = draft.type in {
        QuestionType.TEXT,
        QuestionType.PARTIES,
        QuestionType.RHYTHM,
        QuestionType.PERIOD,
        QuestionType.DATE,
        QuestionType.LEGAL_BASIS,
    }
    if needs_answer and "{answer" not in text:
        reader.findings.add(
            reader.file,
            line,
            "no_answer",
            _("The clause does not say what was answered. Put {answer} where it belongs."),
        )
    if with_condition and "{condition}" not in text:
        reader.findings.add(
            reader.file,
            line,
            "no_answer",
            _("The clause does not say the condition. Put {condition} where it belongs."),
        )
