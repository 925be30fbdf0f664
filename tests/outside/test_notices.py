"""Notices as they leave, at the wire."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import requests
import responses

from app.outside.notices import AppriseNotices, Notice, NullNotices, shown, unusable, urls_in

NOTICE = Notice("Supervisors' queue: 1 overdue", "7: overdue; OH")
FIRST, SECOND = "json://first.example.com/hook", "jsons://second.example.com/hook"


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        yield wire


def ours(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name.startswith("app.")]


def test_a_notice_goes_to_every_url(wire: responses.RequestsMock) -> None:
    wire.post("http://first.example.com/hook")
    wire.post("https://second.example.com/hook")

    sent = AppriseNotices(f"{FIRST},{SECOND}").send(NOTICE)

    assert sent
    bodies = [json.loads(call.request.body or "") for call in wire.calls]
    assert [(body["title"], body["message"]) for body in bodies] == [(NOTICE.title, NOTICE.body)] * 2


def test_one_who_was_reached_is_enough_and_the_other_is_logged(
    wire: responses.RequestsMock, caplog: pytest.LogCaptureFixture
) -> None:
    wire.post("http://first.example.com/hook", status=500)
    wire.post("https://second.example.com/hook")

    assert AppriseNotices(f"{FIRST},{SECOND}").send(NOTICE)
    assert ours(caplog) == ["a notice did not reach json://…: Supervisors' queue: 1 overdue"]


@pytest.mark.parametrize("failure", [500, 404, requests.ConnectionError("nobody there"), requests.Timeout("slow")])
def test_nobody_reached_is_told(wire: responses.RequestsMock, failure: int | Exception) -> None:
    if isinstance(failure, int):
        wire.post("http://first.example.com/hook", status=failure)
    else:
        wire.post("http://first.example.com/hook", body=failure)

    assert not AppriseNotices(FIRST).send(NOTICE)


def test_a_url_that_cannot_be_read_is_left_out_and_never_shown_whole(caplog: pytest.LogCaptureFixture) -> None:
    notices = AppriseNotices("nonsense://secret-token,slack://secret-token")

    assert not notices.anybody
    assert [line.partition(" cannot")[0] for line in ours(caplog)] == [
        "THREEGATE_NOTIFY_URLS: nonsense://…",
        "THREEGATE_NOTIFY_URLS: slack://…",
    ]


def test_nobody_is_told_by_default() -> None:
    assert not NullNotices().anybody
    assert not AppriseNotices("").anybody


def test_urls_are_separated_by_commas_but_for_those_inside_of_one() -> None:
    assert urls_in(" json://a.example.com/x?to=b,c, jsons://d.example.com\n,") == [
        "json://a.example.com/x?to=b,c",
        "jsons://d.example.com",
    ]
    assert urls_in("") == []


def test_what_is_unusable_is_named_without_its_secret() -> None:
    assert unusable(f"{FIRST},slack://token,token") == ["slack://…"]
    assert list(unusable("token")) == ["one without ://"]
    assert shown("mailto://user:password@example.com") == "mailto://…"
