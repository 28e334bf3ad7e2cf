"""Salesforce's Campaign object, and the steps in which each campaign was deployed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lib.demo.assumptions import CHANNEL_NUMBER, MESS, OPERATIONS
from lib.demo.campaigns import Campaigns
from lib.demo.clock import Clock
from lib.demo.columns import (
    DAY,
    HOUR,
    NEVER,
    Array,
    blank,
    cents,
    dates,
    iso_moments,
    join,
    moments,
    pick,
    table,
    take,
)
from lib.demo.spend import campaign_costs
from lib.demo.vocabulary import ZONES
from lib.demo.world import World

_TYPES = {
    "paid_search": "Paid Search",
    "paid_social": "Paid Social",
    "organic_social": "Organic Social",
    "email": "Email",
    "event": "Event",
    "webinar": "Webinar",
    "content_syndication": "Content Syndication",
    "partner": "Partner",
}
_PLANNED_NEAR = (0.9, 1.2)  # of what was spent in the end
_PLAN_STEP = 100
_STEPS = ("brief", "approval", "build", "qa", "launch")
_REWORKED = (2, 3)  # build and qa are done again


def campaign_table(world: World, members: Array) -> pa.Table:
    """Return Salesforce's Campaign object; members holds their number by campaign."""
    market, campaigns = world.market, world.market.campaigns
    clock, staff = market.clock, market.staff
    rng = clock.rng("campaign table")
    count = len(campaigns)
    types = {CHANNEL_NUMBER[name]: label for name, label in _TYPES.items()}
    costs = campaign_costs(campaigns, world.spend)
    last_day = clock.end_day - 1
    over, begun = campaigns.end_day < last_day, campaigns.start_day <= last_day
    status = np.where(over, "Completed", np.where(begun, "In Progress", "Planned"))
    lead = rng.integers(14, 40, count) * DAY - rng.integers(8 * HOUR, 17 * HOUR, count)
    created = np.clip(campaigns.start_day * DAY - lead, clock.start, clock.end - DAY)
    changed = np.clip(campaigns.end_day * DAY, created, clock.end - 1)
    planned = costs * rng.uniform(*_PLANNED_NEAR, count)
    planned = np.ceil(planned / _PLAN_STEP) * _PLAN_STEP
    return table(
        {
            "Id": campaigns.ids,
            "Name": written_names(clock, campaigns),
            "ParentId": take(campaigns.ids, campaigns.parent),
            "Type": [types.get(int(one), "Program") for one in campaigns.channel],
            "Status": pa.array(status),
            "IsActive": pa.array(begun & ~over),
            "StartDate": dates(campaigns.start_day),
            "EndDate": dates(campaigns.end_day),
            "CurrencyIsoCode": "USD",
            "BudgetedCost": cents(planned, planned == 0),
            "ActualCost": cents(costs, costs == 0),
            "NumberSent": pa.array(members, mask=members == 0),
            "OwnerId": take(staff.ids, rng.choice(staff.pool("marketing"), count)),
            "Utm_Campaign__c": blank(campaigns.name, campaigns.channel < 0),
            "CreatedDate": iso_moments(created),
            "LastModifiedDate": iso_moments(changed),
            "IsDeleted": False,
        },
        count,
    )


def written_names(clock: Clock, campaigns: Campaigns) -> pa.Array:
    """Write a few names as people do who did not read the naming rule.

    A campaign has one name in all systems; only its links keep to the rule.
    """
    odd = clock.rng("campaign names").random(len(campaigns)) < MESS.campaign_name
    free: Any = pc.utf8_title(pc.replace_substring_regex(campaigns.name, "[_-]", " "))
    return pc.if_else(pa.array(odd), free, campaigns.name)


def step_table(world: World) -> pa.Table:
    """Return the deployment steps of the campaigns, from the brief to the launch.

    They are laid backwards from the first day; steps still to come have no times, and
    campaigns that were begun before the window are left out.
    """
    market, campaigns = world.market, world.market.campaigns
    clock, staff = market.clock, market.staff
    rng = clock.rng("campaign steps")
    rows = np.flatnonzero(campaigns.channel >= 0)
    shape = (len(rows), len(_STEPS))
    median = np.asarray(OPERATIONS.step_days)
    days = median * rng.lognormal(0, OPERATIONS.step_sigma, shape)
    redone = rng.random(shape) < OPERATIONS.rework
    redone &= np.isin(np.arange(len(_STEPS)), _REWORKED)
    days = days * np.where(redone, 1 + OPERATIONS.rework_length, 1)
    length = (days * DAY).astype(np.int64)
    live = campaigns.start_day[rows] * DAY + 7 * HOUR
    ends = live[:, None] - (length.sum(axis=1, keepdims=True) - length.cumsum(axis=1))
    starts = ends - length
    kept = np.flatnonzero(starts[:, 0] >= clock.start)
    again = redone[kept]
    middle = starts + (length / (1 + OPERATIONS.rework_length)).astype(np.int64)
    first_end = np.where(redone, middle, ends)
    place, step = np.nonzero(np.ones_like(again))
    second_place, second_step = np.nonzero(again)
    row = kept[np.concatenate([place, second_place])]
    step = np.concatenate([step, second_step])
    is_second = np.arange(len(row)) >= len(place)
    begun = np.where(is_second, middle[row, step], starts[row, step])
    done = np.where(is_second, ends[row, step], first_end[row, step])
    zone = np.full(len(row), ZONES.index("America/New_York"))
    begun, done = (clock.in_office(rng, moment, zone) for moment in (begun, done))
    done = np.maximum(done, begun + HOUR)
    order = np.lexsort((is_second, step, rows[row]))
    order = order[begun[order] < clock.end]
    campaign, begun, done = rows[row][order], begun[order], done[order]
    assignee = rng.choice(staff.pool("marketing"), len(order))
    return table(
        {
            "campaign_id": join("salesforce:", take(campaigns.ids, campaign)),
            "step": pick(_STEPS, step[order]),
            "started_at": moments(begun),
            "completed_at": moments(np.where(done < clock.end, done, NEVER)),
            "assignee_id": join("salesforce:", take(staff.ids, assignee)),
        },
        len(order),
    )
