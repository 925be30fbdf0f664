"""May this talk be recorded, and on whose consent? The strictest rule of both sides' states.

Only a state that was read and found to be one-party is treated as one; mixed, unsettled, unread and unknown ones are
treated as all-party. Table: app/data/recording_consent.csv (state, consent, citation, announce_required, source,
confidence, note). Source of the modes: FLOWS.md, Recording.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from app.domain import states, tables
from app.domain.states import State


class Consent(StrEnum):
    """Whose consent a state's law asks for, in the words of the table. `not_read`: nobody has looked it up."""

    ONE_PARTY = "one_party"
    ALL_PARTY = "all_party"
    MIXED = "mixed"
    UNSETTLED = "unsettled"
    NOT_READ = "not_read"


class Mode(StrEnum):
    """A campaign's setting `recording`: who tells the caller."""

    OFF = "off"
    VENDOR_ANNOUNCES = "vendor_announces"
    PRODUCER_ANNOUNCES = "producer_announces"
    ANNOUNCE_FIRST = "announce_first"


class HadBy(StrEnum):
    """How the caller's consent was had before the recording began; NOBODY: it was not."""

    VENDOR_ANNOUNCED = "vendor_announced"
    PRODUCER_ANNOUNCES = "producer_announces"
    ANNOUNCED_FIRST = "announced_first"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Basis:
    """On what a talk is recorded, or why it is not.

    `rule` is the strictest of all the states asked about, one-party or all-party; `states` are those that it comes
    from, sorted, `unknown` among them where a side's state is not known. `sentence` is for a compliance person.
    """

    recorded: bool
    rule: Consent
    states: tuple[str, ...]
    had_by: HadBy
    citation: str
    sentence: str


UNKNOWN = "unknown"

_HOW = {
    Mode.VENDOR_ANNOUNCES: (HadBy.VENDOR_ANNOUNCED, "the vendor announced it to the caller before the transfer"),
    Mode.PRODUCER_ANNOUNCES: (HadBy.PRODUCER_ANNOUNCES, "the producer, a party to the talk, consents and announces it"),
    Mode.ANNOUNCE_FIRST: (HadBy.ANNOUNCED_FIRST, "the caller heard our announcement before anybody was bridged"),
}
_TOO_LATE = "a producer's announcement comes after the recording has begun"
_RULES = {Consent.ONE_PARTY: "One-party consent", Consent.ALL_PARTY: "All-party consent"}


def consent_of(state: State | None) -> Consent:
    """What the law of `state` asks for; `not_read` for whatever is not one of the 56 jurisdictions."""
    return _law_of(state)[0]


def basis(sides: Iterable[State | None], mode: str) -> Basis:
    """The strictest rule of `sides`, the states of both ends of the talk (None: not known), and how `mode` meets it.

    A dual recording runs from the answer. Where all parties must consent, what a producer says afterwards comes too
    late: that talk is not recorded. Raises ValueError for a mode that does not exist.
    """
    named = {state if state is not None and states.is_state(state) else UNKNOWN for state in sides} or {UNKNOWN}
    strict = {state for state in named if consent_of(state) is not Consent.ONE_PARTY}
    rule = Consent.ALL_PARTY if strict else Consent.ONE_PARTY
    from_states = tuple(sorted(strict or named))
    citation = "; ".join(_cited(state) for state in from_states)
    recorded, had_by, how = _met(Mode(mode), rule)
    verb = "Recorded" if recorded else "Not recorded"
    return Basis(recorded, rule, from_states, had_by, citation, f"{verb}: {how}. {_RULES[rule]} ({citation}).")


def _met(mode: Mode, rule: Consent) -> tuple[bool, HadBy, str]:
    """Whether `mode` has the consent that `rule` asks for before the recording begins; how, in words."""
    if mode is Mode.OFF:
        return False, HadBy.NOBODY, "the campaign does not record"
    if mode is Mode.PRODUCER_ANNOUNCES and rule is Consent.ALL_PARTY:
        return False, HadBy.NOBODY, _TOO_LATE
    had_by, how = _HOW[mode]
    return True, had_by, how


def _cited(state: str) -> str:
    consent, citation = _law_of(state)
    treated = "" if consent in _RULES else f"{consent.replace('_', ' ')}, treated as all-party"
    return f"{state}: {', '.join(filter(None, (citation, treated)))}"


def _law_of(state: str | None) -> tuple[Consent, str]:
    return _laws().get(state or UNKNOWN, (Consent.NOT_READ, ""))


@cache
def _laws() -> MappingProxyType[str, tuple[Consent, str]]:
    """By state. The federal row is left out: it is a floor, and never the strictest rule of a state."""
    return MappingProxyType(
        {row[0]: (Consent(row[1]), row[2]) for row in tables.rows("recording_consent.csv") if states.is_state(row[0])}
    )
