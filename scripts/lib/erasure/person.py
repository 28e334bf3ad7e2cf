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
from lib.erasure.spelling import phone_key
from lib.sql import quote_identifier, relation

SOURCES = ("generic", "salesforce", "hubspot", "marketo")
_STAGED = "temp.erasure_people"
_ADDRESSES = "temp.erasure_addresses"
_STAFF = "temp.erasure_staff"
_NUMBERS = "temp.erasure_numbers"
# Of the records that are the first parameter.
_MINE = "person_record_id in (select unnest($1))"


@dataclass(frozen=True)
class Person:
    """What is known of the person; names and phones are theirs alone, or not here.

    Records are keys, and phones digits, as they are compared. A name with accents is
    there without them too.
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
    _stage_numbers(connection, contract)
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
        "select count(distinct (plain_first, plain_last)), "
        f"(select count(distinct phone) from {_NUMBERS} where {_MINE}) "
        f"from {_STAGED} where {_MINE} and first_name is not null "
        "and last_name is not null",
        [records],
    ).fetchall()[0]
    kinds = {
        "an address": bool(others.intersection(addresses)),
        "a name": told_names > len({plain for _, plain in names}),
        "a phone": told_phones > len(phones),
    }
    return Person(
        tuple(records),
        tuple(sorted({email, *addresses} - others)),
        tuple(dict.fromkeys(name for spelled in names for name in spelled)),
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
) -> list[tuple[tuple[str, str], tuple[str, str]]]:
    """Return the full names of some records that nobody else has, and without accents.

    One name may be another's in the other order or without accents, and so may that of
    a user; a company may bear its founder's name, and keeps it.
    """
    rows = connection.execute(
        "select distinct first_name, last_name, plain_first, plain_last "
        f"from {_STAGED} as mine where {_MINE} "
        "and first_name is not null and last_name is not null and not exists ("
        f"from {_STAGED} as others where not others.{_MINE} "
        "and ((others.plain_first = mine.plain_first "
        "and others.plain_last = mine.plain_last) "
        "or (others.plain_first = mine.plain_last "
        "and others.plain_last = mine.plain_first))) "
        f"and not exists (from {_STAFF} as staff where staff.name in ("
        "mine.plain_first || ' ' || mine.plain_last, "
        "mine.plain_last || ' ' || mine.plain_first)) "
        "and not exists (from marts.dim_accounts as accounts where contains("
        f"{_plain('accounts.account_name')}, "
        "mine.plain_first || ' ' || mine.plain_last)) order by all",
        [records],
    ).fetchall()
    return [((first, last), tuple(plain)) for first, last, *plain in rows]


def _own_phones(connection: duckdb.DuckDBPyConnection, records: list[str]) -> list[str]:
    """Return the digits of the telephone numbers that only some records have.

    A number that a company or a user has is not the person's alone either.
    """
    return _column(
        connection,
        f"select distinct phone from {_NUMBERS} where {_MINE} except select phone "
        f"from {_NUMBERS} where person_record_id is null or not {_MINE} order by 1",
        [records],
    )


def remember(connection: duckdb.DuckDBPyConnection, person: Person) -> None:
    """Keep the hash of each of the person's keys, addresses, phones and full names."""
    told: list[tuple[str, tuple[str, ...]]] = [
        ("record", tuple(map(short, person.records))),
        ("email", person.emails),
        ("phone", person.phones),
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
        "lower(nfc_normalize(first_name)) as first_name, "
        "lower(nfc_normalize(last_name)) as last_name, "
        f"{_plain('first_name')} as plain_first, {_plain('last_name')} as plain_last "
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
            names.append(f"select {_plain('trim(name)')} from {raw}")
        if {"first_name", "last_name"} <= staff:
            full = "trim(first_name) || ' ' || trim(last_name)"
            names.append(f"select {_plain(full)} from {raw}")
    union = " union ".join(names)
    connection.execute(f"create or replace temp table erasure_staff as {union}")


def _stage_numbers(connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Gather the telephone numbers of all, with the person record where it is one's."""
    numbers = ["select cast(null as varchar) as person_record_id, null as phone"]
    for source, table in contract.all_tables():
        record = next((c for c in table.columns if c.person == "record"), None)
        for column in table.columns:
            if not column.name.endswith("phone"):
                continue
            key = "null"
            if record is not None and column.person == "detail":
                key = key_of(record.of or source.name, quote_identifier(record.name))
            number = phone_key(quote_identifier(column.name))
            raw = relation(source.schema, table.name)
            numbers.append(f"select {key}, {number} from {raw}")
    connection.execute(
        "create or replace temp table erasure_numbers as from ("
        f"{' union '.join(numbers)}) where phone is not null"
    )


def _plain(name: str) -> str:
    """Return SQL for a name in small letters without accents."""
    return f"lower(strip_accents({name}))"


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
