"""The door by which somebody with a terminal has a consumer call."""

from __future__ import annotations

import pytest
from werkzeug.test import Client

from app.simulator.exchange import Exchange
from app.simulator.pretended_calls import PATH, PretendedCalls
from tests.simulation.scripted import BASE, Stage, stage

TO = "+18005550199"


@pytest.fixture
def exchange() -> Exchange:
    set_up: Stage = stage({"/in": "<Say>Hello.</Say>"})
    set_up.exchange.add_number(TO, voice_url=f"{BASE}/in")
    return set_up.exchange


def test_a_consumer_calls_the_number(exchange: Exchange) -> None:
    answer = Client(PretendedCalls(exchange)).post(PATH, data={"From": "+16145550123", "To": TO})
    exchange.run()

    assert answer.status_code == 201
    (call,) = exchange.record.calls
    assert answer.get_json() == {"call_sid": call.sid}
    assert call.heard("Hello.")


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"From": "6145550123", "To": TO}, 422),
        ({"To": TO}, 422),
        ({"From": "+16145550123", "To": "+18005550100"}, 404),
        ({"From": "+16145550123", "To": "x" * 10_000}, 413),
    ],
)
def test_what_cannot_be_is_refused(exchange: Exchange, form: dict[str, str], status: int) -> None:
    assert Client(PretendedCalls(exchange)).post(PATH, data=form).status_code == status
    assert exchange.record.calls == []


def test_it_is_no_page(exchange: Exchange) -> None:
    assert Client(PretendedCalls(exchange)).get(PATH).status_code == 405
