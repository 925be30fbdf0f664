"""Who plays in the demo: producers from a roster file, and the numbers that are called."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

AGENCY = "+18005550199"
"""The campaign's number."""

STATES = ("FL", "GA", "OH", "PA", "TX")
"""The states that the agency has opened."""


@dataclass(frozen=True)
class Member:
    """A producer as the roster file has them; `phone` is E.164."""

    npn: str
    name: str
    phone: str


def packaged(name: str) -> bytes:
    """A file of app/data/demo."""
    return files("app").joinpath("data", "demo", name).read_bytes()


def members(roster: bytes) -> list[Member]:
    """Everybody on a roster file, in its order."""
    found = {}
    for row in _rows(roster):
        name = f"{row['first_name']} {row['last_name']}"
        found[row["npn"]] = Member(row["npn"], name, row["phone"])
    return list(found.values())


def suspended(roster: bytes, phone: str, state: str) -> bytes:
    """A roster file that says one thing: the licenses of whoever has `phone` in `state` are suspended."""
    return edited(roster, phone, state, status="suspended", only=True)


def edited(roster: bytes, phone: str, state: str, *, only: bool = False, **columns: str) -> bytes:
    """The same file with other `columns` in the rows of `phone` in `state`; with `only`, just those rows."""
    rows = _rows(roster)
    hit = [row["phone"] == phone and row["state"] == state for row in rows]
    changed = [{**row, **columns} if is_hit else row for row, is_hit in zip(rows, hit, strict=True)]
    return _file([row for row, is_hit in zip(changed, hit, strict=True) if is_hit or not only])


def _rows(roster: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(roster.decode("utf-8"))))


def _file(rows: Sequence[Mapping[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
