"""Who may take what, where, today; and where a campaign would find nobody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from app.domain import states
from app.domain.licensing import Opening, Producer, Question, Reason, judge
from app.domain.lines import Line, Requirement
from app.domain.states import State
from app.storage import authority_facts
from app.storage.campaigns import Campaign
from app.storage.database import Database, Transaction

PRODUCERS_AT_ONCE = 20
CELLS_AT_ONCE = 2000


@dataclass(frozen=True)
class Cell:
    """One producer, state and line that is on the roster. `territory`: only some ZIPs of the state are open."""

    npn: str
    name: str
    state: State
    line: Line
    allowed: bool
    reasons: tuple[Reason, ...]
    territory: bool


@dataclass(frozen=True)
class Gaps:
    """Where a campaign would find nobody although the state is open, and where somebody could but it is not open."""

    open_without_authority: tuple[State, ...]
    authority_but_not_open: tuple[State, ...]


@dataclass(frozen=True, order=True)
class Place:
    """Where a reader of the matrix stands: cells come by NPN, state and line, as text."""

    npn: str = ""
    state: State = ""
    line: str = ""


def authority_matrix(tx: Transaction, now: datetime, npn: str | None = None) -> list[Cell]:
    """A cell for each license, of everybody or of `npn`, by NPN, state and line. Teams and carriers are not asked."""
    return list(cells_after(tx, now, Place(), npn=npn))


def every_cell(database: Database, now: datetime, npn: str | None = None) -> Iterator[Cell]:
    """The same, read page by page: however large the roster is, and however slowly the reader reads."""
    after = Place()
    while True:
        with database.read() as tx:
            page = list(islice(cells_after(tx, now, after, npn=npn), CELLS_AT_ONCE))
        yield from page
        if len(page) < CELLS_AT_ONCE:
            return
        after = place_of(page[-1])


def place_of(cell: Cell) -> Place:
    return Place(cell.npn, cell.state, str(cell.line))


def cells_after(tx: Transaction, now: datetime, after: Place, *, npn: str | None = None) -> Iterator[Cell]:
    """The cells behind `after`, judged one by one as they are asked for."""
    openings = authority_facts.openings(tx, states.ALL, None)
    whole = {state: replace(opening, zips=None) for state, opening in openings.items()}
    for producer in _roster(tx, npn, after):
        for state, line in sorted({(held.state, held.line) for held in producer.licenses}):
            if Place(producer.npn, state, str(line)) <= after:
                continue
            verdict = judge(producer, Question((state,), Requirement(((line,),)), openings=whole), now)
            territory = state in openings and openings[state].zips is not None
            yield Cell(producer.npn, producer.name, state, line, verdict.allowed, verdict.reasons, territory)


def _roster(tx: Transaction, npn: str | None, after: Place) -> Iterator[Producer]:
    """Some producers at a time, from the one on whom `after` stands."""
    producer_id = authority_facts.producer_id_of(tx, npn or after.npn)
    producer = None if producer_id is None else authority_facts.producer(tx, producer_id)
    if producer is not None:
        yield producer
    last = after.npn
    while npn is None and (page := authority_facts.page(tx, last, PRODUCERS_AT_ONCE)):
        yield from page
        last = page[-1].npn


def gaps_of(tx: Transaction, campaign: Campaign, now: datetime) -> Gaps:
    """The roster's gaps for a campaign's line, team and carrier, today; a territory counts as its state."""
    openings = authority_facts.openings(tx, states.ALL, None)
    is_open = {state for state, opening in openings.items() if opening.is_open}
    served = {state for producer in authority_facts.everybody(tx) for state in _could_serve(producer, campaign, now)}
    return Gaps(tuple(sorted(is_open - served)), tuple(sorted(served - is_open)))


def _could_serve(producer: Producer, campaign: Campaign, now: datetime) -> Iterator[State]:
    for state in {held.state for held in producer.licenses}:
        question = Question(
            states=(state,),
            requirement=campaign.requirement,
            openings={state: Opening(is_open=True)},
            carrier=campaign.policy.carrier,
            team=campaign.team,
        )
        if judge(producer, question, now).allowed:
            yield state
