-- Grain: one row per deal and stage that it is or was in, with what the stage means.
-- Ids of stages are hashes or numbers; a stage that no pipeline has any more keeps its
-- id for a name, and the seed closing_stages tells from that name whether it closes the
-- deal. Two pipelines may share an id: the deal's own pipeline speaks first.

with

deals as (

    select
        trim(deal_id) as deal_id,
        trim(deal_pipeline_id) as pipeline_id,
        trim(deal_pipeline_stage_id) as stage_id
    from {{ source('hubspot', 'deal') }}

),

stage_changes as (

    select
        trim(deal_id) as deal_id,
        trim(value) as stage_id
    from {{ source('hubspot', 'deal_stage') }}

),

pipeline_stages as (

    select * from {{ source('hubspot', 'deal_pipeline_stage') }}

),

closing_stages as (

    select
        stage_value,
        is_won
    from {{ ref('closing_stages') }}

),

deal_stage_ids as (

    select
        deal_id,
        stage_id
    from deals
    where stage_id != ''
    union
    select
        deal_id,
        stage_id
    from stage_changes
    where stage_id != ''

),

deal_stages as (

    select
        {{ source_key('hubspot', 'deal_stage_ids.deal_id') }} as opportunity_id,
        deal_stage_ids.stage_id,
        coalesce({{ clean_text('pipeline_stages.label') }}, deal_stage_ids.stage_id)
            as stage_name,
        pipeline_stages.probability,
        case
            when pipeline_stages.stage_id is null
                then closing_stages.stage_value is not null
            else
                coalesce(pipeline_stages.is_closed, false)
                or coalesce(pipeline_stages.closed_won, false)
        end as is_closed,
        case
            when pipeline_stages.stage_id is null
                then coalesce(closing_stages.is_won, false)
            else coalesce(pipeline_stages.closed_won, false)
        end as is_won,
        pipeline_stages.stage_id is not null as is_known
    from deal_stage_ids
    left join deals on deal_stage_ids.deal_id = deals.deal_id
    left join pipeline_stages
        on deal_stage_ids.stage_id = trim(pipeline_stages.stage_id)
    left join closing_stages
        on
            {{ snake_case("split_part(deal_stage_ids.stage_id, '(', 1)") }}
            = closing_stages.stage_value
    qualify
        row_number() over (
            partition by deal_stage_ids.deal_id, deal_stage_ids.stage_id
            order by
                coalesce(trim(pipeline_stages.pipeline_id) = deals.pipeline_id, false)
                desc,
                coalesce(pipeline_stages._fivetran_deleted, false) asc,
                pipeline_stages.pipeline_id asc
        ) = 1

)

select * from deal_stages
