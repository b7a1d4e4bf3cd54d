"""Addresses of anonymous consultations, below /consultations/: by id, and a network's by its slug."""

from django.urls import URLPattern, URLResolver, path

from .views import index as index_page
from .views import learnings as learnings_page
from .views import rounds as rounds_page

app_name = "consultations"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", index_page.index, name="index"),
    path("<uuid:consultation_id>/round/", rounds_page.discussion, name="round"),
    path("<slug:slug>/learnt/", learnings_page.learnings, name="learnings"),
    path("<slug:slug>/learnt/<uuid:learning_id>/", learnings_page.learning, name="learning"),
]
