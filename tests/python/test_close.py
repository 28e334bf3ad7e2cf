"""Closing a month: what was reported stands, and what changed since has its reason."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

import close
import erase
from conftest import Warehouse, judge, land, run_dbt, write_tables
from lib import closed_tables
from lib.cli import CHECK_FAILED, OK, WRONG_USE, UserError
from lib.quality import history
from lib.warehouse import PROJECT_ROOT
from other_process import held_open

CLOSED_AS_OF = "2026-10-05"
LATER = "2026-10-20"
SELECT = ("+rpt_restatements",)
RESTATED = (
    "+rpt_restatements,path:models/intermediate/finance",
    "+rpt_restatements,path:models/marts/finance",
    "rpt_restatements",
)
JUDGED = (
    "fct_month_figures",
    "fct_closed_months",
    "fct_closed_figures",
    "fct_restatements",
    "rpt_restatements",
    "assert_closed_figures_are_those_of_their_conversions",
)
DEALS = range(1, 15)
THIRD = Decimal(100) / 3
HALF = Decimal(50)
Lines = dict[tuple[str, str, str], Decimal]


def person(key: str, account: str, **more: Any) -> dict[str, Any]:
    # Of somebody without an account only a mail provider's address is known.
    domain = f"c{account[1:]}.example" if account else "gmail.com"
    return {
        "person_id": key,
        "record_type": "contact",
        "email": f"{key}@{domain}",
        "account_id": account,
        "created_at": f"2026-08-0{2 if key.endswith('x') else 1}",
    } | more


def touch(key: str, who: str, day: str, channel: str) -> dict[str, Any]:
    return {"touch_id": key, "person_id": who, "touched_at": f"2026-{day} 10:00:00"} | {
        "touch_type": "event",
        "channel": channel,
    }


def deal(number: int, **more: Any) -> dict[str, Any]:
    return {
        "opportunity_id": f"o{number}",
        "account_id": f"a{number}",
        "stage": "Won",
        "amount": "100",
        "currency": "EUR" if number == 10 else "",
        "created_at": "2026-09-10 10:00:00",
        "closed_at": "2026-09-20 10:00:00",
        "is_closed": "true",
        "is_won": "true",
    } | more


def spend(amount: str, currency: str = "") -> dict[str, Any]:
    return {"spend_date": "2026-09-03", "platform": "google_ads", "amount": amount} | {
        "channel": "paid_search",
        "currency": currency,
    }


def tool(amount: str) -> dict[str, Any]:
    return {"spend_date": "2026-09-04", "platform": "crm", "amount": amount} | {
        "cost_type": "tool"
    }


def rate(value: str) -> dict[str, Any]:
    return {"rate_date": "2026-09-01", "currency": "EUR", "usd_per_unit": value}


# Every deal has an e-mail in August and an event in September, half a credit each; the
# webinar of p6x, who is of account a6, counts for o6 too.
TABLES: dict[str, list[dict[str, Any]]] = {
    "accounts": [
        {"account_id": f"a{number}", "name": f"Firm {'abcdefghijklmn'[number - 1] * 4}"}
        | {"domain": f"c{number}.example", "created_at": "2026-07-01"}
        for number in DEALS
    ],
    "people": [
        *(person(f"p{number}", f"a{number}") for number in DEALS),
        person("p6x", "a6"),
        person("p7x", ""),
        person("p13x", ""),
    ],
    "touches": [
        *(touch(f"t{n}a", f"p{n}", "08-20", "email") for n in DEALS),
        *(touch(f"t{n}b", f"p{n}", "09-05", "events") for n in DEALS),
        *(touch(f"t{n}x", f"p{n}x", "09-06", "webinars") for n in (6, 7, 13)),
    ],
    "opportunities": [deal(number) for number in DEALS if number != 5],
    "stage_events": [
        {"person_id": who, "stage": "mql", "entered_at": "2026-09-08 10:00:00"}
        for who in ("p1", "p14")
    ],
    "spend": [spend("10"), spend("20", "EUR"), tool("4")],
    "exchange_rates": [rate("1.0")],
}
# What became known after the closing; a table with a key is sent anew in part.
CHANGES: dict[str, list[dict[str, Any]]] = {
    "people": [
        person("p6x", "a6", is_deleted="true"),
        person("p7x", "", merged_into_id="p7"),
    ],
    "touches": [
        touch("t1c", "p1", "09-08", "webinars"),
        touch("t8b", "p8", "09-05", "webinars"),
        touch("t9b", "p9", "09-07", "events"),
        touch("t11c", "p11", "09-08", "webinars"),
    ],
    "opportunities": [
        deal(2, amount="160"),
        deal(3, is_deleted="true"),
        deal(4, closed_at="2026-10-02 10:00:00"),
        deal(5),
        deal(11, amount="150"),
    ],
    "opportunity_contacts": [{"opportunity_id": "o13", "person_id": "p13x"}],
    "stage_events": [
        {"person_id": "p2", "stage": "mql", "entered_at": "2026-09-09 10:00:00"}
    ],
    "spend": [spend("5"), tool("6")],
    "exchange_rates": [rate("1.2")],
}


def by_hand() -> Lines:
    """Return what linear credit of won deals gains, by deal, channel and reason."""
    gains: Lines = {}

    def add(number: int, reason: str, **channels: Decimal | int) -> None:
        for channel, gain in channels.items():
            gains[f"generic:o{number}", channel, reason] = Decimal(gain)

    shared = {"email": THIRD - HALF, "events": THIRD - HALF, "webinars": THIRD}
    add(1, "late_touch", **shared)
    add(2, "amount_change", email=30, events=30)
    add(3, "vanished_conversion", email=-50, events=-50)
    add(4, "date_change", email=-50, events=-50)
    add(5, "new_conversion", email=50, events=50)
    removed = {channel: -gain for channel, gain in shared.items()}
    add(6, "removed_touch", **removed)
    add(7, "merge", **shared)
    add(8, "channel_change", events=-50, webinars=50)
    add(10, "rate_change", email=10, events=10)
    add(11, "amount_change", email=25, events=25)
    add(11, "late_touch", email=-25, events=-25, webinars=50)
    add(13, "contact_change", **shared)
    add(14, "removed_touch", email=-50, events=-50)
    return gains


class Room:
    """A company that was landed and built, with what its marts said then."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.path = folder / "mops.duckdb"
        self.monkeypatch = monkeypatch
        self.warehouse = Warehouse(self.path)
        self.reported: dict[tuple[str, str | None, str], Decimal] = {}
        self.erased_before: list[Any] = []
        for variable, name in (("TARGET", "target"), ("LOG", "logs")):
            monkeypatch.setenv(f"DBT_{variable}_PATH", str(folder / name))

    def land(self, name: str, tables: Mapping[str, list[dict[str, Any]]]) -> None:
        raw = write_tables(self.folder / name, tables)
        # A file of another name, so that it is none that landed before.
        for path in (raw / "generic").iterdir():
            part = path.with_suffix("") / f"{name}.csv"
            part.parent.mkdir()
            path.rename(part)
        assert land(raw, self.path, self.monkeypatch) == OK

    def close(self, *options: str) -> int:
        return close.main(["--month", "2026-09", "--by", "Ann", *options])

    def kept_totals(self) -> list[Any]:
        """Return what is kept of September, without whose it was."""
        return [
            self.warehouse.rows(query)
            for query in (
                "from raw_meta.closed_figures order by all",
                "select conversion_type, attribution_model, channel, campaign_id, "
                "count(*), sum(weight), sum(credit_usd) from raw_meta.closed_credits "
                "group by all order by all",
                "select conversion_type, is_in_month, count(*), sum(amount_usd) "
                "from raw_meta.closed_conversions group by all order by all",
            )
        ]

    def lines(self, metric: str, model: str | None = None) -> Lines:
        """Return what a metric gains by conversion, channel and reason."""
        return {
            (conversion, channel, reason): gain
            for conversion, channel, reason, gain in self.warehouse.rows(
                "select coalesce(conversion_id, currency), channel, reason, difference "
                "from marts.fct_restatements where metric = ? "
                "and attribution_model is not distinct from ?",
                [metric, model],
            )
        }


def figures(warehouse: Warehouse) -> dict[tuple[str, str | None, str], Decimal]:
    """Return the figures of September, added up from the facts themselves."""
    found: dict[tuple[str, str | None, str], Decimal] = defaultdict(Decimal)
    september = "between timestamp '2026-09-01' and timestamp '2026-09-30 23:59:59'"
    names = {"mql": "mqls", "opportunity": "opportunities", "won": "wins"}
    values = {"opportunity": "pipeline_usd", "won": "revenue_usd"}
    for kind, model, channel, weight, credit in warehouse.rows(
        "select conversion_type, attribution_model, channel, weight, credit_usd "
        f"from marts.fct_attribution_credits where converted_at {september}"
    ):
        cut = Decimal(weight).quantize(Decimal("1e-10"))
        found[f"credited_{names[kind]}", model, channel] += cut
        if kind in values:
            found[f"credited_{values[kind]}", model, channel] += credit
    for channel, sourced, influenced, amount in warehouse.rows(
        "select coalesce(sourced_channel, 'unknown'), is_marketing_sourced, "
        "is_marketing_influenced, amount_usd "
        f"from marts.fct_opportunities where created_at {september}"
    ):
        for counts, prefix in (
            (True, ""),
            (sourced, "sourced_"),
            (influenced, "influenced_"),
        ):
            if counts:
                found[f"{prefix}opportunities", None, channel] += 1
                found[f"{prefix}pipeline_usd", None, channel] += amount
    for channel, sourced, amount in warehouse.rows(
        "select coalesce(sourced_channel, 'unknown'), is_marketing_sourced, amount_usd "
        f"from marts.fct_opportunities where is_won and closed_at {september}"
    ):
        for counts, prefix in ((True, ""), (sourced, "sourced_")):
            if counts:
                found[f"{prefix}won_opportunities", None, channel] += 1
                found[f"{prefix}won_revenue_usd", None, channel] += amount
    for (channel,) in warehouse.rows(
        f"select channel from marts.fct_lead_funnel where mql_at {september}"
    ):
        found["mqls", None, channel] += 1
    for (cost,) in warehouse.rows(
        "select spend_usd from marts.fct_ad_spend_days "
        "where spend_date between '2026-09-01' and '2026-09-30'"
    ):
        # The one channel that was charged anything bears what names none.
        found["spend_usd", None, "paid_search"] += cost
    for kind, amount in warehouse.rows(
        "select conversion_type, amount_usd from marts.fct_unattributed_conversions "
        f"where converted_at {september}"
    ):
        found[f"unattributed_{names[kind]}", None, "unattributed"] += 1
        if kind in values:
            found[f"unattributed_{values[kind]}", None, "unattributed"] += amount
    return {key: value for key, value in found.items() if value}


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        room = Room(tmp_path_factory.mktemp("closing"), monkeypatch)
        room.land("first", TABLES)
        yield room


@pytest.fixture(scope="module")
def closed(room: Room) -> Room:
    """The room after September was closed."""
    with pytest.raises(UserError, match="is not built: run dbt build"):
        room.close()
    assert run_dbt(room.path, select=SELECT, as_of=CLOSED_AS_OF)
    room.reported = figures(room.warehouse)
    _refuse_what_is_not_to_be_closed(room)
    assert room.close() == OK
    return room


def _refuse_what_is_not_to_be_closed(room: Room) -> None:
    with pytest.raises(UserError, match="2026-10 is not over as of 2026-10-05"):
        close.main(["--month", "2026-10"])
    for month in ("2026-9", "2026-13", "September", "2026-09-01", ""):
        with pytest.raises(UserError, match="is no month: write it as"):
            close.main(["--month", month])
    with duckdb.connect(str(room.path)) as connection:
        connection.execute(
            f"create table {history.RELATION} as select '1' as run_id, "
            "'' as build_id, 'marts' as layer, 'MRT-9' as rule_id, "
            "'critical' as severity, false as success, "
            "timestamp '2026-10-05' as validated_at"
        )
    with pytest.raises(UserError, match="failed: MRT-9") as caught:
        room.close()
    assert caught.value.exit_code == CHECK_FAILED
    with duckdb.connect(str(room.path)) as connection:
        connection.execute(f"update {history.RELATION} set success = true")
    _leave_nothing_when_it_fails(room)


def _leave_nothing_when_it_fails(room: Room) -> None:
    """A query that fails after others have written takes all of it back."""
    columns, _ = closed_tables.KEPT["closed_spend"]
    with pytest.MonkeyPatch.context() as monkeypatch:
        broken = (columns, "select nothing from marts.fct_ad_spend_days")
        monkeypatch.setitem(closed_tables.KEPT, "closed_spend", broken)
        with pytest.raises(UserError):
            room.close()
    for table in ("closings", *closed_tables.KEPT):
        assert room.warehouse.value(f"select count(*) from raw_meta.{table}") == 0


@pytest.fixture(scope="module")
def restated(closed: Room) -> Room:
    """The room after p14 was erased, changes landed and all was built from scratch."""
    closed.erased_before = closed.kept_totals()
    out = str(closed.folder / "out")
    assert erase.main(["--email", "p14@c14.example", "--out", out, "--no-build"]) == OK
    closed.land("second", CHANGES)
    assert run_dbt(closed.path, select=SELECT, full_refresh=True, as_of=LATER)
    return closed


def test_a_closing_keeps_the_figures_of_the_facts(closed: Room) -> None:
    kept = closed.warehouse.rows(
        "select metric, attribution_model, channel, reported "
        "from raw_meta.closed_figures"
    )
    assert {tuple(row[:3]): row[3] for row in kept} == closed.reported
    assert closed.warehouse.rows(
        "select closing_id, closed_by, as_of::date::varchar from raw_meta.closings"
    ) == [("2026-09#1", "Ann", CLOSED_AS_OF)]


def test_a_month_is_closed_once(closed: Room) -> None:
    with pytest.raises(UserError, match=r"closed already, on .* by Ann: --reopen"):
        closed.close()


def test_a_locked_warehouse_is_told_in_a_line(closed: Room) -> None:
    with held_open(closed.path), pytest.raises(UserError, match="in use"):
        closed.close("--reopen")


def test_a_missing_warehouse_is_told_in_a_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "scripts/close.py", "--month", "2026-09"],
        cwd=PROJECT_ROOT,
        env={"MOPS_WAREHOUSE": str(tmp_path / "none.duckdb")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == WRONG_USE
    assert done.stderr.startswith("error: no warehouse at ")
    assert done.stderr.count("\n") == 1


def test_unchanged_data_restates_nothing(closed: Room) -> None:
    assert run_dbt(
        closed.path, seeds=False, select=["stg_meta__closings+"], as_of=CLOSED_AS_OF
    )
    assert closed.warehouse.rows("from marts.fct_restatements") == []
    differing, count = closed.warehouse.rows(
        "select count(*) filter (where difference != 0 or reported != restated), "
        "count(*) from reports.rpt_restatements"
    )[0]
    assert (differing, count) == (0, len(closed.reported))


def test_every_change_has_its_reason(restated: Room) -> None:
    """Linear credit of won deals, by hand."""
    found = restated.lines("credited_revenue_usd", "linear")
    expected = by_hand()
    assert found.keys() == expected.keys()
    for key, gain in expected.items():
        assert abs(found[key] - gain) < Decimal("0.000001"), key


def test_a_deal_that_is_won_later_keeps_its_pipeline(restated: Room) -> None:
    won = restated.lines("credited_revenue_usd", "linear")
    created = restated.lines("credited_pipeline_usd", "linear")
    assert created == {key: won[key] for key in won if key[0] != "generic:o4"}


def test_counts_and_money_have_their_reasons(restated: Room) -> None:
    assert restated.lines("won_revenue_usd") == {
        ("generic:o2", "email", "amount_change"): 60,
        ("generic:o3", "email", "vanished_conversion"): -100,
        ("generic:o4", "email", "date_change"): -100,
        ("generic:o5", "email", "new_conversion"): 100,
        ("generic:o10", "email", "rate_change"): 20,
        ("generic:o11", "email", "amount_change"): 50,
        # The first touch, which sourced it, is gone.
        ("generic:o14", "email", "removed_touch"): -100,
        ("generic:o14", "unknown", "removed_touch"): 100,
    }
    assert restated.lines("won_opportunities") == {
        ("generic:o3", "email", "vanished_conversion"): -1,
        ("generic:o4", "email", "date_change"): -1,
        ("generic:o5", "email", "new_conversion"): 1,
        ("generic:o14", "email", "removed_touch"): -1,
        ("generic:o14", "unknown", "removed_touch"): 1,
    }
    assert restated.lines("opportunities") == {
        ("generic:o3", "email", "vanished_conversion"): -1,
        ("generic:o5", "email", "new_conversion"): 1,
        ("generic:o14", "email", "removed_touch"): -1,
        ("generic:o14", "unknown", "removed_touch"): 1,
    }
    assert restated.lines("mqls") == {
        ("generic:p2#1", "email", "new_conversion"): 1,
        ("erased#1", "email", "vanished_conversion"): -1,
    }
    assert restated.lines("spend_usd") == {
        ("USD", "paid_search", "amount_change"): 5,
        ("EUR", "paid_search", "rate_change"): 4,
        ("USD", "unknown", "amount_change"): 6,
        ("(shared)", "unknown", "amount_change"): -6,
        ("(shared)", "paid_search", "amount_change"): 6,
    }


def test_only_learning_models_restate_what_did_not_change(restated: Room) -> None:
    found = restated.warehouse.rows(
        "select distinct attribution_model, reason from marts.fct_restatements "
        "where conversion_id = 'generic:o12' order by all"
    )
    assert ("markov", "model_refit") in found
    assert set(found) <= {("markov", "model_refit"), ("shapley", "model_refit")}
    moved = restated.warehouse.rows(
        "select distinct attribution_model, reason from marts.fct_restatements "
        "where conversion_id = 'generic:o9' order by all"
    )
    assert ("time_decay", "moved_touch") in moved
    assert {reason for _, reason in moved} == {"moved_touch"}


def test_reasons_add_up_to_what_the_facts_say(restated: Room) -> None:
    """Reported and restated are those of the facts before and after."""
    now = figures(restated.warehouse)
    explained: dict[Any, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for metric, model, channel, reason, gain in restated.warehouse.rows(
        "select metric, attribution_model, channel, reason, difference "
        "from marts.fct_restatements"
    ):
        explained[metric, model, channel][reason] += gain
    rows = restated.warehouse.rows(
        "select metric, attribution_model, channel, reported, restated, difference, "
        "main_reason from reports.rpt_restatements"
    )
    keys = {tuple(row[:3]) for row in rows}
    assert keys == restated.reported.keys() | now.keys()
    for metric, model, channel, reported, now_is, difference, main_reason in rows:
        key = (metric, model, channel)
        assert reported == restated.reported.get(key, 0), key
        assert now_is == now.get(key, 0), key
        gains = {name: gain for name, gain in explained[key].items() if gain}
        assert difference == sum(gains.values()) == now_is - reported, key
        most = max(map(abs, gains.values()), default=None)
        assert main_reason == min(
            (name for name, gain in gains.items() if abs(gain) == most), default=None
        )
    assert judge(restated.path, JUDGED, as_of=LATER)


def test_erasing_a_person_leaves_what_was_reported(restated: Room) -> None:
    """p14 was an MQL, and had the touches of o14, which has none any longer."""
    assert restated.kept_totals() == restated.erased_before
    for table in closed_tables.KEPT:
        for row in restated.warehouse.rows(f"from raw_meta.{table}"):
            assert not {"generic:p14", "generic:p14#1", "generic:t14a"} & set(row)
    assert restated.lines("unattributed_revenue_usd") == {
        ("generic:o14", "unattributed", "removed_touch"): 100
    }


def test_a_build_of_an_earlier_day_knows_no_later_closing(restated: Room) -> None:
    assert run_dbt(
        restated.path, seeds=False, select=["fct_closed_months"], as_of="2026-10-04"
    )
    assert restated.warehouse.rows("from marts.fct_closed_months") == []


def test_another_half_life_is_policy(restated: Room) -> None:
    select = [f"path:models/{layer}/attribution" for layer in ("intermediate", "marts")]
    assert run_dbt(
        restated.path,
        seeds=False,
        select=[*select, *RESTATED],
        as_of=LATER,
        time_decay_half_life_days=3,
    )
    assert restated.warehouse.rows(
        "select distinct reason from marts.fct_restatements "
        "where conversion_id = 'generic:o12' and attribution_model = 'time_decay'"
    ) == [("policy_change",)]
    assert judge(restated.path, ["assert_restatements_add_up"], as_of=LATER)


@pytest.fixture(scope="module")
def reopened(restated: Room) -> Room:
    """The room after September was closed again."""
    assert restated.close("--reopen") == OK
    assert run_dbt(restated.path, seeds=False, select=RESTATED, as_of=LATER)
    return restated


def test_a_month_that_is_closed_again_keeps_its_first_version(reopened: Room) -> None:
    assert reopened.warehouse.rows(
        "select version, is_current from marts.fct_closed_months order by 1"
    ) == [(1, False), (2, True)]
    assert reopened.warehouse.rows("from marts.fct_restatements") == []
    kept = reopened.warehouse.rows(
        "select metric, attribution_model, channel, reported "
        "from raw_meta.closed_figures where closing_id = '2026-09#1'"
    )
    assert {tuple(row[:3]): row[3] for row in kept} == reopened.reported
