"""The document that runs on a dialed leg before the bridge. Falling off its end bridges.

Source: TELEPHONY.md section 4.
"""

from __future__ import annotations

import pytest

from app.simulator.parties import CallerBehavior, ProducerBehavior, accepts, says_nothing, voicemail
from app.simulator.products import Reply
from app.simulator.switches import Switches
from app.simulator.webhooks import Trouble, WebhookFault
from tests.simulation.scripted import ANA, CALLER, OURS, Answer, Stage, dial, screening, stage

WAITS = CallerBehavior(talk_seconds=30)


def whispered(
    whisper: Answer,
    behavior: ProducerBehavior | None = None,
    *,
    switches: Switches | None = None,
    fallback: str | None = None,
) -> Stage:
    world = stage({**screening(), "/whisper": whisper}, switches=switches, fallback=fallback is not None)
    if fallback is not None:
        world.product.answers["/fallback"] = fallback
    world.exchange.add_producer(ANA, behavior or accepts())
    world.exchange.call(CALLER, OURS, WAITS)
    world.exchange.run()
    return world


def bridged(world: Stage) -> bool:
    return world.exchange.record.calls[0].bridged_to == [ANA]


def test_falling_off_the_end_bridges() -> None:
    assert bridged(whispered("<Say>Here comes a caller</Say>", says_nothing()))


def test_an_empty_document_bridges_at_once() -> None:
    assert bridged(whispered("", says_nothing()))


def test_a_silent_voicemail_is_bridged_where_hangup_is_forgotten() -> None:
    forgot = '<Gather numDigits="1" action="/key"><Say>Press 1 to accept</Say></Gather>'

    assert bridged(whispered(forgot, voicemail()))


def test_hangup_refuses() -> None:
    world = whispered("<Say>No</Say><Hangup/>")

    assert not bridged(world)
    assert world.product.params("/done")["DialBridged"] == "false"


def test_a_number_without_whisper_is_bridged_as_it_answers() -> None:
    world = stage({**screening(), "/in": dial(ANA, whisper=None)})
    world.exchange.add_producer(ANA, says_nothing(4))

    call = world.exchange.call(CALLER, OURS, WAITS)
    world.exchange.run()

    assert call.bridges[0].since == call.leg_to(ANA).answered_at


def test_dial_in_a_whisper_is_refused() -> None:
    world = whispered("<Dial>+12175550124</Dial>")

    assert not bridged(world)
    assert [violation.code for violation in world.exchange.record.violations] == [13201]


@pytest.mark.parametrize("verb", ['<Reject reason="busy"/>', "<Record/>"])
def test_other_verbs_in_a_whisper_are_refused(verb: str) -> None:
    world = whispered(verb)

    assert not bridged(world)
    assert [violation.code for violation in world.exchange.record.violations] == [12200]


@pytest.mark.parametrize(("position", "accepted"), [("refused", False), ("allowed", True)])
@pytest.mark.parametrize("verb", ['<Pause length="2"/>', "<Redirect>/key?Digits=1</Redirect>"])
def test_whether_pause_and_redirect_may_whisper_is_a_switch(position: str, accepted: bool, verb: str) -> None:
    world = stage({**screening(), "/whisper": verb, "/key": ""}, switches=Switches(whisper_pause_and_redirect=position))
    world.exchange.add_producer(ANA, accepts())

    world.exchange.call(CALLER, OURS, WAITS)
    world.exchange.run()

    assert bridged(world) is accepted


@pytest.mark.parametrize(
    "failing",
    [
        Reply(500, "text/html", "oops"),
        Reply(404, "text/html", "no"),
        Reply(403, "text/html", "no"),
        Reply(200, "text/xml", "<Response"),
        Reply(200, "application/json", "{}"),
        Reply(200, "", ""),
        Reply(204, "", ""),
    ],
    ids=lambda reply: f"{reply.status} {reply.content_type}",
)
@pytest.mark.parametrize("position", Switches.unknowns()["whisper_failure"])
def test_a_whisper_that_fails_never_bridges_without_a_fallback(failing: Reply, position: str) -> None:
    world = whispered(failing, switches=Switches(whisper_failure=position))

    assert not bridged(world)
    assert world.product.params("/done")["DialCallStatus"] == "completed"


@pytest.mark.parametrize(("position", "asked"), [("fallback", 1), ("hangup", 0)])
def test_whether_a_failed_whisper_asks_the_fallback_is_a_switch(position: str, asked: int) -> None:
    world = whispered(Reply(500, "text/html", ""), switches=Switches(whisper_failure=position), fallback="<Hangup/>")

    requests = world.product.asked_at("/fallback")
    assert len(requests) == asked
    assert not bridged(world)
    assert all(request.form["Direction"] == "outbound-dial" for request in requests)
    assert all(request.form["ErrorCode"] == "11200" for request in requests)
    assert all(request.form["ParentCallSid"] for request in requests)


def test_a_fallback_that_apologizes_to_a_producer_bridges_them() -> None:
    # The trap that the product must not step into: any document that ends, bridges.
    world = whispered(Reply(500, "text/html", ""), fallback="<Say>We are sorry</Say>")

    assert bridged(world)


def test_a_key_whose_request_fails_does_not_bridge() -> None:
    world = stage(screening())
    world.exchange.add_producer(ANA, accepts())
    world.exchange.webhook_faults.append(WebhookFault(Trouble.SERVER_ERROR, "/key"))

    call = world.exchange.call(CALLER, OURS, WAITS)
    world.exchange.run()

    assert call.bridged_to == []


def test_hooks_come_before_the_whisper_is_asked_for_and_before_the_key_is_sent() -> None:
    world = stage(screening())
    world.exchange.add_producer(ANA, accepts())
    seen: list[tuple[str, int]] = []
    for happening in ("ringing", "whisper", "key", "bridged"):
        world.exchange.on(happening, lambda leg, name=happening: seen.append((name, len(world.product.asked))))  # type: ignore[misc]

    world.exchange.call(CALLER, OURS, WAITS)
    world.exchange.run()

    paths = [asked.path for asked in world.product.asked]
    counts = dict(seen)
    assert [name for name, _ in seen] == ["ringing", "whisper", "key", "bridged"]
    assert counts["whisper"] <= paths.index("/whisper")
    assert counts["key"] <= paths.index("/key") < counts["bridged"]
