"""Hold the roster against a report without importing it: what says less is suspended at once, what says more waits."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.domain.discrepancies import HeldLine, Kind, compare, sold_not_held
from app.domain.states import State
from app.rosters.csv_roster import PERPETUAL
from app.rosters.errors import Refusal
from app.rosters.nipr_values import Unmapped
from app.storage import audit_facts, audits, discrepancies, ledger, notices, unmapped_lines
from app.storage.audits import Asked, Audit
from app.storage.database import Database, Transaction
from app.storage.discrepancies import Found
from app.storage.roster_changes import RosterChange
from app.workflows.licenses import their_report
from app.workflows.licenses.expose_lapses import expose_lapses
from app.workflows.licenses.exposure import Exposed
from app.workflows.licenses.files import base_name, sha256
from app.workflows.licenses.their_report import NotAudited, Theirs

SOURCE = "audit"
BATCH = 5
"""So many producers are compared in one transaction: a call that comes meanwhile waits for one of them."""

SETTLED_WITHIN = timedelta(hours=48)
SOLD_SINCE = timedelta(days=30)
MOST_CALLS_NAMED = 100
"""So many calls of one discrepancy are named; all of them are counted."""

_NPN = re.compile(r"[1-9][0-9]{0,9}", re.ASCII)
_PERIOD = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True)
class Audited:
    """The audit as it stands. `again`: the same file was compared with this very roster before, and this is that audit.

    `exposed`: calls bridged after a license had ended by the report; the ledger has them as well.
    """

    audit: Audit
    again: bool
    exposed: tuple[Exposed, ...] = ()


def audit_roster(
    content: bytes,
    *,
    file_name: str,
    file_format: str | None,
    npn: str | None,
    whole: bool,
    period: str | None,
    actor: str,
    database: Database,
    now: datetime,
    batch_size: int = BATCH,
) -> Audited | NotAudited | Refusal:
    """Compare, suspend what the report gives less of, and write every difference down with its owner's 48 hours.

    `file_format` None: by the first bytes. `whole`: the report covers everybody, so whom it does not name holds nothing.
    `period`: the month that it counts for, this one (in UTC) or the last. Nothing is verified and nothing is given by it.
    """
    counts_for = _period(period, now)
    if isinstance(counts_for, NotAudited):
        return counts_for
    if npn is not None and not _NPN.fullmatch(npn):
        return NotAudited(f"{npn[:20]!r} is not an NPN")
    with database.read() as tx:
        answers, ours = unmapped_lines.answers(tx), audit_facts.npns(tx)
    known_format = file_format or their_report.format_of(content)
    theirs = their_report.read(content, known_format, npn=npn, answers=answers)
    if not isinstance(theirs, Theirs):
        return theirs
    asked = Asked(
        file_name=base_name(file_name),
        file_sha256=sha256(content),
        file_format=known_format,
        given_npn=npn or "",
        whole=whole,
        period=counts_for,
        as_of=theirs.as_of,
        not_in_report=len(ours - theirs.lines.keys()),
    )
    audit = _begun(asked, actor=actor, database=database, now=now)
    if audit.finished_at is not None:
        return Audited(audit, again=True)
    subjects = _Subjects(theirs, sorted(theirs.lines.keys() | (ours if whole else set())), batch_size)
    while audit.finished_at is None:
        audit = _next_batch(audit.id, subjects, asked, actor=actor, database=database, now=now)
    exposed = expose_lapses(audit.id, actor=actor, database=database, now=now)
    return Audited(audit, again=False, exposed=exposed)


@dataclass(frozen=True)
class _Subjects:
    """Whom the audit is about: what the report says, and everybody to be compared, by NPN."""

    theirs: Theirs
    npns: Sequence[str]
    batch_size: int

    def next_after(self, npn: str) -> Sequence[str]:
        at = bisect_right(self.npns, npn)
        return self.npns[at : at + self.batch_size]


def _period(period: str | None, now: datetime) -> str | NotAudited:
    this_month = now.astimezone(UTC)
    last_month = this_month.replace(day=1) - timedelta(days=1)
    allowed = (f"{this_month:%Y-%m}", f"{last_month:%Y-%m}")
    if period is None:
        return allowed[0]
    if not _PERIOD.fullmatch(period) or period not in allowed:
        return NotAudited(
            f"an audit counts for this month or the last, {' or '.join(allowed)}, and not {period[:20]!r}"
        )
    return period


def _begun(asked: Asked, *, actor: str, database: Database, now: datetime) -> Audit:
    """The audit to go on with: the same one where there is one, else a new one."""
    with database.begin() as tx:
        _change(tx, asked, actor=actor, now=now)  # so that nobody else begins the same one meanwhile
        version = ledger.roster_version(tx)
        found = audits.same(tx, asked, version)
        if found is not None:
            return found
        begun = audits.begin(tx, asked, version, actor=actor, now=now)
        ledger.write(tx, kind="audit_begun", now=now, actor=actor, facts={"audit": begun.id, **_facts(asked)})
        return begun


def _facts(asked: Asked) -> dict[str, Any]:
    return {**vars(asked), "as_of": asked.as_of and asked.as_of.isoformat()}


def _next_batch(
    audit_id: int, subjects: _Subjects, asked: Asked, *, actor: str, database: Database, now: datetime
) -> Audit:
    """Compare the next producers; once there are none, the audit is finished. As it stood before, or in the end."""
    with database.begin() as tx:
        # Made first: it keeps every other change of the roster, and another run of this audit, waiting.
        change = _change(tx, asked, actor=actor, now=now)
        audit = audits.progress(tx, audit_id)
        batch = subjects.next_after(audit.reached_npn) if audit.finished_at is None else ()
        if batch:
            _compare(change, audit, batch, subjects.theirs, actor=actor)
            return audit
        if audit.finished_at is None:
            audits.finish(tx, audit_id, now)
            ledger.write(tx, kind="roster_audited", now=now, actor=actor, facts=_outcome(_load(tx, audit_id)))
        return _load(tx, audit_id)


def _change(tx: Transaction, asked: Asked, *, actor: str, now: datetime) -> RosterChange:
    return RosterChange(
        tx, now=now, actor=actor, source=SOURCE, file_name=asked.file_name, file_sha256=asked.file_sha256
    )


def _load(tx: Transaction, audit_id: int) -> Audit:
    audit = audits.load(tx, audit_id)
    assert audit is not None
    return audit


def _outcome(audit: Audit) -> dict[str, Any]:
    counted = ("compared", "not_in_report", "discrepancies", "open", "suspended", "roster_version")
    return {"audit": audit.id, "period": audit.period, **{name: getattr(audit, name) for name in counted}}


def _compare(change: RosterChange, audit: Audit, npns: Sequence[str], theirs: Theirs, *, actor: str) -> None:
    """Find what differs, suspend what the report gives less of, write both down."""
    tx, now = change.tx, change.now
    before = ledger.roster_version(tx)
    ids = audit_facts.ids_of(tx, npns)
    found = list(_found(tx, ids, npns, theirs, now))
    suspended = [(one.npn, one.state, one.line) for one in found if one.less]
    audit_facts.suspend(change, ids, suspended)
    due_at = now + SETTLED_WITHIN
    for discrepancy_id, earlier in discrepancies.record(tx, audit.id, found, due_at=due_at, actor=actor, now=now):
        if earlier.is_overdue(now):
            # It was told of where it was found first.
            notices.claim(tx, discrepancies.subject_of(discrepancy_id), discrepancies.OVERDUE, now)
    audits.advance(tx, audit, npns, before=before, after=change.version or before)
    if found:
        facts = {
            "audit": audit.id,
            "found": len(found),
            "suspended": ["/".join(key) for key in suspended],
            "sold_not_held": [
                sid for one in found if one.kind == Kind.SOLD_NOT_HELD for sid in (one.ours or {})["call_sids"]
            ],
            "version": change.version,
        }
        ledger.write(tx, kind="discrepancies_found", now=now, actor=actor, facts=facts)


def _found(tx: Transaction, ids: dict[str, int], npns: Sequence[str], theirs: Theirs, now: datetime) -> Iterator[Found]:
    held = audit_facts.licenses(tx, ids)
    sales = audit_facts.sales(tx, ids, now - SOLD_SINCE)
    for npn in npns:
        told, unmapped = theirs.lines.get(npn, ()), theirs.unmapped.get(npn, ())
        for one in compare(held.get(npn, ()), told, now):
            there = _side(one.theirs) or _unread(unmapped, one.state)
            yield Found(npn, one.state, one.line, one.kind, _side(one.ours), there, one.less)
        for sold in sold_not_held(sales.get(npn, ()), told):
            ours = {
                "calls": len(sold.sales),
                "last_at": sold.last_at.isoformat(),
                "call_sids": [sale.call_sid for sale in sold.sales[:MOST_CALLS_NAMED]],
            }
            yield Found(npn, sold.state, sold.line, Kind.SOLD_NOT_HELD, ours, None, less=False)
        for line in unmapped:
            named = {name: getattr(line, name) for name in ("license_class", "loa_code", "loa_name", "why")}
            yield Found(npn, line.state, "", Kind.UNMAPPED, None, named, less=False)


def _unread(unmapped: Sequence[Unmapped], state: State) -> dict[str, str] | None:
    """What the report has in force in the state that may be the line that is missing, and that nobody can read for sure."""
    named = [line.loa_name or line.loa_code or line.license_class for line in unmapped if line.state == state]
    return {"not_mapped": ", ".join(named)} if named else None


def _side(held: HeldLine | None) -> dict[str, str | None] | None:
    """One side's line as the roster file spells it."""
    if held is None:
        return None
    return {
        "status": str(held.status),
        "residency": str(held.residency),
        "license_number": held.license_number,
        "effective_date": _day(held.effective_on),
        "expiration_date": PERPETUAL if held.perpetual else _day(held.expires_on),
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
