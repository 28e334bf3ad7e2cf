{# The credits that weights of touches are worth, as the last of some CTEs. The relation
   has the columns of int_attribution__journeys, those of the touch and its role, the
   attribution_model and the weight. Where people of a journey have roles that weigh more
   or less, their weights are multiplied by that and sum to 1 again; where no role of a
   journey weighs anything, the weights stay. #}
{% macro credits(relation, name) -%}
    equal_weights as (

        select
            {{ _credited_columns() }},
            weight
        from {{ relation }}
        where weight > 0 and not is_role_weighted

    ),

    role_weights as (

        select
            *,
            cast(sum({{ exact_share('weight * role_weight') }}) over (
                partition by conversion_type, conversion_id, attribution_model
            ) as double) as total_weight
        from {{ relation }}
        where weight > 0 and is_role_weighted

    ),

    weighed_touches as (

        select * from equal_weights
        union all
        select
            {{ _credited_columns() }},
            case
                when total_weight > 0 then weight * role_weight / total_weight
                else weight
            end as weight
        from role_weights
        where total_weight = 0 or role_weight > 0

    ),

    {{ name }} as (

        select
            *,
            cast(amount_usd * weight as decimal(28, 10)) as credit_usd
        from weighed_touches

    )
{%- endmacro %}

{% macro _credited_columns() -%}
    conversion_type,
            conversion_id,
            attribution_model,
            touchpoint_id,
            person_id,
            account_id,
            campaign_id,
            channel,
            segment,
            amount_usd,
            converted_at,
            journey_print
{%- endmacro %}
