-- Grain: one row per contact and lifecycle stage that the contact itself tells of.
-- That is each stage of which it holds the date, under HubSpot's older or newer name;
-- without any date, the stage that it is in.

with

contacts as (

    select * from {{ source('hubspot', 'contact') }}

),

stage_values as (

    select listed.stage_value
    from (
        values
        ('subscriber'),
        ('lead'),
        ('marketingqualifiedlead'),
        ('salesqualifiedlead'),
        ('opportunity'),
        ('customer')
    ) as listed (stage_value)

),

stamps as (

    select
        {{ source_key('hubspot', 'contacts.id') }} as person_record_id,
        stage_values.stage_value,
        case stage_values.stage_value
            when 'subscriber'
                then coalesce(
                    contacts.property_hs_lifecyclestage_subscriber_date,
                    contacts.property_hs_v_2_date_entered_subscriber
                )
            when 'lead'
                then coalesce(
                    contacts.property_hs_lifecyclestage_lead_date,
                    contacts.property_hs_v_2_date_entered_lead
                )
            when 'marketingqualifiedlead'
                then coalesce(
                    contacts.property_hs_lifecyclestage_marketingqualifiedlead_date,
                    contacts.property_hs_v_2_date_entered_marketingqualifiedlead
                )
            when 'salesqualifiedlead'
                then coalesce(
                    contacts.property_hs_lifecyclestage_salesqualifiedlead_date,
                    contacts.property_hs_v_2_date_entered_salesqualifiedlead
                )
            when 'opportunity'
                then coalesce(
                    contacts.property_hs_lifecyclestage_opportunity_date,
                    contacts.property_hs_v_2_date_entered_opportunity
                )
            when 'customer'
                then coalesce(
                    contacts.property_hs_lifecyclestage_customer_date,
                    contacts.property_hs_v_2_date_entered_customer
                )
        end as entered_at
    from contacts
    cross join stage_values

),

dated_people as (

    select person_record_id
    from stamps
    where entered_at is not null
    group by person_record_id

),

current_stages as (

    select
        {{ source_key('hubspot', 'contacts.id') }} as person_record_id,
        {{ clean_text('contacts.property_lifecyclestage') }} as stage_value,
        coalesce(contacts.property_lastmodifieddate, contacts.property_createdate)
            as entered_at
    from contacts
    left join dated_people
        on {{ source_key('hubspot', 'contacts.id') }} = dated_people.person_record_id
    where dated_people.person_record_id is null

),

stage_stamps as (

    select
        person_record_id,
        stage_value,
        'stamped_date' as evidence,
        entered_at
    from stamps
    where entered_at is not null
    union all
    select
        person_record_id,
        stage_value,
        'current_status' as evidence,
        entered_at
    from current_stages
    where stage_value is not null and entered_at is not null

)

select * from stage_stamps
