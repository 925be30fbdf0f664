"""The ledger and the roster's history refuse what is not adding, sealing or erasing, on both databases."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import ColumnElement, Connection, delete, insert, select, text, update

from app.storage import ledger, seals
from app.storage.database import Broken, Database
from app.storage.models.base import table_of
from app.storage.models.ledger import LedgerRow
from app.storage.models.roster import RosterHistoryRow, RosterVersionRow
from app.storage.roster_changes import Edit, RosterChange, Subject
from app.storage.seals import ERASURE, NotErasable
from app.timekeeping import ManualClock
from app.workflows.authority.verify_ledger import seal_ledger, verify_ledger
from tests.unguarded import take_guard_away

_ledger = table_of(LedgerRow)
_history, _versions = table_of(RosterHistoryRow), table_of(RosterVersionRow)

PRODUCER = {
    "npn": "90000001",
    "first_name": "Ana",
    "last_name": "Tester",
    "email": "",
    "phone": "+16145550101",
    "resident_state": "OH",
    "suspended": False,
}


@pytest.fixture
def written(database: Database, clock: ManualClock) -> list[int]:
    """Five entries, sealed; their ids."""
    with database.begin() as tx:
        ids = [write(tx, clock, caller=f"+1614555010{number}") for number in range(5)]
    seal_ledger(database=database)
    return ids


def write(tx: Connection, clock: ManualClock, *, kind: str = "offer", **facts: Any) -> int:
    return ledger.write(tx, kind=kind, now=clock.now(), actor="user:dana@agency.example", facts=facts)


def refused(database: Database, *statements: Any) -> bool:
    try:
        with database.begin() as tx:
            for statement in statements:
                tx.execute(statement)
    except Broken as error:
        return "can only be added to" in str(error)
    return False


# ---- the guard


@pytest.mark.parametrize(
    "changed",
    [
        {"actor": "nobody"},
        {"facts": '{"allowed":true}'},
        {"facts": '{"erased_by":1}', "salt": None},
        {"seq": None},
        {"seq": None, "prev_hash": None, "hash": None, "salt": None, "facts_digest": None},
        {"hash": "0" * 64},
        {"call_id": 7},
    ],
)
def test_a_sealed_entry_cannot_be_changed(database: Database, written: list[int], changed: dict[str, Any]) -> None:
    assert refused(database, update(_ledger).where(_ledger.c.id == written[1]).values(changed))
    assert verify_ledger(database=database).bad is None


def test_no_entry_can_be_deleted(database: Database, clock: ManualClock, written: list[int]) -> None:
    with database.begin() as tx:
        unsealed = write(tx, clock)

    assert refused(database, delete(_ledger).where(_ledger.c.id == written[4]))
    assert refused(database, delete(_ledger).where(_ledger.c.id == unsealed))


def test_an_entry_that_waits_for_its_seal_gets_that_and_nothing_else(database: Database, clock: ManualClock) -> None:
    with database.begin() as tx:
        entry_id = write(tx, clock)
    one: ColumnElement[bool] = _ledger.c.id == entry_id
    seal = {"seq": 1, "prev_hash": "0" * 64, "hash": "1" * 64, "salt": "2" * 32, "facts_digest": "3" * 64}

    assert refused(database, update(_ledger).where(one).values(facts='{"allowed":true}'))
    assert refused(database, update(_ledger).where(one).values(**seal, actor="nobody"))
    assert refused(database, update(_ledger).where(one).values(seq=1))
    assert not refused(database, update(_ledger).where(one).values(seal))


@pytest.mark.parametrize("table", [_history, _versions])
def test_the_history_of_the_roster_cannot_be_changed(database: Database, clock: ManualClock, table: Any) -> None:
    version = {"version": 1, "at": clock.now(), "actor": "cli", "source": "file"}
    with database.begin() as tx:
        tx.execute(insert(_versions).values(version))
        tx.execute(insert(_history).values(version=1, subject="producer", key="90000001", before=None, after="{}"))
    other = {"after": '{"suspended":false}'} if table is _history else {"actor": "nobody"}

    assert refused(database, update(table).values(other))
    assert refused(database, delete(table))


def test_nothing_can_be_emptied_at_once_on_postgresql(database: Database, written: list[int]) -> None:
    if database.dialect == "sqlite":
        return  # SQLite knows no TRUNCATE.
    assert refused(database, text("TRUNCATE ledger CASCADE"))
    assert refused(database, text("TRUNCATE roster_history"))


class TakenBack(Exception):
    """Ends a transaction so that nothing of it stays, not the role either."""


def test_the_role_that_the_documentation_grants_can_work_and_cannot_change_what_was_written(
    database: Database, clock: ManualClock, written: list[int]
) -> None:
    if database.dialect == "sqlite":
        return  # SQLite has no roles.
    documented = Path("docs/operations.md").read_text(encoding="utf-8")
    (grants,) = re.findall(r"```sql\n(GRANT .*?)```", documented, flags=re.DOTALL)

    try:
        with database.begin() as tx:
            work_as_granted(tx, clock, written, grants)
            raise TakenBack
    except TakenBack:
        pass


def work_as_granted(tx: Connection, clock: ManualClock, written: list[int], grants: str) -> None:
    tx.execute(text("CREATE ROLE threegate_app"))
    for grant in filter(str.strip, grants.split(";")):
        tx.execute(text(grant))
    tx.execute(text("SET LOCAL ROLE threegate_app"))

    by = write(tx, clock, kind=ERASURE, entries=written[:1])
    assert seals.erase_facts(tx, written[:1], by=by) == 1
    change = RosterChange(tx, now=clock.now(), actor="test", source="change")
    change.write([Edit(Subject.PRODUCER, "90000001", None, PRODUCER)])
    assert denied(tx, update(_ledger).values(actor="nobody"))
    assert denied(tx, delete(_ledger))
    assert denied(tx, update(_history).values(key="nobody"))
    assert denied(tx, update(_versions).values(actor="nobody"))
    assert denied(tx, text("ALTER TABLE ledger DISABLE TRIGGER ALL"))


def denied(tx: Connection, statement: Any) -> bool:
    try:
        with tx.begin_nested():
            tx.execute(statement)
    except Broken:
        return True
    return False


# ---- erasing


def erase(database: Database, clock: ManualClock, ids: list[int], *, listed: list[int] | None = None) -> int:
    with database.begin() as tx:
        by = write(tx, clock, kind=ERASURE, entries=ids if listed is None else listed)
        assert seals.erase_facts(tx, ids, by=by) == len(ids)
    return by


def test_facts_that_were_erased_leave_a_chain_that_holds(
    database: Database, clock: ManualClock, written: list[int]
) -> None:
    before = verify_ledger(database=database)

    by = erase(database, clock, written[1:3])

    assert before.head is not None
    after = verify_ledger(database=database, anchors=[before.head])
    assert (after.bad, after.erased, after.sealed) == (None, 2, 6)
    with database.read() as tx:
        erased, untouched = ledger.entry(tx, written[1]), ledger.entry(tx, written[0])
        salts = tx.execute(select(_ledger.c.salt).where(_ledger.c.id.in_(written[1:3]))).scalars().all()
    assert erased is not None
    assert (erased.facts, erased.erased_by, erased.actor) == ({"erased_by": by}, by, "user:dana@agency.example")
    assert untouched is not None
    assert untouched.erased_by is None
    assert salts == [None, None]


def test_facts_can_be_erased_before_they_were_sealed_and_only_once(database: Database, clock: ManualClock) -> None:
    with database.begin() as tx:
        entry_id = write(tx, clock, caller="+16145550101")
    first = erase(database, clock, [entry_id])
    with database.begin() as tx:
        again = write(tx, clock, kind=ERASURE, entries=[entry_id])
        assert seals.erase_facts(tx, [entry_id], by=again) == 0

    with database.read() as tx:
        entry = ledger.entry(tx, entry_id)
    assert entry is not None
    assert entry.erased_by == first
    assert verify_ledger(database=database).bad is None


def test_only_what_an_erasure_lists_is_erased(database: Database, clock: ManualClock, written: list[int]) -> None:
    with database.begin() as tx:
        other = write(tx, clock, kind="offer", entries=written)
        by = write(tx, clock, kind=ERASURE, entries=[written[0]])
        itself = write(tx, clock, kind=ERASURE, entries=[by, 999])

        with pytest.raises(NotErasable, match="does not list"):
            seals.erase_facts(tx, [written[1]], by=by)
        with pytest.raises(NotErasable, match="no erasure"):
            seals.erase_facts(tx, written, by=other)
        with pytest.raises(NotErasable, match="says itself"):
            seals.erase_facts(tx, [by], by=itself)
        with pytest.raises(NotErasable, match="no entry 999"):
            seals.erase_facts(tx, [999], by=itself)


CLAIMS = ["nothing there", "another kind", "not listed", "erasure edited", "unsealed"]


@pytest.mark.parametrize("claim", CLAIMS)
def test_somebody_who_only_claims_that_facts_were_erased_is_named(
    database: Database, clock: ManualClock, written: list[int], claim: str
) -> None:
    by = erase(database, clock, written[1:3])
    with database.begin() as tx:
        if claim == "unsealed":
            by = write(tx, clock, kind=ERASURE, entries=[written[3]])
        take_guard_away(tx)
        named = {"nothing there": 999, "another kind": written[4]}.get(claim, by)
        facts = json.dumps({"erased_by": named}, separators=(",", ":"))
        tx.execute(update(_ledger).where(_ledger.c.id == written[3]).values(facts=facts, salt=None))
        if claim == "erasure edited":
            listed = json.dumps({"entries": written})
            tx.execute(update(_ledger).where(_ledger.c.id == by).values(facts=listed))

    found = verify_ledger(database=database)

    assert found.bad is not None
    assert found.bad.why == "its facts were erased, and nothing says by whom"
    assert found.bad.entry_id == (written[1] if claim == "erasure edited" else written[3])


def test_facts_that_were_replaced_with_the_salt_kept_are_no_erasure(
    database: Database, clock: ManualClock, written: list[int]
) -> None:
    by = erase(database, clock, written[1:3])
    with database.begin() as tx:
        take_guard_away(tx)
        tx.execute(update(_ledger).where(_ledger.c.id == written[3]).values(facts=f'{{"erased_by":{by}}}'))

    found = verify_ledger(database=database)

    assert found.bad is not None
    assert (found.bad.entry_id, found.bad.why) == (written[3], "its facts are not those that were sealed")
