"""Run a company of a million touches with two gigabytes for DuckDB.

The files are made and run twice: with room enough, and with little. The second run must
end well and leave what the first one left, row for row.

exit code: 0 it did; 1 it did not; 2 it could not be tried.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from company import CUT_AT, write_company
from lib.cli import CHECK_FAILED, OK, UserError, parser, run, say
from places import Place, differences, of_both

ENOUGH, LITTLE = "8GB", "2GB"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    arguments = parser(__doc__ or "", "python tests/faults/little_memory.py")
    arguments.add_argument(
        "--people", type=int, default=100_000, metavar="N", help="ten touches each"
    )
    options = arguments.parse_args(argv)
    with TemporaryDirectory(prefix="mops-memory-") as name:
        folder = Path(name)
        write_company(folder / "raw", options.people)
        data = str(folder / "raw" / "history")
        command = ("run.py", data, "--out", "{out}", "--as-of", CUT_AT)
        left = []
        for limit in (ENOUGH, LITTLE):
            place = Place(folder / limit, {"MOPS_MEMORY_LIMIT": limit})
            say(f"a run with {limit} for DuckDB")
            process = place.start(command)
            _, status, used = os.wait4(process.pid, 0)
            code = os.waitstatus_to_exitcode(status)
            if code != OK:
                log = place.said.read_text("utf-8").splitlines()
                raise UserError(f"it ended with {code}: {log[-1]}", CHECK_FAILED)
            print(f"{limit}: {used.ru_utime + used.ru_stime:.0f} s of processors, "
                  f"{used.ru_maxrss / 1e6:.1f} GB at most in one process",
                  flush=True)  # fmt: skip
            left.append(of_both(place))
    wrong = differences(*left)
    print("; ".join(wrong) or "both runs left the same")
    return CHECK_FAILED if wrong else OK


if __name__ == "__main__":
    run(main)
