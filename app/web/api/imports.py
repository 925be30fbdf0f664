"""GET /producers/{npn} and POST /roster/imports: the roster, as the command has it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime

from apiflask import APIBlueprint
from pydantic import BaseModel, ConfigDict

from app.domain.licensing import License
from app.rosters.csv_roster import PERPETUAL
from app.rosters.csv_table import LARGEST_FILE
from app.rosters.errors import Refusal
from app.storage import education
from app.storage import roster as storage
from app.web.api import nipr
from app.web.api.bodies import takes_query
from app.web.api.fields import Answer, Npn
from app.web.api.keys import key, needs, tools
from app.web.api.presence import is_npn, nobody
from app.web.api.problems import Problem
from app.web.api.routes import add
from app.web.api.uploads import one_file, takes_file
from app.workflows.licenses.import_nipr import NotImported, import_nipr
from app.workflows.licenses.import_roster import import_roster

SHOWN = 100
"""As many errors of one file are told."""

_FILES = ("text/csv", "text/xml", "application/xml")
_ROOM_FOR_MULTIPART = 64 * 1024


class LicenseShown(Answer):
    state: str
    loa: str
    license_number: str
    residency: str
    status: str
    effective_date: str | None
    expiration_date: str | None
    verified_at: datetime
    authority_from: datetime | None
    authority_until: datetime | None


class EducationShown(Answer):
    """Continuing education in one state, as the last report had it; null: not told."""

    compliant: bool | None
    renewal_date: date | None
    credits_needed: int | None
    seen_at: datetime


class ProducerShown(Answer):
    """The shape of `threegate roster show --json`. `education` is by state, and empty where no report told of any."""

    npn: str
    first_name: str
    last_name: str
    email: str
    phone: str
    resident_state: str
    suspended: bool
    licenses: list[LicenseShown]
    education: dict[str, EducationShown]


class ImportQuery(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    format: nipr.FORMATS = "csv"
    npn: Npn | None = None
    as_of: date | None = None
    dry_run: bool = False
    file_name: str = "roster.csv"


class ImportDone(Answer):
    """`version` is null where nothing changed; `unroutable` licenses have a date that is not known.

    `report` says more of a NIPR report; null for a roster file.
    """

    version: int | None
    producers_added: int
    producers_changed: int
    licenses_added: int
    licenses_changed: int
    licenses_unchanged: int
    unroutable: int
    dry_run: bool
    report: nipr.NiprReportShown | None = None


def add_to(blueprint: APIBlueprint) -> None:
    add(blueprint, "GET", "/producers/<npn>", get_producer, ProducerShown, problems=[404])
    add(blueprint, "POST", "/roster/imports", import_file, ImportDone, problems=[413, 415, 422])


@needs("roster")
def get_producer(npn: str) -> ProducerShown:
    """A producer with every license."""
    with tools().database.read() as tx:
        shown = storage.show(tx, npn) if is_npn(npn) else None
        standings = education.of_producer(tx, npn) if shown else {}
    if shown is None:
        raise nobody()
    return ProducerShown(
        **asdict(shown.person),
        suspended=shown.suspended,
        licenses=[_license(held) for held in shown.licenses],
        education={
            state: EducationShown(
                compliant=one.compliant,
                renewal_date=one.renewal_on,
                credits_needed=one.credits_needed,
                seen_at=one.seen_at,
            )
            for state, one in standings.items()
        },
    )


def _license(held: License) -> LicenseShown:
    expires_on = held.expires_on.isoformat() if held.expires_on else None
    return LicenseShown(
        state=held.state,
        loa=held.line,
        license_number=held.license_number,
        residency=held.residency,
        status=held.status,
        effective_date=held.effective_on.isoformat() if held.effective_on else None,
        expiration_date=PERPETUAL if held.perpetual else expires_on,
        verified_at=held.verified_at,
        authority_from=held.authority_from,
        authority_until=held.authority_until,
    )


@needs("roster", largest_body_bytes=LARGEST_FILE + _ROOM_FOR_MULTIPART)
@takes_file(*_FILES)
@takes_query(ImportQuery)
def import_file(query: ImportQuery) -> ImportDone:
    """Import a roster file or a NIPR report, as it is or in a form; all of it or nothing, and nothing the second time."""
    content, file_name = one_file(_FILES, query.file_name)
    if query.format != "csv":
        return _import_nipr(content, file_name, query)
    if query.npn is not None or query.as_of is not None:
        raise Problem(422, "npn and as_of are for NIPR reports.", [{"field": "format", "message": "csv"}])
    outcome = import_roster(
        content,
        file_name=file_name,
        actor=key().actor,
        dry_run=query.dry_run,
        database=tools().database,
        now=tools().clock.now(),
    )
    if isinstance(outcome, Refusal):
        raise _refused(outcome)
    return ImportDone(**asdict(outcome))


def _import_nipr(content: bytes, file_name: str, query: ImportQuery) -> ImportDone:
    outcome = import_nipr(
        content,
        file_name=file_name,
        file_format=query.format,
        npn=query.npn,
        made_on=query.as_of,
        actor=key().actor,
        dry_run=query.dry_run,
        database=tools().database,
        now=tools().clock.now(),
    )
    if isinstance(outcome, Refusal):
        raise _refused(outcome)
    if isinstance(outcome, NotImported):
        raise Problem(422, f"Nothing was imported: {outcome.why}.", [{"field": "npn", "message": outcome.why}])
    tally = outcome.tally
    return ImportDone(
        version=outcome.version,
        producers_added=tally.producers_added,
        producers_changed=tally.producers_changed,
        licenses_added=tally.licenses_added,
        licenses_changed=tally.licenses_changed,
        licenses_unchanged=tally.licenses_unchanged,
        unroutable=outcome.unroutable,
        dry_run=outcome.dry_run,
        report=nipr.report_shown(outcome),
    )


def _refused(refusal: Refusal) -> Problem:
    """Every wrong line and column, the first hundred of them."""
    errors = [
        {"line": error.line, "column": error.column, "message": error.why, "value": error.value}
        for error in refusal.errors[:SHOWN]
    ]
    many = "error" if refusal.total == 1 else "errors"
    return Problem(422, f"{refusal.total} {many}; nothing was imported.", errors)
