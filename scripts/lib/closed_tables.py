"""The tables of closed months: what they hold, and the marts that fill them.

They stand in raw_meta, which no build and no landing of files writes to. Rows are only
ever added: a month that is closed again is one more version. Nothing but keys in them
tells of a person.
"""

from __future__ import annotations

from lib.sql import relation, table_definition

CLOSINGS = relation("raw_meta", "closings")
_CLOSING = {
    "closing_id": "varchar",
    "month": "date",
    "version": "integer",
    "closed_by": "varchar",
    "as_of": "timestamp",
    "reporting_currency": "varchar",
    "reporting_time_zone": "varchar",
    "attribution_lookback_days": "integer",
    "closed_at": "timestamp",
}
# By table: its columns, and the query that fills them from the marts. $month and
# $next_month bound the month, $since is where the lookback of its first day begins.
KEPT: dict[str, tuple[dict[str, str], str]] = {
    "closed_figures": (
        {
            "metric": "varchar",
            "attribution_model": "varchar",
            "channel": "varchar",
            "reported": "decimal(38,10)",
        },
        "select metric, attribution_model, channel, figure "
        "from marts.fct_month_figures where month = $month",
    ),
    # Of other months the key and the time, so that what moves in is told from new.
    "closed_conversions": (
        {
            "conversion_type": "varchar",
            "conversion_id": "varchar",
            "person_id": "varchar",
            "account_id": "varchar",
            "segment": "varchar",
            "channel": "varchar",
            "currency": "varchar",
            "unattributed_reason": "varchar",
            "is_in_month": "boolean",
            "is_marketing_sourced": "boolean",
            "is_marketing_influenced": "boolean",
            "has_exchange_rate": "boolean",
            "amount": "decimal(28,6)",
            "amount_usd": "decimal(18,2)",
            "converted_at": "timestamp",
        },
        "select conversion_type, conversion_id, person_id, account_id, segment, "
        "channel, currency, unattributed_reason, true, is_marketing_sourced, "
        "is_marketing_influenced, has_exchange_rate, amount, amount_usd, converted_at "
        "from marts.fct_conversions where month = $month union all "
        "select conversion_type, conversion_id, null, null, null, null, null, null, "
        "false, null, null, null, null, null, converted_at "
        "from marts.fct_conversions where month is distinct from $month",
    ),
    "closed_credits": (
        {
            "conversion_type": "varchar",
            "conversion_id": "varchar",
            "attribution_model": "varchar",
            "touchpoint_id": "varchar",
            "person_id": "varchar",
            "campaign_id": "varchar",
            "channel": "varchar",
            "weight": "double",
            "credit_usd": "decimal(28,10)",
        },
        "select conversion_type, conversion_id, attribution_model, touchpoint_id, "
        "credits.person_id, campaign_id, credits.channel, weight, credit_usd "
        "from marts.fct_attribution_credits as credits "
        "semi join (from marts.fct_conversions where month = $month) as conversions "
        "using (conversion_type, conversion_id)",
    ),
    "closed_touches": (
        {
            "touchpoint_id": "varchar",
            "person_id": "varchar",
            "account_id": "varchar",
            "channel": "varchar",
            "is_marketing": "boolean",
            "is_direct": "boolean",
            "is_sales": "boolean",
            "touched_at": "timestamp",
        },
        "select touchpoint_id, person_id, account_id, channel, is_marketing, "
        "is_direct, is_sales, touched_at from marts.fct_touchpoints "
        # A day more on both sides, for the reporting time zone.
        "where touched_at >= $since and touched_at < $next_month + interval 1 day",
    ),
    "closed_spend": (
        {
            "channel": "varchar",
            "currency": "varchar",
            "spend_amount": "decimal(38,6)",
            "spend_usd": "decimal(38,6)",
        },
        "select channel, currency, sum(spend_amount), coalesce(sum(spend_usd), 0) "
        "from marts.fct_ad_spend_days "
        "where spend_date >= $month and spend_date < $next_month group by all "
        # What the month's shared costs take from channels or add to them, in the
        # reporting currency.
        "union all select channel, '(shared)', sum(allocated_spend_usd), "
        "sum(allocated_spend_usd) from marts.fct_spend_months "
        "where month = $month group by channel having sum(allocated_spend_usd) != 0",
    ),
}


TABLES = (
    "create schema if not exists raw_meta",
    table_definition("raw_meta", "closings", _CLOSING),
    *(
        table_definition("raw_meta", table, {"closing_id": "varchar", **columns})
        for table, (columns, _) in KEPT.items()
    ),
)
