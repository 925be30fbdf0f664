"""A producer says how a talk was: served, to be called back, the wrong number, or left alone for good."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.lead import Custody
from app.simulator.calls import Call
from app.simulator.parties import CallerBehavior, accepts, talks
from app.storage import leads, work
from tests.builders import Person
from tests.conversations.people import ANA, BEN, OHIO_CALLER, OHIO_ZIP
from tests.product import Stage

SHORT, LONG = 20, 90


def talked(stage: Stage, *, seconds: float = SHORT, **caller: Any) -> Call:
    """A call from Ohio on which Ana has talked for `seconds`, played to its end."""
    stage.hire(ANA)
    return stage.call_from(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP], talk_seconds=seconds, **caller))


def talking(stage: Stage, *, seconds: float = SHORT, **caller: Any) -> Call:
    """The same, ten seconds into the talk."""
    stage.hire(ANA)
    call = stage.ring_in(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP], talk_seconds=seconds, **caller))
    while not call.bridged_to:
        stage.exchange.run(1)
    stage.exchange.run(10)
    return call


def says(stage: Stage, call: Call, word: str, *, who: Person = ANA, status: int = 200, note: str = "") -> Any:
    answer = stage.app.test_client().post(
        f"/api/v1/calls/{call.sid}/disposition",
        json={"npn": who.npn, "disposition": word, "note": note},
        headers={"Authorization": f"Bearer {stage.key}"},
    )
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.get_json()


def texts_sent(stage: Stage) -> list[str]:
    return [text.body for text in stage.exchange.record.texts_to(OHIO_CALLER)]


def test_a_short_talk_that_its_producer_calls_served_leaves_no_callback_and_no_text(stage: Stage) -> None:
    call = talked(stage)
    assert stage.lead(call).custody is Custody.PROMISED
    stage.pass_time(60)

    told = says(stage, call, "served")
    stage.pass_time(300)

    assert (told["custody"], told["owed_by"]) == ("served", None)
    assert [callback.status for callback in stage.callbacks()] == ["cancelled"]
    assert texts_sent(stage) == []
    assert stage.exchange.placed_calls() == []


def test_a_short_talk_of_which_nobody_says_anything_is_called_back_by_the_same_producer(stage: Stage) -> None:
    stage.exchange.add_person(OHIO_CALLER, talks(SHORT))
    stage.hire(BEN)
    call = talked(stage)

    stage.pass_time(60)
    assert stage.exchange.placed_calls() == []
    stage.pass_time(180)

    talked_first = {person.npn: person.phone for person in (ANA, BEN)}[stage.outcomes(call)[0][0]]
    assert stage.exchange.placed_calls()[0].rang(talked_first)
    assert len(texts_sent(stage)) == 1


def test_a_long_talk_that_its_producer_calls_not_served_is_called_back(stage: Stage) -> None:
    call = talked(stage, seconds=LONG)
    assert stage.lead(call).custody is Custody.SERVED

    told = says(stage, call, "not_served", note="they had to drive")

    (callback,) = stage.callbacks("promised")
    assert told["custody"] == "promised"
    assert callback.made_by == f"producer:{ANA.npn}"
    assert (stage.promised(call).id, callback.producer_id is not None) == (callback.id, True)


def test_not_served_where_nobody_may_be_promised_is_a_persons_work(stage: Stage) -> None:
    call = talked(stage, seconds=LONG)
    stage.suspend(ANA, "OH")

    told = says(stage, call, "not_served")

    assert told["custody"] == "escalated"
    assert [item.reason for item in stage.waiting()] == ["short_talk"]


@pytest.mark.parametrize("seconds", [SHORT, LONG])
def test_a_wrong_number_closes_the_lead_however_long_the_talk_was(stage: Stage, seconds: int) -> None:
    call = talked(stage, seconds=seconds)

    told = says(stage, call, "wrong_number")
    stage.pass_time(300)

    assert told["custody"] == "closed"
    assert stage.lead(call).closed_as == "wrong_number"
    assert stage.story(call)["disposition"] == "wrong_number"
    assert stage.exchange.placed_calls() == []


def test_asked_not_to_be_called_does_what_stop_does(stage: Stage) -> None:
    call = talked(stage)

    told = says(stage, call, "opted_out")
    stage.pass_time(300)

    assert told["custody"] == "closed"
    assert stage.lead(call).closed_as == "opted_out"
    with stage.database.read() as tx:
        assert work.suppressed(tx, OHIO_CALLER) == {"stop"}
    assert (texts_sent(stage), stage.exchange.placed_calls()) == ([], [])


def test_asked_not_to_be_called_is_never_too_late_and_keeps_what_was_served(stage: Stage) -> None:
    call = talked(stage, seconds=LONG)
    stage.clock.advance(3 * 86400)

    told = says(stage, call, "opted_out")

    assert told["custody"] == "served"
    with stage.database.read() as tx:
        assert work.suppressed(tx, OHIO_CALLER) == {"stop"}


@pytest.mark.parametrize(
    ("word", "custody", "closed_as"),
    [
        ("served", "served", None),
        ("not_interested", "served", None),
        ("not_served", "promised", None),
        ("wrong_number", "closed", "wrong_number"),
        ("opted_out", "closed", "opted_out"),
    ],
)
def test_a_word_said_during_the_talk_is_obeyed_when_the_call_ends(
    stage: Stage, word: str, custody: str, closed_as: str | None
) -> None:
    call = talking(stage)

    told = says(stage, call, word)
    stage.exchange.run()

    assert told["custody"] == "in_call"
    lead = stage.lead(call)
    assert (lead.custody, lead.closed_as) == (custody, closed_as)


def test_not_served_during_a_long_talk_is_stronger_than_its_seconds_and_waits_for_nobody(stage: Stage) -> None:
    call = talking(stage, seconds=LONG)

    says(stage, call, "not_served")
    stage.exchange.run()
    ended = stage.now

    callback = stage.promised(call)
    assert (callback.due_at - ended).total_seconds() < 60


def test_the_last_word_before_the_end_holds(stage: Stage) -> None:
    call = talking(stage)

    says(stage, call, "wrong_number")
    says(stage, call, "served")
    stage.exchange.run()

    assert stage.lead(call).custody is Custody.SERVED


def test_the_word_on_an_earlier_talk_does_not_decide_a_later_one(stage: Stage) -> None:
    """Ana hangs up first, the caller stays, Ben takes over."""
    stage.hire(ANA, behavior=accepts(talk_seconds=15))
    stage.hire(BEN)
    behavior = CallerBehavior(answers=[OHIO_ZIP, OHIO_ZIP], talk_seconds=30, stays_on_after_talk=True)
    call = stage.ring_in(OHIO_CALLER, behavior)
    while len(call.bridged_to) < 2 and not call.ended:
        stage.exchange.run(1)
    assert call.bridged_to == [ANA.phone, BEN.phone]

    says(stage, call, "wrong_number")
    stage.exchange.run()

    assert stage.lead(call).custody is not Custody.CLOSED
    assert says(stage, call, "served", status=409)["reasons"] == ["talked_since"]
    assert says(stage, call, "served", who=BEN)["custody"] == "served"


def test_the_same_word_again_changes_nothing(stage: Stage) -> None:
    call = talked(stage)

    first, again = says(stage, call, "served"), says(stage, call, "served")

    assert first == again
    said = [event for event in stage.story(call)["events"] if event["key"].startswith("disposition:")]
    assert [event["facts"]["disposition"] for event in said] == ["served"]


def test_a_slip_of_the_thumb_can_be_mended(stage: Stage) -> None:
    call = talked(stage)

    says(stage, call, "served")
    told = says(stage, call, "not_served")

    assert told["custody"] == "promised"
    assert len(stage.callbacks("promised")) == 1


def test_who_has_not_talked_on_the_call_has_nothing_to_say(stage: Stage) -> None:
    call = talked(stage)
    stage.import_roster(BEN)

    told = says(stage, call, "opted_out", who=BEN, status=409)

    assert told["reasons"] == ["no_talk"]
    assert stage.lead(call).custody is Custody.PROMISED


def test_a_talk_in_the_wrong_state_is_never_called_served(stage: Stage) -> None:
    call = talking(stage)
    stage.app.test_client().post(
        f"/api/v1/calls/{call.sid}/wrong-state", json={"state": "TX"}, headers={"Authorization": f"Bearer {stage.key}"}
    )

    told = says(stage, call, "served", status=409)
    stage.exchange.run()

    assert told["reasons"] == ["wrong_state"]
    assert stage.lead(call).custody is Custody.ESCALATED


def test_a_lead_that_is_closed_stays_closed(stage: Stage) -> None:
    call = talked(stage)
    says(stage, call, "opted_out")

    assert says(stage, call, "served", status=409)["reasons"] == ["closed"]


def test_after_a_day_the_seconds_have_the_last_word(stage: Stage) -> None:
    call = talked(stage, seconds=LONG)
    stage.clock.advance(86401)

    assert says(stage, call, "not_served", status=409)["reasons"] == ["too_late"]


def test_while_the_person_is_on_the_line_again_nothing_is_decided(stage: Stage) -> None:
    call = talked(stage)
    again = stage.ring_in(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP], hang_up_after=30))
    stage.exchange.run(3)

    told = says(stage, call, "served", status=409)

    assert told["reasons"] == ["in_call"]
    again.hang_up()
    stage.exchange.run()


def test_the_ledger_says_who_said_it(stage: Stage) -> None:
    call = talked(stage)

    says(stage, call, "not_interested", note="has cover")

    from sqlalchemy import select

    from app.storage.models.base import table_of
    from app.storage.models.ledger import LedgerRow

    entries = table_of(LedgerRow)
    with stage.database.read() as tx:
        (row,) = tx.execute(select(entries.c.actor, entries.c.facts).where(entries.c.kind == "disposition")).all()
    assert row.actor == "key:test"
    assert '"disposition":"not_interested"' in row.facts
    assert '"note":"has cover"' in row.facts


# ---- callbacks


def called_back(stage: Stage, *, seconds: float) -> Call:
    """Ana has called a person back and talked for `seconds`; she hung up first and pressed nothing."""
    stage.hire(ANA)
    stage.presence(ANA, "away")
    stage.exchange.add_person(OHIO_CALLER, talks(None))
    stage.call_from(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP]))
    stage.behave(ANA, accepts(talk_seconds=seconds))
    stage.presence(ANA, "available")
    while not (calls := stage.exchange.placed_calls()) or not calls[0].ended:
        stage.pass_time(10)
    return calls[0]


def test_a_short_callback_that_its_producer_calls_served_is_done(stage: Stage) -> None:
    call = called_back(stage, seconds=SHORT)
    assert stage.lead(call).custody is Custody.PROMISED

    told = says(stage, call, "served")

    assert told["custody"] == "served"
    assert [callback.status for callback in stage.callbacks()] == ["done"]


def test_a_long_callback_that_its_producer_calls_not_served_is_tried_again(stage: Stage) -> None:
    call = called_back(stage, seconds=LONG)
    assert stage.lead(call).custody is Custody.SERVED

    told = says(stage, call, "not_served")

    assert told["custody"] == "promised"
    assert [callback.status for callback in stage.callbacks()] == ["done", "promised"]


@pytest.mark.parametrize(
    ("word", "custody"),
    [("served", "served"), ("not_served", "promised"), ("wrong_number", "closed"), ("opted_out", "closed")],
)
def test_a_word_said_during_a_callback_is_obeyed_when_it_ends(stage: Stage, word: str, custody: str) -> None:
    stage.hire(ANA)
    stage.presence(ANA, "away")
    stage.exchange.add_person(OHIO_CALLER, talks(SHORT))
    stage.call_from(OHIO_CALLER, CallerBehavior(answers=[OHIO_ZIP]))
    stage.behave(ANA, accepts(talk_seconds=SHORT))
    stage.presence(ANA, "available")
    while not stage.exchange.record.bridges:
        stage.pass_time(1, step=1)
    (call,) = stage.exchange.placed_calls()

    says(stage, call, word)
    stage.exchange.run()

    with stage.database.read() as tx:
        record = stage.record(call)
        lead = leads.load(tx, record.lead_id or 0)
    assert lead is not None
    assert lead.custody == custody
