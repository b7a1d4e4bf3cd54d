"""What is said to a question after it was sent: questions back, answers, replies, what was decided, did it help."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mtd.accounts.models import User
from mtd.audit.actions import record
from mtd.consultations.models import CONSULTATION_TRANSITIONS, Consultation, Contribution, Way, after
from mtd.consultations.permissions import can_answer, can_conclude, can_sum_up
from mtd.consultations.queries.deadline import ends_after
from mtd.consultations.queries.ground import ground_of
from mtd.consultations.queries.people import asked_of
from mtd.consultations.queries.thread import opened
from mtd.core.actor import Actor
from mtd.core.errors import Conflict, Denied, Refused, require
from mtd.notifications.actions import forget_notices_about, notify

from .asking import locked, require_clear
from .drafting import draft_like
from .ending import empty
from .telling import tell, tell_asked, tell_asker

Kind = Contribution.Kind
State = Consultation.State
LONGEST = 8000
"""Characters of one contribution."""


class Overtaken(Conflict):
    """Somebody else wrote while this was being written. Nothing was sent; `came` is what came in, oldest first."""

    def __init__(self, came: list[Contribution], revision: int) -> None:
        super().__init__(
            gettext_lazy(
                "Meanwhile something came in. Read it first; what you wrote is still here. Then send it again."
            ),
            code="overtaken",
        )
        self.came = came
        self.revision = revision


@transaction.atomic(durable=True)
def answer(
    *, actor: Actor, consultation: Consultation, text: str, kept: Mapping[str, str], revision: int
) -> Contribution:
    """Answer: advice, which leaves responsibility with who asked. The first answer sets the day of the end.

    Raises Overtaken when something else came in after `revision`; Refused when the guard is not clear.
    """
    found = _ready(actor, consultation, "answer", text, kept, revision)
    if said := _said_twice(actor, found, Kind.ANSWER, text, revision):
        return said
    first = found.answered_at is None
    written = conclude_with(
        actor=actor, consultation=found, kind=Kind.ANSWER, text=text, now=timezone.now(), kept=kept
    )
    number = found.number
    tell_asker(
        actor=actor,
        consultation=found,
        what="answered",
        text=lambda: (
            (_("Question %(number)s has an answer") if first else _("Question %(number)s has another answer"))
            % {"number": number}
        ),
    )
    return written


@transaction.atomic
def conclude_with(
    *,
    actor: Actor,
    consultation: Consultation,
    kind: str,
    text: str,
    now: datetime,
    kept: Mapping[str, str] | None = None,
) -> Contribution:
    """Write an answer, or the protocol of a discussion, within the caller's transaction; the first one answers.

    The caller has asked whether this person may, and a guarded form or `require_clear` has cleared the text.
    """
    found = locked(consultation)
    found.state = after(CONSULTATION_TRANSITIONS, found.state, "answer")
    _count_from(actor, found, now)
    found.save(update_fields=["state", *_COUNTED])
    return _write(actor, found, kind, text, kept or {}, "consultation.answered", now)


@transaction.atomic(durable=True)
def ask_back(
    *, actor: Actor, consultation: Consultation, text: str, kept: Mapping[str, str], revision: int
) -> Contribution:
    """Ask something before, or after, answering. Raises as `answer` does."""
    found = _ready(actor, consultation, "ask_back", text, kept, revision)
    if said := _said_twice(actor, found, Kind.ASK_BACK, text, revision):
        return said
    written = _write(actor, found, Kind.ASK_BACK, text, kept, "consultation.asked_back")
    number = found.number
    tell_asker(
        actor=actor,
        consultation=found,
        what="asked_back",
        text=lambda: _("Somebody asks back about question %(number)s") % {"number": number},
    )
    return written


@transaction.atomic(durable=True)
def reply(
    *, actor: Actor, consultation: Consultation, text: str, kept: Mapping[str, str], revision: int
) -> Contribution:
    """Add something as who asked. Raises as `answer` does."""
    found = _ready(actor, consultation, "reply", text, kept, revision)
    if said := _said_twice(actor, found, Kind.REPLY, text, revision):
        return said
    written = _write(actor, found, Kind.REPLY, text, kept, "consultation.replied")
    number = found.number
    tell_asked(
        actor=actor,
        consultation=found,
        what="replied",
        text=lambda: _("Question %(number)s has a reply") % {"number": number},
    )
    return written


@transaction.atomic(durable=True)
def sum_up(
    *, actor: Actor, consultation: Consultation, text: str, kept: Mapping[str, str], revision: int
) -> Contribution:
    """Say what was decided; those who answered learn of it. Raises as `answer` does.

    What was talked over without a word written here, in a meeting or in one's own house, counts as answered then.
    """
    found = _ready(actor, consultation, "close", text, kept, revision)
    if said := _said_twice(actor, found, Kind.SUMMARY, text, revision):
        return said
    now, talked = timezone.now(), found.answered_at is None
    found.state = after(CONSULTATION_TRANSITIONS, found.state, "close")
    found.closed_at = found.closed_at or now
    if talked:
        over = found.meeting.ends_at if found.meeting is not None else None
        _count_from(actor, found, min(now, over) if over else now)
    found.save(update_fields=["state", "closed_at", *_COUNTED])
    told = list(asked_of(found).people) if talked else _who_answered(found)
    written = _write(actor, found, Kind.SUMMARY, text, kept, "consultation.summed_up", now)
    number = found.number
    tell(
        actor=actor,
        consultation=found,
        users=told,
        what="summed_up",
        text=lambda: _("What came of question %(number)s") % {"number": number},
    )
    return written


@transaction.atomic(durable=True)
def rate(*, actor: Actor, consultation: Consultation, helped: str) -> Consultation:
    """Say whether it helped; may be said anew. Raises Refused before there is an answer."""
    found = locked(consultation)
    require(can_conclude(actor, found))
    if helped not in Consultation.Helped.values:
        raise Refused(gettext_lazy("Choose one of the three."), code="helped", field="helped")
    if found.state not in (State.ANSWERED, State.CLOSED):
        raise Refused(
            gettext_lazy("There is no answer yet that could have helped."), code="wrong_state", field="helped"
        )
    if found.helped != helped:
        found.helped = helped
        found.save(update_fields=["helped"])
        record(actor, "consultation.rated", found, helped=helped)
    return found


@transaction.atomic(durable=True)
def take_back(*, actor: Actor, consultation: Consultation) -> Consultation:
    """Take a question back before it was answered: it ends at once, its key is destroyed, those asked are told."""
    found = _unanswered(actor, consultation)
    _withdraw(actor, found)
    return Consultation.objects.get(pk=found.pk)


@transaction.atomic(durable=True)
def ask_again(*, actor: Actor, consultation: Consultation) -> Consultation:
    """Take a question back and keep its words as a draft of one's own, to turn to somebody else; returns the draft.

    The draft has a number and a key of its own. Raises KeyDestroyed or InvalidTag when the case does not open: then
    nothing was taken back.
    """
    found = _unanswered(actor, consultation)
    draft = draft_like(actor=actor, consultation=found)
    _withdraw(actor, found)
    return draft


# --- steps --------------------------------------------------------------------------------------------------------


_WAITING = ("consultations.asked", "consultations.reminder", "consultations.overdue")
_COUNTED = ("answered_at", "in_time", "days_to_answer", "ends_on")


def _count_from(actor: Actor, found: Consultation, moment: datetime) -> None:
    """The first answer came at this moment: in time or not, after how many days, and the end is reckoned from here.

    Nobody is told any more that it waits.
    """
    if found.answered_at is not None:
        return
    page = reverse("consultations:page", args=[found.pk])
    forget_notices_about(actor=actor, links=[page], kinds=_WAITING)
    on = timezone.localdate(moment, found.network.zone)
    found.answered_at = moment
    found.in_time = None if found.due_at is None else moment <= found.due_at
    if found.sent_at is not None:
        found.days_to_answer = max(0, (on - timezone.localdate(found.sent_at, found.network.zone)).days)
    found.ends_on = ends_after(on, ground_of(found.agreement))


def _unanswered(actor: Actor, consultation: Consultation) -> Consultation:
    found = locked(consultation)
    require(can_conclude(actor, found))
    if found.state != State.SENT:
        raise Refused(
            gettext_lazy("This question has an answer already. You can end it instead."), code="wrong_state"
        )
    return found


def _withdraw(actor: Actor, found: Consultation) -> None:
    number, way = found.number, found.way
    told: tuple[User, ...] = () if way == Way.DISCUSSION else asked_of(found).people
    record(actor, "consultation.withdrawn", found, number=number, way=way)
    empty(actor=actor, consultations=[found], ending=Consultation.Ending.WITHDRAWN)
    _tell_withdrawn(actor, told, number)


def _ready(
    actor: Actor, consultation: Consultation, verb: str, text: str, kept: Mapping[str, str], revision: int
) -> Consultation:
    """The locked question, when this person may write this now and nothing else came in meanwhile."""
    found = locked(consultation)
    require(can_answer(actor, found) if verb in ("answer", "ask_back") else can_conclude(actor, found))
    after(CONSULTATION_TRANSITIONS, found.state, verb)
    if verb == "close" and isinstance(refused := can_sum_up(actor, found), Denied):
        raise Refused(refused.reason, code="wrong_state")
    if not text.strip():
        raise Refused(gettext_lazy("Write something first."), code="empty", field="text")
    if len(text) > LONGEST:
        raise Refused(gettext_lazy("This is too long. Please shorten it."), code="too_long", field="text")
    if came := [one for one in _since(found, revision) if one.by_id != actor.user_id]:
        raise Overtaken(came, found.revision)
    require_clear(text, kept)
    return found


def _since(found: Consultation, revision: int) -> list[Contribution]:
    """What was said after a revision, oldest first."""
    newer = found.revision - revision
    if newer <= 0:
        return []
    rows = Contribution.objects.filter(consultation=found).select_related("by", "organization")
    return list(rows.order_by("at", "id"))[-newer:]


def _said_twice(
    actor: Actor, found: Consultation, kind: str, text: str, revision: int
) -> Contribution | None:
    """The very same words from the very same page, already sent: two clicks are one."""
    return next(
        (
            one
            for one in _since(found, revision)
            if one.by_id == actor.user_id and one.kind == kind and opened(one, "text") == text.strip()
        ),
        None,
    )


def _write(
    actor: Actor,
    found: Consultation,
    kind: str,
    text: str,
    kept: Mapping[str, str],
    verb: str,
    now: datetime | None = None,
) -> Contribution:
    moment = now or timezone.now()
    written = Contribution.objects.create(
        consultation=found,
        kind=kind,
        by_id=actor.user_id,
        organization_id=_speaks_for(actor, found, kind),
        at=moment,
        text=text.strip(),
        kept=json.dumps({"text": dict(kept)}, sort_keys=True, separators=(",", ":")),
    )
    found.revision += 1
    found.changed_at = moment
    found.save(update_fields=["revision", "changed_at"])
    record(actor, verb, found, number=found.number, contribution=written.pk)
    return written


def _speaks_for(actor: Actor, found: Consultation, kind: str) -> uuid.UUID | None:
    """For which organisation the words stand: the one that asked, the one that was asked, else the person's own."""
    side = found.organization_id if kind in (Kind.REPLY, Kind.SUMMARY) else found.recipient_id
    return side if side in actor.organization_ids else actor.organization_id


def _who_answered(found: Consultation) -> list[User]:
    said = Contribution.objects.filter(consultation=found, by__isnull=False).exclude(by=found.asked_by_id)
    return list(User.objects.filter(pk__in=said.values("by")))


def _tell_withdrawn(actor: Actor, users: tuple[User, ...], number: str) -> None:
    """Without a link to its page, which is gone."""
    notify(
        actor=actor,
        users=users,
        kind="consultations.withdrawn",
        text=lambda: _("Question %(number)s was taken back. Nothing is left to do.") % {"number": number},
        link=reverse("consultations:index"),
    )
