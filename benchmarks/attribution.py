"""How fast attribution is, beside a script by hand that writes the same credits.

    .venv/bin/python benchmarks/attribution.py [--touches 10000000]

Made touches of twenty channels, four a person; every twentieth person becomes an MQL,
every hundredth opens a deal, of which a third is won. Tables stand in place of what the
earlier domains give. dbt builds the models one after the other, each on all cores, and
its clock tells what each took; the bare limit is attribution.sql, which writes the same
rows. Then a day comes, late touches with it, and the models are brought up to date.
Results are added to benchmarks/RESULTS.md.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from dbt_command import run_dbt

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "RESULTS.md"
BARE = ROOT / "benchmarks" / "attribution.sql"

MOST_TIMES_BARE = 2.0
MOST_MARKOV_SECONDS = 10.0
MOST_OF_FULL = 0.1
AS_OF = "2026-11-01"
# What belongs to one fit; all other models are those of positions and of credits.
MARKOV = [
    "unconverted_people",
    "open_journeys",
    "open_steps",
    "channel_steps",
    "channel_players",
    "chain_steps",
    "channel_links",
    "removal_effects",
]
# No shipped row of the seed asks for an order above 1.
HIGHER_ORDERS = ["channel_histories", "higher_steps", "higher_effects"]
SHAPLEY = ["channel_sets", "set_values", "shapley_values"]
# What neither makes credits nor takes part in it.
ASIDE = (
    *("source_claims", "opportunity_sources", "opportunity_influences"),
    "credit_quarters",
)
# What credits by what those say of channels: all journeys move it.
BY_CHANNEL = ["channel_shares", "channel_credits"]

_PERSON_MOMENT = (
    "timestamp '2024-07-01' + to_seconds((hash(person) % 63072000)::bigint)"
)
# The numbers that the project makes by its macros number_key and content_print.
_NUMBER = "cast(hash({}) >> 1 as bigint)"
_NUMBERS = {
    "person_key": _NUMBER.format("person_id"),
    "account_key": _NUMBER.format("account_id"),
    "touch_print": _NUMBER.format(
        "touchpoint_id, person_id, campaign_id, channel, is_marketing, is_direct, "
        "is_sales, touched_at"
    ),
}
_TOUCHES = """
    select *, {person_key} as person_key, {touch_print} as touch_print
    from (
        select
            'generic:t' || number as touchpoint_id,
            md5('p' || person) as person_id,
            md5('a' || person // 3) as account_id,
            'generic:c' || hash(number * 17) % 500 as campaign_id,
            case
                when hash(number * 3) % 20 = 0 then 'direct'
                else 'channel_'
                    || least(hash(number * 5) % 25, hash(number * 7) % 20) % 20
            end as channel,
            hash(number * 3) % 20 != 0 as is_marketing,
            hash(number * 3) % 20 = 0 as is_direct,
            false as is_sales,
            {moment} - to_seconds((hash(number * 13) % 6000000)::bigint) as touched_at
        from (
            select number, (hash(number * 31 + 7) % {people})::bigint as person
            from range({first}, {last}) as numbers (number)
        )
    )
"""
_TABLES = {
    "dim_people": """
        select *, {person_key} as person_key, {account_key} as account_key
        from (
            select
                md5('p' || person) as person_id, md5('a' || person // 3) as account_id,
                {moment} as created_at
            from range({people}) as people (person)
        )
    """,
    "fct_lead_funnel": """
        select
            md5('p' || person) || '#1' as funnel_cycle_id,
            md5('p' || person) as person_id, md5('a' || person // 3) as account_id,
            'smb' as segment, {moment} as mql_at
        from range({first_person}, {people}) as people (person)
        where person % 20 = 0
    """,
    "fct_opportunity_outcomes": """
        select
            'generic:o' || person as opportunity_id,
            md5('p' || person) as primary_person_id,
            md5('a' || person // 3) as account_id, 'smb' as segment,
            cast(1000 + hash(person) % 90000 as decimal(18, 2)) as amount_usd,
            person % 300 = 0 as is_won, {moment} + interval 3 day as created_at,
            {moment} + interval 40 day as closed_at
        from range({first_person}, {people}) as people (person)
        where person % 100 = 0
    """,
    "bridge_opportunity_people": """
        select
            'generic:o' || person as opportunity_id, md5('p' || person) as person_id,
            null::varchar as role
        from range({first_person}, {people}) as people (person)
        where person % 100 = 0
    """,
}


def main() -> int:
    """Measure, write the results, and return 1 if a limit is not kept."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--touches", type=int, default=10_000_000)
    touches = arguments.parse_args().touches
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        warehouse = Path(name) / "mops.duckdb"
        _make(warehouse, touches)
        seeds = ("attribution_models", "contact_roles")
        run_dbt(warehouse, "seed", "--select", *seeds, as_of=AS_OF)
        whole, full = _built(warehouse)
        gigabytes = _peak(resource.RUSAGE_CHILDREN)
        bare, cpu, rows = _bare(warehouse)
        _add_a_day(warehouse, touches)
        _, day = _built(warehouse)
    positions, by_channel, markov, higher, shapley = _groups(full)
    day_positions, *day_anew = _groups(day)
    models = positions + by_channel
    text = (
        f"\n## Attribution, {datetime.now(UTC):%Y-%m-%d}\n\n"
        f"{touches:,} touches, {rows:,} credits; {os.cpu_count()} cores, "
        f"DuckDB {duckdb.__version__}.\n\n"
        "| what | measured | limit |\n|---|---|---|\n"
        f"| DuckDB alone, conversions to credits | {bare:.1f} s | |\n"
        f"| processor time of that | {cpu:.1f} s | |\n"
        f"| the models, conversions to credits | {models:.1f} s "
        f"({models / bare:.2f} ×) | {MOST_TIMES_BARE:.0f} × |\n"
        f"| of that, journeys and credits by positions | {positions:.1f} s | |\n"
        f"| Markov | {markov:.1f} s | {MOST_MARKOV_SECONDS:.0f} s |\n"
        f"| Markov of higher orders, none asked for | {higher:.1f} s | |\n"
        f"| Shapley, twenty channels | {shapley:.1f} s | |\n"
        f"| all of it, with dbt's start | {whole:.1f} s | |\n"
        f"| memory, all of it | {gigabytes:.1f} GB | |\n"
        f"| a day more, journeys and credits by positions | {day_positions:.1f} s "
        f"({day_positions / positions:.0%}) | {MOST_OF_FULL:.0%} |\n"
        "| a day more, Markov, Shapley and credits by channels, anew "
        f"| {sum(day_anew):.1f} s | |\n"
    )
    print(text)
    with RESULTS.open("a", encoding="utf-8") as results:
        results.write(text)
    return int(
        models > MOST_TIMES_BARE * bare
        or markov > MOST_MARKOV_SECONDS
        or day_positions > MOST_OF_FULL * positions
    )


def _groups(seconds: dict[str, float]) -> tuple[float, ...]:
    """Return the seconds of each group.

    They are journeys and credits by positions, credits by channels, Markov, its higher
    orders, and Shapley.
    """
    rest = [
        sum(seconds[f"int_attribution__{name}"] for name in names)
        for names in (BY_CHANNEL, MARKOV, HIGHER_ORDERS, SHAPLEY)
    ]
    return sum(seconds.values()) - sum(rest), *rest


def _filled(query: str, people: int, **numbers: int) -> str:
    return query.format(moment=_PERSON_MOMENT, people=people, **_NUMBERS, **numbers)


def _make(warehouse: Path, touches: int) -> None:
    people = touches // 4
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("set preserve_insertion_order = false")
        for schema in ("intermediate", "marts"):
            connection.execute(f"create schema {schema}")
        queries = _TABLES | {"fct_touchpoints": _TOUCHES}
        for name, query in queries.items():
            made = _filled(query, people, first=0, last=touches, first_person=0)
            connection.execute(f"create table marts.{name} as {made}")


def _add_a_day(warehouse: Path, touches: int) -> None:
    """Add a day's touches, of any time, and the conversions and changes of a day."""
    people, more = touches // 4, touches // 730
    with duckdb.connect(str(warehouse)) as connection:
        made = _filled(_TOUCHES, people, first=touches, last=touches + more)
        connection.execute(f"insert into marts.fct_touchpoints {made}")
        for name, query in _TABLES.items():
            if name != "dim_people":
                made = _filled(query, people + more // 4, first_person=people)
                connection.execute(f"insert into marts.{name} {made}")
        connection.execute(
            "update marts.fct_opportunity_outcomes set amount_usd = amount_usd + 1 "
            "where hash(opportunity_id) % 730 = 0"
        )


def _bare(warehouse: Path) -> tuple[float, float, int]:
    """Run the script by hand and return seconds, processor seconds and credits."""
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("set preserve_insertion_order = false")
        connection.execute("set memory_limit = '8GB'")
        started, spent = time.perf_counter(), time.process_time()
        connection.execute(BARE.read_text("utf-8"))
        seconds, cpu = time.perf_counter() - started, time.process_time() - spent
        ((rows, same),) = connection.execute(
            """
            select
                count(*), count(*) filter (where abs(bare.weight - made.weight) < 1e-9)
            from marts.fct_attribution_credits as made
            left join bare.credits as bare
                using (conversion_type, conversion_id, attribution_model, touchpoint_id)
            """
        ).fetchall()
        if rows != same:
            raise SystemExit(f"{rows - same} of {rows} credits are not those by hand")
        connection.execute("drop schema bare cascade")
    return seconds, cpu, rows


def _built(warehouse: Path) -> tuple[float, dict[str, float]]:
    """Build the models; return all seconds, and those of each by dbt's clock."""
    started = time.perf_counter()
    run_dbt(
        warehouse,
        "run",
        *("--threads", "1", "--select", "models/intermediate/attribution"),
        *("fct_attribution_credits", "fct_unattributed_conversions"),
        "--exclude",
        *(f"int_attribution__{name}" for name in ASIDE),
        as_of=AS_OF,
    )
    seconds = time.perf_counter() - started
    path = warehouse.parent / "target" / "run_results.json"
    results = json.loads(path.read_text("utf-8"))["results"]
    return seconds, {
        each["unique_id"].split(".")[-1]: each["execution_time"] for each in results
    }


def _peak(whose: int) -> float:
    return resource.getrusage(whose).ru_maxrss / 1e6


if __name__ == "__main__":
    sys.exit(main())
