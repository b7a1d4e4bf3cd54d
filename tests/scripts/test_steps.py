"""Nothing is done twice, a taken port is named, and what CI may not skip fails it."""

import socket
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

Script = Callable[[str], ModuleType]


def test_a_step_is_repeated_only_when_its_input_changed(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = script("steps")
    monkeypatch.setattr(steps, "ROOT", tmp_path)
    source = tmp_path / "lock"
    source.write_text("one")
    stamp = tmp_path / "stamps" / "packages"
    assert not steps.is_done(stamp, steps.digest([source]))
    steps.set_done(stamp, steps.digest([source]))
    assert steps.is_done(stamp, steps.digest([source]))
    source.write_text("two")
    assert not steps.is_done(stamp, steps.digest([source]))


def test_a_taken_port_is_named_with_a_free_one(script: Script, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit):
            script("steps").check_port(str(port))
    said = capsys.readouterr().err
    assert f"Port {port}" in said
    assert "make demo PORT=" in said


@pytest.mark.parametrize("word", ["", "abc", "0", "70000", "-1"])
def test_what_is_no_port_is_refused(script: Script, word: str) -> None:
    with pytest.raises(SystemExit):
        script("steps").check_port(word)


@pytest.mark.parametrize(
    ("reason", "strict", "code"),
    [
        ("sqlite: pdfsig is not installed", "1", 1),
        ("sqlite: pdfsig is not installed", "0", 0),
        ("sqlite: shared data: not beside this clone", "1", 0),
    ],
)
def test_ci_fails_when_anything_but_shared_data_is_skipped(
    script: Script,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    reason: str,
    strict: str,
    code: int,
) -> None:
    monkeypatch.setenv("MTD_FAIL_ON_SKIP", strict)
    everything = script("everything")
    tally = everything.Tally(passed=7)
    tally.skipped[reason] = 2
    assert everything.summarize(tally) == code
    lines = capsys.readouterr().out.splitlines()
    assert f"Skipped 2 × {reason}" in lines
    assert lines[-1] == "7 passed, 0 failed, 2 skipped"


def test_a_key_store_stands_beside_the_data(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    databases = script("databases")
    monkeypatch.delenv("KEY_DATABASE_URL", raising=False)
    monkeypatch.setenv("DATABASE_URL", "postgres://a:b@localhost:5432/mtd")
    assert [each["NAME"] for each in databases.both()] == ["mtd", "mtd_keys"]
    assert "b@" not in databases.identity()
