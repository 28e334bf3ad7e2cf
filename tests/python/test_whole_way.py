"""The whole way once: demo files, landing, audit, build, audit, publication, answer."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from collections import Counter, defaultdict
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb
import pytest

import demo_company
import export
import report
import semantic_layer
import stage_truth
import validate
from business_clock import Clock
from conftest import Warehouse
from lib.demo.adverts import AD_PLATFORMS
from lib.pipeline_answer import read_answer
from lib.publish import latest_publication
from lib.warehouse import PROJECT_ROOT
from report_page import Page


@pytest.fixture(scope="module")
def raw(demo_folder: Path) -> Path:
    return demo_folder


@pytest.fixture(scope="module")
def warehouse(
    demo_warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory
) -> Warehouse:
    """Return the demo in a warehouse that audits may write into."""
    return Warehouse(
        Path(shutil.copy(demo_warehouse.path, tmp_path_factory.mktemp("demo")))
    )


@pytest.fixture(scope="module")
def out(warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the output folder after both audits and the publication."""
    folder = tmp_path_factory.mktemp("output")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("MOPS_WAREHOUSE", str(warehouse.path))
        for layer in ("raw", "marts"):
            assert validate.main([layer, "--out", str(folder)]) == 0
        assert export.main(["--out", str(folder)]) == 0
    return folder


def read_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file by column."""
    with path.open(newline="") as handle:
        return list(csv.DictReader(handle))


def moment(text: str) -> datetime:
    """Return a time as the demo writes it, UTC, without its zone."""
    return datetime.fromisoformat(text).replace(tzinfo=None)


def hashes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_writes_the_same_bytes(raw: Path, tmp_path: Path) -> None:
    assert hashes(demo_company.write(tmp_path)) == hashes(raw)


def test_the_demo_lands_without_a_reject(warehouse: Warehouse) -> None:
    assert warehouse.value("select count(*) from raw_meta.rejects") == 0
    assert warehouse.value("select count(*) from raw_generic.touches") > 10_000


def test_the_demo_warns_and_hands_the_rows_back(out: Path) -> None:
    """It is messy enough to show what a warning looks like, and still published."""
    for rule, column in (
        ("duplicate_rate", "is_master"),
        ("nmr_001_marts_dim_campaigns", "is_name_compliant"),
    ):
        rows = read_rows(out / "failing_rows" / "marts" / f"{rule}.csv")
        assert len(rows) > 10
        assert {row["severity"] for row in rows} == {"warning"}
        assert {row[column].lower() for row in rows} == {"false"}


def test_the_demo_has_every_metric_in_report_and_semantic_layer(
    warehouse: Warehouse,
) -> None:
    reported = {
        (metric, month): value
        for metric, month, value in warehouse.rows(
            "select metric, month, value from reports.rpt_metric_months "
            "where value is not null"
        )
    }
    assert {metric for metric, _ in reported} == semantic_layer.METRICS
    assert semantic_layer.answers_by(warehouse) == reported


def test_records_that_were_merged_or_converted_are_one_true_person(
    raw: Path, warehouse: Warehouse
) -> None:
    truth = {
        row["record_id"]: row["true_person_id"]
        for row in read_rows(raw / "_truth" / "person_records.csv")
    }
    golden = defaultdict(set)
    for person, record in warehouse.rows(
        "select person_id, record_id from marts.bridge_person_records"
    ):
        golden[person].add(truth[record])
    mixed = [people for people in golden.values() if len(people) > 1]
    assert len(golden) > 1000
    assert len(mixed) / len(golden) < 0.005


@pytest.fixture(scope="module")
def golden(raw: Path, warehouse: Warehouse) -> dict[str, str]:
    """Return the golden person of each true one whose records are that person's alone.

    Who was merged wrongly or not at all is left out: matching has its own tests.
    """
    true_people = stage_truth.true_people(raw)
    matched = stage_truth.matched_people(
        true_people,
        warehouse.rows(
            "select person_record_id, person_id from marts.bridge_person_records"
        ),
    )
    assert len(matched) > 0.97 * len(set(true_people.values()))
    return matched


def test_every_stage_date_is_the_true_one(
    raw: Path, warehouse: Warehouse, golden: dict[str, str]
) -> None:
    found = defaultdict(list)
    for person, *stay in warehouse.rows(
        "select person_id, cycle_number, stage, entered_at, is_imputed "
        "from marts.fct_stage_transitions order by person_id, sequence_number"
    ):
        found[person].append(tuple(stay))
    truth = stage_truth.true_stays(raw)
    wrong = {
        person: (truth[person], found[known_as])
        for person, known_as in golden.items()
        if truth[person] != found[known_as]
    }
    assert wrong == {}
    compared = [stay for person in golden for stay in truth[person]]
    assert len(compared) > 3000
    assert {(stage, cycle > 1) for cycle, stage, _, _ in compared} >= {
        (stage, is_later) for stage in stage_truth.ORDER for is_later in (False, True)
    } - {("customer", True), ("disqualified", True)}


def test_every_answer_is_judged_as_it_truly_was(
    raw: Path, warehouse: Warehouse, golden: dict[str, str]
) -> None:
    """Hold each verdict to the truth and to office hours counted by the minute.

    What a lead's target is goes by its company's size as far as systems know it; of
    some they know none, of very few a wrong one.
    """
    segments = dict(warehouse.rows("select person_id, segment from marts.dim_people"))
    holidays = [
        date.fromisoformat(row["holiday_date"])
        for row in read_rows(PROJECT_ROOT / "seeds" / "campaigns" / "holidays.csv")
        if row["country"] == "United States"
    ]
    hours = ((1, 2, 3, 4, 5), "09:00", "17:00", date.min, date.max)
    clocks: dict[str, Clock] = {}
    sizes: Counter[tuple[bool, bool]] = Counter()
    end = datetime(2026, 9, 1)
    wanted = {}
    for row in read_rows(raw / "_truth" / "answers.csv"):
        if row["true_person_id"] not in golden:
            continue
        clock = clocks.setdefault(
            row["time_zone"], Clock([hours], row["time_zone"], holidays)
        )
        mql_at = moment(row["mql_at"])
        segment = segments[golden[row["true_person_id"]]]
        sizes[segment == row["segment"], segment == "unknown"] += 1
        due_at = clock.after(mql_at, 30 if segment == "enterprise" else 60)
        answered_at = moment(row["answered_at"]) if row["answered_at"] else None
        is_met = answered_at <= due_at if answered_at else (due_at > end and None)
        key = (golden[row["true_person_id"]], mql_at)
        wanted[key] = (
            f"salesforce:{row['owner_id']}",
            due_at,
            answered_at,
            is_met,
            answered_at
            and pytest.approx(clock.minutes_between(mql_at, answered_at), abs=1e-9),
        )
    found = {
        (person, mql_at): tuple(verdict)
        for person, mql_at, *verdict in warehouse.rows(
            "select person_id, mql_at, owner_id, due_at, first_response_at, is_met,"
            " response_minutes from marts.fct_lead_responses"
        )
        if person in set(golden.values())
    }
    assert found == wanted
    assert len(wanted) > 400
    assert sizes[True, False] > 0.85 * len(wanted)
    assert sizes[False, False] < 0.01 * len(wanted)
    assert {is_met for *_, is_met, _ in wanted.values()} >= {True, False}


def test_the_answer_is_the_sum_of_the_facts(out: Path, warehouse: Warehouse) -> None:
    answer = read_answer(latest_publication(out) / "mops_marts.duckdb")
    assert str(answer.quarter_start) == "2026-07-01"
    sourced, deals = warehouse.rows(
        "select sum(amount_usd), count(*) from marts.fct_opportunities "
        "where is_marketing_sourced and created_at >= '2026-07-01' "
        "and created_at < '2026-10-01'"
    )[0]
    spent = warehouse.value(
        "select sum(spend_usd) from marts.fct_ad_spend_days "
        "where spend_date between '2026-07-01' and '2026-09-30'"
    )
    assert answer.total.pipeline == sourced > 0
    assert answer.total.opportunities == deals
    assert answer.total.spend == spent > 0
    assert answer.total.ratio == sourced / spent


def test_the_report_prints_the_answer(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report.main(["--out", str(out)]) == 0
    printed = capsys.readouterr()
    assert "# Marketing-sourced pipeline, quarter from 2026-07-01" in printed.out
    total = read_answer(latest_publication(out) / "mops_marts.duckdb").total
    assert f"{total.pipeline:,.2f}" in printed.out
    assert "Spend reconciles with the platforms: google_ads " in printed.out
    assert (out / "report" / "pipeline.md").read_text() in printed.out
    for line in printed.err.splitlines():
        assert Path(line.split(": ", 1)[1].strip()).exists(), line


def usd(value: Decimal | int | None) -> str:
    """Write whole dollars, as the report does from a hundred on."""
    return f"${Decimal(value or 0).quantize(Decimal(1), ROUND_HALF_UP):,}"


def test_the_monday_report_shows_the_marts(out: Path, warehouse: Warehouse) -> None:
    """The week is that to Sunday, 30 August: 61 days of the quarter, as from April."""
    assert report.main(["--out", str(out), "--quarter", "2026Q2"]) == 0
    page = Page.read(out / "report" / "weekly.html")
    created = (
        "select count(*), sum(amount_usd),"
        " sum(amount_usd) filter (is_marketing_sourced),"
        " sum(amount_usd) filter (is_marketing_influenced)"
        " from marts.fct_opportunities"
        " where cast(created_at as date) between ? and ?"
    )
    quarter = [date(2026, 7, 1), date(2026, 8, 30)]
    week = [date(2026, 8, 24), date(2026, 8, 30)]
    ((deals, pipeline, sourced, influenced),) = warehouse.rows(created, quarter)
    ((_, _, before, _),) = warehouse.rows(
        created, [date(2026, 4, 1), date(2026, 5, 31)]
    )
    ((_, _, this_week, _),) = warehouse.rows(created, week)
    won = warehouse.value(
        "select sum(amount_usd) from marts.fct_opportunities"
        " where is_won and cast(closed_at as date) between ? and ?",
        quarter,
    )
    spend = dict(
        warehouse.rows(
            "select channel, sum(spend_usd) from marts.fct_ad_spend_days"
            " where spend_date between ? and ? group by channel",
            quarter,
        )
    )
    assert page.facts["pipeline-sourced"] == usd(sourced)
    assert page.facts["pipeline-influenced"] == usd(influenced)
    assert page.facts["pipeline-created"] == usd(pipeline)
    assert page.facts["pipeline-won"] == usd(won)
    assert page.facts["pipeline-spend"] == usd(sum(spend.values()))
    assert usd(before) in page.notes["pipeline-sourced"]
    assert page.notes["pipeline-created"].startswith(f"{deals} opportunities")
    for figure in (usd(sourced), usd(before), usd(this_week), usd(sum(spend.values()))):
        assert figure in " ".join(page.headline)

    *channels, total = page.table("table-channels")
    shown = {row["Channel"]: row["Spend, QTD"] for row in channels}
    large = {
        channel.replace("_", " "): usd(cost)
        for channel, cost in spend.items()
        if cost >= 100
    }
    assert {channel: shown[channel] for channel in large} == large
    mqls = warehouse.value(
        "select count(*) from marts.fct_lead_funnel"
        " where cast(mql_at as date) between ? and ?",
        quarter,
    )
    assert total["MQLs, QTD"] == f"{mqls}.0"
    assert total["Sourced pipeline, QTD"] == usd(sourced)
    funnel = warehouse.rows(
        "select (select count(*) from marts.fct_lead_funnel where "
        "cast(mql_at as date) between $1 and $2), (select count(*) from "
        "marts.fct_lead_funnel where cast(sql_at as date) between $1 and $2)",
        week,
    )[0]
    assert (page.facts["funnel-mqls"], page.facts["funnel-sqls"]) == tuple(
        map(str, funnel)
    )
    failed = warehouse.rows(
        "select check_name from marts.fct_quality_checks"
        " where dimension = 'all' and not is_passed"
    )
    named = {
        row["Check"].removesuffix(" (critical)") for row in page.table("table-quality")
    }
    assert named == {name.replace("_", " ") for (name,) in failed}

    source = "".join(path.read_text() for path in (out / "report").glob("*.*"))
    addresses = warehouse.rows("select email from marts.dim_people where email != ''")
    assert len(addresses) > 1000
    assert not [email for (email,) in addresses if email in source]
    review = Page.read(out / "report" / "quarter.html")
    assert review.facts["plan-sourced"] == usd(
        warehouse.value(
            "select sum(amount_usd) from marts.fct_opportunities where "
            "is_marketing_sourced and cast(created_at as date)"
            " between '2026-04-01' and '2026-06-30'"
        )
    )


def test_the_publication_holds_every_mart_row_for_row(
    out: Path, warehouse: Warehouse
) -> None:
    """But for personal data: columns that are left out, and keys that are hashed."""
    folder = latest_publication(out)
    published = Warehouse(folder / "mops_marts.duckdb")
    assert published.public_relations() == warehouse.public_relations()
    manifest = json.loads((folder / "manifest.json").read_text())
    relations = manifest["relations"]
    assert len(relations) == len(warehouse.public_relations())
    hashed = {each["relation"] for each in relations if each["hashed_values"]}
    assert hashed == {"marts.fct_assignment_queue", "marts.fct_pool_openings"}
    for each in relations:
        columns = ", ".join(column["name"] for column in each["columns"])
        query = (
            "select count(*), bit_xor(hash(each)) "
            f"from (select {columns} from {each['relation']}) as each"
        )
        if not each["hashed_values"]:
            assert published.rows(query) == warehouse.rows(query), each
        for source in (each["relation"], f"'{folder}/{each['path']}'"):
            counted = published.value(f"select count(*) from {source}")
            assert counted == each["rows"], source
    # A view of the warehouse, which can be read under whatever name it is attached.
    query = "select count(*) from {}marts.fct_attribution_credits"
    with duckdb.connect() as connection:
        connection.execute(f"attach '{warehouse.path}' as elsewhere (read_only)")
        read = connection.sql(query.format("elsewhere.")).fetchall()
    assert read == published.rows(query.format("")) > [(0,)]


def test_spend_reconciles_with_what_the_platforms_billed(
    raw: Path, warehouse: Warehouse
) -> None:
    truth = {
        (row["platform"], row["month"], row["currency"]): row
        for row in read_rows(raw / "_truth" / "ad_spend.csv")
    }
    shown = warehouse.rows(
        "select platform, date_trunc('month', spend_date)::date::varchar, currency,"
        " round(sum(spend_amount), 2), sum(spend_usd)"
        " from marts.fct_ad_spend_days where spend_level != 'entered' group by all"
    )
    assert {row[:3]: row[3] for row in shown} == {
        key: Decimal(row["amount"]) for key, row in truth.items()
    }
    for *key, _, in_usd in shown:
        true_usd = Decimal(truth[tuple(key)]["amount_usd"])
        assert abs(in_usd - true_usd) < Decimal("0.01"), key
    stated = warehouse.rows(
        "select platform, month::varchar, currency, round(sum(landed_spend), 2),"
        " round(sum(unattributed_to_ads_spend), 2), bool_and(is_reconciled)"
        " from marts.fct_spend_reconciliations group by all"
    )
    assert {row[:3]: row[3:] for row in stated} == {
        key: (Decimal(row["amount"]), Decimal(row["not_in_ads"]), True)
        for key, row in truth.items()
    }


def test_what_no_ad_accounts_for_is_shown(raw: Path, warehouse: Warehouse) -> None:
    months = warehouse.rows(
        "select platform, bool_and(is_reconciled), sum(landed_spend_usd),"
        " sum(unattributed_to_ads_spend_usd)"
        " from reports.rpt_spend_reconciliation group by all"
    )
    assert {platform for platform, *_ in months} == set(AD_PLATFORMS)
    assert all(is_reconciled for _, is_reconciled, *_ in months)
    assert sum(gap > 0 for *_, gap in months) >= 2
    assert all(spent > 2 * gap for *_, spent, gap in months)


def test_spend_and_touches_of_a_channel_meet(warehouse: Warehouse) -> None:
    for channel in ("paid_search", "paid_social", "event", "webinar"):
        spent = warehouse.value(
            "select sum(spend_usd) from marts.fct_ad_spend_days where channel = ?",
            [channel],
        )
        touches = warehouse.value(
            "select count(*) from marts.fct_touchpoints where channel = ?", [channel]
        )
        assert min(spent, touches) > 100, channel
    assert {
        channel
        for (channel,) in warehouse.rows(
            "select distinct channel from marts.fct_ad_spend_days"
            " where spend_level != 'entered'"
        )
    } == {"paid_search", "paid_social"}


def test_the_mail_tool_s_contacts_are_the_crm_s_people(warehouse: Warehouse) -> None:
    alone, synced = warehouse.rows(
        "select count(*) filter (sources = 1), count(*) from ("
        " select count(distinct source) as sources, bool_or(source = 'hubspot') as"
        " is_mailed from marts.bridge_person_records group by person_id)"
        " where is_mailed"
    )[0]
    assert alone == 0 < synced


def test_revenue_reconciles_to_closed_won_to_the_cent(warehouse: Warehouse) -> None:
    won = warehouse.value(
        "select sum(amount_usd) from marts.fct_opportunities where is_won"
    )
    lost = warehouse.value(
        "select coalesce(sum(amount_usd), 0) from marts.fct_unattributed_conversions "
        "where conversion_type = 'won'"
    )
    for model, credit in warehouse.rows(
        "select attribution_model, sum(credit_usd) from marts.fct_attribution_credits "
        "where conversion_type = 'won' group by all"
    ):
        assert round(credit + lost, 2) == won > Decimal(0), model


def test_every_routing_verdict_is_true(
    raw: Path, warehouse: Warehouse, golden: dict[str, str]
) -> None:
    people = stage_truth.true_people(raw)
    judged = {
        (person, at, owner): tuple(verdict)
        for person, at, owner, *verdict in warehouse.rows(
            "select person_id, assigned_at, owner_id, expected_owner_ids, is_correct"
            " from marts.fct_lead_assignments"
        )
        if person in set(golden.values())
    }
    wanted = {
        (
            golden[people[f"salesforce:{row['record_id']}"]],
            moment(row["assigned_at"]),
            row["owner_id"],
        ): (row["expected_owner_ids"], row["is_correct"] == "true")
        for row in read_rows(raw / "_truth" / "assignments.csv")
        if people[f"salesforce:{row['record_id']}"] in golden
    }
    wrong = {key: row for key, row in wanted.items() if judged.get(key) != row}
    assert not wrong, [(key, judged.get(key), wrong[key]) for key in sorted(wrong)[:3]]
    assert judged.keys() == wanted.keys()
    assert len(wanted) > 1000
    assert {verdict for _, verdict in wanted.values()} == {True, False}


def test_what_is_wrong_with_tools_is_found(raw: Path, warehouse: Warehouse) -> None:
    truth = read_rows(raw / "_truth" / "tools.csv")
    shown = {
        tool_id: rest
        for tool_id, *rest in warehouse.rows(
            "select tool_id, recommendation, is_orphan, leaver_seats, annual_cost_usd,"
            " saving_usd from marts.fct_tools"
        )
    }
    assert len(shown) == len(truth)
    for tool in truth:
        tool_id = f"generic:{tool['tool_id']}"
        recommendation, is_orphan, leaver_seats, cost, saving = shown[tool_id]
        assert is_orphan == (tool["is_orphan"] == "true"), tool_id
        assert leaver_seats == int(tool["leaver_seats"]), tool_id
        assert (recommendation == "cut") == (tool["is_abandoned"] == "true"), tool_id
        if recommendation == "cut":
            assert saving == round(cost, 2) > 0
        if tool["is_overbought"] == "true":
            assert recommendation == "renegotiate"
            assert cost / 2 < saving < cost
    for planted in ("is_abandoned", "is_overbought", "is_orphan"):
        assert any(tool[planted] == "true" for tool in truth)
    assert any(int(tool["leaver_seats"]) for tool in truth)
