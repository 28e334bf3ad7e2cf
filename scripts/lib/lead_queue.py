"""Who gets the leads that no rep has: the verdicts of the marts, and turns in pools.

The rules are asked in the marts, for the moment of the build. What is left to do here
goes one by one: leads are given away by rank, the k-th lead that a pool was ever given
goes to turn k of the fair cycle of those who can take one, and who reaches the cap of
the day is left out from then on. So the queue of the next build goes on where this one
ended, if its leads are given as it says.
"""

from __future__ import annotations

import csv
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

import duckdb

from lib.cli import UserError
from lib.fair_turns import fair_cycle
from lib.quality.rows import safe_cell

FOLDER = "queues"
FILE = "assignments.csv"
COLUMNS = (
    "rank",
    "person_id",
    "record_ids",
    "owner_id",
    "owner_name",
    "routing_rule",
    "pool",
    "mql_at",
    "due_at",
)


@dataclass(frozen=True)
class Option:
    """A rule that a lead may go by; options come by rank, then in the rules' order."""

    rank: int
    person_id: str
    routing_rule: str | None
    pool: str | None
    owner_ids: tuple[str, ...]
    record_ids: tuple[str, ...] = ()
    mql_at: datetime | None = None
    due_at: datetime | None = None


@dataclass(frozen=True)
class Opening:
    """A member of a pool who can take leads now, as many as left today (None: any)."""

    pool: str
    rep_key: str
    rep_ids: tuple[str, ...]
    weight: int
    left_today: int | None
    pool_leads_given: int


@dataclass(frozen=True)
class Assignment:
    """What becomes of a lead; nobody takes it where owner_id is None."""

    option: Option
    owner_id: str | None


def assign(options: Iterable[Option], openings: Sequence[Opening]) -> list[Assignment]:
    """Give every lead to one owner.

    Args:
        options: by rank, and of each lead in the order of its rules.
        openings: who of each pool can take a lead.

    Returns:
        One row per lead, by rank.
    """
    pools = _Pools(openings)
    made = []
    for _, group in groupby(options, key=lambda option: option.rank):
        lead = list(group)
        for option in lead:
            owner_ids = pools.take(option)
            if owner_ids:
                made.append(Assignment(option, _owner(owner_ids, option.record_ids)))
                break
        else:
            made.append(Assignment(lead[0], None))
    return made


class _Pools:
    """Members of the pools, and what they are given while the queue is made."""

    def __init__(self, openings: Sequence[Opening]) -> None:
        self._members: Mapping[str, list[Opening]] = defaultdict(list)
        self._keys: dict[str, str] = {}
        self._turns: dict[str, int] = {}
        self._taken: Counter[str] = Counter()
        for opening in sorted(openings, key=lambda row: (row.pool, row.rep_key)):
            self._members[opening.pool].append(opening)
            self._turns[opening.pool] = opening.pool_leads_given
            self._keys |= dict.fromkeys(opening.rep_ids, opening.rep_key)

    def take(self, option: Option) -> tuple[str, ...]:
        """Give a lead away by one rule; return the ids of whoever takes it."""
        if option.pool is None:
            # Who has the lead by right takes it whatever the cap, which it counts for.
            owner = option.owner_ids and _owner(option.owner_ids, option.record_ids)
            self._taken[self._keys.get(owner or "", "")] += 1
            return option.owner_ids
        members = [row for row in self._members[option.pool] if self._has_room(row)]
        if not members:
            return ()
        turns = fair_cycle(tuple(row.weight for row in members)).turns
        member = members[turns[self._turns[option.pool] % len(turns)]]
        self._turns[option.pool] += 1
        self._taken[member.rep_key] += 1
        return member.rep_ids

    def _has_room(self, row: Opening) -> bool:
        return row.left_today is None or self._taken[row.rep_key] < row.left_today


def _owner(owner_ids: Sequence[str], record_ids: Sequence[str]) -> str:
    """Return the id by which a system that has the person knows the owner."""
    sources = {record.split(":")[0] for record in record_ids}
    return min(owner_ids, key=lambda owner: (owner.split(":")[0] not in sources, owner))


def read_options(connection: duckdb.DuckDBPyConnection) -> list[Option]:
    """Return what the rules say of every lead that no rep has."""
    rows = connection.execute(
        "with records as (select person_id, "
        "list(person_record_id order by person_record_id) as record_ids "
        "from marts.bridge_person_records where is_standing group by person_id) "
        "select rank, person_id, routing_rule, pool, expected_owner_ids, record_ids, "
        "mql_at, due_at from marts.fct_assignment_queue "
        "left join records using (person_id) order by rank, option_number"
    ).fetchall()
    return [
        Option(
            rank, person, rule, pool, _listed(owners), tuple(records or ()), mql, due
        )
        for rank, person, rule, pool, owners, records, mql, due in rows
    ]


def read_openings(connection: duckdb.DuckDBPyConnection) -> list[Opening]:
    """Return who of each pool can take a lead now."""
    rows = connection.execute(
        "select pool, rep_key, rep_ids, weight, leads_left_today, pool_leads_given "
        "from marts.fct_pool_openings"
    ).fetchall()
    return [Opening(row[0], row[1], _listed(row[2]), *row[3:]) for row in rows]


def _listed(ids: str | None) -> tuple[str, ...]:
    return tuple(ids.split(",")) if ids else ()


@dataclass(frozen=True)
class Queue:
    """The file that was written, and how many leads each owner gets by name."""

    path: Path
    leads: int
    by_owner: Mapping[str, int]


def write_queue(connection: duckdb.DuckDBPyConnection, out: Path) -> Queue:
    """Write out/queues/assignments.csv, in place of an earlier one.

    Raises:
        UserError: the warehouse holds no queue.
    """
    try:
        made = assign(read_options(connection), read_openings(connection))
    except duckdb.CatalogException as error:
        raise UserError("the warehouse holds no queue: run dbt build") from error
    names = dict(
        connection.execute("select rep_id, rep_name from marts.dim_reps").fetchall()
    )
    path = out / FOLDER / FILE
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_suffix(".csv.new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    by_owner: Counter[str] = Counter()
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for row in made:
            lead, owner = row.option, row.owner_id
            name = names.get(owner)
            by_owner[f"{name} ({owner})" if name else owner or "nobody"] += 1
            cells = (
                lead.rank,
                lead.person_id,
                ";".join(lead.record_ids),
                owner,
                name,
                lead.routing_rule,
                lead.pool,
                lead.mql_at,
                lead.due_at,
            )
            writer.writerow([safe_cell(cell) for cell in cells])
    fresh.replace(path)
    return Queue(path, len(made), dict(sorted(by_owner.items())))
