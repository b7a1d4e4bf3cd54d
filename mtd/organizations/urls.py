"""Addresses under /organizations/."""

from django.urls import path

from . import views

app_name = "organizations"
urlpatterns = [
    path("", views.index, name="index"),
    path("switch/", views.switch, name="switch"),
    path("new-network/", views.create_network, name="create_network"),
    path("programme/invite/", views.invite_to_programme, name="invite_to_programme"),
    path("networks/<uuid:network_id>/", views.network, name="network"),
    path("networks/<uuid:network_id>/edit/", views.edit_network, name="edit_network"),
    path("networks/<uuid:network_id>/add/", views.create_organization, name="create_organization"),
    path("networks/<uuid:network_id>/invite/", views.invite_to_network, name="invite_to_network"),
    path("<uuid:organization_id>/", views.organization, name="organization"),
    path("<uuid:organization_id>/edit/", views.edit_organization, name="edit_organization"),
    path("<uuid:organization_id>/invite/", views.invite_to_organization, name="invite_to_organization"),
    path("memberships/<uuid:membership_id>/end/", views.end_membership, name="end_membership"),
    path("invitations/<uuid:invitation_id>/withdraw/", views.revoke_invitation, name="revoke_invitation"),
    path("invitation/<str:token>/", views.accept, name="accept"),
]
