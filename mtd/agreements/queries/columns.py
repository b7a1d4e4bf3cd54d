"""Columns of the register that upper floors fill: named in config/register.py, asked for the listed page only."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module

from django.utils.module_loading import import_string

from mtd.agreements.models import Agreement
from mtd.core.actor import Actor


@dataclass(frozen=True)
class Cell:
    """What a column says of one agreement: words, the kind of state they are, and where they lead."""

    label: str
    kind: str
    url: str = ""


@dataclass(frozen=True)
class Column:
    """One column: its heading, cells by agreement (a dash where there is none), and what a dash means."""

    title: str
    cells: Mapping[uuid.UUID, Cell]
    note: str = ""


Fill = Callable[[Actor, Sequence[Agreement]], Column]


def columns(actor: Actor, agreements: Sequence[Agreement]) -> list[Column]:
    """The columns for these agreements, as this person may see them."""
    found = []
    for path in import_module("config.register").COLUMNS:
        fill: Fill = import_string(path)
        found.append(fill(actor, agreements))
    return found
