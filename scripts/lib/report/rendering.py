"""HTML and plain text of a report from the same blocks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from lib.report.blocks import Part, Table, plain

_TEMPLATES = FileSystemLoader(Path(__file__).parent / "templates")


@dataclass(frozen=True)
class Report:
    """What a report says: a title, what it covers, a headline, and its parts."""

    title: str
    subtitle: str
    headline: tuple[str, ...]
    parts: tuple[Part, ...]
    footer: str


def as_html(report: Report) -> str:
    """Return one page that needs nothing else."""
    environment = Environment(
        loader=_TEMPLATES,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    # Drawn by charts.py, which escapes what it is given.
    environment.filters["drawing"] = Markup
    environment.filters["breakable"] = _breakable
    return environment.get_template("report.html.j2").render(report=report)


def as_text(report: Report) -> str:
    """Return the same figures as plain text, which is Markdown too."""
    environment = Environment(  # noqa: S701 - plain() escapes  # nosec B701
        loader=_TEMPLATES,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["plain"] = plain
    environment.filters["aligned"] = _aligned
    return environment.get_template("report.md.j2").render(report=report)


def _breakable(text: str) -> Markup:
    """Return an escaped text that may go on in another line after _ and @."""
    broken = re.sub("([_@])", r"\1<wbr />", str(escape(text)))
    return Markup(broken)  # noqa: S704 - escaped above  # nosec B704


def _aligned(table: Table) -> str:
    """Return a table whose columns stand under one another in a plain text too."""

    def line(cells: Sequence[str]) -> str:
        padded = [
            plain(cell).ljust(width) if at < table.words else plain(cell).rjust(width)
            for at, (cell, width) in enumerate(zip(cells, table.widths, strict=True))
        ]
        return "| " + " | ".join(padded) + " |"

    rule = "|".join(
        "-" * (width + 2) if at < table.words else "-" * (width + 1) + ":"
        for at, width in enumerate(table.widths)
    )
    return "\n".join(
        [line(table.header), f"|{rule}|", *(line(row) for row in table.rows)]
    )
