"""Publishing: only what was validated, whole or not at all, whatever happens.

The relations here are nobody's: no YAML describes them, so that they are published
with personal data alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

import export
import validate
from lib.cli import CHECK_FAILED, OK, WRONG_USE, UserError
from lib.locks import alone
from lib.publish import DATABASE, MANIFEST, latest_publication, publish
from lib.quality import history
from lib.quality.fingerprint import fingerprint
from lib.quality.rules import CRITICAL, WARNING, Rule, Suite, Verdict
from lib.refusals import last_refusal
from lib.warehouse import PROJECT_ROOT
from other_process import held_open

pytestmark = pytest.mark.filterwarnings("ignore:`schema_name` is deprecated")

START = datetime.now(UTC).replace(tzinfo=None)
MARTS = (
    "create or replace table marts.fct_sales as "
    "select {generation} as generation, range as sale_id, "
    "cast(range as decimal(18, 2)) as amount_usd, "
    "timestamp '2025-01-01' + interval (range) minute as sold_at "
    "from range({rows})",
    "create or replace table marts.dim_reps as "
    "select {generation} as generation, 'généric:' || range as rep_id "
    "from range({rows})",
    "create or replace view reports.rpt_sales as "
    "select generation, sum(amount_usd) as amount_usd from marts.fct_sales "
    "group by generation",
)


class Company:
    """A warehouse that is built and validated again and again."""

    def __init__(self, folder: Path) -> None:
        self.warehouse = folder / "mops.duckdb"
        self.out = folder / "output"
        self.validations = 0
        self.execute("create schema marts", "create schema reports")

    def execute(self, *statements: str) -> None:
        """Run statements on the warehouse."""
        with duckdb.connect(str(self.warehouse)) as connection:
            for statement in statements:
                connection.execute(statement)

    def build(self, generation: int, rows: int = 10) -> None:
        """Build the marts of a generation."""
        self.execute(*(s.format(generation=generation, rows=rows) for s in MARTS))

    def validate(self, *, success: bool = True, severity: str = CRITICAL) -> None:
        """Write one verdict about the marts into the history, as validate.py does."""
        self.validations += 1
        suite = Suite("marts__fct_sales", "marts", "fct_sales", {})
        rule = Rule("a_rule", severity, "us", "mend", "sql", None, None, None, None)
        verdict = Verdict(suite, rule, success, 0.0, 10, 0, None)
        moment = START + timedelta(seconds=self.validations)
        with duckdb.connect(str(self.warehouse)) as connection:
            build_id = fingerprint(
                lambda sql, values: connection.execute(sql, list(values)).fetchall(),
                "mops",
            )
            run = history.Run(f"run{self.validations}", "marts", build_id, moment)
            history.append(connection, run, [verdict])

    def publish(self, generation: int, rows: int = 10) -> Path:
        """Build, validate and publish a generation."""
        self.build(generation, rows)
        self.validate()
        return publish(self.warehouse, self.out, with_pii=True)


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)


def read(version: Path, query: str) -> Any:
    """Return the one value that a query finds in a publication."""
    with duckdb.connect(str(version / DATABASE), read_only=True) as connection:
        [[value]] = connection.execute(query).fetchall()
    return value


def generation_of(version: Path) -> Any:
    """Return the one generation that all relations of a publication agree on."""
    query = (
        "select count(distinct generation) * 1000 + max(generation) from ("
        "select generation from marts.fct_sales union all "
        "select generation from marts.dim_reps union all "
        "select generation from reports.rpt_sales)"
    )
    return read(version, query) - 1000


class TestAPublication:
    """What stands in published/current."""

    def test_it_holds_every_mart_and_report(self, company: Company) -> None:
        version = company.publish(1)
        assert latest_publication(company.out) == version
        for relation in ("marts.fct_sales", "marts.dim_reps", "reports.rpt_sales"):
            schema, name = relation.split(".")
            parquet = version / "parquet" / schema / f"{name}.parquet"
            with duckdb.connect() as connection:
                connection.execute(f"attach '{company.warehouse}' as source")
                connection.execute(f"attach '{version / DATABASE}' as copy (read_only)")
                for copy in (f"copy.{relation}", f"'{parquet}'"):
                    differences = connection.execute(
                        f"(from source.{relation} except all from {copy}) union all "
                        f"(from {copy} except all from source.{relation})"
                    ).fetchall()
                    assert differences == []

    def test_the_manifest_describes_the_files(self, company: Company) -> None:
        version = company.publish(1)
        manifest = json.loads((version / MANIFEST).read_text())
        files = [file for entry in manifest["relations"] for file in entry["files"]]
        assert len(files) == 3
        for file in (manifest["database"], *files):
            content = (version / file["path"]).read_bytes()
            assert file["bytes"] == len(content)
            assert file["sha256"] == hashlib.sha256(content).hexdigest()
        assert manifest["validation_run_id"] == "run1"
        rows = {found["relation"]: found["rows"] for found in manifest["relations"]}
        assert rows == {
            "marts.dim_reps": 10,
            "marts.fct_sales": 10,
            "reports.rpt_sales": 1,
        }
        [sales] = [
            found
            for found in manifest["relations"]
            if found["relation"] == "marts.fct_sales"
        ]
        assert {"name": "amount_usd", "type": "DECIMAL(18,2)"} in sales["columns"]

    def test_its_files_are_read_only_and_private(self, company: Company) -> None:
        version = company.publish(1)
        for path in (version, *version.rglob("*")):
            mode = stat.S_IMODE(path.stat().st_mode)
            assert mode == (0o700 if path.is_dir() else 0o400)
        assert {path.name for path in version.iterdir()} == {
            DATABASE,
            MANIFEST,
            "parquet",
        }

    def test_the_last_two_are_kept(self, company: Company) -> None:
        published = [company.publish(generation) for generation in (1, 2, 3)]
        kept = set((company.out / "published" / "versions").iterdir())
        assert kept == set(published[1:])
        assert latest_publication(company.out) == published[2]

    def test_the_same_content_is_not_written_again(self, company: Company) -> None:
        version = company.publish(1)
        assert company.publish(1) == version

    def test_a_damaged_one_is_written_again(self, company: Company) -> None:
        version = company.publish(1)
        (version / "parquet" / "marts" / "dim_reps.parquet").unlink()
        mended = company.publish(1)
        assert mended != version
        assert (mended / "parquet" / "marts" / "dim_reps.parquet").is_file()

    def test_there_may_be_none(self, tmp_path: Path) -> None:
        with pytest.raises(UserError, match="nothing is published"):
            latest_publication(tmp_path)


class TestWhatIsNotPublished:
    """The last good publication stays up."""

    def refused(self, company: Company, says: str) -> None:
        before = latest_publication(company.out)
        with pytest.raises(UserError, match=says) as caught:
            publish(company.warehouse, company.out, with_pii=True)
        assert caught.value.exit_code == CHECK_FAILED
        assert latest_publication(company.out) == before
        assert generation_of(before) == 1
        assert list(before.parent.iterdir()) == [before]

    def test_marts_that_changed_since(self, company: Company) -> None:
        company.publish(1)
        company.execute("update marts.fct_sales set amount_usd = 0 where sale_id = 7")
        self.refused(company, "changed since")

    def test_marts_that_were_built_since(self, company: Company) -> None:
        company.publish(1)
        company.build(2)
        self.refused(company, "changed since")

    def test_marts_that_failed(self, company: Company) -> None:
        company.publish(1)
        company.build(2)
        company.validate(success=False)
        self.refused(company, "failed a_rule")

    def test_what_passed_once_but_failed_last(self, company: Company) -> None:
        company.publish(1)
        company.build(2)
        company.validate()
        company.validate(success=False)
        self.refused(company, "failed a_rule")

    def test_marts_that_nobody_validated(self, company: Company) -> None:
        company.build(1)
        with pytest.raises(UserError, match="never validated") as caught:
            publish(company.warehouse, company.out, with_pii=True)
        assert caught.value.exit_code == CHECK_FAILED

    def test_warnings_do_not_hold_it_up(self, company: Company) -> None:
        company.build(1)
        company.validate(success=False, severity=WARNING)
        assert (
            generation_of(publish(company.warehouse, company.out, with_pii=True)) == 1
        )


class TestReaders:
    """Whoever reads sees one whole publication."""

    def test_an_open_reader_keeps_what_it_opened(self, company: Company) -> None:
        company.publish(1)
        current = company.out / "published" / "current" / DATABASE
        with duckdb.connect(str(current), read_only=True) as reader:
            for generation in (2, 3, 4):
                company.publish(generation)
                found = reader.execute("select max(generation) from marts.dim_reps")
                assert found.fetchall() == [(1,)]
        assert generation_of(latest_publication(company.out)) == 4

    def test_no_reader_ever_sees_a_half(self, company: Company) -> None:
        company.publish(1)
        seen: list[int] = []
        stop = threading.Event()

        def look() -> None:
            while not stop.is_set():
                seen.append(generation_of(latest_publication(company.out)))

        reader = threading.Thread(target=look)
        reader.start()
        try:
            for generation in range(2, 6):
                company.publish(generation, rows=20_000)
        finally:
            stop.set()
            reader.join()
        assert seen == sorted(seen)
        assert set(seen) <= {1, 2, 3, 4, 5}
        assert len(set(seen)) > 1


class TestAccidents:
    """Nothing half-done is ever visible, and the next run cleans up."""

    def export(self, company: Company) -> subprocess.Popen[bytes]:
        script = PROJECT_ROOT / "scripts" / "export.py"
        return subprocess.Popen(
            [sys.executable, str(script), "--with-pii", "--out", str(company.out)],
            env={**os.environ, "MOPS_WAREHOUSE": str(company.warehouse)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def reached(self, versions: Path, stage: str, left_over: set[Path]) -> bool:
        """Return whether a new unfinished version has come to a stage."""
        fresh = set(versions.glob(".unfinished-*")) - left_over
        return any(any(folder.glob(stage)) for folder in fresh)

    def test_kill_9_leaves_the_last_publication(self, company: Company) -> None:
        first = company.publish(1)
        company.build(2, rows=1_000_000)
        company.validate()
        versions = company.out / "published" / "versions"
        left_over: set[Path] = set()
        # The stages of a publication as the disk shows them: a pause by the clock may
        # end after the swap on a fast machine.
        for stage in (DATABASE, "parquet", "parquet/*/*.parquet"):
            process = self.export(company)
            while not self.reached(versions, stage, left_over):
                assert process.poll() is None, "it ended before it could be killed"
                time.sleep(0.001)
            process.send_signal(signal.SIGKILL)
            assert process.wait() == -signal.SIGKILL
            assert latest_publication(company.out) == first
            assert generation_of(first) == 1
            left_over = set(versions.glob(".unfinished-*"))
            assert len(left_over) == 1
        process = self.export(company)
        assert process.wait() == OK
        assert generation_of(latest_publication(company.out)) == 2
        assert not list(versions.glob(".unfinished-*"))

    def test_a_second_export_waits_for_no_one(self, company: Company) -> None:
        first = company.publish(1)
        company.build(2)
        company.validate()
        with (
            alone(company.out / "published" / ".lock", "it is held"),
            pytest.raises(UserError, match="under way") as caught,
        ):
            publish(company.warehouse, company.out, with_pii=True)
        assert caught.value.exit_code == WRONG_USE
        assert latest_publication(company.out) == first

    def test_a_full_disk_is_told(
        self, company: Company, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = company.publish(1)
        company.build(2)
        company.validate()

        def full(path: Path, mode: int) -> None:
            raise OSError(28, "No space left on device", str(path))

        monkeypatch.setattr(Path, "chmod", full)
        with pytest.raises(UserError, match="No space left"):
            publish(company.warehouse, company.out, with_pii=True)
        assert latest_publication(company.out) == first
        assert list(first.parent.iterdir()) == [first]

    def test_a_busy_warehouse_is_told(self, company: Company) -> None:
        company.publish(1)
        with (
            held_open(company.warehouse),
            pytest.raises(UserError, match="in use") as caught,
        ):
            publish(company.warehouse, company.out, with_pii=True)
        assert caught.value.exit_code == WRONG_USE

    def test_no_warehouse_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(UserError, match="no warehouse at"):
            publish(tmp_path / "mops.duckdb", tmp_path)

    def test_the_output_folder_may_not_be_a_file(
        self, company: Company, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        company.build(1)
        company.validate()
        company.out.touch()
        monkeypatch.setenv("MOPS_WAREHOUSE", str(company.warehouse))
        with pytest.raises(UserError, match="cannot write to"):
            export.main(["--out", str(company.out)])


class TestTheFingerprint:
    """It changes with the content and with nothing else."""

    def taken(self, company: Company) -> str:
        with duckdb.connect(str(company.warehouse)) as connection:
            return fingerprint(
                lambda sql, values: connection.execute(sql, list(values)).fetchall(),
                "mops",
            )

    def test_a_rebuild_in_another_order_has_the_same(self, company: Company) -> None:
        company.build(1)
        before = self.taken(company)
        company.execute(
            "create or replace table marts.dim_reps as "
            "from marts.dim_reps order by rep_id desc"
        )
        assert self.taken(company) == before

    @pytest.mark.parametrize(
        "change",
        [
            "update marts.dim_reps set rep_id = null where rep_id like '%3'",
            "insert into marts.dim_reps from marts.dim_reps limit 1",
            "delete from marts.dim_reps where rep_id like '%3'",
            "alter table marts.dim_reps rename column rep_id to id",
            "alter table marts.dim_reps alter generation type bigint",
            "alter table marts.dim_reps rename to dim_people",
            "create table reports.rpt_other as select 1 as one",
            "create table marts.dim_none (none integer)",
        ],
    )
    def test_each_change_shows(self, company: Company, change: str) -> None:
        company.build(1)
        before = self.taken(company)
        company.execute(change)
        assert self.taken(company) != before


def test_the_commands_together_publish_what_passed(
    company: Company,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    suite = {
        "name": "marts__fct_sales",
        "meta": {"schema": "marts", "table": "fct_sales"},
        "expectations": [
            {
                "type": "expect_column_values_to_be_between",
                "kwargs": {"column": "amount_usd", "min_value": 0},
                "description": "No sale is negative",
                "meta": {"rule_id": "sales_positive", "severity": CRITICAL}
                | {"owner": "us", "fix": "mend it"},
            }
        ],
    }
    monkeypatch.setenv("MOPS_WAREHOUSE", str(company.warehouse))
    suites = tmp_path / "suites"
    suites.mkdir()
    (suites / "marts__fct_sales.json").write_text(json.dumps(suite))
    arguments = ("marts", company.warehouse, company.out, suites)

    company.build(1)
    assert validate.validate(*arguments) == OK
    assert export.main(["--with-pii", "--out", str(company.out)]) == OK
    assert "published: 3 relations, 21 rows" in capsys.readouterr().out

    assert last_refusal(company.out) is None

    company.build(2)
    company.execute("update marts.fct_sales set amount_usd = -1 where sale_id = 1")
    assert validate.validate(*arguments) == CHECK_FAILED
    refused = last_refusal(company.out)
    assert refused is not None
    (reason,) = refused.reasons
    assert reason.startswith("critical: sales_positive on marts.fct_sales | 1 of 10")
    assert str(company.out) not in reason
    with pytest.raises(UserError, match="failed sales_positive") as caught:
        export.main(["--with-pii", "--out", str(company.out)])
    refused = last_refusal(company.out)
    assert refused is not None
    assert refused.reasons == (str(caught.value),)
    assert abs(datetime.now(UTC) - refused.refused_at) < timedelta(minutes=5)
    assert generation_of(latest_publication(company.out)) == 1

    company.build(2)
    assert validate.validate(*arguments) == OK
    assert last_refusal(company.out) == refused
    assert export.main(["--with-pii", "--out", str(company.out)]) == OK
    assert last_refusal(company.out) is None
    assert generation_of(latest_publication(company.out)) == 2

    assert export.main(["--out", str(company.out), "--refused", "a model failed"]) == OK
    assert last_refusal(company.out) is not None
    assert export.main(["--with-pii", "--out", str(company.out)]) == OK
    assert last_refusal(company.out) is None  # what stands is this build's
