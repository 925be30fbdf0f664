"""Expansion projects side by side, the way the list of them shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, select

from app.domain.expansion import Project
from app.storage.expansion import CLOSED, OPEN
from app.storage.models.base import table_of
from app.storage.models.license_desk import ApplicationRow, DocumentRow, ProjectRow
from app.storage.models.roster import StateOpeningRow

_projects, _applications, _documents = table_of(ProjectRow), table_of(ApplicationRow), table_of(DocumentRow)
_openings = table_of(StateOpeningRow)


@dataclass(frozen=True)
class Standing:
    """One project: how many applications, approved ones and verified documents. `pilot`: open for some ZIPs only."""

    project: Project
    pilot: bool
    applications: int
    approved: int
    documents: int
    verified: int
    paid_cents: int


def side_by_side(tx: Connection, *, limit: int) -> list[Standing]:
    """What is under way first, then open, then closed; the newest of each first."""
    rank = case({CLOSED: 2, OPEN: 1}, value=_projects.c.status, else_=0)
    query = (
        select(
            _projects,
            _openings.c.territory.label("pilot"),
            _count(_applications, "applications"),
            _count(_applications, "approved", _applications.c.approved_on.is_not(None)),
            _count(_documents, "documents"),
            _count(_documents, "verified", _documents.c.verified_at.is_not(None)),
            select(func.coalesce(func.sum(_applications.c.paid_cents), 0))
            .where(_applications.c.project_id == _projects.c.id)
            .correlate(_projects)
            .scalar_subquery()
            .label("paid_cents"),
        )
        .outerjoin(_openings, (_openings.c.state == _projects.c.state) & (_projects.c.status == OPEN))
        .order_by(rank, _projects.c.begun_at.desc(), _projects.c.id.desc())
        .limit(limit)
    )
    found = []
    for row in tx.execute(query).mappings():
        counted = {name: int(row[name]) for name in ("applications", "approved", "documents", "verified", "paid_cents")}
        project = Project(**{name: row[name] for name in Project.__dataclass_fields__})
        found.append(Standing(project, bool(row["pilot"]), **counted))
    return found


def _count(table: Any, name: str, *which: ColumnElement[bool]) -> Any:
    counted = select(func.count()).where(table.c.project_id == _projects.c.id, *which)
    return counted.correlate(_projects).scalar_subquery().label(name)
