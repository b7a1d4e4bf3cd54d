"""Addresses under /notifications/."""

from django.urls import path

from . import views

app_name = "notifications"
urlpatterns = [
    path("settings/", views.settings, name="settings"),
    path("settings/address/", views.ask_confirmation, name="ask_confirmation"),
    path("stop/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("address/<str:token>/", views.confirm_address, name="confirm_address"),
]
