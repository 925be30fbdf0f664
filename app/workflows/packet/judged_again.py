"""A decision judged again from the roster as it was, for a packet: who was considered, and whether it still comes out so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain import phone
from app.domain.licensing import Reason, judge
from app.storage import refusals
from app.storage.database import Database
from app.storage.ledger import DECISIONS, Entry
from app.workflows.authority.explain_decision import (
    OF_ONE_PRODUCER,
    Considered,
    consider,
    judged_at,
    question_in,
)
from app.workflows.packet.roster_then import Rosters, RosterThen

_OURS = ("campaign", "number", "agency_number")
"""Names of facts that hold numbers of the agency's own."""

_NUMBER = re.compile(r"\+[0-9]{8,15}", re.ASCII)
_AUTHORITY = frozenset(str(reason) for reason in Reason)


@dataclass(frozen=True)
class Judged:
    """One entry. `producers` is None where nothing can be judged again: the facts were erased, or are of another kind.

    `agrees` None: the answer rested on more than authority (hours, do-not-call), which is not judged again.
    """

    entry: Entry
    roster: RosterThen | None
    producers: tuple[Considered, ...] | None
    agrees: bool | None


def judged_again(entry: Entry, *, rosters: Rosters, database: Database) -> Judged:
    """Everybody considered, from the roster at the entry's version."""
    if entry.kind not in DECISIONS or entry.erased_by is not None:
        return Judged(entry, None, None, None)
    facts = entry.facts
    try:
        question = question_in(facts)
    except (KeyError, TypeError, ValueError, AttributeError):
        return Judged(entry, None, None, None)
    roster = rosters.at(entry.roster_version, frozenset(question.states))
    only = facts.get("npn") if entry.kind in OF_ONE_PRODUCER else None
    people = [each for each in roster.producers if only is None or each.npn == only]
    at = judged_at(entry)
    free = [each.producer_id for each in people if judge(each, question, at).allowed]
    with database.read() as tx:
        doing = refusals.doing_at(tx, free, entry.at)
    found = [consider(each, question, at, doing.get(each.producer_id, "offline"), facts) for each in people]
    if only is not None and not found:
        found.append(Considered(only, "", False, (Reason.NO_LICENSE,), "offline", "refused"))
    return Judged(entry, roster, tuple(found), _agrees(facts, found))


def _agrees(facts: Mapping[str, Any], found: list[Considered]) -> bool | None:
    """Whether the answer that was written down is the one that judging again gives."""
    npn, reasons = facts.get("npn"), facts.get("reasons") or ()
    about = next((one for one in found if one.npn == npn), None)
    if facts.get("allowed"):
        return None if npn is None else about is not None and about.allowed
    if npn is not None and reasons and _AUTHORITY.issuperset(reasons):
        return about is not None and not about.allowed
    if facts.get("lack") == "nobody_licensed":
        return not any(one.allowed for one in found)
    return None


# ---- what must not leave


def holds_a_number(facts: Any, name: str = "") -> bool:
    """Whether somebody's telephone number stands in it: such facts do not leave, only their digest does."""
    match facts:
        case str():
            return name not in _OURS and _NUMBER.search(facts) is not None
        case dict():
            return any(holds_a_number(value, key) for key, value in facts.items())
        case list():
            return any(holds_a_number(value, name) for value in facts)
    return False


def masked(facts: Any, name: str = "") -> Any:
    """The same with every number of a person masked."""
    match facts:
        case str() if name not in _OURS:
            return _NUMBER.sub(lambda number: _mask(number[0]), facts)
        case dict():
            return {key: masked(value, key) for key, value in facts.items()}
        case list():
            return [masked(value, name) for value in facts]
    return facts


def _mask(number: str) -> str:
    parsed = phone.parse(number)
    return parsed.masked if parsed else "***"
