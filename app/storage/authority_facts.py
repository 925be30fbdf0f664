"""What `judge` needs to know, read from the roster as it is now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, RowMapping, and_, bindparam, exists, or_, select

from app.domain.licensing import IN_FORCE, Appointment, License, Opening, Producer, Question, Residency, Status
from app.domain.lines import Line
from app.domain.states import State
from app.storage.models.base import table_of
from app.storage.models.roster import (
    AppointmentRow,
    DomicileHoldRow,
    LicenseRow,
    ProducerRow,
    StateOpeningRow,
    TerritoryZipRow,
)

_producers, _licenses = table_of(ProducerRow), table_of(LicenseRow)
_appointments, _holds = table_of(AppointmentRow), table_of(DomicileHoldRow)
_openings, _territory = table_of(StateOpeningRow), table_of(TerritoryZipRow)

_one: BindParameter[int] = bindparam("producer_id")
_producer_by_id = select(_producers).where(_producers.c.id == _one)
_licenses_of = select(_licenses).where(_licenses.c.producer_id == _one)
_appointments_of = select(_appointments).where(_appointments.c.producer_id == _one)
_licenses_there = _licenses_of.where(_licenses.c.state.in_(bindparam("states", expanding=True)))
_holds_of = select(_holds.c.state).where(_holds.c.producer_id == _one)


def producer(tx: Connection, producer_id: int, *, asked: Question | None = None) -> Producer | None:
    """One producer with every license, appointment and domicile hold.

    With `asked`, only what `judge` reads for that question: the licenses in its states and at home, and appointments
    where it names a carrier. A call has no time for the 75 other licenses that a producer may hold.
    """
    row = tx.execute(_producer_by_id, {"producer_id": producer_id}).mappings().first()
    if row is None:
        return None
    everything = {"producer_id": producer_id}
    there = everything if asked is None else {**everything, "states": sorted({*asked.states, row["resident_state"]})}
    licenses = tx.execute(_licenses_of if asked is None else _licenses_there, there).mappings().all()
    with_appointments = asked is None or asked.carrier is not None
    return _producer(
        row,
        licenses=licenses,
        appointments=tx.execute(_appointments_of, everything).mappings().all() if with_appointments else [],
        holds=[hold[0] for hold in tx.execute(_holds_of, everything)],
    )


def everybody(tx: Connection) -> list[Producer]:
    """The whole roster, by NPN: for what explains a decision, never for a call."""
    return _assembled(
        tx.execute(select(_producers).order_by(_producers.c.npn)).mappings().all(),
        *(tx.execute(select(table)).mappings().all() for table in (_licenses, _appointments, _holds)),
    )


def page(tx: Connection, after: str, limit: int) -> list[Producer]:
    """The next producers by NPN, each with everything: for who goes through a large roster without holding all of it."""
    rows = tx.execute(
        select(_producers).where(_producers.c.npn > after).order_by(_producers.c.npn).limit(limit)
    ).mappings()
    people = rows.all()
    ids = [row["id"] for row in people]
    theirs = (select(table).where(table.c.producer_id.in_(ids)) for table in (_licenses, _appointments, _holds))
    return _assembled(people, *(tx.execute(query).mappings().all() for query in theirs))


def licensed_in(
    tx: Connection, states: Collection[State], lines: Collection[Line], *, after: str, limit: int
) -> list[Producer]:
    """The next producers by NPN with a license in one of `states` for one of `lines` that is in force by its status.

    With them come those licenses, their resident ones for these lines, and what `judge` asks besides.
    """
    of_lines = _licenses.c.line.in_(sorted(str(line) for line in lines))
    there = and_(
        _licenses.c.state.in_(sorted(states)),
        of_lines,
        _licenses.c.status.in_([str(status) for status in IN_FORCE]),
    )
    theirs = exists(select(_licenses.c.state).where(_licenses.c.producer_id == _producers.c.id, there))
    people = (
        tx.execute(select(_producers).where(_producers.c.npn > after, theirs).order_by(_producers.c.npn).limit(limit))
        .mappings()
        .all()
    )
    ids = [row["id"] for row in people]
    at_home = and_(_licenses.c.state == _producers.c.resident_state, of_lines)
    held = (
        select(_licenses)
        .join(_producers, _producers.c.id == _licenses.c.producer_id)
        .where(_licenses.c.producer_id.in_(ids), or_(there, at_home))
    )
    besides = (
        select(_appointments).where(_appointments.c.producer_id.in_(ids), _appointments.c.state.in_(sorted(states))),
        select(_holds).where(_holds.c.producer_id.in_(ids)),
    )
    return _assembled(people, *(tx.execute(query).mappings().all() for query in (held, *besides)))


def _assembled(
    people: Sequence[RowMapping],
    licenses: Sequence[RowMapping],
    appointments: Sequence[RowMapping],
    holds: Sequence[RowMapping],
) -> list[Producer]:
    held, appointed, moved = _by_producer(licenses), _by_producer(appointments), _by_producer(holds)
    return [
        _producer(
            row,
            licenses=held.get(row["id"], []),
            appointments=appointed.get(row["id"], []),
            holds=[hold["state"] for hold in moved.get(row["id"], [])],
        )
        for row in people
    ]


def producer_id_of(tx: Connection, npn: str) -> int | None:
    found: int | None = tx.execute(select(_producers.c.id).where(_producers.c.npn == npn)).scalar()
    return found


_by_phone = select(_producers.c.id).where(_producers.c.phone == bindparam("phone"))


def producer_with_phone(tx: Connection, phone: str) -> int | None:
    """Whose own phone this is (E.164); what comes from it is a command and never a lead."""
    found: int | None = tx.execute(_by_phone, {"phone": phone}).scalar()
    return found


_phone_of = select(_producers.c.phone).where(_producers.c.id == _one)


def phone_of(tx: Connection, producer_id: int) -> str:
    phone: str = tx.execute(_phone_of, {"producer_id": producer_id}).scalar_one()
    return phone


_opened = select(_openings).where(_openings.c.state.in_(bindparam("states", expanding=True)))
_in_territory = select(_territory.c.state).where(
    _territory.c.state.in_(bindparam("states", expanding=True)), _territory.c.zip_code == bindparam("zip_code")
)


def openings(tx: Connection, states: Sequence[State], zip_code: str | None) -> dict[State, Opening]:
    """How `states` stand behind the expansion gate; of a territory only whether `zip_code` is in it."""
    rows = tx.execute(_opened, {"states": list(states)}).mappings().all() if states else []
    inside: set[str] = set()
    if zip_code is not None and any(row["territory"] for row in rows):
        inside = {row[0] for row in tx.execute(_in_territory, {"states": list(states), "zip_code": zip_code})}
    return {row["state"]: _opening(row, zip_code if row["state"] in inside else None) for row in rows}


def _opening(row: RowMapping, zip_inside: str | None) -> Opening:
    zips = frozenset(filter(None, [zip_inside])) if row["territory"] else None
    return Opening(is_open=row["is_open"], zips=zips, agency_until=row["agency_until"])


def _producer(
    row: RowMapping,
    *,
    licenses: Sequence[RowMapping],
    appointments: Sequence[RowMapping],
    holds: Sequence[str],
) -> Producer:
    return Producer(
        producer_id=row["id"],
        npn=row["npn"],
        first_name=row["first_name"],
        last_name=row["last_name"],
        resident_state=row["resident_state"],
        suspended=row["suspended"],
        licenses=tuple(license_of(held) for held in licenses),
        appointments=tuple(_appointment(given) for given in appointments),
        domicile_holds=frozenset(holds),
    )


def license_of(row: RowMapping | Mapping[str, Any]) -> License:
    """A row of `licenses` (or of its history) as the domain's value."""
    return License(
        state=row["state"],
        line=Line(row["line"]),
        license_number=row["license_number"],
        residency=Residency(row["residency"]),
        status=Status(row["status"]),
        effective_on=row["effective_on"],
        expires_on=row["expires_on"],
        perpetual=row["perpetual"],
        authority_from=row["authority_from"],
        authority_until=row["authority_until"],
        verified_at=row["verified_at"],
        stale_at=row["stale_at"],
        version=row["version"],
    )


def _appointment(row: RowMapping) -> Appointment:
    return Appointment(
        state=row["state"],
        carrier=row["carrier"],
        line=Line(row["line"]) if row["line"] else None,
        active=row["active"],
        authority_from=row["authority_from"],
        authority_until=row["authority_until"],
    )


def _by_producer(rows: Sequence[RowMapping]) -> dict[int, list[RowMapping]]:
    grouped: dict[int, list[RowMapping]] = {}
    for row in rows:
        grouped.setdefault(row["producer_id"], []).append(row)
    return grouped
