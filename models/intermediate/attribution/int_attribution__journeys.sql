-- Grain: one row per conversion with a creditable touch: what its credit hangs on, and
-- a print of all of it. While the print stands, so does the credit; what stands under a
-- print that is gone is out of date.

with

conversions as (

    select * from {{ ref('int_attribution__conversions') }}

),

milestones as (

    select * from {{ ref('int_attribution__milestones') }}

),

touched_conversions as (

    select
        conversion_type,
        conversion_id,
        count(*) as touches,
        bool_or(role_weight != 1) as is_role_weighted,
        max(touched_at) filter (where is_creditable) as last_touched_at,
        sum(cast({{ content_print([
            'touchpoint_id', 'person_id', 'campaign_id', 'channel', 'is_creditable',
            'role_weight', 'touched_at'
        ]) }} as decimal(38, 0))) as touches_print
    from {{ ref('int_attribution__journey_touches') }}
    where is_direct or is_creditable
    group by
        conversion_type,
        conversion_id
    having bool_or(is_creditable)

),

attribution_models as (

    select
        sum(cast({{ content_print([
            'attribution_model', 'first_share', 'last_share', 'last_non_direct_share',
            'lead_creation_share', 'opportunity_creation_share', 'close_share',
            'other_share', 'even_share', 'decay_share'
        ]) }} as decimal(38, 0))) as models_print
    from {{ ref('attribution_models') }}
    where is_active and method = 'positions'

),

journeys as (

    select
        conversions.conversion_type,
        conversions.conversion_id,
        conversions.account_id,
        conversions.segment,
        conversions.amount_usd,
        conversions.converted_at,
        milestones.lead_created_at,
        milestones.opportunity_created_at,
        milestones.closed_at,
        touched_conversions.last_touched_at,
        touched_conversions.is_role_weighted,
        {{ content_print([
            'conversions.conversion_type', 'conversions.conversion_id',
            'conversions.account_id', 'conversions.segment', 'conversions.amount_usd',
            'conversions.converted_at', 'milestones.lead_created_at',
            'milestones.opportunity_created_at', 'milestones.closed_at',
            'touched_conversions.touches', 'touched_conversions.touches_print',
            'attribution_models.models_print',
            "'" ~ var('time_decay_half_life_days') ~ "'",
            "'" ~ code_print('models/intermediate/attribution') ~ "'"
        ]) }} as journey_print
    from conversions
    inner join touched_conversions
        on
            conversions.conversion_type = touched_conversions.conversion_type
            and conversions.conversion_id = touched_conversions.conversion_id
    inner join milestones
        on
            conversions.conversion_type = milestones.conversion_type
            and conversions.conversion_id = milestones.conversion_id
    cross join attribution_models

)

select * from journeys
