"""GET /callbacks and /escalations: the work that is owed, oldest first, page by page."""

from __future__ import annotations

from apiflask import APIBlueprint

from app.storage import callbacks, escalations
from app.web.api import record_shapes as shapes
from app.web.api.bodies import takes_query
from app.web.api.fields import Answer
from app.web.api.keys import needs, tools
from app.web.api.paging import Page, after_cursor, cursor_after
from app.web.api.routes import add


class CallbackQuery(Page):
    status: shapes.CALLBACK_STATUSES | None = None


class EscalationQuery(Page):
    status: shapes.ESCALATION_STATUSES | None = None
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
        found = callbacks.listed(tx, status=query.status, after=after_cursor(query.cursor), limit=query.limit + 1)
    page = found[: query.limit]
    return Callbacks(
        items=[shapes.callback(promise) for promise in page],
        next_cursor=cursor_after(page[-1].id) if len(found) > len(page) else None,
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
            after=after_cursor(query.cursor),
            limit=query.limit + 1,
            overdue_at=now if query.overdue else None,
        )
    page = found[: query.limit]
    return Escalations(
        items=[shapes.escalation(waiting, now) for waiting in page],
        next_cursor=cursor_after(page[-1].id) if len(found) > len(page) else None,
    )
