"""Import a file of carriers' appointments: all of it or nothing, and the second time nothing changes."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from app.domain.licensing import authority_instants
from app.rosters import csv_appointments
from app.rosters.csv_appointments import ListedAppointment
from app.rosters.errors import Problems, Refusal
from app.storage import ledger, roster_import
from app.storage.database import Database
from app.storage.roster_import import CarrierAppointment, Tally
from app.workflows.licenses.files import base_name, sha256
from app.workflows.licenses.import_roster import file_change


@dataclass(frozen=True)
class AppointmentsImported:
    """What the import did; with `dry_run`, what it would do. `version` None: nothing changed, or nothing was to be."""

    version: int | None
    appointments_added: int
    appointments_changed: int
    appointments_unchanged: int
    dry_run: bool


def import_appointments(
    content: bytes, *, file_name: str, actor: str, dry_run: bool, database: Database, now: datetime
) -> AppointmentsImported | Refusal:
    """Add and change what the file says, never remove what it does not say. Every NPN must be on the roster already."""
    listed = csv_appointments.read(content)
    if isinstance(listed, Refusal):
        return listed
    with database.read() if dry_run else database.begin() as tx:
        change = None if dry_run else file_change(tx, content, file_name=file_name, actor=actor, now=now)
        ids = roster_import.ids_of(tx, list(dict.fromkeys(appointment.npn for appointment in listed)))
        if refusal := _unknown(listed, ids.keys()):
            return refusal
        tally = Tally()
        for batch in roster_import.batches(listed):
            tally += roster_import.merge_appointments(tx, [_appointment(item) for item in batch], ids, change)
        imported = AppointmentsImported(
            version=change.version if change else None,
            appointments_added=tally.appointments_added,
            appointments_changed=tally.appointments_changed,
            appointments_unchanged=tally.appointments_unchanged,
            dry_run=dry_run,
        )
        if change is not None:
            facts = {"file_name": base_name(file_name), "file_sha256": sha256(content), **asdict(imported)}
            ledger.write(tx, kind="appointments_imported", now=now, actor=actor, facts=facts)
    return imported


def _unknown(listed: Sequence[ListedAppointment], known: Container[str]) -> Refusal | None:
    problems = Problems()
    for appointment in listed:
        if appointment.npn not in known:
            problems.add(appointment.line_number, "npn", "not on the roster; import the roster first", appointment.npn)
    return problems.refusal()


def _appointment(listed: ListedAppointment) -> CarrierAppointment:
    begins, _ = authority_instants(listed.state, listed.effective_on, None, False)
    # Unlike a license's expiration date, the day of a termination gives no authority any more: unclear, so a no.
    last_day = listed.terminates_on and listed.terminates_on - timedelta(days=1)
    _, ends = authority_instants(listed.state, None, last_day, False)
    return CarrierAppointment(
        npn=listed.npn,
        state=listed.state,
        carrier=listed.carrier,
        line=listed.line,
        active=listed.active,
        effective_on=listed.effective_on,
        terminates_on=listed.terminates_on,
        authority_from=begins,
        authority_until=ends,
    )
