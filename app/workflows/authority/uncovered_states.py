"""Which states, open to us, would find nobody on duty right now, and on which campaigns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain import states
from app.domain.licensing import Question
from app.domain.states import State
from app.storage import authority_facts, campaigns, desk, licensing_gate
from app.storage.campaigns import Campaign
from app.storage.database import Transaction


@dataclass(frozen=True)
class Coverage:
    """`open_states` are those that the agency may serve at all; `uncovered` names the campaigns that nobody could take."""

    open_states: tuple[State, ...]
    uncovered: dict[State, tuple[str, ...]]

    @property
    def covered(self) -> int:
        """In how many states somebody on duty may take every campaign's calls."""
        return len(self.open_states) - len(self.uncovered)


def uncovered_states(tx: Transaction, now: datetime) -> Coverage:
    """Asked of everybody on duty, free or not; a territory counts as its state. One statement for each kind of question."""
    active = [campaign for campaign in campaigns.everything(tx) if _active(campaign, now)]
    openings = authority_facts.openings(tx, states.ALL, None)
    is_open = tuple(
        sorted(
            state
            for state, opening in openings.items()
            if opening.is_open and (opening.agency_until is None or opening.agency_until > now)
        )
    )
    if not desk.present_now(tx, now):
        return Coverage(is_open, dict.fromkeys(is_open, _names(active)) if active else {})
    lacking: dict[State, list[str]] = {}
    found: dict[object, set[State]] = {}
    for campaign in active:
        asked = (campaign.requirement, campaign.policy.carrier, campaign.team and campaign.campaign_id)
        if asked not in found:
            found[asked] = licensing_gate.covered(
                tx, _question(campaign, is_open), now, campaign_id=campaign.campaign_id
            )
        for state in sorted(set(is_open) - found[asked]):
            lacking.setdefault(state, []).append(campaign.name)
    return Coverage(is_open, {state: tuple(names) for state, names in sorted(lacking.items())})


def _names(active: Sequence[Campaign]) -> tuple[str, ...]:
    return tuple(campaign.name for campaign in active)


def _active(campaign: Campaign, now: datetime) -> bool:
    begins = campaign.policy.starts_on
    return begins is None or begins <= now.astimezone(campaign.policy.zone).date()


def _question(campaign: Campaign, is_open: tuple[State, ...]) -> Question:
    return Question(
        states=is_open,
        requirement=campaign.requirement,
        carrier=campaign.policy.carrier,
        team=campaign.team,
    )
