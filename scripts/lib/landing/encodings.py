"""Which encoding a text file has, and its text as UTF-8."""

from __future__ import annotations

import codecs
import io
import shutil
import stat
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from lib.landing.errors import FileError
from lib.landing.files import DataFile, blocks, open_bytes, unpacking

_SAMPLE = 1 << 16
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_HALF = 0.4
# Stands for damaged UTF-16: a byte that no UTF-8 has, so that its record is rejected.
_DAMAGED = "\udcff"
# A line longer than this tells nothing about the encoding.
_MOST_LINE = 8 << 20


def beginning(file: DataFile) -> str:
    """Return the first 64 KB of a file as text, whatever its encoding.

    Raises:
        FileError: it is no regular file, or compressed bytes are damaged.
        OSError: it cannot be opened.
    """
    if not stat.S_ISREG(file.path.stat().st_mode):
        raise FileError("is not a regular file")
    with unpacking(), open_bytes(file) as stream:
        sample = stream.read(_SAMPLE)
    encoding = _wide(sample) or "utf-8-sig"
    return sample.decode(encoding, "replace")


@contextmanager
def as_utf8(file: DataFile, encodings: Sequence[str]) -> Iterator[DataFile]:
    """Give a file that is UTF-8, written anew if the file is of another encoding.

    UTF-16 is told by its mark or by its many NUL bytes. A file with bytes that are not
    UTF-8 is cp1252 if that is one of the encodings and no line of it is UTF-8 beyond
    ASCII; a mixture stays as it is, so that its broken lines are rejected one by one.
    Bytes that the encoding does not know stay as they are, and so do not pass either;
    what is no UTF-16 becomes a byte that does not.

    Raises:
        FileError: the file cannot be read to its end.
    """
    encoding = _encoding(file, encodings) if encodings else None
    if encoding is None:
        yield file
        return
    with tempfile.TemporaryDirectory(prefix="landing-") as folder:
        path = Path(folder) / "text.csv"
        wide = encoding.startswith("utf-16")
        with (
            unpacking(),
            open_bytes(file) as stream,
            path.open(
                "w", encoding="utf-8", errors="surrogateescape", newline=""
            ) as target,
            io.TextIOWrapper(
                stream,
                encoding=encoding,
                errors="landing-damaged" if wide else "surrogateescape",
                newline="",
            ) as source,
        ):
            shutil.copyfileobj(source, target, _SAMPLE)
        yield replace(file, path=path, is_gzip=False)


def _mark_damaged(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return _DAMAGED, error.end


codecs.register_error("landing-damaged", _mark_damaged)


def _encoding(file: DataFile, encodings: Sequence[str]) -> str | None:
    """Return the encoding of a file if it is to be written anew."""
    with unpacking(), open_bytes(file) as stream:
        wide = _wide(stream.read(_SAMPLE))
    if wide is not None:
        return wide if "utf-16" in encodings else None
    others = [name for name in encodings if not name.startswith("utf-")]
    if not others:
        return None
    return others[0] if _is_never_utf8(file) else None


def _wide(sample: bytes) -> str | None:
    for mark, encoding in _MARKS.items():
        if sample.startswith(mark):
            return None if encoding == "utf-8" else encoding
    half = len(sample) // 2
    if half and sample[1::2].count(0) > _HALF * half and not sample[::2].count(0):
        return "utf-16-le"
    if half and sample[::2].count(0) > _HALF * half and not sample[1::2].count(0):
        return "utf-16-be"
    return None


def _is_never_utf8(file: DataFile) -> bool:
    """Return whether there are bytes beyond ASCII and no line where they are UTF-8."""
    found = False
    rest = b""
    for block in blocks(file):
        *lines, rest = (rest + block).split(b"\n")
        for line in lines:
            if line.isascii():
                continue
            found = True
            if _is_utf8(line):
                return False
        if len(rest) > _MOST_LINE:
            found, rest = found or not rest.isascii(), b""
    if not rest.isascii():
        return not _is_utf8(rest)
    return found


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
