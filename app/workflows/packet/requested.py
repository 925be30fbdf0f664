"""Packets that a page or the API asks for: made by the scheduler, kept as files for a week."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO, Any

from app.storage import access, made_files, requested_work
from app.storage.database import Database
from app.workflows.authority.keep_anchors import Anchoring
from app.workflows.packet.asked import Asked, of_facts
from app.workflows.packet.make_packet import make_packet

KIND = "packet"
FILE_KIND = "packet"
MEDIA_TYPE = "application/zip"
MOST_WAITING = 20

_PIECE_BYTES = 256 * 1024


def ask_packet(asked: Asked, *, actor: str, database: Database, now: datetime) -> int | None:
    """The number of the requested work; None where so many wait that another would only make the line longer.

    The same question of the same actor that waits already is the same work. That a packet was made is in the ledger.
    """
    told = {**asked.facts, "actor": actor}
    with database.begin() as tx:
        access.take_turns(tx, "asking for packets")
        for other in requested_work.listed(tx, KIND, limit=MOST_WAITING):
            if other.status == requested_work.WAITING and other.asked == told:
                return other.id
        if requested_work.open_count(tx, KIND) >= MOST_WAITING:
            return None
        return requested_work.ask(tx, kind=KIND, asked=told, asked_by=actor, now=now)


def packets(anchoring: Anchoring) -> Callable[[dict[str, Any], Database, datetime], dict[str, Any]]:
    """What the scheduler makes them with: where anchors are kept is a setting, which workflows do not read."""

    def make(asked: dict[str, Any], database: Database, now: datetime) -> dict[str, Any]:
        meant = of_facts(asked)
        with TemporaryFile() as file:
            made = make_packet(file, meant, anchoring=anchoring, made_for=asked["actor"], database=database, now=now)
            file.seek(0)
            kept = made_files.write(
                _pieces(file),
                kind=FILE_KIND,
                file_name=meant.file_name,
                media_type=MEDIA_TYPE,
                made_for=asked["actor"][:120],
                database=database,
                now=now,
            )
        return {
            "file": kept.id,
            "size": kept.size,
            "sha256": kept.sha256,
            "calls": made.calls,
            "decisions": made.decisions,
            "manifest_sha256": made.manifest_sha256,
        }

    return make


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_PIECE_BYTES):
        yield piece
