"""Run dbt inside this process, against the warehouse that is named."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from lib.warehouse import PROJECT_ROOT, warehouse_path


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def invoke(args: Sequence[str], warehouse: Path | None = None) -> bool:
    """Run one dbt command and return whether it succeeded.

    The connection is closed afterwards, so that other tools can open the warehouse.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    path = warehouse or warehouse_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    settings = {
        "MOPS_WAREHOUSE": str(path),
        "DBT_PROJECT_DIR": str(PROJECT_ROOT),
        "DBT_PROFILES_DIR": str(PROJECT_ROOT),
    }
    with _environment(**settings):
        try:
            return dbtRunner().invoke([*args]).success
        finally:
            DuckDBConnectionManager.close_all_connections()
