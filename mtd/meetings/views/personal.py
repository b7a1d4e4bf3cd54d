"""A guest's personal link: the invitation, the answer, votes on dates, and the minutes. Without sign-in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from mtd.core.access import public
from mtd.core.errors import Refused
from mtd.core.guarded import familiar_from
from mtd.core.http import actor_of
from mtd.meetings.actions import answer_by_link, vote_by_link
from mtd.meetings.forms.planning import AnswerForm
from mtd.meetings.models import Meeting, Participant
from mtd.meetings.queries.people import further_invitations, guest_by_token, link_for
from mtd.meetings.queries.words import rhythm_text, when_in_words

from .minutes import objection_part
from .poll import vote_form


@public
@never_cache
def personal(request: HttpRequest, token: str) -> HttpResponse:
    """What concerns a guest of one meeting; a link that is wrong, withdrawn or too old says so, and what to do."""
    guest = guest_by_token(token)
    if guest is None:
        return render(request, "meetings/personal_gone.html", status=404)
    if guest.language and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        translation.activate(guest.language)
        request.LANGUAGE_CODE = guest.language
    with familiar_from(tuple, [guest.meeting.network.language]):
        return _of_guest(request, guest, token)


def _of_guest(request: HttpRequest, guest: Participant, token: str) -> HttpResponse:
    meeting = guest.meeting
    minutes = objection_part(request, guest) if meeting.state == Meeting.State.HELD else {}
    form = vote_form(meeting, guest, request.POST if request.POST.get("do") == "vote" else None)
    refused = ""
    if request.method == "POST":
        done, refused = _do(request, guest, form, minutes)
        if done:
            messages.success(request, done)
            return HttpResponseRedirect(reverse("meetings:personal", args=[token]))
    status = 422 if request.method == "POST" else 200
    return render(request, "meetings/personal.html", _context(guest, form, minutes, refused), status=status)


def _do(request: HttpRequest, guest: Participant, form: Any, minutes: dict[str, Any]) -> tuple[str, str]:
    """What was done, in words, or why not; both empty when a form is to be shown again."""
    do, actor = request.POST.get("do", ""), actor_of(request)
    try:
        if do == "answer":
            answer = AnswerForm(request.POST)
            if not answer.is_valid():
                return "", _("Please choose one of the answers.")
            answer_by_link(actor=actor, participant=guest, **answer.cleaned_data)
            return _("Thank you. You can change your answer until the meeting begins."), ""
        if do == "vote":
            if not form.is_valid():
                return "", ""
            vote_by_link(actor=actor, participant=guest, choices=form.choices)
            return _("Thank you. You can change this until a date is fixed."), ""
    except Refused as refused:
        return "", str(refused)
    if do not in ("object", "withdraw"):
        raise Http404
    return (
        (_("Your objection is noted."), "")
        if do == "object" and minutes.get("done")
        else ((_("Your objection is withdrawn."), "") if minutes.get("done") else ("", ""))
    )


def _context(guest: Participant, form: Any, minutes: dict[str, Any], refused: str) -> dict[str, Any]:
    meeting = guest.meeting
    start, end = meeting.local_start, meeting.local_end
    return {
        "guest": guest,
        "meeting": meeting,
        "network": meeting.network,
        "when": when_in_words(start, end) if start and end else "",
        "zone": meeting.network.time_zone.rpartition("/")[2].replace("_", " "),
        "rhythm": rhythm_text(meeting.series) if meeting.series else "",
        "my_answer": guest.answer if guest.answer_sequence == meeting.sequence else "none",
        "answers": [choice for choice in Participant.Answer.choices if choice[0] != "none"],
        "can_answer": meeting.state == Meeting.State.PLANNED
        and meeting.ends_at is not None
        and meeting.ends_at > timezone.now(),
        "form": form if meeting.state == Meeting.State.POLLING else None,
        "minutes": minutes,
        "refused": refused,
        "further": [
            (when_in_words(begin, stop), link_for(one, one.meeting), one)
            for one in further_invitations(guest)
            if (begin := one.meeting.local_start) and (stop := one.meeting.local_end)
        ],
    }
