"""Agreements for tests: founded, being worked out, agreed. Whoever speaks is of the named cast."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mtd.agreements.actions import working
from mtd.agreements.models import Agreement, Answer, Moderator, Party, Position, RoadStep, Version
from mtd.agreements.queries import current_version
from mtd.core.actor import SYSTEM, Actor
from mtd.core.errors import Refused
from mtd.countries.queries import legal_bases
from mtd.guide.actions import load_guide
from mtd.guide.models import Guide, GuideVersion
from mtd.guide.pack import Question, open_questions
from mtd.guide.queries import pack_by_id
from mtd.organizations.models import Network, Organization
from mtd.organizations.queries import actor_for, leads_of, workers_of

from .answers import sample_value

PACK = Path(__file__).resolve().parents[2] / "content" / "guides" / "cooperation-guide" / "1.0"
_read: dict[str, Any] = {}


def cooperation_guide() -> GuideVersion:
    """Our own guide, published. Read from its files once per test run."""
    found = GuideVersion.objects.filter(guide__slug="cooperation-guide", state="published").first()
    if found:
        return found
    if not _read:
        version = load_guide(actor=SYSTEM, path=PACK)
        _read["version"] = {f.attname: getattr(version, f.attname) for f in version._meta.concrete_fields}
        guide = version.guide
        _read["guide"] = {f.attname: getattr(guide, f.attname) for f in guide._meta.concrete_fields}
        return version
    Guide.objects.create(**_read["guide"])
    return GuideVersion.objects.create(**{**_read["version"], "loaded_by_id": None})


def found(
    network: Network,
    organizations: list[Organization],
    *,
    title: str = "Kooperationsvereinbarung Birkenfurt",
    language: str = "de",
    second_language: str = "",
    **fields: Any,
) -> Agreement:
    """An agreement being worked out, with its first version, its parties and its road."""
    guide = cooperation_guide()
    agreement = Agreement.objects.create(
        network=network,
        title=title,
        purpose="Wie Suchthilfe und Jugendhilfe Familien gemeinsam helfen.",
        language=language,
        second_language=second_language,
        binding_language=language if second_language else "",
        started_on=date(2026, 3, 10),
        **fields,
    )
    version = Version.objects.create(agreement=agreement, number=1, guide_version=guide)
    for order, organization in enumerate(organizations):
        Party.objects.create(agreement=agreement, organization=organization, order=order)
    RoadStep.objects.bulk_create(
        RoadStep(version=version, step_key=step.key) for step in pack_by_id(guide.pk).steps
    )
    return agreement


@contextmanager
def refusal(code: str) -> Iterator[pytest.ExceptionInfo[Refused]]:
    """The block is refused with this code: `with refusal("empty") as refused: …`."""
    with pytest.raises(Refused) as info:
        yield info
    assert info.value.code == code


def moderated_by(agreement: Agreement, user: Any) -> Agreement:
    """Name an external moderator."""
    Moderator.objects.create(agreement=agreement, user=user)
    return agreement


def party(agreement: Agreement, word: str) -> Party:
    """The party whose organisation's name holds this word."""
    return agreement.parties.select_related("organization").get(organization__name__icontains=word)


def speaker(who: Party) -> Actor:
    """A worker of a party (its lead where there is no worker)."""
    user = workers_of(who.organization).first() or leads_of(who.organization).first()
    assert user is not None
    return actor_for(user)


def lead(who: Party) -> Actor:
    """The lead of a party."""
    user = leads_of(who.organization).first()
    assert user is not None
    return actor_for(user)


def value_for(agreement: Agreement, question: Question) -> dict[str, Any]:
    """A valid answer to a question within this agreement."""
    return sample_value(
        question,
        list(agreement.parties.filter(left_on__isnull=True).order_by("order")),
        languages=agreement.languages,
        bases=_bases(agreement.network.country, tuple(question.params.get("topics", ()))),
    )


@cache
def _bases(country: str, topics: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(basis.key for basis in legal_bases(country, topics, placeholders=False))


def open_now(version: Version) -> list[Question]:
    """The questions whose branch is open, in asking order."""
    pack = pack_by_id(version.guide_version_id)
    values = dict(Answer.objects.filter(version=version).values_list("question_key", "value"))
    keys = open_questions(pack, values)
    return [question for question in pack.questions if question.key in keys]


def agree_all(agreement: Agreement, skip: Collection[str] = (), *, quick: bool = False) -> Version:
    """Answer every open question with a valid value and let every party agree to it, through the actions.

    `skip` leaves questions unanswered. `quick=True` writes the rows directly, for tests in which how it came about
    does not matter. Questions that open on the way are answered too.
    """
    version = current_version(agreement)
    parties = [
        p
        for p in agreement.parties.select_related("organization").order_by("order", "id")
        if p.left_on is None and p.from_version <= version.number
    ]
    actors = {} if quick else {p.pk: speaker(p) for p in parties}
    done = set(skip)
    while todo := [q for q in open_now(version) if q.key not in done]:
        done.update(question.key for question in todo)
        values = {question.key: value_for(agreement, question) for question in todo}
        if quick:
            _write_all(version, parties, values)
            continue
        for question in todo:
            _work_out(version, question, parties, values[question.key], actors)
    return Version.objects.get(pk=version.pk)


def _write_all(version: Version, parties: list[Party], values: dict[str, Any]) -> None:
    """What `write` does for many questions, with a handful of queries."""
    known = set(Answer.objects.filter(version=version).values_list("question_key", flat=True))
    Answer.objects.bulk_create(
        Answer(version=version, question_key=key, value=value, party=parties[0])
        for key, value in values.items()
        if key not in known
    )
    answers = Answer.objects.filter(version=version, question_key__in=values)
    Position.objects.filter(version=version, question_key__in=values, party__in=parties).delete()
    Position.objects.bulk_create(
        Position(
            version=version,
            question_key=answer.question_key,
            party=p,
            stance=Position.Stance.AGREE,
            answer_revision=answer.revision,
        )
        for answer in answers
        for p in parties
    )


def _work_out(
    version: Version,
    question: Question,
    parties: list[Party],
    value: dict[str, Any],
    actors: dict[Any, Actor],
) -> None:
    now = Answer.objects.filter(version=version, question_key=question.key).first()
    if question.per_party:
        for p in parties:
            now = working.set_answer(
                actor=actors[p.pk],
                version=version,
                question_key=question.key,
                value={"contacts": {str(p.pk): value["contacts"][str(p.pk)]}},
                base_revision=now.revision if now else 0,
            )
    elif now is None:
        now = working.set_answer(
            actor=actors[parties[0].pk],
            version=version,
            question_key=question.key,
            value=value,
            base_revision=0,
        )
    assert now is not None
    for p in parties:
        working.state_position(
            actor=actors[p.pk],
            version=version,
            question_key=question.key,
            stance=Position.Stance.AGREE,
            answer_revision=now.revision,
        )


def write(version: Version, question: Question, parties: list[Party], value: dict[str, Any]) -> None:
    """Write an answer and these parties' agreement to it directly."""
    answer, _created = Answer.objects.get_or_create(
        version=version, question_key=question.key, defaults={"value": value, "party": parties[0]}
    )
    for p in parties:
        Position.objects.update_or_create(
            version=version,
            question_key=question.key,
            party=p,
            defaults={
                "stance": Position.Stance.AGREE,
                "answer_revision": answer.revision,
                "proposal": None,
                "reason": "",
            },
        )
