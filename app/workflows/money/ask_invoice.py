"""Ask for an invoice to be received, as requested work: tens of thousands of lines take longer than a page waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.rosters.errors import Refusal
from app.storage import uploads
from app.storage.database import Database
from app.workflows.admin.keep_upload import keep_upload, taken_up, tells_percent
from app.workflows.ask_once import ask_once
from app.workflows.errors import CannotBeDone
from app.workflows.money.receive_invoice import NoSuchVendor, receive_invoice

KIND = "invoice"
TOLD = 200
"""So many errors of a file are kept with the result; the total is whole."""


def ask_invoice(
    content: bytes,
    *,
    file_name: str,
    vendor: str,
    columns: Mapping[str, str],
    zone: ZoneInfo,
    actor: str,
    database: Database,
    now: datetime,
) -> int:
    """Keep the file, and leave the rest to the scheduler. The number of the work. The window for disputes begins now."""
    upload = keep_upload(content, file_name=file_name, actor=actor, database=database, now=now)
    asked = {
        "upload": upload.id,
        "file_name": upload.file_name,
        "vendor": vendor,
        "columns": dict(columns),
        "time_zone": str(zone),
        "received_at": now.isoformat(),
        "actor": actor,
    }
    return ask_once(KIND, asked, actor=actor, database=database, now=now)


def invoice_kept(asked: dict[str, Any], database: Database, now: datetime) -> dict[str, Any]:
    """`invoice`, its number, and whether it is an earlier one (`again`); or the file's `errors`. Raises CannotBeDone."""
    upload, content = taken_up(asked["upload"], database=database)
    outcome = receive_invoice(
        content,
        file_name=upload.file_name,
        vendor=asked["vendor"],
        columns=asked["columns"],
        zone=ZoneInfo(asked["time_zone"]),
        actor=asked["actor"],
        database=database,
        received_at=datetime.fromisoformat(asked["received_at"]),
        now=lambda: now,
        progress=tells_percent(upload, database=database),
    )
    with database.begin() as tx:
        uploads.forget(tx, [upload.id])
    if isinstance(outcome, NoSuchVendor):
        raise CannotBeDone(f"there is no vendor {outcome.slug!r}")
    if isinstance(outcome, Refusal):
        return {"errors": [asdict(error) for error in outcome.errors[:TOLD]], "errors_total": outcome.total}
    return {"invoice": outcome.invoice.id, "again": outcome.again, "unused": list(outcome.unused)}
