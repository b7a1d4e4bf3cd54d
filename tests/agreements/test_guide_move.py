"""An agreement moves to a newer version of its guide: sees first what changes, and loses no answer."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from mtd.accounts.models import User
from mtd.agreements.actions import founding
from mtd.agreements.models import Agreement, Answer, Entry, Version
from mtd.core.actor import SYSTEM, Actor
from mtd.core.errors import NotAllowed
from mtd.guide.actions import load_guide
from mtd.guide.models import GuideVersion
from tests.factories import agreements as factory
from tests.factories.agreements import refusal

NEW_LABEL = "How soon is a referral confirmed, and by whom?"


@pytest.fixture
def newer(birkenfurt: Agreement, tmp_path: Path) -> GuideVersion:
    """Version 1.1 of our guide: one question asked in other words."""
    folder = tmp_path / "1.1"
    shutil.copytree(factory.PACK, folder)
    pack = folder / "pack.yaml"
    pack.write_text(pack.read_text("utf-8").replace('version: "1.0"', 'version: "1.1"'), "utf-8")
    texts = folder / "en" / "questions.yaml"
    lines = texts.read_text("utf-8").splitlines()
    at = lines.index("referral_ack:")
    label = next(i for i in range(at, at + 6) if lines[i].strip().startswith("label:"))
    lines[label] = f'  label: "{NEW_LABEL}"'
    texts.write_text("\n".join(lines) + "\n", "utf-8")
    return load_guide(actor=SYSTEM, path=folder)


def test_the_page_shows_what_changes_and_the_move_keeps_every_answer(
    birkenfurt: Agreement, newer: GuideVersion, browse: Callable[[str], Client]
) -> None:
    version = factory.agree_all(birkenfurt, quick=True)
    before = dict(Answer.objects.filter(version=version).values_list("question_key", "value"))
    User.objects.update(language="en")
    client = browse("leonie-brandt")
    client.cookies["django_language"] = "en"
    address = reverse("agreements:guide_move", args=[birkenfurt.pk])
    shown = client.get(address)
    assert {change.key for change in shown.context["comparison"].changes} == {"referral_ack"}
    assert version.guide_version.number == "1.0"
    assert client.post(address, {"version": str(newer.pk)}).status_code == 302
    version = Version.objects.select_related("guide_version").get(pk=version.pk)
    assert version.guide_version.number == "1.1"
    assert dict(Answer.objects.filter(version=version).values_list("question_key", "value")) == before
    entry = Entry.objects.get(version=version, kind=Entry.Kind.GUIDE)
    assert (entry.data["old"], entry.data["new"], entry.data["changes"]) == ("1.0", "1.1", 1)
    question = client.get(reverse("agreements:question", args=[birkenfurt.pk, "referral_ack"]))
    assert NEW_LABEL in question.content.decode()


def test_there_is_no_way_back_to_an_older_guide_and_none_for_a_worker(
    birkenfurt: Agreement, newer: GuideVersion, act: Callable[[str], Actor]
) -> None:
    version = Version.objects.select_related("guide_version").get(agreement=birkenfurt)
    older = version.guide_version
    with pytest.raises(NotAllowed):
        founding.move_to_guide(actor=act("jonas-reuter"), version=version, guide_version=newer)
    founding.move_to_guide(actor=act("leonie-brandt"), version=version, guide_version=newer)
    with refusal("not_newer"):
        founding.move_to_guide(actor=act("leonie-brandt"), version=version, guide_version=older)


def test_title_and_purpose_change_while_the_text_is_worked_out(
    birkenfurt: Agreement, act: Callable[[str], Actor]
) -> None:
    version = birkenfurt.versions.get()
    founding.edit_agreement(actor=act("leonie-brandt"), version=version, title="Neuer Titel", code="X")
    code = birkenfurt.code
    birkenfurt.refresh_from_db()
    assert (birkenfurt.title, birkenfurt.code) == ("Neuer Titel", code)
    Version.objects.filter(pk=version.pk).update(state=Version.State.SIGNING)
    with refusal("not_in_work"):
        founding.edit_agreement(actor=act("leonie-brandt"), version=version, title="Zu spät")
