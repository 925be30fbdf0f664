"""Asking for a drill, and looking how far it is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from app.storage import requested_work
from app.storage.database import Database
from app.storage.models.base import table_of
from app.storage.models.ledger import LedgerRow
from app.workflows.do_requested import CannotBeDone, Handler, do_requested
from app.workflows.licenses.ask_drill import MOST_OPEN
from tests.builders import licensed
from tests.web.api.conftest import AGENCY, Api

_ledger = table_of(LedgerRow)


@pytest.fixture
def agency(api: Api) -> Api:
    api.roster(licensed("Ana", 1, "OH"))
    api.campaign()
    api.open("OH")
    return api


def do(api: Api, handler: Handler) -> None:
    do_requested(database=api.database, now=api.clock.now, handlers={"drill": handler})


def test_a_drill_that_was_asked_for_is_run_and_told_of(agency: Api) -> None:
    asked_of: list[dict[str, Any]] = []

    def play(asked: dict[str, Any], database: Database, now: datetime) -> dict[str, Any]:
        asked_of.append(asked)
        agency.clock.advance(9)
        return {"drills": [11, 12], "passed": False}

    accepted = agency.post("/drills", {"states": ["Ohio", "TX"], "campaign": "(800) 555-0199"}, status=202)
    waiting = agency.get(f"/drills/requests/{accepted['request_id']}")
    do(agency, play)
    done = agency.get(f"/drills/requests/{accepted['request_id']}")

    assert accepted["status"] == "waiting"
    assert (waiting["status"], waiting["started_at"], waiting["drill_ids"]) == ("waiting", None, [])
    assert asked_of == [{"states": ["OH", "TX"], "campaign": AGENCY, "asked_by": "key:dialer"}]
    assert (done["status"], done["passed"], done["drill_ids"], done["why"]) == ("done", False, [11, 12], "")
    assert (done["started_at"], done["finished_at"]) == ("2026-11-18T15:00:00Z", "2026-11-18T15:00:09Z")


def test_who_asked_is_in_the_ledger(agency: Api) -> None:
    asked = agency.post("/drills", {}, status=202)

    with agency.database.read() as tx:
        (row,) = tx.execute(select(_ledger).where(_ledger.c.kind == "drill_asked")).all()
    assert row.actor == "key:dialer"
    assert row.facts == f'{{"campaign":null,"request":{asked["request_id"]},"states":[]}}'


def test_why_it_cannot_be_done_is_told(agency: Api) -> None:
    def refuses(asked: dict[str, Any], database: Database, now: datetime) -> dict[str, Any]:
        raise CannotBeDone("no state is open")

    asked = agency.post("/drills", {}, status=202)
    do(agency, refuses)

    told = agency.get(f"/drills/requests/{asked['request_id']}")
    assert (told["status"], told["why"], told["drill_ids"]) == ("failed", "no state is open", [])


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"states": ["Ontario"]}, "/states/0"),
        ({"states": ["OH", "XX"]}, "/states/1"),
        ({"states": []}, "/states"),
        ({"states": "OH"}, "/states"),
        ({"campaign": "+18005550123"}, "/campaign"),
        ({"campaign": "soon"}, "/campaign"),
        ({"line": "life"}, "/line"),
    ],
)
def test_what_cannot_be_drilled_is_refused_by_field(agency: Api, body: dict[str, Any], where: str) -> None:
    answer = agency.call("POST", "/drills", json=body)

    assert answer.status_code == 422
    assert [wrong["pointer"] for wrong in answer.get_json()["errors"]] == [where]


def test_without_a_campaign_or_an_open_state_nothing_is_asked(api: Api) -> None:
    without_campaign = api.call("POST", "/drills", json={})
    api.campaign()
    without_state = api.call("POST", "/drills", json={})
    api.post("/drills", {"states": ["OH"]}, status=202)

    assert [answer.get_json()["errors"][0]["pointer"] for answer in (without_campaign, without_state)] == [
        "/campaign",
        "/states",
    ]


def test_the_same_request_again_gets_the_first_answer(agency: Api) -> None:
    named = {"Idempotency-Key": "drill-1"}

    first = agency.post("/drills", {"states": ["OH"]}, status=202, headers=named)
    do(agency, lambda asked, database, now: {"drills": [1], "passed": True})
    again = agency.post("/drills", {"states": ["OH"]}, status=202, headers=named)
    other = agency.call("POST", "/drills", json={"states": ["TX"]}, headers=named)
    anew = agency.post("/drills", {"states": ["OH"]}, status=202)

    assert again == first
    assert other.status_code == 422
    assert anew["request_id"] != first["request_id"]


def test_one_that_waits_is_not_asked_for_twice_and_too_many_are_refused(agency: Api) -> None:
    first = agency.post("/drills", {"states": ["OH"]}, status=202)
    again = agency.post("/drills", {"states": ["OH"]}, status=202)
    with agency.database.begin() as tx:
        for nth in range(MOST_OPEN - 1):
            asked = {"states": [], "campaign": f"+1800555{nth:04}"}
            requested_work.ask(tx, kind="drill", asked=asked, asked_by="test", now=agency.now)

    refused = agency.call("POST", "/drills", json={"states": ["TX"]})

    assert again == first
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")


def test_a_request_of_another_kind_is_not_shown(agency: Api) -> None:
    with agency.database.begin() as tx:
        other = requested_work.ask(tx, kind="report", asked={}, asked_by="test", now=agency.now)

    assert agency.call("GET", f"/drills/requests/{other}").status_code == 404
    assert agency.call("GET", "/drills/requests/999").status_code == 404
