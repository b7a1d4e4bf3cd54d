"""Addresses of meetings and calendars, below /meetings/."""

from django.urls import URLPattern, URLResolver, path

from .views import lists, meeting, personal, planning, poll

app_name = "meetings"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", lists.index, name="index"),
    path("network/<slug:slug>/", lists.network, name="network"),
    path("network/<slug:slug>/new/", planning.new, name="new"),
    path("me/<str:token>/", personal.personal, name="personal"),
    path("series/<uuid:series_id>/", planning.series, name="series"),
    path("<uuid:meeting_id>/", meeting.meeting, name="meeting"),
    path("<uuid:meeting_id>/dates/", poll.dates, name="dates"),
]
