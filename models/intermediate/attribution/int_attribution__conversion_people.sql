-- Grain: one row per conversion and person whose touches are of its journey: of an MQL
-- the person, of a deal everybody at its account and everybody named on it, each with
-- the weight of the role in the deal. All in numbers, which are fast to join on.

with

conversions as (

    select
        conversion_key,
        conversion_type,
        {{ number_key('person_id') }} as person_key,
        {{ number_key('account_id') }} as account_key,
        window_start,
        previous_converted_at,
        converted_at
    from {{ ref('int_attribution__conversions') }}

),

opportunity_people as (

    select
        {{ conversion_key("'opportunity'", 'opportunity_id') }} as opportunity_key,
        {{ conversion_key("'won'", 'opportunity_id') }} as won_key,
        {{ number_key('person_id') }} as person_key,
        coalesce({{ snake_case('role') }}, 'no_role') as role
    from {{ ref('bridge_opportunity_people') }}

),

contact_roles as (

    select
        role,
        weight
    from {{ ref('contact_roles') }}

),

named_people as (

    select
        conversion_key,
        person_key,
        null as role
    from conversions
    where conversion_type = 'mql'
    union all
    select
        opportunity_key as conversion_key,
        person_key,
        role
    from opportunity_people
    union all
    select
        won_key as conversion_key,
        person_key,
        role
    from opportunity_people

),

gathered_people as (

    select
        conversions.*,
        named_people.person_key as reached_key,
        named_people.role,
        people.created_at,
        coalesce(people.account_key = conversions.account_key, false) as is_of_account
    from conversions
    inner join named_people
        on conversions.conversion_key = named_people.conversion_key
    left join {{ ref('dim_people') }} as people
        on named_people.person_key = people.person_key
    union all
    select
        conversions.*,
        colleagues.person_key as reached_key,
        'not_named' as role,
        colleagues.created_at,
        true as is_of_account
    from conversions
    inner join {{ ref('dim_people') }} as colleagues
        on conversions.account_key = colleagues.account_key
    left join named_people
        on
            conversions.conversion_key = named_people.conversion_key
            and colleagues.person_key = named_people.person_key
    where
        conversions.conversion_type != 'mql'
        and named_people.person_key is null

),

conversion_people as (

    select
        gathered_people.conversion_key,
        gathered_people.conversion_type,
        gathered_people.reached_key as person_key,
        gathered_people.is_of_account,
        gathered_people.created_at as person_created_at,
        coalesce(contact_roles.weight, 1) as role_weight,
        gathered_people.window_start,
        gathered_people.previous_converted_at,
        gathered_people.converted_at
    from gathered_people
    left join contact_roles
        on gathered_people.role = contact_roles.role

)

select * from conversion_people
