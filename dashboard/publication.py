"""The published file, read-only, and what may be said of its state.

The dashboard reads reports and pre-aggregated marts; single records are read only where
somebody asks for the rows behind a figure. Of those MOST_ROWS are shown; a download
has all.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pandas as pd
import streamlit as st

from lib.catalog import MODELS_FOLDER, PublicModel, read_catalog
from lib.cli import UserError
from lib.publish import DATABASE, latest_publication
from lib.refusals import Refusal, last_refusal
from lib.warehouse import PROJECT_ROOT

MOST_ROWS = 1_000
_DOCS_BLOCK = re.compile(r"{% docs (\w+) %}(.*?){% enddocs %}", re.DOTALL)
_RELATION = re.compile(r"\b(?:marts|reports)\.(\w+)")
_PARAMETER = re.compile(r"\$(\w+)")


class MissingError(UserError):
    """The publication lacks what somebody wants to read of it."""


@dataclass(frozen=True)
class Publication:
    """A version that stands, and what it was built with."""

    path: Path
    as_of: datetime
    currency: str
    time_zone: str
    default_model: str

    @property
    def last_whole_day(self) -> date:
        """The last day that was over by as_of, where the company reports."""
        moment = self.as_of.replace(tzinfo=UTC) + timedelta(microseconds=1)
        first_not_over = moment.astimezone(ZoneInfo(self.time_zone)).date()
        return first_not_over - timedelta(days=1)


def out_folder() -> Path:
    """Return the folder that export.py wrote to; MOPS_OUT names another one."""
    return Path(os.environ.get("MOPS_OUT", str(PROJECT_ROOT / "output")))


def take() -> None:
    """Settle which publication this run of the page shows, from first to last figure.

    Raises:
        UserError: nothing is published.
    """
    st.session_state["version"] = str(latest_publication(out_folder()))


def refusal() -> Refusal | None:
    """Return the build that was refused since the last publication, if one was."""
    return last_refusal(out_folder())


def standing() -> Publication:
    """Return the publication that this run shows.

    Raises:
        UserError: it cannot be read.
    """
    return _described(st.session_state["version"])


@st.cache_resource(max_entries=4, show_spinner=False)
def _described(version: str) -> Publication:
    path = Path(version)
    settings = rows_of(path, "select * from marts.dim_build_settings").iloc[0]
    return Publication(
        path=path,
        as_of=settings["as_of"].to_pydatetime(),
        currency=str(settings["reporting_currency"]),
        time_zone=str(settings["reporting_time_zone"]),
        default_model=str(settings["default_attribution_model"]),
    )


@st.cache_resource(max_entries=2, show_spinner=False)
def _connected(version: str) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(f"{version}/{DATABASE}", read_only=True)
    except duckdb.Error as error:
        raise UserError(f"the publication {version} cannot be read") from error


def rows_of(
    path: Path, query: str, parameters: Mapping[str, Any] | None = None
) -> pd.DataFrame:
    """Return the rows of a query on a version.

    Args:
        path: folder of the version.
        query: SQL over marts and reports.
        parameters: values by name, never text of the query; it may leave some out.

    Raises:
        MissingError: the version lacks a relation or column that the query names.
    """
    values = parameters or {}
    named = {name: values[name] for name in set(_PARAMETER.findall(query))}
    try:
        frame = _connected(str(path)).cursor().execute(query, named).df()
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        gone = sorted(set(_RELATION.findall(query)) - _relations(str(path)))
        what = ", ".join(gone) or str(error).splitlines()[0]
        raise MissingError(what) from error
    # What the columns mean is found by where they come from.
    frame.attrs["relations"] = list(dict.fromkeys(_RELATION.findall(query)))
    return frame


@st.cache_data(max_entries=256, show_spinner=False)
def _cached(version: str, query: str, parameters: tuple[tuple[str, Any], ...]) -> Any:
    return rows_of(Path(version), query, dict(parameters))


def read(query: str, **parameters: Any) -> pd.DataFrame:
    """Return the rows of a query on the publication that stands, from the cache.

    Raises:
        MissingError: it lacks a relation or column that the query names.
    """
    named = set(_PARAMETER.findall(query))
    wanted = tuple(sorted((k, v) for k, v in parameters.items() if k in named))
    frame: pd.DataFrame = _cached(str(standing().path), query, wanted)
    return frame


@st.cache_resource(max_entries=4, show_spinner=False)
def _relations(version: str) -> frozenset[str]:
    found = _connected(version).cursor()
    names = found.execute("select table_name from information_schema.tables")
    return frozenset(name for (name,) in names.fetchall())


def holds(*relations: str) -> bool:
    """Whether the publication has these relations, and each has a row."""
    if not _relations(str(standing().path)).issuperset(relations):
        return False
    return all(
        not read("select 1 from query_table($place) limit 1", place=_place(name)).empty
        for name in relations
    )


def _place(name: str) -> str:
    return f"{'reports' if name.startswith('rpt_') else 'marts'}.{name}"


def trust() -> str:
    """Return in words on what data multi-touch figures rest."""
    return _trusted(str(standing().path))


@st.cache_resource(max_entries=4, show_spinner=False)
def _trusted(version: str) -> str:
    try:
        criteria = rows_of(Path(version), _TRUST)
    except MissingError:
        return _UNTRIED
    if criteria.empty:
        return _UNTRIED
    held = int(criteria["is_met"].fillna(False).astype(bool).sum())
    return (
        f"{criteria['trust_verdict'].iat[0]}: {held} of {len(criteria)} criteria of "
        "the data hold"
    )


_TRUST = "select is_met, trust_verdict from marts.fct_attribution_trust"
_UNTRIED = "on what data the figures rest was not measured"


@st.cache_resource(show_spinner=False)
def definitions() -> Mapping[str, str]:
    """Return what each metric means, in the words of models/_metrics.md."""
    text = (MODELS_FOLDER / "_metrics.md").read_text(encoding="utf-8")
    found = {name: words.strip() for name, words in _DOCS_BLOCK.findall(text)}
    return MappingProxyType(found)


def column_meaning(frame: pd.DataFrame, column: str) -> str | None:
    """Return what a column of rows that were read means, where its name is theirs."""
    for relation in frame.attrs.get("relations", ()):
        model = _catalog().get(relation)
        if model is not None and column in model.columns:
            return model.columns[column].description
    return None


@st.cache_resource(show_spinner=False)
def _catalog() -> Mapping[str, PublicModel]:
    """Return what is said of marts and reports; it takes most of a second."""
    return MappingProxyType(read_catalog())


def read_ahead() -> None:
    """Read what each page needs, so that the first visit does not wait for it."""
    definitions()
    _catalog()
    try:
        version = str(latest_publication(out_folder()))
        _described(version)
    except UserError:
        return  # nothing is published yet, or it cannot be read: the page says so
    _relations(version)
    _trusted(version)


def quarters() -> list[date]:
    """Return the first days of the quarters that the reports hold, newest first."""
    found = read(
        "select distinct quarter_start from reports.rpt_pipeline_quarters "
        "order by quarter_start desc"
    )
    return [moment.date() for moment in found["quarter_start"]]
