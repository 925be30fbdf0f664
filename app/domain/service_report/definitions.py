"""The definitions: in which one tier a call ended, where a lead stands, whether a promise was kept.

Service level = accepted by a producer within T seconds of arrival / (offered - short abandons). A call that still rings and
has not waited T seconds is not counted yet. This is the common definition with short abandons left out: Twilio, "SLA
Metrics" and "Service Level Preferences" (Flex Insights; threshold of short abandons 5 seconds by default), where what
connects sooner than the threshold is within, and an abandonment under the other threshold does not count against it.

Abandonment rate = callers who left before anybody or anything answered their need / (offered - short abandons). A caller
who was promised a call, or is on the supervisors' list, was acknowledged, not lost.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.call import Disposition, Outcome
from app.domain.lead import ClosedAs, Custody
from app.domain.service_report.facts import CallFacts, LeadFacts, PromiseFacts

SHORT_ABANDON = timedelta(seconds=5)
"""A call that ends sooner, unanswered, is hardly a call. Source: FLOWS.md, matching."""

WITHIN_SECONDS, TARGET_PERCENT = 20, 80
"""80 % in 20 seconds: the field's usual target, and our default."""


class Reached(StrEnum):
    """How far a caller got: exactly one for every call that was offered."""

    ANSWERED = "answered"
    ANSWERED_AFTER_HOLD = "answered_after_hold"
    PROMISED = "promised"
    ESCALATED = "escalated"
    RETURNED = "returned"
    OPTED_OUT = "opted_out"
    ABANDONED = "abandoned"
    SHORT_ABANDON = "short_abandon"
    SET_ASIDE = "set_aside"
    ON_THE_LINE = "on_the_line"


ANSWERED = (Reached.ANSWERED, Reached.ANSWERED_AFTER_HOLD)


def reached(call: CallFacts, accepted_at: datetime | None) -> Reached:
    """In which tier the call ended, or that it has not ended. `accepted_at` is the call's own, computed once."""
    if accepted_at is not None:
        return Reached.ANSWERED_AFTER_HOLD if call.held else Reached.ANSWERED
    if call.ended_at is None:
        return Reached.ON_THE_LINE
    match call.disposition:
        case Disposition.RETURNED:
            return Reached.RETURNED
        case Disposition.BLOCKED | Disposition.WRONG_NUMBER:
            return Reached.SET_ASIDE
    if call.answered_at is None and call.ended_at - call.arrived_at <= SHORT_ABANDON:
        return Reached.SHORT_ABANDON
    match call.disposition:
        case Disposition.CALLBACK_SCHEDULED:
            return Reached.PROMISED
        case Disposition.ESCALATED:
            return Reached.ESCALATED
        case Disposition.OPTED_OUT:
            return Reached.OPTED_OUT
    # A call that was connected, and whose acceptance came to nothing, ended with nobody: that is no answer.
    return Reached.ABANDONED


def is_undecided(call: CallFacts, within: timedelta, as_of: datetime) -> bool:
    """Whether a call that nobody has taken may still be answered in time."""
    return call.ended_at is None and as_of - call.arrived_at <= within


class Standing(StrEnum):
    """Where a lead stands at the moment of the report: exactly one for every lead."""

    SERVED = "served"
    SERVED_BY_CALLBACK = "served_by_callback"
    ON_THE_LINE = "on_the_line"
    PROMISED = "promised"
    ESCALATED = "escalated"
    LATE = "late"
    RETURNED = "returned"
    OPTED_OUT = "opted_out"
    UNREACHABLE = "unreachable"
    LEFT_ALONE = "left_alone"
    SET_ASIDE = "set_aside"


SERVED = (Standing.SERVED, Standing.SERVED_BY_CALLBACK)
OWED = (Standing.ON_THE_LINE, Standing.PROMISED, Standing.ESCALATED, Standing.LATE)
"""Not served yet; somebody still owes these a step."""
LOST = (Standing.OPTED_OUT, Standing.UNREACHABLE)
"""Over, and never served. Returned leads cost nothing; who hung up within seconds, duplicates, wrong and blocked numbers were
none."""

_OPEN = {Custody.IN_CALL: Standing.ON_THE_LINE, Custody.PROMISED: Standing.PROMISED}
_CLOSED = {
    ClosedAs.RETURNED: Standing.RETURNED,
    ClosedAs.OPTED_OUT: Standing.OPTED_OUT,
    ClosedAs.UNREACHABLE: Standing.UNREACHABLE,
}


def standing(lead: LeadFacts, tier: Reached, as_of: datetime) -> Standing:
    """Late: the instant has passed by which somebody owed the lead a step. `tier`: how far its call got."""
    if lead.custody is Custody.SERVED:
        return Standing.SERVED_BY_CALLBACK if lead.called_back else Standing.SERVED
    if lead.closed_as is ClosedAs.UNREACHABLE and tier is Reached.SHORT_ABANDON:
        return Standing.LEFT_ALONE
    if lead.closed_as is not None:
        return _CLOSED.get(lead.closed_as, Standing.SET_ASIDE)
    if lead.owed_by is None or lead.owed_by < as_of:
        return Standing.LATE
    return _OPEN.get(lead.custody, Standing.ESCALATED)


class Kept(StrEnum):
    """What became of a promised call."""

    KEPT = "kept"
    SLIPPED = "slipped"
    TO_KEEP = "to_keep"
    NOT_NEEDED = "not_needed"


def kept(promise: PromiseFacts, as_of: datetime) -> Kept:
    """Kept: a call for it left by the promised time. Not needed: the person was served, or said STOP, before."""
    if promise.dialed_at is not None and promise.dialed_at <= promise.promised_by:
        return Kept.KEPT
    if promise.status == "cancelled":
        return Kept.NOT_NEEDED
    if promise.status in ("promised", "dialing") and promise.promised_by >= as_of:
        return Kept.TO_KEEP
    return Kept.SLIPPED


class Ring(StrEnum):
    """What a producer did with a ring."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    MISSED = "missed"
    REFUSED = "refused"
    ENDED = "ended"
    RINGING = "ringing"


RINGS = {
    Outcome.ACCEPTED: Ring.ACCEPTED,
    Outcome.DECLINED: Ring.DECLINED,
    Outcome.NO_ANSWER: Ring.MISSED,
    Outcome.AUTHORITY_LOST: Ring.REFUSED,
    Outcome.BUSY: Ring.ENDED,
    Outcome.FAILED: Ring.ENDED,
    Outcome.CALLER_HUNG_UP: Ring.ENDED,
}
"""Refused: the gate said no at the key press. Ended: the caller or the carrier ended the ring, not the producer."""
