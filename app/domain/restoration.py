"""Whether authority may come back in a state after a move: the resident license first, then each state on its own.

A report that was withdrawn comes back the same way, with the former residence as the home and nothing to be filed.
Nothing comes back by time or by an import; a person says so, and only what the roster has shown since counts.
Source: FLOWS.md, Licenses; DOMAIN.md section 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.domain.licensing import IN_FORCE, License, Producer, Residency, Status
from app.domain.moves import Move, Step
from app.domain.states import State

_GONE = (Status.CANCELLED, Status.REVOKED, Status.EXPIRED)


def why_not_restored(producer: Producer, move: Move, step: Step, now: datetime) -> str | None:
    """What is missing before authority may come back in the step's state; None where nothing is."""
    if step.state == move.home:
        return _why_no_residence(producer, move, now)
    return _why_no_nonresident(producer, move, step, now)


def is_through(producer: Producer, move: Move, now: datetime) -> bool:
    """Whether nothing of the move is open: resident where they live, and every other state restored or without license."""
    home = move.step(move.home)
    settled = (step.restored_at or not may_come_back(producer, step.state, now) for step in move.steps)
    return home is not None and home.restored_at is not None and all(settled)


def may_come_back(producer: Producer, state: State, now: datetime) -> bool:
    """Whether a license there gives authority or might again: neither gone for good nor past its date."""
    return any(
        license_.status not in _GONE and not (license_.authority_until and license_.authority_until <= now)
        for license_ in producer.licenses
        if license_.state == state
    )


def came_to_light(producer: Producer, move: Move, now: datetime) -> list[State]:
    """States that the move touches although it does not have them: a license from before it, which the roster learned since."""
    if move.withdrawn_at is not None:
        return []
    before = {
        license_.state
        for license_ in producer.licenses
        if license_.effective_on is None or license_.effective_on <= move.moved_on
    }
    known = {step.state for step in move.steps}
    return sorted(state for state in before - known if may_come_back(producer, state, now))


def _why_no_residence(producer: Producer, move: Move, now: datetime) -> str | None:
    state = move.home
    if producer.resident_state != state:
        return f"the roster has {producer.resident_state} as the resident state; import one that shows {state}"
    held = _in_force(producer, state, now)
    if not any(license_.residency is Residency.RESIDENT for license_ in held):
        return f"the roster shows no resident license in force in {state}"
    return _why_unseen(held, move.reported_at, "the move was reported")


def _why_no_nonresident(producer: Producer, move: Move, step: Step, now: datetime) -> str | None:
    state, home = step.state, move.step(move.home)
    withdrawn = move.withdrawn_at is not None
    if home is None or home.restored_at is None:
        which = "resident" if withdrawn else "new resident"
        return f"the {which} state comes first: {move.home} is not restored"
    at_home = _in_force(producer, move.home, now)
    if producer.resident_state != move.home or not any(held.residency is Residency.RESIDENT for held in at_home):
        return f"the resident license in {move.home} is not in force"
    if withdrawn and not may_come_back(producer, state, now):
        return None
    if step.filed_at is None and not withdrawn:
        return f"the change of address is not filed in {state}"
    held = _in_force(producer, state, now)
    if not held:
        return f"the roster shows no license in force in {state}"
    if any(license_.residency is Residency.RESIDENT for license_ in held):
        return f"the roster still shows a resident license in {state}"
    if withdrawn or step.filed_at is None:
        return _why_unseen(held, move.reported_at, "the move was reported")
    return _why_unseen(held, step.filed_at, "the change of address was filed")


def _in_force(producer: Producer, state: State, now: datetime) -> list[License]:
    """The licenses there that would give authority now."""
    return [
        license_
        for license_ in producer.licenses
        if license_.state == state
        and license_.status in IN_FORCE
        and license_.authority_from is not None
        and license_.authority_until is not None
        and license_.authority_from <= now < license_.authority_until
        and now < license_.stale_at
    ]


def _why_unseen(held: Sequence[License], since: datetime, what: str) -> str | None:
    """Every license that comes back with the state must have been seen; the others give nothing."""
    unseen = sorted(str(license_.line) for license_ in held if license_.verified_at <= since)
    return f"no roster has shown {', '.join(unseen)} in {held[0].state} since {what}" if unseen else None
