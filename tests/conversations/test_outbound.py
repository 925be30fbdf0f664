"""A producer calls somebody because we were asked to: the same gate, the producer first, and never anybody who may not be."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app import scheduler
from app.domain.do_not_call import INQUIRY_COUNTS
from app.domain.lead import ClosedAs, Custody
from app.simulator.parties import NO_ANSWER, CallerBehavior, ProducerBehavior, accepts, declines, talks
from app.storage import access, callbacks, campaigns, dnc, leads, ledger, outbound, work
from app.workflows.callbacks.promise import promise
from app.workflows.outbound.ask_call import Asked, NotAllowed, ask_call
from app.workflows.outbound.called_person import Wanted
from app.workflows.outbound.ceilings import Ceilings, turn_dialing
from tests.builders import licensed
from tests.conversations.people import ANA, BEN, OHIO_CALLER, OHIO_ZIP, OTHER_OHIO_CALLER, PAT, PENNSYLVANIA_CALLER
from tests.product import AGENCY, Stage
from tests.workflows.leads.waiting import waiting

TODAY = date(2026, 11, 18)
WAITS_FOR_NOBODY = CallerBehavior(answers=[OHIO_ZIP])
BARE = {"npn": ANA.npn, "loa": "life", "phone": OHIO_CALLER, "state": "OH"}


def scrub(stage: Stage, number: str = OHIO_CALLER, *, days_old: int = 0, listed: bool = False) -> None:
    with stage.database.begin() as tx:
        dnc.keep_scrubs(tx, [(number, listed)], on=TODAY - timedelta(days=days_old), source="scrub.csv")


def dialer(stage: Stage) -> str:
    with stage.database.begin() as tx:
        return access.create_key(tx, name="dialer", scopes=("dial",), now=stage.now)


def request(stage: Stage, body: dict[str, Any], key: str, **headers: str) -> TestResponse:
    return stage.app.test_client().post(
        "/api/v1/calls", json=body, headers={"Authorization": f"Bearer {key}", **headers}
    )


def asked(stage: Stage, **change: Any) -> dict[str, Any]:
    answer = request(stage, {**BARE, **change}, dialer(stage))
    assert answer.status_code == 202, answer.get_data(as_text=True)
    found: dict[str, Any] = answer.get_json()
    return found


def refused(stage: Stage, **change: Any) -> dict[str, Any]:
    """409; nothing was promised, nobody is rung, and the ledger says why."""
    standing = stage.callbacks()
    answer = request(stage, {**BARE, **change}, dialer(stage))
    assert answer.status_code == 409, answer.get_data(as_text=True)
    found: dict[str, Any] = answer.get_json()
    assert stage.callbacks() == standing
    with stage.database.read() as tx:
        kept = ledger.entry(tx, found["decision_id"])
    assert kept is not None
    assert (kept.kind, kept.facts["allowed"], kept.facts["reasons"]) == ("dial", False, found["reasons"])
    stage.pass_time(70)
    assert stage.exchange.placed_calls() == []
    return found


def lead_of(stage: Stage, lead_id: int) -> leads.Lead:
    with stage.database.read() as tx:
        found = leads.load(tx, lead_id)
    assert found is not None
    return found


def block(stage: Stage, number: str) -> None:
    with stage.database.begin() as tx:
        work.suppress(tx, number, "blocked", source="test", now=stage.now)


def missed(stage: Stage, behavior: ProducerBehavior | None = None) -> int:
    """A caller whom nobody could take and who is promised a call; their lead."""
    stage.exchange.add_person(OHIO_CALLER, behavior or talks(90))
    stage.presence(ANA, "away")
    lead = stage.lead(stage.call_from(OHIO_CALLER, WAITS_FOR_NOBODY))
    assert lead.custody is Custody.PROMISED
    stage.presence(ANA, "available")
    return lead.id


# ---- the call


def test_the_producer_is_rung_first_and_then_the_person_from_the_campaigns_number(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts())
    stage.exchange.add_person(OHIO_CALLER, talks(90))
    scrub(stage)

    found = asked(stage)
    stage.pass_time(150)

    (rung,) = stage.exchange.placed_calls()
    assert rung.heard("Outbound call. Final expense. Ohio.")
    (bridge,) = stage.exchange.record.bridges
    assert (bridge.child.number, bridge.child.from_number) == (OHIO_CALLER, AGENCY)
    assert lead_of(stage, found["call"]["lead_id"]).custody is Custody.SERVED
    assert [(one.id, one.status) for one in stage.callbacks()] == [(found["call"]["callback_id"], "done")]
    assert stage.exchange.record.texts_to(OHIO_CALLER) == []


def test_the_decision_is_in_the_ledger_with_its_licenses_and_without_the_number(stage: Stage) -> None:
    stage.hire(ANA)
    stage.exchange.add_person(OHIO_CALLER, talks(90))
    scrub(stage)

    found = asked(stage)

    decision = stage.get(f"/decisions/{found['decision_id']}")
    assert (decision["kind"], decision["allowed"], decision["npn"]) == ("dial", True, ANA.npn)
    assert [(one["npn"], one["verdict"]) for one in decision["producers"]] == [(ANA.npn, "chosen")]
    with stage.database.read() as tx:
        entry = ledger.entry(tx, found["decision_id"])
    assert entry is not None
    assert entry.facts["registry"] == {"exempt": False, "listed": False, "scrubbed_on": "2026-11-18"}
    assert OHIO_CALLER not in str(entry.facts)


def test_a_lead_that_is_owed_a_call_is_called_by_this_producer_at_once(stage: Stage) -> None:
    stage.hire(ANA, BEN, behavior=accepts())
    stage.presence(BEN, "away")
    lead_id = missed(stage)
    stage.presence(BEN, "available")

    found = asked(stage, npn=BEN.npn, lead_id=lead_id, phone=None, state=None)
    stage.pass_time(150)

    assert found["call"]["lead_id"] == lead_id
    (rung,) = stage.exchange.placed_calls()
    assert rung.heard("Callback. Final expense. Ohio.")
    assert [npn for npn, _ in stage.outcomes(rung)] == [BEN.npn]
    assert lead_of(stage, lead_id).custody is Custody.SERVED


def test_the_number_of_an_open_lead_joins_that_lead(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts())
    lead_id = missed(stage)

    found = asked(stage, state=None)

    assert found["call"]["lead_id"] == lead_id


# ---- who may not


def test_without_authority_it_is_refused_with_every_reason_and_nobody_is_rung(stage: Stage) -> None:
    stage.open("PA")
    stage.hire(PAT)
    scrub(stage)

    found = refused(stage, npn=PAT.npn)

    assert found["reasons"] == ["no_license"]


def test_a_license_that_goes_between_the_request_and_the_key_press_rings_nobody(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts(after=8))
    stage.exchange.add_person(OHIO_CALLER, talks(90))
    scrub(stage)
    found = asked(stage)
    stage.exchange.once("ringing", ANA.phone, lambda leg: stage.suspend(ANA, "OH"))

    stage.pass_time(70)

    (rung,) = stage.exchange.placed_calls()
    assert not rung.rang(OHIO_CALLER)
    assert lead_of(stage, found["call"]["lead_id"]).closed_as is ClosedAs.UNREACHABLE


def test_outside_the_persons_hours_it_is_refused_with_when_they_may_be_called(stage: Stage) -> None:
    stage.hire(ANA)
    scrub(stage)
    stage.clock.advance(timedelta(hours=11).total_seconds())
    stage.presence(ANA, "available")

    found = refused(stage)

    assert found["reasons"] == ["outside_hours"]
    assert "2026-11-19T13:00:00Z" in found["detail"]


@pytest.mark.parametrize("kind", ["stop", "blocked"])
def test_our_own_list_stands_above_everything(stage: Stage, kind: str) -> None:
    stage.hire(ANA)
    scrub(stage)
    with stage.database.begin() as tx:
        work.suppress(tx, OHIO_CALLER, kind, source="test", now=stage.now)

    assert refused(stage)["reasons"] == ["opted_out"]


def test_a_number_that_is_blocked_between_the_request_and_the_ring_is_not_called(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts())
    stage.exchange.add_person(OHIO_CALLER, talks(90))
    scrub(stage)
    asked(stage)
    block(stage, OHIO_CALLER)

    stage.pass_time(70)

    assert stage.exchange.placed_calls() == []


def test_a_number_that_is_blocked_while_the_producer_listens_is_not_called(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts(after=8))
    stage.exchange.add_person(OHIO_CALLER, talks(90))
    scrub(stage)
    asked(stage)
    stage.exchange.once("ringing", ANA.phone, lambda leg: block(stage, OHIO_CALLER))

    stage.pass_time(70)

    (rung,) = stage.exchange.placed_calls()
    assert not rung.rang(OHIO_CALLER)


def test_stop_between_the_request_and_the_ring_ends_it(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts())
    stage.exchange.add_person(OHIO_CALLER, talks(90))
    scrub(stage)
    found = asked(stage)
    stage.exchange.text(OHIO_CALLER, AGENCY, "STOP")
    stage.exchange.run()

    stage.pass_time(70)

    assert stage.exchange.placed_calls() == []
    assert lead_of(stage, found["call"]["lead_id"]).closed_as is ClosedAs.OPTED_OUT


@pytest.mark.parametrize(
    ("days_old", "listed", "why"),
    [(None, False, "never checked"), (32, False, "more than 31 days ago"), (1, True, "is on the national")],
)
def test_who_never_called_us_and_is_not_known_to_be_free_is_not_called(
    stage: Stage, days_old: int | None, listed: bool, why: str
) -> None:
    stage.hire(ANA)
    if days_old is not None:
        scrub(stage, days_old=days_old, listed=listed)

    found = refused(stage)

    assert found["reasons"] == ["dnc_unknown"]
    assert why in found["detail"]


def test_a_scrub_of_31_days_ago_is_fresh_enough(stage: Stage) -> None:
    stage.hire(ANA)
    scrub(stage, days_old=31)

    asked(stage)


def test_who_called_us_needs_no_scrub_and_neither_does_who_consented(stage: Stage) -> None:
    stage.hire(ANA)
    lead_id = missed(stage)
    posted = {"campaign": AGENCY, "phone": OTHER_OHIO_CALLER, "state": "OH", "zip": OHIO_ZIP, "consent": "Call me."}
    headers = {"Authorization": f"Bearer {stage.key}"}
    assert stage.app.test_client().post("/api/v1/leads", json=posted, headers=headers).status_code == 201

    asked(stage, lead_id=lead_id, phone=None, state=None)
    asked(stage, phone=OTHER_OHIO_CALLER)


def test_a_call_to_us_counts_for_89_days_and_consent_without_end(stage: Stage) -> None:
    stage.hire(ANA)
    missed(stage)
    posted = {"campaign": AGENCY, "phone": OTHER_OHIO_CALLER, "state": "OH", "zip": OHIO_ZIP, "consent": "Call me."}
    headers = {"Authorization": f"Bearer {stage.key}"}
    assert stage.app.test_client().post("/api/v1/leads", json=posted, headers=headers).status_code == 201
    called, posted_at = stage.now - INQUIRY_COUNTS, stage.now - timedelta(days=1000)

    with stage.database.begin() as tx:
        assert dnc.turned_to_us(tx, OHIO_CALLER, since=called)
        assert not dnc.turned_to_us(tx, OHIO_CALLER, since=stage.now + timedelta(seconds=1))
        assert dnc.turned_to_us(tx, OTHER_OHIO_CALLER, since=stage.now + timedelta(seconds=1))
        assert dnc.turned_to_us(tx, OTHER_OHIO_CALLER, since=posted_at)


def test_who_called_us_longer_ago_needs_a_scrub(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts())
    lead_id = missed(stage)
    stage.pass_time(600, step=60)
    assert lead_of(stage, lead_id).custody is Custody.SERVED
    stage.clock.advance((INQUIRY_COUNTS + timedelta(days=1)).total_seconds())
    stage.import_roster(ANA)
    stage.presence(ANA, "available")

    found = request(stage, BARE, dialer(stage)).get_json()

    assert found["reasons"] == ["dnc_unknown"]
    assert "in the last 89 days" in found["detail"]


def test_somebody_who_is_on_the_line_is_not_called(stage: Stage) -> None:
    stage.hire(ANA, BEN, behavior=accepts(talk_seconds=None))
    stage.ring_in(OHIO_CALLER, WAITS_FOR_NOBODY)
    stage.exchange.run(30)
    free = next(one for one in (ANA, BEN) if stage.seat(one).held_by is None)

    answer = request(stage, {**BARE, "npn": free.npn}, dialer(stage))

    assert answer.get_json()["reasons"] == ["on_the_line"]


@pytest.mark.parametrize("presence", ["away", "offline"])
def test_a_producer_who_is_not_at_their_desk_is_not_rung(stage: Stage, presence: str) -> None:
    stage.hire(ANA)
    stage.presence(ANA, presence)
    scrub(stage)

    assert refused(stage)["reasons"] == ["not_available"]


# ---- the guard


def ask(stage: Stage, number: str, ceilings: Ceilings, npn: str = ANA.npn) -> Any:
    wanted = Wanted(npn, "life", None, number, "OH", None)
    return ask_call(wanted, actor="test", ceilings=ceilings, repeatable=None, database=stage.database, now=stage.now)


def test_an_hours_ceiling_of_a_producer_and_of_all_is_never_passed(stage: Stage) -> None:
    stage.hire(ANA, BEN)
    numbers = [f"+161455501{nth}" for nth in range(60, 65)]
    for number in numbers:
        scrub(stage, number)

    first = ask(stage, numbers[0], Ceilings(1, 2))
    of_ana = ask(stage, numbers[1], Ceilings(1, 2))
    second = ask(stage, numbers[2], Ceilings(1, 2), BEN.npn)
    of_all = ask(stage, numbers[3], Ceilings(9, 2), BEN.npn)
    stage.clock.advance(3601)
    later = ask(stage, numbers[4], Ceilings(1, 2))

    assert [type(one) for one in (first, second, later)] == [Asked] * 3
    assert [one.reasons for one in (of_ana, of_all) if isinstance(one, NotAllowed)] == [("attempt_cap",)] * 2


def test_many_at_once_do_not_pass_the_ceiling_together(stage: Stage) -> None:
    stage.hire(ANA)
    numbers = [f"+161455501{nth}" for nth in range(60, 66)]
    for number in numbers:
        scrub(stage, number)

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda number: ask(stage, number, Ceilings(2, 300)), numbers))

    assert sum(isinstance(one, Asked) for one in found) == 2


def test_dialing_that_is_turned_off_is_refused(stage: Stage) -> None:
    stage.hire(ANA)
    scrub(stage)
    turn_dialing(False, reason="odd bill", actor="test", database=stage.database, now=stage.now)

    assert refused(stage)["reasons"] == ["dialing_off"]


def test_dialing_that_is_turned_off_between_the_request_and_the_ring_rings_nobody(stage: Stage) -> None:
    stage.hire(ANA)
    stage.exchange.add_person(OHIO_CALLER, talks(90))
    scrub(stage)
    found = asked(stage)
    turn_dialing(False, reason="odd bill", actor="test", database=stage.database, now=stage.now)

    stage.pass_time(360, step=30)

    assert stage.exchange.placed_calls() == []
    assert lead_of(stage, found["call"]["lead_id"]).closed_as is ClosedAs.UNREACHABLE
    assert stage.waiting() == []
    assert stage.exchange.record.texts_to(OHIO_CALLER) == []


def test_dialing_that_is_turned_off_holds_back_promised_callbacks_and_loses_none(stage: Stage) -> None:
    stage.hire(ANA)
    lead_id = missed(stage)
    turn_dialing(False, reason="odd bill", actor="test", database=stage.database, now=stage.now)

    stage.pass_time(400, step=30)

    assert stage.exchange.placed_calls() == []
    assert [waiting.lead_id for waiting in stage.waiting()] == [lead_id]


# ---- asked twice


def test_the_same_idempotency_key_twice_rings_once(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts())
    stage.exchange.add_person(OHIO_CALLER, talks(90))
    scrub(stage)
    key = dialer(stage)

    first = request(stage, BARE, key, **{"Idempotency-Key": "k1"})
    again = request(stage, BARE, key, **{"Idempotency-Key": "k1"})
    stage.pass_time(150)
    late = request(stage, BARE, key, **{"Idempotency-Key": "k1"})
    other = request(stage, {**BARE, "state": "TX"}, key, **{"Idempotency-Key": "k1"})
    stage.pass_time(70)

    assert first.get_json() == again.get_json() == late.get_json()
    assert other.status_code == 422
    assert len(stage.exchange.placed_calls()) == 1


def test_asked_twice_without_a_key_before_the_ring_is_one_call(stage: Stage) -> None:
    stage.hire(ANA, BEN)
    scrub(stage)

    first, again = asked(stage), asked(stage)
    anothers = request(stage, {**BARE, "npn": BEN.npn}, dialer(stage))

    assert first == again
    assert anothers.get_json()["reasons"] == ["on_the_line"]
    with stage.database.read() as tx:
        assert outbound.count_since(tx, stage.now - timedelta(hours=1)) == 1


# ---- what becomes of it


@pytest.mark.parametrize("behavior", [NO_ANSWER, talks(10)])
def test_who_never_called_us_is_called_once_and_written_to_by_no_machine(
    stage: Stage, behavior: ProducerBehavior
) -> None:
    stage.hire(ANA, behavior=accepts())
    stage.exchange.add_person(OHIO_CALLER, behavior)
    scrub(stage)
    found = asked(stage)

    stage.pass_time(300, step=10)
    stage.presence(ANA, "available")
    stage.pass_time(3 * 3600, step=300)

    assert len(stage.exchange.placed_calls()) == 1
    assert lead_of(stage, found["call"]["lead_id"]).closed_as is ClosedAs.UNREACHABLE
    assert [one.status for one in stage.callbacks()] == ["cancelled"]
    assert stage.waiting() == []
    assert stage.exchange.record.texts_to(OHIO_CALLER) == []


def test_a_producer_may_say_within_two_minutes_that_a_short_talk_served(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts())
    stage.exchange.add_person(OHIO_CALLER, talks(10))
    scrub(stage)
    found = asked(stage)
    stage.pass_time(60)
    (rung,) = stage.exchange.placed_calls()
    word = {"npn": ANA.npn, "disposition": "served"}
    headers = {"Authorization": f"Bearer {stage.key}"}

    answer = stage.app.test_client().post(f"/api/v1/calls/{rung.sid}/disposition", json=word, headers=headers)

    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert lead_of(stage, found["call"]["lead_id"]).custody is Custody.SERVED


def test_a_producer_who_declines_ends_the_one_call(stage: Stage) -> None:
    stage.hire(ANA, behavior=declines())
    stage.exchange.add_person(OHIO_CALLER, talks(90))
    scrub(stage)
    found = asked(stage)

    stage.pass_time(150)

    assert len(stage.exchange.placed_calls()) == 1
    assert lead_of(stage, found["call"]["lead_id"]).closed_as is ClosedAs.UNREACHABLE


def test_an_owed_lead_whose_producer_declines_is_called_by_somebody_else(stage: Stage) -> None:
    stage.hire(ANA, behavior=declines())
    stage.hire(BEN, behavior=accepts())
    stage.presence(BEN, "away")
    lead_id = missed(stage)
    asked(stage, lead_id=lead_id, phone=None, state=None)
    stage.presence(BEN, "available")

    stage.pass_time(200)

    rung = [stage.outcomes(call)[0][0] for call in stage.exchange.placed_calls()]
    assert rung == [ANA.npn, BEN.npn]
    assert lead_of(stage, lead_id).custody is Custody.SERVED


def test_an_owed_lead_who_does_not_answer_is_called_again_by_the_rules_of_callbacks(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts())
    lead_id = missed(stage, NO_ANSWER)
    asked(stage, lead_id=lead_id, phone=None, state=None)

    stage.pass_time(120)

    (callback,) = stage.callbacks("promised")
    assert callback.attempts == 1
    assert not callback.only_producer
    assert callback.due_at >= stage.now + timedelta(minutes=20)
    assert lead_of(stage, lead_id).owed_by == callback.promised_by


def test_a_promise_that_was_still_ahead_is_put_back_when_the_call_comes_to_nothing(stage: Stage) -> None:
    stage.hire(ANA, behavior=declines())
    lead_id = missed(stage)
    (callback,) = stage.callbacks()
    tomorrow = stage.now + timedelta(days=1)
    with stage.database.begin() as tx:
        lead, campaign = leads.load_to_write(tx, lead_id), campaigns.reached_by(tx, AGENCY)
        assert lead is not None
        assert campaign is not None
        assert promise(tx, lead, campaign, now=stage.now, made_by="caller:1", at=tomorrow) is not None
        before = callbacks.read(tx, callback.id)
    assert before is not None
    asked(stage, lead_id=lead_id, phone=None, state=None)

    stage.pass_time(120)

    (after,) = stage.callbacks("promised")
    assert len(stage.exchange.placed_calls()) == 1
    assert (after.due_at, after.promised_by, after.made_by) == (before.due_at, before.promised_by, "caller:1")
    assert lead_of(stage, lead_id).owed_by == before.promised_by


def test_a_lead_of_the_queue_whose_producer_leaves_is_back_on_it_and_told_nothing(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts())
    item = waiting(stage.database, stage.now)
    asked(stage, lead_id=item.lead_id, phone=None, state=None)
    stage.presence(ANA, "away")

    stage.pass_time(400, step=30)

    assert [one.lead_id for one in stage.waiting()] == [item.lead_id]
    assert lead_of(stage, item.lead_id).custody is Custody.ESCALATED
    assert stage.exchange.record.texts_to(OHIO_CALLER) == []


def test_two_schedulers_ring_once(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts())
    stage.exchange.add_person(OHIO_CALLER, talks(90))
    scrub(stage)
    asked(stage)

    scheduler.tick(stage.tools)
    scheduler.tick(stage.tools)
    stage.exchange.run()

    assert len(stage.exchange.placed_calls()) == 1


def test_a_number_of_another_state_needs_that_states_license_too(stage: Stage) -> None:
    stage.open("PA")
    both = licensed("Gus", 9, "OH", "PA")
    stage.hire(ANA, both)
    scrub(stage, PENNSYLVANIA_CALLER)

    assert refused(stage, phone=PENNSYLVANIA_CALLER)["reasons"] == ["no_license"]
    asked(stage, phone=PENNSYLVANIA_CALLER, npn=both.npn)
