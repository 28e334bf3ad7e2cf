"""A proposed set of rules beside the present one, by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

import dbt_process

EMPTY = "nothing to compare"
TABLES = """
    create schema intermediate;
    create table intermediate.int_lifecycle__rep_identities as
        select * from (values ('k1'), ('k2'), ('k3')) as reps(rep_key);
    create table intermediate.int_lifecycle__record_owners as
        select * from (values ('k1'), ('marketo:7')) as owners(rep_key);
    create table intermediate.int_lifecycle__pool_openings as
        select *, timestamp '2026-01-01' as changes_at from (values
            ('east', 'k1', 'sf:1', 'R1', 2),
            ('east', 'k1', 'hub:1', 'R1', 2),
            ('east', 'k2', 'sf:2', 'R2', 1),
            ('west', 'k3', 'sf:3', 'R3', 1)
        ) as openings(pool, rep_key, rep_id, roster_id, weight);
    create table intermediate.int_lifecycle__pool_members as
        select * from (values
            ('R1', 'sf:1', 1), ('R1', 'hub:1', 1), ('R2', 'sf:2', null),
            ('R3', 'sf:3', 1)
        ) as members(roster_id, rep_id, daily_cap);
    create table intermediate.int_lifecycle__routing_comparisons as
        select
            'trial' as rule_set, *,
            case when current_pool is not null then timestamp '2026-01-01' end
                as current_pool_changed_at,
            case when proposed_pool is not null then timestamp '2026-01-01' end
                as proposed_pool_changed_at
        from (values
            ('a', 'turn', 'far', 'k1,k2', 'k3', 'east', 'west', true, false,
                date '2026-01-01'),
            ('b', 'turn', 'far', 'k1,k2', 'k3', 'east', 'west', false, true,
                date '2026-01-01'),
            ('c', 'turn', 'turn', 'k1,k2', 'k1,k2', 'east', 'east', true, true,
                date '2026-03-31'),
            ('d', 'account', 'no_rule', 'k1,k3,marketo:7', null, null, null, true,
                false, date '2026-03-31'),
            ('after', 'turn', 'far', 'k1,k2', 'k3', 'east', 'west', true, true,
                date '2026-04-01'),
            ('before', 'turn', 'far', 'k1,k2', 'k3', 'east', 'west', true, true,
                date '2025-12-31')
        ) as leads(person_id, current_rule, proposed_rule, current_owner_keys,
            proposed_owner_keys, current_pool, proposed_pool, is_correct_now,
            is_correct_as_proposed, assigned_on);
"""


@pytest.fixture(scope="module")
def analyses(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the statements of the analyses as of a day in the second quarter."""
    folder = tmp_path_factory.mktemp("simulation")
    arguments = [
        "compile",
        "--select",
        "path:analyses",
        "--vars",
        "{as_of: 2026-05-10}",
    ]
    arguments += ["--target-path", str(folder / "target")]
    assert dbt_process.invoke(arguments, folder / "mops.duckdb")
    return {
        path.stem: path.read_text(encoding="utf-8")
        for path in (folder / "target" / "compiled").rglob("analyses/routing_*.sql")
    }


@pytest.fixture
def company(tmp_path: Path) -> Any:
    """Return a company whose last quarter had four leads."""
    with duckdb.connect(str(tmp_path / "mops.duckdb")) as connection:
        connection.execute(TABLES)
        yield connection


def test_leads_are_counted_by_rule_under_either_set(
    analyses: dict[str, str], company: duckdb.DuckDBPyConnection
) -> None:
    found = company.execute(analyses["routing_simulation_rules"]).fetchall()
    # Leads now and as proposed, moved out and in, accuracy of what was done.
    assert found == [
        ("trial", "turn", 3, 1, 2, 0, pytest.approx(2 / 3), 1.0),
        ("trial", "account", 1, 0, 1, 0, 1.0, None),
        ("trial", "far", 0, 2, 0, 2, None, 0.5),
        ("trial", "no_rule", 0, 1, 0, 1, None, 0.0),
    ]


def test_reps_are_expected_their_share_by_weight(
    analyses: dict[str, str], company: duckdb.DuckDBPyConnection
) -> None:
    found = company.execute(analyses["routing_simulation_reps"]).fetchall()
    # k1 has two thirds of three leads in turn and a third of d; k3 gets a and b in
    # a day. No source lands the user marketo:7.
    assert found == [
        ("trial", "k3", 0.33, 2.0, 1.67, 0.33, 2.0, 1, 1),
        ("trial", "no_rule", 0.0, 1.0, 1.0, None, 1.0, None, 0),
        ("trial", "k1", 2.33, 0.67, -1.66, 1.33, 0.67, 1, 0),
        ("trial", "k2", 1.0, 0.33, -0.67, 0.67, 0.33, None, 0),
        ("trial", "marketo:7", 0.33, 0.0, -0.33, 0.33, None, None, 0),
    ]


def test_no_proposal_is_said_to_be_none(
    analyses: dict[str, str], company: duckdb.DuckDBPyConnection
) -> None:
    company.execute("delete from intermediate.int_lifecycle__routing_comparisons")
    for statement in analyses.values():
        ((said, *_),) = company.execute(statement).fetchall()
        assert said.startswith(EMPTY)
