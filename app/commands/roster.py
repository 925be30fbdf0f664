"""`threegate roster …`: who is licensed for what."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

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
from app.domain.licensing import License
from app.rosters.csv_roster import PERPETUAL
from app.rosters.csv_table import LARGEST_FILE
from app.rosters.errors import Refusal, shortened
from app.storage import roster as storage
from app.storage.roster import Shown
from app.workflows.licenses.import_appointments import AppointmentsImported, import_appointments
from app.workflows.licenses.import_roster import Imported, import_roster

_VERBS = {"csv": import_roster, "appointments": import_appointments}


@click.group()
def roster() -> None:
    """Producers and their licenses."""


@roster.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--format", "kind", type=click.Choice(list(_VERBS)), default="csv", show_default=True)
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--json", "as_json", is_flag=True)
def import_(file: Path, kind: str, dry_run: bool, as_json: bool) -> None:
    """Add and change what FILE says; all of it or nothing, and nothing the second time."""
    content = read_file(file, LARGEST_FILE)
    with_ = command_tools()
    verb = _VERBS[kind]
    outcome = verb(
        content,
        file_name=file.name,
        actor=operator(),
        dry_run=dry_run,
        database=with_.database,
        now=with_.clock.now(),
    )
    if isinstance(outcome, Refusal):
        refuse_file(file, outcome, as_json=as_json)
    if as_json:
        print_json(asdict(outcome))
    else:
        click.echo(_told(outcome))


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
    if shown is None:
        refuse(f"no producer has NPN {shortened(npn)}", code=1)
    if as_json:
        print_json(as_object(shown))
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
