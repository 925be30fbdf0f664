"""A state is closed while calls from it ring: nobody is bridged, and nobody is lost."""

from __future__ import annotations

from app.workflows.licenses.close_state import StateClosed, close_state
from app.workflows.licenses.rank_targets import rank_targets
from tests.conversations.people import ANA, BEN, KEYS_OHIO, OHIO_CALLER, OTHER_OHIO_CALLER
from tests.product import Stage


def close(stage: Stage) -> None:
    closed = close_state("OH", reason="withdrawn", actor="key:kim", database=stage.database, now=stage.now)
    assert isinstance(closed, StateClosed)
    assert closed.version is not None


def test_a_call_that_rings_while_its_state_is_closed_is_refused_at_the_key_press(stage: Stage) -> None:
    stage.hire(ANA, BEN)
    stage.exchange.once("ringing", ANA.phone, lambda leg: close(stage))

    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    assert stage.outcomes(call) == [(ANA.npn, "authority_lost")]
    assert not stage.exchange.record.bridges
    assert stage.lead(call).custody.open


def test_the_next_caller_is_not_even_offered_and_counts_as_lost_there(stage: Stage) -> None:
    stage.hire(ANA)
    close(stage)

    call = stage.call_from(OTHER_OHIO_CALLER, KEYS_OHIO)

    assert stage.outcomes(call) == []
    assert stage.lead(call).custody.open
    (target,) = rank_targets(database=stage.database, now=stage.now).targets
    assert (target.state, target.was_open, target.leads, target.lost_calls) == ("OH", True, 1, 1)
    assert target.producers == (ANA.npn,)
