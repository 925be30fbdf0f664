"""Virtual time, hooks, determinism: the carrier's own clockwork."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.simulator.agenda import Agenda
from app.simulator.parties import (
    BUSY,
    NO_ANSWER,
    CallerBehavior,
    ProducerBehavior,
    accepts,
    declines,
    hangs_up_in_whisper,
    says_nothing,
    voicemail,
)
from app.simulator.replies import choose
from app.simulator.switches import Switches
from app.simulator.world import NeverEnding
from tests.simulation.scripted import ANA, BEN, CALLER, OURS, START, Stage, screening, stage

ANYBODY = st.sampled_from([accepts(), accepts(1), declines(), says_nothing(), voicemail(3), BUSY, NO_ANSWER])


def test_running_for_a_while_leaves_the_clock_exactly_there() -> None:
    world = stage({"/in": '<Pause length="30"/>'})
    call = world.exchange.call(CALLER, OURS)

    world.exchange.run(12.5)

    assert world.clock.now() == START + timedelta(seconds=12.5)
    assert not call.ended


def test_running_without_a_limit_stops_at_the_last_event() -> None:
    world = stage({"/in": '<Pause length="30"/>'})
    call = world.exchange.call(CALLER, OURS)

    world.exchange.run()

    assert world.clock.now() == START + timedelta(seconds=30)
    assert call.ended


def test_a_document_that_redirects_to_itself_is_found_out() -> None:
    world = stage({"/in": "<Redirect>/in</Redirect>"})
    world.exchange.most_events_at_one_instant = 500
    world.exchange.call(CALLER, OURS)

    with pytest.raises(NeverEnding):
        world.exchange.run()


def test_the_world_can_be_met_at_any_moment() -> None:
    world = stage(screening())
    world.exchange.add_producer(ANA, accepts(10))
    seen: list[tuple[float, bool]] = []
    call = world.exchange.call(CALLER, OURS)
    for seconds in (0.4, 5.0):
        world.exchange.at(
            seconds,
            lambda: seen.append(((world.clock.now() - START).total_seconds(), call.rang(ANA))),
        )

    world.exchange.run()

    assert seen == [(0.4, False), (5.0, True)]


def test_a_hook_may_end_what_it_watches() -> None:
    world = stage(screening())
    world.exchange.add_producer(ANA, accepts())
    world.exchange.on("ringing", lambda leg: leg.parent.hang_up() if leg.parent else None)

    call = world.exchange.call(CALLER, OURS)
    world.exchange.run()

    assert call.bridged_to == []
    assert not call.leg_to(ANA).is_live


def test_an_unknown_happening_is_refused() -> None:
    with pytest.raises(ValueError, match="answered"):
        stage({}).exchange.on("anserwed", print)


def test_a_hook_that_fails_fails_the_run() -> None:
    world = stage({"/in": ""})

    def fail(_: object) -> None:
        raise LookupError("in the hook")

    world.exchange.on("arrived", fail)
    world.exchange.call(CALLER, OURS)

    with pytest.raises(LookupError, match="in the hook"):
        world.exchange.run()


def story(world: Stage) -> list[str]:
    return [f"{line.leg.sid} {line}" for line in world.exchange.record.transcript()]


def played(seed: int, first: ProducerBehavior, second: ProducerBehavior, switches: Switches) -> Stage:
    world = stage(screening((ANA, BEN)), seed=seed, switches=switches)
    world.exchange.add_producer(ANA, first)
    world.exchange.add_producer(BEN, second)
    world.exchange.call(CALLER, OURS)
    world.exchange.call("+13125550148", OURS, CallerBehavior(hang_up_after=7))
    world.exchange.run()
    return world


@settings(max_examples=60)
@given(st.integers(0, 1000), ANYBODY, ANYBODY, st.sampled_from(list(Switches.positions().values())), st.booleans())
def test_the_same_seed_tells_the_same_story_and_the_world_keeps_its_laws(
    seed: int, first: ProducerBehavior, second: ProducerBehavior, switches: Switches, shuffled: bool
) -> None:
    changed = Switches(**{**vars(switches), "shuffle_ties": shuffled, "callback_delay_seconds": (0, 5)})

    world = played(seed, first, second, changed)

    assert story(world) == story(played(seed, first, second, changed))
    for leg in world.exchange.record.legs.values():
        assert leg.ended_at is not None
        assert (leg.answered_at is None) is (leg.status in {"busy", "failed", "no-answer", "canceled"})
    for bridge in world.exchange.record.bridges:
        assert bridge.child.pressed == "1"
        assert bridge.until is not None
    answered = {bridge.child.sid for bridge in world.exchange.record.bridges}
    assert len(answered) == len(world.exchange.record.bridges)


def test_another_seed_gives_other_sids() -> None:
    assert stage({}, seed=1).exchange.sids.new("CA") != stage({}, seed=2).exchange.sids.new("CA")


@given(st.lists(st.integers(0, 5), max_size=30))
def test_events_come_by_time_and_then_in_the_order_they_were_planned(delays: list[int]) -> None:
    agenda = Agenda()
    done: list[tuple[int, int]] = []
    for index, delay in enumerate(delays):
        agenda.put(START + timedelta(seconds=delay), lambda pair=(delay, index): done.append(pair))  # type: ignore[misc]

    while agenda.next_at() is not None:
        action = agenda.pop().action
        assert action is not None
        action()

    assert done == sorted((delay, index) for index, delay in enumerate(delays))


def test_every_unknown_has_two_positions_and_a_field() -> None:
    for name, (default, other) in Switches.unknowns().items():
        assert getattr(Switches(), name) == default
        assert default != other
    assert len(Switches.positions()) == len(Switches.unknowns()) + 2


def test_answers_are_the_same_each_time_or_in_turn_or_by_what_is_heard() -> None:
    assert [choose("1", nth, []) for nth in range(2)] == ["1", "1"]
    assert [choose(["1", "2"], nth, []) for nth in range(3)] == ["1", "2", ""]
    assert choose({"zip": "60601"}, 0, ["Your ZIP, please"]) == "60601"
    assert choose({"zip": "60601"}, 0, ["Hello"]) == ""


def test_a_voicemail_never_presses() -> None:
    assert voicemail().replies == ""
    assert hangs_up_in_whisper().replies == ""
