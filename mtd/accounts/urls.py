"""Account pages of our own; sign-in and second factor come from allauth under /accounts/."""

from django.urls import path

from . import views

app_name = "accounts"
urlpatterns = [
    path("demo/", views.demo, name="demo"),
    path("demo/sign-in/", views.demo_sign_in, name="demo_sign_in"),
    path("second-factor/", views.second_factor, name="second_factor"),
    path("profile/", views.profile, name="profile"),
]
