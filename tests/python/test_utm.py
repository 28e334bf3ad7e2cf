"""UTM governance: one set of rules for the links that are built and those clicked.

Links that hypothesis makes are landed as touches; the marts and the link checker must
say the same of each.
"""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, quote, quote_plus, urlsplit

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

import utm
from conftest import Warehouse, land, run_dbt, write_csv, write_tables
from lib.cli import CHECK_FAILED, OK, WRONG_USE, UserError
from lib.utm import (
    CLICK_IDS,
    PARAMETERS,
    PERSONAL,
    Link,
    UtmPolicy,
    lower,
    read_link,
    slug,
    tagged_url,
)
from lib.warehouse import PROJECT_ROOT

DAY = date(2026, 6, 30)
PAGE = "https://acme.test/guide"
GOOD = {"utm_source": "google", "utm_medium": "cpc", "utm_campaign": "2026q3_a_b"}
BUILD = ["build", "--url", PAGE, "--source", "google", "--medium", "cpc"]
LINK_COUNT = 400


@pytest.fixture(scope="module")
def policy() -> UtmPolicy:
    return UtmPolicy.read(PROJECT_ROOT / "seeds", DAY)


def spellings() -> list[str]:
    path = PROJECT_ROOT / "seeds" / "campaigns" / "utm_allowed_values.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return [row["synonym"] for row in csv.DictReader(lines)]


PERSONAL_VALUES = (
    "ann@acme.test",
    "ANN%40acme.test",
    "hi ann.o'hara@mail.acme.test!",
    # With a country code.
    "+49 171 2345678",
    "0049-171-2345678",
    "+14155550101",
    # National, with a 0.
    "0170 1234567",
    "call_01701234567",
    "0170/1234567",
    "(030) 1234567",
    "(02) 5550 1234",
    "020 7946 0958",
    "06 12 34 56 78",
    # American.
    "(555) 010-0199",
    "(415)555-0101",
    "1-415-555-0101",
    "call 555.010.0199 now",
    "4155550101",
    "lead_4155550101",
)
# What only looks like a person's: ids of platforms, dates, times, sizes, handles.
PLAIN_VALUES = (
    "120203040506070809",
    "23851234567890123",
    "120208123456789",
    "601234567890",
    "20345678901",
    "1753056000",
    "123456789",
    "kwd-298765432109",
    "123-456-7890",
    "00120208123456789",
    "00158000001234567",
    "00123456789abcdef",
    "0015g00000A1b2C",
    "000123456789",
    "2026-07-15",
    "20260715",
    "01-07-2026",
    "01.07.2026 12:30",
    "2026-07-15_0930-1200",
    "300x250",
    "@acme",
    "ad_00",
    "a@b",
    "1-2-3",
)
KNOWN = st.sampled_from(spellings())
VALUES = st.one_of(
    KNOWN,
    KNOWN.map(str.title),
    KNOWN.map(str.upper),
    KNOWN.map(lambda value: f" {value} "),
    st.sampled_from(PERSONAL_VALUES + PLAIN_VALUES),
    st.from_regex(r"[a-z0-9_-]{1,8}", fullmatch=True),
    # Words that nearly have the structure.
    st.from_regex(
        r"[_-]?[A-Za-z0-9]{1,3}[ /!_-]{1,2}[a-z0-9]{1,3}[_-]?", fullmatch=True
    ),
    st.text(st.sampled_from("aZ09_-. +&=#;%@/éÉßΣİ日\n\t"), max_size=8),
)
ENCODED = st.tuples(VALUES, st.sampled_from((quote, quote_plus))).map(
    lambda pair: pair[1](pair[0], safe="")
)
# What is no UTF-8, or no percent code, stays as it is.
UNDECODABLE = st.sampled_from(("caf%E9", "%C3%28x", "a+%FFb", "%zz", "100%"))
RAW = UNDECODABLE | st.text(st.sampled_from("aZ0_-.+%@é"), max_size=6)
SEPARATORS = st.sampled_from(("&", "&", "&", ";", "&amp;"))
NAMES = st.sampled_from((*PARAMETERS, *PARAMETERS, "UTM_Source", "utm_id", *CLICK_IDS))


@st.composite
def links(draw: st.DrawFn) -> str:
    """Draw a link: most parts of it in order, any of them missing or wrong."""
    pairs = [
        f"{name}={draw(ENCODED)}"
        for name in PARAMETERS[: draw(st.integers(0, 5))]
        if draw(st.integers(0, 9)) > 0
    ]
    more = st.tuples(NAMES, st.one_of(ENCODED, RAW)).map("=".join)
    pairs += draw(st.lists(more, max_size=2))
    query = draw(SEPARATORS).join(pairs)
    return f"{PAGE}?{query}{draw(st.sampled_from(('', '#top', '#utm_term=x')))}"


def drawn_links() -> list[str]:
    """Return links of every kind, the same in each run."""
    drawn: list[str] = []

    @seed(11)
    @settings(
        max_examples=LINK_COUNT,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(links())
    def collect(url: str) -> None:
        drawn.append(url)

    collect()
    return drawn


@pytest.fixture(scope="module")
def clicked(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], Warehouse]:
    """Return links, and a warehouse in which each is the landing page of a touch."""
    folder = tmp_path_factory.mktemp("clicked")
    # Whatever is drawn, each parameter holds a number and an address once.
    urls = drawn_links() + [
        f"{PAGE}?{name}={quote(value)}"
        for name in PARAMETERS
        for value in PERSONAL_VALUES
    ]
    touches = [
        {"touch_id": f"t{number}", "touch_type": "web_session", "landing_page": url}
        | {"touched_at": f"{DAY} 12:00:00"}
        for number, url in enumerate(urls)
    ]
    raw = write_tables(folder / "raw", {"touches": touches})
    path = folder / "mops.duckdb"
    with pytest.MonkeyPatch.context() as monkeypatch:
        assert land(raw, path, monkeypatch) == OK
    # No link names a campaign: what the marts of campaigns and spend need is not built.
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.dim_campaigns (campaign_id varchar, "
            "campaign_name varchar, utm_campaign varchar)"
        )
        connection.execute(
            "create table marts.fct_ad_spend_days (campaign_id varchar, "
            "spend_usd decimal(18, 6))"
        )
    chosen = ["+int_campaigns__utm_broken_rules", "+int_campaigns__masked_links"]
    assert run_dbt(path, select=[*chosen, "fct_utm_violations"], as_of=str(DAY))
    return urls, Warehouse(path)


class TestOneTruth:
    """The marts and the link checker."""

    def test_both_say_the_same_of_every_link(
        self, clicked: tuple[list[str], Warehouse], policy: UtmPolicy
    ) -> None:
        urls, warehouse = clicked
        found: dict[str, list[tuple[str, ...]]] = {}
        for touch, *violation in warehouse.rows(
            "select touchpoint_id, utm_rule_id, rule, parameter, utm_value, "
            "suggested_value, severity, fix from marts.fct_utm_violations "
            "order by utm_rule_id"
        ):
            found.setdefault(touch, []).append(tuple(violation))
        for number, url in enumerate(urls):
            said = [
                (
                    *(v.utm_rule_id, v.rule, v.parameter),
                    *(v.value, v.suggestion, v.severity, v.fix),
                )
                for v in policy.violations(read_link(url))
            ]
            assert found.pop(f"generic:t{number}", []) == said, url
        assert not found

    def test_the_links_break_every_rule_and_some_break_none(
        self, clicked: tuple[list[str], Warehouse], policy: UtmPolicy
    ) -> None:
        urls, warehouse = clicked
        broken = warehouse.rows(
            "select distinct utm_rule_id from marts.fct_utm_violations"
        )
        assert {rule for (rule,) in broken} == {r.utm_rule_id for r in policy.rules}
        assert any(not policy.violations(read_link(url)) for url in urls)

    def test_no_personal_data_is_in_the_marts(
        self, clicked: tuple[list[str], Warehouse]
    ) -> None:
        _, warehouse = clicked
        texts = "utm_value like '%acme.test%' or suggested_value like '%acme.test%'"
        query = f"select count(*) from marts.fct_utm_violations where {texts}"
        assert warehouse.value(query) == 0
        query = "select count(*) from marts.fct_utm_violations where utm_value = ?"
        assert warehouse.value(query, [PERSONAL]) > 10

    def test_a_mask_covers_each_personal_value_that_touches_show(
        self, clicked: tuple[list[str], Warehouse], policy: UtmPolicy
    ) -> None:
        """fct_touchpoints has three of the parameters, and the mask comes first."""
        urls, warehouse = clicked
        masks = {
            touch: values
            for touch, *values in warehouse.rows(
                "select touchpoint_id, utm_source, utm_medium, utm_campaign "
                "from intermediate.int_campaigns__masked_links"
            )
        }
        for number, url in enumerate(urls):
            values = [read_link(url).values.get(name) for name in PARAMETERS[:3]]
            assert masks.get(f"generic:t{number}", [None] * 3) == [
                PERSONAL if policy.is_personal(value or "") else None
                for value in values
            ]

    def test_click_ids_are_those_of_the_macro(self) -> None:
        macro = (PROJECT_ROOT / "macros" / "click_id_type.sql").read_text()
        [listed] = re.findall(r"names = \[(.*?)\]", macro, re.DOTALL)
        assert tuple(re.findall(r"'(\w+)'", listed)) == CLICK_IDS


class TestEachRule:
    """Verdicts worked out by hand."""

    @pytest.mark.parametrize(
        ("changes", "broken"),
        [
            ({}, {}),
            ({"utm_source": "Google"}, {"UTM-001": "google"}),
            ({"utm_medium": "CPC"}, {"UTM-002": "cpc"}),
            ({"utm_campaign": "2026Q3_a_b"}, {"UTM-003": "2026q3_a_b"}),
            ({"utm_source": "adwords"}, {"UTM-004": "google"}),
            ({"utm_source": "AdWords"}, {"UTM-001": "google", "UTM-004": "google"}),
            ({"utm_source": "zine"}, {"UTM-004": None}),
            ({"utm_medium": "ppc"}, {"UTM-005": "cpc"}),
            ({"utm_medium": "fax"}, {"UTM-005": None}),
            ({"utm_medium": "email"}, {"UTM-006": "cpc"}),
            # A spelling of email contradicts too; an unknown source does not.
            ({"utm_medium": "e-mail"}, {"UTM-005": "email", "UTM-006": "cpc"}),
            ({"utm_source": "zine", "utm_medium": "email"}, {"UTM-004": None}),
            ({"utm_source": None}, {"UTM-007": None}),
            ({"utm_medium": None}, {"UTM-008": "cpc"}),
            ({"utm_campaign": None}, {"UTM-009": None}),
            ({"utm_term": "555 010 0199"}, {"UTM-014": None}),
            ({"utm_content": "ann@acme.test"}, {"UTM-013": None, "UTM-017": None}),
            ({"utm_campaign": "q3 a/b"}, {"UTM-016": "q3-a-b"}),
            ({"utm_content": "--"}, {"UTM-017": None}),
            ({"utm_term": "Any Words"}, {}),
        ],
    )
    def test_a_link_breaks(
        self,
        policy: UtmPolicy,
        changes: dict[str, str | None],
        broken: dict[str, str | None],
    ) -> None:
        values = {name: v for name, v in (GOOD | changes).items() if v is not None}
        violations = policy.violations(Link(values))
        assert {v.utm_rule_id: v.suggestion for v in violations} == broken

    @pytest.mark.parametrize(
        ("url", "broken"),
        [
            (f"{PAGE}?gclid=1", ["UTM-015"]),
            (f"{PAGE}?fbclid=1", []),
            (f"{PAGE}?gclid=", []),
            (f"{PAGE}?gclid=1&utm_source=google", ["UTM-008", "UTM-009"]),
            (PAGE, []),
        ],
    )
    def test_a_paid_click_is_tagged(
        self, policy: UtmPolicy, url: str, broken: list[str]
    ) -> None:
        assert [v.utm_rule_id for v in policy.violations(read_link(url))] == broken

    @pytest.mark.parametrize("value", PERSONAL_VALUES)
    def test_personal_data_is_found(self, policy: UtmPolicy, value: str) -> None:
        assert policy.is_personal(value)

    @pytest.mark.parametrize("value", [*PLAIN_VALUES, "q3_001"])
    def test_ids_and_dates_are_nobodys(self, policy: UtmPolicy, value: str) -> None:
        assert not policy.is_personal(value)

    def test_a_rule_holds_from_its_first_day_to_its_last(self, tmp_path: Path) -> None:
        seeds = Path(shutil.copytree(PROJECT_ROOT / "seeds", tmp_path / "seeds"))
        add_rule(seeds, effective_from="2026-06-30", effective_to="2026-07-02")
        days = {date(2026, 6, 29): 0, DAY: 1, date(2026, 7, 1): 1, date(2026, 7, 2): 0}
        for day, count in days.items():
            found = UtmPolicy.read(seeds, day).violations(Link(GOOD))
            assert len(found) == count, day

    def test_lower_case_goes_letter_by_letter(self) -> None:
        assert lower("GoogleΣİẞÉ") == "googleσißé"
        assert slug("--Ann & Bob! ") == "ann-bob"


def add_rule(seeds: Path, **changes: str) -> Path:
    """Require utm_content in a copy of the seeds, and return its file."""
    path = seeds / "campaigns" / "utm_rules.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        header = next(csv.reader(lines))
    row = {"utm_rule_id": "UTM-900", "rule": "required", "parameter": "utm_content"}
    row |= {"example": "ad-a", "severity": "critical", "tolerated_share": "0"}
    row |= {"owner": "us@example.com", "fix": "Add it", "effective_from": "1900-01-01"}
    with path.open("a", encoding="utf-8", newline="") as lines:
        csv.DictWriter(lines, header, lineterminator="\n").writerow(row | changes)
    return path


class TestTheCommand:
    """scripts/utm.py: exit codes, and what it says where."""

    def test_a_link_is_built(self, capsys: pytest.CaptureFixture[str]) -> None:
        page = "https://acme.test/guide?lang=en#top"
        more = ["--url", page, "--campaign", "2026q3_a_b", "--term", "crm & more"]
        assert utm.main([*BUILD, *more]) == OK
        link = capsys.readouterr().out.strip()
        assert link == (
            "https://acme.test/guide?lang=en&utm_source=google&utm_medium=cpc"
            "&utm_campaign=2026q3_a_b&utm_term=crm%20%26%20more#top"
        )

    def test_a_link_that_breaks_a_rule_is_refused_with_the_mend(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert utm.main([*BUILD, "--campaign", "Q3 Launch"]) == CHECK_FAILED
        told = capsys.readouterr()
        assert told.out == ""
        assert (
            "UTM-003 lower_case: utm_campaign 'Q3 Launch'; use 'q3 launch'" in told.err
        )
        assert (
            "UTM-016 structure: utm_campaign 'Q3 Launch'; use 'q3-launch'" in told.err
        )
        assert utm.main(BUILD) == CHECK_FAILED
        assert "UTM-009 required: utm_campaign missing" in capsys.readouterr().err

    def test_one_row_more_refuses_what_was_fine(self, tmp_path: Path) -> None:
        seeds = Path(shutil.copytree(PROJECT_ROOT / "seeds", tmp_path / "seeds"))
        command = ["--seeds", str(seeds), *BUILD, "--campaign", "2026q3_a_b"]
        assert utm.main(command) == OK
        add_rule(seeds)
        assert utm.main(command) == CHECK_FAILED
        assert utm.main([*command, "--content", "ad-a"]) == OK

    def test_a_file_of_links_is_checked_line_by_line(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        urls = [
            tagged_url(PAGE, GOOD),
            tagged_url(PAGE, GOOD | {"utm_medium": "email"}),
            tagged_url(PAGE, GOOD | {"utm_term": "ann@acme.test"}),
        ]
        file = tmp_path / "links.csv"
        write_csv(file, [{"name": "x", "URL": url} for url in urls])
        assert utm.main(["check", "--file", str(file)]) == CHECK_FAILED
        told = capsys.readouterr()
        lines = told.out.splitlines()
        assert [line.split(":")[0] for line in lines] == [
            "links.csv, line 3",
            "links.csv, line 4",
        ]
        assert "medium_of_source: utm_medium 'email'; use 'cpc'" in lines[0]
        assert "ann" not in told.out + told.err
        assert "3 links checked, 2 break a rule" in told.err
        write_csv(file, [{"url": urls[0]}])
        assert utm.main(["check", "--file", str(file)]) == OK
        assert utm.main(["check", urls[0]]) == OK

    @pytest.mark.parametrize(
        ("arguments", "says"),
        [
            (["check"], "one of them"),
            (["check", "x", "--file", "y"], "one of them"),
            (["check", "--file", "nowhere.csv"], "nowhere.csv cannot be read"),
            (["build", "--url", PAGE], "build takes"),
            ([*BUILD, "--url", "acme.test/guide"], "starts with https://"),
            ([*BUILD, "--url", "https://[acme/"], "is no address"),
            ([*BUILD, "--url", f"{PAGE}?utm_term=a"], "carries utm_term already"),
            (["--seeds", "nowhere", "check", "x"], "no seed at nowhere"),
        ],
    )
    def test_a_mistake_is_one_line(self, arguments: list[str], says: str) -> None:
        with pytest.raises(UserError, match=says) as caught:
            utm.main(arguments)
        assert caught.value.exit_code == WRONG_USE
        assert "\n" not in str(caught.value)

    def test_a_file_without_links_is_told(self, tmp_path: Path) -> None:
        write_csv(tmp_path / "links.csv", [{"name": "x"}])
        with pytest.raises(UserError, match="none of the columns url, link"):
            utm.main(["check", "--file", str(tmp_path / "links.csv")])

    @pytest.mark.parametrize(
        ("changes", "says"),
        [
            ({"rule": "nice"}, "rule 'nice' is none of"),
            ({"rule": "structure"}, "do not go together"),
            ({"pattern": "x"}, "do not go together"),
            ({"rule": "structure", "pattern": "x"}, "not anchored"),
            ({"rule": "no_personal_data", "pattern": "("}, "pattern is not one"),
        ],
    )
    def test_a_rule_that_cannot_be_judged_is_named(
        self, tmp_path: Path, changes: dict[str, str], says: str
    ) -> None:
        seeds = Path(shutil.copytree(PROJECT_ROOT / "seeds", tmp_path / "seeds"))
        path = add_rule(seeds, **changes)
        line = len(path.read_text().splitlines())
        with pytest.raises(UserError, match=says) as caught:
            UtmPolicy.read(seeds, DAY)
        assert f"{path}, line {line}" in str(caught.value)

    def test_help_ends_with_an_example(self) -> None:
        command = [sys.executable, str(PROJECT_ROOT / "scripts" / "utm.py"), "--help"]
        shown = subprocess.run(command, capture_output=True, text=True, check=True)
        assert "example: scripts/utm.py build --url" in shown.stdout


@settings(deadline=None)
@given(values=st.dictionaries(st.sampled_from(PARAMETERS), VALUES, min_size=1))
def test_a_built_link_carries_what_was_asked(values: dict[str, str]) -> None:
    """By Python's own reading of query strings, the oracle, and by ours."""
    kept = {name: v.strip(" ") for name, v in values.items() if v.strip(" ")}
    link = tagged_url(f"{PAGE}?lang=en", values)
    assert read_link(link).values == kept
    oracle = parse_qs(urlsplit(link).query)
    assert {n: v for n, [v] in oracle.items() if n != "lang"} == {
        name: value for name, value in values.items() if value
    }
