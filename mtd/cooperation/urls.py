"""Addresses of lived cooperation, below /cooperation/: a network's by its slug, an agreement's by its id."""

from django.urls import URLPattern, URLResolver, path

from .views import index

app_name = "cooperation"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", index.index, name="index"),
]
