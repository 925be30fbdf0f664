"""Recordings whose time is over are deleted where they are kept, at the carrier, and that is written down."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from app.carrier import Ambiguous, Carrier, Done, Refused
from app.storage import ledger, recordings
from app.storage.database import Database, Transaction
from app.storage.recordings import Recording

log = logging.getLogger(__name__)

AT_ONCE = 20
AGAIN_AFTER = timedelta(hours=1)
LAST_DAY_ENDS_AFTER = timedelta(hours=12)
"""A day of UTC is over everywhere in the United States by then (American Samoa is eleven hours behind)."""

NO_SUCH_RECORDING = 404


def delete_recordings(*, database: Database, carrier: Carrier, now: Callable[[], datetime]) -> int:
    """Delete what need not be kept any longer, a few at a time; how many are gone.

    One that the carrier does not surely say is gone is asked for again in an hour; asking twice does no harm.
    """
    at = now()
    with database.read() as tx:
        due = recordings.to_delete(
            tx, kept_until=(at - LAST_DAY_ENDS_AFTER).date(), tried_before=at - AGAIN_AFTER, limit=AT_ONCE
        )
    return sum(_delete(one, database=database, carrier=carrier, now=now) for one in due)


def _delete(recording: Recording, *, database: Database, carrier: Carrier, now: Callable[[], datetime]) -> bool:
    answer = carrier.delete_recording(recording.recording_sid)
    gone = _is_gone(answer)
    if not gone:
        log.warning("recording %s is still to be deleted: %s", recording.recording_sid, answer)
    with database.begin() as tx:
        if not gone:
            recordings.tried_to_delete(tx, recording.recording_sid, now())
        elif recordings.deleted(tx, recording.recording_sid, now()):
            _note(tx, recording, had_none=isinstance(answer, Refused), now=now())
    return gone


def _is_gone(answer: Done | Refused | Ambiguous) -> bool:
    return isinstance(answer, Done) or (isinstance(answer, Refused) and answer.status == NO_SUCH_RECORDING)


def _note(tx: Transaction, recording: Recording, *, had_none: bool, now: datetime) -> None:
    found = recordings.by_sid(tx, recording.recording_sid)
    assert found is not None, "what is written of a recording is never deleted"
    facts = {
        "recording": recording.recording_sid,
        "retention_class": recording.retention_class,
        "retain_until": recording.retain_until.isoformat(),
        "carrier_had_none": had_none,
    }
    ledger.write(tx, kind="recording_deleted", now=now, actor="scheduler", facts=facts, call_id=found[1])
