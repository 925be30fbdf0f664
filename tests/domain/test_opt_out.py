"""STOP, in any spelling that a person would use; and what only looks like it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.opt_out import means_stop

MEANT = (
    "STOP", "stop", "Stop!", "s t o p", "S.T.O.P", "stoooop", "STOP\n", "\u200bstop", "ｓｔｏｐ", "STOP 🛑", "\"stop\"",
    "STOPALL", "stop all", "Unsubscribe", "CANCEL", "END", "quit", "REVOKE", "OPTOUT", "opt out", "opt-out", "Please stop",
    "stop texting me", "STOP CALLING!!", "stop contacting us now", "stop it", "take me off this list", "Remove me please",
    "do not call", "do not contact me", "don't text me", "Don’t call me again", "no more texts", "no more calls please",
    "leave me alone", "quit calling", "alto", "ALTO!", "Pare", "basta", "cancelar", "baja", "no me llamen",
    "No me escriban más", "dejen de llamar", "deje de escribir",
)  # fmt: skip
NOT_MEANT = (
    "", "yes", "hello", "call me tomorrow at ten", "I will stop by your office", "what is the end date?", "¿para qué es?",
    "para mi esposa", "cancelled my other policy, call me", "43215", "please call", "how do I quit smoking and get cover",
    "the bus stop on Main St", "start", "HELP", "weekend works", "I can't pay more than 40",
)  # fmt: skip


@pytest.mark.parametrize("body", MEANT)
def test_it_means_stop(body: str) -> None:
    assert means_stop(body)


@pytest.mark.parametrize("body", NOT_MEANT)
def test_it_does_not_mean_stop(body: str) -> None:
    assert not means_stop(body)


@given(body=st.text(max_size=1600))
def test_any_text_has_an_answer(body: str) -> None:
    assert means_stop(body) in (True, False)


@given(before=st.text(" .!?-\t", max_size=5), after=st.text(" .!?-\t\n", max_size=5), upper=st.booleans())
def test_signs_and_blanks_around_it_change_nothing(before: str, after: str, upper: bool) -> None:
    assert means_stop(before + ("STOP" if upper else "stop") + after)
