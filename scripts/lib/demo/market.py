"""What stands before anybody turns up: the time, the company, the market, the plans."""

from __future__ import annotations

from dataclasses import dataclass

from lib.demo.accounts import Accounts, make_accounts
from lib.demo.campaigns import Campaigns, make_campaigns
from lib.demo.clock import Clock
from lib.demo.company import Staff, make_staff


@dataclass(frozen=True)
class Market:
    """The stage on which people make their journeys."""

    clock: Clock
    staff: Staff
    accounts: Accounts
    campaigns: Campaigns


def make_market(clock: Clock, people: int) -> Market:
    """Set the stage for so many people."""
    staff = make_staff(people)
    return Market(
        clock=clock,
        staff=staff,
        accounts=make_accounts(clock, staff, people),
        campaigns=make_campaigns(clock),
    )
