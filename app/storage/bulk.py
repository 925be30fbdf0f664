"""Files of leads on their way in: how far each is, and what became of its rows."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from app.storage.database import Database
from app.storage.models.base import table_of
from app.storage.models.bulk import BulkFileRow, BulkRowRow
from app.storage.models.calls import LeadRow
from app.storage.models.work import SuppressionRow

_files, _rows = table_of(BulkFileRow), table_of(BulkRowRow)
_leads, _suppressions = table_of(LeadRow), table_of(SuppressionRow)

ADDED, DUPLICATE, REFUSED = "added", "duplicate", "refused"

_AT_ONCE = 1000


@dataclass(frozen=True)
class RowOutcome:
    """What became of one row. `column` and `why` where it was refused; `states` joined by |."""

    line: int
    outcome: str
    lead_id: int | None = None
    states: str = ""
    confidence: str = ""
    column: str = ""
    why: str = ""


def begin(tx: Connection, file_id: int) -> None:
    """The file is here; nothing of it has been read."""
    tx.execute(insert(_files).values(file_id=file_id, rows=0, done=0))


def progress(tx: Connection, file_id: int) -> tuple[int, int] | None:
    """(rows, done); None where the file is not known."""
    row = tx.execute(select(_files.c.rows, _files.c.done).where(_files.c.file_id == file_id)).first()
    return None if row is None else (row.rows, row.done)


def set_rows(tx: Connection, file_id: int, rows: int) -> None:
    tx.execute(update(_files).where(_files.c.file_id == file_id).values(rows=rows))


def found(tx: Connection, file_id: int) -> dict[str, Any] | None:
    """What came of it; None while it is not over."""
    text = tx.execute(select(_files.c.found).where(_files.c.file_id == file_id)).scalar()
    return None if text is None else dict(json.loads(text))


def lines_done(tx: Connection, file_id: int) -> set[int]:
    """Lines of which it is known what became of them."""
    return set(tx.execute(select(_rows.c.line).where(_rows.c.file_id == file_id)).scalars())


def keep(tx: Connection, file_id: int, outcomes: Sequence[RowOutcome]) -> None:
    """What became of some more rows."""
    if not outcomes:
        return
    tx.execute(insert(_rows), [{"file_id": file_id, **asdict(one)} for one in outcomes])
    tx.execute(update(_files).where(_files.c.file_id == file_id).values(done=_files.c.done + len(outcomes)))


def outcomes(file_id: int, *, database: Database) -> Iterator[RowOutcome]:
    """Every row by its line, in short reads."""
    after = 0
    while True:
        with database.read() as tx:
            page = tx.execute(
                select(_rows)
                .where(_rows.c.file_id == file_id, _rows.c.line > after)
                .order_by(_rows.c.line)
                .limit(_AT_ONCE)
            ).mappings()
            taken = [RowOutcome(**{name: row[name] for name in RowOutcome.__dataclass_fields__}) for row in page]
        yield from taken
        if len(taken) < _AT_ONCE:
            return
        after = taken[-1].line


def conclude(tx: Connection, file_id: int, told: Mapping[str, Any]) -> None:
    """It is over: what came of it stays, its rows are in the file that was made of them."""
    tx.execute(delete(_rows).where(_rows.c.file_id == file_id))
    tx.execute(update(_files).where(_files.c.file_id == file_id).values(found=json.dumps(told)))


def forget(tx: Connection, file_id: int) -> None:
    """Nobody asks for it any more."""
    tx.execute(delete(_rows).where(_rows.c.file_id == file_id))
    tx.execute(delete(_files).where(_files.c.file_id == file_id))


# ---- who is known already


def posted_before(tx: Connection, campaign_id: int, phones: Collection[str], since: datetime) -> dict[str, int]:
    """Of these numbers (E.164): the newest lead that was posted on this campaign after `since`, open or not."""
    rows = tx.execute(
        select(_leads.c.phone, func.max(_leads.c.id))
        .where(
            _leads.c.phone.in_(list(phones)),
            _leads.c.campaign_id == campaign_id,
            _leads.c.posted,
            _leads.c.created_at > since,
        )
        .group_by(_leads.c.phone)
    )
    return {row[0]: row[1] for row in rows}


def left_alone(tx: Connection, phones: Collection[str]) -> set[str]:
    """Those of these numbers that said STOP, or are blocked."""
    query = select(_suppressions.c.number).where(
        _suppressions.c.number.in_(list(phones)), _suppressions.c.kind.in_(("stop", "blocked"))
    )
    return set(tx.execute(query).scalars())
