"""Somebody answers for an audit with name, role and time, once nothing of it is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.licensing import BLOCK_AFTER
from app.storage import audits, ledger
from app.storage.audits import Audit
from app.storage.database import Database, Transaction

ROLES = ("compliance", "admin", "supervisor")
"""Who may sign. A producer would sign for their own licenses."""


@dataclass(frozen=True)
class NotSigned:
    """The audit stays unsigned, and why. `open`: so many discrepancies have to be resolved first."""

    why: str
    open: int = 0


def sign_audit(audit_id: int, role: str, *, actor: str, database: Database, now: datetime) -> Audit | NotSigned | None:
    """The signed audit, the same for the same person and role again; None: there is no such one.

    Refused while a discrepancy of it is open, here or in a later audit that found it again.
    """
    with database.begin() as tx:
        audit = audits.load(tx, audit_id)
        if audit is None or (audit.signed_by, audit.signed_role) == (actor, role):
            return audit
        refused = _objection(tx, audit, role)
        if refused is not None:
            return refused
        audits.sign(tx, audit_id, by=actor, role=role, now=now)
        counted = {name: getattr(audit, name) for name in ("compared", "discrepancies", "suspended")}
        facts = {"audit": audit_id, "period": audit.period, "role": role, "file_sha256": audit.file_sha256, **counted}
        ledger.write(tx, kind="audit_signed", now=now, actor=actor, facts=facts)
        return audits.load(tx, audit_id)


def _objection(tx: Transaction, audit: Audit, role: str) -> NotSigned | None:
    if role not in ROLES:
        return NotSigned(f"{role[:20]!r} signs no audits; {', '.join(ROLES)} do")
    if audit.signed_at is not None:
        return NotSigned(f"{audit.signed_by} signed it already, as {audit.signed_role}")
    if audit.finished_at is None:
        return NotSigned("it was cut off; audit the same file again, and it goes on where it stopped")
    if audit.as_of is not None and audit.as_of < (audit.begun_at - BLOCK_AFTER - timedelta(days=1)).date():
        return NotSigned(f"its report was made on {audit.as_of}, which proves nothing any more; audit a new one")
    unsettled = audits.unsettled(tx, audit.id)
    if unsettled:
        are = "discrepancy of it is" if unsettled == 1 else "discrepancies of it are"
        return NotSigned(f"{unsettled} {are} open", unsettled)
    return None
