"""What the page of one need shows, and the forms that a person has on it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext

from mtd.agreements.models import Version
from mtd.cooperation.forms import needs as forms
from mtd.cooperation.models import Need, NeedDecision, NeedGroup
from mtd.cooperation.permissions import can_group_needs, can_mark_done, can_raise_need, can_say_helped
from mtd.cooperation.queries.needs import (
    WAITING,
    NeedRow,
    Voice,
    listed,
    next_meetings,
    raisers_here,
    rows_of,
    similar_to,
    voices_of,
    wishes_of,
    words,
)
from mtd.core.actor import Actor
from mtd.core.http import actor_of
from mtd.guide.models import GuideVersion
from mtd.guide.pack import say
from mtd.guide.queries import latest_version, pack_by_id
from mtd.organizations.models import Network

Forms = dict[str, Any]
MERGEABLE = 40
_STATE_KINDS = {
    "new": "open",
    "committee": "work",
    "steering": "work",
    "decided": "good",
    "withdrawn": "closed",
}


def show(
    request: HttpRequest, network: Network, group: NeedGroup, bound: Forms | None = None, *, status: int = 200
) -> HttpResponse:
    actor = actor_of(request)
    row = rows_of(actor, [group])[0]
    voices = voices_of(actor, network, row)
    mine = next((voice for voice in voices if voice.own), None)
    coordinates = bool(can_group_needs(actor, network))
    sent = "sent" in request.GET and mine is not None and row.waiting
    context = {
        "network": network,
        "crumbs": [
            (network.name, reverse("cooperation:year", args=[network.slug])),
            (gettext("Needs raised"), reverse("cooperation:needs", args=[network.slug])),
        ],
        "state_kind": _STATE_KINDS.get(group.state, "info"),
        "today": timezone.localdate(),
        "meetings_url": _address("meetings:network", network.slug),
        "amended": _amended(row),
        "group": group,
        "row": row,
        "voices": voices,
        "mine": mine,
        "coordinates": coordinates,
        "sent": sent,
        "similar": similar_to(actor, group) if sent else [],
        "decisions": _decisions(actor, row),
        "splittable": coordinates and row.waiting and row.times > 1,
        "for_gone": _for_gone(actor, network, row),
        "forms": _forms(actor, network, row, mine, coordinates) | (bound or {}),
        "bound": next(iter(bound), "") if bound else "",
    }
    return render(request, "cooperation/need.html", context, status=status)


def _decisions(actor: Actor, row: NeedRow) -> list[dict[str, Any]]:
    wishes = wishes_of(row.decisions)
    found = []
    for decision in row.decisions:
        wish = wishes.get(decision.pk)
        found.append(
            {
                "it": decision,
                "text": words(decision, "text"),
                "reason": words(decision, "reason"),
                "may_finish": decision.outcome == NeedDecision.Outcome.YES
                and decision.done_on is None
                and bool(can_mark_done(actor, decision)),
                "wish": words(wish, "text") if wish else "",
                "open": decision.outcome == NeedDecision.Outcome.YES and not decision.consequence,
            }
        )
    return found


def _for_gone(actor: Actor, network: Network, row: NeedRow) -> list[Need]:
    """Needs of the own organisation whose raiser has left: its lead says whether the answer helped."""
    if row.waiting or not actor.lead_of:
        return []
    left = [n for n in row.needs if n.organization_id in actor.lead_of and n.raised_by_id != actor.user_id]
    here = raisers_here(left, network) if left else set()
    return [n for n in left if n.pk not in here and can_say_helped(actor, n, raiser_is_here=False)]


def _forms(actor: Actor, network: Network, row: NeedRow, mine: Voice | None, coordinates: bool) -> Forms:
    """The forms that this person has on this page now."""
    group, found = row.group, dict[str, Any]()
    worded = {"wording": row.wording, "topic": group.topic}
    if row.waiting:
        if mine is None and can_raise_need(actor, network):
            found["join"] = forms.JoinForm(prefix="join")
        if mine and row.times == 1 and group.state == WAITING[0] and mine.text == row.wording:
            found["edit"] = forms.EditForm(prefix="edit", initial={"text": mine.text, "topic": group.topic})
        if coordinates:
            others = mergeable(actor, network, group)
            found["word"] = forms.WordForm(prefix="word", initial=worded)
            if others:
                found["merge"] = forms.MergeForm(prefix="merge", initial=worded, rows=others)
            found["agenda"] = forms.AgendaForm(prefix="agenda", meetings=next_meetings(network))
            found["decide"] = forms.DecideForm(prefix="decide", network=network)
    elif row.group.decided_on:
        if mine or _for_gone(actor, network, row):
            said = {"helped": mine.need.helped, "note": mine.note} if mine else {}
            found["helped"] = forms.HelpedForm(prefix="helped", initial=said)
        if coordinates and any(d.outcome == "yes" and not d.consequence for d in row.decisions):
            version = guide_version()
            found["wish"] = forms.WishForm(prefix="wish", initial={"text": row.decided_text})
            found["amend"] = forms.AmendForm(prefix="amend", network=network)
            if version:
                found["guide"] = forms.GuideForm(prefix="guide", steps=steps(version))
    return found


def mergeable(actor: Actor, network: Network, group: NeedGroup) -> list[NeedRow]:
    """Needs that could be the same: the likeliest first, then the longest waiting."""
    likely = [row for row in similar_to(actor, group, most=8) if row.waiting]
    known = {group.pk, *(row.group.pk for row in likely)}
    rest = list(listed(actor, network, "waiting").exclude(pk__in=known)[: MERGEABLE - len(likely)])
    return [*likely, *rows_of(actor, rest)]


def guide_version() -> GuideVersion | None:
    return latest_version()


def steps(version: GuideVersion) -> list[tuple[str, str]]:
    return [(step.key, say(step.title, get_language() or "en")) for step in pack_by_id(version.pk).steps]


def _amended(row: NeedRow) -> Any:
    """The agreement that a decision began to amend."""
    begun = [d for d in row.decisions if d.consequence == NeedDecision.Consequence.AMENDMENT]
    ids = [d.consequence_id for d in begun if d.consequence_id]
    found = Version.objects.filter(pk__in=ids).values_list("agreement_id", flat=True) if ids else ()
    return next(iter(found), None)


def _address(route: str, *args: object) -> str:
    try:
        return reverse(route, args=args)
    except NoReverseMatch:
        return ""
