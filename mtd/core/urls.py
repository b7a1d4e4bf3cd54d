"""Addresses of the house itself."""

from django.urls import path

from . import views

app_name = "core"

urlpatterns = [
    path("", views.guard, name="guard"),
]
