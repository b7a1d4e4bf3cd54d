"""Addresses of meetings and calendars, below /meetings/."""

from django.urls import URLPattern, URLResolver, path

from .views import agenda, decisions, lists, live, meeting, minutes, personal, planning, poll

app_name = "meetings"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", lists.index, name="index"),
    path("network/<slug:slug>/", lists.network, name="network"),
    path("network/<slug:slug>/new/", planning.new, name="new"),
    path("me/<str:token>/", personal.personal, name="personal"),
    path("series/<uuid:series_id>/", planning.series, name="series"),
    path("<uuid:meeting_id>/", meeting.meeting, name="meeting"),
    path("<uuid:meeting_id>/dates/", poll.dates, name="dates"),
    path("network/<slug:slug>/decisions/", decisions.decisions, name="decisions"),
    path("decisions/<uuid:decision_id>/done/", decisions.decision_done, name="decision_done"),
    path("tasks/", decisions.tasks, name="tasks"),
    path("tasks/<uuid:task_id>/done/", decisions.task_done, name="task_done"),
    path("<uuid:meeting_id>/agenda/", agenda.agenda, name="agenda"),
    path("<uuid:meeting_id>/agenda/take/", agenda.take, name="agenda_take"),
    path("<uuid:meeting_id>/agenda/<uuid:item_id>/", agenda.change, name="agenda_item"),
    path("<uuid:meeting_id>/agenda/<uuid:item_id>/move/", agenda.move, name="agenda_move"),
    path("<uuid:meeting_id>/agenda/<uuid:item_id>/off/", agenda.drop, name="agenda_drop"),
    path("<uuid:meeting_id>/minutes/", minutes.minutes, name="minutes"),
    path("<uuid:meeting_id>/minutes/pdf/", minutes.pdf, name="minutes_pdf"),
    path("<uuid:meeting_id>/minutes/send/", minutes.send_out, name="minutes_send"),
    path("<uuid:meeting_id>/minutes/close/", minutes.close, name="minutes_close"),
    path("<uuid:meeting_id>/minutes/object/", minutes.objection, name="minutes_object"),
    path("<uuid:meeting_id>/minutes/late/", minutes.late, name="minutes_late"),
    path(
        "<uuid:meeting_id>/minutes/objections/<uuid:objection_id>/",
        minutes.answer_objection,
        name="minutes_objection",
    ),
    path("<uuid:meeting_id>/minutes/pulse/", live.pulse, name="minutes_pulse"),
    path("<uuid:meeting_id>/minutes/people/", live.attendance, name="attendance"),
    path("<uuid:meeting_id>/minutes/people/add/", live.present, name="present"),
    path("<uuid:meeting_id>/minutes/cases/", live.cases, name="cases"),
    path("<uuid:meeting_id>/minutes/items/<uuid:item_id>/notes/", live.notes, name="notes"),
    path("<uuid:meeting_id>/minutes/items/<uuid:item_id>/state/", live.state, name="item_state"),
    path("<uuid:meeting_id>/minutes/decisions/", live.decision_new, name="decision_new"),
    path("<uuid:meeting_id>/minutes/decisions/<uuid:row_id>/", live.decision, name="decision"),
    path("<uuid:meeting_id>/minutes/tasks/", live.task_new, name="task_new"),
    path("<uuid:meeting_id>/minutes/tasks/<uuid:row_id>/", live.task, name="task"),
]
