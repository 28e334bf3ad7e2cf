"""Credit is conserved, models stand side by side, and the data's trust shows."""

from __future__ import annotations

import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb
import pytest

from conftest import Warehouse, run_dbt
from random_company import AS_OF

CREDITS = "assert_attribution_credits_every_conversion"
MONTHS = "assert_attribution_conserves_months_and_segments"
CELLS = "assert_attribution_overlap_holds_every_opportunity"
COMPARED = "assert_attribution_comparison_holds_all_credit"
TESTS = (CREDITS, MONTHS, CELLS, COMPARED)
# One credited opportunity with an amount and several touches, and one with none.
CREDITED = (
    "(select conversion_id from marts.fct_attribution_credits "
    "where conversion_type = 'opportunity' and credit_usd > 1 "
    "and attribution_model = 'linear' group by 1 having count(*) > 1 "
    "order by 1 limit 1)"
)
UNCREDITED = (
    "(select conversion_id from marts.fct_unattributed_conversions "
    "where conversion_type = 'opportunity' and amount_usd > 0 order by 1 limit 1)"
)
OF_IT = f"conversion_type = 'opportunity' and conversion_id = {CREDITED}"


@pytest.fixture(scope="module")
def compiled(company_warehouse: Warehouse) -> dict[str, str]:
    """Return the text of the singular tests as the company was judged by it."""
    folder = company_warehouse.path.parent / "target/compiled/mops/tests/singular"
    return {name: (folder / f"{name}.sql").read_text() for name in TESTS}


@pytest.fixture(scope="module")
def copy(
    company_warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory
) -> Warehouse:
    path = tmp_path_factory.mktemp("compared") / "mops.duckdb"
    shutil.copy(company_warehouse.path, path)
    with duckdb.connect(str(path)) as connection:
        # A view cannot lose a row.
        connection.execute(
            "create table marts.held as from marts.fct_attribution_credits; "
            "drop view marts.fct_attribution_credits; "
            "alter table marts.held rename to fct_attribution_credits"
        )
    return Warehouse(path)


@pytest.fixture
def changeable(copy: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    """Return a connection whose changes are taken back."""
    with duckdb.connect(str(copy.path)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.begin()
        yield connection
        connection.rollback()


@pytest.mark.parametrize(
    ("change", "failing"),
    [
        ("select 1", ()),
        # One of several touches loses its credit.
        (
            f"delete from marts.fct_attribution_credits where {OF_IT} and "
            "attribution_model = 'linear' and touchpoint_id = (select min("
            f"touchpoint_id) from marts.fct_attribution_credits where {OF_IT})",
            (CREDITS, MONTHS, COMPARED),
        ),
        # One model credits the conversion no more.
        (
            f"delete from marts.fct_attribution_credits where {OF_IT} "
            "and attribution_model = 'markov'",
            (CREDITS, MONTHS, COMPARED),
        ),
        (
            "update marts.fct_attribution_credits set attribution_model = 'ghost' "
            "where attribution_model = 'shapley'",
            (CREDITS, MONTHS, COMPARED),
        ),
        # No model credits it, and nothing lists it.
        (
            f"delete from marts.fct_attribution_credits where {OF_IT}",
            (CREDITS, MONTHS, COMPARED),
        ),
        (
            "delete from marts.fct_unattributed_conversions "
            f"where conversion_id = {UNCREDITED}",
            (CREDITS, MONTHS),
        ),
        # It is credited and listed as well.
        (
            "insert into marts.fct_unattributed_conversions by name select distinct "
            "conversion_type, conversion_id, account_id, segment, 'no_touch' as "
            "reason, cast(0 as decimal(18, 2)) as amount_usd, converted_at "
            f"from marts.fct_attribution_credits where {OF_IT}",
            (CREDITS, MONTHS),
        ),
        # A cent more in the opportunity than in its credit, and the other way round.
        (
            "update marts.fct_opportunity_outcomes set amount_usd = amount_usd + 0.01 "
            f"where opportunity_id = {CREDITED}",
            (CREDITS, MONTHS, CELLS),
        ),
        (
            "update marts.fct_unattributed_conversions set amount_usd = amount_usd "
            f"- 0.01 where conversion_type = 'opportunity' and conversion_id = "
            f"{UNCREDITED}",
            (CREDITS, MONTHS),
        ),
        # Attribution never heard of a deal, or of an MQL.
        (
            "insert into marts.fct_opportunity_outcomes by name select * replace "
            "('lost' as opportunity_id, false as is_won) from "
            f"marts.fct_opportunity_outcomes where opportunity_id = {CREDITED}",
            (CREDITS, MONTHS, CELLS),
        ),
        (
            "insert into marts.fct_lead_funnel by name select * replace "
            "('lost' as funnel_cycle_id) from marts.fct_lead_funnel "
            "where mql_at is not null order by funnel_cycle_id limit 1",
            (CREDITS, MONTHS),
        ),
        # What is credited exists no more.
        (
            "delete from marts.fct_opportunity_outcomes "
            f"where opportunity_id = {CREDITED}",
            (CREDITS, MONTHS, CELLS),
        ),
        # Credit of another month, or of another segment.
        (
            "update marts.fct_attribution_credits set converted_at = converted_at "
            f"- interval 40 day where {OF_IT}",
            (MONTHS,),
        ),
        (
            "update marts.fct_attribution_credits set segment = 'elsewhere' "
            f"where {OF_IT}",
            (MONTHS,),
        ),
        (
            "delete from reports.rpt_source_overlap where opportunities > 0 and "
            "is_marketing_influenced and not is_marketing_sourced",
            (CELLS,),
        ),
        (
            "update reports.rpt_attribution_comparison set credit_usd = credit_usd "
            "+ 0.01 where conversion_type = 'won' and attribution_model = 'linear'",
            (COMPARED,),
        ),
    ],
)
def test_each_loss_is_found(
    changeable: duckdb.DuckDBPyConnection,
    compiled: dict[str, str],
    change: str,
    failing: tuple[str, ...],
) -> None:
    before = changeable.execute(change).fetchone()
    assert before is not None
    assert before[0] > 0
    found = {name for name in TESTS if changeable.execute(compiled[name]).fetchall()}
    assert found == set(failing)


Key = tuple[date, str]


def quarter(moment: datetime) -> date:
    return date(moment.year, (moment.month - 1) // 3 * 3 + 1, 1)


@pytest.fixture(scope="module")
def credit(
    company_warehouse: Warehouse,
) -> dict[Key, dict[str, dict[str, tuple[Fraction, Fraction]]]]:
    """Return credited conversions and money by quarter and type, model and channel."""
    found: dict[Key, dict[str, dict[str, tuple[Fraction, Fraction]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(lambda: (Fraction(0), Fraction(0))))
    )
    for kind, model, channel, weight, usd, moment in company_warehouse.rows(
        "select conversion_type, attribution_model, channel, weight, credit_usd, "
        "converted_at from marts.fct_attribution_credits"
    ):
        held = found[quarter(moment), kind][model]
        count, money = held[channel]
        held[channel] = (count + Fraction(weight), money + Fraction(usd or 0))
    return found


def rank_and_spread(rows: dict[tuple[Any, ...], dict[str, Any]]) -> None:
    """Hold ranks and spreads of a quarter and conversion type to the shares."""
    shares: dict[str, dict[str, float]] = defaultdict(dict)
    for (*_, channel, model), row in rows.items():
        shares[channel][model] = row["credit_share"]
    for (*_, channel, model), row in rows.items():
        given = shares[channel]
        places = {
            name: 1 + sum(other[name] > value for other in shares.values())
            for name, value in given.items()
        }
        least, most = min(given.values()), max(given.values())
        assert row["credit_rank"] == places[model]
        assert row["rank_change"] == places["linear"] - places[model]
        assert row["share_spread"] == pytest.approx(most - least, abs=2e-9)


def test_models_stand_side_by_side(
    company_warehouse: Warehouse,
    credit: dict[Key, dict[str, dict[str, tuple[Fraction, Fraction]]]],
) -> None:
    names = [
        "quarter_start",
        "conversion_type",
        "channel",
        "attribution_model",
        "is_default_model",
        "credited_conversions",
        "credit_usd",
        "credit_share",
        "credit_rank",
        "rank_change",
        "share_spread",
    ]
    found = {
        row[:4]: dict(zip(names, row, strict=True))
        for row in company_warehouse.rows(
            f"select {', '.join(names)} from reports.rpt_attribution_comparison"
        )
    }
    models = {model for held in credit.values() for model in held}
    assert len(models) > 10
    expected = set()
    for (start, kind), held in credit.items():
        assert set(held) == models, (start, kind)
        channels = {channel for shares in held.values() for channel in shares}
        measure = 0 if kind == "mql" else 1
        share = {}
        for model in models:
            total = sum(each[measure] for each in held[model].values())
            for channel in channels:
                earned = held[model].get(channel, (Fraction(0), Fraction(0)))
                share[model, channel] = (
                    round(float(earned[measure] / total), 9) if total else None
                )
                row = found[start, kind, channel, model]
                assert float(row["credited_conversions"]) == pytest.approx(
                    float(earned[0]), abs=1e-9
                )
                if kind == "mql":
                    assert row["credit_usd"] is None
                else:
                    assert float(row["credit_usd"]) == pytest.approx(
                        float(earned[1]), abs=1e-6
                    )
                assert row["credit_share"] == pytest.approx(
                    share[model, channel], abs=2e-9
                )
                assert row["is_default_model"] == (model == "linear")
                expected.add((start, kind, channel, model))
        rank_and_spread(
            {key: row for key, row in found.items() if key[:2] == (start, kind)}
        )
    assert set(found) == expected
    assert any(row["credit_share"] == 0 for row in found.values())
    assert any(row["rank_change"] for row in found.values())


def agreement(declared: str | None, first: str | None) -> str:
    if declared is None:
        return "neither" if first is None else "first_touch_only"
    if first is None:
        return "declared_only"
    said = {declared == "marketing", first == "marketing"}
    return "agree" if len(said) == 1 else "differ"


def test_the_cells_of_the_overlap_share_no_opportunity(
    company_warehouse: Warehouse,
) -> None:
    created: Counter[tuple[Any, ...]] = Counter()
    won: Counter[tuple[Any, ...]] = Counter()
    pipeline: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    revenue: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    for (
        sourced,
        influenced,
        declared,
        first,
        is_won,
        usd,
        opened,
        closed,
    ) in company_warehouse.rows(
        "select is_marketing_sourced, is_marketing_influenced, "
        "declared_source_kind, first_touch_source_kind, is_won, amount_usd, "
        "created_at, closed_at from marts.fct_opportunities"
    ):
        cell = (sourced, influenced, agreement(declared, first))
        created[quarter(opened), *cell] += 1
        pipeline[quarter(opened), *cell] += usd or 0
        if is_won:
            won[quarter(closed), *cell] += 1
            revenue[quarter(closed), *cell] += usd or 0
    cells = created.keys() | won.keys()
    found = {
        row[:4]: row[4:]
        for row in company_warehouse.rows(
            "select quarter_start, is_marketing_sourced, is_marketing_influenced, "
            "source_agreement, opportunities, won_opportunities, pipeline_usd, "
            "revenue_usd from reports.rpt_source_overlap"
        )
    }
    assert found == {
        cell: (created[cell], won[cell], pipeline[cell], revenue[cell])
        for cell in cells
    }
    assert len({cell[3] for cell in cells}) == 5


def test_the_first_touch_decides_where_the_seed_asks_it_first(copy: Warehouse) -> None:
    query = (
        "select opportunity_id, declared_source_kind, declared_channel, "
        "first_touch_source_kind, first_touch_channel, source_agreement "
        "from marts.fct_opportunities order by all"
    )
    before = copy.rows(query)
    with duckdb.connect(str(copy.path)) as connection:
        connection.execute(
            "update policy.source_precedence set precedence = 0 "
            "where source_basis = 'first_touch'"
        )
    chosen = ["int_attribution__opportunity_sources", "fct_opportunities"]
    assert run_dbt(copy.path, seeds=False, select=chosen, as_of=AS_OF)
    assert copy.rows(query) == before
    decided = copy.rows(
        "select source_basis, source_kind, first_touch_source_kind, "
        "declared_source_kind, is_marketing_sourced from marts.fct_opportunities"
    )
    for basis, kind, first, declared, is_sourced in decided:
        assert (basis == "first_touch") == (first is not None)
        assert kind == (first or declared or "unknown")
        assert is_sourced == (kind == "marketing")
    assert {row[0] for row in decided} > {"first_touch", "lead_source"}


def test_the_trust_flag_rests_on_what_was_measured(
    company_warehouse: Warehouse, copy: Warehouse
) -> None:
    measured = {
        "unknown_channel_share": "select avg(case when channel = 'unknown' then 1.0 "
        "else 0 end) from marts.fct_touchpoints",
        "unattributed_opportunity_share": "select (select count(*) from "
        "marts.fct_unattributed_conversions where conversion_type = 'opportunity') "
        "/ count(*) from marts.fct_opportunities",
        "anonymous_touch_share": "select avg(case when person_id is null then 1.0 "
        "else 0 end) from marts.fct_touchpoints",
    }
    criteria = {
        row[0]: row[1:]
        for row in company_warehouse.rows(
            "select check_name, measured_value, threshold, bound, is_met, "
            "verdict_if_missed, trust_verdict, criteria_missed "
            "from marts.fct_attribution_trust"
        )
    }
    for check, query in measured.items():
        value = company_warehouse.value(query)
        assert criteria[check][0] == pytest.approx(float(value)), check
    missed = []
    for value, threshold, bound, is_met, graver, _, _ in criteria.values():
        if value is None:
            assert is_met is None
            continue
        assert is_met == (
            value >= threshold if bound == "minimum" else value <= threshold
        )
        missed += [] if is_met else [graver]
    assert missed
    worst = "not_trusted" if "not_trusted" in missed else "caution"
    assert {row[5:] for row in criteria.values()} == {(worst, len(missed))}
    shown = "select distinct trust_verdict from reports.rpt_attribution_comparison"
    assert company_warehouse.rows(shown) == [(worst,)]

    def judged(change: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(copy.path)) as connection:
            connection.execute(change)
        chosen = ["fct_attribution_trust", "rpt_attribution_comparison"]
        assert run_dbt(copy.path, seeds=False, select=chosen, as_of=AS_OF)
        return copy.rows(shown)

    # No link of the company is tagged, so that nothing says how well they are.
    assert criteria["utm_compliance_rate"][0] is None
    assert judged(
        "update marts.fct_quality_checks set measured_value = "
        "case bound when 'minimum' then 1 else 0 end"
    ) == [("caution",)]
    assert judged(
        "insert into marts.fct_quality_checks by name select * replace "
        "('utm_compliance_rate' as check_name, 0.9 as measured_value) "
        "from marts.fct_quality_checks "
        "where check_name = 'unknown_channel_share' and dimension = 'all'"
    ) == [("trusted",)]
    assert judged(
        "update marts.fct_quality_checks set measured_value = 0.051 "
        "where check_name = 'unmerged_duplicate_rate'"
    ) == [("not_trusted",)]
