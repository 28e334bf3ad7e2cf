"""The marketing stack: tools, their contracts, users, use and incidents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from lib.demo.assumptions import COSTS, OPERATIONS
from lib.demo.clock import month_starts
from lib.demo.columns import (
    DAY,
    MINUTE,
    NEVER,
    Array,
    cents,
    dates,
    join,
    moments,
    pick,
    repeat_rows,
    table,
    take,
)
from lib.demo.world import World

_YEAR = 365
_LEAVERS_KEEP_SEATS = 0.7
_UNUSED = 0.18  # of the seats
_OVERBOUGHT = 3.0


@dataclass(frozen=True)
class _Tool:
    """A tool: its share of the stack's cost, who uses it and what it feeds."""

    name: str
    category: str
    owner: str
    is_critical: bool
    cost_share: float
    departments: tuple[str, ...]
    feeds: tuple[str, ...]
    records_per_person: float
    is_abandoned: bool = False  # Nobody has worked with it for long.
    is_overbought: bool = False  # Far more seats were bought than are held.


_EVERYBODY = ("SDR", "AE", "Sales", "Marketing", "Operations", "Customer")
_MARKETING = ("Marketing", "Operations")
_TOOLS: tuple[_Tool, ...] = (
    _Tool("Salesforce", "crm", "Revenue Operations", True, 0.20, _EVERYBODY,
          ("Mailer", "Warehouse", "Dialler"), 1.4),
    _Tool("Mailer", "marketing_automation", "Marketing Operations", True, 0.17,
          _MARKETING, ("Salesforce", "Warehouse"), 9.0),
    _Tool("Form Router", "marketing_automation", "Marketing Operations", True, 0.04,
          _MARKETING, ("Salesforce", "Mailer"), 0.3),
    _Tool("Google Ads", "advertising", "Demand Generation", False, 0.0, _MARKETING,
          ("Warehouse",), 1.1),
    _Tool("LinkedIn Campaign Manager", "advertising", "Demand Generation", False, 0.0,
          _MARKETING, ("Warehouse",), 0.8),
    _Tool("Retargeter", "advertising", "Demand Generation", False, 0.05, _MARKETING,
          (), 0.1),
    _Tool("Website CMS", "web_and_content", "Content Marketing", True, 0.05,
          ("Marketing",), ("Web Analytics",), 0.2),
    _Tool("Asset Library", "web_and_content", "Content Marketing", False, 0.03,
          ("Marketing",), (), 0.1),
    _Tool("Webinar Studio", "events_and_webinars", "Field Marketing", False, 0.05,
          _MARKETING, ("Mailer", "Salesforce"), 0.4),
    _Tool("Badge Scanner", "events_and_webinars", "Field Marketing", False, 0.02,
          ("Marketing",), ("Salesforce",), 0.2),
    _Tool("DataPeak", "data_and_enrichment", "Marketing Operations", False, 0.08,
          _MARKETING, ("Salesforce",), 0.4),
    _Tool("Firmscope", "data_and_enrichment", "Marketing Operations", False, 0.06,
          _MARKETING, ("Salesforce",), 0.3),
    _Tool("Topicwatch", "data_and_enrichment", "Demand Generation", False, 0.05,
          _MARKETING, ("Warehouse",), 0.5),
    _Tool("Web Analytics", "analytics_and_attribution", "Marketing Operations", True,
          0.03, _MARKETING, ("Warehouse",), 20.0),
    _Tool("Warehouse", "analytics_and_attribution", "Revenue Operations", True, 0.04,
          ("Operations",), (), 30.0),
    _Tool("Dialler", "sales_engagement", "Revenue Operations", True, 0.06,
          ("SDR", "AE"), ("Salesforce",), 2.0),
    _Tool("Page Lab", "web_and_content", "Content Marketing", False, 0.03, _MARKETING,
          (), 0.0, is_abandoned=True),
    _Tool("Prospector", "sales_engagement", "Revenue Operations", False, 0.04,
          ("SDR",), ("Salesforce",), 0.5, is_overbought=True),
)  # fmt: skip


def _ids() -> list[str]:
    return [f"tool{number:02d}" for number in range(1, len(_TOOLS) + 1)]


def _seats(world: World) -> tuple[Array, Array]:
    """Return tool and user of every seat; some who left still hold theirs."""
    rng = world.market.clock.rng("seats")
    pairs = [
        (number, user)
        for number, tool in enumerate(_TOOLS)
        for user, rep in enumerate(world.market.staff.reps)
        if rep.department.split()[0] in tool.departments and rep.role != "integration"
    ]
    seats = np.array(pairs)
    active = np.array([world.market.staff.reps[user].is_active for _, user in pairs])
    kept = active | (rng.random(len(pairs)) < _LEAVERS_KEEP_SEATS)
    return seats[kept, 0], seats[kept, 1]


def _abandoned() -> Array:
    return np.array([tool.is_abandoned for tool in _TOOLS])


def tool_table(world: World) -> pa.Table:
    """Return the inventory."""
    ids = dict(zip((tool.name for tool in _TOOLS), _ids(), strict=True))
    return table(
        {
            "tool_id": _ids(),
            "name": [tool.name for tool in _TOOLS],
            "category": [tool.category for tool in _TOOLS],
            "owner": [tool.owner for tool in _TOOLS],
            "is_critical": [tool.is_critical for tool in _TOOLS],
            "feeds_tool_ids": pa.array(
                [";".join(ids[name] for name in tool.feeds) or None for tool in _TOOLS]
            ),
        },
        len(_TOOLS),
    )


def contract_table(world: World) -> pa.Table:
    """Return yearly contracts; each is renewed at a price that creeps up."""
    clock = world.market.clock
    rng = clock.rng("contracts")
    tool = np.array([n for n, one in enumerate(_TOOLS) if one.cost_share > 0])
    offset = rng.integers(10, _YEAR - 10, len(tool))
    bought = np.bincount(_seats(world)[0], minlength=len(_TOOLS))[tool]
    over = np.array([_OVERBOUGHT if _TOOLS[n].is_overbought else 1.0 for n in tool])
    seats = np.ceil(bought * over * rng.uniform(1.05, 1.5, len(tool))).astype(np.int64)
    share = np.array([_TOOLS[number].cost_share for number in tool])
    yearly = len(world.people) * COSTS.tools_usd / 2 * share
    term = np.tile(np.arange(3), len(tool))
    tool, offset, seats, yearly = (
        np.repeat(column, 3) for column in (tool, offset, seats, yearly)
    )
    starts = clock.start_day - offset + term * _YEAR
    kept = np.flatnonzero(starts < clock.end_day)
    kept = kept[np.lexsort((tool[kept], starts[kept]))]
    euro = tool[kept] % 5 == 3
    return table(
        {
            "tool_id": pick(_ids(), tool[kept]),
            "annual_cost": cents(np.ceil(yearly[kept] * 1.05 ** term[kept] / 10) * 10),
            "currency": pick(("USD", "EUR"), euro.astype(np.int64)),
            "seats": seats[kept],
            "starts_on": dates(starts[kept]),
            "ends_on": dates(starts[kept] + _YEAR - 1),
        },
        len(kept),
    )


def user_table(world: World) -> pa.Table:
    """Return who holds a seat and when it was last used."""
    clock, staff = world.market.clock, world.market.staff
    rng = clock.rng("tool users")
    tool, user = _seats(world)
    count = len(tool)
    granted = clock.start_day + rng.integers(0, 200, count)
    active = np.array([rep.is_active for rep in staff.reps])[user]
    idle = rng.random(count) < _UNUSED
    away = np.where(idle, rng.integers(60, 300, count), rng.integers(0, 9, count))
    away = np.where(active, away, rng.integers(120, 260, count))
    away = np.where(_abandoned()[tool], rng.integers(200, 400, count), away)
    last = np.maximum(clock.end_day - 1 - away, granted)
    return table(
        {
            "tool_id": pick(_ids(), tool),
            "user_id": join("salesforce:", take(staff.ids, user)),
            "granted_on": dates(granted),
            "last_active_on": dates(last),
        },
        count,
    )


def usage_table(world: World) -> pa.Table:
    """Return active users and records written by tool and month."""
    clock = world.market.clock
    rng = clock.rng("tool usage")
    months = month_starts(clock.start_day, clock.end_day - 1)
    held = np.bincount(_seats(world)[0], minlength=len(_TOOLS))
    tool = np.tile(np.arange(len(_TOOLS)), len(months))
    month = np.repeat(months, len(_TOOLS))
    share = np.clip(rng.normal(1 - _UNUSED, 0.07, len(tool)), 0.2, 1)
    rate = np.array([one.records_per_person for one in _TOOLS])[tool]
    written = len(world.people) * rate / len(months) * rng.lognormal(0, 0.2, len(tool))
    return table(
        {
            "tool_id": pick(_ids(), tool),
            "month": dates(month),
            "active_users": np.where(
                _abandoned()[tool], 0, np.rint(held[tool] * share).astype(np.int64)
            ),
            "records_written": np.rint(written).astype(np.int64),
        },
        len(tool),
    )


def incident_table(world: World) -> pa.Table:
    """Return outages and slow hours; the last one may still be open."""
    clock = world.market.clock
    rng = clock.rng("incidents")
    years = (clock.end_day - clock.start_day) / _YEAR
    tool = repeat_rows(
        rng.poisson(OPERATIONS.incidents_per_tool_year * years, len(_TOOLS))
    )
    at = clock.start + (rng.random(len(tool)) * (clock.end - clock.start)).astype(int)
    median = OPERATIONS.outage_median_minutes * MINUTE
    lasts = median * rng.lognormal(0, OPERATIONS.outage_sigma, len(tool))
    ends = at + np.minimum(lasts, DAY).astype(np.int64)
    is_slow = rng.random(len(tool)) >= OPERATIONS.outage_share
    order = np.lexsort((tool, at))
    return table(
        {
            "tool_id": pick(_ids(), tool[order]),
            "started_at": moments(at[order]),
            "resolved_at": moments(np.where(ends < clock.end, ends, NEVER)[order]),
            "severity": pick(("outage", "degraded"), is_slow[order].astype(np.int64)),
        },
        len(order),
    )


def true_tool_table(world: World) -> pa.Table:
    """Return of each tool what is wrong with it, and its seats left with leavers."""
    tool, user = _seats(world)
    left = np.array([not rep.is_active for rep in world.market.staff.reps])[user]
    fed = {name for one in _TOOLS for name in one.feeds}
    return table(
        {
            "tool_id": _ids(),
            "is_abandoned": [one.is_abandoned for one in _TOOLS],
            "is_overbought": [one.is_overbought for one in _TOOLS],
            "is_orphan": [not one.feeds and one.name not in fed for one in _TOOLS],
            "leaver_seats": np.bincount(tool[left], minlength=len(_TOOLS)),
        },
        len(_TOOLS),
    )
