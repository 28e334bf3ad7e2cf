"""How every command speaks: exit codes, one-line errors, progress on stderr."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

from rich.console import Console

from lib.full_disk import words_of_full

OK = 0
CHECK_FAILED = 1
WRONG_USE = 2
INTERRUPTED = 130

console = Console(stderr=True, emoji=False, highlight=False, soft_wrap=True)


class UserError(Exception):
    """Something the user can mend; its text names the file, row or setting at fault."""

    def __init__(self, message: str, exit_code: int = WRONG_USE) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def parser(description: str, example: str) -> argparse.ArgumentParser:
    """Return an argument parser whose help ends with an example."""
    return argparse.ArgumentParser(
        description=description,
        epilog=f"example: {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def warn(message: str) -> None:
    """Write one warning line to stderr."""
    console.print(f"warning: {message}", markup=False)


def fail(message: str) -> None:
    """Write the one line that says why a command has ended, to stderr."""
    console.print(f"error: {message}", markup=False)


def say(message: str) -> None:
    """Write one line of progress to stderr."""
    console.print(message, markup=False)


@contextmanager
def working(message: str) -> Iterator[None]:
    """Show that a step is under way: a spinner on a terminal, a line elsewhere."""
    if console.is_terminal:
        with console.status(message):
            yield
    else:
        say(f"{message} …")
        yield


@contextmanager
def private_files() -> Iterator[None]:
    """Make files for their owner alone: rows of people may be in any of them."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def exit_code(main: Callable[[], int]) -> int:
    """Run a command's main and return its exit code.

    A user's mistake is one line, and so is a full disk, wherever it was met.
    """
    with private_files():
        try:
            return main()
        except UserError as error:
            fail(str(error))
            return error.exit_code
        except Exception as error:
            full = words_of_full(error)
            if full is None:
                raise
            fail(f"there is no room ({full}): make room and run it again")
            return WRONG_USE


def run(main: Callable[[Sequence[str] | None], int]) -> NoReturn:
    """Run a command's main and exit with its code."""
    try:
        code = exit_code(lambda: main(None))
    except KeyboardInterrupt:
        fail("interrupted; nothing half-done was kept")
        code = INTERRUPTED
    except Exception:
        # A fault of ours: whoever mends it needs all of it, and it is no failed check.
        traceback.print_exc()
        code = WRONG_USE
    sys.exit(code)
