from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "mtd.notifications"
    label = "notifications"
