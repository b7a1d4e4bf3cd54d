"""The identity guard: finds in free text what could tell who a family is. Plain Python, no Django, no network.

    found = find("Frau Kowalczyk rief an.", "de")
    found.clear            # False: something was found, or it could not be judged
    found[0].suggestion    # "die Mutter"

It never raises. What it cannot judge (unknown language, time over) it says in `problem`, and that counts as not clear.
"""

from .findings import LANGUAGES, Finding, Findings, Kind, Problem, Strength
from .guard import find, warm

__all__ = ["LANGUAGES", "Finding", "Findings", "Kind", "Problem", "Strength", "find", "warm"]
