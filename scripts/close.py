"""Close a month: freeze its figures and credits as they are reported."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from datetime import UTC, datetime

from lib.cli import OK, UserError, parser, run, say, warn, working
from lib.closing import close, month_of
from lib.warehouse import (
    connect,
    legible,
    require_warehouse,
    undisturbed,
    warehouse_path,
)

DESCRIPTION = """\
Close a month: freeze its figures and credits as the marts have them now.

Later builds hold what they find against it: marts.fct_restatements says what changed
and why, reports.rpt_restatements by how much. What is frozen stays through rebuilds,
full refreshes and landings; nothing but keys in it tells of a person, and erase.py
takes those out.

A month can be closed once it is over as of the last build, and unless the last
validation of the marts failed.

exit code: 0 closed; 1 the validation failed; 2 wrong use, or the month is not over or
closed already."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    arguments = parser(DESCRIPTION, "python scripts/close.py --month 2026-09")
    arguments.add_argument("--month", required=True, metavar="YYYY-MM", help="which")
    arguments.add_argument("--by", metavar="NAME", help="who closes it (default: you)")
    arguments.add_argument(
        "--reopen",
        action="store_true",
        help="close a closed month again; the earlier version is kept",
    )
    options = arguments.parse_args(argv)
    month_of(options.month)
    warehouse = warehouse_path()
    require_warehouse(warehouse)
    with (
        undisturbed(warehouse),
        legible(warehouse),
        connect(warehouse) as connection,
        working(f"closing {options.month}"),
    ):
        closing = close(
            connection,
            options.month,
            options.by or _user(),
            datetime.now(UTC).replace(tzinfo=None),
            is_reopened=options.reopen,
        )
    if not closing.is_validated:
        warn("the marts were never validated: run scripts/validate.py marts")
    counts = closing.counts
    print(
        f"{options.month} closed, version {closing.version}, as of "
        f"{closing.as_of:%Y-%m-%d %H:%M} UTC: {counts['closed_figures']:,} figures, "
        f"{counts['closed_credits']:,} credits"
    )
    say("restatements show after the next dbt build: reports.rpt_restatements")
    return OK


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError) as error:
        raise UserError("nobody knows who you are: give --by NAME") from error


if __name__ == "__main__":
    run(main)
