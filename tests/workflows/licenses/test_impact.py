"""What would go if a license lapsed, told before it does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from app.domain.lines import Line
from app.simulator.parties import CallerBehavior
from app.storage.database import Database
from app.workflows.licenses.calls_at_stake import PAGE
from app.workflows.licenses.impact import COUNTED, Impact, NotHeld, impact_of
from tests.builders import Held, Person, licensed
from tests.conversations.people import KEYS_OHIO, OHIO_CALLER
from tests.product import Stage
from tests.workflows.licenses.lapsing import FLO, GIL, campaign, crowd, id_of, open_states, promised
from tests.workflows.licenses.moving import show_roster

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)
TOMORROW = NOW + timedelta(days=1)


def impact(
    database: Database, *without: str, person: Person = FLO, on: date | None = None, now: datetime = NOW
) -> Impact:
    found = impact_of(person.npn, without, on=on, database=database, now=now)
    assert isinstance(found, Impact), found
    return found


def left(found: Impact) -> dict[str, list[str]]:
    return {line.going.license.state: [each.npn for each in line.left] for line in found.gone.lines}


# ---- lines, and who is left


def test_without_a_resident_license_everything_that_rests_on_it_is_named_and_who_is_left(database: Database) -> None:
    show_roster(database, NOW, FLO, GIL)
    open_states(database, NOW, "GA", "FL")

    found = impact(database)

    assert found.without == ("FL",)
    assert found.gone.states == ("FL", "GA", "OH")
    assert [line.going.itself for line in found.gone.lines] == [True, False, False]
    assert left(found) == {"FL": [], "GA": [GIL.npn], "OH": [GIL.npn]}
    assert found.gone.dark == {"FL": (Line.LIFE,)}


def test_a_state_that_is_not_open_does_not_go_dark(database: Database) -> None:
    show_roster(database, NOW, FLO)

    found = impact(database)

    assert not any(line.is_open for line in found.gone.lines)
    assert found.gone.dark == {}


def test_another_license_takes_only_itself(database: Database) -> None:
    show_roster(database, NOW, FLO, GIL)

    assert impact(database, "GA").gone.states == ("GA",)
    assert impact(database, "GA", "OH").gone.states == ("GA", "OH")


def test_nobody_is_left_whose_own_license_gives_nothing(database: Database) -> None:
    lapsed = licensed("Hal", 3, "GA").holding(Held("GA", expires="2026-11-17"), Held("OH"))
    unseen = licensed("Ian", 4, "OH")
    show_roster(database, NOW - timedelta(days=46), unseen)
    show_roster(database, NOW, FLO, lapsed)

    assert left(impact(database)) == {"FL": [], "GA": [], "OH": []}


def test_on_a_planned_day_those_are_left_who_are_licensed_then(database: Database) -> None:
    until_new_year = GIL.holding(Held("GA"), Held("OH", expires="2026-12-30"))
    show_roster(database, NOW, FLO, until_new_year)
    show_roster(database, datetime(2026, 12, 20, tzinfo=UTC), FLO, until_new_year)
    now = datetime(2026, 12, 20, tzinfo=UTC)

    before = impact(database, on=date(2026, 12, 30), now=now)
    after = impact(database, on=date(2026, 12, 31), now=now)

    assert before.at == datetime(2026, 12, 30, 6, tzinfo=UTC), "the day has begun in both of Florida's zones"
    assert left(before)["OH"] == [GIL.npn]
    assert left(after)["OH"] == []


def test_on_a_day_after_the_license_has_ended_nothing_is_left_to_go(database: Database) -> None:
    show_roster(database, NOW, FLO.holding(Held("FL", expires="2026-11-20"), Held("GA")))

    assert impact(database, on=date(2026, 11, 20)).gone.states == ("FL", "GA")
    assert impact(database, on=date(2026, 11, 21)).gone.states == ()


def test_whom_the_roster_does_not_have_and_what_they_do_not_hold_is_a_no(database: Database) -> None:
    show_roster(database, NOW, FLO)

    nobody = impact_of("1", (), database=database, now=NOW)
    nowhere = impact_of(FLO.npn, ("TX",), database=database, now=NOW)

    assert nobody == NotHeld("no producer has NPN 1")
    assert nowhere == NotHeld(f"NPN {FLO.npn} has no license in TX")


# ---- promised calls


def test_a_promised_call_that_nobody_else_could_keep_must_move(database: Database) -> None:
    show_roster(database, NOW, FLO, GIL)
    open_states(database, NOW, "FL", "GA", "OH")
    campaign_id = campaign(database)
    alone = promised(database, "FL", TOMORROW, NOW, campaign_id=campaign_id)
    promised(database, "GA", TOMORROW, NOW, campaign_id=campaign_id)

    (must_move,) = impact(database).gone.callbacks

    assert (must_move.callback_id, must_move.lead_id, must_move.states) == (alone.id, alone.lead_id, ("FL",))
    assert (must_move.due_at, must_move.promised_by) == (alone.due_at, alone.promised_by)


def test_whoever_else_is_licensed_now_but_not_when_it_is_due_cannot_keep_it(database: Database) -> None:
    show_roster(database, NOW, FLO, GIL.holding(Held("GA", expires="2026-11-18"), Held("OH")))
    open_states(database, NOW, "GA")
    campaign_id = campaign(database)
    today = promised(database, "GA", NOW + timedelta(hours=1), NOW, campaign_id=campaign_id)
    tomorrow = promised(database, "GA", TOMORROW, NOW, campaign_id=campaign_id)

    moving = [each.callback_id for each in impact(database).gone.callbacks]

    assert moving == [tomorrow.id]
    assert today.id not in moving


def test_a_call_that_only_they_may_keep_must_move_whoever_else_is_licensed(database: Database) -> None:
    show_roster(database, NOW, FLO, GIL)
    open_states(database, NOW, "GA")
    campaign_id = campaign(database)
    hers = promised(
        database,
        "GA",
        TOMORROW,
        NOW,
        campaign_id=campaign_id,
        producer_id=id_of(database, FLO.npn),
        only_producer=True,
    )

    assert [each.callback_id for each in impact(database).gone.callbacks] == [hers.id]


def test_a_promised_call_for_a_line_that_does_not_go_stays(database: Database) -> None:
    health = licensed("Hope", 5, "FL", "GA", loa="health")
    show_roster(database, NOW, health, FLO)
    open_states(database, NOW, "GA")
    promised(database, "GA", TOMORROW, NOW, campaign_id=campaign(database, loa="life"))

    assert impact(database, person=health).gone.callbacks == ()


@pytest.mark.parametrize(("zips", "moves"), [(b"zip\n30303\n", 1), (b"zip\n30304\n", 0)])
def test_in_a_territory_only_the_zips_that_are_open_count(database: Database, zips: bytes, moves: int) -> None:
    show_roster(database, NOW, FLO)
    open_states(database, NOW, "GA", zips=zips)
    promised(database, "GA", TOMORROW, NOW, campaign_id=campaign(database))

    assert len(impact(database).gone.callbacks) == moves


def test_before_a_planned_day_the_license_still_keeps_its_promises(database: Database) -> None:
    show_roster(database, NOW, FLO)
    open_states(database, NOW, "GA")
    campaign_id = campaign(database)
    promised(database, "GA", TOMORROW, NOW, campaign_id=campaign_id)
    later = promised(database, "GA", NOW + timedelta(days=5), NOW, campaign_id=campaign_id)

    found = impact(database, on=date(2026, 11, 21))

    assert [each.callback_id for each in found.gone.callbacks] == [later.id]


# ---- traffic


def test_its_share_of_the_calls_is_told(stage: Stage) -> None:
    stage.hire(FLO)
    stage.open("FL", "PA")
    stage.campaign("+18005550198", loa="health")
    florida = stage.call_from("+13055550150", CallerBehavior(answers=["33101"]))
    stage.call_from("+12155550150", CallerBehavior(answers=["19103"], hang_up_after=60))
    stage.exchange.call(OHIO_CALLER, "+18005550198", KEYS_OHIO, None)
    stage.exchange.run()
    assert florida.bridged_to == [FLO.phone]

    share = impact(stage.database, now=stage.now).share

    assert (share.arrived, share.arrived_there) == (3, 1), "not the one from elsewhere, nor the one for another line"
    assert (share.bridged, share.bridged_there, share.bridged_by_them) == (1, 1, 1)


def test_calls_of_more_than_thirty_days_ago_do_not_count(stage: Stage) -> None:
    stage.hire(FLO)
    stage.open("FL")
    stage.call_from("+13055550150", CallerBehavior(answers=["33101"]))
    stage.clock.advance(timedelta(days=30, minutes=5).total_seconds())

    share = impact(stage.database, now=stage.now).share

    assert (share.arrived, share.bridged) == (0, 0)


# ---- on larger rosters


def test_five_hundred_licenses_take_no_more_statements_than_a_few(database: Database) -> None:
    show_roster(database, NOW, FLO, GIL)
    open_states(database, NOW, "FL", "GA", "OH")
    campaign_id = campaign(database)
    few = statements(database)
    states = ("FL", "GA", "OH", "TX", "CA", "NC", "SC", "TN", "AL", "VA")
    people = [licensed("Ana", number, *states, loa=("life", "health")) for number in range(10, 35)]
    show_roster(database, NOW, *people)
    promised(database, "TX", TOMORROW, NOW, campaign_id=campaign_id)

    many = statements(database, people[0])

    assert len(impact(database, person=people[0]).gone.lines) == 20
    assert many <= few + 3


def statements(database: Database, person: Person = FLO) -> int:
    """How many statements the impact takes."""
    counted: list[str] = []

    def count(*facts: Any) -> None:
        counted.append(facts[2])

    event.listen(database.engine, "before_cursor_execute", count)
    impact(database, person=person)
    event.remove(database.engine, "before_cursor_execute", count)
    return len(counted)


def test_who_is_left_is_counted_to_a_hundred_however_many_there_are(database: Database) -> None:
    show_roster(database, NOW, FLO, *crowd(COUNTED + 1, Held("GA")))

    assert [len(each) for each in left(impact(database, "GA")).values()] == [COUNTED]


def test_a_promise_that_only_the_last_of_a_long_roster_could_keep_stays(database: Database) -> None:
    last = replace(licensed("Zoe", 9, "GA"), npn="99999999")
    show_roster(database, NOW, FLO, *crowd(PAGE, Held("GA", expires="2026-11-17")), last)
    open_states(database, NOW, "GA")
    promised(database, "GA", TOMORROW, NOW, campaign_id=campaign(database))

    found = impact(database)

    assert found.gone.callbacks == ()
    assert left(found)["GA"] == [last.npn]
