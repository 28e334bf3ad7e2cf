r"""How addresses and names stand in a text: where they end, and how they are written.

An address ends where no character of an address goes on, a name where no letter or
digit does, so that `kim.lee@acme.com` does not hold lee@acme.com. Punctuation about an
address is none of it. In a URL @ may be %40 and + may be %2B.

The patterns are for RE2, which has no look-around: what stands before and after is
captured, as \1 and \2, and a neighbour that two finds share needs a second pass.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

BETWEEN_WORDS = r"[^\p{L}\p{M}0-9]+"
# What stands in a text in the place of an address or a name.
PUT = "erased"
ADDRESS = r"[\p{L}\p{M}\p{N}._%+'-]+@[\p{L}\p{M}\p{N}.-]+"
# With characters that stand about an address more often than in it.
_ODD_ADDRESS = r"[^\s,;<>\"()\[\]{}=|:]+@[\p{L}\p{M}\p{N}.-]+"
# Escapes of punctuation that is no part of an address.
_ESCAPE = "%(?:2[0-9acf]|3[a-f]|5[b-e]|7[b-d])"
_EDGE = "['._-]*"
# What may stand between the digits of a telephone number.
_PHONE_MARKS = "[ ().\\-/\u00a0\u2010-\u2015]*"
_NO_NUMBER = _PHONE_MARKS.replace("[", "[^0-9").removesuffix("*")
PHONE = rf"[+(]?[0-9](?:{_PHONE_MARKS}[0-9]){{6,}}"
_EXTENSION = "(?:ext|x|#|;).*$"
_LEAST_DIGITS, _TOLD_DIGITS = 7, 9
# A class of what is neither a letter, a mark, a digit nor one of some characters.
_OTHERS = re.compile(r"\[\^(?:\\p\{[LMN]\})+(?:0-9)?([^\]]*)\]")
_MARKS = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"


def addresses_in(value: str) -> str:
    """Return SQL for the list of what may be an address in a text, in lower case."""
    plain = f"replace(replace(lower({value}), '%40', '@'), '%2b', '+')"
    plain = f"regexp_replace(replace({plain}, '%27', ''''), '{_ESCAPE}', ' ', 'g')"
    found = f"regexp_extract_all({plain}, '{_quoted(ADDRESS)}')"
    odd = f"regexp_extract_all({plain}, '{_quoted(_ODD_ADDRESS)}')"
    each = f"list_transform(list_concat({found}, {odd}), x -> rtrim(x, '.-'))"
    edge = _quoted(f"^{_EDGE}")
    bare = f"list_transform({each}, x -> regexp_replace(x, '{edge}', ''))"
    return f"list_distinct(list_concat({each}, {bare}))"


def address_pattern(address: str, *, is_whole: bool = False) -> str:
    """Return the pattern of an address in a text; `is_whole` of one in a list of such.

    A mark at the edge, as in _lee@acme.com_, is part of an address in such a list.
    """
    edge = "" if is_whole else _EDGE
    before = rf"((?:^|[^\p{{L}}\p{{M}}\p{{N}}._%+'-]|{_ESCAPE}){edge})"
    after = r"([.-]*(?:$|[^\p{L}\p{M}\p{N}.-]))"
    return f"{before}{_spelled(address)}{after}"


def name_pattern(*names: Sequence[str]) -> str:
    """Return the pattern of names in a text, whatever stands between their words."""
    spelled = "|".join(BETWEEN_WORDS.join(map(re.escape, words)) for words in names)
    return rf"(^|[^\p{{L}}\p{{M}}0-9])(?:{spelled})($|[^\p{{L}}\p{{M}}0-9])"


def phone_key(value: str) -> str:
    """Return SQL for the digits by which a number is compared, null if it is none.

    They are the last nine, so that a country's prefix does not matter, as the macro
    plain_phone has them.
    """
    bare = f"regexp_replace(lower({value}), '{_EXTENSION}', '')"
    digits = f"regexp_replace({bare}, '[^0-9]', '', 'g')"
    return (
        f"case when length({digits}) >= {_LEAST_DIGITS} "
        f"and replace({digits}, right({digits}, 1), '') != '' "
        f"then right({digits}, {_TOLD_DIGITS}) end"
    )


def phone_pattern(key: str) -> str:
    """Return the pattern of a number by the digits that tell it, in any notation."""
    # One of fewer digits is no other number's end.
    start = "" if len(key) == _TOLD_DIGITS else f"(?:^|{_NO_NUMBER}){_PHONE_MARKS}"
    return rf"{start}{_PHONE_MARKS.join(key)}(?:$|[^0-9])"


def literal_pattern(text: str) -> str:
    """Return the pattern of a number as it stands in a text."""
    return rf"((?:^|{_NO_NUMBER}){_PHONE_MARKS}){re.escape(text)}($|[^0-9])"


def key_pattern(key: str) -> str:
    """Return the pattern of a record's key as a whole value, in its longer form too."""
    more = "(?:[A-Za-z0-9]{3})?" if key.startswith("salesforce:") else ""
    return f"{re.escape(key)}{more}"


def in_python(pattern: str) -> re.Pattern[str]:
    """Return a pattern of this module for the module re, which has no such classes."""

    def spelled(found: re.Match[str]) -> str:
        others = rf"[^\w{_MARKS}{found[1]}]"
        return others if "_" in found[1] else f"(?:{others}|_)"

    return re.compile(_OTHERS.sub(spelled, pattern), re.IGNORECASE)


def replaced(value: str, pattern: str, put: str) -> str:
    """Return SQL for a text with something else in the place of what a pattern finds.

    `pattern` and `put` are SQL too. Finds that share a neighbour take two passes.
    """
    once = f"regexp_replace({value}, {pattern}, {put}, 'gi')"
    return f"regexp_replace({once}, {pattern}, {put}, 'gi')"


def _spelled(address: str) -> str:
    spelled = re.escape(address).replace("@", "(?:@|%40)")
    return spelled.replace(r"\+", r"(?:\+|%2B)").replace("'", "(?:'|%27)")


def _quoted(pattern: str) -> str:
    return pattern.replace("'", "''")
