"""Import a kept file, or say what it would change: requested work, because half a million rows take minutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from app.rosters.errors import Refusal
from app.rosters.nipr_values import Unmapped
from app.storage import ledger, uploads
from app.storage.database import Database
from app.storage.uploads import Upload
from app.workflows.admin.keep_upload import taken_up, tells_percent
from app.workflows.errors import CannotBeDone
from app.workflows.licenses.apply_listing import Overtaken
from app.workflows.licenses.exposure import Exposed
from app.workflows.licenses.import_appointments import AppointmentsImported, import_appointments
from app.workflows.licenses.import_nipr import FORMATS as NIPR_FORMATS
from app.workflows.licenses.import_nipr import NiprImported, NotImported, import_nipr
from app.workflows.licenses.import_roster import Imported, import_roster
from app.workflows.licenses.merge_listing import Difference

KIND = "import"
CSV, APPOINTMENTS = "csv", "appointments"
NIPR = NIPR_FORMATS
FORMATS = (CSV, *NIPR, APPOINTMENTS)

TOLD = 200
"""As many of each list are kept with the result; the totals are whole."""

Outcome = Imported | AppointmentsImported | NiprImported | NotImported | Refusal


def import_file(asked: dict[str, Any], database: Database, now: datetime) -> dict[str, Any]:
    """What the file changed; with `dry_run`, or where the roster moved since the preview, what it would change.

    `asked`: as ask_import.py writes it. Raises CannotBeDone.
    """
    with database.read() as tx:
        version = ledger.roster_version(tx)
    upload, content = taken_up(asked["upload"], database=database)
    # What a person agreed to is what they saw, and not what became of it meanwhile.
    is_moved = not asked["dry_run"] and asked["previewed"] != version
    dry_run = bool(asked["dry_run"] or is_moved)
    try:
        outcome = _imported(asked, upload, content, dry_run=dry_run, database=database, now=now)
    except Overtaken as error:
        raise CannotBeDone(
            "somebody else was given one of the file's phones meanwhile, so part of it is missing; import it again"
        ) from error
    applied = not dry_run and not isinstance(outcome, Refusal | NotImported)
    with database.begin() as tx:
        if applied:
            uploads.forget(tx, [upload.id])
        else:
            uploads.set_percent(tx, upload.id, 0)
    return {**_told(outcome), "dry_run": dry_run, "compared_anew": is_moved, "roster_version": version}


def _imported(
    asked: Mapping[str, Any], upload: Upload, content: bytes, *, dry_run: bool, database: Database, now: datetime
) -> Outcome:
    how: dict[str, Any] = {
        "file_name": upload.file_name,
        "actor": asked["actor"],
        "dry_run": dry_run,
        "database": database,
        "now": now,
    }
    progress = tells_percent(upload, database=database)
    if asked["format"] == APPOINTMENTS:
        return import_appointments(content, **how)
    if asked["format"] == CSV:
        return import_roster(content, **how, progress=progress)
    made_on = date.fromisoformat(asked["as_of"]) if asked["as_of"] else None
    return import_nipr(
        content, **how, file_format=asked["format"], npn=asked["npn"], made_on=made_on, progress=progress
    )


# ---- what is told


def _told(outcome: Outcome) -> dict[str, Any]:
    """Every kind of file tells the same things, of which some are empty."""
    found: dict[str, Any] = {
        "version": None,
        "counts": {},
        "errors": [],
        "errors_total": 0,
        "differences": [],
        "differences_total": 0,
        "suspended": [],
        "suspended_total": 0,
        "exposed": [],
        "exposed_total": 0,
        "unmapped": [],
        "unmapped_total": 0,
        "remarks": [],
        "remarks_total": 0,
        "withheld": [],
        "withheld_total": 0,
        "unknown_producers": [],
        "unknown_producers_total": 0,
        "at_home": [],
        "as_of": None,
    }
    match outcome:
        case Refusal():
            found |= {"errors": [asdict(error) for error in outcome.errors[:TOLD]], "errors_total": outcome.total}
        case NotImported():
            error = {"line": 0, "column": "npn", "why": outcome.why, "value": ""}
            found |= {"errors": [error], "errors_total": 1}
        case AppointmentsImported():
            counts = asdict(outcome)
            found |= {"version": outcome.version, "counts": _only_counts(counts)}
        case Imported():
            found |= {"version": outcome.version, "counts": _only_counts(outcome.counts())}
            found |= _differences(outcome.differences, outcome.differences_total) | _exposed(outcome.exposed)
            found["suspended"] = [{"npn": npn, "home": home, "states": []} for npn, home in outcome.moved[:TOLD]]
            found["suspended_total"] = len(outcome.moved)
        case NiprImported():
            found |= _of_report(outcome)
    return found


def _of_report(outcome: NiprImported) -> dict[str, Any]:
    elsewhere, withheld = outcome.resident_elsewhere, outcome.withheld
    counts = {"producers_in_report": outcome.producers, **asdict(outcome.tally), "unroutable": outcome.unroutable}
    return {
        "version": outcome.version,
        "as_of": outcome.as_of.isoformat() if outcome.as_of else None,
        "counts": _only_counts(counts),
        **_differences(outcome.differences, outcome.differences_total),
        **_exposed(outcome.exposed),
        "suspended": [{"npn": one.npn, "home": one.theirs, "states": list(one.held)} for one in elsewhere[:TOLD]],
        "suspended_total": len(elsewhere),
        "unmapped": [_line(one) for one in outcome.unmapped[:TOLD]],
        "unmapped_total": len(outcome.unmapped),
        "remarks": [_line(one) for one in outcome.remarks[:TOLD]],
        "remarks_total": len(outcome.remarks),
        "withheld": [
            {"npn": one.npn, "state": one.state, "loa": str(one.line), "known_since": one.known_at.isoformat()}
            for one in withheld[:TOLD]
        ],
        "withheld_total": len(withheld),
        "unknown_producers": list(outcome.unknown_producers[:TOLD]),
        "unknown_producers_total": len(outcome.unknown_producers),
        "at_home": [{"npn": one.npn, "lifted": list(one.lifted)} for one in outcome.at_home[:TOLD]],
    }


def _only_counts(found: Mapping[str, Any]) -> dict[str, int]:
    return {
        name: value for name, value in found.items() if isinstance(value, int) and name not in ("version", "dry_run")
    }


def _differences(differences: Sequence[Difference], total: int) -> dict[str, Any]:
    told = [{**asdict(each), "line": each.line and str(each.line)} for each in differences[:TOLD]]
    return {"differences": told, "differences_total": total}


def _exposed(exposed: Sequence[Exposed]) -> dict[str, Any]:
    told = [
        {
            "call_sid": each.call_sid,
            "at": each.at.isoformat(),
            "states": list(each.states),
            "npn": each.npn,
            "why": str(each.why),
        }
        for each in exposed[:TOLD]
    ]
    return {"exposed": told, "exposed_total": len(exposed)}


def _line(one: Unmapped) -> dict[str, Any]:
    return {
        "npn": one.npn,
        "state": one.state,
        "license_class": one.license_class,
        "loa": one.loa_name or one.loa_code,
        "status": str(one.status),
        "why": one.why,
        "line_number": one.line_number,
    }
