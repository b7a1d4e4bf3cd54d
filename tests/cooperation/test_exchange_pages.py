"""The pages of the exchange between people: flows, refusals, and that lists cost the same however long they are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from mtd.accounts.demo import code_at
from mtd.agreements.models import Agreement
from mtd.cooperation.actions import shadowing_offers as offers
from mtd.cooperation.actions.contacts import ask_contacts
from mtd.cooperation.actions.pulse import open_pulse
from mtd.cooperation.actions.shadowing_offers import Slot
from mtd.cooperation.models import (
    ContactConfirmation,
    PulseAnswer,
    PulseRound,
    PulseTurn,
    ShadowingDate,
    ShadowingOffer,
    ShadowingVisit,
)
from mtd.cooperation.pulse import ITEMS
from mtd.cooperation.queries.contacts import token_of
from mtd.core.actor import SYSTEM, Actor
from mtd.organizations.models import Network
from tests.cast import Cast
from tests.cooperation.conftest import BIRKENFURT
from tests.factories import cooperation as factory
from tests.factories.answers import _contact

Act = Callable[[str], Actor]
Browse = Callable[..., Client]
AREA = "/cooperation/birkenfurt/shadowing/"
PULSE = "/cooperation/birkenfurt/pulse/"
PEOPLE = "/cooperation/birkenfurt/people/"
SOON = timezone.localdate() + timedelta(days=9)


@pytest.fixture
def agreement(cast: Cast) -> Agreement:
    """Four parties in force since 2024, each with a contact."""
    organizations = [cast.organizations[key] for key in BIRKENFURT]
    made = factory.in_force(cast.networks["birkenfurt"], organizations, date(2024, 1, 1), factory.SHARED)
    contacts = {str(party.pk): _contact(n) for n, party in enumerate(made.parties.order_by("order"), 1)}
    factory.answer_all(made.versions.get(), {"contact_persons": {"contacts": contacts}})
    return made


@pytest.fixture
def network(agreement: Agreement) -> Network:
    return agreement.network


def an_offer(
    act: Act, network: Network, title: str = "A morning in the group", days: int = 1
) -> ShadowingOffer:
    return offers.offer_shadowing(
        actor=act("leonie-brandt"),
        network=network,
        title=title,
        what="How we begin.",
        dates=[Slot(SOON + timedelta(days=n), time(9), time(12)) for n in range(days)],
    )


def page(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, url
    return response.content.decode()


def a_code(cast: Cast, key: str) -> str:
    from allauth.mfa.models import Authenticator
    from allauth.mfa.utils import decrypt

    row = Authenticator.objects.get(user=cast.people[key], type="totp")
    return code_at(decrypt(row.data["secret"]))


# --- job shadowing ------------------------------------------------------------------------------------------------


def test_from_the_offer_to_the_report_through_the_pages(network: Network, cast: Cast, browse: Browse) -> None:
    host, guest = browse("leonie-brandt"), browse("deniz-kaya")
    assert "No offer yet" in page(guest, AREA)
    sent = host.post(
        f"{AREA}new/",
        {
            "title": "A morning in the group",
            "what": "How we begin.",
            "limits": "",
            "place": "Marktplatz 3",
            "contact": str(cast.people["jonas-reuter"].pk),
            "day-on": SOON.isoformat(),
            "day-from_time": "09:00",
            "day-to_time": "12:00",
            "day-places": "2",
        },
    )
    assert sent.status_code == 302
    offer = ShadowingOffer.objects.get()
    assert "2 places" in page(guest, AREA)
    day = ShadowingDate.objects.get()
    asked = guest.post(
        f"{AREA}{offer.pk}/", {"do": "request", "date": str(day.pk), "wish": "How do you talk about relapse?"}
    )
    visit = ShadowingVisit.objects.get()
    assert asked.headers["Location"] == f"{AREA}visits/{visit.pk}/"
    assert "Waiting for an answer" in page(guest, asked.headers["Location"])
    here = f"{AREA}visits/{visit.pk}/"
    contact = browse("jonas-reuter")
    assert "How do you talk about relapse?" in page(contact, here)
    assert "relapse" not in page(browse("ulrike-sand"), here)
    assert contact.post(here, {"do": "accept", "answer": "Ring at the side door."}).status_code == 302
    shown = page(guest, here)
    assert "Ring at the side door." in shown
    assert '<ol class="promises" lang="de">' in shown  # in the network's language
    wrong = guest.post(here, {"do": "undertake", "declaration": "Deniz Kaya", "code": "000000"})
    assert wrong.status_code == 422
    right = {"do": "undertake", "declaration": "deniz kaya", "code": a_code(cast, "deniz-kaya")}
    assert guest.post(here, right).status_code == 302
    pdf = guest.get(f"{here}undertaking.pdf")
    assert pdf.content.startswith(b"%PDF-")
    assert browse("svenja-kolb").get(f"{here}undertaking.pdf").status_code == 404
    early = guest.post(here, {"do": "report", "report": "Too early."})
    assert early.status_code == 422
    assert "Too early." in early.content.decode()  # what was typed stays
    ShadowingDate.objects.update(on=timezone.localdate())
    assert guest.post(here, {"do": "report", "report": "Mornings are hard for parents."}).status_code == 302
    assert "Mornings are hard" in page(browse("ulrike-sand"), here)
    picture = page(browse("miriam-hoffstedt"), AREA)
    assert "Mornings are hard" not in picture
    assert 'class="btw"' in picture
    table = browse("miriam-hoffstedt").get(AREA + "?format=csv").content.decode("utf-8-sig")
    assert "Kreisjugendamt Birkenfurt;Suchtberatung am Markt;1;all years" in table


@pytest.mark.parametrize("year", ["", "2026", "1850", "99999", "x", "２０２６", "-1"])
def test_any_year_in_the_address_gives_a_page(network: Network, browse: Browse, year: str) -> None:
    page(browse("deniz-kaya"), f"{AREA}?year={year}")


def test_mistakes_in_an_offer_are_told_and_nothing_typed_is_lost(network: Network, browse: Browse) -> None:
    host = browse("leonie-brandt")
    data = {"title": "A morning", "what": "How we begin.", "day-places": "0", "day-on": "2027-02-31"}
    answer = host.post(f"{AREA}new/", data)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "How we begin." in text
    assert not ShadowingOffer.objects.exists()
    past = host.post(f"{AREA}new/", {**data, "day-places": "1", "day-on": "2020-01-01"})
    assert past.status_code == 422
    assert "This day has passed" in past.content.decode()
    turned = {
        **data,
        "day-places": "1",
        "day-on": SOON.isoformat(),
        "day-from_time": "12:00",
        "day-to_time": "09:00",
    }
    assert "The end comes before the beginning" in host.post(f"{AREA}new/", turned).content.decode()


def test_a_full_day_cannot_be_chosen(network: Network, act: Act, browse: Browse) -> None:
    offer = an_offer(act, network)
    here = f"{AREA}{offer.pk}/"
    day = ShadowingDate.objects.get()
    browse("deniz-kaya").post(here, {"do": "request", "date": str(day.pk)})
    browse("svenja-kolb").post(here, {"do": "request", "date": str(day.pk)})
    first, second = ShadowingVisit.objects.order_by("at")
    host = browse("leonie-brandt")
    host.post(f"{AREA}visits/{first.pk}/", {"do": "accept"})
    assert "All places of this day are taken." in page(host, f"{AREA}visits/{second.pk}/")
    assert host.post(f"{AREA}visits/{second.pk}/", {"do": "accept"}).status_code == 422
    answer = browse("ralf-timmermann").post(here, {"do": "request", "date": str(day.pk)})
    assert answer.status_code == 422
    assert "All places are taken" in page(browse("ralf-timmermann"), here)


def test_the_host_adds_takes_back_closes_and_reopens(network: Network, act: Act, browse: Browse) -> None:
    offer = an_offer(act, network)
    here, host = f"{AREA}{offer.pk}/", browse("leonie-brandt")
    later = (SOON + timedelta(days=3)).isoformat()
    assert host.post(here, {"do": "add_date", "day-on": later, "day-places": "3"}).status_code == 302
    again = host.post(here, {"do": "add_date", "day-on": later, "day-places": "3"})
    assert again.status_code == 422
    assert "offered already" in again.content.decode()
    day = ShadowingDate.objects.order_by("-on")[0]
    assert host.post(here, {"do": "remove_date", "day": str(day.pk)}).status_code == 302
    assert ShadowingDate.objects.count() == 1
    assert host.post(here, {"do": "close"}).status_code == 302
    assert "closed" in page(browse("deniz-kaya"), here)
    assert host.post(here, {"do": "reopen"}).status_code == 302
    assert host.post(here, {"do": "nonsense"}).status_code == 404
    assert browse("deniz-kaya").post(here, {"do": "close"}).status_code == 403
    edited = host.post(f"{here}edit/", {"title": "An afternoon", "what": "How we end."})
    assert edited.status_code == 302
    assert "An afternoon" in page(host, here)
    assert browse("deniz-kaya").get(f"{here}edit/").status_code == 403


def test_strangers_find_no_pages_and_visits_stay_between_the_two(
    network: Network, act: Act, browse: Browse
) -> None:
    offer = an_offer(act, network)
    day = ShadowingDate.objects.get()
    browse("deniz-kaya").post(f"{AREA}{offer.pk}/", {"do": "request", "date": str(day.pk)})
    visit = ShadowingVisit.objects.get()
    stranger = browse("pia-lennartz")
    for url in (AREA, f"{AREA}new/", f"{AREA}{offer.pk}/", f"{AREA}visits/{visit.pk}/", PULSE, PEOPLE):
        assert stranger.get(url).status_code == 404, url
    for key in ("jonas-reuter", "miriam-hoffstedt", "ralf-timmermann"):
        assert browse(key).get(f"{AREA}visits/{visit.pk}/").status_code == 404
    other = f"/cooperation/kreis-heinsberg/shadowing/visits/{visit.pk}/"
    assert stranger.get(other).status_code == 404


def test_the_list_of_offers_costs_the_same_queries_for_one_and_for_three(
    network: Network, act: Act, browse: Browse, django_assert_num_queries: Callable[..., Any]
) -> None:
    client = browse("miriam-hoffstedt")
    an_offer(act, network)
    page(client, AREA)
    with django_assert_num_queries(10):
        page(client, AREA)
    for number in range(2):
        an_offer(act, network, title=f"Another {number}", days=4)
    with django_assert_num_queries(10):
        page(client, AREA)


# --- the partner pulse --------------------------------------------------------------------------------------------


def test_the_pulse_is_answered_on_one_page_and_shown_when_closed(
    network: Network, cast: Cast, browse: Browse
) -> None:
    assert "No round yet" in page(browse("jonas-reuter"), PULSE)
    assert browse("jonas-reuter").post(PULSE).status_code == 403
    assert browse("miriam-hoffstedt").post(PULSE).status_code == 302
    assert browse("miriam-hoffstedt").post(PULSE).status_code == 409
    for key in ("jonas-reuter", "leonie-brandt", "tarek-aziz", "svenja-kolb"):
        client = browse(key)
        form = page(client, f"{PULSE}answer/")
        assert form.count("<fieldset") == 18
        data = {}
        for organization in (cast.organizations[name] for name in BIRKENFURT):
            data |= {f"{organization.pk.hex}-{item}": "4" for item in ITEMS}
            data[f"{organization.pk.hex}-use_3"] = "0"
        assert client.post(f"{PULSE}answer/", data).status_code == 302
        assert client.post(f"{PULSE}answer/", data).status_code == 422
        assert "You have answered about every partner" in page(client, f"{PULSE}answer/")
    assert PulseTurn.objects.count() == 12
    assert set(PulseAnswer.objects.values_list("trust_1", "use_3")) == {(4, None)}
    shown = page(browse("beate-lohmann"), PULSE)
    assert "4 people have answered" in shown
    assert "4.0" not in shown
    today = timezone.localdate()
    PulseRound.objects.update(opened_on=today - timedelta(days=30), closes_on=today - timedelta(days=1))
    shown = page(browse("beate-lohmann"), PULSE)
    assert "4.0" in shown
    assert "too few answers" in shown
    table = browse("beate-lohmann").get(PULSE + "?format=csv").content.decode("utf-8-sig")
    assert ";Addiction care;Youth welfare;4.0;4.0;4.0;4.0;4.0;" in table
    assert "No round is open" in page(browse("beate-lohmann"), f"{PULSE}answer/")


def test_nothing_chosen_and_nonsense_are_told(network: Network, cast: Cast, act: Act, browse: Browse) -> None:
    open_pulse(actor=act("miriam-hoffstedt"), network=network)
    client = browse("jonas-reuter")
    empty = client.post(f"{PULSE}answer/", {})
    assert empty.status_code == 422
    assert "at least one question" in empty.content.decode()
    about = cast.organizations[BIRKENFURT[2]].pk.hex
    for wrong in ("9", "x", "-1"):
        assert client.post(f"{PULSE}answer/", {f"{about}-trust_1": wrong}).status_code == 422
    assert client.post(f"{PULSE}answer/", {f"{about}-trust_1": "0"}).status_code == 302
    assert PulseAnswer.objects.count() == 0


def test_the_coordination_sees_the_pulse_and_does_not_answer(
    network: Network, act: Act, browse: Browse
) -> None:
    open_pulse(actor=act("miriam-hoffstedt"), network=network)
    client = browse("miriam-hoffstedt")
    assert "Answer now" not in page(client, PULSE)
    assert "This round asks the partners" in page(client, f"{PULSE}answer/")
    assert client.post(f"{PULSE}answer/", {}).status_code == 403
    assert PulseTurn.objects.count() == 0


def test_the_pulse_page_costs_the_same_queries_for_one_round_and_for_three(
    network: Network, cast: Cast, browse: Browse, django_assert_num_queries: Callable[..., Any]
) -> None:
    client = browse("jonas-reuter")

    def closed(year: int) -> None:
        one = PulseRound.objects.create(
            network=network, opened_on=date(year, 3, 1), closes_on=date(year, 3, 29)
        )
        for about in BIRKENFURT[2:]:
            for number in range(1, 6):
                PulseAnswer.objects.create(
                    round=one,
                    from_system="addiction_care",
                    about=cast.organizations[about],
                    **dict.fromkeys(ITEMS, number),
                )

    closed(2024)
    page(client, PULSE)
    with django_assert_num_queries(13):
        assert "3.0" in page(client, PULSE)
    closed(2025)
    closed(2026)
    with django_assert_num_queries(13):
        assert "Over the rounds" in page(client, PULSE)


# --- who is who ---------------------------------------------------------------------------------------------------


def test_opening_the_link_confirms_nothing_pressing_the_button_does(
    agreement: Agreement, client: Client
) -> None:
    party, other = agreement.parties.order_by("order")[:2]
    assert ask_contacts(actor=SYSTEM, party_id=party.pk)
    row = ContactConfirmation.objects.get()
    here = f"/cooperation/contacts/{token_of(row.pk)}/"
    for _scan in range(3):
        shown = page(client, here)
        assert client.head(here).status_code == 200
    assert "Robin Beispiel 1" in shown
    assert "Robin Beispiel 2" not in shown
    assert shown.split("<main")[1].split("</main>")[0].count("<button") == 1
    row.refresh_from_db()
    assert row.confirmed_on is None
    assert "Thank you" in client.post(here).content.decode()
    row.refresh_from_db()
    assert row.confirmed_on == timezone.localdate()
    assert client.post(here).status_code == 410
    assert "Robin" not in page(client, here, status=410)
    assert other.contact_confirmations.count() == 0


def test_the_link_is_never_cached_and_not_indexed(agreement: Agreement, client: Client) -> None:
    ask_contacts(actor=SYSTEM, party_id=agreement.parties.order_by("order")[0].pk)
    response = client.get(f"/cooperation/contacts/{token_of(ContactConfirmation.objects.get().pk)}/")
    assert "no-store" in response.headers["Cache-Control"]
    assert 'content="noindex"' in response.content.decode()


def test_people_confirm_from_inside_and_ring_a_bell_where_nobody_answers(
    agreement: Agreement, browse: Browse
) -> None:
    client = browse("jonas-reuter")
    own, other = agreement.parties.order_by("order")[:2]
    shown = page(client, PEOPLE)
    assert "Robin Beispiel 1" in shown
    assert "Kim Vertretung 4" in shown
    assert client.post(PEOPLE, {"do": "confirm", "party": str(own.pk)}).status_code == 302
    assert "confirmed" in page(client, PEOPLE)
    assert client.post(PEOPLE, {"do": "confirm", "party": str(other.pk)}).status_code == 403
    assert client.post(PEOPLE, {"do": "doubt", "party": str(other.pk)}).status_code == 302
    assert client.post(PEOPLE, {"do": "x", "party": str(other.pk)}).status_code == 404
    assert client.post(PEOPLE, {"do": "confirm", "party": "x"}).status_code == 404


@pytest.mark.parametrize("version", ["4.0", "3.0"])
def test_address_books_get_contacts_and_deputies(agreement: Agreement, browse: Browse, version: str) -> None:
    client = browse("miriam-hoffstedt")
    response = client.get(f"/cooperation/birkenfurt/people.vcf?version={version}")
    text = response.content.decode()
    assert response.headers["Content-Type"].startswith("text/vcard")
    assert text.count("BEGIN:VCARD") == 8
    assert f"VERSION:{version}" in text
    organization = agreement.parties.order_by("order")[0].organization_id
    one = client.get(f"/cooperation/birkenfurt/people/{organization}.vcf?version={version}").content.decode()
    assert one.count("BEGIN:VCARD") == 2
    assert client.get("/cooperation/birkenfurt/people.vcf?version=2.1").status_code == 404
    assert browse("pia-lennartz").get("/cooperation/birkenfurt/people.vcf").status_code == 404
    assert (
        browse("pia-lennartz").get(f"/cooperation/kreis-heinsberg/people/{organization}.vcf").status_code
        == 404
    )


def test_who_is_who_costs_the_same_queries_for_one_agreement_and_for_three(
    agreement: Agreement,
    cast: Cast,
    browse: Browse,
    django_assert_num_queries: Callable[..., Any],
) -> None:
    client = browse("miriam-hoffstedt")
    page(client, PEOPLE)
    with django_assert_num_queries(14):
        page(client, PEOPLE)
    for number in range(2):
        factory.in_force(
            cast.networks["birkenfurt"],
            [cast.organizations[key] for key in BIRKENFURT],
            date(2025, 1, 1),
            factory.COMMITTEE,
            title=f"Another {number}",
        )
    with django_assert_num_queries(14):
        page(client, PEOPLE)


def test_who_is_who_teaches_before_the_first_agreement(cast: Cast, browse: Browse) -> None:
    shown = page(browse("pia-lennartz"), "/cooperation/kreis-heinsberg/people/")
    assert "No agreement in force, so nobody is named." in shown
    assert "Anke Wolters" in shown
    page(browse("pia-lennartz"), "/cooperation/kreis-heinsberg/pulse/")
    page(browse("pia-lennartz"), "/cooperation/kreis-heinsberg/pulse/answer/")
    assert "No offer yet" in page(browse("pia-lennartz"), "/cooperation/kreis-heinsberg/shadowing/")
