"""What a supervisor has set going ends in a call by the right person, or comes back to the queue."""

from __future__ import annotations

from datetime import timedelta

from app.domain.lead import Custody
from app.simulator.parties import accepts, declines, talks
from app.workflows.leads.assign_escalation import assign_escalation
from app.workflows.leads.call_now import call_now
from app.workflows.leads.claim_escalation import claim_escalation
from app.workflows.leads.schedule_escalation import schedule_escalation
from tests.conversations.people import ANA, BEN, OHIO_CALLER
from tests.product import Stage
from tests.workflows.leads.waiting import lead_of, now_of, waiting


def rung(stage: Stage) -> list[str]:
    return [call.leg.number for call in stage.exchange.placed_calls()]


def test_the_producer_it_was_assigned_to_serves_the_person_though_another_waits_longer(stage: Stage) -> None:
    stage.hire(BEN, ANA, behavior=accepts())
    stage.exchange.add_person(OHIO_CALLER, talks(90))
    item = waiting(stage.database, stage.now)
    claim_escalation(item.id, actor="key:sam", database=stage.database, now=stage.now)
    assign_escalation(item.id, ANA.npn, actor="key:sam", database=stage.database, now=stage.now)

    stage.pass_time(240)

    assert rung(stage) == [ANA.phone]
    assert [bridge.child.number for bridge in stage.exchange.record.bridges] == [OHIO_CALLER]
    after = now_of(stage.database, item)
    assert (after.status, after.outcome, after.next) == ("resolved", "served", None)
    assert lead_of(stage.database, item).custody is Custody.SERVED


def test_a_producer_who_never_accepts_gives_it_back_to_who_had_claimed_it(stage: Stage) -> None:
    stage.hire(BEN)
    stage.hire(ANA, behavior=declines())
    stage.exchange.add_person(OHIO_CALLER, talks(90))
    item = waiting(stage.database, stage.now)
    claim_escalation(item.id, actor="key:sam", database=stage.database, now=stage.now)
    call_now(item.id, ANA.npn, actor="key:sam", database=stage.database, now=stage.now)

    stage.pass_time(480, step=20)

    assert set(rung(stage)) == {ANA.phone}
    assert stage.exchange.record.bridges == []
    after = now_of(stage.database, item)
    assert (after.status, after.claimed_by, after.assigned_npn) == ("claimed", "key:sam", None)
    assert lead_of(stage.database, item).custody is Custody.ESCALATED


def test_a_claimed_lead_is_called_by_nobody_until_its_supervisor_says_so(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts())
    stage.exchange.add_person(OHIO_CALLER, talks(90))
    item = waiting(stage.database, stage.now)
    claim_escalation(item.id, actor="key:sam", database=stage.database, now=stage.now)

    stage.pass_time(120)
    before = rung(stage)
    at = stage.now + timedelta(minutes=2)
    schedule_escalation(item.id, at, actor="key:sam", database=stage.database, now=stage.now)
    stage.pass_time(360)

    assert before == []
    assert rung(stage) == [ANA.phone]
    assert lead_of(stage.database, item).custody is Custody.SERVED


def test_a_call_that_nobody_could_make_opens_a_new_escalation(stage: Stage) -> None:
    stage.hire(ANA)
    stage.presence(ANA, "away")
    item = waiting(stage.database, stage.now)
    call_now(item.id, None, actor="key:sam", database=stage.database, now=stage.now)

    stage.pass_time(420, step=20)

    (anew,) = stage.waiting()
    assert (anew.lead_id, anew.reason) == (item.lead_id, "promise_passed")
    assert anew.id != item.id
    assert now_of(stage.database, item).outcome == "promised"
