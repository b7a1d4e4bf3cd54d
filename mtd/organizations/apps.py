from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "mtd.organizations"
    label = "organizations"
