"""Join match units into clusters, the surest first, never across a barrier."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import pyarrow as pa

# Edges up to this precedence stand on a record's own word; only a decision bars them.
LAST_DECLARED = 5
# Traits whose value is a unit that the unit itself must not be joined to.
_APART = ("distinct", "household")
SCHEMA = pa.schema(
    [
        ("unit_id", pa.string()),
        ("cluster_id", pa.string()),
        ("match_rule", pa.string()),
        ("match_probability", pa.float64()),
    ]
)


@dataclass
class _Cluster:
    """Units that are one person so far, and the work addresses of each by domain."""

    units: list[str]
    addresses: dict[str, dict[str, set[str]]]
    apart: dict[str, set[str]]  # by trait, the units that it keeps out


def join_units(edges: pa.Table, barriers: pa.Table) -> pa.Table:
    """Return the units that were joined, with their cluster and what joined them.

    Edges are taken by precedence, falling probability and ids, so that the same edges
    give the same clusters. One is passed over when its clusters hold two units that
    somebody decided are distinct, or, for a probable edge, two units with different
    work addresses at one domain and no telephone in common, or two of a household.

    Args:
        edges: unit_id, other_unit_id, precedence, match_rule, match_probability.
        barriers: unit_id, trait (work_email, phone, distinct or household) and
            trait_value.
    """
    traits = _traits(barriers)
    phones = traits["phone"]
    home: dict[str, _Cluster] = {}

    def cluster_of(unit: str) -> _Cluster:
        if unit not in home:
            addresses: dict[str, dict[str, set[str]]] = {}
            for email in traits["work_email"].get(unit, ()):
                domain = email.partition("@")[2]
                addresses.setdefault(domain, {}).setdefault(unit, set()).add(email)
            apart = {trait: set(traits[trait].get(unit, ())) for trait in _APART}
            home[unit] = _Cluster([unit], addresses, apart)
        return home[unit]

    def barred(one: _Cluster, other: _Cluster, precedence: int) -> bool:
        if not one.apart["distinct"].isdisjoint(other.units):
            return True
        if precedence <= LAST_DECLARED:
            return False
        return not one.apart["household"].isdisjoint(other.units) or any(
            mine.isdisjoint(theirs)
            and phones.get(unit, set()).isdisjoint(phones.get(other_unit, ()))
            for domain in one.addresses.keys() & other.addresses.keys()
            for unit, mine in one.addresses[domain].items()
            for other_unit, theirs in other.addresses[domain].items()
        )

    joined_by: dict[str, tuple[int, float, str]] = {}
    columns = ["precedence", "match_probability", "unit_id", "other_unit_id"]
    orders = ["ascending", "descending", "ascending", "ascending"]
    for edge in edges.sort_by(list(zip(columns, orders, strict=True))).to_pylist():
        one, other = cluster_of(edge["unit_id"]), cluster_of(edge["other_unit_id"])
        if one is other or barred(one, other, edge["precedence"]):
            continue
        if len(one.units) < len(other.units):
            one, other = other, one
        for joined in other.units:
            home[joined] = one
        one.units += other.units
        for trait, strangers in other.apart.items():
            one.apart[trait] |= strangers
        for domain, addresses in other.addresses.items():
            one.addresses.setdefault(domain, {}).update(addresses)
        reason = (edge["precedence"], -edge["match_probability"], edge["match_rule"])
        for unit in (edge["unit_id"], edge["other_unit_id"]):
            joined_by.setdefault(unit, reason)
    rows = [
        {
            "unit_id": unit,
            "cluster_id": min(home[unit].units),
            "match_rule": rule,
            "match_probability": -negative,
        }
        for unit, (_, negative, rule) in sorted(joined_by.items())
    ]
    return pa.Table.from_pylist(rows, SCHEMA)


def _traits(barriers: pa.Table) -> dict[str, dict[str, set[str]]]:
    """Return the values of each trait by unit; who keeps another out is kept out."""
    traits: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in barriers.to_pylist():
        traits[row["trait"]][row["unit_id"]].add(row["trait_value"])
        if row["trait"] in _APART:
            traits[row["trait"]][row["trait_value"]].add(row["unit_id"])
    return traits
