"""Channels: what they cost and bring, and whether their credit can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from lib.report.blocks import Chart, Part, Table, Text, part
from lib.report.charts import bars
from lib.report.figures import count, money, plural, ratio, words
from lib.report.periods import Quarter, Settings, Span
from lib.report.publication import Publication

CHANNELS = """
    with

    measures as (

        select
            channel,
            spend_date as day,
            spend_usd,
            0 as mqls,
            0 as sourced_usd
        from marts.fct_ad_spend_days
        union all
        select
            channel,
            day_of(converted_at) as day,
            0 as spend_usd,
            cast(weight as decimal(28, 12)) as mqls,
            0 as sourced_usd
        from marts.fct_attribution_credits
        where conversion_type = 'mql' and attribution_model = $model
        union all
        select
            'unattributed' as channel,
            day_of(converted_at) as day,
            0 as spend_usd,
            1 as mqls,
            0 as sourced_usd
        from marts.fct_unattributed_conversions
        where conversion_type = 'mql'
        union all
        select
            coalesce(sourced_channel, 'unknown') as channel,
            day_of(created_at) as day,
            0 as spend_usd,
            0 as mqls,
            amount_usd as sourced_usd
        from marts.fct_opportunities
        where is_marketing_sourced

    )

    select
        channel,
        coalesce(sum(spend_usd) filter (where day >= $week_first), 0) as week_spend,
        coalesce(sum(mqls) filter (where day >= $week_first), 0) as week_mqls,
        coalesce(sum(spend_usd) filter (where day >= $first), 0) as spend,
        coalesce(sum(mqls) filter (where day >= $first), 0) as mqls,
        coalesce(sum(sourced_usd) filter (where day >= $first), 0) as sourced,
        coalesce(
            sum(sourced_usd) filter (where day between $before_first and $before_last),
            0
        ) as sourced_before
    from measures
    where
        day between least($first, $week_first) and $last
        or day between $before_first and $before_last
    group by channel
    order by channel
"""


TRUST = """
    select
        trust_verdict,
        check_name,
        meaning,
        owner,
        is_met
    from marts.fct_attribution_trust
    order by check_name
"""

CAMPAIGNS = """
    select
        fct_opportunities.sourced_campaign_id,
        coalesce(dim_campaigns.campaign_name, fct_opportunities.sourced_campaign_id)
            as campaign_name,
        coalesce(fct_opportunities.sourced_channel, 'unknown') as channel,
        count(*) as opportunities,
        coalesce(sum(fct_opportunities.amount_usd), 0) as sourced_usd
    from marts.fct_opportunities
    left join marts.dim_campaigns
        on fct_opportunities.sourced_campaign_id = dim_campaigns.campaign_id
    where
        fct_opportunities.is_marketing_sourced
        and fct_opportunities.sourced_campaign_id is not null
        and day_of(fct_opportunities.created_at) between $first and $last
    group by all
    order by
        sourced_usd desc,
        campaign_name,
        fct_opportunities.sourced_campaign_id,
        channel
    limit 5
"""


@dataclass(frozen=True)
class Channel:
    """A channel in the week, in the quarter to date, and on its days before."""

    name: str
    week_spend: Decimal
    week_mqls: Decimal
    spend: Decimal
    mqls: Decimal
    sourced: Decimal
    sourced_before: Decimal


@dataclass(frozen=True)
class Campaign:
    """A campaign and the channel that its opportunities are sourced by."""

    name: str
    channel: str
    opportunities: int
    sourced: Decimal


@dataclass(frozen=True)
class Criterion:
    """Something that attribution can be trusted on only if it is met."""

    verdict: str
    check: str
    meaning: str
    owner: str
    is_met: bool | None


@dataclass(frozen=True)
class Channels:
    """Every channel with spend, MQLs or sourced pipeline, the most pipeline first."""

    quarter: Quarter
    currency: str
    model: str
    channels: tuple[Channel, ...]
    criteria: tuple[Criterion, ...]
    campaigns: tuple[Campaign, ...]

    @property
    def total(self) -> Channel:
        """All channels together."""

        def summed(name: str) -> Decimal:
            return sum(
                (Decimal(getattr(channel, name)) for channel in self.channels),
                Decimal(0),
            )

        return Channel(
            "all channels",
            summed("week_spend"),
            summed("week_mqls"),
            summed("spend"),
            summed("mqls"),
            summed("sourced"),
            summed("sourced_before"),
        )

    @property
    def verdict(self) -> str | None:
        """Whether the data is clean enough for multi-touch attribution."""
        return self.criteria[0].verdict if self.criteria else None


def read(
    publication: Publication, settings: Settings, week: Span, quarter: Quarter
) -> Channels:
    """Read the channels of a week, and of the quarter up to the same day."""
    days = quarter.to_date
    rows = publication.rows(
        CHANNELS,
        model=settings.attribution_model,
        first=days.first,
        last=days.last,
        week_first=week.first,
        before_first=quarter.before.first,
        before_last=quarter.before.last,
    )
    return Channels(
        quarter,
        settings.currency,
        settings.attribution_model,
        tuple(
            sorted(
                (Channel(*row) for row in rows if any(row[1:])),
                key=lambda channel: (-channel.sourced, -channel.spend, channel.name),
            )
        ),
        tuple(Criterion(*row) for row in publication.rows(TRUST)),
        tuple(
            Campaign(*row[1:])
            for row in publication.rows(CAMPAIGNS, first=days.first, last=days.last)
        ),
    )


def show(channels: Channels) -> Part:
    """Show them."""
    if not channels.channels:
        return part(
            "channels",
            "Channel performance",
            [Text("No spend, no MQL and no sourced pipeline in the quarter so far.")],
        )
    return part(
        "channels",
        "Channel performance",
        [
            _trust(channels),
            Text("Nothing was spent in the quarter so far: no cost is shown.")
            if not channels.total.spend
            else None,
            _table(channels),
            Text(
                "Spend is what was charged on the days themselves; what names no "
                "channel stands under unknown. MQLs are shared out by the "
                f"{words(channels.model)} model, pipeline goes to the channel that "
                "sourced it. Same days before are those of the quarter before. "
                "Fully loaded costs: reports.rpt_channel_economics."
            ),
            _chart(channels),
            _campaigns(channels),
        ],
    )


def _trust(channels: Channels) -> Text:
    if channels.verdict is None:
        return Text(
            "Nothing tells whether attribution can be trusted on this data.", True
        )
    missed = [criterion for criterion in channels.criteria if criterion.is_met is False]
    verdict = words(channels.verdict)
    if channels.verdict == "trusted":
        return Text(
            "Attribution can be trusted: the data meets all of "
            f"{plural(len(channels.criteria), 'criterion', 'criteria')}."
        )
    reasons = " ".join(
        f"{words(one.check).capitalize()}: {one.meaning} ({one.owner})."
        for one in missed
    )
    unmeasured = sum(criterion.is_met is None for criterion in channels.criteria)
    return Text(
        f"Attribution: {verdict}. {len(missed)} of "
        f"{plural(len(channels.criteria), 'criterion', 'criteria')} missed, "
        f"{unmeasured} not measured. {reasons}".strip(),
        is_warning=True,
    )


def _table(channels: Channels) -> Table:
    def cells(channel: Channel) -> tuple[str, ...]:
        return (
            words(channel.name),
            money(channel.week_spend, channels.currency),
            count(channel.week_mqls, 1),
            money(channel.spend, channels.currency),
            count(channel.mqls, 1),
            _cost(channel.spend, channel.mqls, channels.currency),
            money(channel.sourced, channels.currency),
            money(channel.sourced_before, channels.currency),
            ratio(channel.sourced, channel.spend),
        )

    return Table(
        "table-channels",
        f"Channels in the week and in quarter {channels.quarter.name} to date (QTD)",
        (
            "Channel",
            "Spend, week",
            "MQLs, week",
            "Spend, QTD",
            "MQLs, QTD",
            "Cost per MQL, QTD",
            "Sourced pipeline, QTD",
            "Sourced, same days before",
            f"Pipeline per {channels.currency}, QTD",
        ),
        tuple(cells(one) for one in (*channels.channels, channels.total)),
        has_total=True,
    )


def _cost(spend: Decimal, mqls: Decimal, currency: str) -> str:
    return money(spend / mqls if mqls and spend else None, currency)


def _chart(channels: Channels) -> Chart | None:
    spenders = [one for one in channels.channels if one.spend > 0 and one.sourced]
    if len(spenders) < 2:
        return None
    spenders.sort(key=lambda one: (-(one.sourced / one.spend), one.name))
    title = f"Sourced pipeline for each {channels.currency} spent, quarter to date"
    drawing = bars(
        "chart-channels",
        title,
        [
            (words(one.name), one.sourced / one.spend, ratio(one.sourced, one.spend))
            for one in spenders
        ],
        f"{channels.currency} of pipeline per {channels.currency} of spend",
    )
    return Chart("chart-channels-figure", title, drawing)


def _campaigns(channels: Channels) -> Table | None:
    if not channels.campaigns:
        return None
    return Table(
        "table-campaigns",
        "Campaigns that sourced the most pipeline in the quarter so far",
        ("Campaign", "Channel", "Opportunities", "Sourced pipeline"),
        tuple(
            (
                one.name,
                words(one.channel),
                count(one.opportunities),
                money(one.sourced, channels.currency),
            )
            for one in channels.campaigns
        ),
        words=2,
    )
