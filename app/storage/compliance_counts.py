"""What waits for a person in compliance, as numbers for one page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, case, func, select

from app.domain.licensing import IN_FORCE
from app.domain.renewals import days_left, first_and_last_day
from app.domain.verification_age import EARLIEST_WARNING, warns_at
from app.storage import renewal_board, renewals
from app.storage.models.base import table_of
from app.storage.models.license_desk import DiscrepancyRow, MoveRow, RenewalTaskRow, UnmappedLineRow
from app.storage.models.roster import LicenseRow, ProducerRow

_producers, _licenses = table_of(ProducerRow), table_of(LicenseRow)
_tasks, _discrepancies = table_of(RenewalTaskRow), table_of(DiscrepancyRow)
_moves, _unmapped = table_of(MoveRow), table_of(UnmappedLineRow)

SOON = 30
"""Days before a license runs out from which on it stands on the overview."""

MOVES_DUE_WITHIN = timedelta(days=10)
"""So close to its last day a move runs out."""


@dataclass(frozen=True)
class Waiting:
    """`unclaimed` of those that are `expiring` are nobody's; `suspended_by_audit` are open discrepancies."""

    producers: int
    licenses: int
    expiring: int
    unclaimed: int
    first_expires: int | None
    open_discrepancies: int
    overdue_discrepancies: int
    suspended_by_audit: int
    open_moves: int
    moves_running_out: int
    unmapped_lines: int


def waiting(tx: Connection, now: datetime) -> Waiting:
    """All of it, as of now. `first_expires`: days until the first license runs out."""
    _, today = first_and_last_day(now)
    soonest = renewals.soonest(tx, limit=1)
    unclaimed = func.sum(case((_tasks.c.owner.is_(None), 1), else_=0))
    expiring = tx.execute(
        select(func.count(), unclaimed).where(_tasks.c.closed_at.is_(None), renewal_board.within(now, SOON))
    ).one()
    found = tx.execute(
        select(
            func.count(),
            func.sum(case((_discrepancies.c.due_at <= now, 1), else_=0)),
            func.sum(case((_discrepancies.c.suspended.is_(True), 1), else_=0)),
        ).where(_discrepancies.c.resolved_at.is_(None))
    ).one()
    due = and_(_moves.c.due_on <= today + MOVES_DUE_WITHIN, _moves.c.withdrawn_at.is_(None))
    moves = tx.execute(
        select(func.count(), func.sum(case((due, 1), else_=0))).where(_moves.c.closed_at.is_(None))
    ).one()
    unmapped = select(func.count()).select_from(_unmapped).where(_unmapped.c.resolved_at.is_(None))
    return Waiting(
        producers=tx.execute(select(func.count()).select_from(_producers)).scalar_one(),
        licenses=tx.execute(select(func.count()).select_from(_licenses)).scalar_one(),
        expiring=expiring[0],
        unclaimed=int(expiring[1] or 0),
        first_expires=next((days_left(each.runs_out.state, each.runs_out.expires_on, now) for each in soonest), None),
        open_discrepancies=found[0],
        overdue_discrepancies=int(found[1] or 0),
        suspended_by_audit=int(found[2] or 0),
        open_moves=moves[0],
        moves_running_out=int(moves[1] or 0),
        unmapped_lines=tx.execute(unmapped).scalar_one(),
    )


@dataclass(frozen=True)
class Source:
    """Where licenses in force were last seen. `warned`: seen too long ago; `blocked` of them give no authority any more.

    `blocks_next_at`: when the next one stops.
    """

    name: str
    licenses: int
    seen_last_at: datetime
    warned: int
    blocked: int
    blocks_next_at: datetime | None


def sources(tx: Connection, now: datetime) -> list[Source]:
    """By name. Read as groups of one source that were seen at the same instant: an import is one."""
    rows = tx.execute(
        select(_licenses.c.source, _licenses.c.verified_at, _licenses.c.stale_at, func.count())
        .where(
            _licenses.c.status.in_([str(status) for status in IN_FORCE]),
            _licenses.c.authority_until > now,
        )
        .group_by(_licenses.c.source, _licenses.c.verified_at, _licenses.c.stale_at)
    ).all()
    found = []
    for name in sorted({row[0] for row in rows}):
        seen = [row for row in rows if row[0] == name]
        old = [
            (stale_at, count)
            for _, verified_at, stale_at, count in seen
            if now - verified_at >= EARLIEST_WARNING and warns_at(verified_at, stale_at) <= now
        ]
        found.append(
            Source(
                name=name,
                licenses=sum(row[3] for row in seen),
                seen_last_at=max(row[1] for row in seen),
                warned=sum(count for _, count in old),
                blocked=sum(count for stale_at, count in old if stale_at <= now),
                blocks_next_at=min((stale_at for stale_at, _ in old if stale_at > now), default=None),
            )
        )
    return found
