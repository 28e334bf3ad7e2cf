-- Grain: one row per opportunity, with what sourced it, and beside it what is declared
-- and what its first touch says.

with

opportunities as (

    select
        opportunity_id,
        {{ reporting_date('coalesce(created_at, ' ~ as_of() ~ ')') }} as created_on
    from {{ ref('fct_opportunity_outcomes') }}

),

source_claims as (

    select * from {{ ref('int_attribution__source_claims') }}

),

source_precedence as (

    select
        source_basis,
        precedence,
        effective_from,
        coalesce(effective_to, cast('9999-12-31' as date)) as effective_to
    from {{ ref('source_precedence') }}
    where is_active

),

ranked_claims as (

    select
        source_claims.*,
        source_precedence.precedence
    from source_claims
    inner join opportunities
        on source_claims.opportunity_id = opportunities.opportunity_id
    inner join source_precedence
        on
            source_claims.source_basis = source_precedence.source_basis
            and opportunities.created_on >= source_precedence.effective_from
            and opportunities.created_on < source_precedence.effective_to

),

deciding_claims as (

    select * from ranked_claims
    qualify row_number() over (
        partition by opportunity_id
        order by precedence asc, source_basis asc
    ) = 1

),

declared_claims as (

    select * from ranked_claims
    where source_basis != 'first_touch'
    qualify row_number() over (
        partition by opportunity_id
        order by precedence asc, source_basis asc
    ) = 1

),

first_touches as (

    select * from source_claims
    where source_basis = 'first_touch'

),

opportunity_sources as (

    select
        opportunities.opportunity_id,
        coalesce(deciding_claims.source_basis, 'none') as source_basis,
        coalesce(deciding_claims.source_kind, 'unknown') as source_kind,
        deciding_claims.sourced_channel,
        deciding_claims.sourced_campaign_id,
        declared_claims.source_kind as declared_source_kind,
        declared_claims.sourced_channel as declared_channel,
        first_touches.source_kind as first_touch_source_kind,
        first_touches.sourced_channel as first_touch_channel,
        case
            when
                (declared_claims.source_kind = 'marketing')
                = (first_touches.source_kind = 'marketing')
                then 'agree'
            when
                declared_claims.source_kind is not null
                and first_touches.source_kind is not null
                then 'differ'
            when declared_claims.source_kind is not null then 'declared_only'
            when first_touches.source_kind is not null then 'first_touch_only'
            else 'neither'
        end as source_agreement
    from opportunities
    left join deciding_claims
        on opportunities.opportunity_id = deciding_claims.opportunity_id
    left join declared_claims
        on opportunities.opportunity_id = declared_claims.opportunity_id
    left join first_touches
        on opportunities.opportunity_id = first_touches.opportunity_id

)

select * from opportunity_sources
