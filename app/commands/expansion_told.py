"""How a project and a target are told at a command: as JSON, and in lines."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import click

from app.commands.output import instant, print_table
from app.domain.expansion import Application
from app.domain.license_fees import Fee
from app.storage.documents import Proof
from app.workflows.licenses.rank_targets import Target
from app.workflows.licenses.show_expansion import Shown


def project_object(shown: Shown) -> dict[str, Any]:
    project = shown.project
    agency = {
        "number": project.agency_license_number,
        "expires_on": _day(project.agency_expires_on),
        "until": instant(project.agency_until),
    }
    return {
        "id": project.id,
        "state": project.state,
        "status": project.status,
        "begun_at": instant(project.begun_at),
        "begun_by": project.begun_by,
        "closed_at": instant(project.closed_at),
        "fewest_producers": project.fewest_producers,
        "agency_license": agency if project.agency_license_number else None,
        "costs_cents": {**vars(shown.costs), "left": shown.costs.left},
        "fee": fee_object(shown.fee),
        "applications": [
            {**_application(each), "against": [vars(obstacle) for obstacle in shown.against.get(each.id, ())]}
            for each in shown.applications
        ],
        "documents": [_document(proof) for proof in shown.documents],
        "missing": [vars(lack) for lack in shown.lacks],
    }


def target_object(target: Target) -> dict[str, Any]:
    return {
        "state": target.state,
        "was_open": target.was_open,
        "leads": target.leads,
        "lost_calls": target.lost_calls,
        "producers": list(target.producers),
        "by_loa": [
            {
                "loa": loa or None,
                "leads": demand.leads,
                "lost_calls": demand.lost_calls,
                "producers": list(demand.producers),
            }
            for loa, demand in target.by_loa.items()
        ],
        "fee": fee_object(target.fee),
    }


def fee_object(fee: Fee) -> dict[str, Any]:
    """Of one nonresident license, in cents, NIPR's part included."""
    return {
        "low_cents": fee.low_cents,
        "high_cents": fee.high_cents,
        "nipr_cents": fee.nipr_cents,
        "extras": fee.extras,
        "confidence": fee.confidence,
        "as_of": fee.as_of.isoformat(),
        "source": fee.source,
        "waiting": fee.waiting,
    }


def print_project(shown: Shown) -> None:
    project, costs, fee = shown.project, shown.costs, shown.fee
    click.echo(f"{project.state}: {project.status}, project {project.id}, begun {instant(project.begun_at)}")
    click.echo(
        f"budget {dollars(costs.budget)}, estimated {dollars(costs.estimated)}, paid {dollars(costs.paid)}, "
        f"expected {dollars(costs.expected)}" + (f"; {costs.unknown} not known" if costs.unknown else "")
    )
    if costs.left is not None and costs.left < 0:
        click.echo(f"over budget by {dollars(-costs.left)}")
    click.echo(
        f"a license there: {dollars(fee.low_cents)} to {dollars(fee.high_cents)}, NIPR's {dollars(fee.nipr_cents)} in it, "
        f"as of {fee.as_of}, confidence {fee.confidence}" + (f"; besides: {fee.extras}" if fee.extras else "")
    )
    if project.agency_license_number:
        click.echo(f"the agency's own license: {project.agency_license_number}, to {project.agency_expires_on}")
    header = ("npn", "name", "loa", "status", "applied", "decided", "estimated", "paid", "against")
    print_table(header, (_row(shown, each) for each in shown.applications))
    for proof in shown.documents:
        by = f"verified by {proof.verified_by}" if proof.verified_by else "not verified"
        click.echo(f"document {proof.id}: {proof.name}, {proof.kind}, brought by {proof.uploaded_by}, {by}")
    for lack in shown.lacks:
        click.echo(f"missing: {lack.why}")


def dollars(cents: int | None) -> str:
    return "unknown" if cents is None else f"${Decimal(cents) / 100:.2f}"


def _row(shown: Shown, each: Application) -> tuple[str, ...]:
    return (
        *(each.npn, each.name, "+".join(each.lines), each.status),
        *(_day(each.applied_on) or "", _day(each.approved_on or each.refused_on) or ""),
        *(dollars(each.estimated_cents), dollars(each.paid_cents) if each.paid_cents is not None else ""),
        "; ".join(obstacle.why for obstacle in shown.against.get(each.id, ())),
    )


def _application(each: Application) -> dict[str, Any]:
    return {
        "id": each.id,
        "npn": each.npn,
        "name": each.name,
        "loa": "+".join(each.lines),
        "status": str(each.status),
        "added_at": instant(each.added_at),
        "applied_on": _day(each.applied_on),
        "approved_on": _day(each.approved_on),
        "refused_on": _day(each.refused_on),
        "estimated_cents": each.estimated_cents,
        "paid_cents": each.paid_cents,
    }


def _document(proof: Proof) -> dict[str, Any]:
    return {
        "id": proof.id,
        "name": proof.name,
        "kind": proof.kind,
        "size_bytes": proof.size_bytes,
        "sha256": proof.sha256,
        "uploaded_by": proof.uploaded_by,
        "uploaded_at": instant(proof.uploaded_at),
        "verified_by": proof.verified_by,
        "verified_at": instant(proof.verified_at),
    }


def _day(day: Any) -> str | None:
    return None if day is None else str(day)
