"""Who is to be erased: the records of a golden person and what identifies them."""

# SQL is put together here from this package's own expressions; every value is a
# parameter.
# ruff: noqa: S608

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from lib.cli import UserError
from lib.contract import Contract
from lib.erasure.salt import ERASURES, hash_of
from lib.erasure.sift import email_of, key_of, name_kind, short, short_key
from lib.sql import quote_identifier, relation

SOURCES = ("generic", "salesforce", "hubspot", "marketo")
_STAGED = "temp.erasure_people"
_ADDRESSES = "temp.erasure_addresses"
_STAFF = "temp.erasure_staff"
_LEAST_DIGITS = 7
# Of the records that are the first parameter.
_MINE = "person_record_id in (select unnest($1))"


@dataclass(frozen=True)
class Person:
    """What is known of the person; names and phones are theirs alone, or not here.

    Records are keys as they are compared.
    `shared` says which kinds of identifiers other people have too, which stay.
    """

    records: tuple[str, ...]
    emails: tuple[str, ...]
    names: tuple[tuple[str, str], ...] = ()
    phones: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()


def normalise(connection: duckdb.DuckDBPyConnection, email: str) -> str:
    """Return an address as it is compared.

    Raises:
        UserError: it is no address.
    """
    row = connection.execute(f"select {email_of('?')}", [email]).fetchone()
    address = str(row[0]) if row else ""
    if "@" not in address.strip("@"):
        raise UserError(f"not an e-mail address: {email!r}")
    return address


def was_erased(connection: duckdb.DuckDBPyConnection, email: str) -> bool:
    """Return whether an address is among those that were erased."""
    row = connection.execute(
        f"select 1 from {ERASURES} where hash = {hash_of('email', '?')}", [email]
    ).fetchone()
    return row is not None


def find(
    connection: duckdb.DuckDBPyConnection, contract: Contract, email: str
) -> Person | None:
    """Return the golden person of an address, None if nothing is known of it.

    Raises:
        UserError: the warehouse was not built, or the address is of several people.
    """
    _stage(connection, contract)
    _stage_staff(connection, contract)
    # An event may name one person's record with another's address: the address on the
    # record itself goes before.
    named = _column(
        connection,
        f"select person_record_id from {_ADDRESSES} where email = $1 and (is_own or "
        f"not exists (from {_ADDRESSES} where email = $1 and is_own))",
        [email],
    )
    people = _column(
        connection,
        "select distinct person_id from marts.bridge_person_records "
        f"where {short_key('person_record_id')} in (select unnest($1))",
        [named],
    )
    if len(people) > 1:
        raise UserError(
            f"the address is of {len(people)} people, so it names none of them: "
            "give an address that is one person's alone"
        )
    records = _column(
        connection,
        f"select unnest($1) union select {short_key('person_record_id')} "
        "from marts.bridge_person_records where person_id in (select unnest($2)) "
        "order by 1",
        [named, people],
    )
    if not records and not _is_mentioned(connection, contract, email):
        return None
    addresses = _column(
        connection,
        f"select distinct email from {_ADDRESSES} where {_MINE} order by 1",
        [records],
    )
    others = _addresses_of_others(connection, records)
    names = _own_names(connection, records)
    phones = _own_phones(connection, records)
    told_names, told_phones = connection.execute(
        "select count(distinct (lower(first_name), lower(last_name))), "
        "count(distinct phone) "
        f"from {_STAGED} where {_MINE} and first_name is not null "
        "and last_name is not null",
        [records],
    ).fetchall()[0]
    kinds = {
        "an address": bool(others.intersection(addresses)),
        "a name": told_names > len(names),
        "a phone": told_phones > len(phones),
    }
    return Person(
        tuple(records),
        tuple(sorted({email, *addresses} - others)),
        tuple(names),
        tuple(phones),
        tuple(kind for kind, is_shared in kinds.items() if is_shared),
    )


def _addresses_of_others(
    connection: duckdb.DuckDBPyConnection, records: list[str]
) -> set[str]:
    """Return the addresses that are not those of some records alone.

    An address of a record is its own unless it is another's own too; one that only
    events went to is nobody else's only where no other record's event has it.
    """
    return set(
        _column(
            connection,
            f"select distinct email from {_ADDRESSES} as others where not {_MINE} "
            f"and (is_own or not exists (from {_ADDRESSES} as own where own.is_own "
            f"and own.email = others.email and own.{_MINE}))",
            [records],
        )
    )


def _own_names(
    connection: duckdb.DuckDBPyConnection, records: list[str]
) -> list[tuple[str, str]]:
    """Return the full names of some records that nobody else has.

    One name may be another's in the other order, and so may that of a user; a company
    may bear its founder's name, and keeps it.
    """
    rows = connection.execute(
        f"select lower(first_name), lower(last_name) from {_STAGED} where {_MINE} "
        "and first_name is not null and last_name is not null except "
        f"(select lower(first_name), lower(last_name) from {_STAGED} "
        f"where not {_MINE} "
        f"union select lower(last_name), lower(first_name) from {_STAGED} "
        f"where not {_MINE} union select lower(people.first_name), "
        f"lower(people.last_name) from {_STAGED} as people "
        f"inner join {_STAFF} as staff on staff.name in ("
        "lower(people.first_name || ' ' || people.last_name), "
        "lower(people.last_name || ' ' || people.first_name)) "
        f"union select lower(people.first_name), lower(people.last_name) "
        f"from {_STAGED} as people inner join marts.dim_accounts as accounts on "
        "contains(lower(accounts.account_name), "
        "lower(people.first_name || ' ' || people.last_name))) order by all",
        [records],
    ).fetchall()
    return [(first, last) for first, last in rows]


def _own_phones(connection: duckdb.DuckDBPyConnection, records: list[str]) -> list[str]:
    """Return the telephone numbers of some records that nobody else has."""
    return _column(
        connection,
        f"select distinct phone from {_STAGED} where {_MINE} and length("
        f"regexp_replace(phone, '[^0-9]', '', 'g')) >= {_LEAST_DIGITS} except "
        f"select phone from {_STAGED} where not {_MINE} order by 1",
        [records],
    )


def remember(connection: duckdb.DuckDBPyConnection, person: Person) -> None:
    """Keep the hash of each of the person's keys, addresses and full names."""
    told: list[tuple[str, tuple[str, ...]]] = [
        ("record", tuple(map(short, person.records))),
        ("email", person.emails),
    ]
    for first, last in person.names:
        for spelled in (f"{first} {last}", f"{last} {first}"):
            kind, name = name_kind(connection, spelled)
            told.append((kind, (name,)))
    for kind, values in told:
        connection.execute(
            f"insert into {ERASURES} select ?, {hash_of(kind, 'told')}, "
            "cast(now() as timestamp) from (select unnest(?) as told) "
            f"where {hash_of(kind, 'told')} not in (select hash from {ERASURES})",
            [kind, list(values)],
        )


def _stage(connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Gather the people of every source, and every address that goes with a record."""
    # A variable called as a table would take its place in a query.
    staged_people = " union all ".join(
        f"select {short_key('person_record_id')} as person_record_id, email, "
        "first_name, last_name, phone "
        f"from staging.stg_{source}__people"
        for source in SOURCES
    )
    try:
        connection.execute(
            f"create or replace temp table erasure_people as {staged_people}"
        )
    except duckdb.CatalogException as error:
        raise UserError(
            "the warehouse was not built, so who belongs to the address is not known: "
            "run dbt build first"
        ) from error
    addresses = [f"select person_record_id, email, true as is_own from {_STAGED}"]
    for source, table in contract.all_tables():
        columns = {column.person: column for column in table.columns if column.person}
        raw = relation(source.schema, table.name)
        record = columns.get("record")
        if record is None:
            continue
        key = key_of(record.of or source.name, quote_identifier(record.name))
        if "email" in columns:
            value = email_of(quote_identifier(columns["email"].name))
            addresses.append(f"select {key}, {value}, false from {raw}")
        if "emails" in columns:
            several = quote_identifier(columns["emails"].name)
            each = f"unnest(regexp_split_to_array({several}, '[;,]'))"
            addresses.append(f"select {key}, {email_of(each)}, true from {raw}")
    union = " union ".join(addresses)
    connection.execute(
        f"create or replace temp table erasure_addresses as "
        f"select person_record_id, email, bool_or(is_own) as is_own from ({union}) "
        "where person_record_id is not null and nullif(email, '') is not null "
        "group by all"
    )


def _stage_staff(connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Gather the full names of the company's own users, who may be namesakes."""
    names = ["select cast(null as varchar) as name"]
    for source, table in contract.all_tables():
        staff = {c.name for c in table.columns if c.person == "staff"}
        raw = relation(source.schema, table.name)
        if "name" in staff:
            names.append(f"select lower(trim(name)) from {raw}")
        if {"first_name", "last_name"} <= staff:
            full = "lower(trim(first_name) || ' ' || trim(last_name))"
            names.append(f"select {full} from {raw}")
    union = " union ".join(names)
    connection.execute(f"create or replace temp table erasure_staff as {union}")


def _is_mentioned(
    connection: duckdb.DuckDBPyConnection, contract: Contract, email: str
) -> bool:
    """Return whether a row about an address alone is landed."""
    for source, table in contract.all_tables():
        for column in table.columns:
            if column.person == "email":
                value = email_of(quote_identifier(column.name))
                raw = relation(source.schema, table.name)
                found = connection.execute(
                    f"select 1 from {raw} where {value} = ? limit 1", [email]
                ).fetchone()
                if found is not None:
                    return True
    return False


def _column(
    connection: duckdb.DuckDBPyConnection, query: str, parameters: list[object]
) -> list[str]:
    return [value for (value,) in connection.execute(query, parameters).fetchall()]
