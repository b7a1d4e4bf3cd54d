"""Mails about meetings: kind, network, date, place, each with its calendar part; never a title or the agenda."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext, override, pgettext

from mtd.accounts.models import User
from mtd.core.actor import Actor
from mtd.core.templatetags.mtd import day
from mtd.meetings import calendars
from mtd.meetings.models import Meeting, Participant, Series
from mtd.meetings.queries.people import link_for
from mtd.meetings.queries.words import rhythm_text, when_in_words
from mtd.notifications.actions import enqueue, notify

INVITED = "invited"
MOVED = "moved"
CANCELLED = "cancelled"
REMOVED = "removed"
ENDED = "ended"
_METHOD = {
    INVITED: "REQUEST",
    MOVED: "REQUEST",
    CANCELLED: "CANCEL",
    REMOVED: "CANCEL",
    ENDED: "REQUEST",
}


def _zone(meeting: Meeting | Series) -> str:
    return meeting.network.time_zone.rpartition("/")[2].replace("_", " ")


def _lines(meeting: Meeting) -> list[str]:
    lines = [f"{meeting.get_kind_display()}, {meeting.network.name}"]
    if meeting.local_start and meeting.local_end:
        when = when_in_words(meeting.local_start, meeting.local_end)
        lines.append(gettext("%(when)s (time in %(zone)s)") % {"when": when, "zone": _zone(meeting)})
    lines += [line for line in (meeting.place, meeting.link) if line]
    return lines


def _subject(what: str, meeting: Meeting) -> str:
    name = f"{meeting.get_kind_display()}, {meeting.network.name}"
    if meeting.local_start and what != ENDED:
        name += f", {day(meeting.local_start.date())}"
    said = {
        INVITED: pgettext("subject of a mail", "Invitation: %(meeting)s"),
        MOVED: pgettext("subject of a mail", "Changed: %(meeting)s"),
        CANCELLED: pgettext("subject of a mail", "Cancelled: %(meeting)s"),
        REMOVED: pgettext("subject of a mail", "You need not come: %(meeting)s"),
        ENDED: pgettext("subject of a mail", "A series ends or changes: %(meeting)s"),
    }[what]
    return said % {"meeting": name}


def _opening(what: str) -> str:
    return {
        INVITED: gettext("You are invited to this meeting:"),
        MOVED: gettext("This meeting has been changed. What holds now:"),
        CANCELLED: gettext("This meeting does not take place:"),
        REMOVED: gettext("You are no longer expected at this meeting:"),
        ENDED: gettext(
            "These meetings no longer come as they did; your calendar takes out what would have come. "
            "If they go on in another rhythm, you get an invitation of its own."
        ),
    }[what]


def _body(what: str, meeting: Meeting, link: str, rhythm: str) -> str:
    lines = _lines(meeting)[:1] if what == ENDED else _lines(meeting)
    parts = [_opening(what), "\n".join([*lines, *([rhythm] if rhythm else [])])]
    if what in (INVITED, MOVED):
        parts.append(gettext("Please answer here, or in your calendar:") + f"\n{settings.MTD_BASE_URL}{link}")
    elif what in (CANCELLED, ENDED):
        parts.append(f"{settings.MTD_BASE_URL}{link}")
    parts.append(gettext("The calendar file is attached; most calendars enter it by themselves."))
    return "\n\n".join(parts) + "\n"


def tell(*, actor: Actor, meeting: Meeting, people: Iterable[Participant], what: str) -> None:
    """Mail each of these people what happened to one meeting, with the calendar part that says the same."""
    _tell(
        actor,
        meeting,
        list(people),
        what,
        lambda person, link: calendars.invitation(
            meeting, address=person.address, method=_METHOD[what], optional=person.optional, link=link
        ),
    )


def tell_series(
    *,
    actor: Actor,
    series: Series,
    meeting: Meeting,
    people: Iterable[Participant],
    what: str,
    method: str = "",
) -> None:
    """The same for a whole series: one mail each; `meeting` is the one that the mail names, usually the next."""
    method = method or _METHOD[what]
    _tell(
        actor,
        meeting,
        list(people),
        what,
        lambda person, link: calendars.series_invitation(
            series,
            address=person.address,
            method=method,
            optional=person.optional,
            link=link if person.is_guest else "",
        ),
        method=method,
        rhythm=lambda: rhythm_text(series) if what in (INVITED, MOVED) else "",
    )


def _tell(
    actor: Actor,
    meeting: Meeting,
    people: list[Participant],
    what: str,
    calendar: Callable[[Participant, str], str],
    method: str = "",
    rhythm: Callable[[], str] = lambda: "",
) -> None:
    for participant in people:
        if not participant.address:
            continue
        language = participant.user.language if participant.user else participant.language
        language = language or meeting.network.language
        link = link_for(participant, meeting)
        with override(language):
            file = calendar(participant, f"{settings.MTD_BASE_URL}{link}")
        enqueue(
            actor=actor,
            kind=f"meetings.{what}",
            recipient=participant.user,
            address="" if participant.user else participant.email,
            language=language,
            subject=lambda: _subject(what, meeting),
            body=lambda link=link: _body(what, meeting, link, rhythm()),  # type: ignore[misc]
            calendar=file,
            calendar_method=method or _METHOD[what],
            reply_to=calendars.reply_address(),
        )
    users = [participant.user for participant in people if participant.user]
    page = reverse("meetings:meeting", args=[meeting.pk])
    if what in (REMOVED, ENDED):
        page = reverse("meetings:network", args=[meeting.network.slug])
    notify(
        actor=actor,
        users=users,
        kind=f"meetings.{what}",
        text=lambda: _subject(what, meeting),
        link=page,
        mail=False,
    )


def tell_poll(*, actor: Actor, meeting: Meeting, people: Iterable[Participant], ended: bool = False) -> None:
    """Ask these people by mail which of the proposed dates suit them, or say that no date is looked for any more."""
    users = []
    for participant in people:
        if not participant.address:
            continue
        if participant.user:
            users.append(participant.user)
            link, language = reverse("meetings:dates", args=[meeting.pk]), participant.user.language
        else:
            link, language = link_for(participant, meeting), participant.language
        enqueue(
            actor=actor,
            kind="meetings.poll",
            recipient=participant.user,
            address="" if participant.user else participant.email,
            language=language or meeting.network.language,
            subject=lambda: _poll_subject(meeting, ended),
            body=lambda link=link: _poll_body(meeting, ended, link),  # type: ignore[misc]
        )
    notify(
        actor=actor,
        users=users,
        kind="meetings.poll",
        text=lambda: _poll_subject(meeting, ended),
        link=reverse("meetings:dates", args=[meeting.pk]),
        mail=False,
    )


def _poll_subject(meeting: Meeting, ended: bool) -> str:
    said = (
        gettext("No date is looked for any more: %(kind)s, %(network)s")
        if ended
        else gettext("Which date suits you? %(kind)s, %(network)s")
    )
    return said % {"kind": meeting.get_kind_display(), "network": meeting.network.name}


def _poll_body(meeting: Meeting, ended: bool, link: str) -> str:
    opening = (
        gettext("This meeting does not take place:")
        if ended
        else gettext("A date is being found for this meeting. Please tick what suits you:")
    )
    return f"{opening}\n\n" + "\n".join(_lines(meeting)) + f"\n\n{settings.MTD_BASE_URL}{link}\n"


def tell_minute_taker(*, actor: Actor, meeting: Meeting, user: User) -> None:
    """Tell somebody that they keep the minutes of a meeting."""
    notify(
        actor=actor,
        users=[user],
        kind="meetings.minute_taker",
        text=lambda: (
            gettext("You keep the minutes: %(kind)s, %(network)s")
            % {"kind": meeting.get_kind_display(), "network": meeting.network.name}
        ),
        link=reverse("meetings:meeting", args=[meeting.pk]),
    )


def remind(*, actor: Actor, person: Participant) -> None:
    """Remind somebody who has not answered yet; those with an account at the pace that they chose."""
    meeting = person.meeting
    link = link_for(person, meeting)
    if person.user is not None:
        notify(
            actor=actor,
            users=[person.user],
            kind="meetings.reminder",
            text=lambda: _reminder(meeting),
            link=link,
        )
    elif person.email:
        enqueue(
            actor=actor,
            kind="meetings.reminder",
            address=person.email,
            language=person.language or meeting.network.language,
            subject=lambda: _reminder(meeting),
            body=lambda: f"{_reminder(meeting)}\n\n{settings.MTD_BASE_URL}{link}\n",
        )


def _reminder(meeting: Meeting) -> str:
    start = meeting.local_start
    assert start is not None
    return gettext("Do you come? %(kind)s, %(network)s, on %(day)s at %(time)s") % {
        "kind": meeting.get_kind_display(),
        "network": meeting.network.name,
        "day": day(start.date()),
        "time": date_format(start, "H:i"),
    }
