"""Who belongs to whom: what the roles of a case say by themselves, and what was entered where they do not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .case import Bond, Case, Kin, Person

FAMILY = "family"
"""Two parents of whom nobody said whether they are a couple."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two persons joined by a line: a couple, separated, or parents of whom that is not said."""

    one: str
    other: str
    bond: str


def parents(case: Case) -> dict[str, tuple[str, ...]]:
    """Child → its parents among the persons. What was entered counts; else what the roles say, if they are clear."""
    entered: dict[str, list[str]] = {}
    for relation in case.relations:
        if relation.bond == Bond.PARENT:
            entered.setdefault(relation.other, []).append(relation.one)
    found = {key: tuple(keys) for key, keys in entered.items()}
    for person in case.persons:
        if person.key in found:
            continue
        keys = tuple(one.key for one in _parents_by_role(case, person))[:2]
        if keys and not any(_is_above(found, person.key, key) for key in keys):
            found[person.key] = keys
    return found


def pairs(case: Case) -> tuple[Pair, ...]:
    """Every line between two adults: entered ones first, then those that the roles say."""
    lines = [
        Pair(relation.one, relation.other, relation.bond)
        for relation in case.relations
        if relation.bond in (Bond.COUPLE, Bond.SEPARATED)
    ]
    joined = {frozenset((line.one, line.other)) for line in lines}
    related = {
        frozenset((relation.one, relation.other))
        for relation in case.relations
        if relation.bond == Bond.PARENT
    }

    def add(one: str, other: str, bond: str) -> None:
        pair = frozenset((one, other))
        if pair not in joined and pair not in related:
            joined.add(pair)
            lines.append(Pair(one, other, bond))

    for left, right in (
        (Kin.MOTHER, Kin.STEPFATHER),
        (Kin.MOTHER, Kin.MOTHERS_PARTNER),
        (Kin.FATHER, Kin.STEPMOTHER),
        (Kin.FATHER, Kin.FATHERS_PARTNER),
        (Kin.MOTHERS_MOTHER, Kin.MOTHERS_FATHER),
        (Kin.FATHERS_MOTHER, Kin.FATHERS_FATHER),
    ):
        ones, others = of_kin(case, left), of_kin(case, right)
        if len(ones) == 1 and len(others) == 1:
            grand = left in (Kin.MOTHERS_MOTHER, Kin.FATHERS_MOTHER)
            add(ones[0].key, others[0].key, FAMILY if grand else Bond.COUPLE)
    for both in sorted({keys for keys in parents(case).values() if len(keys) == 2}):
        add(both[0], both[1], FAMILY)
    return tuple(lines)


def generations(case: Case) -> dict[str, int]:
    """Person → generation from the top, 0 first, without gaps; children always stand below their parents."""
    levels = {person.key: _level(person.kin) for person in case.persons}
    above = parents(case)
    beside = [pair for pair in pairs(case) if _level_free(case, pair)]
    for number in range(2 * len(case.persons)):
        for child, keys in above.items():
            levels[child] = max([levels[child], *(levels[key] + 1 for key in keys)])
        if number < len(
            case.persons
        ):  # then only children and parents count: they come first where both cannot be
            for pair in beside:
                levels[pair.one] = levels[pair.other] = max(levels[pair.one], levels[pair.other])
    ranks = {level: rank for rank, level in enumerate(sorted(set(levels.values())))}
    return {key: ranks[level] for key, level in levels.items()}


def of_kin(case: Case, *kins: Kin) -> list[Person]:
    """All persons of these roles."""
    return [person for person in case.persons if person.kin in kins]


def _level(kin: Kin) -> int:
    if kin in (Kin.MOTHERS_MOTHER, Kin.MOTHERS_FATHER, Kin.FATHERS_MOTHER, Kin.FATHERS_FATHER):
        return 0
    return 2 if kin in (Kin.CHILD, Kin.UNBORN, Kin.HALF_SIBLING, Kin.STEP_SIBLING) else 1


def _level_free(case: Case, pair: Pair) -> bool:
    one, other = case.person(pair.one), case.person(pair.other)
    return one is not None and other is not None and not (one.is_child or other.is_child)


def _parents_by_role(case: Case, person: Person) -> Iterable[Person]:
    own = of_kin(case, Kin.MOTHER, Kin.FATHER)
    match person.kin:
        case Kin.CHILD | Kin.UNBORN:
            return own if len(own) in (1, 2) else [] if own else of_kin(case, Kin.FOSTER_PARENT)[:2]
        case Kin.HALF_SIBLING:
            return own if len(own) == 1 else []
        case Kin.STEP_SIBLING:
            step = of_kin(case, Kin.STEPMOTHER, Kin.STEPFATHER, Kin.MOTHERS_PARTNER, Kin.FATHERS_PARTNER)
            return step if len(step) == 1 else []
        case Kin.MOTHER:
            alone = len(of_kin(case, Kin.MOTHER)) == 1
            return of_kin(case, Kin.MOTHERS_MOTHER, Kin.MOTHERS_FATHER) if alone else []
        case Kin.FATHER:
            alone = len(of_kin(case, Kin.FATHER)) == 1
            return of_kin(case, Kin.FATHERS_MOTHER, Kin.FATHERS_FATHER) if alone else []
        case _:
            return []


def _is_above(found: dict[str, tuple[str, ...]], above: str, below: str) -> bool:
    """True if `above` is an ancestor of `below`, so that making it a child would turn in a circle."""
    todo, met = [below], set()
    while todo:
        key = todo.pop()
        if key == above:
            return True
        if key not in met:
            met.add(key)
            todo += found.get(key, ())
    return False
