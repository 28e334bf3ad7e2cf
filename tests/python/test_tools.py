"""Uptime, cost and flows of drawn tools against plain Python that knows no SQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from conftest import Warehouse, land, run_dbt, write_tables

Row = dict[str, Any]
ZONE = ZoneInfo("America/New_York")
UTC = ZoneInfo("UTC")
AS_OF = datetime(2024, 4, 20, 13, 30)
TODAY = date(2024, 4, 20)
MONTHS = [date(2023, month, 1) for month in range(1, 13)]
MONTHS += [date(2024, month, 1) for month in range(1, 6)]
MINUTE = timedelta(minutes=1)
# Dollars of a euro from each day on; kroner have no rate.
RATES = {
    date(2022, 1, 1): Fraction(11, 10),
    date(2023, 6, 15): Fraction(12, 10),
    date(2024, 2, 29): Fraction(9, 10),
}
# Around midnight at the ends of months, in both zones, and around as_of.
MOMENTS = [
    datetime(2023, 3, 1, 4, 59, 59),
    datetime(2023, 3, 1, 5),
    datetime(2023, 3, 12, 6, 30),
    datetime(2023, 3, 31, 23, 59),
    datetime(2023, 4, 1, 3, 59, 30),
    datetime(2023, 4, 1, 4, 0, 1),
    datetime(2023, 4, 1, 4, 20),
    datetime(2023, 4, 1, 5, 10),
    datetime(2024, 4, 20, 13, 29, 30),
    AS_OF,
    datetime(2024, 4, 20, 13, 31),
]
LASTS = [-60, 0, 1, 90, 3600, 3600 * 5, 86400 * 33, None]


@dataclass(frozen=True)
class Incident:
    """An incident of a tool; `lasts` is in seconds, None while it is open."""

    at: datetime
    lasts: int | None
    severity: str

    @property
    def until(self) -> datetime | None:
        """Return when it was resolved."""
        return None if self.lasts is None else self.at + timedelta(seconds=self.lasts)


@dataclass(frozen=True)
class Contract:
    """A contract of a tool; `days` is None where it renews without end."""

    starts: date
    days: int | None
    cost: int
    currency: str

    @property
    def last(self) -> date | None:
        """Return its last day."""
        return None if self.days is None else self.starts + timedelta(self.days - 1)


@dataclass(frozen=True)
class World:
    """A stack of five tools, of which the first has all the incidents and contracts."""

    incidents: tuple[Incident, ...]
    contracts: tuple[Contract, ...]
    flows: frozenset[tuple[int, int]]
    critical: frozenset[int]


_worlds = st.builds(
    World,
    incidents=st.lists(
        st.builds(
            Incident,
            at=st.sampled_from(MOMENTS),
            lasts=st.sampled_from(LASTS),
            severity=st.sampled_from(["outage", "Outage", "outage", "degraded", ""]),
        ),
        min_size=3,
        max_size=9,
    ).map(tuple),
    contracts=st.lists(
        st.builds(
            Contract,
            starts=st.sampled_from(
                [
                    date(2023, 1, 20),
                    date(2023, 6, 1),
                    date(2023, 6, 1),
                    date(2024, 2, 29),
                    date(2024, 3, 1),
                    date(2024, 4, 20),
                    date(2024, 4, 21),
                ]
            ),
            days=st.sampled_from([0, 1, 30, 365, 366, 700, None, None]),
            cost=st.integers(0, 50_000),
            currency=st.sampled_from(["USD", "", "EUR", "eur", "SEK"]),
        ),
        max_size=3,
        unique_by=lambda one: (one.starts, one.days, one.cost),
    ).map(tuple),
    flows=st.frozensets(
        st.tuples(st.integers(0, 4), st.integers(0, 5)), min_size=3, max_size=9
    ),
    critical=st.frozensets(st.integers(0, 4), min_size=1, max_size=3),
)


def drawn_worlds(count: int) -> list[World]:
    found: list[World] = []

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(_worlds)
    def collect(world: World) -> None:
        found.append(world)

    collect()
    return found


WORLDS = drawn_worlds(250)


def tool(world: int, number: int) -> str:
    return f"w{world}t{number}"


def landed() -> Iterator[tuple[str, Row]]:
    """Yield every row by its table."""
    for number, world in enumerate(WORLDS):
        for place in range(5):
            fed = sorted(there for here, there in world.flows if here == place)
            yield (
                "tools",
                {
                    "tool_id": tool(number, place),
                    "name": f"Tool {place}",
                    "category": "crm",
                    "is_critical": place in world.critical,
                    "feeds_tool_ids": "; ".join(tool(number, one) for one in fed),
                },
            )
        for incident in world.incidents:
            yield (
                "tool_incidents",
                {
                    "tool_id": tool(number, 0),
                    "started_at": incident.at,
                    "resolved_at": incident.until or "",
                    "severity": incident.severity,
                },
            )
        for contract in world.contracts:
            yield (
                "tool_contracts",
                {
                    "tool_id": tool(number, 0),
                    "annual_cost": contract.cost,
                    "currency": contract.currency,
                    "seats": 10,
                    "starts_on": contract.starts,
                    "ends_on": contract.last or "",
                },
            )
    for day, rate in RATES.items():
        row = {"currency": "EUR", "rate_date": day, "usd_per_unit": float(rate)}
        yield "exchange_rates", row


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    folder = tmp_path_factory.mktemp("tools")
    tables: dict[str, list[Row]] = {}
    for name, row in landed():
        tables.setdefault(name, []).append(row)
    path = folder / "mops.duckdb"
    with pytest.MonkeyPatch.context() as monkeypatch:
        assert land(write_tables(folder / "raw", tables), path, monkeypatch) == 0
    variables: dict[str, Any] = {"as_of": str(AS_OF), "reporting_time_zone": str(ZONE)}
    assert run_dbt(path, select=["+fct_tools", "+fct_tool_answers"], **variables)
    return Warehouse(path)


def midnight(month: date) -> datetime:
    local = datetime(month.year, month.month, 1, tzinfo=ZONE)
    return local.astimezone(UTC).replace(tzinfo=None)


def outages(world: World) -> list[tuple[datetime, datetime]]:
    """Return the spells of outages up to as_of, however they overlap."""
    spells = []
    for one in world.incidents:
        if one.severity.lower() != "outage" or one.at > AS_OF:
            continue
        alike = [other for other in world.incidents if other.at == one.at]
        same = [other for other in alike if other.severity.lower() == "outage"]
        ends = [other.until for other in same if other.until is not None]
        ends = ends or [other.until for other in alike if other.until is not None]
        spells.append((one.at, min([*([max(ends)] if ends else []), AS_OF])))
    return spells


def seconds_down(world: World, since: datetime, until: datetime) -> int:
    """Return how many seconds of a span some outage covers, between its edges."""
    spells = outages(world)
    edges = {since, until} | {edge for spell in spells for edge in spell}
    marks = sorted(edge for edge in edges if since <= edge <= until)
    return sum(
        int((end - begin).total_seconds())
        for begin, end in pairwise(marks)
        if any(spell[0] <= begin and end <= spell[1] for spell in spells)
    )


def birthday(start: date, years: int) -> date:
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return date(start.year + years, 2, 28)


def daily_costs(world: World) -> dict[date, list[Fraction | None]]:
    """Return what each contract costs on each day; None is a cost without a rate."""
    costs: dict[date, list[Fraction | None]] = {}
    for one in world.contracts:
        later = [other.starts for other in world.contracts if other.starts > one.starts]
        last = one.last or (min(later) - timedelta(1) if later else TODAY)
        day, years = one.starts, 0
        while day <= min(last, TODAY):
            while birthday(one.starts, years + 1) <= day:
                years += 1
            year = birthday(one.starts, years), birthday(one.starts, years + 1)
            cost = Fraction(one.cost, (year[1] - year[0]).days)
            rate = {"USD": Fraction(1), "": Fraction(1), "SEK": None}.get(
                one.currency, RATES[max(since for since in RATES if since <= day)]
            )
            costs.setdefault(day, []).append(None if rate is None else cost * rate)
            day += timedelta(1)
    return costs


def local_month(moment: datetime) -> date:
    return moment.replace(tzinfo=UTC).astimezone(ZONE).date().replace(day=1)


def first_months() -> list[date]:
    """Return, by world, the month in which the first tool's months begin."""
    contracts = [[day.replace(day=1) for day in daily_costs(one)] for one in WORLDS]
    incidents = [
        [local_month(one.at) for one in world.incidents if one.at <= AS_OF]
        for world in WORLDS
    ]
    told = [a + b for a, b in zip(contracts, incidents, strict=True)]
    first = min(min(months) for months in told if months)
    return [
        min(months) if dated else first
        for months, dated in zip(told, contracts, strict=True)
    ]


def test_months_are_the_oracle_s(warehouse: Warehouse) -> None:
    shown = {
        (tool_id, month): tuple(rest)
        for tool_id, month, *rest in warehouse.rows(
            "select tool_id, month, minutes_due, minutes_down, incident_count,"
            " contract_days, contract_days_without_rate, cost_usd"
            " from marts.fct_tool_months"
        )
    }
    begins = first_months()
    wanted: set[tuple[str, date]] = set()
    for number, world in enumerate(WORLDS):
        costs = daily_costs(world)
        begun = {
            (one.at, one.severity.lower()) for one in world.incidents if one.at <= AS_OF
        }
        for month, following in pairwise(MONTHS):
            since, until = midnight(month), min(midnight(following), AS_OF)
            for place in range(1, 5):
                # Only the inventory tells of these: they are up as long as any tool.
                if month >= min(begins):
                    key = (f"generic:{tool(number, place)}", month)
                    wanted.add(key)
                    assert shown[key] == ((until - since) / MINUTE, 0, 0, 0, 0, 0)
            if month < begins[number]:
                continue
            key = (f"generic:{tool(number, 0)}", month)
            wanted.add(key)
            due, down, incidents, days, lacking, cost = shown[key]
            assert due == (until - since) / MINUTE
            in_seconds = round(Fraction(down) * 60, 3)
            assert in_seconds == seconds_down(world, since, until), world
            assert incidents == sum(local_month(at) == month for at, _ in begun)
            of_month = [day for day in costs if day.replace(day=1) == month]
            assert days == len(of_month), world
            assert lacking == sum(None in costs[day] for day in of_month)
            total = sum(one or 0 for day in of_month for one in costs[day])
            assert abs(Fraction(cost) - total) < Fraction(1, 1000), world
    assert wanted == set(shown)
    assert len(wanted) > 500


def reached(flows: set[tuple[int, int]], start: int) -> set[int]:
    """Return what data of a tool reaches, itself left out."""
    found, ahead = {start}, [start]
    while ahead:
        here = ahead.pop()
        for there in {to for by, to in flows if by == here} - found:
            found.add(there)
            ahead.append(there)
    return found - {start}


def test_flows_are_the_oracle_s(warehouse: Warehouse) -> None:
    shown = {
        tool_id: tuple(rest)
        for tool_id, *rest in warehouse.rows(
            "select tool_id, critical_tools_reached, critical_tools_cut_off,"
            " is_single_point_of_failure, is_orphan from marts.fct_tools"
        )
    }
    assert len(shown) == 5 * len(WORLDS)
    for number, world in enumerate(WORLDS):
        told = {(by, to) for by, to in world.flows if by != to}
        flows = {(by, to) for by, to in told if to < 5}
        for place in range(5):
            left = {(by, to) for by, to in flows if place not in (by, to)}
            cut = {
                critical
                for other in set(range(5)) - {place}
                for critical in (reached(flows, other) & world.critical) - {place}
                if critical not in reached(left, other)
            }
            reaches = (reached(flows, place) | {place}) & world.critical
            is_orphan = not any(place in flow for flow in told)
            wanted = (len(reaches), len(cut), bool(cut), is_orphan)
            assert shown[f"generic:{tool(number, place)}"] == wanted, world
    assert sum(row[2] for row in shown.values()) > 50


def test_no_flow_is_lost(warehouse: Warehouse) -> None:
    shown = set(
        warehouse.rows(
            "select feeding_tool_id, fed_tool_id, is_known from marts.fct_tool_flows"
        )
    )
    assert shown == {
        (f"generic:{tool(number, by)}", f"generic:{tool(number, to)}", to < 5)
        for number, world in enumerate(WORLDS)
        for by, to in world.flows
    }
