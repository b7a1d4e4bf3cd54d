"""Every field into which somebody types freely sits under the identity guard, or stands in the table with a reason."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from django import forms
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
TABLE = ROOT / "docs" / "identity-guard-fields.md"
GUARDED = {"GuardedTextField", "GuardedLineField"}
FREE = {"CharField", "RegexField", "SlugField", "JSONField", "Textarea", "TextInput"}
"""What makes a field that takes free text, as it is called in a form."""
FILES = {"FileField", "ImageField", "PaperField", "SignedPdfField"}
"""What takes a file: others read its name and its content."""
ANSWERS = {"strict", "advice", "none"}
NO_TEXT = (forms.EmailField, forms.URLField, forms.UUIDField)


def _called(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _kinds(node: ast.AST) -> Iterator[str]:
    """What is made here, call by call: "guarded", "free" or "file". A guarded field's own widget is its own matter,
    and a hidden field carries what the page put there."""
    name = _called(node)
    if name in GUARDED | FREE | FILES:
        if name in GUARDED:
            yield "guarded"
        elif "HiddenInput" not in _words(node):
            yield "file" if name in FILES else "free"
        return
    for child in ast.iter_child_nodes(node):
        yield from _kinds(child)


def _words(node: ast.AST) -> set[str]:
    return {getattr(part, "attr", "") or getattr(part, "id", "") for part in ast.walk(node)}


def _fields(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """(where, kind): `Form.field`, or the function that makes the field; a file has a line of its own there."""
    for node in tree.body:
        inside = node.body if isinstance(node, ast.ClassDef) else [node]
        for part in inside:
            where = f"{node.name}.{_name(part)}" if isinstance(node, ast.ClassDef) else _name(part)
            for kind in _kinds(part):
                yield (
                    (f"{where}.file" if kind == "file" and isinstance(part, ast.FunctionDef) else where),
                    kind,
                )


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return node.name
    target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
    return getattr(target, "id", "?")


def _files() -> Iterator[tuple[str, Path]]:
    """(slice, file) of every module that may make a form field; models and migrations make other fields."""
    for file in sorted((ROOT / "mtd").rglob("*.py")):
        parts = file.relative_to(ROOT / "mtd").parts
        if len(parts) > 1 and not {"migrations", "models", "models.py"} & set(parts):
            yield parts[0], file


def _of_models() -> Iterator[tuple[tuple[str, str], str]]:
    """The text fields that forms take over from their models: no call in the source makes them."""
    for slice_, file in _files():
        if "ModelForm" not in file.read_text(encoding="utf-8"):
            continue
        module = import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
        for form in vars(module).values():
            if (
                isinstance(form, type)
                and issubclass(form, forms.ModelForm)
                and form.__module__ == module.__name__
            ):
                for name, field in form.base_fields.items():
                    if isinstance(field, forms.CharField) and not isinstance(field, NO_TEXT):
                        guarded = type(field).__name__ in GUARDED
                        yield (slice_, f"{form.__name__}.{name}"), "guarded" if guarded else "free"


def in_the_code() -> dict[tuple[str, str], set[str]]:
    """(slice, where) -> what kinds of field are made there."""
    found: dict[tuple[str, str], set[str]] = {}
    for slice_, file in _files():
        if file.name in ("guarded.py", "gallery.py") and slice_ == "core":
            continue  # the fields themselves, and examples that nobody sends
        text = file.read_text(encoding="utf-8")
        if "forms" in text or "Guarded" in text:
            for where, kind in _fields(ast.parse(text)):
                found.setdefault((slice_, where), set()).add(kind)
    for key, kind in _of_models():
        found.setdefault(key, set()).add(kind)
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
    bare = {where for where, kinds in in_the_code().items() if kinds & {"free", "file"}}
    listed = {where for where, (does, why) in table.items() if does == "none" and why}
    assert sorted(bare - listed) == []


def test_the_table_tells_what_the_code_does() -> None:
    code, table = in_the_code(), in_the_table()
    assert sorted(where for where in table if where not in code) == []
    guarded = {where for where, kinds in code.items() if "guarded" in kinds}
    assert sorted(guarded ^ {where for where, (does, _why) in table.items() if does != "none"}) == []


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
        "    b = GuardedTextField(widget=forms.Textarea())\n"
        "    c = forms.CharField(widget=forms.HiddenInput)\n"
        "    d: forms.Field = forms.SlugField()\n"
        "    e = forms.FileField()\n"
        "    def __init__(self):\n"
        "        self.fields['d'] = forms.CharField()\n"
        "    def _row(self):\n"
        "        made: dict = {'key': forms.CharField(widget=HiddenInput()), 'text': forms.CharField()}\n"
        "    def _more(self):\n"
        "        if self.wide:\n"
        "            self.fields['f'] = GuardedLineField()\n"
        "        self.fields['g'] = forms.FileField()\n"
        "def make():\n"
        "    return forms.CharField()\n"
    )
    assert dict(_fields(tree)) == {
        "A.a": "free",
        "A.b": "guarded",
        "A.d": "free",
        "A.e": "file",
        "A.__init__": "free",
        "A._row": "free",
        "A._more": "guarded",
        "A._more.file": "file",
        "make": "free",
    }


def test_the_walk_over_the_forms_sees_what_they_take_over_from_models() -> None:
    assert dict(_of_models())["consultations", "RegionForm.source"] == "free"
