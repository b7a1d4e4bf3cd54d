"""A question about a case from its beginning to its end: no name leaves, an answer comes, the words are destroyed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from mtd.agreements.models import Agreement
from mtd.consultations.jobs import end_due
from mtd.consultations.models import Consultation, Contribution
from mtd.core.models import DataKey
from tests.browser.axe import axe, scrolls_sideways
from tests.browser.conftest import PHONE
from tests.browser.hands import apart
from tests.cast import Cast
from tests.factories import agreements as factory
from tests.factories import signing as signed
from tests.factories.consultations import a_case, fill

NewPage = Callable[..., Page]
NAMED = "Mrs Kowalczyk has relapsed. Call her on +49 2761 9400123."
STORY = "The mother has relapsed. Since then the grandmother brings the older child to school."


@pytest.fixture
def lived(cast: Cast) -> Agreement:
    both = [cast.organizations[key] for key in ("kreisjugendamt-birkenfurt", "suchtberatung-am-markt")]
    agreement = factory.found(cast.networks["birkenfurt"], both, title="Gelebte Vereinbarung")
    apart(lambda: signed.living(agreement))
    return Agreement.objects.select_related("network").get(pk=agreement.pk)


def test_a_question_goes_out_without_a_name_is_answered_and_ends(
    new_page: NewPage, lived: Agreement, cast: Cast
) -> None:
    slug = lived.network.slug
    worker = new_page(user=cast.people["jonas-reuter"], viewport=PHONE)
    worker.goto(reverse("consultations:new", args=[slug]))
    worker.get_by_role("radio", name="Kreisjugendamt Birkenfurt").first.check()
    worker.get_by_role("button", name="Go on to the household").click()
    expect(worker.get_by_role("heading", name="Who belongs to the family?")).to_be_visible()
    draft = Consultation.objects.get()
    apart(lambda: fill(cast.actor("jonas-reuter"), draft, a_case()))

    worker.goto(reverse("consultations:story", args=[draft.pk]))
    story = worker.get_by_role("textbox", name="What happened?")
    story.fill(NAMED)
    expect(worker.locator(".mk--certain").filter(has_text="9400123")).to_be_visible()
    expect(worker.locator(".find").filter(has_text="Kowalczyk").first).to_be_visible()
    assert axe(worker) == []
    assert not scrolls_sideways(worker)
    with worker.expect_navigation():
        worker.get_by_role("button", name="Go on to checking").click()
    expect(worker.locator("body")).to_contain_text("Kowalczyk")
    assert Consultation.objects.get().state == Consultation.State.DRAFT

    worker.goto(reverse("consultations:story", args=[draft.pk]))
    worker.get_by_role("textbox", name="What happened?").fill(STORY)
    with worker.expect_navigation():
        worker.get_by_role("button", name="Go on to checking").click()
    worker.get_by_role("button", name="Send the question").click()
    expect(worker.locator(".messages")).to_contain_text("Sent.")

    office = new_page(user=cast.people["deniz-kaya"])
    office.goto(reverse("consultations:index"))
    office.get_by_role("link", name="Read and answer").first.click()
    expect(office.locator("main")).to_contain_text(STORY)
    assert "Kowalczyk" not in office.content()
    office.locator("#id_answer-text").fill("Offer a group, and ask the grandmother along.")
    office.get_by_role("button", name="Send the answer").click()
    expect(office.locator("#thread")).to_contain_text("ask the grandmother along")

    worker.goto(reverse("consultations:page", args=[draft.pk]))
    expect(worker.locator("#thread")).to_contain_text("ask the grandmother along")
    expect(worker.locator("main")).to_contain_text("Deniz Kaya")
    assert axe(worker) == []

    Consultation.objects.update(ends_on=timezone.localdate() - timedelta(days=1))
    apart(end_due)
    ended = Consultation.objects.get()
    assert ended.state == Consultation.State.ENDED
    assert not Contribution.objects.exists()
    assert not DataKey.objects.using("keys").filter(pk=draft.data_key_id).exists()
    gone = worker.goto(reverse("consultations:page", args=[draft.pk]))
    assert gone is not None
    assert gone.status == 404
