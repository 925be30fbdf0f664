"""Ask for an import: first a preview, and then exactly the file that was previewed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from app.rosters import cells
from app.rosters.csv_table import LARGEST_FILE
from app.rosters.errors import BadCell
from app.storage import requested_work, uploads
from app.storage.database import Database
from app.storage.requested_work import DONE, RequestedWork
from app.workflows.admin.import_file import FORMATS, KIND, NIPR
from app.workflows.admin.keep_upload import keep_upload
from app.workflows.admin.refused import Refused, refused

LARGEST_UPLOAD = LARGEST_FILE


def ask_preview(
    content: bytes,
    *,
    file_name: str,
    file_format: str,
    npn: str,
    made_on: str,
    actor: str,
    database: Database,
    now: datetime,
) -> int | Refused:
    """The number of the requested work that says what the file would change. `npn`, `made_on`: for NIPR reports only."""
    errors: dict[str, str] = {}
    if not content:
        errors["file"] = "choose a file that is not empty"
    if len(content) > LARGEST_UPLOAD:
        errors["file"] = f"larger than {LARGEST_UPLOAD // 1024 // 1024} MB; split it"
    if file_format not in FORMATS:
        errors["format"] = f"expected one of {', '.join(FORMATS)}"
    if file_format not in NIPR and (npn.strip() or made_on.strip()):
        errors["npn" if npn.strip() else "as_of"] = "only for NIPR reports; a roster file says it in its rows"
    else:
        errors |= _wrong_details(npn.strip(), made_on.strip(), now)
    if errors:
        return Refused(errors)
    upload = keep_upload(content, file_name=file_name, actor=actor, database=database, now=now)
    asked = {
        "upload": upload.id,
        "file_name": upload.file_name,
        "sha256": upload.sha256,
        "size": upload.size,
        "format": file_format,
        "npn": npn.strip() or None,
        "as_of": made_on.strip() or None,
        "actor": actor,
        "dry_run": True,
    }
    with database.begin() as tx:
        return requested_work.ask(tx, kind=KIND, asked=asked, asked_by=actor, now=now)


def ask_apply(preview_id: int, *, actor: str, database: Database, now: datetime) -> int | Refused | None:
    """The number of the work that applies what was previewed; None where there is no such preview."""
    with database.begin() as tx:
        preview = requested_work.load(tx, preview_id)
        if preview is None or preview.kind != KIND:
            return None
        found = preview.found
        if preview.status != DONE or found is None or not can_be_applied(preview):
            return refused("", "there is nothing to apply: the preview is not done, or it found errors")
        if uploads.load(tx, preview.asked["upload"]) is None:
            return refused("", "the file is not kept any more; upload it again")
        asked = {**preview.asked, "actor": actor, "dry_run": False, "previewed": found["roster_version"]}
        return requested_work.ask(tx, kind=KIND, asked=asked, asked_by=actor, now=now)


def can_be_applied(preview: RequestedWork) -> bool:
    """Whether it said what would change, and found no errors: a preview, or what was compared anew instead of applied."""
    found: Mapping[str, Any] | None = preview.found
    return preview.status == DONE and found is not None and found["dry_run"] and not found["errors_total"]


def _wrong_details(npn: str, made_on: str, now: datetime) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if npn:
        try:
            cells.npn(npn)
        except BadCell as bad:
            wrong["npn"] = str(bad)
    if made_on:
        try:
            day = date.fromisoformat(made_on)
        except ValueError:
            wrong["as_of"] = "expected a day as YYYY-MM-DD"
        else:
            if day > now.date():
                wrong["as_of"] = "that day has not come yet"
    return wrong
