"""Each check of the drill sees what it is there for: a book that was falsified, or a carrier that did it twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from app.simulator.calls import Call
from app.simulator.documents import Step
from app.simulator.parties import CallerBehavior, accepts, talks
from app.storage.database import Database
from app.timekeeping import ManualClock
from tests.builders import roster_file
from tests.conversations.people import ANA, BEN, OHIO_CALLER, OHIO_ZIP
from tests.kills import authority, nobody_lost, nobody_twice, rows
from tests.kills.nobody_lost import Found
from tests.kills.rosters import Rosters
from tests.product import AGENCY, Stage, build_stage

ZIP_STATES = {OHIO_ZIP: "OH"}
GRACE = timedelta(seconds=5)


@pytest.fixture
def played(database: Database, clock: ManualClock, tmp_path: Path) -> Stage:
    """Somebody was connected and served, and somebody else was promised a call. Nobody holds these books to be right."""
    stage = build_stage(database, clock, tmp_path)
    stage.hire(ANA, behavior=accepts())
    stage.call_from(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP], talk_seconds=90.0))
    stage.presence(ANA, "away")
    stage.exchange.add_person("+16145550151", talks(90))
    stage.call_from("+16145550151", CallerBehavior(answers=[OHIO_ZIP]))
    stage.pass_time(30)
    return stage


def test_true_books_are_found_true(played: Stage) -> None:
    assert [why for found in _checked(played).values() for why in found.wrong] == []
    assert all(found.looked_at for found in _checked(played).values())


@pytest.mark.parametrize(
    ("falsified", "check"),
    [
        ("UPDATE callbacks SET status = 'cancelled'", "custody"),
        ("UPDATE leads SET custody = 'escalated' WHERE custody = 'promised'", "custody"),
        ("UPDATE leads SET custody = 'in_call' WHERE custody = 'promised'", "custody"),
        ("UPDATE callbacks SET promised_by = '2026-11-18 14:00:00'", "custody"),
        ("UPDATE calls SET lead_id = NULL", "calls in"),
        ("UPDATE calls SET call_sid = 'CA' || id", "calls in"),
        ("UPDATE calls SET ended_at = NULL", "ended"),
        ("UPDATE desk SET held_by = 1", "desks"),
        ("DELETE FROM texts", "texts"),
        ("UPDATE attempts SET acceptance_id = NULL", "authority"),
        ("UPDATE attempts SET accepted_at = '2026-11-18 19:00:00'", "authority"),
        ("UPDATE attempts SET ended_at = NULL", "attempts"),
    ],
)
def test_a_falsified_book_is_seen(played: Stage, falsified: str, check: str) -> None:
    if check == "attempts":
        played.presence(ANA, "available")
        played.pass_time(200)
        falsified += " WHERE id = (SELECT min(id) FROM attempts)"
    with played.database.begin() as tx:
        tx.execute(text(falsified))

    assert _checked(played)[check].wrong


def test_a_text_that_the_carrier_got_twice_is_seen(played: Stage) -> None:
    (sent,) = [text for text in played.exchange.record.texts.values() if text.to_number == "+16145550151"]
    played.exchange.messages.send(sent.from_number, sent.to_number, sent.body)
    played.exchange.run(10)

    assert _checked(played)["texts"].wrong


def test_a_producer_whose_phone_is_rung_twice_at_one_moment_is_seen(played: Stage) -> None:
    for _ in range(2):
        played.exchange.place_call(AGENCY, ANA.phone, Step("", text="<Response><Pause length='30'/></Response>"))
    played.exchange.run(60)

    assert _checked(played)["bookings"].wrong


def test_a_bridge_to_somebody_whom_the_file_does_not_license_is_seen(played: Stage) -> None:
    assert _checked(played, roster=roster_file(BEN))["authority"].wrong


def _checked(stage: Stage, roster: bytes | None = None) -> Mapping[str, Found]:
    exchange, book = stage.exchange, rows.read(stage.database, stage.now)
    lines = nobody_lost.on_the_line(exchange, grace=timedelta(0))
    persons: list[Call] = nobody_lost.persons_calls(exchange, {ANA.phone})
    rosters = Rosters(exchange, roster or roster_file(ANA), seed=1)
    rosters.versions[0].begun_at -= timedelta(hours=1)
    return {
        "calls in": nobody_lost.calls_without_lead(book, persons),
        "custody": nobody_lost.lost_leads(book, lines, grace=GRACE),
        "ended": nobody_lost.calls_never_ended(book, lines),
        "desks": nobody_lost.held_desks(book, lines),
        "texts": nobody_twice.texts_twice(book, exchange),
        "bookings": nobody_twice.double_bookings(exchange, {ANA.phone}),
        "attempts": nobody_twice.overlapping_attempts(book, grace=timedelta(0)),
        "authority": authority.unauthorized_bridges(book, exchange, rosters, zip_states=ZIP_STATES),
    }
