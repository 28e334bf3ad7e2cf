"""What a publication shows of people: nothing, unless somebody asked for it."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import duckdb
import pytest

import export
from conftest import Warehouse, read_yaml
from lib.catalog import read_catalog
from lib.cli import CHECK_FAILED, OK, WRONG_USE, UserError
from lib.publish import DATABASE, latest_publication, publish, read_manifest
from lib.report_files import write_reports
from lib.warehouse import PROJECT_ROOT
from published_company import copy_of, validate

ADDRESS = re.compile(r"[\w.+-]+(?:@|%40)[\w-]+\.[\w.-]*[a-z]", re.IGNORECASE)
# What tells of a person goes by these words, or looks like it: an owner is a mailbox.
NAMED_LIKE_PII = re.compile(
    r"^(fallback_|tool_)?owner$|(^|_)(e?mail|(first|last|full|rep|person|opportunity)_name|title|phone|"
    r"mobile|fax|street|address|postal_code|ip|note|notes|comment|closed_by)$"
    r"|^email_domain$|_evidence$"
)
TEAMS = {"owner", "fallback_owner"}


@dataclass(frozen=True)
class Published:
    """The company, published without personal data first."""

    warehouse: Path
    out: Path
    version: Path

    def rows(self, query: str) -> list[Any]:
        """Return what a query finds in the publication's database."""
        with duckdb.connect(str(self.version / DATABASE), read_only=True) as reader:
            return reader.execute(query).fetchall()


@pytest.fixture(scope="module")
def published(
    company_warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Published]:
    folder = tmp_path_factory.mktemp("published")
    warehouse = copy_of(company_warehouse, folder)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("MOPS_WAREHOUSE", str(warehouse))
        assert export.main(["--out", str(folder / "out")]) == OK
        version = latest_publication(folder / "out")
        yield Published(warehouse, folder / "out", version)


def of_policy() -> set[str]:
    """Return the mailboxes of teams, which the seeds name."""
    folder = PROJECT_ROOT / "seeds"
    texts = [path.read_text(encoding="utf-8") for path in folder.rglob("*.csv")]
    return {found.lower() for text in texts for found in ADDRESS.findall(text)}


def people_s_words(warehouse: Path) -> set[str]:
    """Return the addresses and telephone numbers of people and reps."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        rows = connection.execute(
            "select email from marts.dim_person_profiles union "
            "select phone from marts.dim_person_profiles union "
            "select email from marts.dim_reps"
        ).fetchall()
    return {word.lower() for (word,) in rows if word and len(word) > 6}


def cells(rows: list[Any]) -> str:
    """Return the texts of rows, each once and on a line."""
    return "\n".join({cell for row in rows for cell in row if isinstance(cell, str)})


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A warehouse with two people and no touch, which passed validation."""
    warehouse = tmp_path / "mops.duckdb"
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            "create schema marts; create schema reports; create table "
            "marts.fct_touchpoints (touchpoint_id varchar, touched_at timestamp); "
            "create table marts.dim_people as select * from (values ('p1', "
            "'ann@x.example', 'Ray'), ('p2', 'bo@x.example', 'Lee')) "
            "as people (person_id, email, last_name)"
        )
    validate(warehouse)
    return warehouse


def test_no_tagged_column_is_published(published: Published) -> None:
    tagged = {
        (model.schema, model.name, column.name)
        for model in read_catalog().values()
        for column in model.columns.values()
        if column.is_pii
    }
    assert len(tagged) > 20
    shown = published.rows(
        "select table_schema, table_name, column_name from information_schema.columns"
    )
    assert len(shown) > 500
    assert not tagged & set(shown)
    manifest = read_manifest(published.version)
    left_out = {
        (*entry["relation"].split("."), column)
        for entry in manifest["relations"]
        for column in entry["left_out"]
    }
    assert left_out == tagged
    assert manifest["with_pii"] is False
    assert manifest["relations_left_out"] == ["marts.fct_of_nobody"]


def test_no_address_stands_in_any_file(published: Published) -> None:
    allowed = of_policy()
    words = people_s_words(published.warehouse)
    assert len(words) > 50
    files = [path for path in published.version.rglob("*") if path.is_file()]
    assert len(files) > 80
    texts = {str(path): path.read_bytes().decode("latin-1") for path in files}
    with duckdb.connect() as connection:
        for path in files:
            if path.suffix == ".parquet":
                found = connection.execute(f"from read_parquet('{path}')").fetchall()
                texts[f"{path} as rows"] = cells(found)
    for schema, name in published.rows(
        "select table_schema, table_name from information_schema.tables"
    ):
        texts[f"{schema}.{name}"] = cells(published.rows(f"from {schema}.{name}"))
    for place, text in texts.items():
        lowered = text.lower()
        # Bytes that happen to be an @ between letters are no address.
        if not place.endswith((".parquet", ".duckdb")):
            lines = [
                line for line in lowered.split("\n") if "@" in line or "%40" in line
            ]
            addresses = {word for line in lines for word in ADDRESS.findall(line)}
            assert addresses <= allowed, place
        assert "stray." not in lowered, place
        assert "nobody knows" not in lowered, place
        assert not [word for word in words - allowed if word in lowered], place


def test_a_key_that_is_an_address_is_hashed_and_still_joins(
    published: Published,
) -> None:
    hashed = r"\(personal data [0-9a-f]{16}\)"
    keys = published.rows(
        "select account_id, opportunity_id from marts.fct_opportunities "
        "inner join marts.dim_accounts using (account_id) "
        f"where regexp_full_match(account_id, '{hashed}')"
    )
    assert len(keys) == 1
    links = published.rows(
        "select count(*) filter (utm_campaign like '(personal data %'), "
        "count(*) filter (utm_source like '(personal data %'), "
        "count(*) filter (utm_medium = 'sale @ 5.00') from marts.fct_touchpoints"
    )
    assert links == [(1, 1, 1)]
    entries = read_manifest(published.version)["relations"]
    counts = {entry["relation"]: entry["hashed_values"] for entry in entries}
    assert counts["marts.fct_touchpoints"] == 2
    assert counts["marts.dim_accounts"] == 1
    assert counts["marts.fct_opportunities"] == 1


def test_every_column_that_is_named_like_it_says_what_it_is() -> None:
    silent = [
        (model.name, column.name, column.is_pii)
        for model in read_catalog().values()
        for column in model.columns.values()
        if NAMED_LIKE_PII.search(column.name)
        and column.is_pii is not (column.name not in TEAMS)
    ]
    assert silent == []


def test_tags_are_true_or_false() -> None:
    for pattern in ("marts/*/*.yml", "reports/rpt_*.yml"):
        for path in (PROJECT_ROOT / "models").glob(pattern):
            for model in read_yaml(path)["models"]:
                for column in model["columns"]:
                    meta = column.get("config", {}).get("meta", {})
                    assert set(meta) <= {"pii"}, (path, column["name"])
                    assert all(type(value) is bool for value in meta.values()), path


def test_large_facts_are_cut_by_month_and_read_as_one_table(
    published: Published,
) -> None:
    entries = {
        entry["relation"]: entry
        for entry in read_manifest(published.version)["relations"]
    }
    touches = entries["marts.fct_touchpoints"]
    assert touches["partitioned_by"] == "touched_at"
    assert len(touches["files"]) > 6
    folder = published.version / "parquet" / "marts" / "fct_touchpoints"
    assert all(
        re.fullmatch(r"month=\d{4}-\d\d-01", path.name) for path in folder.iterdir()
    )
    with duckdb.connect() as connection:
        connection.execute(f"attach '{published.version / DATABASE}' as db (read_only)")
        path = published.version / touches["path"]
        differences = connection.execute(
            f"(select * exclude (month) from '{path}' except all "
            "from db.marts.fct_touchpoints) union all (from db.marts.fct_touchpoints "
            f"except all select * exclude (month) from '{path}')"
        ).fetchall()
        assert differences == []
        wrong = connection.execute(
            f"select count(*) from '{path}' "
            "where month is distinct from date_trunc('month', touched_at)"
        ).fetchall()
        assert wrong == [(0,)]
        kind = connection.execute(f"select any_value(month) from '{path}'").fetchall()
        assert isinstance(kind[0][0], date)
    people = entries["marts.dim_people"]
    assert people["partitioned_by"] is None
    assert [file["path"] for file in people["files"]] == [people["path"]]


def test_a_large_fact_without_rows_is_a_table_too(small: Path, tmp_path: Path) -> None:
    version = publish(small, tmp_path)
    [touches] = [
        entry
        for entry in read_manifest(version)["relations"]
        if entry["relation"] == "marts.fct_touchpoints"
    ]
    path = version / touches["path"]
    with duckdb.connect() as connection:
        found = connection.execute(f"select month, touched_at from '{path}'").fetchall()
    assert found == []


def test_the_flag_publishes_anew_and_no_older_version_keeps_people(
    small: Path, tmp_path: Path
) -> None:
    def folders() -> list[Path]:
        return sorted((tmp_path / "published" / "versions").iterdir())

    def columns(version: Path) -> list[str]:
        with duckdb.connect(str(version / DATABASE), read_only=True) as connection:
            found = connection.execute("from marts.dim_people")
            return [column[0] for column in found.description]

    without = publish(small, tmp_path)
    assert columns(without) == ["person_id"]
    assert publish(small, tmp_path) == without
    with_pii = publish(small, tmp_path, with_pii=True)
    assert folders() == [without, with_pii]
    assert columns(with_pii) == ["person_id", "email", "last_name"]
    assert read_manifest(with_pii)["with_pii"] is True
    assert publish(small, tmp_path, with_pii=True) == with_pii
    again = publish(small, tmp_path)
    assert again not in {without, with_pii}
    assert columns(again) == ["person_id"]
    assert with_pii not in folders()


def test_no_report_of_people_outlives_an_export_without_them(
    small: Path, tmp_path: Path
) -> None:
    """Others' files stay, and so do reports of publications without people."""
    mine = tmp_path / "report" / "notes.txt"
    reports = [
        tmp_path / name
        for name in (
            "report/weekly.html",
            "report/quarter.md",
            "reports/rpt_sales.csv",
            "reports/rpt_sales.xlsx",
            "reports/.csv.new/rpt_sales.csv",
        )
    ]

    def write() -> None:
        for path in (mine, *reports):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("Ann Ray")

    publish(small, tmp_path, with_pii=True)
    write()
    publish(small, tmp_path, with_pii=True)
    assert all(path.exists() for path in (mine, *reports))
    publish(small, tmp_path)
    assert not any(path.exists() for path in reports)
    assert mine.exists()
    write()
    publish(small, tmp_path)
    assert all(path.exists() for path in reports)


def test_what_a_killed_export_left_goes_with_the_next(
    small: Path, tmp_path: Path
) -> None:
    """Killed after the swap: the new one stands, and nothing is cleared yet."""

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    versions = tmp_path / "published" / "versions"
    report = tmp_path / "report" / "weekly.html"
    with_pii = publish(small, tmp_path, with_pii=True)
    report.parent.mkdir()
    report.write_text("Ann Ray")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr("lib.publish._clear", die)
        with pytest.raises(KeyboardInterrupt):
            publish(small, tmp_path)
    standing = latest_publication(tmp_path)
    assert standing != with_pii
    assert report.exists()
    assert publish(small, tmp_path) == standing
    assert list(versions.iterdir()) == [standing]
    assert not report.exists()
    assert read_manifest(standing)["with_pii"] is False


def test_a_column_that_is_tagged_later_publishes_anew(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = publish(small, tmp_path)
    people = read_catalog()["dim_people"]
    tagged = replace(people.columns["person_id"], is_pii=True)
    changed = replace(people, columns={**people.columns, "person_id": tagged})
    monkeypatch.setattr(
        "lib.publish.read_catalog", lambda: read_catalog() | {"dim_people": changed}
    )
    after = publish(small, tmp_path)
    assert after != before
    assert read_manifest(after)["relations_left_out"] == ["marts.dim_people"]


@pytest.mark.parametrize(
    "others",
    [["--queue"], ["--audience", "newsletter"], ["--postgres"], ["--reports", "csv"]],
)
def test_the_flag_goes_with_publishing_alone(
    others: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        export.main(["--with-pii", *others])
    assert caught.value.code == WRONG_USE
    assert "--with-pii" in capsys.readouterr().err


class TestReports:
    """Reports as files that a spreadsheet opens."""

    @pytest.fixture
    def version(self, tmp_path: Path) -> Path:
        folder = tmp_path / "version"
        folder.mkdir()
        with duckdb.connect(str(folder / DATABASE)) as connection:
            connection.execute(
                "create schema reports; create table reports.rpt_cells as "
                "select * from (values (2, '+1', -2.50::decimal(9, 2), 1.5::double), "
                "(1, '=cmd|'' /C calc''!A0', 0.10, -1), (3, '-x', null, null), "
                "(4, '@sum', 1, 1), (5, chr(9) || '=1', 1, 1), "
                "(6, chr(13) || '=1', 1, 1), (7, 'Zoë, \"a\"' || chr(1), 1, 1), "
                "(8, '007', 1, 1), (9, null, 1, 1)) "
                "as cells (rank, text, amount_usd, ratio)"
            )
        return folder

    def test_csv_runs_nothing_and_keeps_numbers(
        self, version: Path, tmp_path: Path
    ) -> None:
        files = write_reports(version, tmp_path, "csv")
        assert files.rows == {"rpt_cells.csv": 9}
        path = tmp_path / "reports" / "rpt_cells.csv"
        assert path.read_bytes().startswith(b"\xef\xbb\xbfrank,text,")
        assert path.stat().st_mode & 0o777 == 0o600
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))[1:]
        assert [row[1] for row in rows] == [
            "'=cmd|' /C calc'!A0",
            "'+1",
            "'-x",
            "'@sum",
            "'\t=1",
            "'\r=1",
            'Zoë, "a"\x01',
            "007",
            "",
        ]
        assert [row[2:] for row in rows[:3]] == [
            ["0.10", "-1.0"],
            ["-2.50", "1.5"],
            ["", ""],
        ]

    def test_a_workbook_holds_texts_as_texts(
        self, version: Path, tmp_path: Path
    ) -> None:
        files = write_reports(version, tmp_path, "xlsx")
        assert files.rows == {"rpt_cells.xlsx": 9}
        with zipfile.ZipFile(tmp_path / "reports" / "rpt_cells.xlsx") as book:
            text = book.read("xl/worksheets/sheet1.xml")
            sheet = ElementTree.fromstring(text)  # noqa: S314
            assert b'name="rpt_cells"' in book.read("xl/workbook.xml")
        space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
        assert not list(sheet.iter(f"{space}f"))
        cells = {
            cell.get("r"): (cell.get("t"), "".join(cell.itertext()))
            for cell in sheet.iter(f"{space}c")
        }
        assert cells["B2"] == ("inlineStr", "=cmd|' /C calc'!A0")
        assert cells["B3"] == ("inlineStr", "+1")
        assert cells["B8"] == ("inlineStr", 'Zoë, "a"')
        assert cells["B9"] == ("inlineStr", "007")
        assert cells["A2"] == (None, "1")
        assert cells["C3"] == (None, "-2.50")

    def test_the_same_reports_are_the_same_bytes_and_old_ones_go(
        self, version: Path, tmp_path: Path
    ) -> None:
        for suffix in ("csv", "xlsx"):
            write_reports(version, tmp_path, suffix)
            path = tmp_path / "reports" / f"rpt_cells.{suffix}"
            before = path.read_bytes()
            stale = path.with_name(f"rpt_former.{suffix}")
            stale.write_text("old")
            write_reports(version, tmp_path, suffix)
            assert path.read_bytes() == before
            assert not stale.exists()
        names = {path.name for path in (tmp_path / "reports").iterdir()}
        assert names == {"rpt_cells.csv", "rpt_cells.xlsx"}

    def test_the_command_writes_every_report_of_what_passed(
        self, published: Published
    ) -> None:
        for suffix in ("csv", "xlsx"):
            arguments = ["--reports", suffix, "--out", str(published.out)]
            assert export.main(arguments) == OK
            files = {
                path.stem for path in (published.out / "reports").glob(f"*.{suffix}")
            }
            names = published.rows(
                "select table_name from information_schema.tables "
                "where table_schema = 'reports'"
            )
            assert files == {name for (name,) in names}
        with duckdb.connect() as connection:
            folder = published.out / "reports"
            csv_rows = connection.execute(
                "select count(*), sum(spend_usd) "
                f"from '{folder}/rpt_pipeline_quarters.csv'"
            ).fetchall()
        assert csv_rows == published.rows(
            "select count(*), sum(spend_usd)::double from reports.rpt_pipeline_quarters"
        )


def test_what_is_no_longer_what_passed_is_exported_nowhere(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOPS_WAREHOUSE", str(small))
    monkeypatch.setenv("MOPS_POSTGRES_DSN", "host=127.0.0.1 port=1")
    ways = (["--reports", "csv"], ["--postgres"])
    publish(small, tmp_path)
    with duckdb.connect(str(small)) as connection:
        connection.execute("delete from marts.dim_people where person_id = 'p1'")
    for says in ("changed since", "is of an earlier build"):
        for way in ways:
            with pytest.raises(UserError, match=says) as caught:
                export.main([*way, "--out", str(tmp_path)])
            assert caught.value.exit_code == CHECK_FAILED
        validate(small)
    assert not (tmp_path / "reports").exists()
