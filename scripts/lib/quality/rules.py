"""Governance rules as they are written: suites as JSON, limits in a seed.

A suite is a file tests/expectations/<layer>__<relation>.json in Great Expectations'
own shape. Its meta names the relation. The description of each expectation is the rule
in a sentence; its meta says what the verdict means to people:

    rule_id       unique over all suites; also the name of the file of failing rows
    severity      critical (fails the run) or warning
    owner, fix    who has the rows mended, and how
    threshold_id  optional: the row of quality_thresholds that limits the rule. It
                  reaches the expectation as {"$PARAMETER": "<threshold_id>"} in its
                  kwargs, or as {threshold} in its SQL
    observed      an SQL query for the one figure that is held to the threshold of a
                  rule written in SQL; {observed} in the rule's SQL stands for it
    has_findings  optional, true: the column finding of a rule written in SQL says in
                  words what is wrong with a row, without a value of personal data

Rules that are rows of a seed stand in no suite: lib/quality/standards.py adds them.

In SQL, {batch} is the relation, {now} the moment of the run in UTC, and
{reporting_currency} and {reporting_time_zone} the vars of these names.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from lib.cli import UserError
from lib.sql import relation
from lib.warehouse import PROJECT_ROOT

CRITICAL = "critical"
WARNING = "warning"
# Most failing rows of a rule that are written down; all are counted.
ROW_LIMIT = 10_000
# Most findings of a rule that are said; its failing rows hold all of them.
FINDING_LIMIT = 10
MAXIMUM = "maximum"
MINIMUM = "minimum"
SQL_RULE = "unexpected_rows_expectation"
# Column rules whose failing rows Great Expectations names correctly. It drops row
# conditions and multiplies rows of rules over several columns: those are SQL rules.
COLUMN_RULES = frozenset(
    {
        "expect_column_values_to_be_between",
        "expect_column_values_to_be_in_set",
        "expect_column_values_to_be_null",
        "expect_column_values_to_be_unique",
        "expect_column_values_to_not_be_in_set",
        "expect_column_values_to_not_be_null",
    }
)
FIGURE_RULES = frozenset(
    {
        "expect_column_max_to_be_between",
        "expect_column_mean_to_be_between",
        "expect_column_median_to_be_between",
        "expect_column_min_to_be_between",
        "expect_column_stdev_to_be_between",
        "expect_column_sum_to_be_between",
        "expect_column_unique_value_count_to_be_between",
        "expect_table_row_count_to_be_between",
    }
)
_META = ("rule_id", "severity", "owner", "fix")
_RULE_ID = re.compile(r"[a-z][a-z0-9_]*")
_PARAMETER_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Threshold:
    """A limit; a value equal to it passes."""

    threshold_id: str
    bound: str
    value: float


@dataclass(frozen=True)
class Rule:
    """One expectation and what its verdict means."""

    rule_id: str
    severity: str
    owner: str
    fix: str
    expectation_type: str
    column: str | None
    query: str | None
    observed: str | None
    threshold: Threshold | None
    has_findings: bool = False


@dataclass(frozen=True)
class Suite:
    """The rules of one relation; document is what Great Expectations reads."""

    name: str
    schema: str
    table: str
    document: Mapping[str, Any]
    rules: tuple[Rule, ...] = field(default=())

    @property
    def relation(self) -> str:
        """The relation as people write it."""
        return f"{self.schema}.{self.table}"

    @property
    def quoted_relation(self) -> str:
        """The relation as SQL takes it."""
        return relation(self.schema, self.table)


@dataclass(frozen=True)
class Verdict:
    """What became of one rule.

    Attributes:
        suite: the suite that holds the rule.
        rule: the rule.
        success: whether it holds.
        observed: the figure that was judged, in the unit of the threshold; without one,
            the number of failing rows or the statistic of the column.
        rows_checked: rows that the rule looked at.
        rows_failed: rows that break it, within the threshold or not; None for a rule
            about a statistic.
        rows_query: SQL that gives these rows; None where there are none to give.
        findings: what is wrong with the first of them, in words.
    """

    suite: Suite
    rule: Rule
    success: bool
    observed: float | None
    rows_checked: int
    rows_failed: int | None
    rows_query: str | None
    findings: tuple[str, ...] = ()


def read_thresholds(path: Path) -> dict[str, Threshold]:
    """Read the seed of limits, keyed by threshold_id.

    Raises:
        UserError: the file is missing, a bound is unknown, a value is no number, or an
            id comes twice; the text names the file and the line.
    """
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except OSError as error:
        raise UserError(f"no thresholds at {path}: {error.strerror}") from error
    thresholds: dict[str, Threshold] = {}
    for number, row in enumerate(rows, start=2):
        try:
            threshold = Threshold(
                row["threshold_id"], row["bound"], float(row["value"])
            )
        except (KeyError, TypeError, ValueError) as error:
            message = f"{path}, line {number}: needs threshold_id, bound and a number"
            raise UserError(message) from error
        if not _PARAMETER_NAME.fullmatch(threshold.threshold_id):
            raise UserError(f"{path}, line {number}: threshold_id is not snake_case")
        if threshold.bound not in (MAXIMUM, MINIMUM):
            raise UserError(f"{path}, line {number}: bound is not maximum or minimum")
        if threshold.threshold_id in thresholds:
            raise UserError(f"{path}, line {number}: threshold_id comes twice")
        thresholds[threshold.threshold_id] = threshold
    return thresholds


def read_suites(
    directory: Path, layer: str, thresholds: Mapping[str, Threshold], now: datetime
) -> list[Suite]:
    """Read the suites of a layer, in the order of their names.

    Args:
        directory: where <layer>__<relation>.json stand.
        layer: raw or marts.
        thresholds: limits by id.
        now: moment of the run, UTC, without a zone.

    Raises:
        UserError: there is no suite (which is no pass), or one is malformed; the text
            names the file and the rule.
    """
    paths = sorted(directory.glob(f"{layer}__*.json"))
    if not paths:
        raise UserError(f"no suite {layer}__*.json in {directory}: nothing was checked")
    suites = [_read_suite(path, thresholds, now) for path in paths]
    seen: dict[str, str] = {}
    for suite in suites:
        for rule in suite.rules:
            other = seen.setdefault(rule.rule_id, suite.name)
            if other != suite.name:
                message = f"rule {rule.rule_id} stands in {other} and in {suite.name}"
                raise UserError(message)
    return suites


def suite_parameters(
    thresholds: Mapping[str, Threshold], now: datetime
) -> dict[str, float | str]:
    """Return what {"$PARAMETER": …} may name in a suite.

    latest_plausible is a day ahead: clocks and time zones of sources disagree by hours.
    """
    values: dict[str, float | str] = {
        name: threshold.value for name, threshold in thresholds.items()
    }
    values["latest_plausible"] = (now + timedelta(days=1)).isoformat(sep=" ")
    return values


def _read_suite(
    path: Path, thresholds: Mapping[str, Threshold], now: datetime
) -> Suite:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"{path} is no JSON suite: {error}") from error
    meta = document.get("meta", {})
    if document.get("name") != path.stem:
        raise UserError(f"{path}: its name is not {path.stem}")
    if not meta.get("schema") or not meta.get("table"):
        raise UserError(f"{path}: its meta lacks the schema or the table")
    if not document.get("expectations"):
        raise UserError(f"{path}: holds no expectation")
    expectations: list[dict[str, Any]] = []
    rules: list[Rule] = []
    for number, written in enumerate(document["expectations"], start=1):
        place = f"{path}, expectation {number}"
        expectation, rule = read_expectation(written, place, thresholds, now)
        if rule.rule_id in {known.rule_id for known in rules}:
            raise UserError(f"{place}: rule {rule.rule_id} comes twice")
        expectations.append(expectation)
        rules.append(rule)
    return Suite(
        name=path.stem,
        schema=meta["schema"],
        table=meta["table"],
        document={**document, "expectations": expectations},
        rules=tuple(rules),
    )


def read_expectation(
    written: Mapping[str, Any],
    place: str,
    thresholds: Mapping[str, Threshold],
    now: datetime,
) -> tuple[dict[str, Any], Rule]:
    """Return the expectation with its SQL filled in, and the rule it stands for."""
    meta = written.get("meta", {})
    lacking = [key for key in _META if not meta.get(key)]
    lacking += [key for key in ("type", "description") if not written.get(key)]
    if lacking:
        raise UserError(f"{place}: it lacks {', '.join(lacking)}")
    rule_id, severity = meta["rule_id"], meta["severity"]
    if not _RULE_ID.fullmatch(rule_id):
        raise UserError(f"{place}: rule_id {rule_id!r} is not snake_case")
    if severity not in (CRITICAL, WARNING):
        raise UserError(f"{place}: severity of {rule_id} is not critical or warning")
    threshold = _threshold_of(meta, place, thresholds)
    kwargs = dict(written.get("kwargs", {}))
    query, observed = kwargs.get("unexpected_rows_query"), meta.get("observed")
    _check_kwargs(written.get("type"), kwargs, threshold, observed, place)
    if query is not None:
        query = query.replace("{observed}", f"({observed})")
        query = kwargs["unexpected_rows_query"] = _filled(query, threshold, now)
    rule = Rule(
        rule_id=rule_id,
        severity=severity,
        owner=meta["owner"],
        fix=meta["fix"],
        expectation_type=written["type"],
        column=kwargs.get("column"),
        query=query,
        observed=_filled(observed, threshold, now) if observed else None,
        threshold=threshold,
        has_findings=meta.get("has_findings") is True,
    )
    # Data Docs show the description alone.
    says = f"{written['description']} ({severity} {rule_id}, owner {rule.owner})"
    filled = {"kwargs": kwargs, "severity": severity, "description": says}
    return {**written, **filled}, rule


def _threshold_of(
    meta: Mapping[str, Any], place: str, thresholds: Mapping[str, Threshold]
) -> Threshold | None:
    name = meta.get("threshold_id")
    if name is None:
        return None
    if name not in thresholds:
        raise UserError(f"{place}: quality_thresholds has no row {name}")
    return thresholds[name]


def _check_kwargs(
    kind: str | None,
    kwargs: Mapping[str, Any],
    threshold: Threshold | None,
    observed: str | None,
    place: str,
) -> None:
    if kind not in COLUMN_RULES | FIGURE_RULES | {SQL_RULE}:
        raise UserError(
            f"{place}: type {kind} is not supported; write it as {SQL_RULE}"
        )
    if kwargs.get("row_condition"):
        raise UserError(f"{place}: has a row condition; write it as {SQL_RULE}")
    query = kwargs.get("unexpected_rows_query", "")
    if kind == SQL_RULE and "{batch}" not in query:
        raise UserError(f"{place}: its SQL does not read {{batch}}")
    if "{threshold}" in query and not observed:
        raise UserError(f"{place}: its meta lacks observed, what the threshold limits")
    named = "{threshold}" in query or any(
        isinstance(value, Mapping)
        and threshold is not None
        and threshold.threshold_id in value.get("$PARAMETER", "").split()
        for value in kwargs.values()
    )
    if named != (threshold is not None):
        raise UserError(f"{place}: threshold_id and its use do not agree")


def _filled(query: str, threshold: Threshold | None, now: datetime) -> str:
    """Fill all but {batch} in: a number, a time and a code that are checked or ours."""
    if threshold is not None:
        query = query.replace("{threshold}", repr(threshold.value))
    query = query.replace("{now}", f"timestamp '{now:%Y-%m-%d %H:%M:%S}'")
    query = query.replace("{reporting_time_zone}", f"'{reporting_time_zone()}'")
    return query.replace("{reporting_currency}", f"'{reporting_currency()}'")


@cache
def reporting_currency() -> str:
    """Return the currency that dbt_project.yml names.

    Raises:
        UserError: it is no ISO 4217 code.
    """
    return _var("reporting_currency", r"[A-Z]{3}")


@cache
def reporting_time_zone() -> str:
    """Return the time zone that dbt_project.yml names.

    Raises:
        UserError: it is no name of a zone.
    """
    return _var("reporting_time_zone", r"[A-Za-z0-9_+/-]+")


def _var(name: str, pattern: str) -> str:
    project = yaml.safe_load((PROJECT_ROOT / "dbt_project.yml").read_text("utf-8"))
    value = str(project["vars"][name])
    if not re.fullmatch(pattern, value):
        raise UserError(f"dbt_project.yml: {name} {value!r} is none")
    return value
