"""Somebody listens to a recorded talk: what the carrier keeps of it, and who asked for it, written down first."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from app.carrier import Carrier, CarrierUnreachable, Sound
from app.storage import ledger, recordings
from app.storage.database import Database


class Silent(StrEnum):
    """Why nothing is heard."""

    DELETED = "deleted"
    NOT_THERE = "not_there"
    UNREACHABLE = "unreachable"


def play_recording(
    recording_sid: str, *, actor: str, database: Database, carrier: Carrier, now: datetime
) -> Sound | Silent | None:
    """The sound of a recording that we keep; None: we keep none of that sid. The listening is in the ledger before it."""
    with database.begin() as tx:
        found = recordings.by_sid(tx, recording_sid)
        if found is None:
            return None
        recording, call_id = found
        if recording.deleted_at is not None:
            return Silent.DELETED
        facts = {"recording": recording_sid}
        ledger.write(tx, kind="recording_played", now=now, actor=actor, facts=facts, call_id=call_id)
    try:
        return carrier.recording(recording_sid) or Silent.NOT_THERE
    except CarrierUnreachable:
        return Silent.UNREACHABLE
