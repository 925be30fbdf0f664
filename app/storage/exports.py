"""Everything out: what can be exported, with which columns, read in short pages. One table is one export.

Ids of ours that mean nothing outside are told by their names: a campaign by its number, a vendor by its slug, a producer by
their NPN. Secrets and their digests are in no export (WITHHELD). Which tables have none, and why, says NOT_EXPORTED.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, FromClause, Select, Table, and_, select, tuple_

from app.storage.database import Database
from app.storage.ledger import DECISIONS
from app.storage.models import Base

PAGE = 500

NAMED_BY = {"campaigns": "number", "vendors": "slug", "producers": "npn"}
"""What a row of these is called outside."""

CALLED = {"campaign_id": "campaign", "vendor_id": "vendor", "producer_id": "npn", "assigned_to": "assigned_npn"}
"""What a column that points there is called in an export."""

WITHHELD = {
    "users": frozenset({"password", "uniquifier", "totp_secret", "totp_counter", "recovery_codes", "email_folded"}),
    "ledger": frozenset({"salt"}),
    # An address may carry a secret of the receiver's, too.
    "webhook_endpoints": frozenset({"secret", "old_secret", "old_secret_until", "url"}),
}
"""Columns that never leave."""

JSON_COLUMNS = {
    "agency_hours": ("hours",),
    "call_events": ("facts", "reply"),
    "calls": ("residence",),
    "campaigns": ("settings",),
    "discrepancies": ("ours", "theirs"),
    "drills": ("report",),
    "invoice_lines": ("evidence",),
    "invoices": ("columns",),
    "leads": ("residence",),
    "ledger": ("facts",),
    "outbound_calls": ("before",),
    "roster_history": ("before", "after"),
    "vendors": ("terms",),
    "webhook_events": ("payload",),
}
"""Columns that hold JSON: an object in JSON lines, its text in CSV."""

DATED_BY = {"roster_history": ("version", "roster_versions")}
"""Tables without an instant of their own: the column that leads to the table that has it, as `at`."""


@dataclass(frozen=True)
class Export:
    """`time` is the column that `from` and `to` are about; None where the table says what stands now."""

    what: str
    told: str
    table: str
    time: str | None = None
    kinds: tuple[str, ...] = ()
    rows: Table = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", Base.metadata.tables[self.table])


_SPECS = (
    Export("leads", "Leads with their custody and what the vendor wrote.", "leads", "created_at"),
    Export("calls", "Calls, ours and callers'.", "calls", "arrived_at"),
    Export("call_events", "What happened on each call, in order, and what we answered.", "call_events", "at"),
    Export("attempts", "Each ring of a producer.", "attempts", "started_at"),
    Export("callbacks", "Promises to call.", "callbacks", "created_at"),
    Export("escalations", "The supervisors' queue, resolved items too.", "escalations", "opened_at"),
    Export("texts", "Texts and spoken notices to people and producers.", "texts", "created_at"),
    Export("texts_received", "Texts that came in.", "texts_received", "at"),
    Export("recordings", "Facts of recordings; the sound is the carrier's.", "recordings", "created_at"),
    Export("outbound_calls", "Calls that somebody asked a producer to make.", "outbound_calls", "at"),
    Export("outside_dials", "Numbers that an outside dialer was told it may call.", "outside_dials", "at"),
    Export("complaints", "Complaints about calls and producers.", "complaints", "at"),
    Export("decisions", "Entries of the ledger that allow or refuse.", "ledger", "at", DECISIONS),
    Export("ledger", "Every entry of the ledger, with its seal.", "ledger", "at"),
    Export("producers", "Producers as they stand.", "producers"),
    Export("licenses", "Licenses as they stand, a row a line of authority.", "licenses"),
    Export("license_history", "What each version of the roster changed: before and after.", "roster_history", "at"),
    Export("roster_versions", "The versions of the roster: when, by whom, from which file.", "roster_versions", "at"),
    Export("appointments", "Appointments with carriers.", "appointments"),
    Export("education", "Continuing education as reports had it.", "education"),
    Export("domicile_holds", "States that wait for a move to be settled.", "domicile_holds"),
    Export("moves", "Producers' moves.", "moves", "reported_at"),
    Export("move_states", "The states that each move touches.", "move_states"),
    Export("renewal_tasks", "Licenses that run out, and who renews them.", "renewal_tasks", "opened_at"),
    Export("audits", "Audits of the roster.", "audits", "begun_at"),
    Export("discrepancies", "Where roster and report differ.", "discrepancies"),
    Export("unmapped_lines", "Lines of reports that nobody could read for sure.", "unmapped_lines", "first_seen_at"),
    Export("line_mappings", "What people said that a state's line is.", "line_mappings", "mapped_at"),
    Export("state_openings", "States that passed the expansion gate.", "state_openings"),
    Export("territory_zips", "The ZIPs of states that are open in part.", "territory_zips"),
    Export("expansion_projects", "Expansion into new states.", "expansion_projects", "begun_at"),
    Export("expansion_applications", "Applications for licenses there.", "expansion_applications", "added_at"),
    Export("documents", "Proofs that states may be opened; the files lie in the documents folder.", "documents"),
    Export("drills", "Drills and their reports.", "drills", "at"),
    Export("presence_events", "When producers were available.", "presence_events", "at"),
    Export("campaigns", "Campaigns with what was set.", "campaigns"),
    Export("campaign_numbers", "The numbers that reach each campaign.", "campaign_numbers"),
    Export("team_members", "Campaigns' teams.", "team_members"),
    Export("setting_changes", "Who changed which setting, when.", "setting_changes", "at"),
    Export("agency_hours", "What the agency narrowed of the legal hours.", "agency_hours", "at"),
    Export("dial_switches", "When all dialing was stopped and started.", "dial_switches", "at"),
    Export("vendors", "Vendors.", "vendors"),
    Export("vendor_numbers", "The numbers that vendors transfer from.", "vendor_numbers"),
    Export("invoices", "Vendors' invoices.", "invoices", "received_at"),
    Export("invoice_lines", "Their lines, as billed and as judged.", "invoice_lines"),
    Export("webhook_endpoints", "Who is told what happened, without address and secret.", "webhook_endpoints"),
    Export("webhook_events", "What was told.", "webhook_events", "at"),
    Export("webhook_deliveries", "Whom it was told to, and with what success.", "webhook_deliveries", "made_at"),
    Export("suppressions", "Our own do-not-call list, and why.", "suppressions", "at"),
    Export("registry_scrubs", "What the national registry said of numbers.", "dnc_scrubs"),
    Export("users", "Who signs in, without anything that they sign in with.", "users", "created_at"),
)
EXPORTS = {spec.what: spec for spec in _SPECS}

NOT_EXPORTED = {
    "api_keys": "digests of keys: a secret; `threegate apikey list` says what there is",
    "bulk_files": "how far a list of leads is: the leads are in leads",
    "bulk_rows": "rows of a list that is being taken in: the result is a file of its own",
    "calendar_feeds": "secret addresses",
    "desk": "who is free this second; presence_events has what was",
    "heartbeats": "signs of life of our processes",
    "idempotency": "answers that were given before, kept for repeats",
    "made_file_parts": "files made from what is exported here",
    "made_files": "files made from what is exported here",
    "nipr_pulls": "when the next report is pulled",
    "notices": "which notices went out, so that none goes twice",
    "ping_holds": "who is held for a ping this second; the pings are in decisions",
    "renewal_sweeps": "how far the watch over renewals has come",
    "requested_work": "what the scheduler was asked for; forgotten after 30 days",
    "softphones": "names of softphones at the carrier, which must tell nobody who it is",
    "upload_parts": "files that wait to be imported",
    "uploads": "files that wait to be imported",
    "watched_files": "files in the watched folder",
    "webhook_marks": "how far the collector of events has come",
}
"""Tables that no export has, and why."""


# ---- columns


def columns(export: Export) -> tuple[str, ...]:
    """The names of an export's columns, in order."""
    return tuple(name for name, _ in _columns(export)[0])


def is_json(export: Export, column: str) -> bool:
    return column in JSON_COLUMNS.get(export.table, ())


def _columns(export: Export) -> tuple[list[tuple[str, ColumnElement[Any]]], FromClause]:
    table = export.rows
    source: FromClause = table
    named: list[tuple[str, ColumnElement[Any]]] = []
    withheld = WITHHELD.get(export.table, frozenset())
    for column in table.columns:
        if column.name in withheld:
            continue
        to = _points_to(column)
        if to is None:
            named.append((column.name, column))
            continue
        other = to.alias(f"{to.name}_of_{column.name}")
        source = source.outerjoin(other, other.c.id == column)
        named.append((CALLED.get(column.name, f"{column.name}_{NAMED_BY[to.name]}"), other.c[NAMED_BY[to.name]]))
    if export.table in DATED_BY:
        by, dates = DATED_BY[export.table]
        source = source.join(Base.metadata.tables[dates], table.c[by] == Base.metadata.tables[dates].c[by])
        named.append(("at", Base.metadata.tables[dates].c.at))
    return named, source


def _time(export: Export) -> ColumnElement[Any] | None:
    if export.time is None:
        return None
    if export.table in DATED_BY:
        return Base.metadata.tables[DATED_BY[export.table][1]].c.at
    return export.rows.c[export.time]


def _points_to(column: Column[Any]) -> Table | None:
    """The table of campaigns, vendors or producers that the column points into."""
    for key in column.foreign_keys:
        if key.column.table.name in NAMED_BY and key.column.name == "id":
            return key.column.table
    return None


# ---- rows


def pages(
    export: Export, *, since: datetime | None, until: datetime | None, database: Database, page: int = PAGE
) -> Iterator[list[dict[str, Any]]]:
    """The rows by their key, each page in a short read of its own. `until` is not included."""
    wanted: list[ColumnElement[bool]] = []
    at = _time(export)
    if at is not None:
        wanted += [at >= since] if since is not None else []
        wanted += [at < until] if until is not None else []
    if export.kinds:
        wanted.append(export.rows.c.kind.in_(export.kinds))
    after: tuple[Any, ...] | None = None
    while True:
        with database.read() as tx:
            found = tx.execute(_page(export, wanted, after, page)).mappings().all()
        if not found:
            return
        key = [f"key_{number}" for number, _ in enumerate(_key(export))]
        after = tuple(found[-1][name] for name in key)
        yield [_row(export, row) for row in found]
        if len(found) < page:
            return


def rows_where(tx: Connection, what: str, *where: ColumnElement[bool]) -> list[dict[str, Any]]:
    """The rows of an export that are so, by their key, with the export's columns."""
    export = EXPORTS[what]
    return [_row(export, row) for row in tx.execute(_select(export, where)).mappings()]


def _key(export: Export) -> Sequence[Column[Any]]:
    return tuple(export.rows.primary_key.columns)


def _select(export: Export, where: Sequence[ColumnElement[bool]]) -> Select[Any]:
    named, source = _columns(export)
    key = [column.label(f"key_{number}") for number, column in enumerate(_key(export))]
    chosen = select(*(column.label(name) for name, column in named), *key).select_from(source)
    return chosen.where(and_(True, *where)).order_by(*_key(export))


def _page(
    export: Export, where: Sequence[ColumnElement[bool]], after: tuple[Any, ...] | None, page: int
) -> Select[Any]:
    key = _key(export)
    behind = () if after is None else (tuple_(*key) > tuple_(*after),)
    return _select(export, (*where, *behind)).limit(page)


def _row(export: Export, row: Mapping[Any, Any]) -> dict[str, Any]:
    """Values as they are: instants, days, numbers; JSON read."""
    return {name: _value(export, name, row[name]) for name in columns(export)}


def _value(export: Export, name: str, value: Any) -> Any:
    if not isinstance(value, str) or not is_json(export, name):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
