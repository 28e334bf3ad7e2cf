"""The queue of leads without a rep: fair turns, caps, and the file."""

from __future__ import annotations

import csv
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from math import gcd
from pathlib import Path
from time import process_time

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import export
from lib.cli import CHECK_FAILED, OK, UserError
from lib.fair_turns import fair_cycle
from lib.lead_queue import COLUMNS, Assignment, Opening, Option, assign

# Weights of a sum up to 12 and at most five reps that no order of turns serves within
# one lead over any window.
UNFAIR = {
    (8, 2, 1),
    (7, 3, 1),
    (6, 4, 1),
    (6, 3, 2),
    (5, 4, 2),
    (5, 4, 1, 1),
    (5, 3, 2, 1),
    (4, 3, 3, 1),
}


def vectors(total: int, reps: int, largest: int) -> Iterator[tuple[int, ...]]:
    """Yield the ways to share a total among at most so many reps, falling."""
    if total == 0:
        yield ()
    elif reps:
        for first in range(min(total, largest), 0, -1):
            for rest in vectors(total - first, reps - 1, first):
                yield (first, *rest)


def worst_window(turns: Sequence[int], weights: Sequence[int]) -> Fraction:
    """Return how far the count of any rep in any window is from the share."""
    total = sum(weights)
    endless = [*turns, *turns]
    return max(
        abs(endless[begin : begin + size].count(rep) - Fraction(size * weight, total))
        for rep, weight in enumerate(weights)
        for begin in range(len(turns))
        for size in range(len(turns) + 1)
    )


def worst_prefix(turns: Sequence[int], weights: Sequence[int]) -> Fraction:
    """Return how far the count of any rep in the first turns is from the share."""
    total = sum(weights)
    return max(
        abs(turns[:size].count(rep) - Fraction(size * weight, total))
        for rep, weight in enumerate(weights)
        for size in range(len(turns) + 1)
    )


def any_order_is_fair(weights: tuple[int, ...]) -> bool:
    """Try every order of turns, each step of it held to every window that ends there.

    Whatever is fair cyclically is so from its start, so that a dead end is one.
    """
    total = sum(weights)

    def goes_on(turns: list[int]) -> bool:
        if len(turns) == total:
            return worst_window(turns, weights) <= 1
        for rep, weight in enumerate(weights):
            if turns.count(rep) == weight:
                continue
            longer = [*turns, rep]
            fits = all(
                abs(longer[begin:].count(one) * total - (len(longer) - begin) * share)
                <= total
                for one, share in enumerate(weights)
                for begin in range(len(longer))
            )
            if fits and goes_on(longer):
                return True
        return False

    return goes_on([])


def test_a_fair_cycle_is_found_wherever_one_exists() -> None:
    every = [
        weights
        for total in range(1, 13)
        for weights in vectors(total, 5, total)
        if gcd(*weights) == 1
    ]
    unfair = set()
    for weights in every:
        cycle = fair_cycle(weights)
        assert Counter(cycle.turns) == dict(enumerate(weights))
        if cycle.holds_in_any_window:
            assert worst_window(cycle.turns, weights) <= 1
        else:
            unfair.add(weights)
            assert worst_prefix(cycle.turns, weights) < 1
            assert worst_window(cycle.turns, weights) < 2
            assert not any_order_is_fair(weights)
    assert len(every) == 156
    assert unfair == UNFAIR


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 30), min_size=1, max_size=6).map(tuple))
def test_a_cycle_keeps_the_bound_that_it_claims(weights: tuple[int, ...]) -> None:
    cycle = fair_cycle(weights)
    assert worst_prefix(cycle.turns, weights) <= 1
    counts = Counter(cycle.turns)
    assert all(
        counts[0] * w == counts[rep] * weights[0] for rep, w in enumerate(weights)
    )
    differences = [
        [
            cycle.turns[:size].count(rep) * sum(weights) - size * weight
            for size in range(len(cycle.turns) + 1)
        ]
        for rep, weight in enumerate(weights)
    ]
    bound = 1 if cycle.holds_in_any_window else 2
    for row in differences:
        assert max(row) - min(row) <= bound * sum(weights)


def test_a_large_pool_of_many_weights_is_not_searched_for_long() -> None:
    weights = tuple(1 + 37 * rep % 100 for rep in range(50))
    begin = process_time()
    cycle = fair_cycle(weights)
    assert process_time() - begin < 3
    assert not cycle.holds_in_any_window
    assert Counter(cycle.turns) == dict(enumerate(weights))


def option(rank: int, rule: str, pool: str | None, *owners: str) -> Option:
    """Return what a rule says of the lead of a rank."""
    return Option(rank, f"per{rank}", rule, pool, owners, (f"sf:{rank}",))


@st.composite
def queues(draw: st.DrawFn) -> tuple[list[Option], list[Opening]]:
    """Draw pools with caps, and leads that go to a pool, to somebody, or to nobody."""
    openings = [
        Opening(
            pool,
            f"k{rep}",
            (f"hub:{rep}", f"sf:{rep}"),
            draw(st.integers(1, 4)),
            None if caps[rep] is None else caps[rep],
            given_before,
        )
        for caps in [
            draw(st.lists(st.none() | st.integers(1, 5), min_size=4, max_size=4))
        ]
        for pool in ("east", "west")
        for given_before in [draw(st.integers(0, 30))]
        for rep in sorted(draw(st.sets(st.integers(0, 3))))
    ]
    kinds = st.sampled_from(("east", "west", "both", "own", "desk", "none"))
    options = []
    for rank, kind in enumerate(draw(st.lists(kinds, max_size=40)), 1):
        if kind == "none":
            options.append(Option(rank, f"per{rank}", None, None, ()))
        if kind in ("east", "both"):
            options.append(option(rank, "east", "east"))
        if kind in ("west", "both"):
            options.append(option(rank, "west", "west"))
        if kind == "own":
            options.append(option(rank, "own", None, "sf:0"))
        if kind in ("desk", "both"):
            options.append(option(rank, "desk", None, "desk"))
    return options, openings


def key_of(row: Assignment) -> str:
    return f"k{str(row.owner_id).split(':')[1]}"


def after(openings: list[Opening], made: list[Assignment]) -> list[Opening]:
    """Return the openings of the build that sees what a queue has given away."""
    by_pool = Counter(row.option.pool for row in made if row.owner_id)
    by_rep = Counter(key_of(row) for row in made if ":" in str(row.owner_id))
    later = [
        replace(
            row,
            pool_leads_given=row.pool_leads_given + by_pool[row.pool],
            left_today=None
            if row.left_today is None
            else row.left_today - by_rep[row.rep_key],
        )
        for row in openings
    ]
    return [row for row in later if row.left_today is None or row.left_today > 0]


@settings(max_examples=150, deadline=None)
@given(queues(), st.integers(0, 40))
def test_successive_queues_are_one_long_queue(
    queue: tuple[list[Option], list[Opening]], cut: int
) -> None:
    options, openings = queue
    whole = assign(options, openings)
    first = [row for row in options if row.rank <= cut]
    second = [row for row in options if row.rank > cut]
    made = assign(first, openings)
    assert [*made, *assign(second, after(openings, made))] == whole
    assert assign(options, openings[::-1]) == whole


@settings(max_examples=150, deadline=None)
@given(queues())
def test_every_lead_is_given_once_and_no_cap_is_passed(
    queue: tuple[list[Option], list[Opening]],
) -> None:
    options, openings = queue
    made = assign(options, openings)
    assert [row.option.rank for row in made] == sorted({row.rank for row in options})
    caps = {(row.pool, row.rep_key): row.left_today for row in openings}
    taken: Counter[str] = Counter()
    for row in made:
        if row.option.pool and row.owner_id:
            cap = caps[row.option.pool, key_of(row)]
            assert cap is None or taken[key_of(row)] < cap
        earlier = [
            one
            for one in options[: options.index(row.option)]
            if one.rank == row.option.rank
        ]
        for passed in earlier if row.owner_id else [row.option]:
            for (pool, key), cap in caps.items():
                assert pool != passed.pool or taken[key] >= (cap or 99)
        if ":" in str(row.owner_id):
            taken[key_of(row)] += 1


def test_the_next_turn_is_the_one_after_what_the_pool_was_given() -> None:
    openings = [
        Opening("east", "a", ("sf:a",), 2, None, 4),
        Opening("east", "b", ("hub:b", "sf:b"), 1, 1, 4),
    ]
    made = assign([option(rank, "east", "east") for rank in range(1, 7)], openings)
    # Four were given: a, a, b and a. The fifth is a's; the sixth is b's only one today.
    assert fair_cycle((2, 1)).turns == (0, 0, 1)
    assert [row.owner_id for row in made] == ["sf:a", "sf:b", *["sf:a"] * 4]


def write_marts(path: Path) -> None:
    """Write the marts that the queue is read from."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            """
            create schema marts;
            create table marts.dim_reps as from (values
                ('sf:a', '=Ann'), ('sf:b', 'Bob')) as reps(rep_id, rep_name);
            create table marts.bridge_person_records as from (values
                ('sf:1', 'per1', true), ('hub:1', 'per1', true), ('sf:0', 'per1', false)
            ) as records(person_record_id, person_id, is_standing);
            create table marts.fct_pool_openings as from (values
                ('east', 'a', 'hub:a,sf:a', 1, null::integer, 1),
                ('east', 'b', 'sf:b', 1, 1, 1)
            ) as openings(pool, rep_key, rep_ids, weight, leads_left_today,
                pool_leads_given);
            create table marts.fct_assignment_queue as from (values
                (1, 1, 'per1', 'territory', 'east', 'sf:a,sf:b', timestamp
                    '2026-03-02 10:00:00', timestamp '2026-03-02 11:00:00'),
                (2, 1, 'per2', null, null, null, null, null),
                (3, 1, 'per3', 'fallback', null, 'desk@x.example', null, null)
            ) as queue(rank, option_number, person_id, routing_rule, pool,
                expected_owner_ids, mql_at, due_at);
            """
        )


def test_the_file_says_who_gets_whom_and_is_private(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mops.duckdb"
    write_marts(path)
    monkeypatch.setenv("MOPS_WAREHOUSE", str(path))
    monkeypatch.setattr(export, "check_audit", lambda warehouse: None)
    assert export.main(["--queue", "--out", str(tmp_path / "out")]) == OK
    written = tmp_path / "out" / "queues" / "assignments.csv"
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert [entry.name for entry in written.parent.iterdir()] == [written.name]
    with written.open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    assert header == list(COLUMNS)
    moments = [str(datetime(2026, 3, 2, hour)) for hour in (10, 11)]
    assert rows == [
        ["1", "per1", "hub:1;sf:1", "sf:b", "Bob", "territory", "east", *moments],
        ["2", "per2", "", "", "", "", "", "", ""],
        ["3", "per3", "", "desk@x.example", "", "fallback", "", "", ""],
    ]
    printed = capsys.readouterr().out
    assert "     1  Bob (sf:b)\n" in printed
    assert "     1  nobody\n" in printed
    assert "exported: 3 leads in" in printed


def test_what_was_not_validated_is_no_queue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mops.duckdb"
    write_marts(path)
    monkeypatch.setenv("MOPS_WAREHOUSE", str(path))
    with pytest.raises(UserError) as raised:
        export.main(["--queue", "--out", str(tmp_path / "out")])
    assert raised.value.exit_code == CHECK_FAILED
    assert not (tmp_path / "out" / "queues").exists()
