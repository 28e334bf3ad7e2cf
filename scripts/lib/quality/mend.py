"""The three patches that Great Expectations needs on DuckDB.

Great Expectations closes a connection before it fetches from it, unless the dialect is
listed as one that keeps a persisted connection. DuckDB's cursor dies with its
connection, so nearly every expectation fails with "list index out of range". Listing
the dialect is the whole mend.

The query for a rule's failing rows is handed out as text, its values filled in. Great
Expectations does not know DuckDB's placeholder $1. It takes a value for filled in when
its digits stand anywhere in the text, so a column named property_2 leaves the $1 of a
value 2 open, and the query cannot run. Having every text compiled with its values, the
way it falls back to, ends that.

For a rule in SQL it reads rows beside their number, which takes as long again, and
passes them on only where a result is to be complete. No result here is, so that there
is nothing to read.

All reach into private names: the version is pinned, and tests/python/test_validate.py
fails as soon as one of them is no longer needed.
"""

from __future__ import annotations

import enum

from great_expectations.execution_engine import sqlalchemy_execution_engine
from great_expectations.expectations.metrics import util as metrics_util
from great_expectations.expectations.metrics.query_metrics.query_table import (
    unexpected_rows_query_table,
)

SHIPPED_DIALECTS = sqlalchemy_execution_engine._PERSISTED_CONNECTION_DIALECTS
SHIPPED_CHECK = metrics_util._check_has_unsubstituted_params


class _Dialect(enum.StrEnum):
    DUCKDB = "duckdb"


def mend() -> None:
    """Let Great Expectations work on DuckDB in this process. Safe to call twice."""
    sqlalchemy_execution_engine._PERSISTED_CONNECTION_DIALECTS = (  # type: ignore[assignment]
        *SHIPPED_DIALECTS,
        _Dialect.DUCKDB,
    )
    metrics_util._check_has_unsubstituted_params = _is_never_filled_in
    rows = unexpected_rows_query_table.UnexpectedRowsQueryTable
    rows._get_sqlalchemy_records_from_substituted_batch_subquery = _no_rows  # type: ignore[method-assign]


def _is_never_filled_in(query_as_string: str, compiled: object) -> bool:
    """Say of any text that it still has placeholders, which has it compiled anew."""
    return True


def _no_rows(*arguments: object, **more: object) -> list[dict[str, object]]:
    """Return what is read of the rows that a rule in SQL finds."""
    return []
