{# Placed values in the order of survivorship, beside the golden value and its places. #}
{% macro ranked_values() -%}
    select
        *,
        row_number() over survivorship as value_rank,
        first_value(field_value) over survivorship as golden_value,
        {%- for priority in range(1, 6) %}
        first_value(place_{{ priority }}) over survivorship
            as golden_place_{{ priority }}{{ ',' if not loop.last }}
        {%- endfor %}
    from placed_values
    window
        survivorship as (
            partition by golden_id, field
            order by
                {%- for priority in range(1, 6) %}
                place_{{ priority }} asc nulls last,
                {%- endfor %}
                record_key asc
        )
{%- endmacro %}
