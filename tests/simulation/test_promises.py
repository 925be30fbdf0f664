"""The tour's own judge: it must say no where a promise is broken."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.simulator.facts import Bridged, Facts
from app.simulator.promises import broken_promises
from tests.product import Stage
from tests.simulation.tour_stage import play


def test_a_bridge_that_the_product_knows_nothing_of_is_told(stage: Stage) -> None:
    florida = play(stage, 2)[0].first
    stranger = Bridged(leg="CAstranger", number="+16145550199", pressed="1", second=5.0, seconds=60.0)

    broken = broken_promises(replace(florida, bridges=[stranger]))

    assert broken == ["+16145550199 was bridged, and the product knows of no acceptance"]


def test_a_bridge_without_a_key_press_is_told(stage: Stage) -> None:
    ohio = play(stage, 1)[0].first
    silent = [replace(bridge, pressed="") for bridge in ohio.bridges]

    assert broken_promises(replace(ohio, bridges=silent)) == ["+15025550105 was bridged after pressing nothing"]


def test_a_bridge_that_was_refused_at_the_key_press_is_told(stage: Stage) -> None:
    ohio = play(stage, 1)[0].first
    refused = [{**decision, "allowed": False, "npn": None} for decision in ohio.decisions]

    broken = broken_promises(replace(ohio, decisions=refused))

    assert broken == ["+15025550105 was bridged without authority at the key press"]


def test_a_lead_that_nobody_has_is_told(stage: Stage) -> None:
    suspended = play(stage, 3)[0].first

    assert broken_promises(suspended) == []
    assert broken_promises(replace(suspended, lead=None)) == ["the call has no lead"]
    assert broken_promises(replace(suspended, escalations=[])) == ["lead 1 is escalated, and on nobody's list"]
    assert broken_promises(_with_lead(suspended, custody="in_call")) == [
        f"lead 1 is in_call, owed by {_lead(suspended)['owed_by']}"
    ]
    assert broken_promises(_with_lead(suspended, owed_by=None)) == ["lead 1 is escalated, owed by None"]


def test_a_promise_that_nobody_will_keep_is_told(stage: Stage) -> None:
    chosen = play(stage, 4)[0].first
    cancelled = [{**promise, "status": "cancelled"} for promise in _lead(chosen)["callbacks"]]

    assert broken_promises(chosen) == []
    for none_due in ([], cancelled):
        assert broken_promises(_with_lead(chosen, callbacks=none_due)) == [
            "lead 1 is promised a callback, and none is due"
        ]
    assert broken_promises(_with_lead(chosen, owed_by=None)) == ["lead 1 is promised, owed by None"]


def _with_lead(facts: Facts, **changed: Any) -> Facts:
    return replace(facts, lead={**_lead(facts), **changed})


def _lead(facts: Facts) -> dict[str, Any]:
    assert facts.lead is not None
    return dict(facts.lead)
