"""Reads worth a name. A Room is everything one version shows, loaded with a constant number of queries."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from mtd.core.actor import Actor
from mtd.core.steps import NextStep
from mtd.countries.queries import country
from mtd.guide.pack import Pack, open_questions, say
from mtd.guide.queries import pack_by_id
from mtd.guide.wording import ClauseContext, format_answer

from .models import (
    Adoption,
    Agreement,
    Answer,
    Draft,
    Entry,
    Mandate,
    Moderator,
    NegotiationMeeting,
    Party,
    Position,
    Signature,
    SigningRound,
    Version,
    Wording,
)
from .permissions import visible_to
from .standing import AGREED, Standing, standing

IN_WORK = (Version.State.WORKING, Version.State.ADOPTING, Version.State.SIGNING, Version.State.SIGNED)


def with_parties(agreements: QuerySet[Agreement]) -> QuerySet[Agreement]:
    """Join the network and prefetch parties with their organisations."""
    parties = Party.objects.select_related("organization").order_by("order", "id")
    return agreements.select_related("network").prefetch_related(Prefetch("parties", queryset=parties))


def current_version(agreement: Agreement) -> Version:
    """The version people work on: the one in work, else the one in force, else the newest."""
    versions = list(agreement.versions.all())
    for states in (IN_WORK, (Version.State.IN_FORCE,)):
        for version in versions:
            if version.state in states:
                return version
    return versions[-1]


def active_parties(agreement: Agreement, version: Version) -> list[Party]:
    """The parties of one version, in order: those who signed or will sign it and have not left."""
    return [
        party
        for party in agreement.parties.all()
        if party.from_version <= version.number and party.left_on is None
    ]


@dataclass
class Room:
    """One agreement and one of its versions with all that the working pages need."""

    actor: Actor
    agreement: Agreement
    version: Version
    versions: list[Version]
    pack: Pack
    parties: list[Party]
    my_party: Party | None
    answers: dict[str, Answer] = field(repr=False)
    positions: list[Position] = field(repr=False)
    wordings: dict[tuple[str, str], Wording] = field(repr=False)
    moderator_names: list[str] = field(default_factory=list)
    is_moderator: bool = False

    @property
    def is_coordinator(self) -> bool:
        return self.agreement.network_id in self.actor.coordinates

    @property
    def is_lead(self) -> bool:
        return self.my_party is not None and self.my_party.organization_id in self.actor.lead_of

    @cached_property
    def values(self) -> dict[str, Any]:
        """Every answer on the table by question key, agreed or not, closed branches included."""
        return {key: answer.value for key, answer in self.answers.items()}

    @cached_property
    def open_keys(self) -> frozenset[str]:
        """Questions whose branch is open."""
        return open_questions(self.pack, self.values)

    @cached_property
    def standing(self) -> Standing:
        return standing(self.pack, self.open_keys, self.parties, self.answers, self.positions)

    @cached_property
    def agreed_values(self) -> dict[str, Any]:
        """Only what every party agreed to: what the text may say."""
        return {
            key: stand.answer.value
            for key, stand in self.standing.by_key.items()
            if stand.state == AGREED and stand.answer is not None
        }

    @cached_property
    def bases(self) -> dict[str, str]:
        """Legal bases of the network's country: key → title."""
        record = country(self.agreement.network.country)
        return {basis.key: say(basis.titles, self.agreement.language) for basis in record.legal_bases}

    def context(self, language: str, answers: Mapping[str, Any] | None = None) -> ClauseContext:
        """What the clause texts may name, in one language."""
        return ClauseContext(
            parties={str(party.pk): party.organization.name for party in self.parties},
            network=self.agreement.network.name,
            country=self.agreement.network.get_country_display(),
            bases=self.bases,
            answers=self.agreed_values if answers is None else answers,
        )


def load_room(actor: Actor, agreement: Agreement, version: Version | None = None) -> Room:
    """Load a room; the caller has already made sure that the actor may see the agreement."""
    versions = list(agreement.versions.order_by("number"))
    chosen = version or _pick(versions)
    chosen.agreement = agreement
    agreement_parties = list(agreement.parties.select_related("organization").order_by("order", "id"))
    parties = [p for p in agreement_parties if p.from_version <= chosen.number and p.left_on is None]
    mine = [p for p in parties if p.organization_id in actor.organization_ids]
    mine.sort(key=lambda p: p.organization_id != actor.organization_id)
    moderators = list(Moderator.objects.filter(agreement=agreement).select_related("user"))
    return Room(
        actor=actor,
        agreement=agreement,
        version=chosen,
        versions=versions,
        pack=pack_by_id(chosen.guide_version_id),
        parties=parties,
        my_party=mine[0] if mine else None,
        answers={a.question_key: a for a in Answer.objects.filter(version=chosen).select_related("by")},
        positions=list(Position.objects.filter(version=chosen).select_related("by")),
        wordings={(w.question_key, w.language): w for w in Wording.objects.filter(version=chosen)},
        moderator_names=[m.user.full_name for m in moderators],
        is_moderator=any(m.user_id == actor.user_id for m in moderators),
    )


def _pick(versions: list[Version]) -> Version:
    for states in (IN_WORK, (Version.State.IN_FORCE,)):
        for version in versions:
            if version.state in states:
                return version
    return versions[-1]


def my_agreements(actor: Actor) -> QuerySet[Agreement]:
    """The rooms the person may enter, with parties."""
    return with_parties(visible_to(actor))


def open_round(version: Version) -> SigningRound | None:
    """The signing round that is open, with its signatures and parties; else the complete one; else None."""
    rounds = (
        SigningRound.objects.filter(version=version, state__in=["open", "complete"])
        .defer("text")
        .prefetch_related(
            Prefetch("signatures", queryset=Signature.objects.select_related("party__organization"))
        )
        .order_by("-number")
    )
    return rounds.first()


def my_next_step(room: Room) -> NextStep:
    """What this person does next in this agreement: the page's one main button."""
    return {
        Version.State.WORKING: _next_working,
        Version.State.ADOPTING: _next_adopting,
        Version.State.SIGNING: _next_signing,
    }.get(Version.State(room.version.state), _next_reading)(room)


def _step(room: Room, route: str, title: str, action: str, *args: Any, text: str = "") -> NextStep:
    url = reverse(f"agreements:{route}", args=[room.agreement.pk, *args])
    return NextStep(title=title, text=text, url=url, action=action)


def _next_reading(room: Room) -> NextStep:
    return _step(room, "text", room.agreement.title, gettext("Read the text"))


def _next_working(room: Room) -> NextStep:
    waiting = room.standing.waiting_for(room.my_party.pk) if room.my_party else ()
    if waiting:
        action = gettext("Continue with question %(number)s") % {"number": waiting[0].question.number}
        text = ngettext(
            "%(count)s question waits for your organisation.",
            "%(count)s questions wait for your organisation.",
            len(waiting),
        ) % {"count": len(waiting)}
        return _step(room, "question", room.agreement.title, action, waiting[0].key, text=text)
    if not room.standing.missing_required() and (room.is_lead or room.is_coordinator):
        return _step(room, "sign", room.agreement.title, gettext("Go on to adoption"))
    return _step(room, "questions", room.agreement.title, gettext("See what is open"))


def _next_adopting(room: Room) -> NextStep:
    adopted = set(Adoption.objects.filter(version=room.version).values_list("party_id", flat=True))
    if room.my_party is not None and room.my_party.pk not in adopted:
        return _step(room, "sign", room.agreement.title, gettext("Record your body's decision"))
    if (room.is_lead or room.is_coordinator) and all(party.pk in adopted for party in room.parties):
        return _step(room, "sign", room.agreement.title, gettext("Fix the text and open signing"))
    return _step(room, "sign", room.agreement.title, gettext("See who has adopted"))


def _next_signing(room: Room) -> NextStep:
    signing_round = open_round(room.version)
    for signature in signing_round.signatures.all() if signing_round else ():
        mine = room.my_party is not None and signature.party_id == room.my_party.pk
        if mine and signature.state == Signature.State.WAITING:
            return _step(room, "sign", room.agreement.title, gettext("Go to your signature"))
        if not mine and room.my_party and signature.state == Signature.State.UNCONFIRMED:
            return _step(room, "sign", room.agreement.title, gettext("Confirm a signature on paper"))
    return _step(room, "sign", room.agreement.title, gettext("See who has signed"))


def history_of(room: Room, question_key: str, most: int = 50) -> list[Entry]:
    """The newest entries about one question in all versions of the agreement, newest first (one query)."""
    entries = Entry.objects.filter(version__agreement=room.agreement, question_key=question_key)
    return list(entries.select_related("by", "party__organization", "version").order_by("-id")[:most])


def own_draft(room: Room, key: str) -> Draft | None:
    """What this person typed into a form and has not handed in; nobody else ever sees it."""
    return Draft.objects.filter(version=room.version, key=key, user_id=room.actor.user_id).first()


def next_meeting(room: Room) -> NegotiationMeeting | None:
    """The next planned meeting of this version."""
    planned = NegotiationMeeting.objects.filter(
        version=room.version, held=False, on__gte=timezone.localdate()
    )
    return planned.order_by("on", "id").first()


@dataclass(frozen=True)
class Terms:
    """What the agreed answers mean for signing and for the life of the agreement; None: not agreed."""

    in_force_from: date | None
    review_on: date | None
    leaving_notice: Mapping[str, Any] | None
    methods: tuple[str, ...]
    order: str
    annex_body: str | None


_METHODS = {"in_system": "system", "own_certificate": "upload", "paper": "paper"}


def terms(room: Room) -> Terms:
    """Read the terms out of what was agreed, by the question keys of the cooperation guide.

    A guide that asks differently leaves them empty; then they are asked for when the text is fixed.
    """
    agreed = room.agreed_values
    starts = agreed.get("in_force")
    in_force_from = date.fromisoformat(starts["date"]) if starts else None
    forms = agreed.get("signing_forms")
    order = (agreed.get("signing_order") or {}).get("choice")
    body = agreed.get("annex_change")
    question = room.pack.question("annex_change") if body else None
    return Terms(
        in_force_from=in_force_from,
        review_on=later(in_force_from, agreed.get("review_period")) if in_force_from else None,
        leaving_notice=agreed.get("leaving_notice"),
        methods=tuple(_METHODS[c] for c in forms["choices"] if c in _METHODS)
        if forms
        else ("system", "upload", "paper"),
        order="sequence" if order in ("as_listed", "coordination_last") else "parallel",
        annex_body=format_answer(question, body, room.agreement.language) if question else None,
    )


def later(day: date, period: Mapping[str, Any] | None) -> date | None:
    """The day after a period in an answer, e.g. 12 months later; the end of a short month stays its end."""
    if not period:
        return None
    number, unit = int(period["number"]), period["unit"]
    if unit in ("months", "years"):
        years, month = divmod(day.month - 1 + number * (12 if unit == "years" else 1), 12)
        last = calendar.monthrange(day.year + years, month + 1)[1]
        return date(day.year + years, month + 1, min(day.day, last))
    return day + timedelta(days=number * (7 if unit == "weeks" else 1))


def valid_mandates(agreement: Agreement) -> list[Mandate]:
    """Confirmed mandates that are neither revoked nor run out, with party and organisation."""
    today = timezone.localdate()
    return list(
        Mandate.objects.filter(agreement=agreement, confirmed_at__isnull=False, revoked_at__isnull=True)
        .exclude(valid_until__lt=today)
        .select_related("party__organization", "user")
    )
