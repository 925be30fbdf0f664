"""The ledger's head goes where nobody here can change it, whenever it moves; and what is done behind it shows."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from app.outside.anchors import AnchorFolder, Signer, keep_private, new_signer, parse
from app.storage import ledger
from app.storage.database import Database
from app.storage.models.base import table_of
from app.storage.models.ledger import LedgerRow
from app.timekeeping import ManualClock
from app.workflows.authority.keep_anchors import Anchoring, keep_anchors
from app.workflows.authority.read_anchors import read_anchors
from app.workflows.authority.verify_ledger import seal_ledger, verify_ledger
from tests.unguarded import take_guard_away
from tests.workflows.receivers import Receivers

_ledger = table_of(LedgerRow)


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    signer = new_signer()
    keep_private(signer, tmp_path / "anchor.pem")
    return signer


@pytest.fixture
def anchoring(tmp_path: Path, signer: Signer) -> Anchoring:
    return Anchoring("https://threegate.example.com", tmp_path / "anchor.pem", tmp_path / "anchors")


def act(database: Database, clock: ManualClock, entries: int = 3) -> None:
    with database.begin() as tx:
        for number in range(entries):
            facts = {"npn": "90000001", "allowed": True}
            ledger.write(tx, kind="offer", now=clock.now(), actor="routing", facts=facts, call_id=number)
    seal_ledger(database=database)


def files(anchoring: Anchoring) -> list[str]:
    assert anchoring.folder is not None
    return [path.name for path in AnchorFolder(anchoring.folder).files()] if anchoring.folder.exists() else []


def test_an_anchor_is_written_whenever_the_head_has_moved(
    database: Database, clock: ManualClock, anchoring: Anchoring, signer: Signer
) -> None:
    receivers = Receivers()

    def look() -> None:
        keep_anchors(anchoring=anchoring, database=database, notices=receivers, now=clock.now())

    look()
    act(database, clock)
    look()
    clock.advance(300)
    look()
    act(database, clock)
    look()

    assert files(anchoring) == ["anchor-3.json", "anchor-6.json"]
    assert anchoring.folder is not None
    kept = read_anchors(anchoring.folder, signer.public)
    assert (len(kept.heads), kept.unsigned, kept.unreadable, kept.forged) == (2, 0, (), ())
    assert verify_ledger(database=database, anchors=kept.heads).bad is None


def test_the_head_is_told_once_a_day_with_all_that_an_anchor_says(
    database: Database, clock: ManualClock, anchoring: Anchoring, signer: Signer
) -> None:
    receivers = Receivers()
    act(database, clock)

    for _ in range(3):
        keep_anchors(anchoring=anchoring, database=database, notices=receivers, now=clock.now())
        clock.advance(300)
    clock.advance(timedelta(days=1).total_seconds())
    receivers.down = True
    keep_anchors(anchoring=anchoring, database=database, notices=receivers, now=clock.now())
    receivers.down = False
    keep_anchors(anchoring=anchoring, database=database, notices=receivers, now=clock.now())

    assert (len(receivers.heard), receivers.tried) == (2, 3)
    assert anchoring.folder is not None
    written = parse((anchoring.folder / "anchor-3.json").read_bytes())
    for told in (str(written.seq), written.hash, written.at, str(written.signature)):
        assert told in receivers.heard[0].body


def test_nothing_leaves_where_anchors_are_off(database: Database, clock: ManualClock) -> None:
    receivers = Receivers()
    act(database, clock)

    kept = keep_anchors(
        anchoring=Anchoring("https://threegate.example.com"), database=database, notices=receivers, now=clock.now()
    )

    assert (kept, receivers.heard) == (None, [])


def test_a_key_that_cannot_be_read_is_logged_and_no_unsigned_anchor_takes_a_signed_ones_place(
    database: Database, clock: ManualClock, anchoring: Anchoring, caplog: pytest.LogCaptureFixture
) -> None:
    receivers = Receivers()
    act(database, clock)
    assert anchoring.key is not None
    anchoring.key.unlink()

    with caplog.at_level(logging.ERROR):
        keep_anchors(anchoring=anchoring, database=database, notices=receivers, now=clock.now())

    assert "THREEGATE_ANCHOR_KEY" in caplog.text
    assert (files(anchoring), receivers.heard) == ([], [])


def test_a_folder_that_cannot_be_written_is_logged_and_people_are_told_all_the_same(
    database: Database, clock: ManualClock, anchoring: Anchoring, caplog: pytest.LogCaptureFixture
) -> None:
    receivers = Receivers()
    act(database, clock)
    assert anchoring.folder is not None
    anchoring.folder.write_text("a file")

    keep_anchors(anchoring=anchoring, database=database, notices=receivers, now=clock.now())

    assert "THREEGATE_ANCHOR_DIR" in caplog.text
    assert len(receivers.heard) == 1


# ---- what the owner of the database does behind it


@pytest.fixture
def anchored(database: Database, clock: ManualClock, anchoring: Anchoring) -> Database:
    """Six entries, with anchors at 3 and 6."""
    for _ in range(2):
        act(database, clock)
        keep_anchors(anchoring=anchoring, database=database, notices=Receivers(anybody=False), now=clock.now())
    return database


def test_a_chain_that_was_cut_short_does_not_reach_the_last_anchor(
    anchored: Database, anchoring: Anchoring, clock: ManualClock
) -> None:
    with anchored.begin() as tx:
        take_guard_away(tx)
        tx.execute(delete(_ledger).where(_ledger.c.seq > 4))
    assert anchoring.folder is not None
    anchors = read_anchors(anchoring.folder).heads

    alone, against = verify_ledger(database=anchored), verify_ledger(database=anchored, anchors=anchors)
    act(anchored, clock, entries=5)
    regrown = verify_ledger(database=anchored, anchors=anchors)

    assert alone.bad is None
    assert against.bad is not None
    assert "cut short" in against.bad.why
    assert regrown.bad is not None
    assert (regrown.bad.seq, "written anew" in regrown.bad.why) == (6, True)


def test_a_chain_that_was_written_anew_with_good_hashes_misses_the_first_anchor(
    anchored: Database, anchoring: Anchoring
) -> None:
    with anchored.begin() as tx:
        take_guard_away(tx)
        tx.execute(update(_ledger).values(seq=None, prev_hash=None, hash=None, salt=None, facts_digest=None))
        tx.execute(update(_ledger).where(_ledger.c.call_id == 1).values(facts='{"allowed":false}'))
    seal_ledger(database=anchored)
    assert anchoring.folder is not None

    found = verify_ledger(database=anchored, anchors=read_anchors(anchoring.folder).heads)

    assert verify_ledger(database=anchored).bad is None
    assert found.bad is not None
    assert (found.bad.seq, "written anew" in found.bad.why) == (3, True)


def test_an_anchor_that_was_forged_to_fit_is_named_by_the_public_key(
    anchored: Database, anchoring: Anchoring, signer: Signer
) -> None:
    assert anchoring.folder is not None
    path = anchoring.folder / "anchor-6.json"
    forged = new_signer().sign(parse(path.read_bytes()))
    path.unlink()
    AnchorFolder(anchoring.folder).write(forged)
    (anchoring.folder / "anchor-9.json").write_text("{}")

    kept = read_anchors(anchoring.folder, signer.public)

    assert [name for name, _ in kept.forged] == ["anchor-6.json"]
    assert [name for name, _ in kept.unreadable] == ["anchor-9.json"]
    assert [head.seq for head in kept.heads] == [3]
