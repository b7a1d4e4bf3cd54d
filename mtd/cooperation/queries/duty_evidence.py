"""What shows that a duty was done: from meetings, visits, confirmations, reviews, consultations, statements, documents.

Each source is one function and one query for all agreements at once; the next slice adds its own to SOURCES.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from mtd.agreements.models import Entry, Party, Version
from mtd.consultations.queries import answered_in_time
from mtd.consultations.queries.ground import ANSWER
from mtd.cooperation.models import ContactConfirmation, Contest, Evidence, ShadowingVisit
from mtd.cooperation.obligations import Act, Duty
from mtd.core.errors import Refused
from mtd.meetings.models import Kind, Meeting

from .duty_rules import Book

MEETING_DUTIES: dict[str, str] = {
    Kind.COMMITTEE.value: Duty.COOPERATION_COMMITTEE.value,
    Kind.STEERING_GROUP.value: Duty.STEERING_GROUP.value,
    Kind.EXCHANGE.value: Duty.PRACTITIONER_EXCHANGE.value,
    Kind.CASE_DISCUSSION.value: Duty.CASE_DISCUSSION.value,
}
"""Kind of meeting → the duty that it fulfils when it was held."""


@dataclass(frozen=True, slots=True)
class Proof:
    """One thing that shows that a duty was done."""

    agreement_id: uuid.UUID
    source: str
    """"meeting", "shadowing", "contacts", "review", "version", "consultation"; of a row of Evidence its kind."""
    source_id: uuid.UUID
    day: date
    duty: str = ""
    """The kind of duty it counts for; empty when it names its question."""
    question_key: str = ""
    party_id: uuid.UUID | None = None
    """Whose duty it is; empty when the network owes it together."""
    by_party_id: uuid.UUID | None = None
    by_id: uuid.UUID | None = None
    at: datetime | None = None
    file_id: uuid.UUID | None = None
    only_for: str = ""
    """Of duties of one kind that a clause each has: the one question it counts for."""
    in_time: bool = True
    """Of a limit of time that applies each time: whether it was kept."""
    times: int = 1
    """So many of the same month stand for one here, because none of them is known by itself."""

    @property
    def typed(self) -> bool:
        """Somebody said it here; the other sources count by themselves."""
        return bool(self.question_key)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A contest of a proof, without its texts."""

    id: uuid.UUID
    source: str
    source_id: uuid.UUID
    state: str
    party_id: uuid.UUID


@dataclass
class Deed:
    """One act and everything that shows it. Statements about a day on which a meeting is noted confirm the meeting."""

    proofs: list[Proof]
    doubts: list[Doubt] = field(default_factory=list)

    @property
    def day(self) -> date:
        return self.proofs[0].day

    @property
    def key(self) -> str:
        return f"{self.proofs[0].source}:{self.proofs[0].source_id}"

    @property
    def upheld(self) -> frozenset[tuple[str, uuid.UUID]]:
        """The proofs that a contest took away."""
        return frozenset((d.source, d.source_id) for d in self.doubts if d.state == Contest.State.UPHELD)

    @property
    def counts(self) -> bool:
        """At least one proof of it stands."""
        return any((proof.source, proof.source_id) not in self.upheld for proof in self.proofs)

    @property
    def contested(self) -> bool:
        """A contest is open: it counts, and is marked."""
        return any(doubt.state == Contest.State.OPEN for doubt in self.doubts)

    def act(self) -> Act:
        """The act as the engine takes it."""
        if not self.doubts:
            return Act(self.day, self.key)
        return Act(self.day, self.key, self.counts, self.contested)


def find_proof(deeds: Iterable[Deed], source: str, source_id: object) -> Proof:
    """The proof of this name among those of a duty. Raises Refused when it is not shown any more."""
    for deed in deeds:
        for proof in deed.proofs:
            if proof.source == source and str(proof.source_id) == str(source_id):
                return proof
    raise Refused(_("This act is not shown any more. Reload the page to see what is."), code="gone")


def _meetings(book: Book) -> Iterator[Proof]:
    """Held meetings of the network: those for everybody, and those for the very agreement."""
    by_network = defaultdict(list)
    for agreement in book.agreements.values():
        by_network[agreement.network_id].append(agreement)
    rows = Meeting.objects.filter(
        Q(subject_id__isnull=True) | Q(subject_id__in=list(book.agreements)),
        network__in=by_network,
        state=Meeting.State.HELD,
        kind__in=MEETING_DUTIES,
        starts_at__isnull=False,
    ).values_list("pk", "network", "kind", "subject_id", "starts_at")
    for pk, network_id, kind, subject_id, starts_at in rows:
        assert starts_at is not None
        for agreement in by_network[network_id]:
            if subject_id is None or subject_id == agreement.pk:
                day = starts_at.astimezone(agreement.network.zone).date()
                yield Proof(agreement.pk, "meeting", pk, day, duty=MEETING_DUTIES[kind])


def _visits(book: Book) -> Iterator[Proof]:
    """Visits that were reported; they count for the visitor's organisation, on the day of the visit."""
    by_organization: dict[tuple[uuid.UUID, uuid.UUID], list[Party]] = defaultdict(list)
    networks = set()
    for agreement_id, parties in book.parties.items():
        network_id = book.agreements[agreement_id].network_id
        networks.add(network_id)
        for party in parties:
            by_organization[(network_id, party.organization_id)].append(party)
    rows = ShadowingVisit.objects.filter(
        state=ShadowingVisit.State.DONE, date__offer__network__in=networks
    ).values_list("pk", "date__offer__network", "organization", "date__on", "visitor", "reported_on")
    for pk, network_id, organization_id, on, visitor_id, _reported in rows:
        for party in by_organization[(network_id, organization_id)]:
            yield Proof(
                party.agreement_id,
                "shadowing",
                pk,
                on,
                duty=Duty.JOB_SHADOWING,
                party_id=party.pk,
                by_party_id=party.pk,
                by_id=visitor_id,
            )


def _contacts(book: Book) -> Iterator[Proof]:
    """Confirmations that a party's entry in the contact list still holds."""
    rows = ContactConfirmation.objects.filter(
        agreement__in=book.agreements, confirmed_on__isnull=False
    ).values_list("pk", "agreement", "party", "confirmed_on", "confirmed_by")
    for pk, agreement_id, party_id, on, by_id in rows:
        assert on is not None
        yield Proof(
            agreement_id,
            "contacts",
            pk,
            on,
            duty=Duty.CONTACT_LIST_UPDATE,
            party_id=party_id,
            by_party_id=party_id,
            by_id=by_id,
        )


def _reviews(book: Book) -> Iterator[Proof]:
    """Reviews that the parties recorded, and renewals, which are reviews with signatures."""
    rows = Entry.objects.filter(
        version__agreement__in=book.agreements, kind=Entry.Kind.STATE, data__change="reviewed"
    ).values_list("pk", "version__agreement", "at", "by")
    for pk, agreement_id, at, by_id in rows:
        day = timezone.localtime(at, book.agreements[agreement_id].network.zone).date()
        # An entry's number is no UUID; as one it names the entry all the same.
        name = uuid.UUID(int=pk)
        yield Proof(agreement_id, "review", name, day, duty=Duty.AGREEMENT_REVIEW, by_id=by_id, at=at)
    for agreement_id, versions in book.versions.items():
        for bound in versions:
            if bound.kind == Version.Kind.RENEWAL:
                yield Proof(
                    agreement_id, "version", bound.version_id, bound.start, duty=Duty.AGREEMENT_REVIEW
                )


def _consultations(book: Book) -> Iterator[Proof]:
    """Questions without identity that were answered, by the month in which they were asked; ended ones count on."""
    for one in answered_in_time(book.agreements):
        yield Proof(
            one.agreement_id,
            "consultation",
            uuid.uuid5(one.agreement_id, f"{one.month} {one.in_time}"),
            one.month,
            duty=Duty.FEEDBACK,
            only_for=ANSWER,
            in_time=one.in_time,
            times=one.count,
        )


def _evidence(book: Book) -> Iterator[Proof]:
    """What people stated or handed in."""
    rows = Evidence.objects.filter(agreement__in=book.agreements, withdrawn_at__isnull=True).values_list(
        "pk", "agreement", "question_key", "party", "kind", "on", "by_party", "by", "at", "file"
    )
    for pk, agreement_id, key, party_id, kind, on, by_party_id, by_id, at, file_id in rows.order_by(
        "at", "pk"
    ):
        yield Proof(
            agreement_id,
            str(kind),
            pk,
            on,
            question_key=key,
            party_id=party_id,
            by_party_id=by_party_id,
            by_id=by_id,
            at=at,
            file_id=file_id,
        )


SOURCES: tuple[Callable[[Book], Iterable[Proof]], ...] = (
    _meetings,
    _visits,
    _contacts,
    _reviews,
    _consultations,
    _evidence,
)
"""Where evidence comes from, one function each; statements last, because they also confirm what others show."""


@dataclass
class Shelf:
    """All evidence of these agreements, ready to be asked for by duty."""

    by_duty: dict[tuple[uuid.UUID, str, uuid.UUID | None], list[Proof]]
    """What counts by itself: for each party what is its own, and under None everything."""
    by_question: dict[tuple[uuid.UUID, str], list[Proof]]
    doubts: dict[tuple[uuid.UUID, str], list[Doubt]]

    def deeds(
        self, agreement_id: uuid.UUID, question_key: str, duty: str, party_id: uuid.UUID | None
    ) -> list[Deed]:
        """What was done for one duty, by day. Statements about one day belong together and to what else it shows."""
        derived = self.by_duty.get((agreement_id, duty, party_id), ())
        typed = self.by_question.get((agreement_id, question_key), ())
        found = [Deed([proof]) for proof in derived if proof.only_for in ("", question_key)]
        by_day: dict[date, Deed] = {}
        for deed in found:
            by_day.setdefault(deed.day, deed)
        for proof in typed:
            if proof.party_id != party_id:
                continue
            if proof.day in by_day:
                by_day[proof.day].proofs.append(proof)
            else:
                by_day[proof.day] = Deed([proof])
                found.append(by_day[proof.day])
        doubts = self.doubts.get((agreement_id, question_key), ())
        if doubts:
            for deed in found:
                names = {(proof.source, proof.source_id) for proof in deed.proofs}
                deed.doubts = [doubt for doubt in doubts if (doubt.source, doubt.source_id) in names]
        found.sort(key=lambda deed: (deed.day, deed.key))
        return found


def load_shelf(book: Book) -> Shelf:
    """Load all evidence and its contests. One query for each source and one for the contests."""
    shelf = Shelf(defaultdict(list), defaultdict(list), defaultdict(list))
    for proofs in SOURCES:
        for proof in proofs(book):
            if proof.question_key:
                shelf.by_question[(proof.agreement_id, proof.question_key)].append(proof)
            else:
                shelf.by_duty[(proof.agreement_id, proof.duty, None)].append(proof)
                if proof.party_id is not None:
                    shelf.by_duty[(proof.agreement_id, proof.duty, proof.party_id)].append(proof)
    rows = Contest.objects.filter(agreement__in=book.agreements).exclude(state=Contest.State.WITHDRAWN)
    for pk, agreement_id, key, source, source_id, state, party_id in rows.order_by("at", "pk").values_list(
        "pk", "agreement", "question_key", "source", "source_id", "state", "party"
    ):
        shelf.doubts[(agreement_id, key)].append(Doubt(pk, source, source_id, state, party_id))
    return shelf
