from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "mtd.home"
    label = "home"
