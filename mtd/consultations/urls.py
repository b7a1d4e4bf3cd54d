"""Addresses of anonymous consultations, below /consultations/: by id, and a network's by its slug."""

from django.urls import URLPattern, URLResolver, path

from .views import absence as absence_page
from .views import check as check_page
from .views import household as household_page
from .views import index as index_page
from .views import learnings as learnings_page
from .views import new as new_page
from .views import page as question_page
from .views import region as region_page
from .views import rounds as rounds_page
from .views import story as story_page

app_name = "consultations"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", index_page.index, name="index"),
    path("absence/", absence_page.absence, name="absence"),
    path("<uuid:consultation_id>/", question_page.page, name="page"),
    path("<uuid:consultation_id>/copy.<slug:kind>", question_page.copy, name="copy"),
    path("<slug:slug>/new/", new_page.new, name="new"),
    path("<slug:slug>/figures/", index_page.figures, name="figures"),
    path("<slug:slug>/figures.csv", index_page.figures_csv, name="figures_csv"),
    path("<uuid:consultation_id>/household/", household_page.household, name="household"),
    path("<uuid:consultation_id>/story/", story_page.story, name="story"),
    path("<uuid:consultation_id>/check/", check_page.check, name="check"),
    path("<slug:slug>/region/", region_page.region, name="region"),
    path("<uuid:consultation_id>/round/", rounds_page.discussion, name="round"),
    path("<slug:slug>/learnt/", learnings_page.learnings, name="learnings"),
    path("<slug:slug>/learnt/<uuid:learning_id>/", learnings_page.learning, name="learning"),
]
