"""The look back over our own calls reads zero, and whatever is wrong with one of them is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.domain.call import Disposition
from app.domain.lines import Line
from app.simulator.calls import Call
from app.simulator.parties import NO_ANSWER, CallerBehavior, declines
from app.storage import ledger, own_calls, roster, work
from tests.conversations.people import ANA, BEN, KEYS_OHIO, OHIO_CALLER, OTHER_OHIO_CALLER
from tests.product import Stage
from tests.workflows.lookback.played import (
    at_night,
    callback,
    looked_back,
    rows_of,
    talk,
    talk_in_the_wrong_state,
    tamper,
)

TEXAS_ZIP = "75201"

# ---- what reads zero


def test_talks_lost_callers_callbacks_and_wrong_states_read_zero(stage: Stage) -> None:
    stage.set(price="42.50")
    talk(stage)
    talk_in_the_wrong_state(stage)
    callback(stage)
    stage.clock.advance(60)
    callback(stage, person=NO_ANSWER)

    found = looked_back(stage)

    report = found.report
    assert found.is_clean, found
    assert (report.calls, report.taken, report.lost, report.unreached, found.dialed) == (7, 4, 2, 1, 2)
    assert (report.without_authority.worst, report.not_on_roster, report.not_known_then) == (0, 0, 0)
    assert (found.found, found.unproved, found.exposed, found.dialed_outside_hours) == ((), (), (), ())
    assert [(row.npn, row.taken) for row in report.producers] == [(ANA.npn, 3), ("90000006", 1)]
    assert [(money.leads, money.cents, money.unpriced) for money in report.money] == [(2, 8500, 0)]
    assert report.asked == 0


def test_what_was_never_ours_to_take_is_not_lost(stage: Stage) -> None:
    stage.hire(ANA)
    with stage.database.begin() as tx:
        work.suppress(tx, OTHER_OHIO_CALLER, "blocked", source="test", now=stage.now)
    stage.ring_in(ANA.phone, CallerBehavior(answers=["1"]))
    stage.exchange.run()
    blocked = stage.call_from(OTHER_OHIO_CALLER, KEYS_OHIO)
    stage.presence(ANA, "away")
    stage.set(when_nobody="return", ask="no")
    returned = stage.call_from(OHIO_CALLER)

    found = looked_back(stage)

    assert stage.record(blocked).disposition is Disposition.BLOCKED
    assert stage.record(returned).disposition is Disposition.RETURNED
    assert (found.report.calls, found.report.lost, found.is_clean) == (0, 0, True)


def test_a_talk_that_goes_on_is_looked_at_and_a_call_that_is_still_ringing_is_not(stage: Stage) -> None:
    stage.hire(ANA, BEN)
    talking = stage.ring_in(OHIO_CALLER, KEYS_OHIO)
    while not talking.bridged_to:
        stage.exchange.run(1)
    stage.ring_in(OTHER_OHIO_CALLER, KEYS_OHIO)
    stage.exchange.run(2)

    found = looked_back(stage)
    stage.exchange.run()

    assert (found.report.calls, found.report.taken, found.is_clean) == (1, 1, True)


def test_only_calls_of_the_span_are_looked_at_whatever_the_size_of_a_page(stage: Stage) -> None:
    talk(stage)
    begins = stage.now
    stage.clock.advance(60)
    stage.call_from(OTHER_OHIO_CALLER, KEYS_OHIO)
    stage.clock.advance(60)
    ends = stage.now
    stage.clock.advance(1)
    callback(stage)

    with stage.database.read() as tx:
        within = own_calls.page(tx, since=begins, until=ends)
        everything = own_calls.page(tx, since=begins - timedelta(days=1), until=stage.now)
        one_by_one: list[own_calls.OwnCall] = []
        after = 0
        while True:
            page = own_calls.page(tx, since=begins - timedelta(days=1), until=stage.now, after=after, most=1)
            one_by_one += page.calls
            if page.next_after is None:
                break
            after = page.next_after

    assert [own.logged.caller for own in within.calls] == [OTHER_OHIO_CALLER]
    assert everything.next_after is None
    assert tuple(one_by_one) == everything.calls
    assert len(one_by_one) == 4


def test_a_producer_who_did_not_press_1_makes_no_talk(stage: Stage) -> None:
    stage.hire(ANA, behavior=declines())
    stage.call_from(OHIO_CALLER, KEYS_OHIO)

    found = looked_back(stage)

    assert (found.report.taken, found.report.lost, found.is_clean) == (0, 1, True)
    assert found.report.lost_licensed.best == 1


def test_a_caller_at_night_is_noted_and_is_nobodys_fault(stage: Stage) -> None:
    at_night(stage)
    talk(stage)

    found = looked_back(stage)

    assert (found.report.taken, found.report.outside_hours.inbound.best) == (1, 1)
    assert found.is_clean


# ---- what is named


def _acceptance(stage: Stage, call: Call) -> dict[str, Any]:
    return rows_of(stage.database, "ledger", call_id=stage.record(call).id, kind="acceptance")[0]


def _no_acceptance(stage: Stage, call: Call) -> None:
    tamper(stage.database, "attempts", {"call_id": stage.record(call).id}, acceptance_id=None)


def _of_another_kind(stage: Stage, call: Call) -> None:
    tamper(stage.database, "ledger", {"id": _acceptance(stage, call)["id"]}, kind="check")


def _of_another_call(stage: Stage, call: Call) -> None:
    tamper(stage.database, "ledger", {"id": _acceptance(stage, call)["id"]}, call_id=0)


def _a_no(stage: Stage, call: Call) -> None:
    _facts(stage, call, allowed=False)


def _for_somebody_else(stage: Stage, call: Call) -> None:
    _facts(stage, call, npn=BEN.npn)


def _for_another_state(stage: Stage, call: Call) -> None:
    _facts(stage, call, states=["OH", "TX"])


def _without_openings(stage: Stage, call: Call) -> None:
    _facts(stage, call, openings=None)


def _before_the_roster(stage: Stage, call: Call) -> None:
    tamper(stage.database, "ledger", {"id": _acceptance(stage, call)["id"]}, roster_version=0)


def _written_later(stage: Stage, call: Call) -> None:
    entry = _acceptance(stage, call)
    tamper(stage.database, "ledger", {"id": entry["id"]}, at=entry["at"] + timedelta(microseconds=1))


def _not_json(stage: Stage, call: Call) -> None:
    tamper(stage.database, "ledger", {"id": _acceptance(stage, call)["id"]}, facts="{")


def _facts(stage: Stage, call: Call, **changed: Any) -> None:
    entry = _acceptance(stage, call)
    tamper(stage.database, "ledger", {"id": entry["id"]}, facts=json.dumps({**json.loads(entry["facts"]), **changed}))


TAMPERINGS: list[tuple[Callable[[Stage, Call], None], str]] = [
    (_no_acceptance, "the ledger has no acceptance that let them through"),
    (_of_another_kind, "the ledger has no acceptance that let them through"),
    (_of_another_call, "the ledger has no acceptance that let them through"),
    (_a_no, "the decision in the ledger is a no"),
    (_for_somebody_else, "the acceptance is another producer's or another offer's"),
    (_for_another_state, "judged again it is a no (roster version 2): no_license, state_not_open"),
    (_without_openings, "the facts of the decision cannot be read"),
    (_before_the_roster, "the producer was not on the roster of version 0"),
    (_written_later, "the acceptance was written after the bridge"),
    (_not_json, "the acceptance is another producer's or another offer's"),
]


@pytest.mark.parametrize(("tampering", "why"), TAMPERINGS, ids=[each[0].__name__.strip("_") for each in TAMPERINGS])
def test_a_bridge_that_the_ledger_does_not_prove_is_named(
    stage: Stage, tampering: Callable[[Stage, Call], None], why: str
) -> None:
    call = talk(stage)
    record = stage.record(call)
    tampering(stage, call)

    found = looked_back(stage)

    assert not found.is_clean
    [unproved] = found.unproved
    assert (unproved.call_id, unproved.call_sid, unproved.npn) == (record.id, call.sid, ANA.npn)
    assert unproved.why == why


def test_a_bridge_hidden_by_its_key_press_is_named(stage: Stage) -> None:
    of_it = {"call_id": stage.record(talk(stage)).id}
    [attempt] = rows_of(stage.database, "attempts", **of_it)
    tamper(stage.database, "attempts", of_it, accepted_at=None)

    found = looked_back(stage)
    tamper(stage.database, "attempts", of_it, accepted_at=attempt["accepted_at"])  # the stage looks, too

    assert [each.why for each in found.unproved] == ["the acceptance was written after the bridge"]


def test_a_roster_that_had_lapsed_at_the_bridge_is_found_twice(stage: Stage) -> None:
    """By the look back that judges any call log, and by the decision judged again."""
    call = talk(stage)
    lapsed = datetime(2026, 11, 2, 5, tzinfo=UTC)
    tamper(stage.database, "licenses", {"state": "OH"}, expires_on=date(2026, 11, 1), authority_until=lapsed)

    found = looked_back(stage)

    assert not found.is_clean
    assert (found.report.without_authority.best, found.report.without_authority.worst) == (1, 1)
    assert [each.line for each in found.found] == [stage.record(call).id]
    [missing] = found.report.missing
    assert (missing.npn, missing.state, missing.since) == (ANA.npn, "OH", date(2026, 11, 2))
    [unproved] = found.unproved
    assert unproved.why == "judged again it is a no (roster version 2): license_expired"


def test_evidence_of_another_state_than_the_decision_says_is_found(stage: Stage) -> None:
    call = talk(stage)
    told = json.loads(_acceptance(stage, call)["facts"])["residence"]
    _facts(stage, call, residence={**told, "evidence": {**told["evidence"], "keyed_zip": TEXAS_ZIP}})

    found = looked_back(stage)

    assert not found.is_clean
    assert [(each.line, each.states) for each in found.found] == [(stage.record(call).id, ("TX",))]
    assert found.unproved == ()


def test_a_bridge_that_the_carrier_reports_and_nobody_accepted_is_named(stage: Stage) -> None:
    stage.hire(ANA, behavior=declines())
    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)
    record = stage.record(call)
    with stage.database.begin() as tx:
        facts = {"offer": 1, "npn": ANA.npn, "bridged": True}
        kind = own_calls.VIOLATION
        ledger.write(tx, kind=kind, now=stage.now, actor="carrier", facts=facts, call_id=record.id)

    found = looked_back(stage)

    assert [(each.call_id, each.npn) for each in found.unproved] == [(record.id, ANA.npn)]
    assert (found.report.taken, found.report.lost) == (1, 0)


def test_a_callback_without_the_last_judgment_is_named(stage: Stage) -> None:
    talk(stage)
    placed = callback(stage)
    entries = rows_of(stage.database, "ledger", call_id=stage.record(placed).id, kind="acceptance")
    tamper(stage.database, "ledger", {"id": entries[-1]["id"]}, kind="check")

    found = looked_back(stage)

    assert len(entries) == 2
    assert [each.why for each in found.unproved] == ["authority was not judged again when the person answered"]


@pytest.mark.parametrize("person", [None, NO_ANSWER], ids=["who answers", "who does not"])
def test_somebody_whom_we_rang_at_night_is_named(stage: Stage, person: Any) -> None:
    talk(stage)
    placed = callback(stage, person=person)
    night = stage.now.replace(hour=8) - timedelta(days=1)
    [dialed] = rows_of(stage.database, "call_events", happening="caller_dialed")
    tamper(stage.database, "call_events", {"id": dialed["id"]}, at=night)

    found = looked_back(stage)

    assert not found.is_clean
    assert [each.line for each in found.dialed_outside_hours] == [stage.record(placed).id]


# ---- what was right then


def test_a_change_that_reaches_back_exposes_a_talk_that_was_right_then(stage: Stage) -> None:
    call = talk(stage)
    stage.clock.advance(3600)
    with stage.database.begin() as tx:
        roster.change_license(tx, ANA.npn, "OH", Line.LIFE, stage.now, "test", expires_on=date(2026, 11, 1))

    found = looked_back(stage)

    assert found.is_clean
    assert found.report.without_authority.worst == 0
    [exposed] = found.exposed
    assert (exposed.line, exposed.npn) == (stage.record(call).id, ANA.npn)
    assert exposed.why == "Ohio life license expired, out of force since 2026-11-02"


def test_a_license_that_is_suspended_today_says_nothing_of_a_talk_before(stage: Stage) -> None:
    talk(stage)
    stage.clock.advance(3600)
    stage.suspend(ANA, "OH")

    found = looked_back(stage)

    assert (found.is_clean, found.exposed) == (True, ())
