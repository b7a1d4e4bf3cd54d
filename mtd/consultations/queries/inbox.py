"""Questions in lists: what I asked, what we were asked, what was left lying. Texts stay closed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from mtd.consultations.models import Consultation, Contribution, Way
from mtd.consultations.permissions import OPEN, visible_to
from mtd.core.actor import Actor
from mtd.notifications.models import Notice
from mtd.organizations.models import Network

from .deadline import due_words
from .lapses import Lapse, lapses
from .people import Asked, asked_today

State = Consultation.State
MOST = 200
"""So many of each kind stand on the page; more than anybody has open at once."""


@dataclass(frozen=True)
class Row:
    """One question as a list shows it: number, between whom, state, until when."""

    it: Consultation
    asked: Asked
    lapse: Lapse | None
    mine: bool
    """The person asked it."""
    to_answer: bool
    """It waits for an answer, and this person is one of those who answer today."""
    invited: bool
    """It comes, or came, to a discussion to which this person is invited."""
    followed_up: bool
    """Somebody asked back, and who asked has not replied since."""
    answers: int
    today: date

    @property
    def late(self) -> bool:
        """Its time is over and there is no answer."""
        due = self.it.due_at
        return self.it.state == State.SENT and due is not None and due < timezone.now()

    @property
    def to_discuss(self) -> bool:
        """It comes to a discussion to which this person is invited, and there is no answer yet."""
        return self.invited and self.it.state == State.SENT

    @property
    def talked(self) -> bool:
        """Its meeting is over and nothing came of it here yet: late for nobody, a question to who asked."""
        return self.late and self.it.way == Way.DISCUSSION

    @property
    def until(self) -> str:
        """The day of the answer, or of the discussion, in words."""
        return due_words(self.it)

    @property
    def days_left(self) -> int | None:
        return self.it.days_left(self.today)

    @property
    def state_kind(self) -> str:
        """The colour of its state."""
        if self.talked:
            return "work"
        if self.late:
            return "late"
        return {"draft": "open", "sent": "work", "answered": "good", "closed": "closed"}.get(
            self.it.state, "info"
        )


@dataclass(frozen=True)
class Inbox:
    """Everything a person has to do with, by what it asks of them."""

    drafts: tuple[Row, ...]
    waiting: tuple[Row, ...]
    """Waits for my answer."""
    asked: tuple[Row, ...]
    """What I asked."""
    discussed: tuple[Row, ...]
    """What comes, or came, to a case discussion to which I am invited."""
    others: tuple[Row, ...]
    """What we were asked or my people asked, and does not wait for me."""

    @property
    def empty(self) -> bool:
        return not (self.drafts or self.waiting or self.asked or self.discussed or self.others)


def open_for(actor: Actor) -> QuerySet[Consultation]:
    """Drafts and open questions that the person may read, without their texts. The index leaves ended ones out."""
    return (
        visible_to(actor)
        .filter(state__in=[State.DRAFT, *OPEN])
        .exclude(state=State.ENDED)  # says it as the index does
        .defer("case", "kept")
        .select_related("network", "organization", "recipient", "asked_by", "adviser", "meeting__network")
    )


def rows_for(actor: Actor, found: QuerySet[Consultation]) -> list[Row]:
    """These questions with everything a list shows. A constant number of queries."""
    newest = list(
        found.annotate(
            answered=Count("contributions", filter=Q(contributions__kind__in=["answer", "protocol"]))
        ).order_by("due_at", "-changed_at", "pk")[:MOST]
    )
    back = set(
        Contribution.objects.filter(consultation__in=newest, kind="ask_back")
        .filter(
            ~Exists(
                Contribution.objects.filter(
                    consultation=OuterRef("consultation"),
                    kind__in=["reply", "summary"],
                    at__gt=OuterRef("at"),
                )
            )
        )
        .values_list("consultation", flat=True)
    )
    asked, changed = asked_today(newest), lapses([one for one in newest if one.state != State.DRAFT])
    today = timezone.localdate()
    return [_row(actor, one, asked[one.pk], changed.get(one.pk), back, today) for one in newest]


def _row(
    actor: Actor,
    one: Consultation,
    asked: Asked,
    lapse: Lapse | None,
    back: set[uuid.UUID],
    today: date,
) -> Row:
    mine = one.asked_by_id == actor.user_id and one.organization_id in actor.organization_ids
    answers = any(user.pk == actor.user_id for user in asked.people)
    return Row(
        it=one,
        asked=asked,
        lapse=lapse,
        mine=mine,
        to_answer=one.state == State.SENT and answers and not mine and one.way != Way.DISCUSSION,
        invited=answers and not mine and one.way == Way.DISCUSSION,
        followed_up=one.pk in back,
        answers=int(getattr(one, "answered", 0)),
        today=today,
    )


def inbox(actor: Actor, network: Network | None = None) -> Inbox:
    """Everything open that the person has to do with, in all networks or in one."""
    found = open_for(actor)
    rows = rows_for(actor, found.filter(network=network) if network else found)
    mine = [row for row in rows if row.mine]
    rest = [row for row in rows if not row.mine and not row.to_answer]
    return Inbox(
        drafts=tuple(row for row in mine if row.it.state == State.DRAFT),
        waiting=tuple(row for row in rows if row.to_answer),
        asked=tuple(row for row in mine if row.it.state != State.DRAFT),
        discussed=tuple(row for row in rest if row.invited),
        others=tuple(row for row in rest if not row.invited),
    )


def to_remind(now: datetime) -> list[uuid.UUID]:
    """Questions without an answer whose time is over, or is within two days. Which reminder is due, the action says."""
    soon = Consultation.objects.filter(state=State.SENT, due_at__lte=now + timedelta(days=2))
    return list(soon.order_by("due_at", "pk").values_list("pk", flat=True))


def lapsed_ones() -> list[uuid.UUID]:
    """Questions that wait for an answer and have lost their ground. A constant number of queries."""
    waiting = (
        Consultation.objects.filter(state=State.SENT)
        .select_related("meeting")
        .defer("case", "kept")
        .order_by("pk")
    )
    found = lapses(list(waiting))
    return sorted(found, key=str)


def was_told(consultation: Consultation, what: str) -> bool:
    """Somebody was told this about the question before."""
    link = reverse("consultations:page", args=[consultation.pk])
    return Notice.objects.filter(kind=f"consultations.{what}", link=link).exists()


def moved_ones() -> list[uuid.UUID]:
    """Questions for a meeting that has another day than when they were sent."""
    moved = Consultation.objects.filter(state=State.SENT, meeting__ends_at__isnull=False)
    return list(moved.exclude(due_at=F("meeting__ends_at")).order_by("pk").values_list("pk", flat=True))
