"""The one patch that Great Expectations needs on DuckDB.

Great Expectations closes a connection before it fetches from it, unless the dialect is
listed as one that keeps a persisted connection. DuckDB's cursor dies with its
connection, so nearly every expectation fails with "list index out of range". Listing
the dialect is the whole mend. It reaches into a private name: the version is pinned,
and tests/python/test_validate.py fails as soon as the mend is no longer needed.
"""

from __future__ import annotations

import enum

from great_expectations.execution_engine import sqlalchemy_execution_engine

SHIPPED_DIALECTS = sqlalchemy_execution_engine._PERSISTED_CONNECTION_DIALECTS


class _Dialect(enum.StrEnum):
    DUCKDB = "duckdb"


def mend() -> None:
    """Let Great Expectations keep its DuckDB connection open. Safe to call twice."""
    sqlalchemy_execution_engine._PERSISTED_CONNECTION_DIALECTS = (  # type: ignore[assignment]
        *SHIPPED_DIALECTS,
        _Dialect.DUCKDB,
    )
