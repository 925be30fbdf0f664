"""Producers as their page shows them: the person, the licenses with whose word they rest on, what was changed when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from app.domain import states as jurisdictions
from app.domain.licensing import License, Producer
from app.domain.lines import Line
from app.storage import coverage, desk
from app.storage.authority_facts import license_of
from app.storage.desk import Seat
from app.storage.models.base import table_of
from app.storage.models.roster import AppointmentRow, LicenseRow, ProducerRow, RosterHistoryRow, RosterVersionRow
from app.storage.roster_changes import Subject, read_back

_producers, _licenses, _appointments = table_of(ProducerRow), table_of(LicenseRow), table_of(AppointmentRow)
_history, _versions = table_of(RosterHistoryRow), table_of(RosterVersionRow)


@dataclass(frozen=True)
class Known:
    """One license, and whose word it is: `source` saw it last, `changed_by` (a person, a process) changed it last."""

    license: License
    source: str
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True)
class Profile:
    """One producer. `producer` has every license and hold; `seat` None: never given one."""

    producer: Producer
    email: str
    phone: str
    licenses: tuple[Known, ...]
    appointments: int
    seat: Seat | None


def of_npn(tx: Connection, npn: str) -> Profile | None:
    """None where nobody on the roster has this NPN."""
    row = tx.execute(select(_producers).where(_producers.c.npn == npn)).mappings().first()
    if row is None:
        return None
    (producer,) = coverage.people(tx, [row["id"]])
    held = (
        select(_licenses, _versions.c.at.label("changed_at"), _versions.c.actor.label("changed_by"))
        .outerjoin(_versions, _versions.c.version == _licenses.c.version)
        .where(_licenses.c.producer_id == row["id"])
        .order_by(_licenses.c.state, _licenses.c.line)
    )
    licenses = tuple(
        Known(license_of(each), each["source"], each["changed_at"] or each["verified_at"], each["changed_by"] or "")
        for each in tx.execute(held).mappings()
    )
    appointed = select(func.count()).select_from(_appointments).where(_appointments.c.producer_id == row["id"])
    return Profile(
        producer=producer,
        email=row["email"],
        phone=row["phone"],
        licenses=licenses,
        appointments=tx.execute(appointed).scalar_one(),
        seat=desk.seat(tx, row["id"]),
    )


def names(tx: Connection, npns: Sequence[str]) -> dict[str, str]:
    """The names of those of them who are on the roster, by NPN."""
    rows = tx.execute(
        select(_producers.c.npn, _producers.c.first_name, _producers.c.last_name).where(
            _producers.c.npn.in_(sorted(set(npns)))
        )
    )
    return {row[0]: f"{row[1]} {row[2]}".strip() for row in rows}


# ---- what was changed


@dataclass(frozen=True)
class Edited:
    """One row before and after, as Python's values; None where there was or is none. `key` as the history has it."""

    subject: Subject
    key: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@dataclass(frozen=True)
class Version:
    """One change of the roster, and what of it concerns the producer."""

    version: int
    at: datetime
    actor: str
    source: str
    file_name: str | None
    edits: tuple[Edited, ...]


def history(tx: Connection, npn: str, *, limit: int, before: int | None = None) -> list[Version]:
    """The newest changes of the producer, their licenses and holds; with `before` those of older versions.

    Asked by exact keys, which an index has on both databases: a beginning of a key it would not find on PostgreSQL.
    """
    licenses = [f"{npn}/{state}/{line}" for state in jurisdictions.ALL for line in Line]
    holds = [f"{npn}/{state}" for state in jurisdictions.ALL]
    theirs = or_(
        and_(_history.c.subject == str(Subject.PRODUCER), _history.c.key == npn),
        and_(_history.c.subject == str(Subject.LICENSE), _history.c.key.in_(licenses)),
        and_(_history.c.subject == str(Subject.HOLD), _history.c.key.in_(holds)),
    )
    if before is not None:
        theirs = and_(theirs, _history.c.version < before)
    wanted = select(_history.c.version).where(theirs).distinct().order_by(_history.c.version.desc()).limit(limit)
    numbers = list(tx.execute(wanted).scalars())
    rows = tx.execute(
        select(_history, _versions.c.at, _versions.c.actor, _versions.c.source, _versions.c.file_name)
        .join(_versions, _versions.c.version == _history.c.version)
        .where(_history.c.version.in_(numbers), theirs)
        .order_by(_history.c.version.desc(), _history.c.id)
    ).mappings()
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row["version"], []).append(row)
    return [
        Version(
            version=version,
            at=edits[0]["at"],
            actor=edits[0]["actor"],
            source=edits[0]["source"],
            file_name=edits[0]["file_name"],
            edits=tuple(
                Edited(Subject(row["subject"]), row["key"], read_back(row["before"]), read_back(row["after"]))
                for row in edits
            ),
        )
        for version, edits in found.items()
    ]
