"""The anonymous case: roles, bands and broad terms, with words of a person where nothing else helps.

There is no field for a name, a birth date, an address or an exact age, so none can be stored. Children are named by
the system in the order in which they were entered ("Child A"). A case is kept as JSON in one sealed column; what does
not fit this module is refused, never guessed.

    case = Case.from_json(consultation.case)
    case.texts()       # every free text of the case, by the name of its field: what the guard has to clear
    case.called("p1")  # "Mother"
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .family import HOUSEHOLD, CaseProblem, Person, Relation, Tie
from .models import AgeBand
from .reading import check_object, person_of, relation_of, rows_of, text_of, tie_of
from .terms import (
    BAND_ORDER,
    CHILD_BANDS,
    CHILDREN,
    GRANDPARENTS,
    SAID_BY_ROLE,
    YOUNG,
    Bond,
    Gender,
    Kin,
    Lives,
    Occupation,
    Since,
    Strength,
    Substance,
    TieKind,
    Treatment,
)

MOST_PERSONS = 14
MOST_TIES = 16
MOST_RELATIONS = 20
MOST_LINES = 12
LINE_LENGTH = 160
LABEL_LENGTH = 60
STORY_LENGTH = 6_000
QUESTION_LENGTH = 1_500
JSON_LENGTH = 60_000
LETTERS = "ABCDEFGHIJKLMN"


@dataclass(frozen=True, slots=True)
class Case:
    """A family and a question, without identity. Immutable; `with_household` and `with_words` give a changed one."""

    persons: tuple[Person, ...] = ()
    ties: tuple[Tie, ...] = ()
    relations: tuple[Relation, ...] = ()
    strengths: tuple[str, ...] = ()
    strains: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()
    story: str = ""
    question: str = ""

    def __post_init__(self) -> None:
        _check(self)

    # --- reading ---------------------------------------------------------------------------------------------

    def person(self, key: str) -> Person | None:
        """The person of this key."""
        return next((person for person in self.persons if person.key == key), None)

    @property
    def children(self) -> tuple[Person, ...]:
        """All children, born or not, in the order of entry."""
        return tuple(person for person in self.persons if person.is_child)

    @property
    def household(self) -> tuple[Person, ...]:
        """Who lives with the children."""
        return tuple(person for person in self.persons if person.lives == Lives.HOUSEHOLD)

    @property
    def youngest(self) -> AgeBand:
        """The band of the youngest child the question is about; not said where none is marked."""
        bands = [person.band for person in self.children if person.about and person.band]
        return min(bands, key=lambda band: BAND_ORDER[band], default=AgeBand.UNKNOWN)

    def called(self, key: str) -> str:
        """What the system calls a person: "Mother", "Child A", "Aunt 2"; the household where no person is meant."""
        if key == HOUSEHOLD:
            return pgettext("family", "the household")
        return dict(names(self.persons)).get(key, "")

    def texts(self) -> dict[str, str]:
        """Every free text of the case by field name, empty ones left out: all that the guard has to clear."""
        found = {f"tie-{tie.key}": tie.label for tie in self.ties}
        for name in ("strengths", "strains", "tried"):
            found |= {f"{name}-{number}": line for number, line in enumerate(getattr(self, name))}
        found |= {"story": self.story, "question": self.question}
        return {name: text for name, text in found.items() if text}

    # --- changing --------------------------------------------------------------------------------------------

    def with_household(
        self,
        *,
        persons: tuple[Person, ...],
        ties: tuple[Tie, ...],
        relations: tuple[Relation, ...],
        strengths: tuple[str, ...],
    ) -> Case:
        """The same words with another household. Raises CaseProblem."""
        return replace(self, persons=persons, ties=ties, relations=relations, strengths=strengths)

    def with_words(
        self,
        *,
        strengths: tuple[str, ...],
        strains: tuple[str, ...],
        tried: tuple[str, ...],
        story: str,
        question: str,
    ) -> Case:
        """The same household with other words. Raises CaseProblem."""
        return replace(
            self, strengths=strengths, strains=strains, tried=tried, story=story, question=question
        )

    # --- JSON ------------------------------------------------------------------------------------------------

    def to_json(self) -> str:
        """The case as JSON, always the same for the same case."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Case:
        """Read what `to_json` wrote; an empty text is an empty case.

        Raises CaseProblem on anything else: unknown fields, unknown codes, too many, too long, ties into nowhere.
        """
        if not text:
            return cls()
        if len(text) > JSON_LENGTH:
            raise CaseProblem("too_long")
        try:
            raw = json.loads(text)
        except (ValueError, RecursionError):
            raise CaseProblem("no_json") from None
        known = {"persons", "ties", "relations", "strengths", "strains", "tried", "story", "question"}
        check_object(raw, known, "case")
        return cls(
            persons=tuple(person_of(row, at) for at, row in rows_of(raw, "persons")),
            ties=tuple(tie_of(row, at) for at, row in rows_of(raw, "ties")),
            relations=tuple(relation_of(row, at) for at, row in rows_of(raw, "relations")),
            strengths=tuple(text_of(row, at) for at, row in rows_of(raw, "strengths")),
            strains=tuple(text_of(row, at) for at, row in rows_of(raw, "strains")),
            tried=tuple(text_of(row, at) for at, row in rows_of(raw, "tried")),
            story=text_of(raw.get("story", ""), "story"),
            question=text_of(raw.get("question", ""), "question"),
        )


# --- names the system gives -----------------------------------------------------------------------------------------


def names(persons: tuple[Person, ...]) -> Iterator[tuple[str, str]]:
    """Children get letters; of grandparents the side is left out where there is but one; the rest is counted."""
    letters = iter(LETTERS)
    short = {person.key: _short(person.kin) for person in persons if person.kin not in CHILDREN}
    for person in persons:
        if person.kin in CHILDREN:
            yield person.key, _("Child %(letter)s") % {"letter": next(letters)}
            continue
        name = short[person.key]
        if person.kin in GRANDPARENTS and list(short.values()).count(name) > 1:
            name = str(person.kin.label)
        same = [other.key for other in persons if other.kin == person.kin]
        yield person.key, f"{name} {same.index(person.key) + 1}" if len(same) > 1 else name


def _short(kin: Kin) -> str:
    if kin in (Kin.MOTHERS_MOTHER, Kin.FATHERS_MOTHER):
        return pgettext("family", "Grandmother")
    if kin in (Kin.MOTHERS_FATHER, Kin.FATHERS_FATHER):
        return pgettext("family", "Grandfather")
    return str(kin.label)


# --- what a case must keep ------------------------------------------------------------------------------------------


def _check(case: Case) -> None:
    for name, most in (
        ("persons", MOST_PERSONS),
        ("ties", MOST_TIES),
        ("relations", MOST_RELATIONS),
        ("strengths", MOST_LINES),
        ("strains", MOST_LINES),
        ("tried", MOST_LINES),
    ):
        if len(getattr(case, name)) > most:
            raise CaseProblem("too_many", name)
    for name in ("strengths", "strains", "tried"):
        for number, line in enumerate(getattr(case, name)):
            _one_line(line, LINE_LENGTH, f"{name}[{number}]")
            if not line.strip():
                raise CaseProblem("empty", f"{name}[{number}]")
    if len(case.story) > STORY_LENGTH:
        raise CaseProblem("too_long", "story")
    if len(case.question) > QUESTION_LENGTH:
        raise CaseProblem("too_long", "question")
    keys = _keys([person.key for person in case.persons], "p", MOST_PERSONS, "persons")
    _keys([tie.key for tie in case.ties], "t", MOST_TIES, "ties")
    for number, person in enumerate(case.persons):
        _check_person(person, f"persons[{number}]")
    for number, tie in enumerate(case.ties):
        if tie.to != HOUSEHOLD and tie.to not in keys:
            raise CaseProblem("nobody", f"ties[{number}].to")
        _one_line(tie.label, LABEL_LENGTH, f"ties[{number}].label")
    _check_relations(case, keys)


def _one_line(text: str, most: int, where: str) -> None:
    if len(text) > most:
        raise CaseProblem("too_long", where)
    if len(text.splitlines()) > 1:
        raise CaseProblem("several_lines", where)


def _keys(keys: list[str], letter: str, most: int, where: str) -> set[str]:
    allowed = {f"{letter}{number}" for number in range(1, most + 1)}
    if not set(keys) <= allowed or len(set(keys)) != len(keys):
        raise CaseProblem("bad_key", where)
    return set(keys)


def _check_person(person: Person, where: str) -> None:
    if person.about and not person.is_child:
        raise CaseProblem("about_no_child", where)
    if person.is_child and person.age not in CHILD_BANDS and person.kin == Kin.CHILD:
        raise CaseProblem("child_of_age", where)
    if person.kin == Kin.UNBORN and person.age not in (AgeBand.UNBORN, AgeBand.UNKNOWN):
        raise CaseProblem("unborn_has_no_age", where)
    if person.kin != Kin.UNBORN and person.age == AgeBand.UNBORN:
        raise CaseProblem("unborn_is_a_role", where)
    old_enough = not person.is_child or person.age in (
        AgeBand.TEENAGE,
        AgeBand.YOUNG_ADULT,
        AgeBand.THIRTIES,
        AgeBand.FORTIES,
        AgeBand.FIFTIES,
        AgeBand.OLDER,
    )
    if (person.substance or person.treatment) and not old_enough:
        raise CaseProblem("child_and_substance", where)


def _check_relations(case: Case, keys: set[str]) -> None:
    seen: set[frozenset[str]] = set()
    above: dict[str, set[str]] = {}
    for number, relation in enumerate(case.relations):
        where = f"relations[{number}]"
        if relation.one not in keys or relation.other not in keys:
            raise CaseProblem("nobody", where)
        if relation.one == relation.other:
            raise CaseProblem("with_oneself", where)
        pair = frozenset({relation.one, relation.other})
        if pair in seen:
            raise CaseProblem("twice", where)
        seen.add(pair)
        if relation.bond == Bond.PARENT:
            above.setdefault(relation.other, set()).add(relation.one)
            if len(above[relation.other]) > 2:
                raise CaseProblem("three_parents", where)
    for start in above:
        todo, met = list(above[start]), set()
        while todo:
            key = todo.pop()
            if key == start:
                raise CaseProblem("own_ancestor", "relations")
            if key not in met:
                met.add(key)
                todo += above.get(key, ())


__all__ = [
    "BAND_ORDER",
    "CHILDREN",
    "CHILD_BANDS",
    "GRANDPARENTS",
    "HOUSEHOLD",
    "JSON_LENGTH",
    "LABEL_LENGTH",
    "LINE_LENGTH",
    "MOST_LINES",
    "MOST_PERSONS",
    "MOST_RELATIONS",
    "MOST_TIES",
    "QUESTION_LENGTH",
    "SAID_BY_ROLE",
    "STORY_LENGTH",
    "YOUNG",
    "AgeBand",
    "Bond",
    "Case",
    "CaseProblem",
    "Gender",
    "Kin",
    "Lives",
    "Occupation",
    "Person",
    "Relation",
    "Since",
    "Strength",
    "Substance",
    "Tie",
    "TieKind",
    "Treatment",
    "names",
]
