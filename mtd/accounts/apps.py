from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class AccountsConfig(AppConfig):
    name = "mtd.accounts"
    label = "accounts"

    def ready(self) -> None:
        from . import checks  # noqa: F401  registers the system check
        from .demo import ways_from_outside

        # A production server does not run the system checks, so the start itself has to refuse.
        if settings.MTD_DEMO and (ways := ways_from_outside()):
            raise ImproperlyConfigured(
                f"Demo mode lets anybody sign in as anybody, and {'; '.join(ways)}. Unset MTD_DEMO."
            )
