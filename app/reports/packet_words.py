"""What a packet calls things: reasons, outcomes and sources in words, for somebody who has never seen the product."""

from __future__ import annotations

from app.reports.wording import listed, shown

REASONS = {
    "no_license": "holds no license in that state",
    "license_not_active": "the license there was not active",
    "license_not_yet_effective": "the license there had not begun",
    "license_expired": "the license there had expired",
    "loa_missing": "licensed there, but not for this line",
    "expiration_unknown": "the license's last day was not known",
    "resident_license_invalid": "the license of the home state was not in force",
    "resident_loa_missing": "not licensed for this line in the home state",
    "domicile_change_pending": "a change of residence was not settled",
    "producer_suspended": "suspended by the agency",
    "appointment_missing": "no appointment with the carrier there",
    "roster_stale": "the license had not been verified for too long",
    "state_not_open": "the agency had not opened that state, or that part of it",
    "state_unknown": "the caller's state was not known",
    "agency_license_expired": "the agency's own license there had expired",
    "not_on_team": "not on the team of this campaign",
    "outside_hours": "outside the hours in which the law allows the call",
    "opted_out": "the person had asked not to be called",
    "dnc_unknown": "the standing on the do-not-call registry was not known",
    "dnc_listed": "the number is on the do-not-call registry",
    "attempt_cap": "called often enough within a day",
}
_LACKS = {
    "nobody_licensed": "nobody was licensed for it",
    "nobody_available": "nobody who was licensed was free",
    "state_unknown": "the caller's state was not known",
}
_OUTCOMES = {
    "accepted": "pressed 1 and was connected",
    "no_answer": "did not press 1",
    "busy": "the phone was busy",
    "failed": "the phone could not be reached",
    "declined": "declined",
    "authority_lost": "pressed 1 and was not connected: authority was gone by then",
    "caller_hung_up": "the caller hung up first",
}
_ENDS = {
    "connected": "The caller talked with a producer.",
    "callback_scheduled": "The caller was promised a call.",
    "escalated": "The caller was handed to the supervisors.",
    "returned": "The call went back to the vendor.",
    "abandoned": "The caller hung up.",
    "opted_out": "The caller asked not to be called.",
    "blocked": "The call was refused.",
    "wrong_number": "It was a wrong number.",
}
_KINDS = {
    "offer": "Whom to ring",
    "acceptance": "Whether the producer who pressed 1 might still take it",
    "check": "A question from outside",
    "ping": "A vendor's question before the sale",
    "dial": "Whether the person might be called",
    "assignment": "Whether a supervisor might assign it",
    "bridged_without_acceptance": "A connection that no decision let through",
}
_CONFIDENCE = {
    "confirmed": "certain",
    "verified": "verified",
    "shared": "one of several, all of which were required",
    "likely": "likely",
    "presumed": "presumed",
    "conflict": "contradicting evidence: every state named was required",
    "unknown": "not known",
}
_SOURCES = {
    "roster": "a roster file",
    "csv": "a roster file",
    "nipr": "a NIPR report",
    "nipr-feed": "a NIPR report",
    "change": "by hand",
    "api": "the agency's own system",
}


def reasons(codes: list[str]) -> str:
    """ "the license there had expired and suspended by the agency"."""
    return listed(REASONS.get(code) or plain(code) for code in codes) or "for no reason that was written down"


def reason(code: str) -> str:
    return REASONS.get(code) or plain(code)


def lack(code: str) -> str:
    return _LACKS.get(code) or reason(code)


def outcome(code: str | None) -> str:
    return _OUTCOMES.get(code or "") or (plain(code) if code else "still rang, or still talked, when this was made")


def end(code: str | None) -> str:
    return _ENDS.get(code or "") or ("It came to this: " + plain(code) + "." if code else "It was not over yet.")


def kind(code: str) -> str:
    return _KINDS.get(code) or plain(code).capitalize()


def confidence(code: str) -> str:
    return _CONFIDENCE.get(code) or plain(code)


def source(code: str) -> str:
    return _SOURCES.get(code) or plain(code)


def plain(code: str) -> str:
    """A code that has no words yet is at least readable."""
    return shown(code.replace("_", " "), 80)
