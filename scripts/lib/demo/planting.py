"""Plant five problems in the data of a company, which the data audit has to find."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lib.demo.clock import month_starts
from lib.demo.columns import DAY, Array, blank, cents, dates, moments, table, take
from lib.demo.world import World

# Problem by problem what is done, for _truth/problems.csv.
PROBLEMS = {
    "missed_service_levels": "three of four calls and mails by sales are not logged",
    "missing_fields_of_active_leads": "three of four people lack title and country",
    "untracked_spend": "media cost without campaign and channel, every month",
    "unattributed_revenue": "half of the won deals name no account and nobody",
    "consent_violations": "a fifth of the people objected, and are mailed on",
}
_UNLOGGED = 0.75
_UNFILLED = 0.75
_UNNAMED_DEALS = 0.5
_OBJECTING = 0.2
_OBJECTED_DAYS_AGO = 300
_SPEND_OF_PEOPLE = 6.0  # USD per true person and month


@dataclass(frozen=True)
class Planting:
    """Changes tables on their way to the files."""

    world: World

    def planted(
        self, tables: Iterator[tuple[str, pa.Table]]
    ) -> Iterator[tuple[str, pa.Table]]:
        """Yield the tables by name, with the problems in them."""
        change: dict[str, Callable[[pa.Table], pa.Table]] = {
            "Task": self._tasks,
            "Lead": self._leads,
            "Contact": self._contacts,
            "Opportunity": self._opportunities,
            "OpportunityContactRole": self._roles,
            "spend": self._spend,
            "consent_events": self._consents,
        }
        for name, made in tables:
            yield name, change[name](made) if name in change else made

    def _drawn(self, topic: str, count: int, share: float) -> Array:
        lots = self.world.market.clock.rng(f"planted {topic}").random(count)
        return np.asarray(lots < share)

    def _tasks(self, tasks: pa.Table) -> pa.Table:
        return tasks.filter(pa.array(~self._drawn("tasks", len(tasks), _UNLOGGED)))

    def _leads(self, leads: pa.Table) -> pa.Table:
        hidden = pc.is_in(leads["ConvertedOpportunityId"], self._unnamed_deals())
        emptied = self._emptied(leads, "Title", "Country")
        return _replaced(emptied, "ConvertedOpportunityId", np.asarray(hidden))

    def _contacts(self, contacts: pa.Table) -> pa.Table:
        return self._emptied(contacts, "Title", "MailingCountry")

    def _emptied(self, people: pa.Table, *columns: str) -> pa.Table:
        mask = self._drawn("fields", len(people), _UNFILLED)
        for column in columns:
            people = _replaced(people, column, mask)
        return people

    def _unnamed_deals(self) -> pa.Array:
        won = np.flatnonzero(self.world.course.is_won)
        drawn = won[self._drawn("deals", len(won), _UNNAMED_DEALS)]
        return take(self.world.deal_ids, drawn)

    def _opportunities(self, opportunities: pa.Table) -> pa.Table:
        mask = np.asarray(pc.is_in(opportunities["Id"], self._unnamed_deals()))
        return _replaced(opportunities, "AccountId", mask)

    def _roles(self, roles: pa.Table) -> pa.Table:
        hidden = pc.is_in(roles["OpportunityId"], self._unnamed_deals())
        return roles.filter(pc.invert(hidden))

    def _spend(self, spend: pa.Table) -> pa.Table:
        clock = self.world.market.clock
        months = month_starts(clock.start_day, clock.end_day - 1)[1:]
        amount = np.full(len(months), _SPEND_OF_PEOPLE * len(self.world.people))
        return _appended(
            spend,
            {
                "spend_date": dates(months),
                "platform": "Reseller",
                "amount": cents(amount),
                "currency": "USD",
                "cost_type": "media",
            },
            len(months),
        )

    def _consents(self, consents: pa.Table) -> pa.Table:
        world, end = self.world, self.world.market.clock.end
        lead_at = world.people.lead_at
        objecting = self._drawn("objections", len(lead_at), _OBJECTING)
        person = np.flatnonzero(objecting & (lead_at + 1 < end))
        at = np.maximum(lead_at[person], end - _OBJECTED_DAYS_AGO * DAY) + 1
        return _appended(
            consents,
            {
                "person_id": take(world.records.keys, world.records.primary[person]),
                "email": take(world.people.email, person),
                "channel": "email",
                "purpose": "marketing",
                "status": "opt_out",
                "lawful_basis": "consent",
                "occurred_at": moments(at),
                "evidence": "letter",
            },
            len(person),
        )


def problem_table() -> pa.Table:
    """Return the problems that are planted, for the folder of truth."""
    return table(
        {
            "problem": pa.array(list(PROBLEMS)),
            "planted": pa.array(list(PROBLEMS.values())),
        },
        len(PROBLEMS),
    )


def _replaced(rows: pa.Table, column: str, mask: Array) -> pa.Table:
    values = blank(rows[column].combine_chunks(), mask)
    return rows.set_column(rows.schema.get_field_index(column), column, values)


def _appended(rows: pa.Table, columns: dict[str, object], count: int) -> pa.Table:
    """Return the rows and more of them; a column that is not given is empty."""
    filled = {name: columns.get(name) for name in rows.column_names}
    return pa.concat_tables([rows, table(filled, count).cast(rows.schema)])
