"""Where a logged caller was governed, by the product's own residence rule, remembered for callers alike."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from app.domain import calling_hours, phone, residency, states
from app.domain.calling_hours import Called
from app.domain.evidence import Evidence
from app.domain.lookback.calls import LoggedCall
from app.domain.residency import Ask, AskReason, Confidence, Residence
from app.domain.states import State


class Sureness(StrEnum):
    """`EITHER`: a ZIP in two states, so the caller lives in one of them. `DOUBTFUL`: presumed, disputed or unknown."""

    SETTLED = "settled"
    EITHER = "either"
    DOUBTFUL = "doubtful"


class Place(NamedTuple):
    """The states that the gate would have required, and how sure they are. `asked`: why the caller would have been asked.

    `zip_code` is given only where it says more of the hours than the states do. `heading` is the row of a table: one
    state, "several", or "" where none is known.
    """

    states: tuple[State, ...]
    sureness: Sureness
    confidence: Confidence
    asked: AskReason | None
    zip_code: str | None
    heading: str

    @property
    def is_presumed(self) -> bool:
        return self.confidence is Confidence.PRESUMED


def place_of(call: LoggedCall) -> tuple[Place, str | None]:
    """Where the caller was governed, on what the log (or, for our own calls, the evidence) says; and their area code."""
    if call.evidence is not None:
        return _judged(call.evidence, call.evidence.asks_made), _area_code(call.evidence.phone)
    area_code = _area_code(call.caller)
    return _by_address(call.zip, call.state) or _by_everything(call.zip, call.state, area_code), area_code


@lru_cache(maxsize=16_384)
def laws(several: tuple[State, ...], area_code: str | None, zip_code: str | None) -> tuple[calling_hours.Place, ...]:
    """The laws whose hours count; none where no state is known, for then nobody can say."""
    return tuple(calling_hours.places(Called(several, area_code, zip_code))) if several else ()


def why(call: LoggedCall) -> str:
    """The residence's own sentence, for a call that is shown."""
    if call.evidence is not None:
        return residency.settle(call.evidence).why
    return residency.settle(Evidence(phone=call.caller, vendor_zip=call.zip, vendor_state=call.state)).why


def _area_code(number_text: str | None) -> str | None:
    number = phone.parse(number_text)
    return None if number is None else number.area_code


# A million callers are some thirty thousand addresses: an area code is no evidence beside a ZIP that settles it.
@lru_cache(maxsize=65_536)
def _by_address(zip_text: str, state_text: str) -> Place | None:
    """None where the address alone does not settle it."""
    found = _judged(Evidence(vendor_zip=zip_text, vendor_state=state_text), 0)
    return found if found.asked is None else None


@lru_cache(maxsize=65_536)
def _by_everything(zip_text: str, state_text: str, area_code: str | None) -> Place:
    number = None if area_code is None else f"+1{area_code}5550100"
    return _judged(Evidence(phone=number, vendor_zip=zip_text, vendor_state=state_text), 0)


def _judged(evidence: Evidence, asks_made: int) -> Place:
    verdict = residency.resolve(evidence)
    found = residency.settle(evidence) if isinstance(verdict, Ask) else verdict
    return Place(
        states=found.states,
        sureness=_sureness(found),
        confidence=found.confidence,
        asked=verdict.reason if isinstance(verdict, Ask) and not asks_made else None,
        # Only in a state of two time zones does the ZIP say more of the hours than the state.
        zip_code=found.zip if any(len(states.zones(state)) > 1 for state in found.states) else None,
        heading=found.states[0] if len(found.states) == 1 else "several" if found.states else "",
    )


def _sureness(found: Residence) -> Sureness:
    if found.confidence is Confidence.SHARED:
        return Sureness.EITHER
    doubtful = found.confidence in (Confidence.PRESUMED, Confidence.CONFLICT, Confidence.UNKNOWN)
    return Sureness.DOUBTFUL if doubtful else Sureness.SETTLED
