"""The people who sign in."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Select, func, insert, select, update
from sqlalchemy.engine import RowMapping

from app.domain.roles import Role
from app.storage.access import take_turns
from app.storage.models.base import table_of
from app.storage.models.roster import ProducerRow
from app.storage.models.users import UserRow

_users, _producers = table_of(UserRow), table_of(ProducerRow)

FAILURES_UNTIL_LOCKED = 10
LOCKED_FOR = timedelta(minutes=15)
"""Ours, inside of what NIST SP 800-63B (section 5.2.2) asks: at most 100 failed attempts in a row on one account."""


@dataclass(frozen=True)
class User:
    """One person; `npn` and `name` are the linked producer's. `recovery_codes` and `totp_secret` are encrypted."""

    id: int
    email: str
    role: Role
    producer_id: int | None
    npn: str | None
    name: str
    active: bool
    password: str
    uniquifier: str
    totp_secret: str | None
    totp_counter: int | None
    second_factor: str | None
    recovery_codes: tuple[str, ...]
    language: str
    failures: int
    locked_until: datetime | None
    created_at: datetime
    signed_in_at: datetime | None

    def locked(self, now: datetime) -> bool:
        """Whether too many attempts have failed of late."""
        return self.locked_until is not None and now < self.locked_until


@dataclass(frozen=True)
class Credentials:
    """What a person proves themselves with, as it is kept."""

    password: str
    uniquifier: str
    totp_secret: str | None
    second_factor: str | None
    recovery_codes: tuple[str, ...]


def folded(email: str) -> str:
    """Two spellings of one address are one person's."""
    return email.strip().casefold()


def new_uniquifier() -> str:
    return secrets.token_hex(32)


# ---- changing


def add(tx: Connection, *, email: str, role: Role, password: str, producer_id: int | None, now: datetime) -> int | None:
    """A new person with a hashed `password`; None where the address is somebody's already."""
    take_turns(tx, f"user:{folded(email)}")
    if by_email(tx, email) is not None:
        return None
    written = tx.execute(
        insert(_users).values(
            email=email.strip(),
            email_folded=folded(email),
            role=role.value,
            producer_id=producer_id,
            password=password,
            active=True,
            uniquifier=new_uniquifier(),
            recovery_codes="",
            language="en",
            failures=0,
            created_at=now,
        )
    )
    assert written.inserted_primary_key is not None
    return int(written.inserted_primary_key[0])


def keep_credentials(tx: Connection, user_id: int, kept: Credentials) -> None:
    tx.execute(
        update(_users)
        .where(_users.c.id == user_id)
        .values(
            password=kept.password,
            uniquifier=kept.uniquifier,
            totp_secret=kept.totp_secret,
            second_factor=kept.second_factor,
            recovery_codes="\n".join(kept.recovery_codes),
        )
    )


def change(tx: Connection, user_id: int, *, role: Role, producer_id: int | None, active: bool) -> None:
    """Another role, producer or standing; every session of theirs ends, so that none goes on with former rights."""
    tx.execute(
        update(_users)
        .where(_users.c.id == user_id)
        .values(role=role.value, producer_id=producer_id, active=active, uniquifier=new_uniquifier())
    )


def set_language(tx: Connection, user_id: int, language: str) -> None:
    tx.execute(update(_users).where(_users.c.id == user_id).values(language=language))


def count_failure(tx: Connection, user_id: int, now: datetime) -> bool:
    """One more attempt has failed; True where it was the one that locks the account for a while."""
    failures = tx.execute(
        update(_users).where(_users.c.id == user_id).values(failures=_users.c.failures + 1).returning(_users.c.failures)
    ).scalar_one()
    if failures % FAILURES_UNTIL_LOCKED:
        return False
    tx.execute(update(_users).where(_users.c.id == user_id).values(locked_until=now + LOCKED_FOR))
    return True


def note_sign_in(tx: Connection, user_id: int, now: datetime) -> None:
    """They are in: what failed before is forgotten."""
    tx.execute(update(_users).where(_users.c.id == user_id).values(failures=0, locked_until=None, signed_in_at=now))


def take_code(tx: Connection, user_id: int, counter: int) -> None:
    """The second factor's code of this counter (RFC 6238) was used."""
    tx.execute(update(_users).where(_users.c.id == user_id).values(totp_counter=counter))


def unlock(tx: Connection, user_id: int) -> None:
    tx.execute(update(_users).where(_users.c.id == user_id).values(failures=0, locked_until=None))


# ---- looking


def load(tx: Connection, user_id: int) -> User | None:
    return _one(tx, _listed().where(_users.c.id == user_id))


def by_email(tx: Connection, email: str) -> User | None:
    return _one(tx, _listed().where(_users.c.email_folded == folded(email)))


def by_uniquifier(tx: Connection, uniquifier: str) -> User | None:
    return _one(tx, _listed().where(_users.c.uniquifier == uniquifier))


def of_producer(tx: Connection, producer_id: int) -> User | None:
    return _one(tx, _listed().where(_users.c.producer_id == producer_id))


def listed(tx: Connection, *, after: int = 0, limit: int = 100, roles: Collection[Role] = tuple(Role)) -> list[User]:
    """By id after `after`."""
    query = _listed().where(_users.c.id > after, _users.c.role.in_([role.value for role in roles]))
    return [_user(row) for row in tx.execute(query.order_by(_users.c.id).limit(limit)).mappings()]


def active_admins(tx: Connection) -> int:
    """How many could still let others in."""
    query = select(func.count()).where(_users.c.role == Role.ADMIN.value, _users.c.active.is_(True))
    return int(tx.execute(query).scalar_one())


def _listed() -> Select[tuple[object, ...]]:
    return select(_users, _producers.c.npn, _producers.c.first_name, _producers.c.last_name).outerjoin(
        _producers, _producers.c.id == _users.c.producer_id
    )


def _one(tx: Connection, query: Select[tuple[object, ...]]) -> User | None:
    row = tx.execute(query).mappings().first()
    return None if row is None else _user(row)


def _user(row: RowMapping) -> User:
    return User(
        id=row["id"],
        email=row["email"],
        role=Role(row["role"]),
        producer_id=row["producer_id"],
        npn=row["npn"],
        name=f"{row['first_name']} {row['last_name']}" if row["npn"] else "",
        active=row["active"],
        password=row["password"],
        uniquifier=row["uniquifier"],
        totp_secret=row["totp_secret"],
        totp_counter=row["totp_counter"],
        second_factor=row["second_factor"],
        recovery_codes=tuple(row["recovery_codes"].split()),
        language=row["language"],
        failures=row["failures"],
        locked_until=row["locked_until"],
        created_at=row["created_at"],
        signed_in_at=row["signed_in_at"],
    )
