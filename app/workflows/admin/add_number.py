"""Have a further number reach a campaign."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain import phone, states
from app.storage import campaigns, ledger
from app.storage.database import Database
from app.workflows.admin.refused import Refused, refused


@dataclass(frozen=True)
class NumberAdded:
    """`pool`: lent to one lead at a time; `state`: the vendor gives the number for callers of that state."""

    number: str
    campaign: str
    pool: bool
    state: str | None


def add_number(
    campaign_id: int, *, number: str, pool: bool, state: str | None, actor: str, database: Database, now: datetime
) -> NumberAdded | Refused | None:
    """None where there is no such campaign."""
    called, of = phone.parse(number), states.parse(state)
    if called is None:
        return refused("number", f"{number[:40]!r}: not a telephone number")
    if state is not None and of is None:
        return refused("state", f"{state[:40]!r}: not one of the 56 jurisdictions that license producers")
    with database.begin() as tx:
        campaign = campaigns.lock(tx, campaign_id)
        if campaign is None:
            return None
        if not campaigns.add_number(tx, number=called.e164, campaign_id=campaign_id, pool=pool, state=of):
            return refused("number", f"{called}: it reaches a campaign already")
        facts = {"campaign": campaign.number, "number": called.e164, "pool": pool, "state": of}
        ledger.write(tx, kind="campaign_number_added", now=now, actor=actor, facts=facts)
        return NumberAdded(called.e164, campaign.number, pool, of)
