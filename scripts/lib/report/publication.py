"""The published marts and reports as the parts of a report read them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb

from lib.cli import UserError
from lib.publish import DATABASE
from lib.report.periods import Settings
from lib.warehouse import connect

_PARAMETER = re.compile(r"\$(\w+)")

SETTINGS = """
    select
        reporting_currency,
        reporting_time_zone,
        fiscal_year_start_month,
        default_attribution_model,
        as_of,
        day_of(as_of) as as_of_day,
        day_of(as_of + interval '1' microsecond) as day_not_over
    from marts.dim_build_settings
"""

FIRST_DAY = """
    select min(day) from (
        select day_of(min(lead_at)) as day from marts.fct_lead_funnel
        union all
        select day_of(min(created_at)) as day from marts.fct_opportunities
        union all
        select min(spend_date) as day from marts.fct_ad_spend_days
    )
"""


@dataclass(frozen=True)
class Publication:
    """An open publication; its own functions give days of the reporting time zone."""

    connection: duckdb.DuckDBPyConnection

    def rows(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a query; of the values, those that it names are bound."""
        named = {name: values[name] for name in set(_PARAMETER.findall(sql))}
        return self.connection.execute(sql, named).fetchall()

    def row(self, sql: str, **values: Any) -> tuple[Any, ...]:
        """Return the one row of a query."""
        (found,) = self.rows(sql, **values)
        return found

    def has(self, relation: str, *columns: str) -> bool:
        """Tell whether schema.name is published with all of these columns."""
        schema, name = relation.split(".")
        published = {
            column
            for (column,) in self.rows(
                "select column_name from information_schema.columns "
                "where table_schema = $schema and table_name = $name",
                schema=schema,
                name=name,
            )
        }
        return bool(published) and published.issuperset(columns)

    def settings(self) -> Settings:
        """Return what the build of this publication went by."""
        currency, zone, month, model, as_of, as_of_day, not_over = self.row(SETTINGS)
        (first_day,) = self.row(FIRST_DAY)
        last_whole_day = not_over - timedelta(days=1)
        return Settings(
            currency, zone, month, model, as_of, as_of_day, last_whole_day, first_day
        )

    def owner_names(self) -> dict[str, str]:
        """Return the name of each rep, where names are published."""
        if not self.has("marts.dim_reps", "rep_id", "rep_name"):
            return {}
        return dict(
            self.rows(
                "select rep_id, rep_name from marts.dim_reps where rep_name is not null"
            )
        )


@contextmanager
def opened(folder: Path) -> Iterator[Publication]:
    """Open the publication in a folder, read-only.

    Raises:
        UserError: it lacks something that every report reads.
    """
    database = folder / DATABASE
    with connect(database, read_only=True) as connection:
        try:
            (zone,) = connection.execute(
                "select reporting_time_zone from marts.dim_build_settings"
            ).fetchall()[0]
            connection.execute("set variable reporting_zone = $zone", {"zone": zone})
            connection.execute(
                "create temp macro day_of(moment) as cast((moment at time zone 'UTC') "
                "at time zone getvariable('reporting_zone') as date)"
            )
            yield Publication(connection)
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            reason = str(error).splitlines()[0]
            raise UserError(
                f"{database} is not as this version makes it ({reason}): "
                "publish again (make run)"
            ) from error
