"""The company itself: its people in sales and marketing, and who owns what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from lib.demo.columns import Array, join, pick
from lib.demo.ids import salesforce_ids
from lib.demo.vocabulary import (
    COMPANY_DOMAIN,
    FIRST_NAMES,
    LAST_NAMES,
    REGIONS,
    ZONES,
)

QUEUE_NAME = "Inbound Queue"
QUEUE_ID: str = salesforce_ids("00G", 1)[0].as_py()
# People in the data whom one rep can look after.
_PEOPLE_PER_SDR = 900
_PEOPLE_PER_AE = 1_000
_PEOPLE_PER_SUCCESS_MANAGER = 2_500
_MOST_PER_TEAM = 30
_REGION_SHARES = {"AMER": 0.53, "EMEA": 0.37, "APAC": 0.10}
_REGION_ZONES = {
    "AMER": ("America/New_York", "America/Chicago", "America/Los_Angeles"),
    "EMEA": ("Europe/London", "Europe/Berlin"),
    "APAC": ("Australia/Sydney", "Asia/Singapore"),
}
_MARKETERS = (
    "Marketing Operations Manager", "Demand Generation Manager",
    "Content Marketing Manager", "Field Marketing Manager", "Chief Marketing Officer",
)  # fmt: skip


@dataclass(frozen=True)
class Rep:
    """One user of the CRM."""

    title: str
    department: str
    role: str
    region: str
    zone: str
    is_active: bool = True


@dataclass(frozen=True)
class Staff:
    """All users; numbers in other tables are places in this list."""

    reps: tuple[Rep, ...]
    ids: pa.Array
    names: pa.Array
    emails: pa.Array
    zones: Array
    integration: int

    def pool(self, role: str, region: str | None = None) -> Array:
        """Return the numbers of the active users of a role, in a region."""
        found = [
            number
            for number, rep in enumerate(self.reps)
            if rep.role == role and rep.is_active and region in (None, rep.region)
        ]
        return np.array(found, dtype=np.int64)

    def assign(self, rng: np.random.Generator, role: str, regions: Array) -> Array:
        """Draw a user of the role for each row, from the row's own region."""
        owners = np.zeros(len(regions), dtype=np.int64)
        for number, region in enumerate(REGIONS):
            rows = np.flatnonzero(regions == number)
            owners[rows] = rng.choice(self.pool(role, region), len(rows))
        return owners


def make_staff(people: int) -> Staff:
    """Hire as many reps as the number of people asks for."""
    reps: list[Rep] = []
    for region in REGIONS:
        reps += _team(region, people * _REGION_SHARES[region])
    others = [(title, "Marketing", "marketing") for title in _MARKETERS]
    others.append(("Revenue Operations Manager", "Operations", "other"))
    others.append(("Integration User", "Operations", "integration"))
    reps += [
        Rep(title, department, role, "AMER", ZONES[0])
        for title, department, role in others
    ]
    numbers = {zone: number for number, zone in enumerate(ZONES)}
    place = np.arange(len(reps))
    first, last = place * 7 % len(FIRST_NAMES), place * 11 % len(LAST_NAMES)
    written, plain = (
        (
            pick([name[form] for name in FIRST_NAMES], first),
            pick([name[form] for name in LAST_NAMES], last),
        )
        for form in (0, 1)
    )
    return Staff(
        reps=tuple(reps),
        ids=salesforce_ids("005", len(reps)),
        names=join(written[0], " ", written[1]),
        emails=join(plain[0], ".", plain[1], "@", COMPANY_DOMAIN),
        zones=np.array([numbers[rep.zone] for rep in reps]),
        integration=len(reps) - 1,
    )


def _team(region: str, people: float) -> list[Rep]:
    zones = _REGION_ZONES[region]

    def several(per_rep: int, title: str, department: str, role: str) -> list[Rep]:
        count = int(np.clip(np.ceil(people / per_rep), 2, _MOST_PER_TEAM))
        return [
            Rep(
                title,
                f"{department} {region}",
                role,
                region,
                zones[number % len(zones)],
            )
            for number in range(count)
        ]

    sdr_title = "Sales Development Representative"
    return [
        Rep("Sales Manager", f"Sales {region}", "manager", region, zones[0]),
        *several(_PEOPLE_PER_SDR, sdr_title, "SDR", "sdr"),
        *several(_PEOPLE_PER_AE, "Account Executive", "AE", "ae"),
        *several(
            _PEOPLE_PER_SUCCESS_MANAGER,
            "Customer Success Manager",
            "Customer Success",
            "success",
        ),
        Rep(sdr_title, f"SDR {region}", "sdr", region, zones[0], is_active=False),
    ]
