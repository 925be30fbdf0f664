"""The tour tells what the product and the carrier say: another roster, another story."""

from __future__ import annotations

from app.simulator import tour
from app.simulator.cast import edited
from app.simulator.facts import Facts
from app.simulator.narrator import Line, narrate, settled_before
from app.simulator.promises import broken_promises
from tests.product import Stage
from tests.simulation.tour_stage import PEOPLE, ROSTER, TourStage, play, texts

ANA, GRACE = "+15025550105", "+15135550104"


def test_an_ohio_caller_is_bridged_to_the_second_licensed_producer(stage: Stage) -> None:
    ohio, *_ = play(stage)

    lines = texts(ohio)
    assert "Ben Ortiz: holds no license there (no_license)" in lines
    assert "Dana Cole: the license there has expired (license_expired)" in lines
    assert "Eli Park: licensed there, but not for this line (loa_missing)" in lines
    assert "Grace Lee: licensed, available: rings first" in lines
    assert "Grace Lee: lets it ring for 24 s (no_answer)" in lines
    assert "Ana Ruiz: presses 1" in lines
    assert "gate: Ana Ruiz is judged once more at the key press: still licensed." in lines
    assert lines[-2:] == [": Connected to Ana Ruiz for 75 s.", ": Lead 1 is served. (served)"]


def test_where_nobody_is_licensed_the_caller_is_told_and_the_lead_is_on_the_list(stage: Stage) -> None:
    _, florida, *_ = play(stage)

    lines = texts(florida)
    assert "gate: Nobody on the roster may take this call." in lines
    assert any(
        line.startswith("caller: hears “We have no agent who may take your call from Florida.") for line in lines
    )
    assert not any("rings" in line for line in lines)
    assert lines[-1].startswith(": Lead 2 is on the supervisors' list: nobody is licensed there (escalation 1, open).")


def test_a_license_suspended_while_the_phone_rings_bridges_nobody(stage: Stage) -> None:
    _, _, pennsylvania, _ = play(stage)

    lines = texts(pennsylvania)
    imported = "compliance: imports a roster file: Frank Doyle, Pennsylvania, suspended (licenses changed: 1)"
    refused = next(nth for nth, line in enumerate(lines) if "is judged once more at the key press and refused" in line)
    assert lines.index("Frank Doyle: the phone rings") < lines.index(imported) < lines.index("Frank Doyle: presses 1")
    assert lines.index("Frank Doyle: presses 1") < refused
    assert lines[refused].endswith("(license_not_active)")
    assert lines[-2] == ": The caller was connected to nobody."
    assert lines[-1].startswith(": Lead 3 is on the supervisors' list")


def test_a_voicemail_is_not_bridged(stage: Stage) -> None:
    *_, texas = play(stage)

    lines = texts(texas)
    assert "Ben Ortiz: a machine picks up" in lines
    assert "Ben Ortiz: 1 was not pressed, so the caller is not connected (no_answer)" in lines
    assert lines[-2] == ": The caller was connected to nobody."


def test_one_license_less_changes_the_story(stage: Stage) -> None:
    without_ana = edited(ROSTER, ANA, "OH", status="suspended")

    ohio, *_ = play(stage, without_ana)

    lines = texts(ohio)
    assert "Ana Ruiz: the license there is not active (license_not_active)" in lines
    assert "Ana Ruiz: the phone rings" not in lines
    assert "gate: Licensed: 1; rung already: 1. There is nobody else to ring." in lines
    assert lines[-2] == ": The caller was connected to nobody."
    assert lines[-1].startswith(": Lead 1 is on the supervisors' list: nobody licensed could be reached")


def test_one_license_more_changes_the_story(stage: Stage) -> None:
    with_grace = edited(ROSTER, GRACE, "FL", status="active")

    _, florida, *_ = play(stage, with_grace)

    lines = texts(florida)
    assert "Grace Lee: licensed, available: rings first" in lines
    assert lines[-2:] == [": Connected to Grace Lee for 75 s.", ": Lead 2 is served. (served)"]


def test_the_promises_hold_on_the_whole_tour(stage: Stage) -> None:
    assert [broken_promises(facts) for facts in play(stage)] == [[], [], [], []]


def test_what_was_told_while_a_call_went_on_stays_told(stage: Stage) -> None:
    watched = TourStage(stage, seconds_a_look=0.7)
    watched.prepare(ROSTER)
    earlier: list[list[Line]] = []

    def look(playing: tour.Playing) -> None:
        facts = playing.facts()
        earlier.append(_settled(facts))

    for _, facts in tour.play(watched, ROSTER, watch=look):
        whole = narrate(facts, PEOPLE)
        assert len(earlier) > 10
        for lines in earlier:
            assert lines == whole[: len(lines)]
        earlier.clear()


def _settled(facts: Facts) -> list[Line]:
    until = settled_before(facts)
    lines = narrate(facts, PEOPLE)
    unsettled = (nth for nth, line in enumerate(lines) if line.second is not None and line.second >= until)
    return lines[: next(unsettled, len(lines))]
