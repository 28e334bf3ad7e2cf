"""Make the raw files of a believable company, to show and to test the warehouse.

Salesforce is its CRM, HubSpot sends its e-mails, four ad platforms report their spend,
and generic files hold the rest. OUT/_truth, which load.py passes by, says what is true:
who is who, what each channel brought, and what each platform billed by month and
currency (ad_spend.csv; not_in_ads is the part that no ad accounts for).
"""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from lib.cli import OK, UserError, parser, run, say
from lib.demo.assumptions import VISITS
from lib.demo.build import build
from lib.warehouse import PROJECT_ROOT

LEAST_PEOPLE = 100
LEAST_TOUCHES_PER_PERSON = 5


def main(argv: Sequence[str] | None = None) -> int:
    """Write the demo and say what it holds."""
    arguments = parser(
        (__doc__ or "").partition("\n\n")[0], "demo.py --people 4000 --seed 7"
    )
    arguments.add_argument(
        "--out",
        type=Path,
        default=PROJECT_ROOT / "data" / "demo",
        help="folder to write to (default: data/demo)",
    )
    arguments.add_argument(
        "--people", type=int, default=4000, help="true people (default: 4000)"
    )
    arguments.add_argument(
        "--touches",
        type=int,
        help=f"touches in all (default: {VISITS.touches_per_person} per person)",
    )
    arguments.add_argument(
        "--seed", type=int, default=7, help="same seed, same files (default: 7)"
    )
    arguments.add_argument(
        "--until",
        type=_day,
        default=datetime.now(UTC).date(),
        help="the 24 months end with the day before (YYYY-MM-DD; default: today, UTC)",
    )
    arguments.add_argument(
        "--messy",
        action="store_true",
        help="plant five data problems for the audit to find (_truth/problems.csv)",
    )
    options = arguments.parse_args(argv)
    touches = options.touches or options.people * VISITS.touches_per_person
    _check(options.people, touches, options.seed)
    made = build(
        options.out,
        people=options.people,
        touches=touches,
        seed=options.seed,
        until=options.until,
        messy=options.messy,
    )
    say(
        f"{options.out}: {made['first_day']} to {made['last_day']}, "
        f"{made['people']:,} people, {made['touches']:,} touches, "
        f"{made['opportunities']:,} opportunities ({made['won']:,} won), "
        f"{made['spend_usd']:,.0f} USD spent"
    )
    return OK


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text} is no date (YYYY-MM-DD)") from error


def _check(people: int, touches: int, seed: int) -> None:
    if people < LEAST_PEOPLE:
        raise UserError(f"--people {people}: at least {LEAST_PEOPLE} are needed")
    if touches < people * LEAST_TOUCHES_PER_PERSON:
        least = people * LEAST_TOUCHES_PER_PERSON
        raise UserError(f"--touches {touches}: at least {least} for {people} people")
    if seed < 0:
        raise UserError(f"--seed {seed}: a seed is not negative")


if __name__ == "__main__":
    run(main)
