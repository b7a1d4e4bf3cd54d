"""The rooms of an agreement."""

from django.urls import URLPattern, URLResolver, path

from .views import overview, register

app_name = "agreements"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", register.register, name="register"),
    path("new/", register.new, name="new"),
    path("<uuid:agreement_id>/", overview.overview, name="overview"),
]
