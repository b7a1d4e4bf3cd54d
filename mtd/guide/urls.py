"""Addresses of guides, below /guide/."""

from django.urls import path

from . import views

app_name = "guide"
urlpatterns = [
    path("", views.index, name="index"),
    path("upload/", views.upload, name="upload"),
    path("compare/<uuid:old_id>/<uuid:new_id>/", views.compare_versions, name="compare"),
    path("<uuid:version_id>/", views.read, name="read"),
    path("<uuid:version_id>/publish/", views.publish, name="publish"),
    path("<uuid:version_id>/<slug:step_key>/", views.step, name="step"),
    path("<uuid:version_id>/<slug:step_key>/feedback/", views.feedback, name="feedback"),
]
