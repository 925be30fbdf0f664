"""Which state governs this caller: evidence in, a Residence or a question out. The whole table of FLOWS.md.

Strongest first: a ZIP that the caller keys or says; the vendor's record; the area code. Twilio's FromState
describes the number, not the person, and is never evidence.

What the table leaves open is read in the stricter way (a fact that is missing is a no):

- A ZIP that does not exist counts as not given, the vendor's too; a keyed one is asked for again, whatever
  else is known. Four keyed digits are a ZIP cut short; only in a vendor's file have they lost a zero.
- A vendor's state that nobody can read counts as not given. One that plainly is elsewhere ("ON", "AE"), or a
  Canadian postal code, speaks against every state, as military ZIPs do: ask, and on silence unknown, however
  good the rest looks.
- A vendor's state decides a ZIP in two states only where the vendor's own ZIP does not contradict it; the
  area code never decides.
- In a conflict the area code's state is a candidate too: one license more is required, never one less.
- A vendor's state without a geographic number is asked about, and silence leaves it unknown: the table
  presumes from an area code only.
- A state that a producer reports is added to what was known, and then both are required: it replaces
  nothing and makes no new question. After evidence that no state governs it proves too little, and the
  caller is asked.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from app.domain import states
from app.domain.evidence import Evidence as Evidence
from app.domain.evidence import Facts, listed, read, together, ungoverned
from app.domain.states import State
from app.domain.zip_codes import Zip

MOST_ASKS = 3
"""In English, in Spanish, and once more."""


class Confidence(StrEnum):
    """How sure the residence is. `shared` and `conflict` mean a license in every state of it."""

    CONFIRMED = "confirmed"
    VERIFIED = "verified"
    SHARED = "shared"
    LIKELY = "likely"
    PRESUMED = "presumed"
    CONFLICT = "conflict"
    UNKNOWN = "unknown"


class Source(StrEnum):
    """What the residence rests on; `candidates` are all the states that contradicting evidence names."""

    KEYED_ZIP = "keyed_zip"
    VENDOR_ZIP_AND_STATE = "vendor_zip_and_state"
    VENDOR_ZIP = "vendor_zip"
    VENDOR_STATE_AND_AREA_CODE = "vendor_state_and_area_code"
    STATED_STATE = "stated_state"
    AREA_CODE = "area_code"
    CANDIDATES = "candidates"
    NONE = "none"


class AskReason(StrEnum):
    """Why the caller must be asked for a ZIP."""

    ZIP_NOT_FOUND = "zip_not_found"
    NO_STATE_GOVERNS = "no_state_governs"
    CONFLICT = "conflict"
    VENDOR_STATE_ALONE = "vendor_state_alone"
    AREA_CODE_ALONE = "area_code_alone"
    NOTHING_KNOWN = "nothing_known"


@dataclass(frozen=True)
class Residence:
    """The states, sorted, in each of which a license is required; none where it is unknown.

    `zip` is the five-digit ZIP it rests on, where it rests on one. `conflict`: the evidence contradicts
    itself. `why` is a sentence or two for a producer or a compliance person. `evidence` is all that was judged.
    """

    states: tuple[State, ...]
    confidence: Confidence
    source: Source
    conflict: bool
    zip: str | None
    why: str
    evidence: Evidence = field(default_factory=Evidence, compare=False, repr=False)


@dataclass(frozen=True)
class Ask:
    """The evidence does not settle it: ask for a ZIP. `candidates` are the states it names, sorted."""

    reason: AskReason
    candidates: tuple[State, ...]
    why: str


def resolve(evidence: Evidence) -> Residence | Ask:
    """The residence, or the question to put. After `MOST_ASKS` questions it settles instead."""
    if evidence.asks_made >= MOST_ASKS:
        return settle(evidence)
    facts = read(evidence)
    if facts.keyed_unusable:
        why = f'The caller gave "{facts.keyed_unusable}", which is no ZIP in use.'
        return Ask(AskReason.ZIP_NOT_FOUND, facts.named, why)
    verdict = _judge(facts)
    return replace(verdict, evidence=evidence) if isinstance(verdict, Residence) else verdict


def settle(evidence: Evidence) -> Residence:
    """The residence where nothing more will be asked: silence, a hang-up, asking switched off."""
    verdict = _judge(read(evidence))
    residence = verdict if isinstance(verdict, Residence) else _without_answer(verdict, evidence)
    return replace(residence, evidence=evidence)


def _judge(facts: Facts) -> Residence | Ask:
    verdict = _before_stated(facts)
    return _with_stated(verdict, facts.stated_states) if facts.stated_states else verdict


def _before_stated(facts: Facts) -> Residence | Ask:
    if facts.keyed is not None:
        return _from_keyed(facts, facts.keyed)
    if facts.elsewhere:
        return Ask(AskReason.NO_STATE_GOVERNS, (), facts.elsewhere)
    if facts.vendor is not None:
        return _from_vendor_zip(facts, facts.vendor)
    if facts.vendor_state:
        return _from_vendor_state(facts, facts.vendor_state)
    if facts.area_code_state:
        owner = states.name(facts.area_code_state)
        why = f"Only the area code is known: {facts.area_code} is {owner}'s, but people who move keep numbers."
        return Ask(AskReason.AREA_CODE_ALONE, (facts.area_code_state,), why)
    return Ask(AskReason.NOTHING_KNOWN, (), "Neither the vendor nor the number says where the caller lives.")


def _from_keyed(facts: Facts, keyed: Zip) -> Residence | Ask:
    if not keyed.states:
        return Ask(AskReason.NO_STATE_GOVERNS, (), ungoverned("The caller's", facts.keyed_zip, keyed))
    confidence, governing = Confidence.CONFIRMED, keyed.states
    why = f"The caller keyed ZIP {facts.keyed_zip} in {listed(keyed.states)}"
    if len(keyed.states) > 1 and facts.undisputed_vendor_state in keyed.states:
        confidence, governing = Confidence.VERIFIED, together(facts.undisputed_vendor_state)
        why += f", and the vendor's state is {listed(governing)}"
    elif len(keyed.states) > 1:
        confidence = Confidence.SHARED
        why += ": a license in each is required"
    why += "." + facts.noted_against(governing)
    return Residence(governing, confidence, Source.KEYED_ZIP, False, facts.keyed_zip, why)


def _from_vendor_zip(facts: Facts, vendor: Zip) -> Residence | Ask:
    why = f"The vendor's ZIP {facts.vendor_zip} is in {listed(vendor.states)}"
    if facts.vendor_state and facts.vendor_state not in vendor.states:
        why += f", but the vendor's state is {states.name(facts.vendor_state)}."
        return Ask(AskReason.CONFLICT, facts.named, why)
    confidence, source, governing = Confidence.LIKELY, Source.VENDOR_ZIP, vendor.states
    if facts.vendor_state:
        confidence, source = Confidence.VERIFIED, Source.VENDOR_ZIP_AND_STATE
        governing = (facts.vendor_state,)
        why += f", and the vendor's state is {listed(governing)}"
    elif len(vendor.states) > 1:
        confidence = Confidence.SHARED
        why += ": a license in each is required"
    why += "." + facts.noted_against(governing)
    return Residence(governing, confidence, source, False, facts.vendor_zip, why)


def _from_vendor_state(facts: Facts, vendor_state: State) -> Residence | Ask:
    why = f"The vendor says {states.name(vendor_state)} without a usable ZIP"
    if facts.area_code_state is None:
        why += ", and the number has no area code of a state to support it."
        return Ask(AskReason.VENDOR_STATE_ALONE, (vendor_state,), why)
    if facts.area_code_state != vendor_state:
        why += f", but area code {facts.area_code} is {states.name(facts.area_code_state)}'s."
        return Ask(AskReason.CONFLICT, facts.named, why)
    why += f", and area code {facts.area_code} agrees."
    source = Source.VENDOR_STATE_AND_AREA_CODE
    return Residence((vendor_state,), Confidence.LIKELY, source, False, None, why)


def _with_stated(verdict: Residence | Ask, stated: tuple[State, ...]) -> Residence | Ask:
    if isinstance(verdict, Ask) and verdict.reason is AskReason.NO_STATE_GOVERNS:
        return verdict
    known = verdict.states if isinstance(verdict, Residence) else verdict.candidates
    governing = together(*known, *stated)
    if isinstance(verdict, Residence) and governing == known:
        return verdict
    why = f"{verdict.why} A producer learned from the caller: {listed(stated)}."
    if len(governing) == 1:
        return Residence(governing, Confidence.LIKELY, Source.STATED_STATE, False, None, why)
    return _every_candidate(governing, why)


def _without_answer(ask: Ask, evidence: Evidence) -> Residence:
    """Silence: all candidates of a conflict are required, an area code is presumed, else unknown."""
    asked = evidence.silent or evidence.asks_made > 0
    why = ask.why + (" Asked for a ZIP, the caller gave none that settles it." if asked else "")
    match ask.reason:
        case AskReason.CONFLICT:
            return _every_candidate(ask.candidates, why)
        case AskReason.AREA_CODE_ALONE:
            why += f" {listed(ask.candidates)} is presumed: confirm the ZIP first."
            return Residence(ask.candidates, Confidence.PRESUMED, Source.AREA_CODE, False, None, why)
        case _:
            why += " The state stays unknown."
            return Residence((), Confidence.UNKNOWN, Source.NONE, False, None, why)


def _every_candidate(candidates: tuple[State, ...], why: str) -> Residence:
    why += f" A license in each of {listed(candidates)} is required."
    return Residence(candidates, Confidence.CONFLICT, Source.CANDIDATES, True, None, why)
