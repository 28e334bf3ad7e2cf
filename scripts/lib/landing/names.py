"""Names of sources, tables and columns as the warehouse spells them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_WORD_STARTS = (
    # LeadSource -> Lead_Source, utm2Source -> utm2_Source
    re.compile(r"([a-z0-9])([A-Z])"),
    # HTMLBody -> HTML_Body, but RecordIDs -> Record_IDs
    re.compile(r"([A-Z])([A-Z](?!s(?![a-z]))[a-z])"),
)
_SEPARATORS = re.compile(r"[\W_]+")


def snake_case(name: str) -> str:
    """Return a name in lower snake case.

    `LeadSource` is lead_source, `External_id__c` is external_id_c and `Record ID -
    Contact` is record_id_contact. A leading underscore is kept (`_fivetran_synced`).
    Letters of any script are kept. The result is empty when nothing is left.
    """
    words = unicodedata.normalize("NFC", name.strip())
    for start in _WORD_STARTS:
        words = start.sub(r"\1_\2", words)
    snake = _SEPARATORS.sub("_", words).strip("_").lower()
    return f"_{snake}" if snake and words.startswith("_") else snake


def column_names(header: Sequence[str]) -> list[str]:
    """Return the column names for a file's header, in its order.

    A column whose header is empty is called column_<n>, counted from 1.

    Raises:
        ValueError: two columns have the same name, or none has one; the text says so.
    """
    if not any(snake_case(given) for given in header):
        raise ValueError("the header names no column")
    names: list[str] = []
    first_use: dict[str, str] = {}
    for position, given in enumerate(header, start=1):
        name = snake_case(given) or f"column_{position}"
        if name in first_use:
            both = f"{shown(first_use[name])!r} and {shown(given)!r}"
            # Where a file has no header, its first row stands here.
            if "@" in both:
                place = names.index(name) + 1
                raise ValueError(f"columns {place} and {position} have one name")
            raise ValueError(f"two columns are called {name}: {both}")
        first_use[name] = given
        names.append(name)
    return names


def shown(text: str, limit: int = 60) -> str:
    """Return text fit for one line of a message: no control characters, not long."""
    printable = "".join(
        character if character.isprintable() else ascii(character)[1:-1]
        for character in text[: limit + 1]
    )
    return printable if len(printable) <= limit else printable[: limit - 1] + "…"


def some(names: Sequence[str], most: int = 6) -> str:
    """Return names as a list for a message, the first few of them."""
    listed = ", ".join(shown(name) for name in names[:most])
    return listed if len(names) <= most else f"{listed} … ({len(names)} in all)"
