"""The exposure: calls that were bridged under authority that, as we know now, was not there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from app.domain import moves
from app.domain.licensing import Producer, judge
from app.domain.states import State
from app.storage import authority_facts, bridged_calls, ledger, roster_import
from app.storage.bridged_calls import BridgedCall
from app.storage.database import Transaction
from app.workflows.authority.explain_decision import question_in

KIND = "exposure"
"""The ledger's kind."""

NAMED_IN_ONE_ENTRY = 500
"""So many calls stand in one entry of the ledger; more of them make more entries."""


@dataclass(frozen=True)
class Exposed:
    """One such call. `states` are those that governed it, empty where the ledger cannot tell; `decision_id`: its acceptance."""

    call_sid: str
    at: datetime
    states: tuple[State, ...]
    npn: str
    decision_id: int | None
    why: str


@dataclass(frozen=True)
class Held:
    """A hold that began at `since` and was lifted at `until`; None: it stands."""

    since: datetime
    until: datetime | None

    def __contains__(self, at: datetime) -> bool:
        return self.since <= at and (self.until is None or at < self.until)


def exposure_since(
    tx: Transaction,
    npn: str,
    since: datetime,
    states: Collection[State] | None = None,
    *,
    held: Mapping[State, Held] = MappingProxyType({}),
) -> tuple[Exposed, ...]:
    """The producer's calls bridged from `since` on that today's roster would not have allowed, oldest first.

    Each is judged at its own instant by the roster as this transaction sees it: so change the roster first. A domicile hold
    counts from the first midnight of the move's day in its state; `held` are holds besides those that stand today. That we
    ourselves suspended the producer says nothing of a license, and does not count. With `states` only calls that one of
    them governed. A call whose acceptance the ledger cannot show is exposed.
    """
    producer_id = authority_facts.producer_id_of(tx, npn)
    producer = None if producer_id is None else authority_facts.producer(tx, producer_id)
    if producer_id is None or producer is None:
        return ()
    standing = {
        state: Held(moves.begins_at(state, moved_on), None)
        for state, moved_on in bridged_calls.holds_of(tx, producer_id).items()
    }
    holds = [*standing.items(), *held.items()]
    calls = bridged_calls.bridged_since(tx, producer_id, since)
    found = [_judged(call, replace(producer, suspended=False), holds) for call in calls]
    return tuple(each for each in found if each and _governed(each, states))


def _governed(exposed: Exposed, states: Collection[State] | None) -> bool:
    return states is None or not exposed.states or not set(states).isdisjoint(exposed.states)


def _judged(call: BridgedCall, producer: Producer, holds: Iterable[tuple[State, Held]]) -> Exposed | None:
    def exposed(states: Sequence[State], why: str) -> Exposed:
        return Exposed(call.call_sid, call.at, tuple(states), producer.npn, call.decision_id, why)

    if call.facts is None:
        return exposed((), "the ledger has no acceptance that can be read")
    try:
        question = question_in(call.facts)
    except (KeyError, TypeError, ValueError, AttributeError):
        return exposed((), "the facts of the acceptance cannot be read")
    held_then = frozenset(state for state, held in holds if call.at in held)
    verdict = judge(replace(producer, domicile_holds=held_then), question, call.at)
    return None if verdict.allowed else exposed(question.states, ", ".join(verdict.reasons))


def write_exposure(
    tx: Transaction, exposed: Sequence[Exposed], *, because: Mapping[str, Any], now: datetime, actor: str
) -> None:
    """Into the ledger, in the transaction of whoever looked; an empty exposure, too, for it says that somebody looked.

    `because` names what reached back (`{"move": 3}`) and is how `written_exposure` finds it again.
    """
    parts = list(roster_import.batches(exposed, NAMED_IN_ONE_ENTRY)) or [[]]
    for number, part in enumerate(parts, start=1):
        facts = {
            "because": dict(because),
            "total": len(exposed),
            "part": number,
            "parts": len(parts),
            "calls": [
                {
                    "call_sid": each.call_sid,
                    "at": each.at.isoformat(),
                    "states": list(each.states),
                    "npn": each.npn,
                    "decision_id": each.decision_id,
                    "why": each.why,
                }
                for each in part
            ],
        }
        ledger.write(tx, kind=KIND, now=now, actor=actor, facts=facts)


def written_exposure(tx: Transaction, *, because: Mapping[str, Any], since: datetime) -> tuple[Exposed, ...]:
    """What the ledger has listed for `because` from `since` on; a call that was listed twice once, as it was last."""
    listed = {(each.call_sid, each.at, each.npn): each for each in _written(tx, dict(because), since)}
    return tuple(sorted(listed.values(), key=lambda each: (each.at, each.call_sid)))


def _written(tx: Transaction, because: dict[str, Any], since: datetime) -> Iterator[Exposed]:
    for facts in bridged_calls.facts_of_kind(tx, KIND, since):
        if facts.get("because") == because:
            for call in facts["calls"]:
                yield Exposed(
                    call_sid=call["call_sid"],
                    at=datetime.fromisoformat(call["at"]),
                    states=tuple(call["states"]),
                    npn=call["npn"],
                    decision_id=call["decision_id"],
                    why=call["why"],
                )
