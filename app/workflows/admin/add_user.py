"""Somebody may sign in from now on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.roles import Role
from app.storage import authority_facts, ledger, users
from app.storage.database import Database, Transaction
from app.storage.users import User

LONGEST_EMAIL = 100
"""The ledger names who acted in 120 characters."""


@dataclass(frozen=True)
class NotThatUser:
    """Nothing was done; `field` is what is wrong, `why` says it in words."""

    field: str
    why: str


def add_user(
    *, email: str, role: Role, npn: str | None, password_hash: str, actor: str, database: Database, now: datetime
) -> User | NotThatUser:
    """Add one; a producer's account belongs to somebody on the roster. In the ledger."""
    if len(email) > LONGEST_EMAIL:
        return NotThatUser("email", f"at most {LONGEST_EMAIL} characters")
    with database.begin() as tx:
        producer_id = producer_of(tx, role, npn, user_id=None)
        if isinstance(producer_id, NotThatUser):
            return producer_id
        added = users.add(tx, email=email, role=role, password=password_hash, producer_id=producer_id, now=now)
        if added is None:
            return NotThatUser("email", f"{email}: somebody has this address already")
        facts = {"email": email, "role": role.value, "npn": npn}
        ledger.write(tx, kind="user_added", now=now, actor=actor, facts=facts)
        found = users.load(tx, added)
        assert found is not None
        return found


def producer_of(tx: Transaction, role: Role, npn: str | None, *, user_id: int | None) -> int | NotThatUser | None:
    """The producer that a user is linked to: free of another account, and not missing where the role needs one."""
    if not npn:
        return NotThatUser("npn", "a producer's account needs their NPN") if role is Role.PRODUCER else None
    producer_id = authority_facts.producer_id_of(tx, npn)
    if producer_id is None:
        return NotThatUser("npn", f"{npn}: no producer on the roster has this NPN")
    holder = users.of_producer(tx, producer_id)
    if holder is not None and holder.id != user_id:
        return NotThatUser("npn", f"{npn}: {holder.email} is linked to this producer already")
    return producer_id
