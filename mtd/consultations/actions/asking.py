"""Sending a question: the door is looked at once more, and the guard judges every text once more."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mtd.audit.actions import record
from mtd.consultations.case import Case
from mtd.consultations.models import CONSULTATION_TRANSITIONS, SOURCE, Consultation, Way, after
from mtd.consultations.permissions import can_edit
from mtd.consultations.queries.case import case_of, kept_reasons_of, missing
from mtd.consultations.queries.deadline import ends_after, promise_of, waits_until
from mtd.consultations.queries.doors import Door, door_for
from mtd.consultations.queries.ground import ground_of
from mtd.core.actor import Actor
from mtd.core.errors import Refused, require
from mtd.core.guarded import judge
from mtd.meetings.actions import place_item

from .telling import tell_asked

State = Consultation.State


@transaction.atomic(durable=True)
def send(*, actor: Actor, consultation: Consultation, revision: int | None = None) -> Consultation:
    """Send a draft to whom it is for; from now on it is read by others and has an end.

    Raises NotAllowed for anybody but its author and once it was sent; Refused("draft_changed") when it changed after
    `revision`; Refused when the door has closed meanwhile, when the case is not complete, and when the guard finds
    something open or cannot judge: then nothing was sent, and nothing is lost.
    """
    consultation = locked(consultation)
    require(can_edit(actor, consultation))
    if revision is not None and revision != consultation.revision:
        raise Refused(
            gettext_lazy("This question was changed in another window. Look at it once more, then send it."),
            code="draft_changed",
        )
    door = _open_door(actor, consultation)
    case = _complete(consultation)
    _require_clear(consultation, case)
    now = timezone.now()
    ground = ground_of(consultation.agreement)
    promise = promise_of(ground)
    if consultation.way == Way.DISCUSSION and consultation.meeting is not None:
        consultation.due_at = consultation.meeting.ends_at
    else:
        consultation.due_at = promise.due(now, consultation.network)
    assert consultation.due_at is not None
    consultation.state = after(CONSULTATION_TRANSITIONS, consultation.state, "send")
    consultation.sent_at = consultation.changed_at = now
    due_on = timezone.localdate(consultation.due_at, consultation.network.zone)
    consultation.ends_on = ends_after(due_on, ground)
    if door.clause is not None:
        consultation.question_key = door.clause.key
    consultation.revision += 1
    consultation.save(
        update_fields=["state", "sent_at", "changed_at", "due_at", "ends_on", "question_key", "revision"]
    )
    record(
        actor,
        "consultation.sent",
        consultation,
        number=consultation.number,
        way=consultation.way,
        due=consultation.due_at,
        ends=consultation.ends_on,
    )
    if consultation.way == Way.DISCUSSION:
        _put_on_agenda(actor, consultation)
    tell_asked(
        actor=actor,
        consultation=consultation,
        what="asked",
        text=lambda: waits_until(consultation),
        direct=consultation.adviser_id is not None,
    )
    return consultation


def locked(consultation: Consultation) -> Consultation:
    """The question with everything around it, locked until the transaction ends. Raises Refused once it is gone."""
    found = (
        Consultation.objects.select_for_update(of=("self",))
        .select_related(
            "network",
            "agreement__network",
            "organization",
            "recipient",
            "asked_by",
            "adviser",
            "meeting__network",
        )
        .filter(pk=consultation.pk)
        .first()
    )
    if found is None:
        raise Refused(gettext_lazy("This draft was thrown away in another window."), code="draft_gone")
    return found


def _open_door(actor: Actor, consultation: Consultation) -> Door:
    door = door_for(actor, consultation)
    if door is None:
        raise Refused(
            gettext_lazy(
                "This way of asking is gone: the agreement, the organisation or the meeting has changed. Nothing was "
                "sent, and your question is kept. Choose again whom to ask."
            ),
            code="door_gone",
        )
    if not door.open:
        raise Refused(
            _("This cannot be sent any more. %(reason)s Nothing was lost; your question is kept.")
            % {"reason": door.reason},
            code="door_closed",
        )
    return door


def _complete(consultation: Consultation) -> Case:
    """The case, if nothing is missing. Raises KeyDestroyed, InvalidTag and Refused when it does not open."""
    case = case_of(consultation)
    lacking = missing(consultation, case)
    if lacking:
        raise Refused(
            _("Before you send, please add: %(what)s.") % {"what": "; ".join(one.what for one in lacking)},
            code="incomplete",
        )
    return case


def _require_clear(consultation: Consultation, case: Case) -> None:
    """Judge every text of the case with the reasons that were chosen for its passages. Fails closed."""
    kept = kept_reasons_of(consultation)
    for text in case.texts().values():
        require_clear(text, kept)


def require_clear(text: str, kept: Mapping[str, str]) -> None:
    """Raise Refused unless the guard has judged the text as a whole and nothing in it is open."""
    found = judge(text, keep=kept)
    if found.clear:
        return
    words = found.problem_words or (
        _("%(open)s Nothing was sent, and nothing is lost.") % {"open": found.left}
    )
    raise Refused(words, code="guard")


def _put_on_agenda(actor: Actor, consultation: Consultation) -> None:
    assert consultation.meeting is not None
    with translation.override(consultation.network.language):
        title = _("Anonymous case discussion %(number)s") % {"number": consultation.number}
    place_item(
        actor=actor,
        meeting=consultation.meeting,
        title=title,
        source_kind=SOURCE,
        source_id=str(consultation.pk),
    )
