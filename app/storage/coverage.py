"""Who has authority where, of the whole roster at once: for pages that count and list, never for a call.

The rule stands here once more, as a set: judging 10,000 licenses one by one takes longer than a page may. A test holds it
to domain/licensing.judge, as tests/storage/test_gate_agrees.py holds the gate's statement. Teams, carriers and the
expansion gate are not asked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    FromClause,
    Select,
    String,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
    union,
    union_all,
)

from app.domain.cascade import Pair
from app.domain.licensing import IN_FORCE, Producer, Residency
from app.domain.lines import Line, Requirement
from app.domain.states import State
from app.storage.authority_facts import license_of
from app.storage.models.base import table_of
from app.storage.models.roster import DomicileHoldRow, LicenseRow, ProducerRow

_producers, _licenses = table_of(ProducerRow), table_of(LicenseRow)
_holds = table_of(DomicileHoldRow)


# ---- the rule, as a set


def _authority(requirement: Requirement, now: datetime, state: State | None = None) -> FromClause:
    """(producer_id, state) of everybody who may take `requirement` there now; with `state` only there."""
    return union(*(_whole(group, now, state) for group in requirement.alternatives)).subquery()


def _whole(group: Sequence[Line], now: datetime, state: State | None) -> Select[Any]:
    """Every line of the group there and at home, in force; the producer neither suspended nor on the move."""
    heres, homes = [_licenses.alias() for _ in group], [_licenses.alias() for _ in group]
    first = heres[0]
    joined: FromClause = _producers.join(first, first.c.producer_id == _producers.c.id)
    conditions: list[ColumnElement[bool]] = [_producers.c.suspended.is_(False)]
    if state is not None:
        conditions += [here.c.state == state for here in heres]
    for line, here, home in zip(group, heres, homes, strict=True):
        if here is not first:
            joined = joined.join(here, and_(here.c.producer_id == _producers.c.id, here.c.state == first.c.state))
        # Where the license is the resident one itself, it is its own home.
        joined = joined.join(
            home, and_(home.c.producer_id == _producers.c.id, home.c.state == _producers.c.resident_state)
        )
        conditions += [here.c.line == str(line), home.c.line == str(line), home.c.residency == str(Residency.RESIDENT)]
        conditions += [*_in_force(here, now), *_in_force(home, now)]
    held = select(_holds.c.state).where(
        _holds.c.producer_id == _producers.c.id,
        or_(_holds.c.state == first.c.state, _holds.c.state == _producers.c.resident_state),
    )
    found = select(first.c.producer_id, first.c.state).select_from(joined)
    return found.where(*conditions, ~held.correlate(_producers, first).exists())


def _in_force(licenses: FromClause, now: datetime) -> list[ColumnElement[bool]]:
    return [
        licenses.c.status.in_([str(status) for status in IN_FORCE]),
        licenses.c.authority_from <= now,
        licenses.c.authority_until > now,
        licenses.c.stale_at > now,
    ]


# ---- counting


def counted(tx: Connection, requirement: Requirement, now: datetime) -> dict[State, int]:
    """How many producers have authority in each state; no key where nobody has."""
    authority = _authority(requirement, now)
    rows = tx.execute(select(authority.c.state, func.count()).group_by(authority.c.state))
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True)
class Ending:
    """Licenses in one state that end soon: so many producers', the first after `first_on`."""

    producers: int
    first_on: date


def ending(tx: Connection, requirement: Requirement, now: datetime, until: datetime) -> dict[State, Ending]:
    """Licenses for the lines of `requirement` in force now whose authority ends by `until`, by state."""
    rows = tx.execute(
        select(_licenses.c.state, func.count(_licenses.c.producer_id.distinct()), func.min(_licenses.c.expires_on))
        .where(
            _licenses.c.line.in_(_names(requirement)),
            *_in_force(_licenses, now),
            _licenses.c.authority_until <= until,
        )
        .group_by(_licenses.c.state)
    )
    return {row[0]: Ending(row[1], row[2]) for row in rows}


def states_held(tx: Connection, requirement: Requirement) -> list[State]:
    """Where anybody has, or had, a license for a line of `requirement`; by code."""
    held = select(_licenses.c.state).where(_licenses.c.line.in_(_names(requirement))).distinct()
    return sorted(tx.execute(held).scalars())


def lines_held(tx: Connection) -> list[Line]:
    """Every line that somebody on the roster has."""
    found = set(tx.execute(select(_licenses.c.line).distinct()).scalars())
    return [line for line in Line if line in found]


# ---- who is left


_PAGE = 300
"""Producers looked at together: where each third is licensed, the first hundred are among them."""


@dataclass(frozen=True)
class Somebody:
    """A producer by their numbers alone."""

    producer_id: int
    npn: str


def first_able(
    tx: Connection, pairs: Collection[Pair], now: datetime, *, besides: int, limit: int
) -> dict[Pair, tuple[Somebody, ...]]:
    """Who but the producer `besides` may take callers for each single line there, the first `limit` by NPN.

    Page by page: ranking 1,000 producers whole in one statement took 190 ms, this takes 80 (36 pairs, SQLite).
    """
    found: dict[Pair, tuple[Somebody, ...]] = dict.fromkeys(pairs, ())
    after = ""
    while wanted := [pair for pair, some in found.items() if len(some) < limit]:
        page = [Somebody(*row) for row in tx.execute(_holders(wanted, after, besides))]
        if not page:
            break
        able: dict[Pair, set[int]] = {}
        for producer_id, state, line in tx.execute(_able_of(wanted, page, now)):
            able.setdefault((state, Line(line)), set()).add(producer_id)
        for pair in wanted:
            ids = able.get(pair, set())
            found[pair] = (*found[pair], *(each for each in page if each.producer_id in ids))[:limit]
        after = page[-1].npn
    return found


def _holders(wanted: Collection[Pair], after: str, besides: int) -> Select[Any]:
    """The next producers by NPN with a license for one of the pairs, whatever became of it."""
    held = exists(
        select(_licenses.c.state).where(
            _licenses.c.producer_id == _producers.c.id,
            _licenses.c.state.in_(sorted({state for state, _ in wanted})),
            _licenses.c.line.in_(sorted({str(line) for _, line in wanted})),
        )
    )
    later = (_producers.c.npn > after, _producers.c.id != besides)
    return select(_producers.c.id, _producers.c.npn).where(*later, held).order_by(_producers.c.npn).limit(_PAGE)


def _able_of(wanted: Collection[Pair], page: Collection[Somebody], now: datetime) -> CompoundSelect[Any]:
    """(producer_id, state, line) of those on the page who may take it."""
    ids = [each.producer_id for each in page]
    wholes = []
    for line in sorted({line for _, line in wanted}):
        whole = _whole((line,), now, None)
        there = whole.selected_columns["state"].in_(sorted(state for state, asked in wanted if asked is line))
        wholes.append(whole.add_columns(literal(str(line), String)).where(there, _producers.c.id.in_(ids)))
    return union_all(*wholes)


# ---- listing


class Which(StrEnum):
    """Of whom a page of the roster is: by how they stand for the requirement."""

    HOLDING = "holding"  # they have a license for it somewhere, whatever became of it
    ALLOWED = "allowed"  # it gives them authority now
    BLOCKED = "blocked"  # they have one that gives them none
    SUSPENDED = "suspended"  # we ourselves took them out
    EVERYBODY = "everybody"


@dataclass(frozen=True)
class Found:
    """Some of `total` producers, by name."""

    total: int
    producer_ids: tuple[int, ...]


def search(
    tx: Connection,
    requirement: Requirement,
    now: datetime,
    *,
    which: Which = Which.HOLDING,
    text: str = "",
    state: State | None = None,
    limit: int | None,
    offset: int = 0,
) -> Found:
    """Producers by last name, first name and NPN; `limit` None: all of them.

    `text`: the beginning of an NPN, or a part of the name. `state`: as they stand there.
    """
    where = [*_named(text), *_standing(which, requirement, now, state)]
    names = (_producers.c.last_name, _producers.c.first_name, _producers.c.npn)
    # All ids at once: counting them apart would ask the rule twice.
    ids = tx.execute(select(_producers.c.id).where(*where).order_by(*names)).scalars().all()
    return Found(len(ids), tuple(ids[offset : None if limit is None else offset + limit]))


def _named(text: str) -> list[ColumnElement[bool]]:
    text = " ".join(text.split())
    if not text:
        return []
    if text.isdecimal() and text.isascii():
        return [_producers.c.npn.startswith(text, autoescape=True)]
    name = func.lower(_producers.c.first_name + " " + _producers.c.last_name)
    return [name.contains(text.lower(), autoescape=True)]


def _standing(which: Which, requirement: Requirement, now: datetime, state: State | None) -> list[ColumnElement[bool]]:
    there = [] if state is None else [_licenses.c.state == state]
    held = (_licenses.c.producer_id == _producers.c.id, _licenses.c.line.in_(_names(requirement)), *there)
    if which is Which.EVERYBODY:
        return []
    if which is Which.SUSPENDED:
        return [_producers.c.suspended.is_(True)]
    if which is Which.HOLDING:
        return [exists(select(_licenses.c.state).where(*held))]
    authority = _authority(requirement, now, state)
    if which is Which.ALLOWED:
        return [_producers.c.id.in_(select(authority.c.producer_id))]
    without = (
        select(_licenses.c.producer_id)
        .outerjoin(
            authority,
            and_(authority.c.producer_id == _licenses.c.producer_id, authority.c.state == _licenses.c.state),
        )
        .where(_licenses.c.line.in_(_names(requirement)), *there, authority.c.state.is_(None))
    )
    return [_producers.c.id.in_(without)]


def people(tx: Connection, producer_ids: Collection[int], *, there: State | None = None) -> list[Producer]:
    """These producers with every license (by state and line) and hold, in the order given. Appointments are not read.

    With `there` only the licenses in that state and at home: what `judge` reads for it.
    """
    ids = list(producer_ids)
    rows = {row["id"]: row for row in tx.execute(select(_producers).where(_producers.c.id.in_(ids))).mappings()}
    licenses: dict[int, list[Mapping[Any, Any]]] = {}
    theirs = select(_licenses).where(_licenses.c.producer_id.in_(ids)).order_by(_licenses.c.state, _licenses.c.line)
    if there is not None:
        theirs = theirs.join(_producers, _producers.c.id == _licenses.c.producer_id)
        theirs = theirs.where(or_(_licenses.c.state == there, _licenses.c.state == _producers.c.resident_state))
    for held in tx.execute(theirs).mappings():
        licenses.setdefault(held["producer_id"], []).append(held)
    holds: dict[int, set[State]] = {}
    for hold in tx.execute(select(_holds).where(_holds.c.producer_id.in_(ids))).mappings():
        holds.setdefault(hold["producer_id"], set()).add(hold["state"])
    return [
        Producer(
            producer_id=producer_id,
            npn=row["npn"],
            first_name=row["first_name"],
            last_name=row["last_name"],
            resident_state=row["resident_state"],
            suspended=row["suspended"],
            licenses=tuple(license_of(held) for held in licenses.get(producer_id, ())),
            domicile_holds=frozenset(holds.get(producer_id, ())),
        )
        for producer_id in ids
        if (row := rows.get(producer_id)) is not None
    ]


def _names(requirement: Requirement) -> list[str]:
    return sorted(str(line) for line in requirement.lines)
