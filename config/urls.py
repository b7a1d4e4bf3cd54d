"""The table of contents of the product."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from mtd.core import views as core_views
from mtd.core.access import public, without_second_factor

urlpatterns: list[URLPattern | URLResolver] = [
    path("components/", core_views.gallery, name="components"),
    path("theme/", core_views.set_theme, name="set_theme"),
    path("i18n/", public(without_second_factor(set_language)), name="set_language"),
]
for prefix, module in (
    ("", "mtd.home.urls"),
    ("", "mtd.public.urls"),
    ("", "mtd.accounts.urls"),
    ("accounts/", "allauth.urls"),
    ("organizations/", "mtd.organizations.urls"),
    ("agreements/", "mtd.agreements.urls"),
    ("guide/", "mtd.guide.urls"),
    ("countries/", "mtd.programme.urls"),
):
    try:
        found = find_spec(module)
    except ModuleNotFoundError:
        found = None
    if found:
        urlpatterns.append(path(prefix, include(module)))
