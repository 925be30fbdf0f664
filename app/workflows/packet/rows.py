"""The lines of a packet's files: decisions, calls, license rows, entries of the ledger."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from app.domain.licensing import RULE_VERSION
from app.storage.packet_facts import Version
from app.workflows.packet.judged_again import Judged, holds_a_number, masked
from app.workflows.packet.roster_then import COLUMNS, Interval
from app.workflows.packet.story import CallThen, caller

CALL_COLUMNS = (
    "call_sid", "direction", "arrived_at", "answered_at", "ended_at", "caller_masked", "campaign", "line", "states",
    "confidence", "source_of_state", "offers", "taken_by_npn", "taken_at", "decision_of_taking", "refusals",
    "disposition", "served_seconds",
)  # fmt: skip
LICENSE_COLUMNS = (
    "npn", "name", *COLUMNS, "verified_at_latest", "first_cited_version", "first_version_made_at", "last_cited_version",
)  # fmt: skip

_CHAINED = ("id", "kind", "actor", "call_id", "lead_id", "roster_version", "rule_version")


def decision(one: Judged, call_sid: str | None) -> dict[str, Any]:
    """A line of decisions.jsonl. `written` is what the ledger has; `re_derived` was judged again and is so marked."""
    entry = one.entry
    return {
        "ledger_id": entry.entry_id,
        "seq": entry.seq,
        "hash": entry.hash,
        "at": _spelled(entry.at),
        "kind": entry.kind,
        "actor": entry.actor,
        "call_sid": call_sid,
        "roster_version": entry.roster_version,
        "rule_version": entry.rule_version,
        "erased_by": entry.erased_by,
        "withheld": holds_a_number(entry.facts),
        "written": None if entry.erased_by is not None else masked(entry.facts),
        "re_derived": None if one.producers is None else _again(one),
    }


def _again(one: Judged) -> dict[str, Any]:
    return {
        "marked": "re-derived from the roster as it was, not part of what was sealed",
        "roster_version": one.entry.roster_version,
        "by_rule_version": RULE_VERSION,
        "agrees_with_written": one.agrees,
        "producers": [
            {
                "npn": each.npn,
                "name": each.name,
                "allowed": each.allowed,
                "reasons": [str(reason) for reason in each.reasons],
                "availability": each.availability,
                "verdict": each.verdict,
            }
            for each in one.producers or ()
        ],
    }


def call(then: CallThen) -> list[object]:
    """A line of calls.csv; two producers who talked on one call stand in one cell."""
    found, residence = then.call, then.call.residence
    taken = [attempt for attempt in then.attempts if attempt.accepted_at is not None]
    return [
        found.call_sid,
        found.direction,
        found.arrived_at,
        found.answered_at,
        found.ended_at,
        caller(found),
        then.campaign.name if then.campaign else None,
        str(then.campaign.requirement) if then.campaign else None,
        "|".join(residence.states) if residence else None,
        residence.confidence if residence else None,
        residence.source if residence else None,
        len(then.attempts),
        " ".join(attempt.npn for attempt in taken) or None,
        " ".join(_spelled(attempt.accepted_at) for attempt in taken if attempt.accepted_at) or None,
        " ".join(str(attempt.acceptance_id) for attempt in taken if attempt.acceptance_id) or None,
        sum(one.entry.facts.get("allowed") is False for one in then.judged),
        found.disposition,
        found.served_seconds,
    ]


def license_row(interval: Interval, versions: Mapping[int, Version]) -> list[object]:
    first = versions.get(interval.first)
    return [
        interval.key.partition("/")[0],
        interval.name,
        *interval.values,
        interval.verified_at,
        interval.first,
        first.at if first else None,
        interval.last,
    ]


def link(row: Mapping[str, Any], *, is_cited: bool, erased_by: int | None) -> dict[str, Any]:
    """A line of ledger.jsonl: what the chain's hash is of, and the facts with their salt where this packet cites them."""
    found = {
        "seq": row["seq"],
        "prev_hash": row["prev_hash"],
        "hash": row["hash"],
        "at": row["at"].astimezone(UTC).isoformat(timespec="microseconds"),
        **{name: row[name] for name in _CHAINED},
        "facts_digest": row["facts_digest"],
    }
    if not is_cited:
        return found
    if erased_by is not None:
        return {**found, "cited": True, "erased_by": erased_by}
    # A digest whose salt is known gives a telephone number away to whoever tries them all.
    if holds_a_number(json.loads(row["facts"])):
        return {**found, "cited": True, "withheld": "a telephone number of a person stands in its facts"}
    return {**found, "cited": True, "salt": row["salt"], "facts": row["facts"]}


def _spelled(at: datetime) -> str:
    """RFC 3339 in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
