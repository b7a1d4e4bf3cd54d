"""What is typed about a household: who belongs to it, who belongs to whom, and what surrounds it.

Plain forms of rows. A row has a key that stays, so that a tie or a relation still means the same person after rows
were added or taken away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from mtd.consultations import case as cases
from mtd.consultations.case import (
    CHILDREN,
    HOUSEHOLD,
    Bond,
    CaseProblem,
    Gender,
    Kin,
    Lives,
    Occupation,
    Person,
    Relation,
    Since,
    Strength,
    Substance,
    Tie,
    TieKind,
    Treatment,
)
from mtd.consultations.models import AgeBand
from mtd.core.guarded import GuardedLineField

from .case import GUARD_CODES, CaseForm, numbers_of
from .persons import ADULT_BANDS, PERSON, RowFields, hidden_for, person_fields, select, why


class HouseholdForm(CaseForm):
    """Who belongs to the family, who belongs to whom, and what surrounds them; strengths first."""

    groups = (("strengths", gettext_lazy("What protects"), gettext_lazy("Something else that protects")),)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        if data is not None:
            data = data.copy()
            self._take_rows_away(data)
            self._let_go(data)
        super().__init__(data, **kwargs)
        self._persons = self._rows("person", "p", cases.MOST_PERSONS, self.case.persons, blank=3)
        for number, key in self._persons:
            self._add_person(number, key)
        people = self._people()
        self._ties = self._rows("tie", "t", cases.MOST_TIES, self.case.ties, blank=2)
        for number, key in self._ties:
            self._add_tie(number, key, people)
        self._relations = self._relation_rows()
        for number in self._relations:
            self._add_relation(number, people)

    # --- rows -------------------------------------------------------------------------------------------------

    def _let_go(self, data: Any) -> None:
        """Whoever was taken away is let go: their ties fall to the household, their relations end."""
        rows = numbers_of(data, "person")
        here = {data.get(f"person-{number}-key") for number in rows if data.get(f"person-{number}-kin")}
        for number in numbers_of(data, "tie"):
            if data.get(f"tie-{number}-to", HOUSEHOLD) not in {HOUSEHOLD, *here}:
                data[f"tie-{number}-to"] = HOUSEHOLD
        for number in numbers_of(data, "relation"):
            names = [f"relation-{number}-{name}" for name in ("one", "other")]
            if any(data.get(name) and data[name] not in here for name in names):
                for name in (*names, f"relation-{number}-bond"):
                    data.pop(name, None)

    def _rows(
        self, name: str, letter: str, most: int, stored: Sequence[Any], blank: int
    ) -> list[tuple[int, str]]:
        """(number, key) of every row: those that were sent or are stored, and one more where it was asked for."""
        if self.is_bound:
            rows = [
                (number, str(self.data.get(f"{name}-{number}-key", "")))
                for number in numbers_of(self.data, name)[:most]
            ]
        else:
            rows = [(number, entry.key) for number, entry in enumerate(stored)]
        used = {key for _number, key in rows}
        free = (f"{letter}{number}" for number in range(1, most + 1) if f"{letter}{number}" not in used)
        wanted = 1 if self.more == name else 0 if rows or self.is_bound else blank
        for key in free:
            if not wanted or len(rows) >= most:
                break
            rows.append((max((number for number, _key in rows), default=-1) + 1, key))
            wanted -= 1
        return rows

    def _relation_rows(self) -> list[int]:
        numbers = (
            numbers_of(self.data, "relation") if self.is_bound else list(range(len(self.case.relations)))
        )
        if self.more == "relation" or not (numbers or self.is_bound):
            numbers.append(max(numbers, default=-1) + 1)
        return numbers[: cases.MOST_RELATIONS]

    def _value(self, name: str, default: str = "") -> str:
        return str(self.data.get(name, default)) if self.is_bound else default

    def _add_person(self, number: int, key: str) -> None:
        stored = self.case.person(key) if not self.is_bound else None
        prefix = f"person-{number}"
        new = self.more == "person" and number == self._persons[-1][0]
        made = person_fields()
        if new:
            made["kin"].widget.attrs["autofocus"] = True
        made["lives"].initial = Lives.HOUSEHOLD
        for name, one in made.items():
            if stored is not None and name != "key":
                value = getattr(stored, name)
                one.initial = value if isinstance(value, bool) else str(value.value)
            self.fields[f"{prefix}-{name}"] = one
        made["key"].initial = key

    def _people(self) -> tuple[Person, ...]:
        """The persons as far as they are known before anything is checked, for the choices and for their names."""
        if not self.is_bound:
            return self.case.persons
        found = []
        for number, key in self._persons:
            value = self.data.get(f"person-{number}-kin", "")
            if value in Kin.values and key:
                found.append(Person(key, Kin(value)))
        return tuple(found)

    def _person_choices(self, people: tuple[Person, ...]) -> list[tuple[str, str]]:
        names = dict(cases.names(people))
        return [(person.key, names[person.key]) for person in people]

    def _add_tie(self, number: int, key: str, people: tuple[Person, ...]) -> None:
        stored = next((tie for tie in self.case.ties if tie.key == key), None) if not self.is_bound else None
        prefix = f"tie-{number}"
        new = self.more == "tie" and number == self._ties[-1][0]
        hidden = forms.CharField(widget=forms.HiddenInput, required=False, max_length=4, initial=key)
        self.fields[f"{prefix}-key"] = hidden
        kinds = [("", _("Please choose")), *TieKind.choices]
        self.fields[f"{prefix}-kind"] = select(_("What"), kinds, initial=stored.kind if stored else "")
        if new:
            self.fields[f"{prefix}-kind"].widget.attrs["autofocus"] = True
        label = stored.label if stored else ""
        words = GuardedLineField(
            label=_("In a few words"), max_length=cases.LABEL_LENGTH, required=False, initial=label
        )
        words.help_text = ""
        self._add(f"{prefix}-label", words, label)
        whom = [(HOUSEHOLD, _("the household")), *self._person_choices(people)]
        self.fields[f"{prefix}-to"] = select(_("For whom"), whom, initial=stored.to if stored else HOUSEHOLD)
        self.fields[f"{prefix}-strength"] = select(
            _("How it works"), Strength.choices, initial=stored.strength if stored else Strength.STRONG
        )

    def _add_relation(self, number: int, people: tuple[Person, ...]) -> None:
        stored = (
            self.case.relations[number] if not self.is_bound and number < len(self.case.relations) else None
        )
        persons = [("", _("Please choose")), *self._person_choices(people)]
        prefix = f"relation-{number}"
        self.fields[f"{prefix}-one"] = select(_("Who"), persons, initial=stored.one if stored else "")
        self.fields[f"{prefix}-bond"] = select(
            pgettext_lazy("relation", "How they belong together"),
            [("", _("Please choose")), *Bond.choices],
            initial=stored.bond if stored else "",
        )
        self.fields[f"{prefix}-other"] = select(
            pgettext_lazy("relation", "To whom"), persons, initial=stored.other if stored else ""
        )

    # --- for the page -----------------------------------------------------------------------------------------

    def person_rows(self) -> Iterator[RowFields]:
        """Every person as a row, with the fields that say nothing about this role named."""
        names = dict(self._person_choices(self._people()))
        for place, (number, key) in enumerate(self._persons, 1):
            prefix = f"person-{number}"
            kin = str(self[f"{prefix}-kin"].value() or "")
            yield RowFields(
                number,
                prefix,
                key,
                names.get(key) or _("Person %(number)d") % {"number": place},
                {name: self[f"{prefix}-{name}"] for name in ("key", *PERSON)},
                hidden_for(kin, str(self[f"{prefix}-age"].value() or "")),
                new=not kin,
            )

    def tie_rows(self) -> Iterator[RowFields]:
        """Every tie as a row."""
        for place, (number, key) in enumerate(self._ties, 1):
            prefix = f"tie-{number}"
            fields = {name: self[f"{prefix}-{name}"] for name in ("key", "kind", "label", "to", "strength")}
            kind = str(fields["kind"].value() or "")
            title = str(TieKind(kind).label) if kind in TieKind.values else ""
            yield RowFields(
                number, prefix, key, title or _("Tie %(number)d") % {"number": place}, fields, new=not kind
            )

    def relation_rows(self) -> Iterator[RowFields]:
        """Every relation as a row."""
        for place, number in enumerate(self._relations, 1):
            prefix = f"relation-{number}"
            fields = {name: self[f"{prefix}-{name}"] for name in ("one", "bond", "other")}
            title = _("Relation %(number)d") % {"number": place}
            yield RowFields(number, prefix, "", title, fields, new=not fields["bond"].value())

    @property
    def may_add_person(self) -> bool:
        return len(self._persons) < cases.MOST_PERSONS

    @property
    def may_add_tie(self) -> bool:
        return len(self._ties) < cases.MOST_TIES

    @property
    def may_add_relation(self) -> bool:
        return len(self._relations) < cases.MOST_RELATIONS

    @property
    def silent(self) -> dict[str, Any]:
        """For the script of the page: role → fields that say nothing about it, and the ages from which more do."""
        return {
            "kin": {kin.value: sorted(hidden_for(kin.value, "")) for kin in Kin},
            "children": sorted(kin.value for kin in CHILDREN),
            "old": [AgeBand.TEENAGE.value, *(band.value for band in ADULT_BANDS)],
        }

    @property
    def relations_open(self) -> bool:
        """True if somebody entered a relation, or just asked for a row."""
        return self.more == "relation" or any(not row.new or row.errors for row in self.relation_rows())

    # --- what was typed ---------------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.persons = tuple(self._clean_persons(data))
        here = {person.key for person in self.persons}
        self.ties = tuple(self._clean_ties(data, here))
        self.relations = tuple(self._clean_relations(data, here))
        if not self.errors or self._only_guard():
            try:
                self.case.with_household(
                    persons=self.persons, ties=self.ties, relations=self.relations, strengths=()
                )
            except CaseProblem as problem:
                self.add_error(None, forms.ValidationError(why(problem), code=f"case_{problem.code}"))
        return data

    def _only_guard(self) -> bool:
        codes = {error.code for errors in self.errors.as_data().values() for error in errors}
        return codes <= GUARD_CODES

    def _clean_persons(self, data: Mapping[str, Any]) -> Iterator[Person]:
        for number, key in self._persons:
            prefix = f"person-{number}"
            row = {name: data.get(f"{prefix}-{name}", "") for name in PERSON}
            if not row["kin"]:
                if any(row[name] for name in PERSON if name not in ("kin", "lives", "about")):
                    self.add_error(
                        f"{prefix}-kin",
                        forms.ValidationError(_("Choose who this is, or remove the row."), code="required"),
                    )
                continue
            silent = hidden_for(row["kin"], row["age"])
            kin = Kin(row["kin"])
            age = AgeBand(row["age"]) if "age" not in silent else AgeBand.UNKNOWN
            if kin in CHILDREN and kin == Kin.CHILD and age in ADULT_BANDS:
                self.add_error(
                    f"{prefix}-age",
                    forms.ValidationError(
                        _(
                            "A child has one of the bands up to 17. Choose “Other adult” for somebody grown up."
                        ),
                        code="child_of_age",
                    ),
                )
                continue
            yield Person(
                key=key,
                kin=kin,
                gender=Gender(row["gender"]) if "gender" not in silent else Gender.UNKNOWN,
                age=age,
                lives=Lives(row["lives"]),
                since=Since(row["since"]),
                about=bool(row["about"]) and "about" not in silent,
                substance=Substance(row["substance"]) if "substance" not in silent else Substance.NONE,
                treatment=Treatment(row["treatment"]) if "treatment" not in silent else Treatment.UNKNOWN,
                occupation=Occupation(row["occupation"])
                if "occupation" not in silent
                else Occupation.UNKNOWN,
            )

    def _clean_ties(self, data: Mapping[str, Any], here: set[str]) -> Iterator[Tie]:
        for number, key in self._ties:
            prefix = f"tie-{number}"
            kind, label = data.get(f"{prefix}-kind", ""), " ".join(self.typed(f"{prefix}-label").split())
            if not kind:
                if label:
                    self.add_error(
                        f"{prefix}-kind",
                        forms.ValidationError(_("Choose what this is, or remove the row."), code="required"),
                    )
                continue
            to = data.get(f"{prefix}-to", HOUSEHOLD)
            strength = data.get(f"{prefix}-strength") or Strength.STRONG
            yield Tie(
                key,
                TieKind(kind),
                Strength(strength),
                to if to in here else HOUSEHOLD,
                label[: cases.LABEL_LENGTH],
            )

    def _clean_relations(self, data: Mapping[str, Any], here: set[str]) -> Iterator[Relation]:
        for number in self._relations:
            prefix = f"relation-{number}"
            one, bond, other = (data.get(f"{prefix}-{name}", "") for name in ("one", "bond", "other"))
            if not (one or bond or other):
                continue
            if not (one and bond and other):
                said = {"one": one, "bond": bond, "other": other}
                first = next(name for name, value in said.items() if not value)
                self.add_error(
                    f"{prefix}-{first}",
                    forms.ValidationError(_("Choose all three, or remove the row."), code="required"),
                )
                continue
            if one in here and other in here:
                yield Relation(one, Bond(bond), other)

    def household(self) -> dict[str, Any]:
        """What `save_household` takes. Call after `can_be_kept`."""
        return {
            "persons": self.persons,
            "ties": self.ties,
            "relations": self.relations,
            "strengths": self.lines("strengths"),
            "kept": self.kept,
        }
