"""Calls that the product has taken, and the look back over them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from app.simulator.calls import Call
from app.simulator.parties import CallerBehavior, ProducerBehavior, accepts, talks
from app.storage.database import Database
from app.storage.models.base import Base
from app.workflows.lookback.own import OwnLookBack, look_back_on_own
from tests.builders import licensed
from tests.conversations.people import ANA, KEYS_OHIO, OHIO_CALLER, OTHER_OHIO_CALLER
from tests.product import Stage
from tests.unguarded import take_guard_away

TESS = licensed("Tess", 6, "OH", "TX")
THIRD_OHIO_CALLER = "+16145550152"


def looked_back(stage: Stage) -> OwnLookBack:
    """Over the last 30 days."""
    since = stage.now - timedelta(days=30)
    return look_back_on_own(database=stage.database, since=since, until=stage.now + timedelta(seconds=1), now=stage.now)


def talk(stage: Stage) -> Call:
    """A caller from Ohio talks with Ana."""
    stage.hire(ANA, behavior=accepts())
    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)
    assert len(call.bridged_to) == 1
    return call


def talk_in_the_wrong_state(stage: Stage) -> Call:
    """Ana learns that the caller is in Texas; Tess takes over."""
    stage.open("TX")
    stage.presence(ANA, "available")
    call = stage.ring_in(OTHER_OHIO_CALLER, CallerBehavior(answers=["43215"], talk_seconds=100))
    while not (call.bridged_to or call.ended):
        stage.exchange.run(1)
    stage.hire(TESS)
    stage.exchange.run(20)
    key = {"Authorization": f"Bearer {stage.key}"}
    told = stage.app.test_client().post(f"/api/v1/calls/{call.sid}/wrong-state", json={"state": "TX"}, headers=key)
    assert told.status_code == 200
    stage.exchange.run()
    assert call.bridged_to == [ANA.phone, TESS.phone]
    return call


def callback(stage: Stage, *, person: ProducerBehavior | None = None) -> Call:
    """A caller whom nobody takes is called back by Ana; the carrier's call that rang her first."""
    for producer in stage.hired:
        stage.presence(producer, "away")
    stage.exchange.add_person(THIRD_OHIO_CALLER, person or talks(90))
    lost = stage.call_from(THIRD_OHIO_CALLER, KEYS_OHIO)
    assert not lost.bridged_to
    stage.presence(ANA, "available")
    before = len(stage.exchange.placed_calls())
    stage.pass_time(120)
    placed = stage.exchange.placed_calls()
    assert len(placed) == before + 1
    return placed[-1]


def tamper(database: Database, table: str, where: dict[str, Any], **values: Any) -> None:
    """Change rows by SQL, past everything that the product does when it changes them."""
    rows = Base.metadata.tables[table]
    with database.begin() as tx:
        take_guard_away(tx)
        changed = tx.execute(
            rows.update().where(*(rows.c[name] == value for name, value in where.items())).values(values)
        )
        assert changed.rowcount > 0, (table, where)


def rows_of(database: Database, table: str, **where: Any) -> list[dict[str, Any]]:
    rows = Base.metadata.tables[table]
    with database.read() as tx:
        query = rows.select().where(*(rows.c[name] == value for name, value in where.items())).order_by(rows.c.id)
        return [dict(row) for row in tx.execute(query).mappings()]


def at_night(stage: Stage) -> datetime:
    """Three o'clock in Ohio, the next night."""
    night = stage.now.replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(days=1)
    stage.clock.move_to(night)
    return night
