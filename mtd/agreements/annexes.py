"""Annexes: what they say, in every language of the agreement.

An annex is versioned apart from the text. Until somebody writes a version of their own, contact list, profiles and
the two charts follow what was agreed; forms come from `content/forms`. What an annex says is frozen into the signed
text, so a later version never changes an earlier one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from mtd.countries.queries import country
from mtd.guide.pack import say
from mtd.guide.wording import ClauseContext, clause_text, format_answer, not_agreed

from .models import Annex, AnnexVersion
from .queries import Room

CONTACT_FIELDS = (
    "name",
    "role",
    "phone",
    "email",
    "hours",
    "deputy_name",
    "deputy_phone",
    "deputy_email",
)
STEP_FIELDS = ("name", "who", "whom", "by_when")
_SIDES = {"addiction_care": "care", "youth_welfare": "youth", "youth_office": "youth"}
# Which agreed times and rhythms stand beside which step of the chart.
_FLOWS: dict[str, tuple[str, dict[str, tuple[str, ...]]]] = {
    Annex.Kind.CASE_FLOW: (
        "case_steps",
        {
            "consultation": ("consultation_answer",),
            "consent": ("referral_ack", "referral_feedback"),
            "first_meeting": ("first_meeting_deadline",),
            "conference": ("conference_start",),
            "review": ("conference_rhythm",),
        },
    ),
    Annex.Kind.ENDANGERMENT: (
        "danger_steps",
        {"inform": ("danger_written", "danger_ack"), "answer": ("danger_feedback",)},
    ),
}
_FORMS = settings.BASE_DIR / "content" / "forms"


@dataclass(frozen=True)
class Promise:
    """A time or rhythm that belongs to a step; `text` is empty when it was not agreed."""

    title: str
    text: str


@dataclass(frozen=True)
class FlowStep:
    """One step of a chart: what, who turns to whom, by when."""

    name: str
    who: str = ""
    whom: str = ""
    by_when: str = ""
    side: str = ""
    """The help system that acts: "care", "youth" or none of the two."""
    agreed: bool = True
    promises: tuple[Promise, ...] = ()


@dataclass(frozen=True)
class Section:
    """A titled piece of an annex: the profile of one service, a group of lines on a form."""

    title: str
    facts: tuple[tuple[str, str], ...] = ()
    paragraphs: tuple[str, ...] = ()


@dataclass(frozen=True)
class AnnexBody:
    """What an annex says in one language."""

    title: str
    paragraphs: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    steps: tuple[FlowStep, ...] = ()
    sections: tuple[Section, ...] = ()
    agreed: bool = True
    urgent: str = ""
    """The line above the endangerment chart: whom to call at once."""

    @property
    def plain(self) -> str:
        """Everything as one text, for comparing versions."""
        lines = list(self.paragraphs)
        if self.rows:
            lines += [" | ".join(self.header), *(" | ".join(row) for row in self.rows)]
        for step in self.steps:
            lines.append(" | ".join([step.name, step.who, step.whom, step.by_when]))
        for section in self.sections:
            facts = [f"{name}: {value}" for name, value in section.facts]
            lines.append("\n".join([section.title, *facts, *section.paragraphs]))
        return "\n\n".join(line for line in lines if line.strip(" |"))


@dataclass(frozen=True)
class AnnexText:
    """An annex as it belongs to a text: which version, and what it says."""

    key: str
    kind: str
    number: int
    bodies: Mapping[str, AnnexBody] = field(default_factory=dict)
    file_name: str = ""
    file_sha256: str = ""

    def body(self, language: str) -> AnnexBody:
        """The annex in this language, else in the first there is."""
        return self.bodies.get(language) or next(iter(self.bodies.values()))

    @property
    def title(self) -> str:
        return next(iter(self.bodies.values())).title


@dataclass(frozen=True)
class Default:
    """An annex that every agreement begins with."""

    kind: str
    key: str
    titles: Mapping[str, str]


def annex_from_json(data: Mapping[str, Any]) -> AnnexText:
    """The annex that was stored with a text."""
    bodies = {language: _body_from_json(body) for language, body in data.get("bodies", {}).items()}
    return AnnexText(**{**data, "bodies": bodies})


def _body_from_json(data: Mapping[str, Any]) -> AnnexBody:
    steps = tuple(
        FlowStep(**{**step, "promises": tuple(Promise(**promise) for promise in step["promises"])})
        for step in data["steps"]
    )
    sections = tuple(
        Section(section["title"], tuple((a, b) for a, b in section["facts"]), tuple(section["paragraphs"]))
        for section in data["sections"]
    )
    return AnnexBody(
        **{
            **data,
            "paragraphs": tuple(data["paragraphs"]),
            "header": tuple(data["header"]),
            "rows": tuple(tuple(row) for row in data["rows"]),
            "steps": steps,
            "sections": sections,
        }
    )


def body_to_json(body: AnnexBody) -> dict[str, Any]:
    """As plain data, for storing."""
    return asdict(body)


# ---------------------------------------------------------------- forms of our own


@dataclass(frozen=True)
class FormLine:
    """One line of a form: a text to read, a field to fill, boxes to tick, or a line to sign."""

    kind: str
    texts: Mapping[str, str]
    lines: int = 1
    options: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True)
class FormPack:
    """A form in own words, in several languages."""

    key: str
    order: int
    titles: Mapping[str, str]
    purposes: Mapping[str, str]
    lines: tuple[FormLine, ...]


@cache
def forms() -> tuple[FormPack, ...]:
    """The forms we ship, in order."""
    found = [_form(path) for path in sorted(Path(_FORMS).glob("*.yaml"))]
    return tuple(sorted(found, key=lambda one: one.order))


def form(key: str) -> FormPack | None:
    """One of our forms by key."""
    return next((one for one in forms() if one.key == key), None)


def _form(path: Path) -> FormPack:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    lines = tuple(
        FormLine(
            kind=line["kind"],
            texts=line["text"],
            lines=int(line.get("lines", 1)),
            options=tuple(line.get("options", ())),
        )
        for line in data["lines"]
    )
    return FormPack(path.stem, int(data["order"]), data["title"], data["purpose"], lines)


# ---------------------------------------------------------------- which annexes, and what they say


def defaults(room: Room) -> tuple[Default, ...]:
    """The annexes that an agreement begins with, as far as its guide asks for them."""
    pack = room.pack
    wanted: list[tuple[str, str]] = []
    if pack.has_question("contact_persons"):
        wanted.append((Annex.Kind.CONTACTS, "contacts"))
    wanted.append((Annex.Kind.PROFILES, "profiles"))
    wanted += [(kind, kind) for kind, (key, _extra) in _FLOWS.items() if pack.has_question(key)]
    languages = room.agreement.languages
    found = [
        Default(kind, key, {lang: _kind_title(kind, lang) for lang in languages}) for kind, key in wanted
    ]
    found += [
        Default(Annex.Kind.FORM, f"form_{one.key}", {lang: say(one.titles, lang) for lang in languages})
        for one in forms()
    ]
    return tuple(found)


def _kind_title(kind: str, language: str) -> str:
    with override(language):
        return str(Annex.Kind(kind).label)


def load_annexes(room: Room) -> list[Annex]:
    """The agreement's annexes with all their versions, newest first (two queries)."""
    versions = (
        AnnexVersion.objects.select_related("file", "proposed_by__organization", "by", "approved_by")
        .defer("file__content")
        .order_by("-number")
    )
    return list(room.agreement.annexes.prefetch_related(Prefetch("versions", queryset=versions)))


def valid_version(annex: Annex) -> AnnexVersion | None:
    """The version in force; before the first one is, the newest that is proposed."""
    versions = sorted(annex.versions.all(), key=lambda v: -v.number)
    in_force = [v for v in versions if v.state == AnnexVersion.State.IN_FORCE]
    proposed = [v for v in versions if v.state == AnnexVersion.State.PROPOSED]
    return next(iter(in_force or proposed), None)


def annexes_of(room: Room, contexts: Mapping[str, ClauseContext]) -> tuple[AnnexText, ...]:
    """The annexes that belong to the text now: the valid versions; the default ones until somebody wrote any."""
    rows = load_annexes(room)
    found = []
    known = {annex.key for annex in rows}
    for default in defaults(room):
        if default.key not in known:
            bodies = {
                lang: body_of(room, default.kind, default.key, {}, lang, contexts[lang]) for lang in contexts
            }
            found.append((_ORDER.index(default.kind), 0, AnnexText(default.key, default.kind, 1, bodies)))
    for annex in rows:
        version = valid_version(annex)
        if version is not None:
            found.append((_ORDER.index(annex.kind), annex.order, annex_text(room, annex, version, contexts)))
    return tuple(text for _kind, _order, text in sorted(found, key=lambda one: one[:2]))


_ORDER = [str(value) for value in Annex.Kind.values]


def annex_text(
    room: Room, annex: Annex, version: AnnexVersion, contexts: Mapping[str, ClauseContext]
) -> AnnexText:
    """What one version of an annex says."""
    bodies = {
        lang: body_of(room, annex.kind, annex.key, version.content, lang, context, title=annex.title)
        for lang, context in contexts.items()
    }
    name, sha256 = (version.file.name, version.file.sha256) if version.file else ("", "")
    return AnnexText(annex.key, annex.kind, version.number, bodies, name, sha256)


def body_of(
    room: Room,
    kind: str,
    key: str,
    content: Mapping[str, Any],
    language: str,
    context: ClauseContext,
    title: str = "",
) -> AnnexBody:
    """What an annex with this content says in this language; empty content follows what was agreed.

    `bodies` in the content is what was signed and is shown as it was.
    """
    if content.get("bodies"):
        bodies = content["bodies"]
        return _body_from_json(bodies.get(language) or next(iter(bodies.values())))
    shown = title or _kind_title(kind, language)
    with override(language):
        match kind:
            case Annex.Kind.CONTACTS:
                return _contacts(room, content, language, context, _kind_title(kind, language))
            case Annex.Kind.PROFILES:
                return _profiles(room, content, language, context, _kind_title(kind, language))
            case Annex.Kind.CASE_FLOW | Annex.Kind.ENDANGERMENT:
                return _flow(room, kind, content, language, context)
            case Annex.Kind.FORM if form(key.removeprefix("form_")) and not content.get("text"):
                return _form_body(key.removeprefix("form_"), language)
    text = say(content.get("text") or {}, language)
    return AnnexBody(title=shown, paragraphs=tuple(p.strip() for p in text.split("\n\n") if p.strip()))


def contacts_now(room: Room) -> dict[str, dict[str, str]]:
    """The contacts that were agreed, by party."""
    agreed = room.agreed_values.get("contact_persons") or {}
    return {str(pk): dict(contact) for pk, contact in agreed.get("contacts", {}).items()}


def _contacts(
    room: Room, content: Mapping[str, Any], language: str, context: ClauseContext, title: str
) -> AnnexBody:
    contacts = content.get("contacts") or contacts_now(room)
    header = (
        pgettext("contact list", "Party"),
        pgettext("contact list", "Contact"),
        pgettext("contact list", "How to reach"),
        pgettext("contact list", "When"),
        pgettext("contact list", "Deputy"),
    )
    rows = []
    for pk, name in context.parties.items():
        one = contacts.get(pk)
        if not one:
            rows.append((name, not_agreed(language), "", "", ""))
            continue
        rows.append(
            (
                name,
                _joined(one, "name", "role"),
                _joined(one, "phone", "email"),
                one.get("hours", ""),
                _joined(one, "deputy_name", "deputy_phone", "deputy_email"),
            )
        )
    return AnnexBody(title=title, header=header, rows=tuple(rows), agreed=bool(contacts))


def _joined(contact: Mapping[str, str], *names: str) -> str:
    return "\n".join(contact[name] for name in names if contact.get(name))


def _profiles(
    room: Room, content: Mapping[str, Any], language: str, context: ClauseContext, title: str
) -> AnnexBody:
    written = content.get("profiles") or {}
    mandates = _rows_by_party(room, "mandates_table")
    question = room.pack.question("mandates_table") if room.pack.has_question("mandates_table") else None
    sections = []
    for party in room.parties:
        organization = party.organization
        facts = [
            (_("Help system"), str(organization.get_help_system_display())),
            (_("Legal form"), organization.legal_form),
            (_("Address"), ", ".join(part for part in (organization.address, organization.city) if part)),
            (_("Phone"), organization.phone),
            (_("E-mail"), organization.email),
            (_("Website"), organization.website),
        ]
        text = say((written.get(str(party.pk)) or {}), language)
        if not text and question:
            for row in mandates.get(str(party.pk), ()):
                facts += [
                    (say(question.columns.get(name, {}), language), str(row.get(name) or ""))
                    for name in ("mandate", "services", "limits")
                ]
        sections.append(
            Section(
                context.parties.get(str(party.pk), organization.name),
                tuple((name, value) for name, value in facts if value),
                tuple(p.strip() for p in text.split("\n\n") if p.strip()),
            )
        )
    return AnnexBody(title=title, sections=tuple(sections))


def _rows_by_party(room: Room, key: str) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in (room.agreed_values.get(key) or {}).get("rows", ()):
        found.setdefault(str(row.get("party", "")), []).append(row)
    return found


def _flow(
    room: Room, kind: str, content: Mapping[str, Any], language: str, context: ClauseContext
) -> AnnexBody:
    title = _kind_title(kind, language)
    urgent = _urgent(room) if kind == Annex.Kind.ENDANGERMENT else ""
    own = content.get("steps") or {}
    if own:
        steps = own.get(language) or next(iter(own.values()))
        return AnnexBody(
            title=title,
            steps=tuple(FlowStep(**{n: s.get(n, "") for n in STEP_FIELDS}) for s in steps),
            urgent=urgent,
        )
    key, beside = _FLOWS[kind]
    if not room.pack.has_question(key):
        return AnnexBody(title=title, agreed=False, urgent=urgent)
    question = room.pack.question(key)
    value = room.agreed_values.get(key)
    if not value or not value.get("rows"):
        options = next((c.get("options", ()) for c in question.column_specs if c["key"] == "step"), ())
        names = [(say(question.options.get(f"step.{option}", {}), language), option) for option in options]
        dashed = tuple(
            FlowStep(
                name=name, agreed=False, promises=_promises(room, beside.get(option, ()), language, context)
            )
            for name, option in names
        )
        return AnnexBody(title=title, steps=dashed, agreed=False, urgent=urgent)
    table = clause_text(room.pack, question, value, language, context).table
    cells = table.rows if table else ()
    steps, told = [], set()
    for row, shown in zip(value["rows"], cells, strict=False):
        name, who, whom, by_when = (*shown, "", "", "", "")[:4]
        actor = row.get("caller") or row.get("who") or ""
        step = str(row.get("step", ""))
        # A promise stands beside the first row of its step only.
        promises = () if step in told else _promises(room, beside.get(step, ()), language, context)
        told.add(step)
        steps.append(FlowStep(name, who, whom, by_when, _SIDES.get(actor, ""), True, promises))
    return AnnexBody(title=title, steps=tuple(steps), urgent=urgent)


def _urgent(room: Room) -> str:
    number = country(room.agreement.network.country).emergency_number
    if not number:
        return _("In acute danger call the emergency services first.")
    return _("In acute danger call %(number)s first.") % {"number": number}


def _promises(room: Room, keys: Sequence[str], language: str, context: ClauseContext) -> tuple[Promise, ...]:
    found = []
    for key in keys:
        if key not in room.open_keys:
            continue
        question = room.pack.question(key)
        value = room.agreed_values.get(key)
        text = format_answer(question, value, language, parties=context.parties) if value else ""
        found.append(Promise(say(question.short, language), text))
    return tuple(found)


def _form_body(key: str, language: str) -> AnnexBody:
    pack = form(key)
    assert pack is not None
    sections: list[Section] = []
    for line in pack.lines:
        text = say(line.texts, language)
        if line.kind in ("head", "text"):
            sections.append(
                Section(text if line.kind == "head" else "", (), (text,) if line.kind == "text" else ())
            )
            continue
        blank = {
            "tick": " ".join(f"[  ] {say(option, language)}" for option in line.options),
            "sign": "_" * 40,
        }.get(line.kind, "\n".join(["_" * 40] * line.lines))
        if line.kind == "tick":
            blank = "\n".join(f"[   ] {say(option, language)}" for option in line.options)
        sections.append(Section("", ((text, blank),)))
    return AnnexBody(
        title=say(pack.titles, language), paragraphs=(say(pack.purposes, language),), sections=tuple(sections)
    )
