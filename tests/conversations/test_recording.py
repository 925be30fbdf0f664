"""Talks that are recorded: on whose consent, what is said first, and what is kept of them."""

from __future__ import annotations

from typing import Any

import pytest

from app.simulator.calls import Call
from app.simulator.parties import NO_ANSWER, CallerBehavior, accepts
from app.simulator.products import WsgiProduct
from app.storage import calls, campaigns, ledger
from app.storage.calls import Turn
from app.workflows.calls.record_talk import announcement_due
from tests.builders import licensed
from tests.conversations.deliveries import arrival_form, ask, at_once, leg_form
from tests.conversations.people import (
    ANA,
    BEN,
    KEYS_OHIO,
    OHIO_CALLER,
    OHIO_ZIP,
    PAT,
    PENNSYLVANIA_CALLER,
    PENNSYLVANIA_ZIP,
)
from tests.conversations.vendors import posted
from tests.product import AGENCY, PUBLIC, Stage

ANNOUNCED = "This call may be recorded."
ON = ("vendor_announces", "producer_announces", "announce_first")
PIA = licensed("Pia", 6, "PA", "OH")
HAL = licensed("Hal", 7, "OH", loa="health")
RECORDING = "RE" + "4" * 32


def offers(stage: Stage, call: Call) -> list[dict[str, Any] | None]:
    """What the offers of a call say of recording; the decision and the event must say the same."""
    told = [event["facts"] for event in stage.story(call)["events"] if event["happening"] == "producer_offered"]
    with stage.database.read() as tx:
        for facts in told:
            entry = ledger.entry(tx, facts["decision"])
            assert entry is not None
            assert entry.facts.get("recording") == facts.get("recording")
    return [facts.get("recording") for facts in told]


def done(sid: str = RECORDING, **more: str) -> list[tuple[str, str]]:
    """What the carrier says of a recording."""
    form = {"RecordingSid": sid, "RecordingStatus": "completed", "RecordingDuration": "61", "RecordingChannels": "2"}
    return list({**form, "CallSid": "CA" + "7" * 32, **more}.items())


# ---- the modes


def test_off_records_nothing_and_says_nothing_of_it(stage: Stage) -> None:
    stage.hire(ANA)

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert stage.exchange.record.recordings == []
    assert stage.story(call)["recordings"] == []
    assert offers(stage, call) == [None]
    assert not call.leg_to(ANA.phone).has_heard("recorded")


@pytest.mark.parametrize("mode", ON)
def test_between_one_party_states_every_mode_records(stage: Stage, mode: str) -> None:
    stage.set(recording=mode)
    stage.hire(ANA)

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    [made] = stage.exchange.record.recordings
    [kept] = stage.story(call)["recordings"]
    assert (kept["sid"], kept["seconds"], kept["states"]) == (made.sid, made.seconds, ["OH"])
    assert kept["basis"].startswith("Recorded: ")
    assert "O.R.C. 2933.52" in kept["basis"]
    assert kept["retain_until"] == "2031-11-18"
    assert call.heard(ANNOUNCED) is (mode == "announce_first")


@pytest.mark.parametrize("mode", ON)
def test_in_an_all_party_state_a_producer_announces_too_late(stage: Stage, mode: str) -> None:
    stage.open("PA")
    stage.set(recording=mode)
    stage.hire(PAT)

    call = stage.call_from(PENNSYLVANIA_CALLER, CallerBehavior(answers=[PENNSYLVANIA_ZIP]))

    recorded = mode != "producer_announces"
    [offer] = offers(stage, call)
    assert call.bridged_to == [PAT.phone]
    assert len(stage.exchange.record.recordings) == len(stage.story(call)["recordings"]) == recorded
    assert offer is not None
    assert (offer["recorded"], offer["rule"], offer["states"]) == (recorded, "all_party", ["PA"])
    assert call.leg_to(PAT.phone).has_heard("recorded") is recorded


def test_the_producers_own_state_counts_too(stage: Stage) -> None:
    stage.set(recording="producer_announces")
    stage.hire(PIA)

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    [offer] = offers(stage, call)
    assert call.bridged_to == [PIA.phone]
    assert offer is not None
    assert (offer["recorded"], offer["states"]) == (False, ["PA"])
    assert stage.exchange.record.recordings == []


def test_the_area_code_counts_too_because_the_caller_may_be_there_now(stage: Stage) -> None:
    stage.set(recording="producer_announces")
    posted(stage, phone=PENNSYLVANIA_CALLER)
    stage.hire(ANA)

    call = stage.call_from(PENNSYLVANIA_CALLER)

    [offer] = offers(stage, call)
    residence = stage.record(call).residence
    assert residence is not None
    assert residence.states == ("OH",)
    assert offer is not None
    assert (offer["recorded"], offer["states"]) == (False, ["PA"])


@pytest.mark.parametrize(
    ("mode", "sentence"),
    [
        ("vendor_announces", "The talk is recorded. Press 1"),
        ("announce_first", "The talk is recorded. Press 1"),
        ("producer_announces", "The talk is recorded: say so first. Press 1"),
    ],
)
def test_the_producer_is_told_in_the_whisper(stage: Stage, mode: str, sentence: str) -> None:
    stage.set(recording=mode)
    stage.hire(ANA)

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert call.leg_to(ANA.phone).has_heard(sentence)


# ---- the announcement


def test_the_announcement_is_heard_before_anybody_rings_and_starts_the_vendors_clock(stage: Stage) -> None:
    stage.set(recording="announce_first")
    posted(stage)
    stage.hire(ANA)

    call = stage.call_from(OHIO_CALLER)

    rang_at = call.leg_to(ANA.phone).rang_at
    assert call.spoken == [ANNOUNCED]
    assert rang_at is not None
    assert call.leg.heard[0].at < rang_at
    record = stage.record(call)
    assert record.answered_at == record.arrived_at
    assert record.accepted_at is not None
    assert record.accepted_at > rang_at


def test_without_an_announcement_a_known_caller_hears_ringing_and_nothing_is_billed_before_the_talk(
    stage: Stage,
) -> None:
    stage.set(recording="vendor_announces")
    posted(stage)
    stage.hire(ANA)

    call = stage.call_from(OHIO_CALLER)

    assert call.spoken == []
    assert stage.record(call).answered_at == stage.record(call).accepted_at


def test_the_announcement_is_heard_once_a_call_however_many_are_rung(stage: Stage) -> None:
    stage.set(recording="announce_first")
    stage.hire(ANA, behavior=NO_ANSWER)
    stage.hire(BEN, behavior=accepts(talk_seconds=20))
    stage.hire(PIA)

    call = stage.call_from(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP], stays_on_after_talk=True, talk_seconds=80))

    assert call.rung == [ANA.phone, BEN.phone, PIA.phone]
    assert call.bridged_to == [BEN.phone, PIA.phone]
    assert sum(ANNOUNCED in spoken for spoken in call.spoken) == 1
    assert [offer and offer["announced"] for offer in offers(stage, call)] == [True, False, False]
    assert [kept["states"] for kept in stage.story(call)["recordings"]] == [["OH"], ["PA"]]


def test_a_campaign_that_begins_to_record_during_a_call_announces_it_first(stage: Stage) -> None:
    stage.hire(ANA, behavior=NO_ANSWER)
    stage.hire(BEN)
    call = stage.ring_in(OHIO_CALLER, KEYS_OHIO)
    stage.exchange.run(20)
    rung = call.rung

    stage.set(recording="announce_first")
    stage.exchange.run()

    assert rung == [ANA.phone]
    assert call.heard(ANNOUNCED)
    assert [offer and offer["announced"] for offer in offers(stage, call)] == [None, True]


def test_an_announcement_that_was_lost_on_its_way_is_made_again(stage: Stage) -> None:
    stage.set(recording="announce_first")
    posted(stage)
    stage.hire(ANA)
    sid = "CA" + "1" * 32
    offered = ask(stage, "/voice/incoming", arrival_form(sid, OHIO_CALLER, AGENCY))

    def due() -> bool:
        with stage.database.begin() as tx:
            call, campaign = calls.load(tx, sid), campaigns.reached_by(tx, AGENCY)
            assert call is not None
            assert campaign is not None
            return announcement_due(Turn(tx, call, "hold:1", stage.now), campaign) is not None

    before_the_dial = due()
    leg = leg_form("CA" + "2" * 32, sid, ANA.phone, CallStatus="initiated")
    ask(stage, f"/voice/calls/{sid}/offers/1/progress", leg)

    assert ANNOUNCED in offered.body
    assert before_the_dial
    assert not due()


def test_the_announcement_is_said_in_the_callers_language(stage: Stage) -> None:
    stage.set(recording="announce_first", languages="es,en")
    posted(stage)
    stage.hire(ANA)

    call = stage.call_from(OHIO_CALLER)

    assert call.spoken == ["Esta llamada puede ser grabada."]


def test_an_announced_call_is_acknowledged_before_its_buffer_too(stage: Stage) -> None:
    stage.set(recording="announce_first", buffer_seconds=30)
    posted(stage)
    stage.hire(ANA, behavior=NO_ANSWER)

    call = stage.call_from(OHIO_CALLER)

    assert call.rung == [ANA.phone]
    assert call.answered_at is not None
    spoken_at = next(heard.at for heard in call.leg.heard if "busy" in heard.text)
    assert (spoken_at - call.answered_at).total_seconds() <= 20


# ---- what is kept


def test_health_is_kept_for_ten_years(stage: Stage) -> None:
    medicare = "+18005550197"
    stage.campaign(medicare, loa="health", name="Medicare", recording="vendor_announces")
    stage.hire(HAL)

    call = stage.exchange.call(OHIO_CALLER, medicare, KEYS_OHIO)
    stage.exchange.run()

    [kept] = stage.story(call)["recordings"]
    assert kept["retain_until"] == "2036-11-18"


def test_a_recording_told_of_twice_or_eight_times_at_once_is_kept_once(stage: Stage) -> None:
    stage.set(recording="vendor_announces")
    stage.hire(ANA)
    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)
    [first] = stage.story(call)["recordings"]
    address = f"/voice/calls/{call.sid}/offers/1/recorded"

    at_once(stage, address, done(first["sid"]))
    at_once(stage, address, done())
    ask(stage, address, done(RecordingDuration="5"))

    kept = stage.story(call)["recordings"]
    assert [one["sid"] for one in kept] == [first["sid"], RECORDING]
    assert kept[0] == first
    assert kept[1]["seconds"] == 61


def test_a_recording_that_nobody_consented_to_is_shown_as_such(stage: Stage) -> None:
    stage.hire(ANA)
    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    ask(stage, f"/voice/calls/{call.sid}/offers/1/recorded", done())

    [kept] = stage.story(call)["recordings"]
    assert kept["basis"] == "No consent was written down when this talk was offered."
    assert kept["states"] == []


def test_what_is_no_recording_of_ours_leaves_nothing(stage: Stage) -> None:
    stage.set(recording="vendor_announces")
    stage.hire(ANA)
    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)
    before = stage.story(call)["recordings"]
    ours = f"/voice/calls/{call.sid}/offers/1/recorded"

    answers = [
        ask(stage, f"/voice/calls/{'CA' + 'f' * 32}/offers/1/recorded", done()),
        ask(stage, f"/voice/calls/{call.sid}/offers/2/recorded", done()),
        *(ask(stage, ours, done(RecordingStatus=status)) for status in ("in-progress", "absent", "failed")),
    ]
    refused = [
        ask(stage, ours, done(sid)) for sid in ("", "RE", RECORDING + "1", "CA" + "4" * 32, "../../etc/passwd")
    ] + [ask(stage, ours, done(RecordingStatus="exploded"))]

    assert {answer.status for answer in answers} == {200}
    assert {answer.status for answer in refused} == {400}
    assert stage.story(call)["recordings"] == before


def test_a_forged_recording_is_refused(stage: Stage) -> None:
    stage.hire(ANA)
    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)
    address = f"{PUBLIC}/voice/calls/{call.sid}/offers/1/recorded"

    for header in ({}, {"X-Twilio-Signature": "forged"}):
        answer = WsgiProduct(stage.app).request("POST", address, done(), header)
        assert answer.status == 403

    assert stage.story(call)["recordings"] == []
