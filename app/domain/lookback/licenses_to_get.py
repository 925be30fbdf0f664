"""The few licenses that would have caught the most calls: taken without one, or lost because nobody had one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from app.domain import license_fees, states
from app.domain.licensing import Producer, Reason
from app.domain.lines import Line, Requirement
from app.domain.lookback.lacks import POLICY
from app.domain.lookback.report import LicenseToGet, Range
from app.domain.lookback.roster_then import Held, RosterThen
from app.domain.lookback.tallies import Count, Tallies
from app.domain.states import State

MOST = 3


@dataclass
class _Candidate:
    """A license of one producer. `gaps` are the lost calls it would have caught, by (state, requirement)."""

    producer: Producer
    state: State
    lines: str
    what: str
    unauthorized: Count = field(default_factory=Count)
    gaps: dict[tuple[State, str], Count] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, State, str]:
        return self.producer.npn, self.state, self.lines

    @property
    def weight(self) -> tuple[int, int]:
        counts = [self.unauthorized, *self.gaps.values()]
        return sum(count.best for count in counts), sum(count.worst for count in counts)


def best(tallies: Tallies, roster: RosterThen) -> tuple[LicenseToGet, ...]:
    """At most three, each the best after those before it."""
    assert tallies.last_at is not None
    candidates = _candidates(tallies, roster, tallies.last_at)
    chosen: list[LicenseToGet] = []
    while candidates and len(chosen) < MOST:
        found = min(candidates, key=lambda candidate: (*(-part for part in candidate.weight), candidate.key))
        if not found.weight[1]:
            break
        chosen.append(_told(found))
        candidates.remove(found)
        for other in candidates:
            for gap in found.gaps:
                other.gaps.pop(gap, None)
    return tuple(chosen)


def _candidates(tallies: Tallies, roster: RosterThen, at: datetime) -> list[_Candidate]:
    found: dict[tuple[str, State, str], _Candidate] = {}
    for lack, count in tallies.unauthorized.items():
        # What came too late is held by now.
        if lack.reason is not Reason.LICENSE_NOT_YET_EFFECTIVE:
            made = _Candidate(roster.producers[lack.npn], lack.state, lack.lines, _what(lack.reason))
            candidate = found.setdefault(made.key, made)
            candidate.unauthorized.best += count.best
            candidate.unauthorized.worst += count.worst
    for (state, loa), count in tallies.nobody.items():
        if not states.is_state(state):
            continue
        requirement = Requirement.parse(loa)
        fitting = [made for made in found.values() if made.state == state and _meets(made, requirement)]
        if not fitting and (somebody := _somebody(roster, tallies, state, requirement, at)):
            found[somebody.key] = somebody
            fitting = [somebody]
        for candidate in fitting:
            candidate.gaps[state, loa] = count
    return list(found.values())


def _meets(candidate: _Candidate, requirement: Requirement) -> bool:
    return requirement.met_by(frozenset(Line(line) for line in candidate.lines.split("+")))


def _somebody(
    roster: RosterThen, tallies: Tallies, state: State, requirement: Requirement, at: datetime
) -> _Candidate | None:
    """Who of those whose resident license holds the lines takes most calls; a nonresident license rests on it."""

    def weight(producer: Producer) -> tuple[int, str]:
        sums = tallies.producers.get(producer.npn)
        return -(sums.taken if sums else 0), producer.npn

    for producer in sorted(roster.producers.values(), key=weight):
        if producer.resident_state == state:
            continue
        for group in requirement.alternatives:
            home = roster.standing(producer.npn, (producer.resident_state,), Requirement((group,)), at)
            if home.held is Held.YES:
                return _Candidate(producer, state, "+".join(group), _what(Reason.NO_LICENSE))
    return None


def _what(reason: Reason) -> str:
    if reason in POLICY:
        return "bring the resident license into force: others rest on it"
    return {
        Reason.NO_LICENSE: "apply for the nonresident license",
        Reason.LOA_MISSING: "add the line to the license",
        Reason.LICENSE_EXPIRED: "renew or reinstate the license",
    }.get(reason, "bring the license into force")


def _told(found: _Candidate) -> LicenseToGet:
    abroad = found.state != found.producer.resident_state
    fee = license_fees.fee(found.state)
    return LicenseToGet(
        npn=found.producer.npn,
        name=found.producer.name,
        state=found.state,
        lines=found.lines,
        what=found.what if abroad or "resident" in found.what else "renew or reinstate the resident license",
        unauthorized=found.unauthorized.range,
        lost=_sum(found.gaps.values()),
        fee_low_cents=fee.low_cents if abroad else None,
        fee_high_cents=fee.high_cents if abroad else None,
        fee_source=_fee_source(fee) if abroad else "resident fees are in no table of ours: ask the state",
        waiting=fee.waiting if abroad else "ask the state",
    )


def _fee_source(fee: license_fees.Fee) -> str:
    """How far the fee may be trusted; where it comes from stands in app/data/nonresident_fees.csv."""
    extras = f"; besides: {fee.extras}" if fee.extras else ""
    return f"an estimate of {fee.as_of}, NIPR's own fee included, confidence {fee.confidence}: ask the state{extras}"


def _sum(counts: Iterable[Count]) -> Range:
    all_of_them = list(counts)
    return Range(sum(count.best for count in all_of_them), sum(count.worst for count in all_of_them))
