{# The weights of touches as the last CTE, with credited_weight and what it is worth
   beside them; those that weigh nothing are out. Where people of a journey have roles
   that weigh more or less, their weights are multiplied by that and sum to 1 again;
   where no role of it weighs anything, they stay. Few journeys have such roles, so that
   only theirs are summed. #}
{% macro weighed_by_role(relation) -%}
    role_totals as (

        select
            *,
            cast(sum({{ exact_share('weight * role_weight') }}) over (
                partition by conversion_key, attribution_model
            ) as double) as total_weight
        from {{ relation }}
        where is_role_weighted

    ),

    role_weights as (

        select
            *,
            cast(0 as double) as total_weight,
            weight as credited_weight
        from {{ relation }}
        where not is_role_weighted
        union all
        select
            *,
            case
                when total_weight > 0 then weight * role_weight / total_weight
                else weight
            end as credited_weight
        from role_totals

    ),

    weighed_by_role as (

        select
            *,
            cast(amount_usd * credited_weight as decimal(28, 10)) as credit_usd
        from role_weights
        where credited_weight > 0

    )
{%- endmacro %}
