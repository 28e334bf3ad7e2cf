"""The stages that the demo's people truly went through, walked from its hidden truth.

What the warehouse made of the files is compared with this, stay by stay. Nothing here
reads a model: a person's life is walked once, event by event.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

# Cycle, stage, when entered, and whether the person skipped it.
Stay = tuple[int, str, datetime, bool]
Event = tuple[datetime, int, str, bool]  # moment, rank, stage, is a deal's

WAY = ("lead", "mql", "sal", "sql", "opportunity", "customer")
ORDER = (*WAY, "disqualified", "recycled")
# What each status of the CRM means; a lead is converted when sales has qualified it and
# joins a deal.
MEANINGS = {
    "New": ("lead",),
    "Open": ("lead",),
    "Marketing Qualified": ("mql",),
    "Working": ("sal",),
    "Sales Accepted": ("sal",),
    "Sales Qualified": ("sql",),
    "Converted": ("sql", "opportunity"),
    "Recycled": ("recycled",),
    "Disqualified": ("disqualified",),
    "Unqualified": ("disqualified",),
}


def true_people(folder: Path) -> dict[str, str]:
    """Return the true person of each record, by source:record_id."""
    return {
        f"{row['source']}:{row['record_id']}": row["true_person_id"]
        for row in _rows(folder / "_truth" / "person_records.csv")
    }


def true_stays(folder: Path) -> dict[str, list[Stay]]:
    """Return every person's stages in order, by true person.

    Deals that the CRM has deleted since are nobody's.
    """
    truth = folder / "_truth"
    end = _end(folder)
    events: dict[str, list[Event]] = {}
    for row in _rows(truth / "people.csv"):
        begun = _event(row["lead_at"], "lead")
        events[row["true_person_id"]] = [begun]
    for row in _rows(truth / "status_changes.csv"):
        events[row["true_person_id"]] += [
            _event(row["entered_at"], stage) for stage in MEANINGS[row["status"]]
        ]
    deleted = {
        row["Id"]
        for row in _rows(folder / "salesforce" / "Opportunity.csv")
        if row["IsDeleted"] == "true"
    }
    wins = {
        row["opportunity_id"]: row["closes_at"]
        for row in _rows(truth / "opportunities.csv")
        if row["is_won_at_last"] == "true"
    }
    for row in _rows(truth / "opportunity_people.csv"):
        deal, person = row["opportunity_id"], row["true_person_id"]
        if deal in deleted:
            continue
        events[person].append(_event(row["joined_at"], "opportunity", is_deal=True))
        if deal in wins:  # who joins a deal that is won already comes to it then
            won = max(wins[deal], row["joined_at"])
            events[person].append(_event(won, "customer", is_deal=True))
    return {
        person: walk(sorted(event for event in life if event[0] < end))
        for person, life in events.items()
    }


def walk(life: Iterable[Event]) -> list[Stay]:
    """Walk a life in order of time; a recycling ends a cycle.

    A deal takes nobody back, nor to where the cycle has been.
    """
    cycles: list[list[tuple[str, datetime]]] = [[]]
    now = None
    for moment, rank, stage, is_deal in life:
        been = [ORDER.index(name) for name, _ in cycles[-1] if name in WAY]
        if now == "recycled":
            been = []
        if stage == now or (is_deal and any(rank <= place for place in been)):
            continue
        if now == "recycled":
            cycles.append([])
        cycles[-1].append((stage, moment))
        now = stage
    return [
        stay for number, cycle in enumerate(cycles, 1) for stay in _whole(number, cycle)
    ]


def _whole(number: int, cycle: list[tuple[str, datetime]]) -> Iterable[Stay]:
    """Put in what the cycle passes over; a lead stands at the head of each."""
    entered = {stage for stage, _ in cycle}
    missing = [stage for stage in WAY if stage not in entered]
    for place, (stage, moment) in enumerate(cycle):
        for name in list(missing):
            is_head = name == "lead" and place == 0
            if is_head or (stage in WAY and ORDER.index(name) < ORDER.index(stage)):
                missing.remove(name)
                yield number, name, moment, True
        yield number, stage, moment, False


def matched_people(
    true_of: dict[str, str], records: Iterable[tuple[str, str]]
) -> dict[str, str]:
    """Return the golden person of each true one whose records are one golden person's.

    records are pairs of record and golden person.
    """
    golden_of, true_in = defaultdict(set), defaultdict(set)
    for record, golden in records:
        golden_of[true_of[record]].add(golden)
        true_in[golden].add(true_of[record])
    return {
        person: min(golden)
        for person, golden in golden_of.items()
        if len(golden) == 1 and len(true_in[min(golden)]) == 1
    }


def _event(written: str, stage: str, *, is_deal: bool = False) -> Event:
    moment = datetime.fromisoformat(written).replace(tzinfo=None)
    return moment, ORDER.index(stage), stage, is_deal


def _end(folder: Path) -> datetime:
    summary = json.loads((folder / "_truth" / "summary.json").read_text("utf-8"))
    return datetime.fromisoformat(summary["last_day"]) + timedelta(days=1)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))
