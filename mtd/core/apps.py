from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "mtd.core"
    label = "core"
