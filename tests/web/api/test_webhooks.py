"""Webhooks by the API: the secret once, the log, replay; and a vendor sees its own only."""

from __future__ import annotations

from typing import Any

import pytest

from app.outside.vendor_hooks import Answer
from app.workflows.webhooks.collect_events import collect_events
from app.workflows.webhooks.send_due import send_due
from tests.web.api.conftest import AGENCY, Api
from tests.workflows.webhooks.receiving import Scripted

URL = "https://crm.example.com/hooks"
NEW = {"url": URL, "types": ["lead.received"], "description": "Our CRM"}


def deliver(api: Api, *answers: Answer) -> Scripted:
    """A lead comes in, and everybody is told."""
    api.clock.advance(1)
    api.post("/leads", {"campaign": AGENCY, "phone": "+16145550150", "external_id": "A-1"}, status=201)
    sender = Scripted({URL: list(answers)} if answers else {})
    collect_events(database=api.database, now=api.now)
    send_due(database=api.database, sender=sender, now=api.clock.now, roll=lambda: 0.0)
    return sender


def test_an_endpoint_is_added_and_its_secret_shown_once(api: Api) -> None:
    made = api.post("/webhooks", NEW, status=201)

    assert made.pop("secret").startswith("whsec_")
    assert made == api.get(f"/webhooks/{made['id']}") == api.get("/webhooks")["items"][0]
    assert made == {
        "id": 1,
        "url": URL,
        "description": "Our CRM",
        "types": ["lead.received"],
        "vendor": None,
        "status": "on",
        "off_at": None,
        "off_because": "",
        "failures": 0,
        "failing_since": None,
        "created_at": "2026-11-18T15:00:00Z",
        "old_secret_until": None,
    }


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"url": "https://169.254.169.254/latest"}, "/url"),
        ({"url": "ftp://crm.example.com"}, "/url"),
        ({"url": URL, "types": ["lead.sold"]}, "/types"),
        ({"url": URL, "vendor": "nobody"}, "/vendor"),
        ({"url": URL, "secret": "whsec_mine"}, "/secret"),
    ],
)
def test_what_cannot_be_is_422_and_points_at_the_field(api: Api, body: dict[str, Any], field: str) -> None:
    answer = api.post("/webhooks", body, status=422)

    assert answer["errors"][0]["pointer"] == field


def test_beyond_the_most_endpoints_is_409(api: Api) -> None:
    for _ in range(20):
        api.post("/webhooks", NEW, status=201)

    assert "at most 20" in api.post("/webhooks", NEW, status=409)["detail"]


def test_it_is_changed_switched_off_and_removed(api: Api) -> None:
    api.post("/webhooks", NEW, status=201)

    changed = api.call("PATCH", "/webhooks/1", json={"types": [], "status": "off"}).get_json()
    nothing = api.call("PATCH", "/webhooks/1", json={})
    removed = api.call("DELETE", "/webhooks/1")

    assert (changed["types"], changed["status"], changed["off_because"]) == ([], "off", "switched off by a person")
    assert nothing.status_code == 422
    assert removed.status_code == 200
    assert api.call("GET", "/webhooks/1").status_code == 404
    assert api.get("/webhooks") == {"items": [], "next_cursor": None}


def test_a_new_secret_is_shown_once_and_the_old_one_ends_in_a_day(api: Api) -> None:
    old = api.post("/webhooks", NEW, status=201)["secret"]

    rotated = api.post("/webhooks/1/rotate", None)

    assert rotated["secret"] != old
    assert rotated["old_secret_until"] == "2026-11-19T15:00:00Z"


def test_the_log_says_what_was_sent_and_what_was_answered(api: Api) -> None:
    api.campaign()
    api.post("/webhooks", NEW, status=201)
    deliver(api, Answer(500, "the answer is 500", "no such table"))

    (entry,) = api.get("/webhooks/1/deliveries?status=failed")["items"]

    assert (entry["type"], entry["status"], entry["attempts"], entry["status_code"]) == (
        "lead.received",
        "failed",
        1,
        500,
    )
    assert (entry["error"], entry["answer"]) == ("the answer is 500", "no such table")
    assert entry["next_try_at"] == "2026-11-18T15:00:06Z"
    assert entry["payload"]["data"]["external_id"] == "A-1"
    assert api.get("/webhooks/1/deliveries?status=sent")["items"] == []


def test_the_log_comes_page_by_page_newest_first(api: Api) -> None:
    api.post("/webhooks", NEW, status=201)
    for _ in range(5):
        api.post("/webhooks/1/test", None, status=202)

    first = api.get("/webhooks/1/deliveries?limit=3")
    second = api.get(f"/webhooks/1/deliveries?limit=3&cursor={first['next_cursor']}")

    assert [each["id"] for each in first["items"] + second["items"]] == [5, 4, 3, 2, 1]
    assert second["next_cursor"] is None


def test_a_delivery_and_all_since_an_instant_are_sent_again(api: Api) -> None:
    api.campaign()
    api.post("/webhooks", NEW, status=201)
    sender = deliver(api)

    again = api.post("/deliveries/1/replay", None)
    send_due(database=api.database, sender=sender, now=api.clock.now)
    since = api.post("/webhooks/1/replay", {"since": "2026-11-18T15:00:00Z"})
    send_due(database=api.database, sender=sender, now=api.clock.now)
    too_far = api.post("/webhooks/1/replay", {"since": "2026-09-18T15:00:00Z"}, status=422)

    assert (again["status"], again["replays"]) == ("waiting", 1)
    assert since == {"count": 1, "complete": True}
    assert [event_id for _, event_id, _ in sender.posted] == [again["event_id"]] * 3
    assert too_far["errors"][0]["pointer"] == "/since"


def test_nothing_is_sent_again_to_what_is_off(api: Api) -> None:
    api.post("/webhooks", NEW, status=201)
    api.post("/webhooks/1/test", None, status=202)
    api.call("PATCH", "/webhooks/1", json={"status": "off"})

    for path, body in (
        ("/deliveries/1/replay", None),
        ("/webhooks/1/test", None),
        ("/webhooks/1/replay", {"since": "2026-11-18T15:00:00Z"}),
    ):
        assert "switched off" in api.post(path, body, status=409)["detail"]


def test_a_vendors_key_makes_and_sees_its_own_endpoints_and_no_others(api: Api) -> None:
    for slug in ("acme", "zenith"):
        api.vendor(slug)
    acme, zenith = (api.new_key("webhooks", vendor=slug) for slug in ("acme", "zenith"))
    api.post("/webhooks", NEW, status=201)

    made = api.post("/webhooks", NEW, status=201, key=acme)
    api.post("/webhooks", {**NEW, "vendor": "zenith"}, status=422, key=acme)
    api.post("/webhooks", {**NEW, "types": ["license.lapsed"]}, status=422, key=acme)
    api.post(f"/webhooks/{made['id']}/test", None, status=202, key=acme)

    assert made["vendor"] == "acme"
    assert [each["id"] for each in api.call("GET", "/webhooks", key=acme).get_json()["items"]] == [made["id"]]
    assert [each["vendor"] for each in api.get("/webhooks")["items"]] == [None, "acme"]
    types = {each["type"] for each in api.call("GET", "/webhooks/types", key=acme).get_json()["items"]}
    assert "lead.connected" in types
    assert not {"license.lapsed", "coverage.lost"} & types
    for who, id_ in ((acme, 1), (zenith, made["id"])):
        for method, path, body in (
            ("GET", "", None),
            ("PATCH", "", {"status": "off"}),
            ("DELETE", "", None),
            ("POST", "/rotate", None),
            ("POST", "/test", None),
            ("POST", "/replay", {"since": "2026-11-18T15:00:00Z"}),
            ("GET", "/deliveries", None),
        ):
            how = {} if body is None else {"json": body}
            assert api.call(method, f"/webhooks/{id_}{path}", key=who, **how).status_code == 404, (method, path)
    assert api.call("POST", "/deliveries/1/replay", key=zenith).status_code == 404


def test_a_repeated_request_adds_no_second_endpoint(api: Api) -> None:
    first, second = (api.post("/webhooks", NEW, status=201, headers={"Idempotency-Key": "once"}) for _ in range(2))

    assert first == second
    assert len(api.get("/webhooks")["items"]) == 1
