"""Tell a full disk from other errors, by the words of whoever met it.

DuckDB, the operating system and the libraries between them raise errors of their own;
what they say is alike.
"""

from __future__ import annotations

import re

_FULL = re.compile(
    "no space left|disk quota|file too large|not enough disk|failed to offload",
    re.IGNORECASE,
)


def is_full(text: str) -> bool:
    """Return whether the words of an error are of a disk that is full."""
    return _FULL.search(text) is not None


def words_of_full(error: BaseException) -> str | None:
    """Return the line of an error, or of what led to it, that tells of a full disk."""
    seen: BaseException | None = error
    while seen is not None:
        for line in str(seen).splitlines():
            if is_full(line):
                return line.strip()
        seen = seen.__cause__ or seen.__context__
    return None
