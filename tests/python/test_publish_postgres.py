"""A publication in Postgres: whole or not at all, for readers who may only read."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

import export
import postgres_server
from conftest import Warehouse
from lib.catalog import read_catalog
from lib.cli import OK, WRONG_USE, UserError
from lib.postgres import DSN, READER, export_to_postgres
from lib.publish import DATABASE, MANIFEST, latest_publication
from lib.warehouse import PROJECT_ROOT
from postgres_server import PASSWORD, Server
from published_company import copy_of

ANALYST = "analyst"
RELATIONS = ("marts.fct_sales", "marts.dim_reps", "reports.rpt_sales")
STAGING = "select count(*) from pg_namespace where starts_with(nspname, 'mops_next_')"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with postgres_server.running() as server:
        server.rows("create schema raw_secret")
        server.rows("create table raw_secret.people as select 'ann@x.example' as email")
        yield server


@dataclass
class Generations:
    """Small publications, made by hand; each row says of which one it is."""

    folder: Path
    server: Server
    made: dict[int, Path] = field(default_factory=dict)

    def make(self, generation: int, rows: int = 100) -> Path:
        """Return the folder of a publication whose rows are all of a generation."""
        if generation in self.made:
            return self.made[generation]
        version = self.folder / f"version{generation}"
        version.mkdir()
        with duckdb.connect(str(version / DATABASE)) as connection:
            connection.execute("create schema marts; create schema reports")
            for relation in RELATIONS:
                connection.execute(
                    f"create table {relation} as select {generation} as generation, "
                    f"range as number from range({rows})"
                )
        columns = [{"name": name} for name in ("generation", "number")]
        manifest = {
            "publication_id": f"publication {generation}",
            "build_id": f"{generation:032}",
            "with_pii": False,
            "validated_at": "2026-03-01T10:00:00Z",
            "published_at": "2026-03-01T10:05:00Z",
            "relations": [
                {"relation": relation, "rows": rows, "columns": columns}
                for relation in RELATIONS
            ],
        }
        (version / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
        self.made[generation] = version
        return version

    def export(self, generation: int, patience: float = 60) -> None:
        """Export a generation."""
        environment = {DSN: self.server.dsn()}
        export_to_postgres(self.make(generation), environment, patience)

    def standing(self) -> set[int]:
        """Return the generations that a reader finds, by one query."""
        parts = [f"select generation from {relation}" for relation in RELATIONS]
        parts.append(
            "select cast(right(publication_id, -12) as integer) "
            "from reports.publication"
        )
        rows = self.server.rows(" union ".join(parts), user=ANALYST)
        return {generation for (generation,) in rows}


@pytest.fixture
def generations(tmp_path: Path, server: Server) -> Iterator[Generations]:
    made = Generations(tmp_path, server)
    made.export(1)
    make_analyst(server)
    yield made
    server.rows("drop schema marts cascade")
    server.rows("drop schema reports cascade")


def make_analyst(server: Server) -> None:
    """Make a login that is a bi_reader and nothing else."""
    if not server.rows("select 1 from pg_roles where rolname = %s", ANALYST):
        server.rows(f"create role {ANALYST} login password '{PASSWORD}'")
        server.rows(f"grant {READER} to {ANALYST}")


@pytest.fixture(scope="class")
def version(
    company_warehouse: Warehouse,
    server: Server,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Path]:
    """Return the publication of the random company, which the command exported."""
    folder = tmp_path_factory.mktemp("company")
    warehouse = copy_of(company_warehouse, folder)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("MOPS_WAREHOUSE", str(warehouse))
        monkeypatch.setenv(DSN, server.dsn())
        assert export.main(["--out", str(folder)]) == OK
        assert export.main(["--postgres", "--out", str(folder)]) == OK
    make_analyst(server)
    yield latest_publication(folder)
    server.rows("drop schema marts cascade")
    server.rows("drop schema reports cascade")


class TestTheCompany:
    """The random company in Postgres."""

    def manifest(self, version: Path) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((version / MANIFEST).read_text())
        return found

    def test_rows_and_sums_are_those_of_the_publication(
        self, version: Path, server: Server
    ) -> None:
        relations = self.manifest(version)["relations"]
        assert len(relations) > 80
        with duckdb.connect(str(version / DATABASE), read_only=True) as connection:
            for entry in relations:
                name = entry["relation"]
                sums = ["count(*)"]
                for column in entry["columns"]:
                    quoted = f'"{column["name"]}"'
                    kind = column["type"]
                    if kind.startswith("DECIMAL") or kind in {"BIGINT", "INTEGER"}:
                        sums.append(f"sum({quoted})")
                    elif kind == "VARCHAR":
                        sums.append(f"sum(length({quoted}))")
                    elif kind.startswith(("DATE", "TIMESTAMP")):
                        sums += [f"min({quoted})", f"max({quoted})"]
                    else:
                        sums.append(f"count({quoted})")
                query = f"select {', '.join(sums)} from {name}"
                found = server.rows(query, user=ANALYST)
                assert found == connection.execute(query).fetchall(), name

    def test_types_are_those_of_the_publication(
        self, version: Path, server: Server
    ) -> None:
        names = {
            "VARCHAR": "character varying",
            "BIGINT": "bigint",
            "INTEGER": "integer",
            "DOUBLE": "double precision",
            "BOOLEAN": "boolean",
            "DATE": "date",
            "TIMESTAMP": "timestamp without time zone",
        }
        found = {
            tuple(row[:3]): row[3:]
            for row in server.rows(
                "select table_schema, table_name, column_name, data_type, "
                "numeric_precision, numeric_scale from information_schema.columns "
                "where table_schema in ('marts', 'reports')"
            )
        }
        decimals = 0
        for entry in self.manifest(version)["relations"]:
            schema, name = entry["relation"].split(".")
            for column in entry["columns"]:
                kind, precision, scale = found[schema, name, column["name"]]
                if column["type"].startswith("DECIMAL"):
                    assert column["type"] == f"DECIMAL({precision},{scale})"
                    assert kind == "numeric"
                    decimals += 1
                else:
                    assert kind == names[column["type"]], (name, column)
        assert decimals > 100

    def test_comments_are_the_descriptions(self, version: Path, server: Server) -> None:
        catalog = read_catalog()
        for entry in self.manifest(version)["relations"]:
            name = entry["relation"]
            comments = dict(
                server.rows(
                    "select attname, coalesce(col_description(attrelid, attnum), '') "
                    "from pg_attribute where attrelid = to_regclass(%s) and attnum > 0",
                    name,
                )
            )
            model = catalog[name.split(".")[1]]
            assert comments == {
                column["name"]: model.columns[column["name"]].description
                for column in entry["columns"]
            }
            assert all(comments.values())
            told = server.value("select obj_description(to_regclass(%s))", name)
            assert told == model.description
            assert told.startswith("One row")
        rendered = server.value("select obj_description('marts.dim_reps'::regclass)")
        assert "{{" not in rendered

    def test_every_relation_has_its_key_and_references_are_indexed(
        self, version: Path, server: Server
    ) -> None:
        for entry in self.manifest(version)["relations"]:
            unique = server.rows(
                "select indisprimary, indnullsnotdistinct from pg_index "
                "where indrelid = to_regclass(%s) and indisunique",
                entry["relation"],
            )
            assert len(unique) == 1, entry["relation"]
            assert unique[0][0] != unique[0][1], entry["relation"]

        def indexes(table: str) -> set[str]:
            rows = server.rows(
                "select regexp_replace(indexdef, '^.*USING btree ', '') "
                "from pg_indexes where schemaname || '.' || tablename = %s",
                table,
            )
            return {row[0] for row in rows}

        assert indexes("marts.fct_touchpoints") >= {
            "(touchpoint_id)",
            "(person_id)",
            "(account_id)",
        }
        assert indexes("marts.fct_spend_months") >= {
            "(month, channel, campaign_id, cost_type) NULLS NOT DISTINCT"
        }

    def test_a_reader_reads_this_and_nothing_else(
        self, version: Path, server: Server
    ) -> None:
        assert server.rows("select * from marts.dim_people limit 1", user=ANALYST)
        noted = server.rows(
            "select publication_id, build_id from reports.publication", user=ANALYST
        )
        manifest = self.manifest(version)
        assert noted == [(manifest["publication_id"], manifest["build_id"])]
        refused = psycopg.errors.InsufficientPrivilege
        for statement, error in (
            ("select * from raw_secret.people", refused),
            ("select email from marts.dim_people", psycopg.errors.UndefinedColumn),
            ("select phone from marts.dim_person_profiles", psycopg.errors.Error),
            ("select * from marts.fct_of_nobody", psycopg.errors.UndefinedTable),
            ("delete from marts.dim_people", refused),
            ("update marts.dim_people set segment = 'x'", refused),
            ("insert into reports.publication values ('x')", refused),
            ("truncate marts.dim_people", refused),
            ("drop table marts.dim_people", refused),
            ("create table marts.mine (one integer)", refused),
            ("create schema mine", refused),
        ):
            with pytest.raises(error):
                server.rows(statement, user=ANALYST)
        with pytest.raises(psycopg.OperationalError):
            server.rows("select 1", user=READER)


class Reader(threading.Thread):
    """Reads all relations in one transaction, again and again."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        self.server = server
        self.stop = threading.Event()
        self.seen: list[int] = []
        self.wrong: list[object] = []

    def run(self) -> None:
        dsn = self.server.dsn(ANALYST)
        joined = (
            "select distinct sales.generation, reps.generation, report.generation "
            "from marts.fct_sales as sales inner join marts.dim_reps as reps "
            "using (number) inner join reports.rpt_sales as report using (number)"
        )
        with psycopg.connect(dsn, autocommit=True) as connection:
            while not self.stop.is_set():
                try:
                    with connection.transaction():
                        found = {
                            generation
                            for relation in RELATIONS
                            for (generation,) in connection.execute(
                                f"select distinct generation from {relation}"
                            )
                        }
                    [row] = connection.execute(joined).fetchall()
                except (psycopg.Error, ValueError) as error:
                    self.wrong.append(error)
                    return
                if len(found) != 1 or len(set(row)) != 1:
                    self.wrong.append((found, row))
                self.seen += [*found, row[0]]


def test_a_reader_never_sees_neither_and_never_a_mix(generations: Generations) -> None:
    readers = [Reader(generations.server) for _ in range(2)]
    for reader in readers:
        reader.start()
    try:
        for generation in range(2, 12):
            generations.export(generation)
    finally:
        for reader in readers:
            reader.stop.set()
            reader.join()
    for reader in readers:
        assert reader.wrong == []
        assert reader.seen == sorted(reader.seen)
        assert len(set(reader.seen)) > 5
    assert generations.standing() == {11}
    assert generations.server.value(STAGING) == 0


def test_a_transaction_keeps_what_it_reads(generations: Generations) -> None:
    """A query that runs long is waited for; who is patient no longer says so."""
    with psycopg.connect(generations.server.dsn(ANALYST)) as reader:
        reader.execute("select * from marts.fct_sales")
        with pytest.raises(UserError, match="readers held the old relations"):
            generations.export(2, patience=0.5)
        found = reader.execute("select distinct generation from marts.dim_reps")
        assert found.fetchall() == [(1,)]
    assert generations.standing() == {1}
    generations.export(2)
    assert generations.standing() == {2}


def start(generations: Generations, generation: int) -> subprocess.Popen[bytes]:
    """Start an export in a process of its own."""
    code = (
        "import sys; from pathlib import Path; from lib.postgres import "
        "export_to_postgres; export_to_postgres(Path(sys.argv[1]))"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code, str(generations.make(generation))],
        cwd=PROJECT_ROOT / "scripts",
        env={**os.environ, DSN: generations.server.dsn()},
        stderr=subprocess.DEVNULL,
    )


STAGES = {
    "the schemas are there": "select count(*) = 2 from pg_namespace "
    "where starts_with(nspname, 'mops_next_')",
    "a relation is written": "select to_regclass('mops_next_marts.dim_reps') "
    "is not null",
    "all are and wait for a reader": "select count(*) > 0 from pg_locks "
    "where not granted and mode = 'AccessExclusiveLock'",
}


@pytest.mark.parametrize("stage", STAGES)
def test_kill_9_leaves_the_last_good_one(generations: Generations, stage: str) -> None:
    server = generations.server
    generations.make(2, rows=200_000)
    with psycopg.connect(server.dsn(ANALYST)) as reader:
        reader.execute("select * from marts.fct_sales")
        process = start(generations, 2)
        until = time.monotonic() + 60
        while not server.value(STAGES[stage]):
            assert process.poll() is None, "it ended before it could be killed"
            assert time.monotonic() < until, "it never came that far"
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    assert generations.standing() == {1}
    # Postgres notices that the client is gone when it next listens to it.
    while server.value("select count(*) from pg_locks where locktype = 'advisory'"):
        assert time.monotonic() < until
        time.sleep(0.05)
    assert server.value(STAGING) > 0
    generations.export(3)
    assert generations.standing() == {3}
    assert server.value(STAGING) == 0


def test_two_at_once_are_refused(generations: Generations) -> None:
    server = generations.server
    with psycopg.connect(server.dsn(ANALYST)) as reader:
        reader.execute("select * from marts.fct_sales")
        process = start(generations, 2)
        until = time.monotonic() + 60
        while not server.value(STAGES["all are and wait for a reader"]):
            assert process.poll() is None
            assert time.monotonic() < until
        with pytest.raises(
            UserError, match=r"another export .* is under way"
        ) as caught:
            generations.export(3)
        assert caught.value.exit_code == WRONG_USE
    assert process.wait() == OK
    assert generations.standing() == {2}


LOSES_A_ROW = """
create function lose_a_row() returns trigger language plpgsql as
$$ begin return case when new.number = 7 then null else new end; end $$;
create function watch_it() returns event_trigger language plpgsql as $$
begin
    if to_regclass('mops_next_reports.rpt_sales') is not null then
        create or replace trigger loses before insert on mops_next_reports.rpt_sales
        for each row execute function lose_a_row();
    end if;
end $$;
create event trigger watches on ddl_command_end when tag in ('CREATE TABLE')
execute function watch_it()
"""


def test_rows_that_are_lost_on_the_way_are_not_shown(generations: Generations) -> None:
    server = generations.server
    generations.make(2)
    server.rows(LOSES_A_ROW)
    try:
        with pytest.raises(UserError, match=r"99 of 100 rows of reports\.rpt_sales"):
            generations.export(2)
    finally:
        server.rows("drop event trigger watches")
        server.rows("drop function watch_it()")
        server.rows("drop function lose_a_row() cascade")
    assert generations.standing() == {1}
    generations.export(2)
    assert generations.standing() == {2}


def test_what_others_keep_there_stays(generations: Generations) -> None:
    server = generations.server
    server.rows("create table reports.of_finance as select 1 as one")
    server.rows("create schema bi")
    server.rows("create view bi.sales as select * from marts.fct_sales")
    with pytest.raises(UserError, match=r"view bi.sales depends on"):
        generations.export(2)
    assert generations.standing() == {1}
    server.rows("drop schema bi cascade")
    generations.export(2)
    assert generations.standing() == {2}
    assert server.value("select one from reports.of_finance") == 1


def test_a_name_that_somebody_else_has_is_not_taken(generations: Generations) -> None:
    server = generations.server
    server.rows("drop table reports.publication")
    with pytest.raises(UserError, match=r"marts.dim_reps, marts.fct_sales, reports"):
        generations.export(2)
    server.rows("create table reports.publication as select 1 as one")
    with pytest.raises(UserError, match="no export's"):
        generations.export(2)
    assert server.value("select min(generation) from marts.fct_sales") == 1


def test_a_relation_that_is_published_no_longer_goes(generations: Generations) -> None:
    version = generations.make(2)
    manifest = json.loads((version / MANIFEST).read_text())
    manifest["relations"].pop()
    (version / MANIFEST).write_text(json.dumps(manifest))
    generations.export(2)
    server = generations.server
    assert server.value("select to_regclass('reports.rpt_sales')") is None
    assert server.value("select count(*) from reports.publication") == 1


def test_personal_data_is_not_exported(generations: Generations) -> None:
    version = generations.make(2)
    manifest = json.loads((version / MANIFEST).read_text()) | {"with_pii": True}
    (version / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(UserError, match="publish without --with-pii"):
        generations.export(2)
    assert generations.standing() == {1}


@pytest.mark.parametrize(
    "settings",
    [
        "host=127.0.0.1 port={port} dbname=postgres user=warehouse password=geheim",
        "postgresql://warehouse:geheim@127.0.0.1:{port}/postgres",
        "postgresql://warehouse:geheim@127.0.0.1:1/postgres",
        "postgresql://warehouse:geheim@127.0.0.1:{port}/nowhere?nonsense=geheim",
    ],
)
def test_no_password_is_told(generations: Generations, settings: str) -> None:
    dsn = settings.format(port=generations.server.port)
    with pytest.raises(UserError, match="Postgres") as caught:
        export_to_postgres(generations.make(2), {DSN: dsn})
    assert "geheim" not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_the_place_is_asked_for(generations: Generations) -> None:
    with pytest.raises(UserError, match="which Postgres"):
        export_to_postgres(generations.make(2), {})
