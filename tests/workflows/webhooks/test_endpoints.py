"""Endpoints: added, changed, given a new secret, replayed, removed, forgotten; and all of it in the ledger."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.domain.webhook_types import FOR_VENDORS, EventType
from app.outside.vendor_hooks import Answer, HttpVendorHooks
from app.storage import campaigns
from app.storage.webhooks import MOST, MOST_A_VENDOR
from app.timekeeping import SystemClock
from app.workflows.admin.refused import Refused
from app.workflows.webhooks.keep_endpoint import (
    WithSecret,
    add_endpoint,
    change_endpoint,
    remove_endpoint,
    rotate_secret,
    try_endpoint,
)
from app.workflows.webhooks.replay import Replayed, replay_delivery, replay_since
from app.workflows.webhooks.run_webhooks import forget_old
from app.workflows.webhooks.send_due import send_due
from tests.workflows.webhooks.conftest import URL, Desk
from tests.workflows.webhooks.receiving import Receiver


def how(desk: Desk) -> dict[str, Any]:
    return {"actor": "key:crm", "database": desk.database, "now": desk.now}


def add(desk: Desk, url: str = URL, **more: Any) -> WithSecret | Refused:
    return add_endpoint(url, **{"local": False, **how(desk), **more})


def ledger(desk: Desk) -> list[tuple[str, dict[str, Any]]]:
    with desk.database.read() as tx:
        rows = tx.execute(text("SELECT kind, facts FROM ledger ORDER BY id")).all()
    return [(kind, json.loads(facts)) for kind, facts in rows]


def test_an_endpoint_without_types_hears_of_everything_that_is_open_to_it(desk: Desk) -> None:
    with desk.database.begin() as tx:
        campaigns.add_vendor(tx, slug="acme", name="Acme", trunks=[])

    agencys, vendors = add(desk), add(desk, vendor="acme")

    assert isinstance(agencys, WithSecret)
    assert isinstance(vendors, WithSecret)
    assert agencys.endpoint.subscribed == tuple(EventType)
    assert vendors.endpoint.subscribed == FOR_VENDORS
    assert (vendors.endpoint.vendor, vendors.endpoint.status) == ("acme", "on")
    assert agencys.secret.startswith("whsec_")
    assert agencys.secret not in repr(agencys)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"url": "http://crm.example.com"}, "url"),
        ({"url": "https://10.0.0.1/"}, "url"),
        ({"types": ["lead.sold"]}, "types"),
        ({"types": ["license.lapsed"], "vendor": "acme"}, "types"),
        ({"vendor": "nobody"}, "vendor"),
        ({"vendor": "acme", "vendor_id": 99}, "vendor"),
        ({"description": "two\nlines"}, "description"),
        ({"description": "x" * 201}, "description"),
    ],
)
def test_what_cannot_be_is_refused_by_field(desk: Desk, given: dict[str, Any], field: str) -> None:
    with desk.database.begin() as tx:
        campaigns.add_vendor(tx, slug="acme", name="Acme", trunks=[])

    refusal = add(desk, **given)

    assert isinstance(refusal, Refused)
    assert list(refusal.errors) == [field]


def test_there_are_so_many_endpoints_and_no_more(desk: Desk) -> None:
    with desk.database.begin() as tx:
        campaigns.add_vendor(tx, slug="acme", name="Acme", trunks=[])
    vendors = [add(desk, vendor="acme") for _ in range(MOST_A_VENDOR + 1)]
    others = [add(desk) for _ in range(MOST - MOST_A_VENDOR + 1)]

    assert [isinstance(each, Refused) for each in vendors] == [False] * MOST_A_VENDOR + [True]
    assert [isinstance(each, Refused) for each in others] == [False] * (MOST - MOST_A_VENDOR) + [True]
    remove_endpoint(1, **how(desk))
    assert isinstance(add(desk), WithSecret)


def test_what_is_changed_stands_in_the_ledger_without_the_address(desk: Desk) -> None:
    add(desk, "https://crm.example.com/hooks?token=hush")

    changed = change_endpoint(1, url=URL, types=["lead.connected"], on=False, local=False, **how(desk))
    change_endpoint(1, local=False, **how(desk))
    remove_endpoint(1, **how(desk))

    assert not isinstance(changed, Refused)
    assert changed is not None
    assert (changed.url, changed.types, changed.status) == (URL, ("lead.connected",), "off")
    assert (changed.off_by, changed.off_because) == ("key:crm", "switched off by a person")
    written = ledger(desk)
    assert [kind for kind, _ in written] == ["webhook_added", "webhook_changed", "webhook_removed"]
    assert "hush" not in json.dumps(written)
    assert {facts["host"] for _, facts in written} == {"crm.example.com"}


def test_an_address_of_old_need_not_be_allowed_anew_to_change_something_else(desk: Desk) -> None:
    desk.add("http://127.0.0.1:8090/hooks")

    changed = change_endpoint(1, types=["lead.connected"], local=False, **how(desk))
    refusal = change_endpoint(1, url="http://127.0.0.1:8091/hooks", local=False, **how(desk))

    assert not isinstance(changed, Refused)
    assert isinstance(refusal, Refused)


def test_for_a_day_after_it_was_replaced_the_old_secret_is_good(desk: Desk, receiver: Receiver) -> None:
    old = desk.add(receiver.url).secret
    rotated = rotate_secret(1, **how(desk))
    assert rotated is not None
    real = HttpVendorHooks(now=SystemClock().now, local=True)
    for wait in (0, 24 * 3600 - 1, 1):
        desk.clock.advance(wait)
        desk.happens()
        send_due(database=desk.database, sender=real, now=desk.clock.now)

    at_once, in_time, too_late = receiver.received
    assert at_once.verified(old) == at_once.verified(rotated.secret)
    assert in_time.verified(old) == in_time.verified(rotated.secret)
    assert too_late.verified(rotated.secret)
    assert " " not in too_late.headers["webhook-signature"]


def test_a_test_is_sent_to_that_endpoint_alone_whatever_it_subscribed_to(desk: Desk) -> None:
    desk.add(URL, "lead.connected")
    desk.add("https://other.example.com/hooks")

    assert isinstance(try_endpoint(1, **how(desk)), int)
    desk.send()

    ((url, _, payload),) = desk.sender.posted
    assert url == URL
    assert json.loads(payload)["type"] == "ping.test"
    assert json.loads(payload)["data"] == {"endpoint_id": 1}


def test_nobody_can_have_us_knock_at_a_door_all_day(desk: Desk) -> None:
    desk.add()
    tried = [try_endpoint(1, **how(desk)) for _ in range(11)]
    desk.clock.advance(60)

    assert [isinstance(each, Refused) for each in tried] == [False] * 10 + [True]
    assert isinstance(try_endpoint(1, **how(desk)), int)


def test_a_delivery_is_sent_again_under_the_same_id(desk: Desk) -> None:
    desk.add()
    desk.happens()
    desk.sender.answers[URL] = [Answer(500, "the answer is 500"), Answer(204, "")]
    desk.send()

    replay_delivery(1, **how(desk))
    desk.send()
    replay_delivery(1, **how(desk))
    desk.send()

    assert len({event_id for _, event_id, _ in desk.sender.posted}) == 1
    assert len(desk.sender.posted) == 3
    assert (desk.one().status, desk.one().attempts, desk.one().replays) == ("sent", 1, 2)


def test_all_that_happened_since_is_sent_again_also_what_was_never_sent(desk: Desk) -> None:
    desk.add(URL, "lead.received")
    desk.happens(2)
    desk.clock.advance(60)
    since = desk.now
    desk.happens(3)
    desk.happens(1, kind="lead.missed")
    desk.send()
    change_endpoint(1, on=False, local=False, **how(desk))
    desk.happens(2)
    change_endpoint(1, on=True, local=False, **how(desk))
    desk.sender.posted.clear()

    replayed = replay_since(1, since, **how(desk))
    desk.send()

    assert isinstance(replayed, Replayed)
    assert (replayed.count, replayed.complete) == (5, True)
    assert len(desk.sender.posted) == 5
    assert {json.loads(payload)["type"] for _, _, payload in desk.sender.posted} == {"lead.received"}


def test_a_vendor_can_have_nothing_replayed_that_is_not_of_its_leads(desk: Desk) -> None:
    with desk.database.begin() as tx:
        campaigns.add_vendor(tx, slug="acme", name="Acme", trunks=[])
    desk.add()
    add(desk, vendor="acme")
    desk.happens(3)

    replayed = replay_since(2, desk.now, **how(desk))

    assert isinstance(replayed, Replayed)
    assert replayed.count == 0


@pytest.mark.parametrize("days", [-31, 1])
def test_what_is_forgotten_or_yet_to_come_cannot_be_replayed(desk: Desk, days: int) -> None:
    desk.add()

    refusal = replay_since(1, desk.now + timedelta(days=days), **how(desk))

    assert isinstance(refusal, Refused)
    assert list(refusal.errors) == ["since"]


def test_what_is_off_is_neither_tried_nor_replayed(desk: Desk) -> None:
    desk.add()
    desk.happens()
    change_endpoint(1, on=False, local=False, **how(desk))

    refusals = [
        try_endpoint(1, **how(desk)),
        replay_delivery(1, **how(desk)),
        replay_since(1, desk.now, **how(desk)),
    ]

    assert all(isinstance(each, Refused) for each in refusals)


def test_another_vendors_endpoint_is_not_there(desk: Desk) -> None:
    desk.add()
    desk.happens()
    theirs: dict[str, Any] = {**how(desk), "only_vendor": 7}

    assert change_endpoint(1, on=False, local=False, **theirs) is None
    assert rotate_secret(1, **theirs) is None
    assert remove_endpoint(1, **theirs) is None
    assert try_endpoint(1, **theirs) is None
    assert replay_delivery(1, **theirs) is None
    assert replay_since(1, desk.now, **theirs) is None


def test_a_removed_endpoint_is_told_nothing_and_goes_with_its_log(desk: Desk) -> None:
    desk.add()
    desk.happens()
    remove_endpoint(1, **how(desk))

    assert desk.send() == 0
    desk.clock.advance(timedelta(days=30).total_seconds() + 1)

    assert forget_old(database=desk.database, now=desk.now) == 1
    with desk.database.read() as tx:
        left = [tx.execute(text(f"SELECT COUNT(*) FROM webhook_{name}")).scalar() for name in ("events", "endpoints")]
    assert left == [0, 0]


def test_the_log_is_kept_for_thirty_days(desk: Desk) -> None:
    desk.add()
    desk.happens()
    desk.send()
    desk.clock.advance(timedelta(days=30).total_seconds() - 1)
    early = forget_old(database=desk.database, now=desk.now)
    desk.clock.advance(3601)

    assert (early, forget_old(database=desk.database, now=desk.now)) == (0, 1)
    assert desk.log() == []
