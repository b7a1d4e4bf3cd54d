"""A Room is everything one version shows, loaded with a constant number of queries."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from mtd.agreements.models import (
    Agreement,
    Answer,
    Draft,
    Entry,
    Moderator,
    NegotiationMeeting,
    Party,
    Position,
    Version,
    Wording,
)
from mtd.agreements.permissions import visible_to
from mtd.agreements.standing import AGREED, Standing, standing
from mtd.core.actor import Actor
from mtd.countries.queries import country
from mtd.guide.pack import Pack, open_questions, say
from mtd.guide.queries import pack_by_id
from mtd.guide.wording import ClauseContext

IN_WORK = (Version.State.WORKING, Version.State.ADOPTING, Version.State.SIGNING, Version.State.SIGNED)


def with_parties(agreements: QuerySet[Agreement]) -> QuerySet[Agreement]:
    """Join the network and prefetch parties with their organisations."""
    parties = Party.objects.select_related("organization").order_by("order", "id")
    return agreements.select_related("network").prefetch_related(Prefetch("parties", queryset=parties))


def with_signatories(agreements: QuerySet[Agreement]) -> QuerySet[Agreement]:
    """As `with_parties`, but only who signed or is working out the first version: who joins is not in it yet."""
    reached = Version.objects.filter(agreement=OuterRef("agreement"), number__gte=OuterRef("from_version"))
    signed = reached.filter(state__in=[Version.State.IN_FORCE, Version.State.SUPERSEDED, Version.State.ENDED])
    parties = (
        Party.objects.filter(Q(from_version=1) | Exists(signed), left_on__isnull=True)
        .select_related("organization")
        .order_by("order", "id")
    )
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


def history_of(room: Room, question_key: str, most: int = 50) -> list[Entry]:
    """The newest entries about one question in all versions of the agreement, newest first (one query)."""
    entries = Entry.objects.filter(version__agreement=room.agreement, question_key=question_key)
    return list(entries.select_related("by", "party__organization", "version").order_by("-id")[:most])


def draft_key(question_key: str) -> str:
    """The name under which the draft of a question's form is kept."""
    return f"answer:{question_key}"


def own_draft(room: Room, key: str) -> Draft | None:
    """What this person typed into a form and has not handed in; nobody else ever sees it."""
    if room.actor.user_id is None:
        return None
    return Draft.objects.filter(version=room.version, key=key, user_id=room.actor.user_id).first()


def next_meeting(room: Room) -> NegotiationMeeting | None:
    """The next planned meeting of this version."""
    planned = NegotiationMeeting.objects.filter(
        version=room.version, held=False, on__gte=timezone.localdate()
    )
    return planned.order_by("on", "id").first()


def matching(agreements: QuerySet[Agreement], words: str) -> list[uuid.UUID]:
    """Agreements whose title, network, region or code holds these words, whatever the capitals (one query).

    Compared here and not by the database: SQLite knows small and capital letters only in English.
    """
    wanted = " ".join(words.split()).casefold()
    fields = ("title", "network__name", "network__region", "code")
    return [
        pk
        for pk, *texts in agreements.values_list("pk", *fields)
        if any(wanted in text.casefold() for text in texts)
    ]
