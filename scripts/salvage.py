"""Put a corrupt warehouse aside, and save what can be read of it."""

from __future__ import annotations

import os
from collections.abc import Sequence

from lib.cli import CHECK_FAILED, OK, parser, run, say, warn, working
from lib.contract import Contract
from lib.erasure import salt
from lib.salvaging import ERASURES, Salvage, salvage
from lib.warehouse import require_warehouse, undisturbed, warehouse_path

DESCRIPTION = """\
Put a corrupt warehouse aside, and save what can be read of it.

Every table of what landed, and of what the warehouse alone holds (closed months,
histories, verdicts, models), is copied if all of it can be read. What cannot be read is
listed, with what that means. The damaged file stays under the name
mops.corrupt-TIME.duckdb: keep it until all is well. Nothing is done to a sound one.

Then run `make run`: the files of tables that are lost land again, and marts and reports
are built anew. What was published stays up until then. Where it is lost who was erased,
nothing lands before somebody has seen to it that no file holds them.

exit code: 0 all was saved, or nothing is wrong; 1 something is lost; 2 wrong use."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser(DESCRIPTION, "python scripts/salvage.py").parse_args(argv)
    warehouse = warehouse_path()
    require_warehouse(warehouse)
    contract = Contract.read()
    with undisturbed(warehouse), working("reading every table"):
        found = salvage(warehouse, contract)
    if found.aside is None:
        print(f"nothing is wrong with {warehouse}: every table can be read")
        return OK
    _report(found)
    has_salt = salt.VARIABLE in os.environ or salt.salt_file(warehouse).exists()
    if has_salt and any(loss.startswith(ERASURES) for loss in found.lost):
        mark = salt.forget(warehouse)
        warn(
            "nothing tells any more who was erased, so nothing lands: see that no file "
            f"holds them, or bring a copy of the warehouse back; then remove {mark}"
        )
    else:
        say("now run: make run")
    return CHECK_FAILED if found.lost else OK


def _report(found: Salvage) -> None:
    print(f"put aside: {found.aside}")
    if found.unopened is not None:
        print(f"nothing of it could be read: {found.unopened}")
    print(f"saved: {sum(found.rows.values()):,} rows of {len(found.rows)} tables")
    for loss in found.lost:
        print(f"lost: {loss}")


if __name__ == "__main__":
    run(main)
