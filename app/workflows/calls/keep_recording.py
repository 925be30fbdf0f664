"""The carrier has a recording of a talk: which one, how long, on what consent, and until when it must be kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.domain.instructions import Instruction, Nothing
from app.domain.recording_consent import HadBy
from app.domain.retention import retain_until, retention_of
from app.domain.signals import RecordingDone
from app.storage import attempts, calls, campaigns, recordings
from app.storage.database import Database
from app.storage.recordings import Recording
from app.workflows.calls.record_talk import noted_at

# It should not exist, so it must be found: whoever looks the call up sees that nobody's consent was written down.
_NO_BASIS: dict[str, Any] = {
    "consent": HadBy.NOBODY,
    "states": [],
    "basis": "No consent was written down when this talk was offered.",
}


def keep_recording(
    done: RecordingDone, call_sid: str, number: int, *, database: Database, now: datetime
) -> Instruction:
    """Keep the recording of offer `number`, once. A call or an offer that we do not know leaves nothing."""
    if done.status != "completed":
        return Nothing()
    with database.begin() as tx:
        call = calls.read(tx, call_sid)
        if call is None or call.campaign_id is None:
            return Nothing()
        attempt = next((a for a in attempts.of_call(tx, call.id) if a.number == number), None)
        if attempt is None:
            return Nothing()
        noted = noted_at(tx, attempt) or _NO_BASIS
        retention = retention_of(campaigns.by_id(tx, call.campaign_id).requirement)
        recordings.keep(
            tx,
            call.id,
            Recording(
                recording_sid=done.recording_sid,
                offer=number,
                seconds=done.seconds,
                channels=done.channels,
                consent=noted["consent"],
                states=tuple(noted["states"]),
                basis=noted["basis"],
                retention_class=retention.name,
                retain_until=retain_until(now.date(), retention),
                created_at=now,
            ),
        )
    return Nothing()
