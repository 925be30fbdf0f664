"""Audit a report that was uploaded, as requested work: a large one takes longer than a page waits."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from app.rosters.errors import Refusal
from app.storage import uploads
from app.storage.database import Database
from app.workflows.admin.keep_upload import keep_upload, taken_up
from app.workflows.ask_once import ask_once
from app.workflows.errors import CannotBeDone
from app.workflows.licenses.audit_roster import audit_roster
from app.workflows.licenses.their_report import NotAudited

KIND = "audit"
TOLD = 200
"""So many errors of a file are kept with the result; the total is whole."""


def ask_audit(
    content: bytes,
    *,
    file_name: str,
    file_format: str | None,
    npn: str | None,
    whole: bool,
    period: str | None,
    actor: str,
    database: Database,
    now: datetime,
) -> int:
    """Keep the report, and leave its audit to the scheduler. The number of the work."""
    upload = keep_upload(content, file_name=file_name, actor=actor, database=database, now=now)
    asked = {
        "upload": upload.id,
        "file_name": upload.file_name,
        "format": file_format,
        "npn": npn,
        "whole": whole,
        "period": period,
        "actor": actor,
    }
    return ask_once(KIND, asked, actor=actor, database=database, now=now)


def audit_kept(asked: dict[str, Any], database: Database, now: datetime) -> dict[str, Any]:
    """`audit`, its number, and whether it is an earlier one (`again`); or the file's `errors`. Raises CannotBeDone."""
    upload, content = taken_up(asked["upload"], database=database)
    outcome = audit_roster(
        content,
        file_name=upload.file_name,
        file_format=asked["format"],
        npn=asked["npn"],
        whole=asked["whole"],
        period=asked["period"],
        actor=asked["actor"],
        database=database,
        now=now,
    )
    with database.begin() as tx:
        uploads.forget(tx, [upload.id])
    if isinstance(outcome, NotAudited):
        raise CannotBeDone(outcome.why)
    if isinstance(outcome, Refusal):
        return {"errors": [asdict(error) for error in outcome.errors[:TOLD]], "errors_total": outcome.total}
    return {"audit": outcome.audit.id, "again": outcome.again}
