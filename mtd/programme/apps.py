from django.apps import AppConfig


class ProgrammeConfig(AppConfig):
    name = "mtd.programme"
    label = "programme"
