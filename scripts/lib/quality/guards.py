"""Guards on the pipe: the newest landing of each table against the earlier ones.

A landing is what one run of scripts/load.py landed in a table. Its figures stand in
raw_meta.landing_profiles; those of earlier landings give the range that is expected:

    median ± max(mad_factor × median absolute deviation, floor)

The median and its deviation heed no outlier, so a bad landing among the earlier ones
does not widen the range. At least half of the earlier landings lie within it, whatever
their figures are, since mad_factor is at least 1. The floor is floor_factor times

    volume       the median itself
    mean         the median of the column's standard deviations
    null_rate    1
    value_share  1

Where the weekdays differ, a landing need only be like the earlier ones of its own: one
that lies outside the range passes if it lies within that of as many landings of its
weekday (UTC). A mean that never varied is compared to nine digits, since sums of floats
differ in the last ones.

Each row of the seed landing_guards that is in force is one rule. A table with fewer
than least_landings earlier landings passes. A category that most landings lack has a
median share of 0, so a new one that takes more than the floor falls out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from lib.cli import UserError
from lib.quality.rules import SQL_RULE, Rule, Suite, read_expectation
from lib.quality.standards import SeedRow, read_seed

LANDING_GUARDS = Path("quality", "landing_guards.csv")
PROFILES = ("raw_meta", "landing_profiles")
SUITE = "raw__meta__landing_profiles"

# Figures of each landing: what was observed, and the scale of its floor.
_MEASURES = {
    "volume": """
        select
            source, table_name, null as column_name, null as column_value, landed_at,
            cast(sum(row_count) as double) as observed,
            cast(sum(row_count) as double) as scale
        from (
            select source, table_name, file, landed_at, max(row_count) as row_count
            from {batch} group by all
        ) as files
        group by all
    """,
    "null_rate": """
        select
            source, table_name, column_name, null as column_value, landed_at,
            sum(null_count) / sum(profiled_count) as observed,
            1.0 as scale
        from {batch} group by all having sum(profiled_count) > 0
    """,
    "mean": """
        select
            source, table_name, column_name, null as column_value, landed_at,
            sum(mean * (profiled_count - null_count))
            / sum(profiled_count - null_count) as observed,
            max(standard_deviation) as scale
        from {batch} where mean is not null
        group by all having sum(profiled_count - null_count) > 0
    """,
    # A value that a landing lacks has a share of 0 in it.
    "value_share": """
        select
            landings.source, landings.table_name, landings.column_name,
            known_values.column_value, landings.landed_at,
            coalesce(sum(landings.value_shares[known_values.column_value]
                * landings.filled_count), 0) / sum(landings.filled_count) as observed,
            1.0 as scale
        from (
            select *, profiled_count - null_count as filled_count
            from {batch} where value_shares is not null
        ) as landings
        inner join (
            select source, table_name, column_name, column_value
            from (
                select *, unnest(map_keys(value_shares)) as column_value from {batch}
            ) as listed
            group by all
        ) as known_values using (source, table_name, column_name)
        group by all
    """,
}

# The newest landing of a table is judged, and only where it has the figure.
_QUERY = """
    with measured as ({measure}),
    numbered as (
        select
            *, max(landed_at) over (partition by source, table_name) as newest_at,
            row_number() over (
                partition by source, table_name, column_name, column_value
                order by landed_at desc
            ) as age,
            row_number() over (
                partition by
                    source, table_name, column_name, column_value, dayofweek(landed_at)
                order by landed_at desc
            ) as weekday_age
        from measured
    ),
    histories as (
        select *, false as is_of_weekday
        from numbered
        where landed_at < newest_at and age <= {most_landings} + 1
        union all
        select *, true as is_of_weekday
        from numbered
        where
            landed_at < newest_at and weekday_age <= {most_landings} + 1
            and dayofweek(landed_at) = dayofweek(newest_at)
    ),
    ranges as (
        select
            source, table_name, column_name, column_value, is_of_weekday,
            count(*) as earlier_landings, median(observed) as center,
            greatest(
                {mad_factor} * mad(observed), {floor_factor} * median(scale),
                1e-9 * abs(median(observed))
            ) as distance
        from histories
        group by all having count(*) >= {least_landings}
    ),
    judged as (
        select
            numbered.source, numbered.table_name, numbered.column_name,
            numbered.column_value, observed, center - distance as expected_from,
            center + distance as expected_to,
            earlier_landings, is_of_weekday, landed_at,
            bool_and(observed < center - distance or observed > center + distance)
                over (
                    partition by
                        numbered.source, numbered.table_name, numbered.column_name,
                        numbered.column_value
                ) as is_beyond
        from numbered
        inner join ranges on numbered.source = ranges.source
            and numbered.table_name = ranges.table_name
            and numbered.column_name is not distinct from ranges.column_name
            and numbered.column_value is not distinct from ranges.column_value
        where numbered.landed_at = numbered.newest_at
    )
    select
        * exclude (is_of_weekday, is_beyond), concat(
            source, '.', table_name, coalesce('.' || column_name, ''),
            coalesce(' = ' || column_value, ''), ' has {says} ',
            {observed}, ', expected ', {expected_from}, ' to ', {expected_to},
            ' by ', earlier_landings, ' earlier landings'
        ) as finding
    from judged
    where is_beyond and not is_of_weekday
    order by source, table_name, column_name, column_value
"""

_SAYS = {
    "volume": "a number of rows of",
    "null_rate": "a share of empty values of",
    "mean": "a mean of",
    "value_share": "a share of",
}
_ABOUT = {
    "volume": "The newest landing of a table has as many rows as the earlier ones",
    "null_rate": "Columns are as often empty as in the earlier landings",
    "mean": "The mean of a number is that of the earlier landings",
    "value_share": "Categories have the shares that they had in the earlier landings",
}


def add_guards(suites: Sequence[Suite], folder: Path, now: datetime) -> list[Suite]:
    """Return the suites of the raw layer with one more, of the guards in force.

    Raises:
        UserError: a row of the seed is malformed; the text names it.
    """
    rules: list[Rule] = []
    expectations = []
    for row in read_seed(folder / LANDING_GUARDS):
        if row.is_in_force(now.date()):
            expectation, rule = read_expectation(_expectation(row), row.place, {}, now)
            if rule.rule_id in {known.rule_id for known in rules}:
                message = f"{row.place}: another row in force has its measure"
                raise UserError(message)
            expectations.append(expectation)
            rules.append(rule)
    if not rules:
        return [*suites]
    schema, table = PROFILES
    suite = Suite(
        name=SUITE,
        schema=schema,
        table=table,
        document={
            "name": SUITE,
            "meta": {"schema": schema, "table": table},
            "expectations": expectations,
            "notes": "Is the newest landing of each table like the earlier ones?",
        },
        rules=tuple(rules),
    )
    return sorted([*suites, suite], key=lambda each: each.name)


def count_unlearned(
    query: Callable[[str, Sequence[Any]], Sequence[Sequence[Any]]],
    folder: Path,
    now: datetime,
) -> tuple[int, int]:
    """Return how many landed tables pass for lack of a history, and what one takes.

    Args:
        query: runs SQL on the warehouse and returns its rows.
        folder: the folder of seeds.
        now: moment of the run, UTC.
    """
    least = [
        _number(row, "least_landings")
        for row in read_seed(folder / LANDING_GUARDS)
        if row.is_in_force(now.date())
    ]
    if not least:
        return 0, 0
    wanted = int(max(least))
    [[count]] = query(
        "select count(*) from (select 1 from raw_meta.landing_profiles "
        "group by source, table_name having count(distinct landed_at) <= ?) as short",
        (wanted,),
    )
    return int(count), wanted


def guard_query(measure: str, figures: Mapping[str, float]) -> str:
    """Return SQL for what falls out, over {batch}.

    Args:
        measure: volume, null_rate, mean or value_share.
        figures: mad_factor, floor_factor, least_landings and most_landings.
    """
    is_count = measure == "volume"
    names = ("observed", "expected_from", "expected_to")
    texts = {name: _text(name, is_count=is_count) for name in names}
    numbers = {name: repr(value) for name, value in figures.items()}
    query = _QUERY.replace("{measure}", _MEASURES[measure])
    for name, text in {**numbers, **texts, "says": _SAYS[measure]}.items():
        query = query.replace(f"{{{name}}}", text)
    return " ".join(query.split())


def _expectation(row: SeedRow) -> dict[str, Any]:
    measure = row["measure"]
    if measure not in _MEASURES:
        raise UserError(f"{row.place}: measure {measure!r} is none")
    figures = {
        name: _number(row, name)
        for name in ("mad_factor", "floor_factor", "least_landings", "most_landings")
    }
    if figures["mad_factor"] < 1 or figures["least_landings"] < 1:
        raise UserError(f"{row.place}: mad_factor or least_landings is below 1")
    if figures["least_landings"] > figures["most_landings"]:
        raise UserError(f"{row.place}: least_landings is more than most_landings")
    return {
        "type": SQL_RULE,
        "kwargs": {"unexpected_rows_query": guard_query(measure, figures)},
        "description": f"{_ABOUT[measure]} ({LANDING_GUARDS.stem} "
        f"{row['landing_guard_id']})",
        "meta": {
            "rule_id": f"landing_{measure}",
            "severity": row["severity"],
            "owner": row["owner"],
            "fix": row["fix"],
            "has_findings": True,
        },
    }


def _number(row: SeedRow, column: str) -> float:
    try:
        number = float(row[column])
    except ValueError as error:
        raise UserError(f"{row.place}: {column} is no number") from error
    if not 0 <= number < float("inf"):
        raise UserError(f"{row.place}: {column} is negative or no number")
    return number


def _text(figure: str, *, is_count: bool) -> str:
    """Return SQL for a figure as people read it: rows whole, else four decimals."""
    if is_count:
        return f"cast(round({figure}) as bigint)"
    return f"round({figure}, 4)"
