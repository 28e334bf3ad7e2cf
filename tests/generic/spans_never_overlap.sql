{# Rows of one key that are in force on one day, or that end before they begin. #}
{% test spans_never_overlap(model, columns) %}

with

spans as (

    select
        *,
        lead(effective_from) over (
            partition by {{ columns | join(', ') }}
            order by effective_from
        ) as next_from
    from {{ model }}

)

select *
from spans
where
    effective_to <= effective_from
    or next_from < coalesce(effective_to, cast('9999-12-31' as date))

{% endtest %}
