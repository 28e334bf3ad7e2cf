"""What can be wrong with a file as a whole."""

from __future__ import annotations


class FileError(Exception):
    """A file that cannot be landed; its text is the cause, without the file's name."""


def reason(error: BaseException) -> str:
    """Return the first line of an error's text, for a message of one line."""
    lines = str(error).strip().splitlines()
    return lines[0].strip() if lines else type(error).__name__
