{# When the conversion of a type before this one was, by whom it is counted; of none where
   the var lets every conversion take the whole lookback.
   Conversions of one second share the touches since the one before them. #}
{% macro previous_conversion() -%}
    {%- if var('attribution_since_previous_conversion') -%}
        max(converted_at) over (
            partition by conversion_type, converted_by
            order by converted_at asc
            range between unbounded preceding and interval '1 second' preceding
        )
    {%- else -%}
        cast(null as timestamp)
    {%- endif -%}
{%- endmacro %}
