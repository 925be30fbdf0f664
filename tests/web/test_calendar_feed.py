"""The calendar, as a calendar program reads it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import insert, select
from werkzeug.test import TestResponse

from app.domain.renewals import Step
from app.outside.notices import NullNotices
from app.settings import Settings
from app.storage.authority_facts import producer_id_of
from app.storage.database import Database
from app.storage.models.base import table_of
from app.storage.models.license_desk import CalendarFeedRow, MoveRow, MoveStateRow
from app.timekeeping import ManualClock
from app.web import create_app
from app.workflows.licenses.calendar_feed import Address, make_calendar_address
from app.workflows.licenses.touch_renewal import assign_renewal, mark_step
from app.workflows.licenses.watch_renewals import watch_renewals
from tests.builders import Held, licensed
from tests.web.api.conftest import Api, key_for, tools_over

ANA = licensed("Ana", 1, "OH").holding(
    Held("OH", "life", expires="2026-12-31"), Held("OH", "health", expires="2026-12-31"), Held("TX")
)


@pytest.fixture
def office(database: Database, clock: ManualClock, tmp_path: Path) -> Api:
    """The product in production, with one license that runs out."""
    tools = tools_over(database, clock, tmp_path)
    settings = Settings(env="production", secret_key="test", twilio_account_sid="AC1", twilio_auth_token="1")
    office = Api(
        create_app(replace(tools, settings=settings), pages_at_once=0), database, clock, key_for(database, clock)
    )
    office.roster(ANA)
    watch_renewals(database=database, notices=NullNotices(), now=clock.now())
    return office


def address(office: Api, name: str = "kim@example.com") -> str:
    made = make_calendar_address(name, actor="test", database=office.database, now=office.now)
    assert isinstance(made, Address), made
    return made.path


def ask(office: Api, path: str) -> TestResponse:
    return office.app.test_client().get(path)


def events(answer: TestResponse) -> list[Any]:
    """Its types name all that an event could hold; these hold what we put in."""
    assert answer.status_code == 200
    return Calendar.from_ical(answer.data).walk("VEVENT")


def move(office: Api) -> None:
    """Ana has moved to Texas, which Ohio knows already."""
    moves, states = table_of(MoveRow), table_of(MoveStateRow)
    day = date(2026, 11, 10)
    with office.database.begin() as tx:
        values: dict[str, Any] = {"from_state": "OH", "to_state": "TX", "moved_on": day, "reported_by": "test"}
        producer_id = producer_id_of(tx, ANA.npn)
        values |= {"producer_id": producer_id, "due_on": day + timedelta(days=30), "reported_at": office.now}
        tx.execute(insert(moves).values(told_days=0, **values))
        move_id = tx.execute(select(moves.c.id)).scalar_one()
        for state, filed_at in (("OH", office.now), ("TX", None), ("WI", None)):
            due_on = day + timedelta(days=60 if state == "WI" else 30)
            tx.execute(insert(states).values(move_id=move_id, state=state, due_on=due_on, filed_at=filed_at))


def test_an_expiration_is_a_whole_day_with_alarms_before_it(office: Api) -> None:
    assign_renewal(1, "lee@example.com", actor="test", database=office.database, now=office.now)
    mark_step(1, Step.FILED, actor="test", database=office.database, now=office.now)

    answer = ask(office, address(office))

    (event,) = events(answer)
    assert (event["dtstart"].dt, event["dtend"].dt) == (date(2026, 12, 31), date(2027, 1, 1))
    assert event["uid"] == "renewal-1@threegate"
    assert event["summary"] == "Ana Tester: OH resident license runs out (life+health)"
    assert event["description"] == "Renewal 1. Done: filed 2026-11-18. Belongs to lee@example.com."
    assert [alarm["trigger"].dt.days for alarm in event.walk("VALARM")] == [-30, -14, -7, -1]


def test_each_state_that_must_know_of_a_move_is_a_day(office: Api) -> None:
    move(office)

    found = events(ask(office, address(office)))

    assert [(event["dtstart"].dt, event["summary"]) for event in found if event["uid"].startswith("move-")] == [
        (date(2026, 12, 10), "Ana Tester: report the move to TX in TX"),
        (date(2027, 1, 9), "Ana Tester: report the move to TX in WI"),
    ]


def test_it_is_for_its_person_alone(office: Api) -> None:
    answer = ask(office, address(office))

    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_a_new_address_ends_the_old_one_and_nobody_elses(office: Api) -> None:
    old, other = address(office), address(office, "lee@example.com")

    new = address(office, "  kim@example.com ")

    assert [ask(office, path).status_code for path in (old, other, new)] == [404, 200, 200]


@pytest.mark.parametrize("secret", ["", "x", "A" * 43, "é" * 43, "A" * 5000, "..%2f..%2fetc", "A" * 42 + "%00"])
def test_any_other_address_is_404_and_says_nothing(office: Api, secret: str) -> None:
    address(office)

    answer = ask(office, f"/calendar/{secret}.ics")

    assert answer.status_code == 404
    assert "kim" not in answer.text


def test_only_the_hash_of_an_address_is_kept(office: Api) -> None:
    secret = address(office).removeprefix("/calendar/").removesuffix(".ics")

    with office.database.read() as tx:
        (row,) = tx.execute(select(table_of(CalendarFeedRow))).all()
    assert len(secret) >= 22  # 128 bits
    assert secret not in str(row)


def test_while_the_database_is_out_of_reach_it_is_to_be_asked_again_later(tmp_path: Path, clock: ManualClock) -> None:
    nowhere = Database("postgresql://127.0.0.1:1/nowhere")
    app = create_app(tools_over(nowhere, clock, tmp_path))

    answer = app.test_client().get(f"/calendar/{'A' * 43}.ics")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "300")
    nowhere.dispose()
