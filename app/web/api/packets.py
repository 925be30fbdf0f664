"""Packets of evidence: asked for, made by the scheduler, fetched as a ZIP file."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import Response
from pydantic import ConfigDict, Field, StringConstraints, model_validator

from app.storage import made_files, requested_work
from app.storage.requested_work import RequestedWork
from app.web.api.bodies import takes, wrong_field
from app.web.api.exports import Day
from app.web.api.fields import Answer, Body, Npn, StateText, example, one_of
from app.web.api.keys import key, needs, tools
from app.web.api.problems import Problem
from app.web.api.records import ID
from app.web.api.routes import REFUSES_BODIES, add, add_file
from app.web.attachments import made_file
from app.workflows.leads.asked_campaign import Unmet
from app.workflows.packet.asked import asked
from app.workflows.packet.requested import KIND, MEDIA_TYPE, MOST_WAITING, ask_packet

RETRY_SECONDS = 60


class NewPacket(Body):
    """Exactly one of `state`, `npn` and `call_sid`. `from` and `to` are days of the agency's time zone, both included, and not
    for a call."""

    model_config = example(state="OH")

    state: StateText | None = None
    npn: Npn | None = None
    call_sid: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,34}$")] | None = None
    from_: Annotated[Day | None, Field(alias="from")] = None
    to: Day | None = None

    @model_validator(mode="after")
    def _about_one(self) -> NewPacket:
        one_of(state=self.state, npn=self.npn, call_sid=self.call_sid)
        return self


class PacketAccepted(Answer):
    """Ask at /packets/{id} whether it is done."""

    id: int
    status: str


class PacketShown(Answer):
    """`status`: waiting, running, done, or failed, and then `why` says so. `calls` to `manifest_sha256` once done.

    `file_is_kept`: whether it can be fetched; it is for seven days.
    """

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    id: int
    status: str
    state: str | None
    npn: str | None
    call_sid: str | None
    from_: date | None = Field(alias="from")
    to: date | None
    asked_by: str
    asked_at: datetime
    finished_at: datetime | None
    why: str
    calls: int | None
    decisions: int | None
    size: int | None
    sha256: str | None
    manifest_sha256: str | None
    file_is_kept: bool


def add_to(blueprint: APIBlueprint) -> None:
    add(blueprint, "POST", "/packets", post_packet, PacketAccepted, status=202, problems=[429, *REFUSES_BODIES])
    add(blueprint, "GET", f"/packets/{ID}packet_id>", get_packet, PacketShown, problems=[404])
    add_file(blueprint, f"/packets/{ID}packet_id>/file", get_packet_file, [MEDIA_TYPE], problems=[404])


@needs("data")
@takes(NewPacket)
def post_packet(body: NewPacket) -> PacketAccepted:
    """Ask for a packet; the scheduler makes it. That it was made is in the ledger."""
    with tools().database.read() as tx:
        meant = asked(
            tx,
            state=body.state,
            npn=body.npn,
            call_sid=body.call_sid,
            first=body.from_,
            last=body.to,
            zone=tools().settings.time_zone,
        )
    if isinstance(meant, Unmet):
        raise wrong_field(meant.field, meant.why)
    request_id = ask_packet(meant, actor=key().actor, database=tools().database, now=tools().clock.now())
    if request_id is None:
        raise Problem(429, f"{MOST_WAITING} packets wait already.", headers={"Retry-After": str(RETRY_SECONDS)})
    return PacketAccepted(id=request_id, status=requested_work.WAITING)


@needs("data")
def get_packet(packet_id: int) -> PacketShown:
    """Whether it is done, and what came of it."""
    with tools().database.read() as tx:
        work = _found(requested_work.load(tx, packet_id))
        return _shown(work, made_files.load(tx, _file(work)) is not None)


@needs("data")
def get_packet_file(packet_id: int) -> Response:
    """The ZIP file, kept for seven days."""
    with tools().database.read() as tx:
        found = made_files.load(tx, _file(_found(requested_work.load(tx, packet_id))))
    if found is None:
        raise Problem(404, "There is no file yet, or it is not kept any more.")
    return made_file(found, database=tools().database)


def _found(work: RequestedWork | None) -> RequestedWork:
    if work is None or work.kind != KIND:
        raise Problem(404, "Nobody has asked for such a packet; requests are kept for 30 days.")
    return work


def _file(work: RequestedWork) -> int:
    return int((work.found or {}).get("file", 0))


def _shown(work: RequestedWork, file_is_kept: bool) -> PacketShown:
    found: dict[str, Any] = work.found or {}
    return PacketShown(
        id=work.id,
        status=work.status,
        state=work.asked.get("state"),
        npn=work.asked.get("npn"),
        call_sid=work.asked.get("call_sid"),
        from_=work.asked.get("from"),
        to=work.asked.get("to"),
        asked_by=work.asked_by,
        asked_at=work.asked_at,
        finished_at=work.finished_at,
        why=work.why,
        calls=found.get("calls"),
        decisions=found.get("decisions"),
        size=found.get("size"),
        sha256=found.get("sha256"),
        manifest_sha256=found.get("manifest_sha256"),
        file_is_kept=file_is_kept,
    )
