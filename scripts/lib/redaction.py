"""What a publication shows of a mart or report that holds personal data.

Columns that are tagged as such are left out: `person_id` joins as well as any hash of
an address would, and a hash of an address is personal data still. So is a column that
no YAML describes, as nobody has said what it holds. In every other column a value that
looks like an address, such as a record id that is one, gives way to a salted hash, the
same in each relation and publication, so that keys still join.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb

from lib.catalog import PublicModel
from lib.erasure.salt import hash_of
from lib.sql import quote_identifier

_ADDRESS = r"[^\s@]+(@|%40)[^\s@]+\.[^\s@]+"


@dataclass(frozen=True)
class Shown:
    """Columns as SQL by name, the names left out, and how many values are hashed."""

    columns: dict[str, str]
    left_out: list[str] = field(default_factory=list)
    hashed_values: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether every value of the relation is shown as it is."""
        return not self.left_out and not self.hashed_values

    def select(self, source: str) -> str:
        """Return the query that reads what is shown of a relation."""
        listed = ", ".join(
            f"{expression} as {quote_identifier(name)}"
            for name, expression in self.columns.items()
        )
        return f"select {listed} from {source}"  # noqa: S608


def everything(connection: duckdb.DuckDBPyConnection, source: str) -> Shown:
    """Show a relation as it is."""
    described = connection.execute(f"describe {source}").fetchall()
    return Shown({row[0]: quote_identifier(row[0]) for row in described})


def without_pii(
    connection: duckdb.DuckDBPyConnection, source: str, model: PublicModel | None
) -> Shown:
    """Show what of a relation tells of no person; no column where nobody described it.

    The expressions need the variable of lib.erasure.salt where values are hashed.
    """
    told = model.columns if model else {}
    columns: dict[str, str] = {}
    left_out: list[str] = []
    texts: list[str] = []
    for name, kind, *_ in connection.execute(f"describe {source}").fetchall():
        if name not in told or told[name].is_pii:
            left_out.append(name)
            continue
        columns[name] = quote_identifier(name)
        if kind == "VARCHAR" and told[name].is_pii is None:
            texts.append(name)
    counts = _count_addresses(connection, source, texts)
    for name, count in counts.items():
        if count:
            quoted = quote_identifier(name)
            hashed = f"left({hash_of('published', quoted)}, 16)"
            columns[name] = (
                f"case when {_is_address(quoted)} "
                f"then '(personal data ' || {hashed} || ')' else {quoted} end"
            )
    return Shown(columns, left_out, sum(counts.values()))


def _count_addresses(
    connection: duckdb.DuckDBPyConnection, source: str, names: list[str]
) -> dict[str, int]:
    if not names:
        return {}
    counts = ", ".join(
        f"count(*) filter ({_is_address(quote_identifier(name))})" for name in names
    )
    row = connection.execute(f"select {counts} from {source}").fetchall()[0]  # noqa: S608
    return dict(zip(names, row, strict=True))


def _is_address(column: str) -> str:
    # The pattern alone would take ten times as long over millions of keys; after an
    # "and", all of them would be held against it, too.
    return (
        f"case when contains({column}, '@') or contains({column}, '%40') "
        f"then regexp_matches({column}, '{_ADDRESS}') else false end"
    )
