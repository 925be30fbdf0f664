"""What a report authorizes: classes, lines, statuses, dates, mirrors, and two licenses for one line."""

from __future__ import annotations

from datetime import date
from itertools import permutations

import pytest

from app.domain.licensing import IN_FORCE, Residency, Status
from app.domain.lines import Line
from app.rosters import nipr_csr, nipr_detail
from app.rosters.nipr_values import Report, question
from tests.rosters.nipr_files import (
    csr,
    detail,
    detail_license,
    detail_line,
    detail_state,
    held,
    individual,
    license_,
    line_of,
    loa,
    nonresident,
    only,
    only_detail,
    producer,
    refused,
    taken,
)


def test_every_license_of_a_state_is_read_and_not_the_first_alone() -> None:
    seen = only_detail(
        detail_state(
            "AL",
            detail_license(detail_line(LOA="Property"), LICENSE_NUM="1"),
            detail_license(detail_line(LOA="Casualty"), LICENSE_NUM="2"),
            detail_license(LICENSE_NUM="3"),
        )
    )

    assert held(seen) == {("AL", Line.PROPERTY), ("AL", Line.CASUALTY), ("AL", Line.LIFE)}
    assert [line.license_number for line in seen.licenses] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("code", "name"),
    [("ADJ", "Adjuster"), ("ADJ", None), (None, "Adjuster"), ("MGA", None), (None, "TEMPORARY INSURANCE PRODUCER")],
)
def test_a_class_that_does_not_sell_is_told_and_waits_for_nobody(code: str | None, name: str | None) -> None:
    seen = only(nonresident("AL", loa("Casualty"), License_Class_Code=code, License_Class=name))

    assert (seen.licenses, seen.unmapped) == ((), ())
    assert len(seen.remarks) == 1


@pytest.mark.parametrize(
    ("state", "code", "name"),
    [
        ("AL", "PRO", "Adjuster"),  # they contradict each other
        ("AL", "ADJ", "Insurance Producer"),
        ("AL", "XX", "Something Else"),
        ("TX", "1", "General Lines Agent"),  # not in the table
        ("FL", None, "Adjuster"),
        ("FL", None, "Limited Lines Producer"),
        ("FL", "PRO", None),
        ("OH", None, None),
    ],
)
def test_a_class_that_is_not_sure_waits_for_a_person(state: str, code: str | None, name: str | None) -> None:
    seen = only(nonresident(state, License_Class_Code=code, License_Class=name))

    assert seen.licenses == ()
    assert [waiting.loa_name for waiting in seen.unmapped] == ["Life"]


@pytest.mark.parametrize("name", ["Producer", "PRODUCER INDIVIDUAL", "Non-Resident Producer", "Insurance Producer"])
@pytest.mark.parametrize("state", ["AL", "FL", "WI"])
def test_a_producer_by_any_plain_name_is_one(state: str, name: str) -> None:
    assert held(only(nonresident(state, License_Class=name, License_Class_Code=None))) == {(state, Line.LIFE)}


@pytest.mark.parametrize(
    ("state", "code", "name", "line"),
    [
        ("IA", "H", "Life", Line.LIFE),
        ("IA", "H", None, Line.LIFE),
        ("AK", "H", "Health", Line.HEALTH),
        ("AK", "H", None, Line.HEALTH),
        ("AK", "h", "HEALTH", Line.HEALTH),
        ("DE", "14", None, Line.PERSONAL_LINES),
        ("MO", "14", None, Line.PROPERTY),
        ("AK", "H", "Accident & Health or Sickness", Line.HEALTH),  # the uniform name of the same line
        ("AK", "ZZ", "Life", Line.LIFE),
    ],
)
def test_a_code_means_what_that_very_state_means_by_it(state: str, code: str, name: str | None, line: Line) -> None:
    of_class = {"LICENSE_CLASS": None, "LICENSE_CLASS_CODE": "01" if state == "DE" else "PRO"}
    seen = only_detail(detail_state(state, detail_license(detail_line(LOA=name, LOA_CODE=code), **of_class)))

    assert held(seen) == {(state, line)}
    assert seen.unmapped == ()


@pytest.mark.parametrize(
    ("state", "code", "name"),
    [
        ("IA", "H", "Health"),  # H is Life there
        ("AK", "H", "Life"),
        ("AK", "H", "Something"),
        ("KS", "LHE", "Lines Held by Employees"),  # mirrors affiliates, not the home state
        ("DE", "8", "VARIABLE ANNUITY"),  # part of a line
        ("IL", "127", "Fire"),  # up for review
        ("AL", "CR", "Credit"),  # limited
        ("TX", "", "Health"),  # not in the table, and no uniform name
        ("TX", "H", ""),
        ("TX", "", "Travel"),  # limited everywhere
    ],
)
def test_a_line_that_is_not_sure_waits_for_a_person(state: str, code: str, name: str) -> None:
    lines = detail_line(LOA=name, LOA_CODE=code)
    class_code = "01" if state == "DE" else "PRO"
    seen = only_detail(detail_state(state, detail_license(lines, LICENSE_CLASS_CODE=class_code)))

    assert seen.licenses == ()
    [waiting] = seen.unmapped
    assert (waiting.loa_code, waiting.loa_name) == (code, name)


def test_title_is_told_and_waits_for_nobody() -> None:
    seen = only(nonresident("KS", loa("Title")))

    assert (seen.licenses, seen.unmapped) == ((), ())
    assert [remark.loa_name for remark in seen.remarks] == ["Title"]


def test_a_bundle_gives_each_of_its_lines() -> None:
    assert held(only(nonresident("NH", loa("Property & Casualty")))) == {("NH", Line.PROPERTY), ("NH", Line.CASUALTY)}


def test_a_states_own_name_counts_there_and_waits_elsewhere() -> None:
    seen = only(nonresident("NE", loa("Sickness, Accident and Health")), nonresident("AL", loa("Disability (Health)")))

    assert held(seen) == {("NE", Line.HEALTH)}
    assert [waiting.state for waiting in seen.unmapped] == ["AL"]


def test_a_persons_no_ends_the_waiting_and_gives_nothing() -> None:
    content = csr(producer(nonresident("TX", loa("Health"))))

    report = nipr_csr.read(content, {question("TX", "INSURANCE  PRODUCER", "health"): ()})

    assert isinstance(report, Report)
    [seen] = report.producers
    assert (seen.licenses, seen.unmapped) == ((), ())


# ---- statuses


@pytest.mark.parametrize("word", ["Yes", "Y", "yes", "true", "TRUE", "1", "Active", " y "])
def test_active_is_said_in_many_ways(word: str) -> None:
    assert only_detail(detail_state("OH", detail_license(ACTIVE=word))).licenses[0].status is Status.ACTIVE


@pytest.mark.parametrize("word", ["No", "N", "false", "0", "Inactive", "", None, "maybe", "Probation"])
def test_anything_else_is_not(word: str | None) -> None:
    seen = only_detail(detail_state("OH", detail_license(ACTIVE=word)))

    assert seen.licenses[0].status is Status.INACTIVE


def test_a_status_that_is_missing_or_not_known_is_told() -> None:
    seen = only(nonresident("KS", loa(LOA_Status="Probation")), nonresident("TN", License_Status=None))

    assert {line.status for line in seen.licenses} == {Status.INACTIVE}
    assert [(remark.state, "Probation" in remark.why) for remark in seen.remarks] == [("KS", True), ("TN", False)]


@pytest.mark.parametrize(
    ("of_license", "of_line", "both"),
    [
        ("Active", "Active", Status.ACTIVE),
        ("Active", "Inactive", Status.INACTIVE),
        ("Active", None, Status.INACTIVE),
        ("Inactive", "Active", Status.INACTIVE),
        ("Active", "Suspended", Status.SUSPENDED),
        ("Revoked", "Active", Status.REVOKED),
        ("Renewal Pending", "Active", Status.RENEWAL_PENDING),
        ("Cancelled", "Inactive", Status.CANCELLED),
        ("Lapsed", "Active", Status.EXPIRED),
    ],
)
def test_a_line_is_in_force_only_where_it_and_its_license_are(
    of_license: str, of_line: str | None, both: Status
) -> None:
    seen = only(license_("OH", loa(LOA_Status=of_line), License_Status=of_license))

    assert seen.licenses[0].status is both


# ---- dates


@pytest.mark.parametrize("text", ["06/30/2028", "6/30/2028", "2028-06-30", "20280630"])
def test_dates_are_read_in_each_spelling(text: str) -> None:
    assert only(license_(License_Expiration_Date=text)).licenses[0].expires_on == date(2028, 6, 30)


@pytest.mark.parametrize("text", ["99991231", "12/31/9999", "9999-12-31", "01/01/9999"])
def test_the_year_9999_is_perpetual(text: str) -> None:
    line = only(license_(License_Expiration_Date=text)).licenses[0]

    assert (line.perpetual, line.expires_on) == (True, None)


@pytest.mark.parametrize("text", ["", None])
def test_a_missing_expiration_is_not_known_and_not_perpetual(text: str | None) -> None:
    line = only(license_(License_Expiration_Date=text)).licenses[0]

    assert (line.perpetual, line.expires_on) == (False, None)


@pytest.mark.parametrize(
    "text", ["30/06/2028", "02/29/2027", "June 30, 2028", "2028", "06/30/28", "00/00/0000", "٠٦/30/2028"]
)
def test_a_date_that_is_none_refuses_the_file_by_line_and_element(text: str) -> None:
    [error] = refused(csr(producer(license_(License_Expiration_Date=text)))).errors

    assert (error.line, error.column) == (3, "License/License_Expiration_Date")
    assert error.value == text


@pytest.mark.parametrize(
    ("of_license", "of_line", "effective"),
    [
        ("01/15/2020", "03/01/2022", date(2022, 3, 1)),
        ("01/15/2020", "03/01/2018", date(2020, 1, 15)),
        ("01/15/2020", None, date(2020, 1, 15)),
        (None, "03/01/2022", date(2022, 3, 1)),
        (None, None, None),
        ("01/15/2030", None, None),  # after the end: not known, which is a no
    ],
)
def test_a_line_begins_with_the_later_of_the_two_dates(
    of_license: str | None, of_line: str | None, effective: date | None
) -> None:
    seen = only(license_("OH", loa(LOA_Issue_Date=of_line), License_Issue_Date=of_license))

    assert seen.licenses[0].effective_on == effective
    assert bool(seen.remarks) is (of_license == "01/15/2030")


@pytest.mark.parametrize(
    "created", ["11/20/2026 06:00:00", "2026-11-20T06:00:00.000-05:00", "11/20/2026 6:00 AM", "2026-11-20"]
)
def test_the_day_of_the_report_is_read_from_its_moment(created: str) -> None:
    assert taken(csr(producer(), created=created)).as_of == date(2026, 11, 20)


def test_a_moment_that_is_none_refuses_the_file() -> None:
    [error] = refused(csr(producer(), created="yesterday")).errors

    assert (error.line, error.column) == (1, "CSR_Report_Header/TimeStamp_Created")


# ---- residency and mirrors


@pytest.mark.parametrize("text", ["N", "NR", "Non-Resident", "", None, "?"])
def test_resident_is_only_who_is_called_so(text: str | None) -> None:
    seen = only(license_(Resident_Indicator=text))

    assert (seen.licenses[0].residency, seen.resident_state) == (Residency.NONRESIDENT, None)


@pytest.mark.parametrize("text", ["R", "Res", "RESIDENT", "Y", "Yes"])
def test_a_resident_makes_the_home(text: str) -> None:
    assert only_detail(detail_state("TX", detail_license(RESIDENCY_STATUS=text))).resident_state == "TX"


def test_the_home_is_where_the_resident_license_is_in_force() -> None:
    lapsed = license_("OH", License_Status="Inactive")
    run_out = license_("IN", License_Expiration_Date="06/30/2024")

    assert only(lapsed, license_("TN")).resident_state == "TN"
    assert only(run_out, license_("TN")).resident_state == "TN"
    assert only(lapsed, run_out).resident_state is None
    assert only(license_("OH"), license_("TN")).resident_state is None


def test_an_adjuster_is_at_home_nowhere() -> None:
    assert only(license_("AL", License_Class="Adjuster", License_Class_Code="ADJ")).resident_state is None


MIRRORS = [
    ("AK", "LOA based on home state license"),
    ("AZ", "Limited Home State Producer Authority"),
    ("CT", "Limited to Resident Authority"),
    ("IA", "Reciprocal Authority"),
]


@pytest.mark.parametrize(("state", "name"), MIRRORS)
def test_a_mirror_line_grants_each_line_of_the_resident_license(state: str, name: str) -> None:
    home = license_("OH", loa("Life", LOA_Issue_Date="01/15/2021"), loa("Property", LOA_Status="Inactive"))

    # The mirror stands before what it mirrors.
    seen = only(nonresident(state, loa(name), License_Expiration_Date="01/31/2027"), home)

    assert held(seen) == {("OH", Line.LIFE), ("OH", Line.PROPERTY), (state, Line.LIFE), (state, Line.PROPERTY)}
    life = line_of(seen, state, Line.LIFE)
    assert (life.mirror, life.status, life.license_number) == (True, Status.ACTIVE, f"{state}-1")
    assert (life.effective_on, life.expires_on) == (date(2021, 1, 15), date(2027, 1, 31))
    assert line_of(seen, state, Line.PROPERTY).status is Status.INACTIVE
    assert not line_of(seen, "OH", Line.LIFE).mirror


@pytest.mark.parametrize(
    "others",
    [
        (),
        (nonresident("OH"),),
        (license_("TX", loa("Life, Accident, Health and HMO")),),  # what it holds is not known for sure
        (license_("OH"), license_("IN")),  # which of the two?
    ],
)
def test_a_mirror_of_nothing_sure_waits_for_a_person(others: tuple[str, ...]) -> None:
    seen = only(*others, nonresident("CT", loa("Limited to Resident Authority")))

    assert "CT" not in {line.state for line in seen.licenses}
    assert "CT" in {waiting.state for waiting in seen.unmapped}


def test_an_inactive_mirror_grants_nothing() -> None:
    seen = only(license_("OH"), nonresident("CT", loa("Limited to Resident Authority", LOA_Status="Inactive")))

    assert line_of(seen, "CT", Line.LIFE).status is Status.INACTIVE


def test_a_mirror_in_its_own_home_waits_for_a_person() -> None:
    seen = only(license_("CT", loa("Limited to Resident Authority"), loa("Life")))

    assert [line.mirror for line in seen.licenses] == [False]
    assert len(seen.unmapped) == 1


# ---- the same line on two licenses


EXPIRED = nonresident("AL", License_Number="OLD", License_Status="Inactive", License_Expiration_Date="12/31/2029")
SHORT = nonresident("AL", License_Number="SHORT", License_Expiration_Date="12/31/2026")
LONG = nonresident("AL", License_Number="LONG", License_Expiration_Date="12/31/2028")
LATER = nonresident("AL", License_Number="LATER", License_Issue_Date="01/01/2027", License_Expiration_Date="12/31/2029")
UNTOLD = nonresident("AL", License_Number="UNTOLD", License_Expiration_Date=None)
PERPETUAL = nonresident("AL", License_Number="EVER", License_Expiration_Date="12/31/9999")
LAPSED = nonresident("AL", License_Number="LAPSED", License_Expiration_Date="12/31/2025")


@pytest.mark.parametrize(
    ("licenses", "taken_number"),
    [
        ((EXPIRED, SHORT), "SHORT"),
        ((SHORT, LONG, EXPIRED), "LONG"),
        ((LATER, SHORT), "SHORT"),
        ((UNTOLD, SHORT), "SHORT"),
        ((UNTOLD, EXPIRED), "UNTOLD"),
        ((PERPETUAL, LONG), "EVER"),
        ((LAPSED, SHORT, EXPIRED), "SHORT"),
    ],
)
def test_of_two_licenses_for_a_line_the_one_in_force_that_ends_last_counts_in_any_order(
    licenses: tuple[str, ...], taken_number: str
) -> None:
    for order in permutations(licenses):
        [line] = only(*order).licenses

        assert line.license_number == taken_number


def test_after_a_move_the_resident_license_counts_though_the_other_ends_later() -> None:
    [line] = only(LONG, license_("AL", License_Number="HOME", License_Expiration_Date="12/31/2027")).licenses

    assert (line.license_number, line.residency) == ("HOME", Residency.RESIDENT)


def test_a_resident_license_that_ran_out_does_not_hide_the_one_in_force() -> None:
    [line] = only(license_("AL", License_Number="HOME", License_Expiration_Date="12/31/2025"), SHORT).licenses

    assert line.license_number == "SHORT"


def test_a_license_that_says_both_of_one_line_says_no() -> None:
    for loas in permutations((loa(), loa(LOA_Status="Inactive"))):
        assert only(license_("OH", *loas)).licenses[0].status is Status.INACTIVE


def test_two_names_of_one_line_are_held_where_either_is() -> None:
    seen = only(license_("NE", loa("Life and Annuities", LOA_Status="Inactive"), loa("Life")))

    assert line_of(seen, "NE", Line.LIFE).status is Status.ACTIVE


def test_a_person_who_stands_twice_holds_what_both_say() -> None:
    report = taken(csr(producer(license_("OH")), producer(nonresident("KS"), nonresident("TN", loa("Health")))))

    [seen] = report.producers
    assert held(seen) == {("OH", Line.LIFE), ("KS", Line.LIFE)}
    assert seen.resident_state == "OH"
    assert len(seen.unmapped) == 1


def test_a_person_who_stands_twice_with_two_homes_has_none_and_mirrors_nothing() -> None:
    first = producer(license_("OH"), nonresident("CT", loa("Limited to Resident Authority")))

    [seen] = taken(csr(first, producer(license_("IN")))).producers

    assert seen.resident_state is None
    assert line_of(seen, "CT", Line.LIFE).status not in IN_FORCE


# ---- what else the detail report tells


@pytest.mark.parametrize(
    ("word", "compliant"), [("YES", True), ("Y", True), ("NO", False), ("N", False), ("EXEMPT", None), ("", None)]
)
def test_the_standing_in_education_is_kept(word: str, compliant: bool | None) -> None:
    lines = detail_line(CE_COMPLIANCE=word, CE_RENEWAL_DATE="03/31/2027", CE_CREDITS_NEEDED="11.5")

    [line] = only_detail(detail_state("OH", detail_license(lines))).licenses

    assert (line.ce_compliant, line.ce_renewal_on, line.ce_credits_needed) == (compliant, date(2027, 3, 31), 12)


def test_a_firm_is_skipped_and_told() -> None:
    firm = individual(detail_state("OH", detail_license())).replace("INDIVIDUAL>", "FIRM>")

    report = taken(detail(firm, individual(detail_state("KS", detail_license()))), nipr_detail)

    [dana] = report.producers
    assert held(dana) == {("KS", Line.LIFE)}
    assert [("firm" in skipped.why, skipped.line_number) for skipped in report.skipped] == [(True, 2)]


def test_a_place_that_licenses_nobody_is_skipped_and_told() -> None:
    for report in (
        taken(csr(producer(license_("OH"), nonresident("ON")))),
        taken(
            detail(individual(detail_state("OH", detail_license()), detail_state("ON", detail_license()))), nipr_detail
        ),
    ):
        assert held(report.producers[0]) == {("OH", Line.LIFE)}
        assert [skipped.why for skipped in report.skipped] == ["ON is no state that licenses producers"]


def test_an_npn_that_the_detail_report_does_tell_is_taken() -> None:
    content = detail(individual(detail_state("OH", detail_license()), biographic="<NPN>90000005</NPN>"))

    [dana] = taken(content, nipr_detail).producers

    assert {dana.npn, dana.licenses[0].npn} == {"90000005"}


def test_a_terminated_appointment_is_not_active() -> None:
    def appointment(**elements: str) -> str:
        told = {"COMPANY_NAME": "DEMO LIFE INS CO", "STATUS": "Appointed", "LINE_OF_AUTHORITY": "Life", **elements}
        inside = "".join(f"<{name}>{text}</{name}>" for name, text in told.items())
        return f"<APPOINTMENT_INFORMATION><APPOINTMENT>{inside}</APPOINTMENT></APPOINTMENT_INFORMATION>"

    seen = only_detail(
        detail_state("OH", detail_license(), appointment()),
        detail_state("KS", appointment(STATUS="Terminated")),
        detail_state("TN", appointment(TERMINATION_REASON="Not for cause", LINE_OF_AUTHORITY="Everything")),
    )

    assert [(one.state, one.active) for one in seen.appointments] == [("OH", True), ("KS", False), ("TN", False)]
    assert seen.appointments[2].lines == ()
