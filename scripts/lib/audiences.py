"""Audiences as files for a mail tool, never with a person who objects.

The list comes from the marts; who objects is asked anew of all that is landed at that
moment, so that an opt-out that no build has seen yet stops the file. A mail tool knows
addresses alone: an address that an objector has, too, is in no file either.
"""

from __future__ import annotations

import csv
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb

from lib.cli import CHECK_FAILED, UserError
from lib.quality.rows import safe_cell

FOLDER = "audiences"
COLUMNS = (
    "email",
    "first_name",
    "last_name",
    "title",
    "company_name",
    "country",
    "segment",
    "lifecycle_stage",
    "owner_id",
    "person_id",
)
_BATCH = 10_000
_OBJECTORS = """
    select count(*)
    from marts.audience_members as members
    left join marts.audience_marketable_people as people using (person_id)
    left join marts.dim_person_consents as consents using (person_id)
    left join intermediate.int_campaigns__standing_objections as objections
        using (person_id)
    left join intermediate.int_campaigns__objected_addresses as addresses
        on people.email = addresses.email
    where
        members.audience = ?
        and (
            not coalesce(consents.is_marketable, false)
            or coalesce(consents.is_suppressed, true)
            or coalesce(consents.is_address_suppressed, true)
            or objections.person_id is not null
            or addresses.email is not null
        )
"""
_NAMED_OBJECTORS = """
    select count(*)
    from {named} as named
    left join marts.dim_person_consents as consents using (person_id)
    left join intermediate.int_campaigns__standing_objections as objections
        using (person_id)
    left join intermediate.int_campaigns__objected_addresses as addresses
        on named.email = addresses.email
    where
        not coalesce(consents.is_marketable, false)
        or coalesce(consents.is_suppressed, true)
        or objections.person_id is not null
        or addresses.email is not null
"""
_OF_FILE = "(select unnest(?) as person_id, unnest(?) as email)"
# A publication without personal data tells no address.
_OF_VERSION = (
    "(select * from read_parquet(?) union all by name "
    "select cast(null as varchar) as email where false)"
)
_LATE_OBJECTORS = """
    select count(*)
    from marts.audience_marketable_people as people
    left join intermediate.int_campaigns__standing_objections as objections
        using (person_id)
    left join intermediate.int_campaigns__objected_addresses as addresses
        on people.email = addresses.email
    where
        (objections.person_id is not null or addresses.email is not null)
        and exists (
            select * from raw_meta.loads
            where loaded_at > (
                select max(began_at) from intermediate.int_core__build_moments
            )
        )
"""
_MEMBERS = f"""
    select {", ".join(f"people.{column}" for column in COLUMNS)}
    from marts.audience_members as members
    inner join marts.audience_marketable_people as people using (person_id)
    where members.audience = ?
    order by people.email, people.person_id
"""  # noqa: S608


@dataclass(frozen=True)
class Audience:
    """A file that was written: its audience, place and number of people."""

    name: str
    path: Path
    people: int


def kept_audiences(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the names of the audiences in force when the marts were built.

    Raises:
        UserError: the warehouse holds no audiences.
    """
    try:
        rows = connection.execute(
            "select audience from policy.audiences "
            "cross join marts.dim_build_settings as settings "
            "where effective_from <= cast(settings.as_of as date) "
            "and coalesce(effective_to > cast(settings.as_of as date), true) "
            "order by audience"
        ).fetchall()
    except duckdb.CatalogException as error:
        raise UserError("the warehouse holds no audiences: run dbt build") from error
    return [name for (name,) in rows]


def write_audience(
    connection: duckdb.DuckDBPyConnection, name: str, out: Path
) -> Audience:
    """Write out/audiences/<name>.csv, in place of an earlier one.

    Raises:
        UserError: exit code 2 when no audience has that name; 1 when somebody in it may
            not be written to. An earlier file goes then, as it names them too.
    """
    known = kept_audiences(connection)
    if name not in known:
        listed = ", ".join(known) or "none"
        raise UserError(f"no audience is called {name!r}; there are: {listed}")
    path = out / FOLDER / f"{name}.csv"
    row = connection.execute(_OBJECTORS, [name]).fetchone()
    objectors = int(row[0]) if row else 0
    if objectors:
        path.unlink(missing_ok=True)
        raise _objected("exported", objectors, name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_suffix(".csv.new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    count = 0
    rows = connection.execute(_MEMBERS, [name])
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        while batch := rows.fetchmany(_BATCH):
            writer.writerows([safe_cell(value) for value in row] for row in batch)
            count += len(batch)
    fresh.replace(path)
    return Audience(name, path, count)


def check_audiences(connection: duckdb.DuckDBPyConnection) -> None:
    """Make sure that nothing that landed since the build bars one of an audience.

    A build of an earlier day tells what stood then, whatever has landed before it.

    Raises:
        UserError: exit code 1 when somebody in an audience may not be written to.
    """
    try:
        row = connection.execute(_LATE_OBJECTORS).fetchone()
    except duckdb.CatalogException:
        return
    objectors = int(row[0]) if row else 0
    if objectors:
        raise _objected("published", objectors, "the audiences")


def _objected(what: str, objectors: int, whose: str) -> UserError:
    message = (
        f"not {what}: {_people(objectors)} of {whose} may not be written to by what "
        "has landed since the build; build again and export"
    )
    return UserError(message, CHECK_FAILED)


def _gone(path: Path, objectors: int) -> str:
    return f"{path} is gone: {_people(objectors)} in it may not be written to"


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"


def refresh_audiences(
    connection: duckdb.DuckDBPyConnection, out: Path
) -> tuple[list[Audience], list[str]]:
    """Write every audience anew that has a file; one that cannot be written loses it.

    Returns:
        The files that were written, and why others went.
    """
    written, gone = [], []
    for path in sorted((out / FOLDER).glob("*.csv")):
        try:
            written.append(write_audience(connection, path.stem, out))
        except UserError as error:
            path.unlink(missing_ok=True)
            gone.append(f"{path} is gone: {error}")
    return written, gone


def drop_objecting_audiences(
    connection: duckdb.DuckDBPyConnection, out: Path
) -> list[str]:
    """Remove every audience file that names somebody who may not be written to.

    A file outlives a build that is not exported, so that it is held against the
    marts as they are, be they validated or not, and against all that is landed. Who is
    in no mart any more may not be written to either.

    Returns:
        Why files went.
    """
    gone = []
    for path in sorted((out / FOLDER).glob("*.csv")):
        with path.open(newline="", encoding="utf-8", errors="replace") as file:
            rows = list(csv.DictReader(file))
        people = [row.get("person_id") for row in rows]
        # What a spreadsheet would run was written behind an apostrophe.
        emails = [(row.get("email") or "").removeprefix("'").lower() for row in rows]
        objectors = _objectors(connection, _OF_FILE, [people, emails])
        if objectors:
            path.unlink()
            gone.append(_gone(path, objectors))
    return gone


def drop_objecting_versions(
    connection: duckdb.DuckDBPyConnection, out: Path
) -> list[str]:
    """Remove older publications that have somebody in an audience who objects now.

    The one that readers open stays until another takes its place. A reader that has an
    older one open keeps it, as an open file outlives its name.

    Returns:
        Why versions went.
    """
    published = out / "published"
    current = (published / "current").resolve()
    gone = []
    for version in sorted((published / "versions").glob("[!.]*")):
        people = version / "parquet" / "marts" / "audience_marketable_people.parquet"
        if version == current or not people.is_file():
            continue
        objectors = _objectors(connection, _OF_VERSION, [str(people)])
        if objectors:
            shutil.rmtree(version)
            gone.append(_gone(version, objectors))
    return gone


def _objectors(
    connection: duckdb.DuckDBPyConnection, named: str, parameters: list[object]
) -> int:
    """Count those named who may not be written to; without marts nobody may."""
    try:
        query = _NAMED_OBJECTORS.format(named=named)
        row = connection.execute(query, parameters).fetchone()
    except (duckdb.CatalogException, duckdb.BinderException):
        query = f"select count(*) from {named}"  # noqa: S608
        row = connection.execute(query, parameters).fetchone()
    return int(row[0]) if row else 0
