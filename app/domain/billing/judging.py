"""Is a line due? One verdict, every reason against it, and a sentence of evidence for each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.domain import evidence as evidences
from app.domain import states
from app.domain.billing.record import (
    BilledBefore,
    BilledLine,
    Doubt,
    Finding,
    OurCall,
    Reason,
    Verdict,
    dollars,
    instant,
)
from app.domain.billing.repeats import PersonsCall
from app.domain.billing.then import Agreed, OpeningsThen
from app.domain.residency import Confidence, Residence
from app.domain.states import State

TOLERANCE_SECONDS = 2
"""The vendor's clock may count so many seconds more than ours: theirs stops when they learn of the end."""

_SETTLED = (Confidence.CONFIRMED, Confidence.VERIFIED)


@dataclass(frozen=True, slots=True)
class Judgement:
    """`findings` are empty where the line is accepted."""

    verdict: Verdict
    findings: tuple[Finding, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """Each reason or doubt once."""
        return tuple(dict.fromkeys(str(finding.code) for finding in self.findings))


@dataclass(frozen=True, slots=True)
class Around:
    """What else bears on a line: what was agreed when its call arrived, which states were bought, what was billed before.

    `repeats`: the billable call of the same person within the days agreed.
    """

    agreed: Agreed
    openings: OpeningsThen
    billed_before: BilledBefore | None = None
    repeats: PersonsCall | None = None


def not_matched(finding: Finding) -> Judgement:
    """The judgement on a line of which no call of ours is known."""
    return _judgement([finding])


def judge(line: BilledLine, call: OurCall, around: Around) -> Judgement:
    """The judgement on a line that bills `call`. One certain reason disputes it; without one, a doubt leaves it to a person."""
    findings = [
        *_time(line, call, around.agreed),
        *_repeated(around),
        *_state(line, call, around.openings),
        *_price(line, around.agreed),
    ]
    return _judgement(findings)


def _judgement(findings: list[Finding]) -> Judgement:
    if any(isinstance(finding.code, Reason) for finding in findings):
        return Judgement(Verdict.DISPUTED, tuple(findings))
    return Judgement(Verdict.CANNOT_SAY if findings else Verdict.ACCEPTED, tuple(findings))


# ---- how long


def _time(line: BilledLine, call: OurCall, agreed: Agreed) -> Iterator[Finding]:
    seconds = call.billable_seconds
    if seconds is None or call.ended_at is None:
        yield Finding(
            Doubt.CALL_OPEN, f"Call {call.call_sid}, arrived {instant(call.arrived_at)}, has no end on our record."
        )
        return
    if call.answered_at is None:
        if call.accepted_at is not None or call.served_seconds:
            yield Finding(
                Doubt.ANSWER_UNKNOWN, f"Somebody talked on call {call.call_sid}, but when it was answered is not known."
            )
        else:
            why = f"The call arrived {instant(call.arrived_at)} and ended {instant(call.ended_at)} without an answer."
            yield Finding(Reason.UNANSWERED, why)
        return
    span = f"answered {instant(call.answered_at)}, ended {instant(call.ended_at)}: {seconds} billable seconds"
    if agreed.buffer_seconds is not None and seconds < agreed.buffer_seconds:
        yield Finding(
            Reason.UNDER_BUFFER, f"The call was {span}, below the buffer of {agreed.buffer_seconds} agreed then."
        )
    if line.billable_seconds is not None and line.billable_seconds > seconds + TOLERANCE_SECONDS:
        yield Finding(Reason.WRONG_SECONDS, f"Billed are {line.billable_seconds} seconds, but the call was {span}.")


# ---- once


def _repeated(around: Around) -> Iterator[Finding]:
    before, earlier = around.billed_before, around.repeats
    if before is not None:
        where = "this invoice" if before.invoice_id is None else f"invoice {before.invoice_id}"
        yield Finding(Reason.DUPLICATE, f"The same call is billed on line {before.line} of {where}.")
    elif earlier is not None:
        why = f"The same caller's billable call {earlier.call_sid} arrived {instant(earlier.arrived_at)}."
        yield Finding(Reason.DUPLICATE, why)


# ---- from where


def _state(line: BilledLine, call: OurCall, openings: OpeningsThen) -> Iterator[Finding]:
    settled, told_by = settled_states(call.residence)
    if not settled:
        return
    governing = " and ".join(states.name(state) for state in settled)
    stated = line.state or states.parse(call.stated)
    if stated is not None and stated not in settled:
        if stated in _keyed_states(call.residence):
            why = f"A producer was told {governing}, but the caller's own ZIP is in {states.name(stated)}, as the vendor says."
            yield Finding(Doubt.STATE_UNSURE, why)
            return
        why = f"The vendor says {states.name(stated)}, but the caller lives in {governing}: {told_by}."
        yield Finding(Reason.WRONG_STATE, why)
    if not any(openings.bought(state, call.zip_code, call.arrived_at) for state in settled):
        why = f"The caller lives in {governing} ({told_by}), from where we did not buy calls on {instant(call.arrived_at)}."
        yield Finding(Reason.WRONG_STATE, why)


def settled_states(residence: Residence | None) -> tuple[tuple[State, ...], str]:
    """Where the caller lives, as far as it is fit for a dispute, and who says so; none where it is not.

    What a producer was told outweighs what was verified before: it was learned from the person, and later.
    """
    if residence is None:
        return (), ""
    told = evidences.together(*residence.evidence.stated_states)
    if told:
        return told, "a producer learned it from the caller"
    if residence.confidence in _SETTLED:
        keyed = residence.confidence is Confidence.CONFIRMED
        return residence.states, "the caller's own ZIP says so" if keyed else "ZIP and state agree"
    return (), ""


def _keyed_states(residence: Residence | None) -> tuple[State, ...]:
    keyed = None if residence is None else evidences.read(residence.evidence).keyed
    return keyed.states if keyed else ()


# ---- for how much


def _price(line: BilledLine, agreed: Agreed) -> Iterator[Finding]:
    if agreed.price_cents is None:
        yield Finding(Doubt.NO_PRICE, "No price was set for the campaign when the call arrived.")
    elif line.amount_cents > agreed.price_cents:
        why = f"Billed are {dollars(line.amount_cents)}, agreed then were {dollars(agreed.price_cents)}."
        yield Finding(Reason.WRONG_PRICE, why)
