"""Close a state: from that instant on nobody of it is offered, and a call that rings is refused at the key press."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain import states as jurisdictions
from app.storage import expansion, ledger, moves, openings
from app.storage.database import Database
from app.storage.openings import StateOpening
from app.storage.roster_changes import RosterChange
from app.workflows.licenses.verify_document import told_by

LONGEST_REASON = 500


@dataclass(frozen=True)
class StateClosed:
    """`opening` None: it never was open, only its project was closed. `version` None: it was closed already."""

    state: str
    opening: StateOpening | None
    version: int | None
    project_id: int | None


@dataclass(frozen=True)
class NotClosed:
    """`field` names what was wrong in the request; empty where there is nothing to close."""

    why: str
    field: str = ""


def close_state(state: str, *, reason: str, actor: str, database: Database, now: datetime) -> StateClosed | NotClosed:
    """Close the state and its project at once. Opening it again takes a new project, and a document again."""
    code, reason = state.strip().upper(), reason.strip()
    if not jurisdictions.is_state(code):
        return NotClosed(f"{code[:20]}: not the USPS code of a state that licenses producers", field="state")
    if len(reason) > LONGEST_REASON or not reason.isprintable():
        return NotClosed(f"a reason is one line of at most {LONGEST_REASON} characters", field="reason")
    with database.begin() as tx:
        moves.keep_others_out(tx)
        opening, project = openings.of_state(tx, code), expansion.project_of(tx, code)
        if opening is None and project is None:
            return NotClosed(f"{code} was never open, and no expansion into it is under way")
        change = RosterChange(tx, now=now, actor=actor, source="state_close")
        if opening is not None and opening.is_open:
            openings.close_state(tx, change, opening)
        if project is not None:
            expansion.change(tx, project.id, status=expansion.CLOSED, closed_at=now)
        if change.version is not None or project is not None:
            facts = {
                "state": code,
                "reason": reason,
                "by": told_by(actor),
                "was_open": change.version is not None,
                "project": None if project is None else project.id,
                "version": change.version,
            }
            ledger.write(tx, kind="state_closed", now=now, actor=actor, facts=facts)
        opening = openings.of_state(tx, code)
    return StateClosed(code, opening, change.version, None if project is None else project.id)
