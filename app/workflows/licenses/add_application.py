"""Name a producer who is to apply in a project's state, after the checks that save a fee for nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain import license_fees
from app.domain.expansion import Application, Obstacle, Project, Step, before_applying
from app.domain.lines import BadRequirement, Line, Requirement
from app.domain.states import State
from app.storage import authority_facts, expansion, ledger, moves
from app.storage.database import Database, Transaction


@dataclass(frozen=True)
class Added:
    """The application; and what is asked for besides the fee, maybe nothing."""

    project: Project
    application: Application
    extras: str


@dataclass(frozen=True)
class NotAdded:
    """`field` names what was wrong in the request; `obstacles` are the checks that failed; neither: it is not there."""

    why: str
    field: str = ""
    obstacles: tuple[Obstacle, ...] = ()


def add_application(
    state: State, npn: str, loa: str, *, actor: str, database: Database, now: datetime
) -> Added | NotAdded:
    """Add it to the state's project; `loa` is a line, or several joined by +. Named again it is refused."""
    lines = _lines(loa)
    if isinstance(lines, NotAdded):
        return lines
    with database.begin() as tx:
        moves.keep_others_out(tx)
        project = expansion.project_of(tx, state)
        if project is None:
            return NotAdded(f"no expansion into {state} is under way")
        producer_id = authority_facts.producer_id_of(tx, npn)
        if producer_id is None:
            return NotAdded(f"no producer has NPN {npn}", field="npn")
        obstacles = checks(tx, project, npn, lines, now)
        if obstacles:
            why = "; ".join(obstacle.why for obstacle in obstacles)
            return NotAdded(f"NPN {npn} cannot apply in {state}: {why}", obstacles=obstacles)
        fee = license_fees.fee(state)
        application_id = expansion.add_application(
            tx, project.id, producer_id, "+".join(lines), estimated_cents=fee.high_cents, now=now
        )
        facts = {
            "project": project.id,
            "state": state,
            "application": application_id,
            "npn": npn,
            "lines": lines,
            "estimated_cents": fee.high_cents,
            "fee_as_of": fee.as_of.isoformat(),
        }
        ledger.write(tx, kind="application_added", now=now, actor=actor, facts=facts)
        added = expansion.application(tx, project.id, application_id)
        assert added is not None
    return Added(project, added, fee.extras)


def checks(
    tx: Transaction, project: Project, npn: str, lines: tuple[Line, ...], now: datetime, *, but: int | None = None
) -> tuple[Obstacle, ...]:
    """What speaks against the application today, application `but` aside; empty where nothing does."""
    producer = authority_facts.producer(tx, authority_facts.producer_id_of(tx, npn) or 0)
    if producer is None:
        return (Obstacle("not_on_roster", f"no producer has NPN {npn}"),)
    applied_for = {
        line
        for other in expansion.applications_of(tx, project.id)
        if other.npn == npn and other.id != but and other.status != Step.REFUSED
        for line in other.lines
    }
    has_open_move = moves.open_of(tx, npn) is not None
    return before_applying(
        producer, project.state, lines, has_open_move=has_open_move, applied_for=applied_for, now=now
    )


def _lines(loa: str) -> tuple[Line, ...] | NotAdded:
    try:
        alternatives = Requirement.parse(loa).alternatives
    except BadRequirement as error:
        return NotAdded(str(error), field="loa")
    if len(alternatives) != 1:
        return NotAdded(f"{loa!r}: an application is for a line, or several joined by +", field="loa")
    return alternatives[0]
