"""Country records as the programme office reads them: every value in words, with its proof and its history."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from babel import Locale, UnknownLocaleError
from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from mtd.accounts.models import User
from mtd.core.errors import Message
from mtd.countries import queries as countries
from mtd.countries import records
from mtd.countries.records import Country, Fact

_COLUMNS = {
    "duty_to_report": 2.0,
    "reported_to": 1.9,
    "family_told_first": 2.3,
    "advice_from": 1.6,
    "written_down": 2.3,
    "emergency_number": 1.4,
    "helplines": 3.0,
    "consent_age_counselling": 1.6,
    "legal_bases": 5.0,
    "retention_rules": 2.2,
    "prevalence": 2.8,
    "children_population": 2.1,
    "languages": 2.8,
    "time_zones": 1.8,
}
"""How wide each kind's column is in the picture; .records__heads in countries.css has the same numbers."""


@dataclass(frozen=True)
class Plank:
    """One value in the picture of a record: where it lies (per cent of the width) and its state."""

    x: str
    width: str
    state: str


@dataclass(frozen=True)
class CountryRow:
    """One country in the list."""

    country: Country
    duty: str
    planks: tuple[Plank, ...]
    kinds: tuple[tuple[Message, str], ...]
    """Each kind with its confirmed values of all, in words."""


@dataclass(frozen=True)
class Line:
    """One detail of a value."""

    label: str
    text: str
    tel: str = ""


@dataclass(frozen=True)
class State:
    """One state in the history of a value, named as the history drawer wants it."""

    what: str
    who: str
    when: datetime | None
    detail: str
    kind: str
    empty: bool


@dataclass(frozen=True)
class Entry:
    """One value as the page shows it."""

    @property
    def anchor(self) -> str:
        return self.fact.key.replace(".", "-")

    @property
    def label(self) -> str:
        """What it is called where only its name is wanted."""
        return self.title or str(records.KINDS[self.fact.kind])

    fact: Fact
    title: str
    lines: tuple[Line, ...]
    table: tuple[tuple[str, ...], ...]
    history: tuple[State, ...]
    group: str = ""


@dataclass(frozen=True)
class Section:
    """All values of one kind."""

    @property
    def confirmed(self) -> int:
        return sum(1 for entry in self.entries if entry.fact.state == "confirmed")

    kind: str
    label: Message
    why: str
    many: bool
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Record:
    """A country's page: what holds, and the entries that were taken off their lists."""

    sections: tuple[Section, ...]
    withdrawn: tuple[Entry, ...]


def overview() -> tuple[CountryRow, ...]:
    """The twelve countries with what is confirmed (one query)."""
    return tuple(
        CountryRow(
            country=country,
            duty=_duty(country.duty_to_report),
            planks=tuple(_planks(country)),
            kinds=tuple((label, _share(country.of_kind(kind))) for kind, label in records.KINDS.items()),
        )
        for country in countries.all_countries()
    )


def short_names() -> tuple[str, ...]:
    """The kinds in one word each, as heads of the picture's columns."""
    words = {
        "duty_to_report": pgettext("one word for a kind of value", "Duty"),
        "reported_to": pgettext("one word for a kind of value", "Told"),
        "family_told_first": pgettext("one word for a kind of value", "Family"),
        "advice_from": pgettext("one word for a kind of value", "Advice"),
        "written_down": pgettext("one word for a kind of value", "Notes"),
        "emergency_number": pgettext("one word for a kind of value", "112"),
        "helplines": pgettext("one word for a kind of value", "Helplines"),
        "consent_age_counselling": pgettext("one word for a kind of value", "Age"),
        "legal_bases": pgettext("one word for a kind of value", "Laws"),
        "retention_rules": pgettext("one word for a kind of value", "Keeping"),
        "prevalence": pgettext("one word for a kind of value", "Figures"),
        "children_population": pgettext("one word for a kind of value", "Children"),
        "languages": pgettext("one word for a kind of value", "Languages"),
        "time_zones": pgettext("one word for a kind of value", "Clocks"),
    }
    return tuple(words[kind] for kind in _COLUMNS)


def legend() -> tuple[tuple[str, str], ...]:
    """What the planks of the picture mean."""
    return (
        ("confirmed", _("confirmed by its source")),
        ("unconfirmed", _("not confirmed")),
        ("missing", _("missing")),
    )


def whole_record(country: Country) -> Record:
    """The record of one country in words, with histories (two queries besides the country's own)."""
    histories = countries.histories(country.code)
    names = _names(change.author_id for changes in histories.values() for change in changes)

    def described(fact: Fact) -> Entry:
        return _entry(fact, country, _states(histories.get(fact.key, ()), country, names))

    return Record(
        sections=tuple(
            Section(
                kind=kind,
                label=label,
                why=_why(kind),
                many=kind in records.LISTS,
                entries=tuple(described(fact) for fact in country.of_kind(kind)),
            )
            for kind, label in records.KINDS.items()
        ),
        withdrawn=tuple(described(fact) for fact in country.facts.values() if fact.state == "withdrawn"),
    )


def entry(country: Country, key: str) -> Entry | None:
    """One value in words with its history; None where the country has no such value."""
    fact = country.facts.get(key)
    if fact is None:
        return None
    changes = countries.history(country.code, key)
    return _entry(fact, country, _states(changes, country, _names(c.author_id for c in changes)))


def european_figures() -> tuple[Entry, ...]:
    """Figures for Europe as a whole in words, for comparison beside the countries' own."""
    anywhere = records.shipped(records.CODES[0])
    return tuple(_entry(figure.fact, anywhere, ()) for figure in countries.european_prevalence())


def export_rows() -> Iterator[tuple[str, ...]]:
    """Every value of every country as a row of a table, the head first."""
    yield ("country", "key", "value", "source", "source_date", "confirmed", "note", "corrected_at")
    for country in countries.all_countries():
        for fact in country.facts.values():
            yield (
                country.code,
                fact.key,
                json.dumps(fact.value, ensure_ascii=False),
                fact.source,
                fact.date,
                "yes" if fact.confirmed else "no",
                fact.note_text,
                fact.corrected_at.isoformat(timespec="seconds") if fact.corrected_at else "",
            )


def _planks(country: Country) -> Iterator[Plank]:
    """One plank per value, each kind in a column of its own; an empty list shows as one missing plank."""
    scale, between, gap, start = 100 / sum(_COLUMNS.values()), 0.9, 0.25, 0.0
    for kind, share in _COLUMNS.items():
        states = [fact.state for fact in country.of_kind(kind)] or ["missing"]
        width = (share * scale - between - gap * (len(states) - 1)) / len(states)
        for number, state in enumerate(states):
            yield Plank(x=f"{start + number * (width + gap):.2f}%", width=f"{width:.2f}%", state=state)
        start += share * scale


def _share(facts: tuple[Fact, ...]) -> str:
    if not facts:
        return pgettext("values of a kind", "none")
    confirmed = sum(1 for fact in facts if fact.state == "confirmed")
    return _("%(confirmed)s of %(all)s") % {"confirmed": confirmed, "all": len(facts)}


def _names(ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    wanted = {author for author in ids if author}
    return dict(User.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def _states(
    changes: Iterable[countries.Change], country: Country, names: dict[uuid.UUID, str]
) -> tuple[State, ...]:
    def who(change: countries.Change) -> str:
        if change.shipped:
            return _("as shipped")
        return names.get(change.author_id) or _("a person who has left") if change.author_id else ""

    return tuple(
        State(
            what=_in_words(change.fact, country),
            who=who(change),
            when=change.fact.corrected_at,
            detail=_proof(change.fact),
            kind="good" if change.fact.state == "confirmed" else "",
            empty=change.fact.value is None,
        )
        for change in changes
    )


def _in_words(fact: Fact, country: Country) -> str:
    if fact.value is None:
        return _("taken off the list") if fact.slug else _("not known")
    title, lines, table = _DESCRIBE[fact.kind](fact, country)
    parts = [title, *(f"{line.label}: {line.text}" for line in lines), *(" · ".join(row) for row in table)]
    return "; ".join(part for part in parts if part)


def _proof(fact: Fact) -> str:
    """Source, date, state and note of a state in the history, a line each."""
    words = _("confirmed") if fact.state == "confirmed" else _("not confirmed")
    source = f"{fact.source}, {fact.date_text}" if fact.source else _("no source")
    return "\n".join(part for part in (f"{source}; {words}", fact.note_text) if part)


def _entry(fact: Fact, country: Country, history: tuple[State, ...]) -> Entry:
    if fact.value is None:
        title = next((state.what for state in history if not state.empty), fact.slug) if fact.slug else ""
        return Entry(fact=fact, title=title, lines=(), table=(), history=history)
    title, lines, table = _DESCRIBE[fact.kind](fact, country)
    group = str(records.COUNTS[fact.value["counts"]]) if fact.kind == "prevalence" else ""
    return Entry(fact=fact, title=title, lines=lines, table=table, history=history, group=group)


Described = tuple[str, tuple[Line, ...], tuple[tuple[str, ...], ...]]


def _duty(value: str | None) -> str:
    return str(records.DUTIES[value]) if value else _("not known")


def _text(fact: Fact, _country: Country) -> Described:
    return records.in_language(fact.value), (), ()


def _plain(fact: Fact, _country: Country) -> Described:
    return str(fact.value), (), ()


def _age(fact: Fact, _country: Country) -> Described:
    return ngettext("%(years)s year", "%(years)s years", fact.value) % {"years": fact.value}, (), ()


def _languages(fact: Fact, _country: Country) -> Described:
    return ", ".join(_language(code) for code in fact.value), (), ()


def _language(code: str) -> str:
    try:
        return str(Locale.parse((get_language() or "en").replace("-", "_")).languages.get(code, code))
    except (UnknownLocaleError, ValueError):
        return code


def _population(fact: Fact, _country: Country) -> Described:
    head = (_("Year"), _("Under 15"), _("Under 18"), _("Everyone"))
    rows = sorted(fact.value, key=lambda row: -row["year"])
    body = tuple(
        (str(row["year"]), *(_number(row[name]) for name in ("under_15", "under_18", "total")))
        for row in rows
    )
    return "", (), (head, *body)


def _helpline(fact: Fact, country: Country) -> Described:
    line = next(x for x in (records.with_facts(country, {fact.key: fact})).helplines if x.fact is fact)
    lines = [
        Line(_("Number"), line.number, tel=line.tel),
        Line(pgettext("helpline", "For"), ", ".join(str(records.AUDIENCES[a]) for a in line.audience)),
    ]
    if line.hours_text:
        lines.append(Line(_("Hours"), line.hours_text))
    if line.languages:
        lines.append(Line(_("Languages"), ", ".join(_language(code) for code in line.languages)))
    return line.service, (*lines, *_region_line(line.regions, country)), ()


def _region_line(regions: Iterable[str], country: Country) -> tuple[Line, ...]:
    names = ", ".join(records.in_language(country.regions.get(code, {"en": code})) for code in regions)
    return (Line(_("Region"), names),) if names else ()


def _legal_basis(fact: Fact, country: Country) -> Described:
    lines = (Line(_("Topic"), str(records.TOPICS[fact.value["topic"]])),)
    regions = _region_line(fact.value.get("regions", ()), country)
    return records.in_language(fact.value["title"]), (*lines, *regions), ()


def _retention(fact: Fact, _country: Country) -> Described:
    lines = [Line(_("Rule"), records.in_language(fact.value["rule"]))]
    years = fact.value.get("years")
    if years is not None:
        text = ngettext("%(years)s year", "%(years)s years", years) % {"years": years}
        lines.append(Line(_("Period"), text))
    return records.in_language(fact.value["title"]), tuple(lines), ()


def _prevalence(fact: Fact, country: Country) -> Described:
    value = fact.value
    lines = [
        Line(pgettext("figure", "Counts"), records.in_language(value["what"])),
        Line(pgettext("figure", "Base"), records.in_language(value["base"])),
    ]
    if value.get("age"):
        ages = {"low": value["age"][0], "high": value["age"][1]}
        lines.append(Line(_("Age"), _("%(low)s to %(high)s years") % ages))
    if value.get("year"):
        lines.append(Line(_("Year"), str(value["year"])))
    return figure_words(value), (*lines, *_region_line(value.get("regions", ()), country)), ()


def figure_words(value: dict[str, Any]) -> str:
    """The number of a prevalence figure in words: "18 %", "40,000–60,000", "at least 8.7 %"."""
    low, high = _number(value["low"]), _number(value["high"])
    text = low if low == high else f"{low}–{high}"
    if value["unit"] == "percent":
        text = _("%(number)s %%") % {"number": text}
    elif value["unit"] == "per_10000":
        text = _("%(number)s per 10,000") % {"number": text}
    return _("at least %(number)s") % {"number": text} if value.get("minimum") else text


def _number(value: float) -> str:
    places = 0 if float(value).is_integer() else 1
    return number_format(value, decimal_pos=places, use_l10n=True, force_grouping=True)


_DESCRIBE: dict[str, Callable[[Fact, Country], Described]] = {
    "duty_to_report": lambda fact, country: (_duty(fact.value), (), ()),
    "reported_to": _text,
    "family_told_first": _text,
    "advice_from": _text,
    "written_down": _text,
    "emergency_number": _plain,
    "helplines": _helpline,
    "consent_age_counselling": _age,
    "legal_bases": _legal_basis,
    "retention_rules": _retention,
    "prevalence": _prevalence,
    "children_population": _population,
    "languages": _languages,
    "time_zones": lambda fact, country: (", ".join(fact.value), (), ()),
}


def _why(kind: str) -> str:
    """One sentence on what hangs on the values of a kind."""
    return {
        "duty_to_report": _(
            "Who must tell the authorities decides what can be talked about without identity."
        ),
        "reported_to": _("The endangerment path of an agreement names this body."),
        "family_told_first": _(
            "The page on what to do when a child is in danger says this, with its source."
        ),
        "advice_from": _("The page on what to do when a child is in danger says this, with its source."),
        "written_down": _("The page on what to do when a child is in danger says this, with its source."),
        "emergency_number": _("Shown first on every page for people who look for help."),
        "helplines": _("For the pages where people look for help. Old sources need a new look first."),
        "consent_age_counselling": _("From this age a child can agree to counselling without its parents."),
        "legal_bases": _("The guide offers these when an agreement names its legal basis."),
        "retention_rules": _("What must be kept elsewhere, so that nothing needs to be kept here."),
        "prevalence": _("Different figures count different people. They are never added or compared."),
        "children_population": _("The base on which a share of children becomes a number of children."),
        "languages": _("The languages of the country’s public bodies."),
        "time_zones": _("Deadlines and meetings follow these clocks."),
    }[kind]
