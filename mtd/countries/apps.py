from django.apps import AppConfig


class CountriesConfig(AppConfig):
    name = "mtd.countries"
    label = "countries"
