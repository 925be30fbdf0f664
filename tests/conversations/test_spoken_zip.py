"""ZIPs that are keyed or said, in both languages."""

from __future__ import annotations

import pytest

from app.domain.signals import KeysPressed
from app.simulator.parties import CallerBehavior, Speech
from app.workflows.calls.locate_caller import zip_from
from tests.conversations.people import ANA, TEXAS_CALLER
from tests.product import Stage


@pytest.mark.parametrize(
    ("speech", "found"),
    [
        ("four three two one five", "43215"),
        ("Four three, two one five.", "43215"),
        ("for three too won five", "43215"),
        ("four three too wonder five", ""),
        ("4 3 2 1 5", "43215"),
        ("43215.", "43215"),
        ("it's four three two one five please", "43215"),
        ("oh two one three four", "02134"),
        ("cuatro tres dos uno cinco", "43215"),
        ("Cero dos uno tres cuatro", "02134"),
        ("siete cinco dos cero uno", "75201"),
        ("four three two one", ""),
        ("hello, who is there", ""),
        ("", ""),
    ],
)
def test_digits_that_are_said_are_five_or_silence(speech: str, found: str) -> None:
    assert zip_from(KeysPressed("CA1", "", speech)) == found


@pytest.mark.parametrize(("digits", "found"), [("43215", "43215"), ("*", ""), ("43215*", "43215"), ("432", "432")])
def test_keys_are_stronger_than_speech(digits: str, found: str) -> None:
    assert zip_from(KeysPressed("CA1", digits, "siete cinco dos cero uno" if found else "")) == found


def test_a_zip_said_in_spanish_after_a_silence_is_found(stage: Stage) -> None:
    stage.hire(ANA)

    call = stage.call_from(TEXAS_CALLER, CallerBehavior(answers=["", Speech("cuatro tres dos uno cinco")]))

    assert call.bridged_to == [ANA.phone]
    assert call.heard("marque los cinco dígitos")
    assert stage.record(call).language == "es"
