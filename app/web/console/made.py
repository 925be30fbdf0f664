"""Files that were asked for on a page: the list of them while they are made, and the way to fetch one."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, abort

from app.storage import made_files, requested_work
from app.storage.requested_work import RUNNING, WAITING, RequestedWork
from app.web.attachments import made_file
from app.web.console.doors import read, tools

STOP_ASKING = 286
"""htmx shows the fragment and asks no more. Source: htmx 2, hx-trigger, "Polling"."""


@dataclass(frozen=True)
class AskedFor:
    """The newest requests of one kind; `kept` are those whose file is still there."""

    works: list[RequestedWork]
    kept: set[int]

    @property
    def goes_on(self) -> bool:
        """Whether one of them waits or is being made."""
        return any(work.status in (WAITING, RUNNING) for work in self.works)


def asked_for(kind: str, *, most: int) -> AskedFor:
    with read() as tx:
        works = requested_work.listed(tx, kind, limit=most)
        return AskedFor(works, {work.id for work in works if made_files.load(tx, file_of(work)) is not None})


def fetch(kind: str, work_id: int) -> Response:
    """The file that came of this request; 404 where there is none, or not any more."""
    with read() as tx:
        work = requested_work.load(tx, work_id)
        if work is None or work.kind != kind:
            abort(404)
        found = made_files.load(tx, file_of(work))
    if found is None:
        abort(404)
    return made_file(found, database=tools().database)


def file_of(work: RequestedWork) -> int:
    """The number of the file that came of it; 0 where none did."""
    return int((work.found or {}).get("file", 0))
