"""Many small worlds of people and of what they said about marketing mail, side by side.

Hypothesis draws each of them; a world stands at domains of its own, so that one build
judges them all. The oracle says who may not be written to, from what was drawn alone:
only who is one person, which address they use and their country are taken as given.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

Row = dict[str, Any]
AS_OF = "2026-03-31"
LATER = "2026-04-01"
_MOMENT = datetime(2026, 2, 1, 10)
# Three moments within one second, one in the next, and one a day later.
_SECONDS = (0, 0, 0.4, 0.4, 0.999, 0.999, 1, 86400)
_MOMENTS = [_MOMENT + timedelta(seconds=seconds) for seconds in _SECONDS]
LATE = datetime.fromisoformat(LATER)
_NAMES = (("Ann", "Lee"), ("Bob", "Ray"), ("", "Lee"), ("Cy", ""))
_COUNTRIES = ("United States", "usa", "US", "U.S.A.", "Germany", "", "Narnia")
_OBJECTIONS = {"opt_out", "unsubscribe", "spam_report"}

Address = tuple[str, int]
# Mailboxes that tell nobody, so that several people have one, and people's own.
_addresses = st.tuples(st.sampled_from(["info", "ann", "bob"]), st.integers(0, 1))


def _seldom(*what: Any, one_in: int) -> st.SearchStrategy[Any]:
    """Return nothing, and seldom one of some values."""
    return st.sampled_from([*what, *[None] * (one_in - 1) * len(what)])


@dataclass(frozen=True)
class Someone:
    """A record of a person; `merged_into` is another's place in the world."""

    source: str
    address: Address | None
    additional: tuple[Address, ...]
    name: tuple[str, str]
    country: str
    has_opted_out: bool
    bounced_at: datetime | None
    is_deleted: bool
    merged_into: int | None


@dataclass(frozen=True)
class Told:
    """An event that names a record of the world, an address or both."""

    who: int | None
    address: Address | None
    what: str
    channel: str
    purpose: str
    at: datetime


@dataclass(frozen=True)
class Listed:
    """A row of the suppression list, by address or by domain."""

    address: Address | None
    domain: int
    effective_from: str
    effective_to: str | None


@dataclass(frozen=True)
class World:
    """People, what was told of them, and what is told after the build."""

    people: tuple[Someone, ...]
    told: tuple[Told, ...]
    listed: Listed | None
    late: tuple[Told, ...]


_people = st.builds(
    Someone,
    source=st.sampled_from(["generic", "generic", "hubspot", "salesforce"]),
    address=_addresses | _addresses | _addresses | st.none(),
    additional=st.lists(_addresses, max_size=2).map(tuple),
    name=st.sampled_from(_NAMES),
    country=st.sampled_from(_COUNTRIES),
    has_opted_out=_seldom(True, one_in=12).map(bool),
    bounced_at=_seldom(*_MOMENTS, one_in=10),
    is_deleted=_seldom(True, one_in=8).map(bool),
    merged_into=_seldom(*range(4), one_in=5),
)
_kinds = st.sampled_from(
    [
        *["opt_in"] * 9,
        *["opt_out", "opt_out", "hubspot_opt_out", "unsubscribe", "spam_report"],
        *["hard", "hard", "soft", "sent"],
    ]
)


def _tellings(moments: st.SearchStrategy[datetime]) -> st.SearchStrategy[Told]:
    return st.builds(
        Told,
        who=st.sampled_from([None, 0, 0, 0, 1, 2, 3, 4]),
        address=st.sampled_from([None, None, ("ann", 0), ("ann", 0), ("info", 0)]),
        what=_kinds,
        channel=st.sampled_from(["email", "email", "all", "phone", "sms"]),
        purpose=st.sampled_from(["marketing", "all", "", "product"]),
        at=moments,
    )


_lists = st.builds(
    Listed,
    address=st.none() | _addresses,
    domain=st.integers(0, 1),
    effective_from=st.sampled_from([LATER, AS_OF, "2026-01-01"]),
    effective_to=st.sampled_from([AS_OF, LATER, None]),
)
_worlds = st.builds(
    World,
    people=st.lists(_people, min_size=2, max_size=5).map(tuple),
    told=st.lists(_tellings(st.sampled_from(_MOMENTS)), min_size=2, max_size=7).map(
        tuple
    ),
    listed=st.lists(_lists, max_size=1).map(lambda rows: rows[0] if rows else None),
    late=st.lists(_tellings(st.just(LATE)), max_size=1).map(tuple),
)


def drawn_worlds(count: int) -> list[World]:
    """Return different worlds, the same ones at each run."""
    found: list[World] = []

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(_worlds)
    def collect(world: World) -> None:
        found.append(world)

    collect()
    return found


@dataclass
class Record:
    """A landed record as the oracle knows it."""

    key: str
    email: str
    additional: set[str]
    has_opted_out: bool
    bounced_at: datetime | None
    is_deleted: bool


@dataclass
class Event:
    """A landed event as the oracle knows it: what is told of marketing e-mail."""

    key: str | None
    email: str | None
    what: str
    at: datetime


@dataclass
class Landing:
    """The worlds as files, and as the oracle knows them."""

    files: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    records: list[Record] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    suppressions: list[Row] = field(default_factory=list)
    # Records that are one person by what the CRM says.
    merges: list[tuple[str, str]] = field(default_factory=list)

    def add(self, world: World, number: int) -> None:
        """Add a world at the domains of its number."""
        place = _Place(world, number)
        for index, someone in enumerate(world.people):
            self._add_person(place, index, someone)
        for told in world.told:
            self.tell(world, number, told)
        if world.listed is not None:
            self._list(place, world.listed)

    def tell(self, world: World, number: int, told: Told) -> None:
        """Add an event of a world."""
        place = _Place(world, number)
        key = place.key(told.who) if told.who is not None else None
        email = place.email(told.address) if told.address is not None else None
        self.hear(key, email, told)

    def hear(self, key: str | None, email: str | None, told: Told) -> None:
        """Add an event that names a record, an address or both."""
        event_id = f"e{len(self.events)}"
        if told.what == "hubspot_opt_out":
            if email is None:
                return
            self.files["hubspot/email_event"].append(
                {"id": event_id, "type": "STATUSCHANGE", "recipient": email.upper()}
                | {"created": told.at}
            )
            self.files["hubspot/email_event_status_change"].append(
                {"id": event_id, "portal_subscription_status": "UNSUBSCRIBED"}
            )
            self.events.append(Event(None, email, "opt_out", told.at))
            return
        if key is None and email is None:
            return
        # Exports have ids of Salesforce of 15 characters too.
        is_long = len(self.events) % 2 == 0
        named = {
            "person_id": key if is_long or not key else re.sub("AAA$", "", key),
            "email": email and f" {email.title()}",
        }
        if told.what in {"opt_in", "opt_out"}:
            self.files["generic/consent_events"].append(
                named
                | {"channel": told.channel, "purpose": told.purpose}
                | {"status": told.what, "occurred_at": told.at, "evidence": event_id}
            )
            if told.channel in {"email", "all"} and told.purpose != "product":
                self.events.append(Event(key, email, told.what, told.at))
            return
        is_bounce = told.what in {"hard", "soft"}
        self.files["generic/email_events"].append(
            named
            | {"email_event_id": event_id, "occurred_at": told.at}
            | {"event_type": "bounce" if is_bounce else told.what}
            | {"bounce_type": told.what if is_bounce else ""}
        )
        self.events.append(Event(key, email, told.what, told.at))

    def listed(self, as_of: str) -> set[str]:
        """Return the addresses and domains of the suppression list in force."""
        listed = {
            (row["email"] or row["domain"] or "").lower()
            for row in self.suppressions
            if row["effective_from"] <= as_of < (row["effective_to"] or "9999")
        }
        return listed - {""}

    def _add_person(self, place: _Place, index: int, someone: Someone) -> None:
        email = place.email(someone.address) if someone.address else ""
        key = place.key(index)
        assert key is not None
        record = key.split(":")[1]
        first, last = someone.name[0], place.last_name(someone.name[1])
        into = place.target(index)
        extra: set[str] = set()
        if someone.source == "hubspot":
            extra = {place.email(address) for address in someone.additional}
            self.files["hubspot/contact"].append(
                {"id": record, "property_email": email.upper()}
                | {"property_firstname": first, "property_lastname": last}
                | {"property_country": someone.country}
                | {"property_createdate": "2026-01-01"}
                | {"property_hs_email_optout": str(someone.has_opted_out).lower()}
                | {"property_hs_additional_emails": "; ".join(sorted(extra)).title()}
                | {"is_deleted": str(someone.is_deleted).lower()}
            )
            if into is not None:
                self.files["hubspot/contact_merge_audit"].append(
                    {"canonical_vid": into.split(":")[1], "vid_to_merge": record}
                )
        elif someone.source == "salesforce":
            self.files["salesforce/Lead"].append(
                {"Id": record, "Email": email, "FirstName": first, "LastName": last}
                | {"Country": someone.country, "CreatedDate": "2026-01-02"}
                | {"HasOptedOutOfEmail": str(someone.has_opted_out).lower()}
                | {"EmailBouncedDate": someone.bounced_at or ""}
                | {"IsDeleted": str(someone.is_deleted).lower()}
                | {"MasterRecordId": into.split(":")[1] if into else ""}
            )
        else:
            self.files["generic/people"].append(
                {"person_id": record, "record_type": "lead", "email": email}
                | {"first_name": first, "last_name": last}
                | {"country": someone.country, "created_at": "2026-01-03"}
                | {"has_opted_out": str(someone.has_opted_out).lower()}
                | {"email_bounced_at": someone.bounced_at or ""}
                | {"is_deleted": str(someone.is_deleted).lower()}
                | {"merged_into_id": into or ""}
            )
        self.records.append(
            Record(
                key,
                email,
                extra,
                someone.has_opted_out,
                None if someone.source == "hubspot" else someone.bounced_at,
                someone.is_deleted,
            )
        )
        if into is not None:
            self.merges.append((key, into))

    def _list(self, place: _Place, row: Listed) -> None:
        email = place.email(row.address) if row.address else None
        domain = None if email else place.domain(row.domain)
        self.suppressions.append(
            {
                "suppression_id": f"SUP-{len(self.suppressions)}",
                "email": email and email.upper(),
                "domain": domain and domain.title(),
                "effective_from": row.effective_from,
                "effective_to": row.effective_to,
            }
        )


@dataclass(frozen=True)
class _Place:
    """Where a world stands: its keys, domains and names, which no other has."""

    world: World
    number: int

    def key(self, index: int) -> str | None:
        if index >= len(self.world.people):
            return None
        source = self.world.people[index].source
        if source == "salesforce":
            return f"salesforce:00Q{self.number:011}{index}AAA"
        prefix = "w" if source == "generic" else ""
        return f"{source}:{prefix}{self.number}0{index}"

    def target(self, index: int) -> str | None:
        """Return the key that a record was merged into, of its own source alone."""
        into = self.world.people[index].merged_into
        if into is None or into == index or into >= len(self.world.people):
            return None
        sources = {self.world.people[each].source for each in (index, into)}
        return self.key(into) if len(sources) == 1 else None

    def domain(self, index: int) -> str:
        return f"w{self.number}-{'ab'[index]}.example"

    def email(self, address: Address) -> str:
        return f"{address[0]}@{self.domain(address[1])}"

    def last_name(self, name: str) -> str:
        letters = "".join("bcdfghklmn"[int(digit)] for digit in f"{self.number:04}")
        return f"{letters}{name.lower()}".title() if name else ""


@dataclass(frozen=True)
class Profile:
    """What the warehouse chose for a person: the address in use and the country."""

    email: str | None
    country: str | None


@dataclass(frozen=True)
class Judgement:
    """Whom marketing may not e-mail, at which addresses, and who asked for it."""

    suppressed: set[str]
    addresses: set[str]
    opted_in: set[str]
    bounced: set[str]


def judge(
    landing: Landing,
    golden: dict[str, str],
    profiles: dict[str, Profile],
    as_of: str,
) -> Judgement:
    """Judge each person of `golden`, which gives the person of each record."""
    records = [record for record in landing.records if record.key in golden]
    owners: dict[str, set[str]] = defaultdict(set)
    for record in records:
        for email in {record.email, *record.additional} - {""}:
            owners[email].add(golden[record.key])
    words: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for event in landing.events:
        for person in _reached(event, golden, owners):
            words[person].append((event.at.replace(microsecond=0), event.what))
    suppressed = {golden[record.key] for record in records if record.has_opted_out}
    opted_in = set()
    for person, said in words.items():
        last = [at for at, what in said if what in _OBJECTIONS | {"opt_in"}]
        final = {what for at, what in said if last and at == max(last)}
        if final & _OBJECTIONS:
            suppressed.add(person)
        elif "opt_in" in final:
            opted_in.add(person)
    bounced = set(_bounced(landing, records, golden, profiles))
    listed = landing.listed(as_of)
    for email in listed:
        suppressed |= owners[email]
    for person, profile in profiles.items():
        if (profile.email or "@").split("@")[1] in listed:
            suppressed.add(person)
    suppressed |= bounced
    barred = {
        email for email, people in owners.items() if people.intersection(suppressed)
    }
    return Judgement(suppressed, barred, opted_in, bounced)


def _reached(
    event: Event, golden: dict[str, str], owners: dict[str, set[str]]
) -> set[str]:
    reached = set(owners.get(event.email or "", ()))
    if event.key in golden:
        reached.add(golden[event.key])
    return reached


def _bounced(
    landing: Landing,
    records: Iterable[Record],
    golden: dict[str, str],
    profiles: dict[str, Profile],
) -> Iterator[str]:
    """Yield whose address in use bounced, by an event or by any record."""
    mailboxes = {record.key: record.email for record in records}
    hit = {
        event.email or mailboxes.get(event.key or "")
        for event in landing.events
        if event.what == "hard"
    }
    hit |= {record.email for record in records if record.bounced_at is not None}
    for person, profile in profiles.items():
        if profile.email is not None and profile.email in hit:
            yield person
