"""What the bare limits write must be what dbt builds, or they limit nothing."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

import bare_rows

MADE = "select * from (values (1, 'a', 0.5e0), (2, 'b', null)) as t (id, text, share)"


def same(folder: Path, bare: str, *marts: str) -> bool:
    """Write a mart, and what a bare script made, and return whether they agree."""
    paths = folder / "bare.duckdb", folder / "mops.duckdb"
    with duckdb.connect(str(paths[0])) as connection:
        connection.execute(f"create table fct_scores as {bare}")
    with duckdb.connect(str(paths[1])) as connection:
        connection.execute("create schema marts")
        connection.execute(f"create table marts.fct_scores as {MADE}")
    return bare_rows.same_rows(*paths, set(marts or ("fct_scores",)))


@pytest.mark.parametrize(
    "bare",
    [
        MADE,
        f"{MADE} order by id desc",
        "select share, text, id::bigint as id, 1 as more from (" + MADE + ")",
        f"select * replace (share + 1e-12 as share) from ({MADE})",
    ],
)
def test_the_same_rows_in_another_form_are_the_same(tmp_path: Path, bare: str) -> None:
    assert same(tmp_path, bare)


@pytest.mark.parametrize(
    ("bare", "count"),
    [
        (f"select * replace (share + 1e-8 as share) from ({MADE})", 1),
        (f"select * replace (coalesce(share, 0) as share) from ({MADE})", 1),
        (f"select * replace (upper(text) as text) from ({MADE})", 4),
        (f"{MADE} limit 1", 2),
        (f"from ({MADE}) union all from ({MADE})", 2),
        (f"{MADE} limit 0", 4),
    ],
)
def test_what_differs_is_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], bare: str, count: int
) -> None:
    assert not same(tmp_path, bare)
    assert capsys.readouterr().err == f"fct_scores: 2 rows, {count} differ\n"


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"the bare file lacks fct_scores\.share"):
        same(tmp_path, f"select id, text from ({MADE})")


@pytest.mark.parametrize("marts", [("fct_scores", "fct_others"), ("fct_others",)])
def test_a_script_writes_the_marts_that_it_limits_and_no_more(
    tmp_path: Path, marts: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit, match=r"not in both.*: fct_others"):
        same(tmp_path, MADE, *marts)


@pytest.mark.parametrize("layer", bare_rows.LEFT_OUT)
def test_what_no_script_writes_is_a_mart_of_the_layer(layer: str) -> None:
    marts = {path.stem for path in (bare_rows.MARTS / layer).glob("*.sql")}
    assert marts > bare_rows.LEFT_OUT[layer]
