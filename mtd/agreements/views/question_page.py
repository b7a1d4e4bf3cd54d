"""What a question's page shows: the positions, the versions side by side, what happened, how to go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext, pgettext

from mtd.agreements.models import Answer, Entry, Party, Position
from mtd.agreements.permissions import can_speak
from mtd.agreements.queries import Room
from mtd.agreements.standing import AGREED, DIFFERS, OPEN, PARKED, PartyStand, QuestionStand
from mtd.core.errors import Denied
from mtd.core.templatetags.mtd import diff_words, moment, side
from mtd.guide.pack import Example, Question, QuestionType, say
from mtd.guide.wording import clause_text, format_answer, same_answer

KINDS = {AGREED: "good", DIFFERS: "differ", PARKED: "parked", OPEN: "open"}
SHORT = 90
"""Characters that fit on a bank; longer answers stand in the versions below."""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def state_label(state: str) -> str:
    """The state of a whole question in words."""
    return {
        AGREED: pgettext("question", "agreed"),
        DIFFERS: pgettext("question", "differs"),
        PARKED: pgettext("question", "parked"),
        OPEN: pgettext("question", "still open"),
    }[state]


def reader_language(room: Room) -> str:
    """The language in which the person reads the guide."""
    return room.pack.language(get_language() or "en")


def answer_line(room: Room, question: Question, value: Mapping[str, Any] | None, language: str = "") -> str:
    """An answer in one line, as the person reads it."""
    names = {str(party.pk): party.organization.name for party in room.parties}
    return format_answer(question, value, language or reader_language(room), parties=names, bases=room.bases)


def wording(room: Room, question: Question, value: Mapping[str, Any] | None, language: str) -> str:
    """What the agreement would say: the clause with its table; the plain answer where no clause comes of it."""
    if value is None:
        return ""
    said = clause_text(room.pack, question, value, language, room.context(language, room.values))
    lines = [said.text] if said.text else []
    if said.table:
        lines += [" · ".join(cell for cell in row if cell) for row in said.table.rows]
    return "\n".join(lines) or answer_line(room, question, value, language)


@dataclass(frozen=True)
class PartyView:
    """One party on its bank."""

    name: str
    short: str
    system: str
    us: bool
    value: str
    kind: str
    label: str
    reason: str
    bank: str
    said_at: datetime | None


@dataclass(frozen=True)
class Alternative:
    """One version of the answer: the one on the table, or what a party proposes instead."""

    letter: str
    who: str
    system: str
    text: SafeString
    on_table: bool
    reasons: tuple[str, ...]
    position: Position | None
    """The position to adopt; None for the answer on the table."""
    seen: str = ""
    same: bool = False


@dataclass(frozen=True)
class Happened:
    """One line of the question's history."""

    when: datetime
    what: str
    who: str
    detail: str
    kind: str
    entry: Entry
    restorable: bool


def party_views(room: Room, stand: QuestionStand) -> list[PartyView]:
    """Every party with what it says, in the order of the agreement."""
    return [_party_view(room, stand, one) for one in stand.parties]


def _party_view(room: Room, stand: QuestionStand, one: PartyStand) -> PartyView:
    position, organization = one.position, one.party.organization
    value = ""
    if own_contact(stand.question):
        value = _contact_of(stand, one.party)
    elif position and position.proposal is not None:
        value = _short(answer_line(room, stand.question, position.proposal), SHORT)
    elif one.state == AGREED and stand.answer:
        value = answer_line(room, stand.question, stand.answer.value)
        value = value if len(value) <= SHORT else gettext("as on the table")
    if one.state == DIFFERS and not value:
        value = gettext("not like this")
    labels = {
        AGREED: pgettext("party's position", "agrees"),
        DIFFERS: pgettext("party's position", "differs"),
        PARKED: pgettext("party's position", "parked"),
        OPEN: pgettext("party's position", "agreed to an earlier answer")
        if one.stale
        else pgettext("party's position", "has not said yet"),
    }
    return PartyView(
        name=organization.name,
        short=organization.short_name,
        system=organization.help_system,
        us=room.my_party is not None and one.party.pk == room.my_party.pk,
        value=value,
        kind=KINDS[one.state],
        label=labels[one.state],
        reason=position.reason if position else "",
        bank=side(organization.help_system),
        said_at=position.at if position else None,
    )


def _contact_of(stand: QuestionStand, party: Party) -> str:
    """Whom this party names."""
    contacts = stand.answer.value.get("contacts", {}) if stand.answer else {}
    contact = contacts.get(str(party.pk), {})
    return contact.get("name") or contact.get("role") or gettext("nobody named yet")


def _short(text: str, most: int = 400) -> str:
    """The beginning of a long text: the banks compare, the versions below say all."""
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + " …"


def alternatives(room: Room, stand: QuestionStand) -> list[Alternative]:
    """The answer on the table and every different proposal beside it, with the words that differ marked."""
    groups: list[tuple[Mapping[str, Any], list[PartyStand], Position | None]] = []
    if stand.answer:
        groups.append((stand.answer.value, [p for p in stand.parties if p.state == AGREED], None))
    for one in stand.parties:
        if one.state != DIFFERS or one.position is None or one.position.proposal is None:
            continue
        for value, members, _first in groups:
            if same_answer(value, one.position.proposal):
                members.append(one)
                break
        else:
            groups.append((one.position.proposal, [one], one.position))
    if len(groups) < 2 and stand.answer:
        return []
    language = room.agreement.language
    texts = [wording(room, stand.question, value, language) for value, _members, _position in groups]
    found = []
    for number, (_value, members, position) in enumerate(groups):
        other = texts[0] if number else texts[1] if len(texts) == 2 else texts[0]
        found.append(
            Alternative(
                letter=LETTERS[number % 26],
                who=", ".join(p.party.organization.short_name for p in members),
                system=_common_system([p.party for p in members]),
                text=diff_words(other, texts[number]).right,
                on_table=position is None,
                reasons=tuple(p.position.reason for p in members if p.position and p.position.reason),
                position=position,
                seen=position.at.isoformat() if position else "",
            )
        )
    return found


def _common_system(parties: list[Party]) -> str:
    systems = {party.organization.help_system for party in parties}
    return systems.pop() if len(systems) == 1 else ""


def happenings(room: Room, question: Question, entries: list[Entry], now: Answer | None) -> list[Happened]:
    """The question's history in sentences, newest first."""
    return [_happened(room, question, entry, now) for entry in entries]


def _happened(room: Room, question: Question, entry: Entry, now: Answer | None) -> Happened:
    new = entry.data.get("new")
    restorable = (
        entry.kind == Entry.Kind.ANSWER
        and not question.per_party
        and isinstance(new, dict)
        and not (now is not None and same_answer(now.value, new))
    )
    who = ", ".join(
        part
        for part in (
            entry.by.full_name if entry.by else "",
            entry.party.organization.short_name if entry.party else "",
        )
        if part
    )
    what, detail, kind = sentence(room, question, entry)
    return Happened(entry.at, what, who, detail, kind, entry, restorable)


def sentence(room: Room, question: Question, entry: Entry) -> tuple[str, str, str]:
    """What happened, the details, and the kind of mark it gets."""
    data = entry.data
    if entry.kind == Entry.Kind.ANSWER:
        new = _short(answer_line(room, question, data.get("new")), 300)
        old = data.get("old")
        if question.per_party:
            return gettext("Contact entered or changed"), data.get("reason", ""), "work"
        if data.get("restored"):
            what = gettext("Put an earlier answer back on the table: %(answer)s") % {"answer": new}
        elif data.get("proposed_by"):
            what = gettext("Put %(party)s’s proposal on the table: %(answer)s") % {
                "party": _party_name(room, data["proposed_by"]),
                "answer": new,
            }
        elif old:
            what = gettext("Changed the answer to: %(answer)s") % {"answer": new}
        else:
            what = gettext("Put the first answer on the table: %(answer)s") % {"answer": new}
        before = (
            gettext("Before: %(answer)s") % {"answer": _short(answer_line(room, question, old), 300)}
            if old
            else ""
        )
        return what, "\n".join(part for part in (before, data.get("reason", "")) if part), "work"
    if entry.kind == Entry.Kind.POSITION:
        stance = data.get("stance")
        what = {
            "agree": gettext("Agreed to the answer"),
            "differ": gettext("Sees it differently"),
            "parked": gettext("Parked the question"),
        }.get(str(stance), "")
        if data.get("proposal"):
            what = gettext("Proposed instead: %(answer)s") % {
                "answer": _short(answer_line(room, question, data["proposal"]), 300)
            }
        return what, data.get("reason", ""), {"agree": "good", "differ": "late"}.get(str(stance), "")
    return entry.get_kind_display(), str(data.get("reason", "")), ""


def _party_name(room: Room, pk: str) -> str:
    for party in room.agreement.parties.all() if not room.parties else room.parties:
        if str(party.pk) == pk:
            return party.organization.short_name
    return gettext("a former party")


def news_line(entries: list[Entry]) -> str:
    """Who changed what since the page was opened, in one sentence."""
    newest = entries[0]
    who = newest.party.organization.name if newest.party else gettext("Somebody")
    clock = moment(newest.at).rpartition(", ")[2]
    if any(entry.kind == Entry.Kind.ANSWER for entry in entries):
        first = next(entry for entry in entries if entry.kind == Entry.Kind.ANSWER)
        who = first.party.organization.name if first.party else who
        clock = moment(first.at).rpartition(", ")[2]
        return gettext("%(who)s changed the answer at %(time)s.") % {"who": who, "time": clock}
    if newest.kind == Entry.Kind.POSITION:
        return gettext("%(who)s stated its position at %(time)s.") % {"who": who, "time": clock}
    return gettext("Something changed on this question at %(time)s.") % {"time": clock}


def examples(room: Room, question: Question) -> list[tuple[Example, str]]:
    """What others agreed, each with its text in the reader's language."""
    language = reader_language(room)
    found = [room.pack.examples[key] for key in question.examples if key in room.pack.examples]
    return [(example, say(example.text, language)) for example in found]


def clauses(room: Room, question: Question, value: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """The proposed clause in every language of the agreement, the binding one marked."""
    if value is None or not question.yields_clause:
        return []
    agreement = room.agreement
    return [
        {
            "language": language,
            "binding": agreement.binding_language == language and bool(agreement.second_language),
            "wording": clause_text(room.pack, question, value, language, room.context(language, room.values)),
        }
        for language in agreement.languages
    ]


def neighbours(room: Room, key: str) -> dict[str, Any]:
    """The questions before and after, and the next one that waits for our party."""
    stands = list(room.standing.by_key.values())
    keys = [stand.key for stand in stands]
    at = keys.index(key) if key in keys else -1
    waiting = room.standing.waiting_for(room.my_party.pk) if room.my_party else ()
    after = [stand for stand in waiting if stand.key != key]
    later = [stand for stand in after if at >= 0 and keys.index(stand.key) > at] or after
    return {
        "previous": stands[at - 1] if at > 0 else None,
        "next": stands[at + 1] if 0 <= at < len(stands) - 1 else None,
        "next_waiting": later[0] if later else None,
        "waiting_count": len(after),
    }


def short_label(room: Room, question: Question) -> str:
    """The question's title in the reader's language."""
    return say(question.short, reader_language(room))


def missing_text(room: Room, stand: QuestionStand) -> str:
    """Who is missing, in words; empty when nobody is."""
    waiting = stand.waiting_for
    if not waiting:
        return ""
    if len(waiting) == len(stand.parties) and len(waiting) > 2:
        return ngettext("all %(count)s parties", "all %(count)s parties", len(waiting)) % {
            "count": len(waiting)
        }
    return ", ".join(party.organization.short_name for party in waiting)


def question_url(room: Room, key: str, route: str = "question") -> str:
    """The address of a question's page."""
    return reverse(f"agreements:{route}", args=[room.agreement.pk, key])


def own_contact(question: Question) -> bool:
    """True when every party names its own contact here."""
    return question.type == QuestionType.CONTACT and question.per_party


def why_not_here(room: Room) -> Any:
    """Why this person cannot speak here; empty when they can."""
    permission = can_speak(room.actor, room.agreement, room.version)
    return permission.reason if isinstance(permission, Denied) else ""


def question_or_404(room: Room, key: str) -> Question:
    """A question of the guide; 404 when it does not ask such a one."""
    if not room.pack.has_question(key):
        raise Http404
    return room.pack.question(key)


def positions_context(room: Room, stand: QuestionStand | None, *, may_speak: bool) -> dict[str, Any]:
    """Context of the positions: the same on the page, in a fragment and in a meeting."""
    if stand is None:
        return {"positions": [], "alternatives": [], "stand": None}
    views = party_views(room, stand)
    return {
        "positions": views,
        "banks": {bank: [view for view in views if view.bank == bank] for bank in ("care", "youth", "other")},
        "alternatives": alternatives(room, stand),
        "stand": stand,
        "state_kind": KINDS[stand.state],
        "state_label": state_label(stand.state),
        "differs": stand.state == DIFFERS,
        "agreed": stand.state == "agreed",
        "seen": stand.answer.revision if stand.answer else 0,
        "may_speak": may_speak,
    }


def pulse_address(room: Room, asked: Question, entries: list[Entry]) -> str:
    """What an open page asks every few seconds: what it has seen, and its newest entry of the history."""
    last = entries[0].pk if entries else 0
    url = question_url(room, asked.key, "question_pulse")
    return f"{url}?seen={room.version.revision}&last={last}"
