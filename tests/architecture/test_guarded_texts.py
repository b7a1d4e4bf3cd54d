"""Every field into which somebody types freely sits under the identity guard, or stands in the table with a reason."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
TABLE = ROOT / "docs" / "identity-guard-fields.md"
GUARDED = {"GuardedTextField", "GuardedLineField"}
FREE = {"CharField", "Textarea", "TextInput"}
"""What makes a field that takes free text, as it is called in a form."""
ANSWERS = {"strict", "advice", "none"}


def _called(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _kind(value: ast.AST) -> str:
    """What a field is by the calls that make it: "guarded", "free" or nothing of the kind."""
    names = {_called(node) for node in ast.walk(value)}
    if names & GUARDED:
        return "guarded"
    return "free" if names & FREE and "HiddenInput" not in _attributes(value) else ""


def _attributes(value: ast.AST) -> set[str]:
    return {node.attr for node in ast.walk(value) if isinstance(node, ast.Attribute)}


def _fields(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """(where, kind): `Form.field`, or the function that makes the field."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield from _made(node, node.name)
        elif (
            isinstance(node, ast.Assign | ast.AnnAssign)
            and node.value is not None
            and (kind := _kind(node.value))
        ):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            yield getattr(target, "id", "?"), kind
        elif isinstance(node, ast.ClassDef):
            for part in node.body:
                if isinstance(part, ast.FunctionDef):
                    yield from _made(part, f"{node.name}.{part.name}")
                elif isinstance(part, ast.Assign) and (kind := _kind(part.value)):
                    yield f"{node.name}.{getattr(part.targets[0], 'id', '?')}", kind


def _made(function: ast.FunctionDef, where: str) -> Iterator[tuple[str, str]]:
    kinds = {
        kind
        for node in ast.walk(function)
        if isinstance(node, ast.Assign | ast.Return | ast.Expr) and node.value is not None
        for kind in [_kind(node.value)]
        if kind
    }
    for kind in sorted(kinds):
        yield where, kind


def in_the_code() -> dict[tuple[str, str], set[str]]:
    """(slice, where) -> what kinds of field are made there."""
    found: dict[tuple[str, str], set[str]] = {}
    for path in sorted((ROOT / "mtd").glob("*/forms*")):
        for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
            for where, kind in _fields(ast.parse(file.read_text(encoding="utf-8"))):
                found.setdefault((path.parent.name, where), set()).add(kind)
    return found


def in_the_table() -> dict[tuple[str, str], tuple[str, str]]:
    """(slice, where) -> (what the guard does, why)."""
    rows: dict[tuple[str, str], tuple[str, str]] = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) == 4 and cells[2] in ANSWERS:
            for name in re.findall(r"`([^`]+)`", cells[1]):
                assert (cells[0], name) not in rows, f"{name} is listed twice"
                rows[(cells[0], name)] = (cells[2], cells[3])
    return rows


def test_every_free_text_is_guarded_or_listed_with_a_reason() -> None:
    table = in_the_table()
    bare = {where for where, kinds in in_the_code().items() if "free" in kinds}
    listed = {where for where, (does, why) in table.items() if does == "none" and why}
    assert sorted(bare - listed) == []


def test_the_table_tells_what_the_code_does() -> None:
    code, table = in_the_code(), in_the_table()
    assert sorted(where for where in table if where not in code) == []
    assert [
        where
        for where, (does, _why) in table.items()
        if ("free" if does == "none" else "guarded") not in code[where]
    ] == []


def test_no_template_holds_a_bare_field_for_text() -> None:
    found = []
    for folder in (ROOT / "mtd", ROOT / "templates"):
        for path in folder.rglob("*.html"):
            text = path.read_text(encoding="utf-8")
            typed = re.findall(r"<textarea|<input(?![^>]*type=)[^>]*>|<input[^>]*type=\"text\"", text)
            if typed and "django/forms" not in path.as_posix():
                found.append(path.relative_to(ROOT).as_posix())
    assert found == []


def test_the_walk_over_the_forms_sees_what_it_is_for() -> None:
    tree = ast.parse(
        "class A(forms.Form):\n"
        "    a = forms.CharField(widget=forms.Textarea)\n"
        "    b = GuardedTextField()\n"
        "    c = forms.CharField(widget=forms.HiddenInput)\n"
        "    def __init__(self):\n"
        "        self.fields['d'] = forms.CharField()\n"
    )
    assert dict(_fields(tree)) == {"A.a": "free", "A.b": "guarded", "A.__init__": "free"}
