"""Resident licenses that ended: by their date or by a change of the roster; and what the ledger has of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, literal_column, select

from app.domain.license_changes import in_force
from app.domain.licensing import IN_FORCE, License, Residency
from app.domain.lines import Line
from app.domain.states import State
from app.storage import ledger
from app.storage.authority_facts import license_of
from app.storage.ledger import Entry
from app.storage.models.base import table_of
from app.storage.models.ledger import LedgerRow
from app.storage.models.roster import LicenseRow, ProducerRow, RosterHistoryRow, RosterVersionRow
from app.storage.roster_changes import Subject, read_back

_licenses, _producers, _ledger = table_of(LicenseRow), table_of(ProducerRow), table_of(LedgerRow)
_history, _versions = table_of(RosterHistoryRow), table_of(RosterVersionRow)

KIND = "license_lapsed"
"""The ledger's kind."""

BY_DATE, BY_HAND = "date", "change"
"""How a license ended: by its date, or by a change of the roster, named by its source; `change` is one by hand."""

_RESIDENT = '"residency":"resident"'
"""As the history spells it: canonical JSON, without blanks."""


@dataclass(frozen=True, slots=True)
class Ended:
    """One line of a resident license that was in force and, from `at` on, is not. `license` is as it was before."""

    producer_id: int
    npn: str
    license: License
    at: datetime
    how: str
    version: int | None = None


def by_date(tx: Connection, since: datetime, until: datetime) -> list[Ended]:
    """Those whose date has come in (since, until]. By index: cheap, however large the roster is."""
    rows = tx.execute(
        select(_licenses, _producers.c.npn)
        .join(
            _producers,
            and_(_producers.c.id == _licenses.c.producer_id, _producers.c.resident_state == _licenses.c.state),
        )
        .where(
            _licenses.c.residency == literal_column("'resident'"),
            _licenses.c.authority_until > since,
            _licenses.c.authority_until <= until,
            _licenses.c.status.in_([str(status) for status in IN_FORCE]),
        )
        .order_by(_licenses.c.authority_until, _licenses.c.producer_id, _licenses.c.state, _licenses.c.line)
    ).mappings()
    return [
        Ended(row["producer_id"], row["npn"], license_of(row), at=row["authority_until"], how=BY_DATE) for row in rows
    ]


def by_change(tx: Connection, since: datetime) -> list[Ended]:
    """Those that a change of the roster from `since` on ended; not by hand, for who did that has seen what went."""
    rows = tx.execute(
        select(
            _history.c.key, _history.c.before, _history.c.after, _versions.c.version, _versions.c.at, _versions.c.source
        )
        .join(_versions, _versions.c.version == _history.c.version)
        .where(
            _versions.c.at >= since,
            _versions.c.source != BY_HAND,
            _history.c.subject == str(Subject.LICENSE),
            _history.c.before.contains(_RESIDENT, autoescape=True),
        )
        .order_by(_versions.c.version, _history.c.id)
    )
    ended = [
        Ended(before.producer_id, row.key.partition("/")[0], before.license, row.at, row.source, row.version)
        for row in rows
        if (before := _resident(row.before)) is not None and in_force(before.license, row.at)
        if (after := _resident(row.after)) is None or not in_force(after.license, row.at)
    ]
    at_home = _resident_states(tx, {each.npn for each in ended})
    return [each for each in ended if at_home.get(each.npn) == each.license.state]


@dataclass(frozen=True, slots=True)
class _Row:
    producer_id: int
    license: License


def _resident(written: str | None) -> _Row | None:
    values = read_back(written)
    if values is None or values["residency"] != Residency.RESIDENT:
        return None
    return _Row(values["producer_id"], license_of({**values, "version": 0}))


def _resident_states(tx: Connection, npns: Collection[str]) -> dict[str, State]:
    return {npn: state for npn, state, _ in _at_home(tx, npns)}


def in_force_at_home(tx: Connection, npns: Collection[str], at: datetime) -> set[tuple[str, State, Line]]:
    """(NPN, state, line) of the resident licenses of these producers that are in force."""
    return {
        (npn, state, held.line)
        for npn, state, held in _at_home(tx, npns)
        if held is not None and held.residency is Residency.RESIDENT and in_force(held, at)
    }


def _at_home(tx: Connection, npns: Collection[str]) -> Iterator[tuple[str, State, License | None]]:
    """Every license in the resident state of these producers; None where there is none."""
    ordered = sorted(npns)
    for start in range(0, len(ordered), 500):
        rows = tx.execute(
            select(_producers.c.npn, _producers.c.resident_state, *(column for column in _licenses.c))
            .outerjoin(
                _licenses,
                and_(_licenses.c.producer_id == _producers.c.id, _licenses.c.state == _producers.c.resident_state),
            )
            .where(_producers.c.npn.in_(ordered[start : start + 500]))
        ).mappings()
        for row in rows:
            yield row["npn"], row["resident_state"], license_of(row) if row["line"] is not None else None


def written(tx: Connection, since: datetime, *, after: int = 0, limit: int | None = None) -> list[Entry]:
    """The ledger's entries of lapses from `since` on with ids above `after`, oldest first."""
    wanted = select(_ledger.c.id).where(_ledger.c.kind == KIND, _ledger.c.at >= since, _ledger.c.id > after)
    ids = tx.execute(wanted.order_by(_ledger.c.id).limit(limit)).scalars().all()
    found = (ledger.entry(tx, entry_id) for entry_id in ids)
    return [entry for entry in found if entry is not None]
