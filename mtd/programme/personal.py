"""Everything personal that refers to one person, found by what the models say about themselves.

Each model's PRIVACY says what is personal; each foreign key to an account says who is meant. So a new field is in the
export from the day it exists.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import models

from mtd.accounts.models import User
from mtd.agreements.models import Answer
from mtd.core.encryption import InvalidTag, KeyDestroyed, SealedBytesField, SealedTextField

OWN = frozenset({"user", "author", "recipient"})
"""The record is this person's own: all of it is handed out."""
SAID = frozenset({"by", "signed_by", "accepted_by"})
"""The record says what this person said or signed: its personal fields are handed out. Under every other name a
person only had a hand in a record about others: that it exists, and when."""
ABOUT_FAMILIES = frozenset({"consultations"})
"""What people say there is about a family and is destroyed on its day. No export makes a copy that stays."""
SECRET = frozenset({"password", "data_key_id", "token_hash"})

Row = dict[str, Any]


def own_models() -> list[type[models.Model]]:
    """The product's models, apart from the account itself."""
    return [model for model in apps.get_models() if model.__module__.startswith("mtd.") and model is not User]


def references(model: type[models.Model]) -> Iterator[tuple[str, models.Field[Any, Any]]]:
    """The fields through which a model refers to an account: foreign keys, and plain identifiers called personal."""
    privacy: dict[str, str] = getattr(model, "PRIVACY", {})
    for field in model._meta.concrete_fields:
        if field.is_relation:
            if field.related_model is User:
                yield field.name, field
        elif field.name in ("author_id", "actor_id") and privacy.get(field.name) == "personal":
            yield field.name, field


def personal_data(user: User) -> dict[str, list[Row]]:
    """Everything personal that refers to the person, by the kind of record; ready for JSON."""
    found: dict[str, list[Row]] = {
        "accounts.User": [
            {name: _plain(user, user._meta.get_field(name)) for name in User.PRIVACY if name not in SECRET}
        ],
        "sign-in addresses": list(EmailAddress.objects.filter(user=user).values("email", "verified")),
        "second factors": list(
            Authenticator.objects.filter(user=user).values("type", "created_at", "last_used_at")
        ),
    }
    for model in own_models():
        rows = [
            _row(record, name)
            for name, _field in references(model)
            for record in model._default_manager.filter(**{name: str(user.pk)}).order_by("pk")
        ]
        if rows:
            found[model._meta.label] = rows
    return found


def _row(record: models.Model, reference: str) -> Row:
    privacy: dict[str, str] = getattr(record, "PRIVACY", {})
    row: Row = {"id": str(record.pk), "refers to the person as": reference}
    for field in record._meta.concrete_fields:
        if field.name in SECRET or field.name == reference or field.primary_key:
            continue
        if isinstance(field, models.DateField) or _is_theirs(field, privacy.get(field.name, ""), reference):
            row[field.name] = _plain(record, field)
    return row


def _is_theirs(field: models.Field[Any, Any], word: str, reference: str) -> bool:
    if field.is_relation and field.related_model is User:
        return False  # another person
    if word == "special" and field.model._meta.app_label in ABOUT_FAMILIES:
        return False
    if reference in OWN:
        return True
    return reference in SAID and word in ("personal", "special") and not isinstance(field, models.JSONField)


def _plain(record: models.Model, field: Any) -> Any:
    if isinstance(field, SealedBytesField) and not isinstance(field, SealedTextField):
        return "(file)"
    try:
        value = getattr(record, field.name)
    except (KeyDestroyed, InvalidTag):
        return None
    return str(value) if isinstance(value, models.Model) else value


def agreements_naming(name: str) -> list[str]:
    """The codes of agreements in whose answers this name stands, as a contact for example."""
    answers = Answer.objects.select_related("version__agreement").order_by("pk")
    return sorted({a.version.agreement.code for a in answers.iterator() if name in str(a.value)})
