"""Codes and numbers of the tour in plain English. What is not known here is shown as it came."""

from __future__ import annotations

from collections.abc import Sequence

_STATES = {"FL": "Florida", "GA": "Georgia", "OH": "Ohio", "PA": "Pennsylvania", "TX": "Texas"}

_REASONS = {
    "no_license": "holds no license there",
    "license_not_active": "the license there is not active",
    "license_not_yet_effective": "the license there has not begun yet",
    "license_expired": "the license there has expired",
    "loa_missing": "licensed there, but not for this line",
    "expiration_unknown": "nobody knows when the license ends",
    "resident_license_invalid": "the license of the home state is not in force",
    "resident_loa_missing": "not licensed for this line at home",
    "domicile_change_pending": "is moving to another state",
    "producer_suspended": "is suspended",
    "appointment_missing": "has no appointment with the carrier",
    "roster_stale": "the license has not been verified for too long",
    "state_not_open": "the agency has not opened that state",
    "state_unknown": "nobody knows where the caller lives",
    "agency_license_expired": "the agency's own license there has expired",
    "not_on_team": "is not on this campaign's team",
}

_OUTCOMES = {
    "no_answer": "1 was not pressed, so the caller is not connected",
    "busy": "the phone is busy",
    "failed": "the phone cannot be reached",
    "declined": "not now, says the producer",
    "authority_lost": "hung up on: the right to take this call is gone",
    "caller_hung_up": "stops ringing: the caller has left",
}

_LACKS = {
    "nobody_licensed": "nobody is licensed there",
    "nobody_available": "nobody licensed could be reached",
    "state_unknown": "the state stayed unknown",
}

_AVAILABILITY = {"held": "in another call", "wrap_up": "busy with the last call", "missed": "out after missed calls"}

_CUSTODY = {
    "in_call": "still in a call",
    "promised": "promised a callback",
    "escalated": "on the supervisors' list",
    "served": "served",
    "closed": "closed",
}

_IN_VAIN = {"no-answer": "does not answer", "busy": "is busy", "canceled": "is not rung any longer"}

_SOURCES = {
    "keyed_zip": "keyed ZIP",
    "vendor_zip_and_state": "vendor's record",
    "vendor_zip": "vendor's ZIP",
    "vendor_state_and_area_code": "vendor's state and area code",
    "area_code": "area code alone",
}


def state_names(codes: Sequence[str]) -> str:
    return " and ".join(_STATES.get(code, code) for code in codes) or "an unknown state"


def reason(code: str) -> str:
    return _REASONS.get(code, code.replace("_", " "))


def outcome(code: str) -> str:
    return _OUTCOMES.get(code, code.replace("_", " "))


def lack(code: str) -> str:
    return _LACKS.get(code, code.replace("_", " "))


def availability(code: str) -> str:
    return _AVAILABILITY.get(code, code)


def custody(code: str) -> str:
    return _CUSTODY.get(code, code.replace("_", " "))


def source(code: str) -> str:
    return _SOURCES.get(code, code.replace("_", " "))


def spoken_number(number: str) -> str:
    """+16145550150 as 614-555-0150; what is no American number as it came."""
    if len(number) == 12 and number.startswith("+1"):
        return f"{number[2:5]}-{number[5:8]}-{number[8:]}"
    return number


def spoken_seconds(seconds: float) -> str:
    """75 s, 0.5 s."""
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"


def spoken_span(seconds: float) -> str:
    """A while to come: 5 minutes, 27 hours."""
    minutes = max(round(seconds / 60), 1)
    if minutes >= 120:
        return f"{minutes / 60:.0f} hours"
    return "1 minute" if minutes == 1 else f"{minutes} minutes"


def more_times(count: int) -> str:
    """once more, twice more, 11 times more."""
    return {1: "once more", 2: "twice more"}.get(count, f"{count} times more")


def sound(detail: str) -> str:
    """What was heard: a sentence, or the name of what was played."""
    kind, _, url = detail.partition("] ")
    return f"[{url.rsplit('/', 1)[-1]}]" if kind == "[play" else detail


def unanswered(detail: str) -> str:
    """How a ring in vain ended; `detail` begins with the call's final status."""
    return _IN_VAIN.get(detail.partition(" ")[0], "cannot be reached")
