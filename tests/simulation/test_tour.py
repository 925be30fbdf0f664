"""The tour tells what the product and the carrier say: another roster, another story."""

from __future__ import annotations

from app.simulator.cast import edited
from app.simulator.narrator import all_settled_before, tell
from app.simulator.promises import broken_promises
from app.simulator.scenes import ANA, GRACE
from app.simulator.storyline import Line, Story
from tests.product import Stage
from tests.simulation.tour_stage import PEOPLE, ROSTER, TourStage, play, played, texts

OHIO, FLORIDA, PENNSYLVANIA, TEXAS, CALLBACK, HOLD = range(1, 7)
PHONES = {member.npn: member.phone for member in PEOPLE.values()}


def in_order(lines: list[str], *fragments: str) -> bool:
    """Whether each of `fragments` is in a line of its own, one after another."""
    rest = iter(lines)
    return all(any(fragment in line for line in rest) for fragment in fragments)


def test_an_ohio_caller_is_bridged_to_the_second_licensed_producer(stage: Stage) -> None:
    (ohio,) = play(stage, OHIO)

    lines = texts(ohio)
    assert "Ben Ortiz: holds no license there (no_license)" in lines
    assert "Dana Cole: the license there has expired (license_expired)" in lines
    assert "Eli Park: licensed there, but not for this line (loa_missing)" in lines
    assert "Grace Lee: licensed, available: rings first" in lines
    assert "Grace Lee: lets it ring for 24 s (no_answer)" in lines
    assert "Ana Ruiz: presses 1" in lines
    assert "gate: Ana Ruiz is judged once more at the key press: still licensed." in lines
    assert lines[-2:] == [": Connected to Ana Ruiz for 65 s.", ": Lead 1 is served. (served)"]


def test_where_nobody_is_licensed_the_caller_is_told_and_a_supervisor_settles_it(stage: Stage) -> None:
    (florida,) = play(stage, FLORIDA)

    lines = texts(florida)
    assert not any("rings" in line for line in lines)
    assert in_order(
        lines,
        "gate: Nobody on the roster may take this call.",
        "caller: hears “We have no agent who may take your call from Florida.",
        "supervisor: finds lead 1 in the queue: Florida, nobody is licensed there",
        "supervisor: claims it",
        "supervisor: assigns it to Ana Ruiz, and is refused: the license there has not begun yet",
        "supervisor: resolves it as served",
    )
    assert lines[-1] == ": Lead 1 is served, says a supervisor (escalation 1, resolved). (served)"


def test_a_license_suspended_while_the_phone_rings_bridges_nobody(stage: Stage) -> None:
    (pennsylvania,) = play(stage, PENNSYLVANIA)

    lines = texts(pennsylvania)
    assert in_order(
        lines,
        "Frank Doyle: the phone rings",
        "compliance: imports a roster file: Frank Doyle, Pennsylvania, suspended (licenses changed: 1)",
        "Frank Doyle: presses 1",
        "is judged once more at the key press and refused: the license there is not active. (license_not_active)",
    )
    assert lines[-2] == ": The caller was connected to nobody."
    assert lines[-1].startswith(": Lead 1 is on the supervisors' list: nobody is licensed there (escalation 1, open).")


def test_a_voicemail_is_not_bridged_and_the_caller_moves_the_callback_by_voice_and_by_text(stage: Stage) -> None:
    (texas,) = play(stage, TEXAS)

    lines = texts(texas)
    assert in_order(
        lines,
        "Ben Ortiz: a machine picks up",
        "Ben Ortiz: 1 was not pressed, so the caller is not connected (no_answer)",
        "caller: hears “All our licensed agents are busy. We will call you back within 5 minutes.",
        "caller: keys 2",
        "caller: says “tomorrow at ten”",
        "caller: hears “You chose tomorrow at 10:00 AM Central time.",
        "text: to the caller, from us: “Final expense: sorry we missed you. A licensed agent will call you tomorrow 10:00",
        "text: from the caller: “Can you make it tomorrow at 2 pm?”",
        "text: to the caller, from us: “Final expense: we will call you tomorrow 2:00 PM CST.",
    )
    assert lines[-2:] == [
        ": The caller was connected to nobody.",
        ": Lead 1 is promised a callback within 29 hours. (promised)",
    ]


def test_where_everybody_is_busy_a_callback_is_promised_told_by_text_and_kept(stage: Stage) -> None:
    (story,) = play(stage, CALLBACK)

    lines = texts(story)
    assert in_order(
        lines,
        "Grace Lee: is away now",
        "4 others: may not take it: Ben Ortiz, Dana Cole, Eli Park, Frank Doyle",
        "gate: Licensed: 2; none of them can be rung now.",
        "caller: hears “All our licensed agents are busy. We will call you back within 5 minutes.",
        "caller: is off the line",
        "Grace Lee: is available now",
        "gate: A callback is due: Grace Lee is licensed and available.",
        "Grace Lee: is rung first, for a callback to 614-555-0154",
        "Grace Lee: hears “Callback. Final expense. Ohio. Press 1 to accept, 2 for not now.”",
        "Grace Lee: presses 1",
        "caller: is called back at 614-555-0154",
        "gate: Grace Lee is judged once more as the person answers: still licensed.",
        "Grace Lee: is connected with the caller",
    )
    assert sum("A licensed agent will call by today" in line for line in lines) == 1
    assert lines[-2:] == [": Connected to Grace Lee for 65 s.", ": Lead 1 is served. (served)"]


def test_a_caller_who_stays_on_the_line_is_taken_by_whoever_becomes_free(stage: Stage) -> None:
    (story,) = play(stage, HOLD)

    lines = texts(story)
    assert in_order(
        lines,
        "gate: Licensed: 2; none of them can be rung now.",
        "caller: keys 1",
        "caller: hears “You are number 1 in line.",
        "Ana Ruiz: is available now",
        "gate: Asked again: Ana Ruiz is licensed and available.",
        "Ana Ruiz: presses 1",
        "Ana Ruiz: is connected with the caller",
    )
    assert story.later == ()
    assert lines[-2:] == [": Connected to Ana Ruiz for 65 s.", ": Lead 1 is served. (served)"]


def test_one_license_less_changes_the_story(stage: Stage) -> None:
    without_ana = edited(ROSTER, PHONES[ANA], "OH", status="suspended")

    (ohio,) = play(stage, OHIO, roster=without_ana)

    lines = texts(ohio)
    assert "Ana Ruiz: the license there is not active (license_not_active)" in lines
    assert "Ana Ruiz: the phone rings" not in lines
    assert "gate: Licensed: 1; rung already: 1. There is nobody else to ring." in lines
    assert lines[-2] == ": The caller was connected to nobody."
    assert lines[-1].startswith(": Lead 1 is promised a callback within ")


def test_one_license_more_changes_the_story(stage: Stage) -> None:
    with_grace = edited(ROSTER, PHONES[GRACE], "FL", status="active")

    (florida,) = play(stage, FLORIDA, roster=with_grace)

    lines = texts(florida)
    assert "Grace Lee: licensed, available: rings first" in lines
    assert "supervisor: finds nothing of it in the queue" in lines
    assert lines[-2:] == [": Connected to Grace Lee for 65 s.", ": Lead 1 is served. (served)"]


def test_the_promises_hold_on_the_whole_tour(stage: Stage) -> None:
    stories = play(stage)

    assert [broken_promises(facts) for story in stories for facts in story.calls] == [[]] * 7


def test_what_was_told_while_a_scene_went_on_stays_told(stage: Stage) -> None:
    earlier: list[list[Line]] = []
    watched = TourStage(stage, seconds_a_look=1.3)

    for _, story in played(watched, TEXAS, CALLBACK, HOLD, watch=lambda story: earlier.append(_settled(story))):
        whole = tell(story, PEOPLE)
        assert len(earlier) > 10
        for lines in earlier:
            assert lines == whole[: len(lines)]
        earlier.clear()


def _settled(story: Story) -> list[Line]:
    until = all_settled_before(story)
    lines = tell(story, PEOPLE)
    unsettled = (nth for nth, line in enumerate(lines) if line.second is not None and line.second >= until)
    return lines[: next(unsettled, len(lines))]
