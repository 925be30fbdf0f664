"""The narrator: facts about one call in, lines of its story out. Nothing is told that the facts do not say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.simulator import judged, seen, wording
from app.simulator.facts import Facts
from app.simulator.promises import SETTLED
from app.simulator.storyline import Line, People, Story, Tone, name_of, second_of

_BEFOREHAND, _BEFORE, _DECIDED, _AFTER, _OVER = range(5)
"""Of things at one instant: what went before the call, what led to a decision, the decision, what followed, the end."""

_RANKS = {"calls": _BEFORE, "presses": _BEFORE, "says": _BEFORE, "ends": _BEFORE, "is unbridged": _BEFORE}


Told = tuple[float, int, list[Line]]
"""When, in which order at one instant, and what."""


def tell(story: Story, people: People) -> list[Line]:
    """All its calls as one, by time; seconds count from the arrival of the first."""
    told: list[Told] = []
    for facts in story.calls:
        for second, rank, lines in _told(facts, people, story.is_brief):
            told.append((story.second_of(facts, second), rank, [_moved(story, facts, line) for line in lines]))
    return _by_time(told)


def narrate(facts: Facts, people: People) -> list[Line]:
    """One call so far, by time."""
    return _by_time(_told(facts, people, is_brief=False))


def _by_time(told: list[Told]) -> list[Line]:
    return [line for _, _, lines in sorted(told, key=lambda entry: entry[:2]) for line in lines]


def _moved(story: Story, facts: Facts, line: Line) -> Line:
    return line if line.second is None else replace(line, second=story.second_of(facts, line.second))


def _told(facts: Facts, people: People, is_brief: bool) -> list[Told]:
    told: list[Told] = []
    for run in seen.runs(facts.moments):
        what = run.last.what
        rank = _RANKS.get(what, _AFTER)
        if what == "ends" and run.last.leg == facts.story["call_sid"]:
            rank = _OVER
        elif what == "ends" and facts.is_consumer(run.last.leg):
            rank = _AFTER  # a talk is over before the one who ended it is gone
        lines = list(seen.of_run(facts, run, people))
        told.append((run.first.second if what == "hears" else run.last.second, rank, lines))
    for nth, decision in enumerate(facts.decisions):
        lines = list(judged.of_decision(facts, nth, decision, is_brief=is_brief))
        told.append((second_of(facts, decision["at"]), _DECIDED, lines))
    for done in facts.done:
        told.append((done.second, _DECIDED if done.second > 0 else _BEFOREHAND, [judged.of_deed(done)]))
    for texted in facts.texts:
        rank = _BEFORE if texted.what == "received" else _AFTER
        told.append((texted.second, rank, [seen.of_text(texted)]))
    return told


def settled_before(facts: Facts) -> float:
    """The second before which `narrate` will never tell anything else, as far as the carrier's story goes.

    What is heard or pressed last may go on, and is then told as one.
    """
    runs = list(seen.runs(facts.moments))
    return runs[-1].first.second if runs and runs[-1].first.what in seen.GOES_ON else facts.second


def all_settled_before(story: Story) -> float:
    """The same of all its calls as one."""
    return min(story.second_of(facts, settled_before(facts)) for facts in story.calls)


def closing(facts: Facts, people: People, *, later: Sequence[Facts] = ()) -> list[Line]:
    """How the call and the `later` ones came out: who spoke to whom, and who has the lead now."""
    calls = (facts, *later)
    lines = [
        Line(None, "", f"Connected to {name_of(bridge.number, people)} for {spoken}.", "yes")
        for call in calls
        for bridge in call.bridges
        for spoken in [wording.spoken_seconds(bridge.seconds)]
    ]
    if not lines:
        lines.append(Line(None, "", "The caller was connected to nobody.", "no"))
    lead = calls[-1].lead
    if lead is None:
        return [*lines, Line(None, "", "There is no lead.", "no")]
    custody = lead["custody"]
    tone: Tone = "yes" if custody == "served" else "outside"
    text = f"Lead {lead['lead_id']} is {wording.custody(custody)}{_why(calls[-1])}{_owed(calls[-1])}."
    return [*lines, Line(None, "", text, tone, custody)]


def is_settled_by_person(facts: Facts) -> bool:
    """Whether the lead is settled because a supervisor, who had claimed it, said how it came out."""
    if facts.lead is None or facts.lead["custody"] not in SETTLED or not facts.escalations:
        return False
    item = facts.escalations[-1]
    return item.get("status") == "resolved" and item.get("claimed_by") is not None


def _why(facts: Facts) -> str:
    """The last item of the supervisors' queue about the lead, while it explains the custody."""
    lead, items = facts.lead, facts.escalations
    if lead is not None and items and lead["custody"] == "escalated":
        return f": {wording.lack(items[-1]['reason'])} (escalation {items[-1]['id']}, {items[-1]['status']})"
    if is_settled_by_person(facts):
        return f", says a supervisor (escalation {items[-1]['id']}, resolved)"
    return ""


def _owed(facts: Facts) -> str:
    """Until when somebody owes the lead a step."""
    lead = facts.lead
    if lead is None or lead["owed_by"] is None:
        return ""
    within = wording.spoken_span(second_of(facts, lead["owed_by"]) - facts.second)
    return f" within {within}" if lead["custody"] == "promised" else f". Somebody owes it a next step within {within}"
