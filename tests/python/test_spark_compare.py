"""What `make spark-test` calls equal, and what it does not."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from compare import Comparison, compare, views_as_files

KEPT = "values (1, 'a', 0.5e0), (2, null, null), (2, null, 3e0)"


def compared(folder: Path, theirs: str) -> Comparison:
    """Compare a mart of three rows with the rows that Spark is said to have."""
    warehouse = folder / "kept.duckdb"
    files = folder / "marts.db" / "fct_kept"
    files.mkdir(parents=True)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("create schema marts")
        connection.execute(
            f"create table marts.fct_kept as from ({KEPT}) as k(n, t, x)"
        )
        connection.execute("create view marts.fct_seen as from marts.fct_kept")
        connection.execute(
            f"copy (from ({theirs}) as k(n, t, x)) to '{files / 'part-0.parquet'}'"
        )
    return next(compare(warehouse, folder))


@pytest.mark.parametrize(
    ("theirs", "fault"),
    [
        (KEPT, None),
        ("values (2, null, 3e0), (1, 'a', 0.5e0 + 1e-12), (2, null, null)", None),
        (
            "values (1, 'a', 0.5e0 + 1e-8), (2, null, null), (2, null, 3e0)",
            "1 of 3 rows differ: x (1)",
        ),
        (
            "values (1, 'a', 0.5e0), (2, null, 0e0), (2, null, 3e0)",
            "2 of 3 rows differ: x (2)",
        ),
        (
            "values (1, 'b', 0.5e0), (2, null, null), (2, null, 3e0)",
            "1 of 3 rows differ: t (1)",
        ),
        ("values (1, 'a', 0.5e0), (2, null, null)", "2 rows in Spark, 3 in DuckDB"),
    ],
)
def test_rows_are_equal_but_for_a_hair(
    tmp_path: Path, theirs: str, fault: str | None
) -> None:
    found = compared(tmp_path, theirs)
    assert found == Comparison("marts.fct_kept", 3, fault)


def test_a_relation_that_spark_lacks_is_told(tmp_path: Path) -> None:
    compared(tmp_path, KEPT)
    last = list(compare(tmp_path / "kept.duckdb", tmp_path))[-1]
    assert last == Comparison("marts.fct_seen", 3, "is not there")


def test_views_are_written_to_be_compared(tmp_path: Path) -> None:
    compared(tmp_path, KEPT)
    (statement,) = views_as_files(tmp_path / "kept.duckdb", tmp_path)
    assert statement.endswith("using parquet table marts.fct_seen")
