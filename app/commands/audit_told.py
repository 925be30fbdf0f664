"""Audits and discrepancies as a person reads them, and as a program does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.commands.output import instant, print_table
from app.storage.audits import Audit
from app.storage.discrepancies import Recorded


def audit_object(one: Audit) -> dict[str, Any]:
    """As `GET /audits` has it."""
    return {
        "id": one.id,
        "period": one.period,
        "begun_at": instant(one.begun_at),
        "begun_by": one.begun_by,
        "file_name": one.file_name,
        "file_sha256": one.file_sha256,
        "format": one.file_format,
        "whole": one.whole,
        "as_of": one.as_of.isoformat() if one.as_of else None,
        "roster_version": one.roster_version,
        "compared": one.compared,
        "not_in_report": one.not_in_report,
        "discrepancies": one.discrepancies,
        "open": one.open,
        "suspended": one.suspended,
        "finished_at": instant(one.finished_at),
        "signed_at": instant(one.signed_at),
        "signed_by": one.signed_by,
        "signed_role": one.signed_role,
    }


def discrepancy_object(one: Recorded, now: datetime) -> dict[str, Any]:
    """As `GET /audits/{id}` has it."""
    return {
        "id": one.id,
        "audit_id": one.audit_id,
        "npn": one.npn,
        "state": one.state,
        "loa": one.line or None,
        "kind": one.kind,
        "ours": one.ours,
        "theirs": one.theirs,
        "less": one.less,
        "suspended": one.suspended,
        "owner": one.owner,
        "due_at": instant(one.due_at),
        "overdue": one.is_overdue(now),
        "resolved_at": instant(one.resolved_at),
        "resolved_by": one.resolved_by,
        "resolved_as": one.resolved_as,
        "note": one.resolution,
    }


def audit_told(one: Audit) -> str:
    """An audit in a sentence."""
    others = ", held against it, too" if one.whole else ""
    if one.signed_at is not None:
        ends = f"signed by {one.signed_by} as {one.signed_role} on {instant(one.signed_at)}"
    else:
        ends = "not signed" if one.finished_at else "cut off: audit the file again, and it goes on"
    return (
        f"audit {one.id} for {one.period}, {one.file_name}: {one.compared} producers compared, {one.not_in_report} of "
        f"ours not in the report{others}; {one.discrepancies} discrepancies, {one.open} open, {one.suspended} licenses "
        f"suspended; {ends}"
    )


def print_discrepancies(found: Sequence[Recorded], now: datetime) -> None:
    header = ("id", "npn", "state", "loa", "kind", "here", "there", "license", "due", "owner", "resolved")
    print_table(header, [_row(one, now) for one in found])


def audit_row(one: Audit) -> tuple[str, ...]:
    counts = (one.compared, one.discrepancies, one.open, one.suspended)
    signed = f"{one.signed_by} as {one.signed_role}" if one.signed_by else "no"
    return (str(one.id), one.period, instant(one.begun_at) or "", one.file_name, *map(str, counts), signed)


def _row(one: Recorded, now: datetime) -> tuple[str, ...]:
    return (
        str(one.id),
        one.npn,
        one.state,
        one.line or "?",
        one.kind,
        _cell(one.ours, one.theirs),
        _cell(one.theirs, one.ours),
        "suspended" if one.suspended else "",
        f"{instant(one.due_at)}{' overdue' if one.is_overdue(now) else ''}",
        one.owner or "",
        f"{one.resolved_as} by {one.resolved_by}" if one.resolved_as else "",
    )


def _cell(side: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> str:
    """What one side says where the other says otherwise; all of it where the other says nothing."""
    if side is None:
        return "nothing"
    plain = {name: value for name, value in side.items() if not isinstance(value, list)}  # lists are for --json
    told = {name: value for name, value in plain.items() if other is None or other.get(name) != value}
    return ", ".join(f"{name} {'not known' if value is None else value}" for name, value in told.items())
