"""The salt of the hashes that stand for erased people, and the table that keeps them.

The salt is what MOPS_ERASURE_SALT says, else what the file beside the warehouse holds
(`mops.erasure_salt`), which is made at the first erasure, or when a publication first
hashes a key that is an address. Whoever loses it can no
longer tell erased people when they come again, so the warehouse keeps a hash by which
another salt is told, and landing stops.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import duckdb

from lib.cli import UserError
from lib.sql import relation

VARIABLE = "MOPS_ERASURE_SALT"
ERASURES = relation("raw_meta", "erasures")
_SALTS = relation("raw_meta", "erasure_salts")
_TABLES = (
    "create schema if not exists raw_meta",
    f"create table if not exists {ERASURES} ("
    "kind varchar, hash varchar, erased_at timestamp)",
    f"create table if not exists {_SALTS} (check_hash varchar, made_at timestamp)",
)
_SHORTEST = 16


def salt_file(warehouse: Path) -> Path:
    """Return the file beside a warehouse that holds its salt."""
    return warehouse.with_suffix(".erasure_salt")


def hash_of(kind: str, value: str) -> str:
    """Return SQL for the salted hash of a value, SQL too; null of null."""
    return f"sha256(getvariable('erasure_salt') || '|{kind}|' || {value})"


def forgotten_file(warehouse: Path) -> Path:
    """Return the file beside a warehouse that says that it lost who was erased."""
    return warehouse.with_suffix(".erasures_lost")


def forget(warehouse: Path) -> Path:
    """Mark a warehouse as one that lost who was erased; return the mark."""
    mark = forgotten_file(warehouse)
    mark.touch(mode=0o600)
    return mark


def prepare(connection: duckdb.DuckDBPyConnection, warehouse: Path) -> None:
    """Make the tables and the salt where there are none, and use the salt.

    Raises:
        UserError: the salt is not the one that earlier erasures used, or too short.
    """
    for statement in _TABLES:
        connection.execute(statement)
    _make(warehouse)
    _use(connection, warehouse)
    connection.execute(
        f"insert into {_SALTS} select {hash_of('salt', repr('check'))}, "
        f"cast(now() as timestamp) where not exists (from {_SALTS})"
    )


def use(connection: duckdb.DuckDBPyConnection, warehouse: Path) -> None:
    """Use the salt; where nobody was erased so far, make it if there is none.

    Raises:
        UserError: the salt is missing, or another one than erasures used.
    """
    if not use_if_needed(connection, warehouse):
        _make(warehouse)
        connection.execute("set variable erasure_salt = ?", [_given(warehouse)])


def use_if_needed(connection: duckdb.DuckDBPyConnection, warehouse: Path) -> bool:
    """Use the salt and return true if anybody was erased from the warehouse.

    Raises:
        UserError: the salt is missing, or another one than erasures used.
    """
    mark = forgotten_file(warehouse)
    if mark.exists():
        raise UserError(
            f"{warehouse} has lost who was erased: see that no file holds them, then "
            f"remove {mark}"
        )
    known = connection.execute(
        "select 1 from information_schema.tables "
        "where table_schema = 'raw_meta' and table_name = 'erasures'"
    ).fetchone()
    if known is None or not connection.execute(f"from {ERASURES} limit 1").fetchone():
        return False
    if _given(warehouse) is None:
        raise UserError(
            f"people were erased from {warehouse}, and the salt that tells them is "
            f"missing: set {VARIABLE} or bring {salt_file(warehouse)} back"
        )
    _use(connection, warehouse)
    return True


def _make(warehouse: Path) -> None:
    if _given(warehouse) is None:
        path = salt_file(warehouse)
        # Whole or not at all: who is killed on the way leaves no half of a salt.
        fresh = path.with_name(f".{path.name}.new")
        fresh.unlink(missing_ok=True)
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")
        fresh.rename(path)


def _given(warehouse: Path) -> str | None:
    """Return the salt of the environment or the file, None where there is neither."""
    salt = os.environ.get(VARIABLE)
    if salt is None:
        try:
            salt = salt_file(warehouse).read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(f"{salt_file(warehouse)} cannot be read") from error
    if len(salt) < _SHORTEST:
        raise UserError(f"the erasure salt is shorter than {_SHORTEST} characters")
    return salt


def _use(connection: duckdb.DuckDBPyConnection, warehouse: Path) -> None:
    connection.execute("set variable erasure_salt = ?", [_given(warehouse)])
    other = connection.execute(
        f"select 1 from {_SALTS} where check_hash != {hash_of('salt', repr('check'))}"  # noqa: S608
    ).fetchone()
    if other is not None:
        raise UserError(
            "the erasure salt is not the one that earlier erasures used: "
            f"correct {VARIABLE} or {salt_file(warehouse)}"
        )
