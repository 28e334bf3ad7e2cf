"""Land files in the raw tables of the warehouse."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lib.cli import OK, WRONG_USE, UserError, parser, run, say, warn
from lib.contract import STAGING_FOLDER, Contract
from lib.landing.errors import interrupts
from lib.landing.exports import Exports
from lib.landing.files import discover
from lib.landing.landing import Landing
from lib.landing.profiles import read_categories
from lib.landing.quarantine import open_rejects
from lib.landing.reporting import Report
from lib.warehouse import connect, undisturbed

DESCRIPTION = """\
Land the files of a folder in the raw tables of the warehouse.

  DIR/<source>/<table>.csv     also .csv.gz, .jsonl, .jsonl.gz, .parquet
  DIR/<source>/<table>/        a folder of such files, parts of one table
  DIR/…/<any name>.csv         a native export that is told by its header

A file lands in raw_<source>.<table>, typed by the source contract. Rows that do not fit
go to raw_meta.rejects with line and reason; each file is logged in raw_meta.loads. A
file that is what landed last under its name is skipped. Declared tables without a file
are made empty.

exit code: 0 done, even if rows were rejected; 2 wrong use, or a file cannot be read or
lacks a required column (the others are landed all the same)."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    arguments = parser(DESCRIPTION, "python scripts/load.py data/")
    arguments.add_argument(
        "dir", type=Path, nargs="?", metavar="DIR", help="folder of sources"
    )
    arguments.add_argument(
        "--rejects",
        action="store_true",
        help="land nothing: list the rejected rows that wait to be mended",
    )
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
    if options.rejects:
        return _list_rejects()
    if options.dir is None:
        raise UserError("give the folder to land: load.py DIR (or --rejects)")
    report = Report(options.quiet)
    contract = Contract.read(options.contract)
    exports = Exports.read(options.contract)
    categories = read_categories()
    found = exports.recognise(discover(options.dir).settled(contract.aliases()))
    # Where one file may not land, none does.
    contract.require_open(file.source for file in found.files)
    report.on_discovery(found, options.dir)
    with (
        interrupts(),
        undisturbed(),
        connect() as connection,
        report.progress(found.files),
    ):
        landing = Landing(
            connection, contract, report.on_characters, exports, categories
        )
        for warning in landing.prepare():
            warn(warning)
        for outcome in landing.land_all(found.files, report.on_start):
            report.on_file(outcome)
    report.summary()
    return WRONG_USE if report.failed else OK


def _list_rejects() -> int:
    """List the open rejects of the warehouse, one line a file and reason."""
    with connect(read_only=True) as connection:
        found = list(open_rejects(connection))
    for rejects in found:
        print(rejects)
    if found:
        total = sum(rejects.count for rejects in found)
        say(
            f"{total:,} open: mend a file and load it again under the same name, and "
            "its rejects close"
        )
    else:
        say("no rejected row is open")
    return OK


if __name__ == "__main__":
    run(main)
