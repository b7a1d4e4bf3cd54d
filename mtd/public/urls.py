"""Pages without sign-in."""

from django.urls import path

from . import views

app_name = "public"
urlpatterns = [
    path("welcome/", views.landing, name="landing"),
    path("verify/", views.verify, name="verify"),
    path("verify/authority.pem", views.certificates, name="certificates"),
    path("verify/<str:code>/", views.verify_code, name="verify_code"),
    path("p/<str:code>.pdf", views.profile_pdf, name="profile_pdf"),
    path("p/<str:code>/", views.profile, name="profile"),
    path("danger/", views.danger, name="danger"),
    path("danger/now/", views.danger_now, name="danger_now"),
    path("danger/record/", views.danger_record, name="danger_record"),
    path("help/", views.help_page, name="help"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("what-is-stored/", views.stored, name="stored"),
    path("imprint/", views.imprint, name="imprint"),
]
