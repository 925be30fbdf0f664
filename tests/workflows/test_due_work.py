"""One tick of the scheduler: what is overdue becomes somebody's work, and two schedulers are harmless."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from app import scheduler
from app.domain.lead import Custody
from app.simulator.webhooks import Trouble, WebhookFault
from app.storage import leads, work
from tests.conversations.people import ANA, KEYS_OHIO, OHIO_CALLER
from tests.conversations.vendors import posted
from tests.product import Stage


def test_a_posted_lead_whose_call_does_not_come_within_the_hour_is_escalated_once(stage: Stage) -> None:
    lead_id = posted(stage)
    stage.clock.advance(3599)
    stage.tick()
    before = stage.waiting()

    stage.clock.advance(1)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: scheduler.tick(stage.tools), range(3)))

    assert before == []
    assert [(item.lead_id, item.reason) for item in stage.waiting()] == [(lead_id, "no_call_came")]


def test_a_call_whose_end_was_never_reported_is_escalated_when_no_call_lasts_that_long(stage: Stage) -> None:
    stage.exchange.webhook_faults += [WebhookFault(Trouble.REFUSED, part, times=99) for part in ("/status", "/zip")]
    stage.exchange.webhook_faults.append(WebhookFault(Trouble.REFUSED, "/voice/fallback", times=99))
    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)
    stage.tick()
    before = stage.lead(call).custody

    stage.clock.advance(4 * 3600 + 300)
    stage.tick()

    assert before is Custody.IN_CALL
    assert stage.lead(call).custody is Custody.ESCALATED
    assert [item.reason for item in stage.waiting()] == ["call_never_ended"]


def test_a_lead_that_was_posted_and_served_is_left_alone(stage: Stage) -> None:
    posted(stage)
    stage.hire(ANA)
    call = stage.call_from(OHIO_CALLER)

    stage.clock.advance(5 * 3600)
    stage.tick()

    assert stage.lead(call).custody is Custody.SERVED
    assert stage.waiting() == []


def test_the_scheduler_says_that_it_is_alive(stage: Stage) -> None:
    stage.tick()

    with stage.database.read() as tx:
        assert work.last_beat(tx, "scheduler") == stage.now
        assert leads.overdue_in_call(tx, stage.now) == []
