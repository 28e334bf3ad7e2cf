"""Learn which leads become opportunities, and put a score in force that dbt applies.

train fits a scorecard to the leads whose horizon is over, validate judges the scores on
leads younger than that, promote puts the newest model in force if it beats the one that
is, and export writes the points for a marketing tool. A lead is scored so many days
after its creation, by what was known then. All read the marts and write to
raw_predictions; `dbt build --select path:models/staging/predictions+` carries that into
the marts, as `make run` does. Where too few leads convert, the rule score stays in use.

exit code: 0 done, or nothing to do; 1 a promotion was refused; 2 wrong use.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import duckdb

from lib.cli import CHECK_FAILED, OK, UserError, parser, run, working
from lib.scoring import running, tables
from lib.scoring.frame import Frames, Setting
from lib.warehouse import (
    connect,
    legible,
    require_warehouse,
    undisturbed,
    warehouse_path,
)

EXAMPLE = "python scripts/score.py train --as-of 2026-06-30"
COMMANDS = {
    "train": "fit a scorecard, and gradient boosting beside it",
    "validate": "judge the scores by what happened since",
    "promote": "put a model in force that beats the one that is",
    "export": "write the points as a CSV file",
}
DAYS = (
    ("--after-days", 14, "from a lead's creation to its scoring (default: 14)"),
    ("--horizon-days", 90, "in which it is to convert (default: 90)"),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    arguments = parser(__doc__ or "", EXAMPLE)
    commands = arguments.add_subparsers(dest="command", required=True)
    parts = {
        name: commands.add_parser(name, help=text) for name, text in COMMANDS.items()
    }
    for name, part in parts.items():
        part.add_argument(
            "--as-of", metavar="DATE", help="default: when dbt last built"
        )
        if name != "export":
            for option, days, text in DAYS:
                part.add_argument(
                    option, type=int, default=days, metavar="N", help=text
                )
    parts["train"].add_argument(
        "--if-due", action="store_true", help="only if the newest model is old enough"
    )
    parts["train"].add_argument(
        "--promote", action="store_true", help="and promote it if it is better"
    )
    parts["train"].add_argument(
        "--validate", action="store_true", help="and validate what there is"
    )
    parts["promote"].add_argument("--version", help="default: the newest")
    parts["export"].add_argument(
        "--out", type=Path, default=Path("output/scores"), help="folder to write to"
    )
    options = arguments.parse_args(argv)
    if options.command != "export" and (
        options.after_days < 0 or options.horizon_days < 1
    ):
        raise UserError("--after-days must be 0 or more, --horizon-days 1 or more")
    warehouse = warehouse_path()
    require_warehouse(warehouse)
    with (
        undisturbed(warehouse),
        legible(warehouse),
        connect(warehouse) as connection,
        working(f"scoring: {options.command}"),
    ):
        tables.prepare(connection)
        return _done(connection, options)


def _done(connection: duckdb.DuckDBPyConnection, options: argparse.Namespace) -> int:
    as_of = running.moment_of(connection, options.as_of)
    if options.command == "export":
        print(running.export_points(connection, as_of, options.out).text)
        return OK
    setting = Setting(options.after_days, options.horizon_days)
    frames = Frames(connection, as_of)
    if options.command == "validate":
        return _validated(connection, setting, frames)
    if options.command == "promote":
        outcome = running.promote(connection, setting, frames, options.version)
        print(outcome.text)
        return OK if outcome.is_done else CHECK_FAILED
    trained = running.train(connection, setting, as_of, only_if_due=options.if_due)
    print(trained.text)
    if options.promote and running.is_trained(connection, setting, as_of):
        print(running.promote(connection, setting, frames).text)
    return _validated(connection, setting, frames) if options.validate else OK


def _validated(
    connection: duckdb.DuckDBPyConnection, setting: Setting, frames: Frames
) -> int:
    for outcome in running.validate(connection, setting, frames):
        print(outcome.text)
    return OK


if __name__ == "__main__":
    run(main)
