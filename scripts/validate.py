"""Judge a landing or the marts by the governance rules, and keep the verdict."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from lib.cli import CHECK_FAILED, OK, UserError, parser, run, say, working
from lib.quality import history
from lib.quality.guards import add_guards, count_unlearned
from lib.quality.rules import (
    CRITICAL,
    ROW_LIMIT,
    Suite,
    Threshold,
    Verdict,
    read_suites,
    read_thresholds,
    suite_parameters,
)
from lib.quality.standards import add_standards
from lib.refusals import note_refusal
from lib.warehouse import PROJECT_ROOT, connect, undisturbed, warehouse_path

SUITES = PROJECT_ROOT / "tests" / "expectations"
SEEDS = PROJECT_ROOT / "seeds"
THRESHOLDS = SEEDS / "quality" / "quality_thresholds.csv"
LAYERS = ("raw", "marts")
MADE_BY = {"raw": "scripts/load.py", "marts": "dbt build"}

Columns = Mapping[tuple[str, str], Sequence[str]]


def columns_of_suites(warehouse: Path, layer: str, suites: Sequence[Suite]) -> Columns:
    """Return the columns of each suite's relation, keyed by schema and table.

    Raises:
        UserError: there is no warehouse, or it lacks a relation or column that a rule
            names: a rule that cannot look has not passed.
    """
    found: dict[tuple[str, str], list[str]] = {}
    with connect(warehouse, read_only=True) as connection:
        rows = connection.execute(
            "select table_schema, table_name, column_name "
            "from information_schema.columns order by ordinal_position"
        ).fetchall()
    for schema, table, column in rows:
        found.setdefault((schema, table), []).append(column)
    missing = [s.relation for s in suites if (s.schema, s.table) not in found]
    if missing:
        message = f"{', '.join(missing)} missing in {warehouse}: run {MADE_BY[layer]}"
        raise UserError(message)
    for suite in suites:
        for rule in suite.rules:
            columns = found[suite.schema, suite.table]
            if rule.column is not None and rule.column not in columns:
                message = f"rule {rule.rule_id}: {suite.relation} has no {rule.column}"
                raise UserError(message)
    return found


def suites_of(
    layer: str, now: datetime, suite_directory: Path, seed_directory: Path | None
) -> list[Suite]:
    """Return the suites of a layer, the standards of the seeds among their rules."""
    suites = read_suites(suite_directory, layer, limits(seed_directory), now)
    if seed_directory is None:
        return suites
    suites = add_standards(suites, seed_directory, layer, now)
    return add_guards(suites, seed_directory, now) if layer == "raw" else suites


def limits(seed_directory: Path | None) -> dict[str, Threshold]:
    """Return the limits that rules are held to."""
    if seed_directory is None:
        return read_thresholds(THRESHOLDS)
    return read_thresholds(seed_directory / THRESHOLDS.relative_to(SEEDS))


def validate(
    layer: str,
    warehouse: Path,
    out: Path,
    suite_directory: Path = SUITES,
    seed_directory: Path | None = None,
) -> int:
    """Judge one layer, write down what was found and return the exit code.

    Args:
        layer: raw or marts.
        warehouse: the DuckDB file.
        out: folder for Data Docs and failing rows.
        suite_directory: where the suites stand.
        seed_directory: where the seeds stand whose rows are rules too; without one the
            suites alone are judged.
    """
    now = datetime.now(UTC).replace(tzinfo=None)
    suites = suites_of(layer, now, suite_directory, seed_directory)
    columns = columns_of_suites(warehouse, layer, suites)
    run_id = f"{now:%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:8]}"
    rule_count = sum(len(suite.rules) for suite in suites)
    with working(f"checking {rule_count} rules on {len(suites)} {layer} relations"):
        # Great Expectations takes seconds to import: mistakes are told before that.
        from lib.quality.engine import inspect  # noqa: PLC0415
        from lib.quality.rows import write_failing_rows  # noqa: PLC0415

        parameters = suite_parameters(limits(seed_directory), now)
        with inspect(warehouse) as inspection:
            verdicts = [
                verdict
                for suite in suites
                for verdict in inspection.judge(
                    suite, parameters, columns[suite.schema, suite.table], run_id
                )
            ]
            files = write_failing_rows(
                inspection.connection, verdicts, out / "failing_rows" / layer
            )
            build_id = inspection.build_id() if layer == "marts" else None
            if layer == "raw" and seed_directory is not None:
                _say_unlearned(*count_unlearned(inspection.query, seed_directory, now))
            inspection.write_docs(out / "data_docs" / layer)
    code = report(layer, verdicts, files, write_start_page(out / "data_docs"))
    with connect(warehouse) as connection:
        history.append(connection, history.Run(run_id, layer, build_id, now), verdicts)
    if code != OK:
        note_refusal(out, _reasons(verdicts))
    return code


def _reasons(verdicts: Sequence[Verdict]) -> list[str]:
    """Return a line for each critical rule that failed; no value of a row is in it."""
    return [
        _line(verdict, None)
        for verdict in verdicts
        if not verdict.success and verdict.rule.severity == CRITICAL
    ]


def _say_unlearned(tables: int, landings: int) -> None:
    if tables:
        held = "table is" if tables == 1 else "tables are"
        say(
            f"{tables} {held} not yet held against {'its' if tables == 1 else 'their'} "
            f"own history, which takes {landings} earlier landings: passed"
        )


def write_start_page(directory: Path) -> Path:
    """Write the page that leads to the Data Docs of each layer, and return it."""
    links = "".join(
        f'<li><a href="{layer}/index.html">{layer}</a></li>'
        for layer in LAYERS
        if (directory / layer).is_dir()
    )
    page = directory / "index.html"
    page.write_text(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Data Docs</title>'
        f"<h1>Data Docs</h1><ul>{links}</ul></html>\n",
        encoding="utf-8",
    )
    return page


def report(
    layer: str, verdicts: Sequence[Verdict], files: Mapping[str, Path], docs: Path
) -> int:
    """Say what failed, one line a rule, critical ones first; return the exit code."""
    failed = [verdict for verdict in verdicts if not verdict.success]
    critical = [verdict for verdict in failed if verdict.rule.severity == CRITICAL]
    warnings = [verdict for verdict in failed if verdict.rule.severity != CRITICAL]
    for verdict in (*critical, *warnings):
        say(_line(verdict, files.get(verdict.rule.rule_id)))
        for finding in verdict.findings:
            say(f"  {finding}")
    print(
        f"{layer}: {len(verdicts)} rules checked, {len(critical)} critical failed, "
        f"{len(warnings)} warnings; Data Docs: {docs}"
    )
    return CHECK_FAILED if critical else OK


def _line(verdict: Verdict, file: Path | None) -> str:
    rule = verdict.rule
    figures = []
    if verdict.rows_failed is not None:
        figures.append(f"{verdict.rows_failed:,} of {verdict.rows_checked:,} rows")
    if rule.threshold is not None and verdict.observed is not None:
        figures.append(
            f"{verdict.observed:.4g}, {rule.threshold.bound} {rule.threshold.value:g}"
        )
    elif verdict.rows_failed is None:
        figures.append(f"observed {verdict.observed}")
    parts = [
        f"{rule.severity}: {rule.rule_id} on {verdict.suite.relation}",
        ", ".join(figures),
        f"owner {rule.owner}",
        f"fix: {rule.fix}",
    ]
    if file is not None and verdict.rows_failed is not None:
        cut = f" (the first {ROW_LIMIT:,})" if verdict.rows_failed > ROW_LIMIT else ""
        parts.append(f"rows: {file}{cut}")
    return " | ".join(parts)


def sync(layers: Sequence[str], out: Path, seed_directory: Path) -> int:
    """Write down what is judged: every suite as it stands now, and a table of rules.

    The rules that are rows of a seed are in, so that editing the seed is all it takes.
    What an earlier run wrote and no suite holds any more is removed.

    Args:
        layers: of which layers.
        out: folder for suites/<layer>__<relation>.json and rules.md.
        seed_directory: where the seeds stand whose rows are rules too.
    """
    now = datetime.now(UTC).replace(tzinfo=None)
    folder = out / "suites"
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        "| rule | severity | relation | says | tolerated | owner |",
        "|---|---|---|---|---|---|",
    ]
    written: set[Path] = set()
    for layer in layers:
        for suite in suites_of(layer, now, SUITES, seed_directory):
            path = folder / f"{suite.name}.json"
            text = json.dumps(suite.document, indent=2, ensure_ascii=False)
            path.write_text(text + "\n", encoding="utf-8")
            written.add(path)
            lines += rule_lines(suite)
    for path in folder.glob("*.json"):
        if path not in written and path.name.split("__")[0] in layers:
            path.unlink()
    table = out / "rules.md"
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines) - 2} rules of {len(written)} relations: {folder}, {table}")
    return OK


def rule_lines(suite: Suite) -> Iterator[str]:
    """Yield a line of a table in Markdown for each rule of a suite."""
    for rule, expectation in zip(
        suite.rules, suite.document["expectations"], strict=True
    ):
        says = expectation["description"].removesuffix(
            f" ({rule.severity} {rule.rule_id}, owner {rule.owner})"
        )
        limit = rule.threshold
        tolerated = f"{limit.bound} {limit.value:g}" if limit else "none"
        cells = (rule.severity, suite.relation, says, tolerated, rule.owner)
        escaped = (cell.replace("|", "\\|") for cell in (rule.rule_id, *cells))
        yield f"| {' | '.join(escaped)} |"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; exit code 0 fine, 1 a critical rule failed, 2 wrong use."""
    arguments = parser(__doc__ or "", "scripts/validate.py marts --out output")
    arguments.add_argument("layer", nargs="?", choices=LAYERS, help="what to judge")
    arguments.add_argument(
        "--out",
        type=Path,
        default=PROJECT_ROOT / "output",
        metavar="DIR",
        help="folder for Data Docs, failing rows and suites (default: output)",
    )
    arguments.add_argument(
        "--seeds",
        type=Path,
        default=SEEDS,
        metavar="DIR",
        help="folder of the seeds that hold limits and standards (default: seeds)",
    )
    arguments.add_argument(
        "--sync",
        action="store_true",
        help="write the suites with the rules of the seeds in, and judge nothing",
    )
    options = arguments.parse_args(argv)
    if options.layer is None and not options.sync:
        arguments.error("say what to judge: raw or marts")
    try:
        if options.sync:
            layers = [options.layer] if options.layer else LAYERS
            return sync(layers, options.out, options.seeds)
        warehouse = warehouse_path()
        with undisturbed(warehouse):
            return validate(
                options.layer, warehouse, options.out, SUITES, options.seeds
            )
    except OSError as error:
        raise UserError(f"cannot write to {options.out}: {error.strerror}") from error


if __name__ == "__main__":
    run(main)
