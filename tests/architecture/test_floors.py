"""Imports are checked by the import contracts (`make check`); here is what they cannot see."""

import tomllib

from django.apps import apps
from django.db.migrations.loader import MigrationLoader

from . import house


def test_every_slice_stands_on_a_floor_and_its_rooms_are_checked() -> None:
    settings = tomllib.loads((house.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {each["id"]: each for each in settings["tool"]["importlinter"]["contracts"]}
    assert sorted(contracts["rooms"]["containers"]) == [f"mtd.{name}" for name in house.slices()]
    for name in house.slices():
        assert house.floor_of(name) >= 0


def test_foreign_keys_point_down_only() -> None:
    upward = [
        f"{model._meta.label}.{field.name} points to {field.related_model._meta.label}"
        for model in apps.get_models()
        if model.__module__.startswith("mtd.")
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model is not None
        if field.related_model.__module__.startswith("mtd.")
        if not house.may_use(model._meta.app_label, field.related_model._meta.app_label)
    ]
    assert upward == []


def test_migrations_depend_on_lower_floors_only() -> None:
    loader = MigrationLoader(None)
    own = set(house.slices())
    upward = [
        f"{label}.{name} depends on {needed}"
        for (label, name), migration in loader.disk_migrations.items()
        if label in own
        for needed, _name in migration.dependencies
        if needed in own and not house.may_use(label, needed)
    ]
    assert upward == []


def test_deidentification_is_plain_python() -> None:
    django = [
        f"{house.where(path, 1)} imports {name}"
        for path, tree in house.modules().items()
        if house.slice_of(path) == "deidentification"
        for name in house.imported(path, tree)
        if name.split(".")[0] == "django"
    ]
    assert django == []
