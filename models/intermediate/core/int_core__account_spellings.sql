-- Grain: one row per field of golden accounts that is on a picklist at as_of and value
-- that a record has in it, in another spelling than the picklist keeps.

with

records as (

    select * from {{ ref('int_core__live_account_records') }}

),

account_spellings as (

    {{ kept_spellings('accounts') }}

)

select * from account_spellings
