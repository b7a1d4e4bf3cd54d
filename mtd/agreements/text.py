"""The text of an agreement: assembled from what was agreed, frozen as data, compared clause by clause.

Given a Room and its annexes. What the parties did not agree reads "not agreed", never a silent default. The
same `AgreementText` is shown as a page, rendered as PDF and DOCX, stored in a signing round and compared with the
next version.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.utils.translation import override

from mtd.countries.queries import country
from mtd.guide.pack import say
from mtd.guide.wording import ClauseContext, ClauseWording, clause_text

from .annexes import AnnexText, annex_from_json, annexes_of
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

    @property
    def wording(self) -> str:
        """What may be worded differently: the sentences without the table, which comes from the answer."""
        return "\n\n".join(
            [*self.paragraphs, *(["\n".join(f"– {b}" for b in self.bullets)] if self.bullets else [])]
        )


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
    guide_title: str = ""
    """The guide as people call it, in the agreement's main language."""

    def clause(self, key: str) -> ClauseText | None:
        """The clause with this key, if the text has it."""
        return next((c for part in self.parts for c in part.clauses if c.key == key), None)

    def to_json(self) -> dict[str, Any]:
        """As plain data, for storing and for handing out."""
        return {"format": FORMAT, **asdict(self)}


def assemble(
    room: Room, *, draft: bool = True, annexes: tuple[AnnexText, ...] | None = None
) -> AgreementText:
    """The text of the room's version as it reads now, with the annexes that belong to it (None: look them up).

    Says the same whatever language the reader works in.
    """
    agreement, version = room.agreement, room.version
    contexts = {language: context_of(room, language, room.agreed_values) for language in agreement.languages}
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
        guide_title=say(room.pack.title, agreement.language),
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
                    _clause(room, question.key, contexts)
                    for question in room.pack.questions_of_part(part.key)
                    if question.yields_clause and question.key in room.open_keys
                ),
            )
            for part in room.pack.parts
        ),
        annexes=annexes_of(room, contexts) if annexes is None else annexes,
        draft=draft,
    )


def _iso(day: Any) -> str:
    return day.isoformat() if day else ""


def context_of(room: Room, language: str, answers: Mapping[str, Any]) -> ClauseContext:
    """What clause texts may name, wholly in the language of the text, whoever reads it."""
    with override(language):
        bases = country(room.agreement.network.country).legal_bases
        return replace(
            room.context(language, answers), bases={basis.key: say(basis.titles, language) for basis in bases}
        )


def _clause(room: Room, key: str, contexts: Mapping[str, ClauseContext]) -> ClauseText:
    question = room.pack.question(key)
    value = room.agreed_values.get(key)
    texts = {
        language: _in_language(room, key, value, language, contexts[language])
        for language in room.agreement.languages
    }
    return ClauseText(
        key=key,
        number=question.number,
        titles={lang: say(question.short, lang) for lang in room.agreement.languages},
        agreed=value is not None,
        texts=texts,
        question_mark=value is not None
        and any(is_stale(room, key, language) for language in room.agreement.languages),
    )


def is_stale(room: Room, key: str, language: str) -> bool:
    """The wording was agreed for an earlier answer than the one on the table."""
    wording, answer = room.wordings.get((key, language)), room.answers.get(key)
    return wording is not None and answer is not None and wording.answer_revision != answer.revision


def _in_language(
    room: Room, key: str, value: Mapping[str, Any] | None, language: str, context: ClauseContext
) -> ClauseVersion:
    proposed = clause_text(room.pack, room.pack.question(key), value, language, context)
    wording = room.wordings.get((key, language))
    if wording is not None and value is not None:
        return _version(proposed, wording.text)
    return _version(proposed)


def clause_on_table(room: Room, key: str, language: str) -> ClauseVersion | None:
    """The clause as it would read if the answer on the table were agreed; None while there is no answer.

    This is what proposals for another wording are compared with.
    """
    if key not in room.answers:
        return None
    return _in_language(room, key, room.values[key], language, context_of(room, language, room.values))


def proposed_from_answer(room: Room, key: str, language: str) -> ClauseVersion | None:
    """The wording that the guide proposes for the answer on the table, whatever was agreed instead."""
    if key not in room.answers:
        return None
    context = context_of(room, language, room.values)
    return _version(clause_text(room.pack, room.pack.question(key), room.values[key], language, context))


def _version(proposed: ClauseWording, amended: str | None = None) -> ClauseVersion:
    header = tuple(proposed.table.header) if proposed.table else ()
    rows = tuple(tuple(row) for row in proposed.table.rows) if proposed.table else ()
    if amended is None:
        return ClauseVersion(tuple(proposed.paragraphs), tuple(proposed.bullets), header, rows)
    paragraphs, bullets = _read(amended)
    return ClauseVersion(paragraphs, bullets, header, rows, amended=True)


def _read(wording: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Paragraphs, and the list at the end if there is one (lines that begin with a dash)."""
    blocks = [block.strip() for block in wording.replace("\r\n", "\n").split("\n\n") if block.strip()]
    bullets: list[str] = []
    while len(blocks) > 1 and all(line.lstrip().startswith("– ") for line in blocks[-1].split("\n")):
        bullets[:0] = [line.lstrip().removeprefix("– ").strip() for line in blocks.pop().split("\n")]
    return tuple(blocks), tuple(bullets)


def text_from_json(data: Mapping[str, Any]) -> AgreementText:
    """The text that `to_json` stored. Raises ValueError for another format."""
    if data.get("format") != FORMAT:
        raise ValueError(f"Unknown format of a stored text: {data.get('format')!r}")
    fields = {name: value for name, value in data.items() if name != "format"}
    fields["languages"] = tuple(data["languages"])
    fields["parties"] = tuple(PartyText(**party) for party in data["parties"])
    fields["annexes"] = tuple(annex_from_json(annex) for annex in data["annexes"])
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
