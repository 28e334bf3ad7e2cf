"""What can be wrong with a file as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb


class FileError(Exception):
    """A file that cannot be landed; its text is the cause, without the file's name."""


@contextmanager
def interrupts() -> Iterator[None]:
    """Let Ctrl-C during a query be what it is everywhere else: KeyboardInterrupt."""
    try:
        yield
    except duckdb.InterruptException as error:
        raise KeyboardInterrupt from error
    except RuntimeError as error:
        if "interrupted" in str(error):
            raise KeyboardInterrupt from error
        raise


def reason(error: BaseException) -> str:
    """Return the first line of an error's text, for a message of one line."""
    lines = str(error).strip().splitlines()
    return lines[0].strip() if lines else type(error).__name__
