"""Is it lived? The page of one agreement, the choice among several, and the column of the register."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from mtd.agreements.models import Agreement
from mtd.agreements.permissions import visible_to
from mtd.agreements.queries.columns import Cell, Column
from mtd.cooperation.models import Escalation
from mtd.cooperation.obligations import Status
from mtd.core.actor import Actor

from .duties import DutyState, Summary, duties_of, duties_of_many, tally
from .duty_path import level_words, occurrence_key
from .figures import Figures, figures_from, years_of
from .marks import short_date
from .year import Year, build_year, meetings_of_year, today_in


@dataclass(frozen=True)
class Lived:
    """The page "is it lived?": the year drawn, and its figures."""

    agreement: Agreement
    duties: tuple[DutyState, ...]
    year: Year
    figures: Figures


def lived(agreement: Agreement, year: int, *, today: date | None = None) -> Lived:
    """The year and the figures of one agreement, its duties loaded once. A constant number of queries."""
    now = today or today_in(agreement.network)
    duties = duties_of(agreement, today=now)
    by_agreement = {agreement.pk: duties}
    planned, _others = meetings_of_year(agreement.network, year, now, by_agreement)
    drawn = build_year([agreement], by_agreement, year, now, planned=planned)
    return Lived(agreement, tuple(duties), drawn, figures_from(agreement, duties, year, now))


@dataclass(frozen=True)
class LivedCard:
    """One of several agreements of a network, and how its year stands."""

    agreement: Agreement
    year: int
    tally: Summary


def lived_cards(agreements: Sequence[Agreement]) -> list[LivedCard]:
    """How the year of each agreement stands (the last one, where it ended); a constant number of queries."""
    found = duties_of_many(agreements) if agreements else {}
    today = timezone.localdate()
    cards = []
    for agreement in agreements:
        year = years_of(agreement, today)[-1]
        counts = (tally(duty.occurrences, year, today) for duty in found.get(agreement.pk, []))
        cards.append(LivedCard(agreement, year, sum(counts, Summary())))
    return cards


@dataclass(frozen=True)
class Told:
    """What became of something that was missed."""

    text: str
    url: str


MOST_TOLD = 5


def missed_told(agreement: Agreement, duties: Iterable[DutyState], year: int) -> list[Told]:
    """What was missed in a year and how far it was taken since, the newest first; at most five. One query."""
    missed = [
        (found, duty)
        for duty in duties
        for found in duty.occurrences
        if found.status is Status.MISSED and found.due.year == year
    ]
    if not missed:
        return []
    reached = {
        (one.question_key, one.party_id, one.occurrence): one
        for one in Escalation.objects.filter(agreement=agreement).order_by("level")
    }
    told = []
    for found, duty in sorted(missed, key=lambda pair: pair[0].due, reverse=True)[:MOST_TOLD]:
        what = {"duty": duty.title, "day": short_date(found.due, year)}
        if duty.party is not None:
            what["duty"] = f"{duty.title} ({duty.party.organization.short_name})"
        text = gettext("%(duty)s, due by %(day)s, did not take place.") % what
        row = reached.get((duty.question_key, duty.party.pk if duty.party else None, occurrence_key(found)))
        if row is not None:
            text += " " + gettext("It went to: %(level)s, %(day)s.") % {
                "level": level_words(row.level_key),
                "day": short_date(row.at.astimezone(agreement.network.zone).date(), year),
            }
        told.append(Told(text, duty.url))
    return told


def register_column(actor: Actor, agreements: Sequence[Agreement]) -> Column:
    """ "Is it lived?" in the register: only for agreements in force whose rooms the person may enter."""
    today = timezone.localdate()
    wanted = visible_to(actor).filter(
        pk__in=[agreement.pk for agreement in agreements], state=Agreement.State.IN_FORCE
    )
    mine = list(wanted.select_related("network"))
    found = duties_of_many(mine, today=today) if mine else {}
    cells = {}
    for agreement in mine:
        counts = (tally(duty.occurrences, today.year, today) for duty in found.get(agreement.pk, []))
        total = sum(counts, Summary())
        url = reverse("cooperation:lived", args=[agreement.pk])
        if total.settled:
            label = gettext("%(done)s of %(settled)s kept in %(year)s") % {
                "done": total.done,
                "settled": total.settled,
                "year": today.year,
            }
            cells[agreement.pk] = Cell(label, "part" if total.missed else "good", url)
        else:
            cells[agreement.pk] = Cell(gettext("nothing due yet"), "open", url)
    note = gettext("How an agreement is lived, only its parties and the coordination of its network see.")
    return Column(gettext("Is it lived?"), cells, note)
