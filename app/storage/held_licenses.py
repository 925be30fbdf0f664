"""What we hold of some producers, and since when and by whose word we know it: what a report is weighed against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, select

from app.domain.licensing import License
from app.domain.lines import Line
from app.domain.states import State
from app.storage.authority_facts import license_of
from app.storage.models.base import table_of
from app.storage.models.license_desk import MoveRow
from app.storage.models.roster import DomicileHoldRow, LicenseRow, ProducerRow, RosterVersionRow

_producers, _licenses = table_of(ProducerRow), table_of(LicenseRow)
_holds, _moves = table_of(DomicileHoldRow), table_of(MoveRow)
_versions = table_of(RosterVersionRow)


@dataclass(frozen=True, slots=True)
class HeldLicense:
    """`source` saw it last; `changed_at` and `changed_by` (a source, too) are of its newest version."""

    license: License
    source: str
    changed_at: datetime
    changed_by: str


@dataclass(slots=True)
class HeldProducer:
    """One producer of ours. `moves_to` is the state of their open move; of one that was withdrawn, where they live after all."""

    producer_id: int
    npn: str
    resident_state: State
    moves_to: State | None = None
    licenses: dict[tuple[State, Line], HeldLicense] = field(default_factory=dict)
    holds: set[State] = field(default_factory=set)

    def becomes_resident_in(self, state: State | None) -> State | None:
        """The state, where the roster may say so: only once a person has reported the move there."""
        return state if state is not None and state == self.moves_to else None


def resident_states(tx: Connection, npns: Sequence[str]) -> dict[str, State]:
    """Where those of these producers live whom we have, by NPN."""
    query = select(_producers.c.npn, _producers.c.resident_state).where(_producers.c.npn.in_(npns))
    return {row.npn: row.resident_state for row in tx.execute(query)}


def held_by(tx: Connection, npns: Sequence[str]) -> dict[str, HeldProducer]:
    """Those of these producers whom we have, by NPN."""
    rows = tx.execute(
        select(_producers.c.id, _producers.c.npn, _producers.c.resident_state).where(_producers.c.npn.in_(npns))
    )
    found = {row.id: HeldProducer(row.id, row.npn, row.resident_state) for row in rows}
    licenses = (
        select(_licenses, _versions.c.at.label("changed_at"), _versions.c.source.label("changed_by"))
        .join(_versions, _versions.c.version == _licenses.c.version)
        .where(_licenses.c.producer_id.in_(list(found)))
    )
    for row in tx.execute(licenses).mappings():
        held = HeldLicense(license_of(row), row["source"], row["changed_at"], row["changed_by"])
        found[row["producer_id"]].licenses[held.license.state, held.license.line] = held
    for row in tx.execute(select(_holds).where(_holds.c.producer_id.in_(list(found)))).mappings():
        found[row["producer_id"]].holds.add(row["state"])
    open_moves = select(_moves).where(_moves.c.producer_id.in_(list(found)), _moves.c.closed_at.is_(None))
    for row in tx.execute(open_moves).mappings():
        withdrawn = row["withdrawn_at"] is not None
        found[row["producer_id"]].moves_to = row["from_state"] if withdrawn else row["to_state"]
    return {held.npn: held for held in found.values()}
