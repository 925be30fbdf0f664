"""GET /callbacks and /escalations: the work that is owed, oldest first, page by page."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Literal

from apiflask import APIBlueprint
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.storage import callbacks, escalations
from app.web.api import record_shapes as shapes
from app.web.api.bodies import takes_query
from app.web.api.fields import Answer
from app.web.api.keys import needs, tools
from app.web.api.problems import Problem
from app.web.api.routes import add

CALLBACK_STATUSES = Literal["promised", "dialing", "done", "escalated", "cancelled"]
ESCALATION_STATUSES = Literal["open", "claimed", "assigned", "resolved"]


class _Page(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, StringConstraints(max_length=100)] | None = None


class CallbackQuery(_Page):
    status: CALLBACK_STATUSES | None = None


class EscalationQuery(_Page):
    status: ESCALATION_STATUSES | None = None
    overdue: bool = False


class Callbacks(Answer):
    """`next_cursor` is null on the last page."""

    items: list[shapes.Callback]
    next_cursor: str | None


class Escalations(Answer):
    """`next_cursor` is null on the last page."""

    items: list[shapes.Escalation]
    next_cursor: str | None


def add_to(blueprint: APIBlueprint) -> None:
    add(blueprint, "GET", "/callbacks", list_callbacks, Callbacks, problems=[422])
    add(blueprint, "GET", "/escalations", list_escalations, Escalations, problems=[422])


@needs("read")
@takes_query(CallbackQuery)
def list_callbacks(query: CallbackQuery) -> Callbacks:
    """Promises to call, oldest first."""
    with tools().database.read() as tx:
        found = callbacks.listed(tx, status=query.status, after=_after(query.cursor), limit=query.limit + 1)
    page = found[: query.limit]
    return Callbacks(
        items=[shapes.callback(promise) for promise in page],
        next_cursor=_cursor(page[-1].id) if len(found) > len(page) else None,
    )


@needs("read")
@takes_query(EscalationQuery)
def list_escalations(query: EscalationQuery) -> Escalations:
    """The supervisors' queue, oldest first; with `overdue` only what is owed by now."""
    now = tools().clock.now()
    with tools().database.read() as tx:
        found = escalations.listed(
            tx,
            status=query.status,
            after=_after(query.cursor),
            limit=query.limit + 1,
            overdue_at=now if query.overdue else None,
        )
    page = found[: query.limit]
    return Escalations(
        items=[shapes.escalation(waiting, now) for waiting in page],
        next_cursor=_cursor(page[-1].id) if len(found) > len(page) else None,
    )


def _cursor(after: int) -> str:
    """Opaque, so that nobody computes one."""
    return base64.urlsafe_b64encode(f"after {after}".encode()).decode().rstrip("=")


def _after(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        word, number = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).split(b" ")
        after = int(number)
        if word != b"after" or not 0 < after < 2**31 or _cursor(after) != cursor:
            raise ValueError(cursor)
    except (ValueError, binascii.Error):
        why = "no cursor of ours; take next_cursor as it is"
        raise Problem(422, f"cursor: {why}", [{"field": "cursor", "message": why}]) from None
    return after
