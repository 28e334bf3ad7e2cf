-- Grain: one row per closed month, metric, attribution model and channel: as reported,
-- as restated, and how much of the difference is due to what.

with

closed_figures as (

    select * from {{ ref('fct_closed_figures') }}

),

reasons as (

    select
        closing_id,
        metric,
        attribution_model,
        channel,
        sum(difference) filter (where reason = 'new_conversion')
            as by_new_conversion,
        sum(difference) filter (where reason = 'vanished_conversion')
            as by_vanished_conversion,
        sum(difference) filter (where reason = 'date_change')
            as by_date_change,
        sum(difference) filter (where reason = 'rate_change')
            as by_rate_change,
        sum(difference) filter (where reason = 'amount_change')
            as by_amount_change,
        sum(difference) filter (where reason = 'late_touch')
            as by_late_touch,
        sum(difference) filter (where reason = 'removed_touch')
            as by_removed_touch,
        sum(difference) filter (where reason = 'merge')
            as by_merge,
        sum(difference) filter (where reason = 'moved_touch')
            as by_moved_touch,
        sum(difference) filter (where reason = 'channel_change')
            as by_channel_change,
        sum(difference) filter (where reason = 'contact_change')
            as by_contact_change,
        sum(difference) filter (where reason = 'model_refit')
            as by_model_refit,
        sum(difference) filter (where reason = 'policy_change')
            as by_policy_change
    from {{ ref('fct_restatements') }}
    group by
        closing_id,
        metric,
        attribution_model,
        channel

),

restatements as (

    select
        closed_figures.month,
        closed_figures.metric,
        closed_figures.attribution_model,
        closed_figures.channel,
        closed_figures.reported,
        closed_figures.restated,
        closed_figures.difference,
        cast(coalesce(reasons.by_new_conversion, 0) as decimal(38, 10))
            as by_new_conversion,
        cast(coalesce(reasons.by_vanished_conversion, 0) as decimal(38, 10))
            as by_vanished_conversion,
        cast(coalesce(reasons.by_date_change, 0) as decimal(38, 10))
            as by_date_change,
        cast(coalesce(reasons.by_rate_change, 0) as decimal(38, 10))
            as by_rate_change,
        cast(coalesce(reasons.by_amount_change, 0) as decimal(38, 10))
            as by_amount_change,
        cast(coalesce(reasons.by_late_touch, 0) as decimal(38, 10))
            as by_late_touch,
        cast(coalesce(reasons.by_removed_touch, 0) as decimal(38, 10))
            as by_removed_touch,
        cast(coalesce(reasons.by_merge, 0) as decimal(38, 10))
            as by_merge,
        cast(coalesce(reasons.by_moved_touch, 0) as decimal(38, 10))
            as by_moved_touch,
        cast(coalesce(reasons.by_channel_change, 0) as decimal(38, 10))
            as by_channel_change,
        cast(coalesce(reasons.by_contact_change, 0) as decimal(38, 10))
            as by_contact_change,
        cast(coalesce(reasons.by_model_refit, 0) as decimal(38, 10))
            as by_model_refit,
        cast(coalesce(reasons.by_policy_change, 0) as decimal(38, 10))
            as by_policy_change
    from closed_figures
    left join reasons
        on
            closed_figures.closing_id = reasons.closing_id
            and closed_figures.metric = reasons.metric
            and closed_figures.attribution_model
            is not distinct from reasons.attribution_model
            and closed_figures.channel = reasons.channel

)

select * from restatements
