"""Drills that were run: one row for each state, and an entry in the ledger."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select

from app.domain.states import State
from app.storage import ledger
from app.storage.models.base import table_of
from app.storage.models.license_desk import DrillRow

_drills = table_of(DrillRow)


@dataclass(frozen=True)
class Drill:
    """One drill of one state. `campaign` None: all that there were."""

    drill_id: int
    at: datetime
    run_by: str
    state: State
    campaign: str | None
    roster_version: int
    passed: bool


_brief = select(*(column for column in _drills.c if column.name != "report"))


def add(
    tx: Connection,
    *,
    now: datetime,
    run_by: str,
    state: State,
    campaign: str | None,
    roster_version: int,
    passed: bool,
    report: Mapping[str, Any],
    facts: Mapping[str, Any],
) -> int:
    """Keep a drill with its report (JSON), and write the ledger's `drill_run` with `facts`. Returns its id."""
    written = tx.execute(
        insert(_drills).values(
            at=now,
            run_by=run_by,
            state=state,
            campaign=campaign,
            roster_version=roster_version,
            passed=passed,
            report=json.dumps(report, separators=(",", ":")),
        )
    )
    assert written.inserted_primary_key is not None
    drill_id = int(written.inserted_primary_key[0])
    told = {"drill": drill_id, "state": state, "campaign": campaign, "passed": passed, **facts}
    ledger.write(tx, kind="drill_run", now=now, actor=run_by, facts=told)
    return drill_id


def newest(tx: Connection, state: State) -> Drill | None:
    """The newest drill of `state`, whatever its campaigns; None where there is none."""
    query = _brief.where(_drills.c.state == state).order_by(_drills.c.id.desc()).limit(1)
    row = tx.execute(query).mappings().first()
    return None if row is None else _drill(row)


def listed(tx: Connection, *, state: State | None, after: int, limit: int) -> list[Drill]:
    """Drills with ids above `after`, oldest first; with `state` only its own."""
    query = _brief.where(_drills.c.id > after).order_by(_drills.c.id).limit(limit)
    if state is not None:
        query = query.where(_drills.c.state == state)
    return [_drill(row) for row in tx.execute(query).mappings()]


def newest_first(tx: Connection, *, limit: int, before: int | None = None) -> list[Drill]:
    """Every state's drills, the newest first; with `before` only those with smaller ids."""
    query = _brief.order_by(_drills.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(_drills.c.id < before)
    return [_drill(row) for row in tx.execute(query).mappings()]


def one(tx: Connection, drill_id: int) -> Drill | None:
    row = tx.execute(_brief.where(_drills.c.id == drill_id)).mappings().first()
    return None if row is None else _drill(row)


def report(tx: Connection, drill_id: int) -> dict[str, Any] | None:
    """The report as it was written."""
    found = tx.execute(select(_drills.c.report).where(_drills.c.id == drill_id)).scalar()
    return None if found is None else dict(json.loads(found))


def _drill(row: RowMapping) -> Drill:
    return Drill(**{"drill_id" if name == "id" else name: value for name, value in row.items()})
