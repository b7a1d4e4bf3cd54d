"""The forms of a case on a phone: everything chosen can be read, and what may be written on is paper."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from mtd.consultations.actions.drafting import begin
from mtd.consultations.models import Topic, Way
from tests.browser.conftest import PHONE
from tests.browser.hands import apart
from tests.cast import Cast
from tests.factories import consultations as factory

NewPage = Callable[..., Page]
CUT_OFF = """() => [...document.querySelectorAll("main select")].filter((select) => {
  if (!select.checkVisibility()) return false;
  const look = getComputedStyle(select);
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = look.font;
  const room = select.clientWidth - parseFloat(look.paddingLeft) - parseFloat(look.paddingRight);
  return pen.measureText(select.selectedOptions[0].text).width > room + 0.5;
}).map((select) => `${select.name}: ${select.selectedOptions[0].text}`)"""
BARE_LINES = """() => [...document.querySelectorAll(".line textarea")].filter((field) => !field.value).filter(
  (field) => getComputedStyle(field.previousElementSibling).backgroundColor === "rgba(0, 0, 0, 0)").length"""


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("step", ["household", "story"])
@pytest.mark.parametrize("filled", [True, False])
def test_no_choice_is_cut_off_and_no_empty_line_is_without_paper_on_a_phone(
    new_page: NewPage, cast: Cast, filled: bool, step: str, language: str
) -> None:
    jonas = cast.people["jonas-reuter"]
    type(jonas).objects.filter(pk=jonas.pk).update(language=language)
    jonas_acts, network = cast.actor("jonas-reuter"), cast.networks["birkenfurt"]
    draft = apart(lambda: begin(actor=jonas_acts, network=network, way=Way.OWN_HOUSE))
    if filled:
        apart(lambda: factory.fill(jonas_acts, draft, factory.a_case(), topic=Topic.PREGNANCY))
    page = new_page(user=jonas, viewport=PHONE, locale=language)
    page.goto(reverse(f"consultations:{step}", args=[draft.pk]))
    page.evaluate("document.querySelectorAll('main details').forEach((folded) => { folded.open = true })")
    assert page.evaluate(CUT_OFF) == []
    page.locator("body").click(position={"x": 1, "y": 1})
    assert page.evaluate(BARE_LINES) == 0
