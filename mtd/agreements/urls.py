"""The rooms of an agreement."""

from django.urls import URLPattern, URLResolver, path

from .views import (
    annexes,
    clause,
    lifecycle,
    overview,
    parties,
    profile,
    question_list,
    question_live,
    questions,
    register,
    road,
    signature,
    signing,
    text,
)

app_name = "agreements"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", register.register, name="register"),
    path("new/", register.new, name="new"),
    path("profile/<str:code>.pdf", profile.profile_pdf, name="profile_pdf"),
    path("profile/<str:code>/", profile.profile, name="profile"),
    path("<uuid:agreement_id>/", overview.overview, name="overview"),
    path("<uuid:agreement_id>/questions/", question_list.questions, name="questions"),
    path("<uuid:agreement_id>/questions/<slug:key>/", questions.question, name="question"),
    path("<uuid:agreement_id>/questions/<slug:key>/meeting/", question_live.meeting, name="meeting"),
    path(
        "<uuid:agreement_id>/questions/<slug:key>/pulse/", question_live.question_pulse, name="question_pulse"
    ),
    path("<uuid:agreement_id>/draft/<str:key>/", question_live.draft, name="draft"),
    path("<uuid:agreement_id>/text/", text.text, name="text"),
    path("<uuid:agreement_id>/text/v<int:number>/", text.text, name="text_version"),
    path("<uuid:agreement_id>/text/<slug:key>/", clause.clause, name="clause"),
    path("<uuid:agreement_id>/comments/<slug:key>/", clause.comment, name="comment"),
    path("<uuid:agreement_id>/log/", text.log, name="log"),
    path("<uuid:agreement_id>/text.pdf", text.pdf, name="pdf"),
    path("<uuid:agreement_id>/text.docx", text.docx, name="docx"),
    path("<uuid:agreement_id>/answers.json", text.answers, name="json"),
    path("<uuid:agreement_id>/annexes/", annexes.annexes, name="annexes"),
    path("<uuid:agreement_id>/annexes/<uuid:annex_id>/", annexes.annex, name="annex"),
    path("<uuid:agreement_id>/annexes/<uuid:annex_id>.pdf", annexes.annex_as_pdf, name="annex_pdf"),
    path(
        "<uuid:agreement_id>/annexes/<uuid:annex_id>/v<int:number>/file/",
        annexes.annex_file,
        name="annex_file",
    ),
    path("<uuid:agreement_id>/road/", road.road, name="road"),
    path("<uuid:agreement_id>/road/meetings/", road.meeting, name="meeting_new"),
    path("<uuid:agreement_id>/road/meetings/<uuid:meeting_id>/", road.meeting, name="meeting_edit"),
    path("<uuid:agreement_id>/road/todos/", road.todo, name="todo"),
    path("<uuid:agreement_id>/road/<slug:step_key>/dates/", road.plan_step, name="plan_step"),
    path("<uuid:agreement_id>/road/<slug:step_key>/checklist/", road.check_step, name="check_step"),
    path("<uuid:agreement_id>/parties/", parties.parties, name="parties"),
    path("<uuid:agreement_id>/guide/", parties.guide_move, name="guide_move"),
    path("<uuid:agreement_id>/sign/", signing.sign, name="sign"),
    path("<uuid:agreement_id>/sign/<uuid:signature_id>/", signature.signature, name="signature"),
    path("<uuid:agreement_id>/sign/files/<uuid:file_id>/", signature.sign_file, name="sign_file"),
    path("<uuid:agreement_id>/life/", lifecycle.life, name="life"),
]
