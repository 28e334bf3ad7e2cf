"""Save what can be read of a damaged warehouse, and say what cannot.

Marts and reports are not saved: a build makes them again of what landed. What landed
is, and so is all that a warehouse alone holds: closed months, histories, verdicts,
models. Tables that only make sense together are saved together or not at all.
"""

# SQL is put together here from quoted identifiers; every value is a parameter.
# ruff: noqa: S608

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from lib.cli import UserError
from lib.contract import Contract
from lib.erasure.erasing import HISTORIES
from lib.sql import quote_identifier, quote_literal, relation
from lib.warehouse import (
    in_memory,
    is_corrupt,
    log_of_changes,
    put_in_place,
    reason_of,
)

LANDINGS = "the log of landings"
CLOSINGS = "closed months"
SCORES = "the models of the lead scores"
ERASURES = "who was erased"
_LOG = ("loads", "rejects", "landing_profiles", "schema_changes")
# What is lost with a table, or with some that belong together.
_LOSSES = {
    LANDINGS: "every file lands again; rejected rows of files that are gone are lost",
    CLOSINGS: "their figures as reported; the reports of their time are what is left",
    SCORES: "the next run learns them anew",
    ERASURES: "who they were is told by nothing here: see that no file holds them",
    "raw_meta.validation_results": "the verdicts of earlier runs",
    "raw_predictions.forecasts": "the forecasts of earlier days",
    "raw_predictions.forecast_backtests": "the next run makes them anew",
    "intermediate.int_core__person_moves": "when records came to another person",
    "history.person_statuses": "statuses that the sources have overwritten since",
    "marts.fct_quality_checks": "quality on earlier days; the publication has it still",
}
_LOG_OF_CHANGES = "the log of changes: what the last commands wrote, if it was in it"
_LANDED = "its files land again; rows whose files are gone are lost"

Table = tuple[str, str]


@dataclass
class Salvage:
    """What became of a warehouse.

    Attributes:
        rows: of each table that was saved.
        lost: what could not be read, and what that means.
        aside: where the damaged file is now; None where nothing is wrong with it.
        unopened: why the file could not even be opened.
    """

    rows: dict[str, int] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    aside: Path | None = None
    unopened: str | None = None


def salvage(warehouse: Path, contract: Contract) -> Salvage:
    """Put a damaged warehouse aside, and what can be read of it in its place.

    Killed on the way, it is to be run again; the damaged file is never changed.

    Raises:
        UserError: another process has the warehouse open, or there is no room.
    """
    folder = warehouse.with_name(f".salvage-{warehouse.name}")
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(mode=0o700)
        _take_back(warehouse)
        return _salvaged(warehouse, contract, folder / warehouse.name)
    except (duckdb.Error, OSError) as error:
        reason = str(error).splitlines()[0]
        raise UserError(f"cannot write {folder}: {reason}") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _salvaged(warehouse: Path, contract: Contract, fresh: Path) -> Salvage:
    found = Salvage()
    source = warehouse
    try:
        try:
            tables = _tables(warehouse)
        except duckdb.Error as error:
            if not is_corrupt(str(error)):
                raise UserError(reason_of(warehouse, error)) from error
            found.unopened = str(error).splitlines()[0]
            # Its log of changes may be all that is damaged: here it has none.
            source = fresh.with_name("old.duckdb")
            os.link(warehouse, source)
            tables = _tables(source)
            found.unopened = None
            found.lost = [_LOG_OF_CHANGES]
    except duckdb.Error:
        found.lost = [f"{name}: {loss}" for name, loss in _LOSSES.items()]
        found.aside = _put_aside(warehouse, None)
        return found
    kept = [table for table in tables if _is_kept(table)]
    broken = set(_copy_all(source, fresh, kept))
    others = [table for table in tables if not _is_kept(table)]
    if not broken and source == warehouse and _are_legible(warehouse, others):
        return found
    for group in sorted(broken):
        found.lost.append(f"{group}: {_LOSSES.get(group, _LANDED)}")
    with _opened(source, fresh) as connection:
        for table in kept:
            if _group(table) in broken:
                connection.execute(f"drop table if exists fresh.{relation(*table)}")
        _land_again(connection, contract, broken)
        for table in kept:
            if _group(table) not in broken:
                found.rows[".".join(table)] = _count(connection, table)
        # Closing would keep silent where there is no room for this.
        connection.execute("checkpoint fresh")
    found.aside = _put_aside(warehouse, fresh)
    return found


def _is_kept(table: Table) -> bool:
    return table[0].startswith("raw_") or table in HISTORIES


def _group(table: Table) -> str:
    """Return the name of what is saved or lost as a whole."""
    schema, name = table
    if schema == "raw_meta" and name in _LOG:
        return LANDINGS
    if schema == "raw_meta" and (name == "closings" or name.startswith("closed_")):
        return CLOSINGS
    if schema == "raw_meta" and name.startswith("erasure"):
        return ERASURES
    if schema == "raw_predictions" and name.startswith("score_"):
        return SCORES
    return f"{schema}.{name}"


@contextmanager
def _opened(
    warehouse: Path, fresh: Path | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a session in memory that reads the old file and writes the fresh one."""
    with in_memory(warehouse) as connection:
        connection.execute(f"attach {quote_literal(str(warehouse))} as old (read_only)")
        if fresh is not None:
            connection.execute(f"attach {quote_literal(str(fresh))} as fresh")
        yield connection


def _tables(warehouse: Path) -> list[Table]:
    with _opened(warehouse) as connection:
        return connection.execute(
            "select schema_name, table_name from duckdb_tables() "
            "where database_name = 'old' and not temporary order by all"
        ).fetchall()


def _copy_all(warehouse: Path, fresh: Path, tables: Sequence[Table]) -> Iterator[str]:
    """Copy tables, and yield the group of each of which not all could be read.

    After that the files are opened anew, as a page that cannot be read may end one.
    """
    waiting = list(tables)
    while waiting:
        with _opened(warehouse, fresh) as connection:
            while waiting:
                table = waiting.pop()
                if not _copy(connection, table):
                    yield _group(table)
                    break


def _copy(connection: duckdb.DuckDBPyConnection, table: Table) -> bool:
    row = connection.execute(
        "select sql from duckdb_tables() where database_name = 'old' "
        "and schema_name = $1 and table_name = $2",
        list(table),
    ).fetchone()
    connection.execute("use fresh")
    connection.execute(f"create schema if not exists {quote_identifier(table[0])}")
    connection.execute(str(row[0]) if row else "")
    try:
        connection.execute(
            f"insert into fresh.{relation(*table)} from old.{relation(*table)}"
        )
    except duckdb.Error as error:
        if not is_corrupt(str(error)):
            raise
        return False
    return True


def _are_legible(warehouse: Path, tables: Sequence[Table]) -> bool:
    with _opened(warehouse) as connection:
        try:
            for table in tables:
                query = f"select sum(hash(each)) from old.{relation(*table)} as each"
                connection.execute(query).fetchall()
        except duckdb.Error as error:
            if not is_corrupt(str(error)):
                raise
            return False
    return True


def _count(connection: duckdb.DuckDBPyConnection, table: Table) -> int:
    query = f"select count(*) from fresh.{relation(*table)}"
    return int(connection.execute(query).fetchall()[0][0])


def _land_again(
    connection: duckdb.DuckDBPyConnection, contract: Contract, broken: set[str]
) -> None:
    """Forget the landings of tables that are lost, so that their files land again."""
    if LANDINGS in broken:
        return
    sources = {source.schema: source.name for source in contract.sources.values()}
    known = {
        table for schema, table in _fresh_tables(connection) if schema == "raw_meta"
    }
    for group in broken:
        schema, _, table = group.partition(".")
        source = sources.get(schema, schema.removeprefix("raw_"))
        for log in known.intersection(_LOG):
            connection.execute(
                f"delete from fresh.{relation('raw_meta', log)} "
                "where source = $1 and table_name = $2",
                [source, table],
            )


def _fresh_tables(connection: duckdb.DuckDBPyConnection) -> list[Table]:
    return connection.execute(
        "select schema_name, table_name from duckdb_tables() "
        "where database_name = 'fresh'"
    ).fetchall()


def _take_back(warehouse: Path) -> None:
    """Give a file its log again, if who put both aside was killed on the way."""
    log = log_of_changes(warehouse)
    for aside in warehouse.parent.glob(f"{warehouse.stem}.corrupt-*.duckdb"):
        if aside.samefile(warehouse) and not log.exists():
            with suppress(FileNotFoundError):
                os.link(log_of_changes(aside), log)


def _put_aside(warehouse: Path, fresh: Path | None) -> Path:
    """Name the damaged file after the moment, and put the fresh one in its place."""
    moment = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    aside = warehouse.with_name(f"{warehouse.stem}.corrupt-{moment}.duckdb")
    log = log_of_changes(warehouse)
    os.link(warehouse, aside)
    with suppress(FileNotFoundError):
        os.link(log, log_of_changes(aside))
    # Before its file: DuckDB would take it for the log of the fresh one.
    log.unlink(missing_ok=True)
    if fresh is None:
        warehouse.unlink()
    else:
        put_in_place(fresh, warehouse)
    return aside
