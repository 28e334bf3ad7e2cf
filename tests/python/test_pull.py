"""Pulling from APIs: a server on loopback speaks HubSpot and Salesforce."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

import api_server
import load
import pull
from api_server import Answer, HubSpot, Json, Salesforce, serving
from lib.cli import UserError, private_files
from lib.contract import Contract
from lib.landing.names import snake_case
from lib.pull.config import Api
from lib.pull.rows import iso_of, milliseconds_of
from lib.warehouse import PROJECT_ROOT

LAG = 600_000
DAY = "2026-02-0{}T08:00:00.123Z"
SECRETS = ("secret-token", "secret-client", "secret-issued")


class Pull:
    """A warehouse of its own, and a command that fills it."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self.capsys = capsys
        self.warehouse = root / "warehouse" / "mops.duckdb"
        self.said: list[str] = []

    def __call__(self, *arguments: str) -> tuple[int, str]:
        """Run the command; return the exit code and what was said."""
        self.capsys.readouterr()
        try:
            with private_files():
                code, text = pull.main(arguments), ""
        except UserError as error:
            code, text = error.exit_code, f"error: {error}"
        captured = self.capsys.readouterr()
        self.said.append(captured.out + captured.err + text)
        return code, self.said[-1]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return what a query finds in the warehouse."""
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            connection.execute("set TimeZone = 'UTC'")
            return connection.execute(query).fetchall()

    def tables(self, source: str) -> dict[str, list[tuple[Any, ...]]]:
        """Return every row of a source that has any."""
        found = {}
        for (name,) in self.rows(
            "select table_name from duckdb_tables() "
            f"where schema_name = 'raw_{source}' order by all"
        ):
            rows = self.rows(f"select * from raw_{source}.{name} order by all")
            if rows:
                found[name] = rows
        return found

    def leaks(self) -> list[str]:
        """Return where a secret was written or said."""
        places = [text for text in self.said if any(word in text for word in SECRETS)]
        for path in self.root.rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                if any(word.encode() in content for word in SECRETS):
                    places.append(str(path))
        return places


@pytest.fixture
def run(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Pull]:
    before = dict(os.environ)
    for name in before:
        if name.startswith(("HUBSPOT_", "SALESFORCE_")):
            monkeypatch.delenv(name)
    command = Pull(tmp_path, capsys)
    monkeypatch.setenv("MOPS_WAREHOUSE", str(command.warehouse))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("RUNTIME__REQUEST_BACKOFF_FACTOR", "0.01")
    try:
        yield command
        assert command.leaks() == []
    finally:
        # What the command itself set is taken back, in place: dlt holds on to environ.
        for name in os.environ.keys() - before.keys():
            del os.environ[name]


@pytest.fixture
def hubspot(monkeypatch: pytest.MonkeyPatch, run: Pull) -> Iterator[HubSpot]:
    if not Contract.read().source("hubspot").is_declared:
        pytest.skip("the project has no contract for HubSpot")
    portal = small_portal()
    with serving(portal):
        monkeypatch.setenv("HUBSPOT_API_URL", portal.url)
        monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", "secret-token")
        yield portal


@pytest.fixture
def salesforce(monkeypatch: pytest.MonkeyPatch, run: Pull) -> Iterator[Salesforce]:
    org = small_org()
    with serving(org):
        monkeypatch.setenv("SALESFORCE_INSTANCE_URL", org.url)
        monkeypatch.setenv("SALESFORCE_ACCESS_TOKEN", "secret-token")
        yield org


def record(number: int, changed: str, modified: str, **properties: Any) -> Json:
    """Return an object as HubSpot tells of it."""
    return {
        "id": str(number),
        "createdAt": "2026-01-01T00:00:00Z",
        "updatedAt": changed,
        "archived": False,
        "properties": {
            "hs_object_id": str(number),
            modified: changed,
            "createdate": "2026-01-01T00:00:00Z",
            **properties,
        },
    }


def contact(number: int, changed: str, **properties: Any) -> Json:
    given = {"email": f"p{number}@example.com", "firstname": "Ada", **properties}
    return record(number, changed, "lastmodifieddate", **given)


def add_contacts(portal: HubSpot) -> None:
    """Add six contacts and one that was archived; one has a history of its stage."""
    portal.objects["contacts"] = [
        contact(number, DAY.format(number)) for number in (1, 2, 3, 4, 5)
    ]
    # Numbers of three digits come after those of one, also in the order of text.
    portal.objects["contacts"].append(contact(100, DAY.format(1)))
    portal.archived["contacts"] = [
        {
            **contact(9, DAY.format(1)),
            "archived": True,
            "archivedAt": DAY.format(3),
        }
    ]
    portal.history["1"] = {
        "lifecyclestage": [
            {"value": value, "timestamp": DAY.format(day), "sourceType": "CRM_UI"}
            for value, day in (("marketingqualifiedlead", 1), ("lead", 1))
        ]
    }


def add_deals(portal: HubSpot) -> None:
    """Add a merged deal with its stage, its contacts and company, and a call."""
    portal.objects["deals"] = [
        record(
            7,
            DAY.format(4),
            "hs_lastmodifieddate",
            dealname='Big, "bold"\ndeal',
            amount="1234.50",
            pipeline="default",
            dealstage="closedwon",
            hubspot_owner_id="11",
            hs_merged_object_ids="70;71",
        )
    ]
    portal.history["7"] = {
        "dealstage": [{"value": "closedwon", "timestamp": DAY.format(4)}]
    }
    portal.links["deals", "contacts"] = {"7": ["1", "2", "3"]}
    portal.links["deals", "companies"] = {"7": ["40"]}
    portal.objects["calls"] = [
        record(
            80,
            DAY.format(2),
            "hs_lastmodifieddate",
            hs_timestamp=DAY.format(1),
            hs_call_direction="OUTBOUND",
        )
    ]
    portal.links["calls", "contacts"] = {"80": ["1"]}


def add_settings(portal: HubSpot) -> None:
    """Add a pipeline of three stages, and four owners, of whom one has left."""
    portal.pipelines = [
        {
            "id": "default",
            "stages": [
                {
                    "id": stage,
                    "label": stage.title(),
                    "displayOrder": order,
                    "archived": False,
                    "metadata": {"isClosed": closed, "probability": probability},
                }
                for order, (stage, closed, probability) in enumerate(
                    (
                        ("open", "false", "0.4"),
                        ("closedwon", "true", "1.0"),
                        ("closedlost", "true", "0.0"),
                    )
                )
            ],
        }
    ]
    portal.owners = [
        {
            "id": str(number),
            "email": f"rep{number}@example.com",
            "firstName": "Grace",
            "userId": 500 + number,
            "archived": archived,
            "teams": [{"id": "t1", "name": "West", "primary": True}],
        }
        for number, archived in ((11, False), (12, False), (13, False), (14, True))
    ]


def add_email_events(portal: HubSpot) -> None:
    """Add a campaign and what became of its e-mails: sent, clicked, bounced."""
    portal.events = [
        {
            "id": f"e{number}",
            "type": kind,
            "created": 1_770_000_000_000 + number,
            "recipient": "p1@example.com",
            "emailCampaignId": 5,
            "sentBy": {"id": "e0", "created": 1_770_000_000_000},
            "url": "https://example.com/a",
            "category": "UNKNOWN_USER",
            "browser": {"name": "Firefox"},
        }
        for number, kind in enumerate(("SENT", "CLICK", "BOUNCE"))
    ]
    portal.campaigns = [
        {"id": 5, "appId": 6, "name": "Spring", "lastUpdatedTime": 1_770_000_000_000}
    ]


def small_portal() -> HubSpot:
    portal = HubSpot()
    add_contacts(portal)
    add_deals(portal)
    add_settings(portal)
    add_email_events(portal)
    return portal


def small_org() -> Salesforce:
    org = Salesforce()
    org.fields = {
        "Contact": ["Id", "Email", "IsDeleted", "SystemModstamp", "Fax", "LastName"],
        "Opportunity": ["Id", "Amount", "IsWon", "SystemModstamp", "CloseDate"],
        "LeadHistory": ["Id", "LeadId", "Field", "NewValue", "CreatedDate"],
    }
    org.objects["Contact"] = [
        {
            "Id": f"003{number}",
            "Email": f"c{number}@example.com",
            "LastName": "O'Neil",
            "IsDeleted": number == 3,
            "SystemModstamp": f"2026-02-0{number}T08:00:00.000+0000",
            "Fax": "1",
        }
        for number in (1, 2, 3, 4, 5)
    ]
    org.objects["Opportunity"] = [
        {
            "Id": "0061",
            "Amount": 1234567.89,
            "IsWon": True,
            "SystemModstamp": "2026-02-01T08:00:00.000+0000",
            "CloseDate": "2026-03-01",
        }
    ]
    org.objects["LeadHistory"] = [
        {
            "Id": "0171",
            "LeadId": "00Q1",
            "Field": "Status",
            "NewValue": "Working",
            "CreatedDate": "2026-02-01T08:00:00.000+0000",
        }
    ]
    return org


def day(number: int) -> datetime:
    return datetime(2026, 2, number, 8, 0, 0, 123000)


def milliseconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)


def least(requests: Sequence[api_server.Request]) -> set[str]:
    """Return the times from which searches asked for changes."""
    return {
        condition["value"]
        for request in requests
        for condition in request.body["filterGroups"][0]["filters"]
        if condition["operator"] == "GTE"
    }


# HubSpot


def test_a_portal_lands_in_the_tables_of_the_contract(
    run: Pull, hubspot: HubSpot
) -> None:
    code, said = run("hubspot")
    assert code == 0, said
    assert run.rows(
        "select id, property_email, property_lastmodifieddate, is_deleted "
        "from raw_hubspot.contact order by try_cast(id as bigint)"
    ) == [
        *((f"{n}", f"p{n}@example.com", day(n), False) for n in (1, 2, 3, 4, 5)),
        ("9", "p9@example.com", day(1), True),
        ("100", "p100@example.com", day(1), False),
    ]
    assert run.rows(
        "select contact_id, name, value, timestamp, source "
        "from raw_hubspot.contact_property_history order by value"
    ) == [
        ("1", "lifecyclestage", "lead", day(1), "CRM_UI"),
        ("1", "lifecyclestage", "marketingqualifiedlead", day(1), "CRM_UI"),
    ]
    assert run.rows(
        "select deal_id, deal_pipeline_id, deal_pipeline_stage_id, owner_id, "
        "property_dealname, cast(property_amount as double) from raw_hubspot.deal"
    ) == [("7", "default", "closedwon", "11", 'Big, "bold"\ndeal', 1234.5)]
    assert run.rows(
        "select deal_id, contact_id, type_id, category from raw_hubspot.deal_contact "
        "order by contact_id"
    ) == [("7", other, 3, "HUBSPOT_DEFINED") for other in ("1", "2", "3")]
    assert run.rows("select deal_id, company_id from raw_hubspot.deal_company") == [
        ("7", "40")
    ]
    assert run.rows("select deal_id, value, date_entered from raw_hubspot.deal_stage")
    assert run.rows(
        "select merged_deal_id from raw_hubspot.merged_deal order by all"
    ) == [("70",), ("71",)]


def test_what_belongs_to_a_portal_lands_too(run: Pull, hubspot: HubSpot) -> None:
    code, said = run("hubspot")
    assert code == 0, said
    assert run.rows(
        "select stage_id, pipeline_id, cast(probability as double), is_closed, "
        "closed_won from raw_hubspot.deal_pipeline_stage order by display_order"
    ) == [
        ("open", "default", 0.4, False, False),
        ("closedwon", "default", 1.0, True, True),
        ("closedlost", "default", 0.0, True, False),
    ]
    assert run.rows(
        "select owner_id, email, active_user_id, archived from raw_hubspot.owner "
        "order by owner_id"
    ) == [
        (f"{number}", f"rep{number}@example.com", f"{500 + number}", number == 14)
        for number in (11, 12, 13, 14)
    ]
    assert run.rows("select id, name from raw_hubspot.team") == [("t1", "West")]
    assert run.rows(
        "select engagement_id, type, property_hs_call_direction, "
        "property_hs_timestamp from raw_hubspot.engagement_call"
    ) == [("80", "CALL", "OUTBOUND", day(1))]
    assert run.rows(
        "select engagement_id, contact_id from raw_hubspot.engagement_contact"
    ) == [("80", "1")]
    assert run.rows(
        "select id, type, sent_by_id, created from raw_hubspot.email_event order by id"
    ) == [
        (f"e{number}", kind, "e0", moment)
        for number, (kind, moment) in enumerate(
            zip(
                ("SENT", "CLICK", "BOUNCE"),
                (datetime(2026, 2, 2, 2, 40, 0, 1000 * tick) for tick in range(3)),
                strict=True,
            )
        )
    ]
    assert run.rows("select id, url, browser from raw_hubspot.email_event_click") == [
        ("e1", "https://example.com/a", '{"name":"Firefox"}')
    ]
    assert run.rows("select id, category from raw_hubspot.email_event_bounce") == [
        ("e2", "UNKNOWN_USER")
    ]
    assert run.rows("select id, name, app_id from raw_hubspot.email_campaign") == [
        ("5", "Spring", "6")
    ]


def test_a_second_pull_asks_for_what_changed_and_ends_the_same(
    run: Pull, hubspot: HubSpot
) -> None:
    assert run("hubspot", "--tables", "contact,deal")[0] == 0
    before = run.tables("hubspot")
    assert least(hubspot.asked("contacts/search")) == {"0"}
    hubspot.requests.clear()
    assert run("hubspot", "--tables", "contact,deal")[0] == 0
    assert run.tables("hubspot") == before
    searches = hubspot.asked("contacts/search")
    assert least(searches) == {str(milliseconds(DAY.format(5)) - LAG)}
    # One contact is inside the overlap: no second page.
    assert len(searches) == 1
    (deals,) = hubspot.asked("deals/search")
    assert least([deals]) == {str(milliseconds(DAY.format(4)) - LAG)}

    changed = contact(2, DAY.format(8), email="new@example.com")
    hubspot.objects["contacts"][1] = changed
    hubspot.archived["contacts"].append(
        {**contact(3, DAY.format(3)), "archived": True, "archivedAt": DAY.format(8)}
    )
    del hubspot.objects["contacts"][2]
    assert run("hubspot", "--tables", "contact,deal")[0] == 0
    assert run.rows(
        "select id, property_email, is_deleted from raw_hubspot.contact "
        "where id in ('2', '3') order by id"
    ) == [("2", "new@example.com", False), ("3", "p3@example.com", True)]


def test_an_association_that_is_removed_is_marked(run: Pull, hubspot: HubSpot) -> None:
    assert run("hubspot", "--tables", "deal")[0] == 0
    hubspot.links["deals", "contacts"] = {"7": ["1", "3"]}
    assert run("hubspot", "--tables", "deal")[0] == 0
    standing = (
        "select contact_id, coalesce(_fivetran_deleted, false) "
        "from raw_hubspot.deal_contact order by all"
    )
    assert run.rows(standing) == [("1", False), ("2", True), ("3", False)]
    hubspot.links["deals", "contacts"] = {"7": ["1", "2", "3"]}
    assert run("hubspot", "--tables", "deal")[0] == 0
    assert run.rows(standing) == [("1", False), ("2", False), ("3", False)]


def test_a_cursor_never_goes_beyond_the_moment_of_the_pull(
    run: Pull, hubspot: HubSpot
) -> None:
    hubspot.objects["contacts"].append(contact(101, "2199-01-01T00:00:00Z"))
    begin = int(time.time() * 1000)
    assert run("hubspot", "--tables", "contact")[0] == 0
    hubspot.requests.clear()
    assert run("hubspot", "--tables", "contact")[0] == 0
    (since,) = least(hubspot.asked("contacts/search"))
    assert begin - LAG <= int(since) <= int(time.time() * 1000)
    assert len(run.rows("select 1 from raw_hubspot.contact where id = '101'")) == 1


def test_since_goes_back_and_never_skips(run: Pull, hubspot: HubSpot) -> None:
    tables = ("hubspot", "--tables", "contact")
    assert run(*tables)[0] == 0
    for since, expected in (
        ("2026-02-02", "2026-02-02T00:00:00Z"),
        ("2026-12-24", DAY.format(5)),
    ):
        hubspot.requests.clear()
        assert run(*tables, "--since", since)[0] == 0
        (asked,) = least(hubspot.asked("contacts/search"))
        assert milliseconds(expected) - LAG <= int(asked) <= milliseconds(expected)
    with pytest.raises(SystemExit, match="2"):
        pull.main([*tables, "--since", "yesterday"])


def test_a_warehouse_that_is_gone_is_filled_anew(run: Pull, hubspot: HubSpot) -> None:
    assert run("hubspot", "--tables", "contact")[0] == 0
    before = run.tables("hubspot")
    run.warehouse.unlink()
    code, said = run("hubspot", "--tables", "contact")
    assert code == 0
    assert "pulling everything" in said
    assert run.tables("hubspot") == before


# What goes wrong on the way


def test_a_server_that_stumbles_is_asked_again(run: Pull, hubspot: HubSpot) -> None:
    hubspot.faults = [
        ("contacts/search", api_server.too_many),
        ("contacts/search", api_server.broken),
        ("contacts/search", api_server.cut),
        ("batch/read", api_server.cut),
        ("contacts/search", lambda answer: Answer("cut short", cut=4)),
    ]
    begin = time.monotonic()
    code, said = run("hubspot", "--tables", "contact")
    assert code == 0, said
    # Retry-After: 1
    assert time.monotonic() - begin >= 1
    assert hubspot.faults == []
    ids = run.rows("select id from raw_hubspot.contact order by try_cast(id as int)")
    assert [one for (one,) in ids] == ["1", "2", "3", "4", "5", "9", "100"]


@pytest.mark.parametrize(
    ("fault", "message"),
    [(api_server.broken, "answers 500"), (api_server.cut, "does not answer")],
)
def test_a_table_that_cannot_be_pulled_lands_nothing_of_it_and_the_others(
    run: Pull, hubspot: HubSpot, fault: Any, message: str
) -> None:
    # The first page is sound, the second one never is.
    hubspot.faults = [("contacts/search", lambda answer: answer)]
    hubspot.faults += [("contacts/search", fault)] * 5
    code, said = run("hubspot", "--tables", "contact,deal")
    assert code == 2
    (line,) = [line for line in said.splitlines() if line.startswith("error:")]
    assert line.startswith("error: hubspot.contact: HubSpot")
    assert message in line
    assert "Traceback" not in said
    assert run.rows("select * from raw_hubspot.contact") == []
    assert len(run.rows("select * from raw_hubspot.deal")) == 1
    # What was not pulled is asked for in full the next time.
    hubspot.requests.clear()
    assert run("hubspot", "--tables", "contact")[0] == 0
    assert least(hubspot.asked("contacts/search")) == {"0"}
    assert len(run.rows("select * from raw_hubspot.contact")) == 7


def test_a_scope_that_is_missing_is_named(run: Pull, hubspot: HubSpot) -> None:
    hubspot.forbidden = {"companies"}
    code, said = run("hubspot", "--tables", "company,contact")
    assert code == 2
    assert "error: hubspot.company: HubSpot does not allow it (403): scope" in said
    assert len(run.rows("select * from raw_hubspot.contact")) == 7


def test_a_token_that_is_refused_stops_the_pull(run: Pull, hubspot: HubSpot) -> None:
    hubspot.tokens = set()
    code, said = run("hubspot", "--tables", "company,contact")
    assert code == 2
    assert said.splitlines()[-1] == (
        "error: HubSpot refuses the token (401), which may have expired: "
        "set HUBSPOT_ACCESS_TOKEN anew"
    )
    assert len(hubspot.requests) == 1


def test_a_server_that_is_not_there_is_named(
    run: Pull, hubspot: HubSpot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUBSPOT_API_URL", "http://127.0.0.1:9")
    code, said = run("hubspot", "--tables", "contact")
    assert code == 2
    assert "error: hubspot.contact: HubSpot at http://127.0.0.1:9/ does not" in said


# A pull that is stopped


def test_rows_that_could_not_land_land_with_the_next_pull(
    run: Pull, hubspot: HubSpot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(argv: Sequence[str] | None = None) -> int:
        raise UserError("the warehouse is in use")

    with monkeypatch.context() as patch:
        patch.setattr(load, "main", locked)
        assert run("hubspot", "--tables", "contact")[0] == 2
    hubspot.objects["contacts"].clear()
    code, said = run("hubspot", "--tables", "contact")
    assert code == 0
    assert "landing what an earlier pull left behind" in said
    assert len(run.rows("select * from raw_hubspot.contact")) == 7
    assert list(run.root.rglob("*.parquet")) == []


KILL = """
import os, signal, sys
from dlt import Pipeline
import load, pull
def die(*arguments, **options):
    os.kill(os.getpid(), signal.SIGKILL)
where = sys.argv.pop(1)
if where == "landing":
    load.main = die
elif where == "second page":
    from lib.pull.http import LastIdPaginator
    LastIdPaginator.update_request = die
else:
    setattr(Pipeline, where, die)
pull.main(sys.argv[1:])
"""


@pytest.mark.parametrize("where", ["second page", "normalize", "load", "landing"])
def test_a_pull_that_is_killed_and_run_again_equals_an_undisturbed_one(
    run: Pull, hubspot: HubSpot, where: str, tmp_path: Path
) -> None:
    tables = ("hubspot", "--tables", "contact,deal")
    killed = subprocess.run(
        [sys.executable, "-c", KILL, where, *tables],
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT / "scripts")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    run.said.append(killed.stdout + killed.stderr)
    assert run(*tables)[0] == 0
    after = run.tables("hubspot")
    left = run.warehouse.with_suffix(".pull").rglob("*")
    assert {path.name for path in left if path.is_file()} == {
        *(".version", "hubspot.schema.json", "landed", "lock", "state.json")
    }
    calm = Pull(tmp_path / "calm", run.capsys)
    os.environ["MOPS_WAREHOUSE"] = str(calm.warehouse)
    assert calm(*tables)[0] == 0
    assert after == calm.tables("hubspot")


def test_two_pulls_at_once_are_one_too_many(run: Pull, hubspot: HubSpot) -> None:
    with pull._alone(run.warehouse.with_suffix(".pull") / "hubspot"):
        code, said = run("hubspot")
    assert code == 2
    assert said == (
        "error: another pull of hubspot is under way "
        f"(process {os.getpid()} {Path(sys.argv[0]).name}): wait for it or stop it"
    )


def test_what_a_pull_writes_is_its_owners_alone(run: Pull, hubspot: HubSpot) -> None:
    hubspot.faults = [("deals/search", api_server.broken)] * 5
    assert run("hubspot", "--tables", "contact,deal")[0] == 2
    written = list(run.warehouse.with_suffix(".pull").rglob("*"))
    assert written
    assert [path for path in written if stat.S_IMODE(path.stat().st_mode) & 0o077] == []
    assert not (run.root / "home").exists()


# Salesforce


def test_an_org_lands_in_the_tables_of_the_contract(
    run: Pull, salesforce: Salesforce
) -> None:
    code, said = run("salesforce", "--tables", "contact,opportunity,lead_history")
    assert code == 0, said
    assert run.rows(
        "select id, email, last_name, is_deleted, system_modstamp "
        "from raw_salesforce.contact order by id"
    ) == [
        (
            *(f"003{number}", f"c{number}@example.com", "O'Neil", number == 3),
            datetime(2026, 2, number, 8),
        )
        for number in (1, 2, 3, 4, 5)
    ]
    assert run.rows(
        "select id, cast(amount as varchar), is_won from raw_salesforce.opportunity"
    ) == [("0061", "1234567.890000", True)]
    assert run.rows(
        "select id, lead_id, field, new_value from raw_salesforce.lead_history"
    ) == [("0171", "00Q1", "Status", "Working")]
    queries = [request.query["q"] for request in salesforce.asked("queryAll")[:1]]
    assert queries == [
        "select Id, Email, IsDeleted, SystemModstamp, LastName from Contact "
        "where SystemModstamp >= 1970-01-01T00:00:00.000Z"
    ]


def test_a_second_pull_of_an_org_asks_for_what_changed(
    run: Pull, salesforce: Salesforce
) -> None:
    tables = ("salesforce", "--tables", "contact")
    assert run(*tables)[0] == 0
    before = run.tables("salesforce")
    salesforce.requests.clear()
    assert run(*tables)[0] == 0
    assert run.tables("salesforce") == before
    (query,) = [request.query["q"] for request in salesforce.asked("queryAll")]
    assert query.endswith("where SystemModstamp >= 2026-02-05T07:50:00.000Z")


def test_an_object_that_an_org_has_not_is_skipped(
    run: Pull, salesforce: Salesforce
) -> None:
    code, said = run("salesforce", "--tables", "contact,event")
    assert code == 0
    assert "warning: salesforce.event: Salesforce has no Event, skipped" in said


def test_client_credentials_fetch_a_token_and_fetch_it_anew(
    run: Pull, salesforce: Salesforce, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SALESFORCE_ACCESS_TOKEN")
    monkeypatch.setenv("SALESFORCE_CLIENT_ID", "secret-client-id")
    monkeypatch.setenv("SALESFORCE_CLIENT_SECRET", "secret-client")

    def expire(answer: Answer) -> Answer:
        salesforce.tokens.clear()
        return answer

    salesforce.faults = [("/queryAll", expire)]
    code, said = run("salesforce", "--tables", "contact")
    assert code == 0, said
    assert salesforce.issued == 2
    assert len(run.rows("select * from raw_salesforce.contact")) == 5

    salesforce.faults = [("/queryAll", lambda answer: Answer({}, 401))] * 2
    code, said = run("salesforce", "--tables", "contact")
    assert code == 2
    assert said.splitlines()[-1].endswith(
        "set SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET anew"
    )

    def chatty(answer: Answer) -> Answer:
        heard = salesforce.requests[-1].token
        return Answer([{"message": f"no field for {heard} of secret-client-id"}], 400)

    salesforce.faults = [("/queryAll", chatty)]
    code, said = run("salesforce", "--tables", "contact")
    assert code == 2
    assert "Salesforce answers 400: no field for *** of ***" in said
    monkeypatch.setenv("SALESFORCE_CLIENT_SECRET", "secret-client-wrong")
    code, said = run("salesforce", "--tables", "contact")
    assert code == 2
    assert "Salesforce gives no token (400)" in said


# Settings


@pytest.mark.parametrize(
    ("arguments", "settings", "message"),
    [
        (["hubspot"], {}, "HUBSPOT_ACCESS_TOKEN is not set"),
        (["salesforce"], {}, "SALESFORCE_INSTANCE_URL is not set"),
        (
            ["salesforce"],
            {"SALESFORCE_INSTANCE_URL": "https://example.my.salesforce.com"},
            "SALESFORCE_ACCESS_TOKEN is not set",
        ),
        (
            ["hubspot"],
            {"HUBSPOT_API_URL": "http://example.com"},
            "HUBSPOT_API_URL is not an address that begins with https://",
        ),
        (
            ["hubspot"],
            {"HUBSPOT_ACCESS_TOKEN": "secret-token\nX: y"},
            "HUBSPOT_ACCESS_TOKEN holds characters that no token has",
        ),
        (["hubspot", "--tables", "contact,nothing"], {}, "has no table nothing"),
    ],
)
def test_a_setting_that_is_wrong_is_named(
    run: Pull,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    settings: dict[str, str],
    message: str,
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    code, said = run(*arguments)
    assert code == 2
    assert said.count("\n") == 0
    assert message in said


@pytest.mark.parametrize("source", ["hubspot", "salesforce"])
def test_every_column_that_is_pulled_is_declared(
    source: str, run: Pull, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SALESFORCE_INSTANCE_URL", "https://example.com")
    contract = Contract.read()
    if not contract.source(source).is_declared:
        pytest.skip(f"the project has no contract for {source}")
    for table in Api.read(source).tables.values():
        for rule in table.all_rules:
            declared = contract.table(source, rule.table)
            assert declared.is_declared, rule.table
            names = {column.name for column in declared.columns}
            assert set(rule.columns) <= names, rule.table
        if source == "salesforce":
            names = {
                column.name for column in contract.table(source, table.name).columns
            }
            (feed,) = table.feeds
            assert snake_case(str(feed.cursor)) in names


def test_times_are_read_as_the_apis_write_them() -> None:
    expected = int(datetime(2026, 2, 1, 8, tzinfo=UTC).timestamp() * 1000)
    for text in (
        "2026-02-01T08:00:00Z",
        "2026-02-01T08:00:00.000+0000",
        "2026-02-01T10:00:00.000+02:00",
        str(expected),
        expected,
    ):
        assert milliseconds_of(text) == expected
    assert iso_of(expected + 5) == "2026-02-01T08:00:00.005Z"
    assert [milliseconds_of(one) for one in (None, "", "soon", True)] == [None] * 4
