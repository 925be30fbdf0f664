"""Why nobody was dialed, in a sentence that a supervisor reads in passing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from app.domain import states
from app.storage.refusals import Rung
from app.web.console.words import CHIPS, spoken
from app.workflows.authority.count_refusals import Refusals
from app.workflows.leads.people_waiting import Waiting

_LOA = {
    "personal_lines": "personal lines",
    "car_rental": "car rental",
}

REASONS = {
    "nobody_available": "Everybody licensed was busy",
    "hold_ran_out": "Held until the time for it was over; nobody came free",
    "state_unknown": "The caller's state is not known, so nobody could be asked",
    "no_campaign": "Called a number that belongs to no campaign",
    "trouble": "Something went wrong on our side",
    "no_call_came": "The vendor posted this lead, and no call came",
    "call_never_ended": "The end of their call was never reported",
    "promise_passed": "We promised a call, and nobody was free in time",
    "promise_lost": "Was promised a call that was on nobody's list",
    "callback_ended": "The callback ended before they talked",
    "callbacks_used_up": "Did not answer any of our calls",
    "wrong_state": "Lives elsewhere than we thought, and nobody there could take over",
    "short_talk": "The talk was too short to count, and no call can be promised",
    "caller_left": "Hung up before anybody could be rung",
    "text_received": "Has written to us, and a person must read it",
    "not_notified": "Our text did not arrive, and nobody has reached them",
}
"""Reasons of escalations (workflows/leads/escalate_lead) that need no more to be said."""

_ADDED = {"no number": "no number to call", "opted out": "has opted out"}


def line_of_authority(requirement: str) -> str:
    """`property+casualty` as property and casualty."""
    either = (" and ".join(_LOA.get(line, line) for line in group.split("+")) for group in requirement.split("|"))
    return ", or ".join(either)


def named(codes: Iterable[str]) -> str:
    """Ohio and Kentucky."""
    found = [states.name(code) if states.is_state(code) else code for code in codes]
    return " and ".join(found) or "an unknown state"


def why_waiting(waiting: Waiting) -> str:
    """The first sentence: why this person is on the list at all."""
    code, _, added = waiting.escalation.reason.partition(": ")
    told = REASONS.get(code) or spoken(code).capitalize()
    if code == "nobody_licensed":
        told = _nobody_licensed(waiting)
    return told + (f"; {_ADDED.get(added, added)}" if added else "")


def _nobody_licensed(waiting: Waiting) -> str:
    facts = waiting.decision.facts if waiting.decision else {}
    shut = [state for state, opening in facts.get("openings", {}).items() if not _is_open(opening)]
    missing = [state for state in facts.get("states", ()) if state not in facts.get("openings", {})]
    if shut or missing:
        return f"{named([*shut, *missing])} is not open to us"
    where = named(facts.get("states") or waiting.residence.states)
    loa = facts.get("loa") or (str(waiting.campaign.requirement) if waiting.campaign else "this line")
    return f"Nobody licensed for {line_of_authority(loa)} in {where}"


def _is_open(opening: dict[str, object]) -> bool:
    return bool(opening.get("open")) and bool(opening.get("in_territory", True))


def who_was_rung(rung: Sequence[Rung]) -> str:
    """`3 rung: Dana no answer, Lee declined twice`; empty where nobody was."""
    if not rung:
        return ""
    counted = Counter((ring.name.split(" ")[0] or ring.npn, _outcome(ring)) for ring in rung)
    told = ", ".join(f"{who} {how}{_times(times)}" for (who, how), times in counted.items())
    return f"{len(rung)} rung: {told}"


def who_was_not(refused: Refusals | None) -> list[str]:
    """`4 skipped: no license there 3, no appointment 1`, and who might have taken it but was not free."""
    if refused is None:
        return []
    told = []
    free = sum(count for _, count in refused.not_free)
    if free:
        told.append(f"{free:,} licensed, not free: {_counted([(_doing(what), n) for what, n in refused.not_free])}")
    if refused.refused:
        reasons = _counted([(spoken(reason), n) for reason, n in refused.without_authority])
        told.append(f"{refused.refused:,} skipped: {reasons}")
    return told


def _counted(of_each: Sequence[tuple[str, int]]) -> str:
    """`no license there 3, suspended 1`; one kind alone needs no number."""
    return of_each[0][0] if len(of_each) == 1 else ", ".join(f"{what} {count:,}" for what, count in of_each)


def _outcome(ring: Rung) -> str:
    return spoken(ring.outcome) if ring.outcome else "rings"


def _times(times: int) -> str:
    return "" if times == 1 else " twice" if times == 2 else f" {times} times"


def _doing(what: str) -> str:
    # Free at that moment and not rung: already tried, over the day's cap, or spoken for by somebody on hold.
    return "spoken for" if what == "available" else CHIPS[what].word.lower()
