"""Files that were uploaded and wait to be imported: in the database, because the scheduler may run on another machine."""

from __future__ import annotations

import zlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from app.storage.models.base import table_of
from app.storage.models.uploads import UploadPartRow, UploadRow

_uploads, _parts = table_of(UploadRow), table_of(UploadPartRow)

PART_BYTES = 1024 * 1024
KEPT = timedelta(days=1)
MOST_KEPT = 5


@dataclass(frozen=True)
class Upload:
    """One file. `percent`: how far its import is; `size` in bytes."""

    id: int
    at: datetime
    actor: str
    file_name: str
    sha256: str
    size: int
    percent: int


def begin(tx: Connection, *, file_name: str, sha256: str, size: int, actor: str, now: datetime) -> int:
    """A file that is about to be written in parts; the oldest are forgotten where there are too many."""
    old = select(_uploads.c.id).where(_uploads.c.at < now - KEPT)
    newest = select(_uploads.c.id).order_by(_uploads.c.id.desc()).limit(MOST_KEPT - 1)
    kept = {row[0] for row in tx.execute(newest)} - {row[0] for row in tx.execute(old)}
    forget(tx, [row[0] for row in tx.execute(select(_uploads.c.id)) if row[0] not in kept])
    written = tx.execute(
        insert(_uploads).values(
            at=now, actor=actor, file_name=file_name, sha256=sha256, size=size, whole=False, percent=0
        )
    )
    assert written.inserted_primary_key is not None
    return int(written.inserted_primary_key[0])


def add_part(tx: Connection, upload_id: int, part: int, compressed: bytes) -> None:
    tx.execute(insert(_parts).values(upload_id=upload_id, part=part, content=compressed))


def compressed(content: bytes, part: int) -> bytes:
    """Part number `part` of a file, as it is kept."""
    return zlib.compress(content[part * PART_BYTES : (part + 1) * PART_BYTES], 1)


def parts(size: int) -> int:
    """How many parts a file of `size` bytes has."""
    return -(-size // PART_BYTES)


def is_whole(tx: Connection, upload_id: int) -> None:
    """Every part is there."""
    tx.execute(update(_uploads).where(_uploads.c.id == upload_id).values(whole=True))


def load(tx: Connection, upload_id: int) -> Upload | None:
    """A file of which every part is there; None where it is not kept (any more)."""
    row = tx.execute(select(_uploads).where(_uploads.c.id == upload_id, _uploads.c.whole)).first()
    if row is None:
        return None
    return Upload(row.id, row.at, row.actor, row.file_name, row.sha256, row.size, row.percent)


def part(tx: Connection, upload_id: int, number: int) -> bytes | None:
    """One part as it was; None where it is not kept any more."""
    kept: bytes | None = tx.execute(
        select(_parts.c.content).where(_parts.c.upload_id == upload_id, _parts.c.part == number)
    ).scalar()
    return None if kept is None else zlib.decompress(kept)


def set_percent(tx: Connection, upload_id: int, percent: int) -> None:
    tx.execute(update(_uploads).where(_uploads.c.id == upload_id).values(percent=percent))


def forget(tx: Connection, upload_ids: Collection[int]) -> None:
    """The files are gone; what was imported stays."""
    tx.execute(delete(_parts).where(_parts.c.upload_id.in_(list(upload_ids))))
    tx.execute(delete(_uploads).where(_uploads.c.id.in_(list(upload_ids))))
