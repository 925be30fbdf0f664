"""Who could take the calls of a state: the roster's gaps, told when a state is opened."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.expansion import could_serve
from app.domain.licensing import Producer, Question
from app.domain.lines import Requirement
from app.domain.states import State
from app.storage import campaigns, expansion, licensing_gate
from app.storage.campaigns import Campaign
from app.storage.database import Transaction
from app.storage.openings import StateOpening

ENOUGH = 2
"""Producers of whom one may be ill; more are not counted."""


@dataclass(frozen=True)
class Coverage:
    """How many producers could take a campaign's calls from an open state today, at most ENOUGH."""

    state: State
    campaign: str
    name: str
    loa: str
    producers: int

    @property
    def gap(self) -> str | None:
        """What is wrong with it, in words; None where enough could."""
        if self.producers >= ENOUGH:
            return None
        who = "only one producer has" if self.producers else "no producer has"
        return f"{self.state}: {who} authority for {self.campaign} ({self.name}, {self.loa}) today"


def coverage(tx: Transaction, opened: Iterable[StateOpening], now: datetime) -> tuple[Coverage, ...]:
    """Each state with each campaign, by state and number; as the gate itself sees it, in the first ZIP of a territory."""
    every = campaigns.everything(tx)
    return tuple(
        Coverage(
            opening.state, campaign.number, campaign.name, str(campaign.requirement), _able(tx, opening, campaign, now)
        )
        for opening in opened
        for campaign in every
    )


def _able(tx: Transaction, opening: StateOpening, campaign: Campaign, now: datetime) -> int:
    question = Question(
        states=(opening.state,),
        requirement=campaign.requirement,
        zip_code=opening.zips[0] if opening.zips else None,
        carrier=campaign.policy.carrier,
        team=campaign.team,
    )
    found = licensing_gate.licensed(tx, question, now, campaign_id=campaign.campaign_id, limit=ENOUGH)
    return len(found)


def producers_for(tx: Transaction, state: State, now: datetime) -> int:
    """How many could take calls of the state for some campaign; without any campaign: for any line that they hold."""
    every = campaigns.everything(tx)
    return sum(_serves(producer, state, every, now) for producer in expansion.holders(tx, state))


def _serves(producer: Producer, state: State, every: Sequence[Campaign], now: datetime) -> bool:
    if every:
        return any(_could_serve(producer, state, campaign, now) for campaign in every)
    lines = {held.line for held in producer.licenses if held.state == state}
    return any(could_serve(producer, state, Requirement(((line,),)), now) for line in lines)


def _could_serve(producer: Producer, state: State, campaign: Campaign, now: datetime) -> bool:
    requirement, carrier = campaign.requirement, campaign.policy.carrier
    return could_serve(producer, state, requirement, now, carrier=carrier, team=campaign.team)
