"""The dashboard in a real browser, as a reader uses it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from playwright.sync_api import ConsoleMessage, Page

from dashboard_server import CHROMIUM, PAGES, served

__all__ = ["CHROMIUM", "PAGES", "served"]


def watched(page: Page) -> Iterator[Page]:
    errors: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            errors.append(message.text)

    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", note)
    yield page
    assert errors == []


def visit(page: Page, address: str, name: str = "Pulse", **filters: str) -> None:
    """Open a page of the dashboard, and wait until it has come to rest."""
    named = {"page": name, **filters}
    query = "&".join(f"{key}={quote_plus(value)}" for key, value in named.items())
    page.goto(f"{address}/?{query}")
    page.get_by_role("heading", name=name, exact=True).wait_for(timeout=60_000)
    settle(page)


def settle(page: Page) -> None:
    """Wait until nothing runs and nothing more appears, however busy the machine is.

    What has arrived may not be drawn yet: the browser is asked when it has nothing left
    to do, which it tells the later the less of the machine it has.
    """
    seen, still = "", 0
    while still < 3:
        page.wait_for_selector(
            '[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=60_000
        )
        page.wait_for_timeout(350)
        page.evaluate("new Promise(idle => requestIdleCallback(() => idle()))")
        text = page.locator('[data-testid="stApp"]').inner_text()
        seen, still = text, still + 1 if text == seen else 0


def figures(page: Page) -> dict[str, str]:
    """Return the figures of a page by label."""
    page.locator('[data-testid="stMetric"]').first.wait_for()
    return {
        metric.locator('[data-testid="stMetricLabel"]').inner_text(): metric.locator(
            '[data-testid="stMetricValue"]'
        ).inner_text()
        for metric in page.locator('[data-testid="stMetric"]').all()
    }


def downloaded(page: Page, name: str) -> list[dict[str, str]]:
    """Return the rows of the download of a table."""
    with page.expect_download() as waiting:
        page.locator(f".st-key-download_{name} button").click()
    text = Path(waiting.value.path()).read_text("utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def cells(found: Iterable[Mapping[str, Any]], *columns: str) -> list[tuple[str, ...]]:
    """Return columns of rows in a form in which a file and a query can be compared."""
    return [tuple(cell(row[column]) for column in columns) for row in found]


def cell(value: object) -> str:
    """Return a value as text: numbers to nine digits, nothing as nothing."""
    if value is None or value == "":
        return ""
    try:
        return f"{float(str(value)):.9g}"
    except ValueError:
        return str(value)


def choose_row(page: Page, name: str) -> None:
    """Choose the first row of a table; tables come late."""
    table = page.locator(f".st-key-table_{name}").locator('[data-testid="stDataFrame"]')
    table.wait_for()
    page.wait_for_timeout(700)
    table.click(position={"x": 18, "y": 52})
    settle(page)
