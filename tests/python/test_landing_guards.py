"""The profiles of landings, and what falls out of the range of the earlier ones."""

from __future__ import annotations

import csv
import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

import validate
from conftest import Warehouse, land, write_csv
from lib.cli import OK, UserError
from lib.landing import profiles
from lib.landing.staging import Field, Layout
from lib.quality.guards import add_guards, count_unlearned, guard_query
from lib.warehouse import PROJECT_ROOT

FIGURES = {
    "mad_factor": 5.0,
    "floor_factor": 0.1,
    "least_landings": 5,
    "most_landings": 30,
}
START = datetime(2025, 1, 1)
NOW = datetime(2025, 6, 1)
ENDS = ("direction", "status")
SEED_HEADER = (
    "landing_guard_id,measure,mad_factor,floor_factor,least_landings,most_landings,"
    "severity,owner,fix,effective_from,effective_to\n"
)


def judged(
    measure: str, landings: Sequence[Mapping[str, Any]], **figures: float
) -> list[tuple[Any, ...]]:
    """Return what falls out of landings that follow one another, a row each."""
    with duckdb.connect() as connection:
        connection.execute("create schema raw_meta")
        connection.execute(profiles.TABLE)
        rows = [_row(number, landing) for number, landing in enumerate(landings)]
        connection.executemany(
            "insert into raw_meta.landing_profiles by name select "
            "? as source, ? as table_name, ? as file, ? as column_name, "
            "? as row_count, ? as profiled_count, ? as null_count, ? as mean, "
            "? as standard_deviation, ? as landed_at, "
            "case when ? then map(cast(? as varchar[]), cast(? as double[])) end "
            "as value_shares",
            rows,
        )
        query = guard_query(measure, {**FIGURES, **figures})
        query = query.replace("{batch}", "raw_meta.landing_profiles")
        return connection.execute(
            "select column_name, column_value, round(observed, 6), "
            f"round(expected_from, 6), round(expected_to, 6), finding from ({query})"
        ).fetchall()


def _row(number: int, landing: Mapping[str, Any]) -> list[Any]:
    """Return a column's profile: of a landing a day, unless it says otherwise."""
    shares = landing.get("value_shares")
    row_count = landing.get("row_count", 100)
    return [
        *("generic", landing.get("table_name", "touches")),
        *(landing.get("file", f"{number}.csv"), landing.get("column_name", "a")),
        *(row_count, row_count, landing.get("null_count", 0)),
        *(landing.get("mean"), landing.get("standard_deviation")),
        landing.get("landed_at", START + timedelta(days=number)),
        *(shares is not None, [*(shares or {})], [*(shares or {}).values()]),
    ]


def volumes(*counts: int) -> list[dict[str, Any]]:
    return [{"row_count": count} for count in counts]


class TestTheRange:
    """Limits worked out by hand."""

    # Median 1000; deviations 20 10 0 10 20, their median 10: 1000 ± 50.
    HISTORY = (980, 990, 1000, 1010, 1020)

    @pytest.mark.parametrize("newest", [950, 1000, 1050])
    def test_a_landing_within_it_passes(self, newest: int) -> None:
        assert judged("volume", volumes(*self.HISTORY, newest), floor_factor=0.01) == []

    @pytest.mark.parametrize("newest", [949, 1051])
    def test_one_beyond_it_falls_out(self, newest: int) -> None:
        [found] = judged("volume", volumes(*self.HISTORY, newest), floor_factor=0.01)
        assert found == (
            *(None, None, newest, 950, 1050),
            f"generic.touches has a number of rows of {newest}, expected 950 to 1050 "
            "by 5 earlier landings",
        )

    def test_the_floor_passes_small_changes_of_a_steady_history(self) -> None:
        assert judged("volume", volumes(*[1000] * 5, 900)) == []
        [found] = judged("volume", volumes(*[1000] * 5, 899))
        assert found[2:5] == (899, 900, 1100)

    def test_a_landing_of_half_the_rows_falls_out(self) -> None:
        [found] = judged("volume", volumes(*[1000] * 5, 500), floor_factor=0.4)
        assert found[2:5] == (500, 600, 1400)

    def test_a_bad_landing_among_the_earlier_ones_does_not_widen_it(self) -> None:
        history = (980, 990, 1000, 1010, 1020, 5, 1_000_000)
        # Deviations 20 10 0 10 20 995 999000: their median is 20.
        [found] = judged("volume", volumes(*history, 800), floor_factor=0.01)
        assert found[2:5] == (800, 900, 1100)

    def test_only_the_newest_landing_is_judged(self) -> None:
        assert judged("volume", volumes(*[1000] * 5, 5, 1000)) == []

    def test_too_short_a_history_passes(self) -> None:
        assert judged("volume", volumes(1)) == []
        assert judged("volume", volumes(*[1000] * 4, 1)) == []
        assert len(judged("volume", volumes(*[1000] * 5, 1))) == 1

    def test_old_landings_are_forgotten(self) -> None:
        landings = volumes(*[5000] * 10, *[1000] * 5, 1000)
        assert len(judged("volume", landings)) == 1
        assert judged("volume", landings, most_landings=5) == []

    def test_a_weekday_is_like_its_own_kind(self) -> None:
        """Six weeks of 1,000 rows, 100 on a Saturday or Sunday; 1 January is Wednesday.

        The median is 1,000, so that 900 to 1,100 are expected, on a weekend 90 to 110.
        """
        weeks = [100 if number % 7 in (3, 4) else 1000 for number in range(47)]
        saturday = weeks[:45]
        assert weeks[45] == weeks[46] == 100
        assert judged("volume", volumes(*saturday, 100)) == []
        assert judged("volume", volumes(*saturday, 111))[0][2:5] == (111, 900, 1100)
        assert judged("volume", volumes(*weeks, 100))[0][2] == 100
        # Of two weeks nobody knows yet what a Saturday is like.
        assert len(judged("volume", volumes(*weeks[:10], 100))) == 1

    def test_a_column_that_is_new_or_gone_is_no_drift(self) -> None:
        """raw_meta.schema_changes tells of it; with a history it is judged."""
        old = [{"column_name": "a"} for _ in range(6)]
        new = {"column_name": "b", "null_count": 100}
        assert judged("null_rate", [*old, new]) == []
        five = [{"column_name": "b", "null_count": 0} for _ in range(5)]
        [found] = judged("null_rate", [*old, *five, new])
        assert found[:3] == ("b", None, 1)

    def test_a_mean_that_never_varied_may_differ_by_rounding(self) -> None:
        """A sum of tenths is none in binary fractions; a third part that moved is."""
        assert (0.1 * 3 + 0.1 * 3 + 0.1 * 3) / 9 != 0.1
        steady = [{"mean": 0.1, "standard_deviation": 0} for _ in range(5)]
        day = START + timedelta(days=9)

        def parts(*means: float) -> list[dict[str, Any]]:
            return [
                {"mean": mean, "standard_deviation": 0, "row_count": 3}
                | {"landed_at": day, "file": f"{number}.csv"}
                for number, mean in enumerate(means)
            ]

        assert judged("mean", [*steady, *parts(0.1, 0.1, 0.1)]) == []
        [found] = judged("mean", [*steady, *parts(0.1, 0.1, 0.2)])
        assert found[2:5] == (pytest.approx(0.4 / 3, abs=1e-6), 0.1, 0.1)

    def test_files_of_a_run_are_one_landing(self) -> None:
        landings = volumes(*[1000] * 5)
        landings += [
            {"row_count": 500, "file": name, "landed_at": START + timedelta(days=9)}
            for name in ("part1", "part2")
        ]
        assert judged("volume", landings) == []

    def test_rows_are_counted_once_whatever_the_columns(self) -> None:
        landings: list[dict[str, Any]] = [
            {"row_count": 1000, "file": "a", "column_name": column}
            | {"landed_at": START + timedelta(days=day)}
            for day in range(6)
            for column in "ab"[: 1 + day // 5]
        ]
        assert judged("volume", landings) == []


class TestTheMeasures:
    """What else than the number of rows can fall out."""

    def test_a_column_gone_null(self) -> None:
        landings = [{"null_count": count} for count in (0, 5, 2, 3, 4, 100)]
        # Shares 0 .05 .02 .03 .04, median .03, deviations .03 .02 .01 0 .01: MAD .01.
        [found] = judged("null_rate", landings, floor_factor=0.02)
        assert found[0] == "a"
        assert found[2:5] == (1, -0.02, 0.08)
        assert found[5].startswith("generic.touches.a has a share of empty values of 1")
        assert judged("null_rate", [*landings[:5], {"null_count": 8}]) == []

    def test_a_mean_that_moves(self) -> None:
        history: list[dict[str, Any]] = [
            {"mean": mean, "standard_deviation": 4.0} for mean in (9, 10, 10, 10, 11)
        ]
        # The deviation is 0, the floor half a standard deviation: 10 ± 2.
        inside = [*history, {"mean": 12, "standard_deviation": 4}]
        assert judged("mean", inside, floor_factor=0.5) == []
        [found] = judged(
            "mean",
            [*history, {"mean": 12.1, "standard_deviation": 40}],
            floor_factor=0.5,
        )
        assert found[2:5] == (12.1, 8, 12)

    def test_means_of_parts_weigh_their_filled_rows(self) -> None:
        history = [{"mean": 10, "standard_deviation": 0}] * 5
        at = START + timedelta(days=9)
        parts = [
            {"mean": 20, "null_count": 90, "row_count": 100, "file": "x"},
            {"mean": 9, "null_count": 0, "row_count": 90, "file": "y"},
        ]
        newest = [{**part, "landed_at": at, "standard_deviation": 0} for part in parts]
        # (20 × 10 + 9 × 90) / 100
        [found] = judged("mean", [*history, *newest], floor_factor=0)
        assert found[2:5] == (10.1, 10, 10)

    def test_a_new_category_that_dominates(self) -> None:
        usual = {"value_shares": {"web": 0.6, "mail": 0.4}}
        newest = {"value_shares": {"web": 0.1, "mail": 0.4, "robot": 0.5}}
        found = judged("value_share", [*[usual] * 5, newest], floor_factor=0.2)
        assert [(row[1], *row[2:5]) for row in found] == [
            ("robot", 0.5, -0.2, 0.2),
            ("web", 0.1, 0.4, 0.8),
        ]
        assert found[0][5] == (
            "generic.touches.a = robot has a share of 0.5, expected -0.2 to 0.2 by 5 "
            "earlier landings"
        )

    def test_a_category_that_vanishes(self) -> None:
        usual = {"value_shares": {"web": 0.6, "mail": 0.4}}
        newest = {"value_shares": {"web": 0.75}}
        [found] = judged("value_share", [*[usual] * 5, newest], floor_factor=0.2)
        assert found[1:5] == ("mail", 0, 0.2, 0.6)

    def test_shares_are_of_the_filled_rows(self) -> None:
        usual = {"value_shares": {"web": 1.0}, "null_count": 50}
        assert judged("value_share", [usual] * 6, floor_factor=0) == []


class TestThePromise:
    """At least half of the history passes, and nearly all that is drawn alike."""

    @settings(max_examples=30, deadline=None)
    @given(
        some.lists(some.integers(0, 10**6), min_size=5, max_size=12),
        some.floats(1, 9),
    )
    def test_half_of_the_history_lies_within(
        self, history: list[int], mad_factor: float
    ) -> None:
        landings = [
            {**landing, "table_name": str(number)}
            for number, newest in enumerate(history)
            for landing in volumes(*history, newest)
        ]
        fell = judged("volume", landings, mad_factor=mad_factor, floor_factor=0)
        assert 2 * len(fell) <= len(history)

    def test_a_landing_like_the_earlier_ones_seldom_falls_out(self) -> None:
        """Of normal draws, 5 deviations of 20 earlier ones hold some 99 %."""
        chance = random.Random(7)  # noqa: S311 - a reproducible test, not a secret
        landings = [
            {"table_name": str(table), "row_count": round(chance.gauss(10_000, 500))}
            for table in range(100)
            for _ in range(21)
        ]
        assert len(judged("volume", landings, floor_factor=0)) <= 5


class TestTheProfile:
    """Figures of columns, and that no value of a person is among them."""

    def profile(self, query: str, **types: str) -> dict[str, profiles.ColumnProfile]:
        with duckdb.connect() as connection:
            connection.execute(f"create temp table landed as {query}")
            layout = Layout(
                tuple(Field(name, kind, kind) for name, kind in types.items())
            )
            found = profiles.profile(
                connection, "landed", [*types], layout, frozenset({"kind"})
            )
        self.counts = (found.row_count, found.profiled_count)
        return {column.column: column for column in found.columns}

    def test_figures_by_hand(self) -> None:
        found = self.profile(
            "select * from (values ('x', 1, true), ('', 2, true), (null, 3, null), "
            "('y', null, false)) as rows (name, size, flag)",
            name="varchar",
            size="integer",
            flag="boolean",
        )
        assert self.counts == (4, 4)
        assert found["name"] == profiles.ColumnProfile("name", 2, 2, None, None, None)
        assert found["size"] == profiles.ColumnProfile("size", 1, 3, 2.0, 1.0, None)
        assert found["flag"].null_count == 1

    def test_shares_of_categories_with_five_rows(self) -> None:
        found = self.profile(
            "select case when i < 60 then 'a' when i < 96 then 'b' else 'c' end "
            "as kind, i < 25 as flag from range(100) as numbers (i)",
            kind="varchar",
            flag="boolean",
        )
        assert found["kind"].value_shares == {"a": 0.6, "b": 0.36}
        assert found["flag"].value_shares == {"false": 0.75, "true": 0.25}

    @pytest.mark.parametrize(
        "value",
        [
            *("ann@acme.test", "ann%40acme.test", "+1 555 010 0199", "5550100"),
            *("x" * 41, "1-2-3-4-5-6-7"),
        ],
    )
    def test_a_value_that_looks_like_a_person_is_not_kept(self, value: str) -> None:
        found = self.profile(
            f"select '{value}' as kind from range(100) union all select 'ok' "
            "from range(100)",
            kind="varchar",
        )
        assert found["kind"].value_shares == {"ok": 0.5}

    def test_only_listed_columns_and_flags_keep_values(self) -> None:
        found = self.profile(
            "select 'Ann' as first_name, 7 as size from range(100)",
            first_name="varchar",
            size="integer",
        )
        assert {column.value_shares for column in found.values()} == {None}

    def test_many_values_are_no_categories(self) -> None:
        found = self.profile(
            "select 'v' || i % 40 as kind from range(4000) as numbers (i)",
            kind="varchar",
        )
        assert found["kind"].value_shares is None

    def test_numbers_beyond_measure_are_left_out(self) -> None:
        found = self.profile(
            "select * from (values (1.0::double), ('inf'::double), ('nan'::double), "
            "(3.0::double), (1e300::double)) as rows (size)",
            size="double",
        )
        assert found["size"].mean == 2.0

    def test_of_a_large_file_a_part_is_looked_at(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(profiles, "MOST_ROWS", 1000)
        found = self.profile(
            "select i, case when i % 4 = 0 then null else 'a' end as kind "
            "from range(10000) as numbers (i)",
            i="bigint",
            kind="varchar",
        )
        rows, looked_at = self.counts
        assert rows == 10_000
        assert looked_at == pytest.approx(1000, rel=0.15)
        assert found["kind"].null_count / looked_at == pytest.approx(0.25, abs=0.05)
        assert found["i"].mean == pytest.approx(5000, rel=0.1)

    def test_the_seed_names_no_column_of_a_person(self) -> None:
        personal = {"name", "email", "phone", "mobile", "fax", "address", "street"}
        personal |= {"city", "postal", "zip", "birth", "ip", "user", "owner"}
        tell_nothing = {"stage_name", *(f"property_hs_email_{end}" for end in ENDS)}
        for column in profiles.read_categories() - tell_nothing:
            assert not set(column.split("_")) & personal, column

    def test_a_missing_seed_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(UserError, match="no categories at"):
            profiles.read_categories(tmp_path / "none.csv")


def touch_rows(
    count: int, kind: str = "web_session", first: int = 0
) -> list[dict[str, Any]]:
    return [
        {"touch_id": f"t{first + n}", "person_id": f"p{n}@acme.test"}
        | {"touched_at": "2025-01-01", "touch_type": kind}
        for n in range(count)
    ]


def test_from_the_file_to_the_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    warehouse = Warehouse(tmp_path / "w" / "mops.duckdb")
    raw, seeds = tmp_path / "raw", tmp_path / "seeds"
    for path in (PROJECT_ROOT / "seeds").glob("*/*.csv"):
        (seeds / path.parent.name).mkdir(parents=True, exist_ok=True)
        (seeds / path.parent.name / path.name).write_text(path.read_text())
    # The standards of fields are judged elsewhere, and take time.
    for name in ("required_fields", "picklists", "field_formats", "naming_rules"):
        standards = seeds / "quality" / f"{name}.csv"
        standards.write_text(standards.read_text().splitlines()[0] + "\n")
    suites = tmp_path / "suites"
    suites.mkdir()
    name = "raw__generic__touches.json"
    (suites / name).write_text((validate.SUITES / name).read_text())

    def validated() -> str:
        capsys.readouterr()
        code = validate.validate("raw", warehouse.path, tmp_path / "out", suites, seeds)
        assert code == OK
        spoken = capsys.readouterr()
        return spoken.err + spoken.out

    for day in range(6):
        rows = touch_rows(200 + day, first=1000 * day)
        write_csv(raw / "generic" / "touches.csv", rows)
        assert land(raw, warehouse.path, monkeypatch) == 0
        (raw / "generic" / "spend.csv").write_text("spend_date,platform,amount\n")
    said = validated()
    assert "warning: landing_" not in said
    assert "1 table is not yet held against its own history" in said
    write_csv(raw / "generic" / "touches.csv", touch_rows(50, "sales", first=9000))
    assert land(raw, warehouse.path, monkeypatch) == 0
    said = validated()
    assert (
        "generic.touches has a number of rows of 50, expected 122 to 284 by 6 "
        "earlier landings"
    ) in said
    assert (
        "generic.touches.touch_type = sales has a share of 1.0, expected -0.2 to 0.2 "
        "by 6 earlier landings"
    ) in said
    assert "warning: landing_volume on raw_meta.landing_profiles" in said
    assert "owner mops@example.com | fix: Ask the system that exports" in said
    with (tmp_path / "out/failing_rows/raw/landing_volume.csv").open() as lines:
        [row] = csv.DictReader(lines)
    assert (row["table_name"], row["earlier_landings"]) == ("touches", "6")
    kept = warehouse.rows("select * from raw_meta.landing_profiles")
    assert len(kept) > 100
    assert "acme.test" not in str(kept)


class TestTheSeed:
    """Rows of landing_guards that are in force, and mistakes in them."""

    def guards(self, folder: Path, rows: str) -> list[str]:
        (folder / "quality").mkdir(exist_ok=True)
        seed = folder / "quality" / "landing_guards.csv"
        seed.write_text(SEED_HEADER + rows)
        return [
            rule.rule_id
            for suite in add_guards([], folder, NOW)
            for rule in suite.rules
        ]

    def test_rows_in_force_are_rules(self, tmp_path: Path) -> None:
        row = "L{},{},5,0.1,5,30,warning,us,mend,{},{}\n"
        found = self.guards(
            tmp_path,
            row.format(1, "volume", "1900-01-01", "")
            + row.format(2, "mean", "1900-01-01", "2025-06-01")
            + row.format(3, "null_rate", "2025-06-02", ""),
        )
        assert found == ["landing_volume"]
        assert self.guards(tmp_path, "") == []
        assert count_unlearned(lambda *_: [[9]], tmp_path, NOW) == (0, 0)

    @pytest.mark.parametrize(
        ("row", "says"),
        [
            ("L1,median,5,0.1,5,30", "line 2: measure 'median'"),
            ("L1,volume,much,0.1,5,30", "line 2: mad_factor is no number"),
            ("L1,volume,0.5,0.1,5,30", "is below 1"),
            ("L1,volume,5,-1,5,30", "floor_factor is negative"),
            ("L1,volume,5,0.1,5,4", "least_landings is more than most_landings"),
        ],
    )
    def test_mistakes_are_named(self, tmp_path: Path, row: str, says: str) -> None:
        with pytest.raises(UserError, match=says):
            self.guards(tmp_path, f"{row},warning,us,mend,1900-01-01,\n")

    def test_a_measure_has_one_row_in_force(self, tmp_path: Path) -> None:
        """The second would take the name of the first, and its failing rows."""
        row = "L1,volume,5,0.1,5,30,warning,us,mend,1900-01-01,\n"
        with pytest.raises(UserError, match="line 3: another row in force"):
            self.guards(tmp_path, row + row.replace("L1", "L2"))

    def test_the_shipped_seed_is_sound(self) -> None:
        [suite] = add_guards([], PROJECT_ROOT / "seeds", NOW)
        assert len(suite.rules) == 4
