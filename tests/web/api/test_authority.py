"""POST /authority/check."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import Held, licensed
from tests.web.api.conftest import Api

ANA = licensed("Ana", 1, "OH", "PA")
ASKED = {"npn": ANA.npn, "loa": "life"}


@pytest.fixture
def roster(api: Api) -> Api:
    api.roster(ANA)
    api.open("OH", "TX", "ID", "OR")
    return api


def test_a_licensed_producer_is_allowed_and_the_answer_is_in_the_ledger(roster: Api) -> None:
    found = roster.post("/authority/check", {**ASKED, "state": "OH"})

    assert found == {"allowed": True, "state": "OH", "reasons": [], "decision_id": found["decision_id"]}
    decision = roster.get(f"/decisions/{found['decision_id']}")
    assert decision["kind"] == "check"
    assert decision["actor"] == "key:dialer"
    assert decision["npn"] == ANA.npn
    assert decision["allowed"] is True
    assert [held["id"] for held in decision["rests_on"]] == [f"{ANA.npn}/OH/life"]
    assert decision["producers"] == [
        {
            "npn": ANA.npn,
            "name": ANA.name,
            "allowed": True,
            "reasons": [],
            "availability": "offline",
            "verdict": "chosen",
        }
    ]


@pytest.mark.parametrize(
    ("asked", "state", "reasons"),
    [
        ({"state": "Ohio"}, "OH", []),
        ({"zip": "43215"}, "OH", []),
        ({"zip": "43215-1234"}, "OH", []),
        ({"phone": "+16145550150"}, "OH", []),
        ({"state": "PA"}, "PA", ["state_not_open"]),
        ({"state": "TX"}, "TX", ["no_license"]),
        ({"zip": "00000"}, None, ["state_unknown"]),
        ({"zip": "09001"}, None, ["state_unknown"]),
        ({"phone": "+18005550150"}, None, ["state_unknown"]),
        ({"phone": "anonymous"}, None, ["state_unknown"]),
        ({"state": "OH", "loa": "health"}, "OH", ["loa_missing"]),
        ({"state": "OH", "loa": "life|health"}, "OH", []),
        ({"state": "OH", "npn": "123"}, "OH", ["no_license"]),
        ({"state": "OH", "at": "2019-12-31T23:00:00Z"}, "OH", ["license_not_yet_effective"]),
        ({"state": "OH", "at": "2028-01-01T04:59:59Z"}, "OH", ["roster_stale"]),
        ({"state": "OH", "at": "2028-01-01T05:00:00+00:00"}, "OH", ["license_expired", "roster_stale"]),
    ],
)
def test_the_answer_names_the_state_and_every_reason(
    roster: Api, asked: dict[str, Any], state: str | None, reasons: list[str]
) -> None:
    found = roster.post("/authority/check", {**ASKED, **asked})

    assert (found["state"], found["reasons"], found["allowed"]) == (state, reasons, not reasons)


def test_a_zip_in_two_states_asks_for_a_license_in_each(roster: Api) -> None:
    both = licensed("Bo", 2, "OR", "ID")
    roster.roster(both)

    found = roster.post("/authority/check", {"npn": both.npn, "loa": "life", "zip": "97910"})

    assert found["state"] == "ID|OR"
    assert found["allowed"] is True


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"state": "OH", "zip": "43215"},
        {"state": "Atlantis"},
        {"state": ""},
        {"state": "OH", "npn": 90000001},
        {"state": "OH", "npn": "12345678901"},
        {"state": "OH", "npn": "١٢"},
        {"state": "OH", "npn": "1\n"},
        {"state": "OH", "loa": "boats"},
        {"state": "OH", "loa": ""},
        {"state": "OH", "at": "2026-11-18T15:00:00"},
        {"state": "OH", "at": "2026-11-18"},
        {"state": "OH", "at": "yesterday"},
        {"state": "OH", "at": 1763478000},
        {"state": "OH", "at": "0001-01-01T00:00:00+23:59"},
        {"state": "OH", "carrier": "Acme"},
    ],
)
def test_a_question_that_cannot_be_understood_is_422(roster: Api, change: dict[str, Any]) -> None:
    roster.post("/authority/check", {**ASKED, **change}, status=422)


def test_a_producer_whose_license_was_suspended_is_refused(roster: Api) -> None:
    roster.roster(ANA.holding(Held("OH", status="suspended"), Held("PA")))

    found = roster.post("/authority/check", {**ASKED, "state": "OH"})

    assert found["allowed"] is False
    assert found["reasons"] == ["license_not_active"]
