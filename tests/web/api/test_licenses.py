"""/licenses, /producers/{npn}/suspend and /authority/matrix."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.outside.notices import NullNotices
from app.workflows.authority.matrix import authority_matrix
from app.workflows.licenses.watch_lapses import watch_lapses
from tests.builders import Held, licensed
from tests.web.api.conftest import Api
from tests.workflows.licenses.lapsing import FLO, GIL, campaign, promised

REASON = {"reason": "the state called"}


@pytest.fixture
def office(api: Api) -> Api:
    api.roster(FLO, GIL)
    api.open("FL", "GA")
    return api


def test_the_impact_of_a_resident_license(office: Api) -> None:
    owed = promised(
        office.database, "FL", office.now + timedelta(days=1), office.now, campaign_id=campaign(office.database)
    )

    found = office.get(f"/licenses/impact?npn={FLO.npn}")

    assert (found["without"], found["at"], found["states"]) == (["FL"], "2026-11-18T15:00:00Z", ["FL", "GA", "OH"])
    assert found["dark_states"] == ["FL"]
    assert found["lines"][1] == {
        "state": "GA",
        "loa": "life",
        "license_number": f"GA-{FLO.npn}",
        "expires_on": "2027-12-31",
        "itself": False,
        "open": True,
        "left": 1,
        "left_npns": [GIL.npn],
        "dark": False,
    }
    assert found["callbacks"] == [
        {
            "callback_id": owed.id,
            "lead_id": owed.lead_id,
            "states": ["FL"],
            "due_at": "2026-11-19T15:00:00Z",
            "promised_by": "2026-11-19T15:15:00Z",
        }
    ]
    assert found["last_30_days"]["arrived"] == 0


def test_the_impact_of_other_licenses_on_a_planned_day(office: Api) -> None:
    found = office.get(f"/licenses/impact?npn={FLO.npn}&without=ga,Ohio&on=2026-12-31")

    assert (found["without"], found["at"]) == (["GA", "OH"], "2026-12-31T05:00:00Z")
    assert found["states"] == ["GA", "OH"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("npn=1", 404),
        (f"npn={FLO.npn}&without=TX", 404),
        (f"npn={FLO.npn}&without=Ontario", 422),
        (f"npn={FLO.npn}&on=tomorrow", 422),
        ("npn=ana", 422),
        ("", 422),
    ],
)
def test_an_impact_of_nothing_is_a_problem(office: Api, query: str, status: int) -> None:
    assert office.call("GET", f"/licenses/impact?{query}").status_code == status


def test_a_license_is_suspended_at_once(office: Api) -> None:
    body = {"npn": FLO.npn, "state": "GA", "loa": "life", **REASON}

    found = office.post("/licenses/suspend", {**body, "since": "2026-11-01"})
    again = office.post("/licenses/suspend", body)

    assert (found["suspended"], found["states"], found["exposed"]) == (["life"], ["GA"], [])
    assert (again["suspended"], again["version"], again["ledger_id"]) == ([], None, None)
    check = {"npn": FLO.npn, "state": "GA", "loa": "life"}
    assert office.post("/authority/check", check)["reasons"] == ["license_not_active"]


@pytest.mark.parametrize(
    ("changes", "status", "pointer"),
    [
        ({"npn": "1"}, 404, None),
        ({"state": "TX"}, 404, None),
        ({"state": "Ontario"}, 422, "/state"),
        ({"loa": "boats"}, 422, "/loa"),
        ({"reason": " "}, 422, "/reason"),
        ({"since": "2026-11-19"}, 422, "/since"),
        ({"until": "2026-11-19"}, 422, "/until"),
    ],
)
def test_what_cannot_be_suspended_is_a_problem(
    office: Api, changes: dict[str, str], status: int, pointer: str | None
) -> None:
    body = {"npn": FLO.npn, "state": "GA", **REASON, **changes}

    answer = office.call("POST", "/licenses/suspend", json=body)

    assert answer.status_code == status
    assert [error["pointer"] for error in answer.get_json()["errors"]] == ([pointer] if pointer else [])


def test_a_producer_is_suspended_and_given_back(office: Api) -> None:
    taken = office.post(f"/producers/{FLO.npn}/suspend", REASON)
    during = office.get(f"/authority/matrix?npn={FLO.npn}")["items"]
    back = office.post(f"/producers/{FLO.npn}/unsuspend", {"reason": "settled"})

    assert (taken["suspended"], taken["states"]) == (True, ["FL", "GA", "OH"])
    assert {reason for cell in during for reason in cell["reasons"]} >= {"producer_suspended"}
    assert (back["suspended"], back["states"]) == (False, [])
    assert office.call("POST", "/producers/1/suspend", json=REASON).status_code == 404
    assert office.call("POST", "/producers/ana/suspend", json=REASON).status_code == 404
    assert office.call("POST", f"/producers/{FLO.npn}/unsuspend", json={}).status_code == 422


def test_lapses_come_page_by_page(api: Api) -> None:
    people = [licensed("Flo", number, "FL", "GA") for number in range(1, 4)]
    api.roster(*people)
    watch_lapses(database=api.database, notices=NullNotices(), now=api.now)
    api.later(1)
    api.roster(*(person.holding(Held("FL", status="inactive")) for person in people))
    watch_lapses(database=api.database, notices=NullNotices(), now=api.now)
    api.roster(people[0])

    first = api.get("/licenses/lapses?limit=2")
    rest = api.get(f"/licenses/lapses?limit=2&cursor={first['next_cursor']}")

    assert [item["npn"] for item in [*first["items"], *rest["items"]]] == [person.npn for person in people]
    assert [item["stands"] for item in [*first["items"], *rest["items"]]] == ["back in force", "lapsed", "lapsed"]
    assert rest["next_cursor"] is None
    assert first["items"][0]["going"] == [{"state": "FL", "loa": "life"}, {"state": "GA", "loa": "life"}]


# ---- the matrix


def whole_matrix(api: Api, limit: int) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = api.get(f"/authority/matrix?limit={limit}{cursor}")
        assert len(page["items"]) <= limit
        items += page["items"]
        if page["next_cursor"] is None:
            return items
        cursor = f"&cursor={page['next_cursor']}"


def test_the_matrix_has_a_row_for_each_license(office: Api) -> None:
    cells = {(cell["npn"], cell["state"]): cell for cell in office.get("/authority/matrix")["items"]}

    assert len(cells) == 5
    assert cells[FLO.npn, "GA"] == {
        "npn": FLO.npn,
        "name": FLO.name,
        "state": "GA",
        "loa": "life",
        "allowed": True,
        "territory": False,
        "reasons": [],
    }
    assert cells[FLO.npn, "OH"]["reasons"] == ["state_not_open"]


@settings(max_examples=15)
@given(limit=st.integers(1, 60))
def test_page_by_page_it_is_the_same_matrix(limit: int, api: Api) -> None:
    people = [licensed("Ana", number, "OH", "FL", loa=("life", "health")) for number in range(1, 24)]
    api.roster(*people)

    paged = whole_matrix(api, limit)

    with api.database.read() as tx:
        whole = authority_matrix(tx, api.now)
    assert [(cell["npn"], cell["state"], cell["loa"], cell["reasons"]) for cell in paged] == [
        (cell.npn, cell.state, cell.line, list(cell.reasons)) for cell in whole
    ]
    assert len(paged) == 92


def test_the_matrix_of_one_producer(office: Api) -> None:
    assert {cell["npn"] for cell in office.get(f"/authority/matrix?npn={GIL.npn}")["items"]} == {GIL.npn}
    assert office.get("/authority/matrix?npn=1") == {"items": [], "next_cursor": None}


@pytest.mark.parametrize("cursor", ["x", "YWZ0ZXIgMQ", "YWZ0ZXIgYSBPSCBsaWZl", "%00"])
def test_a_cursor_that_is_none_of_ours_is_a_problem(office: Api, cursor: str) -> None:
    assert office.call("GET", f"/authority/matrix?cursor={cursor}").status_code == 422
