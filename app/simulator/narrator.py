"""The narrator: facts about one call in, lines of its story out. Nothing is told that the facts do not say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Literal

from app.simulator import wording
from app.simulator.cast import Member
from app.simulator.facts import Done, Facts, Json, Moment

Tone = Literal["phone", "speech", "gate", "yes", "no", "bridge", "outside"]


@dataclass(frozen=True)
class Line:
    """One line. `second` counts from the call's arrival; None continues the line above. `code` is the product's own."""

    second: float | None
    who: str
    text: str
    tone: Tone = "phone"
    code: str = ""


People = Mapping[str, Member]
"""Producers by their number."""

_BEFORE, _DECIDED, _AFTER, _OVER = range(4)
"""Of things at one instant: what led to a decision, the decision, what followed from it, the end."""

_GOES_ON = ("hears", "presses")

_RANKS = {"calls": _BEFORE, "presses": _BEFORE, "says": _BEFORE, "ends": _BEFORE, "is unbridged": _BEFORE}


def narrate(facts: Facts, people: People) -> list[Line]:
    """The story so far, by time."""
    told: list[tuple[float, int, Sequence[Line]]] = []
    for moments in _runs(facts.moments):
        last = moments[-1]
        is_caller = last.leg == facts.story["call_sid"]
        rank = _OVER if is_caller and last.what == "ends" else _RANKS.get(last.what, _AFTER)
        lines = _of_caller(facts, moments) if is_caller else _of_producer(facts, moments, people)
        told.append((moments[0].second if last.what == "hears" else last.second, rank, list(lines)))
    for nth, decision in enumerate(facts.decisions):
        told.append((_second(facts, decision["at"]), _DECIDED, list(_of_decision(facts, nth, decision))))
    told += [(done.second, _DECIDED, [_of_deed(done)]) for done in facts.done]
    told.sort(key=lambda entry: entry[:2])
    return [line for _, _, lines in told for line in lines]


def settled_before(facts: Facts) -> float:
    """The second before which `narrate` will never tell anything else, as far as the carrier's story goes.

    What is heard or pressed last may go on, and is then told as one.
    """
    runs = list(_runs(facts.moments))
    return runs[-1][0].second if runs and runs[-1][0].what in _GOES_ON else facts.second


def closing(facts: Facts, people: People) -> list[Line]:
    """How the call came out: who spoke to whom, and who has the lead now."""
    lines = [
        Line(None, "", f"Connected to {_name(bridge.number, people)} for {_span(bridge.seconds)}.", "yes")
        for bridge in facts.bridges
    ]
    if not lines:
        lines.append(Line(None, "", "The caller was connected to nobody.", "no"))
    lead = facts.lead
    if lead is None:
        return [*lines, Line(None, "", "There is no lead.", "no")]
    custody = lead["custody"]
    tone: Tone = "yes" if custody == "served" else "outside"
    text = f"Lead {lead['lead_id']} is {wording.custody(custody)}{_owed(facts)}."
    return [*lines, Line(None, "", text, tone, custody)]


def _owed(facts: Facts) -> str:
    """Why the lead waits, and until when somebody owes it a step."""
    lead = facts.lead
    if lead is None or lead["owed_by"] is None:
        return ""
    whys = [
        f": {wording.lack(item['reason'])} (escalation {item['id']}, {item['status']})" for item in facts.escalations
    ]
    hours = _second(facts, lead["owed_by"]) / 3600
    return f"{''.join(whys[-1:])}. Somebody owes it a next step within {hours:.0f} hours"


# ---- what the carrier saw


def _runs(moments: Sequence[Moment]) -> Iterator[list[Moment]]:
    """Moments in their order; what one party hears or presses without anything in between belongs together."""
    for (_, what), run in groupby(moments, key=lambda moment: (moment.leg, moment.what)):
        if what in _GOES_ON:
            yield list(run)
        else:
            yield from ([moment] for moment in run)


def _of_caller(facts: Facts, moments: Sequence[Moment]) -> Iterator[Line]:
    moment = moments[0]
    match moment.what:
        case "calls":
            number = wording.spoken_number(facts.number)
            yield Line(moment.second, "caller", f"{wording.spoken_number(facts.caller)} calls {number}")
        case "hears":
            yield _heard("caller", moments)
        case "presses":
            keys = "".join(press.detail for press in moments)
            yield Line(moments[-1].second, "caller", f"keys {keys}")
        case "ends":
            yield Line(moment.second, "caller", "is off the line")


def _of_producer(facts: Facts, moments: Sequence[Moment], people: People) -> Iterator[Line]:
    moment = moments[0]
    second, name = moment.second, _name(moment.who, people)
    match moment.what:
        case "rings":
            yield Line(second, name, "the phone rings")
        case "answers":
            yield Line(second, name, "a machine picks up" if moment.by_machine else "picks up")
        case "hears":
            yield _heard(name, moments)
        case "presses":
            keys = "".join(press.detail for press in moments)
            yield Line(moments[-1].second, name, f"presses {keys}")
        case "is bridged to":
            yield Line(second, name, "is connected with the caller", "bridge")
        case "is unbridged":
            spoke = next(bridge.seconds for bridge in facts.bridges if bridge.leg == moment.leg)
            yield Line(second, name, f"and the caller spoke for {_span(spoke)}", "bridge")
        case "ends":
            yield from _ended(facts, moment, name, people)


def _ended(facts: Facts, moment: Moment, name: str, people: People) -> Iterator[Line]:
    """How an attempt ended, in the product's words."""
    npn = people[moment.who].npn if moment.who in people else None
    attempts = facts.story["attempts"]
    outcome = next((attempt["outcome"] for attempt in attempts if attempt["npn"] == npn), None)
    if outcome in (None, "accepted"):
        return
    rang = next((seen for seen in facts.moments if seen.leg == moment.leg and seen.what == "rings"), None)
    answered = any(seen.leg == moment.leg and seen.what == "answers" for seen in facts.moments)
    text = wording.outcome(outcome)
    if outcome == "no_answer" and rang is not None and not answered:
        text = f"lets it ring for {_span(moment.second - rang.second)}"
    yield Line(moment.second, name, text, "no", outcome)


def _heard(who: str, moments: Sequence[Moment]) -> Line:
    said = " ".join(moment.detail for moment in moments)
    return Line(moments[0].second, who, f"hears “{said}”", "speech")


# ---- what the product decided


def _of_decision(facts: Facts, nth: int, decision: Json) -> Iterator[Line]:
    second = _second(facts, decision["at"])
    if decision["kind"] == "acceptance":
        yield from _judged_again(second, decision)
    elif any(earlier["kind"] == "offer" for earlier in facts.decisions[:nth]):
        yield _next(facts, second, decision)
    else:
        yield from _considered(facts, second, decision)


def _considered(facts: Facts, second: float, decision: Json) -> Iterator[Line]:
    """The first decision about a call: everybody, with the verdict and each reason."""
    question, residence = decision["question"], facts.story["residence"]
    place = wording.state_names(question["states"])
    how = f"{wording.source(residence['source'])}, {residence['confidence']}"
    asked = f"Caller in {place} ({how}): who may take a {question['loa']} insurance call?"
    yield Line(second, "gate", asked, "gate")
    for producer in decision["producers"]:
        if producer["allowed"]:
            chosen = producer["verdict"] == "chosen"
            text = f"licensed, {wording.availability(producer['availability'])}{': rings first' if chosen else ''}"
            yield Line(None, producer["name"], text, "yes")
        else:
            for nth, code in enumerate(producer["reasons"]):
                yield Line(None, "" if nth else producer["name"], wording.reason(code), "no", code)
    if decision["npn"] is None:
        yield _nobody(facts, None, decision)


def _next(facts: Facts, second: float, decision: Json) -> Line:
    """A later decision about the same call: only whom it chose."""
    chosen = next((producer for producer in decision["producers"] if producer["verdict"] == "chosen"), None)
    if chosen is None:
        return _nobody(facts, second, decision)
    return Line(
        second,
        "gate",
        f"Asked again: {chosen['name']} is licensed and {wording.availability(chosen['availability'])}.",
        "gate",
    )


def _nobody(facts: Facts, second: float | None, decision: Json) -> Line:
    at = _second(facts, decision["at"])
    rung = {one["npn"] for one in facts.story["attempts"] if _second(facts, one["started_at"]) <= at}
    licensed = [producer for producer in decision["producers"] if producer["allowed"]]
    if not licensed:
        return Line(second, "gate", "Nobody on the roster may take this call.", "gate")
    tried = sum(producer["npn"] in rung for producer in licensed)
    text = f"Licensed: {len(licensed)}; rung already: {tried}. There is nobody else to ring."
    return Line(second, "gate", text, "gate")


def _judged_again(second: float, decision: Json) -> Iterator[Line]:
    """The key press: authority is judged a second time."""
    for producer in decision["producers"]:
        name = producer["name"]
        if producer["allowed"]:
            yield Line(second, "gate", f"{name} is judged once more at the key press: still licensed.", "yes")
        else:
            why = "; ".join(wording.reason(code) for code in producer["reasons"])
            yield Line(
                second,
                "gate",
                f"{name} is judged once more at the key press and refused: {why}.",
                "no",
                ", ".join(producer["reasons"]),
            )


def _of_deed(done: Done) -> Line:
    changed = done.answer.get("licenses_changed")
    return Line(done.second, "compliance", f"{done.what} (licenses changed: {changed})", "outside")


# ---- names, times


def _name(number: str, people: People) -> str:
    return people[number].name if number in people else wording.spoken_number(number)


def _second(facts: Facts, at: str) -> float:
    return (datetime.fromisoformat(at) - facts.arrived_at).total_seconds()


def _span(seconds: float) -> str:
    return wording.spoken_seconds(seconds)
