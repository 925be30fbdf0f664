"""Calls: what happened is appended, the row moves with it, and a webhook finds the reply it earned before."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy.exc import IntegrityError

from app.domain.call import Happening, Phase
from app.domain.instructions import Farewell, Instruction, Nothing, Offer, Words
from app.storage import calls
from app.storage.calls import Call, StaleCall, Turn
from app.storage.database import Database, Transaction
from app.timekeeping import ManualClock

SID = "CA" + "1" * 32


def arrive(tx: Transaction, now: datetime, sid: str = SID) -> Call:
    call = calls.register(
        tx, call_sid=sid, from_number="+16145550150", to_number="+18005550199", campaign_id=None, now=now
    )
    assert call is not None
    turn = Turn(tx, call, "arrival", now)
    turn.happened(Happening.CALL_ARRIVED)
    turn.reply(Nothing())
    found = calls.load(tx, sid)
    assert found is not None
    return found


def note(tx: Transaction, call: Call, key: str, now: datetime) -> None:
    """The caller is asked for a ZIP, in answer to the webhook `key`."""
    turn = Turn(tx, call, key, now)
    turn.happened(Happening.STATE_ASKED, asks=call.asks + 1)
    turn.reply(Nothing())


def note_by_itself(database: Database, call: Call, key: str, now: datetime) -> None:
    with database.begin() as tx:
        note(tx, call, key, now)


def test_a_call_is_registered_once(database: Database, clock: ManualClock) -> None:
    with database.begin() as tx:
        arrive(tx, clock.now())
        again = calls.register(tx, call_sid=SID, from_number="x", to_number="y", campaign_id=None, now=clock.now())

    assert again is None


def test_a_webhook_finds_its_first_reply_and_another_key_finds_none(database: Database, clock: ManualClock) -> None:
    farewell = Farewell((Words("goodbye"),), "es")
    with database.begin() as tx:
        call = arrive(tx, clock.now())
        turn = Turn(tx, call, "zip:1", clock.now())
        turn.happened(Happening.STATE_SETTLED)
        turn.happened(Happening.NOBODY_COULD)
        turn.reply(farewell)

        assert calls.reply(tx, call, "zip:1") == farewell
        assert calls.reply(tx, call, "zip:1/1") is None
        assert calls.reply(tx, call, "zip:2") is None


def test_one_key_earns_one_reply_even_where_two_are_written(database: Database, clock: ManualClock) -> None:
    with database.begin() as tx:
        call = arrive(tx, clock.now())

        note(tx, call, "zip:1", clock.now())
    with pytest.raises(IntegrityError):
        note_by_itself(database, call, "zip:1", clock.now())


def test_what_the_table_does_not_allow_is_noted_and_not_obeyed(database: Database, clock: ManualClock) -> None:
    with database.begin() as tx:
        call = arrive(tx, clock.now())
        turn = Turn(tx, call, "key", clock.now())
        obeyed = turn.happened(Happening.PRODUCER_ACCEPTED, {"npn": "1"}, accepted_at=clock.now())
        turn.reply(Nothing())
        after = calls.load(tx, SID)
        events = calls.events(tx, call.id)

    assert not obeyed
    assert after is not None
    assert (after.phase, after.accepted_at, after.version) == (Phase.RECEIVED, None, call.version)
    assert [(event.happening, event.obeyed) for event in events] == [
        ("call_arrived", True),
        ("producer_accepted", False),
    ]


def test_a_call_that_somebody_else_moved_is_stale(database: Database, clock: ManualClock) -> None:
    with database.begin() as tx:
        old = arrive(tx, clock.now())
        note(tx, old, "zip:1", clock.now())

    with pytest.raises(StaleCall):
        note_by_itself(database, old, "zip:2", clock.now())


def test_only_what_answers_the_leg_starts_the_vendors_clock(database: Database, clock: ManualClock) -> None:
    bare = Offer(SID, 1, "+16145550101", "+18005550199", 20)
    greeted = Offer(SID, 1, "+16145550101", "+18005550199", 20, greeting=Words("one_moment"))
    answered = {}
    replies: list[Instruction] = [bare, Nothing(), greeted, Farewell(())]
    for nth, instruction in enumerate(replies):
        sid = f"CA{nth:032x}"
        with database.begin() as tx:
            turn = Turn(tx, arrive(tx, clock.now(), sid), "next", clock.now())
            turn.happened(Happening.LEG_PROGRESSED)
            turn.reply(instruction)
            call = calls.load(tx, sid)
            assert call is not None
            answered[nth] = call.answered_at is not None

    assert list(answered.values()) == [False, False, True, True]
