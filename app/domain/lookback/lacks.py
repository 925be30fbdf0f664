"""Which license was missing, and since when: a verdict's reasons put into licenses that somebody can renew or apply for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.domain import states
from app.domain.licensing import License, Opening, Producer, Question, Reason, Residency, judge
from app.domain.lines import Line, Requirement
from app.domain.states import State

POLICY = frozenset({Reason.RESIDENT_LICENSE_INVALID, Reason.RESIDENT_LOA_MISSING})
"""Reasons that are ours and stricter than the statutes that we read (DOMAIN.md, "What should change the design", 6)."""

# One reason names a license best: the first of these that there is.
_TELLING = (
    Reason.NO_LICENSE,
    Reason.LOA_MISSING,
    Reason.LICENSE_EXPIRED,
    Reason.LICENSE_NOT_YET_EFFECTIVE,
    Reason.LICENSE_NOT_ACTIVE,
    Reason.EXPIRATION_UNKNOWN,
    Reason.RESIDENT_LICENSE_INVALID,
    Reason.RESIDENT_LOA_MISSING,
)
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Lack:
    """One license that was missing. `lines` is "life" or "property+casualty"; `since`, `until`: MissingLicense says.

    For a reason of the resident license, `state` is the producer's home.
    """

    npn: str
    name: str
    state: State
    lines: str
    reason: Reason
    since: date | None
    until: date | None

    @property
    def policy(self) -> bool:
        return self.reason in POLICY

    @property
    def why(self) -> str:
        """The sentence after the producer's name."""
        there, lines = states.name(self.state), self.lines.replace("_", " ").replace("+", " and ")
        match self.reason:
            case Reason.NO_LICENSE:
                return f"no license in {there} on this roster"
            case Reason.LOA_MISSING:
                return f"licensed in {there}, but not for {lines}"
            case Reason.LICENSE_EXPIRED:
                return f"{there} {lines} license expired{f', out of force since {self.since}' if self.since else ''}"
            case Reason.LICENSE_NOT_YET_EFFECTIVE:
                return f"{there} {lines} license not held before {self.until or 'a day not known'}"
            case Reason.RESIDENT_LOA_MISSING:
                return f"the resident license ({there}) does not hold {lines}"
            case Reason.RESIDENT_LICENSE_INVALID:
                return f"the resident {lines} license ({there}) was not in force{f' since {self.since}' if self.since else ''}"
            case _:
                return f"{there} {lines} license not in force"


def question(several: tuple[State, ...], requirement: Requirement) -> Question:
    """Whether licenses allow it: every state counts as open, because the gate of a state is ours and newer than the log."""
    return Question(several, requirement, openings={state: Opening(True) for state in several})


def lacks(producer: Producer, several: tuple[State, ...], requirement: Requirement, at: datetime) -> tuple[Lack, ...]:
    """What `producer` lacked in each of `several`, by the alternative of the requirement that lacks least."""
    found: dict[Lack, None] = {}
    for state in several:
        alternatives = [_of_group(producer, state, group, at) for group in requirement.alternatives]
        least: list[Lack] = min(alternatives, key=len)
        found |= dict.fromkeys(least)
    return tuple(found)


def _of_group(producer: Producer, state: State, group: tuple[Line, ...], at: datetime) -> list[Lack]:
    """One lack for all lines of the group that are missing in the same way."""
    alike: dict[tuple[State, Reason, date | None, date | None], list[Line]] = {}
    for line in group:
        reasons = judge(producer, question((state,), Requirement(((line,),))), at).reasons
        reason = next((telling for telling in _TELLING if telling in reasons), None)
        if reason is not None:
            where = producer.resident_state if reason in POLICY else state
            since, until = _dates(_held(producer, where, line, at_home=reason in POLICY), at)
            alike.setdefault((where, reason, since, until), []).append(line)
    return [
        Lack(producer.npn, producer.name, where, "+".join(lines), reason, since, until)
        for (where, reason, since, until), lines in alike.items()
    ]


def _held(producer: Producer, state: State, line: Line, *, at_home: bool) -> Iterable[License]:
    return (
        held
        for held in producer.licenses
        if held.state == state and held.line is line and (not at_home or held.residency is Residency.RESIDENT)
    )


def _dates(held: Iterable[License], at: datetime) -> tuple[date | None, date | None]:
    """Since which day it was not in force, or until which day it was not yet."""
    for license_ in held:
        if license_.authority_until is not None and license_.authority_until <= at and license_.expires_on:
            return license_.expires_on + _ONE_DAY, None
        if license_.authority_from is not None and license_.authority_from > at:
            return None, license_.effective_on
    return None, None
