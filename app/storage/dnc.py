"""The do-not-call registry's answers, and who has turned to us of their own accord."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, case, exists, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from app.domain.do_not_call import Scrub
from app.storage.models.base import table_of
from app.storage.models.calls import CallRow, LeadRow
from app.storage.models.outbound import DncScrubRow, OutboundCallRow
from app.storage.models.work import TextReceivedRow

_scrubs, _leads, _calls = table_of(DncScrubRow), table_of(LeadRow), table_of(CallRow)
_received, _asked = table_of(TextReceivedRow), table_of(OutboundCallRow)

_NO_CONSENT = ("", "{}", "[]", '""', "null", "false")
"""What a vendor's `consent` says that says nothing."""

_scrub_of = select(_scrubs.c.listed, _scrubs.c.scrubbed_on).where(_scrubs.c.number == bindparam("number"))


def scrub_of(tx: Connection, number: str) -> Scrub | None:
    """What the registry said of `number` (E.164) last; None where it was never asked."""
    row = tx.execute(_scrub_of, {"number": number}).first()
    return None if row is None else Scrub(row.listed, row.scrubbed_on)


def keep_scrubs(tx: Connection, found: Sequence[tuple[str, bool]], *, on: date, source: str) -> None:
    """(number, listed) of each number that was checked on that day, every number once.

    A later scrub that is known already stands; of two on one day the one that says listed does.
    """
    if not found:
        return
    upsert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    new = upsert(_scrubs)
    kept = new.on_conflict_do_update(
        index_elements=["number"],
        set_={
            "listed": case(
                (_scrubs.c.scrubbed_on == new.excluded.scrubbed_on, or_(_scrubs.c.listed, new.excluded.listed)),
                else_=new.excluded.listed,
            ),
            "scrubbed_on": new.excluded.scrubbed_on,
            "source": new.excluded.source,
        },
        where=_scrubs.c.scrubbed_on <= new.excluded.scrubbed_on,
    )
    rows = [{"number": number, "listed": listed, "scrubbed_on": on, "source": source[:120]} for number, listed in found]
    tx.execute(kept, rows)


_theirs = select(_leads.c.id).where(_leads.c.phone == bindparam("number"))
# A lead that no vendor posted and nobody asked us to call cold began with a call or a text of the person's.
_came_of_themselves = exists().where(
    _leads.c.phone == bindparam("number"),
    _leads.c.created_at >= bindparam("since"),
    ~_leads.c.posted,
    ~exists().where(_asked.c.lead_id == _leads.c.id, _asked.c.cold),
)
_their_call = (_calls.c.direction == "inbound", _calls.c.arrived_at >= bindparam("since"))
_turned_to_us = select(
    or_(
        _came_of_themselves,
        exists().where(_calls.c.from_number == bindparam("number"), *_their_call),
        exists().where(_calls.c.lead_id.in_(_theirs), *_their_call),
        exists().where(
            _received.c.from_number == bindparam("number"),
            _received.c.at >= bindparam("since"),
            _received.c.understood_as != "stop",
        ),
        exists().where(
            _leads.c.phone == bindparam("number"),
            _leads.c.consent.is_not(None),
            func.lower(func.trim(_leads.c.consent)).not_in(_NO_CONSENT),
        ),
    )
)


def turned_to_us(tx: Connection, number: str, *, since: datetime) -> bool:
    """Whether the person with `number` has called or written to us since then, or a vendor ever posted their consent."""
    return bool(tx.execute(_turned_to_us, {"number": number, "since": since}).scalar_one())
