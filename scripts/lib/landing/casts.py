"""What text counts as a value of a data type, as SQL that DuckDB runs.

One set of rules for every way a file is read. A value that does not fit becomes null
here, and `staging` rejects its row; nothing is rounded, clipped or guessed:

- integer, bigint: digits with an optional sign; `200.0` is 200, `5.7` is none;
- decimal(p,s): decimal or scientific notation; digits beyond the scale are rounded;
- double: the same; nan and infinities are none;
- boolean: true/false, t/f, yes/no, y/n, 1/0, 1.0/0.0, in any case;
- timestamp: ISO 8601 with a T or a space, seconds optional, with or without a zone;
  stored in UTC, a time without a zone is UTC or in the zone that the source's contract
  names: a time that its clocks skip is moved on by what they skip, one that they show
  twice is the first of the two; years 0001 to 9999;
- date: a date, or a timestamp of which the day in UTC is taken.

White space around a typed value is not part of it, and a blank is no value.
"""

from __future__ import annotations

import duckdb

from lib.sql import quote_literal

# Tab, line feed, carriage return, space and no-break space.
_BLANKS = "chr(9) || chr(10) || chr(13) || chr(32) || chr(160)"

_TRUE = "('true', 't', 'yes', 'y', '1', '1.0')"
_FALSE = "('false', 'f', 'no', 'n', '0', '0.0')"

# A zone after a space or without seconds, which DuckDB does not read by itself.
_ZONE = "(Z|[+-][0-9]{2}(?::?[0-9]{2})?)"
# No place on Earth is more than 14 hours from UTC.
_NO_ZONE = ":.*[+-](1[5-9]|[2-9][0-9])(:?[0-9]{2})?$"
_MENDED = (
    f"regexp_replace(regexp_replace(given, ' +{_ZONE}$', '\\1'),"
    f" '([T ][0-9]{{2}}:[0-9]{{2}}){_ZONE}$', '\\1:00\\2')"
)

# The text of a moment that says itself what zone it is in.
_HAS_ZONE = ":.*([Zz]|[+-][0-9]{2}(:?[0-9]{2})?| [A-Za-z][A-Za-z0-9_/+-]*)$"

_FAST_DIGITS = 18

_MACROS = {
    "landing_trim(given)": f"trim(given, {_BLANKS})",
    # Only text that begins with white space is worth the trimming.
    "landing_is_blank(given)": (
        "case when given is null then true"
        " when given < '!' or (given >= chr(160) and given < chr(161))"
        " then landing_trim(given) = '' else false end"
    ),
    "landing_strict_integer(given)": (
        "case when regexp_full_match(given, '[+-]?[0-9]+([.]0*)?')"
        " then try_cast(given as integer) end"
    ),
    "landing_strict_bigint(given)": (
        "case when regexp_full_match(given, '[+-]?[0-9]+([.]0*)?')"
        " then try_cast(given as bigint) end"
    ),
    "landing_strict_double(given)": (
        "case when not contains(given, '_') and isfinite(try_cast(given as double))"
        " then try_cast(given as double) end"
    ),
    "landing_strict_boolean(given)": (
        f"case when lower(given) in {_TRUE} then true"
        f" when lower(given) in {_FALSE} then false end"
    ),
    # A cast to timestamp drops the offset in the text and is fast, hence only for text
    # that cannot have one; a cast to timestamptz heeds it. Words such as 'infinity' and
    # years of five digits are kept out by the pattern.
    "landing_strict_timestamp(given)": (
        "case when given like '____-__-_____:__:__' and given >= '0001'"
        " then try_cast(given as timestamp)"
        " when (given like '____-%' or given like '____/%') and given >= '0001'"
        f" and not regexp_matches(given, '{_NO_ZONE}') then coalesce("
        "cast(try_cast(given as timestamptz) as timestamp), "
        f"cast(try_cast({_MENDED} as timestamptz) as timestamp)) end"
    ),
    # Of a time that clocks show twice, the conversion takes the second.
    "landing_in_zone(given, zone)": (
        "case when timezone(zone, timezone(zone, given) - interval 1 hour) = given"
        " then cast(timezone(zone, given) - interval 1 hour as timestamp)"
        " when timezone(zone, timezone(zone, given) - interval 30 minute) = given"
        " then cast(timezone(zone, given) - interval 30 minute as timestamp)"
        " else cast(timezone(zone, given) as timestamp) end"
    ),
    "landing_local(given, moment, zone)": (
        f"case when regexp_matches(given, '{_HAS_ZONE}') then moment"
        " else landing_in_zone(moment, zone) end"
    ),
    # A cast to date ignores what follows the date; hence only text of its length.
    "landing_strict_date(given)": (
        "case when given like '____-__-__' and given >= '0001'"
        " then try_cast(given as date)"
        " else cast(landing_strict_timestamp(given) as date) end"
    ),
}

_DESCRIPTIONS = {
    "integer": "a whole number of at most 2,147,483,647",
    "bigint": "a whole number of 64 bits",
    "double": "a number",
    "boolean": "true or false",
    "date": "a date",
    "timestamp": "a timestamp",
}

_WHOLE = frozenset(
    f"{sign}{size}INT"
    for sign in ("", "U")
    for size in ("TINY", "SMALL", "BIG", "HUGE")
) | {"INTEGER", "UINTEGER"}
_NESTED = ("STRUCT", "MAP", "UNION")


def install(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the macros that the expressions of this module call."""
    connection.execute("set TimeZone = 'UTC'")
    for signature, body in _MACROS.items():
        connection.execute(f"create or replace temp macro {signature} as {body}")


def describe(data_type: str) -> str:
    """Return what a value of a data type is, for "is not …" in an error."""
    if data_type.startswith("decimal"):
        return f"a number that fits {data_type}"
    return _DESCRIPTIONS[data_type]


def text_to(expression: str, data_type: str, time_zone: str | None = None) -> str:
    """Return SQL for text as a value of a data type: null if it is none or blank."""
    if data_type == "varchar":
        return f"nullif({expression}, '')"
    trimmed = f"landing_trim({expression})"
    value = f"coalesce({_strict(expression, data_type)}, {_strict(trimmed, data_type)})"
    if data_type == "timestamp" and time_zone:
        return f"landing_local({trimmed}, {value}, {quote_literal(time_zone)})"
    return value


def value_to(
    expression: str, given_type: str, data_type: str, time_zone: str | None = None
) -> str:
    """Return SQL for a value of a DuckDB type as a value of a data type.

    Types that convert without loss are cast; all others go by their text.
    """
    given = given_type.upper()
    is_nested = given.startswith(_NESTED) or given.endswith("]") or given == "JSON"
    if data_type == "varchar":
        text = f"to_json({expression})" if is_nested else expression
        return text_to(f"cast({text} as varchar)", data_type)
    is_moment = given.startswith("TIMESTAMP") or given == "DATE"
    if is_moment and data_type in ("timestamp", "date"):
        moment = f"cast({expression} as timestamp)"
        if data_type == "timestamp" and time_zone and not given.endswith("ZONE"):
            return f"landing_in_zone({moment}, {quote_literal(time_zone)})"
        return f"cast({moment} as {data_type})"
    if given == data_type.upper() and given in ("DOUBLE", "BOOLEAN"):
        return f"case when isfinite(cast({expression} as double)) then {expression} end"
    is_number = given in _WHOLE or given.startswith("DECIMAL")
    takes_number = data_type == "double" or data_type.startswith("decimal")
    if (given in _WHOLE and data_type in ("integer", "bigint")) or (
        is_number and takes_number
    ):
        return f"try_cast({expression} as {data_type})"
    return text_to(f"cast({expression} as varchar)", data_type, time_zone)


def _strict(expression: str, data_type: str) -> str:
    if not data_type.startswith("decimal"):
        return f"landing_strict_{data_type}({expression})"
    width, scale = (int(number) for number in data_type[8:-1].split(","))
    cast = f"try_cast({expression} as {data_type})"
    if width > _FAST_DIGITS >= scale:
        # Text to a wider decimal takes a hundred times as long, and nearly every
        # number fits the narrow one.
        narrow = f"try_cast({expression} as decimal({_FAST_DIGITS},{scale}))"
        cast = f"coalesce(cast({narrow} as {data_type}), {cast})"
    return f"case when not contains({expression}, '_') then {cast} end"
