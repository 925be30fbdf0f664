"""What a person says about a call log, and how it will be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from zoneinfo import ZoneInfo

from app.rosters.errors import shortened

FORMATS = ("threegate", "twilio-csv", "twilio-json", "ringba", "vicidial", "csv")

PRODUCER_FIELDS = ("producer_npn", "producer_phone", "producer_name", "agent")
"""Who took the call is said by the first of these that is not empty."""

FIELDS = (
    "at",
    "caller",
    *PRODUCER_FIELDS,
    "zip",
    "state",
    "loa",
    "answered_seconds",
    "direction",
    "price",
    "campaign",
)

Times = Literal["as written", "time zone given", "assumed UTC"]

_COLUMNS_SHOWN = 40


class Unreadable(Exception):
    """The file as a whole cannot be read; the message is one line: where, what, what to do."""


@dataclass(frozen=True)
class Options:
    """What the person said.

    `columns`: our field to the file's header, "" for a column that is not to be guessed. `time_zone`: of times that are
    written without one. `loa`: the requirement of rows that say none. `loa_by_campaign`: by the name in the log's campaign
    column. `format`: one of FORMATS, guessed where None.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    time_zone: ZoneInfo | None = None
    loa: str | None = None
    loa_by_campaign: Mapping[str, str] = field(default_factory=dict)
    format: str | None = None


@dataclass(frozen=True)
class Layout:
    """How the file will be read.

    `columns`: (our field, the file's header), in the order of FIELDS. `unused`: headers that nothing is made of. `times`:
    whether every time among the first rows has its own zone, and what holds for those that have none.
    """

    format: str
    columns: tuple[tuple[str, str], ...]
    unused: tuple[str, ...]
    times: Times


def listed(headers: Sequence[str]) -> str:
    """Headers for a message, on one line."""
    shown = ", ".join(shortened(header) or "(no name)" for header in headers[:_COLUMNS_SHOWN])
    return f"{shown}, …" if len(headers) > _COLUMNS_SHOWN else shown
