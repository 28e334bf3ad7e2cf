"""Call a Python model on Parquet files: `handover.py MODEL FOLDER`."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

PROJECT_ROOT = Path(__file__).resolve().parents[1]


class Reader:
    """What a model gets as dbt: the tables that it reads, as DuckDB has them."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
        """Take a connection, and the folder with one folder for each table."""
        self._connection = connection
        self._folder = folder

    def ref(self, name: str) -> duckdb.DuckDBPyRelation:
        """Return a table; moments are without a zone, as in the warehouse."""
        files = str(self._folder / name / "*.parquet")
        relation = self._connection.read_parquet(files)
        columns = ", ".join(
            f'cast("{column}" as timestamp) as "{column}"'
            if str(kind).startswith("TIMESTAMP")
            else f'"{column}"'
            for column, kind in zip(relation.columns, relation.types, strict=True)
        )
        return relation.project(columns)

    def config(self, **settings: Any) -> None:
        """Take no notice: dbt has read them."""


def main() -> None:
    """Write what the model returns."""
    sys.path.insert(0, str(PROJECT_ROOT / "scripts"))
    model, folder = Path(sys.argv[1]), Path(sys.argv[2])
    spec = importlib.util.spec_from_file_location(model.stem, PROJECT_ROOT / model)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(model)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        table: pa.Table = module.model(Reader(connection, folder / "in"), connection)
    shutil.rmtree(folder / "out", ignore_errors=True)
    (folder / "out").mkdir(parents=True)
    pq.write_table(table, folder / "out" / "part-0.parquet", coerce_timestamps="us")


if __name__ == "__main__":
    main()
