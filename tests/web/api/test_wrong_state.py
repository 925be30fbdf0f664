"""POST /calls/{sid}/wrong-state: what it takes and what it answers. What it does: tests/conversations/test_wrong_state.py."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from app.simulator.calls import Call
from app.simulator.parties import CallerBehavior
from app.storage import access, calls
from app.storage.database import Database
from tests.builders import licensed
from tests.product import AGENCY, Stage
from tests.web.api.conftest import Api

ANA = licensed("Ana", 1, "OH")
KEYS_OHIO = CallerBehavior(answers=["43215"], talk_seconds=100)
SID = "CA" + "5" * 32


def live(database: Database, now: datetime, sid: str = SID) -> str:
    """A call that has arrived and nothing else."""
    with database.begin() as tx:
        calls.register(tx, call_sid=sid, from_number="+16145550150", to_number=AGENCY, campaign_id=None, now=now)
    return sid


def talking(stage: Stage) -> Call:
    stage.hire(ANA)
    call = stage.ring_in("+16145550150", KEYS_OHIO)
    while not call.bridged_to:
        stage.exchange.run(1)
    return call


def problem(api: Api, path: str, status: int, **how: Any) -> dict[str, Any]:
    answer = api.call("POST", path, **how)
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.content_type == "application/problem+json"
    found: dict[str, Any] = answer.get_json()
    return found


@pytest.mark.parametrize("sid", ["CA" + "0" * 32, "nothing", "CA%27%20OR%201"])
def test_a_call_that_is_not_there_is_404(api: Api, sid: str) -> None:
    problem(api, f"/calls/{sid}/wrong-state", 404, json={"state": "TX"})


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"state": "TX", "zip": "75201"},
        {"state": "ZZ"},
        {"state": ""},
        {"state": 5},
        {"zip": "00000"},
        {"zip": "7520"},
        {"zip": "09012"},
        {"zip": "M5V 3L9"},
        {"zip": ""},
        {"state": "TX", "by": "me"},
    ],
)
def test_a_place_that_nobody_can_read_is_422_and_changes_nothing(api: Api, body: dict[str, Any]) -> None:
    sid = live(api.database, api.now)

    found = problem(api, f"/calls/{sid}/wrong-state", 422, json=body)

    assert found["errors"]
    with api.database.read() as tx:
        call = calls.read(tx, sid)
        assert call is not None
        assert calls.events(tx, call.id) == []


def test_a_wrong_place_is_told_where_it_stands(api: Api) -> None:
    found = problem(api, f"/calls/{live(api.database, api.now)}/wrong-state", 422, json={"zip": "00000"})

    assert found["errors"] == [{"pointer": "/zip", "message": "not a ZIP that lies in a state"}]


def test_a_report_says_what_holds_from_here_on(stage: Stage) -> None:
    call = talking(stage)

    answer = stage.app.test_client().post(
        f"/api/v1/calls/{call.sid}/wrong-state",
        json={"state": "texas"},
        headers={"Authorization": f"Bearer {stage.key}"},
    )

    found = answer.get_json()
    assert answer.status_code == 200
    assert found["residence"].pop("why").endswith("A license in each of Ohio and Texas is required.")
    assert found == {
        "call_sid": call.sid,
        "phase": "connected",
        "residence": {
            "states": ["OH", "TX"],
            "source": "candidates",
            "confidence": "conflict",
            "conflict": True,
            "zip": None,
        },
        "redirected": True,
    }
    stage.exchange.run()


def test_a_carrier_that_cannot_be_asked_is_502_and_the_state_is_kept(stage: Stage, api: Api) -> None:
    """`api` is the same product over the same database, without an account at a carrier."""
    call = talking(stage)

    found = problem(api, f"/calls/{call.sid}/wrong-state", 502, json={"state": "TX"})

    assert "The state is noted" in found["detail"]
    told = stage.story(call)
    assert (told["phase"], told["residence"]["states"]) == ("connected", ["OH", "TX"])
    stage.exchange.run()
    assert [item.reason for item in stage.waiting()] == ["wrong_state"]


def test_a_call_that_is_over_is_409(stage: Stage, api: Api) -> None:
    call = talking(stage)
    stage.exchange.run()

    first = problem(api, f"/calls/{call.sid}/wrong-state", 409, json={"state": "TX"})
    again = problem(api, f"/calls/{call.sid}/wrong-state", 409, json={"state": "TX"})

    assert first["detail"] == again["detail"]
    assert len(stage.waiting()) == 1


def test_a_call_that_the_carrier_has_ended_already_is_409(stage: Stage) -> None:
    """Its report is on the way to us."""
    call = talking(stage)
    with stage.database.read() as tx:
        before = calls.read(tx, call.sid)
    assert before is not None
    stage.exchange.on("ended", lambda leg: report(stage, call) if leg is call.leg and not answers else None)
    answers: list[int] = []

    def report(stage: Stage, call: Call) -> None:
        answers.append(0)
        answers[0] = (
            stage.app.test_client()
            .post(
                f"/api/v1/calls/{call.sid}/wrong-state",
                json={"state": "TX"},
                headers={"Authorization": f"Bearer {stage.key}"},
            )
            .status_code
        )

    call.hang_up()
    stage.exchange.run()

    assert answers == [409]
    assert [item.reason for item in stage.waiting()] == ["wrong_state"]


def test_the_ledger_names_the_key_that_reported_it(stage: Stage) -> None:
    call = talking(stage)
    with stage.database.begin() as tx:
        key = access.create_key(tx, name="ana's phone", scopes=["presence"], now=stage.now)

    stage.app.test_client().post(
        f"/api/v1/calls/{call.sid}/wrong-state", json={"zip": "75201"}, headers={"Authorization": f"Bearer {key}"}
    )

    (event,) = [one for one in stage.story(call)["events"] if one["happening"] == "wrong_state_reported"]
    assert event["facts"]["by"] == "key:ana's phone"
    assert event["facts"]["told"] == {"offer": 1, "states": ["TX"], "zip": "75201"}
    stage.exchange.run()
