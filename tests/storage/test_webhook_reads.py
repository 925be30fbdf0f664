"""The collector looks each second: no statement of a look may walk through a table that grows with the calls."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event, text

from app.domain.lead import Custody
from app.storage import leads, ledger, seals, webhooks_sources
from app.storage.database import Database
from app.timekeeping import ManualClock

_CALL = (
    "INSERT INTO calls (id, call_sid, from_number, to_number, phase, version, tier, language, arrived_at, asks, offers, "
    "served_seconds) VALUES (1, 'CA1', '', '', 'ended', 0, 1, 'en', '2026-11-18 15:00:00+00:00', 0, 0, 0)"
)
_ENDED = (
    "INSERT INTO call_events (call_id, key, happening, at, obeyed, phase, facts) "
    "VALUES (1, 'status', 'call_ended', '2026-11-18 15:00:00+00:00', true, 'ended', '{}')"
)


def test_a_look_reads_by_index_only(database: Database, clock: ManualClock) -> None:
    now, asked = clock.now(), list[tuple[str, Any]]()
    with database.begin() as tx:
        for statement in (_CALL, _ENDED):
            tx.execute(text(statement))
        leads.add(tx, custody=Custody.ESCALATED, owed_by=now, now=now, phone="+16145550150")
        ledger.write(tx, kind="offer", now=now, actor="test", facts={})
        seals.seal(tx)
    event.listen(database.engine, "before_cursor_execute", lambda *told: asked.append((told[2], told[3])))

    found: list[webhooks_sources.Happened] = []
    with database.read() as tx:
        for read in (
            webhooks_sources.new_leads,
            webhooks_sources.new_callbacks,
            webhooks_sources.new_escalations,
            webhooks_sources.call_ends,
        ):
            found += read(tx, 0, now)[0]
        webhooks_sources.from_ledger(tx, 0)
        found += webhooks_sources.overdue(tx, now)
        found += webhooks_sources.resolved(tx, now)
        explain = "EXPLAIN QUERY PLAN" if database.dialect == "sqlite" else "EXPLAIN"
        reads = [each for each in asked if each[0].lstrip().startswith("SELECT")]
        plans = {
            statement: [str(row[-1]) for row in tx.exec_driver_sql(f"{explain} {statement}", values)]
            for statement, values in reads
        }

    assert [each.type for each in found] == ["lead.received"]
    assert len(plans) >= 15
    if database.dialect == "sqlite":
        # PostgreSQL plans by what it has counted, and here there is nothing to count.
        walked = {statement: plan for statement, plan in plans.items() if any(step.startswith("SCAN") for step in plan)}
        by_calls = [step for plan in plans.values() for step in plan if "calls USING" in step]
        assert not walked
        assert by_calls
        assert all("INTEGER PRIMARY KEY" in step for step in by_calls)
