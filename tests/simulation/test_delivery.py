"""How webhooks travel: headers, redirects, retries, fallback. Source: TELEPHONY.md sections 1 to 3."""

from __future__ import annotations

import pytest

from app.simulator.interpreter import APOLOGY
from app.simulator.parties import NO_ANSWER, CallerBehavior, accepts
from app.simulator.products import Reply
from app.simulator.signing import sign
from app.simulator.switches import Switches
from app.simulator.webhooks import Trouble, WebhookFault
from tests.simulation.scripted import (
    ANA,
    BASE,
    CALLER,
    OURS,
    START,
    TOKEN,
    Stage,
    redirect,
    screening,
    stage,
)


def called(world: Stage) -> Stage:
    world.exchange.call(CALLER, OURS)
    world.exchange.run()
    return world


def numbered(world: Stage, url: str) -> Stage:
    """The same world with its number asking `url`."""
    world.exchange.add_number(OURS, voice_url=url, status_url=f"{BASE}/status")
    return world


def test_a_webhook_is_signed_and_says_who_it_is() -> None:
    world = called(stage({"/in": ""}))

    asked = world.product.asked[0]
    assert asked.headers["X-Twilio-Signature"] == sign(TOKEN, f"{BASE}/in", asked.form.items())
    assert asked.headers["User-Agent"] == "TwilioProxy/1.1"
    assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded; charset=UTF-8"
    assert asked.headers["X-Home-Region"] == "us1"


def test_a_document_by_get_carries_its_parameters_in_the_query() -> None:
    world = called(stage({"/in": '<Redirect method="GET">/next?a=1</Redirect>', "/next": ""}))

    webhook = world.exchange.record.webhooks[1]
    [asked] = world.product.asked_at("/next")
    assert (asked.method, asked.form) == ("GET", {})
    assert webhook.params["CallSid"] == world.exchange.record.calls[0].sid


@pytest.mark.parametrize("status", [301, 302, 303, 307])
def test_redirects_are_followed_by_get(status: int) -> None:
    world = called(stage({"/in": redirect("/a", status), "/a": redirect(f"{BASE}/b", status), "/b": "<Say>B</Say>"}))

    assert [(asked.method, asked.path) for asked in world.product.asked[:3]] == [
        ("POST", "/in"), ("GET", "/a"), ("GET", "/b"),
    ]  # fmt: skip
    assert world.exchange.record.calls[0].heard("B")


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (Reply(500, "text/html", ""), 11200),
        (Reply(404, "text/html", ""), 11200),
        (redirect("/in"), 11215),
        (redirect("/in", 308), 11216),
        (Reply(302, "text/html", ""), 11216),
        (Reply(200, "application/json", "{}"), 12300),
        (Reply(200, "", "<Response/>"), 11200),
        (Reply(200, "text/xml", "<Response"), 12100),
        (Reply(200, "text/xml", "<Answer/>"), 12102),
        (Reply(200, "text/xml", "<Response><Foo/></Response>"), 12200),
        (Reply(200, "text/xml", "<Response><Say>" + "x" * 70_000 + "</Say></Response>"), 11750),
    ],
    ids=lambda value: str(value) if isinstance(value, int) else f"{value.status} {value.content_type}",
)
def test_a_document_that_fails_asks_the_fallback_with_code_and_url(reply: Reply, code: int) -> None:
    world = called(stage({"/in": reply, "/fallback": "<Say>Please hold</Say>"}, fallback=True))

    sent = world.product.params("/fallback")
    assert sent["ErrorCode"] == str(code)
    assert sent["ErrorUrl"] == f"{BASE}/in"
    assert sent["CallSid"] == world.exchange.record.calls[0].sid
    assert world.exchange.record.calls[0].heard("Please hold")


def test_without_a_fallback_the_caller_hears_an_error_message() -> None:
    world = called(stage({}))

    assert world.exchange.record.calls[0].heard(APOLOGY)
    assert [alert.code for alert in world.exchange.record.alerts] == [11200]


def test_a_failed_action_asks_the_fallback_too() -> None:
    world = stage({**screening(), "/done": Reply(500, "text/html", ""), "/fallback": "<Say>Sorry</Say>"}, fallback=True)
    world.exchange.add_producer(ANA, NO_ANSWER)

    call = world.exchange.call(CALLER, OURS)
    world.exchange.run()

    assert world.product.params("/fallback")["DialCallStatus"] == "no-answer"
    assert call.heard("Sorry")


def test_a_refused_connection_is_tried_once_more() -> None:
    world = stage({"/in": "<Say>Hello</Say>"})
    world.exchange.webhook_faults.append(WebhookFault(Trouble.REFUSED, "/in"))

    called(world)

    [webhook] = [webhook for webhook in world.exchange.record.webhooks if webhook.kind == "document"]
    assert [attempt.status for attempt in webhook.attempts] == [None, 200]


@pytest.mark.parametrize("trouble", [Trouble.SERVER_ERROR, Trouble.TIMEOUT_BEFORE, Trouble.TIMEOUT_AFTER])
def test_timeouts_and_server_errors_are_not_retried_by_default(trouble: Trouble) -> None:
    world = stage({"/in": "<Say>Hello</Say>"})
    world.exchange.webhook_faults.append(WebhookFault(trouble, "/in"))

    called(world)

    assert len(world.product.asked_at("/in")) == (1 if trouble is Trouble.TIMEOUT_AFTER else 0)
    assert not world.exchange.record.calls[0].heard("Hello")


def test_the_urls_fragment_may_ask_for_more_and_is_neither_sent_nor_signed() -> None:
    world = numbered(stage({"/in": "<Say>Hello</Say>"}), f"{BASE}/in#rc=3&rp=all")
    world.exchange.webhook_faults += [
        WebhookFault(Trouble.SERVER_ERROR, "/in"),
        WebhookFault(Trouble.TIMEOUT_AFTER, "/in"),
        WebhookFault(Trouble.REFUSED, "/in"),
    ]

    called(world)

    asked = world.product.asked_at("/in")
    assert len(asked) == 2
    assert {request.headers["I-Twilio-Idempotency-Token"] for request in asked} == {
        asked[0].headers["I-Twilio-Idempotency-Token"]
    }
    assert asked[0].headers["X-Twilio-Signature"] == sign(TOKEN, f"{BASE}/in", asked[0].form.items())
    assert not any("#" in attempt.url for attempt in world.exchange.record.webhooks[0].attempts)
    assert world.exchange.record.calls[0].heard("Hello")


def test_an_invalid_retry_policy_is_told_and_the_defaults_hold() -> None:
    world = numbered(stage({"/in": Reply(500, "text/html", "")}), f"{BASE}/in#rc=5&rp=always")

    called(world)

    assert 11243 in [alert.code for alert in world.exchange.record.alerts]
    assert len(world.product.asked_at("/in")) == 1


def test_a_host_that_is_not_there_is_11205() -> None:
    world = called(numbered(stage({}), "https://nowhere.example.com/in"))

    assert [alert.code for alert in world.exchange.record.alerts] == [11205]


def test_a_webhook_may_arrive_twice() -> None:
    world = stage({"/in": "<Say>Hello</Say>"})
    world.exchange.webhook_faults.append(WebhookFault(Trouble.DUPLICATED, "/in"))

    called(world)

    assert len(world.product.asked_at("/in")) == 2


# --- status callbacks ---


def test_callbacks_may_come_in_copies() -> None:
    world = called(stage({"/in": ""}, switches=Switches(callback_copies=3)))

    assert len(world.product.asked_at("/status")) == 3


def test_callbacks_may_be_lost() -> None:
    world = called(stage({"/in": ""}, switches=Switches(callback_loss=1)))

    assert world.product.asked_at("/status") == []


def test_delayed_callbacks_overtake_each_other_and_keep_their_sequence_numbers() -> None:
    world = stage(screening(), switches=Switches(callback_delay_seconds=(0, 600)), seed=3)
    world.exchange.add_producer(ANA, accepts())

    called(world)

    order = [asked.form["SequenceNumber"] for asked in world.product.asked_at("/child")]
    assert sorted(order) == ["0", "1", "2", "3"]
    assert order != sorted(order)


def test_a_warning_is_logged_for_a_callback_that_gets_an_error() -> None:
    world = called(stage({"/in": "", "/status": Reply(500, "text/html", "")}))

    assert [alert.code for alert in world.exchange.record.alerts] == [11200, 15003]


def test_a_slow_product_finds_the_caller_gone() -> None:
    world = stage({"/in": "<Say>Hello</Say>"}, switches=Switches(reply_seconds=3))

    call = world.exchange.call(CALLER, OURS, CallerBehavior(hang_up_after=2))
    world.exchange.run()

    assert call.spoken == []
    assert call.status == "no-answer"


def test_a_webhook_may_travel_long() -> None:
    world = stage({"/in": "<Say>Hello</Say>"})
    world.exchange.webhook_faults.append(WebhookFault(Trouble.DELAYED, "/in", seconds=7))

    called(world)

    assert (world.product.asked[0].at - START).total_seconds() == 7


def test_a_webhook_may_be_replayed_the_next_day() -> None:
    world = stage({"/in": "<Say>Hello</Say>"})
    world.exchange.webhook_faults.append(WebhookFault(Trouble.REPLAYED, "/in", seconds=6 * 3600))

    called(world)

    first, second = world.product.asked_at("/in")
    assert (first.form, first.headers) == (second.form, second.headers)
    assert (second.at - first.at).total_seconds() == 6 * 3600
