"""Take the rows of erased people out of a table, by the hashes of their identifiers.

The same goes for a raw table when somebody is erased and for the rows of a file that
lands: what tells a person stands in the source contract (`meta.person`). Rows about an
erased person go; a person's record goes under any key if it has both a name and a
telephone number that were erased. In rows about something else, or about somebody
else's record, the mention is emptied; an erased address is taken out of any text, a
full name out of free text, a telephone number out of that and of what tells about a
person. In a table that no contract declares, a row goes that holds an erased address or
key as a whole value.
"""

# SQL is put together here from quoted identifiers and this package's own expressions;
# every value is a parameter.
# ruff: noqa: S608

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from lib.contract import Column, Table
from lib.erasure.salt import ERASURES, hash_of
from lib.erasure.spelling import (
    BETWEEN_WORDS,
    PHONE,
    PUT,
    address_pattern,
    addresses_in,
    literal_pattern,
    name_pattern,
    phone_key,
    replaced,
)
from lib.sql import quote_literal

REASON = "erased on request"
_SOURCES = (
    "generic|salesforce|hubspot|marketo|google_ads|linkedin_ads|meta_ads|microsoft_ads"
)
# As many names as one pattern takes.
_MOST_NAMES = 100
_LONG_SALESFORCE_KEY = "^(salesforce:[A-Za-z0-9]{15})[A-Za-z0-9]{3}$"
_BETWEEN_FIELDS = r"[,;|\t]"
# A bare key of that length is no other number by chance.
_LONG_KEY = 12
_BETWEEN_TOKENS = r"[\s,;|\"''<>()=&?{}\[\]]+"
# What tells whom a row is about where it names no record: an event of somebody's record
# stays theirs, whatever address it went to.
_TELLS_WITHOUT_RECORD = ("email", "emails", "visitor")


@dataclass(frozen=True)
class Sifted:
    """What was taken out: rows by the column that told them, and cells emptied."""

    rows: tuple[tuple[str, int], ...] = ()
    cells: int = 0

    @property
    def count(self) -> int:
        """The number of rows that went."""
        return sum(count for _, count in self.rows)


def email_of(value: str) -> str:
    """Return SQL for an address as it is compared."""
    return f"regexp_replace(lower(trim({value})), '^mailto:', '')"


def key_of(source: str, value: str) -> str:
    """Return SQL for the key of a person record, as it is compared.

    The macro source_key builds it; a Salesforce id is compared without the three
    characters by which its longer form spells the case of the others.
    """
    key = f"'{source}:' || nullif(trim({value}), '')"
    if source == "generic":
        whole = f"regexp_matches(trim({value}), '^({_SOURCES}):.')"
        return short_key(f"case when {whole} then trim({value}) else {key} end")
    return short_key(key) if source == "salesforce" else key


def short_key(key: str) -> str:
    """Return SQL for the whole key of a record as it is compared."""
    return f"regexp_replace({key}, '{_LONG_SALESFORCE_KEY}', '\\1')"


def short(key: str) -> str:
    """Return the whole key of a record as it is compared."""
    return re.sub(_LONG_SALESFORCE_KEY, r"\1", key)


def words_of(text: str) -> str:
    """Return SQL for the words of a text, which may be some names."""
    return f"regexp_split_to_array(lower(nfc_normalize({text})), '{BETWEEN_WORDS}')"


def name_kind(connection: duckdb.DuckDBPyConnection, name: str) -> tuple[str, str]:
    """Return a full name as it is compared, behind the kind that says its length."""
    row = connection.execute(
        f"select list_filter({words_of('?')}, x -> x != '')", [name]
    ).fetchone()
    words = row[0] if row else []
    return f"name{len(words)}", " ".join(words)


def is_erased(kind: str, value: str) -> str:
    """Return SQL that is true where a value's hash is that of an erased one."""
    return f"{hash_of(kind, value)} in (select hash from {ERASURES})"


def is_erased_name(words: str) -> str:
    """Return SQL that is true where a list of words is an erased full name."""
    hashed = hash_of("name' || len(words) || '", "array_to_string(words, ' ')")
    each = f"list_transform([{words}], words -> {hashed})"
    return f"({each})[1] in (select hash from {ERASURES})"


class Sieve:
    """Sifts the relations that hold one table's rows."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, source: str, table: Table
    ) -> None:
        self.connection = connection
        self.source = source
        self.table = table

    def sift(self, relation: str, columns: Mapping[str, str]) -> Sifted:
        """Take the rows and mentions of erased people out of a relation.

        Args:
            relation: its SQL name.
            columns: the name in the relation, as SQL, of each column of the table.
        """
        told = self._told(columns)
        self._remember(relation, columns, told)
        rows = []
        for name, condition in told.items():
            deleted = self._changed(f"delete from {relation} where {condition}")
            if deleted:
                rows.append((name, deleted))
        return Sifted(tuple(rows), self._empty(relation, columns))

    def _told(self, columns: Mapping[str, str]) -> dict[str, str]:
        """Return the condition under which each column tells an erased person."""
        if not self.table.is_declared:
            return {
                name: f"({is_erased('email', email_of(value))} "
                f"or {is_erased('record', _whole_key(value))})"
                for name, value in _as_text(columns).items()
            }
        told: dict[str, str] = {}
        for column in self.table.columns:
            value = _as_text(columns).get(column.name)
            if value is not None and column.person is not None:
                condition = self._condition(column, value)
                if condition:
                    told[column.name] = condition
        if self._is_of_people():
            told |= self._told_by_name_and_phone(_as_text(columns))
        else:
            nobody = self._names_nobody(_as_text(columns))
            for column in self.table.columns:
                if column.name in told and column.person in _TELLS_WITHOUT_RECORD:
                    told[column.name] = f"({told[column.name]}) and {nobody}"
        return told

    def _is_of_people(self) -> bool:
        """Return whether a row is a person's record, so that its address is theirs."""
        return any(
            column.person == "record" and self.table.key == (column.name,)
            for column in self.table.columns
        )

    def _told_by_name_and_phone(self, text: Mapping[str, str]) -> dict[str, str]:
        """Return, by telephone column, SQL that is true of an erased name with it."""
        names = [
            next((text[name] for name in text if name.endswith(endings)), None)
            for endings in (("first_name", "firstname"), ("last_name", "lastname"))
        ]
        first, last = names
        if first is None or last is None:
            return {}
        full = words_of(f"({first} || ' ' || {last})")
        is_named = is_erased_name(f"list_filter({full}, x -> x != '')")
        return {
            name: f"({is_named} and {is_erased('phone', phone_key(value))})"
            for name, value in text.items()
            if name.endswith("phone")
        }

    def _names_nobody(self, text: Mapping[str, str]) -> str:
        """Return SQL that is true of a row without the key of a person's record."""
        keys = [
            key_of(column.of or self.source, text[column.name])
            for column in self.table.columns
            if column.person == "record" and column.name in text
        ]
        return f"coalesce({', '.join([*keys, 'null'])}) is null"

    def _condition(self, column: Column, value: str) -> str | None:
        if column.person == "record":
            return is_erased("record", key_of(column.of or self.source, value))
        if column.person == "email":
            return is_erased("email", email_of(value))
        if column.person == "emails":
            each = email_of("x")
            hashes = f"list_transform({_parts(value)}, x -> {hash_of('email', each)})"
            return f"list_has_any({hashes}, (select list(hash) from {ERASURES}))"
        if column.person == "visitor":
            return is_erased("visitor", f"'{self.source}:' || trim({value})")
        if column.person == "child":
            return is_erased("row", f"'{self.source}.{column.of}:' || trim({value})")
        return None

    def _remember(
        self, relation: str, columns: Mapping[str, str], told: Mapping[str, str]
    ) -> None:
        """Keep hashes of what only rows that go are about: visitors and children."""
        if not told:
            return
        goes = " or ".join(f"coalesce({one}, false)" for one in told.values())
        kept: list[tuple[str, str, str]] = []
        text = _as_text(columns)
        people = [
            text[column.name]
            for column in self.table.columns
            if column.person == "record" and column.name in text
        ]
        for column in self.table.columns:
            if column.person == "visitor" and column.name in text and people:
                known = " or ".join(f"{person} is not null" for person in people)
                value = f"'{self.source}:' || trim({text[column.name]})"
                kept.append(("visitor", value, f"({known}) and not ({goes})"))
        for name in self._parent_columns(text):
            value = f"'{self.source}.{self.table.name}.{name}:' || trim({text[name]})"
            kept.append(("row", value, f"not ({goes})"))
        for kind, value, others in kept:
            self.connection.execute(
                f"insert into {ERASURES} select '{kind}', {hash_of(kind, 'told')}, "
                f"cast(now() as timestamp) from (select {value} as told "
                f"from {relation} where {goes} except select {value} "
                f"from {relation} where {others}) where told is not null "
                f"and {hash_of(kind, 'told')} not in (select hash from {ERASURES})"
            )

    def _parent_columns(self, text: Mapping[str, str]) -> list[str]:
        return [name for name in self.table.parent_columns if name in text]

    def _empty(self, relation: str, columns: Mapping[str, str]) -> int:
        """Empty what is left of erased people in rows about something else."""
        cells = 0
        # A lambda holds no query.
        self.connection.execute(
            f"set variable erasure_hashes = (select list(hash) from {ERASURES})"
        )
        for column in self.table.columns:
            value = columns.get(column.name)
            if value is None or column.data_type != "varchar":
                continue
            if column.person == "reference":
                condition = is_erased("record", key_of(column.of or self.source, value))
                cells += self._changed(
                    f"update {relation} set {value} = null where {condition}"
                )
            elif column.person == "references":
                bare = "split_part(trim(x), ':', 1)"
                hashed = hash_of("record", key_of(column.of or self.source, bare))
                stays = f"not list_contains(getvariable('erasure_hashes'), {hashed})"
                left = f"list_filter({_parts(value)}, x -> coalesce({stays}, true))"
                cells += self._changed(
                    f"update {relation} set {value} = "
                    f"nullif(array_to_string({left}, ';'), '') "
                    f"where len({left}) < len({_parts(value)})"
                )
        for name, value in columns.items():
            declared = self.table.column(name)
            if declared is None or declared.person == "text":
                cells += self._empty_names(relation, value)
            if declared is None or declared.person in {"text", "detail"}:
                cells += self._empty_phones(relation, value)
            if declared is None or declared.person != "staff":
                kind = declared.person if declared else None
                is_whole = kind in {"email", "emails"}
                cells += self._empty_addresses(relation, value, is_whole=is_whole)
        return cells

    def _empty_addresses(self, relation: str, value: str, *, is_whole: bool) -> int:
        """Take an erased address out of a text column, and leave the rest of it."""
        if not self._is_text(relation, value):
            return 0
        found = self.connection.execute(
            f"select distinct told from (select unnest({addresses_in(value)}) as told "
            f"from {relation} where regexp_matches({value}, '@|%40')) "
            f"where {is_erased('email', email_of('told'))}"
        ).fetchall()
        return sum(
            self._taken_out(
                relation, value, address_pattern(address, is_whole=is_whole)
            )
            for (address,) in found
        )

    def _taken_out(self, relation: str, value: str, pattern: str) -> int:
        """Put a word in the place of what a pattern matches, null where it is all."""
        return self._changed(
            f"update {relation} "
            f"set {value} = nullif({replaced(value, '$1', '$2')}, $3) "
            f"where regexp_matches({value}, $1, 'i')",
            [pattern, rf"\1{PUT}\2", PUT],
        )

    def _empty_names(self, relation: str, value: str) -> int:
        """Empty the cells of a free text in which an erased full name stands."""
        lengths = self.connection.execute(
            f"select distinct kind from {ERASURES} where starts_with(kind, 'name')"
        ).fetchall()
        if not lengths or not self._is_text(relation, value):
            return 0
        # As they stand, since they are to be found again; of a name only its letters
        # are compared, however Unicode spells them.
        words = f"regexp_split_to_array(lower({value}), '{BETWEEN_WORDS}')"
        cells = 0
        for (kind,) in lengths:
            last = int(kind.removeprefix("name")) - 1
            runs = (
                f"list_transform(range(1, len(words) - {last} + 1), "
                f"i -> array_to_string(words[i:i + {last}], ' '))"
            )
            found = self.connection.execute(
                f"select told from (select distinct unnest({runs}) as told from "
                f"(select {words} as words from {relation} "
                f"where contains({value}, ' '))) "
                f"where {is_erased(kind, 'nfc_normalize(told)')}"
            ).fetchall()
            # The first name that stands in a text goes first, whichever it is.
            names = [name.split() for (name,) in sorted(found)]
            for first in range(0, len(names), _MOST_NAMES):
                some = names[first : first + _MOST_NAMES]
                cells += self._taken_out(relation, value, name_pattern(*some))
        return cells

    def _empty_phones(self, relation: str, value: str) -> int:
        """Take an erased telephone number out of a text column."""
        known = self.connection.execute(
            f"select 1 from {ERASURES} where kind = 'phone' limit 1"
        ).fetchone()
        if known is None or not self._is_text(relation, value):
            return 0
        found = self.connection.execute(
            "select told from (select distinct unnest("
            f"regexp_extract_all({value}, '{PHONE}')) as told from {relation}) "
            f"where {is_erased('phone', phone_key('told'))} order by all"
        ).fetchall()
        return sum(
            self._taken_out(relation, value, literal_pattern(number))
            for (number,) in found
        )

    def _is_text(self, relation: str, value: str) -> bool:
        described = self.connection.execute(
            f"select typeof({value}) from {relation} limit 1"
        ).fetchone()
        return described is not None and described[0] == "VARCHAR"

    def _changed(self, statement: str, parameters: list[str] | None = None) -> int:
        row = self.connection.execute(statement, parameters or []).fetchone()
        return int(row[0]) if row else 0


def blank_rejects(
    connection: duckdb.DuckDBPyConnection,
    rejects: str,
    source: str,
    table: Table,
    *,
    where: str = "true",
    positions: Mapping[str, int] | None = None,
) -> int:
    """Blank the rejected rows in which an erased identifier or full name stands.

    A short key is an erased record's only where the table has such a key; elsewhere it
    may be any number.

    Args:
        connection: a connection to the warehouse that knows the salt.
        rejects: the relation of rejects, with their error and text.
        source: the name of the source of the rejects.
        table: the table that they were to land in.
        where: SQL for which rejects of the relation these are.
        positions: where the file has each column, from 0 on; by default in the order
            of the contract, since an earlier file's order is not known.

    Returns:
        The number of rows that lost their text.
    """
    connection.execute(
        f"set variable erasure_hashes = (select list(hash) from {ERASURES})"
    )
    spelled = "(coalesce(text, '') || ' ' || coalesce(error, ''))"
    plain = f"lower(replace({spelled}, '%40', '@'))"
    single = words_of(plain)
    keys = (
        f"list_filter(regexp_split_to_array({spelled}, '{_BETWEEN_TOKENS}'), "
        f"x -> length(x) >= {_LONG_KEY} or regexp_matches(x, '^({_SOURCES}):.'))"
    )
    if positions is None:
        positions = {column.name: n for n, column in enumerate(table.columns)}
    own = [
        hash_of("record", key_of(column.of or source, _given(column, positions)))
        for column in table.columns
        if column.person == "record" and column.name in positions
    ]
    any_key = key_of_any(quote_literal(source), "x")
    hashed = [
        f"list_transform({addresses_in(spelled)}, x -> "
        f"{hash_of('email', email_of('x'))})",
        f"list_transform({keys}, x -> {hash_of('record', any_key)})",
        f"[{', '.join([*own, 'cast(null as varchar)'])}]",
        f"list_transform(regexp_extract_all({spelled}, '{PHONE}'), x -> "
        f"{hash_of('phone', phone_key('x'))})",
    ]
    lengths = connection.execute(
        f"select distinct kind from {ERASURES} where starts_with(kind, 'name')"
    ).fetchall()
    for (kind,) in lengths:
        last = int(kind.removeprefix("name")) - 1
        runs = (
            f"list_transform(range(1, len({single}) - {last} + 1), i -> "
            f"array_to_string(({single})[i:i + {last}], ' '))"
        )
        hashed.append(f"list_transform({runs}, x -> {hash_of(kind, 'x')})")
    told = [f"list_has_any({one}, getvariable('erasure_hashes'))" for one in hashed]
    row = connection.execute(
        f"update {rejects} set text = null, error = ? "
        f"where error != ? and ({where}) and ({' or '.join(told)})",
        [REASON, REASON],
    ).fetchone()
    return int(row[0]) if row else 0


def _given(column: Column, positions: Mapping[str, int]) -> str:
    """Return SQL for what the text of a rejected row has in a column."""
    name = column.name.replace("_", "_?")
    member = f'(?i)"{name}"\\s*:\\s*"?([^",}}]*)'
    fields = f"regexp_split_to_array(text, '{_BETWEEN_FIELDS}')"
    return (
        "case when starts_with(ltrim(text), '{') "
        f"then regexp_extract(text, '{member}', 1) "
        f"else trim({fields}[{positions[column.name] + 1}], ' \"') end"
    )


def key_of_any(source: str, value: str) -> str:
    """Return SQL for the key of a record of a source that SQL gives."""
    whole = f"regexp_matches({value}, '^({_SOURCES}):.')"
    return short_key(
        f"case when {whole} then {value} else {source} || ':' || {value} end"
    )


def _as_text(columns: Mapping[str, str]) -> dict[str, str]:
    return {name: f"cast({value} as varchar)" for name, value in columns.items()}


def _whole_key(value: str) -> str:
    """Return SQL for the key of a record, also where a cycle's number follows it."""
    return short_key(f"split_part(trim({value}), '#', 1)")


def _parts(value: str) -> str:
    """Return SQL for the elements of a list in a text column."""
    return f"regexp_split_to_array({value}, '[;,]')"
