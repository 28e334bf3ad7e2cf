"""Build one layer after another in one process, and say what each took, as JSON.

    .venv/bin/python benchmarks/build_layers.py --as-of 2026-11-01

The warehouse is that of MOPS_WAREHOUSE. Each line of the output is one layer: seconds,
processor seconds, most memory while it was built, bytes written, and the seconds that
dbt's clock gives to seeds and staging, to intermediate models, to those of them that
only match records, to marts and reports, and to tests. One node is built at a time, on
all cores, so that the clock adds up.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from dbt.artifacts.schemas.results import NodeResult

from lib.project import Project
from run import BUILD

DOMAINS = (
    "core",
    "campaigns",
    "lifecycle",
    "attribution",
    "finance",
    "predictive",
    "quality",
)
LAYERS = {
    "staging": ("path:seeds", "path:models/staging"),
    **{
        domain: (
            f"path:models/intermediate/{domain}",
            f"path:models/marts/{domain}",
            # Of the statuses that lifecycle reads.
            *(("path:snapshots",) if domain == "lifecycle" else ()),
        )
        for domain in DOMAINS
    },
    "reports": ("path:models/reports", "path:models/semantic"),
}
# How likely two records are one person's: what leads up to that, and the answer.
MATCHING = {
    f"int_core__{name}"
    for name in (
        "block_keys",
        "blocked_pairs",
        "match_profiles",
        "person_features",
        "scored_pairs",
    )
}


def main() -> int:
    """Build the layers; return the first exit code of dbt's that is not 0, or 0."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--as-of", required=True)
    arguments.add_argument("--no-tests", action="store_true")
    options = arguments.parse_args()
    excluded = ["--exclude-resource-type=test"] * options.no_tests
    project = Project({"as_of": options.as_of})
    codes = []
    with _told("start", project):
        codes.append(project.parse())
    last = list(LAYERS)[-1]
    for layer, chosen in LAYERS.items():
        with _told(layer, project):
            # As one command would, dbt writes its manifest once.
            command = ("--quiet", *BUILD, *(("--no-write-json",) * (layer != last)))
            buildable = ("--indirect-selection=buildable", "--threads=1", *excluded)
            codes.append(project.run(*command, *buildable, "--select", *chosen))
    for failed in project.failed:
        print(f"{failed} failed", file=sys.stderr)
    return next((code for code in codes if code), 0)


@contextmanager
def _told(layer: str, project: Project) -> Iterator[None]:
    """Measure what is done inside, and print it."""
    # The mark of most memory begins anew.
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    before = _figures()
    yield
    after = _figures()
    told = {name: after[name] - before[name] for name in after}
    told["gigabytes"] = after["gigabytes"]
    clock = _by_clock(project.results)
    print(json.dumps({"stage": layer, **told, **clock}), flush=True)


def _figures() -> dict[str, float]:
    """Return what this process has used so far."""
    status = Path("/proc/self/status").read_text("ascii")
    written = Path("/proc/self/io").read_text("ascii")
    most = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    io = dict(line.split(": ") for line in written.splitlines())
    return {
        "seconds": time.perf_counter(),
        "cpu": time.process_time(),
        "gigabytes": int(most.split()[1]) / 1e6,
        "megabytes_written": int(io["write_bytes"]) / 1e6,
    }


def _by_clock(results: Sequence[NodeResult]) -> dict[str, float]:
    """Return the seconds of dbt's clock: of models, of matching and of tests."""
    kinds = ("staging", "intermediate", "marts", "matching", "tests")
    seconds = dict.fromkeys(kinds, 0.0)
    for each in results:
        kind, _, name = each.node.unique_id.split(".")[:3]
        group = "staging" if kind == "seed" or name.startswith("stg_") else "marts"
        if kind == "test":
            group = "tests"
        elif name in MATCHING:
            group = "matching"
        elif name.startswith("int_"):
            group = "intermediate"
        seconds[group] += each.execution_time
    return seconds


if __name__ == "__main__":
    sys.exit(main())
