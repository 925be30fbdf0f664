"""Producers by states for one requirement: a page at a time, or all of it for a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.domain.licensing import License, Opening, Producer, Reason, judge
from app.domain.lines import Requirement
from app.domain.states import State
from app.storage import coverage, impact_facts
from app.storage.coverage import Which
from app.storage.database import Database, Transaction
from app.workflows.authority.coverage import Gate, gate_of, question_of

PRODUCERS_A_PAGE = 50


class Standing(StrEnum):
    """How a producer stands in a state."""

    ALLOWED = "allowed"
    NOT_OPEN = "not_open"  # the license is good, the state takes no calls
    BLOCKED = "blocked"  # there is a license, and it gives no authority
    OTHER_LINE = "other_line"  # licensed there, for something else
    NONE = "none"


@dataclass(frozen=True)
class Cell:
    """One producer in one state. `reasons` against it; `expires_on` of the license that ends first, None: perpetual or none."""

    state: State
    standing: Standing
    reasons: tuple[Reason, ...] = ()
    expires_on: date | None = None


@dataclass(frozen=True)
class Row:
    """One producer. A state that is not among `cells` has no license of theirs."""

    producer: Producer
    cells: Mapping[State, Cell]


@dataclass(frozen=True)
class Asked:
    """Which part of the matrix."""

    requirement: Requirement
    which: Which = Which.HOLDING
    text: str = ""
    state: State | None = None


@dataclass(frozen=True)
class MatrixPage:
    """`states` are the columns; `total` producers, of whom `rows` are page `number` (from 1) of `pages`."""

    states: tuple[State, ...]
    gates: Mapping[State, Gate]
    rows: tuple[Row, ...]
    total: int
    number: int
    pages: int


def matrix_page(tx: Transaction, asked: Asked, now: datetime, *, number: int = 1) -> MatrixPage:
    """Page `number`, or the last one where there are fewer."""
    found = _search(tx, asked, now, offset=_before(number))
    pages = max(1, -(-found.total // PRODUCERS_A_PAGE))
    if number > pages:
        number, found = pages, _search(tx, asked, now, offset=_before(pages))
    columns = _columns(tx, asked)
    gates = impact_facts.every_opening(tx)
    rows = tuple(
        Row(producer, _cells(producer, asked.requirement, columns, gates, now))
        for producer in coverage.people(tx, found.producer_ids)
    )
    return MatrixPage(
        columns, {state: gate_of(gates.get(state), now) for state in columns}, rows, found.total, number, pages
    )


def every_row(database: Database, asked: Asked, now: datetime) -> Iterator[Row]:
    """All of it, by name: who is asked for once, then read some at a time, each in a short transaction of its own."""
    with database.read() as tx:
        ids = _search(tx, asked, now, limit=None).producer_ids
        columns, gates = _columns(tx, asked), impact_facts.every_opening(tx)
    for start in range(0, len(ids), PRODUCERS_A_PAGE):
        with database.read() as tx:
            people = coverage.people(tx, ids[start : start + PRODUCERS_A_PAGE])
        for producer in people:
            yield Row(producer, _cells(producer, asked.requirement, columns, gates, now))


def _columns(tx: Transaction, asked: Asked) -> tuple[State, ...]:
    return (asked.state,) if asked.state else tuple(coverage.states_held(tx, asked.requirement))


def _before(number: int) -> int:
    """How many producers stand on the pages before."""
    return (number - 1) * PRODUCERS_A_PAGE


def _search(
    tx: Transaction, asked: Asked, now: datetime, *, limit: int | None = PRODUCERS_A_PAGE, offset: int = 0
) -> coverage.Found:
    # Who is looked for by name is found even where they do not hold the line.
    which = Which.EVERYBODY if asked.text and asked.which is Which.HOLDING else asked.which
    return coverage.search(
        tx,
        asked.requirement,
        now,
        which=which,
        text=asked.text,
        state=asked.state,
        limit=limit,
        offset=offset,
    )


def _cells(
    producer: Producer,
    requirement: Requirement,
    columns: tuple[State, ...],
    gates: Mapping[State, Opening],
    now: datetime,
) -> dict[State, Cell]:
    held: dict[State, list[License]] = {}
    for license_ in producer.licenses:
        held.setdefault(license_.state, []).append(license_)
    return {
        state: _cell(producer, requirement, state, held[state], gates.get(state), now)
        for state in columns
        if state in held
    }


def _cell(
    producer: Producer,
    requirement: Requirement,
    state: State,
    held: list[License],
    opening: Opening | None,
    now: datetime,
) -> Cell:
    of_lines = [license_ for license_ in held if license_.line in requirement.lines]
    if not of_lines:
        return Cell(state, Standing.OTHER_LINE, (Reason.LOA_MISSING,))
    ends = min((license_.expires_on for license_ in of_lines if license_.expires_on is not None), default=None)
    verdict = judge(producer, question_of(state, requirement), now)
    if not verdict.allowed:
        return Cell(state, Standing.BLOCKED, verdict.reasons, ends)
    is_open = gate_of(opening, now) in (Gate.OPEN, Gate.PILOT)
    return Cell(state, Standing.ALLOWED if is_open else Standing.NOT_OPEN, (), ends)
