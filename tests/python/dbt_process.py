"""Run dbt inside the test process, against a warehouse of the test's own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.artifacts.resources.types import NodeType
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from dbt_common.events.base_types import EventMsg

from lib.warehouse import PROJECT_ROOT

# dbt would put thousands of lines into words, only to drop them.
LOG_NOTHING = ("--log-level", "none", "--log-level-file", "none")


@cache
def parsed_project() -> Manifest:
    """Parse the project, which is the same for every run of a process."""
    with TemporaryDirectory() as folder:
        arguments = ["parse", "--quiet", "--target-path", folder, "--log-path", folder]
        parsed = dbtRunner().invoke(arguments)
    assert isinstance(parsed.result, Manifest), parsed.exception
    return parsed.result


@cache
def project_without_tests() -> Manifest:
    """Return what there is to build alone.

    A build waits for the tests of all that a model stands on, so that dbt would spend
    more time on thousands of tests that it leaves out than on the models.
    """
    project = parsed_project().deepcopy()
    project.nodes = {
        key: node
        for key, node in project.nodes.items()
        if node.resource_type != NodeType.Test
    }
    project.unit_tests = {}
    project.build_parent_and_child_maps()
    return project


def print_error(event: EventMsg) -> None:
    """Print what went wrong, as the log of a run is off."""
    if event.info.level == "error":
        print(event.info.msg)  # type: ignore[attr-defined]


def invoke(arguments: Sequence[str], warehouse: Path, *, tests: bool = True) -> bool:
    """Run one dbt command, with or without tests, and return whether it succeeded.

    The connection is closed afterwards, so that the test can open the warehouse.
    """
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("MOPS_WAREHOUSE", str(warehouse))
        environment.setenv("DBT_PROJECT_DIR", str(PROJECT_ROOT))
        environment.setenv("DBT_PROFILES_DIR", str(PROJECT_ROOT))
        try:
            project = parsed_project() if tests else project_without_tests()
            runner = dbtRunner(manifest=project.deepcopy(), callbacks=[print_error])
            return bool(runner.invoke([*arguments, *LOG_NOTHING]).success)
        finally:
            if DuckDBConnectionManager._ENV is not None:
                DuckDBConnectionManager._ENV.close()  # type: ignore[no-untyped-call]
            DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
