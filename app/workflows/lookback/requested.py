"""The look back over our own calls for somebody who asked for it: what the page shows, as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.domain.lookback.report import Evidence
from app.storage import own_calls
from app.storage.database import Database
from app.workflows.errors import CannotBeDone
from app.workflows.lookback.monthly import numbers
from app.workflows.lookback.own import BadSpan, OwnLookBack, last_span, look_back_on_own

KIND = "lookback"

SPANS: Mapping[str, str] = {"24h": "the last 24 hours", "7d": "the last 7 days", "31d": "the last month"}
"""What may be asked for, as `last_span` reads it."""

MOST_LISTED = 200
"""So many calls of each kind are listed; the numbers count them all."""


def look_back(asked: dict[str, Any], database: Database, now: datetime) -> dict[str, Any]:
    """The numbers, and the calls that are against us. `asked`: `{"last": "24h"}`. Nothing is written. Raises CannotBeDone."""
    try:
        since, until = last_span(str(asked.get("last", "")), now)
    except BadSpan as error:
        raise CannotBeDone(str(error)) from None
    found = told(look_back_on_own(database=database, since=since, until=until, now=now))
    listed = [call for calls in found["against"].values() for call in calls]
    with database.read() as tx:
        sids = own_calls.call_sids(tx, [call["call_id"] for call in listed])
    for call in listed:
        call["call_sid"] = sids.get(call["call_id"], "")
    return found


def told(found: OwnLookBack) -> dict[str, Any]:
    """No numbers of people: a call by its id, a producer by NPN."""
    return {
        **numbers(found),
        "against": {
            "without_authority": [_evidence(each) for each in found.found[:MOST_LISTED]],
            "unproved": [
                {
                    "call_id": each.call_id,
                    "at": each.at.isoformat(),
                    "npn": each.npn,
                    "states": [],
                    "loa": "",
                    "why": each.why,
                }
                for each in found.unproved[:MOST_LISTED]
            ],
            "dialed_outside_hours": [_evidence(each) for each in found.dialed_outside_hours[:MOST_LISTED]],
            "exposed": [_evidence(each) for each in found.exposed[:MOST_LISTED]],
        },
    }


def _evidence(each: Evidence) -> dict[str, Any]:
    return {
        "call_id": each.line,
        "at": each.at.isoformat(),
        "npn": each.npn,
        "states": list(each.states),
        "loa": each.loa,
        "why": each.why,
    }
