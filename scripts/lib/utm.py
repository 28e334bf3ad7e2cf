"""UTM rules on links: the same rows of the same seeds as fct_utm_violations.

A link is read as the landing pages of touches are (macros query_parameter and
click_id_type), and judged as the models int_campaigns__utm_* judge touches. The tests
hold both to the same verdict on the same links.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes, urlencode, urlsplit, urlunsplit

from lib.cli import UserError
from lib.quality.standards import SeedRow, read_seed

PARAMETERS = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")
CLICK_ID = "click_id"
# Those of the macro click_id_type.
CLICK_IDS = (
    "gclid",
    "gbraid",
    "wbraid",
    "dclid",
    "msclkid",
    "fbclid",
    "li_fat_id",
    "ttclid",
    "twclid",
    "rdt_cid",
    "sccid",
    "epik",
    "yclid",
)
PERSONAL = "(personal data)"
_WHOLE_VALUE_RULES = ("structure", "click_is_tagged")
_PATTERN_RULES = (*_WHOLE_VALUE_RULES, "no_personal_data")
_RULES = (*_PATTERN_RULES, "lower_case", "listed", "medium_of_source", "required")


@dataclass(frozen=True)
class Link:
    """What a link carries: UTM values that are not empty, and its first click id."""

    values: Mapping[str, str]
    click_id: str | None = None


@dataclass(frozen=True)
class Violation:
    """A rule that a link breaks.

    Attributes:
        utm_rule_id, rule, severity, fix: as the seed has them.
        parameter: the UTM parameter at fault, or click_id.
        value: its value, never one with personal data; None where it is missing.
        suggestion: the value that mends it, where the seeds tell.
    """

    utm_rule_id: str
    rule: str
    parameter: str
    value: str | None
    suggestion: str | None
    severity: str
    fix: str

    def __str__(self) -> str:
        value = "missing" if self.value is None else repr(self.value)
        mend = f"; use {self.suggestion!r}" if self.suggestion is not None else ""
        what = f"{self.severity} {self.utm_rule_id} {self.rule}: {self.parameter}"
        return f"{what} {value}{mend} | fix: {self.fix}"


@dataclass(frozen=True)
class UtmRule:
    """A row of utm_rules."""

    utm_rule_id: str
    rule: str
    parameter: str
    pattern: re.Pattern[str] | None
    severity: str
    fix: str

    def matches(self, value: str) -> bool:
        """Return whether the pattern matches; a rule without one matches nothing."""
        if self.pattern is None:
            return False
        whole = self.rule in _WHOLE_VALUE_RULES
        find = self.pattern.fullmatch if whole else self.pattern.search
        return find(value) is not None


@dataclass(frozen=True)
class UtmPolicy:
    """The rules in force, the allowed values by spelling, and each source's mediums."""

    rules: Sequence[UtmRule]
    personal: Sequence[UtmRule]
    allowed: Mapping[tuple[str, str], str]
    mediums: Mapping[str, Sequence[str]]

    @classmethod
    def read(cls, folder: Path, day: date) -> UtmPolicy:
        """Read the seeds of a folder; rules are those in force on a day.

        Raises:
            UserError: a seed is missing or a row is malformed; the text names it.
        """
        campaigns = folder / "campaigns"
        rows = read_seed(campaigns / "utm_rules.csv")
        rules = [(row, _read_rule(row)) for row in rows]
        mediums: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for row in read_seed(campaigns / "utm_source_mediums.csv"):
            ranked = (row["utm_source_medium_id"], row["utm_medium"])
            mediums[row["utm_source"]].append(ranked)
        return cls(
            rules=[rule for row, rule in rules if row.is_in_force(day)],
            # What is personal is never shown, whatever rule is in force.
            personal=[rule for _, rule in rules if rule.rule == "no_personal_data"],
            allowed={
                (row["parameter"], row["synonym"]): row["utm_value"]
                for row in read_seed(campaigns / "utm_allowed_values.csv")
            },
            mediums={
                source: [medium for _, medium in sorted(ranked)]
                for source, ranked in mediums.items()
            },
        )

    def violations(self, link: Link) -> list[Violation]:
        """Return the rules that a link breaks, in the order of the seed."""
        return [
            self._violation(rule, link)
            for rule in self.rules
            if self._is_broken(rule, link)
        ]

    def canonical(self, parameter: str, value: str | None) -> str | None:
        """Return the allowed value that a value is a spelling of."""
        return None if value is None else self.allowed.get((parameter, lower(value)))

    def is_personal(self, value: str) -> bool:
        """Return whether a value holds an address or a number of a person."""
        return any(rule.matches(lower(value)) for rule in self.personal)

    def _is_broken(self, rule: UtmRule, link: Link) -> bool:
        if rule.parameter == CLICK_ID:
            bare = link.click_id is not None and not link.values
            return bare and rule.matches(link.click_id or "")
        value = link.values.get(rule.parameter)
        if value is None:
            return rule.rule == "required" and bool(link.values)
        return {
            "lower_case": value != lower(value),
            "listed": self.canonical(rule.parameter, value) != lower(value),
            "medium_of_source": self._contradicts(link),
            "structure": not rule.matches(lower(value)),
            "no_personal_data": rule.matches(lower(value)),
        }.get(rule.rule, False)

    def _contradicts(self, link: Link) -> bool:
        listed = self._listed_mediums(link)
        medium = self.canonical("utm_medium", link.values.get("utm_medium"))
        return bool(listed) and medium is not None and medium not in listed

    def _listed_mediums(self, link: Link) -> Sequence[str]:
        source = self.canonical("utm_source", link.values.get("utm_source"))
        return self.mediums.get(source or "", ())

    def _violation(self, rule: UtmRule, link: Link) -> Violation:
        click = rule.parameter == CLICK_ID
        value = link.click_id if click else link.values.get(rule.parameter)
        personal = value is not None and self.is_personal(value)
        return Violation(
            utm_rule_id=rule.utm_rule_id,
            rule=rule.rule,
            parameter=rule.parameter,
            value=PERSONAL if personal else value,
            suggestion=None if personal else self._suggestion(rule, link, value),
            severity=rule.severity,
            fix=rule.fix,
        )

    def _suggestion(self, rule: UtmRule, link: Link, value: str | None) -> str | None:
        if rule.rule == "medium_of_source" or (
            rule.rule == "required" and rule.parameter == "utm_medium"
        ):
            return next(iter(self._listed_mediums(link)), None)
        if value is None:
            return None
        known = self.canonical(rule.parameter, value)
        if rule.rule == "lower_case":
            return known or lower(value)
        if rule.rule == "structure":
            mended = slug(value)
            return mended if rule.matches(mended) else None
        return known


def lower(text: str) -> str:
    """Return text in lower case, letter by letter, as databases do."""
    return "".join(letter.lower()[0] for letter in text)


def slug(value: str) -> str:
    """Return a value in the form of the macro utm_slug."""
    return re.sub("[^a-z0-9_-]+", "-", lower(value)).strip("-_")


def read_link(url: str) -> Link:
    """Read what a link carries, as the warehouse reads a landing page."""
    found = {name: _query_parameter(url, name) for name in PARAMETERS}
    click = re.search(f"[?&;]({'|'.join(CLICK_IDS)})=[^&#]", lower(url))
    return Link(
        {name: value for name, value in found.items() if value is not None},
        click.group(1) if click else None,
    )


def tagged_url(url: str, values: Mapping[str, str]) -> str:
    """Return the URL with UTM values added to its query string.

    Raises:
        UserError: the URL is none of a page, or carries UTM values already.
    """
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname
    except ValueError as error:
        raise UserError(f"--url is no address: {error}") from error
    if parts.scheme.lower() not in ("http", "https") or not host:
        raise UserError("--url is no address of a page: it starts with https://")
    carried = sorted(read_link(url).values)
    if carried:
        raise UserError(f"--url carries {', '.join(carried)} already: leave them out")
    added = urlencode(dict(values), quote_via=quote)
    query = f"{parts.query}&{added}" if parts.query else added
    return urlunsplit(parts._replace(query=query))


def _query_parameter(url: str, name: str) -> str | None:
    found = re.search(f"[?&;]{name}=([^&#]*)", url, re.IGNORECASE)
    if not found:
        return None
    raw = found.group(1).replace("+", " ")
    try:
        decoded = unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError:
        decoded = raw
    return decoded.strip(" ") or None


def _read_rule(row: SeedRow) -> UtmRule:
    kind, text = row["rule"], row["pattern"]
    if kind not in _RULES:
        raise UserError(f"{row.place}: rule {kind!r} is none of {', '.join(_RULES)}")
    if (kind in _PATTERN_RULES) != bool(text):
        raise UserError(f"{row.place}: rule and pattern do not go together")
    if kind in _WHOLE_VALUE_RULES and not (text.startswith("^") and text.endswith("$")):
        raise UserError(f"{row.place}: pattern is not anchored at both ends")
    try:
        pattern = re.compile(text) if text else None
    except re.error as error:
        raise UserError(f"{row.place}: pattern is not one: {error}") from error
    return UtmRule(
        row["utm_rule_id"], kind, row["parameter"], pattern, row["severity"], row["fix"]
    )
