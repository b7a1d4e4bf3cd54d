from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    name = "mtd.agreements"
    label = "agreements"
