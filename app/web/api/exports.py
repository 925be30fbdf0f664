"""Everything out, as CSV or JSON lines: asked for, made by the scheduler, fetched."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from apiflask import APIBlueprint
from flask import Response
from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema

from app.storage import made_files, requested_work
from app.storage.exports import EXPORTS
from app.storage.requested_work import RequestedWork
from app.web.api.bodies import takes, takes_query, wrong_field
from app.web.api.fields import Answer, Body
from app.web.api.keys import key, needs, tools
from app.web.api.paging import Page, after_cursor, cursor_after
from app.web.api.problems import Problem
from app.web.api.records import ID
from app.web.api.routes import REFUSES_BODIES, add, add_file
from app.web.attachments import made_file
from app.workflows.data.export import FORMATS, KIND, TooMany, ask_export, wanted
from app.workflows.leads.asked_campaign import Unmet

RETRY_SECONDS = 60
_NEWEST = 2**31 - 1


def _day(value: object) -> date:
    if not isinstance(value, str):
        raise ValueError("a day as YYYY-MM-DD")
    return date.fromisoformat(value)


Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"}, mode="validation")]


class NewExport(Body):
    """`from` and `to` are days of the agency's time zone, both included; only for exports that have an instant."""

    what: Annotated[str, StringConstraints(max_length=40), Field(json_schema_extra={"enum": list(EXPORTS)})]
    format: Annotated[str, StringConstraints(max_length=10), Field(json_schema_extra={"enum": list(FORMATS)})] = "csv"
    from_: Annotated[Day | None, Field(alias="from")] = None
    to: Day | None = None


class ExportAccepted(Answer):
    """Ask at /exports/{id} whether it is done."""

    id: int
    status: str


class ExportShown(Answer):
    """`status`: waiting, running, done, or failed, and then `why` says so. `rows`, `size` (bytes) and `sha256` once done.

    `file_is_kept`: whether it can be fetched; it is for seven days. `since` and `until` are the instants that the days meant.
    """

    id: int
    status: str
    what: str
    format: str
    since: datetime | None
    until: datetime | None
    asked_by: str
    asked_at: datetime
    finished_at: datetime | None
    why: str
    rows: int | None
    size: int | None
    sha256: str | None
    file_is_kept: bool


class ExportsShown(Answer):
    items: list[ExportShown]
    next_cursor: str | None


def add_to(blueprint: APIBlueprint) -> None:
    add(blueprint, "GET", "/exports", list_exports, ExportsShown, problems=[422])
    add(blueprint, "POST", "/exports", post_export, ExportAccepted, status=202, problems=[429, *REFUSES_BODIES])
    add(blueprint, "GET", f"/exports/{ID}export_id>", get_export, ExportShown, problems=[404])
    path = f"/exports/{ID}export_id>/file"
    add_file(blueprint, path, get_export_file, FORMATS.values(), problems=[404])


@needs("data")
@takes_query(Page)
def list_exports(query: Page) -> ExportsShown:
    """Exports that were asked for in the last 30 days, newest first."""
    before = after_cursor(query.cursor) or _NEWEST
    with tools().database.read() as tx:
        found = requested_work.listed(tx, KIND, limit=query.limit + 1, before=before)
        page = [_shown(work, made_files.load(tx, _file(work)) is not None) for work in found[: query.limit]]
    return ExportsShown(items=page, next_cursor=cursor_after(page[-1].id) if len(found) > len(page) else None)


@needs("data")
@takes(NewExport)
def post_export(body: NewExport) -> ExportAccepted:
    """Ask for an export; the scheduler makes the file. Who asked for what is in the ledger."""
    zone = ZoneInfo(tools().settings.time_zone)
    meant = wanted(body.what, body.format, body.from_, body.to, zone=zone)
    if isinstance(meant, Unmet):
        raise wrong_field(meant.field, meant.why)
    asked = ask_export(meant, actor=key().actor, database=tools().database, now=tools().clock.now())
    if isinstance(asked, TooMany):
        raise Problem(429, f"{asked.waiting} exports wait already.", headers={"Retry-After": str(RETRY_SECONDS)})
    return ExportAccepted(id=asked, status=requested_work.WAITING)


@needs("data")
def get_export(export_id: int) -> ExportShown:
    """Whether it is done, and what came of it."""
    with tools().database.read() as tx:
        work = _found(requested_work.load(tx, export_id))
        return _shown(work, made_files.load(tx, _file(work)) is not None)


@needs("data")
def get_export_file(export_id: int) -> Response:
    """The file, kept for seven days."""
    with tools().database.read() as tx:
        found = made_files.load(tx, _file(_found(requested_work.load(tx, export_id))))
    if found is None:
        raise Problem(404, "There is no file yet, or it is not kept any more.")
    return made_file(found, database=tools().database)


def _found(work: RequestedWork | None) -> RequestedWork:
    if work is None or work.kind != KIND:
        raise Problem(404, "Nobody has asked for such an export; requests are kept for 30 days.")
    return work


def _file(work: RequestedWork) -> int:
    return int((work.found or {}).get("file", 0))


def _shown(work: RequestedWork, file_is_kept: bool) -> ExportShown:
    found: dict[str, Any] = work.found or {}
    return ExportShown(
        id=work.id,
        status=work.status,
        what=work.asked["what"],
        format=work.asked["format"],
        since=work.asked["since"],
        until=work.asked["until"],
        asked_by=work.asked_by,
        asked_at=work.asked_at,
        finished_at=work.finished_at,
        why=work.why,
        rows=found.get("rows"),
        size=found.get("size"),
        sha256=found.get("sha256"),
        file_is_kept=file_is_kept,
    )
