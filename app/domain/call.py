"""A call's life as a table: phases, happenings, and the one way each happening moves a phase."""

from __future__ import annotations

from enum import StrEnum


class Phase(StrEnum):
    """Where a call stands. Part of the public interface (INTERFACE.md section 5)."""

    RECEIVED = "received"
    LOCATING = "locating"
    OFFERING = "offering"
    CONNECTED = "connected"
    ACKNOWLEDGING = "acknowledging"
    HOLDING = "holding"
    ENDED = "ended"


class Disposition(StrEnum):
    """How a call came out."""

    CONNECTED = "connected"
    CALLBACK_SCHEDULED = "callback_scheduled"
    ESCALATED = "escalated"
    RETURNED = "returned"
    ABANDONED = "abandoned"
    OPTED_OUT = "opted_out"
    BLOCKED = "blocked"
    WRONG_NUMBER = "wrong_number"


class Happening(StrEnum):
    """What happened, in the past tense; the name of an event."""

    CALL_ARRIVED = "call_arrived"
    STATE_ASKED = "state_asked"
    STATE_SETTLED = "state_settled"
    PRODUCER_OFFERED = "producer_offered"
    PRODUCER_SCREENED = "producer_screened"
    PRODUCER_ACCEPTED = "producer_accepted"
    PRODUCER_PASSED = "producer_passed"
    LEG_PROGRESSED = "leg_progressed"
    TALK_ENDED = "talk_ended"
    NOBODY_COULD = "nobody_could"
    CALLER_CHOSE = "caller_chose"
    CALLER_HELD = "caller_held"
    CALL_PLACED = "call_placed"
    CALLER_DIALED = "caller_dialed"
    CALL_TURNED_AWAY = "call_turned_away"
    WRONG_STATE_REPORTED = "wrong_state_reported"
    DOCUMENT_FAILED = "document_failed"
    CALL_ENDED = "call_ended"


START = Phase.RECEIVED
"""Where CALL_ARRIVED, a caller's first event, puts a call."""

BEGINNINGS = {Happening.CALL_ARRIVED: START, Happening.CALL_PLACED: Phase.OFFERING}
"""The first event of a call, and where it puts it: a callback begins with the ring of a producer."""

_LIVE = tuple(phase for phase in Phase if phase is not Phase.ENDED)

TRANSITIONS: dict[tuple[Phase, Happening], Phase] = {
    (Phase.RECEIVED, Happening.STATE_ASKED): Phase.LOCATING,
    (Phase.RECEIVED, Happening.STATE_SETTLED): Phase.RECEIVED,
    (Phase.RECEIVED, Happening.PRODUCER_OFFERED): Phase.OFFERING,
    (Phase.RECEIVED, Happening.NOBODY_COULD): Phase.ACKNOWLEDGING,
    (Phase.RECEIVED, Happening.CALL_TURNED_AWAY): Phase.ENDED,
    (Phase.LOCATING, Happening.STATE_ASKED): Phase.LOCATING,
    (Phase.LOCATING, Happening.STATE_SETTLED): Phase.LOCATING,
    (Phase.LOCATING, Happening.PRODUCER_OFFERED): Phase.OFFERING,
    (Phase.LOCATING, Happening.NOBODY_COULD): Phase.ACKNOWLEDGING,
    (Phase.OFFERING, Happening.PRODUCER_SCREENED): Phase.OFFERING,
    (Phase.OFFERING, Happening.PRODUCER_PASSED): Phase.OFFERING,
    (Phase.OFFERING, Happening.PRODUCER_OFFERED): Phase.OFFERING,
    (Phase.OFFERING, Happening.PRODUCER_ACCEPTED): Phase.CONNECTED,
    (Phase.OFFERING, Happening.NOBODY_COULD): Phase.ACKNOWLEDGING,
    (Phase.CONNECTED, Happening.PRODUCER_PASSED): Phase.OFFERING,
    (Phase.OFFERING, Happening.CALLER_HELD): Phase.HOLDING,
    (Phase.CONNECTED, Happening.CALLER_DIALED): Phase.CONNECTED,
    (Phase.CONNECTED, Happening.TALK_ENDED): Phase.LOCATING,
    (Phase.ACKNOWLEDGING, Happening.CALLER_CHOSE): Phase.ACKNOWLEDGING,
    (Phase.ACKNOWLEDGING, Happening.CALLER_HELD): Phase.HOLDING,
    (Phase.ACKNOWLEDGING, Happening.NOBODY_COULD): Phase.ACKNOWLEDGING,
    (Phase.HOLDING, Happening.CALLER_HELD): Phase.HOLDING,
    (Phase.HOLDING, Happening.CALLER_CHOSE): Phase.ACKNOWLEDGING,
    (Phase.HOLDING, Happening.PRODUCER_OFFERED): Phase.OFFERING,
    (Phase.HOLDING, Happening.NOBODY_COULD): Phase.ACKNOWLEDGING,
    **{(phase, Happening.LEG_PROGRESSED): phase for phase in _LIVE},
    **{(phase, Happening.WRONG_STATE_REPORTED): phase for phase in _LIVE},
    **{(phase, Happening.DOCUMENT_FAILED): Phase.ACKNOWLEDGING for phase in _LIVE},
    **{(phase, Happening.CALL_ENDED): Phase.ENDED for phase in _LIVE},
}
"""What is not here is late or out of order: recorded and not obeyed. ENDED is final."""


def advance(phase: Phase, happening: Happening) -> Phase | None:
    """The phase after `happening`, or None where it must not be obeyed."""
    return TRANSITIONS.get((phase, happening))


class Outcome(StrEnum):
    """How an attempt to reach one producer ended (INTERFACE.md section 5)."""

    ACCEPTED = "accepted"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAILED = "failed"
    DECLINED = "declined"
    AUTHORITY_LOST = "authority_lost"
    CALLER_HUNG_UP = "caller_hung_up"

    @property
    def miss(self) -> bool:
        """A ring that ran its time or was answered without a key; not one that caller or carrier ended (FLOWS.md)."""
        return self is Outcome.NO_ANSWER


_BY_DIAL_STATUS = {
    # A declined whisper, a voicemail and a leg that hung up in the whisper all report "completed": no key was pressed.
    "completed": Outcome.NO_ANSWER,
    "answered": Outcome.NO_ANSWER,
    "no-answer": Outcome.NO_ANSWER,
    "busy": Outcome.BUSY,
    "failed": Outcome.FAILED,
    "canceled": Outcome.CALLER_HUNG_UP,
}


def outcome_of(
    dial_status: str, *, bridged: bool | None, accepted: bool, recorded: Outcome | None, caller_left: bool
) -> Outcome:
    """How an offer ended, from the carrier's words and from what we recorded ourselves.

    "Connected" takes both the carrier's bridge and our own key press (TELEPHONY.md section 4: completed is not accepted).
    `recorded` is what the key press already decided (declined, authority lost).
    """
    if accepted and bridged is not False:
        return Outcome.ACCEPTED
    if recorded is not None and recorded is not Outcome.ACCEPTED:
        return recorded
    if caller_left:
        return Outcome.CALLER_HUNG_UP
    if accepted:
        return Outcome.FAILED
    return _BY_DIAL_STATUS.get(dial_status, Outcome.FAILED)
