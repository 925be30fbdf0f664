"""What a table of the page is made of. The template only draws it."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.lookback.report import Range
from app.reports.wording import ranged, shown

NAME, TEXT, FIXED, NUMBER = "name", "text", "fixed", "number"


@dataclass(frozen=True)
class Cell:
    """`text`, and `note` smaller below it. `weight` marks it "bad" or "watch"; "none" fades it."""

    text: str
    note: str = ""
    weight: str = ""


@dataclass(frozen=True)
class Column:
    """`kind` is "name" (a row's heading), "text", "fixed" (text that never wraps) or "number"."""

    heading: str
    kind: str = "number"


@dataclass(frozen=True)
class Table:
    """`cards`: on a phone each row becomes a card; other tables are moved sideways in their own frame.

    `headed`: a heading with the id `key`-heading stands above it and says what the caption leaves out.
    """

    key: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    cards: bool = False
    headed: bool = False


def columns(*columns: tuple[str, str]) -> tuple[Column, ...]:
    """Columns of (heading, kind)."""
    return tuple(Column(heading, kind) for heading, kind in columns)


def person(name: str, npn: str) -> Cell:
    """A producer: the name, and the NPN below it."""
    said = shown(name)
    return Cell(
        said or (f"NPN {shown(npn)}" if npn else "Nobody named"), f"NPN\u00a0{shown(npn)}" if said and npn else ""
    )


def wrong(calls: Range) -> Cell:
    """A range that is wrong wherever it is not zero."""
    return Cell(ranged(calls), weight="bad" if calls.best else "watch" if calls.worst else "none")


def watched(calls: Range) -> Cell:
    """A range that is worth a look wherever it is not zero."""
    return Cell(ranged(calls), weight="watch" if calls.worst else "none")


def unsettled(calls: int) -> Cell:
    """A count that nobody can judge."""
    return Cell(f"{calls:,}", weight="watch" if calls else "none")


def plain(number: int) -> Cell:
    """A count that is neither good nor bad."""
    return Cell(f"{number:,}", weight="" if number else "none")


def capital(text: str) -> str:
    """`text` with its first letter in capitals."""
    return text[:1].upper() + text[1:]
