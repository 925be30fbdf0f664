"""What an import writes: a batch of the file against what the roster says already. Nothing is ever removed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, bindparam, select, update

from app.domain.licensing import License, carrier_key
from app.domain.lines import Line
from app.domain.states import State
from app.storage import desk
from app.storage.models.base import table_of
from app.storage.models.roster import AppointmentRow, LicenseRow, ProducerRow
from app.storage.roster_changes import Edit, RosterChange, Subject, Values
from app.storage.roster_rows import Person, license_values, licenses_of, plain, standing

_producers, _licenses = table_of(ProducerRow), table_of(LicenseRow)
_appointments = table_of(AppointmentRow)

BATCH = 500
"""As many producers are read and compared at once."""

_SEEN = ("verified_at", "stale_at", "source")
"""What a look at a license refreshes; it is no change of the roster."""

_KEY = ("producer_id", "state", "line")
_refresh = (
    update(_licenses)
    .where(*(_licenses.c[name] == bindparam(f"seen_{name}") for name in _KEY))
    .values({name: bindparam(f"seen_{name}") for name in _SEEN})
)

_Item = TypeVar("_Item")


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


def merge(tx: Connection, listed: Mapping[str, tuple[Person, Sequence[License]]], change: RosterChange | None) -> Tally:
    """Add or change these producers, by NPN, and their licenses; refresh what is as it was. Nothing is ever removed.

    Without a `change` nothing is written: the tally says what would be.
    """
    known = standing(tx, list(listed))
    people = [_person_edit(person, known.get(npn)) for npn, (person, _) in listed.items()]
    changed = [edit for edit in people if edit.before != edit.after]
    tally = Tally(
        producers_added=sum(edit.before is None for edit in changed),
        producers_changed=sum(edit.before is not None for edit in changed),
    )
    ids = {npn: row["id"] for npn, row in known.items()}
    held = licenses_of(tx, list(ids.values()))
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
            after = license_values(producer_id, license_, change.source if change else "")
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
        (row["producer_id"], row["state"], row["carrier_key"], row["line"]): plain(row)
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
    """Which of `phones` (E.164 -> the NPN that is to have it) belong to somebody else: phone -> their NPN.

    An owner who is among those NPNs is left out: afterwards they have the phone that stands here.
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
        ids |= {row[0]: row[1] for row in rows}
    return ids


def _seat(tx: Connection, npns: Sequence[str]) -> dict[str, int]:
    """A seat at the desk for producers who were just added; their ids."""
    ids = ids_of(tx, npns)
    desk.open_seats(tx, ids.values())
    return ids


def _facts(values: Values) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in _SEEN}


def _person_edit(person: Person, before: Values | None) -> Edit:
    kept: Values = {"suspended": False} if before is None else before
    return Edit(Subject.PRODUCER, person.npn, before, {**kept, **asdict(person)})


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
