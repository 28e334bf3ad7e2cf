{# A record's place by the rule of one priority; the lowest goes first. #}
{% macro survivorship_place(priority) -%}
    {%- set rule = 'policies.rule_' ~ priority -%}
    {%- set source_order = 'policies.source_order_' ~ priority -%}
    case {{ rule }}
        when 'trusted_source'
            then coalesce(
                nullif(
                    instr(
                        concat(' ', {{ source_order }}, ' '),
                        concat(' ', candidates.source, ' ')
                    ),
                    0
                ),
                1000
            )
        when 'verified_first'
            then case when verified_values.record_key is null then 2 else 1 end
        when 'unbounced_first' then candidates.bounce_place
        when 'standing_first' then candidates.standing_place
        when 'contact_first' then candidates.contact_place
        when 'most_recent' then candidates.recency_place
        when 'earliest' then candidates.age_place
        when 'most_complete' then -candidates.filled_count
    end
{%- endmacro %}
