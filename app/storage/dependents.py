"""Licenses that rest on a resident license which came back: not trusted until they are seen again.

FLOWS.md, "Licenses": a resident license reinstated brings back only those non-resident licenses seen active after it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Connection, and_, not_, select

from app.domain.licensing import Residency
from app.domain.lines import Line
from app.domain.states import State
from app.storage.models.base import table_of
from app.storage.models.roster import LicenseRow, ProducerRow
from app.storage.roster_changes import Edit, RosterChange, Subject
from app.storage.roster_import import batches
from app.storage.roster_rows import plain

_licenses, _producers = table_of(LicenseRow), table_of(ProducerRow)


def distrust_dependents(
    tx: Connection,
    change: RosterChange,
    came_back: Collection[tuple[int, str, Line]],
    seen: Collection[tuple[int, State, Line]],
) -> int:
    """Let what rests on these resident licenses give no authority until an import shows it again. How many did until now.

    `came_back`: (producer id, NPN, line) of each resident license that `change` brings back into force; `seen`: (producer
    id, state, line) of each license that the very same source shows. Call it once both are written: the resident state is
    read from the roster as it then is. `verified_at` stays what it was; it is `stale_at` that ends the trust.
    """
    edits: list[Edit] = []
    npns = {producer_id: npn for producer_id, npn, _ in came_back}
    lines = {(producer_id, line) for producer_id, _, line in came_back}
    shown = {(producer_id, state, str(line)) for producer_id, state, line in seen}
    for batch in batches(sorted(npns)):
        for row in _trusted_dependents(tx, batch, change):
            held = (row["producer_id"], row["state"], row["line"])
            if (row["producer_id"], Line(row["line"])) in lines and held not in shown:
                key = f"{npns[row['producer_id']]}/{row['state']}/{row['line']}"
                edits.append(Edit(Subject.LICENSE, key, row, {**row, "stale_at": change.now}))
    change.write(edits)
    return len(edits)


def _trusted_dependents(
    tx: Connection, producer_ids: Collection[int], change: RosterChange
) -> Iterator[dict[str, Any]]:
    at_home = and_(_licenses.c.state == _producers.c.resident_state, _licenses.c.residency == str(Residency.RESIDENT))
    query = (
        select(_licenses)
        .join(_producers, _producers.c.id == _licenses.c.producer_id)
        .where(_licenses.c.producer_id.in_(producer_ids), not_(at_home), _licenses.c.stale_at > change.now)
        .order_by(_licenses.c.producer_id, _licenses.c.state, _licenses.c.line)
    )
    return (plain(row) for row in tx.execute(query).mappings())
