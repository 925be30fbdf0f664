"""A producer's browser rings instead of their phone: the same whisper, the same key, the same gate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from app.domain.call import Outcome
from app.domain.softphone import Dialed
from app.simulator.legs import Leg
from app.simulator.parties import (
    NO_ANSWER,
    CallerBehavior,
    ProducerBehavior,
    accepts,
    declines,
    hangs_up_in_whisper,
    says_nothing,
    talks,
)
from app.simulator.switches import Switches
from app.storage import attempts, authority_facts, calls, ledger
from app.storage.database import Database
from app.timekeeping import ManualClock
from app.workflows.presence.keep_softphone import keep_softphone, name_softphone
from tests.builders import Person
from tests.conversations.deliveries import arrival_form, ask, leg_form
from tests.conversations.people import ANA, BEN, KEYS_OHIO, OHIO_CALLER, OHIO_ZIP
from tests.conversations.unplugged import UnpluggableDatabase
from tests.product import AGENCY, Stage, build_stage

Unpluggable = tuple[Stage, UnpluggableDatabase]
HANGUP = '<?xml version="1.0" encoding="UTF-8"?><Response><Hangup /></Response>'
SID, LEG, OTHER_LEG = "CA" + "a" * 32, "CA" + "b" * 32, "CA" + "c" * 32
OFFER = f"/voice/calls/{SID}/offers/1"


def identity_of(stage: Stage, person: Person) -> str:
    with stage.database.read() as tx:
        producer_id = authority_facts.producer_id_of(tx, person.npn)
    assert producer_id is not None
    return name_softphone(producer_id, database=stage.database).identity


def sign_of_life(stage: Stage, person: Person, seconds: float | None = 600) -> None:
    """The page says that its softphone is registered, and for how long that holds; None: that it is closed."""
    until = None if seconds is None else stage.now + timedelta(seconds=seconds)
    keep_softphone(person.npn, until, actor="user:test", database=stage.database, now=stage.now)


def on_softphone(
    stage: Stage, person: Person, behavior: ProducerBehavior | Sequence[ProducerBehavior] | None = None
) -> str:
    """`person`'s browser, registered with us and with the carrier; its address there."""
    identity = identity_of(stage, person)
    sign_of_life(stage, person)
    stage.exchange.register_client(identity, behavior or accepts())
    return f"client:{identity}"


def dialed(stage: Stage, sid: str) -> list[tuple[str, Dialed]]:
    with stage.database.read() as tx:
        call = calls.read(tx, sid)
        assert call is not None
        return [(attempt.npn, attempt.dialed) for attempt in attempts.of_call(tx, call.id)]


# ---- an offer


def test_a_producer_whose_browser_is_there_is_rung_in_it_for_15_seconds_and_bridged_on_1(stage: Stage) -> None:
    stage.hire(ANA)
    browser = on_softphone(stage, ANA)

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert call.rung == call.bridged_to == [browser]
    assert call.leg_to(browser).heard[0].text.startswith("Final expense. Ohio.")
    assert call.leg_to(browser).from_number == AGENCY, "never the consumer's"
    assert stage.outcomes(call) == [(ANA.npn, Outcome.ACCEPTED)]
    assert dialed(stage, call.sid) == [(ANA.npn, Dialed.SOFTPHONE)]
    (action,) = stage.exchange.record.webhooks_to("/zip/1")
    assert 'timeout="15"' in action.reply
    assert f">{browser.removeprefix('client:')}</Client>" in action.reply


def test_what_was_dialed_stands_in_the_decision_and_in_the_api(stage: Stage) -> None:
    stage.hire(ANA)
    on_softphone(stage, ANA)

    story = stage.story(stage.call_from(OHIO_CALLER, KEYS_OHIO))

    assert [attempt["dialed"] for attempt in story["attempts"]] == ["softphone"]
    with stage.database.read() as tx:
        entries = [ledger.entry(tx, number) for number in story["decisions"]]
    assert [entry.facts.get("dialed") for entry in entries if entry and entry.kind == "offer"] == ["softphone"]


def test_2_in_the_browser_passes_to_the_next_and_is_no_miss(stage: Stage) -> None:
    stage.hire(ANA, BEN)
    browser = on_softphone(stage, ANA, declines())

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert call.rung == [browser, BEN.phone]
    assert call.bridged_to == [BEN.phone]
    assert stage.outcomes(call) == [(ANA.npn, Outcome.DECLINED), (BEN.npn, Outcome.ACCEPTED)]
    assert stage.seat(ANA).misses == 0


@pytest.mark.parametrize("behavior", [says_nothing(), hangs_up_in_whisper(), NO_ANSWER])
def test_a_browser_in_which_nobody_presses_a_key_is_a_miss_and_passes(stage: Stage, behavior: ProducerBehavior) -> None:
    stage.hire(ANA, BEN)
    browser = on_softphone(stage, ANA, behavior)

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert call.rung == [browser, BEN.phone]
    assert call.bridged_to == [BEN.phone]
    assert stage.outcomes(call)[0] == (ANA.npn, Outcome.NO_ANSWER)
    assert stage.seat(ANA).misses == 1


def test_authority_lost_while_the_browser_rings_is_told_and_never_bridged(stage: Stage) -> None:
    stage.hire(ANA)
    browser = on_softphone(stage, ANA)
    stage.exchange.on("ringing", lambda leg: stage.suspend(ANA, "OH") if leg.number == browser else None)

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert call.leg_to(browser).pressed == "1"
    assert call.bridged_to == []
    assert call.leg_to(browser).has_heard("your license there is not active")
    (key,) = stage.exchange.record.webhooks_to("/key")
    assert key.reply.endswith("<Hangup /></Response>")
    assert stage.outcomes(call) == [(ANA.npn, Outcome.AUTHORITY_LOST)]
    assert stage.seat(ANA).held_by is None


def test_the_database_unplugged_at_the_key_press_bridges_nobody(unpluggable: Unpluggable) -> None:
    stage, database = unpluggable
    stage.hire(ANA)
    browser = on_softphone(stage, ANA)

    def pull_the_cable(leg: Leg) -> None:
        if leg.number == browser:
            database.unplug()

    stage.exchange.on("key", pull_the_cable)

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert call.leg_to(browser).pressed == "1"
    assert call.bridged_to == []
    (key,) = stage.exchange.record.webhooks_to("/key")
    assert (key.status, key.reply) == (200, HANGUP)
    assert call.heard("We have written down your call")


# ---- there or gone


def test_a_browser_without_a_sign_of_life_is_not_rung_the_phone_is(stage: Stage) -> None:
    stage.hire(ANA)
    on_softphone(stage, ANA)
    sign_of_life(stage, ANA, seconds=60)
    stage.clock.advance(60)

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert call.rung == [ANA.phone]
    assert dialed(stage, call.sid) == [(ANA.npn, Dialed.PHONE)]


def test_a_page_that_was_closed_leaves_the_phone(stage: Stage) -> None:
    stage.hire(ANA)
    on_softphone(stage, ANA)
    sign_of_life(stage, ANA, seconds=None)

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert call.rung == [ANA.phone]


def test_a_browser_that_never_rang_is_no_miss_and_the_phone_rings_next_on_the_same_call(stage: Stage) -> None:
    stage.hire(ANA)
    browser = on_softphone(stage, ANA)
    stage.exchange.unregister_client(browser.removeprefix("client:"))

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert call.rung == call.bridged_to == [ANA.phone]
    assert stage.outcomes(call) == [(ANA.npn, Outcome.FAILED), (ANA.npn, Outcome.ACCEPTED)]
    assert dialed(stage, call.sid) == [(ANA.npn, Dialed.SOFTPHONE), (ANA.npn, Dialed.PHONE)]
    assert stage.seat(ANA).misses == 0


def test_whatever_the_carrier_says_of_a_browser_that_is_gone(
    database: Database, clock: ManualClock, tmp_path_factory: pytest.TempPathFactory
) -> None:
    switches = Switches(unregistered_client_status="failed")
    stage = build_stage(database, clock, tmp_path_factory.mktemp("failed"), switches=switches)
    stage.hire(ANA)
    browser = on_softphone(stage, ANA)
    stage.exchange.unregister_client(browser.removeprefix("client:"))

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert call.bridged_to == [ANA.phone]
    stage.check()


def test_turning_it_on_and_off_is_in_the_ledger_and_its_signs_are_not(stage: Stage) -> None:
    stage.hire(ANA)
    for _ in range(3):
        sign_of_life(stage, ANA, seconds=60)
        stage.clock.advance(20)
    sign_of_life(stage, ANA, seconds=None)

    with stage.database.read() as tx:
        entries = [entry for number in range(1, 30) if (entry := ledger.entry(tx, number)) is not None]
    told = [(entry.actor, entry.facts) for entry in entries if entry.kind == "softphone"]
    assert told == [
        ("user:test", {"npn": ANA.npn, "registered": True}),
        ("user:test", {"npn": ANA.npn, "registered": False}),
    ]


def test_the_name_at_the_carrier_stays_and_tells_nothing_of_who_it_is(stage: Stage) -> None:
    stage.hire(ANA, BEN)

    first, again, other = identity_of(stage, ANA), identity_of(stage, ANA), identity_of(stage, BEN)

    assert first == again != other
    assert first.isascii()
    assert first.isalpha()


# ---- by hand: what is no key press of the leg that was screened


def offered(stage: Stage) -> str:
    """A call, by hand, up to the whisper in Ana's browser; its address."""
    stage.hire(ANA)
    browser = on_softphone(stage, ANA)
    arrival = arrival_form(SID, OHIO_CALLER, AGENCY)
    ask(stage, "/voice/incoming", arrival)
    ring = ask(stage, f"/voice/calls/{SID}/zip/1", [*arrival, ("Digits", OHIO_ZIP)])
    assert f"{OFFER}/screen" in ring.body
    assert "<Gather" in ask(stage, f"{OFFER}/screen", leg_form(LEG, SID, browser)).body
    return browser


def test_a_second_browser_of_the_same_name_is_not_bridged_with_the_first_ones_whisper(stage: Stage) -> None:
    browser = offered(stage)

    other = ask(stage, f"{OFFER}/key", leg_form(OTHER_LEG, SID, browser, Digits="1"))
    own = ask(stage, f"{OFFER}/key", leg_form(LEG, SID, browser, Digits="1"))

    assert other.body.endswith("<Hangup /></Response>")
    assert own.body == '<?xml version="1.0" encoding="UTF-8"?><Response />'


@pytest.mark.parametrize("key", ["2", "3", "*", "", "11"])
def test_any_other_key_of_a_browser_hangs_up(stage: Stage, key: str) -> None:
    browser = offered(stage)

    reply = ask(stage, f"{OFFER}/key", leg_form(LEG, SID, browser, Digits=key))

    assert reply.body.endswith("<Hangup /></Response>")


def test_a_browsers_leg_that_asks_at_a_callers_door_is_ended(stage: Stage) -> None:
    browser = offered(stage)
    form = leg_form(LEG, SID, browser, Digits="1")

    doors = ("/voice/incoming", "/voice/fallback", f"{OFFER}/concluded", f"/voice/calls/{LEG}/zip/1")
    replies = [ask(stage, door, form) for door in doors]

    assert {(reply.status, reply.body) for reply in replies} == {(200, HANGUP)}


# ---- a browser that calls


@pytest.mark.parametrize("called", [AGENCY, "", "client:somebody"])
def test_a_call_from_a_browser_is_turned_away_and_is_nobodys_lead(stage: Stage, called: str) -> None:
    stage.hire(ANA)
    browser = on_softphone(stage, ANA)
    arrival = arrival_form(SID, browser, called)

    incoming = ask(stage, "/voice/incoming", arrival)
    fallback = ask(stage, "/voice/fallback", [*arrival, ("ErrorCode", "11200")])
    ended = ask(stage, "/voice/status", [*arrival[:3], ("CallStatus", "completed"), ("Direction", "inbound")])

    assert "<Reject" in incoming.body
    assert fallback.body == HANGUP
    assert ended.status == 200
    assert not list(stage.tools.settings.journal_dir.glob("*"))
    with stage.database.read() as tx:
        assert calls.read(tx, SID) is None
    assert stage.waiting() == []
    assert stage.callbacks() == []


def test_a_call_from_a_browser_that_we_missed_is_not_adopted_as_a_lead(stage: Stage) -> None:
    stage.hire(ANA)
    browser = on_softphone(stage, ANA)
    stage.exchange.unplug()
    stage.exchange.call(browser, AGENCY, CallerBehavior())
    stage.exchange.run()
    stage.exchange.plug_in()

    stage.pass_time(300, step=60)

    assert stage.waiting() == []
    assert stage.callbacks() == []


def test_a_call_from_a_browser_while_the_database_is_gone_is_turned_away(unpluggable: Unpluggable) -> None:
    stage, database = unpluggable
    database.unplug()

    reply = ask(stage, "/voice/incoming", arrival_form(SID, "client:somebody", AGENCY))

    assert "<Reject" in reply.body
    assert not list(stage.tools.settings.journal_dir.glob("*"))


# ---- a callback


def promised(stage: Stage) -> None:
    """A caller whom nobody could take: Ana was away, and is back."""
    stage.exchange.add_person(OHIO_CALLER, talks(90))
    stage.hire(ANA)
    stage.presence(ANA, "away")
    stage.call_from(OHIO_CALLER, KEYS_OHIO)
    stage.presence(ANA, "available")


def test_a_callback_rings_the_producers_browser_first_and_the_person_after_1(stage: Stage) -> None:
    promised(stage)
    browser = on_softphone(stage, ANA)

    stage.pass_time(180)

    (rung,) = stage.exchange.placed_calls()
    assert rung.leg.to_number == browser
    assert rung.heard("Callback. Final expense. Ohio.")
    (bridge,) = stage.exchange.record.bridges
    assert (bridge.parent.number, bridge.child.number) == (browser, OHIO_CALLER)
    assert [callback.status for callback in stage.callbacks()] == ["done"]
    assert dialed(stage, rung.sid) == [(ANA.npn, Dialed.SOFTPHONE)]
    (placed,) = [request for request in stage.exchange.record.rest_requests if request.path.endswith("/Calls.json")][:1]
    assert dict(placed.form)["Timeout"] == "15"


@pytest.mark.parametrize(
    ("behavior", "outcome"),
    [(declines(), Outcome.DECLINED), (says_nothing(), Outcome.NO_ANSWER), (NO_ANSWER, "no_answer")],
)
def test_a_callback_whose_browser_does_not_press_1_rings_no_person(
    stage: Stage, behavior: ProducerBehavior, outcome: str
) -> None:
    promised(stage)
    on_softphone(stage, ANA, behavior)

    stage.pass_time(40)

    (rung,) = stage.exchange.placed_calls()
    assert stage.outcomes(rung) == [(ANA.npn, outcome)]
    assert not rung.rang(OHIO_CALLER)
    assert stage.exchange.record.bridges == []


def test_a_callback_whose_producer_loses_authority_while_the_browser_rings_rings_no_person(stage: Stage) -> None:
    promised(stage)
    browser = on_softphone(stage, ANA)
    stage.exchange.on("ringing", lambda leg: stage.suspend(ANA, "OH") if leg.number == browser else None)

    stage.pass_time(60)

    (rung,) = stage.exchange.placed_calls()
    assert stage.outcomes(rung) == [(ANA.npn, Outcome.AUTHORITY_LOST)]
    assert not rung.rang(OHIO_CALLER)


def test_a_callback_whose_database_is_unplugged_at_the_key_rings_no_person(unpluggable: Unpluggable) -> None:
    stage, database = unpluggable
    promised(stage)
    on_softphone(stage, ANA)
    stage.exchange.on("key", lambda leg: database.unplug())

    stage.tick()

    (rung,) = stage.exchange.placed_calls()
    assert rung.leg.pressed == "1"
    assert not rung.rang(OHIO_CALLER)
    (key,) = stage.exchange.record.webhooks_to("/key")
    assert (key.status, key.reply) == (200, HANGUP)


def test_a_callback_to_a_browser_that_is_gone_is_tried_again_on_the_phone(stage: Stage) -> None:
    promised(stage)
    browser = on_softphone(stage, ANA)
    stage.exchange.unregister_client(browser.removeprefix("client:"))

    stage.pass_time(300)

    first, second = stage.exchange.placed_calls()
    assert (first.leg.to_number, second.leg.to_number) == (browser, ANA.phone)
    assert stage.outcomes(first) == [(ANA.npn, Outcome.FAILED)]
    assert stage.seat(ANA).misses == 0
    assert [callback.status for callback in stage.callbacks()] == ["done"]
