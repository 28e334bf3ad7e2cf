"""Salesforce's User object."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lib.demo.columns import DAY, iso_moments, table, take
from lib.demo.world import World

_TENURE_DAYS = 90
_MANAGED = ("sdr", "ae")


def user_table(world: World) -> pa.Table:
    """Return everybody who works in the CRM; whoever left stays, inactive."""
    clock, staff = world.market.clock, world.market.staff
    rng = clock.rng("users")
    count = len(staff.reps)
    names = pc.split_pattern(staff.names, " ", max_splits=1)
    first, last = pc.list_element(names, 0), pc.list_element(names, 1)
    bosses = {
        rep.region: number
        for number, rep in enumerate(staff.reps)
        if rep.role == "manager"
    }
    boss = [bosses[rep.region] if rep.role in _MANAGED else -1 for rep in staff.reps]
    hired = clock.start - rng.integers(1, _TENURE_DAYS, count) * DAY
    return table(
        {
            "Id": staff.ids,
            "Username": staff.emails,
            "LastName": last,
            "FirstName": first,
            "Name": staff.names,
            "Title": [rep.title for rep in staff.reps],
            "Department": [rep.department for rep in staff.reps],
            "Email": staff.emails,
            "UserType": "Standard",
            "IsActive": [rep.is_active for rep in staff.reps],
            "TimeZoneSidKey": [rep.zone for rep in staff.reps],
            "ManagerId": take(staff.ids, np.array(boss)),
            "CreatedDate": iso_moments(hired),
            "LastModifiedDate": iso_moments(hired),
        },
        count,
    )
