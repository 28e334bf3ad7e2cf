{# Whether a visit came from a page of the same host. Most touches have no referrer, and
   no host of theirs is looked for. #}
{% macro is_internal_referrer(referrer, landing_page) -%}
    case
        when {{ referrer }} is not null
            then coalesce(
                {{ url_host(referrer) }} = {{ url_host(landing_page) }}, false
            )
        else false
    end
{%- endmacro %}
