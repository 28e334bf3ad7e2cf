"""How soon the dashboard shows its first figure, in a browser.

    .venv/bin/python benchmarks/dashboard.py [--out output] [--touches 1000000]

Takes the publication that stands in a folder (make demo makes one), and repeats its
records until it has that many touches; reports and marts that are aggregated already
stay as large as they are, but for parts of metrics, which grow with owners and
campaigns. Each page is opened in three quarters by a browser that knows nothing yet,
and turned to in three by one that shows another page; the slowest counts. Results are
added to benchmarks/RESULTS.md.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote_plus

import duckdb
from playwright.sync_api import Browser, Page, sync_playwright

from dashboard_server import CHROMIUM, PAGES, ROOT, served

sys.path.insert(0, str(ROOT / "scripts"))

from lib.report.periods import quarter_months

RESULTS = ROOT / "benchmarks" / "RESULTS.md"
DATABASE = "mops_marts.duckdb"
MOST_SECONDS = 2.0
# What grows with people and touches.
RECORDS = (
    "marts.fct_touchpoints",
    "marts.fct_attribution_credits",
    "marts.fct_opportunities",
    "marts.fct_funnel_steps",
    "marts.fct_lead_responses",
    "marts.fct_campaign_deployments",
    "marts.fct_campaign_audits",
    "marts.fct_metric_parts",
    "reports.rpt_response_queue",
    "reports.rpt_enrichment_queue",
)
# A number, a chart or a table; where there is nothing to show, the words that say so.
# What the page before has left is none.
FIRST_FIGURE = ", ".join(
    f'[data-testid="stMain"] [data-stale="false"] {figure}'
    for figure in (
        '[data-testid="stMetricValue"]',
        '[data-testid="stVegaLiteChart"] canvas',
        '[data-testid="stVegaLiteChart"] svg',
        '[data-testid="stDataFrame"] canvas',
        '[data-testid="stAlertContentInfo"]',
    )
)


def main() -> int:
    """Measure, write the results, and return 1 if a page is too slow."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--out", type=Path, default=ROOT / "output")
    arguments.add_argument("--touches", type=int, default=1_000_000)
    options = arguments.parse_args()
    standing = options.out / "published" / "current"
    if not (standing / DATABASE).exists():
        raise SystemExit(f"nothing is published in {options.out}: run make demo")
    if not CHROMIUM.exists():
        raise SystemExit(f"no browser at {CHROMIUM}: apt-get install chromium")
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        touches, megabytes, quarters = _enlarged(standing, folder, options.touches)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=str(CHROMIUM), args=["--no-sandbox"]
            )
            with served(folder, folder / "log") as address:
                cold = _seconds(browser, address, PAGES[0], quarters[0])
                slowest = {
                    page: max(
                        _seconds(browser, address, page, each) for each in quarters
                    )
                    for page in PAGES
                }
            # By a server that has answered no page yet.
            with served(folder, folder / "log") as address:
                turned = [_turned(browser, address, each) for each in quarters]
            browser.close()
    next_pages = {page: max(each[page] for each in turned) for page in PAGES}
    text = (
        f"\n## Dashboard, {datetime.now(UTC):%Y-%m-%d}\n\n"
        f"{touches:,} touches, a publication of {megabytes:,.0f} MB; "
        f"{os.cpu_count()} cores, DuckDB {duckdb.__version__}, load "
        f"{os.getloadavg()[0]:.1f}.\n\n"
        "| page, to its first figure | opened anew | turned to | limit |\n"
        "|---|---|---|---|\n"
        + "".join(
            f"| {page} | {seconds:.1f} s | {next_pages[page]:.1f} s | "
            f"{MOST_SECONDS:.0f} s |\n"
            for page, seconds in slowest.items()
        )
        + f"| {PAGES[0]}, the first visit after the start | {cold:.1f} s | | |\n"
    )
    print(text)
    with RESULTS.open("a", encoding="utf-8") as results:
        results.write(text)
    return int(max(*slowest.values(), *next_pages.values()) > MOST_SECONDS)


def _enlarged(standing: Path, folder: Path, least: int) -> tuple[int, float, list[str]]:
    """Publish a copy with enough touches; return touches, megabytes and quarters."""
    version = folder / "published" / "versions" / "one"
    version.mkdir(parents=True)
    for name in (DATABASE, "manifest.json"):
        shutil.copy(standing / name, version / name)
        (version / name).chmod(0o600)
    (folder / "published" / "current").symlink_to("versions/one")
    with duckdb.connect(str(version / DATABASE)) as connection:
        ((touches,),) = connection.execute(
            "select count(*) from marts.fct_touchpoints"
        ).fetchall()
        times = max(1, -(-least // max(touches, 1)))
        for relation in RECORDS:
            connection.execute(
                f"insert into {relation} select given.* from {relation} as given "  # noqa: S608
                f"cross join range({times - 1})"
            )
        starts = connection.execute(
            "select distinct quarter_start from reports.rpt_pipeline_quarters "
            "order by quarter_start desc limit 3"
        ).fetchall()
    quarters = [quarter_months(start) for (start,) in starts]
    return touches * times, (version / DATABASE).stat().st_size / 1e6, quarters


def _seconds(browser: Browser, address: str, page: str, quarter: str) -> float:
    """Open a page as somebody new, and return the seconds to its first figure."""
    with _opened(browser) as opened:
        started = time.perf_counter()
        _ask(opened, address, page, quarter)
        _see_figure(opened)
        return time.perf_counter() - started


def _turned(browser: Browser, address: str, quarter: str) -> dict[str, float]:
    """Turn from page to page, and return the seconds to the first figure of each."""
    seconds = {}
    with _opened(browser) as opened:
        _ask(opened, address, PAGES[0], quarter)
        _see_figure(opened)
        for page in (*PAGES[1:], PAGES[0]):
            opened.get_by_role("combobox", name="Page").click()
            option = opened.get_by_role("option", name=page, exact=True)
            option.wait_for()
            started = time.perf_counter()
            option.click()
            opened.get_by_role("heading", name=page, exact=True).wait_for()
            _see_figure(opened)
            seconds[page] = time.perf_counter() - started
    return seconds


@contextmanager
def _opened(browser: Browser) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 1280, "height": 1600}) as context:
        yield context.new_page()


def _ask(opened: Page, address: str, page: str, quarter: str) -> None:
    query = f"page={quote_plus(page)}&quarter={quote_plus(quarter)}"
    opened.goto(f"{address}/?{query}", wait_until="commit")


def _see_figure(opened: Page) -> None:
    opened.locator(FIRST_FIGURE).locator("visible=true").first.wait_for(timeout=60_000)


if __name__ == "__main__":
    sys.exit(main())
