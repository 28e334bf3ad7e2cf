{# What a month's rows credit up to each, by the windows upto and in_month of a model. The
   whole month has six digits: the shares of a million conversions tell no more. #}
{% macro credited_upto(share) -%}
    case
            when lead(channel) over in_month is null
                then {{ metric_part('round(sum(' ~ exact_share(share) ~ ') over upto, 6)') }}
            else {{ metric_part('sum(' ~ exact_share(share) ~ ') over upto') }}
        end
{%- endmacro %}
