"""Working it out together: answers, positions and drafts.

Two people may write at once, so every hand-in says which revision of the answer it was written against. If the
answer has changed since, nothing is overwritten: `AnswerConflict` carries both, and the page shows both.

The identity guard sits in the guarded fields of `forms.questions`: what arrives here has passed it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mtd.agreements.models import Answer, Draft, Entry, Party, Position, Version
from mtd.agreements.permissions import can_plan, can_speak, party_of
from mtd.agreements.queries import draft_key
from mtd.core.actor import Actor
from mtd.core.errors import Conflict, Refused, require
from mtd.countries.queries import legal_bases
from mtd.guide.pack import Pack, Question, QuestionType, open_questions
from mtd.guide.queries import pack_by_id
from mtd.guide.wording import same_answer, validate_value

from .log import lock, log, require_working

DRAFT_LIMIT = 1_000_000
"""Characters of one draft: two languages of 50,000 characters with room to spare."""

Value = dict[str, Any]


class AnswerConflict(Conflict):
    """The answer changed after the page was opened. Both texts are here; neither was lost."""

    def __init__(self, *, theirs: Answer | None, mine: Value | None, base_revision: int) -> None:
        super().__init__(
            _("The answer was changed while you were writing. Both texts are kept: choose how to go on."),
            code="answer_changed",
        )
        self.theirs = theirs
        self.mine = mine
        self.base_revision = base_revision


@transaction.atomic(durable=True)
def set_answer(
    *,
    actor: Actor,
    version: Version,
    question_key: str,
    value: Mapping[str, Any],
    base_revision: int,
    reason: str = "",
) -> Answer:
    """Put an answer on the table. The setter's party agrees to it; the others are asked anew.

    `base_revision` is the revision the answer was written against (0: there was none). Raises AnswerConflict when
    it has changed since, Refused when the value is no answer to the question or its branch is closed. An answer
    that is already on the table makes no new revision: it only means that the party agrees.
    """
    version = lock(version)
    party, pack, question = _may_speak(actor, version, question_key)
    current = _current(version, question_key)
    clean = _validated(version, question, value)
    if question.type == QuestionType.CONTACT and question.per_party:
        clean = _own_contact_only(current, clean, party)
        if current and not _own_contact_unchanged(version, question_key, current, party, base_revision):
            raise AnswerConflict(theirs=current, mine=clean, base_revision=base_revision)
    elif current and current.revision != base_revision and not same_answer(current.value, clean):
        raise AnswerConflict(theirs=current, mine=clean, base_revision=base_revision)
    answer = _put(actor, version, question, party, current, clean, reason=_short(reason))
    _drop_draft(actor, version, draft_key(question_key))
    return answer


@transaction.atomic(durable=True)
def state_position(
    *,
    actor: Actor,
    version: Version,
    question_key: str,
    stance: str,
    answer_revision: int,
    proposal: Mapping[str, Any] | None = None,
    reason: str = "",
    keep_draft: bool = False,
) -> Position:
    """State where the actor's party stands: agree, differ (own proposal or reason, or both), or parked.

    Agreeing counts for the revision that the page showed: AnswerConflict when the answer changed meanwhile.
    `keep_draft` leaves what the person typed elsewhere: the meeting mode hands in with one button.
    """
    version = lock(version)
    party, pack, question = _may_speak(actor, version, question_key)
    current = _current(version, question_key)
    clean: Value | None = None
    reason = _short(reason)
    if stance == Position.Stance.AGREE:
        if current is None:
            raise Refused(
                _("There is no answer on the table yet. Put one there first."),
                code="no_answer",
                field="stance",
            )
        if current.revision != answer_revision:
            raise AnswerConflict(theirs=current, mine=None, base_revision=answer_revision)
    elif stance == Position.Stance.DIFFER:
        clean = _validated(version, question, proposal) if proposal is not None else None
        if clean is None and not reason:
            raise Refused(
                _("Say what you propose instead, or give the reason, or both."),
                code="says_nothing",
                field="reason",
            )
        if clean is not None and current and same_answer(current.value, clean):
            raise Refused(
                _("Your proposal is the answer on the table. Choose “We agree”, or change your proposal."),
                code="same_as_answer",
                field="stance",
            )
    elif stance != Position.Stance.PARKED:
        raise Refused(_("Choose where your organisation stands."), code="unknown_stance", field="stance")
    # Nobody can have spoken about a revision that does not exist.
    revision = max(0, min(answer_revision, current.revision if current else 0))
    position = _say(
        actor, version, question_key, party, stance, proposal=clean, reason=reason, revision=revision
    )
    if not keep_draft:
        _drop_draft(actor, version, draft_key(question_key))
    return position


@transaction.atomic(durable=True)
def adopt_proposal(
    *,
    actor: Actor,
    version: Version,
    position: Position,
    base_revision: int,
    seen_at: datetime | None = None,
    reason: str = "",
) -> Answer:
    """Put a party's differing proposal on the table as the answer; that party and the actor's party agree to it.

    Raises AnswerConflict when the answer changed meanwhile, Conflict when the proposal itself did (`seen_at` is
    the time of the proposal that the page showed).
    """
    version = lock(version)
    said = Position.objects.select_related("party").filter(pk=position.pk, version=version).first()
    party, pack, question = _may_speak(actor, version, position.question_key)
    if said is None or said.proposal is None or (seen_at is not None and said.at != seen_at):
        raise Conflict(
            _("This proposal was changed or withdrawn meanwhile. Reload the page to see where it stands."),
            code="proposal_changed",
        )
    current = _current(version, question.key)
    clean = _validated(version, question, said.proposal)
    if (current.revision if current else 0) != base_revision:
        raise AnswerConflict(theirs=current, mine=clean, base_revision=base_revision)
    return _put(
        actor, version, question, party, current, clean, reason=_short(reason), proposed_by=said.party
    )


@transaction.atomic(durable=True)
def restore_answer(*, actor: Actor, version: Version, entry: Entry, base_revision: int) -> Answer:
    """Put an earlier answer from the history back on the table, as a new revision."""
    version = lock(version)
    if entry.kind != Entry.Kind.ANSWER or entry.version.agreement_id != version.agreement_id:
        raise Refused(_("This entry of the history holds no answer."), code="no_answer_in_entry")
    party, pack, question = _may_speak(actor, version, entry.question_key)
    current = _current(version, question.key)
    clean = _validated(version, question, entry.data.get("new") or {})
    if (current.revision if current else 0) != base_revision:
        raise AnswerConflict(theirs=current, mine=clean, base_revision=base_revision)
    return _put(actor, version, question, party, current, clean, reason="", restored=entry)


@transaction.atomic(durable=True)
def save_draft(
    *, actor: Actor, version: Version, key: str, data: Mapping[str, Any], base_revision: int = 0
) -> Draft:
    """Keep what the person has typed and not handed in: for this person only, valid or not, in whatever state.

    Not shared and not handed in, so neither log nor audit event tells of it, and no row of the agreement is locked.
    """
    require(can_plan(actor, version.agreement))
    assert actor.user_id is not None
    if (
        len(key) > 120
        or not key
        or sum(len(str(name)) + len(str(v)) for name, v in data.items()) > DRAFT_LIMIT
    ):
        raise Refused(
            _("This is too long to be kept as a draft. Shorten it, or keep a copy elsewhere."),
            code="draft_too_long",
        )
    draft, _created = Draft.objects.update_or_create(
        version=version,
        key=key,
        user_id=actor.user_id,
        defaults={"data": _storable(data), "base_revision": max(0, min(base_revision, 2**31 - 1))},
    )
    return draft


@transaction.atomic(durable=True)
def discard_draft(*, actor: Actor, version: Version, key: str) -> None:
    """Throw the own draft away."""
    require(can_plan(actor, version.agreement))
    _drop_draft(actor, version, key)


# ---------------------------------------------------------------- the parts they share


def _may_speak(actor: Actor, version: Version, question_key: str) -> tuple[Party, Pack, Question]:
    """The party that speaks, and the question, if it is asked now. Raises NotAllowed or Refused."""
    require(can_speak(actor, version.agreement, version))
    require_working(version)
    party = party_of(actor, version.agreement)
    assert party is not None
    if party.from_version > version.number:
        raise Refused(_("Your organisation joins with a later version."), code="joins_later")
    pack = pack_by_id(version.guide_version_id)
    if not pack.has_question(question_key):
        raise Refused(_("The guide of this agreement does not ask this question."), code="unknown_question")
    values = dict(Answer.objects.filter(version=version).values_list("question_key", "value"))
    if question_key not in open_questions(pack, values):
        raise Refused(
            _(
                "This question is not asked any more, because an earlier answer changed. What was said stays kept."
            ),
            code="closed_branch",
        )
    return party, pack, pack.question(question_key)


def _current(version: Version, question_key: str) -> Answer | None:
    return Answer.objects.filter(version=version, question_key=question_key).first()


def _validated(version: Version, question: Question, value: Mapping[str, Any]) -> Value:
    agreement = version.agreement
    parties = Party.objects.filter(
        agreement=agreement, from_version__lte=version.number, left_on__isnull=True
    ).values_list("pk", flat=True)
    return validate_value(
        question,
        value,
        languages=agreement.languages,
        parties={str(pk) for pk in parties},
        bases={basis.key for basis in legal_bases(agreement.network.country)},
    )


def _own_contact_only(current: Answer | None, clean: Value, party: Party) -> Value:
    """Every party names its own contact; the others' stay as they are, whatever was sent."""
    contacts = dict(current.value.get("contacts", {})) if current else {}
    own = clean.get("contacts", {}).get(str(party.pk))
    if own is None:
        raise Refused(_("Name the contact of your own organisation."), code="empty")
    return {**clean, "contacts": {**contacts, str(party.pk): own}}


def _own_contact_unchanged(
    version: Version, question_key: str, current: Answer, party: Party, base_revision: int
) -> bool:
    """True when nobody of the own organisation changed its contact since the page was opened."""
    if current.revision == base_revision:
        return True
    own = current.value.get("contacts", {}).get(str(party.pk))
    for entry in Entry.objects.filter(version=version, question_key=question_key, kind=Entry.Kind.ANSWER):
        if entry.data.get("revision") == base_revision:
            return bool(own == entry.data["new"].get("contacts", {}).get(str(party.pk)))
    return own is None


def _put(
    actor: Actor,
    version: Version,
    question: Question,
    party: Party,
    current: Answer | None,
    value: Value,
    *,
    reason: str,
    proposed_by: Party | None = None,
    restored: Entry | None = None,
) -> Answer:
    """The new revision, its log entry, and who agrees to it by having proposed it."""
    if current and same_answer(current.value, value):
        _say(actor, version, question.key, party, Position.Stance.AGREE, revision=current.revision)
        _proposers_agree(version, question.key, current)
        return current
    old = current.value if current else None
    if current is None:
        current = Answer(version=version, question_key=question.key, revision=0)
    before = current.revision
    current.value = value
    current.revision += 1
    current.party = party
    current.by_id = actor.user_id
    current.save()
    _agree(actor, version, question.key, party, current.revision)
    also = _proposers_agree(version, question.key, current)
    if question.type == QuestionType.CONTACT and question.per_party:
        # Who answers the telephone at one party is not the others' to agree: what they said about it stays valid.
        Position.objects.filter(
            version=version,
            question_key=question.key,
            stance=Position.Stance.AGREE,
            answer_revision=before,
        ).update(answer_revision=current.revision)
    log(
        actor,
        version,
        Entry.Kind.ANSWER,
        "agreement.answer_set",
        question_key=question.key,
        party=party,
        old=old,
        new=value,
        revision=current.revision,
        reason=reason,
        proposed_by=str(proposed_by.pk) if proposed_by and proposed_by.pk != party.pk else "",
        also_agree=[str(pk) for pk in also if pk != party.pk],
        restored=restored.pk if restored else None,
    )
    return current


def _proposers_agree(version: Version, question_key: str, answer: Answer) -> list[Any]:
    """Whoever proposed exactly this agrees to it: it was their proposal. Gives the parties."""
    found = []
    for position in Position.objects.filter(
        version=version, question_key=question_key, stance=Position.Stance.DIFFER, proposal__isnull=False
    ):
        if position.proposal is not None and same_answer(position.proposal, answer.value):
            position.stance = Position.Stance.AGREE
            position.proposal = None
            position.answer_revision = answer.revision
            position.save()
            found.append(position.party_id)
    return found


def _agree(actor: Actor, version: Version, question_key: str, party: Party, revision: int) -> None:
    Position.objects.update_or_create(
        version=version,
        question_key=question_key,
        party=party,
        defaults={
            "stance": Position.Stance.AGREE,
            "proposal": None,
            "reason": "",
            "answer_revision": revision,
            "by_id": actor.user_id,
        },
    )


def _say(
    actor: Actor,
    version: Version,
    question_key: str,
    party: Party,
    stance: str,
    *,
    revision: int,
    proposal: Value | None = None,
    reason: str = "",
) -> Position:
    """Write the position and its log entry; saying the same again changes nothing and is not logged."""
    position = Position.objects.filter(version=version, question_key=question_key, party=party).first()
    if position is None:
        position = Position(version=version, question_key=question_key, party=party)
    said = (position.stance, position.proposal, position.reason, position.answer_revision)
    if said == (stance, proposal, reason, revision):
        return position
    before = position.stance or None
    position.stance = stance
    position.proposal = proposal
    position.reason = reason
    position.answer_revision = revision
    position.by_id = actor.user_id
    position.save()
    log(
        actor,
        version,
        Entry.Kind.POSITION,
        "agreement.position_stated",
        question_key=question_key,
        party=party,
        stance=stance,
        before=before,
        proposal=proposal,
        reason=reason,
        revision=revision,
    )
    return position


def _drop_draft(actor: Actor, version: Version, key: str) -> None:
    if actor.user_id is not None:
        Draft.objects.filter(version=version, key=key, user_id=actor.user_id).delete()


def _short(reason: str) -> str:
    reason = _storable(reason.strip())
    if len(reason) > 2000:
        raise Refused(
            _("The reason is longer than 2,000 characters. Shorten it."), code="too_long", field="reason"
        )
    return reason


def _storable(value: Any) -> Any:
    """The same value without what no database keeps: NUL and halves of characters."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, Mapping):
        return {_storable(str(name)): _storable(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(item) for item in value]
    return value if value is None or isinstance(value, bool | int | float) else _storable(str(value))
