"""The overview: one picture for everybody in the room, one button that is the person's own next step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mtd.agreements.actions import working
from mtd.agreements.actions.founding import abandon
from mtd.agreements.models import Agreement, Position, Version
from tests.agreements.conftest import Cast
from tests.factories import agreements as factory
from tests.factories import signing as stage

Browse = Callable[[str], Client]


def overview(agreement: Agreement) -> str:
    return reverse("agreements:overview", args=[agreement.pk])


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("jonas-reuter", 200),
        ("ulrike-sand", 200),
        ("miriam-hoffstedt", 200),
        ("inga-soerensen", 200),
        ("nadine-kurth", 404),
        ("mette-lindqvist", 404),
    ],
)
def test_only_who_is_in_the_room_sees_it(
    birkenfurt: Agreement, browse: Browse, who: str, status: int
) -> None:
    assert browse(who).get(overview(birkenfurt)).status_code == status


def test_the_picture_shows_who_agrees_with_what(birkenfurt: Agreement, browse: Browse) -> None:
    version = factory.agree_all(birkenfurt, quick=True)
    drogenhilfe = factory.party(birkenfurt, "Drogenhilfe")
    working.state_position(
        actor=factory.speaker(drogenhilfe),
        version=version,
        question_key="referral_ack",
        stance=Position.Stance.DIFFER,
        answer_revision=1,
        reason="Zu langsam.",
    )
    response = browse("jonas-reuter").get(overview(birkenfurt))
    assert response.context["banks"].counts["differs"] == 1
    assert response.context["room"].standing.agreed == response.context["room"].standing.total - 1
    page = response.content.decode()
    assert "differs" in page
    assert [chapter.part.key for chapter in response.context["blocking"]] == ["case_flow"]


def test_the_button_is_the_persons_own_next_step(birkenfurt: Agreement, browse: Browse) -> None:
    def button(who: str) -> str:
        return str(browse(who).get(overview(birkenfurt)).context["next"].action)

    assert button("jonas-reuter") == "Continue with question 1.1"
    assert button("inga-soerensen") == "See what is open"
    factory.agree_all(birkenfurt, quick=True)
    assert button("miriam-hoffstedt") == "Go on to adoption"
    stage.adopting(birkenfurt)
    assert button("jonas-reuter") == "Record your body's decision"
    stage.frozen(birkenfurt)
    assert button("leonie-brandt") == "Go to your signature"


@pytest.mark.parametrize("state", ["empty", "agreed", "adopting", "signing", "in_force", "abandoned"])
@pytest.mark.parametrize("language", ["en", "de"])
def test_every_state_of_its_life_has_an_overview(
    birkenfurt: Agreement, browse: Browse, state: str, language: str
) -> None:
    match state:
        case "agreed":
            factory.agree_all(birkenfurt, quick=True)
        case "adopting":
            stage.adopting(birkenfurt)
        case "signing":
            stage.frozen(birkenfurt)
        case "in_force":
            stage.living(birkenfurt)
        case "abandoned":
            abandon(
                actor=stage.coordinator(birkenfurt), version=birkenfurt.versions.get(), reason="Kein Geld."
            )
    client = browse("jonas-reuter")
    client.cookies["django_language"] = language
    for name in ("overview", "road", "parties"):
        response = client.get(reverse(f"agreements:{name}", args=[birkenfurt.pk]))
        assert response.status_code == 200, name
    has_round = client.get(overview(birkenfurt)).context["round"] is not None
    assert has_round is (state in {"signing", "in_force"})


def test_sixty_answers_of_four_parties_need_no_more_queries_than_none(
    birkenfurt: Agreement, browse: Browse, django_assert_num_queries: Any
) -> None:
    client = browse("jonas-reuter")
    client.get(overview(birkenfurt))
    with django_assert_num_queries(17):
        client.get(overview(birkenfurt))
    factory.agree_all(birkenfurt, quick=True)
    assert Version.objects.get(agreement=birkenfurt).answers.count() > 50
    with django_assert_num_queries(17):
        client.get(overview(birkenfurt))


def test_the_overview_of_another_network_is_not_there_by_guessing(
    cast: Cast, birkenfurt: Agreement, heinsberg: Agreement, browse: Browse
) -> None:
    client = browse("jonas-reuter")
    for name in ("overview", "road", "parties", "questions", "text", "sign", "life", "annexes", "log"):
        assert client.get(reverse(f"agreements:{name}", args=[heinsberg.pk])).status_code == 404, name
