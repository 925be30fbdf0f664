"""Does anybody wait who might come before a new caller, and is anybody held for a ping? One statement on the path of every
offer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, exists, literal_column, or_, select

from app.storage.models.base import table_of
from app.storage.models.calls import CallRow
from app.storage.models.ping_holds import PingHoldRow
from app.storage.models.work import CallbackRow

_calls, _callbacks, _holds = table_of(CallRow), table_of(CallbackRow), table_of(PingHoldRow)
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
_held = exists(select(literal_column("1")).where(_holds.c.until > bindparam("now", type_=_instant)))
_found = select(or_(_holding, _nearly_over), _held)


@dataclass(frozen=True)
class Waiting:
    """`somebody`: a caller on hold, or a promise that is nearly over. `held`: some producer is, for a ping."""

    somebody: bool
    held: bool


def found(tx: Connection, *, heard_since: datetime, urgent_before: datetime, now: datetime) -> Waiting:
    """Whether a caller on hold was heard of since then, or a promise ends before that; and whether a ping holds anybody.

    Who exactly is asked only then.
    """
    row = tx.execute(_found, {"heard_since": heard_since, "urgent_before": urgent_before, "now": now}).one()
    return Waiting(bool(row[0]), bool(row[1]))
