from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "mtd.audit"
    label = "audit"
