"""app/domain/zip_codes.py: the spellings, the traps, and every ZIP against two further sources."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import states, zip_codes
from app.domain.zip_codes import Kind

DATA = Path(__file__).parent.parent / "data"


def rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8") as file:
        yield from csv.DictReader(file)


@pytest.fixture(scope="module")
def every_zip() -> dict[str, zip_codes.Zip]:
    found = {f"{number:05}": zip_codes.lookup(f"{number:05}") for number in range(100_000)}
    return {zip5: known for zip5, known in found.items() if known.kind is not Kind.UNKNOWN}


@pytest.mark.parametrize(
    ("text", "zip5"),
    [
        ("43215", "43215"),
        (" 43215 ", "43215"),
        ("43215-1234", "43215"),
        ("43215 1234", "43215"),
        ("43215 - 1234", "43215"),
        ("43215\u20131234", "43215"),
        ("432151234", "43215"),
        ("43215-", "43215"),
        ("43215.0", "43215"),
        ("02134", "02134"),
        ("2134", "02134"),
        ("2134.0", "02134"),
        ("2134-1234", "02134"),
        ("601", "00601"),
        ("601.0", "00601"),
        ("'02134", "02134"),
        ('="02134"', "02134"),
        ('"02134"', "02134"),
        ("４３２１５", "43215"),
        ("43215\u200b", "43215"),
        ("\u00a043215", "43215"),
        ("99999", "99999"),
    ],
)
def test_a_zip_is_read_as_people_and_spreadsheets_write_it(text: str, zip5: str) -> None:
    assert zip_codes.normalize(text) == zip5


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        " ",
        "0",
        "12",
        "432156",
        "4321512",
        "21341234",
        "43215-12",
        "614-5550",
        "4321O",
        "OH 43215",
        "M5V 3L9",
        "N/A",
        "4.3215E+04",
        "43215;43216",
        "-43215",
        "٤٣٢١٥",
    ],
)
def test_what_cannot_be_a_zip_is_none(text: str | None) -> None:
    assert zip_codes.normalize(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "43215",
        "43215#",
        "43215-1234",
        "432151234",
        "4 3 2 1 5.",
        "432 15",
        "four three two one five",
        "Four, three, two, one, five.",
        "my ZIP code is 43215",
        "It's 43215.",
        "cuatro tres dos uno cinco",
    ],
)
def test_five_digits_are_heard_in_keys_and_speech(text: str) -> None:
    assert zip_codes.normalize_keyed(text) == "43215"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "*",
        "4321",
        "2134",
        "601",
        "432151",
        "forty three two fifteen",
        "double four 215",
        "43215 or 43216",
        "I live in Ohio",
        "four three two one",
    ],
)
def test_digits_that_are_not_complete_are_asked_for_again(text: str) -> None:
    assert zip_codes.normalize_keyed(text) is None


def test_an_oh_in_speech_is_a_zero() -> None:
    assert zip_codes.normalize_keyed("oh two one three four") == "02134"


@pytest.mark.parametrize(("text", "canadian"), [("M5V 3L9", True), ("m5v3l9", True), ("43215", False), ("", False)])
def test_a_canadian_postal_code_is_known_as_such(text: str, canadian: bool) -> None:
    assert zip_codes.is_canadian(text) is canadian


@pytest.mark.parametrize(
    ("zip5", "found", "kind"),
    [
        ("43215", ("OH",), Kind.SINGLE),
        ("00501", ("NY",), Kind.SINGLE),
        ("06390", ("NY",), Kind.SINGLE),  # Fishers Island, among Connecticut's
        ("20588", ("MD",), Kind.SINGLE),  # among the District's
        ("20598", ("VA",), Kind.SINGLE),
        ("96799", ("AS",), Kind.SINGLE),  # among Hawaii's
        ("96910", ("GU",), Kind.SINGLE),
        ("96950", ("MP",), Kind.SINGLE),
        ("00601", ("PR",), Kind.SINGLE),
        ("00801", ("VI",), Kind.SINGLE),
        ("97913", ("ID", "OR"), Kind.SHARED),
        ("73949", ("OK", "TX"), Kind.SHARED),
        ("83111", ("ID", "WY"), Kind.SHARED),
        ("42223", ("KY", "TN"), Kind.SHARED),  # Fort Campbell
        ("09012", (), Kind.MILITARY),
        ("09905", (), Kind.MILITARY),  # "New Jersey" in the source
        ("34002", (), Kind.MILITARY),
        ("96204", (), Kind.MILITARY),
        ("96941", (), Kind.FOREIGN),
        ("96960", (), Kind.FOREIGN),
        ("96940", (), Kind.FOREIGN),
        ("00000", (), Kind.UNKNOWN),
        ("99999", (), Kind.UNKNOWN),
        ("88888", (), Kind.UNKNOWN),  # letters to Santa
        ("20331", (), Kind.UNKNOWN),
        ("4321", (), Kind.UNKNOWN),
        ("abcde", (), Kind.UNKNOWN),
        ("٤٣٢١٥", (), Kind.UNKNOWN),
    ],
)
def test_a_zip_lies_where_it_lies(zip5: str, found: tuple[str, ...], kind: Kind) -> None:
    assert zip_codes.lookup(zip5) == zip_codes.Zip(found, kind)
    assert zip_codes.states_of(zip5) == found


def test_every_zip_has_as_many_states_as_its_kind_says(every_zip: dict[str, zip_codes.Zip]) -> None:
    counts = {Kind.SINGLE: 1, Kind.SHARED: 2, Kind.MILITARY: 0, Kind.FOREIGN: 0}

    assert len(every_zip) == 42_788
    for zip5, found in every_zip.items():
        assert len(found.states) == counts[found.kind], zip5
        assert all(states.is_state(state) for state in found.states), zip5
    assert {state for found in every_zip.values() for state in found.states} == set(states.ALL)


def test_every_zip_agrees_with_its_prefix(every_zip: dict[str, zip_codes.Zip]) -> None:
    """Against zip3_state.csv: as many ZIPs under each prefix, and only states that it or the census names."""
    members = defaultdict(list)
    for zip5, found in every_zip.items():
        members[zip5[:3]].append(found)

    for row in rows("zip3_state.csv"):
        allowed = set(row["states"].split("|")) | set(row["census_zcta_also_touches"].split("|"))
        named = {state for found in members[row["zip3"]] for state in found.states}
        kinds = {found.kind for found in members[row["zip3"]]}
        expected = int(row["n_zips"]) - (row["zip3"] == "888")
        assert len(members.pop(row["zip3"], [])) == expected, row["zip3"]
        assert named <= allowed, row["zip3"]
        if row["geonames_states"] and expected:
            assert named & set(row["geonames_states"].split("|")) or row["zip3"] == "969", row["zip3"]
        assert (kinds == {Kind.MILITARY}) == (row["kind"] == "military_apo_fpo" or row["zip3"] == "099")
    assert not members


def test_every_zip_agrees_with_the_census(every_zip: dict[str, zip_codes.Zip]) -> None:
    """Against the 33,120 ZIP areas of the Census of 2010: the same states, and none is missing."""
    compared = 0
    for row in rows("zcta_states.csv"):
        for number in range(int(row["first"]), int(row["last"]) + 1):
            assert every_zip[f"{number:05}"].states == tuple(row["states"].split("|")), number
            compared += 1

    assert compared == 33_120
    assert sum(found.kind is Kind.SHARED for found in every_zip.values()) == 103


@given(st.text(max_size=30))
def test_reading_never_fails_and_gives_five_digits(text: str) -> None:
    for zip5 in (zip_codes.normalize(text), zip_codes.normalize_keyed(text)):
        assert zip5 is None or (len(zip5) == 5 and zip5.isascii() and zip5.isdigit())


@given(st.integers(0, 99_999))
def test_a_zip_reads_the_same_with_and_without_its_four_more_digits(number: int) -> None:
    zip5 = f"{number:05}"

    assert zip_codes.normalize(zip5) == zip_codes.normalize(f"{zip5}-0001") == zip_codes.normalize_keyed(zip5) == zip5
    if number >= 100:
        assert zip_codes.normalize(str(number)) == zip_codes.normalize(f"{number}.0") == zip5
