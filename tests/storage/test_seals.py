"""The chain of the ledger: whatever is done to a sealed entry is named, on both databases."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from app.storage import ledger, seals
from app.storage.database import Database
from app.storage.models.base import table_of
from app.storage.models.ledger import LedgerRow
from app.storage.seals import FIRST_PREVIOUS, Bad, Head
from app.timekeeping import ManualClock
from app.workflows.authority.verify_ledger import seal_ledger, verify_ledger
from tests.unguarded import take_guard_away

TAMPERS = 1000
ENTRIES = 20

_ledger = table_of(LedgerRow)


class TakenBack(Exception):
    """Ends a transaction so that nothing of it stays."""


@pytest.fixture
def sealed(database: Database, clock: ManualClock) -> Database:
    write(database, clock, ENTRIES)
    seal_ledger(database=database)
    return database


def write(database: Database, clock: ManualClock, entries: int) -> None:
    with database.begin() as tx:
        for number in range(entries):
            facts = {"npn": f"9000000{number % 9}", "allowed": True, "zip": "43215", "why": "Zoë"}
            ledger.write(tx, kind="offer", now=clock.now(), actor="scheduler", facts=facts, call_id=number)
            clock.advance(0.5)


def first_bad(tx: Connection, anchor: Head) -> Bad | None:
    rows = seals.sealed_after(tx, 0, most=10 * ENTRIES)
    erasures = seals.erasures(tx, rows)
    links = seals.bad_links(rows, seq=0, previous=FIRST_PREVIOUS, erasures=erasures)
    found = next(links, None) or seals.half_sealed(tx)
    if found is None and (len(rows) < anchor.seq or rows[anchor.seq - 1]["hash"] != anchor.hash):
        return Bad(len(rows), None, "off the anchor")
    return found


def test_a_chain_that_nobody_touched_holds_and_grows(sealed: Database, clock: ManualClock) -> None:
    before = verify_ledger(database=sealed)
    write(sealed, clock, 3)

    waiting = verify_ledger(database=sealed)
    assert seal_ledger(database=sealed) == 3
    assert before.head is not None
    after = verify_ledger(database=sealed, anchors=[before.head])

    assert (before.bad, before.sealed, before.unsealed) == (None, ENTRIES, 0)
    assert (waiting.bad, waiting.unsealed) == (None, 3)
    assert (after.bad, after.sealed, after.unsealed_since) == (None, ENTRIES + 3, None)
    assert seal_ledger(database=sealed) == 0


def test_whatever_is_done_to_a_sealed_entry_is_named(sealed: Database) -> None:
    dice = random.Random(20261122)
    with sealed.read() as tx:
        anchor = seals.head(tx)
    assert anchor is not None

    unnoticed = []
    for number in range(TAMPERS):
        tamper = dice.choice([change_a_column, delete_one, swap_two, insert_one, cut_short, take_the_seal_off])
        try:
            with sealed.begin() as tx:
                take_guard_away(tx)
                what = tamper(tx, dice)
                if first_bad(tx, anchor) is None:
                    unnoticed.append((number, what))
                raise TakenBack
        except TakenBack:
            pass

    assert unnoticed == []


def test_the_first_bad_entry_is_named_and_not_another(sealed: Database) -> None:
    with sealed.begin() as tx:
        take_guard_away(tx)
        tx.execute(update(_ledger).where(_ledger.c.seq.in_((7, 12))).values(actor="nobody"))

    found = verify_ledger(database=sealed)

    assert found.bad is not None
    assert (found.bad.seq, found.bad.why) == (7, "it is not what was sealed")


def test_a_chain_written_anew_holds_by_itself_and_not_against_an_anchor(sealed: Database) -> None:
    anchor = verify_ledger(database=sealed).head
    with sealed.begin() as tx:
        take_guard_away(tx)
        tx.execute(update(_ledger).values(seq=None, prev_hash=None, hash=None, salt=None, facts_digest=None))
        tx.execute(update(_ledger).where(_ledger.c.call_id == 3).values(facts='{"allowed":true}'))
    seal_ledger(database=sealed)

    assert verify_ledger(database=sealed).bad is None
    assert anchor is not None
    anew = verify_ledger(database=sealed, anchors=[anchor])
    assert anew.bad is not None
    assert "written anew" in anew.bad.why


def test_what_commits_late_is_sealed_late(sealed: Database) -> None:
    """On PostgreSQL an entry with a lower id may become visible after a higher one was sealed."""
    with sealed.begin() as tx:
        values = {
            "at": datetime(2026, 11, 18, 14, tzinfo=UTC),
            "kind": "offer",
            "actor": "late",
            "roster_version": 1,
            "rule_version": 1,
            "facts": "{}",
        }
        tx.execute(insert(_ledger).values(id=-1, **values))

    assert seal_ledger(database=sealed) == 1
    assert verify_ledger(database=sealed).bad is None


# ---- tampering


def change_a_column(tx: Connection, dice: random.Random) -> Any:
    row = one(tx, dice)
    column = dice.choice([name for name in row if name not in ("id", "seq")])
    changed: dict[str, Callable[[Any], Any]] = {
        "at": lambda at: at + timedelta(microseconds=dice.choice([1, -1, 10**6])),
        "call_id": lambda found: dice.choice([None, (found or 0) + 1]),
        "lead_id": lambda _: dice.randrange(1000),
        "roster_version": lambda found: found + 1,
        "rule_version": lambda found: found - 1,
        "facts": lambda found: found.replace("true", "false") if dice.random() < 0.5 else found + " ",
    }
    value = changed.get(column, lambda found: found[:-1] + ("a" if found[-1] != "a" else "b"))(row[column])
    tx.execute(update(_ledger).where(_ledger.c.id == row["id"]).values({column: value}))
    return column, value


def delete_one(tx: Connection, dice: random.Random) -> Any:
    row = one(tx, dice)
    tx.execute(delete(_ledger).where(_ledger.c.id == row["id"]))
    return row["seq"]


def swap_two(tx: Connection, dice: random.Random) -> Any:
    first, second = dice.sample(everything(tx), 2)
    for row, seq in ((first, None), (second, first["seq"]), (first, second["seq"])):
        tx.execute(update(_ledger).where(_ledger.c.id == row["id"]).values(seq=seq))
    return first["seq"], second["seq"]


def insert_one(tx: Connection, dice: random.Random) -> Any:
    row = one(tx, dice)
    for later in reversed([other for other in everything(tx) if other["seq"] > row["seq"]]):
        tx.execute(update(_ledger).where(_ledger.c.id == later["id"]).values(seq=later["seq"] + 1))
    tx.execute(insert(_ledger).values(**{**row, "id": 10_000 + row["id"], "seq": row["seq"] + 1}))
    return row["seq"]


def cut_short(tx: Connection, dice: random.Random) -> Any:
    ends = dice.randrange(ENTRIES)
    tx.execute(delete(_ledger).where(_ledger.c.seq > ends))
    return ends


def take_the_seal_off(tx: Connection, dice: random.Random) -> Any:
    row = one(tx, dice)
    tx.execute(update(_ledger).where(_ledger.c.id == row["id"]).values(seq=None))
    return row["seq"]


def one(tx: Connection, dice: random.Random) -> dict[str, Any]:
    return dice.choice(everything(tx))


def everything(tx: Connection) -> list[dict[str, Any]]:
    return [dict(row) for row in tx.execute(select(_ledger).order_by(_ledger.c.seq)).mappings()]
