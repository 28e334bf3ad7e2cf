"""Governance rules that are rows of a seed, turned into rules to judge by.

Four seeds hold the standards of fields, one rule a row: required_fields, picklists
(their values in picklist_values), field_formats and naming_rules. A row names a field
of an entity (people, country). Where that field stands, in each source's raw table and
in the marts, says the seed governed_fields; a column of a generic table, or of a
relation that the seed lists with *, is itself the field of its name. Each row becomes
one rule for each of these places, named after the row and the relation:
rqf_001_raw_salesforce_lead. A row of utm_rules is judged in the marts alone, where
fct_utm_violations lists the touches that break it.

A row is judged while it is in force. tolerated_share is the share of rows that may
break it, of those that it looks at; a share equal to it passes.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from lib.cli import UserError
from lib.contract import Contract
from lib.quality.rules import (
    MAXIMUM,
    SQL_RULE,
    Rule,
    Suite,
    Threshold,
    read_expectation,
)
from lib.sql import quote_identifier, quote_literal
from lib.warehouse import PROJECT_ROOT
from lib.yaml_text import parsed

GOVERNED_FIELDS = Path("quality", "governed_fields.csv")
PICKLIST_VALUES = Path("quality", "picklist_values.csv")
MARTS = "marts"
# What the marts spell as picklists do; the rest stands there as it landed.
GOLDEN_ENTITIES = ("people", "accounts")
MART_FOLDER = PROJECT_ROOT / "models" / "marts"
EVERY_COLUMN = "*"
_FOREVER = date.max


@dataclass(frozen=True)
class Place:
    """A column that holds a governed field, and the date by which a row is judged."""

    schema: str
    table: str
    column: str
    judged_on: str | None = None

    @property
    def text(self) -> str:
        """The column as trimmed text, in SQL."""
        return f"trim(cast({quote_identifier(self.column)} as varchar))"


@dataclass(frozen=True)
class SeedRow:
    """A row of a seed and where it stands, for messages."""

    place: str
    values: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        try:
            return self.values[column].strip()
        except (KeyError, AttributeError) as error:
            raise UserError(f"{self.place}: it lacks {column}") from error

    def day(self, column: str) -> date | None:
        """Return a date; None where the cell is empty."""
        try:
            return date.fromisoformat(self[column]) if self[column] else None
        except ValueError as error:
            raise UserError(f"{self.place}: {column} is no date") from error

    def share(self, column: str) -> float:
        """Return a share between 0 and 1."""
        try:
            share = float(self[column])
        except ValueError as error:
            raise UserError(f"{self.place}: {column} is no number") from error
        if not 0 <= share < 1:
            raise UserError(f"{self.place}: {column} is no share from 0 to below 1")
        return share

    def is_in_force(self, day: date) -> bool:
        """Return whether the row holds on a day."""
        starts, ends = self.day("effective_from"), self.day("effective_to")
        return (starts or date.min) <= day < (ends or _FOREVER)


@dataclass(frozen=True)
class Seeds:
    """What the seeds of one folder say about fields."""

    folder: Path
    places: Mapping[tuple[str, str], Sequence[Place]]
    picklists: Mapping[str, Sequence[tuple[str, str]]]

    @classmethod
    def read(cls, folder: Path) -> Seeds:
        """Read where fields stand and what picklists hold.

        Raises:
            UserError: a seed is missing or lacks a column; the text names it.
        """
        picklists: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for row in read_seed(folder / PICKLIST_VALUES):
            picklists[row["field"]].append((row["synonym"], row["picklist_value"]))
        return cls(folder, _read_places(folder), picklists)


Breach = Callable[[SeedRow, Place, Seeds], tuple[str, str]]


@dataclass(frozen=True)
class Standard:
    """A seed whose rows are rules: its columns, and how it words and judges one.

    breach returns SQL: the condition that a row breaks the rule, and the number of rows
    that the rule looks at, of those that are held to it. A standard without an entity
    column has one place.
    """

    seed: Path
    id_column: str
    entity_column: str | None
    says: str
    breach: Breach


def read_seed(path: Path) -> list[SeedRow]:
    """Read a seed, with the place of each row.

    Raises:
        UserError: the file cannot be read.
    """
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            reader = csv.DictReader(lines)
            return [SeedRow(f"{path}, line {reader.line_num}", row) for row in reader]
    except (OSError, ValueError, csv.Error) as error:
        raise UserError(f"no seed at {path}: {error}") from error


def read_standards(
    folder: Path, layer: str, now: datetime
) -> Iterator[tuple[tuple[str, str], dict[str, Any], Rule]]:
    """Yield relation, expectation and rule of each standard in force, in seed order.

    Args:
        folder: the folder of seeds.
        layer: raw or marts.
        now: moment of the run, UTC, without a zone.

    Raises:
        UserError: a row is malformed, or names a field or a picklist that no seed
            knows: a rule that cannot look has not passed.
    """
    seeds = Seeds.read(folder)
    for standard in STANDARDS:
        for row in read_seed(folder / standard.seed):
            if row.is_in_force(now.date()):
                for place in _places_of(standard, row, seeds):
                    if (place.schema == MARTS) == (layer == MARTS):
                        yield (
                            (place.schema, place.table),
                            *_rule(standard, row, place, seeds, now),
                        )


def add_standards(
    suites: Sequence[Suite], folder: Path, layer: str, now: datetime
) -> list[Suite]:
    """Return the suites with the standards of the seeds among their rules.

    A relation without a suite gets one. See read_standards for errors; further, a rule
    id that stands twice is one.
    """
    merged = {(suite.schema, suite.table): suite for suite in suites}
    names = {rule.rule_id for suite in suites for rule in suite.rules}
    for relation, expectation, rule in read_standards(folder, layer, now):
        if rule.rule_id in names:
            raise UserError(f"rule {rule.rule_id} of the seeds in {folder} comes twice")
        names.add(rule.rule_id)
        suite = merged.get(relation) or _empty_suite(*relation)
        merged[relation] = replace(
            suite,
            rules=(*suite.rules, rule),
            document={
                **suite.document,
                "expectations": [*suite.document["expectations"], expectation],
            },
        )
    return sorted(merged.values(), key=lambda suite: suite.name)


def text_literal(text: str) -> str:
    """Return text as it stands in the SQL of a rule.

    Braces are doubled, since {batch} is filled in, and one before a word stands alone,
    since {now} is, too; so does a colon, as the name after one would be taken for a
    parameter.
    """
    quoted = re.sub(r"\{(?=[a-z])", "{' || '", quote_literal(text))
    quoted = quoted.replace("{", "{{").replace("}", "}}")
    return quoted.replace(":", "' || ':' || '")


def picklist_key(text: str) -> str:
    """Return SQL text as spellings are compared, like the macro of this name."""
    return f"lower(trim(regexp_replace({text}, '[ _]+', ' ', 'g')))"


def _read_places(folder: Path) -> Mapping[tuple[str, str], Sequence[Place]]:
    contract = Contract.read()
    places: dict[tuple[str, str], list[Place]] = defaultdict(list)
    for table in contract.source("generic").tables.values():
        for column in table.columns:
            place = Place("raw_generic", table.name, column.name)
            places[table.name, column.name].append(place)
    rows = read_seed(folder / GOVERNED_FIELDS)
    for row in rows:
        if row["field"] != EVERY_COLUMN:
            place = Place(
                row["schema_name"],
                row["table_name"],
                row["column_name"],
                row["judged_on_column"] or None,
            )
            places[row["entity"], row["field"]].append(place)
    for row in rows:
        if row["field"] == EVERY_COLUMN:
            schema, table_name = row["schema_name"], row["table_name"]
            for name in _columns_of(row, contract):
                known = places[row["entity"], name]
                if not any(_is_placed(place, schema, table_name) for place in known):
                    known.append(Place(schema, table_name, name))
    return places


def _is_placed(place: Place, schema: str, table: str) -> bool:
    """Return whether a field stands in a relation; in the marts one is enough."""
    return place.schema == schema and (schema == MARTS or place.table == table)


def _columns_of(row: SeedRow, contract: Contract) -> list[str]:
    """Return the columns that the contract of a row's relation names."""
    schema, table_name = row["schema_name"], row["table_name"]
    if schema == MARTS:
        for path in MART_FOLDER.glob(f"*/{table_name}.yml"):
            document = parsed(path.read_text("utf-8"))
            return [column["name"] for column in document["models"][0]["columns"]]
    for source, table in contract.all_tables():
        if (source.schema, table.name) == (schema, table_name):
            return [column.name for column in table.columns]
    raise UserError(f"{row.place}: no contract declares {schema}.{table_name}")


def _places_of(standard: Standard, row: SeedRow, seeds: Seeds) -> Sequence[Place]:
    if standard.entity_column is None:
        return (Place(MARTS, "fct_utm_violations", "utm_value"),)
    entity, field = row[standard.entity_column], row["field"]
    places = seeds.places.get((entity, field))
    if not places:
        message = f"{row.place}: no row of {GOVERNED_FIELDS} says where {entity}"
        raise UserError(f"{message}.{field} stands")
    return places


def _rule(
    standard: Standard, row: SeedRow, place: Place, seeds: Seeds, now: datetime
) -> tuple[dict[str, Any], Rule]:
    """Return the expectation and the rule of a row at one place."""
    breach, total = standard.breach(row, place, seeds)
    judged = "{batch}"
    if place.judged_on is not None:
        starts = row.day("effective_from") or date.min
        day = f"coalesce({quote_identifier(place.judged_on)}, {{now}})"
        held = f"cast({day} as date) >= date '{starts.isoformat()}'"
        breach = f"{held} and {breach}"
        judged = f"(select * from {{batch}} where {held}) as held_rows"  # noqa: S608
    rule_id = re.sub(r"[^a-z0-9]+", "_", row[standard.id_column].lower())
    rule_id = f"{rule_id}_{place.schema}_{place.table}"
    share = row.share("tolerated_share")
    query = f"select * from {{batch}} where {breach}"  # noqa: S608
    meta: dict[str, Any] = {
        "rule_id": rule_id,
        "severity": row["severity"],
        "owner": row["owner"],
        "fix": row["fix"],
        "seed": standard.seed.stem,
        "seed_row_id": row[standard.id_column],
    }
    thresholds = {}
    if share > 0:
        query += " and {observed} > {threshold}"
        meta["threshold_id"] = rule_id
        meta["observed"] = (
            f"select count_if({breach}) / nullif({total}, 0) from {judged}"  # noqa: S608
        )
        thresholds[rule_id] = Threshold(rule_id, MAXIMUM, share)
    written = {
        "type": SQL_RULE,
        "kwargs": {"unexpected_rows_query": query},
        "description": standard.says.format(**row.values)
        + f" ({standard.seed.stem} {row[standard.id_column]})",
        "meta": meta,
    }
    return read_expectation(written, row.place, thresholds, now)


def _empty_suite(schema: str, table: str) -> Suite:
    layer = MARTS if schema == MARTS else "raw"
    name = f"{layer}__{table if layer == MARTS else f'{schema[4:]}__{table}'}"
    return Suite(
        name=name,
        schema=schema,
        table=table,
        document={
            "name": name,
            "meta": {"schema": schema, "table": table},
            "expectations": [],
            "notes": "Rules of the seeds.",
        },
    )


def _is_filled(place: Place) -> str:
    return f"coalesce({place.text}, '') != ''"


def _filled_rows(place: Place) -> str:
    return f"count_if({_is_filled(place)})"


def _is_missing(_row: SeedRow, place: Place, _seeds: Seeds) -> tuple[str, str]:
    return f"coalesce({place.text}, '') = ''", "count(*)"


def _is_unlisted(row: SeedRow, place: Place, seeds: Seeds) -> tuple[str, str]:
    """A landed value is some spelling of a listed one; a golden value is that one."""
    spellings = seeds.picklists.get(row["picklist"])
    if not spellings:
        message = f"{row.place}: {PICKLIST_VALUES} has no value of {row['picklist']}"
        raise UserError(message)
    is_golden = place.schema == MARTS and row["entity"] in GOLDEN_ENTITIES
    text = place.text if is_golden else picklist_key(place.text)
    listed = {value if is_golden else synonym for synonym, value in spellings}
    literals = ", ".join(text_literal(value) for value in sorted(listed))
    return f"{_is_filled(place)} and {text} not in ({literals})", _filled_rows(place)


def _is_malformed(row: SeedRow, place: Place, _seeds: Seeds) -> tuple[str, str]:
    pattern = row["pattern"]
    try:
        complies = re.fullmatch(pattern, row["example"])
    except re.error as error:
        raise UserError(f"{row.place}: pattern is not one: {error}") from error
    if not complies:
        raise UserError(f"{row.place}: the example does not match the pattern")
    match = f"regexp_full_match({place.text}, {text_literal(pattern)})"
    return f"{_is_filled(place)} and not {match}", _filled_rows(place)


def _midnight(day: date) -> str:
    """Return the moment, UTC, at which a day begins where is reported from.

    The bounds are brought to the zone of the touches: there are millions of those.
    """
    local = f"timestamp '{day}' at time zone " + "{reporting_time_zone}"
    return f"({local} at time zone 'UTC')"


def _is_violated(row: SeedRow, _place: Place, _seeds: Seeds) -> tuple[str, str]:
    """A rule looks at the tagged touches of its span, as fct_utm_violations does."""
    rule_id = text_literal(row["utm_rule_id"])
    moment = "coalesce(touched_at, {now})"
    starts = _midnight(row.day("effective_from") or date.min)
    ends = _midnight(row.day("effective_to") or _FOREVER)
    tagged = f"is_tagged and {moment} >= {starts} and {moment} < {ends}"
    total = f"(select count_if({tagged}) from marts.fct_touchpoints)"  # noqa: S608
    return f"utm_rule_id = {rule_id}", total


STANDARDS = (
    Standard(
        Path("quality", "required_fields.csv"),
        *("required_field_id", "entity"),
        "{field} of {entity} is filled",
        _is_missing,
    ),
    Standard(
        Path("quality", "picklists.csv"),
        *("picklist_id", "entity"),
        "{field} of {entity} is on the picklist {picklist}",
        _is_unlisted,
    ),
    Standard(
        Path("quality", "field_formats.csv"),
        *("field_format_id", "entity"),
        "{field} of {entity} is written like {example}",
        _is_malformed,
    ),
    Standard(
        Path("quality", "naming_rules.csv"),
        *("naming_rule_id", "asset_type"),
        "{field} of {asset_type} is named like {example}",
        _is_malformed,
    ),
    Standard(
        Path("campaigns", "utm_rules.csv"),
        *("utm_rule_id", None),
        "Links heed the rule {rule} of {parameter}",
        _is_violated,
    ),
)
