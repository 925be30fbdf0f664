"""The floor, for a page: figures, calls on the line, and what each producer is doing."""

from __future__ import annotations

from app.domain.call import Phase
from app.simulator.parties import NO_ANSWER, CallerBehavior, accepts
from app.storage import floor
from app.storage.floor import AtDesk, Figures
from tests.builders import licensed
from tests.conversations.people import ANA, BEN, CAM, DEE, KEYS_OHIO, OHIO_CALLER, OTHER_OHIO_CALLER
from tests.product import Stage

STAYS = CallerBehavior(answers={"ZIP code": "43215", "Press 1 to stay": "1"})


def figures(stage: Stage) -> Figures:
    with stage.database.read() as tx:
        return floor.figures(tx, stage.now)


def desks(stage: Stage, limit: int = 10) -> list[AtDesk]:
    with stage.database.read() as tx:
        return floor.at_desks(tx, stage.now, limit=limit)[0]


def test_an_empty_floor_is_all_zero(stage: Stage) -> None:
    assert figures(stage) == Figures(0, 0, None, 0, 0, 0, 0, None)
    assert desks(stage) == []


def test_a_caller_on_hold_is_counted_and_stands_first(stage: Stage) -> None:
    stage.hire(ANA)
    stage.presence(ANA, "away")
    stage.ring_in(OHIO_CALLER, STAYS)
    stage.exchange.run(20)
    stage.ring_in(OTHER_OHIO_CALLER, CallerBehavior(answers=[]))
    stage.exchange.run(2)

    with stage.database.read() as tx:
        live, total = floor.live_calls(tx, limit=1)

    now = figures(stage)
    assert (now.callers, now.holding, total) == (2, 1, 2)
    assert now.first_caller_at == live[0].call.arrived_at
    assert [(one.call.phase, one.waits) for one in live] == [(Phase.HOLDING, True)]
    # The one on hold has the promise that waits for the end of the call.
    assert (now.callbacks_soon, now.callbacks_overdue) == (1, 1)


def test_each_producer_does_one_thing_since_a_moment(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts(talk_seconds=None))
    stage.hire(BEN, behavior=NO_ANSWER)
    stage.hire(CAM, DEE, licensed("Eva", 6, "PA"))
    stage.presence(CAM, "away")
    stage.presence(DEE, "offline")
    stage.ring_in(OHIO_CALLER, KEYS_OHIO)
    stage.exchange.run(25)
    stage.ring_in(OTHER_OHIO_CALLER, KEYS_OHIO)
    stage.exchange.run(15)

    doing = {one.name.split()[0]: one for one in desks(stage)}

    assert {name: one.doing for name, one in doing.items()} == {
        "Ana": "on_call",
        "Ben": "ringing",
        "Eva": "available",
        "Cam": "away",
    }
    assert list(doing) == ["Ana", "Ben", "Eva", "Cam"]
    assert all(one.since is not None and one.since <= stage.now for one in doing.values())
    assert doing["Ana"].call_sid
    assert (figures(stage).ready, figures(stage).on_duty) == (1, 3)
    assert len(desks(stage, limit=2)) == 2


def test_wrap_up_has_an_end(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts(talk_seconds=70))
    stage.call_from(OHIO_CALLER, KEYS_OHIO)

    [ana] = desks(stage)

    assert ana.doing == "wrap_up"
    assert ana.until is not None
    assert ana.until > stage.now
