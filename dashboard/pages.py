"""The pages: what each is called, which filters it heeds, and what shows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from filters import Filters
from views import (
    attribution,
    campaign_operations,
    channels,
    data_quality,
    forecast,
    funnel,
    lead_management,
    pulse,
    stack,
)

_EVERY = frozenset({"quarter", "channel", "segment"})


class Page(NamedTuple):
    """A page: its title, which filters it heeds, and what shows it."""

    title: str
    heeds: frozenset[str]
    show: Callable[[Filters], None]


PAGES = {
    "pulse": Page("Pulse", _EVERY, pulse.page),
    "funnel": Page("Funnel", _EVERY, funnel.page),
    "attribution": Page("Attribution", _EVERY | {"model"}, attribution.page),
    "channels": Page("Channels & budget", _EVERY - {"segment"}, channels.page),
    "leads": Page("Lead management", _EVERY, lead_management.page),
    "quality": Page("Data quality", frozenset(), data_quality.page),
    "campaigns": Page(
        "Campaign operations", _EVERY - {"segment"}, campaign_operations.page
    ),
    "stack": Page("Tool stack", frozenset(), stack.page),
    "forecast": Page("Forecast", frozenset({"segment"}), forecast.page),
}
