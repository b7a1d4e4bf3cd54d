"""Untrusted input about calling, moving and cancelling meetings; local wall-clock times become moments here."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from mtd.accounts.models import User
from mtd.core.errors import Refused
from mtd.core.guarded import GuardedLineField
from mtd.core.templatetags.mtd import day as day_text
from mtd.meetings.calling import check_place, check_span
from mtd.meetings.models import CancelReason, DateOption, DateVote, Kind, Meeting, Participant, Place, Series
from mtd.meetings.queries.people import Guest, Invitable
from mtd.meetings.series import comes_twice, is_skipped, wall
from mtd.organizations.models import Network

POLL_ROWS = 6
MOST_LINES = 300


class _Day(forms.DateInput):
    input_type = "date"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class _Time(forms.TimeInput):
    input_type = "time"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs=attrs, format="%H:%M")


def _day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    return forms.DateField(label=label, required=required, help_text=help_text, widget=_Day())


def _time(label: Any, *, required: bool = True, initial: dt.time | None = None) -> forms.TimeField:
    return forms.TimeField(label=label, required=required, initial=initial, widget=_Time())


class _PeopleChoice(forms.CheckboxSelectMultiple):
    template_name = "meetings/_people_choice.html"


class PeopleField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """People of the network by organisation; the label names the person, the group the organisation."""

    widget = _PeopleChoice

    def offer(self, people: list[Invitable]) -> None:
        """Offer these people, grouped."""
        self.queryset = User.objects.filter(pk__in=[row.user.pk for row in people])
        groups: dict[str, list[tuple[Any, str]]] = {}
        for row in people:
            name = row.organization.short_name if row.organization else gettext("Coordination and moderation")
            groups.setdefault(name, []).append((row.user.pk, row.user.name))
        self.choices = list(groups.items())


class GuestsField(forms.CharField):
    """Guests, one a line: “Name, name@example.org”; the same address twice counts once."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Guests without an account"))
        kwargs.setdefault(
            "help_text",
            _(
                "One a line: name and e-mail, for example “Ina Feldmann, ina.feldmann@praxis.example”. "
                "They get the invitation by mail and answer by a link of their own."
            ),
        )
        super().__init__(required=False, max_length=20000, widget=forms.Textarea(attrs={"rows": 3}), **kwargs)

    def to_python(self, value: Any) -> list[Guest]:  # type: ignore[override]
        lines = [line.strip()[:400] for line in str(value or "").splitlines() if line.strip()]
        if len(lines) > MOST_LINES:
            raise ValidationError(_("These are too many guests for one meeting."))
        return [self._guest(line) for line in lines]

    def validate(self, value: Any) -> None:
        """Every line has been looked at already."""

    def run_validators(self, value: Any) -> None:
        """Every line has been looked at already."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(data)

    def _guest(self, line: str) -> Guest:
        words = [word for word in re.split(r"[\s,;<>]+", line) if word]
        email = next((word for word in reversed(words) if "@" in word), line)
        name = " ".join(word for word in words if word != email).strip("\"' ")
        email = email.lower()
        try:
            validate_email(email)
        except ValidationError:
            raise ValidationError(
                _("“%(line)s” holds no e-mail address that mail can go to."), params={"line": line[:80]}
            ) from None
        if not name:
            raise ValidationError(_("“%(line)s” lacks the name."), params={"line": line[:80]})
        return Guest(name[:120], email)


class _PlaceFields(forms.Form):
    place_kind = forms.ChoiceField(
        label=_("How people meet"), choices=Place.choices, initial=Place.ON_SITE, widget=forms.RadioSelect
    )
    place = forms.CharField(
        label=_("Place"),
        max_length=200,
        required=False,
        help_text=_("House, street, town, room. It stands in mails and calendars."),
    )
    link = forms.CharField(
        label=_("Link to the online meeting"),
        max_length=400,
        required=False,
        widget=forms.URLInput(attrs={"inputmode": "url"}),
        help_text=_("Begins with https://. It stands in mails and calendars of those invited only."),
    )

    def clean_link(self) -> str:
        """A link that leads to a page, or nothing."""
        link: str = self.cleaned_data["link"].strip()
        try:
            check_place(Place.ON_SITE, link)
        except Refused as refused:
            raise ValidationError(str(refused)) from None
        return link


class _Wall(forms.Form):
    """Local wall-clock times of the network. `notes` holds what was assumed, to be said on the page."""

    def __init__(self, *args: Any, network: Network, **kwargs: Any) -> None:
        self.network = network
        self.notes: list[str] = []
        super().__init__(*args, **kwargs)

    def moment(self, day: dt.date, at: dt.time, field: str) -> dt.datetime | None:
        """The moment of a local time; an error at the field for one that the clock skips that night."""
        zone = self.network.zone
        if not dt.date(1900, 1, 1) <= day <= dt.date(9990, 1, 1):
            self.add_error(field, gettext("Please look at the year."))
            return None
        if is_skipped(day, at, zone):
            shown = wall(day, at, zone).astimezone(zone)
            self.add_error(
                field,
                gettext(
                    "%(time)s does not exist on %(day)s: the clock is put forward that night. "
                    "Please choose another time, for example %(other)s."
                )
                % {"time": f"{at:%H:%M}", "day": day_text(day), "other": f"{shown:%H:%M}"},
            )
            return None
        if comes_twice(day, at, zone):
            self.notes.append(
                gettext(
                    "%(time)s comes twice on %(day)s, because the clock is put back; the first one is meant."
                )
                % {"time": f"{at:%H:%M}", "day": day_text(day)}
            )
        return wall(day, at, zone)

    def span(self, day: dt.date, start: dt.time, end: dt.time, field: str) -> tuple[Any, Any] | None:
        """Beginning and end on one local day; an error at the end if it does not lie after the beginning."""
        begin, stop = self.moment(day, start, field), self.moment(day, end, field)
        if begin is None or stop is None:
            return None
        try:
            check_span(begin, stop)
        except Refused as refused:
            self.add_error("end", str(refused))
            return None
        return begin, stop


class ChooseKindForm(forms.Form):
    """What the link to a new meeting may bring along: kind, what it is for, a day."""

    kind = forms.ChoiceField(choices=Kind.choices)
    subject = forms.UUIDField(required=False)
    on = forms.DateField(required=False)
    way = forms.CharField(required=False, max_length=10)


class NewMeetingForm(_Wall, _PlaceFields):
    """A single meeting, a series, or dates to choose from: one form, three ways."""

    ONE, SERIES, POLL = "one", "series", "poll"
    title = GuardedLineField(
        dates=True,
        label=_("Title"),
        max_length=120,
        required=False,
        help_text=_("For the pages here only; mails and calendars say the kind of meeting and the network."),
    )
    way = forms.ChoiceField(
        label=_("How many meetings, and is the date fixed?"),
        choices=[
            (ONE, _("One meeting, the date is fixed")),
            (SERIES, _("Meetings that come again")),
            (POLL, _("One meeting, the date is still to be found")),
        ],
        initial=ONE,
        widget=forms.RadioSelect,
    )
    day = _day(_("Day"), required=False)
    start = _time(_("From"), initial=dt.time(14))
    end = _time(pgettext_lazy("time", "Until"), initial=dt.time(16))
    held = forms.BooleanField(
        label=_("It has been held already"),
        required=False,
        help_text=_("For meetings of the past. Nobody gets a mail."),
    )
    every = forms.IntegerField(label=_("Again after"), required=False, initial=6, min_value=1, max_value=104)
    unit = forms.ChoiceField(
        label=_("Weeks or months"), choices=Series.Unit.choices, required=False, initial=Series.Unit.MONTHS
    )
    day_rule = forms.ChoiceField(
        label=_("On which day"),
        choices=Series.DayRule.choices,
        required=False,
        initial=Series.DayRule.WEEKDAY,
        widget=forms.RadioSelect,
        help_text=_("Counts for months. The first day named above is the model."),
    )
    until = _day(
        _("Last possible day"), required=False, help_text=_("Empty: the series goes on until you end it.")
    )
    subject_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    people = PeopleField(label=_("Who is invited"), queryset=User.objects.none(), required=False)
    guests = GuestsField()

    def __init__(self, *args: Any, kind: str, people: list[Invitable], **kwargs: Any) -> None:
        self.kind = kind
        super().__init__(*args, **kwargs)
        field = self.fields["people"]
        assert isinstance(field, PeopleField)
        field.offer(people)
        if kind == Kind.CASE_DISCUSSION:
            del self.fields["title"]
        for number in range(1, POLL_ROWS + 1):
            label = _("Day %(number)s") % {"number": number}
            self.fields[f"poll_day_{number}"] = _day(label, required=False)
            own = _("Day %(number)s from") % {"number": number}
            self.fields[f"poll_start_{number}"] = _time(own, required=False)

    @property
    def poll_rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Day and own beginning of each proposed date, for the page."""
        return [
            (self[f"poll_day_{number}"], self[f"poll_start_{number}"]) for number in range(1, POLL_ROWS + 1)
        ]

    def clean(self) -> dict[str, Any]:
        """What each way needs is there, and its local times are moments."""
        data = super().clean() or self.cleaned_data
        start, end, way = data.get("start"), data.get("end"), data.get("way")
        if start is None or end is None or not way:
            return data
        if way == self.POLL:
            data["options"] = self._options(data, start, end)
        elif data.get("day") is None:
            if "day" not in self.errors:
                self.add_error("day", gettext("Please name the day."))
        elif (span := self.span(data["day"], start, end, "start")) is not None:
            data["starts_at"], data["ends_at"] = span
        if way == self.SERIES:
            self._rhythm(data, start, end)
        return data

    def _options(
        self, data: dict[str, Any], start: dt.time, end: dt.time
    ) -> list[tuple[dt.datetime, dt.datetime]]:
        long = dt.datetime.combine(dt.date(2000, 1, 1), end) - dt.datetime.combine(dt.date(2000, 1, 1), start)
        if long <= dt.timedelta(0):
            self.add_error("end", gettext("The meeting ends before it begins. Please look at both times."))
            return []
        found = []
        for number in range(1, POLL_ROWS + 1):
            day, own = data.get(f"poll_day_{number}"), data.get(f"poll_start_{number}")
            if day is None:
                continue
            begin = self.moment(day, own or start, f"poll_day_{number}")
            if begin is not None:
                found.append((begin, begin + long))
        if len({begin for begin, _end in found}) < 2 and not self.errors:
            self.add_error("poll_day_1", gettext("Propose at least two different dates."))
        return found

    def _rhythm(self, data: dict[str, Any], start: dt.time, end: dt.time) -> None:
        if data.get("every") is None and "every" not in self.errors:
            self.add_error("every", gettext("Please say how often they come again: a number of at least 1."))
        data["minutes_long"] = (end.hour - start.hour) * 60 + end.minute - start.minute
        data["unit"] = data.get("unit") or Series.Unit.MONTHS
        data["day_rule"] = data.get("day_rule") or Series.DayRule.WEEKDAY


class MoveForm(_Wall, _PlaceFields):
    """Another time or place; `sequence` is the one that the person saw."""

    day = _day(_("Day"))
    start = _time(_("From"))
    end = _time(pgettext_lazy("time", "Until"))
    sequence = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    field_order = ("day", "start", "end", "place_kind", "place", "link", "sequence")

    def clean(self) -> dict[str, Any]:
        """Local times as moments."""
        data = super().clean() or self.cleaned_data
        if all(data.get(name) is not None for name in ("day", "start", "end")):
            span = self.span(data["day"], data["start"], data["end"], "start")
            if span is not None:
                data["starts_at"], data["ends_at"] = span
        return data

    @staticmethod
    def initial_of(meeting: Meeting) -> dict[str, Any]:
        """The meeting as it is now."""
        start, end = meeting.local_start, meeting.local_end
        return {
            "day": start.date() if start else None,
            "start": start.time() if start else None,
            "end": end.time() if end else None,
            "place_kind": meeting.place_kind,
            "place": meeting.place,
            "link": meeting.link,
            "sequence": meeting.sequence,
        }


class CancelForm(forms.Form):
    """Why it does not take place; a choice, so that nothing typed stands in mails."""

    reason = forms.ChoiceField(
        label=_("Why"),
        choices=[choice for choice in CancelReason.choices if choice[0] != CancelReason.SERIES],
        widget=forms.RadioSelect,
    )
    sequence = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class InviteForm(forms.Form):
    """More people for a meeting, or for all of its series."""

    people = PeopleField(label=_("People of the network"), queryset=User.objects.none(), required=False)
    guests = GuestsField()
    whole_series = forms.BooleanField(label=_("To all meetings of the series to come"), required=False)

    def __init__(self, *args: Any, people: list[Invitable], series: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["people"]
        assert isinstance(field, PeopleField)
        field.offer(people)
        if not people:
            del self.fields["people"]
        if not series:
            del self.fields["whole_series"]

    def clean(self) -> dict[str, Any]:
        """Somebody must be named."""
        data = super().clean() or self.cleaned_data
        if not self.errors and not data.get("people") and not data.get("guests"):
            raise ValidationError(_("Tick somebody, or name a guest."))
        return data


class AnswerForm(forms.Form):
    """Comes, perhaps, cannot come."""

    answer = forms.ChoiceField(
        label=_("Do you come?"),
        choices=[choice for choice in Participant.Answer.choices if choice[0] != "none"],
    )
    whole_series = forms.BooleanField(label=_("For all meetings of the series to come"), required=False)


class NoteAnswerForm(forms.Form):
    """What somebody said otherwise, noted by the organiser."""

    participant = forms.UUIDField(widget=forms.HiddenInput)
    answer = forms.ChoiceField(
        label=_("Answer"), choices=[c for c in Participant.Answer.choices if c[0] != "none"]
    )


class MinuteTakerForm(forms.Form):
    """Who keeps the minutes: somebody on the list with an account."""

    participant = forms.UUIDField(widget=forms.HiddenInput)


class RemoveForm(forms.Form):
    """Whom to take off the list."""

    participant = forms.UUIDField(widget=forms.HiddenInput)
    whole_series = forms.BooleanField(required=False)


class VoteForm(forms.Form):
    """For each proposed date: suits me, if need be, does not suit me."""

    def __init__(
        self, *args: Any, options: list[DateOption], labels: list[str], mine: dict[Any, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.options = options
        for option, label in zip(options, labels, strict=True):
            self.fields[f"o{option.pk.hex}"] = forms.ChoiceField(
                label=label,
                choices=DateVote.Choice.choices,
                widget=forms.RadioSelect,
                required=False,
                initial=mine.get(option.pk),
            )

    @property
    def choices(self) -> dict[Any, str]:
        """What was said, by option."""
        return {
            option.pk: choice
            for option in self.options
            if (choice := self.cleaned_data.get(f"o{option.pk.hex}"))
        }

    def clean(self) -> dict[str, Any]:
        """At least one date has to be answered."""
        data = super().clean() or self.cleaned_data
        if not self.errors and not any(data.values()):
            raise ValidationError(_("Please say for at least one date whether it suits you."))
        return data


class AddDatesForm(_Wall):
    """One more date to choose from."""

    day = _day(_("Day"))
    start = _time(_("From"))
    end = _time(pgettext_lazy("time", "Until"))

    def clean(self) -> dict[str, Any]:
        """Local times as moments."""
        data = super().clean() or self.cleaned_data
        if all(data.get(name) is not None for name in ("day", "start", "end")):
            data["span"] = self.span(data["day"], data["start"], data["end"], "start")
        return data


class ChangeSeriesForm(_Wall, _PlaceFields):
    """Another rhythm, time or place from a day on."""

    from_on = _day(_("Holds from"), help_text=_("Meetings before this day stay as they are."))
    first_on = _day(_("First meeting of the new rhythm"))
    start = _time(_("From"))
    end = _time(pgettext_lazy("time", "Until"))
    every = forms.IntegerField(label=_("Again after"), min_value=1, max_value=104)
    unit = forms.ChoiceField(label=_("Weeks or months"), choices=Series.Unit.choices)
    day_rule = forms.ChoiceField(
        label=_("On which day"), choices=Series.DayRule.choices, widget=forms.RadioSelect
    )
    until = _day(_("Last possible day"), required=False)
    sequence = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    field_order = (
        "from_on", "first_on", "start", "end", "every", "unit", "day_rule", "until", "place_kind", "place", "link"
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """The length from the two times."""
        data = super().clean() or self.cleaned_data
        start, end, first = data.get("start"), data.get("end"), data.get("first_on")
        if (
            start is not None
            and end is not None
            and first is not None
            and self.span(first, start, end, "start") is not None
        ):
            data["minutes_long"] = (end.hour - start.hour) * 60 + end.minute - start.minute
        return data

    @staticmethod
    def initial_of(series: Series, next_on: dt.date | None) -> dict[str, Any]:
        """The series as it is now, changed from its next meeting on."""
        end = (
            dt.datetime.combine(series.first_on, series.time) + dt.timedelta(minutes=series.minutes_long)
        ).time()
        return {
            "from_on": next_on,
            "first_on": next_on,
            "start": series.time,
            "end": end,
            "every": series.every,
            "unit": series.unit,
            "day_rule": series.day_rule,
            "until": series.until,
            "place_kind": series.place_kind,
            "place": series.place,
            "link": series.link,
            "sequence": series.sequence,
        }


class EndSeriesForm(forms.Form):
    """The last possible day of a series."""

    last = _day(
        _("Last possible day"), help_text=_("Meetings after this day are taken off; earlier ones stay.")
    )
    sequence = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
