"""The demo company that several test files look into; it is made and built once."""

from __future__ import annotations

from pathlib import Path

import demo

UNTIL = "2026-08-31"
ARGUMENTS = ["--people", "1500", "--seed", "3", "--until", UNTIL]


def write(folder: Path) -> Path:
    """Write the raw files of the company and return their folder."""
    assert demo.main(["--out", str(folder), *ARGUMENTS]) == 0
    return folder
