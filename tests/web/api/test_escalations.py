"""/escalations/{id}/…: what they take and what they answer. What they do: tests/workflows/leads/test_escalations.py."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.domain.lead import Custody
from app.storage import leads, work
from tests.builders import licensed
from tests.conversations.people import OHIO_CALLER
from tests.web.api.conftest import Api
from tests.workflows.leads.waiting import NIGHT, waiting

ANA, PAT = licensed("Ana", 1, "OH"), licensed("Pat", 5, "PA")
VERBS: dict[str, dict[str, Any] | None] = {
    "claim": None,
    "assign": {"npn": ANA.npn},
    "call": {},
    "schedule": {"at": "2026-11-18T18:00:00Z"},
    "resolve": {"outcome": "served", "note": ""},
}


@pytest.fixture
def item(api: Api) -> str:
    """An escalation's address; Ana may take it, Pat may not."""
    api.roster(ANA, PAT)
    api.open("OH")
    api.campaign()
    api.present(ANA, PAT)
    return f"/escalations/{waiting(api.database, api.now).id}"


def refused(api: Api, path: str, body: Any = None) -> dict[str, Any]:
    answer = api.call("POST", path, json=body) if body is not None else api.call("POST", path)
    assert answer.status_code == 409, answer.get_data(as_text=True)
    assert answer.content_type == "application/problem+json"
    found: dict[str, Any] = answer.get_json()
    return found


def test_an_item_has_the_fields_of_the_interface_and_who_has_it(api: Api, item: str) -> None:
    api.later(5)

    found = api.get(item)

    assert found == {
        "id": 1,
        "lead_id": 1,
        "call_sid": None,
        "state": "OH",
        "status": "open",
        "reason": "hold_ran_out",
        "opened_at": "2026-11-18T15:00:00Z",
        "due_at": "2026-11-19T01:00:00Z",
        "age_seconds": 300,
        "claimed_by": None,
        "assigned_to": None,
        "outcome": None,
        "note": "",
        "next": None,
    }
    assert api.get("/escalations")["items"] == [found]
    assert api.get("/leads/1")["escalations"] == [found]


def test_claimed_it_names_the_key_and_everybody_else_is_told(api: Api, item: str) -> None:
    other = api.new_key("supervisor")

    first, again = api.post(f"{item}/claim", None), api.post(f"{item}/claim", None)
    late = api.call("POST", f"{item}/claim", key=other)

    assert first == again
    assert (first["status"], first["claimed_by"]) == ("claimed", "key:dialer")
    assert late.status_code == 409
    assert {name: late.get_json()[name] for name in ("reasons", "has_it")} == {
        "reasons": ["claimed"],
        "has_it": "key:dialer",
    }


def test_assign_refuses_an_unlicensed_producer_with_the_reasons(api: Api, item: str) -> None:
    assert refused(api, f"{item}/assign", {"npn": PAT.npn})["reasons"] == ["no_license"]

    found = api.post(f"{item}/assign", {"npn": ANA.npn})

    assert (found["status"], found["assigned_to"], found["next"]["npn"]) == ("assigned", ANA.npn, ANA.npn)


def test_who_could_take_it_is_listed_with_the_reasons_against_the_others(api: Api, item: str) -> None:
    assert api.get(f"{item}/producers")["items"] == [
        {"npn": ANA.npn, "name": "Ana Tester", "allowed": True, "reasons": [], "availability": "available"},
        {
            "npn": PAT.npn,
            "name": "Pat Tester",
            "allowed": False,
            "reasons": ["no_license"],
            "availability": "available",
        },
    ]


def test_a_call_now_is_promised_for_now_or_refused(api: Api, item: str) -> None:
    assert refused(api, f"{item}/call", {"npn": PAT.npn})["reasons"] == ["no_license"]

    found = api.post(f"{item}/call", {})

    assert (found["status"], found["outcome"]) == ("resolved", "promised")
    assert [promise["due_at"] for promise in api.get("/callbacks")["items"]] == ["2026-11-18T15:00:00Z"]


def test_at_night_the_next_lawful_times_come_with_the_no(api: Api, item: str) -> None:
    api.clock.move_to(NIGHT)

    for path, body in ((f"{item}/call", {}), (f"{item}/schedule", {"at": "2026-11-19T05:00:00Z"})):
        found = refused(api, path, body)
        assert found["reasons"] == ["outside_hours"]
        assert found["slots"] == api.get(f"{item}/slots")["items"]
    chosen = found["slots"][0]["due_at"]
    assert chosen >= "2026-11-19T13:00:00Z"
    assert api.post(f"{item}/schedule", {"at": chosen})["outcome"] == "promised"


def test_who_said_stop_has_no_slots(api: Api, item: str) -> None:
    with api.database.begin() as tx:
        work.suppress(tx, OHIO_CALLER, "stop", source="test", now=api.now)

    answer = api.call("GET", f"{item}/slots")

    assert (answer.status_code, answer.get_json()["reasons"]) == (409, ["opted_out"])


def test_resolved_twice_alike_is_one_answer_and_otherwise_409(api: Api, item: str) -> None:
    first = api.post(f"{item}/resolve", {"outcome": "unreachable", "note": "Called twice."})
    again = api.post(f"{item}/resolve", {"outcome": "unreachable", "note": "Called twice."})

    assert first == again
    assert (first["outcome"], first["note"]) == ("unreachable", "Called twice.")
    assert refused(api, f"{item}/resolve", {"outcome": "served"})["reasons"] == ["resolved"]
    assert api.get("/leads/1")["closed_as"] == "unreachable"


def test_nothing_is_decided_while_the_person_is_on_the_line(api: Api, item: str) -> None:
    with api.database.begin() as tx:
        lead = leads.load_to_write(tx, 1)
        assert lead is not None
        leads.move(tx, lead, Custody.IN_CALL, owed_by=api.now)

    for verb, body in VERBS.items():
        if body is not None:
            assert refused(api, f"{item}/{verb}", body)["reasons"] == ["in_call"]


def test_overdue_selects_what_is_owed_by_now(api: Api, item: str) -> None:
    before = api.get("/escalations?overdue=true")["items"]
    api.clock.move_to(NIGHT)

    assert before == []
    assert [found["id"] for found in api.get("/escalations?overdue=true&status=open")["items"]] == [1]
    assert api.get("/escalations?overdue=true&status=claimed")["items"] == []
    assert api.call("GET", "/escalations?overdue=perhaps").status_code == 422


@pytest.mark.parametrize("number", ["2", "2147483647", "99999999999999999999", "-1", "x"])
def test_an_escalation_that_is_not_there_is_404(api: Api, item: str, number: str) -> None:
    for verb, body in VERBS.items():
        how: dict[str, Any] = {} if body is None else {"json": body}
        assert api.call("POST", f"/escalations/{number}/{verb}", **how).status_code == 404, verb
    for view in ("", "/producers", "/slots"):
        assert api.call("GET", f"/escalations/{number}{view}").status_code == 404


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("assign", {}),
        ("assign", {"npn": "x"}),
        ("assign", {"npn": "123"}),
        ("assign", {"npn": ANA.npn, "override": True}),
        ("call", {"npn": "123"}),
        ("call", {"npn": 5}),
        ("call", {"override": True}),
        ("schedule", {}),
        ("schedule", {"at": "2026-11-18T18:00:00"}),
        ("schedule", {"at": "tomorrow"}),
        ("resolve", {}),
        ("resolve", {"outcome": "returned"}),
        ("resolve", {"outcome": "promised"}),
        ("resolve", {"outcome": "served", "note": "x" * 2001}),
        ("resolve", {"outcome": "served", "note": "\0"}),
    ],
)
def test_what_cannot_be_done_as_it_is_asked_is_422_and_changes_nothing(
    api: Api, item: str, verb: str, body: dict[str, Any]
) -> None:
    before = api.get(item)

    answer = api.call("POST", f"{item}/{verb}", json=body)

    assert answer.status_code == 422
    assert answer.get_json()["errors"]
    assert api.get(item) == before


def test_a_time_agreed_for_long_after_is_kept_in_order(api: Api, item: str) -> None:
    at = api.now + timedelta(days=2, hours=1)

    found = api.post(f"{item}/schedule", {"at": at.isoformat()})

    assert found["outcome"] == "promised"
    assert api.get("/leads/1")["custody"] == "promised"
