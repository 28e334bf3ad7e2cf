"""Everything that is true about the company, before any system wrote it down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from lib.demo.account_records import AccountRecords, make_account_records
from lib.demo.assumptions import VISITS
from lib.demo.clock import make_clock
from lib.demo.columns import DAY, Array
from lib.demo.course import Course, run_course
from lib.demo.deals import Pipeline, make_pipeline
from lib.demo.ids import salesforce_ids
from lib.demo.journeys import (
    Touches,
    after_mql,
    before_mql,
    exposure,
    strangers,
    together,
    triggered,
)
from lib.demo.lifecycle import Lifecycle, live
from lib.demo.market import Market, make_market
from lib.demo.people import People, make_people
from lib.demo.records import Identity, Records, make_records, written_identity
from lib.demo.routing import Owners, make_owners
from lib.demo.spend import Spend, make_rates, make_spend

_SELLING_DAYS = 30  # that sales stays in touch after a deal or a refusal


@dataclass(frozen=True)
class World:
    """The company's 24 months; rates are USD per unit by currency and day."""

    market: Market
    people: People
    before: Touches
    touches: Touches
    exposures: Array
    lifecycle: Lifecycle
    pipeline: Pipeline
    account_records: AccountRecords
    records: Records
    identity: Identity
    owners: Owners
    rates: Array
    course: Course
    spend: Spend
    deal_ids: pa.Array


def make_world(people_count: int, touch_count: int, seed: int, until: date) -> World:
    """Let the company live through its 24 months."""
    clock = make_clock(seed, until)
    market = make_market(clock, people_count)
    people = make_people(market, people_count)
    before = before_mql(market, people, touch_count)
    people = triggered(clock, people, before)
    exposures = exposure(people, before, touch_count)
    lifecycle = live(clock, people, exposures)
    pipeline, lifecycle = make_pipeline(market, people, lifecycle, exposures, before)
    unknown = round(touch_count * VISITS.never_identified)
    known = max(0, touch_count - unknown - len(before))
    selling = _selling(lifecycle, pipeline)
    after = after_mql(market, people, lifecycle.mql_at, selling, known)
    touches = together([before, after, strangers(market, unknown)])
    records = make_records(clock, people, pipeline)
    account_records = make_account_records(market, pipeline)
    rates = make_rates(clock)
    return World(
        market=market,
        people=people,
        before=before,
        touches=touches,
        exposures=exposures,
        lifecycle=lifecycle,
        pipeline=pipeline,
        account_records=account_records,
        records=records,
        identity=written_identity(market, people, records),
        owners=make_owners(
            market,
            people,
            records,
            pipeline.deals,
            account_records,
            mql_at=lifecycle.mql_at,
        ),
        rates=rates,
        course=run_course(market, pipeline.deals, rates),
        spend=make_spend(market, touches, people_count, touch_count),
        deal_ids=salesforce_ids("006", len(pipeline.deals)),
    )


def _selling(lifecycle: Lifecycle, pipeline: Pipeline) -> tuple[Array, Array]:
    """Return from when and until when each person is in a sale."""
    sal_at = lifecycle.sal_at
    closes = pipeline.deals.closes_at[pipeline.joined]
    ends = np.where(pipeline.joined >= 0, closes, sal_at) + _SELLING_DAYS * DAY
    return np.minimum(sal_at, pipeline.joined_at), ends
