"""Estimate again what each field weighs when person records are matched.

train reads the features of the landed records, which `dbt build` has prepared, and
writes the seed that every build scores with. The same records give the same file. The
shipped one comes from made records, so that nobody's data decides for another's:

    benchmarks/people.py --records 60000 --out DIR, then load, build, train
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path

import duckdb

from lib import cli
from lib.cli import UserError
from lib.matching.model import COLUMNS, UNIQUE_ID
from lib.matching.training import estimate, parameter_rows
from lib.sql import columns
from lib.warehouse import PROJECT_ROOT, connect

SEED_FILE = PROJECT_ROOT / "seeds" / "core" / "match_parameters.csv"
OWNER = "governance@example.com"
FEWEST_RECORDS = 1_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the chosen command and return an exit code."""
    parser = cli.parser(__doc__ or "", "scripts/match.py train")
    commands = parser.add_subparsers(dest="command", required=True)
    train = commands.add_parser("train", help="estimate the weights, write the seed")
    train.add_argument("--out", type=Path, default=SEED_FILE, help="file to write")
    return _train(parser.parse_args(arguments))


def _train(options: argparse.Namespace) -> int:
    query = (
        f"select {columns([UNIQUE_ID, *COLUMNS])} "  # noqa: S608 - our own names
        f"from intermediate.int_core__person_features order by {UNIQUE_ID}"
    )
    with connect(read_only=True) as connection:
        try:
            features = connection.execute(query).to_arrow_table()
        except duckdb.CatalogException as error:
            raise UserError("no features in the warehouse: dbt build first") from error
    if len(features) < FEWEST_RECORDS:
        raise UserError(
            f"{len(features)} person records are too few to estimate from; "
            f"at least {FEWEST_RECORDS:,} are needed"
        )
    with cli.working(f"estimating from {len(features):,} records"):
        weights, duplicates = estimate(features)
    try:
        with options.out.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerows(parameter_rows(weights, duplicates, OWNER))
    except OSError as error:
        raise UserError(f"cannot write {options.out}: {error.strerror}") from error
    cli.say(f"{len(weights)} weights written to {options.out}")
    return cli.OK


if __name__ == "__main__":
    cli.run(main)
