"""The log in sentences: what happened, who did it, and what kind of mark it gets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext

from mtd.agreements.models import Entry, Version
from mtd.agreements.queries import Room
from mtd.guide.pack import say

from . import question_page


@dataclass(frozen=True)
class Line:
    """One line of the log."""

    when: datetime
    what: str
    who: str
    detail: str
    kind: str
    url: str
    clause: str


def lines(room: Room, entries: list[Entry]) -> list[Line]:
    """The entries as people read them."""
    return [_line(room, entry) for entry in entries]


def _line(room: Room, entry: Entry) -> Line:
    what, detail, kind, url, clause = (
        entry.get_kind_display(),
        str(entry.data.get("reason", "") or ""),
        "",
        "",
        "",
    )
    if entry.question_key and room.pack.has_question(entry.question_key):
        question = room.pack.question(entry.question_key)
        clause = f"{question.number} {say(question.short, question_page.reader_language(room))}"
        route = "question"
        if entry.kind in (Entry.Kind.ANSWER, Entry.Kind.POSITION):
            what, detail, kind = question_page.sentence(room, question, entry)
        else:
            route = "clause"
        url = reverse(f"agreements:{route}", args=[room.agreement.pk, entry.question_key])
    words = _WORDS.get(entry.kind)
    if words is not None:
        what, kind = words(entry)
    if entry.kind == Entry.Kind.ANNEX:
        url = reverse("agreements:annexes", args=[room.agreement.pk])
    who = [entry.by.full_name if entry.by else "", entry.party.organization.short_name if entry.party else ""]
    if entry.kind == Entry.Kind.SIGNATURE and _of_another(entry):
        who = who[:1]
    elif entry.kind == Entry.Kind.ADOPTION and entry.data.get("change") == "withdrawn":
        who = who[1:]
    return Line(entry.at, what, ", ".join(name for name in who if name), detail, kind, url, clause)


def _voted(entry: Entry) -> tuple[str, str]:
    if entry.data.get("accepts"):
        return gettext("Accepted a proposed wording"), "good"
    return gettext("Rejected a proposed wording"), "late"


def _proposed(entry: Entry) -> tuple[str, str]:
    if entry.data.get("parent"):
        return gettext("Proposed a change to a proposed wording"), "work"
    return gettext("Proposed another wording"), "work"


def _withdrawn(entry: Entry) -> tuple[str, str]:
    if entry.data.get("change") == "rejected":
        return gettext("The proposed wording was rejected by all others"), "late"
    return gettext("Withdrew a proposed wording"), ""


def _wording(entry: Entry) -> tuple[str, str]:
    return gettext("All parties accepted: the clause is worded anew"), "good"


def _party(entry: Entry) -> tuple[str, str]:
    words = {
        "added": gettext("Came to the table"),
        "removed": gettext("Left the table"),
        "moderator_added": gettext("An external moderation was named"),
        "moderator_removed": gettext("The external moderation ended"),
        "notice": gettext("Gave notice to leave"),
        "notice_withdrawn": gettext("Took the notice back"),
        "left": gettext("Left the agreement"),
    }
    return words.get(str(entry.data.get("change")), entry.get_kind_display()), "work"


def _adoption(entry: Entry) -> tuple[str, str]:
    words = {
        "adopted": gettext("The party’s body adopted the text"),
        "lead_decides": gettext("The lead decides alone"),
        "withdrawn": gettext("The decision lapsed, because the text was opened again"),
    }
    return words.get(str(entry.data.get("change")), entry.get_kind_display()), "good"


def _state(entry: Entry) -> tuple[str, str]:
    change, to = str(entry.data.get("change", "")), str(entry.data.get("to", ""))
    by_change = {
        "reviewed": gettext("The agreement was reviewed"),
        "profile_public": gettext("The profile sheet was opened to the public"),
        "profile_private": gettext("The profile sheet was closed to the public"),
        "termination_planned": gettext("The end of the agreement was set"),
        Version.Kind.AMENDMENT: gettext("An amendment was begun"),
        Version.Kind.JOINING: gettext("A new version was begun, so that a party can join"),
        Version.Kind.RENEWAL: gettext("A renewal was begun"),
        "cancel_round": gettext("The signing round was stopped"),
        "decline": gettext("Signing was declined; the text is open again"),
    }
    by_state = {
        Version.State.WORKING: gettext("Working out began"),
        Version.State.ADOPTING: gettext("The text was laid before the parties’ bodies"),
        Version.State.SIGNING: gettext("The text was fixed, signing began"),
        Version.State.SIGNED: gettext("All parties have signed"),
        Version.State.IN_FORCE: gettext("The agreement came into force"),
        Version.State.SUPERSEDED: gettext("A newer version took over"),
        Version.State.ENDED: gettext("The agreement ended"),
        Version.State.ABANDONED: gettext("The text in work was given up"),
    }
    if change in by_change:
        return by_change[change], "late" if change in ("cancel_round", "decline") else "work"
    if to:
        good = to in (Version.State.SIGNED, Version.State.IN_FORCE)
        return by_state.get(
            Version.State(to), entry.get_kind_display()
        ) if to in by_state else entry.get_kind_display(), ("good" if good else "work")
    if entry.data.get("fields"):
        return gettext("Title or key facts were changed"), ""
    return entry.get_kind_display(), ""


def _of_another(entry: Entry) -> bool:
    """Somebody of another party looked at this party's paper."""
    change, method = str(entry.data.get("change")), str(entry.data.get("method"))
    return change == "paper_refused" or (change == "signed" and method == "paper")


def _signature(entry: Entry) -> tuple[str, str]:
    if entry.data.get("change") == "signed" and _of_another(entry):
        whose = entry.party.organization.short_name if entry.party else ""
        return gettext("The signature of %(name)s on paper was confirmed") % {"name": whose}, "good"
    words = {
        "read": (gettext("Confirmed having read the text"), ""),
        "signed": (gettext("Signed"), "good"),
        "held": (gettext("Took the file for signing elsewhere"), ""),
        "released": (gettext("Gave the file back"), ""),
        "paper": (gettext("Handed in a signature on paper"), "work"),
        "paper_refused": (gettext("The signature on paper was sent back"), "late"),
        "decline": (gettext("Declined to sign; the text is open again"), "late"),
    }
    return words.get(str(entry.data.get("change")), (entry.get_kind_display(), ""))


def _annex(entry: Entry) -> tuple[str, str]:
    data = {"annex": entry.data.get("annex", ""), "number": entry.data.get("number", "")}
    words = {
        "created": (gettext("Annexes were prepared"), "work"),
        "added": (gettext("Annex “%(annex)s” was added") % data, "work"),
        "proposed": (gettext("Annex “%(annex)s”: version %(number)s was proposed") % data, "work"),
        "approved": (gettext("Annex “%(annex)s”: version %(number)s is valid") % data, "good"),
        "rejected": (gettext("Annex “%(annex)s”: version %(number)s was rejected") % data, "late"),
    }
    return words.get(str(entry.data.get("change")), (entry.get_kind_display(), ""))


def _guide(entry: Entry) -> tuple[str, str]:
    return gettext("Moved from guide version %(old)s to %(new)s") % {
        "old": entry.data.get("old", ""),
        "new": entry.data.get("new", ""),
    }, "work"


_WORDS: dict[str, Callable[[Entry], tuple[str, str]]] = {
    Entry.Kind.VOTED: _voted,
    Entry.Kind.PROPOSED: _proposed,
    Entry.Kind.WITHDRAWN: _withdrawn,
    Entry.Kind.WORDING: _wording,
    Entry.Kind.PARTY: _party,
    Entry.Kind.ADOPTION: _adoption,
    Entry.Kind.STATE: _state,
    Entry.Kind.SIGNATURE: _signature,
    Entry.Kind.ANNEX: _annex,
    Entry.Kind.GUIDE: _guide,
}
