"""Run dbt inside the test process, against a warehouse of the test's own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

from lib.warehouse import PROJECT_ROOT


@cache
def parsed_project() -> Manifest:
    """Parse the project, which is the same for every run of a process."""
    with TemporaryDirectory() as folder:
        arguments = ["parse", "--quiet", "--target-path", folder, "--log-path", folder]
        parsed = dbtRunner().invoke(arguments)
    assert isinstance(parsed.result, Manifest), parsed.exception
    return parsed.result


def invoke(arguments: Sequence[str], warehouse: Path) -> bool:
    """Run one dbt command and return whether it succeeded.

    The connection is closed afterwards, so that the test can open the warehouse.
    """
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("MOPS_WAREHOUSE", str(warehouse))
        environment.setenv("DBT_PROJECT_DIR", str(PROJECT_ROOT))
        environment.setenv("DBT_PROFILES_DIR", str(PROJECT_ROOT))
        try:
            project = parsed_project().deepcopy()
            return bool(dbtRunner(manifest=project).invoke([*arguments]).success)
        finally:
            if DuckDBConnectionManager._ENV is not None:
                DuckDBConnectionManager._ENV.close()  # type: ignore[no-untyped-call]
            DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
