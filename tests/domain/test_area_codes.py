"""app/domain/area_codes.py: the table, what it says of every kind, and a second source."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import phonenumbers
import pytest
from phonenumbers import timezone

from app.domain import area_codes, phone, states
from app.domain.area_codes import Kind

DATA = Path(__file__).parent.parent / "data"
JANUARY, JULY = datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC)
EVERY_CODE = [str(number) for number in range(200, 1000)]


@pytest.mark.parametrize(
    ("code", "kind", "state"),
    [
        ("614", Kind.GEOGRAPHIC, "OH"),
        ("202", Kind.GEOGRAPHIC, "DC"),
        ("465", Kind.GEOGRAPHIC, "NY"),  # opened in 2026
        ("787", Kind.TERRITORY, "PR"),
        ("670", Kind.TERRITORY, "MP"),
        ("565", Kind.PLANNED, None),
        ("761", Kind.PLANNED, None),
        ("416", Kind.CANADA, None),
        ("600", Kind.CANADA_NONGEOGRAPHIC, None),
        ("876", Kind.CARIBBEAN, None),
        ("800", Kind.TOLL_FREE, None),
        ("533", Kind.PERSONAL, None),
        ("900", Kind.PREMIUM, None),
        ("700", Kind.INTEREXCHANGE, None),
        ("710", Kind.GOVERNMENT, None),
        ("911", Kind.SERVICE, None),
        ("555", Kind.SPECIAL, None),
        ("278", Kind.UNASSIGNED, None),
        ("", Kind.UNASSIGNED, None),
        ("61", Kind.UNASSIGNED, None),
    ],
)
def test_an_area_code_is_of_its_kind(code: str, kind: Kind, state: str | None) -> None:
    found = area_codes.lookup(code)

    assert (found.kind, found.state) == (kind, state)
    assert bool(found.zones) == (state is not None)


def test_378_codes_in_service_each_belong_to_one_jurisdiction_and_every_jurisdiction_has_one() -> None:
    found = [area_codes.lookup(code) for code in EVERY_CODE]
    in_service = [code for code in found if code.state]

    assert len(in_service) == 378
    assert {code.state for code in in_service} == set(states.ALL)
    assert Counter(code.kind for code in found)[Kind.CANADA] == 56
    assert Counter(code.kind for code in found)[Kind.CARIBBEAN] == 21


def test_the_second_source_never_names_another_state() -> None:
    with (DATA / "area_code_names.csv").open(encoding="utf-8") as file:
        texts = dict(list(csv.reader(file))[1:])
    silent = []

    for code in EVERY_CODE:
        state = area_codes.lookup(code).state
        if state is None:
            continue
        text = texts[code].partition(" (")[0]
        if not text:
            silent.append(code)
        else:
            # "Ohio", "Los Angeles, CA", "Washington D.C."
            assert state in (states.parse(text), states.parse(text.rpartition(", ")[2])), (code, text)

    assert silent == [
        "357",
        "436",
        "457",
        "465",
        "471",
        "483",
        "621",
        "624",
        "679",
        "729",
        "837",
        "861",
        "924",
    ]


def test_no_zone_that_phonenumbers_knows_is_missing() -> None:
    def offsets(zones: tuple[str, ...]) -> set[object]:
        return {tuple(day.astimezone(ZoneInfo(zone)).utcoffset() for day in (JANUARY, JULY)) for zone in zones}

    differing = set()
    for code in EVERY_CODE:
        found = area_codes.lookup(code)
        theirs = timezone.time_zones_for_number(phonenumbers.parse(f"+1{code}5550101"))
        if found.state and "Etc/Unknown" not in theirs:
            ours = offsets(tuple(zone.key for zone in found.zones))
            if not offsets(theirs) <= ours:
                differing.add(code)

    # 689 overlays Orlando (407): Eastern, as NANPA says; phonenumbers says Central.
    assert differing <= {"689"}


def test_state_of_a_number_is_its_area_codes() -> None:
    assert area_codes.state_of(phone.parse("+16145550101")) == "OH"
    assert area_codes.state_of(phone.parse("+16715550101")) == "GU"
    assert area_codes.state_of(phone.parse("+14165550101")) is None
    assert area_codes.state_of(phone.parse("+442079460958")) is None
    assert area_codes.state_of(None) is None


def test_the_geocoder_is_never_loaded() -> None:
    program = (
        "import sys; from app.domain import residency as r;"
        "r.settle(r.Evidence(phone='+16145550101', vendor_zip='43215'));"
        "print([name for name in sys.modules if 'geo' in name or name == 'zipcodes'])"
    )

    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert answer.stdout.strip() == "[]"
