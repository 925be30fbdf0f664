"""What the carrier knows and we do not."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from app.storage.models.base import table_of
from app.storage.models.calls import CallRow

_calls = table_of(CallRow)


def unknown_calls(tx: Connection, sids: Collection[str]) -> set[str]:
    """Those of `sids` of which we have no call."""
    known = tx.execute(select(_calls.c.call_sid).where(_calls.c.call_sid.in_(list(sids))))
    return set(sids) - {row[0] for row in known}
