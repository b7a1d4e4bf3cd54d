from django.apps import AppConfig


class ConsultationsConfig(AppConfig):
    name = "mtd.consultations"
