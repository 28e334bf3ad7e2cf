"""The companies of the market: who they are, where, how large, and who buys."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lib.demo.assumptions import POPULATION, SEGMENTS
from lib.demo.clock import Clock
from lib.demo.columns import Array, choose, join, pick, rank_within, text, where
from lib.demo.company import Staff
from lib.demo.vocabulary import (
    ACCOUNT_FIRST,
    ACCOUNT_LAST,
    COUNTRIES,
    CURRENCIES,
    INDUSTRIES,
    INDUSTRY_SHARES,
    INDUSTRY_WORDS,
    REGIONS,
    ZONES,
)

_REVENUE_PER_EMPLOYEE_USD = 165_000
_REVENUE_SIGMA = 0.5
_WORDS_PER_INDUSTRY = 5
_MINIMUM = 12


@dataclass(frozen=True)
class Accounts:
    """True companies, one row each; numbers in other tables are rows of this one."""

    name: pa.Array
    domain: pa.Array
    industry: Array
    segment: Array
    employees: Array
    revenue_usd: Array
    country: Array
    state: Array  # place in the country's list, -1 where it has none
    city: pa.Array
    currency: Array
    region: Array
    zone: Array
    is_installed: Array
    is_target: Array
    ae: Array
    success_manager: Array

    def __len__(self) -> int:
        return len(self.industry)


def make_accounts(clock: Clock, staff: Staff, people: int) -> Accounts:
    """Draw the companies in which so many people work."""
    rng = clock.rng("accounts")
    count = max(_MINIMUM, round(people / POPULATION.people_per_account))
    industry = choose(rng, INDUSTRY_SHARES, count)
    segment = choose(rng, [segment.share for segment in SEGMENTS], count)
    lows = np.array([segment.employees_low for segment in SEGMENTS])[segment]
    highs = np.array([segment.employees_high for segment in SEGMENTS])[segment]
    employees = np.exp(rng.uniform(np.log(lows), np.log(highs + 1))).astype(np.int64)
    spread = rng.lognormal(0, _REVENUE_SIGMA, count)
    country = choose(rng, [country.share for country in COUNTRIES], count)
    region = _of_country([REGIONS.index(one.region) for one in COUNTRIES], country)
    name, domain = _names(rng, industry)
    state, city = _places(rng, country)
    return Accounts(
        name=name,
        domain=domain,
        industry=industry,
        segment=segment,
        employees=np.clip(employees, lows, highs),
        revenue_usd=np.rint(employees * _REVENUE_PER_EMPLOYEE_USD * spread / 1e4) * 1e4,
        country=country,
        state=state,
        city=city,
        currency=_of_country(
            [CURRENCIES.index(one.currency) for one in COUNTRIES], country
        ),
        region=region,
        zone=_of_country([ZONES.index(one.zone) for one in COUNTRIES], country),
        is_installed=rng.random(count) < POPULATION.installed_account_share,
        is_target=rng.random(count) < POPULATION.target_account_share,
        ae=staff.assign(rng, "ae", region),
        success_manager=staff.assign(rng, "success", region),
    )


def _of_country(values: list[int], country: Array) -> Array:
    return np.array(values)[country]


def _names(rng: np.random.Generator, industry: Array) -> tuple[pa.Array, pa.Array]:
    """Name every company differently: two words, then three, then a number behind."""
    first = rng.permutation(len(ACCOUNT_FIRST))[
        np.arange(len(industry)) % len(ACCOUNT_FIRST)
    ]
    turn = np.arange(len(industry)) // len(ACCOUNT_FIRST)
    second = (turn + first) % _WORDS_PER_INDUSTRY
    # Within one first word and industry word, the last word tells companies apart.
    key = (first * len(INDUSTRIES) + industry) * _WORDS_PER_INDUSTRY + second
    repeat = rank_within(key)
    last = repeat % len(ACCOUNT_LAST)
    number = repeat // len(ACCOUNT_LAST)
    words = [word for name in INDUSTRIES for word in INDUSTRY_WORDS[name]]
    one = pick(ACCOUNT_FIRST, first)
    two = pick(words, industry * _WORDS_PER_INDUSTRY + second)
    three = pick([word and f" {word}" for word in ACCOUNT_LAST], last)
    tail = where(number > 0, join(" ", text(number + 1)), "")
    name = join(one, " ", two, three, tail)
    slug = pc.replace_substring(pc.utf8_lower(name), " ", "-")
    return name, join(slug, ".example")


def _places(rng: np.random.Generator, country: Array) -> tuple[Array, pa.Array]:
    state = np.full(len(country), -1)
    city = np.empty(len(country), dtype=np.int64)
    start = 0
    for number, one in enumerate(COUNTRIES):
        rows = np.flatnonzero(country == number)
        drawn = rng.integers(0, len(one.cities), len(rows))
        city[rows] = start + drawn
        if one.states:
            state[rows] = drawn
        start += len(one.cities)
    return state, pick([name for one in COUNTRIES for name in one.cities], city)


def state_names(accounts: Accounts, rows: Array) -> pa.Array:
    """Return the states of the accounts at those rows; null where there is none."""
    starts = np.cumsum([0, *[len(one.states) for one in COUNTRIES]])
    country, state = accounts.country[rows], accounts.state[rows]
    names = [name for one in COUNTRIES for name in one.states]
    return pick(names, np.where(state >= 0, starts[country] + state, -1))
