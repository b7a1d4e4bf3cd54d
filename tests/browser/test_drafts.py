"""What one has typed survives a lost connection, and does not survive the person."""

from playwright.sync_api import Page, Route, expect

REASON = "#good_reason"


def test_text_comes_back_after_the_page_was_left_by_mistake(page: Page) -> None:
    page.goto("/components/")
    page.fill(REASON, "Ein neuer Grund – Ελληνικά")
    page.check("#good_stance_0")
    page.reload()
    expect(page.locator(REASON)).to_have_value("Ein neuer Grund – Ελληνικά")
    expect(page.locator("#good_stance_0")).to_be_checked()
    expect(page.locator("#form [data-saved]")).to_contain_text("brought back")


def test_text_is_kept_in_this_window_only(page: Page) -> None:
    page.goto("/components/")
    page.fill(REASON, "Nur hier")
    assert "Nur hier" in page.evaluate("JSON.stringify(Object.values(sessionStorage))")
    assert page.evaluate("JSON.stringify(Object.values(localStorage))").count("Nur hier") == 0


def test_a_saved_text_leaves_no_copy_behind(page: Page) -> None:
    page.goto("/components/")
    page.route("**/draft/", lambda route: route.fulfill(status=204))
    page.evaluate("document.querySelector('#form form').dataset.autosave = '/draft/'")
    page.fill(REASON, "Gespeichert")
    expect(page.locator("#form [data-saved]")).not_to_contain_text("not yet sent")
    expect(page.locator("#form [data-saved]")).to_contain_text("saved ")
    assert "Gespeichert" not in page.evaluate("JSON.stringify(Object.values(sessionStorage))")


def test_an_ended_session_loses_nothing_and_says_so(page: Page) -> None:
    def to_sign_in(route: Route) -> None:
        route.fulfill(status=302, headers={"location": "/accounts/login/"})

    page.goto("/components/")
    page.route("**/draft/", to_sign_in)
    page.evaluate("document.querySelector('#form form').dataset.autosave = '/draft/'")
    page.fill(REASON, "Nicht verloren")
    expect(page.locator("#form [data-saved]")).to_contain_text("Not saved")
    page.reload()
    expect(page.locator(REASON)).to_have_value("Nicht verloren")


def test_the_next_person_in_the_window_does_not_find_the_text(page: Page) -> None:
    page.goto("/components/")
    page.fill(REASON, "Vertraulich")
    page.evaluate(
        """() => {
            const form = document.createElement('form');
            form.setAttribute('data-clear-drafts', '');
            document.body.append(form);
            form.addEventListener('submit', (event) => event.preventDefault());
            form.requestSubmit();
        }"""
    )
    page.reload()
    expect(page.locator(REASON)).to_have_value("")


def test_menus_close_with_escape_and_give_the_focus_back(page: Page) -> None:
    page.goto("/components/")
    summary = page.locator("#page_head .actions summary")
    summary.click()
    expect(page.locator("#page_head .actions")).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(page.locator("#page_head .actions")).not_to_have_attribute("open", "")
    expect(summary).to_be_focused()
