"""Each trap of the two synthetic samples (tests/data/nipr), by its name."""

from __future__ import annotations

from datetime import date

import pytest

from app.domain.licensing import Residency, Status
from app.domain.lines import Line
from app.rosters import nipr_csr, nipr_detail
from app.rosters.nipr_values import Report, SeenProducer, of_producer
from tests.rosters.nipr_files import CSR_SAMPLE, DETAIL_SAMPLE, held, line_of, taken


@pytest.fixture(scope="module")
def csr() -> Report:
    return taken(CSR_SAMPLE, nipr_csr)


@pytest.fixture(scope="module")
def first(csr: Report) -> SeenProducer:
    return csr.producers[0]


@pytest.fixture(scope="module")
def second(csr: Report) -> SeenProducer:
    return csr.producers[1]


@pytest.fixture(scope="module")
def dana() -> SeenProducer:
    [dana] = taken(DETAIL_SAMPLE, nipr_detail).producers
    return dana


def test_the_specialized_report_tells_its_day_and_both_producers(csr: Report) -> None:
    assert csr.as_of == date(2026, 11, 20)
    assert [(one.npn, one.resident_state) for one in csr.producers] == [("90000001", "OH"), ("90000002", "FL")]
    assert csr.skipped == ()


def test_the_sound_resident_license_gives_both_its_lines(first: SeenProducer) -> None:
    for line in (Line.LIFE, Line.HEALTH):
        seen = line_of(first, "OH", line)

        assert (seen.status, seen.residency, seen.license_number) == (Status.ACTIVE, Residency.RESIDENT, "0001001")
        assert (seen.effective_on, seen.expires_on) == (date(2018, 2, 1), date(2028, 1, 31))


def test_the_inactive_health_line_of_the_active_iowa_license_is_inactive(first: SeenProducer) -> None:
    assert line_of(first, "IA", Line.LIFE).status is Status.ACTIVE
    assert line_of(first, "IA", Line.HEALTH).status is Status.INACTIVE


def test_the_alabama_adjuster_license_gives_no_authority_and_is_told(first: SeenProducer) -> None:
    assert all(line.license_number != "ADJ9" for line in first.licenses)
    [told] = [remark for remark in first.remarks if remark.state == "AL"]
    assert (told.license_class, told.line_number) == ("Adjuster", 17)
    assert "no authority to sell" in told.why


def test_the_expired_alabama_producer_license_beside_it_is_inactive(first: SeenProducer) -> None:
    casualty = line_of(first, "AL", Line.CASUALTY)

    assert (casualty.license_number, casualty.status) == ("PRO9", Status.INACTIVE)
    assert casualty.expires_on == date(2024, 12, 31)


def test_the_tennessee_license_without_status_and_expiration_is_never_routable(first: SeenProducer) -> None:
    life = line_of(first, "TN", Line.LIFE)

    assert (life.status, life.expires_on, life.perpetual) == (Status.INACTIVE, None, False)
    assert life.residency is Residency.NONRESIDENT


def test_the_tennessee_license_without_a_class_waits_for_a_person(first: SeenProducer) -> None:
    [waiting] = first.unmapped

    assert (waiting.npn, waiting.state, waiting.loa_name, waiting.line_number) == ("90000001", "TN", "Life", 24)
    assert "no license class" in waiting.why


def test_the_lapsed_florida_resident_license_is_inactive_and_still_the_home(second: SeenProducer) -> None:
    life = line_of(second, "FL", Line.LIFE)

    assert second.resident_state == "FL"
    assert (life.status, life.residency) == (Status.INACTIVE, Residency.RESIDENT)
    assert life.expires_on == date(2026, 10, 31)


def test_the_connecticut_mirror_line_stands_for_what_florida_grants_which_lapsed(second: SeenProducer) -> None:
    assert held(second) == {("FL", Line.LIFE), ("CT", Line.LIFE)}
    mirror = line_of(second, "CT", Line.LIFE)
    assert (mirror.mirror, mirror.status, mirror.license_number) == (True, Status.INACTIVE, "2002")
    assert mirror.expires_on == date(2028, 1, 31)


def test_the_regulatory_action_is_no_license(second: SeenProducer) -> None:
    assert "GA" not in {line.state for line in second.licenses}
    assert second.unmapped == second.remarks == ()


def test_the_detail_report_names_the_person_and_not_the_npn(dana: SeenProducer) -> None:
    assert (dana.first_name, dana.last_name, dana.npn) == ("DANA", "DEMO", "")
    assert dana.resident_state == "TX"


def test_the_npn_one_asked_with_reaches_everything_of_the_person() -> None:
    report = of_producer(taken(DETAIL_SAMPLE, nipr_detail), "90000003")

    [dana] = report.producers
    assert dana.npn == "90000003"
    assert [line.npn for line in dana.licenses] == ["90000003"]
    assert [waiting.npn for waiting in dana.unmapped] == ["90000003"]
    assert [appointment.npn for appointment in dana.appointments] == ["90000003"]
    with pytest.raises(ValueError, match="unpack"):
        of_producer(report, "90000004")


def test_the_texas_bundle_waits_for_a_person_because_texas_is_not_in_the_table(dana: SeenProducer) -> None:
    [waiting] = dana.unmapped

    assert (waiting.state, waiting.license_class) == ("TX", "General Lines Agent")
    assert (waiting.loa_code, waiting.loa_name) == ("99", "Life, Accident, Health and HMO")
    assert "TX" not in {line.state for line in dana.licenses}


def test_the_kansas_license_of_the_year_9999_is_perpetual(dana: SeenProducer) -> None:
    health = line_of(dana, "KS", Line.HEALTH)

    assert (health.perpetual, health.expires_on, health.status) == (True, None, Status.ACTIVE)
    assert health.effective_on == date(2024, 1, 10)


def test_y_means_active_in_kansas_as_yes_does_in_texas(dana: SeenProducer) -> None:
    assert line_of(dana, "KS", Line.HEALTH).status is Status.ACTIVE
    assert dana.unmapped[0].status is Status.ACTIVE


def test_the_texas_appointment_is_kept_with_its_misspelt_renewal_date(dana: SeenProducer) -> None:
    [appointment] = dana.appointments

    assert (appointment.state, appointment.company, appointment.company_code) == ("TX", "DEMO LIFE INS CO", "99999")
    assert (appointment.active, appointment.lines) == (True, (Line.LIFE,))
    assert (appointment.status_on, appointment.renewal_on) == (date(2020, 9, 1), date(2027, 7, 31))


def test_a_person_who_answers_for_texas_sets_its_lines_and_their_education_free() -> None:
    [waiting] = taken(DETAIL_SAMPLE, nipr_detail).producers[0].unmapped

    report = nipr_detail.read(DETAIL_SAMPLE, {waiting.question: (Line.LIFE, Line.HEALTH)})

    assert isinstance(report, Report)
    [dana] = report.producers
    assert dana.unmapped == ()
    for line in (Line.LIFE, Line.HEALTH):
        seen = line_of(dana, "TX", line)
        assert (seen.ce_compliant, seen.ce_renewal_on, seen.ce_credits_needed) == (True, date(2027, 7, 31), 0)
        assert (seen.status, seen.updated_on) == (Status.ACTIVE, date(2026, 11, 2))
