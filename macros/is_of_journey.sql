{# Whether a touch of one of a conversion's people lies in its journey: inside the
   lookback, both ends included, and after the conversion that goes before it.
   One expression, so that the join is on the key alone, and an engine can skip the
   touches of all other people before it reads more of them. #}
{% macro is_of_journey() -%}
    coalesce(
        touchpoints.touched_at <= conversion_people.converted_at
        and touchpoints.touched_at >= conversion_people.window_start
        and coalesce(
            touchpoints.touched_at > conversion_people.previous_converted_at, true
        ),
        false
    )
{%- endmacro %}
