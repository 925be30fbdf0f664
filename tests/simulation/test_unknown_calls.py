"""Calls that the carrier knows and the product does not: unplugged webhooks, and the lists that tell of them later."""

from __future__ import annotations

from datetime import timedelta

from app.simulator.interpreter import APOLOGY
from app.simulator.parties import CallerBehavior
from app.simulator.switches import Switches
from tests.simulation.rest_client import client
from tests.simulation.scripted import ANA, BASE, BEN, CALLER, OURS, START, Stage, screening, stage

BIN = "https://handler.example.com/twiml/EH00112233445566778899aabbccddeeff"


def talked(world: Stage) -> str:
    """The SID of a call with a talk."""
    call = world.exchange.call(CALLER, OURS, CallerBehavior(talk_seconds=30))
    world.exchange.run()
    return call.sid


def test_while_the_product_is_unplugged_the_caller_hears_the_carriers_apology() -> None:
    world = stage(screening(), fallback=True)
    world.exchange.unplug()

    call = world.exchange.call(CALLER, OURS)
    world.exchange.run()

    assert call.spoken == [APOLOGY]
    assert call.status == "completed"
    assert world.product.asked == []
    assert {webhook.error_code for webhook in call.webhooks} == {11205}


def test_a_fallback_that_the_carrier_hosts_is_heard_though_the_product_is_gone() -> None:
    world = stage(screening())
    world.exchange.numbers[OURS].fallback_url = BIN
    world.exchange.bins[BIN] = "<Response><Say>We will call you back.</Say></Response>"
    world.exchange.unplug()

    call = world.exchange.call(CALLER, OURS)
    world.exchange.run()

    assert call.spoken == ["We will call you back."]
    assert world.product.asked == []


def test_a_product_that_is_plugged_in_again_is_asked_again() -> None:
    world = stage(screening())
    world.exchange.add_producer(ANA)
    world.exchange.unplug()
    talked(world)

    world.exchange.plug_in()
    talked(world)

    assert [call.bridged_to for call in world.exchange.record.calls] == [[], [ANA]]


def test_a_product_may_be_unplugged_in_the_middle_of_a_talk_and_not_learn_of_its_end() -> None:
    world = stage(screening())
    world.exchange.add_producer(ANA)
    world.exchange.once("bridged", ANA, lambda leg: world.exchange.unplug())

    sid = talked(world)

    assert world.product.asked_at("/done") == []
    assert world.product.asked_at("/status") == []
    assert client(world).calls(sid).fetch().status == "completed"


def test_a_call_that_the_product_never_heard_of_is_in_the_carriers_list() -> None:
    world = stage(screening())
    world.exchange.unplug()
    unknown = talked(world)
    world.exchange.plug_in()
    calls = client(world).calls

    assert [call.sid for call in calls.list(to=OURS)] == [unknown]
    assert [call.sid for call in calls.list(from_=CALLER, start_time_after=START)] == [unknown]
    assert calls.list(start_time_after=world.clock.now() + timedelta(seconds=1)) == []
    [found] = calls.list(to=OURS)
    assert (found.direction, found.parent_call_sid, found.status) == ("inbound", None, "completed")


def test_placed_and_inbound_calls_are_listed_together_page_by_page() -> None:
    world = stage(screening())
    world.exchange.add_producer(ANA)
    talked(world)
    world.exchange.add_producer(BEN)
    client(world).calls.create(to=BEN, from_=OURS, url=f"{BASE}/done")
    world.exchange.run()

    page = client(world).calls.page(page_size=2)
    rest = page.next_page()

    assert [call.direction for call in [*page, *rest]] == ["outbound-api", "outbound-dial", "inbound"]
    assert [call.direction for call in client(world).calls.list(to=BEN)] == ["outbound-api"]


def test_a_call_is_listed_only_after_the_lists_lag() -> None:
    world = stage({"/in": "<Pause length='120'/>"}, switches=Switches(call_list_lag_seconds=60))
    call = world.exchange.call(CALLER, OURS)

    world.exchange.run(59)
    before = client(world).calls.list(to=OURS)
    world.exchange.run(1)
    after = client(world).calls.list(to=OURS)

    assert (before, [found.sid for found in after]) == ([], [call.sid])
    assert client(world).calls(call.sid).fetch().sid == call.sid
