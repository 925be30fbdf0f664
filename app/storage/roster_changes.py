"""The one way to change the roster: current row, old and new row in the history, one version for the whole change.

HOUSE.md, "History has one axis: what we knew". An unchanged row makes no version.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeAlias

from sqlalchemy import (
    Connection,
    Delete,
    Table,
    Update,
    and_,
    bindparam,
    delete,
    func,
    insert,
    select,
    text,
    update,
)

from app.storage.models.base import table_of
from app.storage.models.roster import (
    AppointmentRow,
    DomicileHoldRow,
    LicenseRow,
    ProducerRow,
    RosterHistoryRow,
    RosterVersionRow,
    StateOpeningRow,
)

_versions, _history = table_of(RosterVersionRow), table_of(RosterHistoryRow)

Values: TypeAlias = Mapping[str, Any]
"""A row's columns without `version`; an opening's have its ZIPs besides."""


class Subject(StrEnum):
    """What a row of the history is about, and how its key reads."""

    PRODUCER = "producer"  # NPN
    LICENSE = "license"  # NPN/state/line
    APPOINTMENT = "appointment"  # NPN/state/carrier/line
    HOLD = "hold"  # NPN/state
    OPENING = "opening"  # state


_TABLES: dict[Subject, tuple[Table, tuple[str, ...]]] = {
    Subject.PRODUCER: (table_of(ProducerRow), ("npn",)),
    Subject.LICENSE: (table_of(LicenseRow), ("producer_id", "state", "line")),
    Subject.APPOINTMENT: (table_of(AppointmentRow), ("producer_id", "state", "carrier_key", "line")),
    Subject.HOLD: (table_of(DomicileHoldRow), ("producer_id", "state")),
    Subject.OPENING: (table_of(StateOpeningRow), ("state",)),
}


@dataclass(frozen=True, slots=True)
class Edit:
    """One row before and after; None where there was or is none."""

    subject: Subject
    key: str
    before: Values | None
    after: Values | None


class RosterChange:
    """One change of the roster, inside the caller's transaction. Other changes wait until that ends; readers do not.

    `version` is None until something differs. Make it before reading what is to be changed.
    """

    def __init__(
        self,
        tx: Connection,
        *,
        now: datetime,
        actor: str,
        source: str,
        file_name: str | None = None,
        file_sha256: str | None = None,
    ) -> None:
        self.tx = tx
        self.now = now
        self.source = source
        self.version: int | None = None
        self._origin = {"at": now, "actor": actor, "source": source, "file_name": file_name, "file_sha256": file_sha256}
        if tx.dialect.name == "postgresql":
            # SQLite's BEGIN IMMEDIATE already keeps other writers out.
            tx.execute(text("LOCK TABLE roster_versions IN EXCLUSIVE MODE"))

    def write(self, edits: Sequence[Edit]) -> None:
        """Put the rows as `after` says and note each in the history; edits that change nothing are passed over."""
        edits = [edit for edit in edits if edit.before != edit.after]
        if not edits:
            return
        version = self._open()
        for subject in Subject:
            of_subject = [edit for edit in edits if edit.subject is subject]
            if of_subject:
                self._put(subject, of_subject, version)
        self.tx.execute(
            insert(_history),
            [
                {
                    "version": version,
                    "subject": edit.subject,
                    "key": edit.key,
                    "before": _written(edit.before),
                    "after": _written(edit.after),
                }
                for edit in edits
            ],
        )

    def _open(self) -> int:
        if self.version is None:
            newest: int = self.tx.execute(select(func.coalesce(func.max(_versions.c.version), 0))).scalar_one()
            self.version = newest + 1
            self.tx.execute(insert(_versions), {"version": self.version, **self._origin})
        return self.version

    def _put(self, subject: Subject, edits: Sequence[Edit], version: int) -> None:
        table, keys = _TABLES[subject]
        columns = table.c.keys()

        def row(values: Values) -> dict[str, Any]:
            return {name: value for name, value in values.items() if name in columns} | {"version": version}

        added = [row(edit.after) for edit in edits if edit.before is None and edit.after is not None]
        changed = [row(edit.after) for edit in edits if edit.before is not None and edit.after is not None]
        removed = [edit.before for edit in edits if edit.before is not None and edit.after is None]
        if added:
            self.tx.execute(insert(table), added)
        if changed:
            self.tx.execute(_update(subject), [_keyed(values, keys) for values in changed])
        if removed:
            self.tx.execute(_delete(subject), [{f"key_{key}": before[key] for key in keys} for before in removed])


def _keyed(values: dict[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    return {(f"key_{name}" if name in keys else name): value for name, value in values.items()}


@lru_cache
def _update(subject: Subject) -> Update:
    table, keys = _TABLES[subject]
    others = [name for name in table.c.keys() if name not in (*keys, "id")]  # noqa: SIM118
    return (
        update(table)
        .where(and_(*(table.c[key] == bindparam(f"key_{key}") for key in keys)))
        .values({name: bindparam(name) for name in others})
    )


@lru_cache
def _delete(subject: Subject) -> Delete:
    table, keys = _TABLES[subject]
    return delete(table).where(and_(*(table.c[key] == bindparam(f"key_{key}") for key in keys)))


def _written(values: Values | None) -> str | None:
    """Canonical JSON: sorted, no blanks; dates as YYYY-MM-DD, instants in UTC with an offset."""
    if values is None:
        return None
    return json.dumps(values, default=_spelled, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _spelled(value: object) -> str:
    if isinstance(value, date):  # a datetime too
        return value.isoformat()
    raise TypeError(f"{value!r} has no place in the roster's history")


_DAYS = ("effective_on", "expires_on", "terminates_on", "moved_on")
_INSTANTS = ("authority_from", "authority_until", "verified_at", "stale_at", "agency_until", "opened_at")


def read_back(written: str | None) -> dict[str, Any] | None:
    """A row's columns from the history, as Python's values again; the inverse of how they were written."""
    if written is None:
        return None
    values: dict[str, Any] = json.loads(written)
    for name, value in values.items():
        if value is not None and name in _DAYS:
            values[name] = date.fromisoformat(value)
        elif value is not None and name in _INSTANTS:
            values[name] = datetime.fromisoformat(value)
    return values
