"""What one producer reads of themselves, on both databases: where they stand, their call card, what they are to call."""

from __future__ import annotations

from datetime import timedelta

from app.domain.line_families import not_held
from app.domain.lines import Line, Requirement
from app.simulator.parties import CallerBehavior, accepts, declines
from app.storage import authority_facts, my_desk
from app.storage.my_desk import Card, Now, Promised
from app.workflows.licenses.my_licenses import WouldStop, licenses_of, lines_there, would_stop
from tests.builders import Held, Person
from tests.conversations.people import ANA, BEN, OHIO_CALLER, OHIO_ZIP
from tests.product import Stage

TALKS = CallerBehavior(answers=[OHIO_ZIP], talk_seconds=20)


def producer_id(stage: Stage, person: Person) -> int:
    with stage.database.read() as tx:
        found = authority_facts.producer_id_of(tx, person.npn)
    assert found is not None
    return found


def now_of(stage: Stage, person: Person = ANA) -> Now:
    with stage.database.read() as tx:
        found = my_desk.now_of(tx, producer_id(stage, person), stage.now)
    assert found is not None
    return found


def card_of(stage: Stage, person: Person = ANA) -> Card | None:
    with stage.database.read() as tx:
        return my_desk.card_of(tx, producer_id(stage, person), stage.now)


def promised_to(stage: Stage, person: Person = ANA) -> list[Promised]:
    with stage.database.read() as tx:
        return my_desk.promised_to(tx, producer_id(stage, person))


def test_where_a_producer_stands_through_a_call(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts(5))
    began = stage.now
    ready = now_of(stage)
    call = stage.ring_in(OHIO_CALLER, TALKS)
    while stage.seat(ANA).held_by is None:
        stage.exchange.run(1)
    ringing = now_of(stage)
    while not call.bridged_to:
        stage.exchange.run(1)
    talking = now_of(stage)
    stage.exchange.run()
    ended = now_of(stage)
    stage.clock.advance(31)
    again = now_of(stage)

    states = [one.state for one in (ready, ringing, talking, ended, again)]
    assert states == ["available", "ringing", "on_call", "wrap_up", "available"]
    assert ready.since is not None
    assert abs(ready.since - began) < timedelta(seconds=1)
    assert ended.until == again.since
    assert ended.last_talk is not None


def test_somebody_who_pressed_2_is_in_no_wrap_up(stage: Stage) -> None:
    stage.hire(ANA, behavior=declines())
    stage.call_from(OHIO_CALLER, TALKS)

    standing = now_of(stage)

    assert standing.state == "not_now"
    assert standing.until is not None


def test_the_card_is_the_live_call_then_the_last_talk_for_twelve_hours(stage: Stage) -> None:
    stage.hire(ANA)
    assert card_of(stage) is None
    call = stage.ring_in(OHIO_CALLER, TALKS)
    while not call.bridged_to:
        stage.exchange.run(1)
    live = card_of(stage)
    stage.exchange.run()
    last = card_of(stage)
    stage.clock.advance(12 * 3600 + 60)

    assert live is not None
    assert live.talks
    assert last is not None
    assert (last.talks, last.call.call_sid, last.custody) == (False, call.sid, "promised")
    assert last.promise is not None
    assert card_of(stage) is None


def test_a_rung_producer_who_did_not_take_the_call_has_no_card_of_it(stage: Stage) -> None:
    stage.hire(ANA, behavior=declines())
    stage.clock.advance(1)
    stage.hire(BEN)
    call = stage.call_from(OHIO_CALLER, TALKS)

    assert card_of(stage) is None
    taken = card_of(stage, BEN)
    assert taken is not None
    assert taken.call.call_sid == call.sid
    with stage.database.read() as tx:
        assert my_desk.card_of_call(tx, producer_id(stage, ANA), call.sid) is None


def test_earlier_calls_of_the_person_tell_who_talked_with_them(stage: Stage) -> None:
    stage.hire(ANA)
    first = stage.call_from(OHIO_CALLER, TALKS)
    stage.presence(ANA, "available")
    stage.call_from(OHIO_CALLER, TALKS)

    card = card_of(stage)

    assert card is not None
    (earlier,) = card.earlier
    assert (earlier.call_sid, earlier.producer, earlier.served_seconds) == (first.sid, ANA.name, 20)


def test_a_promise_to_the_same_producer_first_is_theirs_and_nobody_elses(stage: Stage) -> None:
    stage.hire(ANA)
    stage.call_from(OHIO_CALLER, TALKS)
    stage.import_roster(BEN)

    (mine,) = promised_to(stage)

    assert (mine.phone, mine.states, mine.campaign) == (OHIO_CALLER, ("OH",), "Final expense")
    assert (mine.mine_alone, mine.assigned) == (False, False)
    assert promised_to(stage, BEN) == []


def test_licenses_come_with_what_is_wrong_and_what_ends_first(stage: Stage) -> None:
    person = ANA.holding(
        Held("OH"), Held("TX", expires="2026-12-01"), Held("FL", expires="2026-10-01"), Held("GA", status="suspended")
    )
    stage.import_roster(person)

    with stage.database.read() as tx:
        producer = authority_facts.producer(tx, producer_id(stage, person))
        assert producer is not None
        held = licenses_of(tx, producer, stage.now)

    assert [(one.state, one.reasons, one.days_left) for one in held] == [
        ("FL", ("license_expired",), None),
        ("GA", ("license_not_active",), None),
        ("TX", (), 13),
        ("OH", (), 408),
    ]
    assert [one.warns for one in held] == [True, True, True, False]


def test_a_line_that_is_not_in_force_is_not_held_on_the_card(stage: Stage) -> None:
    person = ANA.holding(Held("OH"), Held("OH", "health", status="inactive"))
    stage.import_roster(person)

    with stage.database.read() as tx:
        producer = authority_facts.producer(tx, producer_id(stage, person))
    assert producer is not None
    (there,) = lines_there(producer, ("OH",), Requirement.parse("life"), stage.now)

    assert (there.held, there.not_held) == ((Line.LIFE,), (Line.HEALTH, Line.VARIABLE))


def test_property_with_casualty_takes_in_personal_lines() -> None:
    wanted = Requirement.parse("personal_lines|property+casualty")

    assert not_held(wanted, {Line.PROPERTY, Line.CASUALTY}) == ()
    assert not_held(wanted, {Line.PERSONAL_LINES}) == (Line.PROPERTY, Line.CASUALTY)
    assert not_held(Requirement.parse("crop"), set()) == (Line.CROP,)


def test_what_a_move_stops_is_what_its_report_then_suspends(stage: Stage) -> None:
    from app.workflows.licenses.move_domicile import Reported, move_domicile

    person = ANA.holding(Held("OH"), Held("FL"), Held("GA", status="suspended"))
    stage.import_roster(person)
    day = (stage.now - timedelta(days=3)).date()
    with stage.database.read() as tx:
        producer = authority_facts.producer(tx, producer_id(stage, person))
        assert producer is not None
        stops = would_stop(tx, producer, "TX", day, stage.now)
        assert would_stop(tx, producer, "OH", day, stage.now) == "to"
        assert would_stop(tx, producer, "TX", day + timedelta(days=9), stage.now) == "on"

    told = move_domicile(person.npn, "TX", day, actor="test", database=stage.database, now=stage.now)

    assert isinstance(stops, WouldStop)
    assert isinstance(told, Reported)
    assert stops.states == tuple(sorted(told.suspended))
