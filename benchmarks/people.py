"""Made person records with known duplicates, for matching to be trained and timed on.

    .venv/bin/python benchmarks/people.py --records 100000 --out data/made_people

Writes OUT/generic/people.csv, which scripts/load.py lands, and OUT/_truth/people.csv,
which tells the true person of each record. Names follow a Zipf law, so that a few are
shared by thousands; a tenth of the records are second ones of somebody, written again
with what goes wrong in a CRM. The same records and seed give the same files.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

DUPLICATES = 0.1
_ONSETS = ("b", "br", "c", "ch", "d", "f", "g", "h", "j", "k", "l", "m", "n", "p", "r",
           "s", "sh", "st", "t", "v", "w")  # fmt: skip
_VOWELS = ("a", "e", "i", "o", "u", "ia", "ee", "au")
_CODAS = ("", "n", "r", "s", "l", "th", "ck", "m")
_TRADES = (
    "Systems",
    "Logistics",
    "Foods",
    "Energy",
    "Partners",
    "Labs",
    "Media",
    "Bank",
)
_FORMS = ("", " Inc.", " LLC", ", Inc", " Corp", " Ltd", " GmbH")
_TITLES = tuple(
    f"{rank} {field}"
    for rank in ("Director of", "Head of", "VP", "Manager,", "Senior Manager,", "Chief")
    for field in (
        "Marketing",
        "Sales",
        "IT",
        "Finance",
        "Operations",
        "Data",
        "Growth",
        "Product",
        "People",
        "Procurement",
    )
)
_FREEMAIL = ("gmail.com", "yahoo.com", "outlook.com", "aol.com")
# Countries by their share, each with states of its own where it is said to have some.
_PLACES = (
    *(("United States", state) for state in ("CA", "NY", "TX", "WA", "IL", "MA", "FL")),
    ("Canada", "ON"), ("Canada", "BC"), ("Australia", "NSW"), ("Australia", "VIC"),
    ("United Kingdom", ""), ("Germany", ""), ("France", ""),
)  # fmt: skip
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_DIGITS = "0123456789"
_NO_ADDRESS, _PRIVATE_ADDRESS = 0.12, 0.12


@dataclass(frozen=True)
class Person:
    """What one record says; an empty field is missing."""

    first_name: str
    last_name: str
    email: str
    phone: str
    company_name: str
    title: str
    country: str
    state: str
    postal_code: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the files and return 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    write_people(options.out, options.records, options.seed)
    return 0


def write_people(out: Path, records: int, seed: int) -> None:
    """Write that many records, a tenth of them duplicates, and who they truly are."""
    chance = np.random.default_rng(seed)
    count = records - round(records * DUPLICATES)
    people = _originals(chance, count)
    twice = chance.integers(0, count, records - count)
    strangers = chance.integers(0, count, records - count)
    written = [*people]
    for person, stranger in zip(twice.tolist(), strangers.tolist(), strict=True):
        written.append(_again(chance, people[person], people[stranger]))
    truth = [*range(count), *twice.tolist()]
    header = list(Person.__dataclass_fields__)
    order = chance.permutation(records)
    for name in ("generic", "_truth"):
        (out / name).mkdir(parents=True, exist_ok=True)
    with (
        (out / "generic" / "people.csv").open(
            "w", newline="", encoding="utf-8"
        ) as file,
        (out / "_truth" / "people.csv").open("w", newline="", encoding="utf-8") as key,
    ):
        rows, keys = csv.writer(file), csv.writer(key)
        rows.writerow(["person_id", "record_type", "created_at", *header])
        keys.writerow(["record_id", "true_person_id"])
        for place, number in enumerate(order.tolist()):
            person, record = written[number], f"r{place:08}"
            day = f"2025-{1 + place % 12:02}-{1 + place % 28:02}"
            values = (getattr(person, name) for name in header)
            rows.writerow([record, "lead", day, *values])
            keys.writerow([record, f"p{truth[number]}"])


def _originals(chance: np.random.Generator, count: int) -> list[Person]:
    firsts = _names(chance, 4_000, 1)
    lasts = _names(chance, 60_000, 2)
    # Some names are given and family names.
    lasts[5::40] = [firsts[place % 997] for place in range(len(lasts[5::40]))]
    first = _zipf(chance, len(firsts), count, 0.9)
    last = _zipf(chance, len(lasts), count, 0.75)
    company = _zipf(chance, max(count // 6, 10), count, 0.6)
    draws = chance.random((count, 6))
    numbers = chance.integers(2_000_000, 9_999_999, count)
    taken: dict[str, int] = {}
    people = []
    for row in range(count):
        given, family = firsts[first[row]], lasts[last[row]]
        firm = _firm(lasts, int(company[row]))
        place, form = int(company[row]), draws[row]
        if form[0] < _NO_ADDRESS:
            email = ""
        else:
            private = form[0] > 1 - _PRIVATE_ADDRESS
            domain = (
                _FREEMAIL[place % len(_FREEMAIL)]
                if private
                else f"{firm.lower().replace(' ', '-')}.com"
            )
            email = _free(taken, _mailbox(given, family, form[1]), domain)
        area = 201 + place * 7 % 700
        direct = f"({area}) {numbers[row] // 10_000}-{numbers[row] % 10_000:04}"
        board = f"({area}) 555-{place % 10_000:04}"
        phone = direct if form[2] < 0.6 else board if form[2] < 0.7 else ""
        people.append(
            Person(
                first_name=given if form[3] > 0.02 else "",
                last_name=family,
                email=email,
                phone=phone,
                company_name=firm + _FORMS[place % 3] if form[4] > 0.1 else "",
                title=_TITLES[int(form[5] * len(_TITLES))] if form[1] > 0.15 else "",
                country=_PLACES[place % len(_PLACES)][0] if form[4] < 0.9 else "",
                state=_PLACES[place % len(_PLACES)][1] if form[4] < 0.85 else "",
                postal_code=f"{10_000 + place * 37 % 89_000}" if form[3] < 0.7 else "",
            )
        )
    return people


def _again(chance: np.random.Generator, person: Person, stranger: Person) -> Person:
    """Return the person as somebody wrote them a second time.

    A few go by another name since, which is the stranger's.
    """
    first, last, email = person.first_name, person.last_name, person.email
    phone, company = person.phone, person.company_name

    def typo(text: str, letters: str = _LETTERS) -> str:
        return _mistyped(chance, text, letters)

    def either(*chances: tuple[float, str], other: str) -> str:
        left = chance.random()
        for share, value in chances:
            left -= share
            if left < 0:
                return value
        return other

    new_first = either(
        (0.05, typo(first)), (0.06, first[:4]), (0.03, first[:1]), (0.02, ""),
        (0.015, stranger.first_name), other=first,
    )  # fmt: skip
    new_last = either(
        (0.06, typo(last)), (0.01, ""), (0.02, stranger.last_name), other=last
    )
    if chance.random() < 0.01:
        new_first, new_last = new_last, new_first
    private = f"{_mailbox(first, last, chance.random())}{chance.integers(10, 99_999)}"
    private += f"@{_FREEMAIL[len(last) % 4]}"
    new_email = either((0.4, ""), (0.2, private), (0.04, typo(email)), other=email)
    digits = "".join(each for each in phone if each.isdigit())
    plain = f"+1 {digits}" if digits else ""
    number = f"{chance.integers(2_010_000_000, 9_890_000_000)}"
    new_phone = either(
        (0.2, ""), (0.08, number), (0.04, typo(phone, _DIGITS)), (0.2, plain),
        other=phone,
    )  # fmt: skip
    bare = " ".join(company.replace(",", "").split()[:2])
    form = _FORMS[int(chance.integers(0, len(_FORMS)))]
    new_company = either(
        (0.12, ""), (0.05, typo(company)), (0.25, bare + form if bare else ""),
        (0.02, stranger.company_name), other=company,
    )  # fmt: skip
    title = _TITLES[int(chance.integers(0, len(_TITLES)))]
    elsewhere = f"{chance.integers(10_000, 99_000)}"
    return Person(
        first_name=new_first,
        last_name=new_last,
        email=new_email,
        phone=new_phone,
        company_name=new_company,
        title=either((0.3, ""), (0.2, title), other=person.title),
        country=either((0.15, ""), (0.02, "Ireland"), other=person.country),
        state=either((0.2, ""), other=person.state),
        postal_code=either(
            (0.25, ""),
            (0.03, typo(person.postal_code, _DIGITS)),
            (0.06, elsewhere),
            other=person.postal_code,
        ),
    )


def _names(chance: np.random.Generator, count: int, syllables: int) -> list[str]:
    """Return that many names, none of them twice."""
    parts = ["".join(each) for each in itertools.product(_ONSETS, _VOWELS, _CODAS)]
    names: dict[str, None] = {}
    while len(names) < count:
        size = syllables + int(chance.random() < 0.6)
        word = "".join(parts[place] for place in chance.integers(0, len(parts), size))
        if len(word) > 2:
            names[word.capitalize()] = None
    return list(names)


def _zipf(
    chance: np.random.Generator, kinds: int, count: int, skew: float
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    weights = 1 / np.arange(1, kinds + 1) ** skew
    return chance.choice(kinds, count, p=weights / weights.sum())


def _firm(names: Sequence[str], place: int) -> str:
    name = names[(place * 7_919) % len(names)]
    return f"{name} {_TRADES[(place // len(names) + place) % len(_TRADES)]}"


def _mailbox(first: str, last: str, draw: float) -> str:
    first, last = first.lower(), last.lower()
    return f"{first}.{last}" if draw < 0.6 else f"{first[:1]}{last}"


def _free(taken: dict[str, int], mailbox: str, domain: str) -> str:
    address = f"{mailbox}@{domain}"
    taken[address] = taken.get(address, 0) + 1
    number = taken[address]
    return address if number == 1 else f"{mailbox}{number}@{domain}"


def _mistyped(chance: np.random.Generator, text: str, letters: str) -> str:
    """Return the text with one letter swapped, dropped, doubled or another one."""
    if len(text) < 3:
        return text
    place = int(chance.integers(1, len(text) - 1))
    before, here, after = text[:place], text[place], text[place + 1 :]
    other = letters[int(chance.integers(0, len(letters)))]
    return (
        before + after[:1] + here + after[1:],
        before + after,
        before + here + here + after,
        before + other + after,
    )[int(chance.integers(0, 4))]


if __name__ == "__main__":
    sys.exit(main())
