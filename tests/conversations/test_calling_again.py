"""Somebody on the supervisors' list calls again and talks too shortly to be served: the lead is on a list when the call ends."""

from __future__ import annotations

import pytest

from app.domain.lead import Custody
from app.simulator.parties import accepts
from app.workflows.leads.claim_escalation import claim_escalation
from tests.conversations.people import ANA, KEYS_OHIO, OHIO_CALLER
from tests.product import Stage


@pytest.mark.parametrize("claimed", [False, True], ids=["nobody's yet", "claimed"])
def test_a_short_talk_leaves_no_lead_in_a_call_that_is_over(claimed: bool, stage: Stage) -> None:
    stage.call_from(OHIO_CALLER, KEYS_OHIO)
    (waiting,) = stage.waiting()
    if claimed:
        claim_escalation(waiting.id, actor="user:sue@agency.example", database=stage.database, now=stage.now)
    stage.hire(ANA, behavior=accepts(talk_seconds=20))

    again = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert stage.outcomes(again) == [(ANA.npn, "accepted")]
    lead = stage.lead(again)
    assert lead.owed_by is not None
    if claimed:
        assert lead.custody is Custody.ESCALATED
        assert stage.get(f"/escalations/{waiting.id}")["status"] == "claimed"
    else:
        assert lead.custody is Custody.PROMISED
        assert stage.get(f"/escalations/{waiting.id}")["status"] == "resolved"
        assert [promise.producer_id for promise in stage.callbacks("promised")] == [1]
