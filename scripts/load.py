"""Land files in the raw tables of the warehouse."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from lib.cli import OK, WRONG_USE, parser, run, warn
from lib.contract import STAGING_FOLDER, Contract
from lib.landing.errors import interrupts
from lib.landing.files import discover
from lib.landing.landing import Landing
from lib.landing.reporting import Report
from lib.warehouse import connect

DESCRIPTION = """\
Land the files of a folder in the raw tables of the warehouse.

  DIR/<source>/<table>.csv     also .csv.gz, .jsonl, .jsonl.gz, .parquet
  DIR/<source>/<table>/        a folder of such files, parts of one table

A file lands in raw_<source>.<table>, typed by the source contract. Rows that do not fit
go to raw_meta.rejects with line and reason; each file is logged in raw_meta.loads. A
file that is what landed last under its name is skipped. Declared tables without a file
are made empty.

exit code: 0 done, even if rows were rejected; 2 wrong use, or a file cannot be read or
lacks a required column (the others are landed all the same)."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    arguments = parser(DESCRIPTION, "python scripts/load.py data/")
    arguments.add_argument("dir", type=Path, metavar="DIR", help="folder of sources")
    arguments.add_argument(
        "--contract",
        type=Path,
        default=STAGING_FOLDER,
        metavar="FOLDER",
        help="folder of the source contracts (default: models/staging)",
    )
    arguments.add_argument(
        "--quiet", action="store_true", help="write warnings and errors only"
    )
    options = arguments.parse_args(argv)
    report = Report(options.quiet)
    contract = Contract.read(options.contract)
    found = discover(options.dir)
    report.on_discovery(found, options.dir)
    with (
        interrupts(),
        _private_files(),
        connect() as connection,
        report.progress(found.files),
    ):
        landing = Landing(connection, contract, report.on_characters)
        for warning in landing.prepare():
            warn(warning)
        for file in found.files:
            report.on_start(file)
            report.on_file(landing.land(file))
    report.summary()
    return WRONG_USE if report.failed else OK


@contextmanager
def _private_files() -> Iterator[None]:
    """Make files and folders that only their owner can read."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


if __name__ == "__main__":
    run(main)
