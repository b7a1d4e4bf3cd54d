"""What the start page tells about questions: their numbers, and what waits for whom. Never anything of a case."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext

from mtd.consultations.models import Consultation, Contribution, Learning, Way
from mtd.consultations.permissions import OPEN, learnings_to_look_at, looked_after, visible_to
from mtd.core.actor import Actor
from mtd.core.steps import News, NextStep

from .inbox import Row, open_for, rows_for

State = Consultation.State
LEFT_LYING = timedelta(days=3)
"""A draft that nobody touched for so long is named."""
BEFORE_IT_GOES = timedelta(days=30)
"""So long before its end somebody is asked whether what was learnt still holds."""
TIME_TO_TELL = timedelta(days=7)
"""So long after an answer the asker is asked what came of it."""


def next_steps(actor: Actor) -> list[NextStep]:
    """Answers that are due, questions back, summaries that are missing, drafts left lying. Few, constant queries."""
    if actor.user_id is None:
        return []
    found = open_for(actor).exclude(state=State.CLOSED, helped__gt="")
    asked = [step for row in rows_for(actor, found) if (step := _step(row)) is not None]
    return asked + _learnt(actor)


def _learnt(actor: Actor) -> list[NextStep]:
    """What others propose to the collection, and what goes from it unless it is confirmed. Two queries at most."""
    if not actor.coordinates and not actor.lead_of:
        return []
    proposed = Q(pk__in=learnings_to_look_at(actor).values("pk"))
    ending = Q(
        state=Learning.State.APPROVED,
        ends_on__lte=timezone.localdate() + BEFORE_IT_GOES,
        network__in=looked_after(actor),
    )
    rows = Learning.objects.filter(proposed | ending).select_related("network")
    steps: dict[tuple[str, str], NextStep] = {}
    for one in rows.defer("situation", "learnt").order_by("ends_on", "pk"):
        new = one.state == Learning.State.PROPOSED
        title = (
            gettext("Something learnt waits for a second look")
            if new
            else gettext("Something learnt goes soon unless you keep it")
        )
        text = (
            gettext("Read whether a family shows through, then approve it for everybody in the network.")
            if new
            else gettext("Does it still hold? One click keeps it for another period.")
        )
        url = reverse("consultations:learnings", args=[one.network.slug])
        due = None if new else one.ends_on
        step = NextStep(title=title, text=text, url=url, action=gettext("Look at it"), due=due)
        steps.setdefault((one.network.slug, one.state), step)
    return list(steps.values())


def _step(row: Row) -> NextStep | None:
    if row.to_answer or (row.to_discuss and not row.late):
        return _answer(row)
    if not row.mine:
        return None
    one, name = row.it, {"number": row.it.number}
    if one.state == State.DRAFT:
        if one.changed_at > timezone.now() - LEFT_LYING:
            return None
        return _make(
            row,
            gettext("Question %(number)s is not sent yet") % name,
            gettext("A draft that nobody but you sees. It goes by itself after a while."),
            gettext("Go on writing"),
        )
    if row.followed_up:
        return _make(
            row,
            gettext("Somebody asks back about question %(number)s") % name,
            _whom(row),
            gettext("Reply"),
        )
    if one.state == State.SENT and row.lapse is not None and row.lapse.code != "adviser_left":
        return _make(
            row,
            gettext("Question %(number)s may stay without an answer") % name,
            row.lapse.words,
            gettext("See it"),
        )
    if row.late and one.way == Way.DISCUSSION:
        return _make(
            row,
            gettext("What came of question %(number)s?") % name,
            gettext("The meeting is over. A line or two about what you decided is enough."),
            gettext("Sum it up"),
        )
    if row.late:
        return _make(
            row,
            gettext("Question %(number)s has no answer in time") % name,
            gettext("You can wait, or take it back and ask somebody else."),
            gettext("See it"),
        )
    if one.state == State.ANSWERED and one.answered_at is not None:
        told = timezone.localdate(one.answered_at + TIME_TO_TELL)
        return _make(
            row,
            gettext("What came of question %(number)s?") % name,
            gettext("A line or two about what you decided; those who advised you learn from it."),
            gettext("Sum it up"),
            due=told,
            late=told < row.today,
        )
    if one.state == State.CLOSED and not one.helped:
        return _make(
            row,
            gettext("Did the advice on question %(number)s help?") % name,
            gettext("One click."),
            gettext("Say it"),
        )
    return None


def _answer(row: Row) -> NextStep:
    one = row.it
    due = timezone.localdate(one.due_at, one.network.zone) if one.due_at else None
    text = (
        gettext("%(name)s asks without naming a family.") % {"name": one.organization.short_name}
        if one.organization
        else ""
    )
    if row.asked.for_whom:
        text += " " + gettext("You answer for %(name)s.") % {"name": row.asked.for_whom}
    if one.way == Way.DISCUSSION:
        return _make(
            row,
            gettext("Question %(number)s comes to the case discussion") % {"number": one.number},
            text.strip(),
            gettext("Read it before"),
            due=due,
        )
    return _make(
        row,
        gettext("Question %(number)s waits for an answer") % {"number": one.number},
        text.strip(),
        pgettext("verb", "Answer"),
        due=due,
        late=row.late,
    )


def _whom(row: Row) -> str:
    one = row.it
    if one.way == Way.DISCUSSION and one.meeting is not None:
        return str(one.meeting.get_kind_display())
    return one.recipient.name if one.recipient else ""


def _make(
    row: Row, title: str, text: str, action: str, due: date | None = None, late: bool = False
) -> NextStep:
    return NextStep(
        title=title,
        text=text,
        url=reverse("consultations:page", args=[row.it.pk]),
        action=action,
        due=due,
        late=late,
    )


def recent(actor: Actor, since: datetime) -> list[News]:
    """Answers to what the person asked, and what came of questions they answered, or was asked further: numbers only.

    Two queries.
    """
    if actor.user_id is None:
        return []
    seen = visible_to(actor).filter(state__in=OPEN).exclude(state=State.ENDED)
    found = []
    advice = Contribution.objects.filter(consultation=OuterRef("pk"), kind__in=["answer", "protocol"])
    answered = seen.filter(Exists(advice), asked_by=actor.user_id, answered_at__gte=since)
    for one in answered.order_by("-answered_at").defer("case", "kept")[:12]:
        text = gettext("Question %(number)s has an answer") % {"number": one.number}
        found.append(News(text, reverse("consultations:page", args=[one.pk]), one.answered_at))
    summed = (
        Contribution.objects.filter(
            kind__in=[Contribution.Kind.SUMMARY, Contribution.Kind.REPLY],
            at__gte=since,
            consultation__in=seen.filter(contributions__by=actor.user_id),
        )
        .exclude(consultation__asked_by=actor.user_id)
        .annotate(year=F("consultation__year"), serial=F("consultation__serial"))
        .order_by("-at")
    )
    for kind, year, serial, pk, at in summed.values_list("kind", "year", "serial", "consultation", "at")[:12]:
        name = {"number": f"{year}-{serial:03d}"}
        further = gettext("Question %(number)s has a reply") % name
        text = (
            further if kind == Contribution.Kind.REPLY else gettext("What came of question %(number)s") % name
        )
        found.append(News(text, reverse("consultations:page", args=[pk]), at))
    return found
