"""What the carrier saw, told: the caller, the producers' phones, texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from app.simulator import wording
from app.simulator.facts import Facts, Moment, Texted
from app.simulator.storyline import Line, People, name_of

GOES_ON = ("hears", "presses")

A_WAIT_SECONDS = 9.0
"""From the beginning of one sentence to that of the next: longer than a sentence takes."""


@dataclass(frozen=True)
class Run:
    """Moments that are told as one. `is_repeated`: all of it had been heard before, without anything in between."""

    moments: Sequence[Moment]
    is_repeated: bool = False

    @property
    def first(self) -> Moment:
        return self.moments[0]

    @property
    def last(self) -> Moment:
        return self.moments[-1]


def runs(moments: Sequence[Moment]) -> Iterator[Run]:
    """Moments in their order; what one party hears or presses without anything in between belongs together.

    What is heard again comes apart from what is heard for the first time; silence is nothing heard.
    """
    audible = [moment for moment in moments if not _is_silence(moment)]
    for (_, what), run in groupby(audible, key=lambda moment: (moment.leg, moment.what)):
        if what == "hears":
            yield from _by_novelty(list(run))
        elif what in GOES_ON:
            yield Run(list(run))
        else:
            yield from (Run([moment]) for moment in run)


def _is_silence(moment: Moment) -> bool:
    return moment.what == "hears" and moment.detail.startswith("[pause]")


def _by_novelty(run: Sequence[Moment]) -> Iterator[Run]:
    """Someone on hold hears the same round after round; only what is new is quoted."""
    known: set[str] = set()
    marked: list[tuple[bool, Moment]] = []
    for moment in run:
        marked.append((moment.detail in known, moment))
        known.add(moment.detail)
    for is_repeated, part in groupby(marked, key=lambda entry: entry[0]):
        moments = [moment for _, moment in part]
        if is_repeated:
            yield Run(moments, is_repeated)
        else:
            yield from (Run(heard) for heard in _without_a_wait(moments))


def _without_a_wait(moments: Sequence[Moment]) -> Iterator[list[Moment]]:
    """Apart where a good while lies between: what is heard after it is a sentence of its own."""
    together: list[Moment] = []
    for moment in moments:
        if together and moment.second - together[-1].second > A_WAIT_SECONDS:
            yield together
            together = []
        together.append(moment)
    yield together


def of_run(facts: Facts, run: Run, people: People) -> Iterator[Line]:
    """One of `runs`, told."""
    moment = run.first
    is_consumer = facts.is_consumer(moment.leg)
    who = "caller" if is_consumer else name_of(moment.who, people)
    match moment.what:
        case "hears":
            yield _heard(who, run)
        case "presses":
            keys = "".join(press.detail for press in run.moments)
            yield Line(run.last.second, who, f"{'keys' if is_consumer else 'presses'} {keys}")
        case "rings":
            yield Line(moment.second, who, "the phone rings")
        case "answers":
            yield Line(moment.second, who, "a machine picks up" if moment.by_machine else "picks up")
        case _ if is_consumer:
            yield from _of_caller(facts, moment)
        case _:
            yield from _of_producer(facts, moment, who, people)


def _of_caller(facts: Facts, moment: Moment) -> Iterator[Line]:
    second = moment.second
    match moment.what:
        case "calls":
            number = wording.spoken_number(facts.number)
            yield Line(second, "caller", f"{wording.spoken_number(facts.caller)} calls {number}")
        case "says":
            yield Line(second, "caller", f"says “{moment.detail}”")
        case "is dialed":
            yield Line(second, "caller", f"is called back at {wording.spoken_number(moment.who)}")
        case "ends":
            rang_in_vain = facts.was_placed and not _answered(facts, moment)
            yield Line(second, "caller", wording.unanswered(moment.detail) if rang_in_vain else "is off the line")


def _of_producer(facts: Facts, moment: Moment, name: str, people: People) -> Iterator[Line]:
    second = moment.second
    match moment.what:
        case "is dialed" if moment.leg == facts.story["call_sid"]:
            yield Line(second, name, f"is rung first, for a callback to {wording.spoken_number(facts.caller)}")
        case "is bridged to":
            yield Line(second, name, "is connected with the caller", "bridge")
        case "is unbridged":
            spoke = [bridge for bridge in facts.bridges if bridge.leg == moment.leg and bridge.second <= second]
            text = f"and the caller spoke for {wording.spoken_seconds(spoke[-1].seconds)}"
            yield Line(second, name, text, "bridge")
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
    text = wording.outcome(outcome)
    if outcome == "no_answer" and rang is not None and not _answered(facts, moment):
        text = f"lets it ring for {wording.spoken_seconds(moment.second - rang.second)}"
    yield Line(moment.second, name, text, "no", outcome)


def _answered(facts: Facts, moment: Moment) -> bool:
    return any(seen.leg == moment.leg and seen.what == "answers" for seen in facts.moments)


def _heard(who: str, run: Run) -> Line:
    second = run.first.second
    if run.is_repeated:
        times = max(Counter(moment.detail for moment in run.moments).values())
        return Line(second, who, f"waits, and hears the same {wording.more_times(times)}", "speech")
    said = " ".join(wording.sound(moment.detail) for moment in run.moments)
    return Line(second, who, f"hears “{said}”", "speech")


def of_text(texted: Texted) -> Line:
    """A text, or what became of it."""
    second = texted.second
    match texted.what:
        case "received":
            return Line(second, "text", f"from the caller: “{texted.body}”", "speech")
        case "sent":
            sender = "the carrier itself" if texted.by_carrier else "us"
            return Line(second, "text", f"to the caller, from {sender}: “{texted.body}”", "speech")
        case "delivered":
            return Line(second, "text", "is delivered")
    return Line(second, "text", "does not reach the caller", "no", str(texted.error_code or texted.what))
