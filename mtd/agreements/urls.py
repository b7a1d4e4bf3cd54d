"""The rooms of an agreement."""

from django.urls import URLPattern, URLResolver, path

from .views import lifecycle, overview, parties, questions, register, road, signing

app_name = "agreements"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", register.register, name="register"),
    path("new/", register.new, name="new"),
    path("<uuid:agreement_id>/", overview.overview, name="overview"),
    path("<uuid:agreement_id>/questions/", questions.questions, name="questions"),
    path("<uuid:agreement_id>/questions/<slug:key>/", questions.question, name="question"),
    path("<uuid:agreement_id>/questions/<slug:key>/meeting/", questions.meeting, name="meeting"),
    path("<uuid:agreement_id>/questions/<slug:key>/pulse/", questions.question_pulse, name="question_pulse"),
    path("<uuid:agreement_id>/draft/<str:key>/", questions.draft, name="draft"),
    path("<uuid:agreement_id>/road/", road.road, name="road"),
    path("<uuid:agreement_id>/road/meetings/", road.meeting, name="meeting_new"),
    path("<uuid:agreement_id>/road/meetings/<uuid:meeting_id>/", road.meeting, name="meeting_edit"),
    path("<uuid:agreement_id>/road/todos/", road.todo, name="todo"),
    path("<uuid:agreement_id>/road/<slug:step_key>/dates/", road.plan_step, name="plan_step"),
    path("<uuid:agreement_id>/road/<slug:step_key>/checklist/", road.check_step, name="check_step"),
    path("<uuid:agreement_id>/parties/", parties.parties, name="parties"),
    path("<uuid:agreement_id>/guide/", parties.guide_move, name="guide_move"),
    path("<uuid:agreement_id>/sign/", signing.sign, name="sign"),
    path("<uuid:agreement_id>/life/", lifecycle.life, name="life"),
]
