"""A producer is available, away or offline, because somebody who may say so says so."""

from __future__ import annotations

from datetime import datetime

from app.storage import authority_facts, desk
from app.storage.database import Database
from app.storage.desk import Seat


def set_presence(npn: str, presence: str, *, by: str, database: Database, now: datetime) -> Seat | None:
    """The producer's seat as it is now; None where the roster has no such NPN. A call in progress is not touched."""
    with database.begin() as tx:
        producer_id = authority_facts.producer_id_of(tx, npn)
        if producer_id is None:
            return None
        desk.set_presence(tx, producer_id, presence, now, by=by)
        return desk.seat(tx, producer_id)
