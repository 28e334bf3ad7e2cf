"""The worked examples of the docs block attribution_models, computed by the models."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

import pytest

from attribution_sql import AttributionSql, World, compile_attribution
from lib.warehouse import PROJECT_ROOT

BEGIN = datetime(2026, 1, 1)
CHANNELS = ("paid_search", "webinar", "email", "event", "direct")
Rows = list[dict[str, str]]


def tables() -> list[Rows]:
    """Return the tables of the docs block, each row by the names in its header."""
    text = (PROJECT_ROOT / "models" / "_metrics.md").read_text("utf-8")
    block = text.partition("{% docs attribution_models %}")[2]
    found: list[Rows] = []
    header: list[str] = []
    for line in block.partition("{% enddocs %}")[0].splitlines():
        if not line.startswith("|"):
            header = []
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not header:
            header = cells
            found.append([])
        elif set(line) - set("|-"):
            found[-1].append(dict(zip(header, cells, strict=True)))
    return found


JOURNEY, SHORT, EFFECTS = tables()


@pytest.fixture(scope="module")
def attribution(tmp_path_factory: pytest.TempPathFactory) -> AttributionSql:
    return compile_attribution(tmp_path_factory.mktemp("compiled"))


def day(number: int) -> datetime:
    return BEGIN + timedelta(days=number)


def touch(key: str, person: str, channel: str, at: int) -> tuple[Any, ...]:
    is_direct = channel == "direct"
    kinds = (not is_direct, is_direct, False)
    return (key, person, person, None, channel, *kinds, day(at))


def won_deal(
    lead: int, created: int, closed: int, touches: list[tuple[str, int]]
) -> dict[str, list[tuple[Any, ...]]]:
    deal = ("deal", "buyer", "buyer", "smb", 1000, True, day(created), day(closed))
    return {
        "fct_touchpoints": [
            touch(str(number), "buyer", channel, at)
            for number, (channel, at) in enumerate(touches, 1)
        ],
        "dim_people": [("buyer", "buyer", day(lead))],
        "fct_opportunity_outcomes": [deal],
    }


def credit_of_won(attribution: AttributionSql, world: World) -> dict[str, list[float]]:
    """Return the credit of the deal's touches in percent, by model."""
    with attribution.build(world) as built:
        found: dict[str, list[float]] = defaultdict(
            lambda: [0.0] * len(world["fct_touchpoints"])
        )
        for model, key, weight in built.execute(
            "select attribution_model, touchpoint_id, weight "
            "from mops.marts.fct_attribution_credits where conversion_type = 'won'"
        ).fetchall():
            found[model][int(key) - 1] = 100 * weight
    return dict(found)


@pytest.fixture(scope="module")
def journey(attribution: AttributionSql) -> dict[str, list[float]]:
    days = (0, 14, 21, 28, 42)
    world = won_deal(14, 28, 42, list(zip(CHANNELS, days, strict=True)))
    world["fct_touchpoints"] += [
        touch("6", "one", "paid_search", 0),
        touch("7", "two", "email", 0),
    ]
    world["dim_people"] += [("one", "one", day(0)), ("two", "two", day(0))]
    found = credit_of_won(attribution, world)
    return {model: shares[: len(CHANNELS)] for model, shares in found.items()}


def test_every_active_model_of_the_seed_has_an_example() -> None:
    seed = PROJECT_ROOT / "seeds" / "attribution" / "attribution_models.csv"
    with seed.open(encoding="utf-8") as handle:
        models = [
            row["attribution_model"]
            for row in csv.DictReader(handle)
            if row["is_active"] == "true"
        ]
    assert [row["model"] for row in JOURNEY] == models
    assert len(models) >= 13


@pytest.mark.parametrize("row", JOURNEY, ids=lambda row: row["model"])
def test_the_journey_is_credited_as_the_docs_say(
    journey: dict[str, list[float]], row: dict[str, str]
) -> None:
    wanted = [float(row[channel]) for channel in CHANNELS]
    assert sum(wanted) == pytest.approx(100, abs=0.02)
    assert journey[row["model"]] == pytest.approx(wanted, abs=0.005)


@pytest.mark.parametrize(
    "row", SHORT, ids=lambda row: f"{row['model']}-{row['touches']}"
)
def test_shorter_journeys_are_credited_as_the_docs_say(
    attribution: AttributionSql, row: dict[str, str]
) -> None:
    """Touch n is made on day n, so that a milestone's day is its touch's number."""
    count = int(row["touches"])
    world = won_deal(
        int(row["lead at touch"]),
        int(row["opportunity at touch"]),
        count,
        [("email", number) for number in range(1, count + 1)],
    )
    found = credit_of_won(attribution, world)[row["model"]]
    wanted = [float(share) for share in row["credit"].split(",")]
    assert found == pytest.approx(wanted, abs=0.005)


GAMES = {
    "markov": [("123", True), ("1", False), ("23", False)],
    "shapley": [("1", True), ("1", False)]
    + [("2", True)]
    + [("2", False)] * 3
    + [("12", True)] * 2,
}


@pytest.mark.parametrize("model", GAMES)
def test_channels_contribute_as_the_docs_say(
    attribution: AttributionSql, model: str
) -> None:
    touches, people, cycles = [], [], []
    for number, (path, is_converted) in enumerate(GAMES[model]):
        person = f"p{number}"
        people.append((person, person, day(0)))
        for step, channel in enumerate(path):
            touches.append(touch(f"{number}_{step}", person, channel, step))
        if is_converted:
            cycles.append((person, person, None, "smb", day(9)))
    with attribution.build(
        {"fct_touchpoints": touches, "dim_people": people, "fct_lead_funnel": cycles}
    ) as built:
        found = built.execute(
            "select channel, coalesce(removal_effect, shapley_value), "
            "100 * contribution_share from mops.marts.fct_channel_contributions "
            "where conversion_type = 'mql' and attribution_model = ? order by 1",
            [model],
        ).fetchall()
    wanted = [row for row in EFFECTS if row["model"] == model]
    assert len(wanted) == len(found) > 1
    for (channel, effect, share), row in zip(found, wanted, strict=True):
        assert channel == row["channel"]
        assert effect == pytest.approx(float(row["effect"]))
        assert share == pytest.approx(float(row["contribution in %"]))
