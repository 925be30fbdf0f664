"""A listing beside what the roster says already, and what of it is written. Nothing is ever removed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from itertools import islice
from operator import add, attrgetter
from typing import Any, TypeVar

from sqlalchemy import Connection, bindparam, select, update

from app.domain.licensing import License, carrier_key
from app.domain.lines import Line
from app.domain.states import State
from app.storage import desk
from app.storage.models.base import table_of
from app.storage.models.roster import AppointmentRow, LicenseRow, ProducerRow, RosterHistoryRow, RosterVersionRow
from app.storage.roster_changes import Edit, RosterChange, Subject, Values
from app.storage.roster_rows import Person, license_values, licenses_of, plain, standing
from app.storage.staging import Look, Sight, Staged

_producers, _licenses = table_of(ProducerRow), table_of(LicenseRow)
_appointments = table_of(AppointmentRow)
_versions, _history = table_of(RosterVersionRow), table_of(RosterHistoryRow)
_OF_PRODUCERS = (Subject.PRODUCER, Subject.LICENSE)

BATCH = 500
"""As many producers are read and compared at once."""

_SEEN = ("verified_at", "stale_at", "source")
"""What a look at a license refreshes; it is no change of the roster."""

_FACTS = (
    "license_number",
    "residency",
    "status",
    "effective_on",
    "expires_on",
    "perpetual",
    "authority_from",
    "authority_until",
)
"""What is a change of the roster where it differs."""

_KEY = ("producer_id", "state", "line")
_refresh = (
    update(_licenses)
    .where(*(_licenses.c[name] == bindparam(f"seen_{name}") for name in _KEY))
    .values({name: bindparam(f"seen_{name}") for name in _SEEN})
)

_refresh_whole = (
    update(_licenses)
    .where(_licenses.c.producer_id.in_(bindparam("producer_ids", expanding=True)))
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
        return Tally(*map(add, _counts(self), _counts(other)))


_counts = attrgetter(*(each.name for each in fields(Tally)))


def batches(items: Sequence[_Item], size: int = BATCH) -> Iterator[list[_Item]]:
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch


def merge(tx: Connection, listed: Mapping[str, tuple[Person, Sequence[License]]], change: RosterChange | None) -> Tally:
    """Add or change these producers, by NPN, and their licenses; refresh what is as it was. Nothing is ever removed.

    Without a `change` nothing is written: the tally says what would be.
    """
    staged = [Staged(0, npn, person, None, tuple(licenses)) for npn, (person, licenses) in listed.items()]
    compared = compare(tx, staged, change.source if change else "")
    if change is not None:
        write(tx, compared, change)
        seen = [sight for each in compared for sight in each.seen]
        refresh(tx, seen, change.source)
    return sum((each.tally for each in compared), Tally())


@dataclass(frozen=True, slots=True)
class Compared:
    """One producer of a listing beside the roster: what differs, and what was seen to be as it is.

    `producer_id` None: not on the roster. `held` is every license that they have there, by state and line, `home` their
    resident state there.
    """

    staged: Staged
    producer_id: int | None
    person: Edit | None
    licenses: tuple[Edit, ...]
    seen: tuple[Sight, ...]
    held: Mapping[tuple[State, str], Values]
    home: State | None = None

    @property
    def known(self) -> bool:
        return self.producer_id is not None

    @property
    def unknown(self) -> bool:
        """Whether nothing can be done: the source knows no phone, and the roster no such producer."""
        return self.producer_id is None and self.person is None

    @property
    def edits(self) -> int:
        return len(self.licenses) + (self.person is not None)

    @property
    def look(self) -> Look | None:
        """When all that they have was seen, where that is one answer; None where not all of it was seen, or not at once."""
        if not self.known or len(self.held) > sum(edit.before is not None for edit in self.licenses) + len(self.seen):
            return None
        looks = {(license_.verified_at, license_.stale_at) for license_ in self.staged.licenses}
        return looks.pop() if len(looks) == 1 else None

    @property
    def tally(self) -> Tally:
        added = sum(edit.before is None for edit in self.licenses)
        return Tally(
            producers_added=int(self.person is not None and self.person.before is None),
            producers_changed=int(self.person is not None and self.person.before is not None),
            licenses_added=added,
            licenses_changed=len(self.licenses) - added,
            licenses_unchanged=len(self.seen),
        )


def compare(tx: Connection, listed: Sequence[Staged], source: str) -> list[Compared]:
    """These producers beside the roster as this transaction sees it; nothing is written."""
    known = standing(tx, [staged.npn for staged in listed])
    by_producer: dict[int, dict[tuple[State, str], Values]] = {row["id"]: {} for row in known.values()}
    for (producer_id, state, line), row in licenses_of(tx, list(by_producer)).items():
        by_producer[producer_id][state, line] = row
    return [
        _compared(staged, known.get(staged.npn), by_producer.get(known[staged.npn]["id"], {}), source)
        if staged.npn in known
        else _compared(staged, None, {}, source)
        for staged in listed
    ]


def _compared(staged: Staged, row: Values | None, held: Mapping[tuple[State, str], Values], source: str) -> Compared:
    person = _person_edit(staged, row)
    if row is None and person is None:
        return Compared(staged, None, None, (), (), held)
    producer_id = 0 if row is None else row["id"]  # 0: known once they are written
    edits: list[Edit] = []
    seen: list[Sight] = []
    for license_ in staged.licenses:
        line = license_.line.value
        before = held.get((license_.state, line))
        after = license_values(producer_id, license_, source)
        if before is not None and all(before[name] == after[name] for name in _FACTS):
            seen.append(Sight(producer_id, license_.state, line, license_.verified_at, license_.stale_at))
        else:
            edits.append(Edit(Subject.LICENSE, f"{staged.npn}/{license_.state}/{line}", before, after))
    return Compared(
        staged,
        row["id"] if row else None,
        person,
        tuple(edits),
        tuple(seen),
        held,
        row["resident_state"] if row else None,
    )


def write(tx: Connection, compared: Sequence[Compared], change: RosterChange) -> None:
    """Put on the roster what differs; a new producer gets a seat at the desk. Sights are for `refresh`."""
    change.write([each.person for each in compared if each.person is not None])
    new = [each.staged.npn for each in compared if not each.known and not each.unknown]
    ids = _seat(tx, new)
    edits: list[Edit] = []
    for each in compared:
        if each.known:
            edits += each.licenses
        else:
            for edit in each.licenses:
                assert edit.after is not None
                after = {**edit.after, "producer_id": ids[each.staged.npn]}
                edits.append(Edit(edit.subject, edit.key, edit.before, after))
    change.write(edits)


def refresh(tx: Connection, seen: Sequence[Sight], source: str) -> None:
    """These licenses were seen as the roster has them: no change of it."""
    if seen:
        tx.execute(
            _refresh,
            [
                {
                    "seen_producer_id": sight.producer_id,
                    "seen_state": sight.state,
                    "seen_line": sight.line,
                    "seen_verified_at": sight.verified_at,
                    "seen_stale_at": sight.stale_at,
                    "seen_source": source,
                }
                for sight in seen
            ],
        )


def refresh_whole(tx: Connection, producer_ids: Sequence[int], look: Look, source: str) -> None:
    """Every license of these producers was seen as the roster has it: one statement, a tenth of the time."""
    verified_at, stale_at = look
    seen = {"seen_verified_at": verified_at, "seen_stale_at": stale_at, "seen_source": source}
    tx.execute(_refresh_whole, {"producer_ids": list(producer_ids), **seen})


def touched_since(tx: Connection, version: int, ours: Collection[int]) -> set[str]:
    """NPNs of whom anybody else changed anything after `version`; `ours` are versions that do not count."""
    newer = tx.execute(select(_versions.c.version).where(_versions.c.version > version)).scalars()
    touched: set[str] = set()
    for batch in batches([number for number in newer if number not in ours]):
        keys = tx.execute(
            select(_history.c.key).where(_history.c.version.in_(batch), _history.c.subject.in_(_OF_PRODUCERS))
        ).scalars()
        touched |= {key.partition("/")[0] for key in keys}
    return touched


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


def owners(tx: Connection, phones: Collection[str]) -> list[tuple[str, str]]:
    """(phone, NPN) of everybody on the roster who has one of these."""
    rows = tx.execute(select(_producers.c.phone, _producers.c.npn).where(_producers.c.phone.in_(phones)))
    return [(phone, npn) for phone, npn in rows]


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


def _person_edit(staged: Staged, before: Values | None) -> Edit | None:
    """None where nothing differs, or where nobody can be added."""
    said: dict[str, Any] = {}
    if staged.person is not None:
        said = asdict(staged.person)
    elif staged.resident_state is not None:
        said = {"resident_state": staged.resident_state}
    if before is None:
        if staged.person is None:
            return None
        return Edit(Subject.PRODUCER, staged.npn, None, {"suspended": False, **said})
    after = {**before, **said}
    return None if after == before else Edit(Subject.PRODUCER, staged.npn, before, after)


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
