"""Leads with their features as of the scoring moment, and what came of them.

The SQL that dbt builds computes them here too, for any number of days after creation:
one definition of a feature, whichever way it is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb
import jinja2
import pandas as pd

from lib.cli import UserError
from lib.sql import quote_identifier, relation
from lib.warehouse import PROJECT_ROOT

MODELS = PROJECT_ROOT / "models" / "intermediate" / "predictive"
MOMENTS = "int_predictive__scoring_moments"
# In the order in which they read one another.
CHAIN = (
    "int_predictive__scored_leads",
    "int_predictive__fit_features",
    "int_predictive__touch_features",
    "int_predictive__company_days",
    "int_predictive__company_features",
    "int_predictive__lead_features",
    "int_predictive__rule_scores",
)
TEXT, NUMBER = "text", "number"
UNKNOWN = "(unknown)"


@dataclass(frozen=True)
class Feature:
    """A row of the seed score_features; direction is up, up_if_any, down or free."""

    name: str
    kind: str
    direction: str
    label: str


@dataclass(frozen=True)
class Setting:
    """What is foretold: an opportunity so many days after the scoring moment."""

    after_days: int
    horizon_days: int


class _Functions:
    """The one cross-database macro that the models use."""

    @staticmethod
    def datediff(first: str, second: str, part: str) -> str:
        return f"date_diff('{part}', {first}, {second})"


def listed_features(
    connection: duckdb.DuckDBPyConnection, as_of: datetime
) -> list[Feature]:
    """Return the features that policy lets a model use, in the order of their ids."""
    rows = connection.execute(
        "select feature, kind, direction, label from policy.score_features "
        "where effective_from <= $day "
        "and coalesce(effective_to, date '9999-12-31') > $day order by feature_id",
        {"day": as_of.date()},
    ).fetchall()
    return [Feature(*row) for row in rows]


def lead_frame(
    connection: duckdb.DuckDBPyConnection,
    setting: Setting,
    as_of: datetime,
    *,
    since: datetime | None = None,
    most_leads: int | None = None,
) -> pd.DataFrame:
    """Return one row per lead whose horizon was over by as_of, by scoring moment.

    Columns: lead_id, scored_at, lead_segment, is_positive, rule_score (null without
    one) and each feature of the seed. With since, only leads scored later; beyond
    most_leads a sample, by a hash of the lead's id.

    Raises:
        UserError: so many days before as_of there is no date.
    """
    days = setting.after_days + setting.horizon_days
    try:
        last = as_of - timedelta(days=days)
    except OverflowError as error:
        raise UserError(
            f"--after-days and --horizon-days reach {days:,} days back from "
            f"{as_of:%Y-%m-%d}, before the first date there is"
        ) from error
    first = since - timedelta(days=setting.after_days) if since else datetime.min
    connection.execute(
        f"create or replace temp table {MOMENTS} as "  # noqa: S608
        "select funnel_cycle_id as lead_id, person_id, cycle_number, lead_at, "
        "lead_at + to_days(cast($after as integer)) as scored_at "
        "from marts.fct_lead_funnel where lead_at <= $last and lead_at > $first "
        "order by md5(funnel_cycle_id), funnel_cycle_id limit $most",
        {
            "after": setting.after_days,
            "last": last,
            "first": first,
            "most": most_leads if most_leads is not None else 2**62,
        },
    )
    schemas = _schemas(connection)
    for name in CHAIN:
        connection.execute(
            f"create or replace temp table {name} as {_rendered(name, schemas)}"
        )
    frame = connection.execute(
        "select lead_id, leads.scored_at, leads.segment as lead_segment, "
        "coalesce(opportunity_at <= leads.scored_at + to_days(cast($days as integer)), "
        "false) as is_positive, rule_score "
        "from temp.int_predictive__scored_leads as leads "
        "left join temp.int_predictive__rule_scores using (lead_id) "
        "order by leads.scored_at, lead_id",
        {"days": setting.horizon_days},
    ).df()
    return _with_features(connection, frame)


class Frames:
    """Leads as of one moment, read once for whoever asks for the same.

    It is for one command: what somebody builds in the meantime, it does not see.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, as_of: datetime) -> None:
        """Take the warehouse, and the moment by which a lead's horizon is over."""
        self.as_of = as_of
        self._connection = connection
        self._read: dict[tuple[Setting, datetime, int], pd.DataFrame] = {}

    def younger(
        self, setting: Setting, since: datetime, most_leads: int
    ) -> pd.DataFrame:
        """Return what lead_frame does for leads that are scored since a moment."""
        asked = (setting, since, most_leads)
        if asked not in self._read:
            self._read[asked] = lead_frame(
                self._connection,
                setting,
                self.as_of,
                since=since,
                most_leads=most_leads,
            )
        return self._read[asked]


def _with_features(
    connection: duckdb.DuckDBPyConnection, frame: pd.DataFrame
) -> pd.DataFrame:
    kinds = connection.execute(
        "select feature, kind from policy.score_features order by feature"
    ).fetchall()
    found = {}
    for feature, kind in kinds:
        value = "text_value" if kind == TEXT else "number_value"
        values = connection.execute(
            f"select lead_id, {value} as value "  # noqa: S608
            "from temp.int_predictive__lead_features where feature = ?",
            [feature],
        ).df()
        column = frame["lead_id"].map(values.set_index("lead_id")["value"])
        found[feature] = (
            column.fillna(UNKNOWN).astype(object)
            if kind == TEXT
            else column.fillna(0.0).astype(float)
        )
    return pd.concat([frame, pd.DataFrame(found, index=frame.index)], axis=1)


def _schemas(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    rows = connection.execute(
        "select table_name, table_schema from information_schema.tables "
        "where table_schema in ('marts', 'policy')"
    ).fetchall()
    return dict(rows)


def _rendered(name: str, schemas: dict[str, str]) -> str:
    def ref(model: str) -> str:
        if model == MOMENTS or model in CHAIN:
            return f"temp.{quote_identifier(model)}"
        if model not in schemas:
            raise UserError(f"the warehouse has no {model}: build first (dbt build)")
        return relation(schemas[model], model)

    environment = jinja2.Environment(autoescape=False)  # noqa: S701 - SQL  # nosec B701
    template = environment.from_string((MODELS / f"{name}.sql").read_text("utf-8"))
    return template.render(ref=ref, dbt=_Functions())
