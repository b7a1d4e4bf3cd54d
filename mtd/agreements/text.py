"""The text of an agreement: assembled from what was agreed, frozen as data, compared clause by clause.

Pure given a Room. What the parties did not agree reads "not agreed", never a silent default. The same
`AgreementText` is shown as a page, rendered as PDF and DOCX, stored in a signing round and compared with
the next version.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from mtd.guide.pack import say
from mtd.guide.wording import ClauseWording, clause_text

from .queries import Room

FORMAT = 1


@dataclass(frozen=True)
class ClauseVersion:
    """One clause in one language."""

    paragraphs: tuple[str, ...]
    bullets: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    amended: bool = False
    """The parties agreed on a wording of their own."""

    @property
    def plain(self) -> str:
        """Everything as one text, for comparing and for editing."""
        lines = list(self.paragraphs) + [f"– {bullet}" for bullet in self.bullets]
        if self.rows:
            lines += [" | ".join(self.header)] + [" | ".join(row) for row in self.rows]
        return "\n\n".join(lines)


@dataclass(frozen=True)
class ClauseText:
    """One clause (one question of the guide) in all languages of the agreement."""

    key: str
    number: str
    titles: Mapping[str, str]
    agreed: bool
    texts: Mapping[str, ClauseVersion]
    question_mark: bool = False
    """The wording was agreed for an earlier answer; the parties should look at it again."""


@dataclass(frozen=True)
class PartText:
    """One of the 19 parts."""

    key: str
    number: int
    titles: Mapping[str, str]
    clauses: tuple[ClauseText, ...]


@dataclass(frozen=True)
class PartyText:
    """A party as it stands in the text."""

    id: str
    name: str
    help_system: str
    legal_form: str
    city: str


@dataclass(frozen=True)
class AnnexText:
    """An annex that belongs to the text, by version number."""

    key: str
    kind: str
    title: str
    number: int


@dataclass(frozen=True)
class AgreementText:
    """The whole text as data."""

    code: str
    title: str
    purpose: str
    network: str
    country: str
    number: int
    kind: str
    legal_form: str
    languages: tuple[str, ...]
    binding_language: str
    guide: str
    guide_version: str
    in_force_from: str
    review_on: str
    ends_on: str
    parties: tuple[PartyText, ...]
    parts: tuple[PartText, ...]
    annexes: tuple[AnnexText, ...] = ()
    draft: bool = True

    def clause(self, key: str) -> ClauseText | None:
        """The clause with this key, if the text has it."""
        return next((c for part in self.parts for c in part.clauses if c.key == key), None)

    def to_json(self) -> dict[str, Any]:
        """As plain data, for storing and for handing out."""
        return {"format": FORMAT, **asdict(self)}


def assemble(room: Room, *, draft: bool = True, annexes: tuple[AnnexText, ...] = ()) -> AgreementText:
    """The text of the room's version as it reads now."""
    agreement, version = room.agreement, room.version
    return AgreementText(
        code=agreement.code,
        title=agreement.title,
        purpose=agreement.purpose,
        network=agreement.network.name,
        country=agreement.network.country,
        number=version.number,
        kind=version.kind,
        legal_form=agreement.legal_form,
        languages=agreement.languages,
        binding_language=agreement.binding_language,
        guide=room.pack.guide,
        guide_version=room.pack.version,
        in_force_from=_iso(version.in_force_from),
        review_on=_iso(version.review_on),
        ends_on=_iso(version.ends_on),
        parties=tuple(
            PartyText(
                id=str(party.pk),
                name=party.organization.name,
                help_system=party.organization.help_system,
                legal_form=party.organization.legal_form,
                city=party.organization.city,
            )
            for party in room.parties
        ),
        parts=tuple(
            PartText(
                key=part.key,
                number=part.number,
                titles={lang: say(part.title, lang) for lang in agreement.languages},
                clauses=tuple(
                    _clause(room, question.key)
                    for question in room.pack.questions_of_part(part.key)
                    if question.yields_clause and question.key in room.open_keys
                ),
            )
            for part in room.pack.parts
        ),
        annexes=annexes,
        draft=draft,
    )


def _iso(day: Any) -> str:
    return day.isoformat() if day else ""


def _clause(room: Room, key: str) -> ClauseText:
    question = room.pack.question(key)
    value = room.agreed_values.get(key)
    answer = room.answers.get(key)
    texts: dict[str, ClauseVersion] = {}
    question_mark = False
    for lang in room.agreement.languages:
        proposed = clause_text(room.pack, question, value, lang, room.context(lang))
        wording = room.wordings.get((key, lang))
        if wording is not None and value is not None:
            question_mark |= answer is not None and wording.answer_revision != answer.revision
            texts[lang] = _version(proposed, wording.text)
        else:
            texts[lang] = _version(proposed)
    return ClauseText(
        key=key,
        number=question.number,
        titles={lang: say(question.short, lang) for lang in room.agreement.languages},
        agreed=value is not None,
        texts=texts,
        question_mark=question_mark,
    )


def _version(proposed: ClauseWording, amended: str | None = None) -> ClauseVersion:
    header = tuple(proposed.table.header) if proposed.table else ()
    rows = tuple(tuple(row) for row in proposed.table.rows) if proposed.table else ()
    if amended is None:
        return ClauseVersion(tuple(proposed.paragraphs), tuple(proposed.bullets), header, rows)
    paragraphs = tuple(p.strip() for p in amended.split("\n\n") if p.strip())
    return ClauseVersion(paragraphs, (), header, rows, amended=True)


def text_from_json(data: Mapping[str, Any]) -> AgreementText:
    """The text that `to_json` stored. Raises ValueError for another format."""
    if data.get("format") != FORMAT:
        raise ValueError(f"Unknown format of a stored text: {data.get('format')!r}")
    fields = {name: value for name, value in data.items() if name != "format"}
    fields["languages"] = tuple(data["languages"])
    fields["parties"] = tuple(PartyText(**party) for party in data["parties"])
    fields["annexes"] = tuple(AnnexText(**annex) for annex in data["annexes"])
    fields["parts"] = tuple(
        PartText(**{**part, "clauses": tuple(_clause_from_json(clause) for clause in part["clauses"])})
        for part in data["parts"]
    )
    return AgreementText(**fields)


def _clause_from_json(data: Mapping[str, Any]) -> ClauseText:
    texts = {
        lang: ClauseVersion(
            paragraphs=tuple(text["paragraphs"]),
            bullets=tuple(text["bullets"]),
            header=tuple(text["header"]),
            rows=tuple(tuple(row) for row in text["rows"]),
            amended=text["amended"],
        )
        for lang, text in data["texts"].items()
    }
    return ClauseText(**{**data, "texts": texts})


@dataclass(frozen=True)
class ClauseChange:
    """How one clause differs between two texts."""

    kind: str
    """added, removed or changed."""
    key: str
    number: str
    title: str
    old: str
    new: str

    @property
    def likeness(self) -> float:
        """0 … 1: how much of the wording stayed."""
        return difflib.SequenceMatcher(a=self.old.split(), b=self.new.split(), autojunk=False).ratio()


def difference(old: AgreementText, new: AgreementText, language: str) -> tuple[ClauseChange, ...]:
    """The clauses that differ, in the order of the new text; removed ones at the end."""
    before = {c.key: c for part in old.parts for c in part.clauses}
    after = {c.key: c for part in new.parts for c in part.clauses}
    changes = []
    for key, clause in after.items():
        old_text = _plain(before[key], language) if key in before else ""
        new_text = _plain(clause, language)
        if key not in before:
            changes.append(_change("added", clause, "", new_text, language))
        elif old_text != new_text:
            changes.append(_change("changed", clause, old_text, new_text, language))
    for key, clause in before.items():
        if key not in after:
            changes.append(_change("removed", clause, _plain(clause, language), "", language))
    return tuple(changes)


def _plain(clause: ClauseText, language: str) -> str:
    if not clause.agreed:
        return ""
    version = clause.texts.get(language) or next(iter(clause.texts.values()))
    return version.plain


def _change(kind: str, clause: ClauseText, old: str, new: str, language: str) -> ClauseChange:
    return ClauseChange(kind, clause.key, clause.number, say(clause.titles, language), old, new)
