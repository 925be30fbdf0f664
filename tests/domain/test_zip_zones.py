"""The zone of a ZIP in a split state: only where it is sure, and always one of the state's."""

from __future__ import annotations

from collections import Counter

import pytest

from app.domain import states, zip_codes, zip_zones
from app.domain.zip_codes import Kind


@pytest.mark.parametrize(
    ("zip5", "state", "zone"),
    [
        ("38103", "TN", "America/Chicago"),
        ("37902", "TN", "America/New_York"),
        ("79901", "TX", "America/Denver"),
        ("78701", "TX", "America/Chicago"),
        ("32501", "FL", "America/Chicago"),
        ("33101", "FL", "America/New_York"),
        ("83814", "ID", "America/Los_Angeles"),
        ("83702", "ID", "America/Denver"),
        ("46402", "IN", "America/Chicago"),
        ("46204", "IN", "America/New_York"),
        ("40202", "KY", "America/New_York"),
        ("42001", "KY", "America/Chicago"),
    ],
)
def test_a_city_keeps_its_own_time(zip5: str, state: str, zone: str) -> None:
    found = zip_zones.of(zip5, state)

    assert found is not None
    assert found.key == zone


@pytest.mark.parametrize(
    ("zip5", "state"),
    [
        ("38103", "KY"),  # not there
        ("43215", "OH"),  # one zone anyway
        ("42223", "TN"),  # in two states
        ("86503", "AZ"),  # the Navajo Nation
        ("85001", "AZ"),
        ("36867", "AL"),  # the sources differ: Phenix City
        ("37405", "TN"),
        ("79942", "TX"),
        ("00000", "TN"),
        ("abcde", "TN"),
        ("", "TN"),
    ],
)
def test_what_is_not_sure_is_none(zip5: str, state: str) -> None:
    assert zip_zones.of(zip5, state) is None


def test_every_zone_is_one_of_its_states_and_nearly_all_are_known() -> None:
    known, unknown = Counter[str](), Counter[str]()
    for number in range(100_000):
        found = zip_codes.lookup(f"{number:05}")
        if found.kind is Kind.SINGLE and len(states.zones(found.states[0])) > 1:
            zone = zip_zones.of(f"{number:05}", found.states[0])
            (unknown if zone is None else known)[found.states[0]] += 1
            assert zone is None or zone in states.zones(found.states[0])

    arizona = unknown.pop("AZ")
    assert arizona > 500
    assert sum(known.values()) > 12_000
    assert sum(unknown.values()) < 60
