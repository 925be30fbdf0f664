"""The drill: every path that a caller can be sent along, on a copy of the real roster, with nobody to dial."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.domain.drill_report import Covered, Experience, Skipped
from app.simulator import drill_checks, drill_telling
from app.simulator.drill_gaps import gaps
from app.simulator.drill_paths import PATHS, Path
from app.simulator.drill_people import Pair
from app.simulator.drill_stage import Playing, Stage

MOST_REFUSED = 200


def drill(stage: Stage, pair: Pair, at: datetime, *, paths: Sequence[Path] = PATHS) -> Covered:
    """Every path of one state and campaign at the instant `at`; where nobody is licensed, those that take nobody."""
    experiences: list[Experience] = []
    skipped: list[Skipped] = []
    for nth, path in enumerate(paths):
        when = at if path.hours == "open" else pair.closed_after(at)
        why = _why_not(path, pair, when)
        if why or when is None:
            skipped.append(Skipped(path.key, path.title, why))
        else:
            experiences.append(_experience(path, Playing(stage, pair, when, nth)))
    refused = [
        drill_telling.refused(producer.name, producer.npn, verdict)
        for producer, verdict in pair.verdicts(at)
        if not verdict.allowed
    ]
    return Covered(
        state=pair.state,
        campaign=pair.number,
        name=pair.name,
        requirement=str(pair.question.requirement),
        at=at,
        zip_code=pair.zip_code,
        as_if_open=pair.as_if_open,
        licensed=tuple(producer.name for producer in pair.licensed(at)),
        refused=tuple(refused[:MOST_REFUSED]),
        refused_total=len(refused),
        gaps=gaps(pair, at),
        experiences=tuple(experiences),
        skipped=tuple(skipped),
    )


def _why_not(path: Path, pair: Pair, at: datetime | None) -> str:
    """Why a path cannot be drilled; empty where it can."""
    if at is None:
        return "the campaign's hours never open, or never close"
    licensed = pair.licensed(at)
    if path.nonresident and not any(producer.resident_state != pair.state for producer in licensed):
        return "nobody is licensed here whose home is elsewhere"
    if len(licensed) >= path.licensed:
        return ""
    return "nobody is licensed" if not licensed else "only one producer is licensed"


def _experience(path: Path, playing: Playing) -> Experience:
    playing.begin()
    wanted = path.play(playing)
    story = playing.story()
    assert playing.call is not None, "every path places a call"
    lead = story.first.lead
    return Experience(
        key=path.key,
        title=path.title,
        at=playing.at,
        caller=playing.call.leg.from_number,
        outcome=drill_telling.outcome(story, playing),
        wrong=tuple(dict.fromkeys([*wanted, *drill_checks.wrong(playing, story)])),
        told=drill_telling.told(story, playing.pair),
        rung=drill_telling.rung(story, playing.pair),
        not_rung=drill_telling.not_rung(story, playing),
        custody=str(lead["custody"]) if lead else "",
        person_after_seconds=drill_telling.person_after(story),
        promise_after_seconds=drill_telling.promise_after(story, playing.call),
        promised_by=drill_telling.promised_by(story),
    )
