"""Which lead a call belongs to: FLOWS.md, "Matching a live transfer to its lead". What was found in, the lead and why out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

TRUNK_WINDOW = timedelta(minutes=15)
"""How long after its lead a vendor's trunk is expected to call. Source: FLOWS.md, matching."""


class MatchedBy(StrEnum):
    """What told which lead it is, strongest first; `new`: nothing did."""

    OPEN_LEAD = "open_lead"
    POOL_NUMBER = "pool_number"
    POSTED_LEAD = "posted_lead"
    TRUNK = "trunk"
    NEW = "new"


@dataclass(frozen=True)
class Found:
    """What is known of a call that has just arrived; leads by their ids.

    `open_lead`: the open lead with the caller's number. `pool_lead`: the open lead that the called number is lent to at
    this moment. `posted_lead`: a lead posted on this campaign with the caller's number, within the transfer window,
    open or not. `unclaimed`: where the caller's number is a vendor's trunk, that vendor's open leads posted on this
    campaign within `TRUNK_WINDOW` whose call has not come; None where it is no trunk.
    """

    open_lead: int | None = None
    pool_lead: int | None = None
    posted_lead: int | None = None
    unclaimed: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Match:
    """`lead_id` is None for a new lead. `why` is a sentence for whoever reads the call's story."""

    lead_id: int | None
    by: MatchedBy
    why: str


def match(found: Found) -> Match:
    """The lead of the call. Where a trunk has several to choose from it is none of them: a wrong lead is worse than a new one."""
    if found.open_lead is not None:
        return Match(found.open_lead, MatchedBy.OPEN_LEAD, "A lead with the caller's number is open.")
    if found.pool_lead is not None:
        return Match(found.pool_lead, MatchedBy.POOL_NUMBER, "The number called is lent to this lead.")
    if found.posted_lead is not None:
        why = "A lead with the caller's number was posted on this campaign within the hour."
        return Match(found.posted_lead, MatchedBy.POSTED_LEAD, why)
    if found.unclaimed is None:
        return Match(None, MatchedBy.NEW, "Nobody has told us of this caller.")
    if len(found.unclaimed) == 1:
        why = "The vendor's trunk called, and exactly one of the vendor's leads waits for its call."
        return Match(found.unclaimed[0], MatchedBy.TRUNK, why)
    waiting = f"{len(found.unclaimed)} of the vendor's leads wait for their calls" if found.unclaimed else "none waits"
    return Match(None, MatchedBy.NEW, f"The vendor's trunk called, and {waiting}: it cannot be told whose call it is.")
