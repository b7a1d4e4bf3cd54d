from django.apps import AppConfig


class GuideConfig(AppConfig):
    name = "mtd.guide"
    label = "guide"
