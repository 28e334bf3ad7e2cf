"""The demo's raw files in pandas, as its source systems wrote them.

Who is who is not in the files: which records are one person or account, and whom a
person works for, is decided by matching, so that it is taken from the warehouse. It has
tests of its own (test_identity.py, test_matching.py, test_whole_way.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

import pandas as pd

from lib.warehouse import PROJECT_ROOT

SEEDS = PROJECT_ROOT / "seeds"


@cache
def seed(name: str) -> pd.DataFrame:
    """Return a seed, every value as text, an empty one as ""."""
    (path,) = SEEDS.glob(f"*/{name}.csv")
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def moments(texts: pd.Series) -> pd.Series:
    """Return times, UTC without a zone, of whatever form a source writes."""
    found = pd.to_datetime(texts, utc=True, format="ISO8601")
    return found.dt.tz_localize(None).astype("datetime64[us]")


def months(times: pd.Series) -> pd.Series:
    """Return the first day of each month."""
    return times.dt.to_period("M").dt.to_timestamp().astype("datetime64[us]")


@dataclass(frozen=True, eq=False)
class Company:
    """A raw folder, who is who in it, and the end of the last day that counts."""

    folder: Path
    as_of: pd.Timestamp
    person_of: Mapping[str, str]  # by source:record_id
    account_of: Mapping[str, str]  # by source:record_id
    employer_of: Mapping[str, str | None]  # account by person

    def table(self, name: str) -> pd.DataFrame:
        """Return a file, every value as text and an empty one as ""."""
        path = self.folder / f"{name}.csv"
        if path.exists():
            return pd.read_csv(path, dtype=str, keep_default_na=False)
        read = pd.read_parquet(self.folder / f"{name}.parquet")
        # A column of nothing but empty values has no text to speak of.
        return read.astype(object).where(read.notna(), "").astype(str)

    @property
    def month_starts(self) -> pd.DatetimeIndex:
        """Every month up to as_of that begins within ten years of it."""
        last = (self.as_of - pd.Timedelta(1, "us")).to_period("M").to_timestamp()
        return pd.date_range(end=last, periods=120, freq="MS").astype("datetime64[us]")

    def usd(
        self, amounts: pd.Series, currencies: pd.Series, at: pd.Series
    ) -> pd.Series:
        """Convert exactly, at the rate of the day, the latest known before it."""
        asked = pd.DataFrame(
            {"currency": currencies.replace("", "USD"), "day": at.dt.normalize()}
        )
        asked = asked.reset_index(drop=True).reset_index(names="place")
        found = pd.merge_asof(
            asked.sort_values("day"), _rates(self), on="day", by="currency"
        ).sort_values("place")
        rates = found["rate"].where(found["currency"] != "USD", Decimal(1))
        return pd.Series(
            [
                Decimal(str(amount)) * rate
                for amount, rate in zip(amounts, rates, strict=True)
            ],
            index=amounts.index,
            dtype=object,
        )


@cache
def _rates(company: Company) -> pd.DataFrame:
    rates = company.table("generic/exchange_rates")
    known = pd.DataFrame(
        {
            "currency": rates["currency"],
            "day": moments(rates["rate_date"]),
            "rate": rates["usd_per_unit"].map(Decimal),
        }
    )
    return known.sort_values("day")


def rounded(amounts: pd.Series, digits: int) -> pd.Series:
    """Round half up, as money is."""
    unit = Decimal(1).scaleb(-digits)
    return amounts.map(lambda amount: amount.quantize(unit, ROUND_HALF_UP))
