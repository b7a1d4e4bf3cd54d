"""Finding a date: the table of persons and dates, voting, adding and fixing a date."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from mtd.core.errors import Refused
from mtd.core.http import actor_of, get_or_404
from mtd.meetings.actions import add_dates, fix_date, vote
from mtd.meetings.forms.planning import AddDatesForm, VoteForm
from mtd.meetings.models import DateOption, DateVote, Meeting, Participant
from mtd.meetings.permissions import can_organize, readable_to
from mtd.meetings.queries.meetings import poll_of
from mtd.meetings.queries.people import participants_of
from mtd.meetings.queries.words import when_in_words

from .reading import page


def vote_form(meeting: Meeting, person: Participant | None, data: Any = None) -> VoteForm:
    """The form with which one person says which dates suit."""
    options = list(meeting.date_options.order_by("starts_at"))
    mine = dict(DateVote.objects.filter(participant=person).values_list("option", "choice")) if person else {}
    return VoteForm(data, options=options, labels=[label_of(meeting, o) for o in options], mine=mine)


def label_of(meeting: Meeting, option: DateOption) -> str:
    """A proposed date in words, on the network's clock."""
    zone = meeting.network.zone
    return when_in_words(option.starts_at.astimezone(zone), option.ends_at.astimezone(zone))


def dates(request: HttpRequest, meeting_id: uuid.UUID) -> HttpResponse:
    """Which date suits whom, for who is asked; whoever is asked votes, the organiser adds and fixes."""
    actor = actor_of(request)
    meeting = get_or_404(readable_to(actor).select_related("network", "series"), pk=meeting_id)
    people = list(participants_of(meeting))
    mine = next((person for person in people if person.user_id == actor.user_id), None)
    form, more = vote_form(meeting, mine), AddDatesForm(network=meeting.network, prefix="more")
    status = 200
    if request.method == "POST":
        do = request.POST.get("do", "")
        if do == "vote":
            form = vote_form(meeting, mine, request.POST)
        elif do == "add":
            more = AddDatesForm(request.POST, network=meeting.network, prefix="more")
        target = _do(request, meeting, do, form, more)
        if target:
            return HttpResponseRedirect(target)
        status = 422
    poll = poll_of(meeting, people)
    context = page(
        meeting,
        "dates",
        poll=poll,
        labels=[label_of(meeting, date.option) for date in poll.dates],
        form=form if mine else None,
        more=more,
        may=can_organize(actor, meeting),
        count=len(people),
        choices=DateVote.Choice.choices,
        is_open=meeting.state == Meeting.State.POLLING,
    )
    return render(request, "meetings/poll.html", context, status=status)


def _do(request: HttpRequest, meeting: Meeting, do: str, form: VoteForm, more: AddDatesForm) -> str:
    """Do it and say where to go; empty when a form has to be shown again."""
    actor, here = actor_of(request), reverse("meetings:dates", args=[meeting.pk])
    if do == "fix":
        option = get_or_404(
            DateOption.objects.filter(meeting=meeting).select_related("meeting"),
            pk=request.POST.get("option"),
        )
        fix_date(actor=actor, option=option)
        messages.success(request, _("The date is fixed. Everybody has been invited."))
        return reverse("meetings:meeting", args=[meeting.pk])
    if do == "vote":
        if not form.is_valid():
            return ""
        vote(actor=actor, meeting=meeting, choices=form.choices)
        messages.success(request, _("Thank you. You can change this until a date is fixed."))
        return here
    if do != "add":
        raise Http404
    if not more.is_valid():
        return ""
    try:
        add_dates(actor=actor, meeting=meeting, options=[more.cleaned_data["span"]])
    except Refused as refused:
        if refused.status == 403:
            raise
        refused.show_on(more)
        return ""
    messages.success(request, _("The date is proposed. Everybody has been asked once more."))
    return here
