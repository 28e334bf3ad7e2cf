"""Judge suites with Great Expectations on a warehouse that is only read.

Importing this module takes seconds, since Great Expectations does: import it where it
is needed.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

os.environ["GX_ANALYTICS_ENABLED"] = "false"

import great_expectations as gx
from great_expectations.core.expectation_suite import ExpectationSuite
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.datasource.fluent.interfaces import TestConnectionError
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from lib.cli import UserError
from lib.quality.fingerprint import fingerprint
from lib.quality.mend import mend
from lib.quality.rules import (
    COLUMN_RULES,
    FINDING_LIMIT,
    MINIMUM,
    SQL_RULE,
    Rule,
    Suite,
    Verdict,
)
from lib.sql import columns as quoted_columns
from lib.warehouse import memory_limit, reason_of

_DOCS_SITE = "docs"

# It tells of its temporary files wherever a log goes to the terminal, as beside dbt.
logging.getLogger("great_expectations.data_context.types.base").setLevel(
    logging.WARNING
)


class Inspection:
    """An open look at the warehouse: while it lasts, nobody can write there."""

    def __init__(self, context: Any, source: Any, connection: Connection) -> None:
        self._context = context
        self._source = source
        self.connection = connection

    def query(self, sql: str, parameters: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """Return the rows of a query."""
        return self.connection.exec_driver_sql(sql, tuple(parameters)).fetchall()

    def build_id(self) -> str:
        """Return the fingerprint of the marts and reports that are looked at."""
        [[catalog]] = self.query("select current_database()", ())
        return fingerprint(self.query, catalog)

    def judge(
        self,
        suite: Suite,
        parameters: Mapping[str, Any],
        columns: Sequence[str],
        run_id: str,
    ) -> list[Verdict]:
        """Judge the rules of one suite, in the order in which they stand there.

        Args:
            suite: the rules and their relation.
            parameters: values for {"$PARAMETER": …}.
            columns: the relation's columns.
            run_id: name of the run in Data Docs.

        Raises:
            UserError: a rule cannot be evaluated; the text names it and says why.
        """
        asset = self._source.add_table_asset(
            suite.relation, table_name=suite.table, schema_name=suite.schema
        )
        definition = self._context.validation_definitions.add(
            gx.ValidationDefinition(
                name=suite.name,
                data=asset.add_batch_definition_whole_table("all"),
                suite=self._context.suites.add(ExpectationSuite(**suite.document)),
            )
        )
        # No sample of values: Data Docs are shared more widely than failing rows are.
        results = definition.run(
            # Given a time, as it would look for one in the name.
            run_id=RunIdentifier(run_name=run_id, run_time=datetime.now(UTC)),
            expectation_parameters=dict(parameters),
            result_format={
                "result_format": "SUMMARY",
                "partial_unexpected_count": 0,
                "unexpected_index_column_names": list(columns),
                "return_unexpected_index_query": True,
            },
        ).results
        by_rule = {
            result.expectation_config.meta["rule_id"]: result for result in results
        }
        self._raise_failures(suite, by_rule)
        row_count = int(self._figure("select count(*) from {batch}", suite) or 0)
        return [
            self._verdict(suite, rule, by_rule[rule.rule_id], row_count, columns)
            for rule in suite.rules
        ]

    def write_docs(self, directory: Path) -> None:
        """Write Data Docs about what was judged in place of those that stand there."""
        fresh = directory.with_name(f".{directory.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        self._context.add_data_docs_site(
            _DOCS_SITE,
            {
                "class_name": "SiteBuilder",
                "show_how_to_buttons": False,
                "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
                "store_backend": {
                    "class_name": "TupleFilesystemStoreBackend",
                    "base_directory": str(fresh.resolve()),
                },
            },
        )
        self._context.build_data_docs(site_names=[_DOCS_SITE])
        shutil.rmtree(directory, ignore_errors=True)
        fresh.rename(directory)

    def _raise_failures(self, suite: Suite, results: Mapping[str, Any]) -> None:
        """Raise a UserError about the rule that could not be evaluated, if any.

        An error ends the transaction, and every query after it fails for that reason
        alone, Great Expectations' second try of the faulty one included. So the rules
        in SQL are asked once more.
        """
        reasons = {
            rule: reason
            for rule in suite.rules
            if (reason := _failure(results[rule.rule_id].exception_info)) is not None
        }
        for rule in reasons:
            self.connection.rollback()
            if rule.query is not None:
                query = rule.query.format(batch=suite.quoted_relation)
                try:
                    self.query(f"select count(*) from ({query}) as failing_rows", ())  # noqa: S608
                except DBAPIError as error:
                    reasons = {rule: _reason(str(error.orig))}
                    break
        for rule, reason in reasons.items():
            place = f"rule {rule.rule_id} on {suite.relation}"
            raise UserError(f"{place} cannot be judged: {reason}")

    def _verdict(
        self, suite: Suite, rule: Rule, result: Any, rows: int, columns: Sequence[str]
    ) -> Verdict:
        found = result.result
        rows_checked, rows_failed, rows_query = rows, None, None
        if rule.expectation_type in COLUMN_RULES:
            rows_checked = found["element_count"] - found.get("missing_count", 0)
            rows_failed = found.get("unexpected_count") or 0
            rows_query = _whole_rows(found["unexpected_index_query"], columns)
        elif rule.expectation_type == SQL_RULE and rule.query is not None:
            rows_failed = found["observed_value"]
            rows_query = rule.query.format(batch=suite.quoted_relation)
        return Verdict(
            suite=suite,
            rule=rule,
            success=bool(result.success),
            observed=self._observed(suite, rule, found, rows_checked, rows_failed),
            rows_checked=rows_checked,
            rows_failed=rows_failed,
            rows_query=rows_query if rows_failed else None,
            findings=self._findings(rule, rows_query) if rows_failed else (),
        )

    def _findings(self, rule: Rule, rows_query: str | None) -> tuple[str, ...]:
        if not rule.has_findings or rows_query is None:
            return ()
        query = f"select finding from ({rows_query}) as failing_rows limit ?"  # noqa: S608
        return tuple(str(row[0]) for row in self.query(query, (FINDING_LIMIT,)))

    def _observed(
        self,
        suite: Suite,
        rule: Rule,
        found: Mapping[str, Any],
        rows_checked: int,
        rows_failed: int | None,
    ) -> float | None:
        if rule.observed is not None:
            return self._figure(rule.observed, suite)
        if rule.expectation_type in COLUMN_RULES and rule.threshold is not None:
            if not rows_checked or rows_failed is None:
                return None
            share = rows_failed / rows_checked
            return 1 - share if rule.threshold.bound == MINIMUM else share
        value = rows_failed if rows_failed is not None else found.get("observed_value")
        return None if value is None else float(value)

    def _figure(self, query: str, suite: Suite) -> float | None:
        value = self.query(query.format(batch=suite.quoted_relation), ())[0][0]
        return None if value is None else float(value)


@contextmanager
def inspect(warehouse: Path) -> Iterator[Inspection]:
    """Open the warehouse for Great Expectations, read-only, and let go of it after.

    Raises:
        UserError: the warehouse cannot be opened.
    """
    mend()
    limit = memory_limit()
    config = {"memory_limit": limit} if limit else {}
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    try:
        source = context.data_sources.add_sql(
            "warehouse",
            connection_string=f"duckdb:///{warehouse}",
            kwargs={"connect_args": {"read_only": True, "config": config}},  # type: ignore[call-arg]
        )
    except TestConnectionError as error:
        raise UserError(reason_of(warehouse, error)) from error
    engine = source.get_execution_engine()
    try:
        with engine.get_connection() as connection:
            yield Inspection(context, source, connection)
    except DBAPIError as error:
        raise UserError(
            f"a rule cannot be judged: {_reason(str(error.orig))}"
        ) from error
    finally:
        # Each holds connections of its own, and a writer needs all of them gone.
        engine.close()
        engine.engine.dispose()
        source.get_engine().dispose()


def _whole_rows(index_query: str, columns: Sequence[str]) -> str:
    """Return the query without its last column, the tested one once more."""
    names = quoted_columns(columns)
    query = index_query.rstrip("; \n")
    return f'select {names} from ({query}) as failing_rows ({names}, "(tested)")'  # noqa: S608


def _failure(exception_info: Mapping[str, Any]) -> str | None:
    """Return why a rule raised; None if it did not."""
    single = "raised_exception" in exception_info
    for detail in [exception_info] if single else exception_info.values():
        if detail.get("raised_exception"):
            return _reason(str(detail.get("exception_message")))
    return None


def _reason(message: str) -> str:
    """Return what DuckDB says about names; its other messages quote the data."""
    named = re.search(r"(?:Binder|Catalog|Parser) Error: [^\n]+", message)
    if named:
        return named.group(0)
    kind = re.search(r"[A-Z]\w+(?: \w+)? Error", message)
    return kind.group(0) if kind else "an error in the rule"
