"""The last build that was not published, and why: for who reads what stands instead.

The note lies beside the publication. It holds rules, relations and counts, no value of
a row; the next publication removes it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_FILE = Path("published") / "refused.json"


@dataclass(frozen=True)
class Refusal:
    """When a build was refused, and why, one line a reason."""

    refused_at: datetime
    reasons: tuple[str, ...]


def note_refusal(out: Path, reasons: Sequence[str]) -> None:
    """Write down that the build of now is not published; what was noted is replaced."""
    path = out / _FILE
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    note = {"refused_at": datetime.now(UTC).isoformat(), "reasons": list(reasons)}
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(json.dumps(note, indent=2) + "\n", encoding="utf-8")
    fresh.replace(path)


def drop_refusal(out: Path) -> None:
    """Forget the refusal: a newer build was published."""
    (out / _FILE).unlink(missing_ok=True)


def last_refusal(out: Path) -> Refusal | None:
    """Return the refusal since the last publication, None where there is none."""
    path = out / _FILE
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except OSError as error:
        return Refusal(datetime.now(UTC), (f"the note cannot be read: {error}",))
    try:
        note = json.loads(text)
        moment = datetime.fromisoformat(note["refused_at"])
        return Refusal(moment, tuple(str(reason) for reason in note["reasons"]))
    except (ValueError, KeyError, TypeError):
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        return Refusal(written, ("the note of why cannot be read",))
