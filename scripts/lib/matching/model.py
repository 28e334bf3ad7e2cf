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
    # Comparison and levels of it among which alone this level can occur.
    within: tuple[str, tuple[str, ...]] | None = None


@dataclass(frozen=True)
class Comparison:
    """A field of evidence: when it says nothing, and its levels from the best on.

    What is disregarded counts where weights are estimated, but not in a score; what is
    untrained counts in a score alone.
    """

    name: str
    unknown: str
    levels: tuple[Level, ...] = field(default=())
    disregarded: str = "false"
    untrained: str = "false"


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
    f"(left(email_l, 1) = left(email_r, 1) and {_alike('email', 0.85)}"
    f" and {_near('email', 2)}"
    " and (email_name_l = email_name_r or regexp_replace(email_l, '[^0-9]+', '', 'g')"
    " = regexp_replace(email_r, '[^0-9]+', '', 'g')))"
)
# Colleagues share a place with their company: it counts where the company does not.
_COLLEAGUES = (
    "coalesce(company_l = company_r or company_domain_l = company_domain_r, false)"
)
# Colleagues' lines differ in their last digits, which is then no slip, unless the two
# are in each other's place.
_NEIGHBOURING = (
    f"{_COLLEAGUES} and coalesce(phone_l != phone_r"
    " and reverse(right(phone_l, 2)) != right(phone_r, 2)"
    " and left(first_name_l, 1) != left(first_name_r, 1)"
    " and left(phone_l, length(phone_l) - 2)"
    " = left(phone_r, length(phone_r) - 2), false)"
)
# A slip in a state's name is no other state.
_MISTYPED_STATE = (
    "coalesce(state_l != state_r and least(length(state_l), length(state_r)) > 3"
    f" and {_near('state', 2)}, false)"
)
# Relatives under one roof share a family name and a telephone. A given name that its
# own mailbox begins with is no slip for another.
_RELATIVES = (
    "coalesce(last_name_l = last_name_r and ("
    "left(first_name_l, 1) != left(first_name_r, 1)"
    " and jaro_winkler_similarity(first_name_l, first_name_r) < 0.78"
    " and (left(email_l, 1) = left(first_name_l, 1)"
    " or left(email_r, 1) = left(first_name_r, 1))"
    " or jaro_winkler_similarity(first_name_l, first_name_r) < 0.9"
    " and least(length(first_name_l), length(first_name_r)) > 1"
    " and starts_with(email_l, first_name_l)"
    " and starts_with(email_r, first_name_r)), false)"
)
_TURNED = f"(coalesce({_CROSSED}, false) or coalesce({_SWAPPED}, false))"
# No way of writing one given name leads to the other.
_UNLIKE = (
    "coalesce(left(first_name_l, 1) != left(first_name_r, 1)"
    " and jaro_winkler_similarity(first_name_l, first_name_r) < 0.78"
    f" and not {_TURNED}, false)"
)
# Whoever else writes under an address that many use.
_OTHER_NAME = (
    "(least(coalesce(jaro_winkler_similarity(first_name_l, first_name_r), 1),"
    " coalesce(jaro_winkler_similarity(last_name_l, last_name_r), 1)) < 0.78"
    f" and not {_TURNED})"
)
# A household shares its telephone and its place, whatever its members are called; where
# no employer tells more, another given name is another member.
_HOUSEHOLD = (
    f"phone_l = phone_r and ({_unknown('company')}) and ({_unknown('company_domain')})"
    " and coalesce(postal_code_l = postal_code_r, true)"
    f" and {_UNLIKE}"
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
            Level(
                "different",
                _alike("first_name", 0.9),
                within=("first_name", ("same", "alike")),
            ),
            Level("both_different", "ELSE"),
        ),
    ),
    Comparison(
        "email",
        _unknown("email"),
        (
            Level("mistyped", f"email_l = email_r or {_MISTYPED_EMAIL}"),
            Level(
                "same_name", "email_name_l = email_name_r", "email_name", 1e-6, _OWNERS
            ),
            Level("different", "ELSE"),
        ),
        disregarded=f"(email_l = email_r and {_OTHER_NAME})",
        untrained="email_l = email_r",
    ),
    Comparison(
        "phone",
        _unknown("phone"),
        (
            Level("household", _HOUSEHOLD),
            Level("same", "phone_l = phone_r", "phone", 1e-5, _OWNERS),
            Level("mistyped", _near("phone", 2)),
            Level("different", "ELSE"),
        ),
        disregarded=f"{_RELATIVES} or ({_NEIGHBOURING})",
    ),
    Comparison(
        "company",
        f"({_unknown('company')}) and ({_unknown('company_domain')}"
        f" or coalesce(email_l = email_r or {_MISTYPED_EMAIL}"
        " or email_name_l = email_name_r, false))",
        (
            Level("same_site", "site_l = site_r", "site", 1e-5, _OWNERS),
            Level("same", "company_l = company_r", "company", 1e-5),
            Level("same_domain", "company_domain_l = company_domain_r"),
            Level(
                "alike",
                f"{_alike('company', 0.88)} or ({_near('company_domain', 2)})",
            ),
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
        f"(({_unknown('state')}) and ({_unknown('country')})) or {_MISTYPED_STATE}"
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
    "company_domain", "site", "title", "postal_code", "state", "country",
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
    unknown += f" or {comparison.disregarded if weights else comparison.untrained}"
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
            weight = _weight(comparison, level, weights)
            creator.configure(m_probability=weight.m, u_probability=weight.u)
        creators.append(creator)
    return comparisons.CustomComparison(creators, comparison.name)


def _weight(comparison: Comparison, level: Level, weights: Weights) -> Weight:
    """Return what a level weighs beyond what the levels it occurs within do."""
    own = weights[comparison.name, level.name]
    if not level.within:
        return own
    name, places = level.within
    around = [weights[name, place] for place in places]
    return Weight(
        min(own.m / sum(each.m for each in around), 1),
        min(own.u / sum(each.u for each in around), 1),
    )
