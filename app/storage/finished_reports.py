"""Reports that were asked for, found again by what was asked: the newest that is done, and one that is on its way."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select

from app.storage import requested_work
from app.storage.models.base import table_of
from app.storage.models.requested_work import RequestedWorkRow
from app.storage.requested_work import DONE, FAILED, RUNNING, WAITING, RequestedWork

KIND = "report"

_work = table_of(RequestedWorkRow)


@dataclass(frozen=True)
class Asked:
    """`done` is the newest that was made; `open` one that waits or runs; `failed` one that failed since `done`."""

    done: RequestedWork | None
    open: RequestedWork | None
    failed: RequestedWork | None


def look(tx: Connection, asked: Mapping[str, Any]) -> Asked:
    """What there is for exactly this question."""
    done = _newest(tx, asked, DONE)
    failed = _newest(tx, asked, FAILED)
    if failed is not None and done is not None and failed.id < done.id:
        failed = None
    return Asked(done, _newest(tx, asked, WAITING, RUNNING), failed)


def ask(tx: Connection, asked: Mapping[str, Any], *, asked_by: str, now: datetime) -> int:
    return requested_work.ask(tx, kind=KIND, asked=asked, asked_by=asked_by, now=now)


def forget_older(tx: Connection, asked: Mapping[str, Any]) -> int:
    """Only the newest answer to a question is kept: the board of the day asks the same one every minute."""
    newest = _newest(tx, asked, DONE)
    if newest is None:
        return 0
    older = (_work.c.kind == KIND, _work.c.asked == _text(asked), _work.c.status == DONE, _work.c.id < newest.id)
    return tx.execute(delete(_work).where(*older)).rowcount


def _newest(tx: Connection, asked: Mapping[str, Any], *statuses: str) -> RequestedWork | None:
    query = select(_work.c.id).where(_work.c.kind == KIND, _work.c.asked == _text(asked), _work.c.status.in_(statuses))
    work_id = tx.execute(query.order_by(_work.c.id.desc()).limit(1)).scalar()
    return None if work_id is None else requested_work.load(tx, work_id)


def _text(asked: Mapping[str, Any]) -> str:
    """As `requested_work.ask` writes it."""
    return json.dumps(asked, separators=(",", ":"))
