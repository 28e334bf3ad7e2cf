"""The published file, read-only, and what may be said of its state.

The dashboard reads reports and pre-aggregated marts; single records are read only where
somebody asks for the rows behind a figure, and never more than MOST_ROWS.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import streamlit as st

from lib.cli import UserError
from lib.publish import MANIFEST, latest_publication
from lib.warehouse import PROJECT_ROOT

MOST_ROWS = 1_000
_DATABASE = "mops_marts.duckdb"
_DOCS_BLOCK = re.compile(r"{% docs (\w+) %}(.*?){% enddocs %}", re.DOTALL)


@dataclass(frozen=True)
class Publication:
    """A version that stands: where it lies, as of when it was built, in which money."""

    path: Path
    as_of: datetime
    currency: str
    default_model: str
    published_at: str


def out_folder() -> Path:
    """Return the folder that export.py wrote to; MOPS_OUT names another one."""
    return Path(os.environ.get("MOPS_OUT", str(PROJECT_ROOT / "output")))


def take() -> None:
    """Settle which publication this run of the page shows, from first to last figure.

    Raises:
        UserError: nothing is published.
    """
    st.session_state["version"] = str(latest_publication(out_folder()))


def standing() -> Publication:
    """Return the publication that this run shows.

    Raises:
        UserError: it cannot be read.
    """
    return _described(st.session_state["version"])


@st.cache_data(max_entries=4, show_spinner=False)
def _described(version: str) -> Publication:
    path = Path(version)
    settings = rows_of(path, "select * from marts.dim_build_settings").iloc[0]
    manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    return Publication(
        path=path,
        as_of=settings["as_of"].to_pydatetime(),
        currency=str(settings["reporting_currency"]),
        default_model=str(settings["default_attribution_model"]),
        published_at=str(manifest.get("published_at", "")),
    )


@st.cache_resource(max_entries=2, show_spinner=False)
def _connected(version: str) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(f"{version}/{_DATABASE}", read_only=True)
    except duckdb.Error as error:
        raise UserError(f"the publication {version} cannot be read") from error


def rows_of(
    path: Path, query: str, parameters: Mapping[str, Any] | None = None
) -> pd.DataFrame:
    """Return the rows of a query on a version; values are parameters, never text.

    Args:
        path: folder of the version.
        query: SQL over marts and reports.
        parameters: values by name.
    """
    cursor = _connected(str(path)).cursor()
    return cursor.execute(query, dict(parameters or {})).df()


@st.cache_data(max_entries=256, show_spinner=False)
def _cached(version: str, query: str, parameters: tuple[tuple[str, Any], ...]) -> Any:
    return rows_of(Path(version), query, dict(parameters))


def read(query: str, **parameters: Any) -> pd.DataFrame:
    """Return the rows of a query on the publication that stands, from the cache."""
    version = str(standing().path)
    frame: pd.DataFrame = _cached(version, query, tuple(sorted(parameters.items())))
    return frame


@st.cache_data(max_entries=4, show_spinner=False)
def _relations(version: str) -> frozenset[str]:
    found = rows_of(Path(version), "select table_name from information_schema.tables")
    return frozenset(found["table_name"])


def holds(*relations: str) -> bool:
    """Whether the publication has these relations, and each has a row."""
    version = str(standing().path)
    if not _relations(version).issuperset(relations):
        return False
    return all(
        not read("select 1 from query_table($place) limit 1", place=_place(name)).empty
        for name in relations
    )


def _place(name: str) -> str:
    return f"{'reports' if name.startswith('rpt_') else 'marts'}.{name}"


def trust() -> str:
    """Return in words on what data multi-touch figures rest."""
    if not holds("fct_attribution_trust"):
        return "on what data the figures rest was not measured"
    criteria = read("select is_met, trust_verdict from marts.fct_attribution_trust")
    held = int(criteria["is_met"].fillna(False).astype(bool).sum())
    return (
        f"{criteria['trust_verdict'].iat[0]}: {held} of {len(criteria)} criteria of "
        "the data hold"
    )


@st.cache_data(show_spinner=False)
def definitions() -> dict[str, str]:
    """Return what each metric means, in the words of models/_metrics.md."""
    text = (PROJECT_ROOT / "models" / "_metrics.md").read_text(encoding="utf-8")
    return {name: words.strip() for name, words in _DOCS_BLOCK.findall(text)}


def quarters() -> list[date]:
    """Return the first days of the quarters that the reports hold, newest first."""
    found = read(
        "select distinct quarter_start from reports.rpt_pipeline_quarters "
        "order by quarter_start desc"
    )
    return [moment.date() for moment in found["quarter_start"]]
