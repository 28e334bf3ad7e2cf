"""What a part is made of. Each block holds figures as written, for both renderings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Text:
    """A paragraph; a warning is set off from the rest."""

    text: str
    is_warning: bool = False
    kind: str = field(default="text", init=False)


@dataclass(frozen=True)
class Fact:
    """One figure with what it means and what it is held against. The key is its id."""

    key: str
    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Facts:
    """Figures that are read side by side."""

    facts: tuple[Fact, ...]
    kind: str = field(default="facts", init=False)


@dataclass(frozen=True)
class Table:
    """Rows of cells as written. Of the columns the first words are texts."""

    key: str
    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int = 1
    has_total: bool = False
    kind: str = field(default="table", init=False)

    @property
    def widths(self) -> list[int]:
        """Width of each column in plain text."""
        return [
            max(len(plain(row[at])) for row in (self.header, *self.rows))
            for at in range(len(self.header))
        ]


@dataclass(frozen=True)
class Chart:
    """A picture; its figures stand in the blocks beside it, so mail goes without."""

    key: str
    title: str
    svg: str
    kind: str = field(default="chart", init=False)


@dataclass(frozen=True)
class Task:
    """Something to do this week."""

    title: str
    stake: str
    why: str
    owner: str
    due: str
    look_at: str


@dataclass(frozen=True)
class Tasks:
    """What to do, the most money first."""

    tasks: tuple[Task, ...]
    kind: str = field(default="tasks", init=False)


Block = Text | Facts | Table | Chart | Tasks


@dataclass(frozen=True)
class Part:
    """A part of a report."""

    key: str
    title: str
    blocks: tuple[Block, ...]


def part(key: str, title: str, blocks: Sequence[Block | None]) -> Part:
    """Return a part of those blocks that there are."""
    return Part(key, title, tuple(block for block in blocks if block is not None))


def plain(text: str) -> str:
    """Return a text as one line that no Markdown reader takes apart."""
    single = " ".join(text.split())
    for sign in "\\|<>`[]":
        single = single.replace(sign, f"\\{sign}")
    return single
