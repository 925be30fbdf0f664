"""The key press that would let two people talk: authority is judged once more, and the verdict written down either way."""

from __future__ import annotations

from typing import Any

from app.domain.licensing import Question, Reason, Verdict, judge
from app.domain.residency import Residence
from app.domain.signals import ProducerLeg
from app.storage import authority_facts, ledger
from app.storage.attempts import Attempt
from app.storage.calls import Turn
from app.storage.campaigns import Campaign
from app.workflows.calls.offer_call import decision_facts, residence_facts


def judge_acceptance(
    turn: Turn,
    campaign: Campaign,
    attempt: Attempt,
    leg: ProducerLeg,
    *,
    question: Question,
    residence: Residence,
    **more: Any,
) -> tuple[Verdict, int]:
    """The verdict at this moment, and the ledger entry that says so: where it allows, that is the acceptance's id."""
    producer = authority_facts.producer(turn.tx, attempt.producer_id, asked=question)
    verdict = judge(producer, question, turn.now) if producer else Verdict(False, (Reason.NO_LICENSE,), ())
    decision_id = ledger.write(
        turn.tx,
        kind="acceptance",
        now=turn.now,
        actor=f"producer:{attempt.npn}",
        facts=decision_facts(
            campaign.number,
            question,
            verdict,
            npn=attempt.npn,
            offer=attempt.number,
            leg=leg.leg_sid,
            residence=residence_facts(residence),
            **more,
        ),
        call_id=turn.call.id,
        lead_id=turn.call.lead_id,
    )
    return verdict, decision_id
