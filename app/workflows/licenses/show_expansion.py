"""A project as it stands: its applications with what speaks against them, its documents, its costs, what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain import license_fees
from app.domain.expansion import Application, Costs, Needs, Obstacle, Project, costs
from app.domain.license_fees import Fee
from app.storage import documents, expansion, openings
from app.storage.database import Transaction
from app.storage.documents import Proof
from app.storage.openings import StateOpening
from app.workflows.licenses.add_application import checks
from app.workflows.licenses.missing_before_opening import missing


@dataclass(frozen=True)
class Shown:
    """`against`: by application that has not been filed yet, what speaks against it today. `opening`: of the state now.

    `lacks`: what the state cannot be opened without; empty once it is open, or the project is closed.
    """

    project: Project
    applications: tuple[Application, ...]
    against: dict[int, tuple[Obstacle, ...]]
    documents: tuple[Proof, ...]
    costs: Costs
    fee: Fee
    opening: StateOpening | None
    lacks: tuple[Obstacle, ...]


def show_expansion(tx: Transaction, project: Project, *, needs: Needs, now: datetime) -> Shown:
    applications = tuple(expansion.applications_of(tx, project.id))
    waiting = [each for each in applications if each.status == "added" and project.closed_at is None]
    proofs = tuple(documents.of_project(tx, project.id))
    return Shown(
        project=project,
        applications=applications,
        against={each.id: checks(tx, project, each.npn, each.lines, now, but=each.id) for each in waiting},
        documents=proofs,
        costs=costs(project.budget_cents, applications),
        fee=license_fees.fee(project.state),
        opening=openings.of_state(tx, project.state),
        lacks=_lacks(tx, project, proofs, needs, now),
    )


def _lacks(
    tx: Transaction, project: Project, proofs: tuple[Proof, ...], needs: Needs, now: datetime
) -> tuple[Obstacle, ...]:
    if project.status != expansion.PLANNED:
        return ()
    lacks = missing(tx, project.state, needs, now)
    if any(proof.verified_at for proof in proofs):
        return lacks
    why = "no document that another person than its uploader has verified"
    return (Obstacle("document_unverified" if proofs else "document_missing", why), *lacks)
