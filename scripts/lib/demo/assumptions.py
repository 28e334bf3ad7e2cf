"""Every assumed figure of the made-up company, with where it comes from in words.

Ratios follow what B2B software companies of this size commonly publish: a lead in four
to three becomes an MQL, one MQL in four to five an SQL, about half of the SQLs an
opportunity, one opportunity in four a customer; an MQL costs 150 to 400 USD; marketing
sources a third to two thirds of new pipeline.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rhythm:
    """When things happen. Volumes dip in summer and in December, as B2B buying does."""

    growth_per_year: float = 0.30
    months: tuple[float, ...] = (
        1.04, 1.02, 1.10, 1.02, 1.03, 0.98, 0.84, 0.80, 1.12, 1.14, 1.06, 0.72,
    )  # fmt: skip
    weekdays: tuple[float, ...] = (1.08, 1.22, 1.20, 1.14, 0.88, 0.16, 0.20)
    visits_by_hour: tuple[float, ...] = (
        0.2, 0.1, 0.1, 0.1, 0.2, 0.4, 1.0, 2.2, 4.5, 7.0, 8.0, 7.6,
        5.6, 6.4, 7.4, 7.0, 6.0, 4.4, 2.8, 2.0, 1.8, 1.6, 1.0, 0.5,
    )  # fmt: skip
    weekend_moves: float = 0.75
    office_opens: int = 9
    office_closes: int = 18
    morning_rush: int = 75  # minutes in which what waited overnight is worked off


@dataclass(frozen=True)
class Channel:
    """One channel: how often it is met in each phase, and what it truly does.

    The four reach figures are relative weights of a touch: before the person is known,
    at the touch that makes the lead, while being nurtured, and while sales is at work.
    The effects are additions to the log-odds of becoming an MQL, of an MQL becoming an
    opportunity and of an opportunity being won, when the channel has had its full say.
    Tilts multiply the reach: for enterprises, and for people of high interest, who
    come by themselves (which is why direct and organic look better than they are).
    """

    name: str
    lead_source: str
    unknown: float
    creation: float
    nurture: float
    selling: float
    mql_effect: float
    opportunity_effect: float
    won_effect: float
    enterprise_tilt: float = 1.0
    interest_tilt: float = 1.0


# Event, referral and partner contacts convert best and content syndication worst, as
# most published channel benchmarks have it; direct visits cause nothing by themselves.
CHANNELS: tuple[Channel, ...] = (
    #        name and lead source                   reach           effects        tilts
    Channel("paid_search", "Paid Search",
            22, 20, 7.0, 6.0,  0.45, -0.10, 0.00,  0.7, 0.9),
    Channel("paid_social", "Paid Social",
            20, 16, 8.0, 5.0,  0.20, -0.25, -0.05, 1.1, 0.7),
    Channel("organic_search", "Organic Search",
            24, 18, 10., 9.0,  0.60, 0.40, 0.10,   0.9, 1.3),
    Channel("organic_social", "Social Media",
            10, 5, 4.0, 2.0,   0.15, 0.00, 0.00,   0.9, 1.0),
    Channel("email", "Email",
            0, 0, 42., 20.,    0.50, 0.15, 0.05,   1.0, 1.1),
    Channel("event", "Event",
            0, 8, 1.4, 2.5,    0.95, 0.60, 0.30,   1.8, 1.1),
    Channel("webinar", "Webinar",
            0, 10, 5.0, 4.0,   0.80, 0.35, 0.10,   1.1, 1.1),
    Channel("content_syndication", "Content Syndication",
            0, 7, 1.0, 0.0,    0.10, -0.60, -0.10, 1.3, 0.6),
    Channel("referral", "Referral",
            8, 4, 3.0, 2.0,    0.90, 0.70, 0.40,   1.0, 1.3),
    Channel("direct", "Web",
            16, 3, 12., 20.,   0.00, 0.00, 0.00,   1.0, 1.5),
    Channel("partner", "Partner Referral",
            0, 4, 0.6, 1.5,    0.80, 0.80, 0.30,   1.4, 1.0),
    Channel("outbound", "Outbound",
            0, 0, 1.0, 24.,    0.30, 0.30, 0.05,   1.5, 0.9),
)  # fmt: skip
CHANNEL_NAMES = tuple(channel.name for channel in CHANNELS)
CHANNEL_NUMBER = {name: number for number, name in enumerate(CHANNEL_NAMES)}


@dataclass(frozen=True)
class Segment:
    """Accounts of one size: what they buy, how long they take, how often they sign.

    Deal sizes are first-year contract values in USD (log-normal: median and sigma);
    smaller companies decide in weeks and larger ones in quarters.
    """

    name: str
    share: float
    employees_low: int
    employees_high: int
    deal_median_usd: float
    deal_sigma: float
    cycle_median_days: float
    win_rate: float
    payments_per_year: int
    plan: str


SEGMENTS: tuple[Segment, ...] = (
    Segment("smb", 0.52, 5, 99, 6_500, 0.55, 30, 0.26, 12, "Team"),
    Segment("mid_market", 0.34, 100, 999, 20_000, 0.50, 58, 0.24, 4, "Business"),
    Segment(
        "enterprise", 0.14, 1_000, 40_000, 55_000, 0.50, 105, 0.20, 1, "Enterprise"
    ),
)


@dataclass(frozen=True)
class Population:
    """Who the people are and how they come in."""

    people_per_account: float = 3.0
    account_spread: float = 0.8  # sigma of how unevenly people gather in accounts
    installed_account_share: float = 0.08  # customers from before the window
    installed_people_share: float = 0.65  # of their people, known from before
    prospected_share: float = 0.13  # leads that sales found by itself
    target_account_share: float = 0.25  # accounts in the CRM without any deal
    freemail_share: float = 0.07
    role_address_share: float = 0.012
    first_touch_is_creation: float = 0.30
    days_unknown: float = 24  # mean days from the first visit to being known
    mql_at_once: float = 0.35  # a demo request is an MQL within the hour
    days_nurtured: float = 20  # mean days from lead to MQL otherwise
    fit_by_seniority: tuple[float, ...] = (0.5, 0.8, 0.5, 0.1, -0.4)


@dataclass(frozen=True)
class Funnel:
    """Stage to stage rates and times. Times are medians of log-normals, in days."""

    mql_rate: float = 0.31
    sal_rate: float = 0.61
    sql_rate: float = 0.44
    opportunity_rate: float = 0.52
    fit_effect: float = 0.55
    interest_effect: float = 0.45
    spread_to_sales: float = 0.6  # share of the opportunity effect at each sales stage
    recycled_share: float = 0.62  # of MQLs and SALs that do not move on
    disqualified_share: float = 0.26
    return_rate: float = 0.28
    return_days_low: float = 30
    return_days_high: float = 160
    days_to_sal: float = 0.9
    days_to_sql: float = 5.0
    days_to_opportunity: float = 6.0
    days_sigma: float = 0.8
    cycles: int = 3
    prospected_sql_rate: float = 0.21
    prospected_opportunity_rate: float = 0.58
    prospected_days_to_sql: float = 16
    never_mql_opened: float = 0.5
    never_mql_unqualified: float = 0.32  # of those that were opened
    never_mql_days: float = 12
    buying_group_rate: float = 0.42  # colleagues who join a deal of their company


@dataclass(frozen=True)
class Sales:
    """Deals: their stages, amounts, currencies and endings."""

    stages: tuple[str, ...] = (
        "Qualification", "Needs Analysis", "Value Proposition",
        "Proposal/Price Quote", "Negotiation/Review",
    )  # fmt: skip
    probabilities: tuple[int, ...] = (10, 25, 50, 70, 90)
    lost_after_stage: tuple[float, ...] = (0.32, 0.26, 0.20, 0.14, 0.08)
    stage_skipped: float = 0.07
    cycle_sigma: float = 0.50
    lost_cycle_factor: float = 0.85
    amount_changed: float = 0.35
    amount_change_sigma: float = 0.22
    date_pushed: float = 0.30
    has_campaign: float = 0.80  # of deals whose lead came by a campaign
    has_later_campaign: float = 0.30  # of the others that marketing brought
    has_lead_source: float = 0.86
    outbound_size: float = 1.25  # sales hunts larger deals
    deleted: float = 0.006
    renewal_rate: float = 0.88
    renewal_uplift: float = 1.05
    renewal_opens_days: int = 80
    expansion_per_year: float = 0.22
    expansion_size: float = 0.28
    installed_size: float = 0.9


@dataclass(frozen=True)
class Mess:
    """What is wrong in a CRM that is kept fairly well. Shares of rows."""

    duplicate_people: float = 0.08  # nearly as bad as the governance limit bears
    duplicate_kinds: tuple[float, ...] = (0.22, 0.18, 0.20, 0.20, 0.12, 0.08)
    duplicate_accounts: float = 0.03
    account_merged: float = 0.4
    contact_on_twin: float = 0.3
    account_no_size: float = 0.2
    touches_on_duplicate: float = 0.35
    missing_title: float = 0.10
    missing_phone: float = 0.34
    missing_country: float = 0.05
    missing_industry: float = 0.28
    missing_employees: float = 0.36
    missing_email: float = 0.015
    missing_lead_source: float = 0.06
    odd_country: float = 0.22
    lead_opt_out_synced: float = 0.7  # opt-outs that reached the CRM's flag
    hard_bounce: float = 0.045
    opted_out: float = 0.035
    deleted: float = 0.004
    utm_case: float = 0.022
    utm_typo: float = 0.012
    utm_missing_campaign: float = 0.022
    utm_only_in_url: float = 0.10
    misrouted: float = 0.08
    campaign_name: float = 0.14


@dataclass(frozen=True)
class Visits:
    """How touches spread over people, time and devices."""

    touches_per_person: int = 25
    never_identified: float = 0.08  # of all touches: visitors who stay unknown
    visits_per_stranger: float = 2.2
    interest_effect: float = 0.45
    after_lead: float = 1.0
    after_mql: float = 1.7
    after_opportunity: float = 3.2
    fades_after_days: float = 150
    full_say: float = (
        1.5  # touches of a channel after which 63 % of its effect is there
    )
    second_device: float = 0.25
    device_never_known: float = 0.25
    recognised: float = 0.72  # of a known person's web visits carry the person's id
    event_reach_days: int = 30  # a touch may wait so long for the next event


@dataclass(frozen=True)
class Costs:
    """What marketing costs. Media follow the clicks; the rest follows the head count.

    Costs per click and per lead are what software advertisers commonly pay. Platforms
    count more clicks than web analytics does, which consent and blockers thin out.
    """

    tracked_clicks: float = 0.70
    search_cpc_usd: float = 3.9
    social_cpc_usd: float = 3.3
    click_rate_search: float = 0.042
    click_rate_social: float = 0.006
    search_lead_rate: float = 0.03
    social_lead_rate: float = 0.012
    ad_deleted: float = 0.2  # campaigns that lost an ad, and its report
    day_noise: float = 0.25
    syndication_per_lead_usd: float = 42
    event_per_attendee_usd: float = 68
    webinar_per_attendee_usd: float = 6
    partner_per_lead_usd: float = 24
    # per person in the data, over the whole window
    agency_usd: float = 5.0
    content_usd: float = 4.0
    tools_usd: float = 6.0
    people_usd: float = 8.0
    budget_noise: float = 0.12


@dataclass(frozen=True)
class Service:
    """How fast sales answers, in minutes of office time, and how often at all.

    Most teams aim at the hour; a third of leads wait longer and some for ever.
    """

    answered_fast: float = 0.66
    answered_slowly: float = 0.27
    fast_median_minutes: float = 18
    slow_median_minutes: float = 420
    sigma: float = 0.9
    assignment_minutes: float = 4
    reassigned: float = 0.05
    waiting_days: int = 4  # since when new leads may wait in the queue
    waiting: float = 0.7  # of those that do
    follow_ups: float = 2.2
    days_between: float = 2.5
    replies: float = 0.12
    open_tasks: float = 0.3  # of the leads of the last weeks
    open_task_days: int = 21
    auto_mail: float = 0.82
    meetings_per_deal: float = 2.6


@dataclass(frozen=True)
class Mail:
    """E-mail programme; rates of a house list, per message."""

    audience_share: float = 0.30
    open_rate: float = 0.24
    soft_bounce: float = 0.006
    hours_to_open: float = 4
    hours_sigma: float = 1.2
    spam_report: float = 0.0002
    test_share: float = 0.35  # campaigns with two subject lines
    variant_lift: float = 0.12


@dataclass(frozen=True)
class Operations:
    """Campaign deployment and the tool stack; two weeks to launch are common."""

    step_days: tuple[float, ...] = (2.0, 2.6, 4.5, 1.4, 0.4)  # median by step
    step_sigma: float = 0.45
    rework: float = 0.12
    rework_length: float = 0.7  # of the first round
    incidents_per_tool_year: float = 1.6
    outage_share: float = 0.6
    outage_median_minutes: float = 55
    outage_sigma: float = 1.0


@dataclass(frozen=True)
class Signals:
    """Bought data: enrichment and intent."""

    enriched: float = 0.72
    enriched_again: float = 0.15
    enriched_by_address: float = 0.06
    missing_figure: float = 0.08
    size_error: float = 0.12  # sigma of what the vendor thinks of the size
    buyers_surge: float = 0.65
    others_surge: float = 0.16
    surge_weeks: int = 8
    surge_score: float = 68.0
    quiet_score: float = 42.0
    score_spread: float = 12.0


@dataclass(frozen=True)
class Finance:
    """Currencies and payments."""

    eur_usd: float = 1.085
    gbp_usd: float = 1.27
    daily_volatility: float = 0.0042
    pull_to_mean: float = 0.012
    refund: float = 0.02
    paid_late_days: float = 12
    cost_of_revenue: tuple[float, float] = (0.17, 0.28)


RHYTHM = Rhythm()
POPULATION = Population()
FUNNEL = Funnel()
SALES = Sales()
MESS = Mess()
VISITS = Visits()
COSTS = Costs()
SERVICE = Service()
MAIL = Mail()
FINANCE = Finance()
OPERATIONS = Operations()
SIGNALS = Signals()
