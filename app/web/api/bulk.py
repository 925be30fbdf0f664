"""Leads in bulk: a vendor's list as a CSV file, taken in by the scheduler, row by row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, ConfigDict

from app.rosters.csv_leads import LARGEST_FILE
from app.storage import bulk, made_files, requested_work
from app.storage.requested_work import DONE, RequestedWork
from app.web.api.bodies import takes_query
from app.web.api.fields import E164, Answer
from app.web.api.keys import key, needs, tools
from app.web.api.problems import Problem
from app.web.api.records import ID
from app.web.api.routes import add, add_file
from app.web.api.uploads import one_file, takes_file
from app.web.attachments import made_file
from app.workflows.leads.ask_bulk import KIND, TooLarge, TooMany, ask_bulk
from app.workflows.leads.asked_campaign import Unmet

RETRY_SECONDS = 60
_ROOM_FOR_MULTIPART = 64 * 1024


class BulkQuery(BaseModel):
    """`campaign` is its number."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    campaign: E164


class BulkAccepted(Answer):
    """Ask at /leads/bulk/{request_id} what became of it."""

    request_id: int
    status: str


class BulkCounts(Answer):
    """Rows of the file by what became of them."""

    added: int
    duplicate: int
    refused: int


class RefusedRow(Answer):
    """A row that was passed over; `column` null where the row as a whole is meant."""

    line: int
    column: str | None
    why: str


class BulkRequest(Answer):
    """`status`: waiting, running, done, or failed, and then `why` says so and nothing was taken. `refused`: the first 200."""

    request_id: int
    status: str
    percent: int
    campaign: str
    asked_at: datetime
    finished_at: datetime | None
    why: str
    counts: BulkCounts | None
    refused: list[RefusedRow]


def add_to(blueprint: APIBlueprint) -> None:
    add(blueprint, "POST", "/leads/bulk", post_bulk, BulkAccepted, status=202, problems=[400, 413, 415, 422, 429])
    add(blueprint, "GET", f"/leads/bulk/{ID}request_id>", get_bulk, BulkRequest, problems=[404])
    path = f"/leads/bulk/{ID}request_id>/file"
    add_file(blueprint, path, get_bulk_file, ["text/csv"], problems=[404])


@needs("vendor", largest_body_bytes=LARGEST_FILE + _ROOM_FOR_MULTIPART)
@takes_file("text/csv")
@takes_query(BulkQuery)
def post_bulk(query: BulkQuery) -> BulkAccepted:
    """A list of leads as CSV, as it is or in a form; wrong rows are told and passed over, right ones are taken."""
    content, file_name = one_file(("text/csv",), "leads.csv", most_bytes=LARGEST_FILE)
    asked = ask_bulk(
        content,
        campaign=query.campaign,
        file_name=file_name,
        key=key(),
        database=tools().database,
        now=tools().clock.now(),
    )
    match asked:
        case Unmet():
            raise Problem(422, f"{asked.field}: {asked.why}", [{"field": asked.field, "message": asked.why}])
        case TooMany():
            raise Problem(429, f"{asked.waiting} lists wait already.", headers={"Retry-After": str(RETRY_SECONDS)})
        case TooLarge():
            raise Problem(413, f"A list is at most {asked.most_bytes} bytes; split it.")
    return BulkAccepted(request_id=asked, status=requested_work.WAITING)


@needs("vendor")
def get_bulk(request_id: int) -> BulkRequest:
    """How far a list is, and what became of its rows."""
    work, counted = _found(request_id)
    found: dict[str, Any] = work.found or {}
    rows, done = counted or (0, 0)
    return BulkRequest(
        request_id=work.id,
        status=work.status,
        percent=100 if work.status == DONE else done * 100 // rows if rows else 0,
        campaign=work.asked["campaign"],
        asked_at=work.asked_at,
        finished_at=work.finished_at,
        why=work.why,
        counts=BulkCounts(**found["counts"]) if found else None,
        refused=[RefusedRow(**row) for row in found.get("refused", [])],
    )


@needs("vendor")
def get_bulk_file(request_id: int) -> Response:
    """The whole result as CSV: line, lead_id, duplicate, states, confidence, error. Kept for 7 days."""
    work, _ = _found(request_id)
    with tools().database.read() as tx:
        found = None if work.found is None else made_files.load(tx, work.found["result"])
    if found is None:
        raise Problem(404, "There is no result yet, or it is not kept any more.")
    return made_file(found, database=tools().database)


def _found(request_id: int) -> tuple[RequestedWork, tuple[int, int] | None]:
    """The request and (rows, done). Another vendor's is answered as one that does not exist."""
    with tools().database.read() as tx:
        work = requested_work.load(tx, request_id)
        vendor_id = key().vendor_id
        if work is None or work.kind != KIND or vendor_id not in (None, work.asked["vendor_id"]):
            raise Problem(404, "Nobody has sent such a list; requests are kept for 30 days.")
        return work, bulk.progress(tx, work.asked["file"])
