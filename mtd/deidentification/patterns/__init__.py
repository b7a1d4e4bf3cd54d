"""What has a shape: addresses, numbers, dates, ways to reach somebody. A layer is `marks(text) -> Iterator[Mark]`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..text import Mark, Text
from . import address, contact, dates, numbers, plates, streets

__all__ = ["LAYERS", "marks"]

LAYERS: tuple[Callable[[Text], Iterator[Mark]], ...] = (
    contact.marks,
    numbers.marks,
    dates.marks,
    streets.marks,
    address.marks,
    plates.marks,
)
"""In no order that matters."""


def marks(text: Text) -> Iterator[Mark]:
    """Everything that has a shape."""
    for layer in LAYERS:
        yield from layer(text)
