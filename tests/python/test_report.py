"""The answer's text: figures to the cent, and a line about what no figure holds."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from lib.cli import UserError
from lib.pipeline_answer import Answer, Line, Platform, as_markdown, read_answer

QUARTER = date(2026, 7, 1)
EMAIL = Line("email", 2, Decimal("1500.75"), Decimal("100"))


def text_of(*lines: Line) -> str:
    return as_markdown(Answer(QUARTER, lines))


def test_money_with_rates_needs_no_further_line() -> None:
    text = text_of(EMAIL)
    assert (
        "Marketing sourced 1,500.75 of pipeline in 2 opportunities at a cost of "
        "100.00, 15.01 for each unit spent.\n\n| Channel" in text
    )
    assert "exchange rate" not in text


@pytest.mark.parametrize(
    ("opportunities", "spend_days", "lines"),
    [
        (
            (2, 1),
            (0, 0),
            [
                "3 opportunities of the quarter have no exchange rate: their value is "
                "not in these figures."
            ],
        ),
        (
            (0, 1),
            (700, 500),
            [
                "1 opportunity of the quarter has no exchange rate: its value is not "
                "in these figures.",
                "1,200 rows of spend of the quarter have no exchange rate: their value "
                "is not in these figures.",
            ],
        ),
    ],
)
def test_money_without_a_rate_is_told(
    opportunities: tuple[int, int], spend_days: tuple[int, int], lines: list[str]
) -> None:
    event = Line("event", 0, Decimal(0), Decimal(0), opportunities[1], spend_days[1])
    mail = Line("email", 2, Decimal(9), Decimal(1), opportunities[0], spend_days[0])
    told = [line for line in text_of(mail, event).splitlines() if "rate" in line]
    assert told == lines


def test_the_platforms_tell_whether_spend_reconciles() -> None:
    platforms = (
        Platform("google_ads", Decimal("1234.567"), True),
        Platform("meta_ads", Decimal("8"), False),
        Platform("microsoft_ads", Decimal("0.5"), True),
    )
    assert as_markdown(Answer(QUARTER, (EMAIL,), platforms)).splitlines()[-3:] == [
        "Spend reconciles with the platforms: google_ads 1,234.57, microsoft_ads 0.50.",
        "",
        "Spend does not reconcile (fct_spend_reconciliations tells where): "
        "meta_ads 8.00.",
    ]
    assert "reconcile" not in text_of(EMAIL)


def test_an_older_publication_is_one_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "mops_marts.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema reports")
        connection.execute("create table reports.rpt_pipeline_quarters (channel text)")
    with pytest.raises(UserError, match="publish again"):
        read_answer(path)
