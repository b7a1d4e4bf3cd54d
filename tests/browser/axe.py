"""axe-core, the accessibility checker, run inside the page that a test has open."""

from functools import cache
from pathlib import Path

from playwright.sync_api import Page

SOURCE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# axe measures with inline styles, which the page's policy rightly reports; that is not the page's fault.
measuring: set[Page] = set()


@cache
def _source() -> str:
    return SOURCE.read_text(encoding="utf-8")


def axe(page: Page) -> list[str]:
    """Every violation on the page as one line: rule, what to do, where. Empty is good."""
    measuring.add(page)
    page.evaluate(_source())
    result = page.evaluate(
        "(rules) => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES
    )
    measuring.discard(page)
    return [
        f"{violation['id']}: {violation['help']} at {node['target'][0]}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]


def scrolls_sideways(page: Page) -> bool:
    """True if the page is wider than the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
