"""Facts of a callback, whose parent is the producer's leg: and the promises judged by them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.simulator.cast import Member
from app.simulator.facts import Facts, gather
from app.simulator.narrator import closing, narrate
from app.simulator.parties import ProducerBehavior, talks
from app.simulator.promises import broken_promises
from app.simulator.text_behavior import answers
from tests.simulation.rest_client import client
from tests.simulation.scripted import ANA, CALLER, OURS
from tests.simulation.test_callbacks import PATIENT, placed, prepared

PEOPLE = {ANA: Member("90000005", "Ana Ruiz", ANA)}
NEVER = ProducerBehavior(presses="")


def callback(producer: ProducerBehavior = PATIENT, *, lead: dict[str, Any] | None = None, texted: str = "") -> Facts:
    """A callback that the consumer answers, and what an API would say of it."""
    world = prepared(talks(30), producer)
    call = placed(world)
    if texted:
        world.exchange.set_text_behavior(CALLER, answers("Thanks", after=10))
        client(world).messages.create(to=CALLER, from_=OURS, body=texted)
    world.exchange.run()
    accepted = {"npn": "90000005", "leg_sid": call.sid, "accepted_at": "2026-05-05T15:04:08+00:00"}
    attempt = {**accepted, "outcome": "accepted", "started_at": "2026-05-05T15:04:00+00:00"}
    kind = {"kind": "acceptance", "allowed": True, "npn": "90000005", "at": "2026-05-05T15:04:08+00:00"}
    said: dict[str, dict[str, Any]] = {
        f"/calls/{call.sid}": {"call_sid": call.sid, "attempts": [attempt], "decisions": [3], "lead_id": 7},
        "/decisions/3": {**kind, "producers": []},
        "/leads/7": {"lead_id": 7, "phone": CALLER, "custody": "served", "owed_by": None, "callbacks": []}
        | (lead or {}),
        "/escalations?limit=200": {"items": [{"lead_id": 7, "call_sid": "CAearlier"}]},
    }
    return gather(call, said.__getitem__, decided={})


def test_the_caller_is_the_consumer_though_the_producer_was_rung_first() -> None:
    facts = callback()

    assert (facts.caller, facts.was_placed) == (CALLER, True)
    assert [bridge.number for bridge in facts.bridges] == [ANA]
    assert facts.bridges[0].leg == facts.story["call_sid"]


def test_a_caller_who_was_never_rung_is_known_from_the_lead() -> None:
    assert callback(NEVER).caller == CALLER


def test_a_key_of_the_menu_after_the_talk_is_not_the_key_before_it() -> None:
    facts = callback(replace(PATIENT, presses={"Callback": "1", "if you spoke": "2"}))

    assert [bridge.pressed for bridge in facts.bridges] == ["1"]
    assert broken_promises(facts) == []


def test_a_callback_without_an_acceptance_is_told() -> None:
    facts = callback()

    broken = broken_promises(replace(facts, story={**facts.story, "attempts": []}))

    assert broken == [f"{ANA} was bridged, and the product knows of no acceptance"]


def test_a_promise_without_a_callback_that_is_due_is_told() -> None:
    owed = {"custody": "promised", "owed_by": "2026-05-05T16:00:00+00:00"}
    waiting = {"id": 1, "status": "promised"}

    assert broken_promises(callback(lead={**owed, "callbacks": [waiting]})) == []
    assert broken_promises(callback(lead={**owed, "callbacks": [{**waiting, "status": "done"}]})) == [
        "lead 7 is promised a callback, and none is due"
    ]


def test_an_escalation_of_the_lead_counts_though_another_call_opened_it() -> None:
    facts = callback(lead={"custody": "escalated", "owed_by": "2026-05-05T16:00:00+00:00"})

    assert [item["call_sid"] for item in facts.escalations] == ["CAearlier"]
    assert broken_promises(facts) == []


def test_a_callback_is_told_from_what_the_carrier_saw() -> None:
    facts = callback(texted="We are calling you now.")

    lines = [f"{line.who}: {line.text}" for line in (*narrate(facts, PEOPLE), *closing(facts, PEOPLE))]
    told = [
        "Ana Ruiz: is rung first, for a callback to 312-555-0147",
        "text: to the caller, from us: “We are calling you now.”",
        "text: is delivered",
        "Ana Ruiz: presses 1",
        "caller: is called back at 312-555-0147",
        "text: from the caller: “Thanks”",
        "caller: picks up",
        "Ana Ruiz: is connected with the caller",
        "Ana Ruiz: and the caller spoke for 30 s",
        "caller: is off the line",
        "Ana Ruiz: hears “Press 1 if you spoke, 2 to try again.”",
        "Ana Ruiz: presses 1",
        ": Connected to Ana Ruiz for 30 s.",
    ]
    assert [line for line in lines if line in told] == told
