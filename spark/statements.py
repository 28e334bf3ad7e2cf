"""Run the SQL statements of standard input, one a line, over Thrift.

Runs in the environment of Spark, unlike its neighbours, and is thus a script by itself.
"""

from __future__ import annotations

import sys

from pyhive import hive


def main() -> None:
    """Run each statement; the first that fails ends the program."""
    host, port = sys.argv[1], int(sys.argv[2])
    with (
        hive.connect(host, port=port, username="mops") as connection,
        connection.cursor() as cursor,
    ):
        for statement in sys.stdin:
            cursor.execute(statement)


if __name__ == "__main__":
    main()
