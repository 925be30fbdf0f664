"""The ledger as a person reads it: newest first, narrowed down, page by page, never more at once than a page can wait for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, or_, select

from app.domain.states import State
from app.storage.ledger import Entry, entry_of
from app.storage.models.base import table_of
from app.storage.models.ledger import LedgerRow

_ledger = table_of(LedgerRow)

LOOKED_AT = 20_000
"""So many entries are searched for a name in one go: who and where stand in the facts, which have no index."""


@dataclass(frozen=True)
class Narrowed:
    """What a reader wants to see; None and "": everything. `npn` and `state` are looked for in the facts.

    From `since` on and before `until`.
    """

    kind: str = ""
    actor: str = ""
    npn: str = ""
    state: State = ""
    call_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def searches(self) -> bool:
        return bool(self.npn or self.state)


@dataclass(frozen=True)
class Position:
    """A place between two entries: what comes after it is older than this one."""

    at: datetime
    entry_id: int


@dataclass(frozen=True)
class LedgerPage:
    """Newest first. `next_after` None: there is nothing older. `looked_back_to`: the search ended there, and may go on."""

    entries: tuple[Entry, ...]
    next_after: Position | None
    looked_back_to: datetime | None = None


def page(
    tx: Connection, narrowed: Narrowed, *, after: Position | None, limit: int, looked_at: int = LOOKED_AT
) -> LedgerPage:
    """The next `limit` entries, or as many as there are among the next `looked_at` where the facts are searched."""
    where = list(_where(narrowed, after))
    end = _end_of_window(tx, where, looked_at) if narrowed.searches else None
    if end is not None:
        where.append(_ledger.c.at >= end.at)
        where.append(or_(_ledger.c.at > end.at, _ledger.c.id >= end.entry_id))
    query = _newest_first(select(_ledger).where(*where, *_mentions(narrowed))).limit(limit + 1)
    found = [entry_of(row) for row in tx.execute(query).mappings()]
    entries = tuple(each for each in found[:limit] if _is_about(each, narrowed))
    if len(found) > limit:
        last = found[limit - 1]
        return LedgerPage(entries, Position(last.at, last.entry_id))
    return LedgerPage(entries, end, end.at if end else None)


def kinds(tx: Connection) -> list[str]:
    """Every kind of entry that there is, by name: one look into the index each, however long the ledger."""
    found: list[str] = []
    while True:
        query = select(_ledger.c.kind).where(_ledger.c.kind > (found[-1] if found else "")).order_by(_ledger.c.kind)
        kind = tx.execute(query.limit(1)).scalar()
        if kind is None:
            return found
        found.append(kind)


def _where(narrowed: Narrowed, after: Position | None) -> Iterator[ColumnElement[bool]]:
    if narrowed.kind:
        yield _ledger.c.kind == narrowed.kind
    if narrowed.actor:
        yield _ledger.c.actor == narrowed.actor
    if narrowed.call_id is not None:
        yield _ledger.c.call_id == narrowed.call_id
    if narrowed.since is not None:
        yield _ledger.c.at >= narrowed.since
    if narrowed.until is not None:
        yield _ledger.c.at < narrowed.until
    if after is not None:
        yield _ledger.c.at <= after.at
        yield or_(_ledger.c.at < after.at, _ledger.c.id < after.entry_id)


def _end_of_window(tx: Connection, where: list[ColumnElement[bool]], looked_at: int) -> Position | None:
    """The last entry that is looked at; None where there are fewer."""
    query = _newest_first(select(_ledger.c.at, _ledger.c.id).where(*where)).offset(looked_at - 1).limit(1)
    row = tx.execute(query).first()
    return None if row is None else Position(row.at, row.id)


def _newest_first(query: Select[Any]) -> Select[Any]:
    return query.order_by(_ledger.c.at.desc(), _ledger.c.id.desc())


def _mentions(narrowed: Narrowed) -> Iterator[ColumnElement[bool]]:
    """What may be about them, told by the text; `_is_about` then reads it."""
    facts = _ledger.c.facts
    if narrowed.npn:
        yield or_(facts.contains(f'"{narrowed.npn}"'), facts.contains(f'"{narrowed.npn}/'))
    if narrowed.state:
        yield or_(*(facts.contains(f"{before}{narrowed.state}") for before in ('"', "/", "|")))


def _is_about(entry: Entry, narrowed: Narrowed) -> bool:
    words = set(_words(entry.facts)) if narrowed.searches else set()
    return (not narrowed.npn or narrowed.npn in words) and (not narrowed.state or narrowed.state in words)


_BETWEEN = re.compile(r"[/|]")


def _words(facts: Any) -> Iterator[str]:
    """Every text in the facts, names of fields included, and the parts of "90000001/OH/life" and "OH|KY"."""
    match facts:
        case str():
            yield from _BETWEEN.split(facts)
        case dict():
            for name, value in facts.items():
                yield from _BETWEEN.split(name)
                yield from _words(value)
        case list():
            for value in facts:
                yield from _words(value)
