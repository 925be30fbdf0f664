"""A decision told again: everybody who was considered, the verdict on each, derived anew from the roster as it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.licensing import Opening, Producer, Question, Reason, judge
from app.domain.lines import Requirement
from app.storage import attempts, calls, desk, explain, ledger, refusals
from app.storage.database import Transaction
from app.storage.ledger import Entry

OF_ONE_PRODUCER = ("check", "acceptance", "assignment", "dial")
"""Decisions about one named producer; all others considered the whole roster."""


@dataclass(frozen=True)
class Considered:
    """One producer. `verdict`: chosen, refused (no authority), unavailable, passed_over (might have been chosen)."""

    npn: str
    name: str
    allowed: bool
    reasons: tuple[Reason, ...]
    availability: str
    verdict: str


@dataclass(frozen=True)
class Explained:
    """A decision's ledger entry with everybody considered. `at` is the instant that was judged.

    Where the facts were erased (`entry.erased_by`), what was asked is gone, and nobody can be told of.
    """

    entry: Entry
    call_sid: str | None
    at: datetime
    producers: tuple[Considered, ...]

    @property
    def chosen(self) -> str | None:
        """The NPN that the decision was for; None where it was a no."""
        facts = self.entry.facts
        return facts.get("npn") if facts.get("allowed") else None


def explain_decision(tx: Transaction, decision_id: int) -> Explained | None:
    """None where there is no such decision."""
    entry = ledger.entry(tx, decision_id)
    if entry is None or entry.kind not in ledger.DECISIONS:
        return None
    call = calls.by_id(tx, entry.call_id) if entry.call_id is not None else None
    if entry.erased_by is not None:
        return Explained(entry, call.call_sid if call else None, entry.at, ())
    at = judged_at(entry)
    return Explained(entry, call.call_sid if call else None, at, _considered(tx, entry, at))


def judged_at(entry: Entry) -> datetime:
    """The instant that a decision was about: a check may ask about another one than its own."""
    return datetime.fromisoformat(entry.facts["at"]) if "at" in entry.facts else entry.at


def _considered(tx: Transaction, entry: Entry, at: datetime) -> tuple[Considered, ...]:
    facts = entry.facts
    only = facts.get("npn") if entry.kind in OF_ONE_PRODUCER else None
    question = question_in(facts)
    seats, held = desk.seats_at(tx, entry.at), attempts.open_at(tx, entry.at)
    found = []
    for producer in roster_then(tx, entry, question, only):
        availability = "held" if producer.producer_id in held else seats.get(producer.producer_id, "offline")
        found.append(consider(producer, question, at, availability, facts))
    if only is not None and not found:
        found.append(Considered(only, "", False, (Reason.NO_LICENSE,), "offline", "refused"))
    return tuple(found)


def roster_then(tx: Transaction, entry: Entry, question: Question, only: str | None = None) -> list[Producer]:
    """As it was; where nothing has changed since, only what `judge` reads for this question is read."""
    if only is None and entry.roster_version == ledger.roster_version(tx):
        return refusals.asked_about(tx, question)
    return explain.roster_at(tx, entry.roster_version, only)


def consider(
    producer: Producer, question: Question, at: datetime, availability: str, facts: Mapping[str, Any]
) -> Considered:
    """What became of one producer in a decision with these facts, judged again at `at`."""
    judged = judge(producer, question, at)
    if facts["allowed"] and producer.npn == facts.get("npn"):
        verdict = "chosen"
    elif not judged.allowed:
        verdict = "refused"
    else:
        verdict = "passed_over" if availability == "available" else "unavailable"
    return Considered(producer.npn, producer.name, judged.allowed, judged.reasons, availability, verdict)


def question_in(facts: Mapping[str, Any]) -> Question:
    """The question as it was put, from a decision's facts."""
    return Question(
        states=tuple(facts["states"]),
        requirement=Requirement.parse(facts["loa"]),
        openings={state: _opening(opening) for state, opening in facts["openings"].items()},
        zip_code=facts["zip"],
        carrier=facts["carrier"],
        team=None if facts["team"] is None else frozenset(facts["team"]),
    )


def _opening(facts: Mapping[str, Any]) -> Opening:
    until = facts["agency_until"]
    return Opening(
        is_open=facts["open"],
        zips=None if facts["in_territory"] else frozenset(),
        agency_until=None if until is None else datetime.fromisoformat(until),
    )
