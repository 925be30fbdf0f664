"""GET /callbacks and /escalations: pages, filters, cursors."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert

from app.domain.lead import Custody
from app.storage import escalations, leads
from app.storage.models.base import table_of
from app.storage.models.work import CallbackRow
from tests.web.api.conftest import Api


def _owe(api: Api, number: int) -> None:
    """A lead, an escalation of it and a callback."""
    phone = f"+1614555{150 + number:04d}"
    with api.database.begin() as tx:
        lead = leads.add(tx, custody=Custody.ESCALATED, owed_by=api.now + timedelta(hours=1), now=api.now, phone=phone)
        due_at = api.now + timedelta(hours=1)
        escalations.escalate(
            tx,
            lead_id=lead.id,
            call_id=None,
            state="OH",
            reason="nobody_licensed",
            due_at=due_at,
            now=api.now,
        )
        tx.execute(
            insert(table_of(CallbackRow)).values(
                lead_id=lead.id,
                phone=phone,
                state="OH",
                status="done" if number % 2 else "promised",
                created_at=api.now,
                due_at=api.now,
                next_try_at=api.now,
                promised_by=due_at,
                made_by="test",
                attempts=number,
            )
        )


def test_an_empty_list_is_one_page(api: Api) -> None:
    assert api.get("/callbacks") == {"items": [], "next_cursor": None}
    assert api.get("/escalations") == {"items": [], "next_cursor": None}


@pytest.mark.parametrize("path", ["/callbacks", "/escalations"])
def test_pages_follow_one_another_oldest_first(api: Api, path: str) -> None:
    for number in range(5):
        _owe(api, number)

    seen, cursor = [], ""
    for _ in range(3):
        page = api.get(f"{path}?limit=2{cursor}")
        seen.append([item["id"] for item in page["items"]])
        cursor = f"&cursor={page['next_cursor']}"

    assert seen == [[1, 2], [3, 4], [5]]
    assert page["next_cursor"] is None


def test_a_status_selects(api: Api) -> None:
    for number in range(3):
        _owe(api, number)

    promised = api.get("/callbacks?status=promised")["items"]

    assert [item["attempts"] for item in promised] == [0, 2]
    assert api.get("/escalations?status=resolved")["items"] == []
    assert len(api.get("/escalations?status=open")["items"]) == 3


def test_items_have_the_fields_of_the_interface(api: Api) -> None:
    _owe(api, 0)

    [callback] = api.get("/callbacks")["items"]
    [escalation] = api.get("/escalations")["items"]

    assert callback == {
        "id": 1,
        "lead_id": 1,
        "phone": "+16145550150",
        "state": "OH",
        "status": "promised",
        "due_at": "2026-11-18T15:00:00Z",
        "promised_by": "2026-11-18T16:00:00Z",
        "attempts": 0,
    }
    assert escalation["call_sid"] is None
    assert (escalation["reason"], escalation["due_at"]) == ("nobody_licensed", "2026-11-18T16:00:00Z")


@pytest.mark.parametrize(
    "query",
    [
        "status=nonsense",
        "status=open" * 2,
        "limit=0",
        "limit=201",
        "limit=ten",
        "limit=1.5",
        "limit=1&limit=2",
        "cursor=abc",
        "cursor=",
        "cursor=" + "A" * 200,
        "cursor=YWZ0ZXIgMQ==",
        "offset=3",
        "status=%00",
        "status=promised;drop",
    ],
)
@pytest.mark.parametrize("path", ["/callbacks", "/escalations"])
def test_a_query_that_cannot_be_understood_is_422(api: Api, path: str, query: str) -> None:
    answer = api.call("GET", f"{path}?{query}")

    assert answer.status_code == 422
    assert answer.get_json()["errors"]


def test_the_two_lists_do_not_share_statuses(api: Api) -> None:
    assert api.call("GET", "/callbacks?status=open").status_code == 422
    assert api.call("GET", "/escalations?status=promised").status_code == 422
