"""Where a line of code may live, and what may knock at which door."""

import ast

from . import house

LONGEST = 400


def test_slices_come_into_each_other_only_through_their_public_rooms() -> None:
    back_doors = []
    for path, tree in house.modules().items():
        own = house.slice_of(path)
        for name in house.imported(path, tree):
            parts = name.split(".")
            if parts[0] != "mtd" or len(parts) < 3 or parts[1] in {own, "core"}:
                continue
            allowed = house.PUBLIC_ROOMS | house.IDEAS.get(parts[1], set())
            if parts[2] not in allowed:
                back_doors.append(f"{house.where(path, 1)} imports {name}; open are {sorted(allowed)}")
    assert back_doors == []


def test_nothing_in_the_house_imports_the_configuration() -> None:
    upward = [
        f"{house.where(path, 1)} imports {name}"
        for path, tree in house.modules().items()
        for name in house.imported(path, tree)
        if name.split(".")[0] == "config"
    ]
    assert upward == []


def test_no_module_for_views_grows_beyond_400_lines() -> None:
    long = {
        house.where(path, 1): lines
        for path in house.modules()
        if house.room_of(path) == "views"
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST
    }
    assert long == {}


def test_a_helper_has_a_name_or_stays_private() -> None:
    nameless = [
        path for path in house.tracked() if path.stem in {"utils", "util", "helpers", "misc", "common"}
    ]
    assert nameless == []


def test_forms_never_save() -> None:
    saving = [
        f"{house.where(path, node)} {node.name}"
        for path, tree in house.modules().items()
        if house.room_of(path) == "forms"
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        if any(isinstance(part, ast.FunctionDef) and part.name in {"save", "_save_m2m"} for part in node.body)
    ]
    assert saving == []
