"""The database is gone: nobody is bridged, every caller is promised something true, and nobody is lost."""

from __future__ import annotations

from pathlib import Path

from app import scheduler
from app.domain.lead import Custody
from app.simulator.legs import Leg
from app.simulator.parties import CallerBehavior, accepts
from app.storage import calls, journal, leads
from app.web import create_app
from tests.conversations.deliveries import arrival_form, ask
from tests.conversations.people import ANA, KEYS_OHIO, OHIO_CALLER, OHIO_ZIP, OTHER_OHIO_CALLER
from tests.conversations.unplugged import UnpluggableDatabase
from tests.product import AGENCY, Stage

Unpluggable = tuple[Stage, UnpluggableDatabase]


def journal_of(stage: Stage) -> Path:
    return stage.tools.settings.journal_dir


def test_a_call_while_the_database_is_gone_is_promised_and_becomes_one_lead_when_it_is_back(
    unpluggable: Unpluggable,
) -> None:
    stage, database = unpluggable
    database.unplug()

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert call.spoken == [
        "We are sorry. Our system is having trouble. We have written down your call, and a person will follow up."
    ]
    assert all(webhook.status == 200 for webhook in call.webhooks if webhook.kind == "document")
    assert len(list(journal_of(stage).glob("*.json"))) == 1
    assert stage.app.test_client().get("/healthz").status_code == 200
    scheduler.tick(stage.tools)
    assert len(list(journal_of(stage).glob("*.json"))) == 1

    database.plug_in()
    replayed = [scheduler.replay(stage.tools), scheduler.replay(stage.tools)]

    assert replayed == [1, 0]
    assert [(item.reason, item.call_sid) for item in stage.waiting()] == [("trouble", call.sid)]
    assert stage.lead(call).custody is Custody.ESCALATED
    assert stage.lead(call).phone == OHIO_CALLER


def test_an_event_that_is_in_the_journal_twice_makes_one_lead(unpluggable: Unpluggable) -> None:
    stage, database = unpluggable
    database.unplug()
    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)
    (path,) = journal_of(stage).glob("*.json")
    path.with_name(f"{path.stem}-again.json").write_bytes(path.read_bytes())
    database.plug_in()

    scheduler.replay(stage.tools)

    assert [item.call_sid for item in stage.waiting()] == [call.sid]


def test_the_web_application_starts_while_the_database_is_gone(unpluggable: Unpluggable) -> None:
    stage, database = unpluggable
    database.unplug()

    client = create_app(stage.tools).test_client()

    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503
    assert client.post("/voice/incoming", data={"CallSid": "CA" + "0" * 32}).status_code == 403


def test_a_web_application_that_started_without_a_database_speaks_and_writes_down(unpluggable: Unpluggable) -> None:
    stage, database = unpluggable
    database.unplug()
    stage.app = create_app(stage.tools)
    sid = "CA" + "1" * 32

    reply = ask(stage, "/voice/incoming", arrival_form(sid, OHIO_CALLER, AGENCY))

    assert reply.status == 200
    assert "We have written down your call" in reply.body
    (path,) = journal_of(stage).glob("*.json")
    assert sid in path.name
    database.plug_in()
    assert scheduler.replay(stage.tools) == 1
    assert [item.call_sid for item in stage.waiting()] == [sid]


def test_a_scheduler_that_dies_before_it_removes_what_it_has_replayed_does_no_harm(unpluggable: Unpluggable) -> None:
    stage, database = unpluggable
    database.unplug()
    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)
    stage.exchange.text(OTHER_OHIO_CALLER, AGENCY, "please call me")
    stage.exchange.run()
    database.plug_in()
    written = {path: path.read_bytes() for path in journal_of(stage).glob("*.json")}
    scheduler.replay(stage.tools)
    before = stage.waiting(), stage.story(call)["events"]

    for path, entry in written.items():
        path.write_bytes(entry)
    replayed = scheduler.replay(stage.tools)

    assert len(written) == replayed == 2
    assert [item.reason for item in before[0]] == ["trouble", "text_received"]
    assert stage.waiting() == before[0]
    assert len(stage.story(call)["events"]) <= len(before[1]) + 2, "noted once more, and nothing else"
    with database.begin() as tx:
        assert len(leads.all_open_with_phone(tx, OHIO_CALLER)) == 1
        assert len(leads.all_open_with_phone(tx, OTHER_OHIO_CALLER)) == 1


def test_the_database_dies_between_ring_and_key_press_and_nobody_is_bridged(unpluggable: Unpluggable) -> None:
    stage, database = unpluggable
    stage.hire(ANA, behavior=accepts(after=4))

    def pull_the_cable(leg: Leg) -> None:
        if leg.number == ANA.phone:
            database.unplug()

    stage.exchange.on("key", pull_the_cable)

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert call.leg_to(ANA.phone).pressed == "1"
    assert call.bridged_to == []
    (key,) = stage.exchange.record.webhooks_to("/key")
    assert (key.status, "<Hangup" in key.reply) == (200, True)
    assert call.heard("We have written down your call")

    database.plug_in()
    stage.tick()

    assert stage.lead(call).custody is Custody.ESCALATED
    assert stage.seat(ANA).held_by is None, "whoever was rung when it died is free again"
    assert stage.outcomes(call) == [(ANA.npn, "failed")]


def test_the_database_dies_before_the_whisper_and_nobody_is_bridged(unpluggable: Unpluggable) -> None:
    stage, database = unpluggable
    stage.hire(ANA)
    stage.exchange.on("whisper", lambda _leg: database.unplug())

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert call.bridged_to == []
    (screen,) = stage.exchange.record.webhooks_to("/screen")
    assert screen.reply == '<?xml version="1.0" encoding="UTF-8"?><Response><Hangup /></Response>'


def test_the_database_dies_while_the_caller_is_asked_and_the_call_is_kept(unpluggable: Unpluggable) -> None:
    stage, database = unpluggable
    stage.hire(ANA)
    stage.exchange.on("gather", lambda leg: database.unplug())
    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)
    database.plug_in()

    stage.tick()

    assert call.heard("We have written down your call")
    assert stage.lead(call).custody is Custody.ESCALATED
    assert [item.call_sid for item in stage.waiting()] == [call.sid]


def test_the_database_dies_during_a_talk_and_the_talk_is_counted_to_its_end(unpluggable: Unpluggable) -> None:
    stage, database = unpluggable
    stage.hire(ANA, behavior=accepts(talk_seconds=20))
    stage.exchange.on("bridged", lambda leg: database.unplug())
    stays = CallerBehavior(answers=[OHIO_ZIP], stays_on_after_talk=True)
    call = stage.call_from(OHIO_CALLER, stays)
    stage.clock.advance(600)
    database.plug_in()

    stage.tick()

    assert call.bridged_to == [ANA.phone]
    assert stage.lead(call).custody is Custody.PROMISED, "too short a talk: Ana calls again"
    assert stage.record(call).served_seconds == 20
    assert stage.seat(ANA).held_by is None


def test_a_text_while_the_database_is_gone_is_read_when_it_is_back(unpluggable: Unpluggable) -> None:
    stage, database = unpluggable
    database.unplug()
    stage.exchange.text(OHIO_CALLER, AGENCY, "please call me")
    stage.exchange.run()
    database.plug_in()

    stage.tick()

    assert [item.reason for item in stage.waiting()] == ["text_received"]


def test_an_event_that_nobody_can_read_does_not_keep_the_others_waiting(unpluggable: Unpluggable) -> None:
    stage, database = unpluggable
    assert journal.append(journal_of(stage), journal.Entry("voice", stage.now, "unknown", [("From", OHIO_CALLER)]))
    stage.clock.advance(1)
    database.unplug()
    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)
    database.plug_in()

    stage.tick()

    with database.read() as tx:
        assert calls.read(tx, call.sid) is not None
    assert [path.suffix for path in journal_of(stage).iterdir()] == [".unreadable"]


def test_where_not_even_the_journal_can_be_written_nothing_is_promised(unpluggable: Unpluggable) -> None:
    stage, database = unpluggable
    journal_of(stage).parent.mkdir(exist_ok=True)
    journal_of(stage).write_text("a file where the folder should be")
    database.unplug()

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert call.spoken == ["We are sorry. Our system is having trouble. Please call again in a few minutes."]
