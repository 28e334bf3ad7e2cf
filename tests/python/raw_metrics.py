"""The 18 metrics from the demo's raw files, each in plain pandas by its definition.

A metric is rows of month, numerator and denominator that add up; see _metrics.md.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pandas as pd

import raw_economics
import raw_leads
import raw_lifecycle
import raw_operations
import raw_records
from raw_company import Company

PARTS: dict[str, Callable[[Company], pd.DataFrame]] = {
    compute.__name__: cache(compute)
    for compute in (
        raw_records.contact_completeness_rate,
        raw_records.duplicate_rate,
        raw_records.enrichment_coverage_rate,
        raw_operations.email_deliverability_rate,
        raw_leads.data_decay_rate,
        raw_lifecycle.mql_to_sql_rate,
        raw_lifecycle.lead_to_opportunity_rate,
        raw_economics.marketing_sourced_pipeline,
        raw_economics.marketing_influenced_pipeline,
        raw_lifecycle.time_to_mql_days,
        raw_leads.lead_routing_accuracy,
        raw_leads.sla_compliance_rate,
        raw_operations.campaign_deployment_cycle_days,
        raw_operations.system_uptime_rate,
        raw_economics.cost_per_mql,
        raw_economics.marketing_sourced_revenue_pct,
        raw_economics.romi,
        raw_economics.channel_cac,
    )
}
