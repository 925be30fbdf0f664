"""Files that were made for somebody: written and read part by part, kept for a week, then forgotten."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from app.storage.database import Database
from app.storage.models.base import table_of
from app.storage.models.made_files import MadeFilePartRow, MadeFileRow

_files, _parts = table_of(MadeFileRow), table_of(MadeFilePartRow)

PART_BYTES = 1024 * 1024
KEPT = timedelta(days=7)
"""Whoever asked has fetched it by then; what is in it still stands in the database, and it can be made again."""


@dataclass(frozen=True)
class MadeFile:
    """A file of which every part is there. `size` in bytes; `kind`: what sort of file, `export` or `packet`."""

    id: int
    at: datetime
    kind: str
    file_name: str
    media_type: str
    made_for: str
    sha256: str
    size: int


def write(
    content: Iterable[bytes],
    *,
    kind: str,
    file_name: str,
    media_type: str,
    made_for: str,
    database: Database,
    now: datetime,
) -> MadeFile:
    """Keep `content`, however it is cut, in short transactions. It is there for others when this returns.

    `made_for` is the actor who asked. Files whose time is over are forgotten on the way.
    """
    with database.begin() as tx:
        forget_old(tx, now)
        written = tx.execute(
            insert(_files).values(
                at=now,
                kind=kind,
                file_name=file_name,
                media_type=media_type,
                made_for=made_for,
                sha256="",
                size=0,
                whole=False,
            )
        )
        assert written.inserted_primary_key is not None
        file_id = int(written.inserted_primary_key[0])
    digest, size = hashlib.sha256(), 0
    for number, part in enumerate(_cut(content)):
        digest.update(part)
        size += len(part)
        with database.begin() as tx:
            tx.execute(insert(_parts).values(file_id=file_id, part=number, content=zlib.compress(part, 1)))
    whole = {"sha256": digest.hexdigest(), "size": size, "whole": True}
    with database.begin() as tx:
        tx.execute(update(_files).where(_files.c.id == file_id).values(whole))
    return MadeFile(file_id, now, kind, file_name, media_type, made_for, digest.hexdigest(), size)


def load(tx: Connection, file_id: int) -> MadeFile | None:
    """None where there is none, or not any more, or not yet whole."""
    row = tx.execute(select(_files).where(_files.c.id == file_id, _files.c.whole)).first()
    if row is None:
        return None
    return MadeFile(row.id, row.at, row.kind, row.file_name, row.media_type, row.made_for, row.sha256, row.size)


def content(file_id: int, *, database: Database) -> Iterator[bytes]:
    """The file, part by part, each in a short read of its own; it ends early where the file is forgotten meanwhile."""
    number = 0
    while True:
        with database.read() as tx:
            part = tx.execute(
                select(_parts.c.content).where(_parts.c.file_id == file_id, _parts.c.part == number)
            ).scalar()
        if part is None:
            return
        yield zlib.decompress(part)
        number += 1


def forget_old(tx: Connection, now: datetime) -> int:
    """Files whose time is over are gone. Returns how many."""
    old = [row[0] for row in tx.execute(select(_files.c.id).where(_files.c.at < now - KEPT))]
    return forget(tx, old)


def of_kind(tx: Connection, kind: str) -> list[int]:
    """Ids of all files of a kind, half written ones too."""
    return [row[0] for row in tx.execute(select(_files.c.id).where(_files.c.kind == kind))]


def forget(tx: Connection, file_ids: Collection[int]) -> int:
    if not file_ids:
        return 0
    tx.execute(delete(_parts).where(_parts.c.file_id.in_(list(file_ids))))
    return tx.execute(delete(_files).where(_files.c.id.in_(list(file_ids)))).rowcount


def _cut(content: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in parts of PART_BYTES."""
    waiting = bytearray()
    for piece in content:
        waiting += piece
        while len(waiting) >= PART_BYTES:
            yield bytes(waiting[:PART_BYTES])
            del waiting[:PART_BYTES]
    if waiting:
        yield bytes(waiting)
