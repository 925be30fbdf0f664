"""Does anybody wait who might come before a new caller? One statement on the path of every offer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, exists, literal_column, or_, select

from app.storage.models.base import table_of
from app.storage.models.calls import CallRow
from app.storage.models.work import CallbackRow

_calls, _callbacks = table_of(CallRow), table_of(CallbackRow)
_instant = _calls.c.arrived_at.type

_holding = exists(
    select(literal_column("1")).where(
        _calls.c.phase == literal_column("'holding'"), _calls.c.polled_at > bindparam("heard_since", type_=_instant)
    )
)
_nearly_over = exists(
    select(literal_column("1")).where(
        _callbacks.c.status == literal_column("'promised'"),
        _callbacks.c.next_try_at <= bindparam("urgent_before", type_=_instant),
        _callbacks.c.promised_by <= bindparam("urgent_before", type_=_instant),
    )
)
_somebody = select(or_(_holding, _nearly_over))


def somebody(tx: Connection, *, heard_since: datetime, urgent_before: datetime) -> bool:
    """Whether a caller on hold was heard of since then, or a promise ends before that. Who exactly is asked only then."""
    return bool(tx.execute(_somebody, {"heard_since": heard_since, "urgent_before": urgent_before}).scalar())
