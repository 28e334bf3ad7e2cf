"""The same input and the same as_of give the same rows."""

from __future__ import annotations

from conftest import Builder, Warehouse, write_tables
from random_company import AS_OF, Tables


def fingerprints(warehouse: Warehouse) -> dict[str, tuple[int, int]]:
    """Return rows and an order-free hash over all columns of every public relation."""
    return {
        relation: warehouse.rows(
            f"select count(*), coalesce(bit_xor(hash(each)), 0) from {relation} as each"
        )[0]
        for relation in warehouse.public_relations()
    }


def test_two_builds_are_identical(
    build: Builder, company: Tables, company_warehouse: Warehouse
) -> None:
    raw = write_tables(company_warehouse.path.parent / "again", company)
    again = build(raw, tests=False, as_of=AS_OF)
    first = fingerprints(company_warehouse)
    assert len(first) > 15
    assert fingerprints(again) == first


def test_rows_landed_in_another_order_build_the_same(
    build: Builder, company: Tables, company_warehouse: Warehouse
) -> None:
    shuffled = {name: list(reversed(rows)) for name, rows in company.items()}
    raw = write_tables(company_warehouse.path.parent / "reversed", shuffled)
    again = build(raw, tests=False, as_of=AS_OF)
    assert fingerprints(again) == fingerprints(company_warehouse)
