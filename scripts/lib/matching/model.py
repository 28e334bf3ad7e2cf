"""What is compared when two person records are matched, and how levels are told apart.

Comparisons and their levels are code; what each level weighs is the seed
match_parameters, which scripts/match.py estimates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from splink import SettingsCreator, block_on
from splink import comparison_level_library as levels
from splink import comparison_library as comparisons
from splink.internals.comparison_level_creator import ComparisonLevelCreator

UNIQUE_ID = "person_record_id"
PRIOR = "prior"
# Below this many records, chance agreement is what it is among this many.
LEAST_POPULATION = 1_000


@dataclass(frozen=True)
class Level:
    """One way in which two values may agree; SQL over l and r, first one wins."""

    name: str
    condition: str
    term: str | None = None  # column whose values are more or less common
    least_u: float = 0.0  # chance below which no value's frequency is taken to lie
    counted: str = "count(*)"  # how often a value occurs


@dataclass(frozen=True)
class Comparison:
    """A field of evidence: when it says nothing, and its levels from the best on.

    What is disregarded counts where weights are estimated, but not in a score.
    """

    name: str
    unknown: str
    levels: tuple[Level, ...] = field(default=())
    disregarded: str = "false"


# The family name in the given name's place, and the other way round, perhaps mistyped;
# few mistype the first letter.
_SWAPPED = (
    "(left(first_name_l, 1) = left(last_name_r, 1)"
    " and left(last_name_l, 1) = left(first_name_r, 1)"
    " and last_name_l != last_name_r"
    " and jaro_winkler_similarity(first_name_l, last_name_r) >= 0.8"
    " and jaro_winkler_similarity(last_name_l, first_name_r) >= 0.8"
    " and greatest(jaro_winkler_similarity(first_name_l, last_name_r),"
    " jaro_winkler_similarity(last_name_l, first_name_r)) >= 0.9)"
)
_CROSSED = (
    "(left(first_name_l, 1) = left(last_name_r, 1)"
    " and jaro_winkler_similarity(first_name_l, last_name_r) >= 0.9)"
    " or (left(last_name_l, 1) = left(first_name_r, 1)"
    " and jaro_winkler_similarity(last_name_l, first_name_r) >= 0.9)"
)


def _unknown(column: str) -> str:
    return f"{column}_l is null or {column}_r is null"


def _alike(column: str, least: float) -> str:
    return f"jaro_winkler_similarity({column}_l, {column}_r) >= {least}"


def _near(column: str, most: int) -> str:
    """Return whether that many slips lead from one value to the other.

    Counting them is dear: what is plainly unlike is told by a cheaper likeness first.
    """
    return (
        f"abs(length({column}_l) - length({column}_r)) <= {most}"
        f" and {_alike(column, 0.8)}"
        f" and damerau_levenshtein({column}_l, {column}_r) <= {most}"
    )


# Numbers in mailboxes tell namesakes apart, and few mistype the first letter.
_MISTYPED_EMAIL = (
    f"left(email_l, 1) = left(email_r, 1) and {_alike('email', 0.9)}"
    f" and {_near('email', 2)}"
    " and regexp_replace(email_l, '[^0-9]+', '', 'g')"
    " = regexp_replace(email_r, '[^0-9]+', '', 'g')"
)
# Colleagues share a place with their company: it counts where the company does not.
_COLLEAGUES = (
    "coalesce(company_l = company_r or company_domain_l = company_domain_r, false)"
)
# Colleagues' lines differ in their last digits, which is then no slip.
_NEIGHBOURING = (
    f"{_COLLEAGUES} and coalesce(phone_l != phone_r"
    " and left(first_name_l, 1) != left(first_name_r, 1)"
    " and left(phone_l, length(phone_l) - 2)"
    " = left(phone_r, length(phone_r) - 2), false)"
)
# Relatives under one roof share a family name and a telephone. A given name that its
# own mailbox begins with is no slip for another.
_RELATIVES = (
    "coalesce(last_name_l = last_name_r"
    " and left(first_name_l, 1) != left(first_name_r, 1)"
    " and jaro_winkler_similarity(first_name_l, first_name_r) < 0.78"
    " and (left(email_l, 1) = left(first_name_l, 1)"
    " or left(email_r, 1) = left(first_name_r, 1)), false)"
)
# One person's records under a telephone number do not make it a switchboard.
_OWNERS = "count(distinct concat(left(first_name, 1), left(last_name, 1)))"

COMPARISONS = (
    Comparison(
        "first_name",
        f"{_unknown('first_name')} or {_SWAPPED}",
        (
            Level("same", "first_name_l = first_name_r", "first_name", 1e-5),
            Level("alike", _alike("first_name", 0.9)),
            Level(
                "initial",
                "least(length(first_name_l), length(first_name_r)) = 1"
                " and left(first_name_l, 1) = left(first_name_r, 1)",
            ),
            Level("similar", _alike("first_name", 0.78)),
            Level("different", "ELSE"),
        ),
    ),
    Comparison(
        "last_name",
        _unknown("last_name"),
        (
            Level("same", "last_name_l = last_name_r", "last_name", 1e-6),
            Level("swapped", _SWAPPED),
            Level("alike", _alike("last_name", 0.9)),
            Level("similar", _alike("last_name", 0.78)),
            Level("crossed", _CROSSED),
            Level("different", _alike("first_name", 0.9)),
            Level("both_different", "ELSE"),
        ),
    ),
    Comparison(
        "email",
        f"{_unknown('email')} or email_l = email_r",
        (
            Level("mistyped", _MISTYPED_EMAIL),
            Level("same_name", "email_name_l = email_name_r", "email_name", 1e-6),
            Level("different", "ELSE"),
        ),
    ),
    Comparison(
        "phone",
        _unknown("phone"),
        (
            Level("same", "phone_l = phone_r", "phone", 1e-5, _OWNERS),
            Level("mistyped", _near("phone", 2)),
            Level("different", "ELSE"),
        ),
        disregarded=f"{_RELATIVES} or ({_NEIGHBOURING})",
    ),
    Comparison(
        "company",
        f"({_unknown('company')}) and ({_unknown('company_domain')})",
        (
            Level("same", "company_l = company_r", "company", 1e-5),
            Level("same_domain", "company_domain_l = company_domain_r"),
            Level("alike", _alike("company", 0.88)),
            Level("different", "ELSE"),
        ),
    ),
    Comparison(
        "title",
        _unknown("title"),
        (
            Level("same", "title_l = title_r", "title", 1e-3),
            Level("alike", _alike("title", 0.85)),
            Level("different", "ELSE"),
        ),
    ),
    Comparison(
        "postal_code",
        f"{_unknown('postal_code')} or {_COLLEAGUES}",
        (
            Level("same", "postal_code_l = postal_code_r", "postal_code", 1e-5),
            Level("mistyped", _near("postal_code", 1)),
            Level("different", "ELSE"),
        ),
    ),
    Comparison(
        "region",
        f"(({_unknown('state')}) and ({_unknown('country')}))"
        f" or {_COLLEAGUES} or coalesce(postal_code_l = postal_code_r, false)",
        (
            Level("same_state", "state_l = state_r", "state", 1e-3),
            Level("same_country", "country_l = country_r"),
            Level("different", "ELSE"),
        ),
    ),
)
COLUMNS = (
    "first_name", "last_name", "email", "email_name", "phone", "company",
    "company_domain", "title", "postal_code", "state", "country",
)  # fmt: skip


@dataclass(frozen=True)
class Weight:
    """How often a level occurs among duplicates (m) and among other pairs (u)."""

    m: float
    u: float


Weights = Mapping[tuple[str, str], Weight]


def terms() -> dict[str, tuple[tuple[str, str], str]]:
    """Return the columns whose values' frequencies count, their level and count."""
    return {
        level.term: ((comparison.name, level.name), level.counted)
        for comparison in COMPARISONS
        for level in comparison.levels
        if level.term
    }


def settings(weights: Weights | None, prior: float) -> SettingsCreator:
    """Return Splink's settings, with the weights of the levels where they are known."""
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name=UNIQUE_ID,
        probability_two_random_records_match=prior,
        comparisons=[_comparison(each, weights) for each in COMPARISONS],
        blocking_rules_to_generate_predictions=[block_on(UNIQUE_ID)],
        retain_intermediate_calculation_columns=True,
        retain_matching_columns=True,
        em_convergence=0.0001,
        linker_uid="people",
    )


def _comparison(
    comparison: Comparison, weights: Weights | None
) -> comparisons.CustomComparison:
    unknown = comparison.unknown
    if weights:
        unknown = f"{unknown} or {comparison.disregarded}"
    creators: list[ComparisonLevelCreator | dict[str, Any]] = [
        levels.CustomLevel(unknown, "unknown").configure(is_null_level=True)
    ]
    for level in comparison.levels:
        creator = (
            levels.ElseLevel()
            if level.condition == "ELSE"
            else levels.CustomLevel(level.condition, level.name)
        )
        creator.configure(label_for_charts=level.name)
        if level.term:
            creator.configure(
                tf_adjustment_column=level.term,
                tf_minimum_u_value=level.least_u,
                disable_tf_exact_match_detection=True,
            )
        if weights:
            weight = weights[comparison.name, level.name]
            creator.configure(m_probability=weight.m, u_probability=weight.u)
        creators.append(creator)
    return comparisons.CustomComparison(creators, comparison.name)
