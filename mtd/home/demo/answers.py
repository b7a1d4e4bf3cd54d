"""What the demo's networks agreed on: reads content/demo/answers-*.yaml and fills in the parties and their people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

import yaml
from django.conf import settings

from mtd.accounts.models import User
from mtd.agreements.models import Party
from mtd.guide.pack import Question, QuestionType
from mtd.organizations.cast import Cast

from .clock import Calendar, iso

FOLDER = "content/demo"


@cache
def read(name: str) -> dict[str, Any]:
    """One file of answers."""
    path = settings.BASE_DIR / FOLDER / f"answers-{name}.yaml"
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return data


def english(slug: str) -> dict[str, Any]:
    """What one of the networks that write in English agreed on."""
    common, own = read("english"), read("europe").get(slug, {})
    merged = {**common["answers"], **own}
    return {"language": "en", "answers": {key: value for key, value in merged.items() if value is not None}}


@dataclass
class Table:
    """Who sits at the table: organisations of the cast by key, and what an answer may name."""

    cast: Cast
    keys: list[str]
    parties: Mapping[str, Party]
    language: str
    calendar: Calendar
    bases: frozenset[str] = frozenset()
    _numbers: dict[str, int] = field(default_factory=dict)

    def value(self, question: Question, raw: Mapping[str, Any]) -> dict[str, Any]:
        """The answer as the system keeps it."""
        match question.type:
            case QuestionType.PARTIES:
                return {"parties": [str(self.parties[key].pk) for key in self._chosen(raw["parties"])]}
            case QuestionType.CONTACT:
                return {"contacts": self._contacts(raw)}
            case QuestionType.TABLE:
                return {"rows": self._rows(raw)}
            case QuestionType.DATE:
                return {"date": iso(self.calendar.day(raw["date"]))}
            case QuestionType.LEGAL_BASIS:
                return self._worded({**raw, "bases": [key for key in raw["bases"] if key in self.bases]})
            case _:
                return self._worded(raw)

    def _chosen(self, wanted: Any) -> list[str]:
        if wanted == "all":
            return self.keys
        if isinstance(wanted, Mapping):
            return [k for k in self.keys if self._system(k) == wanted["system"]][:1]
        return list(wanted)

    def _system(self, key: str) -> str:
        return str(self.cast.organizations[key].help_system)

    def _worded(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        worded = dict(raw)
        for name in ("text", "other", "condition"):
            said = worded.get(name)
            if isinstance(said, str):
                worded[name] = {self.language: self.calendar.told(said, self.language)}
        return worded

    def _rows(self, raw: Mapping[str, Any]) -> list[dict[str, Any]]:
        if "by_system" in raw:
            found = [{"party": key, **raw["by_system"][self._system(key)]} for key in self.keys]
        else:
            found = [dict(row) for row in raw["rows"]]
        for row in found:
            if "party" in row:
                row["party"] = str(self.parties[row["party"]].pk)
            for name, cell in row.items():
                if isinstance(cell, date):
                    row[name] = iso(self.calendar.day(cell))
        return found

    def _contacts(self, raw: Mapping[str, Any]) -> dict[str, dict[str, str]]:
        if "by_system" in raw:
            given = {key: raw["by_system"][self._system(key)] for key in self.keys}
        else:
            given = {key: row for key, row in raw["contacts"].items() if key in self.parties}
        return {str(self.parties[key].pk): self._contact(key, row) for key, row in given.items()}

    def _contact(self, key: str, row: Mapping[str, Any]) -> dict[str, str]:
        lead = self.cast.lead(key)
        person = self.cast.people[row["person"]] if "person" in row else speaker(self.cast, key)
        contact = {
            "name": person.full_name,
            "role": row["role"],
            "phone": self._phone(person),
            "email": person.email,
            "hours": row.get("hours", ""),
        }
        if lead != person:
            contact |= {
                "deputy_name": lead.full_name,
                "deputy_phone": self._phone(lead),
                "deputy_email": lead.email,
            }
        return {name: text for name, text in contact.items() if text}

    def _phone(self, person: User) -> str:
        number = self._numbers.setdefault(person.email, 101 + len(self._numbers))
        # German numbers that the regulator keeps free for films and books; elsewhere only an extension.
        return f"0221 4710-{number}" if self.language == "de" else f"ext. {number}"


def speaker(cast: Cast, key: str) -> User:
    """Who answers for an organisation: a worker, or the lead where there is no worker."""
    try:
        return cast.worker(key)
    except KeyError:
        return cast.lead(key)
