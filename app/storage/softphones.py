"""Softphones: who has one, under which name, and where a producer is rung right now."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from app.domain.softphone import SCHEME, Dialed, Reach
from app.storage.models.base import table_of
from app.storage.models.roster import ProducerRow
from app.storage.models.softphones import SoftphoneRow

_softphones, _producers = table_of(SoftphoneRow), table_of(ProducerRow)

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_LETTERS = 24


@dataclass(frozen=True)
class Softphone:
    """`identity` is its name at the carrier; it is rung until `registered_until`."""

    producer_id: int
    identity: str
    registered_until: datetime

    def is_there(self, now: datetime) -> bool:
        return self.registered_until > now


_of = select(_softphones).where(_softphones.c.producer_id == bindparam("producer_id"))
_to_write = _of.with_for_update()


def of(tx: Connection, producer_id: int) -> Softphone | None:
    """The producer's softphone, there or not; None where they have never used one."""
    row = tx.execute(_of, {"producer_id": producer_id}).first()
    return None if row is None else Softphone(**row._mapping)


def named(tx: Connection, producer_id: int) -> Softphone:
    """The producer's softphone, with a name that stays; made where they have none yet. Raises Collision (begin again)."""
    row = tx.execute(_to_write, {"producer_id": producer_id}).first()
    if row is not None:
        return Softphone(**row._mapping)
    # Letters only: whatever reads numbers out of what the carrier sends finds none here. Twilio's SDKs allow letters.
    identity = "".join(secrets.choice(string.ascii_lowercase) for _ in range(_LETTERS))
    made = Softphone(producer_id, identity, _NEVER)
    tx.execute(insert(_softphones).values(**vars(made)))
    return made


def set_registered(tx: Connection, producer_id: int, until: datetime) -> None:
    """Rung until then; an instant that is past means: not any more."""
    tx.execute(update(_softphones).where(_softphones.c.producer_id == producer_id).values(registered_until=until))


_reach = (
    select(_producers.c.phone, _softphones.c.identity, _softphones.c.registered_until)
    .outerjoin(_softphones, _softphones.c.producer_id == _producers.c.id)
    .where(_producers.c.id == bindparam("producer_id"))
)


def reach(tx: Connection, producer_id: int, now: datetime) -> Reach:
    """Where to ring this producer: the softphone while it is there, else the phone."""
    phone, identity, until = tx.execute(_reach, {"producer_id": producer_id}).one()
    if identity is not None and until > now:
        return Reach(SCHEME + identity, Dialed.SOFTPHONE)
    return Reach(phone, Dialed.PHONE)
