"""The edges of attribution, each with credits computed by hand, on one small company.

A scenario is an account of its own; its people, touches and deals are named after it.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

import erase
from conftest import Warehouse, land, run_dbt, write_tables
from lib.cli import OK

AS_OF = "2026-06-30"
LEAD_AT = "2026-02-10 12:00:00"
CREATED_AT = "2026-03-01 12:00:00"
CLOSED_AT = "2026-04-01 12:00:00"
ATTRIBUTION = ("path:models/intermediate/attribution", "path:models/marts/attribution")
CENT = Decimal("0.01")
Row = dict[str, Any]
Weights = dict[str, float]


class Company:
    """Generic tables, to which scenarios add their rows."""

    def __init__(self) -> None:
        self.tables: dict[str, list[Row]] = defaultdict(list)

    def account(self, name: str, *people: str, **more: str) -> None:
        """Add an account with its people; the first is as good as any."""
        self.tables["accounts"].append(
            {"account_id": name, "name": f"Company {name}", "created_at": "2026-01-01"}
            | {"domain": f"{name}.example"}
        )
        for person in people or (f"{name}_p",):
            self.person(person, account_id=name, **more)

    def person(self, key: str, **more: str) -> None:
        self.tables["people"].append(
            {"person_id": key, "record_type": "contact", "account_id": ""}
            | {"email": f"{key}@{more.get('account_id', 'nowhere')}.example"}
            | {"first_name": f"First {key}", "last_name": f"Last {key}"}
            | {"created_at": LEAD_AT, "merged_into_id": ""}
            | more
        )

    def touch(self, key: str, at: str, kind: str = "event", **more: str) -> None:
        """Add a touch of the person whose key stands before the colon."""
        person, _, name = key.rpartition(":")
        self.tables["touches"].append(
            {"touch_id": name, "person_id": person, "touched_at": f"2026-{at}"}
            | {"touch_type": kind, "channel": ""}
            | more
        )

    def deal(self, key: str, **more: str) -> None:
        """Add a deal, won unless told otherwise, of the account before the dash."""
        self.tables["opportunities"].append(
            {"opportunity_id": key, "account_id": key.partition("-")[0], "stage": "Won"}
            | {"amount": "100", "currency": "", "opportunity_type": "new"}
            | {"created_at": CREATED_AT, "closed_at": CLOSED_AT}
            | {"is_closed": "true", "is_won": "true"}
            | more
        )


def add_journeys(one: Company) -> None:
    """Add what differs in who was touched when."""
    one.account("bounds")
    one.deal("bounds")
    one.touch("bounds_p:b0", "01-01 11:59:59")
    one.touch("bounds_p:b1", "01-01 12:00:00")
    one.touch("bounds_p:b2", "04-01 12:00:00")
    one.touch("bounds_p:b3", "04-01 12:00:01")

    one.account("second")
    one.deal("second-1")
    one.deal("second-2")
    one.touch("second_p:s2", "02-20 08:00:00")
    one.touch("second_p:s1", "02-20 08:00:00")
    one.touch("second_p:s3", "02-20 08:00:00")

    one.account("series")
    one.deal("series-1", created_at="2026-02-15", closed_at="2026-03-01")
    one.deal("series-2", created_at="2026-03-10", closed_at="2026-04-01")
    one.touch("series_p:x1", "02-01")
    one.touch("series_p:x2", "03-15")

    one.account("cycles")
    one.touch("cycles_p:y1", "02-20")
    one.touch("cycles_p:y2", "03-20")
    for stage, at in (("mql", "02-25"), ("recycled", "03-05"), ("mql", "03-25")):
        one.tables["stage_events"].append(
            {"person_id": "cycles_p", "stage": stage, "entered_at": f"2026-{at}"}
        )

    crowd = [f"crowd_p{number}" for number in range(100)]
    one.account("crowd", *crowd)
    one.deal("crowd", amount="333.33")
    for number, person in enumerate(crowd):
        one.touch(
            f"{person}:crowd{number}", f"02-20 {number // 60:02}:{number % 60:02}"
        )

    one.account("visits")
    one.deal("visits")
    one.touch("visits_p:v1", "02-20", "web_session")
    one.account("silent")
    one.deal("silent")

    one.account("homing")
    one.deal("homing")
    one.touch("homing_p:h1", "02-20", "email_click")
    one.touch("homing_p:h2", "03-20", "web_session")


def add_touches(one: Company) -> None:
    """Add what differs in the kinds of touches."""
    one.account("mystery")
    one.deal("mystery")
    one.touch("mystery_p:u1", "02-20", "seance")
    one.touch("mystery_p:u2", "02-21", "event")

    one.account("offline")
    one.deal("offline")
    one.touch("offline_p:l1", "02-20", "direct_mail")
    one.touch("offline_p:l2", "02-21", "sales")
    one.touch("offline_p:l3", "02-22", "event")
    one.account("called")
    one.deal("called")
    one.touch("called_p:k1", "02-20", "sales")


def add_deals(one: Company) -> None:
    """Add what differs in milestones and money."""
    one.account("coincide", created_at=CREATED_AT)
    one.deal("coincide", closed_at=CREATED_AT)
    for number, day in enumerate(("02-01", "02-10", "02-20"), 1):
        one.touch(f"coincide_p:c{number}", day)

    one.account("open")
    one.deal("open", stage="Demo", closed_at="", is_closed="false", is_won="false")
    for number, day in enumerate(("02-01", "02-15", "02-20"), 1):
        one.touch(f"open_p:o{number}", day)

    one.account("renewal")
    one.deal("renewal-1", created_at="2026-01-20", closed_at="2026-02-01")
    one.deal("renewal-2", opportunity_type="renewal")
    one.touch("renewal_p:r1", "01-25")
    one.touch("renewal_p:r2", "03-25")

    one.account("refund")
    one.deal("refund")
    one.touch("refund_p:f1", "02-20")
    one.tables["payments"].append(
        {"payment_id": "pay1", "account_id": "refund", "opportunity_id": "refund"}
        | {"kind": "payment", "amount": "100", "cost_of_revenue": "40"}
        | {"paid_at": "2026-04-02"}
    )

    one.account("money")
    for currency, amount in (
        ("USD", "100.01"),
        ("EUR", "333.33"),
        ("GBP", "77.77"),
        ("XXX", "500"),
    ):
        one.deal(f"money-{currency}", amount=amount, currency=currency)
    for number in (1, 2, 3):
        one.touch(f"money_p:m{number}", f"02-2{number}")
    for currency, rate in (("EUR", "1.1"), ("GBP", "1.25")):
        one.tables["exchange_rates"].append(
            {"rate_date": "2026-01-01", "currency": currency, "usd_per_unit": rate}
        )


def add_changing(one: Company) -> None:
    """Add what a second landing, an erasure or another policy changes."""
    one.account("merge")
    one.person("drifter")
    one.deal("merge")
    one.touch("merge_p:g1", "02-20")
    one.touch("drifter:g2", "02-21")

    one.account("late")
    one.deal("late")
    one.touch("late_p:a2", "02-20")

    one.account("optout")
    one.deal("optout")
    one.touch("optout_p:w1", "02-20")

    one.account("gone", "gone_p1", "gone_p2")
    one.deal("gone", amount="70")
    one.touch("gone_p1:z1", "02-20")
    one.touch("gone_p2:z2", "02-21")
    one.account("alone")
    one.deal("alone", amount="30")
    one.tables["opportunity_contacts"].append(
        {"opportunity_id": "alone", "person_id": "gone_p1", "role": ""}
    )

    one.account("group", "group_p1", "group_p2")
    one.deal("group")
    for person, role in (("group_p1", "Champion"), ("group_p2", "Blocker")):
        one.tables["opportunity_contacts"].append(
            {"opportunity_id": "group", "person_id": person, "role": role}
        )
    one.touch("group_p1:q1", "02-20")
    one.touch("group_p2:q2", "02-21")


def first_landing() -> Company:
    one = Company()
    # Whoever lives without a deal: journeys that end in nothing.
    one.person("stranger")
    one.touch("stranger:st1", "02-01")
    for add in (add_journeys, add_touches, add_deals, add_changing):
        add(one)
    return one


def second_landing() -> Company:
    two = Company()
    two.person("drifter", merged_into_id="merge_p")
    two.touch("late_p:a1", "02-15")
    two.tables["payments"].append(
        {"payment_id": "pay2", "account_id": "refund", "opportunity_id": "refund"}
        | {"kind": "refund", "amount": "50", "cost_of_revenue": ""}
        | {"paid_at": "2026-05-02"}
    )
    two.tables["consent_events"].append(
        {"person_id": "optout_p", "email": "", "channel": "all", "status": "opt_out"}
        | {"occurred_at": "2026-05-01"}
    )
    return two


@dataclass(frozen=True)
class Worlds:
    """The company as first built, after it changed, and by other vars."""

    base: Warehouse
    changed: Warehouse
    by_vars: Warehouse


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Worlds:
    folder = tmp_path_factory.mktemp("edges")
    path = folder / "mops.duckdb"
    select = ["+path:models/marts/attribution", "+fct_won_deals", "dim_build_settings"]

    def build_again(*_: Any) -> bool:
        return run_dbt(path, select=select, seeds=False, as_of=AS_OF)

    with pytest.MonkeyPatch.context() as monkeypatch:
        for variable, name in (("TARGET", "target"), ("LOG", "logs")):
            monkeypatch.setenv(f"DBT_{variable}_PATH", str(folder / name))
        raw = write_tables(folder / "one", first_landing().tables)
        assert land(raw, path, monkeypatch) == OK
        assert run_dbt(path, select=select, as_of=AS_OF)
        # The same name in another folder: a view may name the database.
        for name in ("base", "vars"):
            (folder / name).mkdir()
        base = Path(shutil.copy(path, folder / "base" / "mops.duckdb"))
        by_vars = Path(shutil.copy(path, folder / "vars" / "mops.duckdb"))
        assert run_dbt(
            by_vars,
            select=ATTRIBUTION,
            seeds=False,
            as_of=AS_OF,
            attribution_since_previous_conversion=True,
            attribution_include_sales_touches=True,
        )

        raw = write_tables(folder / "two", second_landing().tables)
        assert land(raw, path, monkeypatch) == OK
        with duckdb.connect(str(path)) as connection:
            connection.execute(
                "update policy.contact_roles set weight = 3 where role = 'champion'"
            )
        monkeypatch.setattr(erase, "build", build_again)
        out = ["--out", str(folder / "output")]
        assert erase.main(["--email", "gone_p1@gone.example", *out]) == OK
    return Worlds(Warehouse(base), Warehouse(path), Warehouse(by_vars))


def bare(key: str) -> str:
    """Return a key without the source before it."""
    return key.partition(":")[2]


def credited(
    warehouse: Warehouse, deal: str, model: str = "linear", kind: str = "won"
) -> Weights:
    """Return what a model credits to each touch of a conversion."""
    return {
        bare(touch): weight
        for touch, weight in warehouse.rows(
            "select touchpoint_id, weight from marts.fct_attribution_credits "
            "where conversion_id = ? and attribution_model = ? "
            "and conversion_type = ?",
            [f"generic:{deal}", model, kind],
        )
    }


def reason(warehouse: Warehouse, deal: str) -> Any:
    return warehouse.value(
        "select reason from marts.fct_unattributed_conversions "
        "where conversion_id = ? and conversion_type = 'won'",
        [f"generic:{deal}"],
    )


def revenue(warehouse: Warehouse, deal: str) -> Any:
    """Return what linear credits of a deal are worth; null where nobody knows."""
    return warehouse.value(
        "select sum(credit_usd) from marts.fct_attribution_credits where "
        "conversion_id = ? and attribution_model = 'linear' "
        "and conversion_type = 'won'",
        [f"generic:{deal}"],
    )


def test_lookback_and_conversion_bound_a_journey_to_the_second(worlds: Worlds) -> None:
    assert credited(worlds.base, "bounds") == {"b1": 0.5, "b2": 0.5}


def test_conversions_of_one_second_have_the_same_touches(worlds: Worlds) -> None:
    for warehouse in (worlds.base, worlds.by_vars):
        for deal in ("second-1", "second-2"):
            assert credited(warehouse, deal, "linear") == pytest.approx(
                {"s1": 1 / 3, "s2": 1 / 3, "s3": 1 / 3}
            )
            assert revenue(warehouse, deal).quantize(CENT) == 100


def test_touches_of_one_second_are_in_order_of_their_ids(worlds: Worlds) -> None:
    assert credited(worlds.base, "second-1", "first_touch") == {"s1": 1}
    assert credited(worlds.base, "second-1", "last_touch") == {"s3": 1}
    assert credited(worlds.base, "second-1", "u_shaped") == pytest.approx(
        {"s1": 0.4, "s2": 0.2, "s3": 0.4}
    )


def test_each_deal_of_a_person_takes_all_touches_or_those_since_the_last(
    worlds: Worlds,
) -> None:
    assert credited(worlds.base, "series-1") == {"x1": 1}
    assert credited(worlds.base, "series-2") == {"x1": 0.5, "x2": 0.5}
    assert credited(worlds.by_vars, "series-1") == {"x1": 1}
    assert credited(worlds.by_vars, "series-2") == {"x2": 1}


def test_each_mql_of_a_person_takes_all_touches_or_those_since_the_last(
    worlds: Worlds,
) -> None:
    def cycles(warehouse: Warehouse) -> list[Weights]:
        keys = warehouse.rows(
            "select funnel_cycle_id from marts.fct_lead_funnel "
            "where person_id = 'generic:cycles_p' and mql_at is not null "
            "order by mql_at"
        )
        return [credited(warehouse, bare(key), kind="mql") for (key,) in keys]

    assert cycles(worlds.base) == [{"y1": 1}, {"y1": 0.5, "y2": 0.5}]
    assert cycles(worlds.by_vars) == [{"y1": 1}, {"y2": 1}]


def test_a_hundred_people_of_an_account_share_its_deal(worlds: Worlds) -> None:
    wanted = {f"crowd{number}": 0.01 for number in range(100)}
    assert credited(worlds.base, "crowd") == pytest.approx(wanted, abs=1e-15)
    assert revenue(worlds.base, "crowd") == Decimal("333.33")
    assert credited(worlds.base, "crowd", "first_touch") == {"crowd0": 1}
    assert credited(worlds.base, "crowd", "last_touch") == {"crowd99": 1}


def test_direct_visits_alone_and_no_touch_leave_a_deal_unattributed(
    worlds: Worlds,
) -> None:
    assert reason(worlds.base, "visits") == "direct_only"
    assert reason(worlds.base, "silent") == "no_touch"
    assert credited(worlds.base, "visits", "last_touch") == {}


def test_a_direct_visit_at_the_end_is_the_literal_last_touch_alone(
    worlds: Worlds,
) -> None:
    assert credited(worlds.base, "homing", "last_touch") == {"h2": 1}
    for model in ("last_non_direct", "linear", "u_shaped", "full_path", "shapley"):
        assert credited(worlds.base, "homing", model) == {"h1": 1}


def test_a_touch_that_nobody_knows_is_credited_as_unknown(worlds: Worlds) -> None:
    assert credited(worlds.base, "mystery") == {"u1": 0.5, "u2": 0.5}
    channels = worlds.base.rows(
        "select distinct touchpoint_id, channel from marts.fct_attribution_credits "
        "where conversion_id = 'generic:mystery' order by all"
    )
    assert channels == [("generic:u1", "unknown"), ("generic:u2", "event")]
    assert worlds.base.value(
        "select count(*) from marts.fct_channel_contributions where channel = 'unknown'"
        "and conversion_type = 'won' and credited_conversions > 0"
    )


COINCIDENT = {
    "w_shaped": {"c1": 0.3, "c2": 0.1, "c3": 0.6},
    "full_path": {"c1": 0.225, "c2": 0.1, "c3": 0.675},
    "lead_creation": {"c3": 1.0},
    "u_shaped": {"c1": 0.4, "c2": 0.2, "c3": 0.4},
}


@pytest.mark.parametrize("model", COINCIDENT)
def test_milestones_that_coincide_add_up_on_their_touch(
    worlds: Worlds, model: str
) -> None:
    assert credited(worlds.base, "coincide", model) == pytest.approx(COINCIDENT[model])


def test_an_open_deal_has_no_close_on_its_full_path(worlds: Worlds) -> None:
    """The first touch is at lead creation too: 45, 10 and 22.5 of 77.5."""
    found = credited(worlds.base, "open", "full_path", "opportunity")
    wanted = {"o1": 45 / 77.5, "o2": 10 / 77.5, "o3": 22.5 / 77.5}
    assert found == pytest.approx(wanted)
    assert credited(worlds.base, "open", "full_path") == {}


def test_a_renewal_is_credited_like_any_deal(worlds: Worlds) -> None:
    assert credited(worlds.base, "renewal-1") == {"r1": 1}
    assert credited(worlds.base, "renewal-2") == {"r1": 0.5, "r2": 0.5}
    assert credited(worlds.by_vars, "renewal-2") == {"r2": 1}


def test_a_refund_changes_the_margin_and_no_attributed_revenue(worlds: Worlds) -> None:
    def margin(warehouse: Warehouse) -> Any:
        return warehouse.value(
            "select margin_rate from marts.fct_won_deals "
            "where opportunity_id = 'generic:refund'"
        )

    assert revenue(worlds.base, "refund") == revenue(worlds.changed, "refund") == 100
    assert margin(worlds.base) == pytest.approx(0.6)
    assert margin(worlds.changed) < 0.6


@pytest.mark.parametrize(
    ("currency", "amount"), [("USD", "100.01"), ("EUR", "366.66"), ("GBP", "97.21")]
)
def test_credits_sum_to_the_cent_in_the_reporting_currency(
    worlds: Worlds, currency: str, amount: str
) -> None:
    deal = f"money-{currency}"
    assert credited(worlds.base, deal) == pytest.approx(
        {"m1": 1 / 3, "m2": 1 / 3, "m3": 1 / 3}
    )
    worth = revenue(worlds.base, deal)
    assert worth.quantize(CENT, ROUND_HALF_UP) == Decimal(amount)


def test_a_deal_without_a_rate_is_credited_and_worth_nobody_knows_what(
    worlds: Worlds,
) -> None:
    assert sum(credited(worlds.base, "money-XXX").values()) == pytest.approx(1)
    assert revenue(worlds.base, "money-XXX") is None
    flags = worlds.base.rows(
        "select opportunity_id from marts.fct_opportunity_outcomes "
        "where not has_exchange_rate"
    )
    assert flags == [("generic:money-XXX",)]


def test_offline_touches_are_in_and_sales_touches_by_the_var_alone(
    worlds: Worlds,
) -> None:
    assert credited(worlds.base, "offline") == {"l1": 0.5, "l3": 0.5}
    assert reason(worlds.base, "called") == "sales_only"
    assert credited(worlds.by_vars, "offline") == pytest.approx(
        {"l1": 1 / 3, "l2": 1 / 3, "l3": 1 / 3}
    )
    assert credited(worlds.by_vars, "called") == {"k1": 1}


def test_touches_of_a_merged_person_count_for_who_they_are_now(worlds: Worlds) -> None:
    assert credited(worlds.base, "merge") == {"g1": 1}
    assert credited(worlds.changed, "merge") == {"g1": 0.5, "g2": 0.5}


def test_a_touch_that_lands_late_takes_its_place(worlds: Worlds) -> None:
    assert credited(worlds.base, "late", "first_touch") == {"a2": 1}
    assert credited(worlds.changed, "late", "first_touch") == {"a1": 1}
    assert credited(worlds.changed, "late", "last_touch") == {"a2": 1}
    # 5 of 7 days are 5/7 of a half-life.
    earlier = 0.5 ** (5 / 7)
    assert credited(worlds.changed, "late", "time_decay") == pytest.approx(
        {"a1": earlier / (1 + earlier), "a2": 1 / (1 + earlier)}
    )


def test_who_withdraws_consent_was_touched_all_the_same(worlds: Worlds) -> None:
    for warehouse in (worlds.base, worlds.changed):
        assert credited(warehouse, "optout") == {"w1": 1}
    assert worlds.changed.value("select count(*) from raw_generic.consent_events") == 1


def test_touches_of_the_erased_vanish_from_every_journey(worlds: Worlds) -> None:
    assert credited(worlds.base, "gone") == {"z1": 0.5, "z2": 0.5}
    assert credited(worlds.changed, "gone") == {"z2": 1}
    # The other deal's account was never touched, only who is named on it.
    assert credited(worlds.base, "alone") == {"z1": 1}
    assert reason(worlds.changed, "alone") == "no_touch"
    assert not worlds.changed.value(
        "select count(*) from marts.fct_attribution_credits "
        "where person_id = 'generic:gone_p1'"
    )


def test_roles_of_a_buying_group_weigh_its_touches(worlds: Worlds) -> None:
    assert credited(worlds.base, "group") == {"q1": 0.5, "q2": 0.5}
    assert credited(worlds.changed, "group") == {"q1": 0.75, "q2": 0.25}
    assert credited(worlds.changed, "group", "last_touch") == {"q2": 1}


@pytest.mark.parametrize("name", ["base", "changed", "by_vars"])
@pytest.mark.parametrize("kind", ["mql", "opportunity", "won"])
def test_credited_and_unattributed_are_all_conversions_in_every_world(
    worlds: Worlds, name: str, kind: str
) -> None:
    warehouse: Warehouse = getattr(worlds, name)
    conversions, amount = warehouse.rows(
        "select count(*), coalesce(sum(amount_usd), 0) "
        "from intermediate.int_attribution__conversions where conversion_type = ?",
        [kind],
    )[0]
    assert conversions
    unattributed = warehouse.rows(
        "select count(*), coalesce(sum(amount_usd), 0) "
        "from marts.fct_unattributed_conversions where conversion_type = ?",
        [kind],
    )[0]
    models = warehouse.rows(
        "select attribution_model, count(distinct conversion_id), sum(weight), "
        "coalesce(sum(credit_usd), 0) from marts.fct_attribution_credits "
        "where conversion_type = ? group by 1",
        [kind],
    )
    assert len(models) >= 13
    for model, found, weight, usd in models:
        assert found + unattributed[0] == conversions, model
        assert weight == pytest.approx(found), model
        total = (usd + unattributed[1]).quantize(CENT, ROUND_HALF_UP)
        assert total == amount, model
