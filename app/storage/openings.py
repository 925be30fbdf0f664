"""The expansion gate: which states are open, on whose word, and for which ZIPs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from app.domain.states import State
from app.storage.models.base import table_of
from app.storage.models.roster import StateOpeningRow, TerritoryZipRow
from app.storage.roster_changes import Edit, RosterChange, Subject

_openings, _territory = table_of(StateOpeningRow), table_of(TerritoryZipRow)


@dataclass(frozen=True)
class StateOpening:
    """One state behind the expansion gate. `zips` None: the whole state; else sorted."""

    state: State
    is_open: bool
    zips: tuple[str, ...] | None
    agency_until: datetime | None
    document_name: str
    document_sha256: str
    verified_by: str
    opened_at: datetime
    version: int


def everywhere(tx: Connection) -> list[StateOpening]:
    """Every state that was ever opened, by its code."""
    zips: dict[str, list[str]] = {}
    for state, zip_code in tx.execute(
        select(_territory.c.state, _territory.c.zip_code).order_by(_territory.c.zip_code)
    ):
        zips.setdefault(state, []).append(zip_code)
    return [
        StateOpening(
            state=row["state"],
            is_open=row["is_open"],
            zips=tuple(zips.get(row["state"], ())) if row["territory"] else None,
            agency_until=row["agency_until"],
            document_name=row["document_name"],
            document_sha256=row["document_sha256"],
            verified_by=row["verified_by"],
            opened_at=row["opened_at"],
            version=row["version"],
        )
        for row in tx.execute(select(_openings).order_by(_openings.c.state)).mappings()
    ]


def open_states(
    tx: Connection,
    change: RosterChange,
    states: Sequence[State],
    *,
    zips: Mapping[State, frozenset[str]] | None,
    document_name: str,
    document_sha256: str,
    verified_by: str,
    agency_until: Mapping[State, datetime] | None = None,
) -> list[State]:
    """Open each state, whole or for its `zips`; those of them that this changed.

    The agency's own license is left as it is where `agency_until` has none for the state.
    """
    agency = agency_until or {}
    standing = {opening.state: opening for opening in everywhere(tx)}
    edits = []
    for state in states:
        before = _values(standing[state]) if state in standing else None
        after = {
            "state": state,
            "is_open": True,
            "territory": zips is not None,
            "zips": None if zips is None else sorted(zips[state]),
            "agency_until": agency.get(state, before["agency_until"] if before else None),
            "document_name": document_name,
            "document_sha256": document_sha256,
            "verified_by": verified_by,
            "opened_at": before["opened_at"] if before and before["is_open"] else change.now,
        }
        edits.append(Edit(Subject.OPENING, state, before, after))
    changed = [edit for edit in edits if edit.before != edit.after]
    change.write(changed)
    for edit in changed:
        tx.execute(delete(_territory).where(_territory.c.state == edit.key))
        if edit.after is not None and edit.after["zips"]:
            tx.execute(insert(_territory), [{"state": edit.key, "zip_code": code} for code in edit.after["zips"]])
    return [edit.key for edit in changed]


def of_state(tx: Connection, state: State) -> StateOpening | None:
    """The state, if it was ever opened."""
    return next((opening for opening in everywhere(tx) if opening.state == state), None)


def close_state(tx: Connection, change: RosterChange, opening: StateOpening) -> None:
    """From this transaction on the gate lets nobody of the state through; its territory is forgotten."""
    before = _values(opening)
    after = {**before, "is_open": False, "territory": False, "zips": None}
    change.write([Edit(Subject.OPENING, opening.state, before, after)])
    tx.execute(delete(_territory).where(_territory.c.state == opening.state))


def set_agency_until(tx: Connection, change: RosterChange, opening: StateOpening, until: datetime | None) -> None:
    """The agency's own license there ends at this instant; None: none is recorded."""
    before = _values(opening)
    change.write([Edit(Subject.OPENING, opening.state, before, {**before, "agency_until": until})])


def _values(opening: StateOpening) -> dict[str, Any]:
    return {
        "state": opening.state,
        "is_open": opening.is_open,
        "territory": opening.zips is not None,
        "zips": None if opening.zips is None else list(opening.zips),
        "agency_until": opening.agency_until,
        "document_name": opening.document_name,
        "document_sha256": opening.document_sha256,
        "verified_by": opening.verified_by,
        "opened_at": opening.opened_at,
    }
