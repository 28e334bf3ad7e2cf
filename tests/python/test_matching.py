"""Probabilistic matching: against labelled data, by its rules, always the same."""

from __future__ import annotations

import csv
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import combinations
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import demo
import match
from conftest import SHARED_DATA, Rows, Warehouse, land, run_dbt, write_tables
from lib.cli import OK, UserError
from lib.matching.clustering import join_units
from lib.matching.model import COLUMNS, COMPARISONS, Weight
from lib.matching.scoring import score_pairs
from lib.matching.training import estimate, parameter_rows
from lib.warehouse import PROJECT_ROOT
from people import write_people

FEBRL_COLUMNS = {
    "given_name": "first_name",
    "surname": "last_name",
    "soc_sec_id": "phone",
    "suburb": "company_name",
    "postcode": "postal_code",
    "state": "state",
}
FAKE_COLUMNS = {
    "first_name": "first_name",
    "surname": "last_name",
    "email": "email",
    "city": "state",
}


def labelled(path: Path, key: str, columns: dict[str, str]) -> list[dict[str, str]]:
    """Return the records of a labelled file as generic people."""
    if not path.is_file():
        pytest.skip(f"{path} is not on this machine")
    with path.open() as file:
        return [
            {"person_id": row[key], "record_type": "lead", "created_at": "2025-01-01"}
            | {to: row[name].strip() for name, to in columns.items()}
            for row in csv.DictReader(file, skipinitialspace=True)
        ]


def pair_count(groups: Iterable[int]) -> int:
    return sum(size * (size - 1) // 2 for size in groups)


def precision_and_recall(
    found: dict[str, str], truth: dict[str, str]
) -> tuple[float, float]:
    """Return the pairwise precision and recall of records' persons."""
    right = pair_count(
        Counter((found[record], truth[record]) for record in truth).values()
    )
    merged = pair_count(Counter(found[record] for record in truth).values())
    return right / merged, right / pair_count(Counter(truth.values()).values())


@pytest.fixture
def matched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Rows], Warehouse]:
    """Land people and build all that matching needs."""

    def build(people: Rows) -> Warehouse:
        path = tmp_path / "mops.duckdb"
        raw = write_tables(tmp_path / "raw", {"people": people})
        assert land(raw, path, monkeypatch) == OK
        assert run_dbt(path, select=BUILT, as_of="2026-01-01")
        return Warehouse(path)

    return build


BUILT = [
    "+bridge_person_records",
    "+fct_duplicate_candidates",
    "+bridge_person_record_history",
]
FIRST_DAY = datetime(2026, 1, 1, 23, 59, 59, 999_999)
SECOND_DAY = FIRST_DAY + timedelta(days=1)


def persons(warehouse: Warehouse) -> dict[str, str]:
    return dict(
        warehouse.rows("select record_id, person_id from marts.bridge_person_records")
    )


@pytest.mark.parametrize(
    ("name", "least_precision", "least_recall"),
    [("dataset1", 0.99, 0.976), ("dataset2", 0.99, 0.987)],
)
def test_febrl_is_matched(
    matched: Callable[[Rows], Warehouse],
    name: str,
    least_precision: float,
    least_recall: float,
) -> None:
    people = labelled(SHARED_DATA / "febrl" / f"{name}.csv", "rec_id", FEBRL_COLUMNS)
    truth = {row["person_id"]: row["person_id"].split("-")[1] for row in people}
    precision, recall = precision_and_recall(persons(matched(people)), truth)
    print(f"{name}: precision {precision:.4f}, recall {recall:.4f}")
    assert precision >= least_precision
    assert recall >= least_recall


def test_fake_people_are_never_merged_wrongly(
    matched: Callable[[Rows], Warehouse],
) -> None:
    """Many have two addresses at one domain, or a name and nothing else in common."""
    path = SHARED_DATA / "splink" / "fake_1000.csv"
    people = labelled(path, "unique_id", FAKE_COLUMNS)
    with path.open() as file:
        truth = {row["unique_id"]: row["cluster"] for row in csv.DictReader(file)}
    precision, recall = precision_and_recall(persons(matched(people)), truth)
    print(f"fake_1000: precision {precision:.4f}, recall {recall:.4f}")
    assert precision >= 0.99
    assert recall >= 0.57


def test_the_demo_company_is_matched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mops.duckdb"
    raw = tmp_path / "raw"
    assert demo.main(["--out", str(raw)]) == OK
    with (raw / "_truth" / "person_records.csv").open() as file:
        truth = {
            f"{row['source']}:{row['record_id']}": row["true_person_id"]
            for row in csv.DictReader(file)
        }
    assert land(raw, path, monkeypatch) == OK
    assert run_dbt(path, select=["+bridge_person_records"])
    found = dict(
        Warehouse(path).rows(
            "select person_record_id, person_id from marts.bridge_person_records"
        )
    )
    known = {record: person for record, person in truth.items() if record in found}
    precision, recall = precision_and_recall(found, known)
    print(f"demo: precision {precision:.4f}, recall {recall:.4f}")
    assert precision >= 0.99
    assert recall >= 0.93


def person(record: str, name: str = "", **fields: str) -> dict[str, str]:
    first, _, last = name.partition(" ")
    return {
        "person_id": record,
        "record_type": "lead",
        "created_at": f"2025-01-{len(record):02}",
        "first_name": first,
        "last_name": last,
        **fields,
    }


CASES = [
    # Two addresses at one domain, and two that a telephone makes one.
    person("n1", "Ada Quill", email="ada@quill.example", company_name="Quill"),
    person("n2", "Ada Quill", email="ada.q@quill.example", company_name="Quill"),
    person("t1", "Eve Marlow", email="eve@marlow.example", phone="+1 555 0100 201"),
    person("t2", "Eve Marlow", email="em@marlow.example", phone="5550100201"),
    # A chain: the one in the middle is like both, who are not to be one.
    person("c1", "Ivo Brandt", email="ivo@brandt.example", company_name="Brandt"),
    person("c2", "Ivo Brandt", company_name="Brandt", postal_code="12345"),
    person("c3", "Ivo Brandt", email="ib@brandt.example", company_name="Brandt"),
    # One address, told apart by a decision; and strangers whom a decision makes one.
    person("d1", "Una Frost", email="una@frost.example"),
    person("d2", "Una Frost", email="una@frost.example"),
    person("d3", "Una Frost", email="una@frost.example"),
    person("m1", "Kit Osgood", email="kit@osgood.example"),
    person("m2", "Zoe Lund", email="zoe@lund.example"),
    # Twins at one firm, each with a mailbox of her own name and one telephone.
    person("v1", "Anna Holt", email="anna@holt.example", phone="5550100501"),
    person("v2", "Alma Holt", email="alma@holt.example", phone="5550100501"),
    # Father and son at home, and a record of either that both are like.
    person("h1", "John Pace", phone="5550100601", postal_code="54321"),
    person("h2", "Mark Pace", phone="5550100601", postal_code="54321"),
    person("h3", " Pace", phone="5550100601", postal_code="54321"),
    # A couple.
    person("k1", "Gesa Thorn", phone="5550100701", postal_code="65432"),
    person("k2", "Olaf Weir", phone="5550100701", postal_code="65432"),
    # A slip in the domain, and nothing else to go by; one mailbox, two firms.
    person("e1", "Mia Sorrel", email="mia.sorrel77@sorrelbox.example"),
    person("e2", email="mia.sorrel77@sorrelbxo.example"),
    # A mailbox of many names: one of them twice, with a slip.
    *(
        person(f"b{number}", name, email="team7@barn.example")
        for number, name in enumerate(
            ("Ilse Farr", "Ilsee Farr", "Otto Kemp", "Rosa Lind", "Hugo Nash")
        )
    ),
    # Relatives at one firm, one of them with a mailbox of her own name.
    person(
        "r1",
        "Nora Vale",
        email="nora@vale.example",
        phone="5550100301",
        company_name="Vale",
    ),
    person("r2", "Piet Vale", phone="5550100301", company_name="Vale"),
    # Names in each other's place, and each with a slip.
    person("w1", "Vanessa Reid", phone="5550100401", company_name="Tarn"),
    person("w2", "Rwid Vanesda", phone="5550100401", company_name="Tarn"),
    # A switchboard is nobody's number.
    *(
        person(f"s{number}", name, phone="5550100999", company_name="Board Ltd")
        for number, name in enumerate(("Max Orr", "Lea Orr", "Pia Orr", "Tom Orr"))
    ),
]
DECISIONS = [
    ("D1", "generic:d1", "generic:d2", "distinct"),
    ("D2", "generic:m2", "generic:m1", "merge"),
]
ONE_PERSON = [
    ("t1", "t2"),
    ("m1", "m2"),
    ("d1", "d3"),
    ("c1", "c2"),
    ("w1", "w2"),
    ("e1", "e2"),
    ("b0", "b1"),
]
TWO_PEOPLE = [
    ("n1", "n2"),
    ("c1", "c3"),
    ("d1", "d2"),
    ("s0", "s1"),
    ("s2", "s3"),
    ("r1", "r2"),
    ("v1", "v2"),
    ("h1", "h2"),
    ("k1", "k2"),
    ("b0", "b2"),
    ("b2", "b3"),
    ("b3", "b4"),
]


def test_rules_and_decisions_override_probability(
    matched: Callable[[Rows], Warehouse],
) -> None:
    warehouse = matched(CASES)
    before = persons(warehouse)
    assert before["d1"] == before["d2"] == before["d3"]
    with duckdb.connect(str(warehouse.path)) as connection:
        connection.executemany(
            "insert into policy.match_decisions "
            "values (?, ?, ?, ?, 'me', '2025-01-01')",
            DECISIONS,
        )
    decided = "int_core__match_decisions+,+fct_duplicate_candidates"
    moved = ["int_core__person_moves", "bridge_person_record_history"]
    shown = ["bridge_person_records", *moved]
    assert run_dbt(warehouse.path, select=[decided, *shown], as_of="2026-01-02")
    found = persons(warehouse)
    assert {pair: found[pair[0]] == found[pair[1]] for pair in ONE_PERSON} == (
        dict.fromkeys(ONE_PERSON, True)
    )
    assert {pair: found[pair[0]] == found[pair[1]] for pair in TWO_PEOPLE} == (
        dict.fromkeys(TWO_PEOPLE, False)
    )
    judged = {
        (record, other): (outcome, reason)
        for record, other, outcome, reason in warehouse.rows(
            "select record_id, other_record_id, outcome, reason "
            "from marts.fct_duplicate_candidates"
        )
    }
    assert judged["n1", "n2"] == ("review", "other_work_address")
    assert judged["c1", "c3"] == ("review", "other_work_address")
    assert judged["v1", "v2"] == ("review", "other_work_address")
    assert judged["h1", "h2"] == ("review", "one_household")
    assert judged["d1", "d2"] == ("distinct", "decided")
    assert judged["m1", "m2"] == ("merged", "decided")
    rules = dict(
        warehouse.rows(
            "select record_id, match_rule from marts.bridge_person_records "
            "where record_id in ('m1', 'm2', 'c2', 'd1', 'd2', 'n1')"
        )
    )
    assert rules == {
        "m1": "decided",
        "m2": "decided",
        "c2": "probabilistic",
        "d1": "email",
        "d2": "single",
        "n1": "single",
    }
    moves = warehouse.rows(
        "select person_record_id, person_id, previous_person_id, valid_from "
        "from marts.bridge_person_record_history where previous_person_id is not null"
    )
    assert sorted(move[:3] for move in moves) == [
        ("generic:d2", "generic:d2", "generic:d1"),
        ("generic:m2", "generic:m1", "generic:m2"),
    ]
    spans = warehouse.rows(
        "select valid_from, valid_to, is_current "
        "from marts.bridge_person_record_history "
        "where person_record_id = 'generic:m2' order by 1"
    )
    assert spans == [(FIRST_DAY, SECOND_DAY, False), (SECOND_DAY, None, True)]


def test_nobody_and_nobody_alike_can_be_matched(
    matched: Callable[[Rows], Warehouse],
) -> None:
    warehouse = matched([person("a", "Ada Quill"), person("bb", "Max Orr")])
    assert len(set(persons(warehouse).values())) == 2
    assert warehouse.value("select count(*) from marts.fct_duplicate_candidates") == 0


Edge = tuple[int, int, int, float]
edges = st.lists(
    st.tuples(
        st.integers(0, 7),
        st.integers(0, 7),
        st.sampled_from([1, 5, 6]),
        st.sampled_from([0.95, 0.97, 0.99]),
    ).filter(lambda edge: edge[0] != edge[1]),
    max_size=16,
)
addresses = st.dictionaries(
    st.integers(0, 7), st.sampled_from(["a@x.com", "b@x.com", "c@y.com"])
)
phones = st.dictionaries(st.integers(0, 7), st.sampled_from(["1:ab", "2:ab"]))
distinct = st.sets(
    st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(
        lambda pair: pair[0] < pair[1]
    ),
    max_size=4,
)


def edge_table(rows: Iterable[Edge]) -> pa.Table:
    return pa.Table.from_pylist(
        [
            {
                "unit_id": f"u{one}",
                "other_unit_id": f"u{other}",
                "precedence": precedence,
                "match_rule": "probabilistic" if precedence == 6 else "email",
                "match_probability": probability,
            }
            for one, other, precedence, probability in rows
        ],
        pa.schema(
            [
                ("unit_id", pa.string()),
                ("other_unit_id", pa.string()),
                ("precedence", pa.int32()),
                ("match_rule", pa.string()),
                ("match_probability", pa.float64()),
            ]
        ),
    )


def barrier_table(
    emails: dict[int, str],
    numbers: dict[int, str],
    apart: set[tuple[int, int]],
    kin: Iterable[tuple[int, int]] = (),
) -> pa.Table:
    rows = [(f"u{unit}", "work_email", value) for unit, value in emails.items()]
    rows += [(f"u{unit}", "phone", value) for unit, value in numbers.items()]
    rows += [(f"u{one}", "distinct", f"u{other}") for one, other in apart]
    rows += [(f"u{one}", "household", f"u{other}") for one, other in kin]
    names = ("unit_id", "trait", "trait_value")
    return pa.Table.from_pylist(
        [dict(zip(names, row, strict=True)) for row in rows],
        pa.schema([(name, pa.string()) for name in names]),
    )


def clusters(joined: pa.Table) -> dict[str, set[str]]:
    found = defaultdict(set)
    for row in joined.to_pylist():
        found[row["cluster_id"]].add(row["unit_id"])
    return found


@given(edges, addresses, phones, distinct, distinct)
def test_no_cluster_holds_what_is_barred(
    links: list[Edge],
    emails: dict[int, str],
    numbers: dict[int, str],
    apart: set[tuple[int, int]],
    kin: set[tuple[int, int]],
) -> None:
    """Every cluster keeps the barriers, and none between clusters was needless."""
    probable = [(one, other, 6, chance) for one, other, _, chance in links]
    barriers = barrier_table(emails, numbers, apart, kin)
    found = clusters(join_units(edge_table(probable), barriers))

    def barred(one: str, other: str) -> bool:
        first, second = sorted((int(one[1:]), int(other[1:])))
        mine, theirs = emails.get(first, ""), emails.get(second, "")
        at_one_domain = mine[1:] == theirs[1:] != "" and mine != theirs
        share = first in numbers and numbers[first] == numbers.get(second)
        return (first, second) in apart | kin or (at_one_domain and not share)

    for members in found.values():
        assert not any(barred(*pair) for pair in combinations(members, 2))
    home = {unit: members for members in found.values() for unit in members}
    for one, other, _, _ in probable:
        ours = home.get(f"u{one}", {f"u{one}"})
        theirs = home.get(f"u{other}", {f"u{other}"})
        assert ours == theirs or any(
            barred(mine, other_unit) for mine in ours for other_unit in theirs
        )


@given(edges, addresses, distinct, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_cluster(
    links: list[Edge],
    emails: dict[int, str],
    apart: set[tuple[int, int]],
    chance: random.Random,
) -> None:
    barriers = barrier_table(emails, {}, apart)
    first = join_units(edge_table(links), barriers)
    chance.shuffle(links)
    assert join_units(edge_table(links), barriers).equals(first)


def test_what_a_record_declares_outweighs_all_but_a_decision() -> None:
    links = [(0, 1, 5, 1.0), (2, 3, 5, 1.0)]
    emails = {0: "a@x.com", 1: "b@x.com", 2: "a@x.com", 3: "b@x.com"}
    barriers = barrier_table(emails, {}, {(2, 3)}, {(0, 1)})
    joined = join_units(edge_table(links), barriers)
    assert clusters(joined) == {"u0": {"u0", "u1"}}


FEATURES = [
    {
        "person_record_id": f"r{number:04}",
        "first_name": ("ann", "bob", "cid", "dan")[number // 2 * 7 % 4],
        "last_name": f"name{'abcdefghij'[number // 2 % 10]}{number // 2 % 37}",
        "email": f"m{number // 3}@x.com",
        "email_name": f"m{number // 3}",
        "phone": f"5550{number // 2:05}",
        "company": f"firm{number // 2 % 50}",
        "company_domain": f"firm{number // 2 % 50}.com",
        "site": f"firm{number // 2 % 50}:{number // 2 % 50:05}",
        "title": ["cmo", "ceo"][number % 2],
        "postal_code": f"{number // 2 % 50:05}",
        "state": ["ca", "ny"][number // 2 % 2],
        "country": "united states",
    }
    for number in range(1200)
]


def shipped_parameters() -> pa.Table:
    path = PROJECT_ROOT / "seeds" / "core" / "match_parameters.csv"
    with duckdb.connect() as connection:
        return connection.execute("from read_csv(?)", [str(path)]).to_arrow_table()


def test_scores_do_not_depend_on_the_order_of_rows() -> None:
    keys = [(f"r{number:04}", f"r{number + 1:04}") for number in range(0, 400)]

    def scored(chance: random.Random) -> pa.Table:
        features, pairs = list(FEATURES), list(keys)
        chance.shuffle(features)
        chance.shuffle(pairs)
        names = ("person_record_id", "other_person_record_id")
        return score_pairs(
            pa.Table.from_pylist(features),
            pa.Table.from_pylist(
                [dict(zip(names, pair, strict=True)) for pair in pairs]
            ),
            shipped_parameters(),
            0.0,
        )

    first = scored(random.Random(1))  # noqa: S311
    assert len(first) == len(keys)
    assert scored(random.Random(2)).equals(first)  # noqa: S311
    # The weights add up to the match weight, and that is the probability.
    row = first.to_pylist()[0]
    bits = sum(row[f"{comparison.name}_bits"] for comparison in COMPARISONS)
    with (PROJECT_ROOT / "seeds" / "core" / "match_parameters.csv").open() as file:
        expected = float(next(csv.DictReader(file))["m_probability"])
    prior = expected / len(FEATURES)
    odds = prior / (1 - prior) * 2**bits
    assert row["match_probability"] == pytest.approx(odds / (1 + odds), abs=1e-4)


def test_without_pairs_the_columns_are_the_same() -> None:
    names = ("person_record_id", "other_person_record_id")
    pairs = [dict(zip(names, ("r0000", "r0001"), strict=True))]
    some = score_pairs(
        pa.Table.from_pylist(FEATURES), pa.Table.from_pylist(pairs),
        shipped_parameters(), 0.0,
    )  # fmt: skip
    none = score_pairs(
        pa.Table.from_pylist(FEATURES), pa.Table.from_pylist(pairs)[:0],
        shipped_parameters(), 0.0,
    )  # fmt: skip
    assert none.schema == some.schema
    assert len(none) == 0


def test_the_same_records_give_the_same_parameters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_people(tmp_path / "raw", 3_000, seed=5)
    path = tmp_path / "mops.duckdb"
    assert land(tmp_path / "raw", path, monkeypatch) == OK
    assert run_dbt(path, select=["+int_core__person_features"])
    names = ", ".join(["person_record_id", *COLUMNS])
    with duckdb.connect(str(path), read_only=True) as connection:
        features = connection.execute(
            f"select {names} from intermediate.int_core__person_features order by 1"
        ).to_arrow_table()
    first, again = (estimate(features, 200_000) for _ in range(2))
    assert parameter_rows(*first, "me") == parameter_rows(*again, "me")
    weights, duplicates = first
    assert duplicates > 0
    for comparison in COMPARISONS:
        levels = [weights[comparison.name, level.name] for level in comparison.levels]
        assert sum(level.m for level in levels) == pytest.approx(1, abs=0.002)
        assert sum(level.u for level in levels) == pytest.approx(1, abs=0.002)
    assert weights["last_name", "same"].m > weights["last_name", "same"].u


def test_records_too_uniform_to_train_from_are_told_so() -> None:
    with pytest.raises(UserError, match="too much alike"):
        estimate(pa.Table.from_pylist(FEATURES), 20_000)


def test_the_shipped_parameters_name_every_level() -> None:
    rows = {
        (row["comparison"], row["level_name"]): Weight(
            row["m_probability"], row["u_probability"]
        )
        for row in shipped_parameters().to_pylist()
    }
    wanted = {(each.name, level.name) for each in COMPARISONS for level in each.levels}
    assert rows.keys() == wanted | {("prior", "duplicates_per_record")}


def test_training_without_features_is_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOPS_WAREHOUSE", str(tmp_path / "mops.duckdb"))
    with pytest.raises(UserError, match="no warehouse at"):
        match.main(["train"])
    duckdb.connect(str(tmp_path / "mops.duckdb")).close()
    with pytest.raises(UserError, match="dbt build first"):
        match.main(["train"])
