"""The live page: who calls, who holds the line, whom we have promised a call, whom supervisors must see to."""

from __future__ import annotations

import re

from app.simulator.parties import CallerBehavior, accepts
from tests.conversations.people import ANA, OHIO_CALLER, OHIO_ZIP, OTHER_OHIO_CALLER
from tests.product import Stage

STAYS = CallerBehavior(answers={"ZIP code": OHIO_ZIP, "Press 1 to stay": "1"})


def shown(stage: Stage) -> str:
    """The page as words."""
    page = stage.app.test_client().get("/")
    assert page.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", page.get_data(as_text=True)).split())


def test_a_promise_is_shown_until_it_is_kept(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts())
    stage.presence(ANA, "away")
    assert "Nobody waits for a call." in shown(stage)
    stage.exchange.add_person(OHIO_CALLER)

    stage.call_from(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP]))

    assert "+1 614-***-**50 OH 2026-11-18 15:00 UTC 15:05 promised 0" in shown(stage)
    stage.presence(ANA, "available")
    stage.pass_time(180)
    assert "Nobody waits for a call." in shown(stage)
    assert "callback to +1 614-***-**50" in shown(stage)


def test_somebody_who_holds_the_line_is_counted(stage: Stage) -> None:
    stage.hire(ANA)
    stage.presence(ANA, "away")
    stage.ring_in(OTHER_OHIO_CALLER, STAYS)

    stage.exchange.run(30)

    assert "1 holding the line." in shown(stage)


def test_a_lead_that_nobody_may_take_is_on_the_supervisors_queue(stage: Stage) -> None:
    stage.call_from(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP]))

    assert "1 on the supervisors' queue." in shown(stage)
    assert "OH nobody_licensed" in shown(stage)
