"""Rows of one file, typed, in a temporary table with the columns of the raw table.

Its columns are called v0, v1, … so that no name in a file meets one of SQL's. What is
staged is either every row of the file, or every row that fits, with the others in a
second temporary table with the columns of the log of rejects.
"""

# SQL is put together here from quoted identifiers and this package's own expressions;
# every value is a parameter.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import duckdb

from lib.contract import Column, Table, data_type_of
from lib.erasure.sift import REASON, Sifted
from lib.landing import casts
from lib.landing.records import MOST_TEXT, TEXT_NOTE, Batch, Reject
from lib.sql import quote_identifier

if TYPE_CHECKING:
    import pyarrow as pa

STAGED = "temp.landing_rows"
REJECTED = "temp.landing_rejects"
ROW_HASH = "row_hash"
_LINE = "landing_line"
_TEXT = "landing_text"

_RULES = "temp.landing_rules"
_BATCH_VIEW = "landing_batch"
# A value longer than this is not repeated in an error.
_MOST_SHOWN = 60


@dataclass(frozen=True)
class Field:
    """A column of the raw table and where the file has it.

    `given` is the column of the relation that is read (c0, c1, …), None where the file
    lacks it; `data_type` is what its values must be and `stored_type` the raw table's.
    """

    name: str
    data_type: str
    stored_type: str
    is_required: bool = False
    given: str | None = None
    given_type: str = "varchar"
    time_zone: str | None = None

    @property
    def value(self) -> str:
        """SQL for the value, null where it does not fit."""
        if self.given is None:
            return f"cast(null as {self.data_type})"
        if self.given_type.lower() == "varchar":
            return casts.text_to(self.given, self.data_type, self.time_zone)
        return casts.value_to(
            self.given, self.given_type, self.data_type, self.time_zone
        )

    @property
    def text(self) -> str:
        """SQL for what the file has, as text."""
        return f"cast({self.given} as varchar)"


@dataclass(frozen=True)
class Once:
    """A key that a file has once, and why another row of it is rejected."""

    key: tuple[str, ...]
    reason: str
    also_identical: bool = False


@dataclass(frozen=True)
class Layout:
    """The columns of a raw table in its order, as one file fills them."""

    fields: tuple[Field, ...]

    @cached_property
    def present(self) -> tuple[tuple[int, Field], ...]:
        """The columns that the file has, with their position in the raw table."""
        return tuple(
            (index, field)
            for index, field in enumerate(self.fields)
            if field.given is not None
        )

    @cached_property
    def positions(self) -> dict[str, int]:
        """The position in the file of each column that it has, from 0 on."""
        return {
            field.name: int(str(field.given).removeprefix("c"))
            for _, field in self.present
        }

    @cached_property
    def names(self) -> list[str]:
        """The columns of the raw table."""
        return [field.name for field in self.fields]

    @cached_property
    def values(self) -> list[str]:
        """The columns of the staged table."""
        return [f"v{index}" for index in range(len(self.fields))]

    @property
    def missing(self) -> tuple[str, ...]:
        """The columns that the file lacks."""
        return tuple(field.name for field in self.fields if field.given is None)


def layout_of(
    table: Table,
    stored: Sequence[tuple[str, str]],
    names: Sequence[str],
    types: Sequence[str] | None = None,
) -> Layout:
    """Return the layout for a file: the raw table's columns, then the file's new ones.

    `stored` are the raw table's columns and types, `names` those of the file and
    `types` their DuckDB types (all text by default).
    """
    positions = {name: index for index, name in enumerate(names)}
    known = {name for name, _ in stored}
    new = [(name, "varchar") for name in names if name not in known]
    fields = []
    for name, stored_type in (*stored, *new):
        column = table.column(name)
        index = positions.get(name)
        fields.append(
            Field(
                name,
                data_type=_data_type(column, stored_type),
                stored_type=stored_type,
                is_required=bool(column and column.is_required),
                given=None if index is None else f"c{index}",
                given_type="varchar" if index is None or not types else types[index],
                time_zone=table.time_zone,
            )
        )
    return Layout(tuple(fields))


def _data_type(column: Column | None, stored_type: str) -> str:
    """Return what the values of a column must be.

    A table may hold a column that is declared otherwise, or no more: what it holds must
    be what it can hold.
    """
    if stored_type != "varchar" and data_type_of(stored_type):
        return stored_type
    return column.data_type if column else "varchar"


def stage_all(
    connection: duckdb.DuckDBPyConnection,
    layout: Layout,
    relation: str,
    parameters: Sequence[str],
    *,
    is_hashed: bool,
) -> int:
    """Stage every row of a relation in one pass and return their number.

    Raises:
        duckdb.Error: a record is not sound or a row does not fit; nothing is staged.
    """
    rows = f"select {_stored(_checked(layout))} from {_typed(layout, relation)}"
    if is_hashed:
        rows = f"select *, hash({', '.join(layout.values)}) as {ROW_HASH} from ({rows})"
    connection.execute(f"create or replace {_temp(STAGED)} as {rows}", [*parameters])
    no_rejects(connection)
    return _count(connection, STAGED)


def stage_whole(
    connection: duckdb.DuckDBPyConnection,
    layout: Layout,
    relation: str,
    parameters: Sequence[str],
    target: str,
) -> int:
    """Make every row of a relation a table of its own with the columns of the layout.

    Raises:
        duckdb.Error: a record is not sound or a row does not fit.
    """
    columns = ", ".join(
        f"{value} as {quote_identifier(name)}"
        for name, value in zip(layout.names, _checked(layout), strict=True)
    )
    rows = f"select {columns} from {_typed(layout, relation)}"
    connection.execute(f"create table {target} as {rows}", [*parameters])
    no_rejects(connection)
    return _count(connection, target)


def stage_fitting(
    connection: duckdb.DuckDBPyConnection,
    layout: Layout,
    relation: str,
    parameters: Sequence[str],
    *,
    is_hashed: bool,
) -> tuple[int, int]:
    """Stage the rows of a relation that fit and set the others aside.

    The relation has `line` and `text` beside its columns. Returns the two numbers.
    """
    stage = _Stage(connection, layout, is_hashed)
    stage.add_fitting(relation, parameters)
    stage.add_unfit(relation, parameters)
    return _count(connection, STAGED), _count(connection, REJECTED)


def stage_batches(
    connection: duckdb.DuckDBPyConnection,
    layout: Layout,
    batches: Iterable[Batch],
    *,
    is_hashed: bool,
    progress: Callable[[int], None],
    once: Once | None = None,
) -> tuple[int, int]:
    """Stage the rows of batches that fit and set the others aside.

    `progress` is told the number of characters of each batch. A row that repeats a key
    of `once` with other values does not fit. Returns the two numbers.
    """
    stage = _Stage(connection, layout, is_hashed, is_lined=once is not None)
    for batch in batches:
        if batch.rejects:
            with _view(connection, _arrow_rejects(batch.rejects)) as rejects:
                connection.execute(
                    f"insert into {REJECTED} "
                    f"select line, column_name, error, text from {rejects}"
                )
        if batch.rows:
            with _view(connection, _arrow_rows(batch)) as rows:
                if stage.add_fitting(rows) < len(batch.rows):
                    stage.add_unfit(rows)
        progress(batch.characters)
    if once is not None:
        stage.set_repeated_aside(once)
    return _count(connection, STAGED), _count(connection, REJECTED)


def no_rejects(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table of rejects anew, empty."""
    connection.execute(
        f"create or replace {_temp(REJECTED)} "
        "(line bigint, column_name varchar, error varchar, text varchar)"
    )


def first_lines(connection: duckdb.DuckDBPyConnection, most: int = 5) -> list[int]:
    """Return the lines of the first rejects."""
    rows = connection.execute(
        f"select line from {REJECTED} where line is not null order by line limit ?",
        [most],
    ).fetchall()
    return [row[0] for row in rows]


def turn_away(connection: duckdb.DuckDBPyConnection, sifted: Sifted) -> None:
    """Log the rows of erased people as rejects, without line and text."""
    for column, count in sifted.rows:
        connection.execute(
            f"insert into {REJECTED} select null, ?, ?, null from range(?)",
            [column, REASON, count],
        )


def hash_again(connection: duckdb.DuckDBPyConnection, layout: Layout) -> None:
    """Bring the hash of each staged row in line with its values, where there is one."""
    columns = connection.execute(f"describe {STAGED}").fetchall()
    if any(column[0] == ROW_HASH for column in columns):
        connection.execute(
            f"update {STAGED} set {ROW_HASH} = hash({', '.join(layout.values)})"
        )


def put_aside(connection: duckdb.DuckDBPyConnection, number: int) -> None:
    """Keep what is staged under a number, so that another file can be staged."""
    for table in (STAGED, REJECTED):
        bare = table.removeprefix("temp.")
        connection.execute(f"drop table if exists {table}_{number}")
        connection.execute(f"alter table {table} rename to {bare}_{number}")


def take_up(connection: duckdb.DuckDBPyConnection, number: int) -> None:
    """Make what was put aside under a number the staged rows again."""
    for table in (STAGED, REJECTED):
        bare = table.removeprefix("temp.")
        connection.execute(f"drop table if exists {table}")
        connection.execute(f"alter table {table}_{number} rename to {bare}")


def drop_aside(connection: duckdb.DuckDBPyConnection, count: int) -> None:
    """Drop what was put aside under the numbers below `count`."""
    for number in range(count):
        for table in (STAGED, REJECTED):
            connection.execute(f"drop table if exists {table}_{number}")


def drop(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop the temporary tables, to free what they hold."""
    for table in (STAGED, REJECTED, _RULES):
        connection.execute(f"drop table if exists {table}")


class _Stage:
    """The temporary tables, made anew, and the SQL that fills them."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        layout: Layout,
        is_hashed: bool,
        is_lined: bool = False,
    ) -> None:
        self.connection = connection
        self.layout = layout
        self.is_hashed = is_hashed
        self.is_lined = is_lined
        self.rules = _rules(layout)
        columns = [
            f"v{index} {field.stored_type}" for index, field in enumerate(layout.fields)
        ]
        if is_lined:
            columns += [f"{_LINE} bigint", f"{_TEXT} varchar"]
        if is_hashed:
            columns.append(f"{ROW_HASH} ubigint")
        connection.execute(f"create or replace {_temp(STAGED)} ({', '.join(columns)})")
        no_rejects(connection)
        connection.execute(
            f"create or replace {_temp(_RULES)} "
            "(rule integer, column_name varchar, error varchar, shows_value boolean)"
        )
        if self.rules:
            connection.executemany(
                f"insert into {_RULES} values (?, ?, ?, ?)",
                [
                    (index, rule.field.name, rule.error, rule.shows_value)
                    for index, rule in enumerate(self.rules)
                ],
            )

    def add_fitting(self, relation: str, parameters: Sequence[str] = ()) -> int:
        """Stage the rows of a relation that fit and return their number."""
        place = ", line, text" if self.is_lined else ""
        rows = (
            f"select {_stored(_stored_values(self.layout))}{place} "
            f"from {self._judged(relation)} where broken is null"
        )
        if self.is_hashed:
            rows = f"select *, hash({', '.join(self.layout.values)}) from ({rows})"
        insert = f"insert into {STAGED} {rows}"
        inserted = self.connection.execute(insert, [*parameters]).fetchone()
        return int(inserted[0]) if inserted else 0

    def add_unfit(self, relation: str, parameters: Sequence[str] = ()) -> None:
        """Set the rows of a relation that do not fit aside, with the first reason."""
        if not self.rules:
            return
        cases = " ".join(
            f"when {index} then {rule.field.text}"
            for index, rule in enumerate(self.rules)
        )
        self.connection.execute(
            f"insert into {REJECTED} "
            "select line, rules.column_name, rules.error "
            "|| case when rules.shows_value and length(given) <= ? "
            "then ': ' || given else '' end "
            "|| case when length(text) > ? then ? else '' end, left(text, ?) "
            f"from (select *, case broken {cases} end as given "
            f"from {self._judged(relation)}) as judged "
            f"inner join {_RULES} as rules on judged.broken = rules.rule "
            "order by line",
            [_MOST_SHOWN, MOST_TEXT, TEXT_NOTE, MOST_TEXT, *parameters],
        )

    def set_repeated_aside(self, once: Once) -> None:
        """Set rows aside that repeat a key with other values; the first of a key stays.

        Identical rows stay all, unless they are set aside too.
        """
        names, values = self.layout.names, self.layout.values
        key = ", ".join(values[names.index(column)] for column in once.key)
        row = f"row({', '.join(values)})"
        twice = f"select 1 from {STAGED} group by {key} having count(*) > 1 limit 1"
        if self.connection.execute(twice).fetchone() is None:
            return
        keys = f"over (partition by {key} order by rowid)"
        repeated = f"select rowid from {STAGED} qualify " + (
            f"row_number() {keys} > 1"
            if once.also_identical
            else f"first_value({row}) {keys} is distinct from {row}"
        )
        self.connection.execute(
            f"insert into {REJECTED} select {_LINE}, null, ?, left({_TEXT}, ?) "
            f"from {STAGED} where rowid in ({repeated}) order by {_LINE}",
            [once.reason, MOST_TEXT],
        )
        self.connection.execute(f"delete from {STAGED} where rowid in ({repeated})")

    def _judged(self, relation: str) -> str:
        """Return SQL for the typed rows with the first rule that each one breaks."""
        cases = " ".join(
            f"when {rule.condition} then {index}"
            for index, rule in enumerate(self.rules)
        )
        broken = f"case {cases} end" if self.rules else "cast(null as integer)"
        return f"(select *, {broken} as broken from {_typed(self.layout, relation)})"


@dataclass(frozen=True)
class _Rule:
    """What a row must keep: broken where the condition, SQL over v0, v1, …, is true."""

    condition: str
    field: Field
    error: str
    shows_value: bool


def _rules(layout: Layout) -> list[_Rule]:
    """Return the rules of a layout in the order of its columns."""
    rules: list[_Rule] = []
    for index, field in layout.present:
        value = f"v{index}"
        if field.data_type != "varchar":
            condition = (
                f"(case when {value} is null and {field.given} is not null"
                f" then not landing_is_blank({field.text}) else false end)"
            )
            error = f"is not {casts.describe(field.data_type)}"
            rules.append(_Rule(condition, field, error, True))
        if field.is_required:
            condition = (
                f"landing_is_blank({value})"
                if field.data_type == "varchar"
                else f"{value} is null"
            )
            rules.append(_Rule(condition, field, "is required but empty", False))
    return rules


def _checked(layout: Layout) -> list[str]:
    """Return the values that are stored, for a query that fails where one is unfit."""
    unfit = " or ".join(rule.condition for rule in _rules(layout)) or "false"
    first, *others = _stored_values(layout)
    # The check rides on the first column, so that the rows are gone through once.
    return [f"case when {unfit} then error('unfit') else {first} end", *others]


def _stored_values(layout: Layout) -> list[str]:
    """Return SQL over v0, v1, … for each column in the type that is stored."""
    values = []
    for index, field in enumerate(layout.fields):
        value = f"v{index}" if field.given else "null"
        if not field.given or field.stored_type != field.data_type:
            value = f"cast({value} as {field.stored_type})"
        values.append(value)
    return values


def _stored(values: Sequence[str]) -> str:
    return ", ".join(f"{value} as v{index}" for index, value in enumerate(values))


def _typed(layout: Layout, relation: str) -> str:
    """Return SQL for a relation with the typed values v0, v1, … beside its columns."""
    values = [f"{field.value} as v{index}" for index, field in layout.present]
    return f"(select {', '.join(['*', *values])} from {relation})"


def _arrow_rows(batch: Batch) -> pa.Table:
    import pyarrow as pa  # noqa: PLC0415 - half of the time to start

    values = {
        f"c{index}": pa.array(column, pa.string())
        for index, column in enumerate(zip(*batch.rows, strict=True))
    }
    lines = pa.array(batch.lines, pa.int64())
    return pa.table(
        {"line": lines, "text": pa.array(batch.texts, pa.string()), **values}
    )


def _arrow_rejects(rejects: Sequence[Reject]) -> pa.Table:
    import pyarrow as pa  # noqa: PLC0415 - half of the time to start

    return pa.table(
        {
            "line": pa.array([reject.line for reject in rejects], pa.int64()),
            "column_name": pa.array([reject.column for reject in rejects], pa.string()),
            "error": pa.array([reject.error for reject in rejects], pa.string()),
            "text": pa.array([reject.text for reject in rejects], pa.string()),
        }
    )


@contextmanager
def _view(connection: duckdb.DuckDBPyConnection, table: pa.Table) -> Iterator[str]:
    """Make a table of Arrow a view for a while and give its name."""
    connection.register(_BATCH_VIEW, table)
    try:
        yield _BATCH_VIEW
    finally:
        connection.unregister(_BATCH_VIEW)


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    row = connection.execute(f"select count(*) from {table}").fetchone()
    return int(row[0]) if row else 0


def _temp(table: str) -> str:
    """Return "temp table" and the bare name, as create statements want it."""
    return f"temp table {table.removeprefix('temp.')}"
