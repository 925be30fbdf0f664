"""What the desk's pages ask the scheduler for: asked once, done outside of any request, kept as JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import update

from app.storage import audits, ledger, requested_work
from app.storage.database import Database
from app.storage.models.base import table_of
from app.storage.models.ledger import LedgerRow
from app.storage.requested_work import RequestedWork
from app.workflows.ask_once import ask_once
from app.workflows.authority.verify_ledger import seal_ledger
from app.workflows.do_requested import do_requested
from app.workflows.licenses.audit_kept import ask_audit
from tests.builders import roster_file
from tests.unguarded import take_guard_away
from tests.workflows.licenses.moving import ANA, settled, show_roster

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)


def done(database: Database, work_id: int) -> RequestedWork:
    do_requested(database=database, now=lambda: NOW)
    with database.read() as tx:
        work = requested_work.load(tx, work_id)
    assert work is not None
    return work


def ask_verification(database: Database) -> int:
    return ask_once("verify_ledger", {}, actor="user:kim@agency.example", database=database, now=NOW)


def test_the_like_that_waits_already_is_enough(database: Database) -> None:
    first, again = ask_verification(database), ask_verification(database)
    other = ask_once("verify_ledger", {"x": 1}, actor="test", database=database, now=NOW)
    done(database, first)

    assert first == again != other
    assert ask_verification(database) not in (first, other)


def test_a_chain_that_holds_is_said_to_hold_and_a_broken_one_where_it_breaks(database: Database) -> None:
    with database.begin() as tx:
        for nth in range(3):
            ledger.write(tx, kind="ping", now=NOW, actor="test", facts={"nth": nth})
    seal_ledger(database=database)
    holds = done(database, ask_verification(database)).found
    table = table_of(LedgerRow)
    with database.begin() as tx:
        take_guard_away(tx)
        tx.execute(update(table).where(table.c.seq == 2).values(facts='{"nth":7}'))
    broken = done(database, ask_verification(database)).found

    assert holds is not None
    assert (holds["sealed"], holds["bad"], holds["head"]["seq"]) == (3, None, 3)
    assert broken is not None
    assert broken["bad"]["seq"] == 2
    assert broken["bad"]["why"] == "its facts are not those that were sealed"


def test_the_ranking_is_kept_as_json(database: Database) -> None:
    work = done(database, ask_once("rank_targets", {"days": 90}, actor="test", database=database, now=NOW))

    assert work.found is not None
    assert (work.found["targets"], work.found["until"]) == ([], NOW.isoformat())


def ask(database: Database, content: bytes, **how: Any) -> int:
    given = {"file_name": "../report.csv", "file_format": "csv", "npn": None, "whole": False, "period": None, **how}
    return ask_audit(content, actor="user:kim@agency.example", database=database, now=NOW, **given)


def test_a_report_that_was_uploaded_is_audited_in_the_name_of_who_brought_it(database: Database) -> None:
    show_roster(database, NOW, ANA)

    work = done(database, ask(database, roster_file(settled(ANA, "OH", "FL"))))
    again = done(database, ask(database, roster_file(settled(ANA, "OH", "FL"))))

    assert work.found == {"audit": 1, "again": False}
    assert again.found == {"audit": 1, "again": True}
    with database.read() as tx:
        audit = audits.load(tx, 1)
    assert audit is not None
    assert (audit.begun_by, audit.file_name, audit.discrepancies) == ("user:kim@agency.example", "report.csv", 1)


@pytest.mark.parametrize("content", [b"npn,state\n", b"\x00\x01\x02", b"<xml"])
def test_a_report_that_cannot_be_read_is_told_with_its_errors(database: Database, content: bytes) -> None:
    work = done(database, ask(database, content))

    assert work.status == "failed" or (work.found is not None and work.found["errors_total"] > 0)


def test_a_month_that_is_over_cannot_be_audited_for(database: Database) -> None:
    work = done(database, ask(database, roster_file(ANA), period="2026-01"))

    assert work.status == "failed"
    assert "an audit counts for this month or the last" in work.why
