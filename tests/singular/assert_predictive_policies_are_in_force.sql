-- Without a policy in force at as_of no week would be judged, no cohort looked at, and
-- nobody told.

{{ config(group='predictive') }}

with

policies as (

    select
        'anomaly_policies' as seed,
        count(*) as rows_in_force
    from {{ ref('anomaly_policies') }}
    where {{ in_force() }}
    union all
    select
        'intent_gap_policies' as seed,
        count(*) as rows_in_force
    from {{ ref('intent_gap_policies') }}
    where {{ in_force() }}

)

select
    seed,
    rows_in_force
from policies
where rows_in_force != 1
