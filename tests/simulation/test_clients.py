"""Browsers at the simulated carrier: rung by identity, screened like a phone, gone when they are not registered.

Source: TELEPHONY.md section 4, Client; what Twilio leaves open is a switch.
"""

from __future__ import annotations

import pytest

from app.simulator.parties import accepts, declines
from app.simulator.products import Reply
from app.simulator.switches import Switches
from tests.simulation.rest_client import client
from tests.simulation.scripted import BASE, BEN, CALLER, OURS, PRESS_1, Stage, stage
from twiml import reader

NAME = "abcdefghijklmnopqrstuvwx"
BROWSER = f"client:{NAME}"


def world_with(*nouns: str, switches: Switches | None = None) -> Stage:
    """A product that rings `nouns`, screens by the key 1, and says goodbye."""
    callbacks = 'url="/whisper" statusCallback="/child" statusCallbackEvent="initiated ringing answered completed"'
    inside = "".join(f"<{noun} {callbacks}>{name}</{noun}>" for noun, name in (each.split(":") for each in nouns))
    return stage(
        {
            "/in": f'<Dial action="/done" answerOnBridge="true" callerId="{OURS}" timeout="15">{inside}</Dial>',
            "/whisper": PRESS_1,
            "/key": lambda form: "" if form["Digits"] == "1" else "<Hangup/>",
            "/child": Reply(204, "", ""),
            "/done": "<Say>Goodbye</Say>",
        },
        switches=switches,
    )


def test_a_browser_is_asked_by_the_whisper_and_bridged_when_the_document_falls_off_its_end() -> None:
    world = world_with(f"Client:{NAME}")
    world.exchange.register_client(NAME, accepts())

    call = world.exchange.call(CALLER, OURS)
    world.exchange.run()

    assert call.bridged_to == [BROWSER]
    assert call.leg_to(BROWSER).pressed == "1"
    assert world.product.params("/done")["DialBridged"] == "true"


def test_a_browser_that_presses_another_key_is_not_bridged() -> None:
    world = world_with(f"Client:{NAME}")
    world.exchange.register_client(NAME, declines())

    call = world.exchange.call(CALLER, OURS)
    world.exchange.run()

    assert call.bridged_to == []
    told = world.product.params("/done")
    assert (told["DialCallStatus"], told["DialBridged"]) == ("completed", "false")


def test_what_is_told_of_a_browsers_leg_names_it_and_says_of_no_place_where_it_is() -> None:
    world = world_with(f"Client:{NAME}")
    world.exchange.register_client(NAME)

    world.exchange.call(CALLER, OURS)
    world.exchange.run()

    whisper, *events = [world.product.params("/whisper"), *(asked.form for asked in world.product.asked_at("/child"))]
    assert [event["CallStatus"] for event in events] == ["initiated", "ringing", "in-progress", "completed"]
    for form in (whisper, *events):
        assert (form["To"], form["Called"], form["From"], form["Direction"]) == (
            BROWSER,
            BROWSER,
            OURS,
            "outbound-dial",
        )
        assert "ParentCallSid" in form
        assert not [name for name in form if name.startswith(("ToS", "ToC", "ToZ", "CalledS", "CalledC", "CalledZ"))]
        assert "FromState" in form


@pytest.mark.parametrize("status", Switches.unknowns()["unregistered_client_status"])
def test_a_browser_that_is_not_registered_never_rings(status: str) -> None:
    world = world_with(f"Client:{NAME}", switches=Switches(unregistered_client_status=status))
    world.exchange.register_client(NAME)
    world.exchange.unregister_client(NAME)

    call = world.exchange.call(CALLER, OURS)
    world.exchange.run(5)

    assert not call.rang(BROWSER)
    told = world.product.params("/done")
    assert (told["DialCallStatus"], told["DialBridged"]) == (status, "false")


def test_a_browser_and_a_phone_may_ring_at_once() -> None:
    world = world_with(f"Client:{NAME}", f"Number:{BEN}")
    world.exchange.register_client(NAME, accepts(after=9))
    world.exchange.add_producer(BEN, accepts(after=4))

    call = world.exchange.call(CALLER, OURS)
    world.exchange.run()

    assert call.rang(BROWSER)
    assert call.bridged_to == [BEN]


def test_rest_rings_a_browser() -> None:
    world = world_with(f"Client:{NAME}")
    world.product.answers["/out"] = PRESS_1
    world.exchange.register_client(NAME)

    created = client(world).calls.create(to=BROWSER, from_=OURS, url=f"{BASE}/out", timeout=15)
    world.exchange.run()

    (call,) = world.exchange.placed_calls(BROWSER)
    assert created.sid == call.sid
    assert call.heard("Press 1 to accept")
    assert world.product.params("/out")["To"] == BROWSER


@pytest.mark.parametrize("name", ["", "  ", "ana maria", "ana@example.com", "a" * 257, "añá", "ana-maria"])
def test_a_name_that_the_carriers_libraries_refuse_is_refused(name: str) -> None:
    with pytest.raises(reader.TwimlError):
        reader.read(f"<Response><Dial><Client>{name}</Client></Dial></Response>")
