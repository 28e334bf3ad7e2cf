"""Reports of what is published: the answer, the Monday report, the quarter's review.

Prints how much pipeline marketing sourced this quarter, and at what cost. Writes that
as OUT/report/pipeline.md, and the report of a week as weekly.html, which needs no
network, and weekly.md, the same figures for a mail. With --quarter it writes
quarter.html and quarter.md besides.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from lib.cli import OK, UserError, parser, run, say
from lib.pipeline_answer import as_markdown, read_answer
from lib.publish import DATABASE, latest_publication
from lib.report.publication import opened
from lib.report.quarterly import quarterly
from lib.report.rendering import Report, as_html, as_text
from lib.report.weekly import weekly

EXAMPLE = "python scripts/report.py --week 2026-10-21 --quarter 2026Q3"
LAST_QUARTER = "last"


def main(argv: Sequence[str] | None = None) -> int:
    """Print the answer, write the reports to OUT/report; return the exit code."""
    arguments = parser(__doc__ or "", EXAMPLE)
    arguments.add_argument(
        "--out", type=Path, default=Path("output"), help="folder of the publication"
    )
    arguments.add_argument(
        "--week",
        metavar="DATE",
        type=_day,
        help="a day of the week to report (default: the last that was over by as_of)",
    )
    arguments.add_argument(
        "--quarter",
        metavar="YYYYQn",
        nargs="?",
        const=LAST_QUARTER,
        help="review this fiscal quarter too (alone: the last that was over)",
    )
    options = arguments.parse_args(argv)
    out: Path = options.out
    publication = latest_publication(out)
    reports: dict[str, Report] = {}
    with opened(publication) as published:
        reports["weekly"] = weekly(published, options.week)
        if options.quarter is not None:
            name = None if options.quarter == LAST_QUARTER else options.quarter
            reports["quarter"] = quarterly(published, name)
    folder = out / "report"
    try:
        written = [
            path
            for name, report in reports.items()
            for path in _write(folder, name, report)
        ]
        text = as_markdown(read_answer(publication / DATABASE))
        target = folder / "pipeline.md"
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(f"cannot write to {folder}: {error.strerror}") from error
    print(text)
    for path in (target, *written):
        say(f"report:    {path}")
    for layer in ("raw", "marts"):
        say(f"data docs: {out / 'data_docs' / layer / 'index.html'}")
    say(f"published: {publication}")
    return OK


def _day(text: str) -> date:
    """Read a date; argparse turns the error into exit code 2."""
    return date.fromisoformat(text)


def _write(folder: Path, name: str, report: Report) -> list[Path]:
    """Write both renderings of a report and return their paths."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    page, text = folder / f"{name}.html", folder / f"{name}.md"
    page.write_text(as_html(report), encoding="utf-8")
    text.write_text(as_text(report), encoding="utf-8")
    for path in (page, text):
        path.chmod(0o600)
    return [page, text]


if __name__ == "__main__":
    run(main)
