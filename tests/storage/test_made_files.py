"""Files that were made for somebody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from app.storage import made_files
from app.storage.database import Database
from app.storage.made_files import KEPT, PART_BYTES, MadeFile

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)


def made(database: Database, pieces: list[bytes], at: datetime = NOW) -> MadeFile:
    return made_files.write(
        iter(pieces),
        kind="export",
        file_name="leads.csv",
        media_type="text/csv",
        made_for="key:vendor",
        database=database,
        now=at,
    )


def test_a_file_comes_back_as_it_was_however_it_was_cut(database: Database) -> None:
    pieces = [b"a" * (PART_BYTES - 1), b"bc", b"", b"d" * (2 * PART_BYTES)]

    kept = made(database, pieces)

    with database.read() as tx:
        assert made_files.load(tx, kept.id) == kept
    assert b"".join(made_files.content(kept.id, database=database)) == b"".join(pieces)
    assert kept.size == 3 * PART_BYTES + 1


def test_an_empty_file_is_a_file(database: Database) -> None:
    kept = made(database, [])

    assert list(made_files.content(kept.id, database=database)) == []
    assert kept.size == 0


def test_a_file_that_could_not_be_finished_is_not_there(database: Database) -> None:
    def breaks() -> Iterator[bytes]:
        yield b"x" * PART_BYTES
        raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError):
        made_files.write(
            breaks(), kind="export", file_name="x", media_type="x", made_for="x", database=database, now=NOW
        )

    with database.read() as tx:
        [half] = made_files.of_kind(tx, "export")
        assert made_files.load(tx, half) is None


def test_a_file_is_forgotten_after_a_week(database: Database) -> None:
    old = made(database, [b"old"])

    new = made(database, [b"new"], at=NOW + KEPT * 1.01)

    with database.read() as tx:
        assert made_files.load(tx, old.id) is None
        assert made_files.load(tx, new.id) is not None
    assert list(made_files.content(old.id, database=database)) == []
