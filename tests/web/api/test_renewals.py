"""/renewals and /calendar-feeds."""

from __future__ import annotations

from typing import Any

import pytest
from icalendar import Calendar

from app.outside.notices import NullNotices
from app.workflows.licenses.watch_renewals import watch_renewals
from tests.builders import Held, licensed
from tests.web.api.conftest import Api

ANA = licensed("Ana", 1, "OH")


@pytest.fixture
def office(api: Api) -> Api:
    """Two licenses of Ana's run out: the resident one, and one of those that rest on it."""
    import_and_watch(api, Held("OH", expires="2026-12-08"), Held("TX", expires="2026-11-30"), Held("CA"))
    return api


def import_and_watch(api: Api, *held: Held) -> None:
    api.roster(ANA.holding(*held))
    watch_renewals(database=api.database, notices=NullNotices(), now=api.now)


def by_state(api: Api, query: str = "") -> dict[str, Any]:
    return {item["state"]: item for item in api.get(f"/renewals{query}")["items"]}


def test_what_runs_out_is_listed_with_what_rests_on_it(office: Api) -> None:
    found = by_state(office, "?status=open")

    assert found["OH"] == {
        "id": found["OH"]["id"],
        "npn": ANA.npn,
        "name": "Ana Tester",
        "state": "OH",
        "resident": True,
        "states_resting": 2,
        "lines": ["life"],
        "expires_on": "2026-12-08",
        "days_left": 20,
        "owner": None,
        "untouched": True,
        "steps": {"education": None, "filed": None, "paid": None, "confirmed": None},
        "opened_at": "2026-11-18T15:00:00Z",
        "closed_at": None,
        "closed_as": None,
        "closed_version": None,
    }
    assert (found["TX"]["resident"], found["TX"]["states_resting"]) == (False, 0)


def test_it_is_paged(office: Api) -> None:
    first = office.get("/renewals?limit=1")
    second = office.get(f"/renewals?limit=1&cursor={first['next_cursor']}")

    assert [len(first["items"]), len(second["items"]), second["next_cursor"]] == [1, 1, None]
    assert first["items"] != second["items"]


def test_an_owner_and_a_step_are_kept(office: Api) -> None:
    texas = by_state(office)["TX"]["id"]

    office.post(f"/renewals/{texas}/assign", {"owner": "kim@example.com"})
    marked = office.post(f"/renewals/{texas}/steps", {"step": "filed"})

    assert (marked["owner"], marked["steps"]["filed"]) == ("kim@example.com", "2026-11-18T15:00:00Z")
    assert not marked["untouched"]
    assert by_state(office)["TX"] == marked


def test_what_the_roster_has_closed_is_409(office: Api) -> None:
    texas = by_state(office)["TX"]["id"]
    import_and_watch(office, Held("TX", expires="2028-11-30"))

    refused = office.post(f"/renewals/{texas}/steps", {"step": "filed"}, status=409)

    assert refused["reasons"] == ["closed"]
    assert by_state(office, "?status=closed")["TX"]["closed_as"] == "renewed"
    assert by_state(office, "?status=open").keys() == {"OH"}


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/renewals/999/assign", {"owner": "kim"}, 404),
        ("/renewals/999/steps", {"step": "paid"}, 404),
        ("/renewals/1/assign", {"owner": " "}, 422),
        ("/renewals/1/steps", {"step": "closed"}, 422),
        ("/calendar-feeds", {"name": ""}, 422),
        ("/calendar-feeds", {"name": "a\u202eb"}, 422),
    ],
)
def test_what_cannot_be_done_is_told(office: Api, path: str, body: Any, status: int) -> None:
    office.post(path, body, status=status)


def test_a_calendar_is_made_and_made_anew(office: Api) -> None:
    first = office.post("/calendar-feeds", {"name": "kim@example.com"}, status=201)
    second = office.post("/calendar-feeds", {"name": "kim@example.com"}, status=201)

    old, new = (office.app.test_client().get(feed["address"]) for feed in (first, second))
    assert first["address"].startswith("http://127.0.0.1:8000/calendar/")
    assert (first["rotated"], second["rotated"]) == (False, True)
    assert old.status_code == 404
    assert len(Calendar.from_ical(new.data).walk("VEVENT")) == 2
