-- Grain: one row per ordered pair of channels: what moving a share of the first one's
-- spend to the second would be expected to do to pipeline, and whether to test it.
-- The tolerated chance of a loss is shared by all moves that are judged, since the best
-- of many looks good by luck.

with

moves as (

    select * from {{ ref('int_finance__moves') }}

),

outcomes as (

    select * from {{ ref('int_finance__move_outcomes') }}

),

windows as (

    select * from {{ ref('int_finance__reallocation_windows') }}

),

judged_moves as (

    select
        moves.*,
        outcomes.change_low_usd,
        outcomes.change_mid_usd,
        outcomes.change_high_usd,
        outcomes.gain_probability,
        outcomes.to_gain_probability,
        windows.interval_level,
        windows.trailing_weeks,
        windows.tolerated_loss_probability,
        windows.tolerated_loss_probability / nullif(
            count(*) filter (where moves.is_judged) over (), 0
        ) as shared_loss_probability
    from moves
    left join outcomes
        on
            moves.from_channel = outcomes.from_channel
            and moves.to_channel = outcomes.to_channel
    cross join windows

),

concluded_moves as (

    select
        *,
        case
            when not is_from_usable then 'no curve of the giving channel'
            when not is_to_usable then 'no curve of the receiving channel'
            when not is_from_in_range then 'giving channel beyond the spend seen'
            when not is_to_in_range then 'receiving channel beyond the spend seen'
            when moved_usd = 0 then 'nothing to move'
            when change_mid_usd is null then 'change without bounds'
            when 1 - to_gain_probability > tolerated_loss_probability
                then 'receiving channel not shown to respond'
            when 1 - gain_probability > shared_loss_probability
                then 'may lose pipeline'
            else 'test'
        end as verdict
    from judged_moves

),

reallocations as (

    select
        concat_ws('>', from_channel, to_channel) as reallocation_id,
        from_channel,
        to_channel,
        verdict,
        verdict = 'test' as is_suggested,
        is_from_usable and is_to_usable as has_both_curves,
        is_judged,
        case verdict
            when 'no curve of the giving channel'
                then 'What less spend on ' || from_channel || ' would do is not known.'
            when 'no curve of the receiving channel'
                then 'What more spend on ' || to_channel || ' would do is not known.'
            when 'giving channel beyond the spend seen'
                then 'The spend on ' || from_channel || ' goes beyond what was seen.'
            when 'receiving channel beyond the spend seen'
                then 'The spend on ' || to_channel || ' goes beyond what was seen.'
            when 'nothing to move' then 'The share is less than a cent.'
            when 'change without bounds' then 'What it would do has no bounds.'
            when 'receiving channel not shown to respond'
                then 'More spend on ' || to_channel || ' is not shown to bring more.'
            when 'may lose pipeline'
                then 'The chance of losing pipeline is above what is tolerated.'
            else 'Test it, with a control, before moving more.'
        end as reason,
        moved_usd,
        trailing_weeks,
        from_before_usd as from_week_before_usd,
        from_after_usd as from_week_after_usd,
        to_before_usd as to_week_before_usd,
        to_after_usd as to_week_after_usd,
        interval_level,
        change_low_usd,
        change_mid_usd,
        change_high_usd,
        gain_probability,
        to_gain_probability,
        shared_loss_probability
    from concluded_moves

)

select * from reallocations
