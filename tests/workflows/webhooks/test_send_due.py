"""Deliveries: at least once, retried for days, given up, never at another receiver's cost."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from itertools import pairwise

from sqlalchemy import text

from app.domain.webhook_retries import DELAYS
from app.outside.vendor_hooks import Answer, HttpVendorHooks
from app.storage import webhooks_deliveries
from app.storage.database import Database
from app.storage.webhooks_deliveries import LEASE
from app.timekeeping import SystemClock
from app.workflows.webhooks.run_webhooks import tell_switched_off
from app.workflows.webhooks.send_due import Lanes, send_due
from tests.workflows.receivers import Receivers
from tests.workflows.webhooks.conftest import URL, Desk
from tests.workflows.webhooks.receiving import Receiver

DOWN = Answer(503, "the answer is 503", "come back later")
SILENT = Answer(None, "no answer within 15 seconds")
OTHER = "https://other.example.com/hooks"


def test_a_real_receiver_is_told_and_finds_the_signature_good(desk: Desk, receiver: Receiver) -> None:
    secret = desk.add(receiver.url).secret
    desk.happens(3)
    real = HttpVendorHooks(now=SystemClock().now, local=True)

    tries = send_due(database=desk.database, sender=real, now=desk.clock.now)

    assert tries == 3
    assert [each.verified(secret)["type"] for each in receiver.received] == ["lead.received"] * 3
    assert [(each.status, each.status_code, each.attempts) for each in desk.log()] == [("sent", 204, 1)] * 3
    assert [each.event_id for each in desk.log()] == [each.event_id for each in receiver.received]


def test_nothing_is_sent_twice_and_nothing_where_nothing_is_due(desk: Desk) -> None:
    desk.add()
    desk.happens()

    assert [desk.send(), desk.send()] == [1, 0]


def test_a_dead_receiver_is_tried_for_three_days_and_then_given_up(desk: Desk) -> None:
    desk.add()
    desk.happens()
    desk.sender.answers[URL] = [DOWN]
    begun, tried = desk.now, []

    while desk.one().next_try_at is not None:
        due = desk.one().next_try_at
        assert due is not None
        desk.clock.move_to(due - timedelta(milliseconds=1))
        assert desk.send() == 0 or due == begun
        desk.clock.move_to(due)
        desk.send()
        tried.append(desk.now - begun)

    given_up = desk.one()
    assert [later - earlier for earlier, later in pairwise(tried)] == list(DELAYS)
    assert timedelta(days=3) < tried[-1] < timedelta(days=3, hours=5)
    assert (given_up.status, given_up.attempts, given_up.status_code) == ("given_up", 10, 503)
    assert (given_up.error, given_up.answer) == ("the answer is 503", "come back later")
    assert len({event_id for _, event_id, _ in desk.sender.posted}) == 1
    assert desk.endpoint().is_on


def test_jitter_makes_a_retry_later_by_a_tenth_at_most(desk: Desk) -> None:
    desk.add()
    desk.happens()
    desk.sender.answers[URL] = [SILENT]

    send_due(database=desk.database, sender=desk.sender, now=desk.clock.now, roll=lambda: 1.0)

    assert desk.one().next_try_at == desk.now + timedelta(seconds=5.5)


def test_a_receiver_that_comes_back_is_told_what_it_missed(desk: Desk) -> None:
    desk.add()
    desk.happens()
    desk.sender.answers[URL] = [DOWN, SILENT, Answer(200, "")]
    for wait in (0, 5, 300):
        desk.clock.advance(wait)
        desk.send()

    assert (desk.one().status, desk.one().attempts, desk.one().error) == ("sent", 3, "")
    assert (desk.endpoint().failures, desk.endpoint().failing_since) == (0, None)


def test_retries_survive_a_restart(desk: Desk, database_url: str) -> None:
    desk.add()
    desk.happens()
    desk.sender.answers[URL] = [DOWN, Answer(204, "")]
    desk.send()
    desk.clock.advance(5)

    other_process = Database(database_url, synchronous="OFF")
    tries = send_due(database=other_process, sender=desk.sender, now=desk.clock.now)
    other_process.dispose()

    assert tries == 1
    assert desk.one().status == "sent"


def test_what_a_process_took_along_when_it_died_is_sent_by_another_once_its_lease_is_over(desk: Desk) -> None:
    desk.add()
    desk.happens()
    with desk.database.begin() as tx:
        assert webhooks_deliveries.claim(tx, 1, desk.now)

    assert desk.send() == 0
    desk.clock.advance(LEASE.total_seconds())

    assert desk.send() == 1
    assert (desk.one().status, desk.one().attempts) == ("sent", 2)


def test_what_somebody_else_has_settled_meanwhile_stays_as_it_is(desk: Desk) -> None:
    desk.add()
    desk.happens()
    with desk.database.begin() as tx:
        (late,) = webhooks_deliveries.claim(tx, 1, desk.now)
    desk.clock.advance(LEASE.total_seconds())
    desk.send()

    with desk.database.begin() as tx:
        webhooks_deliveries.failed(tx, late, desk.now, code=503, error="late", answer="", next_try_at=desk.now)

    assert (desk.one().status, desk.one().error) == ("sent", "")


def test_410_switches_the_endpoint_off_at_once(desk: Desk) -> None:
    desk.add()
    desk.happens(3)
    desk.sender.answers[URL] = [Answer(410, "the answer is 410")]

    desk.send()

    assert [each.status for each in desk.log()] == ["given_up", "waiting", "waiting"]
    endpoint = desk.endpoint()
    assert (endpoint.status, endpoint.off_by, endpoint.off_at) == ("off", "scheduler", desk.now)
    assert "410" in endpoint.off_because
    assert desk.send() == 0
    with desk.database.read() as tx:
        facts = tx.execute(text("SELECT facts FROM ledger WHERE kind = 'webhook_off'")).scalars().all()
    assert [json.loads(each)["endpoint"] for each in facts] == [1]


def test_after_five_days_of_nothing_but_failures_it_is_switched_off_and_people_are_told_once(desk: Desk) -> None:
    desk.add()
    desk.sender.answers[URL] = [DOWN]
    people = Receivers()
    for _ in range(5):
        desk.happens()
        desk.send()
        desk.clock.advance(timedelta(days=1).total_seconds())
        assert desk.endpoint().is_on
    desk.happens()

    desk.send()
    told = [tell_switched_off(database=desk.database, notices=people, now=desk.now) for _ in range(2)]

    assert (desk.endpoint().status, desk.endpoint().off_because) == ("off", "for five days every delivery failed")
    assert told == [1, 0]
    assert [notice.title for notice in people.heard] == ["Webhooks switched off: 1"]
    assert URL not in people.heard[0].body


def test_a_success_in_between_gives_it_five_days_again(desk: Desk) -> None:
    desk.add()
    desk.sender.answers[URL] = [DOWN, DOWN, DOWN, Answer(204, ""), DOWN]
    for _ in range(4):
        desk.happens()
        desk.send()
        desk.clock.advance(timedelta(days=2).total_seconds())

    assert desk.endpoint().is_on


def test_a_receiver_that_hangs_does_not_hold_up_another(desk: Desk) -> None:
    desk.add(URL)
    desk.add(OTHER)
    desk.happens()
    let_go, other_told = threading.Event(), threading.Event()
    plain = desk.sender.post

    def post(url: str, **how: object) -> Answer:
        if url == URL:
            assert let_go.wait(20)
        else:
            other_told.set()
        return plain(url, **how)  # type: ignore[arg-type]

    desk.sender.post = post  # type: ignore[method-assign]
    lanes = Lanes(database=desk.database, sender=desk.sender, now=desk.clock.now)

    lanes.start_due()
    assert other_told.wait(20)
    # The next look finds somebody at it already.
    lanes.start_due()
    let_go.set()

    assert lanes.wait() == 2
    assert sorted(url for url, _, _ in desk.sender.posted) == [URL, OTHER]


def test_no_transaction_is_open_while_something_is_sent(desk: Desk) -> None:
    desk.add()
    desk.happens()

    def write() -> None:
        with desk.database.begin() as tx:
            tx.execute(text("UPDATE webhook_endpoints SET description = 'meanwhile'"))

    desk.sender.meanwhile = write

    desk.send()

    assert desk.endpoint().description == "meanwhile"
    assert desk.one().status == "sent"


def test_many_senders_at_once_send_each_thing_once(desk: Desk) -> None:
    desk.add(URL)
    desk.add(OTHER)
    desk.happens(25)

    threads = [threading.Thread(target=desk.send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    sent = [(url, event_id) for url, event_id, _ in desk.sender.posted]
    assert len(sent) == len(set(sent)) == 50
    assert {each.status for endpoint in (1, 2) for each in desk.log(endpoint)} == {"sent"}
