"""The number to be called at, keyed or said, English and Spanish."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import phone
from app.domain.phone import PhoneNumber
from app.domain.spoken_number import ten_digits

OHIOS = PhoneNumber("+16145550150")


@pytest.mark.parametrize("digits", ["6145550150", "16145550150", "6145550150#", "*6145550150"])
def test_ten_keyed_digits_are_a_number(digits: str) -> None:
    assert ten_digits(digits) == OHIOS


@pytest.mark.parametrize(
    "speech",
    [
        "six one four five five five oh one five oh", "Six, one, four. Five five five. Zero one five zero.",
        "six one four double five five oh one five oh", "six one four triple five oh one five zero",
        "one six one four five five five o one five o", "614-555-0150", "(614) 555-0150.", "+1 614 555 0150",
        "My number is 614 555 0150", "It's area code 614, 555, 0150", "please call me at 614-555-0150 thank you",
        "six one for five five five oh one five oh",
        "seis uno cuatro cinco cinco cinco cero uno cinco cero", "seis uno cuatro, doble cinco cinco, cero uno cinco cero",
        "mi número es el 614 555 0150", "llámeme al 614 555 0150 por favor", "６１４５５５０１５０",
    ],
)  # fmt: skip
def test_a_number_that_was_said_is_understood(speech: str) -> None:
    assert ten_digits("", speech) == OHIOS


@pytest.mark.parametrize(
    ("digits", "speech"),
    [
        ("", ""),
        ("614555015", ""),
        ("61455501500", ""),
        ("26145550150", ""),
        ("5550150", "6145550150"),  # keyed wrong is wrong, whatever was said
        ("8005550150", ""),  # toll-free
        ("8885550150", ""),
        ("9005550150", ""),
        ("4165550150", ""),  # Toronto
        ("8765550150", ""),  # Jamaica
        ("5005550150", ""),
        ("0145550150", ""),
        ("6149110150", ""),
        ("6149765550", ""),
        ("", "not 614 555 0150"),
        ("", "614 555 0150 extension 12"),
        ("", "614 555 0150 or 614 555 0151"),
        ("", "six fourteen five fifty five oh one fifty"),
        ("", "double"),
        ("", "call me tomorrow at ten"),
        ("", "this number"),
        ("6145550150x", ""),
        ("٦١٤٥٥٥٠١٥٠", ""),
    ],
)
def test_what_is_not_plainly_a_us_number_is_asked_for_again(digits: str, speech: str) -> None:
    assert ten_digits(digits, speech) is None


def test_a_territorys_number_counts() -> None:
    assert ten_digits("7875550150") == PhoneNumber("+17875550150")


@given(
    digits=st.text("0123456789*#", max_size=14),
    speech=st.one_of(st.text(max_size=400), st.text("614 5 five oh", max_size=60)),
)
def test_whatever_is_keyed_or_said_a_number_may_be_dialed(digits: str, speech: str) -> None:
    number = ten_digits(digits, speech)

    assert number is None or phone.is_dialable_us(number)
