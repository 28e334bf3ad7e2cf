{# Name of the first click id that an ad platform left in a URL's query string. #}
{% macro click_id_type(url) -%}
    {%- set names = [
        'gclid', 'gbraid', 'wbraid', 'dclid', 'msclkid', 'fbclid', 'li_fat_id',
        'ttclid', 'twclid', 'rdt_cid', 'sccid', 'epik', 'yclid'
    ] -%}
    case
        when {{ url }} like '%=%'
            then nullif(
                regexp_extract(
                    lower({{ url }}), '[?&;]({{ names | join("|") }})=[^&#]', 1
                ), ''
            )
    end
{%- endmacro %}
