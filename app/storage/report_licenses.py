"""Licenses that a report showed last, where what it called them turns out to mean something else."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.domain.licensing import IN_FORCE, Status
from app.domain.lines import Line
from app.domain.states import State
from app.storage.models.base import table_of
from app.storage.models.roster import LicenseRow, ProducerRow
from app.storage.roster_changes import Edit, RosterChange, Subject
from app.storage.roster_rows import plain

_licenses, _producers = table_of(LicenseRow), table_of(ProducerRow)


def suspend(
    change: RosterChange, state: State, lines: Sequence[Line], sources: Sequence[str]
) -> list[tuple[str, State, Line]]:
    """Suspend what is in force of these lines in the state and came from one of `sources`; which it was, with the NPN."""
    found = change.tx.execute(
        select(_licenses, _producers.c.npn)
        .join(_producers, _producers.c.id == _licenses.c.producer_id)
        .where(
            _licenses.c.state == state,
            _licenses.c.line.in_([str(line) for line in lines]),
            _licenses.c.source.in_(sources),
            _licenses.c.status.in_([str(status) for status in IN_FORCE]),
        )
        .order_by(_producers.c.npn, _licenses.c.line)
    ).mappings()
    suspended: list[tuple[str, State, Line]] = []
    edits: list[Edit] = []
    for row in found:
        before = plain(row)
        npn = before.pop("npn")
        suspended.append((npn, state, Line(before["line"])))
        after = {**before, "status": str(Status.SUSPENDED)}
        edits.append(Edit(Subject.LICENSE, f"{npn}/{state}/{before['line']}", before, after))
    change.write(edits)
    return suspended
