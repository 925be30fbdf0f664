"""Overwriting what is one person's: which columns, and a search of every other table for their number."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, String, Table, and_, func, or_, select, update

from app.domain.personal import ERASED, Traces, scrubbed
from app.storage.database import Database
from app.storage.models import Base
from app.storage.models.base import table_of
from app.storage.models.calls import CallEventRow, CallRow, LeadRow
from app.storage.models.invoices import InvoiceLineRow
from app.storage.models.license_desk import ComplaintRow
from app.storage.models.outbound import OutboundCallRow
from app.storage.models.recordings import RecordingRow
from app.storage.models.webhooks import WebhookEventRow
from app.storage.models.work import CallbackRow, EscalationRow, TextReceivedRow, TextRow
from app.storage.people import Person

_leads, _calls, _events = table_of(LeadRow), table_of(CallRow), table_of(CallEventRow)
_callbacks, _escalations, _texts = table_of(CallbackRow), table_of(EscalationRow), table_of(TextRow)
_received, _complaints, _asked = table_of(TextReceivedRow), table_of(ComplaintRow), table_of(OutboundCallRow)
_recordings, _billed, _told = table_of(RecordingRow), table_of(InvoiceLineRow), table_of(WebhookEventRow)

KEPT_NUMBERS = frozenset({"suppressions", "dnc_scrubs"})
"""The law wants these numbers kept: who asked us not to call (47 CFR 64.1200(d)(6)), and the registry's answer."""

NOT_SEARCHED = KEPT_NUMBERS | frozenset(
    {
        # What producers' records say is evidence about them; a producer's number is refused before.
        "producers", "roster_history", "roster_versions", "licenses", "appointments",
        # Only by seals.erase_facts, which keeps the chain.
        "ledger",
        # Where Alembic is.
        "alembic_version",
    }
)  # fmt: skip

_ROWS_AT_ONCE = 20_000


def drop_texts(tx: Connection, person: Person) -> int:
    """What still waits in the outbox for them does not leave."""
    waits = and_(_texts.c.id.in_(person.texts), _texts.c.status == "queued")
    return tx.execute(update(_texts).where(waits).values(status="dropped", error="the person was erased")).rowcount


def overwrite(tx: Connection, person: Person, of: Traces) -> dict[str, int]:
    """Everything of theirs in the tables that are about people; how many rows of each."""
    _overwrite_leads(tx, person)
    _overwrite_calls(tx, person, of)
    _overwrite_work(tx, person, of)
    _overwrite_told(tx, person, of)
    events = _overwrite_events(tx, person, of)
    return {name: count for name, count in {**person.counts(), "call_events": events}.items() if count}


def _overwrite_leads(tx: Connection, person: Person) -> None:
    nothing = {
        "phone": None,
        "first_name": "",
        "last_name": "",
        "zip_code": None,
        "address": "",
        "external_id": None,
        "consent": None,
    }
    tx.execute(update(_leads).where(_leads.c.id.in_(person.leads)).values(nothing))
    for row in tx.execute(select(_leads.c.id, _leads.c.residence).where(_leads.c.id.in_(person.leads))).all():
        tx.execute(update(_leads).where(_leads.c.id == row.id).values(residence=_settled(row.residence)))


def _overwrite_calls(tx: Connection, person: Person, of: Traces) -> None:
    for row in tx.execute(select(_calls).where(_calls.c.id.in_(person.calls))).all():
        tx.execute(
            update(_calls)
            .where(_calls.c.id == row.id)
            .values(
                from_number=ERASED if of.has_number(row.from_number) else row.from_number,
                to_number=ERASED if of.has_number(row.to_number) else row.to_number,
                zip_code=None,
                residence=_settled(row.residence),
            )
        )


def _settled(residence: str | None) -> str | None:
    """The states and how sure they were; what they were judged on is the person's."""
    if residence is None:
        return None
    return json.dumps({**json.loads(residence), "zip": None, "why": ERASED, "evidence": None})


def _overwrite_events(tx: Connection, person: Person, of: Traces) -> int:
    rows = tx.execute(select(_events).where(_events.c.call_id.in_(person.calls))).all()
    for row in rows:
        values = {
            "facts": scrubbed(row.facts, of),
            "reply": None if row.reply is None else scrubbed(row.reply, of),
            "key": of.without_number(row.key),
        }
        tx.execute(update(_events).where(_events.c.id == row.id).values(values))
    return len(rows)


def _overwrite_work(tx: Connection, person: Person, of: Traces) -> None:
    tx.execute(update(_callbacks).where(_callbacks.c.id.in_(person.callbacks)).values(phone=ERASED))
    noted = and_(_escalations.c.id.in_(person.escalations), _escalations.c.note != "")
    tx.execute(update(_escalations).where(noted).values(note=ERASED))
    for row in tx.execute(select(_texts.c.id, _texts.c.error).where(_texts.c.id.in_(person.texts))).all():
        error = None if row.error is None else of.without(row.error)
        tx.execute(update(_texts).where(_texts.c.id == row.id).values(to_number=ERASED, body=ERASED, error=error))
    tx.execute(
        update(_received).where(_received.c.message_sid.in_(person.received)).values(from_number=ERASED, body=ERASED)
    )
    tx.execute(update(_complaints).where(_complaints.c.id.in_(person.complaints)).values(told=ERASED))
    over = and_(_asked.c.id.in_(person.outbound_calls), _asked.c.before.is_not(None))
    for row in tx.execute(select(_asked.c.id, _asked.c.before).where(over)).all():
        tx.execute(update(_asked).where(_asked.c.id == row.id).values(before=scrubbed(row.before, of)))


def _overwrite_told(tx: Connection, person: Person, of: Traces) -> None:
    """What vendors billed for them, and what others were told of them."""
    for row in tx.execute(select(_billed).where(_billed.c.id.in_(person.invoice_lines))).all():
        tx.execute(
            update(_billed)
            .where(_billed.c.id == row.id)
            .values(
                their_caller=ERASED if row.their_caller and of.has_number(row.their_caller) else row.their_caller,
                their_external_id=of.without(row.their_external_id),
                evidence=of.without(row.evidence),
            )
        )
    for row in tx.execute(select(_told.c.id, _told.c.payload).where(_told.c.id.in_(person.webhook_events))).all():
        tx.execute(update(_told).where(_told.c.id == row.id).values(payload=scrubbed(row.payload, of)))


def recordings_kept(tx: Connection, person: Person) -> list[tuple[str, date, str]]:
    """(sid, last day, class) of recordings that the carrier still has."""
    rows = tx.execute(
        select(_recordings.c.recording_sid, _recordings.c.retain_until, _recordings.c.retention_class)
        .where(_recordings.c.id.in_(person.recordings), _recordings.c.deleted_at.is_(None))
        .order_by(_recordings.c.id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


# ---- wherever else the number may stand


def sweep(of: Traces, *, database: Database, last: str = "requested_work") -> dict[str, int]:
    """Erase the number from every text of every table that is not NOT_SEARCHED; how many rows of each.

    Found in short reads, written row by row: no webhook waits. `last` is the table that is done last.
    """
    if of.like is None:
        return {}
    tables = [table for table in Base.metadata.sorted_tables if table.name not in NOT_SEARCHED]
    tables.sort(key=lambda table: table.name == last)
    swept = {table.name: _sweep(table, of, database) for table in tables}
    return {name: count for name, count in swept.items() if count}


def _sweep(table: Table, of: Traces, database: Database) -> int:
    columns = [column for column in table.columns if isinstance(column.type, String) and _may_hold(column)]
    if not columns:
        return 0
    return sum(_rewrite(table, columns, key, of, database) for key in list(_rows_with(table, columns, of, database)))


def _may_hold(column: Column[Any]) -> bool:
    length = getattr(column.type, "length", None)
    return length is None or length >= 10


def _rows_with(
    table: Table, columns: list[Column[Any]], of: Traces, database: Database
) -> Iterator[ColumnElement[bool]]:
    """A condition for each row that has the number."""
    key = list(table.primary_key.columns)
    likely = or_(*(column.like(of.like or "") for column in columns))
    for span in _spans(table, database):
        with database.read() as tx:
            found = tx.execute(select(*key, *columns).where(span, likely)).all()
        for row in found:
            if any(of.has_number(str(value)) for value in row[len(key) :] if value is not None):
                yield and_(*(column == value for column, value in zip(key, row, strict=False)))


def _spans(table: Table, database: Database) -> Iterator[ColumnElement[bool]]:
    """Conditions that cut a large table into short reads, where its key is a number."""
    key = list(table.primary_key.columns)
    if len(key) != 1 or isinstance(key[0].type, String):
        yield and_(True)
        return
    with database.read() as tx:
        last = tx.execute(select(func.max(key[0]))).scalar() or 0
    for first in range(1, int(last) + 1, _ROWS_AT_ONCE):
        yield key[0].between(first, first + _ROWS_AT_ONCE - 1)


def _rewrite(
    table: Table, columns: list[Column[Any]], where: ColumnElement[bool], of: Traces, database: Database
) -> int:
    with database.begin() as tx:
        row = tx.execute(select(*columns).where(where).with_for_update()).first()
        if row is None:
            return 0
        changed = {
            column.name: of.without_number(value)
            for column, value in zip(columns, row, strict=True)
            if value is not None and of.has_number(value)
        }
        if changed:
            tx.execute(update(table).where(where).values(changed))
        return bool(changed)
