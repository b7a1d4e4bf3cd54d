"""What the page on a child in danger knows: the country's facts, and what the person's own agreements say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, pgettext

from mtd.agreements.models import Agreement
from mtd.agreements.permissions import visible_to
from mtd.consultations.queries.ground import ADVISERS, Clause, Ground, load_grounds
from mtd.core.actor import Actor
from mtd.countries.records import DUTIES, Country, Fact, Helpline, LegalBasis
from mtd.guide.pack import say
from mtd.guide.wording import ClauseContext, clause_text, format_answer
from mtd.organizations.models import Network
from mtd.organizations.permissions import own_networks

STEPS = "danger_steps"
TIMES = ("danger_written", "danger_ack", "danger_feedback")
"""Question keys of the cooperation guide."""
URGENT = frozenset({"emergency", "violence", "professionals", "missing_children"})
"""Helplines for these are called by professionals; the others are for the child and the family themselves."""


def lines_for_all(country: Country) -> list[Helpline]:
    """What anybody may call; a line that answers professionals only would turn them away."""
    return [line for line in country.helplines if set(line.audience) != {"professionals"}]


@dataclass(frozen=True)
class Adviser:
    """Whom an agreement names for advice, and for which party."""

    party: str
    name: str
    role: str
    phone: str
    email: str
    hours: str

    @property
    def tel(self) -> str:
        """The number as a tel: link needs it."""
        return "".join(sign for sign in self.phone if sign.isdigit() or sign == "+")


@dataclass(frozen=True)
class Agreed:
    """What one agreement in force says about a child in danger."""

    agreement: Agreement
    clause: Clause | None
    """The clause with the steps."""
    steps: tuple[tuple[str, ...], ...]
    """What, who, whom, by when."""
    times: tuple[tuple[str, str], ...]
    advisers: tuple[Adviser, ...]
    """Named for one's own organisation; all who are named, where none is."""
    others: tuple[Adviser, ...] = ()
    """Named for the other parties."""


@dataclass(frozen=True)
class Duty:
    """The facts of a country that the page states, each with its source."""

    country: Country

    def _fact(self, key: str) -> Fact | None:
        return self.country.facts.get(key)

    @property
    def reported_to(self) -> Fact | None:
        return self._fact("reported_to")

    @property
    def reporting(self) -> Fact | None:
        return self._fact("duty_to_report")

    @property
    def family(self) -> Fact | None:
        return self._fact("family_told_first")

    @property
    def advice(self) -> Fact | None:
        return self._fact("advice_from")

    @property
    def notes(self) -> Fact | None:
        return self._fact("written_down")

    @property
    def urgent_lines(self) -> list[Helpline]:
        """Numbers that a professional calls in danger."""
        return [line for line in self.country.helplines if URGENT & set(line.audience)]

    @property
    def family_lines(self) -> list[Helpline]:
        """Numbers to pass on to the child, the parents, the relatives."""
        return [line for line in self.country.helplines if not URGENT & set(line.audience)]

    @property
    def reporting_words(self) -> str:
        """Who must report, in words; empty where nobody has filled it."""
        return str(DUTIES[self.country.duty_to_report]) if self.country.duty_to_report else ""

    @property
    def laws(self) -> list[LegalBasis]:
        """What is named on reporting and on protecting children; placeholders say nothing and are left out."""
        topics = ("duty_to_report", "child_protection")
        return [one for one in self.country.legal_bases if one.topic in topics and not one.placeholder]


def danger_networks(actor: Actor) -> list[Network]:
    """The person's own networks, for choosing one."""
    return list(own_networks(actor).order_by("name")) if actor.is_authenticated else []


def agreed_in(actor: Actor, network: Network) -> list[Agreed]:
    """What the agreements in force that the person may read say, in this network."""
    found = (
        visible_to(actor).filter(network=network, state=Agreement.State.IN_FORCE).select_related("network")
    )
    return [_agreed(actor, ground) for ground in load_grounds(found.order_by("title")) if ground.binds]


def _agreed(actor: Actor, ground: Ground) -> Agreed:
    own, others = _advisers(actor, ground)
    return Agreed(
        agreement=ground.agreement,
        clause=ground.clause(STEPS) if ground.agreed(STEPS) else None,
        steps=_steps(ground),
        times=tuple(_times(ground)),
        advisers=own or others,
        others=others if own else (),
    )


def _language(ground: Ground) -> str:
    spoken = (get_language() or "en").split("-")[0]
    return spoken if spoken in ground.agreement.languages else ground.agreement.language


def _steps(ground: Ground) -> tuple[tuple[str, ...], ...]:
    value = ground.agreed(STEPS)
    if value is None or ground.pack is None:
        return ()
    parties = {str(party.pk): party.organization.name for party in ground.parties}
    context = ClauseContext(parties=parties, network=ground.agreement.network.name)
    table = clause_text(ground.pack, ground.pack.question(STEPS), value, _language(ground), context).table
    return tuple((*row, "", "", "", "")[:4] for row in table.rows) if table else ()


def _times(ground: Ground) -> Iterator[tuple[str, str]]:
    for key in TIMES:
        value = ground.agreed(key)
        if value is not None and ground.pack is not None:
            question, language = ground.pack.question(key), _language(ground)
            yield say(question.short, language), format_answer(question, value, language)


def _advisers(actor: Actor, ground: Ground) -> tuple[tuple[Adviser, ...], tuple[Adviser, ...]]:
    """Who is named for one's own organisations, and for the others; nobody twice."""
    contacts = (ground.agreed(ADVISERS) or {}).get("contacts") or {}
    parties = sorted(ground.parties, key=lambda one: one.organization_id not in actor.organization_ids)
    seen: set[tuple[str, str]] = set()
    own: list[Adviser] = []
    others: list[Adviser] = []
    for party in parties:
        raw = contacts.get(str(party.pk))
        for one in _people(party.organization.name, raw) if raw else ():
            key = (one.name or one.role, one.phone or one.email)
            if key not in seen:
                seen.add(key)
                (own if party.organization_id in actor.organization_ids else others).append(one)
    return tuple(own), tuple(others)


def _people(party: str, raw: Mapping[str, Any]) -> Iterator[Adviser]:
    def text(name: str) -> str:
        return str(raw.get(name) or "")

    yield Adviser(party, text("name"), text("role"), text("phone"), text("email"), text("hours"))
    if raw.get("deputy_name") or raw.get("deputy_phone") or raw.get("deputy_email"):
        role = pgettext("person", "Deputy")
        yield Adviser(party, text("deputy_name"), role, text("deputy_phone"), text("deputy_email"), "")
