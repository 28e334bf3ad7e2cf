-- Grain: one row per cycle and forward stage that it reached: what came of it.

with

funnel_steps as (

    select * from {{ ref('int_lifecycle__funnel_steps') }}

),

cycles as (

    select
        funnel_cycle_id,
        recycled_at
    from {{ ref('fct_lead_funnel') }}

),

cycle_deals as (

    select * from {{ ref('int_lifecycle__cycle_deals') }}

),

funnel_policies as (

    select
        stage,
        {{ dbt.dateadd('day', '-progress_days', as_of()) }} as mature_until,
        {{ dbt.dateadd('day', '-win_days', as_of()) }} as priceable_until
    from {{ ref('funnel_policies') }}

),

aged_steps as (

    select
        funnel_steps.*,
        cycles.recycled_at,
        coalesce(cycle_deals.won_usd, 0) as won_usd,
        coalesce(
            funnel_steps.stage = 'opportunity'
            and cycle_deals.open_deals = 0
            and cycle_deals.won_deals = 0, false
        ) as is_lost,
        funnel_steps.entered_at <= funnel_policies.mature_until as is_mature,
        funnel_steps.entered_at <= funnel_policies.priceable_until as is_priceable
    from funnel_steps
    inner join cycles
        on funnel_steps.funnel_cycle_id = cycles.funnel_cycle_id
    inner join funnel_policies
        on funnel_steps.stage = funnel_policies.stage
    left join cycle_deals
        on funnel_steps.funnel_cycle_id = cycle_deals.funnel_cycle_id

),

judged_steps as (

    select
        funnel_cycle_id,
        stage,
        stage_order,
        is_skipped,
        case
            when has_progressed then 'progressed'
            when stage = 'customer' then 'won'
            when is_lost then 'lost'
            when is_disqualified then 'disqualified'
            when recycled_at is not null then 'recycled'
            when is_mature then 'stalled'
            else 'open'
        end as outcome,
        is_mature,
        is_priceable,
        won_usd,
        entered_at,
        case when progressed_at >= entered_at and not is_skipped then progressed_at end
            as progressed_at
    from aged_steps

)

select * from judged_steps
