"""The words the made-up company is made of: names, places, titles, products."""

from __future__ import annotations

from dataclasses import dataclass, field

COMPANY = "Brightwater"
COMPANY_DOMAIN = "brightwater.example"
SITE = f"https://www.{COMPANY_DOMAIN}"

ZONES = (
    "America/New_York", "America/Chicago", "America/Los_Angeles", "America/Toronto",
    "Europe/London", "Europe/Berlin", "Europe/Paris", "Europe/Amsterdam",
    "Australia/Sydney", "Asia/Singapore",
)  # fmt: skip
REGIONS = ("AMER", "EMEA", "APAC")
CURRENCIES = ("USD", "EUR", "GBP")


@dataclass(frozen=True)
class Country:
    """One country: its share of the accounts, its money and how people write it."""

    name: str
    share: float
    region: str
    currency: str
    zone: str
    dial: str
    spellings: tuple[str, ...]
    states: tuple[str, ...] = ()
    cities: tuple[str, ...] = field(default=("",))


COUNTRIES: tuple[Country, ...] = (
    Country("United States", 0.47, "AMER", "USD", "America/New_York", "+1",
            ("USA", "US", "U.S.A.", "united states", "United States of America"),
            ("CA", "NY", "TX", "WA", "MA", "IL", "CO", "GA", "FL", "NC"),
            ("Oakland", "Albany", "Austin", "Tacoma", "Boston", "Peoria", "Boulder",
             "Atlanta", "Tampa", "Durham")),
    Country("Canada", 0.06, "AMER", "USD", "America/Toronto", "+1",
            ("CA", "canada"), ("ON", "QC", "BC", "AB"),
            ("Ottawa", "Laval", "Victoria", "Calgary")),
    Country("United Kingdom", 0.13, "EMEA", "GBP", "Europe/London", "+44",
            ("UK", "GB", "Great Britain", "U.K.", "England"),
            cities=("Leeds", "Bristol", "London", "Bath")),
    Country("Germany", 0.12, "EMEA", "EUR", "Europe/Berlin", "+49",
            ("Deutschland", "DE", "germany", "GER"),
            cities=("Berlin", "Bremen", "Jena", "Köln")),
    Country("France", 0.07, "EMEA", "EUR", "Europe/Paris", "+33",
            ("FR", "france", "FRA"), cities=("Lyon", "Nantes", "Lille", "Paris")),
    Country("Netherlands", 0.05, "EMEA", "EUR", "Europe/Amsterdam", "+31",
            ("NL", "The Netherlands", "Holland", "Nederland"),
            cities=("Utrecht", "Delft", "Breda", "Zwolle")),
    Country("Australia", 0.06, "APAC", "USD", "Australia/Sydney", "+61",
            ("AU", "australia", "AUS"), ("NSW", "VIC", "QLD"),
            ("Sydney", "Geelong", "Cairns")),
    Country("Singapore", 0.04, "APAC", "USD", "Asia/Singapore", "+65",
            ("SG", "singapore"), cities=("Singapore",)),
)  # fmt: skip

# Names; behind a bar stands what an address makes of them.
_FIRST_NAMES = """
James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William
Barbara Richard Susan Joseph Jessica Thomas Sarah Charles Karen Daniel Nancy Matthew
Lisa Anthony Betty Mark Margaret Steven Sandra Paul Ashley Andrew Emily Kenneth
Donna George Michelle Kevin Carol Brian Amanda Oliver Amelia Harry Isla Jack Ava
Freya Noah Sophie Lukas Lena Felix Hannah Jonas Mia Maximilian Laura Jan Anna Sven
Katharina Jürgen|juergen Björn|bjoern Zoë|zoe René|rene Chloé|chloe Hugo Camille
Louis Manon Théo|theo Lea Daan Emma Sem Tess Bram Fleur Wei Mei Arjun Priya Rahul
Ananya Hiro Yuki Carlos Sofia Diego Valentina Mateo Lucia Omar Fatima Yusuf Aisha
Ivan Olga Marek Zofia Niamh Sean Aoife Liam Ruth Peter Helen Simon Julia Martin
Claire
"""
_LAST_NAMES = """
Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez
Lopez Gonzalez Wilson Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson
White Harris Sanchez Clark Ramirez Lewis Robinson Walker Young Allen King Wright
Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera Campbell
Mitchell Carter Roberts Müller|mueller Schmidt Schneider Fischer Weber Meyer Wagner
Becker Schulz Hoffmann Koch Bauer Richter Klein Wolf Schröder|schroeder Neumann
Schwarz Zimmermann Braun Krüger|krueger Dubois Durand Leroy Moreau Laurent
Lefèvre|lefevre Girard Bonnet Dupont Rousseau de_Vries|devries Jansen Bakker Visser
Smit Mulder van_Dijk|vandijk Patel Shah Kumar Singh Gupta Chen Wang Li Zhang Liu Tan
Lim Kim Park Tanaka Suzuki O'Brien|obrien Murphy Kelly Walsh Byrne Evans Hughes
Edwards Turner Collins Stewart Morris Cook Rogers Reed Bell Murray Bailey Cooper
Richardson Cox Howard Ward Peterson Gray Watson Brooks Sanders Price Bennett Wood
Barnes Ross Henderson Coleman Jenkins Perry Powell Long Foster Butler Simmons
Russell Griffin Hayes Myers Ford Hamilton Graham Grant
"""
_ACCOUNT_FIRST = """
Acme Alder Amber Anchor Apex Arbor Argon Aspen Atlas Aurora Basalt Beacon Birch Blue
Bold Canyon Cedar Cinder Clear Cobalt Copper Coral Crest Delta Drift Echo Elm Ember
Evergreen Falcon Fern Flint Forge Garnet Granite Harbor Hazel Helix Hollow Indigo
Iron Ivory Jade Juniper Kestrel Lark Laurel Lumen Lunar Maple Marble Meridian Mesa
Mint Moss Nimbus North Nova Oak Obsidian Olive Onyx Opal Orchard Osprey Pine Pioneer
Prairie Quartz Quill Raven Ridge River Rowan Sable Saffron Sage Sierra Silver Slate
Solar Sparrow Spruce Sterling Stone Summit Swift Teal Thistle Timber Topaz Tundra
Umber Vale Verdant Vista Willow Wren Zephyr
"""


def _name(word: str) -> tuple[str, str]:
    """Return a name as people write it and as their address does."""
    written, _, plain = word.partition("|")
    return written.replace("_", " "), (plain or written).lower()


FIRST_NAMES = tuple(_name(word) for word in _FIRST_NAMES.split())
LAST_NAMES = tuple(_name(word) for word in _LAST_NAMES.split())
ACCOUNT_FIRST = tuple(_ACCOUNT_FIRST.split())
INDUSTRY_WORDS: dict[str, tuple[str, ...]] = {
    "Software": ("Software", "Systems", "Cloud", "Data", "Analytics"),
    "Manufacturing": ("Robotics", "Works", "Industries", "Tooling", "Components"),
    "Financial Services": ("Capital", "Finance", "Bank", "Payments", "Insurance"),
    "Healthcare": ("Health", "Medical", "Care", "Clinics", "Pharma"),
    "Retail": ("Retail", "Stores", "Goods", "Market", "Outfitters"),
    "Logistics": ("Logistics", "Freight", "Transport", "Shipping", "Supply"),
    "Professional Services": ("Consulting", "Advisory", "Partners", "Legal", "Design"),
    "Media": ("Media", "Studios", "Press", "Games", "Broadcast"),
    "Education": ("Learning", "Academy", "Institute", "Education", "Campus"),
    "Energy": ("Energy", "Power", "Renewables", "Grid", "Utilities"),
}
INDUSTRIES = tuple(INDUSTRY_WORDS)
INDUSTRY_SHARES = (0.22, 0.15, 0.13, 0.11, 0.10, 0.08, 0.09, 0.05, 0.04, 0.03)
ACCOUNT_LAST = (
    "", "Group", "Labs", "International", "Holdings", "Partners", "Global", "Europe",
    "One", "Digital", "Services", "Technologies", "Network", "Collective", "Company",
    "Alliance", "Union", "Point", "Bridge", "Hub",
)  # fmt: skip
LEGAL_FORMS = ("", " Inc.", " Ltd", " GmbH", " LLC", ", Inc")
FREEMAIL = ("gmail.com", "outlook.com", "yahoo.com", "icloud.com", "gmx.de", "web.de")
ROLE_MAILBOXES = ("info", "sales", "office", "contact", "marketing")

SENIORITIES = ("c_level", "vp", "director", "manager", "individual_contributor")
SENIORITY_SHARES = (0.07, 0.12, 0.23, 0.32, 0.26)
TITLES: dict[str, tuple[str, ...]] = {
    "c_level": ("Chief Operating Officer", "CFO", "CEO", "Chief Revenue Officer",
                "CMO", "Founder & CEO"),
    "vp": ("VP Operations", "VP Finance", "Vice President, Sales", "VP Marketing",
           "VP Engineering"),
    "director": ("Director of Operations", "Director, Finance", "Head of Marketing",
                 "Director of Sales Operations", "Head of Data"),
    "manager": ("Operations Manager", "Finance Manager", "Marketing Manager",
                "Sales Operations Manager", "Project Manager", "IT Manager"),
    "individual_contributor": ("Operations Analyst", "Financial Analyst",
                               "Marketing Specialist", "Data Analyst",
                               "Software Engineer", "Sales Development Representative"),
}  # fmt: skip

PRODUCTS = ("Planning", "Forecasting", "Reporting")
TOPICS = (
    "revenue planning", "sales forecasting", "budgeting software", "capacity planning",
    "spreadsheet alternatives", "scenario modelling",
)  # fmt: skip
KEYWORDS = (
    "planning software", "budget tool", "forecast software", "revenue planning",
    "brightwater", "brightwater pricing", "capacity planning tool",
    "spreadsheet alternative", "scenario planning",
)  # fmt: skip
PAGES = (
    "/", "/pricing", "/product/planning", "/product/forecasting", "/customers",
    "/resources/guide-to-planning", "/blog/rolling-forecasts", "/blog/headcount-plans",
    "/compare/spreadsheets", "/integrations",
)  # fmt: skip
FORM_PAGES = (
    "/demo", "/contact-sales", "/trial", "/resources/guide-to-planning/download",
    "/newsletter",
)  # fmt: skip
