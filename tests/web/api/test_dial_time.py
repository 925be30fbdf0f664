"""POST /authority/check with `dialing`: an outside dialer asks right before it dials."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from app.storage import dnc, ledger, texts, work
from app.workflows.outbound.ceilings import turn_dialing
from tests.builders import licensed
from tests.web.api.conftest import Api

ANA = licensed("Ana", 1, "OH", "FL")
OHIO, FLORIDA = "+16145550150", "+13055550150"
ASKED = {"npn": ANA.npn, "loa": "life", "dialing": OHIO, "zip": "43215"}


@pytest.fixture
def dialer(api: Api) -> Api:
    api.roster(ANA)
    api.open("OH", "FL")
    scrub(api, OHIO)
    scrub(api, FLORIDA)
    return api


def scrub(api: Api, number: str, *, listed: bool = False, days_old: int = 0) -> None:
    on = api.now.date() - timedelta(days=days_old)
    with api.database.begin() as tx:
        dnc.keep_scrubs(tx, [(number, listed)], on=on, source="scrub.csv")


def reasons(api: Api, **change: Any) -> list[str]:
    body = {key: value for key, value in {**ASKED, **change}.items() if value is not None}
    found = api.post("/authority/check", body)
    assert found["allowed"] == (not found["reasons"])
    return list(found["reasons"])


def test_a_scrubbed_number_in_its_hours_may_be_dialed_by_a_licensed_producer(dialer: Api) -> None:
    assert reasons(dialer) == []


def test_the_number_alone_says_where_the_person_is_presumed(dialer: Api) -> None:
    found = dialer.post("/authority/check", {"npn": ANA.npn, "loa": "life", "dialing": OHIO})

    assert (found["allowed"], found["state"]) == (True, "OH")


def test_the_reasons_of_the_gate_come_with_those_of_the_call(dialer: Api) -> None:
    assert reasons(dialer, npn="999", dialing="+16145550151") == ["no_license", "dnc_unknown"]


def test_our_own_list_and_the_registry_are_asked(dialer: Api) -> None:
    with dialer.database.begin() as tx:
        work.suppress(tx, OHIO, "stop", source="test", now=dialer.now)
    scrub(dialer, FLORIDA, listed=True)

    assert reasons(dialer) == ["opted_out"]
    assert reasons(dialer, dialing=FLORIDA, zip="33101") == ["dnc_unknown"]


def test_a_landline_that_takes_no_texts_may_be_called(dialer: Api) -> None:
    with dialer.database.begin() as tx:
        work.suppress(tx, OHIO, texts.CANNOT_BE_TEXTED, source="test", now=dialer.now)

    assert reasons(dialer) == []


def test_the_hours_of_residence_and_area_code_both_count(dialer: Api) -> None:
    dialer.clock.advance((dialer.now.replace(hour=1, minute=30) + timedelta(days=1) - dialer.now).total_seconds())

    # Half past eight in the evening in both: Florida's day is over, Ohio's is not.
    assert reasons(dialer) == []
    assert reasons(dialer, dialing=FLORIDA, zip="33101") == ["outside_hours"]
    assert reasons(dialer, dialing=FLORIDA) == ["outside_hours"]


def test_every_yes_counts_toward_the_cap_of_24_hours(dialer: Api) -> None:
    florida = {"dialing": FLORIDA, "zip": "33101"}

    assert [reasons(dialer, **florida) for _ in range(4)] == [[], [], [], ["attempt_cap"]]
    dialer.later(24 * 60 + 1)

    assert reasons(dialer, **florida) == []


def test_a_no_does_not_count(dialer: Api) -> None:
    florida = {"dialing": FLORIDA, "zip": "33101"}
    for _ in range(5):
        assert reasons(dialer, **florida, npn="999") == ["no_license"]

    assert reasons(dialer, **florida) == []


def test_many_at_once_do_not_pass_the_cap_together(dialer: Api) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: reasons(dialer, dialing=FLORIDA, zip="33101"), range(8)))

    assert found.count([]) == 3


def test_the_switch_stops_outside_dialers_too(dialer: Api) -> None:
    turn_dialing(False, reason="odd bill", actor="test", database=dialer.database, now=dialer.now)

    assert reasons(dialer) == ["dialing_off"]


def test_the_ledger_has_the_answer_and_not_the_number(dialer: Api) -> None:
    found = dialer.post("/authority/check", {**ASKED, "npn": "999"})

    with dialer.database.read() as tx:
        entry = ledger.entry(tx, found["decision_id"])
    assert entry is not None
    assert (entry.facts["allowed"], entry.facts["reasons"]) == (False, ["no_license"])
    assert entry.facts["dialing"] == "+1 614-***-**50"
    assert dialer.get(f"/decisions/{found['decision_id']}")["allowed"] is False


@pytest.mark.parametrize(
    "change",
    [
        {"dialing": "+18005550150"},
        {"dialing": "+442079460123"},
        {"dialing": "no number"},
        {"at": "2026-11-18T15:00:00Z"},
        {"state": "OH"},
        {"dialing": None, "zip": None},
    ],
)
def test_what_makes_no_sense_is_422(dialer: Api, change: dict[str, Any]) -> None:
    body = {key: value for key, value in {**ASKED, **change}.items() if value is not None}

    dialer.post("/authority/check", body, status=422)
