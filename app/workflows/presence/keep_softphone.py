"""A producer's browser says that its softphone is registered with the carrier, or that it is not any more."""

from __future__ import annotations

from datetime import datetime

from app.storage import authority_facts, ledger, softphones
from app.storage.database import Database
from app.storage.softphones import Softphone


def name_softphone(producer_id: int, *, database: Database) -> Softphone:
    """The producer's softphone with the name under which the carrier will know it. It is not rung before its first sign."""
    with database.begin() as tx:
        return softphones.named(tx, producer_id)


def keep_softphone(npn: str, until: datetime | None, *, actor: str, database: Database, now: datetime) -> None:
    """Ring the softphone until then; None: from now on the phone. Written down where that changes who is rung how."""
    with database.begin() as tx:
        producer_id = authority_facts.producer_id_of(tx, npn)
        assert producer_id is not None, "a producer's user is of the roster"
        was_there = softphones.named(tx, producer_id).is_there(now)
        softphones.set_registered(tx, producer_id, until or now)
        if was_there != (until is not None):
            facts = {"npn": npn, "registered": until is not None}
            ledger.write(tx, kind="softphone", now=now, actor=actor, facts=facts)
