"""Every action is one transaction, and records what it did in that same transaction."""

import ast
from pathlib import Path

from . import house

NOT_RECORDED = {
    # What only the person sees, or what is recorded by whoever calls it.
    ("accounts", "ensure_demo_person"): "people of the demo, made before anything happens",
    ("accounts", "confirm_second_factor"): "the signature it confirms is recorded",
    ("accounts", "mark_news_seen"): "a bookmark of the person's own",
    ("agreements", "discard_draft"): "a draft of the person's own",
    ("agreements", "save_draft"): "a draft of the person's own",
    ("agreements", "settle_with_text"): "a step of entering into force, which is recorded",
    ("agreements", "tell"): "what it tells about is recorded",
    ("agreements", "tell_all"): "what it tells about is recorded",
    ("agreements", "tell_leads"): "what it tells about is recorded",
    ("agreements", "tell_next_signers"): "what it tells about is recorded",
    ("consultations", "tell"): "what it tells about is recorded",
    ("consultations", "tell_asked"): "what it tells about is recorded",
    ("consultations", "tell_asker"): "what it tells about is recorded",
    ("countries", "correct_value"): "recorded by programme.correct_country_value",
    ("meetings", "note_fetch"): "the calendar program's own bookkeeping",
    ("meetings", "remind"): "what it tells about is recorded",
    ("meetings", "tell"): "what it tells about is recorded",
    ("meetings", "tell_minute_taker"): "what it tells about is recorded",
    ("meetings", "tell_poll"): "what it tells about is recorded",
    ("meetings", "tell_series"): "what it tells about is recorded",
    ("meetings", "unlink_items"): "the end of what the items came from is recorded",
    ("notifications", "claim_due"): "the outbox's own bookkeeping",
    ("notifications", "claim_job"): "the clock's own bookkeeping",
    ("notifications", "enqueue"): "what the message tells about is recorded",
    ("notifications", "forget_notices_about"): "the end of what they were about is recorded",
    ("notifications", "forget_old"): "the outbox's own bookkeeping",
    ("notifications", "forget_undeliverable"): "the outbox's own bookkeeping",
    ("notifications", "mark_read"): "a bookmark of the person's own",
    ("notifications", "notify"): "what the notice tells about is recorded",
    ("notifications", "read_maildir"): "what it takes in is recorded",
    ("notifications", "release_job"): "the clock's own bookkeeping",
    ("notifications", "send_digest"): "what the message tells about is recorded",
    ("notifications", "take_in_mail"): "what it takes in is recorded",
    ("notifications", "send_due"): "the outbox's own bookkeeping",
}
RECORDERS = {"record", "log"}


def _actions() -> dict[tuple[str, str], tuple[Path, ast.FunctionDef]]:
    return {
        (house.slice_of(path), node.name): (path, node)
        for path, tree in house.modules().items()
        if house.room_of(path) == "actions"
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
    }


def _called(function: ast.FunctionDef) -> set[str]:
    return {
        node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)
    }


def _records(slice_name: str, function: ast.FunctionDef) -> bool:
    """True if the function records, or calls a function of the same slice's actions that does."""
    known = {name: node for (owner, name), (_path, node) in _actions().items() if owner == slice_name}
    seen: set[str] = set()
    waiting = [function]
    while waiting:
        for name in _called(waiting.pop()):
            if name in RECORDERS:
                return True
            if name in known and name not in seen:
                seen.add(name)
                waiting.append(known[name])
    return False


def _takes_actor(function: ast.FunctionDef) -> bool:
    return [argument.arg for argument in function.args.kwonlyargs][:1] == ["actor"]


def _is_atomic(function: ast.FunctionDef) -> bool:
    return any("atomic" in ast.unparse(decorator) for decorator in function.decorator_list)


def test_every_action_records_what_it_did() -> None:
    silent = {
        key
        for key, (_path, node) in _actions().items()
        if not node.name.startswith("_") and _takes_actor(node) and not _records(key[0], node)
    }
    assert silent == {key for key in NOT_RECORDED if key[0] in house.slices()}


def test_every_action_that_records_is_one_transaction() -> None:
    """Recording outside a transaction raises; this finds the action that would only raise in production."""
    open_ended = [
        f"{house.where(path, node)} {node.name}"
        for path, node in _actions().values()
        if not node.name.startswith("_")
        and _takes_actor(node)
        and RECORDERS & _called(node)
        and not _is_atomic(node)
    ]
    assert open_ended == []
