from django.apps import AppConfig


class PublicConfig(AppConfig):
    name = "mtd.public"
    label = "public"
