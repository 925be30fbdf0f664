"""What the ledger and the attempts say of leads that nobody serves: who was rung, and what was decided last."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select

from app.domain.call import Outcome
from app.domain.licensing import Appointment, Producer, Question, carrier_key
from app.domain.lines import Line
from app.domain.routing import PRESENCE_LASTS
from app.storage import ledger
from app.storage.authority_facts import license_of
from app.storage.desk import Seat
from app.storage.ledger import Entry
from app.storage.models.base import table_of
from app.storage.models.calls import AttemptRow, CallRow
from app.storage.models.desk import PresenceEventRow
from app.storage.models.ledger import LedgerRow
from app.storage.models.roster import AppointmentRow, DomicileHoldRow, LicenseRow, ProducerRow

_calls, _attempts, _ledger = table_of(CallRow), table_of(AttemptRow), table_of(LedgerRow)
_producers, _licenses, _events = table_of(ProducerRow), table_of(LicenseRow), table_of(PresenceEventRow)
_appointments, _holds = table_of(AppointmentRow), table_of(DomicileHoldRow)


@dataclass(frozen=True)
class Rung:
    """One ring of one producer for a lead. `outcome` None: it still rings, or they talk."""

    call_id: int
    npn: str
    name: str
    outcome: Outcome | None
    started_at: datetime


def rung_for(tx: Connection, lead_ids: Collection[int]) -> dict[int, list[Rung]]:
    """Everybody who was rung for these leads, by lead, the oldest ring first. One statement."""
    rows = tx.execute(
        select(
            _calls.c.lead_id,
            _attempts.c.call_id,
            _attempts.c.outcome,
            _attempts.c.started_at,
            _producers.c.npn,
            _producers.c.first_name,
            _producers.c.last_name,
        )
        .join(_calls, _calls.c.id == _attempts.c.call_id)
        .join(_producers, _producers.c.id == _attempts.c.producer_id)
        .where(_calls.c.lead_id.in_(list(lead_ids)))
        .order_by(_attempts.c.id)
    )
    found: dict[int, list[Rung]] = {}
    for row in rows:
        outcome = Outcome(row.outcome) if row.outcome else None
        name = f"{row.first_name} {row.last_name}".strip()
        found.setdefault(row.lead_id, []).append(Rung(row.call_id, row.npn, name, outcome, row.started_at))
    return found


def last_decisions(tx: Connection, lead_ids: Collection[int]) -> dict[int, Entry]:
    """What the gate decided last about each lead's last call, by lead. Two statements."""
    last_call = (
        select(_calls.c.lead_id, func.max(_calls.c.id).label("call_id"))
        .where(_calls.c.lead_id.in_(list(lead_ids)))
        .group_by(_calls.c.lead_id)
        .subquery()
    )
    newest = tx.execute(
        select(last_call.c.lead_id, func.max(_ledger.c.id))
        .join(_ledger, _ledger.c.call_id == last_call.c.call_id)
        .where(_ledger.c.kind == "offer")
        .group_by(last_call.c.lead_id)
    ).all()
    found = ledger.entries(tx, [row[1] for row in newest])
    return {row[0]: found[row[1]] for row in newest}


def asked_about(tx: Connection, question: Question) -> list[Producer]:
    """Everybody on the roster now, by NPN, with only what `judge` reads for this question. Four statements."""
    there = _licenses.c.state.in_(list(question.states))
    some = select(_licenses.c.producer_id).where(there)
    # Of every line: a resident license without the line is another reason than none at all.
    resident = _licenses.c.residency == "resident"
    held = select(_licenses).where(or_(there, resident & _licenses.c.producer_id.in_(some)))
    licenses: dict[int, list[Any]] = {}
    for row in tx.execute(held).mappings():
        licenses.setdefault(row["producer_id"], []).append(license_of(row))
    appointments = _appointed(tx, question)
    holds: dict[int, set[str]] = {}
    for producer_id, state in tx.execute(select(_holds.c.producer_id, _holds.c.state)):
        holds.setdefault(producer_id, set()).add(state)
    return [
        Producer(
            producer_id=row.id,
            npn=row.npn,
            first_name=row.first_name,
            last_name=row.last_name,
            resident_state=row.resident_state,
            suspended=row.suspended,
            licenses=tuple(licenses.get(row.id, ())),
            appointments=tuple(appointments.get(row.id, ())),
            domicile_holds=frozenset(holds.get(row.id, ())),
        )
        for row in tx.execute(select(_producers).order_by(_producers.c.npn))
    ]


def _appointed(tx: Connection, question: Question) -> dict[int, list[Appointment]]:
    found: dict[int, list[Appointment]] = {}
    if question.carrier is None:
        return found
    query = select(_appointments).where(
        _appointments.c.carrier_key == carrier_key(question.carrier),
        _appointments.c.state.in_(list(question.states)),
    )
    for row in tx.execute(query):
        found.setdefault(row.producer_id, []).append(
            Appointment(
                state=row.state,
                carrier=row.carrier,
                line=Line(row.line) if row.line else None,
                active=row.active,
                authority_from=row.authority_from,
                authority_until=row.authority_until,
            )
        )
    return found


def doing_at(tx: Connection, producer_ids: Collection[int], at: datetime) -> dict[int, str]:
    """What these producers were doing at an instant: held, available, wrap_up, away, missed; offline where nothing is known."""
    ids = list(producer_ids)
    seats: dict[int, str] = {}
    rows = tx.execute(
        select(_events.c.producer_id, _events.c.presence, _events.c.free_at, _events.c.present_until)
        .where(_events.c.producer_id.in_(ids), _events.c.at <= at, _events.c.at > at - 2 * PRESENCE_LASTS)
        .order_by(_events.c.id)
    )
    for row in rows:
        seats[row.producer_id] = Seat(
            row.producer_id, row.presence, row.present_until, None, row.free_at, 0
        ).availability(at)
    held = tx.execute(
        select(_attempts.c.producer_id).where(
            _attempts.c.producer_id.in_(ids),
            _attempts.c.started_at < at,
            _attempts.c.started_at > at - PRESENCE_LASTS,
            or_(_attempts.c.ended_at.is_(None), _attempts.c.ended_at > at),
        )
    )
    return {**dict.fromkeys(ids, "offline"), **seats, **{row[0]: "held" for row in held}}
