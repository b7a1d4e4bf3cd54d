"""Lists and single things give the same answer to everyone of the cast: for agreements and what hangs on them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mtd.agreements.actions import wording
from mtd.agreements.models import Agreement, Comment, Moderator, Party
from mtd.agreements.permissions import (
    can_comment,
    can_confirm_paper,
    can_decline,
    can_lead,
    can_plan,
    can_record_adoption,
    can_run,
    can_settle_comment,
    can_sign,
    can_speak,
    can_view,
    is_moderator,
    listed_to,
    public_profiles,
    visible_comments,
    visible_to,
)
from mtd.agreements.queries import current_version
from mtd.core.actor import ANONYMOUS, SYSTEM, Actor
from mtd.guide.actions import give_feedback
from mtd.guide.models import GuideVersion, StepFeedback
from mtd.guide.permissions import can_view as can_view_guide
from mtd.guide.permissions import feedback_visible_to
from mtd.guide.permissions import visible_to as guides_visible_to
from mtd.notifications.actions import notify
from mtd.notifications.models import Notice
from mtd.notifications.permissions import can_view_notice, visible_notices
from mtd.organizations.actions import end_membership
from mtd.organizations.models import Membership
from mtd.organizations.queries import actor_for
from tests.cast import Cast
from tests.factories import agreements as factory

STATES = {
    "working": {},
    "in_force": {"in_force_from": "2026-01-01", "review_on": "2027-01-01"},
    "ended": {"ended_on": "2026-06-30"},
    "abandoned": {},
}


def everybody(cast: Cast) -> dict[str, Actor]:
    return {"nobody": ANONYMOUS, **{key: actor_for(user) for key, user in cast.people.items()}}


@pytest.fixture
def agreements(cast: Cast, birkenfurt: Agreement, heinsberg: Agreement) -> list[Agreement]:
    """One of every state in both networks; some with a public sheet, some moderated."""
    pairs = {
        "birkenfurt": ("suchtberatung-am-markt", "kreisjugendamt-birkenfurt"),
        "kreis-heinsberg": ("caritas-heinsberg", "jugendamt-erkelenz"),
    }
    made = [birkenfurt, heinsberg]
    for slug, keys in pairs.items():
        for state, dates in STATES.items():
            for public in (True, False):
                organizations = [cast.organizations[key] for key in keys]
                fields = {"state": state, "profile_public": public, **dates}
                made.append(
                    factory.found(cast.networks[slug], organizations, title=f"{slug} {state}", **fields)
                )
    factory.moderated_by(made[3], cast.people["inga-soerensen"])
    factory.moderated_by(heinsberg, cast.people["clara-voss"])
    # named, but of another network: sees nothing
    factory.moderated_by(heinsberg, cast.people["inga-soerensen"])
    # a party that has left still reads what it signed
    Party.objects.filter(agreement=birkenfurt, organization__name__contains="Wendau").update(
        left_on="2026-06-01"
    )
    return made


def test_an_agreement_is_in_the_list_exactly_if_it_can_be_seen(
    cast: Cast, agreements: list[Agreement]
) -> None:
    for key, actor in everybody(cast).items():
        listed = set(visible_to(actor).values_list("pk", flat=True))
        seen = {agreement.pk for agreement in agreements if can_view(actor, agreement)}
        assert listed == seen, key


def test_who_sees_birkenfurt(cast: Cast, birkenfurt: Agreement) -> None:
    seeing = {key for key, actor in everybody(cast).items() if can_view(actor, birkenfurt)}
    assert seeing == {
        "jonas-reuter",
        "leonie-brandt",
        "tarek-aziz",
        "svenja-kolb",
        "ulrike-sand",
        "deniz-kaya",
        "ralf-timmermann",
        "beate-lohmann",
        "miriam-hoffstedt",
        "inga-soerensen",
    }


def test_the_register_shows_others_only_what_is_or_was_in_force(
    cast: Cast, agreements: list[Agreement]
) -> None:
    known = {a.pk for a in agreements if a.state in ("in_force", "ended")}
    for key, actor in everybody(cast).items():
        wanted = set() if key == "nobody" else known | set(visible_to(actor).values_list("pk", flat=True))
        assert set(listed_to(actor).values_list("pk", flat=True)) == wanted, key


def test_a_public_sheet_is_of_an_agreement_in_force_or_ended(agreements: list[Agreement]) -> None:
    assert {a.pk for a in public_profiles()} == {
        a.pk for a in agreements if a.profile_public and a.state in ("in_force", "ended")
    }


def test_a_moderator_who_was_sent_home_sees_the_agreement_no_more(cast: Cast, birkenfurt: Agreement) -> None:
    inga = cast.people["inga-soerensen"]
    assert can_view(actor_for(inga), birkenfurt)
    end_membership(
        actor=cast.actor("miriam-hoffstedt"), membership=Membership.objects.get(user=inga, role="moderator")
    )
    assert Moderator.objects.filter(agreement=birkenfurt, user=inga).exists()
    assert not can_view(actor_for(inga), birkenfurt)
    assert not visible_to(actor_for(inga)).exists()
    assert not is_moderator(actor_for(inga), birkenfurt)


@pytest.fixture
def comments(birkenfurt: Agreement, act: Callable[[str], Actor]) -> dict[str, Comment]:
    """Every visibility, by two parties, the coordination and the moderation."""
    version = factory.agree_all(birkenfurt, quick=True)
    said = [
        ("tarek-aziz", "us"),
        ("tarek-aziz", "sides"),
        ("tarek-aziz", "everyone"),
        ("deniz-kaya", "us"),
        ("deniz-kaya", "sides"),
        ("miriam-hoffstedt", "everyone"),
        ("inga-soerensen", "everyone"),
    ]
    return {
        f"{who} {visibility}": wording.add_comment(
            actor=act(who), version=version, question_key="costs", visibility=visibility, body=f"{who} said"
        )
        for who, visibility in said
    }


SHARED = {"tarek-aziz everyone", "miriam-hoffstedt everyone", "inga-soerensen everyone"}
SIDES = SHARED | {"tarek-aziz sides", "deniz-kaya sides"}


@pytest.mark.parametrize(
    ("who", "reads"),
    [
        ("tarek-aziz", SIDES | {"tarek-aziz us"}),
        ("svenja-kolb", SIDES | {"tarek-aziz us"}),
        ("ulrike-sand", SIDES | {"deniz-kaya us"}),
        ("jonas-reuter", SIDES),
        ("miriam-hoffstedt", SHARED),
        ("inga-soerensen", SHARED),
    ],
)
def test_who_reads_which_comment(
    cast: Cast, birkenfurt: Agreement, comments: dict[str, Comment], who: str, reads: set[str]
) -> None:
    actor = cast.actor(who)
    seen = set(visible_comments(actor, birkenfurt).values_list("pk", flat=True))
    assert {name for name, comment in comments.items() if comment.pk in seen} == reads
    # whoever may not read it may not settle it either
    assert {name for name, comment in comments.items() if can_settle_comment(actor, comment)} <= reads


def test_a_party_that_left_keeps_its_own_notes_and_hears_the_others_no_more(
    cast: Cast, birkenfurt: Agreement, comments: dict[str, Comment]
) -> None:
    factory.party(birkenfurt, "Drogenhilfe")
    Party.objects.filter(agreement=birkenfurt, organization__name__contains="Drogenhilfe").update(
        left_on="2026-06-01"
    )
    seen = set(visible_comments(cast.actor("tarek-aziz"), birkenfurt).values_list("pk", flat=True))
    assert {name for name, c in comments.items() if c.pk in seen} == SHARED | {"tarek-aziz us"}


def test_only_parties_speak_and_only_leads_bind(cast: Cast, birkenfurt: Agreement) -> None:
    version = current_version(birkenfurt)
    party = factory.party(birkenfurt, "Am Markt")
    people = everybody(cast)

    def allowed(rule: Callable[[Actor], object]) -> set[str]:
        return {key for key, actor in people.items() if rule(actor)}

    parties = {
        "jonas-reuter",
        "leonie-brandt",
        "tarek-aziz",
        "svenja-kolb",
        "ulrike-sand",
        "deniz-kaya",
        "ralf-timmermann",
        "beate-lohmann",
    }
    leads = {"leonie-brandt", "tarek-aziz", "ulrike-sand", "beate-lohmann"}
    around = {"miriam-hoffstedt", "inga-soerensen"}
    own = {"jonas-reuter", "leonie-brandt"}
    assert allowed(lambda a: can_speak(a, birkenfurt, version)) == parties
    assert allowed(lambda a: can_plan(a, birkenfurt)) == parties | around
    assert allowed(lambda a: can_run(a, birkenfurt)) == leads | {"miriam-hoffstedt"}
    assert allowed(lambda a: can_comment(a, birkenfurt, "us")) == parties
    assert allowed(lambda a: can_comment(a, birkenfurt, "everyone")) == parties | around
    assert allowed(lambda a: can_lead(a, party)) == {"leonie-brandt"}
    assert allowed(lambda a: can_record_adoption(a, party)) == own
    assert allowed(lambda a: can_sign(a, None)) == set()
    assert allowed(lambda a: can_decline(a, party, None)) == {"leonie-brandt"}
    assert allowed(lambda a: can_confirm_paper(a, party, _party_of(a, birkenfurt))) == parties - own


def _party_of(actor: Actor, agreement: Agreement) -> Party | None:
    return agreement.parties.filter(organization__in=actor.organization_ids).first()


def test_the_system_itself_may_do_nothing_that_people_decide(birkenfurt: Agreement) -> None:
    version = current_version(birkenfurt)
    assert not can_speak(SYSTEM, birkenfurt, version)
    assert not can_run(SYSTEM, birkenfurt)
    assert not can_view(SYSTEM, birkenfurt)
    assert not visible_to(SYSTEM).exists()


def test_guides_feedback_and_notices_are_listed_exactly_if_they_can_be_seen(cast: Cast) -> None:
    guide = factory.cooperation_guide()
    GuideVersion.objects.create(
        guide=guide.guide,
        number="9.0",
        state="draft",
        content=guide.content,
        sha256=guide.sha256,
        loaded_at=guide.loaded_at,
    )
    step = guide.content["steps"][0]["key"]
    for who in ("jonas-reuter", "pia-lennartz"):
        give_feedback(actor=cast.actor(who), version=guide, step_key=step, helped=who, missing="")
        notify(
            actor=SYSTEM, users=[cast.people[who]], kind="test", text="One thing waits.", link="/", mail=False
        )
    for key, actor in everybody(cast).items():
        assert {v.pk for v in guides_visible_to(actor)} == {
            v.pk for v in GuideVersion.objects.all() if can_view_guide(actor, v)
        }, key
        own = {f.pk for f in StepFeedback.objects.filter(author=actor.user_id)} if actor.user_id else set()
        everything = {f.pk for f in StepFeedback.objects.all()}
        assert {f.pk for f in feedback_visible_to(actor)} == (everything if actor.is_programme else own), key
        assert {n.pk for n in visible_notices(actor)} == {
            n.pk for n in Notice.objects.all() if can_view_notice(actor, n)
        }, key
