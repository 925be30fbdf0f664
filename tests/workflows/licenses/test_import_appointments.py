from __future__ import annotations

from datetime import UTC, datetime

from app.domain.licensing import Appointment
from app.domain.lines import Line
from app.rosters.errors import Refusal
from app.storage import authority_facts
from app.storage.database import Database
from app.workflows.licenses.import_appointments import AppointmentsImported, import_appointments
from app.workflows.licenses.import_roster import import_roster
from tests.rosters.files import appointment, appointments_csv, roster_csv, row

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)


def hire_ana(database: Database) -> None:
    import_roster(roster_csv(row()), file_name="r", actor="test", dry_run=False, database=database, now=NOW)


def outcome_of(database: Database, content: bytes, *, dry_run: bool = False) -> AppointmentsImported | Refusal:
    return import_appointments(
        content, file_name="appointments.csv", actor="test", dry_run=dry_run, database=database, now=NOW
    )


def appointments_of_ana(database: Database) -> tuple[Appointment, ...]:
    with database.read() as tx:
        producer_id = authority_facts.producer_id_of(tx, "1234567")
        assert producer_id is not None
        producer = authority_facts.producer(tx, producer_id)
    assert producer is not None
    return producer.appointments


def test_appointments_are_added_once(database: Database) -> None:
    hire_ana(database)
    content = appointments_csv(appointment(), appointment(carrier="Zenith", loa=""))

    assert outcome_of(database, content) == AppointmentsImported(2, 2, 0, 0, dry_run=False)
    assert outcome_of(database, content) == AppointmentsImported(None, 0, 0, 2, dry_run=False)
    assert {(given.carrier, given.line, given.active) for given in appointments_of_ana(database)} == {
        ("Acme Life", Line.LIFE, True),
        ("Zenith", None, True),
    }


def test_the_day_of_a_termination_gives_no_authority_any_more(database: Database) -> None:
    hire_ana(database)

    outcome_of(database, appointments_csv(appointment(effective_date="2026-01-01", termination_date="2026-11-18")))

    [given] = appointments_of_ana(database)
    assert given.authority_from == datetime(2026, 1, 1, 5, tzinfo=UTC)
    assert given.authority_until == datetime(2026, 11, 18, 5, tzinfo=UTC)


def test_an_appointment_without_a_beginning_is_never_in_force(database: Database) -> None:
    hire_ana(database)

    outcome_of(database, appointments_csv(appointment(effective_date="")))

    [given] = appointments_of_ana(database)
    assert (given.authority_from, given.authority_until) == (None, None)


def test_a_termination_is_a_change_of_the_roster(database: Database) -> None:
    hire_ana(database)
    outcome_of(database, appointments_csv(appointment()))

    changed = outcome_of(database, appointments_csv(appointment(status="terminated")))

    assert changed == AppointmentsImported(3, 0, 1, 0, dry_run=False)
    assert [given.active for given in appointments_of_ana(database)] == [False]


def test_an_unknown_producer_refuses_the_whole_file(database: Database) -> None:
    hire_ana(database)

    refusal = outcome_of(database, appointments_csv(appointment(), appointment(npn="99")))

    assert isinstance(refusal, Refusal)
    assert [(error.line, error.column) for error in refusal.errors] == [(3, "npn")]
    assert appointments_of_ana(database) == ()


def test_a_dry_run_writes_nothing(database: Database) -> None:
    hire_ana(database)

    assert outcome_of(database, appointments_csv(appointment()), dry_run=True) == AppointmentsImported(
        None, 1, 0, 0, dry_run=True
    )
    assert appointments_of_ana(database) == ()
