"""Put producers on a campaign's team, or take them off; a team of nobody means everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.storage import authority_facts, campaigns, ledger
from app.storage.campaigns import TeamMember
from app.storage.database import Database, Transaction
from app.workflows.admin.refused import Refused, refused

PRIORITY, WEIGHT, CAP = (0, 1000), (1, 1000), (1, 10_000)
LANGUAGES = ("en", "es")


@dataclass(frozen=True)
class Standing:
    """How a member stands: 1 rings before 2, priority 0 is none and last; `cap` in calls a day; a language or both."""

    priority: int = 0
    weight: int = 1
    cap: int | None = None
    language: str | None = None

    def errors(self) -> dict[str, str]:
        """What cannot be, by field."""
        wrong: dict[str, str] = {}
        for field, value, (low, high) in (
            ("priority", self.priority, PRIORITY),
            ("weight", self.weight, WEIGHT),
            ("cap", self.cap, CAP),
        ):
            if value is not None and not low <= value <= high:
                wrong[field] = f"expected a whole number from {low} to {high}"
        if self.language not in (None, *LANGUAGES):
            wrong["language"] = "expected en, es or none"
        return wrong


@dataclass(frozen=True)
class TeamChanged:
    """`members`: how many are on the team now; 0 means everybody."""

    number: str
    members: int


def put_on_team(
    campaign_id: int, npns: Sequence[str], standing: Standing, *, actor: str, database: Database, now: datetime
) -> TeamChanged | Refused | None:
    """Add them, or change how they stand; None where there is no such campaign."""
    if wrong := standing.errors():
        return Refused(wrong)
    named = list(dict.fromkeys(npns))
    with database.begin() as tx:
        campaign = campaigns.lock(tx, campaign_id)
        if campaign is None:
            return None
        ids = _ids(tx, named)
        if isinstance(ids, Refused):
            return ids
        for producer_id in ids.values():
            member = TeamMember(producer_id, standing.priority, standing.weight, standing.cap, standing.language)
            campaigns.put_on_team(tx, campaign_id, member)
        facts = {"campaign": campaign.number, "change": "add", "npns": named, **vars(standing)}
        ledger.write(tx, kind="campaign_team", now=now, actor=actor, facts=facts)
        return TeamChanged(campaign.number, len(campaigns.team(tx, campaign_id)))


def take_off_team(
    campaign_id: int, npns: Sequence[str], *, actor: str, database: Database, now: datetime
) -> TeamChanged | Refused | None:
    """Every one of them must be on it; None where there is no such campaign."""
    named = list(dict.fromkeys(npns))
    with database.begin() as tx:
        campaign = campaigns.lock(tx, campaign_id)
        if campaign is None:
            return None
        ids = _ids(tx, named)
        if isinstance(ids, Refused):
            return ids
        on_it = {member.producer_id for member in campaigns.team(tx, campaign_id)}
        if missing := [npn for npn, producer_id in ids.items() if producer_id not in on_it]:
            return refused("npn", f"NPN {missing[0]} is not on the team of {campaign.number}")
        for producer_id in ids.values():
            campaigns.take_off_team(tx, campaign_id, producer_id)
        facts = {"campaign": campaign.number, "change": "remove", "npns": named}
        ledger.write(tx, kind="campaign_team", now=now, actor=actor, facts=facts)
        return TeamChanged(campaign.number, len(on_it - set(ids.values())))


def _ids(tx: Transaction, npns: Sequence[str]) -> dict[str, int] | Refused:
    """Everybody's id, before anything is written: a transaction that ends without an error is kept."""
    ids: dict[str, int] = {}
    for npn in npns:
        producer_id = authority_facts.producer_id_of(tx, npn)
        if producer_id is None:
            return refused("npn", f"no producer has NPN {npn[:20]}")
        ids[npn] = producer_id
    return ids
