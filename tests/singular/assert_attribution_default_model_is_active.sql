-- A default model that the seed does not name, or has switched off: no channel would be
-- credited with anything in finance.

{{ config(group='attribution') }}

with

active_models as (

    select count(*) as models
    from {{ ref('attribution_models') }}
    where
        is_active
        and attribution_model = '{{ var("default_attribution_model") }}'

)

select '{{ var("default_attribution_model") }}' as default_attribution_model
from active_models
where models != 1
