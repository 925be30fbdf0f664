"""A month of an agency's calls, written straight into the tables: for what a report draws, not for what a call does."""

from __future__ import annotations

import json
import random
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert

from app.storage.database import Database
from app.storage.models.base import table_of
from app.storage.models.calls import AttemptRow, CallRow, LeadRow
from app.storage.models.campaigns import CampaignRow, VendorRow
from app.storage.models.ledger import LedgerRow
from app.storage.models.roster import ProducerRow
from app.storage.models.work import CallbackRow

_STATES = ("OH", "TX", "FL", "CA", "PA", "GA", "NC", "MI", "IL", "AZ", "TN", "VA", "MO", "IN", "KY", "WI")
_NAMES = (
    ("Ana", "Ruiz"), ("Bea", "Okafor"), ("Carl", "Nguyen"), ("Dana", "Whitfield"), ("Eli", "Brandt"), ("Faye", "Muñoz"),
    ("Gus", "O'Neill"), ("Hana", "Kim"), ("Ivo", "Petrov"),
)  # fmt: skip
_CAMPAIGNS = (("Final expense", "32.00", 1), ("Medicare supplement", "45.50", 2), ("Mortgage protection", "28.00", 1))


def write(database: Database, *, ends: datetime, days: int = 30, a_day: int = 90, seed: int = 7) -> None:
    """`days` days of some `a_day` calls each, the last at `ends`."""
    rnd = random.Random(seed)
    rows: dict[type, list[dict[str, Any]]] = {LeadRow: [], CallRow: [], AttemptRow: [], CallbackRow: []}
    nth = 0
    for back in range(days):
        midnight = (ends - timedelta(days=back)).replace(hour=0, minute=0)
        busy = a_day // 4 if midnight.weekday() >= 5 else a_day + rnd.randint(-15, 15)
        for _ in range(busy):
            at = midnight + timedelta(minutes=rnd.triangular(13 * 60, 24 * 60, 17 * 60))
            if at < ends:
                nth += 1
                _one(rows, 10_000 + nth, at, rnd)
    with database.begin() as tx:
        tx.execute(insert(table_of(VendorRow)), [{"id": i, "slug": f"v{i}", "name": name} for i, name in _VENDORS])
        tx.execute(
            insert(table_of(CampaignRow)),
            [
                {
                    "id": 100 + i,
                    "number": f"+1800555018{i}",
                    "name": name,
                    "requirement": "life",
                    "vendor_id": vendor,
                    "settings": json.dumps({"price": price}),
                }
                for i, (name, price, vendor) in enumerate(_CAMPAIGNS)
            ],
        )
        tx.execute(insert(table_of(ProducerRow)), [_producer(i, *name) for i, name in enumerate(_NAMES)])
        entry = {"at": ends, "kind": "offer", "actor": "test", "roster_version": 1, "rule_version": 1, "facts": "{}"}
        tx.execute(insert(table_of(LedgerRow)), {"id": 100_000, **entry})
        for model, found in rows.items():
            if found:
                tx.execute(insert(table_of(model)), found)


_VENDORS = ((1, "Bright Leads"), (2, "Northgate Media"))


def _producer(nth: int, first_name: str, last_name: str) -> dict[str, Any]:
    return {
        "id": 500 + nth,
        "npn": str(8_000_000 + nth),
        "first_name": first_name,
        "last_name": last_name,
        "email": "",
        "phone": f"+1614555017{nth}",
        "resident_state": "OH",
        "suspended": False,
        "version": 1,
    }


def _one(rows: dict[type, list[dict[str, Any]]], nth: int, at: datetime, rnd: random.Random) -> None:
    state = rnd.choices(_STATES, range(len(_STATES), 0, -1))[0]
    crowded = 16 <= at.hour <= 19
    answered = rnd.random() < (0.78 if crowded else 0.92)
    waited = rnd.lognormvariate(2.5 if crowded else 2.1, 0.6) + 2
    short = not answered and rnd.random() < 0.2
    accepted = at + timedelta(seconds=waited) if answered else None
    ended = at + timedelta(seconds=3 if short else waited + rnd.uniform(40, 600))
    disposition = "connected" if answered else "abandoned"
    if not answered and not short:
        disposition = rnd.choice(["callback_scheduled"] * 5 + ["escalated"] * 2 + ["abandoned"])
    served = answered or rnd.random() < 0.8
    residence = {"states": [state], "confidence": "likely", "source": "vendor_zip", "conflict": False, "zip": None}
    told = json.dumps({**residence, "why": "", "evidence": None})
    custody: dict[str, Any] = {"custody": "served", "owed_by": None, "closed_as": None}
    if short:
        custody = {"custody": "closed", "owed_by": None, "closed_as": "unreachable"}
    elif not served:
        custody = {"custody": "escalated", "owed_by": at + timedelta(days=60), "closed_as": None}
    names = {"first_name": "", "last_name": "", "address": "", "posted": False, "language": "en"}
    campaign = 100 + rnd.choices((0, 1, 2), (5, 3, 2))[0]
    rows[LeadRow].append({"id": nth, "campaign_id": campaign, "created_at": at, "residence": told, **names, **custody})
    rows[CallRow].append(
        {
            "id": nth,
            "call_sid": f"CA{nth:032d}",
            "campaign_id": campaign,
            "lead_id": nth,
            "from_number": "+16145550199",
            "to_number": "+18005550180",
            "phase": "ended",
            "disposition": disposition,
            "tier": 3 if answered and waited > 45 else 1,
            "residence": told,
            "arrived_at": at,
            "answered_at": None if short else accepted or at + timedelta(seconds=20),
            "accepted_at": accepted,
            "ended_at": ended,
            "served_seconds": int((ended - accepted).total_seconds()) if accepted else 0,
            "direction": "inbound",
            "callback_id": None,
        }
    )
    missed = 0 if answered and waited < 22 else 1
    rung = rnd.sample(range(len(_NAMES)), missed + answered)
    for number, who in enumerate(rung):
        taken = answered and number == len(rung) - 1
        rows[AttemptRow].append(
            {
                "call_id": nth,
                "number": number + 1,
                "producer_id": 500 + who,
                "decision_id": 100_000,
                "outcome": "accepted" if taken else rnd.choice(["no_answer", "no_answer", "declined"]),
                "started_at": at,
                "accepted_at": accepted if taken else None,
                "ended_at": ended,
            }
        )
    if disposition == "callback_scheduled":
        late = rnd.random() < 0.12
        rows[CallRow].append(
            {
                **rows[CallRow][-1],
                "id": 50_000 + nth,
                "call_sid": f"callback:{nth}:1",
                "direction": "callback",
                "callback_id": nth,
                "arrived_at": at + timedelta(minutes=9 if late else 3),
                "tier": 2,
            }
        )
        rows[CallbackRow].append(
            {
                "id": nth,
                "lead_id": nth,
                "campaign_id": campaign,
                "phone": "+16145550199",
                "state": state,
                "status": "done" if served else "escalated",
                "created_at": at,
                "due_at": at,
                "promised_by": at + timedelta(minutes=5),
                "next_try_at": at,
                "made_by": "test",
            }
        )
