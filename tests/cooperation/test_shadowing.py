"""Job shadowing: offers, requests, secrecy, reports; who sees what, and what cannot happen."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, time, timedelta
from io import BytesIO
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction
from django.utils import timezone
from pypdf import PdfReader

from mtd.agreements.models import Agreement
from mtd.audit.models import Event
from mtd.cooperation import jobs
from mtd.cooperation.actions import shadowing as visits
from mtd.cooperation.actions import shadowing_offers as offers
from mtd.cooperation.actions.shadowing_offers import Slot
from mtd.cooperation.models import ShadowingDate, ShadowingOffer, ShadowingVisit
from mtd.cooperation.permissions import can_read_wish, can_view_visit, visible_visits
from mtd.cooperation.queries.exchange import next_steps_exchange, recent_exchange
from mtd.cooperation.queries.shadowing import cards, exchanged, visits_due
from mtd.core.actor import Actor
from mtd.core.encryption import KeyDestroyed, forget_keys
from mtd.core.errors import Refused
from mtd.core.models import DataKey
from mtd.documents.queries import inspect
from mtd.notifications.models import Message, Notice
from mtd.organizations.models import Membership, Network, NetworkMember
from tests.cast import Cast
from tests.documents.test_pdf import conforms
from tests.factories.agreements import refusal

Act = Callable[[str], Actor]
SOON = timezone.localdate() + timedelta(days=9)
PEOPLE = (
    "jonas-reuter",
    "leonie-brandt",
    "deniz-kaya",
    "ulrike-sand",
    "ralf-timmermann",
    "beate-lohmann",
    "miriam-hoffstedt",
    "inga-soerensen",
    "mette-lindqvist",
    "anke-wolters",
)


@pytest.fixture
def network(lived: Agreement) -> Network:
    return lived.network


@pytest.fixture
def offer(network: Network, act: Act) -> ShadowingOffer:
    """Am Markt offers two days, one place each."""
    return offers.offer_shadowing(
        actor=act("leonie-brandt"),
        network=network,
        title="A morning in the parents' group",
        what="How we begin, and how we talk about children.",
        limits="No single conversations.",
        dates=[Slot(SOON, time(9), time(12)), Slot(SOON + timedelta(days=7))],
    )


def first_day(offer: ShadowingOffer) -> ShadowingDate:
    return ShadowingDate.objects.select_related("offer").get(offer=offer, on=SOON)


def asked(
    offer: ShadowingOffer, actor: Actor, wish: str = "How do you talk about relapse?"
) -> ShadowingVisit:
    return visits.request_visit(actor=actor, day=first_day(offer), wish=wish)


def accepted(offer: ShadowingOffer, act: Act) -> ShadowingVisit:
    return visits.answer_request(
        actor=act("leonie-brandt"),
        visit=asked(offer, act("deniz-kaya")),
        accept=True,
        answer="Ring at the side door.",
    )


def ready(offer: ShadowingOffer, act: Act) -> ShadowingVisit:
    return visits.undertake_secrecy(
        actor=act("deniz-kaya"), visit=accepted(offer, act), declaration="Deniz Kaya"
    )


def gone_by(visit: ShadowingVisit, days: int = 1) -> ShadowingVisit:
    """The visit as if its day had been so long ago."""
    ShadowingDate.objects.filter(pk=visit.date_id).update(on=timezone.localdate() - timedelta(days=days))
    return ShadowingVisit.objects.get(pk=visit.pk)


def test_a_visit_goes_from_the_request_to_the_report_and_counts(
    offer: ShadowingOffer, network: Network, act: Act
) -> None:
    visit = gone_by(ready(offer, act))
    done = visits.report_visit(actor=act("deniz-kaya"), visit=visit, report="Mornings are hard for parents.")
    assert done.state == "done"
    assert done.reported_on == timezone.localdate()
    counted = exchanged(network)
    assert [(way.visitor.short_name, way.host.short_name, way.count) for way in counted.ways] == [
        ("Kreisjugendamt", "Am Markt", 1)
    ]
    assert (counted.total, counted.across, counted.parted) == (1, 1, 2)
    assert exchanged(network, 1999).total == 0
    verbs = Event.objects.filter(object_id=str(visit.pk)).values_list("verb", flat=True)
    assert list(verbs.order_by("id")) == [
        "shadowing.requested",
        "shadowing.accepted",
        "shadowing.undertaken",
        "shadowing.reported",
    ]


def test_the_undertaking_is_a_sealed_file_that_names_visitor_host_and_law(
    offer: ShadowingOffer, act: Act
) -> None:
    visit = ready(offer, act)
    assert visit.undertaking is not None
    pdf = bytes(visit.undertaking.content)
    found = inspect(pdf)
    assert len(found.signatures) == 1
    assert found.signatures[0].intact
    assert found.signatures[0].ours
    assert found.signatures[0].signer == "Deniz Kaya"
    words = " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())
    for wanted in ("Deniz Kaya", "Kreisjugendamt Birkenfurt", "Suchtberatung am Markt", "203 StGB"):
        assert wanted in words


def test_the_undertaking_passes_pdf_ua(offer: ShadowingOffer, act: Act) -> None:
    visit = ready(offer, act)
    assert visit.undertaking is not None
    assert conforms(bytes(visit.undertaking.content)) == []


def test_what_is_sealed_cannot_be_read_in_the_database(offer: ShadowingOffer, act: Act) -> None:
    visit = asked(offer, act("deniz-kaya"), wish="canary-wish")
    row = ShadowingVisit.objects.filter(pk=visit.pk).values("wish").get()
    assert b"canary-wish" not in bytes(row["wish"])


def test_secrecy_comes_before_the_visit(offer: ShadowingOffer, act: Act) -> None:
    visit = gone_by(accepted(offer, act))
    with refusal("wrong_state"):
        visits.report_visit(actor=act("deniz-kaya"), visit=visit, report="I went all the same.")
    with pytest.raises(IntegrityError), transaction.atomic():
        ShadowingVisit.objects.filter(pk=visit.pk).update(state="ready")


def test_somebody_elses_name_does_not_undertake(offer: ShadowingOffer, act: Act) -> None:
    visit = accepted(offer, act)
    with refusal("declaration"):
        visits.undertake_secrecy(actor=act("deniz-kaya"), visit=visit, declaration="Ulrike Sand")
    with refusal("not_allowed"):
        visits.undertake_secrecy(actor=act("ulrike-sand"), visit=visit, declaration="Ulrike Sand")


def test_a_report_waits_for_the_day(offer: ShadowingOffer, act: Act) -> None:
    with refusal("too_early"):
        visits.report_visit(actor=act("deniz-kaya"), visit=ready(offer, act), report="It will be good.")


def test_a_full_day_takes_nobody_more(offer: ShadowingOffer, act: Act) -> None:
    second = asked(offer, act("ralf-timmermann"))
    accepted(offer, act)
    with refusal("full"):
        asked(offer, act("svenja-kolb"))
    with refusal("full"):
        visits.answer_request(actor=act("leonie-brandt"), visit=second, accept=True)


def test_a_place_given_back_is_free_again(offer: ShadowingOffer, act: Act) -> None:
    visit = accepted(offer, act)
    visits.cancel_visit(actor=act("deniz-kaya"), visit=visit)
    assert asked(offer, act("ralf-timmermann")).state == "requested"


def test_nobody_asks_twice_for_a_day_but_again_after_calling_off(offer: ShadowingOffer, act: Act) -> None:
    visit = asked(offer, act("deniz-kaya"))
    with refusal("twice"):
        asked(offer, act("deniz-kaya"))
    visits.cancel_visit(actor=act("deniz-kaya"), visit=visit)
    assert asked(offer, act("deniz-kaya")).pk != visit.pk


def test_the_database_refuses_a_second_place_for_the_same_person(offer: ShadowingOffer, act: Act) -> None:
    visit = asked(offer, act("deniz-kaya"))
    with pytest.raises(IntegrityError), transaction.atomic():
        ShadowingVisit.objects.create(
            date=visit.date, visitor_id=visit.visitor_id, organization=visit.organization
        )


def test_a_day_that_has_passed_cannot_be_offered_or_asked_for(offer: ShadowingOffer, act: Act) -> None:
    with refusal("past"):
        offers.add_date(
            actor=act("leonie-brandt"), offer=offer, slot=Slot(timezone.localdate() - timedelta(days=2))
        )
    day = first_day(offer)
    ShadowingDate.objects.filter(pk=day.pk).update(on=timezone.localdate() - timedelta(days=2))
    with refusal("past"):
        visits.request_visit(actor=act("deniz-kaya"), day=day)


def test_a_day_is_offered_once_and_ends_after_it_begins(offer: ShadowingOffer, act: Act) -> None:
    with refusal("same_day"):
        offers.add_date(actor=act("leonie-brandt"), offer=offer, slot=Slot(SOON))
    with refusal("times"):
        offers.add_date(
            actor=act("leonie-brandt"),
            offer=offer,
            slot=Slot(SOON + timedelta(days=1), time(12), time(9)),
        )


def test_a_closed_offer_takes_no_more_but_keeps_what_was_accepted(offer: ShadowingOffer, act: Act) -> None:
    visit = accepted(offer, act)
    offers.close_offer(actor=act("leonie-brandt"), offer=offer)
    with refusal("closed"):
        visits.request_visit(actor=act("ralf-timmermann"), day=first_day(offer))
    assert (
        visits.undertake_secrecy(actor=act("deniz-kaya"), visit=visit, declaration="Deniz Kaya").state
        == "ready"
    )


def test_a_day_somebody_asked_for_is_not_taken_back(offer: ShadowingOffer, act: Act) -> None:
    asked(offer, act("deniz-kaya"))
    with refusal("date_in_use"):
        offers.remove_date(actor=act("leonie-brandt"), day=first_day(offer))


def test_only_the_host_answers_and_only_once(offer: ShadowingOffer, act: Act) -> None:
    visit = asked(offer, act("deniz-kaya"))
    for stranger in ("jonas-reuter", "deniz-kaya", "miriam-hoffstedt"):
        with refusal("not_allowed"):
            visits.answer_request(actor=act(stranger), visit=visit, accept=True)
    visits.answer_request(actor=act("leonie-brandt"), visit=visit, accept=False, answer="Not in Advent.")
    with refusal("wrong_state"):
        visits.answer_request(actor=act("leonie-brandt"), visit=visit, accept=True)


def test_one_does_not_visit_oneself_nor_from_outside_the_network(offer: ShadowingOffer, act: Act) -> None:
    for nobody in ("jonas-reuter", "miriam-hoffstedt", "pia-lennartz"):
        with refusal("not_allowed"):
            asked(offer, act(nobody))


def test_who_sees_a_visit_and_who_reads_the_wish(offer: ShadowingOffer, act: Act, cast: Cast) -> None:
    visit = asked(offer, act("deniz-kaya"))
    sees = {key for key in PEOPLE if visible_visits(act(key)).filter(pk=visit.pk).exists()}
    assert sees == {"leonie-brandt", "deniz-kaya", "ulrike-sand"}
    assert sees == {key for key in PEOPLE if can_view_visit(act(key), visit)}
    assert {key for key in PEOPLE if can_read_wish(act(key), visit)} == {"leonie-brandt", "deniz-kaya"}


def test_a_visitor_who_leaves_gives_the_place_back_and_cannot_undertake(
    offer: ShadowingOffer, act: Act, cast: Cast
) -> None:
    visit = accepted(offer, act)
    Membership.objects.filter(user=cast.people["deniz-kaya"]).update(ended_on=timezone.localdate())
    with refusal("not_allowed"):
        visits.undertake_secrecy(actor=act("deniz-kaya"), visit=visit, declaration="Deniz Kaya")
    assert jobs.release_visits() == 1
    assert jobs.release_visits() == 0
    visit.refresh_from_db()
    assert visit.state == "cancelled"


def test_the_lead_reports_for_somebody_who_went_and_has_left(
    offer: ShadowingOffer, act: Act, cast: Cast
) -> None:
    visit = gone_by(ready(offer, act))
    with refusal("not_allowed"):
        visits.report_visit(actor=act("ulrike-sand"), visit=visit, report="She told me.")
    Membership.objects.filter(user=cast.people["deniz-kaya"]).update(ended_on=timezone.localdate())
    assert jobs.release_visits() == 0
    done = visits.report_visit(actor=act("ulrike-sand"), visit=visit, report="She told us before she left.")
    assert done.state == "done"


def test_what_nobody_answered_in_time_is_called_off_once(offer: ShadowingOffer, act: Act) -> None:
    visit = gone_by(asked(offer, act("deniz-kaya")))
    assert jobs.release_visits() == 1
    assert jobs.release_visits() == 0
    visit.refresh_from_db()
    assert visit.state == "cancelled"
    assert Notice.objects.filter(kind="exchange.shadowing_cancelled", user=visit.visitor).count() == 1


def test_wish_answer_and_report_are_destroyed_after_two_years_and_the_visit_still_counts(
    offer: ShadowingOffer,
    network: Network,
    act: Act,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    visit = gone_by(ready(offer, act))
    visits.report_visit(actor=act("deniz-kaya"), visit=visit, report="A canary in the report.")
    old = ShadowingVisit.objects.get(pk=visit.pk)
    assert jobs.forget_visits() == 0
    gone_by(visit, days=731)
    assert list(visits_due(timezone.now())) == [visit]
    with django_capture_on_commit_callbacks(execute=True):
        assert jobs.forget_visits() == 1
    assert jobs.forget_visits() == 0
    fresh = ShadowingVisit.objects.get(pk=visit.pk)
    assert (fresh.wish, fresh.answer, fresh.report) == ("", "", "")
    assert exchanged(network).total == 1
    assert not DataKey.objects.filter(pk=old.data_key_id).exists()
    forget_keys()
    with pytest.raises(KeyDestroyed):
        assert old.report


def test_mails_and_notices_never_hold_what_was_typed(offer: ShadowingOffer, act: Act) -> None:
    visit = gone_by(ready(offer, act))
    visits.report_visit(actor=act("deniz-kaya"), visit=visit, report="Mornings are hard.")
    said = [
        *Notice.objects.values_list("text", flat=True),
        *Message.objects.values_list("subject", flat=True),
    ]
    said += [message.body for message in Message.objects.all()]
    assert said
    for word in ("relapse", "side door", "Mornings", "Deniz"):
        assert not [text for text in said if word in text]


def test_each_step_shows_on_the_start_page_of_who_has_to_do_it(offer: ShadowingOffer, act: Act) -> None:
    visit = asked(offer, act("deniz-kaya"))
    assert [step.action for step in next_steps_exchange(act("leonie-brandt"))] == ["Look and answer"]
    assert next_steps_exchange(act("deniz-kaya")) == []
    visits.answer_request(actor=act("leonie-brandt"), visit=visit, accept=True)
    assert [step.action for step in next_steps_exchange(act("deniz-kaya"))] == ["Read and sign"]
    visits.undertake_secrecy(actor=act("deniz-kaya"), visit=visit, declaration="Deniz Kaya")
    assert next_steps_exchange(act("deniz-kaya")) == []
    gone_by(visit, days=20)
    steps = next_steps_exchange(act("deniz-kaya"))
    assert [(step.action, step.late) for step in steps] == [("Write the report", True)]
    visits.report_visit(actor=act("deniz-kaya"), visit=visit, report="Mornings are hard.")
    assert next_steps_exchange(act("deniz-kaya")) == []
    news = recent_exchange(act("miriam-hoffstedt"), timezone.now() - timedelta(days=3))
    assert {line.text for line in news} == {
        "Netzwerk Birkenfurt: 1 job shadowing reported",
        "Netzwerk Birkenfurt: 1 new offer of job shadowing",
    }


def test_steps_cost_the_same_queries_for_one_visit_and_for_three(
    offer: ShadowingOffer, act: Act, django_assert_num_queries: Callable[..., object]
) -> None:
    actor = act("leonie-brandt")
    asked(offer, act("deniz-kaya"))
    with django_assert_num_queries(3):  # type: ignore[attr-defined]
        assert len(next_steps_exchange(actor)) == 1
    asked(offer, act("ralf-timmermann"))
    asked(offer, act("svenja-kolb"))
    with django_assert_num_queries(3):  # type: ignore[attr-defined]
        assert len(next_steps_exchange(actor)) == 3


def test_a_contact_who_has_left_no_longer_hosts(offer: ShadowingOffer, act: Act, cast: Cast) -> None:
    offers.edit_offer(
        actor=act("leonie-brandt"),
        offer=offer,
        title=offer.title,
        what=offer.what,
        contact=cast.people["jonas-reuter"],
    )
    visit = asked(offer, act("deniz-kaya"))
    assert can_view_visit(act("jonas-reuter"), visit)
    Membership.objects.filter(user=cast.people["jonas-reuter"]).update(ended_on=timezone.localdate())
    visit = ShadowingVisit.objects.get(pk=visit.pk)
    assert not can_view_visit(act("jonas-reuter"), visit)
    assert not visible_visits(act("jonas-reuter")).exists()


def test_a_contact_works_for_the_organisation(offer: ShadowingOffer, act: Act, cast: Cast) -> None:
    with refusal("contact"):
        offers.edit_offer(
            actor=act("leonie-brandt"),
            offer=offer,
            title="x",
            what="x",
            contact=cast.people["deniz-kaya"],
        )


def test_years_of_the_picture_are_those_of_the_visits(
    offer: ShadowingOffer, network: Network, act: Act
) -> None:
    visit = gone_by(ready(offer, act))
    ShadowingDate.objects.filter(pk=visit.date_id).update(on=date(2025, 12, 31))
    visits.report_visit(actor=act("deniz-kaya"), visit=visit, report="Mornings are hard.")
    assert exchanged(network).years == (2025,)
    assert exchanged(network, 2025).total == 1
    assert exchanged(network, 2026).total == 0


def test_an_organisation_that_left_the_network_no_longer_invites(
    offer: ShadowingOffer, network: Network, act: Act
) -> None:
    assert len(cards(act("deniz-kaya"), network)) == 1
    NetworkMember.objects.filter(organization=offer.organization).update(left_on=timezone.localdate())
    assert cards(act("deniz-kaya"), network) == []
    with refusal("host_left"):
        asked(offer, act("deniz-kaya"))


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_the_same_second_one_gets_the_last_place(offer: ShadowingOffer, act: Act) -> None:
    two = [asked(offer, act(key)) for key in ("deniz-kaya", "ralf-timmermann")]
    host = act("leonie-brandt")
    begin = Barrier(2)

    def accept(visit: ShadowingVisit) -> str:
        try:
            begin.wait()
            return visits.answer_request(actor=host, visit=visit, accept=True).state
        except Refused as refused:
            return refused.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(accept, two)) == ["accepted", "full"]
