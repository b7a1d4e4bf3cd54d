"""What a lived agreement adds to the world: meetings in every state, a duty shown, a need, a visit, a report.

The committee is made of the leads, the coordination and the moderation, so the worker sees that it meets and reads
nothing of it. One meeting of the kind "other" is between the drug help centre and the coordination only. Everything
of the network Kreis Heinsberg is foreign.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.utils import timezone

from mtd.accounts.models import User
from mtd.agreements.models import Agreement, Party
from mtd.cooperation.actions import contacts, evidence, needs, report, shadowing, shadowing_offers
from mtd.cooperation.models import (
    ContactConfirmation,
    Contest,
    Evidence,
    Need,
    NeedGroup,
    ShadowingDate,
    ShadowingOffer,
    ShadowingVisit,
)
from mtd.meetings.actions import agenda, closing, feeds, minutes, polling, series
from mtd.meetings.models import (
    AgendaItem,
    DateOption,
    Decision,
    FeedAddress,
    Kind,
    Meeting,
    Objection,
    Participant,
    Task,
)
from mtd.meetings.queries.people import Guest, personal_token
from mtd.organizations.models import Network
from tests.cast import Cast
from tests.factories.meetings import a_meeting

PDF = b"%PDF-1.7\n%%EOF\n"
SENT = {"sent": "1"}
DUTY = "committee_rhythm"
OWN_DUTY = "contact_update"

Case = tuple[dict[str, Any], dict[str, Any]]


@dataclass
class Lived:
    """The objects, and the arguments and forms that show them at their addresses."""

    cast: Cast
    agreement: Agreement
    foreign: Network

    # ------------------------------------------------------------ objects

    @cached_property
    def network(self) -> Network:
        return self.agreement.network

    def _meeting(self, title: str) -> Meeting:
        return Meeting.objects.select_related("network").get(title=title)

    @cached_property
    def meetings(self) -> dict[str, Meeting]:
        """By what state they are in."""
        return {
            name: self._meeting(name) for name in ("coming", "open", "sent", "final", "apart", "poll", "far")
        }

    @cached_property
    def guest(self) -> Participant:
        return Participant.objects.get(meeting=self.meetings["coming"], user__isnull=True)

    @cached_property
    def group(self) -> NeedGroup:
        return NeedGroup.objects.get(network=self.network)

    @cached_property
    def confirmation(self) -> ContactConfirmation:
        return ContactConfirmation.objects.get(
            party__organization=self.cast.organizations[MARKT], confirmed_on=None
        )

    @cached_property
    def names(self) -> dict[str, Any]:
        """Arguments by name, as most of these addresses want them."""
        coming = self.meetings["coming"]
        return {
            "slug": self.network.slug,
            "group_id": self.group.pk,
            "offer_id": ShadowingOffer.objects.get(organization=self.cast.organizations[MARKT]).pk,
            "visit_id": ShadowingVisit.objects.get(state="done").pk,
            "evidence_id": Evidence.objects.get(kind="document").pk,
            "year": timezone.localdate().year - 1,
            "item_id": AgendaItem.objects.filter(meeting=coming).order_by("order")[0].pk,
            "series_id": self._series,
            "decision_id": Decision.objects.get(meeting=self.meetings["sent"]).pk,
            "task_id": Task.objects.get(meeting=self.meetings["sent"]).pk,
            "objection_id": Objection.objects.get(meeting=self.meetings["sent"]).pk,
        }

    @cached_property
    def _series(self) -> Any:
        found = Meeting.objects.filter(network=self.network, series__isnull=False).first()
        assert found is not None
        return found.series_id

    def arguments(self, route: str) -> dict[str, Any]:
        """What an address names when it is not what most do."""
        slice_name, _, name = route.partition(":")
        found: dict[str, Any] = {}
        if slice_name == "cooperation":
            found["agreement_id"] = self.agreement.pk
            found["key"] = DUTY
            found["organization_id"] = self.cast.organizations[MARKT].pk
        if slice_name == "meetings":
            at = _AT.get(name, "coming")
            found["meeting_id"] = self.meetings[at].pk
            if name in ("notes", "item_state"):
                found["item_id"] = AgendaItem.objects.get(meeting=self.meetings["open"]).pk
            if name == "decision":
                found["row_id"] = Decision.objects.get(meeting=self.meetings["open"]).pk
            if name == "task":
                found["row_id"] = Task.objects.get(meeting=self.meetings["open"]).pk
            if name == "personal":
                found["token"] = personal_token(self.guest)
            if name == "feed":
                user = self.cast.people["jonas-reuter"]
                found["token"] = FeedAddress.objects.get(user=user).token
        if route == "cooperation:contacts_link":
            found["token"] = contacts.token_of(self.confirmation.pk)
        return found

    # ------------------------------------------------------------ cases

    @cached_property
    def cases(self) -> dict[tuple[str, str], Case]:
        """(address, case) → (arguments, form)."""
        return {**self._meeting_cases(), **self._duty_cases(), **self._need_cases(), **self._exchange_cases()}

    def _meeting_cases(self) -> dict[tuple[str, str], Case]:
        at = {name: {"meeting_id": meeting.pk} for name, meeting in self.meetings.items()}
        there = {"slug": self.foreign.slug}
        moved = (timezone.localdate() + timedelta(days=30)).isoformat()
        lead = Participant.objects.get(
            meeting=self.meetings["coming"], user=self.cast.people["leonie-brandt"]
        )
        far_item = AgendaItem.objects.get(meeting=self.meetings["far"]).pk
        sent_decision = Decision.objects.get(meeting=self.meetings["sent"]).pk
        option = DateOption.objects.filter(meeting=self.meetings["poll"])[0]
        cases: dict[tuple[str, str], Case] = {}
        for route in ("meeting", "agenda", "minutes", "minutes_pdf"):
            for name in ("far", "apart", "final"):
                cases[(f"meetings:{route}", name)] = (at[name], {})
        for route in ("network", "new", "decisions", "import"):
            cases[(f"meetings:{route}", "foreign")] = (there, {})
        return cases | {
            ("meetings:meeting", "answer"): ({}, {"do": "answer", "answer": "yes"}),
            ("meetings:meeting", "note"): ({}, {"do": "note", "participant": str(lead.pk), "answer": "no"}),
            ("meetings:meeting", "remove"): ({}, {"do": "remove", "participant": str(lead.pk)}),
            ("meetings:meeting", "cancel"): (
                {},
                {"do": "cancel", "cancel-reason": "other", "cancel-sequence": "0"},
            ),
            ("meetings:meeting", "move"): (
                {},
                {
                    "do": "move",
                    "move-day": moved,
                    "move-start": "10:00",
                    "move-end": "12:00",
                    "move-sequence": "0",
                },
            ),
            ("meetings:meeting", "held-far"): (at["far"], {"do": "held"}),
            ("meetings:agenda", "add"): ({}, {"title": "Vertretung in den Ferien"}),
            ("meetings:agenda", "add-far"): (at["far"], {"title": "x"}),
            ("meetings:agenda_item", "mixed"): ({"item_id": far_item}, {"title": "x"}),
            ("meetings:agenda_drop", "mixed"): ({"item_id": far_item}, SENT),
            ("meetings:notes", "mixed"): ({"item_id": far_item}, {"notes": "x"}),
            ("meetings:decision", "mixed"): ({"row_id": sent_decision}, {"text": "x"}),
            ("meetings:decision_new", "add"): (at["open"], {"text": "x", "outcome": "yes", "reason": "y"}),
            ("meetings:task_new", "add"): (at["open"], {"text": "x"}),
            ("meetings:minutes_send", "send"): (at["open"], {"days": "14"}),
            ("meetings:minutes_send", "far"): (at["far"], {"days": "14"}),
            ("meetings:minutes_close", "far"): (at["far"], {"agreed": "on"}),
            ("meetings:minutes_object", "object"): (at["sent"], {"text": "x"}),
            ("meetings:minutes_object", "final"): (at["final"], {"text": "x"}),
            ("meetings:dates", "fix"): ({}, {"do": "fix", "option": str(option.pk)}),
            ("meetings:dates", "far"): (at["far"], {}),
            ("meetings:feed", "unknown"): ({"token": "unknown"}, {}),
            ("meetings:personal", "unknown"): ({"token": "unknown"}, {}),
            ("meetings:personal", "answer"): ({}, {"do": "answer", "answer": "yes"}),
        }

    def _duty_cases(self) -> dict[tuple[str, str], Case]:
        day = timezone.localdate().isoformat()
        shown = Evidence.objects.get(kind="document")
        doubt = Contest.objects.get()
        elsewhere = {"agreement_id": Agreement.objects.get(network=self.foreign).pk}
        cases: dict[tuple[str, str], Case] = {}
        for route in ("duties", "duty", "lived", "reports", "report", "report_pdf", "evidence_file"):
            cases[(f"cooperation:{route}", "foreign")] = (elsewhere, {})
        return cases | {
            ("cooperation:duty", "unknown"): ({"key": "nothing"}, {}),
            ("cooperation:duty", "own"): ({"key": OWN_DUTY}, {}),
            ("cooperation:duty", "show"): ({}, {"do": "show", "show-on": day, "show-note": "x"}),
            ("cooperation:duty", "take_back"): ({}, {"do": "take_back", "evidence": str(shown.pk)}),
            ("cooperation:duty", "withdraw"): ({}, {"do": "withdraw", "contest": str(doubt.pk)}),
            ("cooperation:duty", "settle"): (
                {},
                {
                    "do": "settle",
                    "contest": str(doubt.pk),
                    f"settle-{doubt.pk}-upheld": "no",
                    f"settle-{doubt.pk}-settlement": "x",
                },
            ),
            ("cooperation:duty", "pause"): (
                {},
                {"do": "pause", "pause-from_on": day, "pause-reason": "x", "pause-everybody": "on"},
            ),
            ("cooperation:duty", "grace"): ({}, {"do": "grace", "grace-days": "10"}),
            ("cooperation:reports", "begin"): ({}, {"year": str(timezone.localdate().year)}),
            ("cooperation:report", "write"): (
                {},
                {
                    "do": "write",
                    "foreword": "x",
                    "went_well": "",
                    "went_badly": "",
                    "next_year": "",
                    "revision": "0",
                },
            ),
            ("cooperation:report", "none"): ({"year": 1999}, {}),
        }

    def _need_cases(self) -> dict[tuple[str, str], Case]:
        there = {"slug": self.foreign.slug}
        need = Need.objects.get(group=self.group)
        day = timezone.localdate().isoformat()
        decided = {
            "do": "decide",
            "decide-level": "coordination",
            "decide-outcome": "yes",
            "decide-text": "x",
            "decide-reason": "y",
            "decide-decided_on": day,
            "decide-owner_organization": str(self.cast.organizations[MARKT].pk),
            "decide-due_on": day,
        }
        return {
            ("cooperation:year", "foreign"): (there, {}),
            ("cooperation:network_lived", "foreign"): (there, {}),
            ("cooperation:needs", "foreign"): (there, {}),
            ("cooperation:need", "foreign"): (there, {}),
            ("cooperation:need_new", "raise"): ({}, {"text": "x", "topic": "other"}),
            ("cooperation:need_new", "foreign"): (there, {"text": "x", "topic": "other"}),
            ("cooperation:need", "join"): ({}, {"do": "join", "join-text": "x"}),
            ("cooperation:need", "withdraw"): ({}, {"do": "withdraw", "need": str(need.pk)}),
            ("cooperation:need", "word"): ({}, {"do": "word", "word-wording": "x", "word-topic": "other"}),
            ("cooperation:need", "decide"): ({}, decided),
            ("cooperation:need", "helped"): ({}, {"do": "helped", "helped-helped": "yes"}),
        }

    def _exchange_cases(self) -> dict[tuple[str, str], Case]:
        there = {"slug": self.foreign.slug}
        asked = {"visit_id": ShadowingVisit.objects.get(state="requested").pk}
        party = Party.objects.get(agreement=self.agreement, organization=self.cast.organizations[MARKT])
        free = ShadowingDate.objects.get(offer__organization=self.cast.organizations[OFFICE], visits=None)
        office = {"offer_id": free.offer_id}
        return {
            ("cooperation:shadowing", "foreign"): (there, {}),
            ("cooperation:shadowing_offer", "foreign"): (there, {}),
            ("cooperation:shadowing_offer", "request"): (office, {"do": "request", "date": str(free.pk)}),
            ("cooperation:visit", "foreign"): (there, {}),
            ("cooperation:visit", "asked"): (asked, {}),
            ("cooperation:visit", "accept"): (asked, {"do": "accept", "answer": ""}),
            ("cooperation:visit", "cancel"): (asked, {"do": "cancel"}),
            ("cooperation:visit_undertaking", "foreign"): (there, {}),
            ("cooperation:pulse", "foreign"): (there, {}),
            ("cooperation:pulse", "open"): ({}, {"do": "open"}),
            ("cooperation:people", "foreign"): (there, {}),
            ("cooperation:people", "confirm"): ({}, {"do": "confirm", "party": str(party.pk)}),
            ("cooperation:people", "doubt"): ({}, {"do": "doubt", "party": str(party.pk)}),
            ("cooperation:people_vcf", "foreign"): (there, {}),
            ("cooperation:organization_vcf", "foreign"): (there, {}),
            ("cooperation:contacts_link", "unknown"): ({"token": "unknown"}, {}),
        }


MARKT, OFFICE = "suchtberatung-am-markt", "kreisjugendamt-birkenfurt"
_OF_OPEN_MINUTES = (
    "attendance",
    "cases",
    "decision",
    "decision_new",
    "item_state",
    "minutes",
    "minutes_pulse",
    "minutes_send",
    "notes",
    "present",
    "task",
    "task_new",
)
_AT = dict.fromkeys(_OF_OPEN_MINUTES, "open") | {
    "minutes_close": "sent",
    "minutes_object": "sent",
    "minutes_objection": "sent",
    "minutes_pdf": "final",
    "minutes_late": "final",
    "dates": "poll",
}
"""In which meeting an address lies; the others are asked about the one to come."""


def build_lived(cast: Cast, agreement: Agreement, foreign: Network) -> Lived:
    """Everything above, once, for a network whose agreement is in force."""
    network = agreement.network
    coordinator, other = cast.actor("miriam-hoffstedt"), cast.actor("anke-wolters")
    _meetings(cast, network)
    far = a_meeting(foreign, title="far", actor=other)
    agenda.add_item(actor=other, meeting=far, title="Anderswo")
    _duties(cast, agreement)
    needs.raise_need(
        actor=cast.actor("jonas-reuter"), network=network, text="Es fehlt eine Gruppe.", topic="offer"
    )
    _visits(cast, network)
    report.begin_report(actor=coordinator, agreement=agreement, year=timezone.localdate().year - 1)
    feeds.make_feed(actor=cast.actor("jonas-reuter"))
    party = Party.objects.get(agreement=agreement, organization=cast.organizations[MARKT])
    ContactConfirmation.objects.filter(party=party).delete()
    row = ContactConfirmation(agreement=agreement, party=party, asked_on=timezone.localdate())
    row.token_hash = contacts.token_hash(contacts.token_of(row.pk))
    row.save(force_insert=True)
    return Lived(cast=cast, agreement=agreement, foreign=foreign)


def _meetings(cast: Cast, network: Network) -> None:
    actor = cast.actor("miriam-hoffstedt")
    coming = a_meeting(
        network, title="coming", guests=[Guest("Gast", "gast@guest.example", "de")], when=_ahead(20)
    )
    agenda.add_item(actor=actor, meeting=coming, title="Erstens")
    for name, days in (("open", 10), ("sent", 40), ("final", 90)):
        held = a_meeting(network, title=name, when=_ahead(-days), held=True)
        item = agenda.add_item(actor=actor, meeting=held, title="Punkt")
        item = minutes.write_notes(actor=actor, item=item, notes="Gesagt.", base_revision=item.revision)
        minutes.decide(actor=actor, meeting=held, item=item, words=minutes.Words(text="Ja.", reason="Darum."))
        minutes.add_task(
            actor=actor,
            meeting=held,
            item=item,
            words=minutes.Words(text="Schreiben", user=cast.people["leonie-brandt"]),
        )
        if name != "open":
            closing.circulate(actor=actor, meeting=held)
        if name == "final":
            closing.finish(actor=actor, meeting=Meeting.objects.get(pk=held.pk), agreed=True)
        if name == "sent":
            me = Participant.objects.get(meeting=held, user=cast.people["leonie-brandt"])
            closing.object_to(actor=cast.actor("leonie-brandt"), participant=me, text="Nicht so.")
    a_meeting(network, Kind.OTHER, title="apart", people=_people(cast, ["tarek-aziz"]), when=_ahead(15))
    start = _ahead(25)
    polling.propose_dates(
        actor=actor,
        network=network,
        kind=Kind.EXCHANGE,
        title="poll",
        options=[(start + timedelta(days=n), start + timedelta(days=n, hours=2)) for n in (0, 1)],
        people=_people(cast, ["jonas-reuter", "leonie-brandt", "deniz-kaya"]),
    )
    series.call_series(
        actor=actor,
        network=network,
        kind=Kind.EXCHANGE,
        first_on=_ahead(30).date(),
        time=start.time().replace(tzinfo=None),
        every=3,
        people=_people(cast, ["jonas-reuter", "deniz-kaya"]),
    )


def _ahead(days: int) -> Any:
    return timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=days)


def _people(cast: Cast, keys: Iterable[str]) -> list[User]:
    return [cast.people[key] for key in keys]


def _duties(cast: Cast, agreement: Agreement) -> None:
    shown = evidence.show_done(
        actor=cast.actor("jonas-reuter"),
        agreement=agreement,
        question_key=DUTY,
        party=None,
        on=date(2026, 2, 3),
        note="Getroffen.",
        file=("nachweis.pdf", PDF, "application/pdf"),
    )
    evidence.contest(
        actor=cast.actor("ulrike-sand"),
        agreement=agreement,
        question_key=DUTY,
        party=None,
        source="document",
        source_id=shown.pk,
        reason="Nicht alle waren da.",
    )


def _visits(cast: Cast, network: Network) -> None:
    ahead = timezone.localdate() + timedelta(days=9)
    days = [shadowing_offers.Slot(ahead + timedelta(days=n)) for n in range(2)]
    for host in ("leonie-brandt", "ulrike-sand"):
        shadowing_offers.offer_shadowing(
            actor=cast.actor(host), network=network, title="Ein Tag", what="Alltag", dates=days
        )
    markt, office = cast.organizations[MARKT], cast.organizations[OFFICE]
    asked = ShadowingDate.objects.filter(offer__organization=markt).first()
    done = ShadowingDate.objects.filter(offer__organization=office).first()
    assert asked is not None
    assert done is not None
    shadowing.request_visit(actor=cast.actor("deniz-kaya"), day=asked)
    visitor = cast.actor("jonas-reuter")
    visit = shadowing.request_visit(actor=visitor, day=done)
    visit = shadowing.answer_request(actor=cast.actor("ulrike-sand"), visit=visit, accept=True)
    visit = shadowing.undertake_secrecy(actor=visitor, visit=visit, declaration="Jonas Reuter")
    ShadowingDate.objects.filter(pk=done.pk).update(on=timezone.localdate() - timedelta(days=3))
    visit = ShadowingVisit.objects.get(pk=visit.pk)
    shadowing.report_visit(actor=visitor, visit=visit, report="Viel gelernt.")
