"""Metrics of e-mail, launches and tools from the demo's raw files."""

from __future__ import annotations

import pandas as pd

from raw_company import Company, moments, months, seed


def email_deliverability_rate(company: Company) -> pd.DataFrame:
    """Delivered less reported as spam, of what was sent."""
    events = company.table("hubspot/email_event")
    month = months(moments(events["created"]))
    worth = events["type"].map({"DELIVERED": 1, "SPAMREPORT": -1})
    is_sent = events["type"] == "SENT"
    parts = pd.DataFrame(
        {"month": month, "numerator": worth.fillna(0), "denominator": is_sent * 1}
    )
    return parts[events["type"].isin(["SENT", "DELIVERED", "SPAMREPORT"])]


def campaign_deployment_cycle_days(company: Company) -> pd.DataFrame:
    """Days from the first approval completed to the first launch completed."""
    steps = company.table("generic/campaign_steps")
    steps["completed_at"] = moments(steps["completed_at"])
    first = steps.pivot_table("completed_at", "campaign_id", "step", aggfunc="min")
    days = (first["launch"] - first["approval"]) / pd.Timedelta(days=1)
    parts = pd.DataFrame({"month": months(first["launch"]), "numerator": days})
    return parts[days >= 0].assign(denominator=1)


def system_uptime_rate(company: Company) -> pd.DataFrame:
    """Minutes up of critical tools, from the month in which we first hear of each."""
    tools = company.table("generic/tools").query("is_critical == 'true'")
    incidents = company.table("generic/tool_incidents")
    downs = seed("tool_incident_severities").query("is_down == 'true'")["severity"]
    outages = incidents[incidents["severity"].isin(downs)]
    starts = pd.concat(
        [
            company.table(f"generic/{name}").set_index("tool_id")[column]
            for name, column in (
                ("tool_contracts", "starts_on"),
                ("tool_usage", "month"),
                ("tool_incidents", "started_at"),
            )
        ]
    )
    known_from = months(moments(starts)).groupby(level=0).min()
    rows = []
    for tool in tools["tool_id"]:
        mine = outages[outages["tool_id"] == tool]
        down = merged(moments(mine["started_at"]), moments(mine["resolved_at"]))
        for month in pd.date_range(known_from[tool], company.as_of, freq="MS"):
            end = min(month + pd.offsets.MonthBegin(), company.as_of)
            lost = sum(
                max(min(stop, end) - max(start, month), pd.Timedelta(0)).total_seconds()
                for start, stop in down
            )
            due = (end - month).total_seconds()
            if due:
                rows.append((month, (due - lost) / 60, due / 60))
    return pd.DataFrame(rows, columns=["month", "numerator", "denominator"])


def merged(
    starts: pd.Series, stops: pd.Series
) -> list[tuple[pd.Timestamp, pd.Timestamp]]:
    """Return spans without overlap; one that has not ended has no end."""
    spans: list[tuple[pd.Timestamp, pd.Timestamp]] = []
    for start, stop in sorted(zip(starts, stops.fillna(pd.Timestamp.max), strict=True)):
        if spans and start <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(stop, spans[-1][1])
        else:
            spans.append((start, stop))
    return spans
