"""What producers type when the caller lives elsewhere."""

from __future__ import annotations

import pytest

from app.domain import told_place
from app.domain.told_place import Place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("WRONG TX", Place(state="TX")),
        ("wrong tx.", Place(state="TX")),
        (" Wrong  Texas! ", Place(state="TX")),
        ("Wrong state: New York", Place(state="NY")),
        ("wrong state OH", Place(state="OH")),
        ("Wrong - Calif.", Place(state="CA")),
        ("WRONG 75201", Place(zip_code="75201")),
        ("WRONG 75201-1234", Place(zip_code="75201")),
    ],
)
def test_a_command_names_a_state_or_a_zip(text: str, place: Place) -> None:
    assert told_place.is_command(text)
    assert told_place.in_command(text) == place
    assert place.states


@pytest.mark.parametrize(
    "text", ["WRONG", "wrong number", "WRONG ZZ", "WRONG 00000", "WRONG 09012", "WRONG 7520", "wrong."]
)
def test_a_command_that_nobody_can_read_is_still_one(text: str) -> None:
    assert told_place.is_command(text)
    assert told_place.in_command(text) is None


@pytest.mark.parametrize("text", ["ON", "OFF", "TX", "wrongly TX", "that is WRONG TX", ""])
def test_other_texts_are_no_such_command(text: str) -> None:
    assert not told_place.is_command(text)
    assert told_place.in_command(text) is None


def test_a_zip_in_two_states_names_both() -> None:
    place = told_place.in_zip("97913")

    assert place is not None
    assert place.states == ("ID", "OR")
