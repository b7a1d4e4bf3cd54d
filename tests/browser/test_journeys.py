"""Two real-shaped agreements from the empty guide to the signed, verified PDF, through the pages; every kind of
page at both widths.

What they agree on is the demo's content: shaped like Siegen-Wittgenstein's and Kreis Heinsberg's agreements.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from mtd.accounts.models import User
from mtd.agreements.models import Agreement, Answer, Version
from mtd.agreements.queries import load_room
from mtd.core.actor import SYSTEM
from mtd.countries.queries import legal_bases
from mtd.documents.queries import inspect
from mtd.documents.verifying import Inspection
from mtd.guide.pack import Pack, Question, open_questions
from mtd.guide.queries import pack_by_id
from mtd.home.demo.answers import Table, read, speaker
from mtd.home.demo.clock import Calendar
from mtd.home.demo.seeding import seed
from tests.browser import hands
from tests.browser.axe import axe, scrolls_sideways
from tests.browser.conftest import DESK, PHONE
from tests.browser.hands import apart
from tests.cast import Cast, build_cast
from tests.factories import agreements as factory

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
NewPage = Callable[..., Page]


class Journey:
    """One network on its way from the empty guide to the signed agreement."""

    def __init__(self, slug: str, content: str, keys: list[str], new_page: NewPage) -> None:
        factory.cooperation_guide()
        self.cast: Cast = build_cast(only={slug})
        User.objects.update(language="en")
        self.slug, self.keys, self.new_page = slug, keys, new_page
        self.answers: dict[str, Any] = read(content)["answers"]
        self._pages: dict[Any, Page] = {}

    def page_of(self, user: User, **options: Any) -> Page:
        """The browser of one person, kept open."""
        if user.pk not in self._pages:
            self._pages[user.pk] = self.new_page(user=user, **options)
        return self._pages[user.pk]

    @property
    def coordinator(self) -> User:
        network = self.cast.networks[self.slug]
        return User.objects.get(memberships__network=network, memberships__role="coordinator")

    def begin(self, title: str) -> Agreement:
        """The coordination begins the agreement on the page for it."""
        page = self.page_of(self.coordinator)
        page.goto(reverse("agreements:register"))
        page.get_by_role("link", name="Begin an agreement").first.click()
        page.get_by_label("Title of the agreement").fill(title)
        page.get_by_label("What it is for, in one sentence").fill("Familien gemeinsam unterstützen.")
        for key in self.keys:
            page.get_by_label(self.cast.organizations[key].name).check()
        page.get_by_label("Language of the text").select_option("de")
        page.get_by_label("First meeting").fill("2021-05-20")
        page.get_by_role("button", name="Begin", exact=True).click()
        expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
        return Agreement.objects.select_related("network").get(title=title)

    def table(self, agreement: Agreement) -> Table:
        parties = {p.organization_id: p for p in agreement.parties.select_related("organization")}
        return Table(
            cast=self.cast,
            keys=self.keys,
            parties={key: parties[self.cast.organizations[key].pk] for key in self.keys},
            language="de",
            calendar=Calendar(),
            bases=frozenset(basis.key for basis in legal_bases(agreement.network.country)),
        )

    def questions(self, agreement: Agreement) -> list[Question]:
        """What is to be answered, in the guide's order; branches open on the way."""
        return [question for question in self.pack(agreement).questions if question.key in self.answers]

    def pack(self, agreement: Agreement) -> Pack:
        return pack_by_id(self.version(agreement).guide_version_id)

    def version(self, agreement: Agreement) -> Version:
        return Version.objects.get(agreement=agreement)

    def is_open(self, agreement: Agreement, question: Question) -> bool:
        values = dict(
            Answer.objects.filter(version__agreement=agreement).values_list("question_key", "value")
        )
        return question.key in open_questions(self.pack(agreement), values)

    def all_agreed(self, agreement: Agreement) -> None:
        standing = load_room(SYSTEM, agreement).standing
        assert {key for key, stand in standing.by_key.items() if stand.state != "agreed"} == {
            key for key in standing.by_key if key not in self.answers
        }

    def sign(self, agreement: Agreement, day: str) -> bytes:
        """Adopt, name who signs, fix the text, sign: everybody on the pages. Gives the signed file."""
        page = self.page_of(self.coordinator)
        sign_url = reverse("agreements:sign", args=[agreement.pk])
        page.goto(sign_url)
        page.get_by_role("button", name="Lay the text before the bodies").click()
        expect(page.get_by_text("The text now lies before the bodies.")).to_be_visible()
        leads = [self.cast.lead(key) for key in self.keys]
        for number, lead in enumerate(leads):
            hands.decide(self.page_of(lead), agreement, "Jugendhilfeausschuss", day, f"{7 + number}/2022")
            hands.may_sign(self.page_of(lead), agreement, lead)
        page.goto(sign_url)
        page.get_by_role("button", name="Fix the text and open signing").click()
        expect(page.get_by_text("The text is fixed. Signing can begin.")).to_be_visible()
        for lead in leads:
            hands.sign(self.page_of(lead), agreement, lead)
        return hands.signed_file(agreement)

    def verified(self, agreement: Agreement, pdf: bytes) -> Inspection:
        """Anybody checks the file without signing in; then pyHanko looks, too."""
        guest = self.new_page()
        guest.goto(reverse("public:verify"))
        file = {"name": "vereinbarung.pdf", "mimeType": "application/pdf", "buffer": pdf}
        guest.get_by_label("The signed PDF").set_input_files([file])  # type: ignore[list-item]
        guest.get_by_role("button", name="Check").click()
        expect(guest.get_by_role("heading", name="This agreement is in force")).to_be_visible()
        expect(guest.get_by_text("byte for byte")).to_be_visible()
        assert axe(guest) == []
        found: Inspection = apart(lambda: inspect(pdf))
        assert agreement.code in found.keywords
        return found


def test_two_parties_click_their_way_from_the_empty_guide_to_the_verified_file(
    live_server: Any, new_page: NewPage, settings: Any
) -> None:
    settings.MTD_DEMO = True
    keys = ["awo-siegen", "jugendamt-siegen-wittgenstein"]
    journey = Journey("siegen-wittgenstein", "siegen", keys, new_page)
    agreement = journey.begin("Kooperationsvereinbarung Siegen-Wittgenstein")
    table = journey.table(agreement)
    people = [speaker(journey.cast, key) for key in keys]
    for number, question in enumerate(journey.questions(agreement)):
        assert journey.is_open(agreement, question), question.key
        value = table.value(question, journey.answers[question.key])
        first, second = number % 2, 1 - number % 2
        ids = [str(table.parties[key].pk) for key in keys]
        hands.put_on_table(
            journey.page_of(people[first]),
            agreement,
            question,
            hands.typed(question, value, ids[first], "de"),
        )
        if question.per_party:
            fields = hands.typed(question, value, ids[second], "de")
            hands.put_on_table(journey.page_of(people[second]), agreement, question, fields)
        else:
            hands.agree(journey.page_of(people[second]), agreement, question)
    journey.all_agreed(agreement)
    page = journey.page_of(people[0])
    page.goto(reverse("agreements:text", args=[agreement.pk]))
    expect(page.get_by_text("mindestens einmal im Jahr").first).to_be_visible()
    found = journey.verified(agreement, journey.sign(agreement, "2022-10-27"))
    assert [signature.holds for signature in found.signatures] == [True, True]
    assert {signature.signer for signature in found.signatures} == {"Carsten Weiß", "Petra Afflerbach"}


def test_eight_parties_bring_sixty_answers_to_eight_signatures(
    live_server: Any, new_page: NewPage, settings: Any
) -> None:
    settings.MTD_DEMO = True
    keys = [
        "gesundheitsamt-heinsberg",
        "caritas-heinsberg",
        "diakonie-heinsberg",
        "jugendamt-kreis-heinsberg",
        "jugendamt-erkelenz",
        "jugendamt-geilenkirchen",
        "jugendamt-heinsberg",
        "jugendamt-hueckelhoven",
    ]
    journey = Journey("kreis-heinsberg", "heinsberg", keys, new_page)
    agreement = journey.begin("Vereinbarung Kreis Heinsberg")
    table = journey.table(agreement)
    clients = {}
    for key in keys:
        clients[key] = Client(headers={"accept-language": "en"})
        clients[key].force_login(
            speaker(journey.cast, key), backend="django.contrib.auth.backends.ModelBackend"
        )
    for number, question in enumerate(journey.questions(agreement)):
        value = table.value(question, journey.answers[question.key])
        address = hands.question_url(agreement, question.key)
        setter = keys[number % len(keys)]
        for key in [setter, *(k for k in keys if k != setter)]:
            party = str(table.parties[key].pk)
            answer = Answer.objects.filter(version__agreement=agreement, question_key=question.key).first()
            revision = str(answer.revision if answer else 0)
            if question.per_party or key == setter:
                form = {**hands.as_post(question, value, party, "de"), "a-seen": revision}
            else:
                form = {"a-stance": "agree", "a-seen": revision}
            response = clients[key].post(address, form)
            assert response.status_code == 302, (question.key, key, response.content.decode()[:4000])
    journey.all_agreed(agreement)
    pdf = journey.sign(agreement, "2016-03-09")
    found = journey.verified(agreement, pdf)
    assert len(found.signatures) == 8
    assert all(signature.holds for signature in found.signatures)
    altered = bytearray(pdf)
    altered[len(pdf) // 3] ^= 1
    assert not all(s.holds for s in apart(lambda: inspect(bytes(altered))).signatures)


@pytest.fixture
def lived_in(live_server: Any, settings: Any) -> dict[str, Agreement]:
    """The whole demo, by network."""
    settings.MTD_DEMO = True
    apart(lambda: list(seed()))
    return {a.network.slug: a for a in Agreement.objects.select_related("network")}


ROOMS = ("overview", "questions", "text", "annexes", "road", "sign", "life", "parties", "log")
VISITS = {
    "birkenfurt": ("jonas-reuter", ROOMS),
    "kreis-heinsberg": ("anke-wolters", ("overview", "text", "annexes", "road", "sign", "life")),
    "tammerlinna": ("aino-virtala", ROOMS),
    "eupener-land": ("sophie-lambertz", ("overview", "text", "sign")),
    "rivierenland-oost": ("fenna-dijkstra", ("overview", "sign")),
    "zelena-dolina": ("matej-zupan", ("overview", "sign", "life")),
    "costa-clara": ("alvaro-montes", ("overview", "questions", "text", "life")),
    "valverde": ("chiara-montaldo", ("overview", "life")),
    "ria-serena": ("rui-tavares-melo", ("overview", "sign", "life")),
    "horni-luka": ("jana-sediva", ("overview", "questions")),
    "nea-akti": ("nikos-stathakos", ("overview", "sign")),
    "anatoliki-akti": ("stella-pavlou", ("overview", "questions")),
    "horna-dolina": ("zuzana-hlavata", ("overview", "life")),
}


def test_every_kind_of_page_of_the_whole_demo_is_accessible_at_both_widths(
    lived_in: dict[str, Agreement], new_page: NewPage
) -> None:
    assert {a.state for a in lived_in.values()} == {"working", "in_force", "ended", "abandoned"}
    assert {v.state for v in Version.objects.all()} == {state.value for state in Version.State}
    faults = []
    for slug, (who, rooms) in VISITS.items():
        agreement = lived_in[slug]
        user = User.objects.get(email=f"{who}@demo.example")
        addresses = [reverse(f"agreements:{room}", args=[agreement.pk]) for room in rooms]
        addresses += ["/", reverse("agreements:profile", args=[agreement.code])]
        if slug == "birkenfurt":
            addresses += [
                reverse("agreements:register"),
                reverse("agreements:new"),
                reverse("agreements:meeting_new", args=[agreement.pk]),
                reverse("agreements:guide_move", args=[agreement.pk]),
                hands.question_url(agreement, "referral_ack"),
                hands.question_url(agreement, "mandates_table"),
                reverse("agreements:meeting", args=[agreement.pk, "referral_ack"]),
                reverse("agreements:clause", args=[agreement.pk, "consultation_answer"]),
                reverse("public:profile", args=[lived_in["kreis-heinsberg"].code]),
            ]
        for size in (DESK, PHONE):
            page = new_page(user=user, viewport=size, locale=user.language)
            for address in addresses:
                response = page.goto(address)
                place = f"{slug} {address} at {size['width']}"
                if response is None or response.status != 200:
                    faults.append(f"{place}: {response.status if response else 'no answer'}")
                    continue
                faults += [f"{place}: {fault}" for fault in axe(page)]
                if scrolls_sideways(page):
                    faults.append(f"{place}: wider than the window")
            page.close()
    assert faults == []


def test_the_register_and_the_overview_work_with_the_keyboard_alone(
    live_server: Any, new_page: NewPage, settings: Any
) -> None:
    settings.MTD_DEMO = True
    apart(lambda: list(seed(only={"birkenfurt"})))
    page = new_page(user=User.objects.get(email="jonas-reuter@demo.example"), locale="de")
    page.goto(reverse("agreements:register"))
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_attribute("href", "#main")
    page.get_by_role("link", name="Kooperationsvereinbarung Birkenfurt").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Kooperationsvereinbarung Birkenfurt")).to_be_visible()
    page.get_by_role("link", name="Weiter mit Frage 9.3").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Vermittlung bestätigt")
    page.locator('[name="a-stance"][value="agree"]').focus()
    page.keyboard.press("Space")
    page.locator('[name="a-stance"][value="agree"]').press("Enter")
    expect(page.get_by_text("Haltung").first).to_be_visible()
