"""What an audit reads of our own, the licenses of some producers and the calls bridged to them; and how it suspends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from app.domain.discrepancies import Sale
from app.domain.licensing import License, Status
from app.domain.lines import Requirement
from app.storage.authority_facts import license_of
from app.storage.bridged_calls import BridgedCall, bridged_since
from app.storage.models.base import table_of
from app.storage.models.roster import LicenseRow, ProducerRow
from app.storage.roster_changes import Edit, RosterChange, Subject
from app.storage.roster_rows import licenses_of

_producers, _licenses = table_of(ProducerRow), table_of(LicenseRow)


def npns(tx: Connection) -> set[str]:
    """Everybody on the roster."""
    return set(tx.execute(select(_producers.c.npn)).scalars())


def ids_of(tx: Connection, wanted: Sequence[str]) -> dict[str, int]:
    """The ids of those of them who are on the roster, by NPN."""
    rows = tx.execute(select(_producers.c.npn, _producers.c.id).where(_producers.c.npn.in_(wanted)))
    return {row.npn: row.id for row in rows}


def licenses(tx: Connection, ids: Mapping[str, int]) -> dict[str, list[License]]:
    """Their licenses, by NPN."""
    named = {producer_id: npn for npn, producer_id in ids.items()}
    found: dict[str, list[License]] = {npn: [] for npn in ids}
    rows = tx.execute(select(_licenses).where(_licenses.c.producer_id.in_(list(named)))).mappings()
    for row in rows:
        found[named[row["producer_id"]]].append(license_of(row))
    return found


def sales(tx: Connection, ids: Mapping[str, int], since: datetime) -> dict[str, list[Sale]]:
    """The calls that were bridged to them since, by NPN: what was required is read from each acceptance.

    A call whose acceptance nobody can read is left out: the look back tells of it.
    """
    found = {npn: [_sale(call) for call in bridged_since(tx, producer_id, since)] for npn, producer_id in ids.items()}
    return {npn: [sale for sale in sold if sale is not None] for npn, sold in found.items()}


def _sale(call: BridgedCall) -> Sale | None:
    facts = call.facts or {}
    try:
        return Sale(call.call_sid, tuple(facts["states"]), Requirement.parse(facts["loa"]), call.at)
    except (KeyError, TypeError, ValueError):
        return None


def suspend(change: RosterChange, ids: Mapping[str, int], keys: Iterable[tuple[str, str, str]]) -> None:
    """Suspend these licenses, by (NPN, state, line), all as one change. When they were last verified stays as it was."""
    held = licenses_of(change.tx, list(ids.values()))
    edits = []
    for npn, state, line in keys:
        before = held[ids[npn], state, line]
        after = {**before, "status": str(Status.SUSPENDED)}
        edits.append(Edit(Subject.LICENSE, f"{npn}/{state}/{line}", before, after))
    change.write(edits)
