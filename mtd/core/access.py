"""Which pages are open without sign-in. Everything else is closed; a public view says so by name."""

from collections.abc import Callable
from typing import TypeVar

View = TypeVar("View", bound=Callable[..., object])


def public(view: View) -> View:
    """Mark a view as open to everybody, without sign-in."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def without_second_factor(view: View) -> View:
    """Mark a view as reachable for a signed-in person who has not yet set up a second factor."""
    view.needs_no_second_factor = True  # type: ignore[attr-defined]
    return view
