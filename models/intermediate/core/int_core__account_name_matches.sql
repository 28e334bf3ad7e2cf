-- Grain: one row per golden person whose company's name leads to one account alone: by
-- the same name in the same country, else by the same name or by one that differs in a
-- few letters, where the countries do not contradict. What fits several leads nowhere.

with

golden_people as (

    select
        person_id,
        {{ plain_company('company_name') }} as company,
        country
    from {{ ref('int_core__golden_people') }}
    where company_name is not null

),

golden_accounts as (

    select
        account_id,
        {{ plain_company('account_name') }} as company,
        country
    from {{ ref('int_core__golden_accounts') }}
    where account_name is not null

),

country_names as (

    select
        synonym,
        picklist_value
    from {{ ref('picklist_values') }}
    where field = 'country'

),

edit_limits as (

    select max(rule_value) as max_edits
    from {{ ref('identity_rules') }}
    where rule_name = 'max_company_name_edits'

),

placed_people as (

    select
        golden_people.person_id,
        golden_people.company,
        lower(coalesce(country_names.picklist_value, golden_people.country))
            as country
    from golden_people
    left join country_names
        on lower(golden_people.country) = country_names.synonym

),

placed_accounts as (

    select
        golden_accounts.account_id,
        golden_accounts.company,
        lower(coalesce(country_names.picklist_value, golden_accounts.country))
            as country
    from golden_accounts
    left join country_names
        on lower(golden_accounts.country) = country_names.synonym

),

company_pairs as (

    -- A typing error spares the first letters of most names.
    select
        placed_people.person_id,
        placed_accounts.account_id,
        case
            when
                placed_people.company = placed_accounts.company
                and placed_people.country = placed_accounts.country
                then 'name_and_place'
            else 'fuzzy_name'
        end as account_match_step,
        placed_people.company = placed_accounts.company as is_same_name
    from placed_people
    inner join placed_accounts
        on left(placed_people.company, 4) = left(placed_accounts.company, 4)
    cross join edit_limits
    where
        coalesce(placed_people.country = placed_accounts.country, true)
        and levenshtein(placed_people.company, placed_accounts.company)
        <= least(edit_limits.max_edits, length(placed_people.company) / 4)

),

nearest_pairs as (

    select *
    from company_pairs
    qualify rank() over (
        partition by person_id
        order by account_match_step desc, is_same_name desc
    ) = 1

),

account_name_matches as (

    select
        person_id,
        account_match_step,
        min(account_id) as account_id
    from nearest_pairs
    group by person_id, account_match_step
    having count(*) = 1

)

select * from account_name_matches
