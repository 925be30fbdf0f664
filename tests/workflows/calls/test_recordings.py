"""Recordings are heard by who may hear them, and deleted when their time is over: at the carrier, then in our words."""

from __future__ import annotations

from datetime import UTC, datetime

from app.simulator.calls import Call
from app.simulator.rest import RestFault, RestTrouble
from app.storage import ledger, recordings
from app.storage.ledger import Entry
from app.workflows.calls.delete_recordings import delete_recordings
from app.workflows.calls.play_recording import Silent, play_recording
from tests.conversations.people import ANA, KEYS_OHIO, OHIO_CALLER
from tests.product import Stage

STILL_KEPT = datetime(2031, 11, 19, 11, 59, tzinfo=UTC)
"""Made on 2026-11-18 and kept for five years; the last day has not ended in American Samoa."""
OVER = datetime(2031, 11, 19, 12, 1, tzinfo=UTC)


def recorded(stage: Stage) -> tuple[Call, str]:
    """A call that was recorded, and its recording."""
    stage.set(recording="vendor_announces")
    stage.hire(ANA)
    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)
    [kept] = stage.story(call)["recordings"]
    return call, kept["sid"]


def written(stage: Stage, kind: str) -> list[Entry]:
    with stage.database.read() as tx:
        found = [ledger.entry(tx, number) for number in range(1, 40)]
    return [entry for entry in found if entry is not None and entry.kind == kind]


def delete(stage: Stage, at: datetime) -> int:
    return delete_recordings(database=stage.database, carrier=stage.tools.carrier, now=lambda: at)


def play(stage: Stage, sid: str) -> object:
    return play_recording(
        sid, actor="user:sue@example.com", database=stage.database, carrier=stage.tools.carrier, now=stage.now
    )


def test_who_listens_is_in_the_ledger(stage: Stage) -> None:
    call, sid = recorded(stage)

    sound = play(stage, sid)

    assert not isinstance(sound, Silent)
    assert sound is not None
    assert b"".join(sound.pieces).startswith(b"\xff\xe3")  # type: ignore[attr-defined]
    [entry] = written(stage, "recording_played")
    assert (entry.actor, entry.call_id) == ("user:sue@example.com", stage.record(call).id)
    assert entry.facts == {"recording": sid}


def test_a_recording_that_we_do_not_keep_is_never_asked_for(stage: Stage) -> None:
    assert play(stage, "RE" + "0" * 32) is None
    assert stage.exchange.record.rest_requests == []


def test_a_carrier_that_does_not_answer_is_told_apart_from_one_that_has_nothing(stage: Stage) -> None:
    _, sid = recorded(stage)
    stage.exchange.rest_faults.append(RestFault(RestTrouble.SERVER_ERROR, "Recordings"))
    first = play(stage, sid)
    stage.exchange.record.deleted_recordings.add(sid)

    assert (first, play(stage, sid)) == (Silent.UNREACHABLE, Silent.NOT_THERE)


def test_a_recording_is_deleted_once_its_last_day_is_over_everywhere(stage: Stage) -> None:
    call, sid = recorded(stage)

    early, late, again = delete(stage, STILL_KEPT), delete(stage, OVER), delete(stage, OVER)

    assert (early, late, again) == (0, 1, 0)
    assert stage.exchange.record.deleted_recordings == {sid}
    [entry] = written(stage, "recording_deleted")
    assert entry.facts["recording"] == sid
    assert play(stage, sid) == Silent.DELETED
    assert [kept["sid"] for kept in stage.story(call)["recordings"]] == [sid]


def test_a_deletion_of_which_nobody_knows_is_tried_again_an_hour_later(stage: Stage) -> None:
    _, sid = recorded(stage)
    stage.exchange.rest_faults.append(RestFault(RestTrouble.TIMEOUT_AFTER, "Recordings"))

    first, soon = delete(stage, OVER), delete(stage, OVER.replace(minute=30))
    later = delete(stage, OVER.replace(hour=14))

    assert (first, soon, later) == (0, 0, 1)
    [entry] = written(stage, "recording_deleted")
    assert entry.facts["carrier_had_none"] is True
    with stage.database.read() as tx:
        found = recordings.by_sid(tx, sid)
    assert found is not None
    assert found[0].deleted_at is not None
