-- Grain: one row per e-mail that is a variant of an A/B test.
-- HubSpot holds each variant as a campaign of its own, and only the name joins them.
-- Where several tests have one name, the master nearest by its id is the variant's.

with

email_campaigns as (

    select
        trim(id) as id,
        {{ clean_text('name') }} as name,
        lower(trim(sub_type)) as sub_type
    from {{ source('hubspot', 'email_campaign') }}
    where not coalesce(_fivetran_deleted, false)

),

variant_types as (

    select
        sub_type,
        variant,
        is_master,
        suffix_pattern
    from {{ ref('ab_variant_types') }}
    where source = 'hubspot'

),

ab_emails as (

    select
        email_campaigns.id,
        lower(email_campaigns.name) as name,
        variant_types.variant,
        variant_types.is_master,
        variant_types.suffix_pattern
    from email_campaigns
    inner join variant_types on email_campaigns.sub_type = variant_types.sub_type

),

masters as (

    select
        id,
        name,
        length(name) as name_length
    from ab_emails
    where is_master

),

pairs as (

    select
        ab_emails.id,
        masters.id as master_id
    from ab_emails
    inner join masters
        on
            left(ab_emails.name, masters.name_length) = masters.name
            and (
                ab_emails.name = masters.name
                or regexp_extract(
                    substring(ab_emails.name, masters.name_length + 1),
                    ab_emails.suffix_pattern,
                    0
                ) != ''
            )
    where not ab_emails.is_master
    qualify
        row_number() over (
            partition by ab_emails.id
            order by
                masters.name_length desc,
                abs(
                    try_cast(ab_emails.id as bigint) - try_cast(masters.id as bigint)
                ) asc,
                masters.id asc
        ) = 1

),

renamed as (

    select
        {{ source_key('hubspot', 'ab_emails.id') }} as campaign_id,
        {{ source_key('hubspot', 'coalesce(pairs.master_id, ab_emails.id)') }}
            as test_campaign_id,
        ab_emails.variant
    from ab_emails
    left join pairs on ab_emails.id = pairs.id

)

select * from renamed
