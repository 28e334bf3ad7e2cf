"""Answer from the published marts: how much pipeline did marketing source?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lib.cli import OK, parser, run, say
from lib.pipeline_answer import as_markdown, read_answer
from lib.publish import latest_publication


def main(argv: Sequence[str] | None = None) -> int:
    """Write the answer to stdout and OUT/report/pipeline.md; return the exit code."""
    arguments = parser(
        "Print how much pipeline marketing sourced this quarter, and at what cost.",
        "python scripts/report.py --out output",
    )
    arguments.add_argument(
        "--out", type=Path, default=Path("output"), help="folder of the publication"
    )
    out: Path = arguments.parse_args(argv).out
    publication = latest_publication(out)
    text = as_markdown(read_answer(publication / "mops_marts.duckdb"))
    target = out / "report" / "pipeline.md"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)
    print(text)
    say(f"report:    {target}")
    for layer in ("raw", "marts"):
        say(f"data docs: {out / 'data_docs' / layer / 'index.html'}")
    say(f"published: {publication}")
    return OK


if __name__ == "__main__":
    run(main)
