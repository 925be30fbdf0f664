"""What we missed is found at the carrier: calls that ended unnoticed, calls that we never heard of, desks held by nobody."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from app import scheduler
from app.carrier import NullCarrier
from app.carrier.twilio import TwilioCarrier
from app.domain.call import Phase
from app.domain.lead import Custody
from app.simulator.calls import Call
from app.simulator.parties import CallerBehavior, accepts
from app.simulator.rest import RestFault, RestTrouble, WsgiAdapter
from app.simulator.webhooks import Trouble, WebhookFault
from app.storage import calls, leads, work
from app.workflows.callbacks.reconcile import reconcile_calls
from tests.conversations.people import ANA, KEYS_OHIO, OHIO_CALLER, OHIO_ZIP, OTHER_OHIO_CALLER
from tests.conversations.reconciling import look_for_calls
from tests.conversations.test_out_of_reach import Unpluggable, journal_of
from tests.product import ACCOUNT_SID, AGENCY, AUTH_TOKEN, REST, Stage

HOUR = 3600


def lose(stage: Stage, *parts: str) -> None:
    """Webhooks whose address contains one of `parts` never reach us."""
    stage.exchange.webhook_faults += [WebhookFault(Trouble.REFUSED, part, times=999) for part in parts]


def unheard(stage: Stage, number: str = OHIO_CALLER, to_number: str = AGENCY) -> Call:
    """A call of which nothing reaches us; the caller hears the carrier's apology."""
    stage.exchange.unplug()
    call = stage.exchange.call(number, to_number, KEYS_OHIO)
    stage.exchange.run()
    stage.exchange.plug_in()
    return call


def known(stage: Stage, call: Call) -> bool:
    with stage.database.read() as tx:
        return calls.read(tx, call.sid) is not None


def leads_of(stage: Stage, number: str) -> list[int]:
    with stage.database.begin() as tx:
        return [lead.id for lead in leads.all_open_with_phone(tx, number)]


def looked_back(stage: Stage) -> int:
    """How many whole seconds back the last look at the carrier's list went."""
    lists = [asked for asked in stage.exchange.record.rest_requests if asked.path.endswith("/Calls.json")]
    since = datetime.fromisoformat(dict(lists[-1].form)["StartTime>"])
    return (stage.now - since) // timedelta(seconds=1)


# ---- calls that ended unnoticed


def test_a_call_that_ended_unnoticed_is_settled_and_its_lead_is_on_a_list(stage: Stage) -> None:
    lose(stage, "/voice/status", "/zip", "/voice/fallback")
    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)
    before = stage.lead(call).custody

    stage.clock.advance(60)
    look_for_calls(stage)

    assert before is Custody.IN_CALL
    assert stage.record(call).phase is Phase.ENDED
    assert stage.lead(call).custody is Custody.ESCALATED
    event = stage.story(call)["events"][-1]
    assert (event["happening"], event["facts"]["reconciled"]) == ("call_ended", True)


def test_the_producer_of_such_a_call_is_free_again(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts(talk_seconds=20))
    lose(stage, "/voice/status", "/concluded", "/voice/fallback", "/progress")
    call = stage.call_from(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP]))
    held = stage.seat(ANA).held_by

    stage.clock.advance(HOUR)
    look_for_calls(stage)

    assert held is not None
    assert stage.seat(ANA).held_by is None
    assert stage.record(call).served_seconds == 20, "to its own end, not to ours"
    assert stage.lead(call).custody is not Custody.SERVED


def test_a_call_that_goes_on_is_left_alone(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts(talk_seconds=None))
    call = stage.ring_in(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP], talk_seconds=600))
    stage.exchange.run(120)

    look_for_calls(stage)

    assert stage.record(call).phase is Phase.CONNECTED
    stage.exchange.run()
    assert stage.lead(call).custody is Custody.SERVED


def test_a_young_calls_webhooks_may_still_be_on_their_way(stage: Stage) -> None:
    lose(stage, "/voice/status", "/zip", "/voice/fallback")
    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)
    young = stage.now - stage.record(call).arrived_at
    assert young.total_seconds() < 60

    look_for_calls(stage)

    assert stage.record(call).ended_at is None


def test_a_call_that_the_carrier_does_not_know_ends_when_no_call_lasts_that_long(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts(talk_seconds=None))
    call = stage.ring_in(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP], talk_seconds=600))
    stage.exchange.run(120)

    def look() -> None:
        reconcile_calls(
            database=stage.database, carrier=NullCarrier(), now=stage.clock.now, wording=stage.tools.wording
        )

    stage.clock.advance(4 * HOUR)
    look()
    before = stage.record(call).phase
    stage.clock.advance(HOUR)
    look()

    assert before is Phase.CONNECTED
    assert stage.record(call).phase is Phase.ENDED
    assert stage.record(call).served_seconds == 0, "nobody knows of a talk"
    assert stage.lead(call).custody is not Custody.SERVED
    assert stage.seat(ANA).held_by is None


# ---- calls that we never heard of


def test_a_call_that_we_never_heard_of_becomes_a_lead_once(stage: Stage) -> None:
    call = unheard(stage)
    stage.clock.advance(60)

    for _ in range(3):
        look_for_calls(stage)

    assert [(item.reason, item.call_sid) for item in stage.waiting()] == [("trouble", call.sid)]
    assert stage.lead(call).phone == OHIO_CALLER
    assert stage.record(call).phase is Phase.ENDED
    assert any(event["facts"].get("adopted") for event in stage.story(call)["events"])


def test_a_call_whose_webhooks_are_under_way_is_not_adopted(stage: Stage) -> None:
    call = unheard(stage)

    look_for_calls(stage)

    assert not known(stage, call)


def test_two_schedulers_adopt_a_call_once(stage: Stage) -> None:
    unheard(stage)
    unheard(stage, OTHER_OHIO_CALLER)
    stage.clock.advance(60)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: look_for_calls(stage), range(3)))
    look_for_calls(stage)

    assert len(stage.waiting()) == 2


def test_a_producers_call_and_a_blocked_one_are_nobodys_leads(stage: Stage) -> None:
    stage.hire(ANA)
    with stage.database.begin() as tx:
        work.suppress(tx, OTHER_OHIO_CALLER, "blocked", source="test", now=stage.now)
    ignored = [unheard(stage, ANA.phone), unheard(stage, OTHER_OHIO_CALLER)]
    stage.clock.advance(60)

    look_for_calls(stage)

    assert [known(stage, call) for call in ignored] == [False, False]
    assert stage.waiting() == []


def test_calls_to_numbers_of_no_campaign_are_somebody_elses(stage: Stage) -> None:
    stage.exchange.add_number("+18005550197", voice_url="https://elsewhere.example.com/voice")
    call = unheard(stage, to_number="+18005550197")
    stage.clock.advance(60)

    look_for_calls(stage)

    assert not known(stage, call)


def test_calls_that_we_placed_or_dialed_are_no_arrivals(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts(talk_seconds=90))
    call = stage.call_from(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP], talk_seconds=90))
    stage.clock.advance(60)

    look_for_calls(stage)

    assert stage.lead(call).custody is Custody.SERVED
    with stage.database.read() as tx:
        assert len(calls.newest(tx, 10)) == 1


def test_the_first_look_goes_back_two_days_and_the_next_ones_to_the_last(stage: Stage) -> None:
    long_ago = unheard(stage)
    stage.clock.advance(47 * HOUR)

    look_for_calls(stage)
    asked = [looked_back(stage)]
    stage.clock.advance(60)
    look_for_calls(stage)
    asked.append(looked_back(stage))
    stage.clock.advance(50 * 60)
    look_for_calls(stage)
    asked.append(looked_back(stage))
    stage.clock.advance(10 * 60)
    look_for_calls(stage)
    asked.append(looked_back(stage))

    assert known(stage, long_ago)
    assert asked == [48 * HOUR, 16 * 60, 65 * 60, 48 * HOUR]


def test_where_the_carrier_is_out_of_reach_the_look_waits(stage: Stage) -> None:
    call = unheard(stage)
    stage.clock.advance(60)
    carrier = TwilioCarrier(ACCOUNT_SID, AUTH_TOKEN, base_url=REST, pause=lambda _: None)
    carrier.session.mount(REST, WsgiAdapter(stage.exchange.rest))
    stage.exchange.rest_faults.append(RestFault(RestTrouble.SERVER_ERROR, "/Calls", "GET", times=50))

    reconcile_calls(database=stage.database, carrier=carrier, now=stage.clock.now, wording=stage.tools.wording)
    unreached = known(stage, call)
    stage.exchange.rest_faults.clear()
    look_for_calls(stage)

    assert not unreached
    assert known(stage, call)


def test_a_whole_mornings_calls_are_adopted_page_by_page(stage: Stage) -> None:
    stage.exchange.unplug()
    for nth in range(230):
        stage.exchange.call(f"+1614555{100 + nth % 100:04d}", AGENCY, KEYS_OHIO)
        stage.exchange.run(1)
    stage.exchange.run()
    stage.exchange.plug_in()
    stage.clock.advance(60)

    look_for_calls(stage)

    with stage.database.read() as tx:
        assert len(calls.newest(tx, 300)) == 230


# ---- after the database was gone


def test_an_outage_whose_journal_is_deleted_loses_nobody(unpluggable: Unpluggable) -> None:
    stage, database = unpluggable
    database.unplug()
    numbers = [OHIO_CALLER, OTHER_OHIO_CALLER]
    for number in numbers:
        stage.call_from(number, KEYS_OHIO)
    for path in journal_of(stage).glob("*.json"):
        path.unlink()
    database.plug_in()
    stage.clock.advance(60)

    scheduler.tick(stage.tools)
    look_for_calls(stage)

    assert [len(leads_of(stage, number)) for number in numbers] == [1, 1]
    assert [item.reason for item in stage.waiting()] == ["trouble", "trouble"]


@pytest.mark.parametrize("journal_first", [True, False])
def test_journal_and_adoption_together_make_one_lead(unpluggable: Unpluggable, journal_first: bool) -> None:
    stage, database = unpluggable
    database.unplug()
    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)
    database.plug_in()
    stage.clock.advance(60)

    if journal_first:
        scheduler.replay(stage.tools)
    look_for_calls(stage)
    scheduler.replay(stage.tools)
    stage.clock.advance(60)
    look_for_calls(stage)

    assert len(leads_of(stage, OHIO_CALLER)) == 1
    assert [item.call_sid for item in stage.waiting()] == [call.sid]
    assert stage.record(call).phase is Phase.ENDED
