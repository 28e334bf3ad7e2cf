"""What an API's object offers of the columns that the source contract declares."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import duckdb
import requests
from dlt.sources.helpers.rest_client.client import RESTClient

from lib.cli import UserError
from lib.contract import Contract, Table
from lib.landing.names import snake_case
from lib.pull.config import Api, Linked, PulledTable, RowRule
from lib.pull.http import PullError
from lib.pull.rows import Record
from lib.sql import columns, quote_identifier, relation
from lib.warehouse import connect, warehouse_path

_PROPERTY = "property_"
_PROPERTY_PATH = "properties."
_LETTER_DIGIT = re.compile(r"(?<=[a-z])(?=\d)")
# HubSpot's limits for one request.
_MOST_WITH_HISTORY = 50
_MOST_ASSOCIATED = 1_000
_LINK = ("from", "to", "typeId", "category")
_KINDS = ("category", "subCategory")
_NOTHING_FOUND = frozenset(("OBJECT_NOT_FOUND", "NO_ASSOCIATIONS_FOUND"))

# The associations of records, by the rule of their table and the records' ids.
Landed = Callable[[RowRule, Sequence[str]], list[Record]]


@dataclass(frozen=True)
class Plan:
    """A table to pull: its rules in full, and what its endpoints are to be told."""

    table: PulledTable
    rules: tuple[RowRule, ...]
    values: dict[str, Any] = field(default_factory=dict)


def plan_of(
    api: Api, table: PulledTable, contract: Contract, client: RESTClient
) -> Plan:
    """Ask an API which columns it has, and return what is pulled of a table.

    Raises:
        UserError: the contract does not declare the table.
        requests.HTTPError: the API does not tell of the object.
    """
    for rule in table.all_rules:
        _declared(api, contract, rule.table)
    declared = _declared(api, contract, table.name)
    if table.object_name is None:
        return Plan(table, table.rules)
    if api.source == "salesforce":
        return _salesforce_plan(api, table, declared, client)
    return _hubspot_plan(table, declared, client)


def linked_records(
    table: PulledTable,
    records: Sequence[Record],
    client: RESTClient,
    landed: Landed,
) -> Iterator[tuple[RowRule, list[Record]]]:
    """Yield what HubSpot keeps beside records: past values and associations.

    HubSpot tells of standing associations only: those that landed and are not among
    them are yielded as gone.

    Raises:
        requests.HTTPError: HubSpot does not tell.
        PullError: it tells of some records only.
    """
    if table.history is None and not table.associations:
        return
    ids = [str(record["id"]) for record in records if not record.get("archived")]
    if table.history is not None:
        for some in _batches(ids, _MOST_WITH_HISTORY):
            yield table.history.rule, list(_history(table, table.history, some, client))
    for link in table.associations:
        for some in _batches(ids, _MOST_ASSOCIATED):
            standing = list(_associations(table, link, some, client))
            keys = {_link_key(record) for record in standing}
            gone: list[Record] = [
                {**record, "gone": True}
                for record in landed(link.rule, some)
                if _link_key(record) not in keys
            ]
            yield link.rule, standing + gone


def landed_links(schema: str) -> Landed:
    """Return a way to look up the associations that a raw schema holds."""

    def look_up(rule: RowRule, ids: Sequence[str]) -> list[Record]:
        if not warehouse_path().exists():
            return []
        paths = {path: name for name, path in rule.columns.items()}
        names = columns(paths[path] for path in _LINK)
        query = (
            f"select {names} from {relation(schema, rule.table)} "  # noqa: S608
            f"where {quote_identifier(paths['from'])} in (select unnest(?))"
        )
        with connect(read_only=True) as connection:
            try:
                rows = connection.execute(query, [list(ids)]).fetchall()
            except duckdb.CatalogException:
                return []
        return [dict(zip(_LINK, row, strict=True)) for row in rows]

    return look_up


def _link_key(record: Record) -> tuple[str, ...]:
    return tuple(str(record.get(path)) for path in _LINK)


def _declared(api: Api, contract: Contract, name: str) -> Table:
    declared = contract.table(api.source, name)
    if not declared.is_declared:
        raise UserError(
            f"models/staging/{api.source} declares no table {name}: nothing can land"
        )
    return declared


def _salesforce_plan(
    api: Api, table: PulledTable, declared: Table, client: RESTClient
) -> Plan:
    path = f"services/data/{api.version}/sobjects/{table.object_name}/describe"
    given = _json(client.get(path)).get("fields") or ()
    wanted = {column.name for column in declared.columns}
    chosen: dict[str, str] = {}
    for entry in given:
        # An address as a whole repeats what its parts say.
        if snake_case(entry["name"]) in wanted and entry.get("type") != "address":
            chosen.setdefault(snake_case(entry["name"]), entry["name"])
    if not chosen:
        raise PullError(f"{api.name} shows no field of {table.object_name}")
    values = {"fields": ", ".join(chosen.values())}
    return Plan(table, (RowRule(table.name, chosen),), values)


def _hubspot_plan(table: PulledTable, declared: Table, client: RESTClient) -> Plan:
    given = _json(client.get(f"crm/v3/properties/{table.object_name}"))
    names = {entry["name"] for entry in given.get("results", ())}
    # Connectors part letters from digits: hs_v2_date is property_hs_v_2_date.
    spelled = {_LETTER_DIGIT.sub("_", name): name for name in names}
    spelled |= {name: name for name in names}
    chosen: dict[str, str] = {}
    for column in declared.columns:
        name = spelled.get(column.name.removeprefix(_PROPERTY))
        if column.name.startswith(_PROPERTY) and name is not None:
            chosen[column.name] = f"{_PROPERTY_PATH}{name}"
    main, *others = table.rules
    rules = (replace(main, columns={**main.columns, **chosen}), *others)
    paths = [path for rule in rules for path in (*rule.columns.values(), rule.each)]
    properties = sorted(
        {
            path.removeprefix(_PROPERTY_PATH)
            for path in paths
            if path and path.startswith(_PROPERTY_PATH)
        }
    )
    values = {"properties": properties, "property_list": ",".join(properties)}
    return Plan(table, rules, values)


def _history(
    table: PulledTable, history: Linked, ids: Sequence[str], client: RESTClient
) -> Iterator[Record]:
    answer = _json(
        client.post(
            f"crm/v3/objects/{table.object_name}/batch/read",
            json={
                "inputs": [{"id": one} for one in ids],
                "properties": [],
                "propertiesWithHistory": list(history.subject),
            },
        )
    )
    for result in answer.get("results", ()):
        for name, changes in (result.get("propertiesWithHistory") or {}).items():
            for change in changes:
                yield {**change, "id": result["id"], "property": name}


def _associations(
    table: PulledTable, link: Linked, ids: Sequence[str], client: RESTClient
) -> Iterator[Record]:
    path = f"crm/v4/associations/{table.object_name}/{link.subject[0]}/batch/read"
    inputs = [{"id": one} for one in ids]
    while inputs:
        answer = _json(client.post(path, json={"inputs": inputs}))
        inputs = []
        for result in answer.get("results", ()):
            subject = str(result["from"]["id"])
            for other in result.get("to", ()):
                for kind in other.get("associationTypes", ()):
                    yield {"from": subject, "to": str(other["toObjectId"]), **kind}
            after = ((result.get("paging") or {}).get("next") or {}).get("after")
            if after:
                inputs.append({"id": subject, "after": after})


def _json(response: requests.Response) -> dict[str, Any]:
    if not response.ok:
        raise requests.HTTPError(response=response)
    answer: dict[str, Any] = response.json()
    for error in answer.get("errors") or ():
        kinds = {str(error.get(key)).split(".")[-1] for key in _KINDS}
        if not kinds & _NOTHING_FOUND:
            raise PullError(
                f"some records could not be read ({', '.join(sorted(kinds))})"
            )
    return answer


def _batches(items: Sequence[str], most: int) -> Iterable[Sequence[str]]:
    return (items[start : start + most] for start in range(0, len(items), most))
