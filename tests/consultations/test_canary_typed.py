"""What somebody types and the guard refuses, drafts, fragments, copies: no word of it leaves its record on the way."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from mtd.agreements.models import Agreement
from mtd.consultations.models import Consultation, Step
from mtd.notifications.models import Preference
from tests.cast import Cast

from .lives import ANSWERER, ASKER, LEAD, answered, drafted, sent
from .test_canaries import everywhere, places, traces

__all__ = ["places"]
pytestmark = pytest.mark.django_db(transaction=True)
NAME = "Wilhelmina Schnurrenberger"
"""Certain and to be checked at once, in one window or another: nobody else has this name."""
TYPED = f"Call {NAME}, born 12.3.2017, wilhelmina.schnurrenberger@example.org."


class Watched:
    """A client whose every answer is looked through: head and, where the words do not belong, body."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.found: list[str] = []

    def __call__(
        self, method: str, address: str, data: Any = None, *, shows: bool = False, **more: Any
    ) -> Any:
        answer = getattr(self.client, method)(address, data, **more)
        head = "\n".join(f"{name}: {value}" for name, value in answer.headers.items()) + str(answer.cookies)
        self.found += [f"{method} {address}: {shape} in the head" for shape in traces(head.encode(), NAME)]
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if not shows:
            self.found += [f"{method} {address}: {shape}" for shape in traces(body, NAME)]
        assert "no-store" in answer.headers["Cache-Control"]
        assert answer.status_code < 500
        return answer


def test_a_name_that_is_typed_stays_in_the_draft_and_in_the_window(
    cast: Cast,
    agreement: Agreement,
    browse: Callable[..., Client],
    places: dict[str, Path],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(
        logging.WARNING, logger="django.template"
    )  # its lines are many and hold names of variables
    for key in (ASKER, ANSWERER, LEAD):
        Preference.objects.create(user=cast.people[key], area="consultations", pace="at_once")
    draft = drafted(cast.actor(ASKER), agreement)
    story, check = (reverse(f"consultations:{page}", args=[draft.pk]) for page in ("story", "check"))
    household = reverse("consultations:household", args=[draft.pk])
    ask = Watched(browse(ASKER))
    words = {"strengths-0": TYPED, "story": TYPED, "question": TYPED, "topic": "talking"}

    # While it is typed: saved in the draft, judged, drawn; then refused at going on and at sending.
    saved = ask("post", story, words | {"revision": "0", "autosave": "1"})
    assert saved.status_code == 204
    now = Consultation.objects.get(pk=draft.pk)
    assert TYPED in now.case
    ask("post", "/guard/", {"text": TYPED, "name": "story", "id": "id_story"}, shows=True)
    ask("post", story, words | {"revision": "0", "do": "next"}, shows=True)
    ask("post", story, words | {"revision": str(now.revision), "do": "next"}, shows=True)
    ask("get", f"{story}?part=drawn", headers={"HX-Request": "true"}, shows=True)
    ask("get", household, shows=True)
    ask("get", check, shows=True)
    refused = ask("post", check, {"revision": str(now.revision)}, shows=True)
    assert refused.status_code == 409
    for address in ("/", reverse("consultations:index"), reverse("consultations:absence")):
        ask("get", address)

    # In what is said to a question, in the discussion, in the collection.
    question = sent(cast, agreement)
    answered(cast, question)
    page, talk = (reverse(f"consultations:{name}", args=[question.pk]) for name in ("page", "round"))
    other = Watched(browse(ANSWERER))
    for verb, who in (("answer", other), ("ask_back", other), ("reply", ask), ("sum_up", ask)):
        said = {"do": verb, f"{verb}-text": TYPED, f"{verb}-revision": "9"}
        assert who("post", page, said, shows=True).status_code == 422
    other("post", talk, {"do": "begin", **dict.fromkeys(Step.values, "5")})
    assert other("post", talk, {"do": "note", "text": TYPED}, shows=True).status_code == 422
    assert (
        other("post", talk, {"do": "finish", "first": TYPED, "sequence": "0"}, shows=True).status_code == 422
    )
    learnt = reverse("consultations:learnings", args=[agreement.network.slug])
    proposed = {"topic": "talking", "situation": TYPED, "learnt": TYPED}
    assert ask("post", learnt, proposed, shows=True).status_code == 422
    for kind in ("pdf", "txt"):
        other("get", reverse("consultations:copy", args=[question.pk, kind]))
    for address in (page, talk, learnt, reverse("consultations:index"), "/"):
        other("get", address)

    # Signed out meanwhile: the way back is an address, and not a word more.
    Client.logout(other.client)
    late = other(
        "post", page, {"do": "answer", "answer-text": TYPED}, headers={"Referer": f"http://testserver{page}"}
    )
    assert late.status_code == 302
    for rhythm in ("minutely", "hourly", "daily"):
        call_command("run_jobs", rhythm, verbosity=0)
    assert list(places["mail"].iterdir()) != []
    assert ask.found + other.found == []
    assert everywhere(list(places.values()), NAME) == []

    # It is in the draft, sealed, and goes with it.
    assert TYPED in Consultation.objects.get(pk=draft.pk).case
    ask("post", check, {"do": "discard"})
    assert not Consultation.objects.filter(pk=draft.pk).exists()
