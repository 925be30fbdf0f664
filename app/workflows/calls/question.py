"""What the gate is asked for a person who lives there, on a campaign."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.licensing import Question
from app.domain.residency import Residence
from app.domain.states import State
from app.storage import authority_facts
from app.storage.campaigns import Campaign
from app.storage.database import Transaction


def question_of(tx: Transaction, campaign: Campaign, residence: Residence) -> Question:
    """For somebody whose residence is settled."""
    return question_at(tx, campaign, residence.states, residence.zip)


def question_at(tx: Transaction, campaign: Campaign, states: Sequence[State], zip_code: str | None) -> Question:
    """Every state, the campaign's requirement, how the states stand behind the expansion gate, carrier and team."""
    return Question(
        states=tuple(states),
        requirement=campaign.requirement,
        openings=authority_facts.openings(tx, states, zip_code),
        zip_code=zip_code,
        carrier=campaign.policy.carrier,
        team=campaign.team,
    )
