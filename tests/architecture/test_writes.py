"""The shape of a write: a function per verb, keyword arguments, actor first; no signals, no hidden saves."""

import ast

from . import house

STEPS = {
    # Not writes of their own, but steps that several writes share, inside the transaction of the one that calls.
    ("audit", "record"),
    ("agreements", "add_party_to"),
    ("agreements", "complete_round"),
    ("agreements", "enter_into_force"),
    ("agreements", "forget_adoptions"),
    ("agreements", "lock"),
    ("agreements", "log"),
    ("agreements", "require_working"),
    ("agreements", "start_road"),
    ("agreements", "stop_open_round"),
    ("consultations", "locked"),
    ("consultations", "require_clear"),
    ("meetings", "told"),
    ("meetings", "writing"),
    ("meetings", "set_answer"),
    ("meetings", "require_host"),
    ("meetings", "require_current"),
    ("meetings", "locked"),
    ("meetings", "keep_answers_that_hold"),
    ("meetings", "enlist"),
    ("cooperation", "clean_text"),
    ("cooperation", "empty_groups"),
    ("cooperation", "empty_needs"),
    ("cooperation", "in_whose_name"),
    ("cooperation", "lock_duty"),
    ("cooperation", "lock_group"),
    ("cooperation", "lock_group_of"),
    ("cooperation", "move_needs"),
    ("cooperation", "require_waiting"),
}


def _public_functions(room: str) -> list[tuple[str, str, ast.FunctionDef]]:
    return [
        (house.slice_of(path), house.where(path, node), node)
        for path, tree in house.modules().items()
        if house.room_of(path) == room
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]


def test_every_action_takes_keywords_only_and_the_actor_first() -> None:
    wrong = []
    for slice_name, place, function in _public_functions("actions"):
        if (slice_name, function.name) in STEPS:
            continue
        arguments = function.args
        names = [argument.arg for argument in arguments.kwonlyargs]
        if arguments.args or arguments.posonlyargs or arguments.vararg or names[:1] != ["actor"]:
            wrong.append(
                f"{place} {function.name}({', '.join(a.arg for a in arguments.args)}, *, {', '.join(names)})"
            )
    assert wrong == []


def test_no_step_is_listed_that_is_gone() -> None:
    assert {step for step in STEPS if step[0] in house.slices()} - {
        (slice_name, function.name) for slice_name, _, function in _public_functions("actions")
    } == set()


def test_every_action_says_what_it_promises() -> None:
    silent = [
        f"{place} {node.name}"
        for _, place, node in _public_functions("actions")
        if not ast.get_docstring(node)
    ]
    assert silent == []


def test_there_are_no_signals() -> None:
    listening = [
        f"{house.where(path, 1)} imports {name}"
        for path, tree in house.modules().items()
        for name in house.imported(path, tree)
        if ".signals" in name or name == "django.dispatch.receiver" or name == "django.dispatch.Signal"
    ]
    assert listening == []


def test_no_model_does_more_than_save_when_it_is_saved() -> None:
    hidden = [
        f"{house.where(path, part)} {node.name}.{part.name}"
        for path, tree in house.modules().items()
        if house.room_of(path) == "models"
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for part in node.body
        if isinstance(part, ast.FunctionDef) and part.name in {"save", "asave", "delete", "adelete"}
    ]
    assert hidden == []


def test_views_forms_and_queries_do_not_write_to_the_database() -> None:
    writers = {"save", "create", "bulk_create", "update_or_create", "get_or_create", "bulk_update"}
    writing = [
        f"{house.where(path, node)} .{node.func.attr}()"
        for path, tree in house.modules().items()
        if house.room_of(path) in {"views", "forms", "queries", "permissions", "urls"}
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        if isinstance(node.func, ast.Attribute) and node.func.attr in writers
    ]
    assert writing == []
