"""Take erased people out of closed months, whose figures stay as they were reported.

A credit keeps its conversion, channel, campaign and amount, and loses the touch and the
person; an MQL, whose id names the person, gets another id. Touches of erased people go:
they only tell why figures changed.
"""

# SQL is put together here from this package's own expressions.
# ruff: noqa: S608

from __future__ import annotations

import duckdb

from lib import closed_tables
from lib.erasure.sift import is_erased, short_key
from lib.sql import relation

_CONVERSIONS = relation("raw_meta", "closed_conversions")
_CREDITS = relation("raw_meta", "closed_credits")
_TOUCHES = relation("raw_meta", "closed_touches")
_RENAMED = "temp.erased_conversions"
_IS_ERASED = is_erased("record", short_key("person_id"))
_IS_ERASED_MQL = "conversion_type = 'mql' and " + is_erased(
    "record", short_key("regexp_replace(conversion_id, '#[0-9]+$', '')")
)


def forget(connection: duckdb.DuckDBPyConnection) -> int:
    """Take every erased person out of the closed months; return how many rows told.

    Within a transaction that is open.
    """
    for statement in closed_tables.TABLES:
        connection.execute(statement)
    taken = _changed(
        connection,
        f"delete from {_CONVERSIONS} where {_IS_ERASED_MQL} and not is_in_month",
    )
    # Numbered on from the erasures before.
    connection.execute(
        f"create or replace temp table {_RENAMED.split('.')[1]} as "
        "select closing_id, conversion_id, 'erased#' || ("
        "row_number() over (partition by closing_id order by conversion_id) + ("
        f"select count(*) from {_CONVERSIONS} as before "
        "where before.closing_id = conversions.closing_id "
        "and starts_with(before.conversion_id, 'erased#'))) as new_id "
        f"from {_CONVERSIONS} as conversions where {_IS_ERASED_MQL}"
    )
    for table in (_CREDITS, _CONVERSIONS):
        taken += _changed(
            connection,
            f"update {table} as closed set conversion_id = renamed.new_id "
            f"from {_RENAMED} as renamed where closed.conversion_type = 'mql' "
            "and closed.closing_id = renamed.closing_id "
            "and closed.conversion_id = renamed.conversion_id",
        )
    connection.execute(f"drop table {_RENAMED}")
    taken += _changed(
        connection, f"update {_CONVERSIONS} set person_id = null where {_IS_ERASED}"
    )
    taken += _changed(
        connection,
        f"update {_CREDITS} set person_id = null, touchpoint_id = null "
        f"where {_IS_ERASED}",
    )
    return taken + _changed(connection, f"delete from {_TOUCHES} where {_IS_ERASED}")


def _changed(connection: duckdb.DuckDBPyConnection, statement: str) -> int:
    row = connection.execute(statement).fetchone()
    return int(row[0]) if row else 0
