"""A load that is killed at any moment: the next one ends as an undisturbed one does."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from conftest import Warehouse, write_csv
from lib.warehouse import PROJECT_ROOT

KILLS = 6
ROWS = 25_000


def command(raw: Path) -> list[str]:
    return [sys.executable, str(PROJECT_ROOT / "scripts" / "load.py"), str(raw)]


def environment(warehouse: Path) -> dict[str, str]:
    return {**os.environ, "MOPS_WAREHOUSE": str(warehouse)}


def contents(warehouse: Warehouse) -> dict[str, Any]:
    """Return count and order-free hash of each raw table, and the log without times."""
    tables = warehouse.rows(
        "select table_schema, table_name from information_schema.tables "
        "where table_schema like 'raw%' and table_schema != 'raw_meta'"
    )
    found: dict[str, Any] = {
        f"{schema}.{table}": warehouse.rows(
            f'select count(*), bit_xor(hash(each)) from {schema}."{table}" as each'
        )
        for schema, table in tables
    }
    for log in ("loads", "rejects"):
        found[log] = warehouse.rows(
            f"select columns(* exclude loaded_at) from raw_meta.{log} order by all"
        )
    return found


def test_kill_9_in_the_middle_leaves_no_trace(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    for part in range(4):
        write_csv(
            raw / "generic" / "touches" / f"{part}.csv",
            [
                {
                    "touch_id": f"t{number}",
                    "person_id": f"p{number % 977}",
                    "touched_at": "2024-01-01 00:00:00" if number % 5000 else "never",
                    "touch_type": "web_session",
                }
                for number in range(part * ROWS, (part + 1) * ROWS)
            ],
        )
    undisturbed = tmp_path / "undisturbed" / "mops.duckdb"
    started = time.monotonic()
    subprocess.run(command(raw), env=environment(undisturbed), check=True)
    duration = time.monotonic() - started

    disturbed = tmp_path / "disturbed" / "mops.duckdb"
    chance = random.Random(5)  # noqa: S311 - a reproducible test, not a secret
    killed = 0
    for _ in range(KILLS):
        loader = subprocess.Popen(command(raw), env=environment(disturbed))
        time.sleep(chance.uniform(0.2, 0.9) * duration)
        loader.send_signal(signal.SIGKILL)
        killed += loader.wait() == -signal.SIGKILL
    assert killed > 0
    subprocess.run(command(raw), env=environment(disturbed), check=True)
    assert contents(Warehouse(disturbed)) == contents(Warehouse(undisturbed))
    assert Warehouse(disturbed).value("select count(*) from raw_meta.rejects") == 20
