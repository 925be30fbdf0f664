"""How much may be asked in a minute, told on every answer; and a flood of wrong keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event
from werkzeug.test import TestResponse

from app.storage.database import Database
from app.timekeeping import ManualClock
from app.web import create_app
from app.web.api.limits import WRONG_PER_MINUTE, Minute
from tests.web.api.conftest import Api, key_for, tools_over

WRONG = "tg_" + "a" * 43


@pytest.fixture
def limited(database: Database, clock: ManualClock, tmp_path: Path) -> Callable[[int], Api]:
    """The API with so many requests a minute for a key."""

    def with_limit(per_minute: int) -> Api:
        tools = tools_over(database, clock, tmp_path)
        settings = tools.settings.model_copy(update={"api_per_minute": per_minute})
        app = create_app(replace(tools, settings=settings), pages_at_once=0)
        return Api(app, database, clock, key_for(database, clock))

    return with_limit


def _told(answer: TestResponse) -> tuple[str | None, ...]:
    return tuple(answer.headers.get(f"X-RateLimit-{name}") for name in ("Limit", "Remaining", "Reset"))


def test_every_answer_tells_how_much_may_still_be_asked(limited: Callable[[int], Api]) -> None:
    api = limited(5)

    answers = [
        api.call("GET", "/callbacks"),
        api.call("GET", "/leads/1"),
        api.call("POST", "/leads", json={}),
        api.call("GET", "/callbacks", key=WRONG),
    ]

    assert [answer.status_code for answer in answers] == [200, 404, 422, 401]
    assert [_told(answer) for answer in answers] == [
        ("5", "4", "60"),
        ("5", "3", "60"),
        ("5", "2", "60"),
        (str(WRONG_PER_MINUTE), str(WRONG_PER_MINUTE - 1), "60"),
    ]


def test_one_too_many_is_429_until_the_minute_is_over(limited: Callable[[int], Api]) -> None:
    api = limited(2)
    api.clock.advance(45)

    statuses = [api.call("GET", "/callbacks").status_code for _ in range(3)]
    refused = api.call("GET", "/callbacks")
    api.clock.advance(int(refused.headers["Retry-After"]))

    assert statuses == [200, 200, 429]
    assert refused.content_type == "application/problem+json"
    assert refused.get_json()["status"] == 429
    assert (refused.headers["Retry-After"], _told(refused)) == ("15", ("2", "0", "15"))
    assert api.call("GET", "/callbacks").status_code == 200


def test_each_key_is_counted_by_itself(limited: Callable[[int], Api]) -> None:
    api = limited(1)
    api.call("GET", "/callbacks")

    assert api.call("GET", "/callbacks").status_code == 429
    assert api.call("GET", "/callbacks", key=api.new_key("read")).status_code == 200


def test_without_a_limit_nothing_is_counted_and_nothing_told(limited: Callable[[int], Api]) -> None:
    api = limited(0)

    answers = [api.call("GET", "/callbacks", key=WRONG) for _ in range(WRONG_PER_MINUTE + 5)]

    assert {answer.status_code for answer in answers} == {401}
    assert _told(api.call("GET", "/callbacks")) == (None, None, None)


def test_other_doors_are_never_counted(limited: Callable[[int], Api]) -> None:
    client = limited(1).app.test_client()

    for path in ("/healthz", "/api/v1/openapi.json"):
        assert [client.get(path).status_code for _ in range(3)] == [200, 200, 200]
        assert _told(client.get(path)) == (None, None, None)
    assert {client.post("/voice/incoming").status_code for _ in range(3)} == {403}


def test_a_flood_of_wrong_keys_stops_asking_the_database(limited: Callable[[int], Api]) -> None:
    api = limited(1200)
    asked: list[str] = []
    event.listen(api.database.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))

    statuses = [api.call("GET", "/callbacks", key=f"tg_{number:043d}").status_code for number in range(500)]

    assert statuses == [401] * WRONG_PER_MINUTE + [429] * (500 - WRONG_PER_MINUTE)
    # One by one until then, and one look at all keys.
    assert sum("api_keys" in statement for statement in asked) == WRONG_PER_MINUTE + 1


def test_a_right_key_gets_through_a_flood_of_wrong_ones(limited: Callable[[int], Api]) -> None:
    api = limited(1200)
    for _ in range(WRONG_PER_MINUTE + 1):
        refused = api.call("GET", "/callbacks", key=WRONG)

    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "60"
    # Behind a proxy everybody has the same address.
    assert api.call("GET", "/callbacks").status_code == 200
    late = api.new_key("read")
    api.clock.advance(11)
    assert api.call("GET", "/callbacks", key=late).status_code == 200


def test_a_minute_forgets_whoever_asked_before_it(clock: ManualClock) -> None:
    minute = Minute(10)
    minute.count("a", clock.now(), times=7)
    clock.advance(60)

    assert minute.count("a", clock.now()).asked == 1
    assert minute.count("b", clock.now(), times=0).asked == 0
