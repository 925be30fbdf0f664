"""Whatever people do: the events fold back into the row, and every lead is in somebody's hands."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.call import BEGINNINGS, Happening, Phase, advance
from app.domain.lead import Custody
from app.simulator.parties import (
    BUSY,
    FAILED,
    NO_ANSWER,
    UNREACHABLE,
    CallerBehavior,
    ProducerBehavior,
    accepts,
    declines,
    hangs_up_in_whisper,
    says_nothing,
    voicemail,
)
from app.simulator.switches import Switches
from app.simulator.webhooks import Trouble, WebhookFault
from app.storage import attempts, callbacks, calls, escalations, leads, ledger
from app.storage.database import Database
from app.timekeeping import ManualClock
from tests.conversations.people import ANA, BEN, CAM, OHIO_ZIP, PENNSYLVANIA_ZIP
from tests.product import Stage, build_stage

CALLS_TOGETHER = 8

Fresh = Callable[[], AbstractContextManager[tuple[Database, ManualClock, Path]]]
"""A database, a clock and a folder of one example's own."""

producers = st.sampled_from(
    [accepts(), accepts(talk_seconds=15), declines(), says_nothing(), hangs_up_in_whisper(), voicemail(),
     NO_ANSWER, BUSY, FAILED, UNREACHABLE, ProducerBehavior(answers_after_seconds=19, presses="7")]
)  # fmt: skip
seconds = st.one_of(st.none(), st.integers(0, 60).map(float))
callers = st.builds(
    CallerBehavior,
    # After the ZIP: the keys of the acknowledgement and of holding, a time and a number.
    answers=st.lists(
        st.sampled_from([OHIO_ZIP, PENNSYLVANIA_ZIP, "00000", "*", "12", "", "1", "2", "1130#", "6145550177"]),
        max_size=6,
    ),
    talk_seconds=st.sampled_from([5.0, 59.0, 61.0, 90.0]),
    hang_up_after=seconds,
    hang_up_after_ringing=seconds,
    stays_on_after_talk=st.booleans(),
)
arrivals = st.tuples(callers, st.integers(0, 40), st.sampled_from(["own", "own", "anonymous", "same"]))
faults = st.lists(
    st.builds(
        WebhookFault,
        st.sampled_from(
            [Trouble.REFUSED, Trouble.TIMEOUT_AFTER, Trouble.DUPLICATED, Trouble.DELAYED, Trouble.SERVER_ERROR]
        ),
        st.sampled_from(
            [
                "/concluded",
                "/key",
                "/screen",
                "/zip/",
                "/voice/incoming",
                "/progress",
                "/after/",
                "/acknowledged/",
                "/hold/",
            ]
        ),
        times=st.integers(1, 3),
    ),
    max_size=2,
)


@pytest.mark.slow
@settings(max_examples=8)
@given(
    moods=st.tuples(producers, producers, producers),
    told=st.lists(arrivals, min_size=CALLS_TOGETHER, max_size=CALLS_TOGETHER),
    troubles=faults,
    seed=st.integers(0, 9),
)
def test_whatever_people_do_the_records_agree_with_themselves_and_with_the_carrier(
    fresh: Fresh,
    moods: tuple[ProducerBehavior, ...],
    told: list[tuple[CallerBehavior, int, str]],
    troubles: list[WebhookFault],
    seed: int,
) -> None:
    with fresh() as (database, clock, folder):
        stage = build_stage(database, clock, folder, switches=Switches(shuffle_ties=True), seed=seed)
        stage.open("PA")
        for person, mood in zip((ANA, BEN, CAM), moods, strict=True):
            stage.hire(person, behavior=mood)
        stage.exchange.webhook_faults += troubles

        for nth, (behavior, wait, who) in enumerate(told):
            number = f"+1614555{150 + (0 if who == 'same' else nth):04d}"
            stage.ring_in(number, behavior, **({"From": "anonymous"} if who == "anonymous" else {}))
            stage.exchange.run(wait)
        stage.exchange.run()
        stage.tick()

        _events_fold_back(stage)
        _nobody_is_lost(stage)
        _the_carrier_saw_the_same(stage)
        stage.check()


def _events_fold_back(stage: Stage) -> None:
    with stage.database.read() as tx:
        for told in stage.exchange.record.calls:
            call = calls.read(tx, told.sid)
            if call is None:
                continue
            first, *later = calls.events(tx, call.id)
            phase = BEGINNINGS[Happening(first.happening)]
            assert (first.phase, first.obeyed) == (phase, True)
            for event in later:
                moved = advance(phase, Happening(event.happening))
                assert event.obeyed == (moved is not None), event
                phase = moved or phase
                assert event.phase == phase, event
            assert call.phase == phase
            assert (call.ended_at is None) == (phase is not Phase.ENDED)


def _nobody_is_lost(stage: Stage) -> None:
    """Every arrived caller has a lead; every open lead is owed by an instant and stands on a list, or is on the line."""
    with stage.database.read() as tx:
        listed = {item.lead_id for item in escalations.listed(tx, status="open", after=0, limit=1000)}
        for told in stage.exchange.record.calls:
            call = calls.read(tx, told.sid)
            if call is None:
                # Its arrival never reached us: the carrier's list of calls is what finds it (reconciliation).
                assert not any(w.status == 200 for w in told.webhooks if w.kind in ("document", "fallback"))
                continue
            assert call.lead_id is not None
            lead = leads.load(tx, call.lead_id)
            assert lead is not None
            assert lead.custody.open == (lead.owed_by is not None)
            if lead.custody is Custody.ESCALATED:
                assert lead.id in listed
            standing = [each for each in callbacks.of_lead(tx, lead.id) if each.active]
            assert len(standing) <= 1
            if lead.custody is Custody.PROMISED:
                assert [lead.owed_by] == [each.promised_by for each in standing]
                assert lead.id not in listed
            if lead.custody is Custody.IN_CALL:
                assert any(calls.read(tx, sid).ended_at is None for sid in leads.calls_of(tx, lead.id))  # type: ignore[union-attr]
            if not lead.custody.open:
                assert lead.id not in listed
                assert standing == []


def _the_carrier_saw_the_same(stage: Stage) -> None:
    """Nobody is held or rung twice at once; an accepted attempt rests on two decisions that allowed it."""
    for person in (ANA, BEN, CAM):
        legs = sorted(
            (leg for leg in stage.exchange.record.legs.values() if leg.to_number == person.phone),
            key=lambda leg: leg.started_at,
        )
        for earlier, later in pairwise(legs):
            assert earlier.ended_at is not None
            assert earlier.ended_at <= later.started_at
        assert stage.seat(person).held_by is None
    with stage.database.read() as tx:
        for told in stage.exchange.record.calls:
            call = calls.read(tx, told.sid)
            for attempt in attempts.of_call(tx, call.id) if call else []:
                assert attempt.outcome is not None
                decisions = [attempt.decision_id, *([attempt.acceptance_id] if attempt.accepted_at else [])]
                entries = [ledger.entry(tx, decision or 0) for decision in decisions]
                assert all(entry and entry.facts["allowed"] for entry in entries)
