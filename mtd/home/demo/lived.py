"""How an agreement was lived: its meetings, needs, visits and reports, told through the real actions, day by day."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import cached_property, partial
from typing import Any
from uuid import UUID

import yaml
from django.conf import settings
from django.utils import timezone

from mtd.accounts.models import User
from mtd.agreements.models import Party
from mtd.cooperation.actions import (
    contacts,
    duties,
    evidence,
    needs,
    needs_consequences,
    needs_decisions,
    needs_groups,
    pulse,
    report,
    shadowing,
    shadowing_offers,
)
from mtd.cooperation.models import Need, NeedDecision, NeedGroup, ShadowingDate
from mtd.cooperation.pulse import ITEMS, TRUST
from mtd.cooperation.queries.pulse import to_answer
from mtd.core.actor import SYSTEM, Actor
from mtd.meetings.actions import agenda, closing, inviting, minutes, planning, polling
from mtd.meetings.models import AgendaItem, Decision, Kind, Meeting, Participant, Place
from mtd.meetings.queries.people import invitable, invited_by_default
from mtd.organizations.models import Organization

from .clock import Calendar, at
from .play import Play

Deed = tuple[date, Callable[[], object]]

HOURS = {
    Kind.COMMITTEE: (9, 150),
    Kind.STEERING_GROUP: (10, 120),
    Kind.EXCHANGE: (14, 120),
    Kind.CASE_DISCUSSION: (13, 90),
}
"""When each kind begins, and how many minutes it takes."""

BODIES = (Kind.COMMITTEE, Kind.STEERING_GROUP)
ROUNDS = (Kind.EXCHANGE, Kind.CASE_DISCUSSION)
INVITED_BEFORE = timedelta(days=35)


def tell(play: Play, calendar: Calendar) -> None:
    """Live the agreement of this play as content/demo/lived.yaml writes it down."""
    path = settings.BASE_DIR / "content" / "demo" / "lived.yaml"
    written = yaml.safe_load(path.read_text(encoding="utf-8"))[play.network.slug]
    Life(play, written, calendar).tell()


class Life:
    """The years after the signatures, in the order of their days."""

    def __init__(self, play: Play, written: Mapping[str, Any], calendar: Calendar) -> None:
        self.play, self.written, self.calendar = play, written, calendar
        self.network = play.network
        self.agreement = play.agreement
        self.groups: dict[str, UUID] = {}
        """What became of a written need: its group, by the need's name in the text."""
        self.today = timezone.localdate()

    def tell(self) -> None:
        """Everything, day by day; what lies ahead is only planned."""
        deeds: list[Deed] = [
            *self._needs(),
            *self._bodies(),
            *self._rounds(),
            *self._planned(),
            *self._statements(),
            *self._contacts(),
            *self._shadowing(),
            *self._pulse(),
            *self._reports(),
            *self._escalations(),
        ]
        for _day, deed in sorted(deeds, key=lambda pair: pair[0]):
            deed()

    # ------------------------------------------------------------ days and people

    def day(self, written: date) -> date:
        """A day as written; those of the present move along with today."""
        return self.calendar.day(written) if written >= self.written["moves_from"] else written

    def moment(self, day: date, hour: int) -> datetime:
        """A time on the network's wall clock."""
        return datetime.combine(day, time(hour), tzinfo=self.network.zone)

    @cached_property
    def coordinator(self) -> Actor:
        return self.play.coordinator

    def organization(self, key: str) -> Organization:
        return self.play.cast.organizations[key]

    @cached_property
    def parties(self) -> dict[str, Party]:
        return self.play.parties

    def invited(self, kind: str, day: date) -> list[User]:
        """Whom one invites to this kind on that day."""
        return invited_by_default(kind, invitable(self.network, min(day, self.today)))

    def of(self, keys: Sequence[str]) -> set[Any]:
        """The people of some organisations."""
        wanted = {self.organization(key).pk for key in keys}
        rows = invitable(self.network)
        return {row.user.pk for row in rows if row.organization and row.organization.pk in wanted}

    def place(self, number: int) -> str:
        """Each time at another organisation's."""
        names = sorted(self.organization(key).short_name for key in self.play.keys)
        return names[number % len(names)]

    # ------------------------------------------------------------ meetings

    def _call(self, kind: str, day: date, *, online: bool = False, number: int = 0, **more: Any) -> Meeting:
        hour, length = HOURS[Kind(kind)]
        start = self.moment(day, hour)
        return planning.call_meeting(
            actor=self.coordinator,
            network=self.network,
            kind=kind,
            starts_at=start,
            ends_at=start + timedelta(minutes=length),
            place_kind=Place.ONLINE if online else Place.ON_SITE,
            place="" if online else self.place(number),
            link="https://video.example/raum" if online else "",
            people=self.invited(kind, day),
            **more,
        )

    def _rounds(self) -> Iterator[Deed]:
        """Exchange and case discussion: noted as held; who was there differs from time to time."""
        for kind in ROUNDS:
            for number, on in enumerate(self.written.get(kind, ())):
                yield self.day(on), partial(self._round, kind, on, number)

    def _round(self, kind: str, on: date, number: int) -> None:
        day = self.day(on)
        people = self.invited(kind, day)
        there = [user for i, user in enumerate(people) if (i * 3 + number) % 5 != 4]
        with at(day, 18):
            self._call(kind, day, online=number % 4 == 1, number=number, held=True, present=there)

    def _bodies(self) -> Iterator[Deed]:
        """Committee and steering group: called, with agenda, minutes, decisions and what follows from them."""
        for kind in BODIES:
            for number, row in enumerate(self.written.get(kind, ())):
                yield from self._body(kind, row, number)

    def _body(self, kind: str, row: Mapping[str, Any], number: int) -> Iterator[Deed]:
        day = self.day(row["day"])
        held: list[Meeting] = []

        def call() -> None:
            with at(day - INVITED_BEFORE):
                held.append(self._call(kind, day, online=row.get("online", False), number=number))

        def prepare() -> None:
            with at(day - timedelta(days=7)):
                for item in row["items"]:
                    self._on_agenda(held[0], item)

        yield day - INVITED_BEFORE, call
        yield day - timedelta(days=7), prepare
        yield day, lambda: self._meet(held[0], row, day)
        yield day + timedelta(days=4), lambda: self._send(held[0], row, day)
        yield day + timedelta(days=20), lambda: self._close(held[0], day)
        for item in row["items"]:
            if "need" in item and "helped" in item:
                yield item["due"] + timedelta(days=60), partial(self._helped, item)

    def _on_agenda(self, meeting: Meeting, item: Mapping[str, Any]) -> None:
        if "need" in item:
            group = NeedGroup.objects.get(pk=self.groups[item["need"]])
            needs_groups.put_on_agenda(actor=self.coordinator, group=group, meeting=meeting)
        else:
            agenda.add_item(actor=self.coordinator, meeting=meeting, title=item["t"], minutes=20)

    def _meet(self, meeting: Meeting, row: Mapping[str, Any], day: date) -> None:
        absent = self.of(row.get("absent", []))
        there = Participant.Attendance.ONLINE if row.get("online") else Participant.Attendance.PRESENT
        with at(day, 15):
            seen = {
                p.pk: Participant.Attendance.EXCUSED if p.user_id in absent else there
                for p in meeting.participants.all()
            }
            planning.mark_held(actor=self.coordinator, meeting=meeting, attendance=seen)
            items = AgendaItem.objects.filter(meeting=meeting).select_related("meeting__network")
            for written, item in zip(row["items"], items.order_by("order"), strict=True):
                self._discuss(meeting, item, written)

    def _discuss(self, meeting: Meeting, item: AgendaItem, written: Mapping[str, Any]) -> None:
        item = minutes.write_notes(
            actor=self.coordinator, item=item, notes=written.get("n", ""), base_revision=item.revision
        )
        if "d" in written:
            words = minutes.Words(
                text=written["d"],
                reason=written["why"],
                organization=self.organization(written["owner"]),
                due_on=self.day(written["due"]),
            )
            minutes.decide(actor=self.coordinator, meeting=meeting, item=item, words=words)
        if "task" in written:
            words = minutes.Words(
                text=written["task"],
                organization=self.organization(written["who"]),
                due_on=self.day(written["due"]),
            )
            task = minutes.add_task(actor=self.coordinator, meeting=meeting, item=item, words=words)
            if self.day(written["due"]) < self.today:
                minutes.finish_task(actor=self.coordinator, task=task)
        state = AgendaItem.State.CARRIED if written.get("carry") else AgendaItem.State.DONE
        minutes.set_item_state(actor=self.coordinator, item=item, state=state)

    def _send(self, meeting: Meeting, row: Mapping[str, Any], day: date) -> None:
        if day + timedelta(days=4) > self.today:
            return
        with at(day + timedelta(days=4)):
            closing.circulate(actor=self.coordinator, meeting=Meeting.objects.get(pk=meeting.pk))
        with at(day + timedelta(days=5), 6):
            for decision in Decision.objects.filter(meeting=meeting, item__source_kind="need"):
                needs_decisions.take_in_decision(actor=SYSTEM, decision_id=decision.pk)
        for item in row["items"]:
            if "need" in item and "leads_to" in item:
                with at(day + timedelta(days=6)):
                    decided = NeedDecision.objects.get(group=self.groups[item["need"]])
                    needs_consequences.wish_offer(actor=self.coordinator, decision=decided, text=item["d"])

    def _close(self, meeting: Meeting, day: date) -> None:
        if day + timedelta(days=20) <= self.today:
            with at(day + timedelta(days=20), 6):
                closing.finish_if_due(actor=SYSTEM, meeting=Meeting.objects.get(pk=meeting.pk))

    def _planned(self) -> Iterator[Deed]:
        """What lies ahead: invited to, or still looking for a date."""
        ahead = {"committee": Kind.COMMITTEE, "steering": Kind.STEERING_GROUP, **{k.value: k for k in ROUNDS}}
        for name, kind in ahead.items():
            if on := self.written.get(f"{name}_planned"):
                day = self.day(on)
                yield day - timedelta(days=40), partial(self._ahead, kind, day)
        if dates := self.written.get("exchange_poll"):
            first = self.day(dates[0])
            yield first - timedelta(days=14), lambda: self._poll([self.day(on) for on in dates])

    def _ahead(self, kind: str, day: date) -> None:
        with at(min(day - timedelta(days=40), self.today - timedelta(days=2))):
            meeting = self._call(kind, day)
            for name in self.written.get("waiting_for", {}).get(kind, ()):
                group = NeedGroup.objects.get(pk=self.groups[name])
                needs_groups.put_on_agenda(actor=self.coordinator, group=group, meeting=meeting)
            for number, person in enumerate(
                meeting.participants.filter(user__isnull=False).select_related("user")
            ):
                assert person.user is not None
                if number % 3 != 2:
                    says = "no" if number % 7 == 6 else "yes"
                    inviting.answer(actor=self.play.actor(person.user), meeting=meeting, answer=says)

    def _poll(self, days: list[date]) -> None:
        with at(days[0] - timedelta(days=14)):
            hour, length = HOURS[Kind.EXCHANGE]
            spans = [
                (self.moment(day, hour), self.moment(day, hour) + timedelta(minutes=length)) for day in days
            ]
            meeting = polling.propose_dates(
                actor=self.coordinator,
                network=self.network,
                kind=Kind.EXCHANGE,
                options=spans,
                place=self.place(0),
                people=self.invited(Kind.EXCHANGE, days[0]),
            )
        with at(days[0] - timedelta(days=12)):
            options = list(meeting.date_options.all())
            for number, person in enumerate(
                meeting.participants.filter(user__isnull=False).select_related("user")
            ):
                assert person.user is not None
                if number % 4 != 3:
                    says = {
                        o.pk: ("yes", "if_needed", "no")[(i + number) % 3 if i else 0]
                        for i, o in enumerate(options)
                    }
                    polling.vote(actor=self.play.actor(person.user), meeting=meeting, choices=says)

    # ------------------------------------------------------------ needs

    def _needs(self) -> Iterator[Deed]:
        for name, row in self.written["needs"].items():
            yield self.day(row["day"]), partial(self._need, name, row)

    def _need(self, name: str, row: Mapping[str, Any]) -> None:
        actor = self.play.person(row["by"])
        with at(self.day(row["day"]), 11):
            if other := row.get("same_as"):
                group = NeedGroup.objects.get(pk=self.groups[other])
                needs.join_need(
                    actor=actor, group=group, text=row["text"], anonymous=row.get("anonymous", False)
                )
                self.groups[name] = group.pk
                return
            need = needs.raise_need(
                actor=actor,
                network=self.network,
                text=row["text"],
                topic=row["topic"],
                anonymous=row.get("anonymous", False),
            )
            self.groups[name] = need.group_id

    def _helped(self, item: Mapping[str, Any]) -> None:
        with at(item["due"] + timedelta(days=55)):
            for decision in NeedDecision.objects.filter(group=self.groups[item["need"]]):
                needs_decisions.mark_done(actor=self.coordinator, decision=decision)
        with at(item["due"] + timedelta(days=60)):
            for need in Need.objects.filter(group=self.groups[item["need"]]).select_related("raised_by"):
                assert need.raised_by is not None
                needs.say_helped(actor=self.play.actor(need.raised_by), need=need, helped=item["helped"])

    # ------------------------------------------------------------ duties

    def _statements(self) -> Iterator[Deed]:
        for key, days in self.written["statements"].items():
            for on in days:
                yield (
                    self.day(on) + timedelta(days=1),
                    partial(self._statement, key, self.day(on)),
                )

    def _statement(self, key: str, on: date) -> None:
        notes = {
            "conference_rhythm": "Alle Konferenzen des Halbjahrs fanden mit den Eltern statt.",
            "seminar_rhythm": "Gemeinsamer Seminartag beider Hilfesysteme.",
            "evaluation_date": "Auswertung im Kreis der Vertragspartner besprochen.",
        }
        with at(on + timedelta(days=1)):
            shown = evidence.show_done(
                actor=self.coordinator,
                agreement=self.agreement,
                question_key=key,
                party=None,
                on=on,
                note=notes[key],
            )
        doubt = self.written.get("contested", {})
        if doubt.get("duty") == key and doubt["day"] == on:
            with at(on + timedelta(days=9)):
                evidence.contest(
                    actor=self.play.lead(doubt["by"]),
                    agreement=self.agreement,
                    question_key=key,
                    party=None,
                    source="statement",
                    source_id=shown.pk,
                    reason=doubt["reason"],
                )

    def _contacts(self) -> Iterator[Deed]:
        """Each half-year every party is asked, and most say within days that their contacts hold."""
        since = self.agreement.in_force_from
        assert since is not None
        for year in range(since.year, self.today.year + 1):
            for half, month in ((1, 1), (2, 7)):
                asked = date(year, month, 8)
                if asked > since and asked < self.today:
                    yield asked, partial(self._ask, asked)
                    name = f"{year}-{half}"
                    for number, key in enumerate(self.parties):
                        if name not in self.written["unconfirmed"].get(key, ()):
                            on = asked + timedelta(days=2 + number * 3)
                            yield on, partial(self._confirm, key, on)

    def _ask(self, day: date) -> None:
        with at(day, 7):
            for party in self.parties.values():
                contacts.ask_contacts(actor=SYSTEM, party_id=party.pk)

    def _confirm(self, key: str, day: date) -> None:
        with at(day, 9):
            contacts.confirm_contacts(actor=self.play.lead(key), party=self.parties[key])

    def _escalations(self) -> Iterator[Deed]:
        """The clock of each quarter: what was missed goes up the agreed path."""
        since = self.agreement.in_force_from
        assert since is not None
        for year in range(since.year + 1, self.today.year + 1):
            for month in (2, 5, 8, 11):
                day = date(year, month, 20)
                if day < self.today:
                    yield day, partial(self._escalate, day)

    def _escalate(self, day: date) -> None:
        with at(day, 5):
            duties.escalate(actor=SYSTEM, agreement_id=self.agreement.pk)

    # ------------------------------------------------------------ exchange between people

    def _shadowing(self) -> Iterator[Deed]:
        for row in self.written["shadowing"]:
            first = min(row["dates"]) - timedelta(days=60)
            yield (
                min(first, self.today),
                partial(self._offer, row, min(first, self.today)),
            )
        for row in self.written["visits"]:
            on = self.day(row["day"])
            yield min(on - timedelta(days=20), self.today), partial(self._visit, row, on)

    def _offer(self, row: Mapping[str, Any], day: date) -> None:
        with at(day):
            shadowing_offers.offer_shadowing(
                actor=self.play.lead(row["host"]),
                network=self.network,
                title=row["title"],
                what=row["what"],
                limits=row["limits"],
                dates=[shadowing_offers.Slot(self.day(on), time(9), time(13), 2) for on in row["dates"]],
            )

    def _visit(self, row: Mapping[str, Any], on: date) -> None:
        visitor, host = self.play.person(row["who"]), self.play.lead(row["host"])
        day = ShadowingDate.objects.select_related("offer__network").get(
            offer__network=self.network, offer__organization=self.organization(row["host"]), on=on
        )
        asked = min(on - timedelta(days=20), self.today - timedelta(days=3))
        with at(asked):
            visit = shadowing.request_visit(actor=visitor, day=day, wish=row.get("wish", ""))
        if "report" not in row:
            return
        with at(asked + timedelta(days=2)):
            visit = shadowing.answer_request(actor=host, visit=visit, accept=True)
        with at(asked + timedelta(days=4)):
            name = self.play.cast.people[row["who"]].full_name
            visit = shadowing.undertake_secrecy(actor=visitor, visit=visit, declaration=name)
        with at(on + timedelta(days=2)):
            shadowing.report_visit(actor=visitor, visit=visit, report=row["report"])

    def _pulse(self) -> Iterator[Deed]:
        told = self.written["pulse"]
        for number, on in enumerate(told["rounds"]):
            yield on, partial(self._round_of_pulse, number, on)

    def _round_of_pulse(self, number: int, on: date) -> None:
        told = self.written["pulse"]
        with at(on, 6):
            pulse.open_pulse_if_due(actor=SYSTEM, network=self.network)
            opened = self.network.pulse_rounds.latest("opened_on")
        users = [row.user for row in invitable(self.network) if row.organization]
        few = len(users) <= 12  # where few can answer, all do: from five answers on there is something to see
        for who, user in enumerate(users):
            if not few and (who + number) % 6 == 5:
                continue
            with at(on + timedelta(days=3 + who % 12), tells=False):
                actor = self.play.actor(user)
                answers = {
                    organization.pk: {
                        item: self._mark(told, number, who, whom, item, certain=few) for item in ITEMS
                    }
                    for whom, organization in enumerate(to_answer(actor, opened))
                }
                pulse.answer_pulse(actor=actor, pulse_round=opened, answers=answers)
        with at(min(opened.closes_on + timedelta(days=1), self.today), 5):
            if opened.closes_on < self.today:
                pulse.forget_turns(actor=SYSTEM, pulse_round=opened)

    def _mark(
        self, told: Mapping[str, Any], number: int, who: int, whom: int, item: str, *, certain: bool
    ) -> int | None:
        """A mark around the written mean, a little higher each round; now and then somebody cannot say."""
        if not certain and (who * 7 + whom * 3 + ITEMS.index(item)) % 17 == 0:
            return None
        mean = float(told["trust"] if item in TRUST else told["use"]) + float(told["step"]) * number
        away = ((who * 5 + whom * 11 + ITEMS.index(item) * 3) % 5 - 2) * 0.55
        return max(1, min(5, round(mean + away)))

    # ------------------------------------------------------------ yearly reports

    def _reports(self) -> Iterator[Deed]:
        for year, words in self.written["reports"].items():
            yield date(year + 1, 2, 10), partial(self._report, year, words)

    def _report(self, year: int, words: str) -> None:
        with at(date(year + 1, 2, 10)):
            begun = report.begin_report(actor=self.coordinator, agreement=self.agreement, year=year)
            begun = report.write_report(
                actor=self.coordinator, report=begun, words={"foreword": words}, base_revision=begun.revision
            )
        with at(date(year + 1, 3, 12)):
            report.approve_report(
                actor=self.coordinator,
                report=begun,
                decided_on=date(year + 1, 3, 10),
                base_revision=begun.revision,
            )
