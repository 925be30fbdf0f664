"""What supervisors do: claim, assign, call now, schedule, resolve. What the gate and the law forbid, nobody can do."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest

from app.domain.lead import ClosedAs, Custody
from app.storage import callbacks, campaigns, escalations, leads, ledger, work
from app.storage.callbacks import Callback
from app.storage.escalations import Escalation
from app.workflows.leads.asked_campaign import Unmet
from app.workflows.leads.assign_escalation import assign_escalation, candidates
from app.workflows.leads.call_now import call_now
from app.workflows.leads.claim_escalation import claim_escalation
from app.workflows.leads.escalate_lead import escalate_lead
from app.workflows.leads.escalation_in_hand import Refused
from app.workflows.leads.resolve_escalation import Resolution, resolve_escalation
from app.workflows.leads.schedule_escalation import FARTHEST, schedule_escalation, slots_of
from tests.conversations.people import ANA, BEN, OHIO_CALLER, OTHER_OHIO_CALLER, PAT
from tests.product import Stage
from tests.workflows.leads.waiting import NIGHT, lead_of, now_of, waiting

MORNING = datetime(2026, 11, 19, 13, 0, tzinfo=UTC)
"""8:00 in Ohio, when campaign and law open."""


def act(verb: Any, stage: Stage, escalation: Escalation, *more: Any, actor: str = "key:sam") -> Any:
    return verb(escalation.id, *more, actor=actor, database=stage.database, now=stage.now)


def done(found: object) -> Escalation:
    assert isinstance(found, Escalation), found
    return found


def reasons(found: object) -> tuple[str, ...]:
    assert isinstance(found, Refused), found
    return found.reasons


def promises(stage: Stage, escalation: Escalation) -> list[Callback]:
    with stage.database.read() as tx:
        return callbacks.of_lead(tx, escalation.lead_id)


def kept(stage: Stage, kind: str) -> list[ledger.Entry]:
    with stage.database.read() as tx:
        found = [ledger.entry(tx, number) for number in range(1, 60)]
    return [entry for entry in found if entry is not None and entry.kind == kind]


# ---- claim


def test_of_two_who_claim_at_once_one_wins_and_the_other_is_told_who(stage: Stage) -> None:
    item = waiting(stage.database, stage.now)
    together = Barrier(8)

    def reach(number: int) -> Escalation | Refused | None:
        together.wait()
        return claim_escalation(item.id, actor=f"key:{number}", database=stage.database, now=stage.now)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(reach, range(8)))

    (winner,) = [one for one in found if isinstance(one, Escalation)]
    assert [one for one in found if one is not winner] == [Refused(("claimed",), has_it=winner.claimed_by)] * 7
    assert [entry.actor for entry in kept(stage, "escalation_claimed")] == [winner.claimed_by]


def test_who_claims_again_gets_the_same_answer(stage: Stage) -> None:
    item = waiting(stage.database, stage.now)
    first = act(claim_escalation, stage, item)
    stage.clock.advance(60)

    again = act(claim_escalation, stage, item)

    assert again == first
    assert first.claimed_by == "key:sam"
    assert len(kept(stage, "escalation_claimed")) == 1


def test_what_is_not_there_is_none(stage: Stage) -> None:
    item = waiting(stage.database, stage.now)
    with stage.database.begin() as tx:
        missing = escalations.load(tx, item.id + 1)

    assert missing is None
    for verb, more in (
        (claim_escalation, ()),
        (assign_escalation, (ANA.npn,)),
        (call_now, (None,)),
        (schedule_escalation, (stage.now,)),
        (resolve_escalation, (Resolution.SERVED, "")),
    ):
        assert verb(item.id + 1, *more, actor="x", database=stage.database, now=stage.now) is None


# ---- assign


def test_a_producer_without_a_license_there_is_refused_with_the_reasons(stage: Stage) -> None:
    stage.hire(ANA, PAT)
    item = waiting(stage.database, stage.now)

    found = act(assign_escalation, stage, item, PAT.npn)

    assert reasons(found) == ("no_license",)
    assert now_of(stage.database, item) == item
    assert promises(stage, item) == []
    (entry,) = kept(stage, "assignment")
    assert (entry.actor, entry.facts["npn"], entry.facts["allowed"]) == ("key:sam", PAT.npn, False)
    assert stage.get(f"/decisions/{entry.entry_id}")["reasons"] == ["no_license"]


def test_a_producer_with_authority_gets_it_and_the_callback_is_theirs_alone(stage: Stage) -> None:
    stage.hire(ANA, BEN)
    item = waiting(stage.database, stage.now)

    found = done(act(assign_escalation, stage, item, BEN.npn))

    (promise,) = promises(stage, item)
    assert (found.status, found.assigned_npn) == ("assigned", BEN.npn)
    assert (promise.status, promise.only_producer, promise.producer_id) == ("promised", True, found.assigned_to)
    assert (promise.due_at, promise.made_by) == (stage.now, "key:sam")
    assert found.next is not None
    assert found.next.npn == BEN.npn
    lead = lead_of(stage.database, item)
    assert (lead.custody, lead.owed_by) == (Custody.ESCALATED, promise.promised_by)
    decision = stage.get(f"/decisions/{kept(stage, 'assignment')[0].entry_id}")
    assert [(one["npn"], one["verdict"]) for one in decision["producers"]] == [(BEN.npn, "chosen")]
    assert decision["residence"]["states"] == ["OH"]


def test_what_is_assigned_at_night_is_called_in_the_morning(stage: Stage) -> None:
    stage.hire(ANA)
    stage.clock.move_to(NIGHT)
    item = waiting(stage.database, stage.now)

    found = done(act(assign_escalation, stage, item, ANA.npn))

    assert found.next is not None
    assert found.next.due_at >= MORNING


def test_the_same_assignment_again_changes_nothing_and_another_moves_the_promise(stage: Stage) -> None:
    stage.hire(ANA, BEN)
    item = waiting(stage.database, stage.now)
    first = done(act(assign_escalation, stage, item, ANA.npn))

    again = act(assign_escalation, stage, item, ANA.npn)
    moved = done(act(assign_escalation, stage, item, BEN.npn))

    assert again == first
    assert len(kept(stage, "assignment")) == 2
    assert moved.assigned_npn == BEN.npn
    assert [promise.producer_id for promise in promises(stage, item)] == [moved.assigned_to]


def test_nobody_of_that_npn_is_said_of_the_field(stage: Stage) -> None:
    item = waiting(stage.database, stage.now)

    assert act(assign_escalation, stage, item, "123") == Unmet("npn", "nobody on the roster has NPN 123")
    assert act(call_now, stage, item, "123") == Unmet("npn", "nobody on the roster has NPN 123")


def test_an_assignment_whose_promise_is_not_kept_comes_back_to_the_queue(stage: Stage) -> None:
    stage.hire(ANA)
    item = waiting(stage.database, stage.now)
    act(claim_escalation, stage, item)
    act(assign_escalation, stage, item, ANA.npn)

    with stage.database.begin() as tx:
        callbacks.cancel_of_lead(tx, item.lead_id)
        escalate_lead(tx, lead_of(stage.database, item), None, "promise_passed", stage.now)

    back = now_of(stage.database, item)
    assert (back.status, back.assigned_npn, back.claimed_by) == ("claimed", None, "key:sam")
    assert back.due_at == item.due_at


def test_everybody_is_a_candidate_with_the_reasons_against_them(stage: Stage) -> None:
    stage.hire(PAT, BEN, ANA)
    stage.presence(ANA, "away")
    item = waiting(stage.database, stage.now)

    found = candidates(item.id, database=stage.database, now=stage.now)

    assert isinstance(found, list)
    assert [(one.npn, one.allowed, one.reasons, one.availability) for one in found] == [
        (BEN.npn, True, (), "available"),
        (ANA.npn, True, (), "away"),
        (PAT.npn, False, ("no_license",), "available"),
    ]


# ---- call now


def test_the_person_is_called_now_where_everything_allows_it(stage: Stage) -> None:
    stage.hire(ANA)
    item = waiting(stage.database, stage.now)
    act(claim_escalation, stage, item)

    found = done(act(call_now, stage, item, None))

    (promise,) = promises(stage, item)
    assert (promise.status, promise.due_at, promise.only_producer) == ("promised", stage.now, False)
    assert (found.status, found.outcome) == ("resolved", "promised")
    assert (lead_of(stage.database, item).custody, promise.promised_by) == (
        Custody.PROMISED,
        lead_of(stage.database, item).owed_by,
    )


def test_calling_again_while_the_call_is_under_way_changes_nothing(stage: Stage) -> None:
    stage.hire(ANA)
    anybody, hers = waiting(stage.database, stage.now), waiting(stage.database, stage.now, OTHER_OHIO_CALLER)

    for item, npn in ((anybody, None), (hers, ANA.npn)):
        first = act(call_now, stage, item, npn)
        stage.clock.advance(1)
        assert act(call_now, stage, item, npn) == done(first)
        assert len(promises(stage, item)) == 1


def test_at_night_nobody_can_have_a_person_called(stage: Stage) -> None:
    stage.hire(ANA)
    stage.clock.move_to(NIGHT)
    item = waiting(stage.database, stage.now)

    by_anybody, by_ana = act(call_now, stage, item, None), act(call_now, stage, item, ANA.npn)

    assert reasons(by_anybody) == ("outside_hours",)
    assert by_anybody.slots[0].due_at >= MORNING
    assert reasons(by_ana) == ("outside_hours",)
    assert now_of(stage.database, item) == item
    assert promises(stage, item) == []


def test_who_said_stop_is_not_called_by_anybody(stage: Stage) -> None:
    stage.hire(ANA)
    item = waiting(stage.database, stage.now)
    with stage.database.begin() as tx:
        work.suppress(tx, OHIO_CALLER, "stop", source="test", now=stage.now)

    assert reasons(act(call_now, stage, item, None)) == ("opted_out",)
    assert reasons(act(assign_escalation, stage, item, ANA.npn)) == ("opted_out",)
    assert reasons(act(schedule_escalation, stage, item, stage.now + timedelta(hours=1))) == ("opted_out",)
    assert reasons(slots_of(item.id, database=stage.database, now=stage.now)) == ("opted_out",)


def test_without_a_number_a_license_or_a_campaign_nobody_is_called(stage: Stage) -> None:
    stage.hire(PAT)
    nameless, strange = waiting(stage.database, stage.now, None), waiting(stage.database, stage.now, campaign=False)
    unlicensed = waiting(stage.database, stage.now, OTHER_OHIO_CALLER)

    assert reasons(act(call_now, stage, nameless, None)) == ("no_number",)
    assert reasons(act(call_now, stage, unlicensed, None)) == ("no_license",)
    assert reasons(act(call_now, stage, strange, None)) == ("no_campaign",)
    assert reasons(act(assign_escalation, stage, strange, PAT.npn)) == ("no_campaign",)
    assert reasons(candidates(strange.id, database=stage.database, now=stage.now)) == ("no_campaign",)


# ---- schedule


def test_a_lawful_time_becomes_a_promise_and_the_queue_is_done_with_it(stage: Stage) -> None:
    stage.hire(ANA)
    item = waiting(stage.database, stage.now)
    act(claim_escalation, stage, item)
    at = stage.now + timedelta(hours=3)

    found = done(act(schedule_escalation, stage, item, at))
    again = act(schedule_escalation, stage, item, at)

    (promise,) = promises(stage, item)
    assert (found.status, found.outcome, found.resolved_by) == ("resolved", "promised", "key:sam")
    assert again == found
    assert promise.due_at == at
    assert lead_of(stage.database, item).custody is Custody.PROMISED
    (entry,) = kept(stage, "escalation_scheduled")
    assert (entry.facts["promised"], entry.facts["escalation"]) == (True, item.id)
    assert reasons(act(schedule_escalation, stage, item, at + timedelta(hours=1))) == ("resolved",)


@pytest.mark.parametrize("off", [timedelta(hours=13), timedelta(seconds=-1), FARTHEST + timedelta(hours=2)])
def test_any_other_time_is_refused_with_the_next_ones_that_are_taken(stage: Stage, off: timedelta) -> None:
    stage.hire(ANA)
    item = waiting(stage.database, stage.now)

    found = act(schedule_escalation, stage, item, stage.now + off)

    assert reasons(found) == ("outside_hours",)
    assert now_of(stage.database, item).status == "open"
    assert len(found.slots) == 5
    assert list(found.slots) == slots_of(item.id, database=stage.database, now=stage.now)
    assert done(act(schedule_escalation, stage, item, found.slots[3].due_at)).outcome == "promised"


# ---- resolve


@pytest.mark.parametrize("resolution", list(Resolution))
def test_each_outcome_leaves_the_lead_where_it_belongs_and_cancels_what_was_promised(
    stage: Stage, resolution: Resolution
) -> None:
    stage.hire(ANA)
    item = waiting(stage.database, stage.now)
    act(assign_escalation, stage, item, ANA.npn)

    found = done(act(resolve_escalation, stage, item, resolution, "Called twice."))

    lead = lead_of(stage.database, item)
    assert (found.status, found.outcome, found.note) == ("resolved", resolution, "Called twice.")
    if resolution is Resolution.SERVED:
        assert (lead.custody, lead.closed_as) == (Custody.SERVED, None)
    else:
        assert (lead.custody, lead.closed_as) == (Custody.CLOSED, ClosedAs(resolution))
    assert [promise.status for promise in promises(stage, item)] == ["cancelled"]
    with stage.database.read() as tx:
        suppressed = work.suppressed(tx, OHIO_CALLER)
    assert suppressed == {"opted_out": {"stop"}, "blocked": {"blocked"}}.get(resolution, set())
    assert [entry.facts["outcome"] for entry in kept(stage, "escalation_resolved")] == [resolution]


def test_who_opted_out_is_left_alone_in_every_campaign(stage: Stage) -> None:
    item, other = waiting(stage.database, stage.now), waiting(stage.database, stage.now)

    act(resolve_escalation, stage, item, Resolution.OPTED_OUT, "")

    assert lead_of(stage.database, other).closed_as is ClosedAs.OPTED_OUT
    assert now_of(stage.database, other).outcome == "opted_out"


def test_resolving_again_is_the_same_answer_and_otherwise_a_no(stage: Stage) -> None:
    item = waiting(stage.database, stage.now)
    first = act(resolve_escalation, stage, item, Resolution.DUPLICATE, "")

    again = act(resolve_escalation, stage, item, Resolution.DUPLICATE, "another note")
    otherwise = act(resolve_escalation, stage, item, Resolution.SERVED, "")

    assert again == first
    assert otherwise == Refused(("resolved",), has_it="key:sam")
    assert reasons(act(claim_escalation, stage, item)) == ("resolved",)
    assert lead_of(stage.database, item).closed_as is ClosedAs.DUPLICATE


def test_nothing_is_decided_behind_the_back_of_a_person_on_the_line(stage: Stage) -> None:
    stage.hire(ANA)
    item = waiting(stage.database, stage.now)
    with stage.database.begin() as tx:
        lead = leads.load_to_write(tx, item.lead_id)
        assert lead is not None
        leads.move(tx, lead, Custody.IN_CALL, owed_by=stage.now)

    for verb, more in (
        (assign_escalation, (ANA.npn,)),
        (call_now, (None,)),
        (schedule_escalation, (stage.now + timedelta(hours=1),)),
        (resolve_escalation, (Resolution.SERVED, "")),
    ):
        assert reasons(act(verb, stage, item, *more)) == ("in_call",)
    assert lead_of(stage.database, item).custody is Custody.IN_CALL
    assert done(act(claim_escalation, stage, item)).status == "claimed"


def test_two_supervisors_with_different_answers_leave_one(stage: Stage) -> None:
    stage.hire(ANA)
    item = waiting(stage.database, stage.now)
    together = Barrier(2)

    def say(resolution: Resolution) -> object:
        together.wait()
        return act(resolve_escalation, stage, item, resolution, "")

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(say, (Resolution.SERVED, Resolution.UNREACHABLE)))

    assert sorted(type(one).__name__ for one in found) == ["Escalation", "Refused"]


def test_a_team_that_the_producer_is_not_on_is_a_reason(stage: Stage) -> None:
    stage.hire(ANA, BEN)
    stage.team(BEN)
    item = waiting(stage.database, stage.now)
    with stage.database.read() as tx:
        assert campaigns.everything(tx)[0].team

    assert reasons(act(assign_escalation, stage, item, ANA.npn)) == ("not_on_team",)
