"""Run dbt inside the test process, against a warehouse of the test's own."""

from __future__ import annotations

import gc
import hashlib
import pickle
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from dbt.artifacts.resources.types import NodeType
from dbt.cli.main import dbtRunner
from dbt.compilation import Linker
from dbt.contracts.graph.manifest import Manifest
from dbt.contracts.graph.nodes import Macro, ManifestNode
from dbt_common.events.base_types import EventMsg

import shared_builds
from lib.project import let_go
from lib.warehouse import PROJECT_ROOT

# What dbt parsed is kept here, for other workers and for runs of the same project.
PARSED = PROJECT_ROOT / "target" / "tests"
READ_BY_DBT = (
    *("analyses", "macros", "models", "seeds", "snapshots", "*.yml"),
    *("tests/generic", "tests/singular"),
)

# The tag of staging views that are the same whatever the vars of a run.
FIXED = "reads_no_vars"

# dbt would put thousands of lines into words, only to drop them.
LOG_NOTHING = ("--log-level", "none", "--log-level-file", "none")


@contextmanager
def environment(warehouse: Path) -> Iterator[None]:
    """Name the project and a warehouse to dbt."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOPS_WAREHOUSE", str(warehouse))
        patch.setenv("DBT_PROJECT_DIR", str(PROJECT_ROOT))
        patch.setenv("DBT_PROFILES_DIR", str(PROJECT_ROOT))
        patch.setenv("DBT_USE_FAST_TEST_EDGES", "true")
        # It takes half of a small run; test_project.py looks for cycles once.
        patch.setattr(Linker, "find_cycles", lambda linker: None)
        yield


@cache
def parsed_project() -> Manifest:
    """Parse the project, which is the same for every run of a process.

    Another state of the project is parsed in full, since dbt may miss what changed.
    """
    folder = PARSED / _fingerprint()
    arguments = ["parse", "--quiet", "--target-path", str(folder)]
    arguments += ["--log-path", str(folder), *LOG_NOTHING]
    with shared_builds.locked(PARSED), environment(folder / "mops.duckdb"):
        if not folder.exists():
            shutil.rmtree(PARSED, ignore_errors=True)
        parsed = dbtRunner().invoke(arguments)
    assert isinstance(parsed.result, Manifest), parsed.exception
    return parsed.result


def _fingerprint() -> str:
    """Return a print of every file that dbt may read."""
    print_of_all = hashlib.sha256()
    for pattern in READ_BY_DBT:
        for top in sorted(PROJECT_ROOT.glob(pattern)):
            for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
                if path.is_file() and path.suffix != ".pyc":
                    print_of_all.update(str(path).encode() + path.read_bytes())
    return print_of_all.hexdigest()[:16]


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
    for node in project.nodes.values():
        if node.schema == "staging" and not _reads_vars(node, project):
            node.tags.append(FIXED)
    return project


def _reads_vars(node: ManifestNode | Macro, project: Manifest) -> bool:
    """Tell whether a var may change what a model or macro of the project says."""
    text = node.macro_sql if isinstance(node, Macro) else node.raw_code
    called = [project.macros[key] for key in node.depends_on.macros]
    return "var(" in text or any(
        _reads_vars(macro, project)
        for macro in called
        if macro.package_name == project.metadata.project_name
    )


def project_of_test(name: str) -> Manifest:
    """Return one test and what it reads, as dbt looks through all that it is given.

    What the project does at the end of every run is there too.
    """
    everything = parsed_project()
    nodes = everything.nodes
    kept = {
        key: node
        for key, node in nodes.items()
        if node.name == name or node.resource_type == NodeType.Operation
    }
    for node in list(kept.values()):
        kept.update((key, nodes[key]) for key in node.depends_on_nodes)
    return replace(
        everything,
        nodes=deepcopy(kept),
        unit_tests={},
        exposures={},
        metrics={},
        semantic_models={},
        saved_queries={},
    )


@cache
def _pickled(tests: bool) -> bytes:
    return pickle.dumps(parsed_project() if tests else project_without_tests())


def _copy(pickled: bytes) -> Manifest:
    """Return a project of the run's own.

    While its many objects are made none of them is garbage, and to look for some would
    take ten times as long.
    """
    gc.disable()
    try:
        project: Manifest = pickle.loads(pickled)  # noqa: S301 - our own
    finally:
        gc.enable()
    return project


def print_error(event: EventMsg) -> None:
    """Print what went wrong, as the log of a run is off."""
    if event.info.level == "error":
        print(event.info.msg)  # type: ignore[attr-defined]


def invoke(
    arguments: Sequence[str],
    warehouse: Path,
    *,
    tests: bool = True,
    project: Manifest | None = None,
    artifacts: bool = False,
) -> bool:
    """Run one dbt command, with or without tests, and return whether it succeeded.

    A part of the project may be given in place of all of it, for one run. What dbt
    writes about a run takes it seconds, so that it is to be asked for. The connection
    is closed afterwards, so that the test can open the warehouse.
    """
    with environment(warehouse):
        try:
            own = project or _copy(_pickled(tests))
            runner = dbtRunner(manifest=own, callbacks=[print_error])
            written = ["--write-json" if artifacts else "--no-write-json"]
            return bool(runner.invoke([*arguments, *written, *LOG_NOTHING]).success)
        finally:
            let_go()
