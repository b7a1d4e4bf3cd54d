"""Wording clauses together: proposals, amendments to them, votes; and comments that hang on a clause.

The identity guard sits in the guarded fields of `forms.wording`: what arrives here has passed it.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mtd.agreements.models import Amendment, AmendmentVote, Comment, Entry, Party, Version, Wording
from mtd.agreements.permissions import (
    can_comment,
    can_delete_comment,
    can_settle_comment,
    can_speak,
    party_of,
    visible_comments,
)
from mtd.agreements.queries import Room, active_parties, load_room
from mtd.agreements.text import clause_on_table, is_stale, proposed_from_answer
from mtd.audit.actions import record
from mtd.core.actor import Actor
from mtd.core.encryption import destroy
from mtd.core.errors import NotAllowed, Refused, require

from .log import lock, log, require_working

LONGEST = 50_000
LONGEST_COMMENT = 5_000


@transaction.atomic(durable=True)
def propose(
    *,
    actor: Actor,
    version: Version,
    question_key: str,
    language: str,
    text: str,
    reason: str = "",
    parent: Amendment | None = None,
) -> Amendment:
    """Propose another wording of a clause, or (with `parent`) a change to such a proposal.

    The proposer's party accepts it by proposing it. Raises Refused when there is no answer to word, the text says
    what is already there, or the parent is closed.
    """
    version = lock(version)
    party = _speaker(actor, version)
    room = load_room(actor, version.agreement, version)
    return _propose(room, party, question_key, language, _clean(text), _reason(reason), parent)


@transaction.atomic(durable=True)
def reset_wording(
    *, actor: Actor, version: Version, question_key: str, language: str, reason: str = ""
) -> Amendment:
    """Propose to go back to the wording that follows from the answer; the parties accept it like any other."""
    version = lock(version)
    party = _speaker(actor, version)
    room = load_room(actor, version.agreement, version)
    proposed = (
        proposed_from_answer(room, question_key, language) if room.pack.has_question(question_key) else None
    )
    if proposed is None or (question_key, language) not in room.wordings:
        raise Refused(
            _("This clause already has the wording that follows from the answer."), code="same_text"
        )
    return _propose(room, party, question_key, language, proposed.wording, _reason(reason), None)


def _speaker(actor: Actor, version: Version) -> Party:
    require(can_speak(actor, version.agreement, version))
    require_working(version)
    party = party_of(actor, version.agreement)
    assert party is not None
    if party.from_version > version.number:
        raise Refused(_("Your organisation joins with a later version."), code="joins_later")
    return party


def _propose(
    room: Room, party: Party, key: str, language: str, text: str, reason: str, parent: Amendment | None
) -> Amendment:
    version, actor = room.version, room.actor
    if not room.pack.has_question(key) or not room.pack.question(key).yields_clause:
        raise Refused(_("The text has no such clause."), code="no_clause")
    if language not in room.agreement.languages:
        raise Refused(
            _("The agreement is not written in this language."), code="unknown_language", field="language"
        )
    if key not in room.open_keys:
        raise Refused(
            _("This clause is not part of the text now, because of an earlier answer."), code="closed_branch"
        )
    current = clause_on_table(room, key, language)
    if current is None:
        raise Refused(
            _("Put an answer on the table first. The wording follows from it and can then be changed."),
            code="no_answer",
        )
    if parent is not None:
        parent = _fresh(parent, version)
        if (parent.question_key, parent.language) != (key, language):
            raise Refused(_("This proposal belongs to another clause."), code="other_clause")
    base = parent.text if parent else current.wording
    # After a new answer the old wording may be confirmed as it is.
    if _same(text, base) and not (parent is None and is_stale(room, key, language)):
        raise Refused(
            _("This is the wording that is already there. Change it first."), code="same_text", field="text"
        )
    siblings = Amendment.objects.filter(
        version=version, question_key=key, language=language, state=Amendment.State.OPEN
    )
    if any(_same(text, other.text) for other in siblings):
        raise Refused(
            _("Exactly this wording is already proposed. Accept that proposal instead."),
            code="already_proposed",
            field="text",
        )
    amendment = Amendment.objects.create(
        version=version,
        question_key=key,
        language=language,
        parent=parent,
        base_text=base,
        text=text,
        reason=reason,
        party=party,
        by_id=actor.user_id,
    )
    AmendmentVote.objects.create(amendment=amendment, party=party, accepts=True, by_id=actor.user_id)
    log(
        actor,
        version,
        Entry.Kind.PROPOSED,
        "wording.proposed",
        question_key=key,
        party=party,
        amendment=str(amendment.pk),
        parent=str(parent.pk) if parent else "",
        language=language,
        old=base,
        new=text,
        reason=reason,
    )
    _settle(actor, room, amendment)
    return amendment


@transaction.atomic(durable=True)
def vote(*, actor: Actor, amendment: Amendment, accepts: bool, reason: str = "") -> Amendment:
    """Accept or reject a proposal for the actor's party; it may change its mind while the proposal is open.

    Accepted by every party, the wording takes effect. When all others reject it, the proposal is closed.
    """
    version = lock(Version.objects.get(pk=amendment.version_id))
    party = _speaker(actor, version)
    amendment = _fresh(amendment, version)
    reason = _reason(reason)
    if amendment.party_id == party.pk:
        raise Refused(
            _("Your organisation proposed this wording. You can change it or withdraw it."),
            code="own_proposal",
        )
    if not accepts and not reason:
        raise Refused(
            _("Say in a sentence what does not fit, so that the others can change it."),
            code="reason",
            field="reason",
        )
    AmendmentVote.objects.update_or_create(
        amendment=amendment,
        party=party,
        defaults={"accepts": accepts, "reason": reason, "by_id": actor.user_id},
    )
    log(
        actor,
        version,
        Entry.Kind.VOTED,
        "wording.voted",
        question_key=amendment.question_key,
        party=party,
        amendment=str(amendment.pk),
        language=amendment.language,
        accepts=accepts,
        new=amendment.text,
        reason=reason,
    )
    _settle(actor, load_room(actor, version.agreement, version), amendment)
    return amendment


@transaction.atomic(durable=True)
def withdraw(*, actor: Actor, amendment: Amendment) -> Amendment:
    """Take one's own party's proposal back. Proposals that change it stay open: they are others' words."""
    version = lock(Version.objects.get(pk=amendment.version_id))
    party = _speaker(actor, version)
    amendment = _fresh(amendment, version)
    if amendment.party_id != party.pk:
        raise NotAllowed(
            _("Only the organisation that proposed a wording can withdraw it."), code="not_allowed"
        )
    _close(amendment, Amendment.State.WITHDRAWN)
    log(
        actor,
        version,
        Entry.Kind.WITHDRAWN,
        "wording.withdrawn",
        question_key=amendment.question_key,
        party=party,
        amendment=str(amendment.pk),
        language=amendment.language,
        new=amendment.text,
    )
    return amendment


def _fresh(amendment: Amendment, version: Version) -> Amendment:
    found = Amendment.objects.filter(pk=amendment.pk, version=version).first()
    if found is None or found.state != Amendment.State.OPEN:
        raise Refused(
            _("This proposal is closed. Reload the page to see what became of it."), code="proposal_closed"
        )
    return found


def _close(amendment: Amendment, state: str) -> None:
    amendment.state, amendment.closed_at = state, timezone.now()
    amendment.save(update_fields=["state", "closed_at"])


def _settle(actor: Actor, room: Room, amendment: Amendment) -> None:
    """Close the proposal when everybody accepts it, or everybody else rejects it."""
    parties = {party.pk for party in active_parties(room.agreement, room.version)}
    votes = dict(AmendmentVote.objects.filter(amendment=amendment).values_list("party_id", "accepts"))
    if all(votes.get(pk) is True for pk in parties):
        _take_effect(actor, room, amendment)
    elif all(votes.get(pk) is False for pk in parties - {amendment.party_id}):
        _close(amendment, Amendment.State.REJECTED)
        log(
            actor,
            room.version,
            Entry.Kind.WITHDRAWN,
            "wording.rejected",
            question_key=amendment.question_key,
            party=amendment.party,
            amendment=str(amendment.pk),
            language=amendment.language,
            change="rejected",
            new=amendment.text,
        )


def _take_effect(actor: Actor, room: Room, amendment: Amendment) -> None:
    key, language = amendment.question_key, amendment.language
    before = clause_on_table(room, key, language)
    proposed = proposed_from_answer(room, key, language)
    mine = Wording.objects.filter(version=room.version, question_key=key, language=language)
    if proposed is not None and _same(amendment.text, proposed.wording):
        # Back to the proposed wording: from now on it follows the answer again.
        mine.delete()
    else:
        answer = room.answers.get(key)
        Wording.objects.update_or_create(
            version=room.version,
            question_key=key,
            language=language,
            defaults={"text": amendment.text, "answer_revision": answer.revision if answer else 0},
        )
    _close(amendment, Amendment.State.ACCEPTED)
    for ancestor in _ancestors(amendment):
        # Accepted in changed form: what was proposed lives on in its amendment.
        if ancestor.state == Amendment.State.OPEN:
            _close(ancestor, Amendment.State.ACCEPTED)
    log(
        actor,
        room.version,
        Entry.Kind.WORDING,
        "wording.changed",
        question_key=key,
        party=amendment.party,
        amendment=str(amendment.pk),
        language=language,
        old=before.wording if before else "",
        new=amendment.text,
    )


def _ancestors(amendment: Amendment) -> Iterable[Amendment]:
    seen = amendment
    while seen.parent_id is not None and seen.parent is not None:
        seen = seen.parent
        yield seen


def _same(one: str, other: str) -> bool:
    return one.split() == other.split()


def _storable(text: str) -> str:
    """The text without what no database keeps, and with one kind of line end."""
    text = text.replace("\r\n", "\n").replace("\x00", "")
    return text.encode("utf-8", "replace").decode("utf-8").strip()


def _clean(text: str) -> str:
    text = _storable(text)
    if not text:
        raise Refused(_("Write down how the clause is to read."), code="empty", field="text")
    if len(text) > LONGEST:
        raise Refused(
            _("A clause has at most 50,000 characters. Move the rest into an annex."),
            code="too_long",
            field="text",
        )
    return text


def _reason(reason: str) -> str:
    reason = _storable(reason)
    if len(reason) > 2000:
        raise Refused(
            _("The reason is longer than 2,000 characters. Shorten it."), code="too_long", field="reason"
        )
    return reason


# ---------------------------------------------------------------- comments


@transaction.atomic(durable=True)
def add_comment(
    *,
    actor: Actor,
    version: Version,
    question_key: str,
    visibility: str,
    body: str,
    parent: Comment | None = None,
) -> Comment:
    """Comment on a clause, for the own organisation, for the parties, or for everyone in the room.

    A reply is seen by whoever sees what it replies to. Comments belong to the agreement: a new version keeps them.
    """
    version = lock(version)
    agreement = version.agreement
    if parent is not None:
        parent = visible_comments(actor, agreement).filter(pk=parent.pk, question_key=question_key).first()
        if parent is None:
            raise Refused(_("The comment you reply to is gone."), code="no_parent", field="body")
        visibility = parent.visibility
        if parent.parent_id is not None:
            parent = parent.parent
    if visibility not in Comment.Visibility.values:
        raise Refused(_("Choose who may read it."), code="visibility", field="visibility")
    require(can_comment(actor, agreement, visibility))
    body = _storable(body)
    if not body:
        raise Refused(_("Write what you want to say."), code="empty", field="body")
    if len(body) > LONGEST_COMMENT:
        raise Refused(
            _("A comment has at most 5,000 characters. Shorten it, or make two of it."),
            code="too_long",
            field="body",
        )
    comment = Comment(
        agreement=agreement,
        version=version,
        question_key=question_key,
        visibility=visibility,
        party=party_of(actor, agreement),
        parent=parent,
        body=body,
        by_id=actor.user_id,
    )
    comment.save(force_insert=True)
    record(
        actor, "comment.added", comment, agreement=agreement.pk, question=question_key, visibility=visibility
    )
    return comment


@transaction.atomic(durable=True)
def settle_comment(*, actor: Actor, comment: Comment, settled: bool = True) -> Comment:
    """Mark a comment as settled, or open it again: whoever may read it and comment may do that."""
    comment = Comment.objects.select_for_update(of=("self",)).select_related("agreement").get(pk=comment.pk)
    require(can_settle_comment(actor, comment))
    if (comment.settled_at is not None) != settled:
        comment.settled_at = timezone.now() if settled else None
        comment.save(update_fields=["settled_at"])
        record(
            actor,
            "comment.settled" if settled else "comment.reopened",
            comment,
            agreement=comment.agreement_id,
            question=comment.question_key,
        )
    return comment


@transaction.atomic(durable=True)
def delete_comment(*, actor: Actor, comment: Comment) -> None:
    """Delete one's own comment and destroy its key, so that it is gone from backups too. Replies stay."""
    comment = Comment.objects.select_for_update(of=("self",)).select_related("agreement").get(pk=comment.pk)
    require(can_delete_comment(actor, comment))
    record(actor, "comment.deleted", comment, agreement=comment.agreement_id, question=comment.question_key)
    destroy(comment)
    Comment.objects.filter(parent=comment).update(parent=comment.parent_id)
    Comment.objects.filter(pk=comment.pk).delete()
