"""The roster: one producer shown, or changed by hand.

Imports write through roster_import.py; what a call's decision reads stands in authority_facts.py and licensing_gate.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from app.domain.licensing import License, authority_instants
from app.domain.lines import Line
from app.domain.states import State
from app.storage import authority_facts
from app.storage.models.base import table_of
from app.storage.models.roster import DomicileHoldRow, ProducerRow
from app.storage.roster_changes import Edit, RosterChange, Subject, Values
from app.storage.roster_rows import Person, license_values, licenses_of, plain, standing

_holds, _producers = table_of(DomicileHoldRow), table_of(ProducerRow)


class NotOnRoster(LookupError):
    """The roster has no such producer, license or hold."""


@dataclass(frozen=True)
class Shown:
    """One producer as `roster show` prints them."""

    person: Person
    suspended: bool
    licenses: tuple[License, ...]


def show(tx: Connection, npn: str) -> Shown | None:
    """A producer with every license, by state and line; None where the roster has no such NPN."""
    row = standing(tx, [npn]).get(npn)
    if row is None:
        return None
    producer = authority_facts.producer(tx, row["id"])
    assert producer is not None
    licenses = sorted(producer.licenses, key=lambda held: (held.state, held.line))
    return Shown(_person(row), row["suspended"], tuple(licenses))


def phones(tx: Connection) -> dict[str, str]:
    """Every producer's NPN by phone (E.164)."""
    return {row.phone: row.npn for row in tx.execute(select(_producers.c.phone, _producers.c.npn))}


def change_producer(tx: Connection, npn: str, now: datetime, actor: str, **changes: Any) -> int | None:
    """Change columns of one producer (`suspended=True`); the new roster version, None where it was so already.

    A phone is changed by an import, which keeps it one person's. Raises NotOnRoster.
    """
    change = RosterChange(tx, now=now, actor=actor, source="change")
    before = _one_producer(tx, npn)
    _only_known(changes, before)
    change.write([Edit(Subject.PRODUCER, npn, before, {**before, **changes})])
    return change.version


def change_license(
    tx: Connection, npn: str, state: State, line: Line, now: datetime, actor: str, **changes: Any
) -> int | None:
    """Change fields of one license (`status=Status.SUSPENDED`); the new roster version, None where it was so already.

    Changed dates become instants here. Raises NotOnRoster.
    """
    change = RosterChange(tx, now=now, actor=actor, source="change")
    producer_id = _one_producer(tx, npn)["id"]
    before = licenses_of(tx, [producer_id]).get((producer_id, state, line))
    if before is None:
        raise NotOnRoster(f"NPN {npn} has no license for {line} in {state}")
    license_ = replace(authority_facts.license_of({**before, "version": 0}), **changes)
    if changes.keys() & {"effective_on", "expires_on", "perpetual"}:
        begins, ends = authority_instants(state, license_.effective_on, license_.expires_on, license_.perpetual)
        license_ = replace(license_, authority_from=begins, authority_until=ends)
    after = license_values(producer_id, license_, before["source"])
    change.write([Edit(Subject.LICENSE, f"{npn}/{state}/{line}", before, after)])
    return change.version


def hold_domicile(
    tx: Connection, npn: str, states: Sequence[State], moved_on: date, now: datetime, actor: str
) -> int | None:
    """A move that is not settled yet in `states`: no authority there until it is lifted. Raises NotOnRoster."""
    return _set_holds(tx, npn, states, moved_on, now, actor)


def lift_domicile_hold(tx: Connection, npn: str, states: Sequence[State], now: datetime, actor: str) -> int | None:
    """The move is settled in `states`. Raises NotOnRoster for the producer; a state without a hold is passed over."""
    return _set_holds(tx, npn, states, None, now, actor)


def _set_holds(
    tx: Connection, npn: str, states: Sequence[State], moved_on: date | None, now: datetime, actor: str
) -> int | None:
    change = RosterChange(tx, now=now, actor=actor, source="change")
    producer_id = _one_producer(tx, npn)["id"]
    rows = tx.execute(select(_holds).where(_holds.c.producer_id == producer_id)).mappings()
    held = {row["state"]: plain(row) for row in rows}
    edits = [
        Edit(
            Subject.HOLD,
            f"{npn}/{state}",
            held.get(state),
            None if moved_on is None else {"producer_id": producer_id, "state": state, "moved_on": moved_on},
        )
        for state in dict.fromkeys(states)
    ]
    change.write(edits)
    return change.version


def _one_producer(tx: Connection, npn: str) -> dict[str, Any]:
    found = standing(tx, [npn])
    if not found:
        raise NotOnRoster(f"no producer has NPN {npn}")
    return found[npn]


def _person(row: Values) -> Person:
    return Person(**{name: row[name] for name in Person.__slots__})


def _only_known(changes: Mapping[str, Any], before: Values) -> None:
    if unknown := changes.keys() - before.keys() | changes.keys() & {"id", "npn", "phone"}:
        raise TypeError(f"cannot change {', '.join(sorted(unknown))} of a producer")
