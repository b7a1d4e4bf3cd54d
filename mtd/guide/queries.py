"""Reading guides: opened packs, their versions, what changed between two, and feedback from practice."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet

from mtd.core.encryption import warm

from .models import GuideVersion, StepFeedback
from .pack import Pack, Part, Question, Step, Texts, pack_from_json

DEFAULT_GUIDE = "cooperation-guide"


class GuideDamaged(Exception):
    """The stored content of a published version is not what was published."""


def digest(content: Mapping[str, Any]) -> str:
    """The hash of a pack's JSON, the same whatever the order of keys."""
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


@lru_cache(maxsize=16)
def _opened(version_id: uuid.UUID, sha256: str) -> Pack:
    content = GuideVersion.objects.values_list("content", flat=True).get(id=version_id)
    if digest(content) != sha256:
        raise GuideDamaged(f"The content of guide version {version_id} was changed after it was loaded.")
    return pack_from_json(content)


@lru_cache(maxsize=64)
def _published_hash(version_id: uuid.UUID) -> str:
    # lru_cache keeps no exceptions, so a draft is looked up again until it is published.
    return GuideVersion.objects.values_list("sha256", flat=True).get(
        id=version_id, state=GuideVersion.State.PUBLISHED
    )


def pack_of(version: GuideVersion) -> Pack:
    """The opened guide. Kept in memory by version and hash, so that a draft that changed is read anew.

    Raises GuideDamaged when the stored content does not match its hash.
    """
    return _opened(version.id, version.sha256)


def pack_by_id(version_id: uuid.UUID) -> Pack:
    """The opened guide of a published version, usually without a query. Raises GuideVersion.DoesNotExist."""
    return _opened(version_id, _published_hash(version_id))


def forget_packs() -> None:
    """Empty the memory of opened guides (tests that roll the database back)."""
    _opened.cache_clear()
    _published_hash.cache_clear()


def published_versions() -> QuerySet[GuideVersion]:
    """All published versions, newest first, without their content."""
    return (
        GuideVersion.objects.filter(state=GuideVersion.State.PUBLISHED)
        .select_related("guide")
        .defer("content")
        .order_by("-published_at", "-loaded_at", "id")
    )


def latest_version(slug: str = DEFAULT_GUIDE) -> GuideVersion | None:
    """The newest published version of a guide by its number, or None."""
    versions = list(published_versions().filter(guide__slug=slug))
    return max(versions, key=lambda version: number_key(version.number), default=None)


def number_key(number: str) -> tuple[int, ...]:
    """Version numbers in the order people mean: 1.9 before 1.10."""
    return tuple(int(part) for part in number.split(".") if part.isdigit())


def previous_version(version: GuideVersion) -> GuideVersion | None:
    """The published version of the same guide just before this one, or None."""
    mine = number_key(version.number)
    others = published_versions().filter(guide_id=version.guide_id).exclude(id=version.id)
    earlier = [other for other in others if number_key(other.number) < mine]
    return max(earlier, key=lambda other: number_key(other.number), default=None)


def feedback_for(version: GuideVersion) -> QuerySet[StepFeedback]:
    """What practice said about a version, newest first."""
    return (
        StepFeedback.objects.filter(version=version)
        .select_related("organization")
        .order_by("-created_at", "id")
    )


def feedback_on_step(guide_id: uuid.UUID, step_key: str) -> list[StepFeedback]:
    """What practice said about a step in any version of the guide, newest first, with texts ready to read."""
    found = list(
        StepFeedback.objects.filter(version__guide_id=guide_id, step_key=step_key)
        .select_related("organization", "version")
        .defer("version__content")
        .order_by("-created_at", "id")
    )
    warm(found)
    return found


def feedback_counts(guide_id: uuid.UUID) -> dict[str, int]:
    """How often practice said something, per step."""
    rows = StepFeedback.objects.filter(version__guide_id=guide_id).values_list("step_key")
    return dict(rows.annotate(count=Count("id")).order_by("step_key"))


@dataclass(frozen=True)
class Detail:
    """One field that changed; `language` is empty for facts that are the same in all languages."""

    field: str
    language: str
    old: str
    new: str


@dataclass(frozen=True)
class Change:
    """Something added, removed or changed between two versions."""

    kind: str
    what: str
    key: str
    title: Texts
    details: tuple[Detail, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """All changes from an old to a new version, questions in the order of the new one."""

    changes: tuple[Change, ...]

    def _questions(self, kind: str) -> tuple[str, ...]:
        return tuple(c.key for c in self.changes if c.what == "question" and c.kind == kind)

    @property
    def questions_added(self) -> tuple[str, ...]:
        return self._questions("added")

    @property
    def questions_removed(self) -> tuple[str, ...]:
        return self._questions("removed")

    @property
    def questions_changed(self) -> tuple[str, ...]:
        return self._questions("changed")

    def of(self, what: str) -> tuple[Change, ...]:
        """The changes of one sort: about, part, step, question, example."""
        return tuple(change for change in self.changes if change.what == what)


def compare(old: Pack, new: Pack) -> Comparison:
    """What a newer version adds, drops and words differently, with both texts."""
    changes: list[Change] = []
    about = _details({"title": old.title, "summary": old.summary, "about": old.about}, _about(new))
    if about:
        changes.append(Change("changed", "about", new.guide, new.title, tuple(about)))
    changes += _compare("part", {p.key: p for p in old.parts}, {p.key: p for p in new.parts})
    changes += _compare("step", {s.key: s for s in old.steps}, {s.key: s for s in new.steps})
    changes += _compare("question", {q.key: q for q in old.questions}, {q.key: q for q in new.questions})
    changes += _compare("example", dict(old.examples), dict(new.examples))
    return Comparison(tuple(changes))


def _about(pack: Pack) -> dict[str, Any]:
    return {"title": pack.title, "summary": pack.summary, "about": pack.about}


def _title(item: Any) -> Texts:
    if isinstance(item, Question):
        return item.label
    if isinstance(item, Part | Step):
        return item.title
    return {"": item.place}


def _compare(what: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[Change]:
    for key, item in new.items():
        if key not in old:
            yield Change("added", what, key, _title(item))
        elif details := _details(_record(old[key]), _record(item)):
            yield Change("changed", what, key, _title(item), tuple(details))
    for key, item in old.items():
        if key not in new:
            yield Change("removed", what, key, _title(item))


def _record(item: Any) -> dict[str, Any]:
    # Numbers follow from the order; a question that moved down by one has not changed.
    return {f.name: getattr(item, f.name) for f in fields(item) if f.name not in {"key", "number"}}


def _details(old: Mapping[str, Any], new: Mapping[str, Any], prefix: str = "") -> list[Detail]:
    details: list[Detail] = []
    for name, value in new.items():
        before = old.get(name)
        if before == value:
            continue
        before_flat, after_flat = _flat(before, prefix + name), _flat(value, prefix + name)
        for place in dict.fromkeys((*after_flat, *before_flat)):
            if before_flat.get(place, "") != after_flat.get(place, ""):
                field, language = place
                details.append(Detail(field, language, before_flat.get(place, ""), after_flat.get(place, "")))
    return details


def _flat(value: Any, name: str) -> dict[tuple[str, str], str]:
    """(field, language) → text; lists of keyed entries and texts are laid out flat."""
    if value is None or value in ("", (), {}):
        return {}
    if isinstance(value, Mapping):
        flat: dict[tuple[str, str], str] = {}
        for key, item in value.items():
            if isinstance(item, str) and _is_language(key):
                flat[(name, key)] = item
            elif isinstance(item, tuple | list) and _is_language(key):
                flat[(name, key)] = "\n".join(f"– {entry}" for entry in item)
            else:
                flat.update(_flat(item, f"{name}.{key}"))
        return flat
    if isinstance(value, tuple | list):
        if any(hasattr(item, "key") for item in value):
            flat = {}
            for item in value:
                for field in fields(item):
                    if field.name != "key":
                        flat.update(_flat(getattr(item, field.name), f"{name}.{item.key}.{field.name}"))
            return flat
        return {(name, ""): ", ".join(str(item) for item in value)}
    return {(name, ""): str(value)}


def _is_language(key: str) -> bool:
    return 2 <= len(key) <= 3 or (len(key) in {5, 6} and "-" in key)


def feedback_due(now: datetime) -> QuerySet[StepFeedback]:
    """Feedback to forget: whoever writes the next version has had time to read it."""
    return StepFeedback.objects.filter(created_at__lt=now - settings.MTD_KEEP_FEEDBACK)
