"""What a person does with the forms of an agreement: typing an answer, handing it in, signing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections
from django.urls import reverse
from playwright.sync_api import Page, expect

from mtd.accounts.models import User
from mtd.agreements.models import Agreement, Signature, SigningRound
from mtd.guide.pack import Question, QuestionType

Typed = dict[str, str | list[str]]


def typed(question: Question, value: Mapping[str, Any], party: str, language: str) -> Typed:
    """An answer as it is typed into the fields of its question."""
    said: dict[str, Any]
    match question.type:
        case QuestionType.TABLE:
            said = {
                f"rows-{number}-{name}": cell
                for number, row in enumerate(value["rows"])
                for name, cell in row.items()
            }
        case QuestionType.CONTACT:
            said = dict(value["contacts"][party])
        case QuestionType.YES_NO:
            said = {**value, "yes": "yes" if value["yes"] else "no"}
        case _:
            said = dict(value)
    fields: Typed = {}
    for name, content in said.items():
        if isinstance(content, Mapping):
            fields |= {f"a-{name}-{lang}": text for lang, text in content.items() if lang == language}
        elif isinstance(content, list):
            fields[f"a-{name}"] = [str(item) for item in content]
        else:
            fields[f"a-{name}"] = str(content)
    return fields


def as_post(question: Question, value: Mapping[str, Any], party: str, language: str) -> dict[str, Any]:
    """The same as a browser would send it when it puts the answer on the table."""
    data: dict[str, Any] = {**typed(question, value, party, language), "a-stance": "put", "a-seen": "0"}
    if question.type == QuestionType.TABLE:
        data["a-count"] = str(len(value["rows"]))
    return data


def question_url(agreement: Agreement, key: str) -> str:
    return reverse("agreements:question", args=[agreement.pk, key])


def put_on_table(page: Page, agreement: Agreement, question: Question, fields: Typed) -> None:
    """Type an answer and put it on the table."""
    page.goto(question_url(agreement, question.key))
    page.locator('[name="a-stance"][value="put"]').check()
    rows = [int(found[1]) for name in fields if (found := re.match(r"a-rows-(\d+)-", name))]
    while rows and page.locator(f'[name^="a-rows-{max(rows)}-"]').count() == 0:
        page.get_by_role("button", name="More rows").click()
        page.locator('[name="a-stance"][value="put"]').check()
    for name, content in fields.items():
        fill(page, name, content)
    hand_in(page)


def fill(page: Page, name: str, content: str | list[str]) -> None:
    """Fill one field, whatever kind it is."""
    field = page.locator(f'[name="{name}"]')
    kind = field.first.evaluate("e => e.type")
    if kind == "checkbox":
        for box in field.all():
            box.set_checked(box.get_attribute("value") in content)
    elif kind == "radio":
        page.locator(f'[name="{name}"][value="{content}"]').check()
    elif kind == "select-one":
        field.select_option(str(content))
    else:
        field.fill(str(content))


def agree(page: Page, agreement: Agreement, question: Question) -> None:
    """Agree to what is on the table."""
    page.goto(question_url(agreement, question.key))
    page.locator('[name="a-stance"][value="agree"]').check()
    hand_in(page)


def hand_in(page: Page) -> None:
    """Hand the position in; the page says that it was taken."""
    page.get_by_role("button", name="Hand in our position").click()
    taken = re.compile("is on the table|position is handed in")
    expect(page.get_by_text(taken).first).to_be_visible()


def decide(page: Page, agreement: Agreement, body: str, day: str, number: str) -> None:
    """Record the decision of the own body."""
    page.goto(reverse("agreements:sign", args=[agreement.pk]))
    page.locator('[name="adopt-needed"][value="yes"]').check()
    page.locator('[name="adopt-body"]').fill(body)
    page.locator('[name="adopt-decided_on"]').fill(day)
    page.locator('[name="adopt-resolution"]').fill(number)
    page.get_by_role("button", name="Record the decision").click()
    expect(page.get_by_text("The decision is recorded.")).to_be_visible()


def may_sign(page: Page, agreement: Agreement, user: User) -> None:
    """The lead names themselves and confirms it."""
    page.goto(reverse("agreements:sign", args=[agreement.pk]))
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    page.locator('[name="mandate-user"]').select_option(str(user.pk))
    page.locator('[name="mandate-function"]').fill("Leitung")
    page.locator('[name="mandate-evidence"]').fill("Geschäftsordnung § 4")
    page.get_by_role("button", name="Propose").click()
    expect(page.get_by_text("Proposed. The lead")).to_be_visible()
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    page.get_by_role("button", name="Confirm", exact=True).click()
    expect(page.get_by_text("The mandate is confirmed.")).to_be_visible()


def sign(page: Page, agreement: Agreement, user: User) -> None:
    """Read the fixed text and sign it here, with the second factor."""
    page.goto(reverse("agreements:sign", args=[agreement.pk]))
    page.get_by_role("link", name="Read and sign").first.click()
    page.get_by_role("button", name="I have read the text").click()
    page.get_by_label("Type your name").fill(user.full_name)
    for _ in range(3):  # a code may run out between reading and sending it: then the page shows the next one
        said = page.get_by_text("Demonstration: your code is now").inner_text()
        page.get_by_label("Code of your second factor").fill("".join(c for c in said if c.isdigit()))
        with page.expect_navigation():
            page.get_by_role("button", name="Sign now").click()
        if not page.get_by_text("Please type the one shown now.").count():
            break
    expect(page.get_by_text("You have signed.")).to_be_visible()


def signed_file(agreement: Agreement) -> bytes:
    """The file with all signatures."""
    done = SigningRound.objects.select_related("current").get(
        version__agreement=agreement, state=SigningRound.State.COMPLETE
    )
    assert not Signature.objects.filter(round=done).exclude(state=Signature.State.SIGNED).exists()
    return bytes(done.current.content)


def apart(work: Callable[[], Any]) -> Any:
    """Do it in a thread of its own: the browser's driver keeps an event loop in this one."""

    def done() -> Any:
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(done).result()
