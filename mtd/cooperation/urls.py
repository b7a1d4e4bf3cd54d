"""Addresses of lived cooperation, below /cooperation/: a network's by its slug, an agreement's by its id."""

from django.urls import URLPattern, URLResolver, path

from .views import contacts as contacts_page
from .views import duties as duties_page
from .views import duty as duty_page
from .views import index
from .views import lived as lived_page
from .views import need as need_page
from .views import needs as needs_page
from .views import pulse as pulse_page
from .views import report as report_page
from .views import shadowing as shadowing_page
from .views import shadowing_visit as visit_page
from .views import year as year_page

app_name = "cooperation"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", index.index, name="index"),
    path("agreements/<uuid:agreement_id>/duties/", duties_page.duties, name="duties"),
    path("agreements/<uuid:agreement_id>/duties/<slug:key>/", duty_page.duty, name="duty"),
    path(
        "agreements/<uuid:agreement_id>/duties/files/<uuid:evidence_id>/",
        duties_page.evidence_file,
        name="evidence_file",
    ),
    path("agreements/<uuid:agreement_id>/lived/", lived_page.lived, name="lived"),
    path("agreements/<uuid:agreement_id>/reports/", report_page.reports, name="reports"),
    path("agreements/<uuid:agreement_id>/reports/<int:year>/", report_page.report, name="report"),
    path("agreements/<uuid:agreement_id>/reports/<int:year>/pdf/", report_page.report_pdf, name="report_pdf"),
    path("<slug:slug>/", year_page.year, name="year"),
    path("<slug:slug>/lived/", lived_page.network_lived, name="network_lived"),
    path("contacts/<str:token>/", contacts_page.contacts_link, name="contacts_link"),
    path("<slug:slug>/shadowing/", shadowing_page.shadowing, name="shadowing"),
    path("<slug:slug>/shadowing/new/", shadowing_page.offer_new, name="shadowing_new"),
    path("<slug:slug>/shadowing/<uuid:offer_id>/", shadowing_page.offer, name="shadowing_offer"),
    path("<slug:slug>/shadowing/<uuid:offer_id>/edit/", shadowing_page.offer_edit, name="shadowing_edit"),
    path("<slug:slug>/shadowing/visits/<uuid:visit_id>/", visit_page.visit, name="visit"),
    path(
        "<slug:slug>/shadowing/visits/<uuid:visit_id>/undertaking.pdf",
        visit_page.undertaking,
        name="visit_undertaking",
    ),
    path("<slug:slug>/pulse/", pulse_page.pulse, name="pulse"),
    path("<slug:slug>/pulse/answer/", pulse_page.answer, name="pulse_answer"),
    path("<slug:slug>/people/", contacts_page.people, name="people"),
    path("<slug:slug>/people.vcf", contacts_page.people_vcf, name="people_vcf"),
    path(
        "<slug:slug>/people/<uuid:organization_id>.vcf",
        contacts_page.organization_vcf,
        name="organization_vcf",
    ),
    path("<slug:slug>/needs/", needs_page.needs, name="needs"),
    path("<slug:slug>/needs/new/", needs_page.need_new, name="need_new"),
    path("<slug:slug>/needs/<uuid:group_id>/", need_page.need, name="need"),
]
