"""POST /calls: shapes, fields, and what is answered with a problem."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.storage import dnc
from tests.builders import licensed
from tests.web.api.conftest import AGENCY, Api
from tests.workflows.leads.waiting import waiting

ANA = licensed("Ana", 1, "OH")
OHIO = "+16145550150"
CALL: dict[str, Any] = {"npn": ANA.npn, "loa": "life", "phone": "(614) 555-0150", "state": "Ohio"}
LEAD = {"campaign": AGENCY, "phone": OHIO, "state": "OH", "zip": "43215", "consent": "Call me."}


@pytest.fixture
def ready(api: Api) -> Api:
    """Ana is at her desk, and the number was scrubbed today."""
    api.campaign()
    api.roster(ANA)
    api.open("OH")
    api.present(ANA)
    with api.database.begin() as tx:
        dnc.keep_scrubs(tx, [(OHIO, False)], on=date(2026, 11, 18), source="scrub.csv")
    return api


def test_a_call_that_is_allowed_is_promised_at_once(ready: Api) -> None:
    found = ready.post("/calls", CALL, status=202)

    call = found["call"]
    assert found == {
        "call": {
            "callback_id": call["callback_id"],
            "lead_id": call["lead_id"],
            "due_at": "2026-11-18T15:00:00Z",
            "promised_by": "2026-11-18T15:05:00Z",
        },
        "decision_id": found["decision_id"],
    }
    lead = ready.get(f"/leads/{call['lead_id']}")
    assert (lead["custody"], lead["phone"], lead["owed_by"]) == ("promised", OHIO, "2026-11-18T15:05:00Z")
    [promised] = ready.get("/callbacks")["items"]
    assert (promised["id"], promised["status"]) == (call["callback_id"], "promised")


def test_a_lead_is_called_by_its_id(ready: Api) -> None:
    lead_id = ready.post("/leads", LEAD, status=201)["lead_id"]

    found = ready.post("/calls", {"npn": ANA.npn, "loa": "life", "lead_id": lead_id}, status=202)

    assert found["call"]["lead_id"] == lead_id


def test_a_no_is_a_problem_with_its_reasons_and_the_decision(ready: Api) -> None:
    lapsed = licensed("Ben", 2, "TX")
    ready.roster(lapsed)
    ready.present(lapsed)

    answer = ready.call("POST", "/calls", json={**CALL, "npn": lapsed.npn})

    assert answer.status_code == 409
    assert answer.content_type == "application/problem+json"
    problem = answer.get_json()
    assert problem["reasons"] == ["no_license"]
    decision = ready.get(f"/decisions/{problem['decision_id']}")
    assert (decision["kind"], decision["allowed"], decision["about"]) == ("dial", False, lapsed.npn)


def test_a_lead_that_does_not_exist_is_404(ready: Api) -> None:
    ready.post("/calls", {"npn": ANA.npn, "loa": "life", "lead_id": 99}, status=404)


def test_a_lead_that_is_over_is_not_opened_again(ready: Api) -> None:
    item = waiting(ready.database, ready.now, phone="+16145550151")
    ready.post(f"/escalations/{item.id}/resolve", {"outcome": "unreachable"})

    found = ready.post("/calls", {"npn": ANA.npn, "loa": "life", "lead_id": item.lead_id}, status=409)

    assert found["reasons"] == ["over"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"npn": "99"}, "/npn"),
        ({"npn": "Ana"}, "/npn"),
        ({"loa": "property"}, "/loa"),
        ({"loa": "nonsense"}, "/loa"),
        ({"phone": "anonymous"}, "/phone"),
        ({"phone": "+18005550150"}, "/phone"),
        ({"phone": "+19005550150"}, "/phone"),
        ({"phone": "+14165550150"}, "/phone"),
        ({"phone": "+18765550150"}, "/phone"),
        ({"phone": "+442079460150"}, "/phone"),
        ({"phone": "+16149760150"}, "/phone"),
        ({"state": "XX"}, "/state"),
        ({"zip": "00000"}, "/zip"),
        ({"lead_id": 1}, ""),
        ({"phone": None}, ""),
        ({"phone": None, "lead_id": 1}, ""),
        ({"force": True}, "/force"),
    ],
)
def test_what_is_wrong_is_told_by_field(ready: Api, change: dict[str, Any], pointer: str) -> None:
    problem = ready.post("/calls", {**CALL, **change}, status=422)

    assert problem["errors"][0]["pointer"] == pointer


def test_a_number_whose_lead_lives_elsewhere_is_called_by_the_lead(ready: Api) -> None:
    ready.post("/leads", LEAD, status=201)

    problem = ready.post("/calls", {**CALL, "state": "TX"}, status=422)

    assert problem["errors"][0]["pointer"] == "/state"


def test_of_several_campaigns_the_first_on_whose_team_the_producer_is_calls(ready: Api) -> None:
    ready.campaign("+18005550198")

    found = ready.post("/calls", CALL, status=202)

    assert ready.get(f"/leads/{found['call']['lead_id']}")["campaign"] == AGENCY
