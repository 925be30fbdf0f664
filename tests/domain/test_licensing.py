"""Who may take a caller: every reason for a no, one fact at a time. (The boundaries: tests/storage/test_gate_agrees.py.)"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.domain.licensing import (
    BLOCK_AFTER,
    FOREVER,
    Appointment,
    License,
    Opening,
    Producer,
    Question,
    Reason,
    Residency,
    Status,
    authority_instants,
    judge,
)
from app.domain.lines import Line, Requirement

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)


def held(state: str = "OH", line: Line = Line.LIFE, **changed: Any) -> License:
    """A license in force, of a resident of Ohio."""
    whole = License(
        state=state,
        line=line,
        license_number=f"{state}-1",
        residency=Residency.RESIDENT if state == "OH" else Residency.NONRESIDENT,
        status=Status.ACTIVE,
        effective_on=date(2020, 1, 1),
        expires_on=date(2027, 12, 31),
        perpetual=False,
        authority_from=NOW - timedelta(days=900),
        authority_until=NOW + timedelta(days=400),
        verified_at=NOW,
        stale_at=NOW + BLOCK_AFTER,
    )
    return replace(whole, **changed)


def person(*licenses: License, **changed: Any) -> Producer:
    return replace(Producer(7, "90000007", "Ana", "Tester", "OH", False, licenses), **changed)


def asked(*states: str, loa: str = "life", **changed: Any) -> Question:
    openings = {state: Opening(is_open=True) for state in states}
    whole = Question(states, Requirement.parse(loa), openings)
    return replace(whole, **changed)


OHIO = asked("OH")
TEXAS = asked("TX")
ABROAD = (held("TX"), held("OH"))
JUST = timedelta(microseconds=1)

NO: dict[str, tuple[Producer, Question, list[Reason]]] = {
    "no license": (person(held("PA"), held()), TEXAS, [Reason.NO_LICENSE]),
    "not active": (person(held(status=Status.SUSPENDED)), OHIO, [Reason.LICENSE_NOT_ACTIVE]),
    "begins in a moment": (person(held(authority_from=NOW + JUST)), OHIO, [Reason.LICENSE_NOT_YET_EFFECTIVE]),
    "beginning unknown": (person(held(authority_from=None)), OHIO, [Reason.LICENSE_NOT_YET_EFFECTIVE]),
    "ends now": (person(held(authority_until=NOW)), OHIO, [Reason.LICENSE_EXPIRED]),
    "end unknown": (person(held(authority_until=None)), OHIO, [Reason.EXPIRATION_UNKNOWN]),
    "stale now": (person(held(stale_at=NOW)), OHIO, [Reason.ROSTER_STALE]),
    "another line": (person(held(line=Line.HEALTH)), OHIO, [Reason.LOA_MISSING]),
    "half of both": (person(held(line=Line.PROPERTY)), asked("OH", loa="property+casualty"), [Reason.LOA_MISSING]),
    "home lapsed": (person(held("TX"), held(authority_until=NOW)), TEXAS, [Reason.RESIDENT_LICENSE_INVALID]),
    "home missing": (person(held("TX")), TEXAS, [Reason.RESIDENT_LICENSE_INVALID]),
    "home without the line": (person(held("TX"), held(line=Line.HEALTH)), TEXAS, [Reason.RESIDENT_LOA_MISSING]),
    "home stale": (person(held("TX"), held(stale_at=NOW)), TEXAS, [Reason.ROSTER_STALE]),
    "one state of two": (person(*ABROAD), asked("OH", "PA"), [Reason.NO_LICENSE]),
    "moving there": (person(*ABROAD, domicile_holds=frozenset({"TX"})), TEXAS, [Reason.DOMICILE_CHANGE_PENDING]),
    "moving from home": (person(*ABROAD, domicile_holds=frozenset({"OH"})), TEXAS, [Reason.DOMICILE_CHANGE_PENDING]),
    "suspended by us": (person(held(), suspended=True), OHIO, [Reason.PRODUCER_SUSPENDED]),
    "not on the team": (person(held()), replace(OHIO, team=frozenset({8})), [Reason.NOT_ON_TEAM]),
    "state shut": (person(held()), replace(OHIO, openings={}), [Reason.STATE_NOT_OPEN]),
    "state closed again": (person(held()), replace(OHIO, openings={"OH": Opening(False)}), [Reason.STATE_NOT_OPEN]),
    "agency lapsed": (
        person(held()),
        replace(OHIO, openings={"OH": Opening(True, agency_until=NOW)}),
        [Reason.AGENCY_LICENSE_EXPIRED],
    ),
    "outside the territory": (
        person(held()),
        replace(OHIO, openings={"OH": Opening(True, zips=frozenset({"43215"}))}, zip_code="44101"),
        [Reason.STATE_NOT_OPEN],
    ),
    "territory, ZIP unknown": (
        person(held()),
        replace(OHIO, openings={"OH": Opening(True, zips=frozenset({"43215"}))}),
        [Reason.STATE_NOT_OPEN],
    ),
    "no appointment": (person(held()), replace(OHIO, carrier="Acme"), [Reason.APPOINTMENT_MISSING]),
    "state unknown": (person(held()), asked(), [Reason.STATE_UNKNOWN]),
}


@pytest.mark.parametrize("case", NO)
def test_it_is_a_no_and_says_why(case: str) -> None:
    producer, question, reasons = NO[case]

    verdict = judge(producer, question, NOW)

    assert not verdict.allowed
    assert list(verdict.reasons) == reasons


def test_a_resident_and_a_nonresident_with_both_licenses_may() -> None:
    assert judge(person(held()), OHIO, NOW).allowed
    abroad = judge(person(*ABROAD), TEXAS, NOW)
    assert abroad.allowed
    assert [license_.state for license_ in abroad.rests_on] == ["TX", "OH"]


@pytest.mark.parametrize("status", Status)
def test_only_active_and_pending_renewal_give_authority(status: Status) -> None:
    allowed = judge(person(held(status=status)), OHIO, NOW).allowed

    assert allowed is (status in (Status.ACTIVE, Status.RENEWAL_PENDING))


def test_the_first_and_the_last_instant_count() -> None:
    assert judge(person(held(authority_from=NOW)), OHIO, NOW).allowed
    assert judge(person(held(authority_until=NOW + JUST)), OHIO, NOW).allowed


def test_either_alternative_is_enough_and_the_nearer_one_explains_a_no() -> None:
    home = asked("OH", loa="property+casualty|personal_lines")

    assert judge(person(held(line=Line.PERSONAL_LINES)), home, NOW).allowed
    near = judge(person(held(line=Line.PERSONAL_LINES, authority_until=NOW)), home, NOW)
    assert near.reasons == (Reason.LICENSE_EXPIRED,)


@pytest.mark.parametrize(
    ("appointment", "allowed"),
    [
        (Appointment("OH", " ACME  life", None, True, NOW, None), True),
        (Appointment("OH", "Acme Life", Line.LIFE, True, NOW, NOW + JUST), True),
        (Appointment("OH", "Acme Life", Line.HEALTH, True, NOW, None), False),
        (Appointment("TX", "Acme Life", None, True, NOW, None), False),
        (Appointment("OH", "Acme Life", None, False, NOW, None), False),
        (Appointment("OH", "Acme Life", None, True, None, None), False),
        (Appointment("OH", "Acme Life", None, True, NOW + JUST, None), False),
        (Appointment("OH", "Acme Life", None, True, NOW - JUST, NOW), False),
        (Appointment("OH", "Acme", None, True, NOW, None), False),
    ],
)
def test_an_appointment_is_with_that_carrier_there_for_that_line_and_now(
    appointment: Appointment, allowed: bool
) -> None:
    question = replace(OHIO, carrier="Acme Life")

    assert judge(person(held(), appointments=(appointment,)), question, NOW).allowed is allowed


def test_an_expiration_date_counts_to_the_end_of_it_where_the_day_ends_first() -> None:
    begins, ends = authority_instants("IN", date(2026, 6, 1), date(2026, 6, 30), False)

    # Indiana keeps Eastern and Central time.
    assert begins == datetime(2026, 6, 1, 5, 0, tzinfo=UTC)
    assert ends == datetime(2026, 7, 1, 4, 0, tzinfo=UTC)


def test_a_perpetual_license_has_no_end_and_an_unknown_date_gives_none() -> None:
    assert authority_instants("OH", None, date(2026, 1, 1), True) == (None, FOREVER)
    assert authority_instants("OH", None, None, False) == (None, None)
    assert authority_instants("OH", None, date(9999, 12, 31), False)[1] == FOREVER
