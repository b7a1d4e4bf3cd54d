"""The start page and what belongs to it."""

from django.urls import path

from . import views

app_name = "home"
urlpatterns = [
    path("", views.home, name="home"),
    path("news-seen/", views.news_seen, name="news_seen"),
]
