"""Writing a question down: a draft that nobody but its author sees, saved while it is being written.

A draft keeps what was typed, names included, sealed with its own key and for its author only: nothing typed is lost
when the guard objects or cannot run. The gate is the sending, which judges every text of the case once more; until
then nothing leaves. A draft that is thrown away takes its key with it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mtd.accounts.models import User
from mtd.agreements.models import Agreement
from mtd.audit.actions import record
from mtd.consultations.case import Case, CaseProblem, Person, Relation, Tie
from mtd.consultations.models import Consultation, Numbering, Topic
from mtd.consultations.permissions import can_ask, can_edit
from mtd.consultations.queries.case import case_of, kept_by_page
from mtd.core.actor import Actor
from mtd.core.encryption import destroy
from mtd.core.errors import Conflict, Refused, require
from mtd.meetings.models import Meeting
from mtd.organizations.models import Network, Organization

HOUSEHOLD, STORY = "household", "story"
QUIET = timedelta(minutes=10)
"""Writing saves every second: one line in the log stands for ten minutes of it."""


class DraftConflict(Conflict):
    """The draft was changed in another window. What was typed here was not saved; `stored` is what is there now."""

    def __init__(self, stored: Consultation) -> None:
        super().__init__(
            _(
                "This question was changed in another window. What you typed is still here and not saved yet: "
                "look at both, then save again."
            ),
            code="draft_changed",
        )
        self.stored = stored


@transaction.atomic(durable=True)
def begin(
    *,
    actor: Actor,
    network: Network,
    way: str,
    agreement: Agreement | None = None,
    question_key: str = "",
    recipient: Organization | None = None,
    adviser: User | None = None,
    meeting: Meeting | None = None,
) -> Consultation:
    """Begin a question and give it its number. Whether the way is open is asked by who calls, and again at sending.

    Raises NotAllowed for whoever works for no organisation of the network.
    """
    require(can_ask(actor, network))
    organization = _speaks_for(actor, network)
    now = timezone.now()
    consultation = Consultation.objects.create(
        year=timezone.localdate(now).year,
        serial=_next_number(timezone.localdate(now).year),
        network=network,
        way=way,
        agreement=agreement,
        question_key=question_key,
        organization=organization,
        asked_by_id=actor.user_id,
        recipient=recipient,
        adviser=adviser,
        meeting=meeting,
        from_system=organization.help_system,
        to_system=recipient.help_system if recipient else "",
        case=Case().to_json(),
        kept="{}",
        language=actor.language,
        changed_at=now,
    )
    record(actor, "consultation.begun", consultation, number=consultation.number, way=way)
    return consultation


@transaction.atomic(durable=True)
def turn_to(
    *,
    actor: Actor,
    consultation: Consultation,
    way: str,
    agreement: Agreement | None = None,
    question_key: str = "",
    recipient: Organization | None = None,
    adviser: User | None = None,
    meeting: Meeting | None = None,
) -> Consultation:
    """Turn a draft to somebody else of the same network; its words stay as they are. Raises as `save_household` does.

    Whether the way is open is asked by who calls, and again at sending.
    """
    draft = _own_draft(actor, consultation, None)
    draft.way, draft.agreement, draft.question_key = way, agreement, question_key
    draft.recipient, draft.adviser, draft.meeting = recipient, adviser, meeting
    draft.to_system = recipient.help_system if recipient else ""
    draft.revision += 1
    draft.changed_at = timezone.now()
    draft.save(
        update_fields=[
            "way",
            "agreement",
            "question_key",
            "recipient",
            "adviser",
            "meeting",
            "to_system",
            "revision",
            "changed_at",
        ]
    )
    record(actor, "consultation.turned", draft, number=draft.number, way=way)
    return draft


@transaction.atomic
def draft_like(*, actor: Actor, consultation: Consultation) -> Consultation:
    """A new draft of the actor with the words of a question that is being taken back. A step of `ask_again`."""
    now = timezone.now()
    year = timezone.localdate(now).year
    draft = Consultation.objects.create(
        year=year,
        serial=_next_number(year),
        asked_by_id=actor.user_id,
        changed_at=now,
        revision=1,
        **{name: getattr(consultation, name) for name in _TAKEN_ALONG},
    )
    record(actor, "consultation.begun", draft, number=draft.number, way=draft.way)
    return draft


_TAKEN_ALONG = (
    "network",
    "agreement",
    "way",
    "question_key",
    "organization",
    "recipient",
    "adviser",
    "meeting",
    "topic",
    "age_band",
    "from_system",
    "to_system",
    "case",
    "kept",
    "language",
)


@transaction.atomic(durable=True)
def save_household(
    *,
    actor: Actor,
    consultation: Consultation,
    revision: int,
    persons: tuple[Person, ...],
    ties: tuple[Tie, ...],
    relations: tuple[Relation, ...],
    strengths: tuple[str, ...],
    kept: Mapping[str, str] | None = None,
) -> Consultation:
    """Save who belongs to the family and what surrounds it. `kept`: token → why a passage to check may stay.

    Raises DraftConflict when the draft changed since `revision`, NotAllowed, and Refused for what is no case.
    """
    draft = _own_draft(actor, consultation, revision)
    try:
        case = case_of(draft).with_household(
            persons=persons, ties=ties, relations=relations, strengths=strengths
        )
    except CaseProblem as problem:
        raise _refused(problem) from problem
    return _write(actor, draft, case, HOUSEHOLD, kept or {})


@transaction.atomic(durable=True)
def save_story(
    *,
    actor: Actor,
    consultation: Consultation,
    revision: int,
    strengths: tuple[str, ...],
    strains: tuple[str, ...],
    tried: tuple[str, ...],
    story: str,
    question: str,
    topic: str = "",
    kept: Mapping[str, str] | None = None,
) -> Consultation:
    """Save the words of the case and what the question is about. Raises as `save_household` does."""
    draft = _own_draft(actor, consultation, revision)
    if topic not in Topic.values and topic:
        raise Refused(_("Choose what the question is about."), code="unknown_topic", field="topic")
    try:
        case = case_of(draft).with_words(
            strengths=strengths, strains=strains, tried=tried, story=story, question=question
        )
    except CaseProblem as problem:
        raise _refused(problem) from problem
    return _write(actor, draft, case, STORY, kept or {}, topic=topic)


@transaction.atomic(durable=True)
def discard(*, actor: Actor, consultation: Consultation) -> None:
    """Throw a draft away: its row goes, its key is destroyed, its number is not given out again.

    Raises NotAllowed for anybody but its author, and once it was sent.
    """
    draft = _own_draft(actor, consultation, None)
    record(actor, "consultation.discarded", draft, number=draft.number)
    destroy(draft)
    draft.delete()


# --- steps ----------------------------------------------------------------------------------------------------------


def _speaks_for(actor: Actor, network: Network) -> Organization:
    """The organisation under which the person works now, if it is of the network; else their first one that is."""
    ids = {organization for organization, where in actor.organization_networks if where == network.pk}
    here = Organization.objects.filter(pk__in=ids)
    current = here.filter(pk=actor.organization_id).first() if actor.organization_id in ids else None
    found = current or here.order_by("name", "pk").first()
    if found is None:  # can_ask has said yes, so only a membership that ended this moment comes here
        raise Refused(_("Your organisation is no longer in this network."), code="no_organization")
    return found


def _next_number(year: int) -> int:
    numbering, _created = Numbering.objects.select_for_update().get_or_create(year=year)
    numbering.last += 1
    numbering.save(update_fields=["last"])
    return numbering.last


def _own_draft(actor: Actor, consultation: Consultation, revision: int | None) -> Consultation:
    draft = Consultation.objects.select_for_update().filter(pk=consultation.pk).first()
    if draft is None:
        raise Refused(_("This draft was thrown away in another window."), code="draft_gone")
    require(can_edit(actor, draft))
    if revision is not None and draft.revision != revision:
        raise DraftConflict(draft)
    return draft


def _write(
    actor: Actor,
    draft: Consultation,
    case: Case,
    page: str,
    kept: Mapping[str, str],
    topic: str | None = None,
) -> Consultation:
    reasons = {**kept_by_page(draft), page: dict(kept)}
    before = (draft.case, draft.kept, draft.topic, draft.age_band)
    draft.case = case.to_json()
    draft.kept = json.dumps(reasons, sort_keys=True, separators=(",", ":"))
    draft.age_band = case.youngest
    draft.topic = draft.topic if topic is None else topic
    if (draft.case, draft.kept, draft.topic, draft.age_band) == before:
        return draft
    now = timezone.now()
    fresh = draft.revision > 0 and now - draft.changed_at < QUIET
    draft.revision += 1
    draft.changed_at = now
    draft.save(update_fields=["case", "kept", "topic", "age_band", "revision", "changed_at"])
    if not fresh:
        record(actor, "consultation.changed", draft, revision=draft.revision, part=page)
    return draft


def _refused(problem: CaseProblem) -> Refused:
    return Refused(
        _("This does not fit a case: %(where)s. Nothing was saved; please check what you entered.")
        % {"where": problem.where or problem.code},
        code=f"case_{problem.code}",
    )
