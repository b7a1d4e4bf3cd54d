"""Every field of every record says how private it is."""

from django.apps import apps
from django.db import models

from . import house

WORDS = {"public", "internal", "personal", "special"}
READABLE = (models.CharField, models.TextField, models.JSONField)


def _own_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("mtd.")]


def test_every_field_of_every_model_is_classified() -> None:
    wrong = []
    for model in _own_models():
        fields = {field.name for field in model._meta.concrete_fields}
        lists = {field.name for field in model._meta.many_to_many}
        declared = set(getattr(model, "PRIVACY", {}))
        wrong += [f"{model._meta.label}.{name} is not classified" for name in sorted(fields - declared)]
        wrong += [f"{model._meta.label}.{name} does not exist" for name in sorted(declared - fields - lists)]
    assert wrong == []


def test_the_classes_are_the_four_of_the_house() -> None:
    other = {
        f"{model._meta.label}.{name}": word
        for model in _own_models()
        for name, word in getattr(model, "PRIVACY", {}).items()
        if word not in WORDS
    }
    assert other == {}


def test_special_texts_are_never_stored_readable() -> None:
    readable = [
        f"{model._meta.label}.{field.name}"
        for model in _own_models()
        for field in model._meta.concrete_fields
        if getattr(model, "PRIVACY", {}).get(field.name) == "special" and isinstance(field, READABLE)
    ]
    assert readable == []


def test_every_slice_with_models_is_installed() -> None:
    installed = {config.label for config in apps.get_app_configs()}
    lost = [path for path in house.MTD.glob("*/models*") if path.parent.name not in installed]
    assert lost == []
