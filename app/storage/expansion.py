"""Expansion projects and their applications; and what the roster and our own leads say of a state that is not open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, func, insert, or_, select, update

from app.domain import states as jurisdictions
from app.domain.expansion import Application, Drill, Project
from app.domain.licensing import IN_FORCE, Appointment, Producer
from app.domain.lines import Line
from app.domain.states import State
from app.storage.authority_facts import license_of
from app.storage.models.base import table_of
from app.storage.models.calls import LeadRow
from app.storage.models.license_desk import ApplicationRow, DrillRow, ProjectRow
from app.storage.models.roster import AppointmentRow, DomicileHoldRow, LicenseRow, ProducerRow
from app.storage.residences import residence_of

_projects, _applications, _drills = table_of(ProjectRow), table_of(ApplicationRow), table_of(DrillRow)
_producers, _licenses, _appointments = table_of(ProducerRow), table_of(LicenseRow), table_of(AppointmentRow)
_holds, _leads = table_of(DomicileHoldRow), table_of(LeadRow)

PLANNED, OPEN, CLOSED = "planned", "open", "closed"


# ---- projects


def project_of(tx: Connection, state: State) -> Project | None:
    """The state's one project that is not closed."""
    return _first(tx, _projects.c.state == state, _projects.c.closed_at.is_(None))


def newest_of(tx: Connection, state: State) -> Project | None:
    """The state's newest project, closed or not."""
    return _first(tx, _projects.c.state == state)


def by_id(tx: Connection, project_id: int) -> Project | None:
    return _first(tx, _projects.c.id == project_id)


def listed(tx: Connection, *, status: str | None, after: int, limit: int) -> list[Project]:
    """Projects with ids above `after`, oldest first."""
    query = select(_projects).where(_projects.c.id > after).order_by(_projects.c.id).limit(limit)
    if status is not None:
        query = query.where(_projects.c.status == status)
    return [Project(**row) for row in tx.execute(query).mappings()]


def begin(tx: Connection, state: State, *, status: str, now: datetime, actor: str) -> Project:
    """A new project; there must be none for the state that is not closed."""
    values = {"state": state, "status": status, "begun_at": now, "begun_by": actor}
    row = tx.execute(insert(_projects).values(values).returning(_projects)).mappings().one()
    return Project(**row)


def change(tx: Connection, project_id: int, **values: Any) -> Project:
    """Set columns of the project."""
    query = update(_projects).where(_projects.c.id == project_id).values(**values).returning(_projects)
    return Project(**tx.execute(query).mappings().one())


def _first(tx: Connection, *where: ColumnElement[bool]) -> Project | None:
    query = select(_projects).where(*where).order_by(_projects.c.id.desc()).limit(1)
    row = tx.execute(query).mappings().first()
    return None if row is None else Project(**row)


# ---- applications


def applications_of(tx: Connection, project_id: int) -> list[Application]:
    """In the order in which they were added."""
    query = _named().where(_applications.c.project_id == project_id).order_by(_applications.c.id)
    return [_application(row) for row in tx.execute(query).mappings()]


def application(tx: Connection, project_id: int, application_id: int) -> Application | None:
    """One application of the project."""
    query = _named().where(_applications.c.project_id == project_id, _applications.c.id == application_id)
    row = tx.execute(query).mappings().first()
    return None if row is None else _application(row)


def add_application(
    tx: Connection, project_id: int, producer_id: int, lines: str, *, estimated_cents: int | None, now: datetime
) -> int:
    """Name a producer; after a refusal the same row begins anew, and what was paid for it stays. Returns its id."""
    fresh = {"added_at": now, "estimated_cents": estimated_cents, "applied_on": None, "refused_on": None}
    key = {"project_id": project_id, "producer_id": producer_id, "lines": lines}
    same = [_applications.c[name] == value for name, value in key.items()]
    again = tx.execute(update(_applications).where(*same).values(**fresh).returning(_applications.c.id)).scalar()
    if again is not None:
        return int(again)
    written = tx.execute(insert(_applications).values({**fresh, **key}))
    assert written.inserted_primary_key is not None
    return int(written.inserted_primary_key[0])


def change_application(tx: Connection, application_id: int, **values: date | int | None) -> None:
    tx.execute(update(_applications).where(_applications.c.id == application_id).values(**values))


def _named() -> Select[Any]:
    return select(_applications, _producers.c.npn, _producers.c.first_name, _producers.c.last_name).join(
        _producers, _producers.c.id == _applications.c.producer_id
    )


def _application(row: RowMapping) -> Application:
    return Application(
        id=row["id"],
        npn=row["npn"],
        name=f"{row['first_name']} {row['last_name']}".strip(),
        lines=tuple(Line(line) for line in row["lines"].split("+")),
        added_at=row["added_at"],
        applied_on=row["applied_on"],
        approved_on=row["approved_on"],
        refused_on=row["refused_on"],
        estimated_cents=row["estimated_cents"],
        paid_cents=row["paid_cents"],
    )


# ---- what the roster says of a state


def newest_drill(tx: Connection, state: State) -> Drill | None:
    """The last drill of the state that was of every campaign, passed or not."""
    every = (_drills.c.state == state, _drills.c.campaign.is_(None))
    query = select(_drills.c.at, _drills.c.passed, _drills.c.roster_version).where(*every)
    row = tx.execute(query.order_by(_drills.c.at.desc(), _drills.c.id.desc()).limit(1)).first()
    return None if row is None else Drill(row.at, row.passed, row.roster_version)


def licenses_version(tx: Connection, state: State) -> int:
    """The roster's version when a license in the state last changed; 0 where there is none."""
    query = select(func.coalesce(func.max(_licenses.c.version), 0)).where(_licenses.c.state == state)
    return int(tx.execute(query).scalar_one())


def holders(tx: Connection, state: State) -> list[Producer]:
    """Everybody with a license of an active status in the state, by NPN, with what `judge` reads for that state alone."""
    there = (
        select(_licenses.c.producer_id)
        .where(_licenses.c.state == state, _licenses.c.status.in_([str(status) for status in IN_FORCE]))
        .distinct()
    )
    people = (
        tx.execute(select(_producers).where(_producers.c.id.in_(there)).order_by(_producers.c.npn)).mappings().all()
    )
    home = select(_producers.c.id, _producers.c.resident_state).where(_producers.c.id.in_(there)).subquery()
    licenses = _grouped(
        tx,
        select(_licenses)
        .join(home, home.c.id == _licenses.c.producer_id)
        .where(or_(_licenses.c.state == state, _licenses.c.state == home.c.resident_state)),
    )
    appointed = (_appointments.c.producer_id.in_(there), _appointments.c.state == state)
    appointments = _grouped(tx, select(_appointments).where(*appointed))
    holds = _grouped(tx, select(_holds).where(_holds.c.producer_id.in_(there)))
    return [
        Producer(
            producer_id=row["id"],
            npn=row["npn"],
            first_name=row["first_name"],
            last_name=row["last_name"],
            resident_state=row["resident_state"],
            suspended=row["suspended"],
            licenses=tuple(license_of(held) for held in licenses[row["id"]]),
            appointments=tuple(_appointment(given) for given in appointments[row["id"]]),
            domicile_holds=frozenset(hold["state"] for hold in holds[row["id"]]),
        )
        for row in people
    ]


def _grouped(tx: Connection, query: Select[Any]) -> Mapping[int, list[RowMapping]]:
    found = defaultdict[int, list[RowMapping]](list)
    for row in tx.execute(query).mappings():
        found[row["producer_id"]].append(row)
    return found


def _appointment(row: RowMapping) -> Appointment:
    return Appointment(
        state=row["state"],
        carrier=row["carrier"],
        line=Line(row["line"]) if row["line"] else None,
        active=row["active"],
        authority_from=row["authority_from"],
        authority_until=row["authority_until"],
    )


# ---- what our own leads say


@dataclass(frozen=True)
class LeadPage:
    """(campaign, states) of each lead; `next_after` None: there are no more."""

    leads: tuple[tuple[int | None, tuple[State, ...]], ...]
    next_after: int | None


def leads_since(tx: Connection, since: datetime, *, after: int, most: int = 2000) -> LeadPage:
    """Where the people live of whom we got leads since then, `most` with ids above `after`; no state where nobody knows."""
    query = (
        select(_leads.c.id, _leads.c.campaign_id, _leads.c.residence, _leads.c.state)
        .where(_leads.c.id > after, _leads.c.created_at >= since)
        .order_by(_leads.c.id)
        .limit(most)
    )
    rows = tx.execute(query).all()
    found = tuple((row.campaign_id, _states(row.residence, row.state)) for row in rows)
    return LeadPage(found, rows[-1].id if len(rows) == most else None)


def _states(residence: str | None, told: str | None) -> tuple[State, ...]:
    settled = residence_of(residence)
    if settled is not None and settled.states:
        return settled.states
    state = jurisdictions.parse(told)
    return () if state is None else (state,)
