"""What happened on a call, each thing in a sentence: for a timeline that a compliance person can read."""

from __future__ import annotations

from typing import Any

from app.domain import states
from app.storage.calls import Event
from app.storage.ledger import Entry
from app.web.console.why import line_of_authority, named
from app.web.console.words import CHIPS, duration, spoken

_ASKED_BECAUSE = {
    "area_code_alone": "only the area code was known",
    "conflict": "what was known contradicts itself",
    "zip_not_found": "that ZIP is not in use",
    "no_state_governs": "no state governs there",
    "vendor_state_alone": "only the vendor's word was known",
    "nothing_known": "nothing was known",
}
_LEG = {
    "initiated": "was dialed",
    "ringing": "rang",
    "in-progress": "was answered",
    "completed": "ended",
    "no-answer": "was not answered",
    "busy": "was busy",
    "failed": "could not be reached",
    "canceled": "was canceled",
}
KINDS = {
    "offer": "The gate was asked whom to ring",
    "acceptance": "The gate was asked again at the key press",
    "check": "A check from outside",
    "ping": "A vendor asked",
    "dial": "The gate was asked before dialing",
    "assignment": "A supervisor assigned it",
    "recording_played": "The recording was listened to",
    "recording_deleted": "The recording was deleted at the carrier",
    "escalation_claimed": "Claimed",
    "escalation_called": "A call was asked for at once",
    "escalation_scheduled": "A call was asked for at a time",
    "escalation_resolved": "Resolved",
    "lead_posted": "The vendor posted the lead",
    "bridged_without_acceptance": "Bridged without an acceptance",
}


def happened(event: Event, names: dict[str, str]) -> str:
    """One sentence. What this version has no words for is at least readable."""
    told = _TOLD.get(event.happening)
    return told(event.facts, names) if told else event.happening.replace("_", " ").capitalize()


def decided(entry: Entry, names: dict[str, str]) -> str:
    """What the ledger's entry says, in short."""
    facts = entry.facts
    if entry.erased_by is not None:
        return f"{KINDS.get(entry.kind) or entry.kind.replace('_', ' ').capitalize()}; what it says was erased"
    if "states" not in facts:
        return KINDS.get(entry.kind) or entry.kind.replace("_", " ").capitalize()
    asked = f"{line_of_authority(str(facts['loa']))} in {named(facts['states'])}"
    if facts["allowed"]:
        return f"Allowed: {_name(facts.get('npn'), names)} for {asked}"
    if facts.get("lack"):
        return f"Nobody for {asked}: {spoken(facts['lack'])}"
    return f"Refused for {asked}: {', '.join(spoken(reason) for reason in facts['reasons'])}"


def _name(npn: Any, names: dict[str, str]) -> str:
    return names.get(str(npn)) or (f"NPN {npn}" if npn else "A producer")


def _arrived(facts: dict[str, Any], names: dict[str, str]) -> str:
    return f"The call arrived. {facts.get('matched_why', '')}".strip()


def _asked(facts: dict[str, Any], names: dict[str, str]) -> str:
    language = "Spanish" if facts.get("language") == "es" else "English"
    because = _ASKED_BECAUSE.get(str(facts.get("reason")), "")
    return f"The caller was asked for a ZIP in {language}" + (f": {because}." if because else ".")


def _settled(facts: dict[str, Any], names: dict[str, str]) -> str:
    if "keyed" in facts:
        return f"The caller gave “{facts['keyed'] or facts.get('speech') or 'nothing'}”."
    if facts.get("states"):
        return f"State settled: {named(facts['states'])}, {facts.get('confidence')}. {facts.get('why', '')}"
    return f"The state stayed unknown. {facts.get('why', '')}".strip()


def _offered(facts: dict[str, Any], names: dict[str, str]) -> str:
    rings = f", for up to {facts['ring_seconds']} s" if "ring_seconds" in facts else ""
    return f"Offer {facts.get('offer', 1)}: {_name(facts.get('npn'), names)} is rung{rings}."


def _screened(facts: dict[str, Any], names: dict[str, str]) -> str:
    return f"{_name(facts.get('npn'), names)} answered and hears what it is about."


def _accepted(facts: dict[str, Any], names: dict[str, str]) -> str:
    return f"{_name(facts.get('npn'), names)} pressed 1, was judged once more, and was connected."


def _passed(facts: dict[str, Any], names: dict[str, str]) -> str:
    outcome = str(facts.get("outcome", ""))
    word = CHIPS[outcome].word.lower() if outcome in CHIPS else spoken(outcome)
    return f"Offer {facts.get('offer', 1)} came to nothing: {_name(facts.get('npn'), names)}, {word or 'not reached'}."


def _leg(facts: dict[str, Any], names: dict[str, str]) -> str:
    status = str(facts.get("status", ""))
    if "offer" in facts:
        return f"The phone of offer {facts['offer']} {_LEG.get(status, status)}."
    return f"The carrier reports: {_LEG.get(status, status) or 'progress'}."


def _ended_talk(facts: dict[str, Any], names: dict[str, str]) -> str:
    who = "The caller hung up" if facts.get("caller_left") else f"{_name(facts.get('npn'), names)} hung up"
    return f"The talk ended. {who} first."


def _nobody(facts: dict[str, Any], names: dict[str, str]) -> str:
    if facts.get("served"):
        return "The caller had been served already and heard goodbye."
    told = spoken(str(facts.get("reason", "nobody could take it"))).capitalize()
    return f"{told}. The caller was promised a call." if facts.get("promised") else f"{told}. The caller was told so."


def _held(facts: dict[str, Any], names: dict[str, str]) -> str:
    return "The caller chose to stay on the line." if "chose" in facts else "On hold; the gate is asked each round."


def _ended(facts: dict[str, Any], names: dict[str, str]) -> str:
    seconds = facts.get("duration_seconds")
    return f"The call ended after {duration(seconds)}." if isinstance(seconds, int) else "The call ended."


def _wrong_state(facts: dict[str, Any], names: dict[str, str]) -> str:
    state = facts.get("state") or facts.get("told")
    there = states.name(state) if isinstance(state, str) and states.is_state(state) else "elsewhere"
    return f"The producer learned that the caller is in {there}."


_TOLD = {
    "call_arrived": _arrived,
    "state_asked": _asked,
    "state_settled": _settled,
    "producer_offered": _offered,
    "producer_screened": _screened,
    "producer_accepted": _accepted,
    "producer_passed": _passed,
    "leg_progressed": _leg,
    "talk_ended": _ended_talk,
    "nobody_could": _nobody,
    "caller_chose": lambda facts, names: "The caller chose another time.",
    "caller_held": _held,
    "call_placed": lambda facts, names: f"A callback: {_name(facts.get('npn'), names)} is rung.",
    "caller_dialed": lambda facts, names: "The person is dialed.",
    "call_turned_away": lambda facts, names: "Given back to the vendor unanswered: nothing is billed.",
    "wrong_state_reported": _wrong_state,
    "document_failed": lambda facts, names: "Something failed on our side; the caller heard a promise.",
    "call_ended": _ended,
}
