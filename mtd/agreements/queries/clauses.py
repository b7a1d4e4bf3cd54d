"""What hangs on a clause: comments, proposals, the fixed text, and the log of how it came about."""

from __future__ import annotations

from django.db.models import Count, Prefetch, QuerySet

from mtd.agreements.models import (
    Agreement,
    Amendment,
    AmendmentVote,
    Comment,
    Entry,
    SigningRound,
    Version,
)
from mtd.agreements.permissions import visible_comments
from mtd.core.encryption import warm

from .room import Room


def comments_on(room: Room, question_key: str) -> list[Comment]:
    """The comments on one clause that this person may read, oldest first, opened (two queries)."""
    comments = list(
        visible_comments(room.actor, room.agreement)
        .filter(question_key=question_key)
        .select_related("by", "party__organization", "version")
        .order_by("at", "id")
    )
    warm(comments)
    return comments


def comment_counts(room: Room) -> dict[str, int]:
    """How many comments still open this person sees, by question."""
    rows = visible_comments(room.actor, room.agreement).filter(settled_at__isnull=True)
    return dict(rows.order_by().values_list("question_key").annotate(Count("pk")))


def proposal_counts(room: Room) -> dict[str, int]:
    """How many proposals for another wording are open, by question."""
    rows = Amendment.objects.filter(version=room.version, state=Amendment.State.OPEN)
    return dict(rows.order_by().values_list("question_key").annotate(Count("pk")))


def amendments_of(room: Room, question_key: str) -> list[Amendment]:
    """All proposals on one clause in this version, oldest first, with votes and parties."""
    votes = AmendmentVote.objects.select_related("party__organization", "by").order_by("party__order")
    return list(
        Amendment.objects.filter(version=room.version, question_key=question_key)
        .select_related("party__organization", "by")
        .prefetch_related(Prefetch("votes", queryset=votes))
        .order_by("at", "id")
    )


def fixed_round(version: Version) -> SigningRound | None:
    """The round whose text this version has: the open or complete one, newest first, text included."""
    rounds = SigningRound.objects.filter(
        version=version, state__in=[SigningRound.State.OPEN, SigningRound.State.COMPLETE]
    )
    return rounds.select_related("current").defer("current__content").order_by("-number").first()


def log_of(agreement: Agreement) -> QuerySet[Entry]:
    """Every step in the making of the text, in all versions, newest first."""
    entries = Entry.objects.filter(version__agreement=agreement)
    return entries.select_related("by", "party__organization", "version").order_by("-id")
