from django.apps import AppConfig


class CooperationConfig(AppConfig):
    name = "mtd.cooperation"
