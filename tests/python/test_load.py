"""Landing, file by file: what is found, how it is named, what happens twice."""

from __future__ import annotations

import json
import os
import random
import stat
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

import load
from landing_room import HISTORY, PEOPLE, VERSIONS, Room
from lib.cli import UserError
from lib.contract import STAGING_FOLDER, Contract
from lib.landing import files as landing_files
from lib.landing.names import column_names, snake_case
from lib.sql import quote_identifier
from lib.warehouse import PROJECT_ROOT

PERSON = "person_id,created_at,email\n"


@pytest.fixture
def room(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Room:
    return Room(tmp_path, capsys)


# Formats


def test_values_are_typed_by_the_contract(room: Room) -> None:
    room.write(
        "shop/people.csv",
        ",".join(PEOPLE)
        + "\np1,Ada@Example.com,12,9007199254740993,1234.5,0.25,yes,2024-02-29,"
        "2024-01-19T09:42:00+02:00\n"
        "p2,,,,,,,,2024-01-20\n",
    )
    assert room.load()[0] == 0
    assert room.rows("select * from raw_shop.people order by person_id") == [
        (
            *("p1", "Ada@Example.com", 12, 9007199254740993),
            *(pytest.approx(1234.5), 0.25, True, date(2024, 2, 29)),
            datetime(2024, 1, 19, 7, 42),
        ),
        ("p2", *[None] * 7, datetime(2024, 1, 20)),
    ]
    types = room.rows(
        "select column_name, lower(data_type) from duckdb_columns() "
        "where schema_name = 'raw_shop' and table_name = 'people' "
        "order by column_index"
    )
    assert dict(types) == PEOPLE


def test_every_format_lands_the_same_rows(room: Room) -> None:
    rows = [("p1", "2024-01-01 10:00:00", "a@x.io"), ("p2", "2024-01-02 11:00:00", "")]
    text = PERSON + "".join(f"{','.join(row)}\n" for row in rows)
    lines = "".join(
        json.dumps(dict(zip(("person_id", "created_at", "email"), row, strict=True)))
        + "\n"
        for row in rows
    )
    for name, content in {
        "plain/people.csv": text,
        "packed/people.csv.gz": text,
        "lines/people.jsonl": lines,
        "packed_lines/people.jsonl.gz": lines,
    }.items():
        room.write(name, content)
        room.declare(name.split("/")[0], people=PEOPLE)
    room.declare("columns", people=PEOPLE)
    room.write("columns/README", "")
    with duckdb.connect() as connection:
        connection.read_csv(str(room.folder / "plain/people.csv")).write_parquet(
            str(room.folder / "columns/people.parquet")
        )
    code, _ = room.load()
    assert code == 0
    expected = room.rows("select * from raw_plain.people order by all")
    assert len(expected) == 2
    for schema in ("packed", "lines", "packed_lines", "columns"):
        assert (
            room.rows(f"select * from raw_{schema}.people order by all") == expected
        ), schema


def test_a_folder_of_parts_lands_in_sorted_order(room: Room) -> None:
    room.write("shop/people/part-2.csv", PERSON + "p1,2024-01-01,second@x.io\n")
    room.write("shop/people/part-1.csv", PERSON + "p1,2024-01-01,first@x.io\n")
    room.write("shop/people/part-3.jsonl", '{"person_id":"p3","created_at":"2024-1-3"}')
    room.write("shop/people/_SUCCESS", "")
    assert room.load()[0] == 0
    assert room.rows("select person_id, email from raw_shop.people order by 1") == [
        ("p1", "second@x.io"),
        ("p3", None),
    ]
    assert [load[0] for load in room.loads()] == [
        "shop/people/part-1.csv",
        "shop/people/part-2.csv",
        "shop/people/part-3.jsonl",
    ]


def test_json_keeps_nested_values_and_every_digit(room: Room) -> None:
    room.write(
        "shop/people.jsonl",
        '{"person_id": 1, "created_at": "2024-01-01", "amount": 12345678901.123456,'
        ' "Props": {"a": [1.10, null, true], "b": "\u00e9"}, "tags": []}\n'
        '{"person_id": "2", "created_at": "2024-01-01", "is_active": true}\n',
    )
    assert room.load()[0] == 0
    assert room.rows(
        "select person_id, cast(amount as varchar), is_active, props, tags "
        "from raw_shop.people order by 1"
    ) == [
        ("1", "12345678901.123456", None, '{"a":[1.10,null,true],"b":"\u00e9"}', "[]"),
        ("2", None, True, None, None),
    ]


def test_bad_json_lines_are_rejected_by_line(room: Room) -> None:
    good = '{"person_id":"p%d","created_at":"2024-01-01"}\n'
    bad = [
        '{"person_id":"x"',
        "[1, 2]",
        '{"person_id":"x","person_id":"y","created_at":"2024-01-01"}',
        '{"person_id":"x","PersonId":"y","created_at":"2024-01-01"}',
        '{"person_id":"x","created_at":"2024-01-01","score":NaN}',
        '{"person_id":"a\\u0000b","created_at":"2024-01-01"}',
        '{"person_id":"a\\ud800b","created_at":"2024-01-01"}',
        '{"person_id":"x","created_at":"soon"}',
        '{"person_id":"x"}',
        "[" * 100_000,
    ]
    text = good % 1 + "\n" + "".join(f"{line}\n" for line in bad) + good % 2
    room.write("shop/people.jsonl", text)
    code, said = room.load()
    assert code == 0
    assert "10 of 12 rows rejected (lines 3, 4, 5, 6, 7 …)" in said
    rejects = room.rejects()
    assert [(line, text) for _, line, _, text in rejects] == list(enumerate(bad, 3))
    assert [column for _, _, column, _ in rejects[7:9]] == ["created_at"] * 2
    assert room.rows("select person_id from raw_shop.people order by 1") == [
        ("p1",),
        ("p2",),
    ]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ('{"person_id":"x"', "Expecting ',' delimiter at character 17"),
        ('{"person_id":"x', "Unterminated string starting at character 14"),
        ('{"a":"\t"}', "Invalid control character at character 7"),
        ("soon", "Expecting value at character 1"),
    ],
)
def test_what_is_no_json_is_told_with_its_place(
    room: Room, line: str, error: str
) -> None:
    room.write("shop/people.jsonl", line + "\n")
    room.load()
    found = room.rows("select line, error from raw_meta.rejects")
    assert found == [(1, f"is not JSON: {error}")]


def test_parquet_is_cast_and_its_bad_rows_have_numbers(room: Room) -> None:
    path = room.folder / "shop" / "people.parquet"
    path.parent.mkdir()
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'America/New_York'")
        connection.execute(
            "copy (select * from (values "
            "('p1', timestamptz '2024-01-01 00:00:00+00', 3.0::double, 7::tinyint, "
            "{'a': 1}, date '2024-05-01'),"
            "('p2', timestamptz '2024-01-01 02:00:00+02', 3.5, 8, null, null),"
            "('p3', null, 4.0, 9, null, null),"
            "('p4', timestamptz '2024-01-02 00:00:00+00', null, null, null, null)) "
            'as r("PersonId", created_at, employee_count, visits, "Extra", born_on)) '
            f"to '{path}' (format parquet)"
        )
    code, _ = room.load()
    assert code == 0
    assert room.rows(
        "select person_id, created_at, employee_count, visits, extra, born_on "
        "from raw_shop.people order by 1"
    ) == [
        ("p1", datetime(2024, 1, 1), 3, 7, '{"a":1}', date(2024, 5, 1)),
        ("p4", datetime(2024, 1, 2), None, None, None, None),
    ]
    (second, third) = room.rejects()
    assert second[1:3] == (2, "employee_count")
    assert json.loads(second[3])["PersonId"] == "p2"
    assert third[1:3] == (3, "created_at")


# Names


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("LeadSource", "lead_source"),
        ("External_id__c", "external_id_c"),
        ("_fivetran_synced", "_fivetran_synced"),
        ("IsDeleted", "is_deleted"),
        ("Record ID - Contact", "record_id_contact"),
        ("  Cost (USD) ", "cost_usd"),
        ("HTMLBody", "html_body"),
        ("RecordIDs", "record_ids"),
        ("utm2Source", "utm2_source"),
        ("OpportunityContactRole", "opportunity_contact_role"),
        ("Größe", "größe"),
        ('na"me; drop', "na_me_drop"),
        ("already_snake", "already_snake"),
        ("%", ""),
    ],
)
def test_snake_case(given: str, name: str) -> None:
    assert snake_case(given) == name


def test_columns_without_a_name_are_numbered() -> None:
    assert column_names(["id", "", "%"]) == ["id", "column_2", "column_3"]


def test_identifiers_are_quoted() -> None:
    assert quote_identifier('a"b') == '"a""b"'
    for unusable in ("", "a\0b"):
        with pytest.raises(ValueError, match="identifier"):
            quote_identifier(unusable)


def test_native_and_connector_names_meet(room: Room) -> None:
    room.write("Shop/People.csv", "PersonId,CreatedDate__c,CreatedAt\np1,x,2024-01-01")
    assert room.load()[0] == 0
    assert room.rows("select person_id, created_date_c from raw_shop.people") == [
        ("p1", "x")
    ]


@pytest.mark.parametrize(
    ("folder", "source"),
    [
        ("linkedin", "linkedin_ads"),
        ("facebook_ads", "meta_ads"),
        ("facebook", "meta_ads"),
        ("meta", "meta_ads"),
        ("Bing Ads", "microsoft_ads"),
        ("hubspot", "hubspot"),
    ],
)
def test_a_source_may_be_named_by_an_alias(
    room: Room, folder: str, source: str
) -> None:
    room.write(f"{folder}/geo.csv", "id,name\n1,x\n")
    assert room.load()[0] == 0
    assert room.rows(f"select id, name from raw_{source}.geo") == [("1", "x")]
    assert room.rows("select source from raw_meta.loads") == [(source,)]


def test_names_in_files_do_no_harm(room: Room) -> None:
    name = 'shop/we[i]rd*\'; drop table "x"?\u00e9{a,b}.csv'
    room.write(
        name, 'rowid,"a"";drop table raw_meta.loads",select,raw\n1,2,3,4\n1,2,3,4'
    )
    room.write("shop/history;--/[a-z]*.csv", "id,rowid\nh1,7\n")
    assert room.load()[0] == 0
    assert room.rows("select * from raw_shop.we_i_rd_drop_table_x_é_a_b") == [
        ("1", "2", "3", "4")
    ]
    assert room.rows("select id, rowid from raw_shop.history") == [("h1", "7")]
    assert len(room.loads()) == 2


def test_a_file_name_that_is_not_utf_8(room: Room) -> None:
    folder = room.folder / "shop" / "people"
    folder.mkdir(parents=True)
    path = os.fsencode(folder) + b"/caf\xe9\n.csv"
    with open(path, "wb") as stream:  # noqa: PTH123 - a name of bytes
        stream.write((PERSON + "p1,2024-01-01,\n").encode())
    code, said = room.load()
    assert code == 0
    assert room.loads() == [("shop/people/caf\\xe9\n.csv", 1, 1, 0)]
    assert "caf\\xe9\\n.csv" in said


# Declared and undeclared


def test_an_empty_folder_makes_every_declared_table(room: Room) -> None:
    code, said = room.load()
    assert code == 0
    assert room.rows("select * from raw_shop.people") == []
    assert room.rows("select * from raw_shop.events") == []
    assert room.rows("select * from raw_meta.loads") == []
    assert "0 rows of 0 files landed" in said


def test_undeclared_tables_land_as_text_with_a_warning(room: Room) -> None:
    room.write("crm/Deal.csv", "Id,Amount\n007,1.50\n007,1.50\n")
    code, said = room.load()
    assert code == 0
    assert "warning: crm/Deal.csv: crm.deal is not declared, landed as text" in said
    assert room.rows("select id, amount from raw_crm.deal") == [("007", "1.50")]


def test_undeclared_columns_land_as_text_and_are_told(room: Room) -> None:
    room.write("shop/people.csv", "person_id,created_at,Plan\np1,2024-01-01,gold\n")
    _, said = room.load()
    assert "not declared, added as text: plan" in said
    assert "declared but not in it, null: email, employee_count, visits" in said
    room.write("shop/people.csv", "person_id,created_at,Size\np2,2024-01-01,9\n")
    room.load()
    assert room.rows(
        "select person_id, plan, size from raw_shop.people order by 1"
    ) == [("p1", "gold", None), ("p2", None, "9")]


def test_a_contract_that_grows_changes_the_table(room: Room) -> None:
    room.write("shop/people.csv", "person_id,created_at,seats\np1,2024-01-01,5\n")
    room.load()
    room.declare(
        "shop",
        people={**PEOPLE, "seats": "integer", "nickname": "varchar"},
        history={**HISTORY, "stage_name": "integer"},
    )
    assert room.load()[0] == 0
    assert room.rows("select seats, nickname from raw_shop.people") == [(5, None)]


def test_a_changed_type_that_does_not_convert_stays(room: Room) -> None:
    room.write("shop/people.csv", PERSON + "p1,2024-01-01,a@x.io\n")
    room.load()
    room.declare("shop", people={**PEOPLE, "email": "integer"})
    room.write("shop/people.csv", PERSON + "p2,2024-01-01,7\np3,2024-01-01,b@x.io\n")
    code, said = room.load()
    assert code == 0
    assert "raw_shop.people.email stays varchar: 1 of its values are not" in said
    assert room.rows("select email from raw_shop.people order by 1") == [
        ("7",),
        ("a@x.io",),
    ]
    assert room.rejects()[0][1:3] == (3, "email")


def test_a_column_that_is_declared_no_more_keeps_its_type(room: Room) -> None:
    room.write("shop/people.csv", "person_id,created_at,score\np1,2024-01-01,1.5\n")
    room.load()
    less = {name: kind for name, kind in PEOPLE.items() if name != "score"}
    room.declare("shop", people={**less, "born_on": "integer"})
    room.write(
        "shop/people.csv",
        "person_id,created_at,score\np2,2024-01-01,2.5\np3,2024-01-01,high\n",
    )
    assert room.load()[0] == 0
    assert room.rows("select score from raw_shop.people order by 1") == [(1.5,), (2.5,)]
    assert room.rejects()[0][1:3] == (3, "score")


def test_the_contract_says_what_is_wrong_with_it(room: Room, tmp_path: Path) -> None:
    room.declare("shop", people={**PEOPLE, "email": "money"})
    with pytest.raises(UserError, match=r"shop\.people\.email has an unknown data_ty"):
        Contract.read(room.contract)
    path = tmp_path / "staging" / "shop" / "_shop__sources.yml"
    path.write_text("sources: [{name: shop, tables: [{name: t, columns: 5}]}]")
    with pytest.raises(UserError, match=r"_shop__sources\.yml: columns is not a list"):
        Contract.read(room.contract)
    path.write_text("sources: [")
    with pytest.raises(UserError, match="cannot be read"):
        Contract.read(room.contract)


def test_sources_that_are_not_landed_are_left_out(room: Room) -> None:
    document = {
        "sources": [
            {"name": "log", "config": {"meta": {"landed": False}}, "tables": [{}]}
        ]
    }
    (room.contract / "shop" / "_log__sources.yml").write_text(json.dumps(document))
    assert set(Contract.read(room.contract).sources) == {"shop"}


def test_the_contract_of_the_project_is_the_public_one() -> None:
    inputs = PROJECT_ROOT.parent / "shared" / "contract" / "inputs.csv"
    if not inputs.exists():
        pytest.skip("the public contract is not at hand")
    contract = Contract.read()
    with duckdb.connect() as connection:
        lines = connection.read_csv(str(inputs)).fetchall()
    for table, column, data_type, required, meaning in lines:
        declared = contract.table("generic", table).column(column)
        assert declared is not None, f"{table}.{column}"
        assert declared.data_type.split("(")[0] == data_type, f"{table}.{column}"
        assert declared.is_required == (required == "yes" or required is True)
        if meaning and meaning.startswith("key"):
            assert contract.table("generic", table).key == (column,)


# Twice, later, again


def test_a_file_landed_twice_changes_nothing(room: Room) -> None:
    room.write("shop/people.csv", PERSON + "p1,2024-01-01,a@x.io\np2,bad,\n")
    room.load()
    before = room.rows("select * from raw_shop.people"), room.loads(), room.rejects()
    code, said = room.load()
    assert code == 0
    assert "landed before, skipped" in said
    assert before == (
        room.rows("select * from raw_shop.people"),
        room.loads(),
        room.rejects(),
    )


def test_a_correction_can_be_taken_back(room: Room) -> None:
    old, new = PERSON + "p1,2024-01-01,old\n", PERSON + "p1,2024-01-01,new\n"
    room.write("shop/people/2.csv", PERSON + "p2,2024-01-01,c\n")
    for content in (old, new, old):
        room.write("shop/people/1.csv", content)
        room.load()
        email = content.rpartition(",")[2].strip()
        assert room.rows("select email from raw_shop.people order by 1 desc") == [
            (email,),
            ("c",),
        ]
    assert [load[0] for load in room.loads()] == [
        *["shop/people/1.csv"] * 3,
        "shop/people/2.csv",
    ]


def test_the_same_folder_again_changes_nothing(room: Room) -> None:
    # Two names for the same bytes, with others in between that overwrite the first.
    room.write("shop/people/1.csv", PERSON + "p1,2024-01-01,old\n")
    room.write("shop/people/2.csv", PERSON + "p1,2024-01-01,new\n")
    room.write("shop/people/3.csv", PERSON + "p1,2024-01-01,old\n")
    room.write("shop/people/4.csv", PERSON + "p1,2024-01-01,newest\n")
    room.load()
    before = room.rows("from raw_shop.people"), room.rows("from raw_meta.loads")
    for _ in range(2):
        _, said = room.load()
        assert "0 rows of 0 files landed" in said
    assert before == (
        room.rows("from raw_shop.people"),
        room.rows("from raw_meta.loads"),
    )
    assert len(before[1]) == 4


def test_a_key_upserts_and_the_later_wins(room: Room) -> None:
    room.write(
        "shop/people.csv",
        PERSON + "p1,2024-01-01,a\np1,2024-01-01,b\np2,2024-01-01,c\n",
    )
    room.load()
    query = "select person_id, email from raw_shop.people order by all"
    assert room.rows(query) == [("p1", "b"), ("p2", "c")]
    room.write("shop/people.csv", PERSON + "p2,2024-01-01,d\np3,2024-01-01,e\n")
    room.load()
    assert room.rows(query) == [("p1", "b"), ("p2", "d"), ("p3", "e")]
    assert [load[1:] for load in room.loads()] == [(2, 2, 0), (3, 3, 0)]


def test_the_last_row_of_a_key_wins_in_a_long_file(room: Room) -> None:
    rows = 200_000
    room.write(
        "shop/people.csv",
        PERSON + "".join(f"p{n % 1000},2024-01-01,e{n}\n" for n in range(rows)),
    )
    room.load()
    assert room.rows(
        "select count(*), min(cast(email[2:] as integer)) from raw_shop.people"
    ) == [(1000, rows - 1000)]


def test_a_key_of_several_columns_may_be_null(room: Room) -> None:
    first = "id,stage_name,_fivetran_start\no1,a,2024-01-01\no1,b,\no1,c,2024-01-02\n"
    room.write("shop/history.csv", first)
    room.load()
    room.write("shop/history.csv", "id,stage_name,_fivetran_start\no1,d,\n")
    room.load()
    assert room.rows("select stage_name from raw_shop.history order by 1") == [
        ("a",),
        ("c",),
        ("d",),
    ]
    room.write("shop/history.csv", "id,stage_name\no1,e\n")
    room.load()
    assert room.rows("select stage_name from raw_shop.history order by 1") == [
        ("a",),
        ("c",),
        ("e",),
    ]


def test_the_later_version_wins_whatever_the_order(room: Room) -> None:
    room.declare("crm", versions=VERSIONS)
    header = "id,title,_fivetran_start,last_modified_date\n"
    room.write(
        "crm/versions/1.csv",
        header + "c1,second,2024-02-01,\nc1,third,2024-03-01,\nc1,first,2024-01-01,\n"
        "c2,tie,2024-01-01,2024-01-01\nc2,later,2024-01-01,2024-01-02\n"
        "c2,none,,\nc3,older,,2024-01-01\n",
    )
    room.write(
        "crm/versions/2.csv",
        header + "c1,second again,2024-02-02,\nc2,tie,2024-01-01,2024-01-01\n"
        "c3,newer,,2024-01-02\nc4,,2024-01-01,\n",
    )
    room.write("crm/versions/3.csv", header + "c3,older,,2024-01-01\n")
    room.load()
    query = "select id, title from raw_crm.versions order by 1"
    expected = [("c1", "third"), ("c2", "later"), ("c3", "newer"), ("c4", None)]
    assert room.rows(query) == expected
    assert [load[1:] for load in room.loads()] == [(7, 7, 0), (4, 4, 0), (1, 1, 0)]


@pytest.mark.parametrize(
    "late",
    [
        "id,title\nc1,late\n",
        "id,title,_fivetran_start,last_modified_date\nc1,late,,\n",
        "id,title,last_modified_date\nc1,late,2020-01-01\n",
        "id,title,_fivetran_start\nc1,late,2024-02-01\n",
    ],
    ids=["no_cursor", "null_cursor", "another_cursor", "the_same_cursor"],
)
def test_where_the_cursor_does_not_decide_the_later_landing_wins(
    room: Room, late: str
) -> None:
    room.declare("crm", versions=VERSIONS)
    header = "id,title,_fivetran_start,last_modified_date\n"
    room.write("crm/versions/1.csv", header + "c1,early,2024-02-01,2024-02-01\n")
    room.write("crm/versions/2.csv", late)
    room.load()
    assert room.rows("select title from raw_crm.versions") == [("late",)]


def test_any_order_of_files_and_rows_makes_the_same_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(7)  # noqa: S311 - a reproducible test, not a secret
    versions = [
        {"id": f"c{chance.randrange(40)}", "title": f"t{number}"}
        | {"_fivetran_start": f"2024-01-01 00:{number // 60:02}:{number % 60:02}"}
        for number in range(400)
    ]
    expected = {version["id"]: version["title"] for version in versions}
    for attempt in range(4):
        chance.shuffle(versions)
        (tmp_path / str(attempt)).mkdir()
        room = Room(tmp_path / str(attempt), capsys)
        room.declare("crm", versions=VERSIONS)
        for part in range(5):
            rows = versions[part::5]
            lines = "".join(f"{json.dumps(row)}\n" for row in rows)
            texts = "".join(f"{','.join(row.values())}\n" for row in rows)
            header = "id,title,_fivetran_start\n"
            room.write(
                f"crm/versions/{part}" + (".jsonl" if part % 2 else ".csv"),
                lines if part % 2 else header + texts,
            )
        assert room.load()[0] == 0
        assert dict(room.rows("select id, title from raw_crm.versions")) == expected


def test_a_history_mode_of_salesforce_lands_the_active_version(room: Room) -> None:
    own = ",".join(f"_fivetran_{name}" for name in ("start", "end", "active", "synced"))
    header = f"Id,Email,{own}\n"
    active = "c1,new@x.io,2024-02-01,9999-12-31,true,2024-02-01\n"
    ended = "c1,old@x.io,2024-01-01,2024-02-01,false,2024-02-01\n"
    room.write("salesforce/Contact.csv", header + active + ended)
    room.write("salesforce/Lead/1.csv", header + active)
    room.write("salesforce/Lead/2.csv", header + ended)
    assert room.load("--contract", str(STAGING_FOLDER))[0] == 0
    for table in ("contact", "lead"):
        found = room.rows(f"select email, _fivetran_active from raw_salesforce.{table}")
        assert found == [("new@x.io", True)]


def test_a_cursor_needs_a_key_and_declared_columns(room: Room) -> None:
    path = room.contract / "shop" / "_shop__sources.yml"
    table = "sources: [{name: shop, tables: [{name: t, columns: [{name: a, data_type: "
    path.write_text(table + "date}], config: {meta: {cursor: a}}}]}]")
    with pytest.raises(UserError, match=r"shop\.t has a cursor but no key"):
        Contract.read(room.contract)
    path.write_text(table + "date}], config: {meta: {key: a, cursor: [a, b]}}}]}]")
    with pytest.raises(UserError, match=r"the cursor of shop\.t names no declared"):
        Contract.read(room.contract)


def test_without_a_key_identical_rows_are_there_once(room: Room) -> None:
    header = "person_id,stage,entered_at,reason\n"
    room.write(
        "shop/events/1.csv",
        header
        + "p1,mql,2024-01-01,\np1,mql,2024-01-01T00:00:00Z,\np1,sql,2024-01-02,\n",
    )
    room.write(
        "shop/events/2.csv", header + "p1,sql,2024-01-02,\np2,mql,2024-01-02,x\n"
    )
    room.load()
    expected = [("p1", "mql", None), ("p1", "sql", None), ("p2", "mql", "x")]
    query = "select person_id, stage, reason from raw_shop.events order by all"
    assert room.rows(query) == expected
    room.write("shop/events/3.csv", "person_id,stage,entered_at\np1,mql,2024-01-01\n")
    room.load()
    assert room.rows(query) == expected
    assert [load[1:] for load in room.loads()] == [(3, 3, 0), (2, 2, 0), (1, 1, 0)]


def test_a_file_that_is_written_to_meanwhile_is_not_landed(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = room.write("shop/people.csv", PERSON + "p1,2024-01-01,a\n")
    honest = landing_files.check_text

    def late_writer(file: landing_files.DataFile) -> None:
        honest(file)
        path.write_text(PERSON + "p1,2024-01-01,a\np2,2024-01-01,b\n")

    monkeypatch.setattr("lib.landing.reading.check_text", late_writer)
    code, said = room.load()
    assert code == 2
    assert "shop/people.csv: was written to while it was read" in said
    assert room.rows("select * from raw_shop.people") == []


# Wrong use, and what is no data


def test_a_missing_folder_is_one_line(room: Room) -> None:
    room.folder.rmdir()
    assert room.load() == (2, f"there is no folder {room.folder}")
    room.folder.write_text("")
    assert room.load() == (2, f"{room.folder} is not a folder")


def test_a_folder_that_may_not_be_read_is_one_line(room: Room) -> None:
    room.folder.chmod(0)
    nobody, we = 65534, os.geteuid()
    try:
        # Root may read everything.
        os.seteuid(nobody if we == 0 else we)
        with pytest.raises(UserError, match=r"cannot be listed: Permission denied$"):
            landing_files.discover(room.folder)
    finally:
        os.seteuid(we)
        room.folder.chmod(0o700)


def test_no_file_lands_among_what_other_commands_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOPS_WAREHOUSE", str(tmp_path / "mops.duckdb"))
    points = tmp_path / "in" / "predictions" / "score_points.csv"
    points.parent.mkdir(parents=True)
    points.write_text("model_id,points\nm1,999\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"^no files land in predictions, whose tables"):
        load.main([str(tmp_path / "in"), "--quiet"])
    assert not (tmp_path / "mops.duckdb").exists()


def test_files_outside_a_source_folder(room: Room) -> None:
    room.write("people.csv", PERSON)
    code, said = room.load()
    assert code == 2
    assert "holds no folder of a source: people.csv should be in DIR/<source>/" in said
    room.write("shop/people.csv", PERSON + "p1,2024-01-01,\n")
    code, said = room.load()
    assert code == 0
    assert "warning: people.csv: is in no folder of a source and its header" in said


def test_what_is_no_data_is_skipped_and_told(room: Room) -> None:
    for name in ("LICENSE", "README.md", "SOURCE.txt", ".hidden.csv", "x.csv.tmp"):
        room.write(f"shop/{name}", "text")
    room.write("shop/people.csv", PERSON + "p1,2024-01-01,\n")
    code, said = room.load()
    assert code == 0
    assert "skipped, no data: shop/.hidden.csv, shop/LICENSE" in said
    assert len(room.loads()) == 1


def test_data_in_a_form_that_is_not_read_is_an_error(room: Room) -> None:
    room.write("shop/people.xlsx", b"PK\x03\x04")
    room.write("shop/people.csv", PERSON + "p1,2024-01-01,\n")
    code, said = room.load()
    assert code == 2
    assert "error: shop/people.xlsx: is of a form that is not read" in said
    assert len(room.loads()) == 1


def test_a_symlinked_folder_works(room: Room, tmp_path: Path) -> None:
    room.write("shop/people.csv", PERSON + "p1,2024-01-01,\n")
    (room.folder / "shop").rename(tmp_path / "elsewhere")
    (room.folder / "shop").symlink_to(tmp_path / "elsewhere")
    assert room.load()[0] == 0
    assert room.loads() == [("shop/people.csv", 1, 1, 0)]


def test_the_warehouse_is_private(room: Room) -> None:
    room.load()
    assert stat.S_IMODE(room.warehouse.stat().st_mode) == 0o600
    assert stat.S_IMODE(room.warehouse.parent.stat().st_mode) == 0o700


def test_quiet_says_warnings_and_errors_only(room: Room) -> None:
    room.write("shop/people.csv", PERSON + "p1,2024-01-01,\np2,soon,\n")
    room.write("shop/events.csv", "")
    code, said = room.load("--quiet")
    assert code == 2
    assert said.splitlines() == [
        "error: shop/events.csv: the file is empty",
        "warning: shop/people.csv: 1 of 2 rows rejected (line 3), see raw_meta.rejects",
    ]


def test_the_memory_limit_is_a_setting(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOPS_MEMORY_LIMIT", "1'; drop table x")
    code, said = room.load()
    assert (code, said[:40]) == (2, "MOPS_MEMORY_LIMIT is no amount of memory")
    monkeypatch.setenv("MOPS_MEMORY_LIMIT", "500MB")
    assert room.load()[0] == 0


def test_help_has_an_example() -> None:
    result = subprocess.run(
        [sys.executable, str(PROJECT_ROOT / "scripts" / "load.py"), "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "example: python scripts/load.py" in result.stdout
