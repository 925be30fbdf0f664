"""The gate as one statement: who may take this caller right now and is free, longest idle first.

It walks the desk and probes the live license rows by primary key; a guard answers "nobody is licensed there" without the
walk (PERFORMANCE.md section 2). Statements are built once for each shape of question, never per call. The rule stands a
second time in domain/licensing.judge; tests/storage/test_gate_agrees.py holds them together.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    bindparam,
    case,
    exists,
    false,
    literal_column,
    or_,
    select,
    true,
)

from app.domain.licensing import IN_FORCE, Question, carrier_key
from app.domain.lines import Line
from app.domain.routing import Candidate
from app.domain.states import State
from app.storage.models.base import table_of
from app.storage.models.campaigns import TeamMemberRow
from app.storage.models.desk import DeskRow
from app.storage.models.roster import (
    AppointmentRow,
    DomicileHoldRow,
    LicenseRow,
    ProducerRow,
    StateOpeningRow,
    TerritoryZipRow,
)

_desk, _producers, _team = table_of(DeskRow), table_of(ProducerRow), table_of(TeamMemberRow)
_licenses, _holds, _appointments = table_of(LicenseRow), table_of(DomicileHoldRow), table_of(AppointmentRow)
_openings, _territory = table_of(StateOpeningRow), table_of(TerritoryZipRow)
_IN_FORCE = tuple(str(status) for status in IN_FORCE)


_OF_THE_TEAM = ("priority", "weight", "language")


@dataclass(frozen=True)
class _Shape:
    """What makes one statement differ from another; everything else is a parameter."""

    postgres: bool
    states: int
    alternatives: tuple[tuple[Line, ...], ...]
    carrier: bool
    team: bool
    walk: bool
    tried: int = 0


def eligible(
    tx: Connection,
    question: Question,
    now: datetime,
    *,
    campaign_id: int | None,
    tried: Collection[int] = (),
    on: date | None = None,
    limit: int = 20,
) -> list[Candidate]:
    """Producers with authority for `question` at `now` who are available, not held, not in wrap-up, not capped, not tried.

    At most `limit`, longest idle first. `on` is today where the campaign is, for the day's cap. Without states: nobody.
    """
    if not question.states:
        return []
    shape = replace(_shape(tx, question, walk=True), tried=len(tried))
    rung = {f"tried_{index}": producer_id for index, producer_id in enumerate(tried)}
    rows = tx.execute(_statement(shape), {**_parameters(question, now, campaign_id), **rung, "limit": limit, "on": on})
    if not shape.team:
        return [Candidate(producer_id=row[0], last_offered_at=row[1], taken_today=row[2]) for row in rows]
    return [Candidate(**row._asdict()) for row in rows]


def somebody_licensed(tx: Connection, question: Question, now: datetime, *, campaign_id: int | None) -> bool:
    """Whether anybody at all has authority for `question`, free or not."""
    if not question.states:
        return False
    statement = _statement(_shape(tx, question, walk=False))
    return tx.execute(statement, {**_parameters(question, now, campaign_id), "limit": 1}).first() is not None


def licensed(tx: Connection, question: Question, now: datetime, *, campaign_id: int | None, limit: int) -> set[int]:
    """Producers with authority for `question`, free or not; at most `limit`."""
    if not question.states:
        return set()
    statement = _statement(_shape(tx, question, walk=False))
    return {row[0] for row in tx.execute(statement, {**_parameters(question, now, campaign_id), "limit": limit})}


def covered(tx: Connection, question: Question, now: datetime, *, campaign_id: int | None) -> set[State]:
    """Those of the question's states in which somebody on duty, free or not, has authority; each state for itself.

    The agency's own side is not asked. For a page, never for a call.
    """
    if not question.states:
        return set()
    shape = replace(_shape(tx, question, walk=False), states=1)
    values = {**_parameters(question, now, campaign_id), "states": list(question.states)}
    return {row[0] for row in tx.execute(_coverage(shape), values)}


def _shape(tx: Connection, question: Question, *, walk: bool) -> _Shape:
    return _Shape(
        postgres=tx.dialect.name == "postgresql",
        states=len(question.states),
        alternatives=question.requirement.alternatives,
        carrier=question.carrier is not None,
        team=question.team is not None,
        walk=walk,
    )


def _parameters(question: Question, now: datetime, campaign_id: int | None) -> dict[str, Any]:
    return {
        "now": now,
        "campaign_id": campaign_id,
        "zip_code": question.zip_code,
        "carrier_key": carrier_key(question.carrier or ""),
        **{f"state_{index}": state for index, state in enumerate(question.states)},
    }


@lru_cache(maxsize=256)
def _statement(shape: _Shape) -> Select[Any]:
    states = [bindparam(f"state_{index}", type_=_licenses.c.state.type) for index in range(shape.states)]
    authority = _authority(shape, states)
    guard = and_(*(_guard(shape, state) for state in states))
    statement = _walk(shape) if shape.walk else _roll(shape)
    statement = statement.where(authority)
    limit: BindParameter[int] = bindparam("limit", type_=literal_column("0").type)
    if shape.postgres:
        return statement.where(guard).limit(limit)
    # On SQLite a guard in WHERE is tried per row; in LIMIT it is read once (PERFORMANCE.md: 26 ms -> 2 us).
    return statement.limit(case((guard, limit), else_=literal_column("0")))


def _walk(shape: _Shape) -> Select[Any]:
    """The desk in order, with the partial index's predicate repeated, else the index is not used."""
    joined = _desk.join(_producers, _producers.c.id == _desk.c.producer_id)
    taken = case((_desk.c.taken_on == bindparam("on", type_=_desk.c.taken_on.type), _desk.c.taken_today), else_=0)
    columns: list[ColumnElement[Any]] = [
        _desk.c.producer_id,
        _desk.c.last_offered_at,
        taken.label("taken_today"),
    ]
    conditions: list[ColumnElement[bool]] = [
        _desk.c.presence == literal_column("'available'"),
        _desk.c.held_by.is_(None),
        _desk.c.free_at <= bindparam("now", type_=_desk.c.free_at.type),
        _desk.c.present_until > bindparam("now", type_=_desk.c.free_at.type),
        *(_desk.c.producer_id != bindparam(f"tried_{index}") for index in range(shape.tried)),
    ]
    if shape.team:
        joined = joined.join(
            _team,
            and_(_team.c.producer_id == _desk.c.producer_id, _team.c.campaign_id == bindparam("campaign_id")),
        )
        columns += [_team.c[name] for name in _OF_THE_TEAM]
        conditions.append(or_(_team.c.cap.is_(None), taken < _team.c.cap))
    return (
        select(*columns).select_from(joined).where(*conditions).order_by(_desk.c.last_offered_at, _desk.c.producer_id)
    )


def _roll(shape: _Shape) -> Select[Any]:
    """Every producer, whoever is free."""
    joined: FromClause = _producers
    if shape.team:
        joined = _producers.join(
            _team,
            and_(_team.c.producer_id == _producers.c.id, _team.c.campaign_id == bindparam("campaign_id")),
        )
    return select(_producers.c.id).select_from(joined)


@lru_cache(maxsize=64)
def _coverage(shape: _Shape) -> Select[Any]:
    """Opened states with a licensed person at a desk; from the licenses there to the desk, which is short where few are."""
    now, there = bindparam("now", type_=_desk.c.present_until.type), _licenses.alias()
    joined = there.join(_desk, _desk.c.producer_id == there.c.producer_id).join(
        _producers, _producers.c.id == there.c.producer_id
    )
    if shape.team:
        of_team = and_(_team.c.producer_id == there.c.producer_id, _team.c.campaign_id == bindparam("campaign_id"))
        joined = joined.join(_team, of_team)
    lines = sorted({line for group in shape.alternatives for line in group})
    somebody: Select[Any] = (
        select(literal_column("1"))
        .select_from(joined)
        .where(
            there.c.state == _openings.c.state,
            there.c.line.in_([_literal(line) for line in lines]),
            there.c.status.in_([literal_column(f"'{status}'") for status in _IN_FORCE]),
            _desk.c.presence == literal_column("'available'"),
            _desk.c.present_until > now,
            _authority(shape, [_openings.c.state]),
        )
        .correlate(_openings)
    )
    asked: BindParameter[Any] = bindparam("states", expanding=True, type_=_openings.c.state.type)
    return select(_openings.c.state).where(_openings.c.state.in_(asked), exists(somebody))


def _authority(shape: _Shape, states: Sequence[ColumnElement[str]]) -> ColumnElement[bool]:
    """The producer's own side of `judge`: for each state, one alternative of the requirement, whole."""
    held = _probe(
        shape,
        _holds,
        (
            _holds.c.producer_id == _producers.c.id,
            or_(_holds.c.state.in_(states), _holds.c.state == _producers.c.resident_state),
        ),
    )
    # Licenses first: they rule out the most, and SQLite asks in this order.
    return and_(
        _producers.c.suspended == false(),
        *(or_(*(_all_lines(shape, state, group) for group in shape.alternatives)) for state in states),
        ~held,
    )


def _all_lines(shape: _Shape, state: ColumnElement[str], group: tuple[Line, ...]) -> ColumnElement[bool]:
    needed: list[ColumnElement[bool]] = []
    for line in group:
        needed.append(_licensed(shape, state, line))
        if shape.carrier:
            needed.append(_appointed(shape, state, line))
    return and_(*needed)


def _licensed(shape: _Shape, state: ColumnElement[str], line: Line) -> ColumnElement[bool]:
    here, home = _licenses.alias(), _licenses.alias()
    at_home = _probe(
        shape,
        home,
        (
            home.c.producer_id == _producers.c.id,
            home.c.state == _producers.c.resident_state,
            home.c.line == _literal(line),
            home.c.residency == literal_column("'resident'"),
            *_in_force(home),
        ),
    )
    is_home = and_(here.c.residency == literal_column("'resident'"), _producers.c.resident_state == state)
    return _probe(
        shape,
        here,
        (
            here.c.producer_id == _producers.c.id,
            here.c.state == state,
            here.c.line == _literal(line),
            *_in_force(here),
            or_(is_home, at_home),
        ),
    )


def _in_force(licenses: FromClause) -> list[ColumnElement[bool]]:
    now = bindparam("now", type_=_licenses.c.verified_at.type)
    return [
        licenses.c.status.in_([literal_column(f"'{status}'") for status in _IN_FORCE]),
        licenses.c.authority_from <= now,
        licenses.c.authority_until > now,
        licenses.c.stale_at > now,
    ]


def _appointed(shape: _Shape, state: ColumnElement[str], line: Line) -> ColumnElement[bool]:
    now = bindparam("now", type_=_licenses.c.verified_at.type)
    return _probe(
        shape,
        _appointments,
        (
            _appointments.c.producer_id == _producers.c.id,
            _appointments.c.state == state,
            _appointments.c.carrier_key == bindparam("carrier_key"),
            _appointments.c.line.in_([literal_column("''"), _literal(line)]),
            _appointments.c.active == true(),
            _appointments.c.authority_from <= now,
            or_(_appointments.c.authority_until.is_(None), _appointments.c.authority_until > now),
        ),
    )


def _guard(shape: _Shape, state: ColumnElement[str]) -> ColumnElement[bool]:
    """The agency's own side of `judge`, and whether anybody holds an active license there at all."""
    now = bindparam("now", type_=_licenses.c.verified_at.type)
    zip_known = exists(
        select(literal_column("1"))
        .select_from(_territory)
        .where(_territory.c.state == state, _territory.c.zip_code == bindparam("zip_code"))
    )
    opened = exists(
        select(literal_column("1"))
        .select_from(_openings)
        .where(
            _openings.c.state == state,
            _openings.c.is_open == true(),
            or_(_openings.c.agency_until.is_(None), _openings.c.agency_until > now),
            or_(_openings.c.territory == false(), zip_known),
        )
    )
    somebody = or_(*(and_(*(_held_by_somebody(state, line) for line in group)) for group in shape.alternatives))
    return and_(opened, somebody)


def _held_by_somebody(state: ColumnElement[str], line: Line) -> ColumnElement[bool]:
    held = _licenses.alias()
    return exists(
        select(literal_column("1"))
        .select_from(held)
        .where(
            held.c.state == state,
            held.c.line == _literal(line),
            held.c.status.in_([literal_column(f"'{status}'") for status in _IN_FORCE]),
        )
    )


def _probe(shape: _Shape, table: FromClause, conditions: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    """EXISTS over one table; every other table in `conditions` is the enclosing statement's row, never a table of its own.

    On PostgreSQL it is fenced by OFFSET 0, without which planning dominated (762 -> 121 us).
    """
    statement: Select[Any] = select(literal_column("1")).select_from(table).where(*conditions).correlate_except(table)
    return exists(statement.offset(literal_column("0")) if shape.postgres else statement)


def _literal(line: Line) -> ColumnElement[str]:
    """A line as SQL text: an enum's own value, never input."""
    return literal_column(f"'{line.value}'")
