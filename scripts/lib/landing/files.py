"""Which files there are to land, and what they are byte by byte."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import re
import stat
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import yaml

from lib.cli import UserError
from lib.landing.errors import FileError, reason
from lib.landing.names import shown, snake_case

if TYPE_CHECKING:
    from lib.landing.exports import Recognised

_ALIASES = Path(__file__).with_name("aliases.yml")
_SUFFIX = re.compile(r"\.(csv|jsonl)(\.gz)?$|\.(parquet)$", re.IGNORECASE)
# Data in a form that is not read: worth an error, since rows would be missing.
_OTHER_DATA = re.compile(
    r"\.(xlsx?|xlsm|ods|numbers|json|ndjson|tsv|tab|xml|avro|orc|feather|arrow"
    r"|csv\.\w+|jsonl\.\w+|parquet\.\w+|zip|7z|rar|tar|tgz|gz|bz2|xz|zst)$",
    re.IGNORECASE,
)
_UNFINISHED = re.compile(r"(~|\.(tmp|part|partial|crdownload|swp|bak))$", re.IGNORECASE)
_BLOCK = 1 << 20
# A compressed file may unpack to so many bytes, or to so many times its size.
BOMB_ALLOWANCE = 256 << 20
_BOMB_RATIO = 200

_MAGIC = {
    b"PK\x03\x04": "a zip archive or an Excel workbook",
    b"\x1f\x8b": "gzip-compressed (its name should end in .gz)",
    b"PAR1": "a Parquet file (its name should end in .parquet)",
    b"%PDF": "a PDF document",
    b"\x89PNG": "a PNG image",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"\xff\xfe": "UTF-16 text (save it as UTF-8)",
    b"\xfe\xff": "UTF-16 text (save it as UTF-8)",
}


@dataclass(frozen=True)
class DataFile:
    """A file and the raw table that it belongs to.

    `name` is its path below the folder that is loaded, as the log has it.
    """

    path: Path
    name: str
    source: str
    table: str
    format: str
    is_gzip: bool
    # Set where the header tells that it is a vendor's native export.
    export: Recognised | None = None

    @property
    def label(self) -> str:
        """The name for a message of one line."""
        return shown(self.name, limit=200)


@dataclass
class Discovery:
    """What a folder holds: files to land, others that should be, and no data.

    A misplaced file is in no source's folder: only its header can tell where it lands.
    """

    files: list[DataFile] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    misplaced: list[DataFile] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def settled(self, aliases: Mapping[tuple[str, str], str]) -> Discovery:
        """Return what was found, each file under the declared name of its table."""
        files = [
            replace(file, table=aliases.get((file.source, file.table), file.table))
            for file in self.files
        ]
        files.sort(key=lambda file: (file.source, file.table, file.name))
        return replace(self, files=files)


def discover(folder: Path) -> Discovery:
    """Return the files of `folder/<source>/<table>.<suffix>` and of parts folders.

    They are sorted by source, table and path, so that what is landed last does not
    depend on the file system.

    Raises:
        UserError: the folder is missing, is no folder, or cannot be listed.
    """
    try:
        if not folder.exists():
            raise UserError(f"there is no folder {folder}")
        if not folder.is_dir():
            raise UserError(f"{folder} is not a folder")
        return _discovered(folder)
    except OSError as error:
        where = error.filename or folder
        raise UserError(f"{where} cannot be listed: {error.strerror}") from error


def _discovered(folder: Path) -> Discovery:
    found = Discovery()
    aliases = _aliases()
    for entry in _entries(folder):
        if _is_hidden(entry):
            found.skipped.append(entry.name)
        elif entry.is_dir():
            name = snake_case(entry.name)
            _discover_source(found, folder, entry, aliases.get(name, name))
        elif _SUFFIX.search(entry.name):
            _add(found, folder, entry, "", _SUFFIX.sub("", entry.name))
        else:
            found.skipped.append(_relative(entry, folder))
    found.files.sort(key=lambda file: (file.source, file.table, file.name))
    return found


def sha256_of(path: Path) -> str:
    """Return a file's sha256 in hexadecimal, read in blocks."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def fingerprint(path: Path) -> tuple[int, int, int]:
    """Return what changes when a file is written to: inode, size and time."""
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns


def check_regular(file: DataFile) -> None:
    """Check that a file can be read to its end and is not empty.

    Raises:
        FileError: it is a folder, a pipe, empty, or not to be opened.
    """
    try:
        status = file.path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise FileError("is not a regular file")
        if status.st_size == 0:
            raise FileError("the file is empty")
        with file.path.open("rb"):
            pass
    except OSError as error:
        raise FileError(f"cannot be opened: {error.strerror or error}") from error


def open_bytes(file: DataFile) -> IO[bytes]:
    """Open a file for reading, unpacked if it is compressed."""
    raw = file.path.open("rb")
    if file.is_gzip:
        return io.BufferedReader(_Unpacked(raw), _BLOCK)
    return raw


class _Unpacked(io.RawIOBase):
    """The bytes of a gzip file, up to what no honest file unpacks to."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw = raw
        self._unpacked = gzip.GzipFile(fileobj=raw)
        packed = os.fstat(raw.fileno()).st_size
        self._left = max(BOMB_ALLOWANCE, packed * _BOMB_RATIO)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._unpacked.read(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise FileError(
                f"unpacks to more than {_BOMB_RATIO} times its size, as no table does"
            )
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._unpacked.close()
            self._raw.close()
        super().close()


def blocks(file: DataFile) -> Iterator[bytes]:
    """Yield a file's bytes, unpacked, in blocks of bounded size.

    Raises:
        FileError: compressed bytes are cut short or damaged.
    """
    with unpacking(), open_bytes(file) as stream:
        while block := stream.read(_BLOCK):
            yield block


@contextmanager
def unpacking() -> Iterator[None]:
    """Turn whatever goes wrong while a file is read into one FileError."""
    try:
        yield
    except EOFError as error:
        raise FileError("the compressed file is cut short") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        cause = reason(error)
        if "Not a gzipped file" in cause:
            raise FileError("is not a gzip file") from error
        raise FileError(f"the compressed file is damaged: {cause}") from error
    except OSError as error:
        cause = error.strerror or reason(error)
        raise FileError(f"cannot be read: {cause}") from error


def check_text(file: DataFile) -> None:
    """Check that a file begins like text.

    Raises:
        FileError: it is empty once unpacked, or of a form that is known not to be text.
    """
    with unpacking(), open_bytes(file) as stream:
        start = stream.read(8)
    if not start:
        raise FileError("the file is empty")
    for magic, form in _MAGIC.items():
        if start.startswith(magic):
            raise FileError(f"is not text but {form}")


def _aliases() -> dict[str, str]:
    aliases: dict[str, str] = yaml.safe_load(_ALIASES.read_text(encoding="utf-8"))
    return aliases


def _entries(folder: Path) -> list[Path]:
    return sorted(folder.iterdir(), key=lambda entry: os.fsencode(entry.name))


def _is_hidden(entry: Path) -> bool:
    # Folders such as _delta_log hold a writer's own notes.
    return entry.name.startswith((".", "_") if entry.is_dir() else ".")


def _discover_source(
    found: Discovery, folder: Path, source_folder: Path, source: str
) -> None:
    try:
        entries = _entries(source_folder)
    except OSError as error:
        cause = f"cannot be listed: {error.strerror}"
        found.unreadable.append((source_folder.name, cause))
        return
    for entry in entries:
        if not entry.is_dir():
            _add(found, folder, entry, source, _SUFFIX.sub("", entry.name))
        elif _is_hidden(entry):
            found.skipped.append(_relative(entry, folder))
        elif _SUFFIX.search(entry.name):
            name = _relative(entry, folder)
            found.unreadable.append((name, "is a folder, not a file"))
        else:
            _discover_parts(found, folder, entry, source)


def _discover_parts(
    found: Discovery, folder: Path, parts_folder: Path, source: str
) -> None:
    try:
        entries = _entries(parts_folder)
    except OSError as error:
        name = _relative(parts_folder, folder)
        found.unreadable.append((name, f"cannot be listed: {error.strerror}"))
        return
    for entry in entries:
        if entry.is_dir() and not _is_hidden(entry):
            name = _relative(entry, folder)
            found.unreadable.append((name, "is a folder inside a folder of parts"))
        else:
            _add(found, folder, entry, source, parts_folder.name)


def _add(
    found: Discovery, folder: Path, path: Path, source: str, table_name: str
) -> None:
    name = _relative(path, folder)
    suffix = _SUFFIX.search(path.name)
    if _is_hidden(path) or _UNFINISHED.search(path.name):
        found.skipped.append(name)
    elif suffix is None:
        if _OTHER_DATA.search(path.name):
            known = "CSV, JSON lines and Parquet (.csv .jsonl .parquet, .gz) are"
            found.unreadable.append((name, f"is of a form that is not read: {known}"))
        else:
            found.skipped.append(name)
    else:
        form = (suffix[1] or suffix[3]).lower()
        table = snake_case(table_name)
        file = DataFile(path, name, source, table, form, bool(suffix[2]))
        (found.files if source and table else found.misplaced).append(file)


def _relative(path: Path, folder: Path) -> str:
    relative = path.relative_to(folder).as_posix()
    # A name that is not UTF-8 is kept readable: the log holds text.
    return os.fsencode(relative).decode("utf-8", "backslashreplace")
