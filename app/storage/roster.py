"""The roster: adding and changing producers, licenses and appointments; what an import finds there already.

What a call's decision reads stands in authority_facts.py and licensing_gate.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, RowMapping, bindparam, select, update

from app.domain.licensing import License, authority_instants, carrier_key
from app.domain.lines import Line
from app.domain.states import State
from app.storage import authority_facts, desk
from app.storage.models.base import table_of
from app.storage.models.roster import AppointmentRow, DomicileHoldRow, LicenseRow, ProducerRow
from app.storage.roster_changes import Edit, RosterChange, Subject, Values

_producers, _licenses = table_of(ProducerRow), table_of(LicenseRow)
_appointments, _holds = table_of(AppointmentRow), table_of(DomicileHoldRow)

BATCH = 500
"""As many producers are read and compared at once."""

_SEEN = ("verified_at", "stale_at", "source")
"""What a look at a license refreshes; it is no change of the roster."""

_Item = TypeVar("_Item")


class NotOnRoster(LookupError):
    """The roster has no such producer, license or hold."""


@dataclass(frozen=True, slots=True)
class Person:
    """A producer as a roster file describes them. `phone` is E.164."""

    npn: str
    first_name: str
    last_name: str
    email: str
    phone: str
    resident_state: State


@dataclass(frozen=True, slots=True)
class CarrierAppointment:
    """One carrier's appointment of a producer in a state; `line` None covers every line."""

    npn: str
    state: State
    carrier: str
    line: Line | None
    active: bool
    effective_on: date | None
    terminates_on: date | None
    authority_from: datetime | None
    authority_until: datetime | None


@dataclass(frozen=True, slots=True)
class Tally:
    """What an import did, or would do."""

    producers_added: int = 0
    producers_changed: int = 0
    licenses_added: int = 0
    licenses_changed: int = 0
    licenses_unchanged: int = 0
    appointments_added: int = 0
    appointments_changed: int = 0
    appointments_unchanged: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(mine + theirs for mine, theirs in zip(_counts(self), _counts(other), strict=True)))


def _counts(tally: Tally) -> tuple[int, ...]:
    return tuple(asdict(tally).values())


def batches(items: Sequence[_Item], size: int = BATCH) -> Iterator[list[_Item]]:
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch


# ---- an import


def merge(tx: Connection, listed: Mapping[str, tuple[Person, Sequence[License]]], change: RosterChange | None) -> Tally:
    """Add or change these producers, by NPN, and their licenses; refresh what is as it was. Nothing is ever removed.

    Without a `change` nothing is written: the tally says what would be.
    """
    standing = _standing(tx, list(listed))
    people = [_person_edit(person, standing.get(npn)) for npn, (person, _) in listed.items()]
    changed = [edit for edit in people if edit.before != edit.after]
    tally = Tally(
        producers_added=sum(edit.before is None for edit in changed),
        producers_changed=sum(edit.before is not None for edit in changed),
    )
    ids = {npn: row["id"] for npn, row in standing.items()}
    held = _licenses_of(tx, list(ids.values()))
    if change is not None:
        change.write(changed)
        ids |= _seat(tx, [npn for npn in listed if npn not in ids])
    return tally + _merge_licenses(tx, listed, ids, held, change)


def _merge_licenses(
    tx: Connection,
    listed: Mapping[str, tuple[Person, Sequence[License]]],
    ids: Mapping[str, int],
    held: Mapping[tuple[int, str, str], Values],
    change: RosterChange | None,
) -> Tally:
    edits: list[Edit] = []
    seen: list[Values] = []
    for npn, (_, licenses) in listed.items():
        producer_id = ids.get(npn, 0)  # 0: a new producer of a dry run
        for license_ in licenses:
            before = held.get((producer_id, license_.state, license_.line))
            after = _license_values(producer_id, license_, change.source if change else "")
            if before is not None and _facts(before) == _facts(after):
                seen.append(after)
            else:
                edits.append(Edit(Subject.LICENSE, f"{npn}/{license_.state}/{license_.line}", before, after))
    if change is not None:
        change.write(edits)
        if seen:
            tx.execute(_refresh, [{f"seen_{name}": row[name] for name in (*_KEY, *_SEEN)} for row in seen])
    added = sum(edit.before is None for edit in edits)
    return Tally(licenses_added=added, licenses_changed=len(edits) - added, licenses_unchanged=len(seen))


def merge_appointments(
    tx: Connection, listed: Sequence[CarrierAppointment], ids: Mapping[str, int], change: RosterChange | None
) -> Tally:
    """Add or change appointments of producers whose ids are known; without a `change` only count."""
    statement = select(_appointments).where(_appointments.c.producer_id.in_(sorted({ids[a.npn] for a in listed})))
    held = {
        (row["producer_id"], row["state"], row["carrier_key"], row["line"]): _plain(row)
        for row in tx.execute(statement).mappings()
    }
    edits: list[Edit] = []
    for appointment in listed:
        after = _appointment_values(ids[appointment.npn], appointment)
        key = (after["producer_id"], after["state"], after["carrier_key"], after["line"])
        named = "/".join((appointment.npn, *key[1:]))
        edits.append(Edit(Subject.APPOINTMENT, named, held.get(key), after))
    changed = [edit for edit in edits if edit.before != edit.after]
    if change is not None:
        change.write(changed)
    added = sum(edit.before is None for edit in changed)
    return Tally(
        appointments_added=added,
        appointments_changed=len(changed) - added,
        appointments_unchanged=len(edits) - len(changed),
    )


def phones_of_others(tx: Connection, phones: Mapping[str, str]) -> dict[str, str]:
    """Which of `phones` (E.164 -> the NPN that is to have it) belong to somebody who is not among those NPNs: phone -> their NPN.

    Somebody who is among them has another phone afterwards.
    """
    wanted = set(phones.values())
    taken: dict[str, str] = {}
    for batch in batches(list(phones)):
        rows = tx.execute(select(_producers.c.phone, _producers.c.npn).where(_producers.c.phone.in_(batch)))
        taken |= {phone: npn for phone, npn in rows if npn not in wanted}
    return taken


def ids_of(tx: Connection, npns: Sequence[str]) -> dict[str, int]:
    """The producers' ids, by NPN, of those that the roster knows."""
    ids: dict[str, int] = {}
    for batch in batches(npns):
        rows = tx.execute(select(_producers.c.npn, _producers.c.id).where(_producers.c.npn.in_(batch)))
        ids |= {npn: producer_id for npn, producer_id in rows}
    return ids


# ---- one change


def change_producer(tx: Connection, npn: str, now: datetime, actor: str, **changes: Any) -> int | None:
    """Change columns of one producer (`suspended=True`); the new roster version, None where it was so already.

    Raises NotOnRoster.
    """
    before = _one_producer(tx, npn)
    change = RosterChange(tx, now=now, actor=actor, source="change")
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
    before = _licenses_of(tx, [producer_id]).get((producer_id, state, line))
    if before is None:
        raise NotOnRoster(f"NPN {npn} has no license for {line} in {state}")
    license_ = replace(authority_facts.license_of({**before, "version": 0}), **changes)
    if changes.keys() & {"effective_on", "expires_on", "perpetual"}:
        begins, ends = authority_instants(state, license_.effective_on, license_.expires_on, license_.perpetual)
        license_ = replace(license_, authority_from=begins, authority_until=ends)
    after = _license_values(producer_id, license_, before["source"])
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
    held = {row["state"]: _plain(row) for row in rows}
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


# ---- reading


@dataclass(frozen=True)
class Shown:
    """One producer as `roster show` prints them."""

    person: Person
    suspended: bool
    licenses: tuple[License, ...]


def show(tx: Connection, npn: str) -> Shown | None:
    """A producer with every license, by state and line; None where the roster has no such NPN."""
    row = _standing(tx, [npn]).get(npn)
    if row is None:
        return None
    producer = authority_facts.producer(tx, row["id"])
    assert producer is not None
    licenses = sorted(producer.licenses, key=lambda held: (held.state, held.line))
    return Shown(_person(row), row["suspended"], tuple(licenses))


# ---- rows and values

_KEY = ("producer_id", "state", "line")
_refresh = (
    update(_licenses)
    .where(*(_licenses.c[name] == bindparam(f"seen_{name}") for name in _KEY))
    .values({name: bindparam(f"seen_{name}") for name in _SEEN})
)


def _standing(tx: Connection, npns: Sequence[str]) -> dict[str, dict[str, Any]]:
    rows = tx.execute(select(_producers).where(_producers.c.npn.in_(npns))).mappings()
    return {row["npn"]: _plain(row) for row in rows}


def _one_producer(tx: Connection, npn: str) -> dict[str, Any]:
    found = _standing(tx, [npn])
    if not found:
        raise NotOnRoster(f"no producer has NPN {npn}")
    return found[npn]


def _licenses_of(tx: Connection, ids: Sequence[int]) -> dict[tuple[int, str, str], dict[str, Any]]:
    rows = tx.execute(select(_licenses).where(_licenses.c.producer_id.in_(ids))).mappings()
    return {(row["producer_id"], row["state"], row["line"]): _plain(row) for row in rows}


def _seat(tx: Connection, npns: Sequence[str]) -> dict[str, int]:
    """A seat at the desk for producers who were just added; their ids."""
    ids = ids_of(tx, npns)
    for producer_id in ids.values():
        desk.open_seat(tx, producer_id)
    return ids


def _plain(row: RowMapping) -> dict[str, Any]:
    values = dict(row)
    del values["version"]
    return values


def _facts(values: Values) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in _SEEN}


def _person(row: Values) -> Person:
    return Person(**{name: row[name] for name in Person.__slots__})


def _person_edit(person: Person, before: Values | None) -> Edit:
    kept: Values = {"suspended": False} if before is None else before
    return Edit(Subject.PRODUCER, person.npn, before, {**kept, **asdict(person)})


def _only_known(changes: Mapping[str, Any], before: Values) -> None:
    if unknown := changes.keys() - before.keys() | changes.keys() & {"id", "npn"}:
        raise TypeError(f"cannot change {', '.join(sorted(unknown))} of a producer")


def _license_values(producer_id: int, license_: License, source: str) -> dict[str, Any]:
    return {
        "producer_id": producer_id,
        "state": license_.state,
        "line": str(license_.line),
        "license_number": license_.license_number,
        "residency": str(license_.residency),
        "status": str(license_.status),
        "effective_on": license_.effective_on,
        "expires_on": license_.expires_on,
        "perpetual": license_.perpetual,
        "authority_from": license_.authority_from,
        "authority_until": license_.authority_until,
        "verified_at": license_.verified_at,
        "stale_at": license_.stale_at,
        "source": source,
    }


def _appointment_values(producer_id: int, appointment: CarrierAppointment) -> dict[str, Any]:
    return {
        "producer_id": producer_id,
        "state": appointment.state,
        "carrier_key": carrier_key(appointment.carrier),
        "line": str(appointment.line) if appointment.line else "",
        "carrier": appointment.carrier,
        "active": appointment.active,
        "effective_on": appointment.effective_on,
        "terminates_on": appointment.terminates_on,
        "authority_from": appointment.authority_from,
        "authority_until": appointment.authority_until,
    }
