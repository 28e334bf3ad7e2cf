-- Grain: one row per shape of journeys, set of positions held and attribution model:
-- the weight of such a touch, and what its share by decay adds to it.
-- What a journey lacks of a model's positions is absent, and the rest is scaled up. A
-- journey with none of them credits its touches evenly.

with

shape_touches as (

    select * from {{ ref('int_attribution__shape_touches') }}

),

attribution_models as (

    select * from {{ ref('attribution_models') }}
    where is_active and method = 'positions'

),

positioned_touches as (

    select
        shape_touches.shape,
        shape_touches.positions_held,
        shape_touches.is_creditable,
        shape_touches.creditable_count,
        shape_touches.touches,
        attribution_models.attribution_model,
        attribution_models.other_share,
        attribution_models.even_share,
        attribution_models.decay_share,
        attribution_models.first_share
        * least(shape_touches.positions_held & 1, 1)
        + attribution_models.last_share
        * least(shape_touches.positions_held & 2, 1)
        + attribution_models.last_non_direct_share
        * least(shape_touches.positions_held & 4, 1)
        + attribution_models.lead_creation_share
        * least(shape_touches.positions_held & 8, 1)
        + attribution_models.opportunity_creation_share
        * least(shape_touches.positions_held & 16, 1)
        + attribution_models.close_share
        * least(shape_touches.positions_held & 32, 1) as position_share
    from shape_touches
    cross join attribution_models

),

counted_touches as (

    select
        *,
        case when is_creditable and position_share = 0 then touches else 0 end
            as other_touches,
        sum(
            case when is_creditable and position_share = 0 then touches else 0 end
        ) over (partition by shape, attribution_model) as all_other_touches
    from positioned_touches

),

shared_touches as (

    select
        *,
        position_share
        + case
            when other_touches > 0 then other_share / all_other_touches else 0
        end
        + case when is_creditable then even_share / creditable_count else 0 end
            as fixed_share
    from counted_touches

),

totalled_touches as (

    select
        *,
        cast(sum({{ exact_share('touches * fixed_share') }}) over (
            partition by shape, attribution_model
        ) as double)
        + decay_share as total_share
    from shared_touches

),

shape_weights as (

    select
        shape,
        positions_held,
        attribution_model,
        case
            when total_share > 0 then fixed_share / total_share
            when is_creditable then 1e0 / creditable_count
            else 0
        end as fixed_weight,
        case
            when total_share > 0 and is_creditable then decay_share / total_share
            else 0
        end as decay_weight
    from totalled_touches

)

select * from shape_weights
