"""Addresses of anonymous consultations, below /consultations/: by id, and a network's by its slug."""

from django.urls import URLPattern, URLResolver, path

from .views import index as index_page

app_name = "consultations"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", index_page.index, name="index"),
]
