"""`threegate roster …`: who is licensed for what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypedDict

import click

from app.commands import nipr_told
from app.commands.audit import audit_file
from app.commands.differences import difference_lines, difference_objects, exposed_lines, exposed_objects
from app.commands.moves import Day
from app.commands.output import (
    command_tools,
    instant,
    operator,
    print_json,
    print_table,
    read_file,
    refuse,
    refuse_file,
)
from app.commands.progress import percent_done
from app.domain.licensing import License
from app.rosters.csv_roster import PERPETUAL
from app.rosters.csv_table import LARGEST_FILE
from app.rosters.errors import Refusal, shortened
from app.storage import education
from app.storage import roster as storage
from app.storage.database import Database
from app.storage.education import Standing
from app.storage.roster import Shown
from app.workflows.licenses.apply_listing import Overtaken
from app.workflows.licenses.import_appointments import AppointmentsImported, import_appointments
from app.workflows.licenses.import_nipr import FORMATS as NIPR_FORMATS
from app.workflows.licenses.import_roster import Imported, import_roster

CSV, APPOINTMENTS = "csv", "appointments"


class _How(TypedDict):
    """What every import is told."""

    file_name: str
    actor: str
    dry_run: bool
    database: Database
    now: datetime


@click.group()
def roster() -> None:
    """Producers and their licenses."""


roster.add_command(audit_file)


@roster.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--format", "kind", type=click.Choice([CSV, APPOINTMENTS, *NIPR_FORMATS]), default=CSV, show_default=True)
@click.option("--npn", help="Whose report it is, where a NIPR report does not say.")
@click.option("--as-of", "made_on", type=Day(), help="The day of a NIPR report that does not say its own.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--json", "as_json", is_flag=True)
def import_(file: Path, kind: str, npn: str | None, made_on: date | None, dry_run: bool, as_json: bool) -> None:
    """Add and change what FILE says; all of it or nothing, and nothing the second time."""
    if kind in NIPR_FORMATS:
        nipr_told.import_report(file, kind, npn=npn, made_on=made_on, dry_run=dry_run, as_json=as_json)
        return
    if npn is not None or made_on is not None:
        refuse("--npn and --as-of are for NIPR reports")
    content = read_file(file, LARGEST_FILE)
    with_ = command_tools()
    how: _How = {
        "file_name": file.name,
        "actor": operator(),
        "dry_run": dry_run,
        "database": with_.database,
        "now": with_.clock.now(),
    }
    if kind == APPOINTMENTS:
        outcome: Imported | AppointmentsImported | Refusal = import_appointments(content, **how)
    else:
        try:
            with percent_done(f"Importing {file.name}") as progress:
                outcome = import_roster(content, **how, progress=progress)
        except Overtaken:
            refuse(
                f"{file}: somebody else was given one of its phones meanwhile, so part of it is missing; import it again"
            )
    if isinstance(outcome, Refusal):
        refuse_file(file, outcome, as_json=as_json)
    if as_json:
        print_json(_imported_object(outcome))
        return
    if isinstance(outcome, Imported):
        for line in difference_lines(outcome.differences, outcome.differences_total):
            click.echo(line)
        for npn, home in outcome.moved:
            click.echo(
                f"NPN {npn} is resident in {home} by this file: {'would be' if dry_run else 'is'} suspended as after a move; "
                f"see `threegate producer move {npn}`"
            )
        for line in exposed_lines(outcome.exposed):
            click.echo(line)
    click.echo(_told(outcome))


def _imported_object(outcome: Imported | AppointmentsImported) -> dict[str, Any]:
    if isinstance(outcome, AppointmentsImported):
        return asdict(outcome)
    return {
        **outcome.counts(),
        "differences_total": outcome.differences_total,
        "differences": difference_objects(outcome.differences),
        "exposed": exposed_objects(outcome.exposed),
        "moved": [{"npn": npn, "resident_state": home} for npn, home in outcome.moved],
    }


def _told(outcome: Imported | AppointmentsImported) -> str:
    if isinstance(outcome, Imported):
        what = (
            f"producers: {outcome.producers_added} added, {outcome.producers_changed} changed; "
            f"licenses: {outcome.licenses_added} added, {outcome.licenses_changed} changed, "
            f"{outcome.licenses_unchanged} as they were"
        )
        if outcome.unroutable:
            what += f"; {outcome.unroutable} with a date not known, never routable"
    else:
        what = (
            f"appointments: {outcome.appointments_added} added, {outcome.appointments_changed} changed, "
            f"{outcome.appointments_unchanged} as they were"
        )
    if outcome.dry_run:
        return f"would be, nothing was written: {what}"
    return f"roster version {outcome.version}: {what}" if outcome.version else f"nothing changed: {what}"


@roster.command()
@click.option("--npn", required=True)
@click.option("--json", "as_json", is_flag=True)
def show(npn: str, as_json: bool) -> None:
    """One producer with every license."""
    with command_tools().database.read() as tx:
        shown = storage.show(tx, npn) if npn.isascii() and npn.isdigit() else None
        standings = education.of_producer(tx, npn) if shown else {}
    if shown is None:
        refuse(f"no producer has NPN {shortened(npn)}", code=1)
    if as_json:
        print_json(as_object(shown) | _education_object(standings))
        return
    person = shown.person
    suspended = ", suspended" if shown.suspended else ""
    click.echo(
        f"NPN {person.npn}, {person.first_name} {person.last_name}, {person.email}, {person.phone}, "
        f"resident in {person.resident_state}{suspended}"
    )
    licenses = [_license_object(license_) for license_ in shown.licenses]
    header = ("state", "loa", "license_number", "residency", "status", "effective_date", "expiration_date")
    print_table(header, ([license_[name] or "not known" for name in header] for license_ in licenses))
    for state, standing in standings.items():
        click.echo(f"education in {state}: {_standing_told(standing)}")


def as_object(shown: Shown) -> dict[str, Any]:
    """The shape of `roster show --json`, on which other programs rely (INTERFACE.md section 3)."""
    person = shown.person
    return {
        "npn": person.npn,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "email": person.email,
        "phone": person.phone,
        "resident_state": person.resident_state,
        "suspended": shown.suspended,
        "licenses": [_license_object(license_) for license_ in shown.licenses],
    }


def _education_object(standings: Mapping[str, Standing]) -> dict[str, Any]:
    """The extra object of `roster show --json`, by state; not there where no report has told of education."""
    if not standings:
        return {}
    return {
        "education": {
            state: {
                "compliant": one.compliant,
                "renewal_date": one.renewal_on.isoformat() if one.renewal_on else None,
                "credits_needed": one.credits_needed,
                "seen_at": instant(one.seen_at),
            }
            for state, one in standings.items()
        }
    }


def _standing_told(one: Standing) -> str:
    compliant = {None: "not told whether compliant", True: "compliant", False: "not compliant"}[one.compliant]
    due = f", due {one.renewal_on}" if one.renewal_on else ""
    owed = f", {one.credits_needed} credits needed" if one.credits_needed is not None else ""
    return f"{compliant}{due}{owed} (seen {one.seen_at:%Y-%m-%d})"


def _license_object(license_: License) -> dict[str, str | None]:
    expires_on = license_.expires_on.isoformat() if license_.expires_on else None
    return {
        "state": license_.state,
        "loa": str(license_.line),
        "license_number": license_.license_number,
        "residency": str(license_.residency),
        "status": str(license_.status),
        "effective_date": license_.effective_on.isoformat() if license_.effective_on else None,
        "expiration_date": PERPETUAL if license_.perpetual else expires_on,
        "verified_at": instant(license_.verified_at),
        "authority_from": instant(license_.authority_from),
        "authority_until": instant(license_.authority_until),
    }
