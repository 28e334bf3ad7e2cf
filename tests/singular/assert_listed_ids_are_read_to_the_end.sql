-- No list of ids, of merged records, of a deal's contacts and companies or of the
-- tools that one feeds, is longer than what is read of it.

select
    'hubspot.contact' as source_table,
    id as record_id
from {{ source('hubspot', 'contact') }}
where
    {{ listed_id_count(
        "concat_ws(';', property_hs_merged_object_ids, "
        ~ "property_hs_calculated_merged_vids)"
    ) }} > {{ max_listed_ids() }}
    or {{ listed_id_count('property_hs_additional_emails') }}
    > {{ max_listed_ids() }}
union all
select
    'hubspot.company' as source_table,
    id as record_id
from {{ source('hubspot', 'company') }}
where {{ listed_id_count('property_hs_merged_object_ids') }} > {{ max_listed_ids() }}
union all
select
    'hubspot.deal' as source_table,
    deal_id as record_id
from {{ source('hubspot', 'deal') }}
where
    {{ listed_id_count('property_associated_contact_ids') }} > {{ max_listed_ids() }}
    or {{ listed_id_count('property_associated_company_ids') }}
    > {{ max_listed_ids() }}
union all
select
    'marketo.activity_merge_leads' as source_table,
    id as record_id
from {{ source('marketo', 'activity_merge_leads') }}
where {{ listed_id_count('merge_ids') }} > {{ max_listed_ids() }}
union all
select
    'generic.tools' as source_table,
    tool_id as record_id
from {{ source('generic', 'tools') }}
where {{ listed_id_count('feeds_tool_ids') }} > {{ max_listed_ids() }}
