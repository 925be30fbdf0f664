"""Both NIPR samples through `threegate roster import`; then each of their traps, as the gate answers it."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner

from app.commands import cli
from app.commands.output import operator
from tests.builders import Held, Person, licensed
from tests.commands.conftest import Threegate
from tests.rosters.nipr_files import CSR_SAMPLE, DETAIL_SAMPLE, csr, license_, producer

ANA = licensed("Ana", 1, "OH").holding(Held("OH", expires="2026-12-31"))
BEN = licensed("Ben", 2, "FL").holding(Held("FL"), Held("CT"))
DANA = licensed("Dana", 3, "TX", last_name="Demo").holding(Held("TX", "health", expires="2027-07-31"))
"""NPN 90000001 to 90000003; the samples number the first two, and the detail report is Dana's."""

STATES = ("OH", "IA", "AL", "TN", "FL", "CT", "TX", "KS")


@pytest.fixture
def desk(threegate: Threegate) -> Threegate:
    """An agency with the three of them, open in every state of the samples."""
    threegate.roster(ANA, BEN, DANA)
    threegate.open(*STATES)
    return threegate


@pytest.fixture
def imported(desk: Threegate) -> Threegate:
    """And both samples imported."""
    take_csr(desk)
    take_detail(desk)
    return desk


def take_csr(desk: Threegate, content: bytes = CSR_SAMPLE, *more: str) -> Any:
    return desk.json("roster", "import", desk.file("csr.xml", content), "--format", "nipr-csr", *more)


def take_detail(desk: Threegate, content: bytes = DETAIL_SAMPLE, *more: str) -> Any:
    report = desk.file("detail.xml", content)
    return desk.json("roster", "import", report, "--format", "nipr-detail", "--npn", DANA.npn, *more)


def may(desk: Threegate, person: Person, state: str, line: str) -> bool:
    """The gate says yes; a no fails the test."""
    answer = desk.json("authority", "check", "--npn", person.npn, "--state", state, "--loa", line)
    return answer["allowed"] is True


def why_not(desk: Threegate, person: Person, state: str, line: str) -> list[str]:
    """The gate says no; a yes fails the test."""
    answer = desk.json("authority", "check", "--npn", person.npn, "--state", state, "--loa", line, code=1)
    reasons: list[str] = answer["reasons"]
    return reasons


def licenses(desk: Threegate, person: Person) -> dict[tuple[str, str], Any]:
    shown = desk.json("roster", "show", "--npn", person.npn)
    return {(held["state"], held["loa"]): held for held in shown["licenses"]}


# ---- the traps of the company-specialized sample


def test_the_sound_resident_license_gives_both_its_lines(imported: Threegate) -> None:
    assert may(imported, ANA, "OH", "life")
    assert may(imported, ANA, "OH", "health")
    assert licenses(imported, ANA)["OH", "life"]["expiration_date"] == "2028-01-31"


def test_the_active_iowa_license_gives_life_and_its_inactive_health_line_gives_nothing(imported: Threegate) -> None:
    assert may(imported, ANA, "IA", "life")
    assert why_not(imported, ANA, "IA", "health") == ["license_not_active"]


def test_the_alabama_adjuster_license_beside_an_expired_producer_license_gives_nothing(imported: Threegate) -> None:
    assert "license_not_active" in why_not(imported, ANA, "AL", "casualty")
    assert licenses(imported, ANA)["AL", "casualty"]["license_number"] == "PRO9"


def test_the_tennessee_license_without_status_and_expiration_is_never_routable(imported: Threegate) -> None:
    assert why_not(imported, ANA, "TN", "life") == [
        "license_not_active",
        "license_not_yet_effective",
        "expiration_unknown",
    ]


def test_the_lapsed_florida_resident_license_takes_the_authority_that_the_roster_had(desk: Threegate) -> None:
    assert may(desk, BEN, "FL", "life")
    assert may(desk, BEN, "CT", "life")

    take_csr(desk)

    assert why_not(desk, BEN, "FL", "life") == ["license_not_active", "license_expired"]


def test_the_connecticut_mirror_line_falls_with_the_resident_license(imported: Threegate) -> None:
    assert why_not(imported, BEN, "CT", "life") == ["license_not_active", "resident_license_invalid"]


def test_the_regulatory_action_is_no_license(imported: Threegate) -> None:
    assert {state for state, _ in licenses(imported, BEN)} == {"FL", "CT"}


# ---- the traps of the detail sample


def test_the_texas_bundle_waits_for_a_person_and_gives_nothing_by_itself(imported: Threegate) -> None:
    [waiting] = [one for one in imported.json("unmapped", "list")["items"] if one["npn"] == DANA.npn]

    assert (waiting["state"], waiting["loa_code"], waiting["status"]) == ("TX", "99", "active")
    assert waiting["loa_name"] == "Life, Accident, Health and HMO"
    assert why_not(imported, DANA, "TX", "life") == ["loa_missing"]


def test_the_kansas_license_of_the_year_9999_is_perpetual_and_y_means_active(imported: Threegate) -> None:
    assert licenses(imported, DANA)["KS", "health"]["expiration_date"] == "perpetual"
    assert may(imported, DANA, "KS", "health")


def test_a_detail_report_without_its_npn_needs_one(desk: Threegate) -> None:
    report = desk.file("detail.xml", DETAIL_SAMPLE)

    refused = desk("roster", "import", report, "--format", "nipr-detail", code=2)

    assert "does not say whose it is; give the NPN with --npn; nothing was imported" in refused.stderr


def test_an_npn_is_not_for_a_report_that_numbers_its_people(desk: Threegate) -> None:
    report = desk.file("csr.xml", CSR_SAMPLE)

    refused = desk("roster", "import", report, "--format", "nipr-csr", "--npn", "90000003", code=2)

    assert "has no such person" in refused.stderr
    assert ("IA", "life") not in licenses(desk, ANA)


# ---- a person says what a line is


def test_a_persons_answer_counts_from_the_next_import_on_and_brings_the_education(imported: Threegate) -> None:
    [number] = [one["id"] for one in imported.json("unmapped", "list")["items"] if one["npn"] == DANA.npn]

    told = imported("unmapped", "map", str(number), "--as", "life+health").stdout

    assert told.strip() == (
        "General Lines Agent, Life, Accident, Health and HMO in TX is health and life; 1 waited for it; "
        "import the report again"
    )
    assert why_not(imported, DANA, "TX", "life") == ["loa_missing"]

    again = take_detail(imported)

    assert again["unmapped"] == []
    assert may(imported, DANA, "TX", "life")
    assert [one["npn"] for one in imported.json("unmapped", "list")["items"]] == [ANA.npn]
    shown = imported.json("roster", "show", "--npn", DANA.npn)
    assert shown["education"] == {
        "TX": {
            "compliant": True,
            "renewal_date": "2027-07-31",
            "credits_needed": 0,
            "seen_at": "2026-11-18T15:00:00Z",
        }
    }
    assert "education" not in imported.json("roster", "show", "--npn", ANA.npn)
    assert (
        "education in TX: compliant, due 2027-07-31, 0 credits needed"
        in imported("roster", "show", "--npn", DANA.npn).stdout
    )


def test_an_answer_is_only_changed_on_purpose_and_what_rested_on_it_is_suspended(imported: Threegate) -> None:
    [number] = [str(one["id"]) for one in imported.json("unmapped", "list")["items"] if one["npn"] == DANA.npn]
    imported("unmapped", "map", number, "--as", "life+health")
    take_detail(imported)

    refused = imported("unmapped", "map", number, "--as", "health", code=1)
    assert f"{operator()} said 'health+life'" in refused.stderr
    assert may(imported, DANA, "TX", "life")

    replaced = imported.json("unmapped", "map", number, "--as", "health", "--replace")
    assert replaced["suspended"] == [{"npn": DANA.npn, "state": "TX", "loa": "life"}]
    assert why_not(imported, DANA, "TX", "life") == ["license_not_active"]
    assert may(imported, DANA, "TX", "health")


def test_what_a_person_says_must_be_a_line_of_a_number_that_there_is(imported: Threegate) -> None:
    wrong = imported("unmapped", "map", "1", "--as", "boats", code=2)
    missing = imported("unmapped", "map", "99", "--as", "none", code=1)

    assert "the lines are life, health" in wrong.stderr
    assert missing.stderr.strip() == "no line has the number 99"


def test_none_is_an_answer_too_and_gives_nothing(imported: Threegate) -> None:
    [number] = [str(one["id"]) for one in imported.json("unmapped", "list")["items"] if one["npn"] == DANA.npn]

    imported("unmapped", "map", number, "--as", "none")
    again = take_detail(imported)

    assert again["unmapped"] == []
    assert why_not(imported, DANA, "TX", "life") == ["loa_missing"]
    header, *rows = imported("unmapped", "list", "--all").stdout.splitlines()
    assert header.split("\t")[0] == "id"
    assert [row.split("\t")[-1] for row in rows] == ["", operator()]


# ---- shown before and after; again; refused


def test_differences_are_shown_before_they_apply_and_a_dry_run_writes_nothing(desk: Threegate) -> None:
    before = licenses(desk, ANA)

    dry = take_csr(desk, CSR_SAMPLE, "--dry-run")

    assert licenses(desk, ANA) == before
    assert desk.json("unmapped", "list")["items"] == []
    assert (dry["version"], dry["dry_run"]) == (None, True)
    assert {(one["state"], one["loa"], one["what"]) for one in dry["differences"]} >= {
        ("OH", "life", "changed"),
        ("OH", "health", "added"),
        ("FL", "life", "changed"),
        ("CT", "life", "changed"),
    }
    done = take_csr(desk)
    assert done["differences"] == dry["differences"]
    assert (done["licenses_added"], done["licenses_changed"]) == (dry["licenses_added"], dry["licenses_changed"])


def test_the_same_report_again_changes_nothing(imported: Threegate) -> None:
    waiting = imported.json("unmapped", "list")

    csr_again, detail_again = take_csr(imported), take_detail(imported)

    assert (csr_again["version"], csr_again["licenses_unchanged"], csr_again["differences"]) == (None, 8, [])
    assert (detail_again["version"], detail_again["licenses_unchanged"]) == (None, 1)
    assert [one["id"] for one in imported.json("unmapped", "list")["items"]] == [one["id"] for one in waiting["items"]]


def test_a_producer_whom_we_do_not_have_is_told_and_not_added(desk: Threegate) -> None:
    report = desk.file("csr.xml", csr(producer(license_("OH"), npn="91")))

    told = desk("roster", "import", report, "--format", "nipr-csr").stdout

    assert "not on the roster and not added, because a report knows no phone: NPN 91" in told
    desk("roster", "show", "--npn", "91", code=1)


def test_the_import_is_told_in_lines_for_a_person(desk: Threegate) -> None:
    report = desk.file("csr.xml", CSR_SAMPLE)

    told = desk("roster", "import", report, "--format", "nipr-csr").stdout

    assert "NPN 90000001 IA health added: inactive to 2027-03-31" in told
    assert "line 24: NPN 90000001 in TN, Life waits for a person (inactive): the report names no license class" in told
    assert "line 17: NPN 90000001 in AL, Adjuster: this license class gives no authority to sell" in told
    assert told.splitlines()[-1] == (
        "roster version 3: 2 producers in the report; licenses: 5 added, 3 changed, 0 as they were"
    )


HOSTILE = {
    "1: a DOCTYPE, which": CSR_SAMPLE.replace(b"?>", b'?><!DOCTYPE a [<!ENTITY b "c">]>', 1),
    "26: CSR_Producer/NIPR_Number: an NPN is": CSR_SAMPLE.replace(b'NIPR_Number="90000002"', b'NIPR_Number="0"'),
    "not readable as XML from here on": CSR_SAMPLE[:2000],
    "3: this is not a company-specialized report": DETAIL_SAMPLE,
    "1: this is a spreadsheet or an archive": b"PK\x03\x04",
    "elements inside elements": b"<CSR_Report>" + b"<a>" * 40,
}


@pytest.mark.parametrize("told", HOSTILE)
def test_a_hostile_or_broken_file_is_refused_with_its_line_and_nothing_of_it_is_imported(
    desk: Threegate, told: str
) -> None:
    report = desk.file("csr.xml", HOSTILE[told])

    refused = CliRunner(env=desk.environment).invoke(cli, ["roster", "import", report, "--format", "nipr-csr"])

    assert refused.exit_code == 2
    first, *_, last = refused.stderr.splitlines()
    assert first.startswith(f"{report}:")
    assert told in first
    assert last == f"{report}: 1 error; nothing was imported"
    assert set(licenses(desk, ANA)) == {("OH", "life")}


def test_npn_and_as_of_are_for_reports(desk: Threegate) -> None:
    refused = desk("roster", "import", desk.file("a.csv", b"npn\n"), "--as-of", "2026-11-01", code=2)

    assert refused.stderr.strip() == "--npn and --as-of are for NIPR reports"
