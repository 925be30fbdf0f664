"""/producers/{npn}/moves: a producer's change of residence, as the command has it."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated

from apiflask import APIBlueprint
from pydantic import BeforeValidator, StringConstraints, WithJsonSchema

from app.domain.moves import Move, filing_rule
from app.storage import authority_facts
from app.storage import moves as storage
from app.storage.database import Transaction
from app.web.api.bodies import takes, wrong_field
from app.web.api.fields import Answer, Body, StateText
from app.web.api.keys import key, needs, tools
from app.web.api.presence import is_npn, nobody
from app.web.api.problems import Problem
from app.web.api.routes import REFUSES_BODIES, add
from app.workflows.licenses.file_address_change import file_address_change
from app.workflows.licenses.move_domicile import Objection, Refused, exposure_of, move_domicile
from app.workflows.licenses.restore_state import restore_state, what_is_missing
from app.workflows.licenses.withdraw_move import LONGEST_REASON, withdraw_move

_WRITTEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _day(value: object) -> object:
    if not isinstance(value, str) or not _WRITTEN.fullmatch(value):
        raise ValueError("a day of the calendar, e.g. 2026-11-18")
    return date.fromisoformat(value)


Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"}, mode="validation")]


class ReportedMove(Body):
    """With `correct` the open move is changed instead; its earlier date stays."""

    to: StateText
    on: Day
    correct: bool = False


class Filing(Body):
    """Without `on`: now."""

    on: Day | None = None


class Withdrawal(Body):
    """Why the report was false, in one line."""

    because: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_REASON)]


class MoveState(Answer):
    """`missing`: what must come before authority can; null where nothing does, or it is back already."""

    state: str
    role: str
    due_on: date
    asks: str
    filed_at: datetime | None
    restored_at: datetime | None
    missing: str | None


class ExposedCall(Answer):
    """A call that was bridged after the move. `states` is empty where the ledger cannot tell them."""

    call_sid: str
    at: datetime
    states: list[str]
    decision_id: int | None
    why: str


class ProducerMove(Answer):
    """`late`: reported after the clock had run, or after calls were bridged. `exposed_calls` is null while nobody has looked.

    With `withdrawn_at` the report was false: nothing is due, and what it suspended waits to be restored.
    """

    id: int
    npn: str
    from_state: str
    to_state: str
    moved_on: date
    due_on: date
    reported_at: datetime
    reported_by: str
    late: bool
    exposed_calls: int | None
    closed_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    withdrawn_because: str | None
    states: list[MoveState]
    exposed: list[ExposedCall]


class ProducerMoves(Answer):
    """The newest first."""

    items: list[ProducerMove]


def add_to(blueprint: APIBlueprint) -> None:
    path = "/producers/<npn>/moves"
    add(blueprint, "GET", path, list_moves, ProducerMoves, problems=[404])
    add(blueprint, "POST", path, report_move, ProducerMove, status=201, problems=[404, 409, *REFUSES_BODIES])
    add(blueprint, "POST", f"{path}/withdraw", withdraw, ProducerMove, problems=[404, 409, *REFUSES_BODIES])
    add(blueprint, "POST", f"{path}/<state>/filed", file_move, ProducerMove, problems=[404, *REFUSES_BODIES])
    add(blueprint, "POST", f"{path}/<state>/restored", restore_move, ProducerMove, problems=[404, 409, 413])


@needs("roster")
def list_moves(npn: str) -> ProducerMoves:
    """A producer's moves, with what each state still lacks."""
    now = tools().clock.now()
    with tools().database.read() as tx:
        if not is_npn(npn) or authority_facts.producer_id_of(tx, npn) is None:
            raise nobody()
        return ProducerMoves(items=[_answer(tx, move, now) for move in storage.of_producer(tx, npn)])


@needs("roster")
@takes(ReportedMove)
def report_move(npn: str, body: ReportedMove) -> ProducerMove:
    """Report that a producer moved to another state: authority is suspended at once."""
    if not is_npn(npn):
        raise nobody()
    found = move_domicile(
        npn,
        body.to,
        body.on,
        correct=body.correct,
        actor=key().actor,
        database=tools().database,
        now=tools().clock.now(),
    )
    return _shown(found if isinstance(found, Refused) else found.move)


@needs("roster")
@takes(Filing)
def file_move(npn: str, state: str, body: Filing) -> ProducerMove:
    """The change of address is filed in the state."""
    if not is_npn(npn):
        raise nobody()
    return _shown(
        file_address_change(npn, state, body.on, actor=key().actor, database=tools().database, now=tools().clock.now())
    )


@needs("roster")
def restore_move(npn: str, state: str) -> ProducerMove:
    """Give authority back in the state, where the roster bears it out."""
    if not is_npn(npn):
        raise nobody()
    return _shown(restore_state(npn, state, actor=key().actor, database=tools().database, now=tools().clock.now()))


@needs("roster")
@takes(Withdrawal)
def withdraw(npn: str, body: Withdrawal) -> ProducerMove:
    """The report of the open move was false, says another key than the one that reported it."""
    if not is_npn(npn):
        raise nobody()
    return _shown(
        withdraw_move(npn, body.because, actor=key().actor, database=tools().database, now=tools().clock.now())
    )


def _shown(found: Move | Refused) -> ProducerMove:
    if isinstance(found, Refused):
        raise _problem(found)
    with tools().database.read() as tx:
        return _answer(tx, found, tools().clock.now())


def _problem(refused: Refused) -> Problem:
    if refused.objection is Objection.WRONG and refused.field:
        return wrong_field(refused.field, refused.why)
    status = {Objection.UNKNOWN: 404, Objection.WRONG: 422, Objection.NOT_NOW: 409}[refused.objection]
    return Problem(status, f"{refused.why[:1].upper()}{refused.why[1:]}.")


def _answer(tx: Transaction, move: Move, now: datetime) -> ProducerMove:
    missing = what_is_missing(tx, move, now)
    return ProducerMove(
        id=move.id,
        npn=move.npn,
        from_state=move.from_state,
        to_state=move.to_state,
        moved_on=move.moved_on,
        due_on=move.due_on,
        reported_at=move.reported_at,
        reported_by=move.reported_by,
        late=move.late,
        exposed_calls=move.exposed_calls,
        closed_at=move.closed_at,
        withdrawn_at=move.withdrawn_at,
        withdrawn_by=move.withdrawn_by,
        withdrawn_because=move.withdrawn_because,
        states=[
            MoveState(
                state=step.state,
                role=move.role(step.state),
                due_on=step.due_on,
                asks=filing_rule(step.state).asks,
                filed_at=step.filed_at,
                restored_at=step.restored_at,
                missing=missing.get(step.state),
            )
            for step in move.steps
        ],
        exposed=[
            ExposedCall(
                call_sid=each.call_sid,
                at=each.at,
                states=list(each.states),
                decision_id=each.decision_id,
                why=each.why,
            )
            for each in exposure_of(tx, move)
        ],
    )
