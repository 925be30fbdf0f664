"""One person's data: all of it as a file, or erased. Both are done by the scheduler."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Self

from apiflask import APIBlueprint
from flask import Response
from pydantic import Field, StringConstraints, model_validator

from app.storage import made_files, requested_work
from app.storage.requested_work import RequestedWork
from app.web.api.bodies import takes, wrong_field
from app.web.api.fields import E164, Answer, Body, example, one_of
from app.web.api.keys import key, needs, tools
from app.web.api.problems import Problem
from app.web.api.records import ID
from app.web.api.routes import REFUSES_BODIES, add, add_file
from app.web.attachments import made_file
from app.workflows.data.ask_person import KINDS, TooMany, ask_erasure, ask_person_export
from app.workflows.data.erase_person import LONGEST_REASON, NotNow
from app.workflows.data.meant_person import Meant
from app.workflows.leads.asked_campaign import Unmet

RETRY_SECONDS = 60
LeadId = Annotated[int, Field(ge=1, le=2**31 - 1)]


class PersonAsked(Body):
    """Who is meant: one of `phone` and `lead_id`."""

    model_config = example(phone="+16145550150")

    phone: E164 | None = None
    lead_id: LeadId | None = None

    @model_validator(mode="after")
    def _one_person(self) -> Self:
        one_of(phone=self.phone, lead_id=self.lead_id)
        return self

    @property
    def meant(self) -> Meant:
        return Meant(self.phone, self.lead_id)


class Erasure(PersonAsked):
    """`confirm` is the number in E.164 (or the lead's id) once more. `reason` stays in the ledger: it must not name them."""

    model_config = example(phone="+16145550150", confirm="+16145550150", reason="Asked for in writing.")

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_REASON)]
    confirm: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)]


class PersonAccepted(Answer):
    """Ask at /people/requests/{request_id} what became of it."""

    request_id: int
    status: str


class KeptShown(Answer):
    """Something that stays: until when (empty: for good), and why."""

    what: str
    count: int
    until: str
    why: str


class PersonRequest(Answer):
    """`status`: waiting, running, done, or failed, and then `why` says so.

    Of an export `file_is_kept` says whether its file can be fetched. Of an erasure `erased` counts rows by table, `kept` is what
    stays; `nothing_there`: there was nothing of that person (any more).
    """

    request_id: int
    kind: str
    status: str
    asked_by: str
    asked_at: datetime
    finished_at: datetime | None
    why: str
    file_is_kept: bool
    nothing_there: bool | None
    erased: dict[str, int] | None
    kept: list[KeptShown] | None
    ledger_entry: int | None


def add_to(blueprint: APIBlueprint) -> None:
    may = [409, 429, *REFUSES_BODIES]
    add(blueprint, "POST", "/people/export", post_person_export, PersonAccepted, status=202, problems=may)
    add(blueprint, "POST", "/people/erase", post_erasure, PersonAccepted, status=202, problems=may)
    path = f"/people/requests/{ID}request_id>"
    add(blueprint, "GET", path, get_person_request, PersonRequest, problems=[404])
    add_file(blueprint, f"{path}/file", get_person_file, ["application/json"], problems=[404])


@needs("data")
@takes(PersonAsked)
def post_person_export(body: PersonAsked) -> PersonAccepted:
    """Ask for everything that is stored of one person, as a JSON file."""
    now = tools().clock.now()
    return _accepted(ask_person_export(body.meant, actor=key().actor, database=tools().database, now=now))


@needs("data")
@takes(Erasure)
def post_erasure(body: Erasure) -> PersonAccepted:
    """Ask that a person be erased: for good. 409 while a call of theirs is live."""
    asked = ask_erasure(
        body.meant,
        reason=body.reason,
        confirm=body.confirm,
        actor=key().actor,
        folder=tools().settings.journal_dir,
        database=tools().database,
        now=tools().clock.now(),
    )
    return _accepted(asked)


def _accepted(asked: int | Unmet | NotNow | TooMany) -> PersonAccepted:
    match asked:
        case Unmet():
            raise wrong_field(asked.field, asked.why)
        case NotNow():
            raise Problem(409, f"Not now: {asked.why}.")
        case TooMany():
            raise Problem(429, f"{asked.waiting} requests wait already.", headers={"Retry-After": str(RETRY_SECONDS)})
    return PersonAccepted(request_id=asked, status=requested_work.WAITING)


@needs("data")
def get_person_request(request_id: int) -> PersonRequest:
    """What became of an export or an erasure."""
    work, file_is_kept = _found(request_id)
    found: dict[str, Any] = work.found or {}
    kept = found.get("kept")
    return PersonRequest(
        request_id=work.id,
        kind=work.kind,
        status=work.status,
        asked_by=work.asked_by,
        asked_at=work.asked_at,
        finished_at=work.finished_at,
        why=work.why,
        file_is_kept=file_is_kept,
        nothing_there=found.get("nothing_there"),
        erased=found.get("erased"),
        kept=None if kept is None else [KeptShown(**one) for one in kept],
        ledger_entry=found.get("ledger_entry"),
    )


@needs("data")
def get_person_file(request_id: int) -> Response:
    """The person's data as JSON, kept for seven days, or until they are erased."""
    work, _ = _found(request_id)
    with tools().database.read() as tx:
        found = made_files.load(tx, _file(work))
    if found is None:
        raise Problem(404, "There is no file yet, or it is not kept any more.")
    return made_file(found, database=tools().database)


def _found(request_id: int) -> tuple[RequestedWork, bool]:
    with tools().database.read() as tx:
        work = requested_work.load(tx, request_id)
        if work is None or work.kind not in KINDS:
            raise Problem(404, "Nobody has asked for that; requests are kept for 30 days.")
        return work, made_files.load(tx, _file(work)) is not None


def _file(work: RequestedWork) -> int:
    return int((work.found or {}).get("file", 0))
