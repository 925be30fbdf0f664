"""/producers/{npn}/moves."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.api.conftest import Api
from tests.workflows.licenses.moving import ANA, settled

MOVES = f"/producers/{ANA.npn}/moves"


@pytest.fixture
def desk(api: Api) -> Api:
    """Ana, of Ohio, licensed in Florida and Georgia too."""
    api.roster(ANA)
    return api


def test_a_move_suspends_at_once(desk: Api) -> None:
    found = desk.post(MOVES, {"to": "Texas", "on": "2026-11-10"}, status=201)

    assert (found["from_state"], found["to_state"], found["moved_on"], found["due_on"]) == (
        "OH",
        "TX",
        "2026-11-10",
        "2026-12-10",
    )
    assert [(one["state"], one["role"]) for one in found["states"]] == [
        ("FL", "nonresident"),
        ("GA", "nonresident"),
        ("OH", "former_residence"),
        ("TX", "new_residence"),
    ]
    assert (found["late"], found["exposed"], found["closed_at"]) == (False, [], None)
    asked = desk.post("/authority/check", {"npn": ANA.npn, "loa": "life", "state": "FL"})
    assert "domicile_change_pending" in asked["reasons"]
    assert desk.get(MOVES) == {"items": [found]}


def test_a_state_is_filed_seen_and_restored(desk: Api) -> None:
    desk.post(MOVES, {"to": "TX", "on": "2026-11-10"}, status=201)
    desk.clock.advance(60)
    filed = desk.post(f"{MOVES}/FL/filed", {})
    desk.clock.advance(60)
    desk.roster(settled(ANA, "TX", "FL"))
    early = desk.call("POST", f"{MOVES}/FL/restored")
    home = desk.call("POST", f"{MOVES}/TX/restored")
    florida = desk.call("POST", f"{MOVES}/FL/restored")

    assert filed["states"][0]["missing"] == "the new resident state comes first: TX is not restored"
    assert (early.status_code, home.status_code, florida.status_code) == (409, 200, 200)
    assert early.get_json()["detail"] == "The new resident state comes first: TX is not restored."
    assert [one["state"] for one in florida.get_json()["states"] if one["restored_at"]] == ["FL", "TX"]


def test_a_false_report_is_withdrawn_by_another_key(desk: Api) -> None:
    desk.post(MOVES, {"to": "TX", "on": "2026-11-10"}, status=201, key=desk.new_key("roster"))
    desk.clock.advance(60)
    desk.roster(settled(ANA, "OH", "FL"))

    found = desk.post(f"{MOVES}/withdraw", {"because": "it was another Ana"})

    assert (found["withdrawn_because"], found["withdrawn_at"]) == ("it was another Ana", "2026-11-18T15:01:00Z")
    assert [one["state"] for one in found["states"] if one["missing"]] == ["GA"]
    assert desk.get(MOVES) == {"items": [found]}


def test_who_reported_it_does_not_withdraw_it(desk: Api) -> None:
    desk.post(MOVES, {"to": "TX", "on": "2026-11-10"}, status=201)

    refused = desk.call("POST", f"{MOVES}/withdraw", json={"because": "a mistake of mine"})

    assert refused.status_code == 409
    assert "another person must" in refused.get_json()["detail"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/producers/99/moves", {"to": "TX", "on": "2026-11-10"}, 404),
        ("/producers/x/moves", {"to": "TX", "on": "2026-11-10"}, 404),
        (MOVES, {"to": "OH", "on": "2026-11-10"}, 409),
        (MOVES, {"to": "TX", "on": "2026-11-10", "correct": True}, 409),
        (MOVES, {"to": "XX", "on": "2026-11-10"}, 422),
        (MOVES, {"to": "TX", "on": "2026-11-20"}, 422),
        (MOVES, {"to": "TX", "on": "1949-12-31"}, 422),
        (MOVES, {"to": "TX", "on": "2026-11-10T00:00:00Z"}, 422),
        (MOVES, {"to": "TX", "on": "20261110"}, 422),
        (MOVES, {"to": "TX", "on": 20261110}, 422),
        (MOVES, {"to": "TX", "on": "2026-W46-2"}, 422),
        (MOVES, {"to": "TX", "on": "2026-02-30"}, 422),
        (MOVES, {"to": "TX"}, 422),
        (f"{MOVES}/FL/filed", {}, 404),
        (f"{MOVES}/FL/filed", {"on": "nonsense!!"}, 422),
        (f"{MOVES}/FL/restored", {}, 404),
        (f"{MOVES}/withdraw", {"because": "x"}, 404),
        (f"{MOVES}/withdraw", {"because": " "}, 422),
        (f"{MOVES}/withdraw", {}, 422),
    ],
)
def test_what_cannot_be_done_is_a_problem_and_changes_nothing(
    desk: Api, path: str, body: dict[str, Any], status: int
) -> None:
    answer = desk.call("POST", path, json=body)

    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert desk.get(MOVES) == {"items": []}


def test_a_second_report_is_a_conflict_that_names_the_open_move(desk: Api) -> None:
    desk.post(MOVES, {"to": "TX", "on": "2026-11-10"}, status=201)

    again = desk.post(MOVES, {"to": "FL", "on": "2026-11-10"}, status=409)

    assert "A move from OH to TX on 2026-11-10 is open" in again["detail"]


def test_a_filing_before_the_move_names_its_field(desk: Api) -> None:
    desk.post(MOVES, {"to": "TX", "on": "2026-11-10"}, status=201)

    refused = desk.post(f"{MOVES}/FL/filed", {"on": "2026-11-09"}, status=422)

    assert refused["errors"][0]["pointer"] == "/on"


def test_nobody_has_no_moves(desk: Api) -> None:
    assert desk.call("GET", "/producers/99/moves").status_code == 404
