"""The page of one meeting: when, where, who comes, and what its organiser does."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mtd.core.actor import Actor
from mtd.core.errors import Refused
from mtd.core.http import actor_of, get_or_404
from mtd.meetings import actions
from mtd.meetings.forms.planning import (
    AnswerForm,
    CancelForm,
    InviteForm,
    MinuteTakerForm,
    MoveForm,
    NoteAnswerForm,
    RemoveForm,
)
from mtd.meetings.models import Meeting, Participant
from mtd.meetings.permissions import can_organize, can_read, can_write_minutes, visible_to
from mtd.meetings.queries.meetings import benches
from mtd.meetings.queries.people import Invitable, invitable, participants_of
from mtd.meetings.queries.words import rhythm_text, when_in_words
from mtd.organizations.models import Organization

from .reading import page

Data = dict[str, Any]
_ZONES = {
    "BE": "Europe/Brussels",
    "CY": "Asia/Nicosia",
    "CZ": "Europe/Prague",
    "DE": "Europe/Berlin",
    "EL": "Europe/Athens",
    "ES": "Europe/Madrid",
    "FI": "Europe/Helsinki",
    "IT": "Europe/Rome",
    "NL": "Europe/Amsterdam",
    "PT": "Europe/Lisbon",
    "SI": "Europe/Ljubljana",
    "SK": "Europe/Bratislava",
}
"""The usual zone of each country, for readers whose clock differs from the network's."""


def meeting(request: HttpRequest, meeting_id: uuid.UUID) -> HttpResponse:
    """One meeting; what is asked for in a POST is done by the deed that it names."""
    actor = actor_of(request)
    found = get_or_404(
        visible_to(actor).select_related("network", "series", "host", "minute_taker"), pk=meeting_id
    )
    people = list(participants_of(found))
    candidates = _candidates(actor, found, people)
    shown = _forms(found, candidates)
    status = 200
    if request.method == "POST":
        do = request.POST.get("do", "")
        if do not in _DEEDS:
            raise Http404
        form = _bound(request, found, do, candidates)
        if said := _carry_out(request, found, form, _DEEDS[do]):
            messages.success(request, said)
            return HttpResponseRedirect(reverse("meetings:meeting", args=[meeting_id]))
        status = 422
        if do in shown:
            shown[do] = form
        elif form is not None:
            # These forms are single buttons: what went wrong stands on top of the page.
            messages.error(request, " ".join(str(e) for errors in form.errors.values() for e in errors))
    return render(request, "meetings/meeting.html", _context(actor, found, people, shown), status=status)


def _candidates(actor: Actor, found: Meeting, people: list[Participant]) -> list[Invitable]:
    if not can_organize(actor, found) or found.state not in ("polling", "planned"):
        return []
    on_it = {person.user_id for person in people}
    return [row for row in invitable(found.network) if row.user.pk not in on_it]


def _forms(found: Meeting, candidates: list[Invitable]) -> dict[str, Any]:
    return {
        "move": MoveForm(prefix="move", network=found.network, initial=MoveForm.initial_of(found)),
        "cancel": CancelForm(prefix="cancel", initial={"sequence": found.sequence}),
        "invite": InviteForm(prefix="invite", people=candidates, series=found.series_id is not None),
    }


def _bound(request: HttpRequest, found: Meeting, do: str, candidates: list[Invitable]) -> forms.Form | None:
    if do == "move":
        return MoveForm(request.POST, prefix="move", network=found.network)
    if do == "invite":
        return InviteForm(
            request.POST, prefix="invite", people=candidates, series=found.series_id is not None
        )
    kinds: dict[str, type[forms.Form]] = {
        "answer": AnswerForm,
        "note": NoteAnswerForm,
        "remove": RemoveForm,
        "minutes": MinuteTakerForm,
    }
    if do == "cancel":
        return CancelForm(request.POST, prefix="cancel")
    return kinds[do](request.POST) if do in kinds else None


def _carry_out(
    request: HttpRequest,
    found: Meeting,
    form: forms.Form | None,
    deed: Callable[[HttpRequest, Meeting, Data], str],
) -> str:
    """Do it and say so; empty when the form has to be shown again with what is wrong."""
    if form is not None and not form.is_valid():
        return ""
    try:
        said = deed(request, found, form.cleaned_data if form else {})
    except Refused as refused:
        if form is None or refused.status == 403:
            raise
        refused.show_on(form)
        return ""
    for note in getattr(form, "notes", ()):
        messages.info(request, note)
    return said


def _answer(request: HttpRequest, found: Meeting, data: Data) -> str:
    actions.answer(actor=actor_of(request), meeting=found, **data)
    return _("Your answer is noted. You can change it until the meeting begins.")


def _note(request: HttpRequest, found: Meeting, data: Data) -> str:
    person = get_or_404(participants_of(found), pk=data["participant"])
    actions.note_answer(actor=actor_of(request), participant=person, answer=data["answer"])
    return _("The answer is noted.")


def _remove(request: HttpRequest, found: Meeting, data: Data) -> str:
    person = get_or_404(participants_of(found), pk=data["participant"])
    actions.remove_participant(actor=actor_of(request), participant=person, whole_series=data["whole_series"])
    return _("Taken off the list. The person has been told.")


def _minutes(request: HttpRequest, found: Meeting, data: Data) -> str:
    person = get_or_404(participants_of(found), pk=data["participant"])
    actions.name_minute_taker(actor=actor_of(request), participant=person)
    return _("%(name)s keeps the minutes.") % {"name": person.shown_name}


def _invite(request: HttpRequest, found: Meeting, data: Data) -> str:
    new = actions.invite(
        actor=actor_of(request),
        meeting=found,
        people=data.get("people") or [],
        guests=data["guests"],
        whole_series=data.get("whole_series", False),
    )
    return _("Invited: %(names)s.") % {
        "names": ", ".join(person.shown_name for person in new[:12]) or _("nobody new, all were on the list")
    }


def _move(request: HttpRequest, found: Meeting, data: Data) -> str:
    names = ("starts_at", "ends_at", "place_kind", "place", "link", "sequence")
    actions.move(actor=actor_of(request), meeting=found, **{name: data[name] for name in names})
    return _("The meeting is changed. Everybody has been told.")


def _cancel(request: HttpRequest, found: Meeting, data: Data) -> str:
    actions.cancel(actor=actor_of(request), meeting=found, **data)
    return _("The meeting is cancelled. Everybody has been told.")


def _held(request: HttpRequest, found: Meeting, data: Data) -> str:
    actions.mark_held(actor=actor_of(request), meeting=found)
    return _("The meeting is marked as held. Now note who was there, in the minutes.")


def _reopen(request: HttpRequest, found: Meeting, data: Data) -> str:
    actions.reopen(actor=actor_of(request), meeting=found)
    return _("Taken back: the meeting counts as planned again.")


_DEEDS: dict[str, Callable[[HttpRequest, Meeting, Data], str]] = {
    "answer": _answer,
    "note": _note,
    "remove": _remove,
    "minutes": _minutes,
    "invite": _invite,
    "move": _move,
    "cancel": _cancel,
    "held": _held,
    "reopen": _reopen,
}


def _reader_time(actor: Actor, found: Meeting) -> datetime | None:
    """The beginning on the reader's own clock, where it shows another time than the network's."""
    if found.local_start is None or actor.organization_id is None:
        return None
    country = Organization.objects.filter(pk=actor.organization_id).values_list("country", flat=True).first()
    local = found.local_start.astimezone(ZoneInfo(_ZONES.get(country or "", found.network.time_zone)))
    return local if local.utcoffset() != found.local_start.utcoffset() else None


def _context(actor: Actor, found: Meeting, people: list[Participant], shown: Data) -> Data:
    now = timezone.now()
    start, end = found.local_start, found.local_end
    mine = next((person for person in people if person.user_id == actor.user_id), None)
    may_read = can_read(actor, found)
    holding = [p for p in people if p.answer_sequence == found.sequence]
    return page(
        found,
        "meeting",
        when=when_in_words(start, end) if start and end else "",
        reader_time=_reader_time(actor, found),
        zone=found.network.time_zone.rpartition("/")[2].replace("_", " "),
        is_over=found.ends_at is not None and found.ends_at <= now,
        has_begun=found.starts_at is not None and found.starts_at <= now,
        mine=mine,
        my_answer=mine.answer if mine and mine.answer_sequence == found.sequence else "none",
        may_read=may_read,
        may_organize=can_organize(actor, found),
        may_write=can_write_minutes(actor, found),
        benches=benches(people) if may_read else [],
        count=len(people),
        coming=sum(p.answer == "yes" for p in holding),
        maybe=sum(p.answer == "maybe" for p in holding),
        attended=sum(p.attendance in ("present", "online") for p in people),
        items=found.agenda_items.exclude(state="dropped").count() if may_read else 0,
        rhythm=rhythm_text(found.series) if found.series else "",
        forms=shown,
        answers=[choice for choice in Participant.Answer.choices if choice[0] != "none"],
    )
