{# The row of a deal's stage history with which its last stay in each stage up to as_of
   began, or the first one after it, and which of the deal's moments that was. Saving the
   stage again goes on with the stay, and so does another stage saved in the same moment:
   nobody knows which came first. #}
{% macro last_stays(history) -%}
    select *
    from (
        select
            *,
            lag(moment_number) over (
                partition by opportunity_id, stage_name
                order by changed_at
            ) as same_stage_number
        from (
            select
                *,
                dense_rank() over (partition by opportunity_id order by changed_at)
                    as moment_number
            from {{ history }}
        ) as numbered_changes
    ) as followed_changes
    where same_stage_number is null or same_stage_number < moment_number - 1
    qualify row_number() over (
        partition by opportunity_id, stage_name
        order by
            case when changed_at <= {{ as_of() }} then changed_at end desc nulls last,
            changed_at asc
    ) = 1
{%- endmacro %}
