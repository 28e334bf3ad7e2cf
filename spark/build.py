"""Run dbt on Spark, Python models too: `build.py DUCKDB_PYTHON FOLDER ARGUMENTS`.

Runs in the environment of Spark. dbt-spark sends Python models to Databricks alone.
Here Spark writes the tables that one reads as Parquet, the model's own function makes
its rows of them in the environment of DuckDB, and Spark takes these as a table.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from dbt.adapters.base.impl import PythonJobHelper
from dbt.adapters.spark.impl import SparkAdapter
from dbt.cli.main import dbtRunner
from pyhive import hive

HANDOVER = Path(__file__).with_name("handover.py")
METHOD = "handover"


class Handover(PythonJobHelper):
    """Makes the table of one Python model."""

    python: str
    folder: Path

    def __init__(self, parsed_model: dict[str, Any], credentials: Any) -> None:
        """Take the model as dbt parsed it, and where the cluster is."""
        self.model = parsed_model
        self.credentials = credentials

    def submit(self, compiled_code: str) -> None:
        """Write what the model reads, call it, and make a table of what it returns."""
        folder = self.folder / self.model["alias"]
        relation = f"{self.model['schema']}.{self.model['alias']}"
        with (
            hive.connect(
                self.credentials.host,
                port=self.credentials.port,
                username=self.credentials.user,
                configuration=self.credentials.server_side_parameters,
            ) as connection,
            connection.cursor() as cursor,
        ):
            for name, parent in parents(compiled_code).items():
                files = (folder / "in" / name).as_uri()
                cursor.execute(
                    f"insert overwrite directory '{files}' using parquet table {parent}"
                )
            subprocess.run(
                [self.python, HANDOVER, self.model["original_file_path"], folder],
                check=True,
            )
            cursor.execute(f"drop table if exists {relation}")
            cursor.execute(
                f"create table {relation} using parquet "
                f"location '{(folder / 'out').as_uri()}'"
            )


def parents(code: str) -> dict[str, str]:
    """Return the relations that a model reads, by name, as dbt's wrapper lists them."""
    listed = re.search(r"^    refs = (\{.*\})$", code, re.MULTILINE)
    if listed is None:
        raise ValueError("dbt no longer says what a Python model reads")
    named: dict[str, str] = json.loads(listed[1])
    return named


def main() -> int:
    """Run dbt; return 0 if all went well."""
    Handover.python, folder, *arguments = sys.argv[1:]
    Handover.folder = Path(folder)
    SparkAdapter.python_submission_helpers = property(lambda _: {METHOD: Handover})
    SparkAdapter.default_python_submission_method = property(lambda _: METHOD)
    result = dbtRunner().invoke(arguments)
    if result.exception is not None:
        print(result.exception, file=sys.stderr)
    return 0 if result.success else 1


if __name__ == "__main__":
    sys.exit(main())
