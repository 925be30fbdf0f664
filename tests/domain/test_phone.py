"""app/domain/phone.py: numbers as people, vendors and carriers write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import phone
from app.domain.phone import PhoneNumber

COLUMBUS = PhoneNumber("+16145550101")


@pytest.mark.parametrize(
    "text",
    [
        "+16145550101",
        "16145550101",
        "6145550101",
        "614-555-0101",
        "614.555.0101",
        "614/555-0101",
        "(614) 555-0101",
        "(614)555-0101",
        "1 (614) 555 0101",
        "+1 614 555 0101",
        " +1 614 555 0101 ",
        "011 1 614 555 0101",
        "001 614 555 0101",
        "0016145550101",
        "614-555-0101 x12",
        "614-555-0101x12",
        "614-555-0101 ext. 12",
        "614-555-0101 extension 12",
        "614-555-0101 extensión 12",
        "614-555-0101;ext=12",
        "614-555-0101,12",
        "614-555-0101 #12",
        "tel:+1-614-555-0101",
        "tel:614-555-0101;phone-context=+1",
        "tel:+16145550101;ext=12",
        "sip:+16145550101@example.com",
        "sip:6145550101@203.0.113.9:5060;transport=udp",
        "sips:%2B16145550101@example.com",
        '"Bob Smith" <sip:+16145550101;npdi@example.com:5060>;tag=4f1',
        "sip:16145550101:secret@example.com",
        "6145550101@example.com",
        "6145550101.0",
        "16145550101.0",
        "614\u2013555\u20130101",
        "614\u2011555\u20110101",
        "614\u2212555\u22120101",
        "\uff16\uff11\uff14\uff15\uff15\uff15\uff10\uff11\uff10\uff11",
        "\u202a+16145550101\u202c",
        "\u200e(614)\u00a0555-0101",
        "614\u200b555\u200b0101",
        "\ufeff6145550101",
        "cell: 614 555 0101",
        "614-555-0101 (home)",
        "call 6145550101 Bob",
        "'6145550101",
        "=6145550101",
        "+16145550101\n",
        "٦١٤٥٥٥٠١٠١",
    ],
)
def test_a_number_is_read_as_people_write_it(text: str) -> None:
    assert phone.parse(text) == COLUMBUS


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "   ",
        "None",
        "nan",
        "anonymous",
        "Anonymous",
        "Restricted",
        "unknown",
        "sip:anonymous@anonymous.invalid",
        "+266696687",
        "+7378742833",
        "+86282452253",
        "client:agent7",
        "sip:1001@pbx.example.com",
        "911",
        "22000",
        "555-0101",
        "614-555-010",
        "614-555-01012",
        "+1614555010",
        "0145550101",
        "+1 114 555 0101",
        "614-055-0101",
        "614-155-0101",
        "614-555-O1O1",
        "614-5555-O101",
        "1-800-FLOWERS",
        "614-555-0101 or 614-555-0102",
        "614-555-0101 / 614-555-0102",
        "+1+16145550101",
        "6.14555E+09",
        "614 555 0101 1234",
        "6" * 400,
    ],
)
def test_what_is_not_a_number_is_none(text: str | None) -> None:
    assert phone.parse(text) is None


@pytest.mark.parametrize(
    "code", ["357", "436", "457", "465", "471", "483", "621", "624", "679", "684", "729", "837", "861", "924"]
)
def test_a_new_area_code_that_phonenumbers_calls_invalid_is_a_number(code: str) -> None:
    number = phone.parse(f"({code}) 555-0101")

    assert number == PhoneNumber(f"+1{code}5550101")
    assert phone.is_dialable_us(number)


def test_a_foreign_number_is_kept_but_has_no_area_code() -> None:
    number = phone.parse("+44 20 7946 0958")

    assert number == PhoneNumber("+442079460958")
    assert number.area_code is None
    assert not phone.is_dialable_us(number)


def test_a_masked_number_shows_area_code_and_last_two_digits() -> None:
    assert COLUMBUS.masked == "+1 614-***-**01"
    assert PhoneNumber("+442079460958").masked == "+44 ***58"


@pytest.mark.parametrize("text", ["+16145550101", "+17875550101", "+16715550101", "+14655550101"])
def test_states_and_territories_may_be_dialed(text: str) -> None:
    assert phone.is_dialable_us(phone.parse(text))


@pytest.mark.parametrize(
    "text",
    [
        "+18005550199",  # toll-free
        "+19005550101",  # premium
        "+15335550101",  # personal
        "+17005550101",
        "+17105550101",
        "+14165550101",  # Canada
        "+18765550101",  # Caribbean
        "+12785550101",  # unassigned
        "+15655550101",  # not in service before December 2027
        "+15555550101",
        "+442079460958",
    ],
)
def test_nothing_else_may_be_dialed(text: str) -> None:
    assert not phone.is_dialable_us(phone.parse(text))


def test_a_service_code_or_pay_per_call_exchange_is_not_dialed() -> None:
    for exchange in ("911", "411", "976"):
        assert not phone.is_dialable_us(phone.parse(f"614{exchange}0101"))


def test_a_number_made_without_parsing_is_judged_all_the_same() -> None:
    assert not phone.is_dialable_us(PhoneNumber("+16141550101"))
    assert not phone.is_dialable_us(PhoneNumber("6145550101"))
    assert not phone.is_dialable_us(None)


@given(st.text(max_size=60))
def test_parsing_never_fails_and_gives_e164(text: str) -> None:
    number = phone.parse(text)

    assert number is None or (number.e164.isascii() and number.e164[0] == "+" and number.e164[1:].isdigit())


@given(st.from_regex(r"\+1[2-9][0-9]{2}55501[0-9]{2}", fullmatch=True))
def test_parsing_is_stable(text: str) -> None:
    number = phone.parse(text)

    assert number is not None
    assert phone.parse(number.e164) == number
    assert number.area_code == text[2:5]
    assert phone.parse(f"({text[2:5]}) {text[5:8]}-{text[8:]} x9") == number


DIGITS = st.text("0123456789", min_size=3, max_size=3)


@given(
    st.sampled_from(["", "+1", "1", "+1 ", "1-", "1.", " "]),
    st.tuples(DIGITS, DIGITS, st.text("0123456789", min_size=4, max_size=4)),
    st.tuples(st.sampled_from(["", "("]), st.sampled_from(["", ")"])),
    st.tuples(*[st.sampled_from(["", " ", "-", "."])] * 2),
)
def test_the_short_way_for_common_spellings_finds_what_the_library_finds(
    before: str, digits: tuple[str, str, str], marks: tuple[str, str], between: tuple[str, str]
) -> None:
    area, exchange, line = digits
    text = f"{before}{marks[0]}{area}{marks[1]}{between[0]}{exchange}{between[1]}{line}"

    assert phone.parse(text) == phone._parsed(text)
