"""The table of contents of the product."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from mtd.core import views as core_views
from mtd.core.access import public, without_second_factor

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("mtd.home.urls")),
    path("", include("mtd.public.urls")),
    path("", include("mtd.accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("organizations/", include("mtd.organizations.urls")),
    path("agreements/", include("mtd.agreements.urls")),
    path("consultations/", include("mtd.consultations.urls")),
    path("cooperation/", include("mtd.cooperation.urls")),
    path("meetings/", include("mtd.meetings.urls")),
    path("notifications/", include("mtd.notifications.urls")),
    path("guide/", include("mtd.guide.urls")),
    path("countries/", include("mtd.programme.urls")),
    path("guard/", include("mtd.core.urls")),
    path("components/", core_views.gallery, name="components"),
    path("theme/", core_views.set_theme, name="set_theme"),
    path("i18n/", public(without_second_factor(set_language)), name="set_language"),
]
