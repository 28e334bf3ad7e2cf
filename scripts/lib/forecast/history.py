"""What the warehouse remembers of deals, and what of it was known by a day.

Days are numbers since 1970; a deal that never closed closes on NEVER. Everything asked
of a past day is answered from what happened before that day began, with two exceptions
that no source keeps a history of: the segment of an account, and the amount of a deal
whose source keeps none of amounts (known_amount_rate tells how many have one).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[Any]
NEVER = 10**7
RENEWAL = "renewal"
DAYS = 10**8  # more than any day: deal and day make one number that sorts

_DEALS = """
    select
        opportunity_id, account_id, segment, opportunity_type, is_won,
        amount_usd::double as amount_usd, created_date, closed_date
    from intermediate.int_predictive__deals
    order by created_date, opportunity_id
"""
_CHANGES = """
    select
        changes.opportunity_id, changes.stage_name,
        changes.open_amount_usd::double as open_amount_usd,
        changes.closed_amount_usd::double as closed_amount_usd,
        changes.close_date, changes.changed_date
    from intermediate.int_predictive__deal_changes as changes
    semi join intermediate.int_predictive__deals as deals using (opportunity_id)
"""
_LEADS = "select lead_date, opportunity_date, leads " + (
    "from intermediate.int_predictive__lead_days order by all"
)
_CUSTOMERS = """
    select
        customer_id, account_id, segment, month, mrr_usd::double as mrr_usd
    from intermediate.int_predictive__paying_months
    order by customer_id, month
"""
_SETTINGS = """
    select
        forecast_date, fiscal_year_start_month, least_history_days,
        least_closed_deals, recent_weeks, most_history_days
    from intermediate.int_predictive__forecast_settings
"""


@dataclass(frozen=True)
class Settings:
    """When a forecast is made, how quarters lie, and what it goes by."""

    forecast_day: int
    fiscal_year_start_month: int
    least_history_days: int
    least_closed_deals: int
    recent_weeks: int
    most_history_days: int


@dataclass(frozen=True)
class Tables:
    """The rows as the warehouse gives them."""

    deals: pd.DataFrame
    changes: pd.DataFrame
    leads: pd.DataFrame
    customers: pd.DataFrame


@dataclass(frozen=True)
class States:
    """What was known of deals at moments: stage -1 and due NEVER where nothing was."""

    stage: Array
    due: Array


@dataclass(frozen=True)
class History:
    """All deals in the order of their creation, and their changes by deal and day.

    amount is the last one that is known; a closed deal's is at the rate of its close.
    """

    segments: tuple[str, ...]
    types: tuple[str, ...]
    stages: tuple[str, ...]
    segment: Array
    kind: Array  # place in types
    account: Array
    is_won: Array
    amount: Array
    created: Array
    closed: Array
    has_amounts: Array  # whether the history tells amounts
    change_key: Array
    change_stage: Array
    change_due: Array
    lead_day: Array
    lead_deal_day: Array
    leads: Array
    paying: pd.DataFrame  # customer, account and segment codes; month day; mrr_usd

    def __len__(self) -> int:
        return len(self.created)

    @property
    def renewal(self) -> Array:
        """Whether each deal is a renewal."""
        kinds = np.array([kind == RENEWAL for kind in self.types], dtype=bool)
        return np.asarray(kinds[self.kind]) if len(kinds) else self.kind > 0

    def at(self, deal: Array, day: Array | int) -> States:
        """Return what was known of deals when days began."""
        day = np.broadcast_to(np.asarray(day), deal.shape)
        place = np.searchsorted(self.change_key, deal * DAYS + day) - 1
        seen = place >= 0
        seen[seen] = self.change_key[place[seen]] // DAYS == deal[seen]
        if not seen.any():
            return States(np.full(deal.shape, -1), np.full(deal.shape, NEVER))
        at = np.where(seen, place, 0)
        return States(
            stage=np.where(seen, self.change_stage[at], -1),
            due=np.where(seen, self.change_due[at], NEVER),
        )


def read_settings(connection: duckdb.DuckDBPyConnection) -> Settings | None:
    """Return the settings of the last build; None where no policy is in force."""
    row = connection.execute(_SETTINGS).fetchone()
    return None if row is None else Settings(day_number(row[0]), *row[1:])


def read_tables(connection: duckdb.DuckDBPyConnection) -> Tables:
    """Return what the forecast is made of, from the last build."""
    return Tables(
        *(
            connection.execute(query).df()
            for query in (_DEALS, _CHANGES, _LEADS, _CUSTOMERS)
        )
    )


def recent(tables: Tables, settings: Settings) -> Tables:
    """Return the rows of the days that the history may reach back.

    A customer who paid before is seen from an anniversary on, which keeps its renewals.
    """
    first = as_date(settings.forecast_day - settings.most_history_days)
    began = pd.Timestamp(first)
    deals = tables.deals[pd.to_datetime(tables.deals["created_date"]) >= began]
    changes, leads, customers = tables.changes, tables.leads, tables.customers
    month = pd.to_datetime(customers["month"])
    number = month.dt.year * 12 + month.dt.month
    start = number.groupby(customers["customer_id"]).transform("min")
    late = np.maximum(first.year * 12 + first.month - start, 0)
    return Tables(
        deals=deals.reset_index(drop=True),
        changes=changes[
            changes["opportunity_id"].isin(deals["opportunity_id"])
            & (pd.to_datetime(changes["changed_date"]) >= began)
        ],
        leads=leads[pd.to_datetime(leads["lead_date"]) >= began],
        customers=customers[number >= start + -(-late // 12) * 12],
    )


def day_number(day: date) -> int:
    """Return the days since 1970."""
    return (day - date(1970, 1, 1)).days


def as_date(day: int) -> date:
    """Return the date of a number of days since 1970."""
    return date.fromordinal(int(day) + date(1970, 1, 1).toordinal())


def _days(values: pd.Series) -> Array:
    days = pd.to_datetime(values).to_numpy().astype("datetime64[D]")
    numbers = days.astype(np.int64)
    return np.where(np.isnat(days), NEVER, numbers)


def _codes(values: pd.Series, names: tuple[str, ...]) -> Array:
    return np.asarray(pd.Categorical(values, categories=names).codes, dtype=np.int64)


def _names(values: pd.Series) -> tuple[str, ...]:
    return tuple(sorted(str(value) for value in values.dropna().unique()))


def as_known(tables: Tables, day: int) -> Tables:
    """Return the rows as they would have stood when a day began.

    What is left is all that a forecast of that day is given, so nothing later can
    reach it.
    """
    began = pd.Timestamp(as_date(day))
    month = began.replace(day=1)
    deals = tables.deals[pd.to_datetime(tables.deals["created_date"]) < began].copy()
    is_open = ~(pd.to_datetime(deals["closed_date"]) < began)
    deals.loc[is_open, "closed_date"] = pd.NaT
    deals.loc[is_open, "is_won"] = False
    changes = tables.changes
    changes = changes[pd.to_datetime(changes["changed_date"]) < began]
    changes = changes[changes["opportunity_id"].isin(deals["opportunity_id"])]
    # The last amounts that a history told by then, for deals that have such a history.
    told = changes.sort_values("changed_date").groupby("opportunity_id")
    told = told[["open_amount_usd", "closed_amount_usd"]].last()
    told = told.reindex(deals["opportunity_id"])
    known = told["open_amount_usd"].where(is_open.to_numpy(), told["closed_amount_usd"])
    has_amounts = told["open_amount_usd"].notna().to_numpy()
    deals["amount_usd"] = np.where(has_amounts, known, deals["amount_usd"])
    leads = tables.leads[pd.to_datetime(tables.leads["lead_date"]) < began].copy()
    later = ~(pd.to_datetime(leads["opportunity_date"]) < began)
    leads.loc[later, "opportunity_date"] = pd.NaT
    # Leads that are alike by then are one row again.
    leads = leads.groupby(["lead_date", "opportunity_date"], dropna=False)
    customers = tables.customers
    return Tables(
        deals=deals.reset_index(drop=True),
        changes=changes.reset_index(drop=True),
        leads=leads["leads"].sum().reset_index(),
        customers=customers[pd.to_datetime(customers["month"]) < month],
    )


def understand(tables: Tables) -> History:
    """Return the history that the rows tell."""
    deals, customers = tables.deals, tables.customers
    segments = _names(pd.concat([deals["segment"], customers["segment"]]))
    types = _names(deals["opportunity_type"])
    stages = _names(tables.changes["stage_name"])
    accounts = _names(pd.concat([deals["account_id"], customers["account_id"]]))
    changes = tables.changes.copy()
    changes["deal"] = _codes(changes["opportunity_id"], tuple(deals["opportunity_id"]))
    changes["day"] = _days(changes["changed_date"])
    changes = changes.sort_values(["deal", "day"], kind="stable")
    # A change that tells no amount or day of close leaves the one before it.
    for column in ("close_date", "stage_name"):
        changes[column] = changes.groupby("deal")[column].ffill()
    has_amounts = np.zeros(len(deals), dtype=bool)
    told = changes["open_amount_usd"].notna().to_numpy()
    has_amounts[changes["deal"].to_numpy()[told]] = True
    paying = pd.DataFrame(
        {
            "customer": _codes(
                customers["customer_id"], _names(customers["customer_id"])
            ),
            "account": _codes(customers["account_id"], accounts),
            "segment": _codes(customers["segment"], segments),
            "month": _days(customers["month"]),
            "mrr_usd": customers["mrr_usd"].to_numpy(dtype=np.float64),
        }
    )
    return History(
        segments=segments,
        types=types,
        stages=stages,
        segment=_codes(deals["segment"], segments),
        kind=_codes(deals["opportunity_type"], types),
        account=_codes(deals["account_id"], accounts),
        is_won=deals["is_won"].to_numpy(dtype=bool),
        amount=deals["amount_usd"].to_numpy(dtype=np.float64),
        created=_days(deals["created_date"]),
        closed=_days(deals["closed_date"]),
        has_amounts=has_amounts,
        change_key=(changes["deal"] * DAYS + changes["day"]).to_numpy(dtype=np.int64),
        change_stage=_codes(changes["stage_name"], stages),
        change_due=_days(changes["close_date"]),
        lead_day=_days(tables.leads["lead_date"]),
        lead_deal_day=_days(tables.leads["opportunity_date"]),
        leads=tables.leads["leads"].to_numpy(dtype=np.float64),
        paying=paying,
    )
