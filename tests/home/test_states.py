"""The pictures of the transition tables in the docs say what the tables say."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from mtd.home.diagrams import VERBS, Machine, machines, page, picture


@pytest.mark.parametrize("machine", machines(), ids=lambda machine: machine.name)
def test_the_docs_are_current(machine: Machine) -> None:
    folder = Path(settings.BASE_DIR) / "docs" / "states"
    assert (folder / f"{machine.name}.md").read_text(encoding="utf-8") == page(machine)
    assert (folder / f"{machine.name}.svg").read_text(encoding="utf-8") == picture(machine)
    call_command("write_states", "--check")


@pytest.mark.parametrize("machine", machines(), ids=lambda machine: machine.name)
def test_every_state_has_a_place_and_every_verb_a_word(machine: Machine) -> None:
    placed = {state for row in machine.rows for state in row if state}
    assert placed == set(machine.labels)
    assert {verb for _state, verb in machine.table} <= set(VERBS)
