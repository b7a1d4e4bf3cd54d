"""How many needs went how far and how long it took, held against plain counting; the picture; what goes in time."""

from __future__ import annotations

import random
import statistics
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from mtd.cooperation.flow import flow_of
from mtd.cooperation.jobs import forget_old_needs
from mtd.cooperation.models import Need, NeedDecision, NeedGroup, OfferWish
from mtd.cooperation.queries.needs_due import needs_due
from mtd.cooperation.queries.needs_figures import NeedFigures, figures, median_days
from mtd.core.models import DataKey
from mtd.organizations.models import Network
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def network(cast: Cast) -> Network:
    return cast.networks["birkenfurt"]


def lived_through(cast: Cast, network: Network, number: int, seed: int) -> list[Need]:
    """Needs of several years in every state, written directly."""
    chance = random.Random(seed)
    organizations = [o for k, o in cast.organizations.items() if "heinsberg" not in k]
    made = []
    for _ in range(number):
        raised = date(2022, 1, 1) + timedelta(days=chance.randrange(1700))
        state = chance.choice(["new", "committee", "steering", "decided", "decided", "decided", "withdrawn"])
        decided = raised + timedelta(days=chance.randrange(200)) if state == "decided" else None
        group = NeedGroup.objects.create(
            network=network, state=state, first_raised_on=raised, decided_on=decided, wording="x"
        )
        if decided:
            for level in chance.choice(
                [["committee"], ["steering"], ["coordination"], ["committee", "steering"]]
            ):
                outcome = "up" if level == "committee" and chance.random() < 0.2 else "yes"
                NeedDecision.objects.create(group=group, level=level, outcome=outcome, decided_on=decided)
        for _each in range(chance.choice([1, 1, 1, 2, 4])):
            answered = (
                decided + timedelta(days=chance.randrange(9)) if decided and chance.random() < 0.9 else None
            )
            made.append(
                Need.objects.create(
                    group=group,
                    text="x",
                    organization=chance.choice(organizations),
                    raised_on=raised + timedelta(days=chance.randrange(3)),
                    answered_on=answered,
                    helped=chance.choice(["", "yes", "part", "no"]) if answered else "",
                    withdrawn_at=timezone.now() if state == "withdrawn" or chance.random() < 0.05 else None,
                )
            )
    return made


def counted_by_hand(needs: list[Need], year: int | None) -> dict[str, Any]:
    rows = [n for n in needs if n.withdrawn_at is None and (year is None or n.raised_on.year == year)]
    decided = [n for n in rows if n.group.state == "decided"]
    answered = [n for n in decided if n.answered_on]

    def level(need: Need) -> str:
        answers = [d for d in need.group.decisions.order_by("decided_on", "at", "id") if d.outcome != "up"]
        return answers[0].level if answers else "coordination"

    levels = Counter(level(n) for n in decided)
    days = [max(0, (n.answered_on - n.raised_on).days) for n in answered if n.answered_on]
    return {
        "raised": len(rows),
        "decided": len(decided),
        "decided_by_committee": levels["committee"],
        "decided_by_steering": levels["steering"],
        "decided_by_coordination": levels["coordination"],
        "waiting": len(rows) - len(decided),
        "answered": len(answered),
        "not_reached": len(decided) - len(answered),
        "helped_yes": sum(n.helped == "yes" for n in answered),
        "helped_part": sum(n.helped == "part" for n in answered),
        "helped_no": sum(n.helped == "no" for n in answered),
        "not_asked": sum(n.helped == "" for n in answered),
        "groups": len({n.group_id for n in rows}),
        "median_days_answered": None if not days else int(statistics.median(days) + 0.5),
    }


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_figures_equal_plain_counting(cast: Cast, network: Network, seed: int) -> None:
    needs = lived_through(cast, network, 40, seed)
    for year in (None, 2021, 2022, 2024, 2026):
        found = figures(network, year)
        for name, number in counted_by_hand(needs, year).items():
            assert getattr(found, name) == number, (year, name)
    total = figures(network)
    assert sum(y.raised for y in total.by_year) == total.raised
    assert sum(total.by_system.values()) == total.raised
    assert total.waiting_new + total.waiting_committee + total.waiting_steering == total.waiting


def test_the_figures_take_two_questions(cast: Cast, network: Network, django_assert_num_queries: Any) -> None:
    lived_through(cast, network, 5, 4)
    with django_assert_num_queries(2):
        figures(network, 2024)


def test_other_networks_do_not_count(cast: Cast, network: Network) -> None:
    lived_through(cast, network, 5, 5)
    assert figures(cast.networks["kreis-heinsberg"]) == NeedFigures()


@pytest.mark.parametrize(
    ("days", "middle"), [([], None), ([7], 7), ([1, 2], 2), ([3, 1, 2], 2), ([0, 0, 5, 6], 3)]
)
def test_the_median_is_in_whole_days(days: list[int], middle: int | None) -> None:
    assert median_days(days) == middle


@pytest.mark.parametrize("number", [0, 1, 16, 300])
def test_the_picture_says_what_its_table_says(cast: Cast, network: Network, number: int) -> None:
    lived_through(cast, network, number, 6)
    flow = flow_of(figures(network))
    f = flow.figures
    assert [row[1] for row in flow.table] == [
        f.raised,
        f.decided,
        f.answered,
        f.answered - f.not_asked,
        f.waiting,
    ]
    assert [head.number for head in flow.heads] == [f.raised, f.decided, f.answered, None]
    assert flow.height < 400
    assert all(node.y + node.height <= flow.height for node in flow.nodes)
    for stage in flow.stages:
        assert sum(bar.width for bar in stage.bars) <= 350
    labels = sorted((n.x, n.label_y) for n in flow.nodes if n.label)
    for (x1, y1), (x2, y2) in pairwise(labels):
        assert x1 != x2 or y2 - y1 >= 14  # no two labels on top of each other


@pytest.mark.django_db(transaction=True)
def test_words_go_three_years_after_the_answer_and_what_is_countable_stays(
    cast: Cast, network: Network
) -> None:
    today = timezone.localdate()
    old = today - settings.MTD_KEEP_NEEDS - timedelta(days=1)
    young = today - settings.MTD_KEEP_NEEDS + timedelta(days=1)

    def answered(first: date, last: date) -> NeedGroup:
        group = NeedGroup.objects.create(
            network=network, state="decided", first_raised_on=first, decided_on=first, wording="geheim"
        )
        for day in (first, last):
            Need.objects.create(
                group=group,
                text="geheim",
                helped_note="geheim",
                raised_on=first,
                answered_on=day,
                helped="yes",
            )
        decision = NeedDecision.objects.create(
            group=group, level="committee", outcome="yes", text="geheim", reason="geheim", decided_on=first
        )
        OfferWish.objects.create(network=network, decision=decision, text="geheim")
        return group

    gone, stays = answered(old, old), answered(old, young)
    waiting = NeedGroup.objects.create(network=network, first_raised_on=date(2016, 1, 1), wording="geheim")
    keys = {gone.data_key_id, *gone.needs.values_list("data_key_id", flat=True)}
    before = figures(network)
    assert list(needs_due(timezone.now())) == [gone]
    assert forget_old_needs() == 1
    assert forget_old_needs() == 0
    assert not DataKey.objects.using("keys").filter(id__in=keys).exists()
    group = NeedGroup.objects.get(pk=gone.pk)
    assert (group.wording, group.emptied_on) == ("", today)
    assert {n.text + n.helped_note for n in group.needs.all()} == {""}
    decision = group.decisions.get()
    assert (decision.text, decision.reason, decision.offer_wish.text) == ("", "", "")
    for kept in (stays, waiting):
        assert NeedGroup.objects.get(pk=kept.pk).wording == "geheim"
    assert figures(network) == before
