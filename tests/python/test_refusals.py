"""A build that is not published is noted beside what stands, until one is."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

import export
from lib.cli import UserError
from lib.refusals import Refusal, drop_refusal, last_refusal, note_refusal

NOTE = Path("published") / "refused.json"


def test_a_mistake_of_the_user_is_no_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOPS_WAREHOUSE", str(tmp_path / "none.duckdb"))
    with pytest.raises(UserError):
        export.main(["--out", str(tmp_path)])
    assert last_refusal(tmp_path) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"refused_at": "then"}'])
def test_a_note_that_cannot_be_read_still_tells_of_a_refusal(
    tmp_path: Path, text: str
) -> None:
    note_refusal(tmp_path, ["x"])
    (tmp_path / NOTE).write_text(text)
    refused = last_refusal(tmp_path)
    assert refused is not None
    assert refused.reasons == ("the note of why cannot be read",)


def test_the_last_refusal_replaces_the_one_before(tmp_path: Path) -> None:
    drop_refusal(tmp_path)  # there is none
    note_refusal(tmp_path, ["one"])
    note_refusal(tmp_path, ["two", "three"])
    note = json.loads((tmp_path / NOTE).read_text())
    assert last_refusal(tmp_path) == Refusal(
        datetime.fromisoformat(note["refused_at"]), ("two", "three")
    )
    assert [path.name for path in (tmp_path / "published").iterdir()] == [NOTE.name]
