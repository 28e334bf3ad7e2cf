"""How well the pipeline forecast would have gone, over demo companies of several seeds.

    .venv/bin/python benchmarks/forecast_backtests.py [--seeds 20] [--people 4000]

Each company lives two years; its forecasts of every past month are held against what
came. Its deals are taken as its CRM would tell them, without a warehouse between, so
that twenty companies take a minute or two. Exits with 1 when the interval holds fewer
or more outcomes than it may, or a rival's error is the smaller one. Results are added
to benchmarks/RESULTS.md.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "RESULTS.md"
sys.path.insert(0, str(ROOT / "scripts"))

from lib.demo.assumptions import SEGMENTS, VISITS  # noqa: E402
from lib.demo.clock import month_starts  # noqa: E402
from lib.demo.columns import DAY, NEVER, Array  # noqa: E402
from lib.demo.course import STAGES, versions  # noqa: E402
from lib.demo.deals import EXPANSION, NEW, RENEWAL  # noqa: E402
from lib.demo.world import make_world  # noqa: E402
from lib.forecast import backtests  # noqa: E402
from lib.forecast.history import Settings, Tables, day_number, understand  # noqa: E402
from lib.forecast.simulation import MEASURES, quarter_starts  # noqa: E402

UNTIL = date(2026, 11, 28)
HOLDS = (0.72, 0.88)
_TYPES = {NEW: "new", EXPANSION: "expansion", RENEWAL: "renewal"}


def _dates(seconds: Array) -> pd.Series:
    days = np.where(seconds < NEVER, seconds // DAY, 0)
    found = pd.Series(days.astype("datetime64[D]").astype("datetime64[ns]"))
    return pd.Series(found.where(seconds < NEVER))


def company(seed: int, people: int, until: date) -> Tables:
    """Return what the forecast reads, of a demo company."""
    world = make_world(people, people * VISITS.touches_per_person, seed, until)
    clock, accounts = world.market.clock, world.market.accounts
    deals, course, customers = (
        world.pipeline.deals,
        world.course,
        world.pipeline.customers,
    )
    names = np.array([segment.name for segment in SEGMENTS])

    def usd(amount: Array, deal: Array, seconds: Array) -> Array:
        last = clock.end_day - clock.start_day - 1
        day = np.clip(seconds // DAY - clock.start_day, 0, last)
        rate = world.rates[course.currency[deal], day]
        return np.asarray(np.round(amount * rate, 2))

    everyone = np.arange(len(deals))
    closes = np.where(course.is_closed, deals.closes_at, NEVER)
    counted = np.where(course.is_closed, deals.closes_at, deals.created_at)
    told = pd.DataFrame(
        {
            "opportunity_id": [f"{deal:07d}" for deal in everyone],
            "account_id": deals.account.astype(str),
            "segment": names[accounts.segment[deals.account]],
            "opportunity_type": [_TYPES[int(kind)] for kind in deals.kind],
            "is_won": course.is_won,
            "amount_usd": usd(course.amount, everyone, counted),
            "created_date": _dates(deals.created_at),
            "closed_date": _dates(closes),
        }
    ).sort_values(["created_date", "opportunity_id"], ignore_index=True)
    seen = versions(course)
    deal = seen["deal"]
    changes = pd.DataFrame(
        {
            "opportunity_id": [f"{one:07d}" for one in deal],
            "stage_name": np.array(STAGES)[seen["stage"]],
            "open_amount_usd": usd(seen["amount"], deal, deals.created_at[deal]),
            "closed_amount_usd": usd(seen["amount"], deal, counted[deal]),
            "close_date": _dates(seen["close"] * DAY),
            "changed_date": _dates(seen["at"]),
        }
    ).drop_duplicates(["opportunity_id", "changed_date"], keep="last")
    people_seen = world.people.lead_at < clock.end
    leads = pd.DataFrame(
        {
            "lead_date": _dates(world.people.lead_at[people_seen]),
            "opportunity_date": _dates(world.lifecycle.converts_at[people_seen]),
        }
    )
    leads = leads.groupby(["lead_date", "opportunity_date"], dropna=False)
    starts = month_starts(clock.start_day - 365, clock.end_day - 1)
    ends = np.append(starts[1:], clock.end_day)
    customer, month = np.nonzero(
        (customers.since[:, None] // DAY < ends)
        & (customers.until[:, None] // DAY >= ends)
    )
    paying = pd.DataFrame(
        {
            "customer_id": customers.account[customer].astype(str),
            "account_id": customers.account[customer].astype(str),
            "segment": names[accounts.segment[customers.account[customer]]],
            "month": _dates(starts[month] * DAY),
            "mrr_usd": customers.amount_usd[customer] / 12,
        }
    )
    return Tables(
        told,
        changes,
        leads.size().rename("leads").reset_index(),
        paying.drop_duplicates(["customer_id", "month"]),
    )


def back_tests(seed: int, people: int, until: date) -> pd.DataFrame:
    """Return every back-test of a company with its outcome."""
    tables = company(seed, people, until)
    settings = Settings(day_number(until), 1, 182, 20, 26, 3653)
    _, tests, _ = backtests.run(tables, settings)
    history = understand(tables)
    names = (*history.segments, backtests.TOTAL)
    rows = []
    for test in tests:
        if test.quantiles is None:
            continue
        end = quarter_starts(test.quarter, 1)[1]
        actual = backtests.with_total(backtests.outcomes(history, test.quarter, end))
        measure = MEASURES.index(test.measure)
        rows.append(
            {
                "seed": seed,
                "measure": test.measure,
                "horizon": test.horizon,
                "scope": "total" if test.segment == backtests.TOTAL else "segment",
                "segment": test.segment,
                "day": test.day,
                "outcome": actual[measure, names.index(test.segment)],
                "low": test.quantiles[0],
                "middle": test.quantiles[1],
                "high": test.quantiles[2],
                "weighted": test.weighted,
                "last_quarter": test.last_quarter,
                "factor": test.factor,
            }
        )
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class Verdict:
    """A group of back-tests: how many were held, and mean absolute errors in USD."""

    count: int
    held: float
    error: float
    bias: float
    weighted: float
    last_quarter: float

    @property
    def is_good(self) -> bool:
        """Whether the interval holds what it may and no rival is nearer."""
        rivals = np.nanmin([self.weighted, self.last_quarter])
        return bool(HOLDS[0] <= self.held <= HOLDS[1] and self.error < rivals)


def verdict(tests: pd.DataFrame) -> Verdict:
    """Return how a group of back-tests went."""
    outcome = tests["outcome"]

    def error(column: str) -> float:
        return float((tests[column].astype(float) - outcome).abs().mean())

    return Verdict(
        count=len(tests),
        held=float(((tests["low"] <= outcome) & (outcome <= tests["high"])).mean()),
        error=error("middle"),
        bias=float((tests["middle"] - outcome).mean()),
        weighted=error("weighted"),
        last_quarter=error("last_quarter"),
    )


def main() -> int:
    """Judge the companies, print the verdicts, and add them to the results."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--seeds", type=int, default=20)
    arguments.add_argument("--first-seed", type=int, default=1)
    arguments.add_argument("--people", type=int, default=4_000)
    arguments.add_argument("--until", type=date.fromisoformat, default=UNTIL)
    arguments.add_argument("--dry", action="store_true", help="add nothing to RESULTS")
    options = arguments.parse_args()
    began = time.perf_counter()
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    tests = pd.concat(
        [back_tests(seed, options.people, options.until) for seed in seeds]
    )
    seconds = time.perf_counter() - began
    lines = [
        "| back-tests | count | held by the 80 % interval | error of p50 | bias "
        "| error, weighted stages | error, last quarter |",
        "|---|---|---|---|---|---|---|",
    ]
    groups = [("all", tests)]
    groups += [(str(name), rows) for name, rows in tests.groupby("measure")]
    groups += [
        (", ".join(map(str, name)), rows)
        for name, rows in tests.groupby(["measure", "horizon", "scope"])
    ]
    verdicts = [(name, verdict(rows)) for name, rows in groups]
    for name, one in verdicts:
        lines.append(
            f"| {name} | {one.count:,} | {one.held:.1%} | {one.error:,.0f} | "
            f"{one.bias:,.0f} | {one.weighted:,.0f} | {one.last_quarter:,.0f} |"
        )
    text = "\n".join(lines).replace("| nan |", "| – |")
    print(text)
    print(f"{len(seeds)} companies of {options.people:,} people, {seconds:.0f} s")
    if not options.dry:
        with RESULTS.open("a", encoding="utf-8") as results:
            results.write(
                f"\n## Back-tests of the forecast, {datetime.now(UTC):%Y-%m-%d}\n\n"
                f"{len(seeds)} demo companies (seeds {seeds[0]}-{seeds[-1]}) of "
                f"{options.people:,} people until {options.until}; {seconds:.0f} s. "
                f"Errors are mean absolute, in USD.\n\n{text}\n"
            )
    judged = dict(verdicts)
    good = HOLDS[0] <= judged["all"].held <= HOLDS[1] and all(
        judged[measure].is_good for measure in MEASURES
    )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
