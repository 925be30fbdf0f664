"""What came of a path, told in plain words: what the caller heard, who was rung, why others were not, how it ended."""

from __future__ import annotations

from datetime import datetime

from app.domain.drill_report import NotRung, Rung, Told
from app.domain.licensing import Verdict
from app.simulator import drill_checks, seen, wording
from app.simulator.calls import Call
from app.simulator.drill_people import Pair, local
from app.simulator.drill_stage import Playing
from app.simulator.facts import Facts, Json
from app.simulator.storyline import Story, second_of

MOST_NOT_RUNG = 40
_LACKS = {
    "hold_ran_out": "nobody came while they held the line",
    "no number": "and there is no number to call back",
    "opted out": "and they had said STOP",
    "trouble": "our system had trouble",
}
_KINDS = {"speech": "speech", "bridge": "bridge", "no": "no"}


def told(story: Story, pair: Pair) -> tuple[Told, ...]:
    """The caller's story, callbacks included; seconds count from the first call's arrival."""
    lines: list[Told] = []
    for facts in story.calls:
        for run in seen.runs(facts.moments):
            for line in seen.of_run(facts, run, pair.people):
                second = story.second_of(facts, run.first.second if run.last.what == "hears" else run.last.second)
                lines.append(Told(round(second, 1), line.who, line.text, _KINDS.get(line.tone, "phone")))
    for texted in story.first.texts:
        line = seen.of_text(texted)
        lines.append(Told(round(texted.second, 1), line.who, line.text, "text"))
    # A talk is over before the one who ended it is gone.
    return tuple(sorted(lines, key=lambda one: (one.second, one.text == "is off the line")))


def rung(story: Story, pair: Pair) -> tuple[Rung, ...]:
    """Whose phone rang, and what became of it."""
    found = []
    for facts in story.calls:
        outcomes = {attempt["leg_sid"]: attempt for attempt in facts.story["attempts"] if attempt["leg_sid"]}
        by_npn = {attempt["npn"]: attempt for attempt in facts.story["attempts"]}
        for moment in facts.moments:
            if moment.what != "rings" or facts.is_consumer(moment.leg) or moment.who not in pair.people:
                continue
            member = pair.people[moment.who]
            attempt = outcomes.get(moment.leg) or by_npn.get(member.npn)
            second = story.second_of(facts, moment.second)
            found.append(Rung(member.npn, member.name, round(second, 1), _outcome(facts, attempt, moment.leg)))
    return tuple(found)


def _outcome(facts: Facts, attempt: Json | None, leg: str) -> str:
    if any(bridge.leg == leg for bridge in facts.bridges):
        return "pressed 1 and was connected"
    if attempt is None or attempt["outcome"] is None:
        return "was not connected"
    if attempt["outcome"] == "no_answer":
        answered = [moment for moment in facts.moments if moment.leg == leg and moment.what == "answers"]
        if answered:
            return "a machine picked up" if answered[0].by_machine else "picked up and did not press 1"
        return "did not answer"
    return wording.outcome(attempt["outcome"])


def not_rung(story: Story, playing: Playing) -> tuple[NotRung, ...]:
    """Those with authority whose phones did not ring. Who has none stands with the state, once."""
    rang = {one.npn for one in rung(story, playing.pair)}
    connected = next(iter(story.bridges), None)
    taken = playing.pair.people.get(connected.number) if connected else None
    found = []
    for producer in playing.licensed:
        if producer.npn in rang:
            continue
        why = f"not needed: {taken.name} took the call" if taken else _why_not(story, producer.npn)
        found.append(NotRung(producer.npn, producer.name, why))
    return tuple(found[:MOST_NOT_RUNG])


def _why_not(story: Story, npn: str) -> str:
    offers = [decision for decision in story.first.decisions if decision["kind"] == "offer"]
    seen_there = [one for decision in offers for one in decision["producers"] if one["npn"] == npn]
    if not seen_there:
        return "nobody was to be rung for this call"
    last = seen_there[-1]
    if not last["allowed"]:
        return "; ".join(wording.reason(code) for code in last["reasons"])
    if last["availability"] != "available":
        return "not on duty" if last["availability"] == "offline" else wording.availability(last["availability"])
    return "the attempts or the time for ringing were used up"


def refused(producer_name: str, npn: str, verdict: Verdict) -> NotRung:
    """A producer without authority, with each reason."""
    codes = tuple(str(reason) for reason in verdict.reasons)
    return NotRung(npn, producer_name, "; ".join(wording.reason(code) for code in codes), codes)


# ---- how it ended


def person_after(story: Story) -> float | None:
    """Seconds until a licensed person spoke with the caller."""
    seconds = [story.second_of(facts, bridge.second) for facts in story.calls for bridge in facts.bridges]
    return round(min(seconds), 1) if seconds else None


def promise_after(story: Story, call: Call) -> float | None:
    """Seconds until a call back was promised: as the caller heard it, or as it was written down."""
    if not drill_checks.promises(story.first):
        return None
    said = [
        (heard.at - call.leg.started_at).total_seconds()
        for heard in call.leg.heard
        if any(fragment in heard.text for fragment in drill_checks.WE_WILL_CALL)
    ]
    ended = story.first.story["ended_at"]
    written = second_of(story.first, ended) if ended else story.first.second
    return round(min([*said, written]), 1)


def promised_by(story: Story) -> datetime | None:
    first = next(iter(drill_checks.promises(story.first)), None)
    return datetime.fromisoformat(first["promised_by"]) if first else None


def outcome(story: Story, playing: Playing) -> str:
    """One sentence on how the caller fared."""
    after, by, call = person_after(story), promised_by(story), playing.call
    bridge = next(iter(story.bridges), None)
    if bridge is not None and after is not None:
        name = playing.pair.people[bridge.number].name if bridge.number in playing.pair.people else bridge.number
        if by is not None and story.later and any(facts.bridges for facts in story.later):
            return f"Promised a call, and called back by {name} after {_span(after)}."
        return f"Connected to {name} after {_span(after)}."
    lead = story.first.lead
    if lead is None:
        return "There is no lead."
    match lead["custody"]:
        case "promised" if by is not None:
            return f"Promised a call by {_clock(by, playing)}."
        case "escalated":
            why = _lack(str(story.first.escalations[-1]["reason"])) if story.first.escalations else ""
            return f"On the supervisors' list{f': {why}' if why else ''}."
        case "closed" if call is not None and call.was_rejected:
            return "Given back to the vendor at once, unanswered."
        case custody:
            return f"The lead is {wording.custody(custody)}."


def _lack(reason: str) -> str:
    """Why a person must see to it: nobody_available: no number."""
    return ", ".join(_LACKS.get(code, wording.lack(code)) for code in reason.split(": "))


def _span(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} minutes"


def _clock(at: datetime, playing: Playing) -> str:
    here = local(at, playing.pair.state)
    day = "" if here.date() == local(playing.at, playing.pair.state).date() else f" on {here:%a, %b} {here.day}"
    return f"{here:%H:%M} {here.tzname()}{day}"
