"""The scripts import each other by their plain names, as they do when they are started."""

import importlib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    """A script as a module: `script("messages")`."""
    monkeypatch.syspath_prepend(str(SCRIPTS))
    return importlib.import_module
