"""Why nobody was dialed, in figures: everybody on the roster who was not rung, by the first reason against them.

What a decision was cannot change any more, so it is worked out once in a process and remembered; a page has only so much
time for those that nobody has worked out yet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from weakref import WeakKeyDictionary

from app.domain.licensing import Producer, Question, Reason, judge
from app.storage import refusals
from app.storage.database import Transaction
from app.storage.ledger import Entry
from app.workflows.authority.explain_decision import question_in, roster_then

ROSTERS_AT_ONCE, DECISIONS_AT_ONCE = 2, 10
"""So much is worked out for one page: of 1,000 producers with 75,000 licenses one read takes 60 ms, one decision some 5."""

_MOST_REMEMBERED = 5_000


@dataclass(frozen=True)
class Refusals:
    """`without_authority`: how many, by reason, the most first. `not_free`: how many might have, by what they did then."""

    without_authority: tuple[tuple[Reason, int], ...]
    not_free: tuple[tuple[str, int], ...]

    @property
    def refused(self) -> int:
        return sum(count for _, count in self.without_authority)


_told: WeakKeyDictionary[object, dict[tuple[int, frozenset[str]], Refusals]] = WeakKeyDictionary()


def count_refusals(
    tx: Transaction, decisions: Mapping[int, Entry], rung: Mapping[int, Collection[str]]
) -> dict[int, Refusals]:
    """By the keys of `decisions`; without those for which there was no time this once. `rung`: NPNs not to be counted."""
    told = _told.setdefault(tx.engine, {})
    if len(told) > _MOST_REMEMBERED:
        told.clear()
    read: dict[tuple[object, ...], list[Producer]] = {}
    found: dict[int, Refusals] = {}
    worked_out = 0
    for key, entry in decisions.items():
        name = entry.entry_id, frozenset(rung.get(key, ()))
        if name not in told:
            question = question_in(entry.facts)
            asked = entry.roster_version, question.states, question.requirement, question.carrier
            if worked_out == DECISIONS_AT_ONCE or (asked not in read and len(read) == ROSTERS_AT_ONCE):
                continue
            if asked not in read:
                read[asked] = roster_then(tx, entry, question)
            told[name] = _count(tx, entry, question, read[asked], name[1])
            worked_out += 1
        found[key] = told[name]
    return found


def _count(
    tx: Transaction, entry: Entry, question: Question, roster: Sequence[Producer], rung: frozenset[str]
) -> Refusals:
    at = datetime.fromisoformat(entry.facts["at"]) if "at" in entry.facts else entry.at
    reasons: Counter[Reason] = Counter()
    might: list[int] = []
    for producer in roster:
        if producer.npn in rung:
            continue
        reason = first_reason(producer, question, at)
        if reason is None:
            might.append(producer.producer_id)
        else:
            reasons[reason] += 1
    doing = Counter(refusals.doing_at(tx, might, entry.at).values())
    return Refusals(tuple(reasons.most_common()), tuple(doing.most_common()))


def first_reason(producer: Producer, question: Question, at: datetime) -> Reason | None:
    """The first reason against them, None where there is none: what `judge` says, without asking it about most people."""
    there = {license_.state for license_ in producer.licenses}
    if not there.issuperset(question.states):
        return Reason.NO_LICENSE
    verdict = judge(producer, question, at)
    return verdict.reasons[0] if verdict.reasons else None
