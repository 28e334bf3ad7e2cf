"""Fail when dbt-autofix finds deprecated dbt syntax in the project.

The tool looks its schemas up on the network; dbt-core ships the same kind of schemas,
and those are used, so that the check gives the same answer everywhere.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dbt.jsonschemas
from dbt_autofix import main as autofix
from dbt_autofix import retrieve_schemas
from typer.testing import CliRunner

from lib.cli import CHECK_FAILED, OK, parser, run, say
from lib.warehouse import PROJECT_ROOT

SCHEMAS = Path(dbt.jsonschemas.__file__).parent


def _schema(kind: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((SCHEMAS / kind / "latest.json").read_text())
    return schema


def findings() -> list[dict[str, Any]]:
    """Return one entry per file in which dbt-autofix would change something."""
    retrieve_schemas.get_fusion_latest_version = lambda client: "shipped with dbt-core"
    retrieve_schemas.get_fusion_yml_schema = lambda client, version: _schema(
        "resources"
    )
    retrieve_schemas.get_fusion_dbt_project_schema = lambda client, version: _schema(
        "project"
    )
    outcome = CliRunner().invoke(
        autofix.app,
        ["deprecations", "--dry-run", "--json", "--path", str(PROJECT_ROOT)],
    )
    if outcome.exception and not isinstance(outcome.exception, SystemExit):
        raise outcome.exception
    entries = [
        json.loads(line) for line in outcome.output.splitlines() if line[:1] == "{"
    ]
    return [entry for entry in entries if entry.get("file_path")]


def main(argv: Sequence[str] | None = None) -> int:
    """Print what dbt-autofix finds and return the exit code."""
    parser(
        "Fail when dbt-autofix finds deprecated dbt syntax.",
        "python scripts/deprecations.py",
    ).parse_args(argv)
    found = findings()
    for entry in found:
        say(json.dumps(entry))
    say(f"dbt-autofix deprecations --dry-run: {len(found)} files to change")
    return CHECK_FAILED if found else OK


if __name__ == "__main__":
    run(main)
