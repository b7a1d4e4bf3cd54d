from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "mtd.documents"
    label = "documents"
