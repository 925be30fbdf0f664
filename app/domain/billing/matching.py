"""Which of our calls a line bills: by our CallSid, the vendor's id of the lead, ours, or the caller and the time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from app.domain.billing.record import BilledLine, Doubt, Finding, OurCall, Reason, instant

AROUND = timedelta(minutes=10)
"""A call may have arrived so long before or after the time that the line gives: two clocks, and ringing."""

_CALL_SID = re.compile(r"CA[0-9a-fA-F]{32}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Calls that each way of naming a call finds; a way that the line does not use finds none.

    Those by caller are the ones within AROUND of the line's time. `posted`: a lead that the line names is the vendor's.
    """

    by_sid: Sequence[OurCall] = ()
    by_external_id: Sequence[OurCall] = ()
    by_lead: Sequence[OurCall] = ()
    by_caller: Sequence[OurCall] = ()
    posted: bool = False


def match(line: BilledLine, found: Candidates, vendor_id: int) -> OurCall | Finding:
    """The one call that the line bills, or why there is none: unknown to us, or not to be told.

    The strongest way that finds any decides; a weaker one may tell which of several, and must not contradict.
    """
    ways = [way for way in (found.by_sid, found.by_external_id, found.by_lead, found.by_caller) if way]
    if not ways:
        return _nothing(line, found)
    chosen = list(ways[0])
    for way in ways[1:]:
        also = {call.call_id for call in way}
        chosen = [call for call in chosen if call.call_id in also]
        if not chosen:
            why = "What the line says of the call names two different calls of ours: a person must tell which is meant."
            return Finding(Doubt.CONTRADICTED, why)
    chosen = _narrowed(line, chosen)
    if len(chosen) > 1:
        sids = ", ".join(call.call_sid for call in chosen[:3])
        return Finding(Doubt.AMBIGUOUS, f"{len(chosen)} of our calls fit the line ({sids}): a person must tell which.")
    (call,) = chosen
    if call.vendor_id is None:
        return Finding(Doubt.NO_VENDOR, f"Call {call.call_sid} came on a number that no vendor is named for.")
    if call.vendor_id != vendor_id:
        return Finding(Reason.UNKNOWN, "No call that this vendor sold us fits what the line says.")
    return call


def _narrowed(line: BilledLine, chosen: list[OurCall]) -> list[OurCall]:
    """Of several calls of one lead, those around the line's time, and to the number that it says was called."""
    if len(chosen) > 1 and line.at is not None:
        at = line.at
        chosen = [call for call in chosen if abs(call.arrived_at - at) <= AROUND] or chosen
    if len(chosen) > 1 and line.called is not None:
        chosen = [call for call in chosen if call.to_number == line.called] or chosen
    return chosen


def _nothing(line: BilledLine, found: Candidates) -> Finding:
    if found.posted:
        return Finding(Reason.UNKNOWN, "The lead was posted to us, but no call of it ever came.")
    looked = []
    if _CALL_SID.fullmatch(line.call_id):
        looked.append(f"the CallSid {line.call_id}")
    if line.external_id:
        looked.append(f"a lead with the id {line.external_id}")
    if line.lead_id is not None:
        looked.append(f"our lead {line.lead_id}")
    if line.caller is not None and line.at is not None:
        minutes = int(AROUND.total_seconds() // 60)
        looked.append(f"that caller within {minutes} minutes of {instant(line.at)}")
    if not looked:
        why = f"We were never told the id {line.call_id}, and the line gives neither caller and time nor a lead."
        return Finding(Doubt.NOTHING_TO_MATCH, why)
    return Finding(Reason.UNKNOWN, f"No call that this vendor sold us has {' or '.join(looked)}.")
