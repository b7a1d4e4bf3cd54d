"""Which database a model lives in."""

from typing import Any


class KeyRouter:
    """Data keys live in their own database, so that a backup of the data never holds a key."""

    def db_for_read(self, model: type[Any], **hints: Any) -> str | None:
        return "keys" if _is_key(model._meta.app_label, model._meta.model_name) else None

    db_for_write = db_for_read

    def allow_relation(self, obj1: Any, obj2: Any, **hints: Any) -> bool | None:
        return None

    def allow_migrate(
        self, db: str, app_label: str, model_name: str | None = None, **hints: Any
    ) -> bool | None:
        if db == "keys":
            return _is_key(app_label, model_name)
        return False if _is_key(app_label, model_name) else None


def _is_key(app_label: str, model_name: str | None) -> bool:
    return app_label == "core" and model_name == "datakey"
