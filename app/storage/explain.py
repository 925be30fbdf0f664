"""The roster as it was: today's rows with every later change taken back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, or_, select

from app.domain.licensing import Appointment, Producer, Residency
from app.domain.lines import Line
from app.storage.authority_facts import license_of
from app.storage.models.base import table_of
from app.storage.models.roster import AppointmentRow, DomicileHoldRow, LicenseRow, ProducerRow, RosterHistoryRow
from app.storage.roster_changes import Subject, read_back

_producers, _licenses = table_of(ProducerRow), table_of(LicenseRow)
_appointments, _holds = table_of(AppointmentRow), table_of(DomicileHoldRow)
_history = table_of(RosterHistoryRow)

Rows = dict[str, dict[str, Any]]
"""Rows of one subject by the key that the history has for them; `version` is among the columns."""


def roster_at(tx: Connection, version: int, npn: str | None = None) -> list[Producer]:
    """Everybody who was on the roster at `version`, by NPN, as they stood then; with `npn` only them.

    A later look that found a license unchanged made no version: `verified_at` and `stale_at` are then the later look's.
    """
    return producers_of(rows_at(tx, version, npn=npn))


def rows_at(
    tx: Connection, version: int, *, npn: str | None = None, states: Collection[str] | None = None
) -> dict[str, Rows]:
    """The rows themselves, by subject and key, as they stood at `version`.

    With `states`, of the licenses only those there and resident ones: what `judge` reads for a question about them.
    """
    found = _rows_now(tx, npn, states)
    for subject, key, before in _changes_since(tx, version, npn):
        if subject in found:
            _take_back(found[subject], key, before, version)
    if states is not None:
        found[Subject.LICENSE] = {
            key: row for key, row in found[Subject.LICENSE].items() if _is_read(row, frozenset(states))
        }
    return found


def producers_of(found: Mapping[str, Rows]) -> list[Producer]:
    """The rows of `rows_at` as who `judge` judges, by NPN."""
    licenses, appointments, holds = (
        _by_npn(found[subject]) for subject in (Subject.LICENSE, Subject.APPOINTMENT, Subject.HOLD)
    )
    return [
        Producer(
            producer_id=row["id"],
            npn=who,
            first_name=row["first_name"],
            last_name=row["last_name"],
            resident_state=row["resident_state"],
            suspended=row["suspended"],
            licenses=tuple(license_of(held) for held in licenses.get(who, ())),
            appointments=tuple(_appointment(given) for given in appointments.get(who, ())),
            domicile_holds=frozenset(hold["state"] for hold in holds.get(who, ())),
        )
        for who, row in sorted(found[Subject.PRODUCER].items())
    ]


def _is_read(row: Mapping[str, Any], states: Collection[str]) -> bool:
    return row["state"] in states or row["residency"] == Residency.RESIDENT


def _rows_now(tx: Connection, npn: str | None, states: Collection[str] | None) -> dict[str, Rows]:
    everybody = select(_producers) if npn is None else select(_producers).where(_producers.c.npn == npn)
    producers: Rows = {row["npn"]: dict(row) for row in tx.execute(everybody).mappings()}
    npns = {row["id"]: row["npn"] for row in producers.values()}
    found: dict[str, Rows] = {Subject.PRODUCER: producers}
    for subject, table, rest in (
        (Subject.LICENSE, _licenses, ("state", "line")),
        (Subject.APPOINTMENT, _appointments, ("state", "carrier_key", "line")),
        (Subject.HOLD, _holds, ("state",)),
    ):
        query = select(table) if npn is None else select(table).where(table.c.producer_id.in_(npns))
        if subject is Subject.LICENSE and states is not None:
            query = query.where(or_(table.c.state.in_(sorted(states)), table.c.residency == str(Residency.RESIDENT)))
        found[subject] = {
            "/".join((npns[row["producer_id"]], *(row[name] for name in rest))): dict(row)
            for row in tx.execute(query).mappings()
            # Somebody may have joined the roster between two of these statements.
            if row["producer_id"] in npns
        }
    return found


def _changes_since(tx: Connection, version: int, npn: str | None) -> list[tuple[str, str, dict[str, Any] | None]]:
    """(subject, key, row before) of every later change, the newest first."""
    query = (
        select(_history.c.subject, _history.c.key, _history.c.before)
        .where(_history.c.version > version)
        .order_by(_history.c.version.desc(), _history.c.id.desc())
    )
    rows = tx.execute(query).all()
    return [
        (row.subject, row.key, read_back(row.before)) for row in rows if npn is None or row.key.partition("/")[0] == npn
    ]


def _take_back(rows: Rows, key: str, before: dict[str, Any] | None, version: int) -> None:
    if before is None:
        rows.pop(key, None)
    else:
        # Which older version the row was last written at is not needed; no later one is claimed.
        rows[key] = {**rows.get(key, {}), **before, "version": version}


def _by_npn(rows: Rows) -> dict[str, list[dict[str, Any]]]:
    grouped: dict[str, list[dict[str, Any]]] = {}
    for key, row in sorted(rows.items()):
        grouped.setdefault(key.partition("/")[0], []).append(row)
    return grouped


def _appointment(row: Mapping[str, Any]) -> Appointment:
    return Appointment(
        state=row["state"],
        carrier=row["carrier"],
        line=Line(row["line"]) if row["line"] else None,
        active=row["active"],
        authority_from=row["authority_from"],
        authority_until=row["authority_until"],
    )
