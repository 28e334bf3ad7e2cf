"""The CRM's records of people: leads, contacts, and the duplicates among them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lib.demo.assumptions import MESS, POPULATION
from lib.demo.clock import Clock
from lib.demo.columns import (
    DAY,
    HOUR,
    NEVER,
    Array,
    blank,
    join,
    pick,
    portions,
    take,
    where,
)
from lib.demo.deals import Pipeline
from lib.demo.ids import salesforce_ids
from lib.demo.market import Market
from lib.demo.people import INSTALLED, People
from lib.demo.vocabulary import FIRST_NAMES, LAST_NAMES, ROLE_MAILBOXES

LEAD, CONTACT = 0, 1
NONE = -1
DUPLICATE_KINDS = (
    "same_address", "name_typo", "second_lead", "crm_merge", "other_address",
    "address_typo",
)  # fmt: skip
KINDS = ("lead", "contact", "converted", *DUPLICATE_KINDS)
FIRST_DUPLICATE = 3
_SAME_ADDRESS, _NAME_TYPO, _SECOND, _MERGED, _OTHER_ADDRESS, _ADDRESS_TYPO = range(
    FIRST_DUPLICATE, FIRST_DUPLICATE + len(DUPLICATE_KINDS)
)
# Copies that carry another address than the person's usual one.
ADDRESS_OF_THEIR_OWN = (_OTHER_ADDRESS, _ADDRESS_TYPO)
_DUPLICATE_DAYS = (3, 320)
_MERGE_DAYS = (1, 60)


@dataclass(frozen=True)
class Records:
    """Person records of the CRM as columns; numbers elsewhere are rows of this one."""

    person: Array
    is_contact: Array
    kind: Array  # place in KINDS
    created_at: Array
    merged_into: Array
    merged_at: Array
    ids: pa.Array
    keys: pa.Array  # as files of other systems name the record
    primary: Array  # by person
    contact: Array  # by person, -1 where there is none from a conversion
    duplicate: Array  # by person, -1 where there is none
    joined_at: Array  # by person

    def __len__(self) -> int:
        return len(self.person)

    def at(self, rng: np.random.Generator, person: Array, at: Array) -> Array:
        """Return the record under which a system knew the person at that moment.

        Some touches arrive under the duplicate while it lives; a person of -1 has none.
        """
        who = np.maximum(person, 0)
        now_contact = (self.contact[who] >= 0) & (at >= self.joined_at[who])
        record = np.where(now_contact, self.contact[who], self.primary[who])
        other = self.duplicate[who]
        lives = (other >= 0) & (self.created_at[other] <= at)
        lives &= at < self.merged_at[other]
        lives &= rng.random(len(person)) < MESS.touches_on_duplicate
        return np.where(person < 0, NONE, np.where(lives, other, record))


def make_records(clock: Clock, people: People, pipeline: Pipeline) -> Records:
    """File every person in the CRM, some of them twice."""
    rng = clock.rng("records")
    count = len(people)
    joined = np.flatnonzero((pipeline.joined >= 0) & (people.kind != INSTALLED))
    twice = np.sort(rng.permutation(count)[: round(count * MESS.duplicate_people)])
    kind = rng.permutation(portions(MESS.duplicate_kinds, len(twice)))
    kind = kind + FIRST_DUPLICATE
    person = np.concatenate([np.arange(count), joined, twice])
    first_kind = np.where(people.kind == INSTALLED, 1, 0)
    kinds = np.concatenate([first_kind, np.full(len(joined), 2), kind])
    is_contact = np.concatenate(
        [
            people.kind == INSTALLED,
            np.ones(len(joined), dtype=bool),
            (people.kind[twice] == INSTALLED) & (kind == _MERGED),
        ]
    )
    created = np.concatenate(
        [people.lead_at, pipeline.joined_at[joined], _later(clock, rng, people, twice)]
    )
    order = np.lexsort((person, created))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    contact, duplicate = np.full(count, NONE), np.full(count, NONE)
    contact[joined] = place[count : count + len(joined)]
    duplicate[twice] = place[count + len(joined) :]
    merged_at = created + rng.integers(*_MERGE_DAYS, len(created)) * DAY
    is_merged = (kinds == _MERGED) & (merged_at < clock.end)
    ids = _ids(is_contact[order])
    return Records(
        person=person[order],
        is_contact=is_contact[order],
        kind=kinds[order],
        created_at=created[order],
        merged_into=np.where(is_merged, place[person], NONE)[order],
        merged_at=np.where(is_merged, merged_at, NEVER)[order],
        ids=ids,
        keys=join("salesforce:", ids),
        primary=place[:count],
        contact=contact,
        duplicate=duplicate,
        joined_at=pipeline.joined_at,
    )


def _later(
    clock: Clock, rng: np.random.Generator, people: People, twice: Array
) -> Array:
    begun = people.lead_at[twice]
    later = begun + rng.integers(*_DUPLICATE_DAYS, len(twice)) * DAY
    later = later + rng.integers(0, 10 * HOUR, len(twice))
    span = clock.end - begun
    late = begun + (rng.random(len(twice)) * span).astype(np.int64)
    return np.where(later < clock.end, later, late)


def _ids(is_contact: Array) -> pa.Array:
    leads, contacts = int((~is_contact).sum()), int(is_contact.sum())
    both = pa.concat_arrays(
        [salesforce_ids("00Q", leads), salesforce_ids("003", contacts)]
    )
    number = np.empty(len(is_contact), dtype=np.int64)
    number[~is_contact] = np.arange(leads)
    number[is_contact] = leads + np.arange(contacts)
    return take(both, number)


@dataclass(frozen=True)
class Identity:
    """How each record writes the person's name and addresses."""

    first: pa.Array
    last: pa.Array
    email: pa.Array
    phone: pa.Array


def written_identity(market: Market, people: People, records: Records) -> Identity:
    """Write names, e-mail and phone as each record has them, mess included."""
    rng = market.clock.rng("identity")
    domains = take(market.accounts.domain, people.account[records.person])
    kind, person, count = records.kind, records.person, len(records)
    last = pick([name[0] for name in LAST_NAMES], people.last[person])
    last = where(kind == _NAME_TYPO, _swapped(last), last)
    email = take(people.email, person)
    shout = rng.random(count) < 0.5
    email = where((kind == _SAME_ADDRESS) & shout, pc.utf8_upper(email), email)
    email = where((kind == _SAME_ADDRESS) & ~shout, pc.utf8_title(email), email)
    private = (kind == _OTHER_ADDRESS) | ((kind == _MERGED) & shout)
    email = where(private, take(people.private_email, person), email)
    email = where(kind == _ADDRESS_TYPO, _swapped(email), email)
    plain = (
        (kind == 0) & (records.contact[person] < 0) & (records.duplicate[person] < 0)
    )
    shared = plain & (rng.random(count) < POPULATION.role_address_share)
    mailbox = pick(ROLE_MAILBOXES, rng.integers(0, len(ROLE_MAILBOXES), count))
    email = where(shared, join(mailbox, "@", domains), email)
    nothing = plain & ~shared & (rng.random(count) < MESS.missing_email)
    blanked = blank(email, nothing)
    needs_phone = np.isin(kind, [_OTHER_ADDRESS, _ADDRESS_TYPO, _MERGED])
    has_such_twin = needs_phone | _twins(records, needs_phone)
    no_phone = ~has_such_twin & (rng.random(count) < MESS.missing_phone)
    phone = take(people.phone, person)
    return Identity(
        first=pick([name[0] for name in FIRST_NAMES], people.first[person]),
        last=last,
        email=blanked,
        phone=blank(phone, no_phone),
    )


def _twins(records: Records, chosen: Array) -> Array:
    people_chosen = np.zeros(len(records.primary), dtype=bool)
    people_chosen[records.person[chosen]] = True
    return people_chosen[records.person]


def _swapped(words: pa.Array) -> pa.Array:
    """Swap the second and third letter, as quick fingers do."""
    letter = [pc.utf8_slice_codeunits(words, place, place + 1) for place in range(3)]
    return join(letter[0], letter[2], letter[1], pc.utf8_slice_codeunits(words, 3))
