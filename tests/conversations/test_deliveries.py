"""The same webhook twice, eight times at once, late, or out of order: it changes nothing the second time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text

from app.domain.lead import Custody
from app.simulator.parties import NO_ANSWER, CallerBehavior, accepts, declines
from app.simulator.switches import Switches
from app.simulator.webhooks import Trouble, WebhookFault
from app.storage.database import Database
from app.timekeeping import ManualClock
from tests.conversations.deliveries import arrival_form, ask, at_once, leg_form
from tests.conversations.people import ANA, BEN, CAM, DEE, KEYS_OHIO, OHIO_CALLER, OHIO_ZIP
from tests.product import AGENCY, Stage, build_stage

EVERYTHING = (
    *("calls", "call_events", "attempts", "leads", "callbacks", "escalations", "texts"),
    *("desk", "ledger", "texts_received"),
)


def rows(database: Database) -> dict[str, list[Any]]:
    """Every row that a call leaves behind."""
    with database.read() as tx:
        return {
            name: [tuple(row) for row in tx.execute(text(f"SELECT * FROM {name} ORDER BY 1"))] for name in EVERYTHING
        }


def test_every_webhook_of_a_whole_call_may_come_again_and_gets_the_same_reply(stage: Stage) -> None:
    stage.hire(ANA, behavior=NO_ANSWER)
    stage.hire(BEN, behavior=declines())
    stage.hire(CAM, behavior=accepts(talk_seconds=20))
    stage.set(ring_seconds=8)
    stage.hire(DEE)
    stays = CallerBehavior(answers=["*", "00000", OHIO_ZIP], stays_on_after_talk=True, talk_seconds=70)
    call = stage.call_from(OHIO_CALLER, stays)
    before = rows(stage.database)
    assert call.bridged_to == [CAM.phone, DEE.phone]

    stage.clock.advance(3600)
    for webhook in call.webhooks:
        again = ask(stage, webhook.url, webhook.form)
        assert (again.status, again.body) == (webhook.status, webhook.reply), webhook.url

    assert len(call.webhooks) > 25
    assert rows(stage.database) == before


def test_every_webhook_of_a_call_that_ended_in_a_promise_may_come_again_and_promises_nothing_more(stage: Stage) -> None:
    stage.hire(ANA, behavior=declines())
    chooses = {"ZIP": OHIO_ZIP, "You chose": "1", "choose another time": "2", "Say a day": "1130"}
    call = stage.call_from(OHIO_CALLER, CallerBehavior(answers=chooses))
    promise, before = stage.promised(call), rows(stage.database)

    stage.clock.advance(3600)
    for webhook in call.webhooks:
        again = ask(stage, webhook.url, webhook.form)
        assert (again.status, again.body) == (webhook.status, webhook.reply), webhook.url

    assert stage.promised(call) == promise
    assert rows(stage.database) == before


def test_every_webhook_twice_as_it_happens_changes_nothing(stage: Stage) -> None:
    stage.hire(ANA, behavior=declines())
    stage.hire(BEN)
    stage.exchange.webhook_faults.append(WebhookFault(Trouble.DUPLICATED, times=1000))

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert call.bridged_to == [BEN.phone]
    assert stage.outcomes(call) == [(ANA.npn, "declined"), (BEN.npn, "accepted")]
    assert stage.lead(call).custody is Custody.SERVED


def test_eight_deliveries_at_once_of_each_step_get_one_and_the_same_reply(stage: Stage) -> None:
    stage.hire(ANA, BEN)
    sid, leg = "CA" + "1" * 32, "CA" + "2" * 32
    arrival = arrival_form(sid, OHIO_CALLER, AGENCY)
    offer = f"/voice/calls/{sid}/offers/1"
    on_leg = leg_form(leg, sid, ANA.phone)
    concluded = [*arrival, ("DialCallStatus", "completed"), ("DialBridged", "true"), ("DialCallSid", leg)]

    replies = {
        "arrival": at_once(stage, "/voice/incoming", arrival),
        "zip": at_once(stage, f"/voice/calls/{sid}/zip/1", [*arrival, ("Digits", OHIO_ZIP)]),
        "screen": at_once(stage, f"{offer}/screen", on_leg),
        "key": at_once(stage, f"{offer}/key", [*on_leg, ("Digits", "1")]),
        "concluded": at_once(stage, f"{offer}/concluded", concluded),
        "status": at_once(stage, "/voice/status", _ended(arrival)),
    }

    assert {step: len(different) for step, different in replies.items()} == dict.fromkeys(replies, 1)
    assert "Hangup" not in replies["key"].pop()
    found = rows(stage.database)
    assert [len(found[name]) for name in ("calls", "leads", "attempts")] == [1, 1, 1]
    assert stage.seat(ANA).held_by is None
    assert stage.seat(BEN).held_by is None


def _ended(arrival: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return list({**dict(arrival), "CallStatus": "completed", "CallDuration": "30"}.items())


def test_eight_deliveries_at_once_of_a_text_are_one_text(stage: Stage) -> None:
    form = [("MessageSid", "SM" + "1" * 32), ("From", OHIO_CALLER), ("To", AGENCY), ("Body", "call me")]

    replies = at_once(stage, "/sms/incoming", form)
    stage.tick()

    assert len(replies) == 1
    assert len(rows(stage.database)["texts_received"]) == 1
    assert len(stage.waiting()) == 1


def test_two_calls_at_one_instant_never_share_a_producer(stage: Stage) -> None:
    stage.set(ask="no")
    stage.hire(ANA, BEN)
    arrivals = [arrival_form(f"CA{nth:032x}", f"+1614555{110 + nth:04d}", AGENCY) for nth in range(6)]

    with ThreadPoolExecutor(6) as pool:
        replies = list(pool.map(lambda form: ask(stage, "/voice/incoming", form), arrivals))

    dialed = [person.phone for person in (ANA, BEN) for reply in replies if person.phone in reply.body]
    assert sorted(dialed) == [ANA.phone, BEN.phone]
    unserved = {f"+1614555{110 + nth:04d}" for nth, reply in enumerate(replies) if "Dial" not in reply.body}
    assert len(unserved) == 4
    promised = stage.callbacks("promised")
    assert {promise.phone for promise in promised} == unserved
    # As many per ten minutes as there are producers: no two of them at one time.
    assert len({promise.due_at for promise in promised}) == len(promised) == 4
    assert stage.waiting() == []


@pytest.mark.parametrize(
    "switches",
    [
        Switches(callback_delay_seconds=(0, 40), callback_copies=3, shuffle_ties=True),
        Switches(callback_loss=0.7, reply_seconds=0.4, shuffle_ties=True),
        Switches(callback_delay_seconds=(600, 7200), callback_copies=2),
    ],
    ids=["late, thrice and shuffled", "mostly lost, slow replies", "hours late"],
)
def test_late_lost_and_reordered_reports_do_no_harm(
    switches: Switches, database: Database, clock: ManualClock, tmp_path: Any
) -> None:
    stage = build_stage(database, clock, tmp_path, switches=switches, seed=7)
    stage.hire(ANA, behavior=[NO_ANSWER, accepts(), declines()])
    stage.hire(BEN, behavior=[declines(), accepts(talk_seconds=10)])

    callers = [stage.ring_in(f"+1614555{150 + nth:04d}", KEYS_OHIO) for nth in range(3)]
    stage.exchange.run(100)
    callers += [stage.ring_in("+16145550160", CallerBehavior(answers=[OHIO_ZIP], hang_up_after_ringing=3))]
    stage.exchange.run()

    for call in callers:
        lead = stage.lead(call)
        assert lead.custody in (Custody.SERVED, Custody.PROMISED, Custody.IN_CALL)
        assert (lead.custody is Custody.SERVED) == any((b.seconds or 0) >= 60 for b in call.bridges), call.transcript()
        if lead.custody is Custody.PROMISED:
            assert stage.promised(call).phone == call.leg.from_number
        if lead.custody is Custody.IN_CALL:
            assert "/voice/status" not in "".join(w.url for w in call.webhooks if w.status), (
                "only where its end was lost"
            )
    stage.check()


def test_a_late_answer_to_an_earlier_question_is_noted_and_not_obeyed(stage: Stage) -> None:
    stage.hire(ANA)
    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)
    phase = stage.record(call).phase

    late = ask(stage, f"/voice/calls/{call.sid}/zip/2", [("CallSid", call.sid), ("Digits", "19103")])

    assert late.status == 200
    assert stage.record(call).phase == phase
    found = stage.record(call).residence
    assert found is not None
    assert found.states == ("OH",)
    assert stage.lead(call).custody is Custody.SERVED
