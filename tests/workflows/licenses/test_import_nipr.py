"""What a NIPR report gives and takes: its age, a residence elsewhere, what cannot be read, who is not ours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.licensing import Residency, Status
from app.domain.lines import Line
from app.storage import education, roster, unmapped_lines
from app.storage.database import Database
from app.workflows.licenses.import_nipr import DETAIL, NotImported
from app.workflows.licenses.map_line import LineMapped, map_line
from app.workflows.licenses.move_domicile import Reported, move_domicile
from app.workflows.licenses.weigh_report import NIPR_FEED
from tests.rosters.nipr_files import (
    csr,
    detail,
    detail_license,
    detail_line,
    detail_state,
    individual,
    license_,
    loa,
    nonresident,
    producer,
)
from tests.workflows.licenses.audits import BEN, audited, imported
from tests.workflows.licenses.moving import entries, settled
from tests.workflows.licenses.nipr import ANA, DAY, NOW, holds, license_in, open_states, outcome_of, reasons, take

TODAY, YESTERDAY, LAST_WEEK = "11/18/2026 06:00:00", "11/17/2026 06:00:00", "11/11/2026 06:00:00"
UNREADABLE = loa("Life and Then Some")


def of_ana(*licenses: str, created: str = TODAY) -> bytes:
    return csr(producer(*(licenses or (license_("OH"), nonresident("TX")))), created=created)


@pytest.fixture
def desk(database: Database) -> Database:
    """Ana is on the roster since a month, and her states and two more are open."""
    imported(database, ANA, now=NOW - 30 * DAY)
    open_states(database, "OH", "TX", "FL", "KS")
    return database


# ---- how old it is


def test_a_report_counts_from_its_own_day_and_not_from_when_it_is_imported(desk: Database) -> None:
    take(desk, of_ana(created=LAST_WEEK))

    assert license_in(desk, "TX").verified_at == datetime(2026, 11, 11, 6, tzinfo=UTC)
    assert license_in(desk, "TX").stale_at - license_in(desk, "TX").verified_at == timedelta(days=45)


def test_a_report_that_is_dated_in_the_future_counts_from_now(desk: Database) -> None:
    take(desk, of_ana(created="12/31/2026 06:00:00"))

    assert license_in(desk, "TX").verified_at == NOW


def test_what_the_feed_shows_blocks_after_ten_days_and_not_before(desk: Database) -> None:
    take(desk, of_ana(), source=NIPR_FEED)

    assert reasons(desk, "TX", datetime(2026, 11, 28, 5, 59, tzinfo=UTC)) == []
    assert reasons(desk, "TX", datetime(2026, 11, 28, 6, tzinfo=UTC)) == ["roster_stale"]


def test_a_report_older_than_the_block_gives_nothing(desk: Database) -> None:
    take(desk, of_ana(license_("OH"), nonresident("TX"), nonresident("FL"), created="10/01/2026 06:00:00"))

    assert reasons(desk, "FL") == ["roster_stale"]
    assert reasons(desk, "TX") == []


def test_an_older_report_never_gives_back_what_a_newer_one_took(desk: Database) -> None:
    take(desk, of_ana(license_("OH"), nonresident("TX", License_Status="Inactive"), created=YESTERDAY))

    outcome = take(desk, of_ana(created=LAST_WEEK))

    assert reasons(desk, "TX") == ["license_not_active"]
    assert [(one.state, one.line) for one in outcome.withheld] == [("TX", Line.LIFE)]
    assert outcome.version is None


def test_an_older_report_still_takes_away(desk: Database) -> None:
    take(desk, of_ana(created=YESTERDAY))

    take(desk, of_ana(license_("OH"), nonresident("TX", License_Expiration_Date="11/15/2026"), created=LAST_WEEK))

    assert reasons(desk, "TX") == ["license_expired"]
    assert license_in(desk, "TX").verified_at == datetime(2026, 11, 11, 6, tzinfo=UTC)


def test_an_older_report_that_says_the_same_leaves_the_newer_day(desk: Database) -> None:
    take(desk, of_ana(created=YESTERDAY))

    take(desk, of_ana(created=LAST_WEEK))

    assert license_in(desk, "TX").verified_at == datetime(2026, 11, 17, 6, tzinfo=UTC)


def test_an_older_report_adds_no_license_that_a_newer_one_did_not_show(desk: Database) -> None:
    take(desk, of_ana(created=YESTERDAY))

    outcome = take(desk, of_ana(license_("OH"), nonresident("FL"), created=LAST_WEEK))

    assert reasons(desk, "FL") == ["no_license"]
    assert [one.state for one in outcome.withheld] == ["FL"]


def test_a_report_of_the_same_day_is_not_older(desk: Database) -> None:
    take(desk, of_ana(license_("OH"), nonresident("TX", License_Status="Inactive")))

    take(desk, of_ana(), NOW + timedelta(hours=2))

    assert reasons(desk, "TX", NOW + timedelta(hours=2)) == []


def test_what_was_seen_later_on_the_reports_day_stays_seen_then(desk: Database) -> None:
    imported(desk, ANA, now=NOW)

    take(desk, of_ana(), NOW + timedelta(hours=1))

    assert license_in(desk, "TX").verified_at == NOW


def test_what_a_person_took_after_the_reports_day_stays_taken(desk: Database) -> None:
    with desk.begin() as tx:
        roster.change_license(tx, ANA.npn, "TX", Line.LIFE, NOW - 2 * DAY, "command:alice", status=Status.SUSPENDED)

    take(desk, of_ana(created=LAST_WEEK))
    assert reasons(desk, "TX") == ["license_not_active"]

    take(desk, of_ana(created=YESTERDAY))
    assert reasons(desk, "TX") == []


def test_what_an_audit_took_today_stays_taken_by_this_mornings_report(desk: Database) -> None:
    audited(desk, of_ana(license_("OH"), nonresident("TX", License_Status="Inactive")))

    take(desk, of_ana())
    assert reasons(desk, "TX") == ["license_not_active"]

    take(desk, of_ana(created="11/19/2026 06:00:00"), NOW + DAY)
    assert reasons(desk, "TX", NOW + DAY) == []


def test_a_detail_report_is_as_old_as_one_says(desk: Database) -> None:
    report = detail(individual(detail_state("OH", detail_license())))

    take(desk, report, file_format=DETAIL, npn=ANA.npn, made_on=date(2026, 11, 11))

    assert license_in(desk, "OH").verified_at == datetime(2026, 11, 11, 6, tzinfo=UTC)


# ---- who lives elsewhere


def test_a_resident_license_elsewhere_suspends_at_once_and_asks_for_the_move(desk: Database) -> None:
    outcome = take(desk, of_ana(license_("FL"), nonresident("OH"), nonresident("TX")))

    [elsewhere] = outcome.resident_elsewhere
    assert (elsewhere.ours, elsewhere.theirs, elsewhere.held) == ("OH", "FL", ("FL", "OH", "TX"))
    assert "threegate producer moved 90000001 --to FL --on DATE" in elsewhere.told
    assert holds(desk) == {"FL", "OH", "TX"}
    for state in ("OH", "TX", "FL"):
        assert "domicile_change_pending" in reasons(desk, state)
    [entry] = entries(desk, "resident_elsewhere")
    assert (entry["npn"], entry["suspended"]) == (ANA.npn, ["FL", "OH", "TX"])


def test_a_second_resident_license_in_force_is_a_move_too(desk: Database) -> None:
    outcome = take(desk, of_ana(license_("OH"), license_("FL"), nonresident("TX")))

    assert [(one.ours, one.theirs) for one in outcome.resident_elsewhere] == [("OH", "FL")]
    assert "domicile_change_pending" in reasons(desk, "TX")


def test_a_second_resident_license_that_is_over_is_none(desk: Database) -> None:
    report = of_ana(license_("OH"), license_("FL", License_Status="Inactive"), nonresident("TX"))

    assert take(desk, report).resident_elsewhere == ()
    assert reasons(desk, "TX") == []


def test_told_again_it_suspends_nothing_new(desk: Database) -> None:
    report = of_ana(license_("FL"), nonresident("OH"), nonresident("TX"))
    take(desk, report)

    again = take(desk, report)

    assert [one.held for one in again.resident_elsewhere] == [()]
    assert again.version is None
    assert len(entries(desk, "resident_elsewhere")) == 1


def test_a_dry_run_tells_of_the_residence_and_suspends_nobody(desk: Database) -> None:
    outcome = take(desk, of_ana(license_("FL"), nonresident("OH")), dry_run=True)

    assert [one.theirs for one in outcome.resident_elsewhere] == ["FL"]
    assert holds(desk) == set()
    assert reasons(desk, "TX") == []


def test_after_it_the_move_can_be_reported_and_the_next_report_makes_them_resident_there(desk: Database) -> None:
    report = of_ana(license_("FL"), nonresident("OH"), nonresident("TX"))
    take(desk, report)

    moved = move_domicile(ANA.npn, "FL", date(2026, 11, 2), actor="test", database=desk, now=NOW)
    again = take(desk, of_ana(license_("FL"), nonresident("OH"), nonresident("TX"), created=TODAY), NOW + DAY)

    assert isinstance(moved, Reported)
    assert again.resident_elsewhere == ()
    with desk.read() as tx:
        shown = roster.show(tx, ANA.npn)
    assert shown is not None
    assert shown.person.resident_state == "FL"
    assert holds(desk) == {"FL", "OH", "TX"}


def test_a_report_from_before_the_last_one_tells_of_a_residence_that_is_past(desk: Database) -> None:
    take(desk, of_ana(created=YESTERDAY))

    outcome = take(desk, of_ana(license_("FL"), created=LAST_WEEK))

    assert outcome.resident_elsewhere == ()
    assert holds(desk) == set()


def test_a_later_report_that_shows_them_at_home_after_all_gives_back_what_only_a_report_took(desk: Database) -> None:
    take(desk, of_ana(license_("FL"), nonresident("OH"), nonresident("TX"), created=YESTERDAY))
    assert "domicile_change_pending" in reasons(desk, "TX")

    dry = take(desk, of_ana(), dry_run=True)
    assert holds(desk) == {"FL", "OH", "TX"}
    outcome = take(desk, of_ana())

    assert [one.lifted for one in dry.at_home] == [one.lifted for one in outcome.at_home] == [("FL", "OH", "TX")]
    assert reasons(desk, "TX") == []
    assert [entry["lifted"] for entry in entries(desk, "resident_at_home")] == [["FL", "OH", "TX"]]


def test_a_report_of_the_same_day_does_not_give_it_back(desk: Database) -> None:
    take(desk, of_ana(license_("FL"), nonresident("OH"), nonresident("TX")))

    take(desk, of_ana())

    assert holds(desk) == {"FL", "OH", "TX"}


def test_once_the_move_is_reported_no_report_gives_anything_back(desk: Database) -> None:
    take(desk, of_ana(license_("FL"), nonresident("OH"), nonresident("TX"), created=YESTERDAY))
    move_domicile(ANA.npn, "FL", date(2026, 11, 2), actor="test", database=desk, now=NOW)

    take(desk, of_ana(created="11/19/2026 06:00:00"), NOW + DAY)

    assert holds(desk) == {"FL", "OH", "TX"}


def test_a_residence_that_only_a_roster_file_changed_is_a_move_that_nobody_reported(desk: Database) -> None:
    take(desk, of_ana(license_("FL"), nonresident("OH"), nonresident("TX"), created=YESTERDAY))
    imported(desk, settled(ANA, "FL", "OH", "TX"), now=NOW)

    take(desk, of_ana(license_("FL"), nonresident("OH"), nonresident("TX"), created="11/19/2026 06:00:00"), NOW + DAY)

    assert holds(desk) == {"FL", "OH", "TX"}


# ---- what cannot be read


def test_what_cannot_be_read_waits_once_and_gives_nothing(desk: Database) -> None:
    report = of_ana(license_("OH"), nonresident("FL", UNREADABLE))
    take(desk, report)

    take(desk, report, NOW + DAY)

    with desk.read() as tx:
        [waiting] = unmapped_lines.listed(tx, after=0, limit=10)
    assert (waiting.state, waiting.loa_name, waiting.status) == ("FL", "Life and Then Some", "active")
    assert (waiting.first_seen_at, waiting.last_seen_at) == (NOW, NOW + DAY)
    assert reasons(desk, "FL") == ["no_license"]


def test_a_state_where_nothing_is_in_force_takes_what_we_have_there_although_nobody_can_read_the_line(
    desk: Database,
) -> None:
    take(desk, of_ana(license_("OH"), nonresident("TX", UNREADABLE, License_Status="Cancelled")))

    assert license_in(desk, "TX").status is Status.CANCELLED
    assert reasons(desk, "TX") == ["license_not_active"]


def test_a_state_where_something_unreadable_is_in_force_keeps_what_we_have_there(desk: Database) -> None:
    take(desk, of_ana(license_("OH"), nonresident("TX", UNREADABLE)))

    assert reasons(desk, "TX") == []


def test_one_answer_counts_for_every_producer_of_that_state_class_and_line(desk: Database) -> None:
    imported(desk, BEN, now=NOW - 30 * DAY)
    both = csr(
        producer(license_("OH"), nonresident("FL", UNREADABLE)),
        producer(license_("OH"), nonresident("FL", loa("LIFE, and then some!")), npn=BEN.npn),
        created=TODAY,
    )
    take(desk, both)

    mapped = map_line(1, [Line.LIFE], replace=False, actor="command:alice", database=desk, now=NOW)
    take(desk, both)

    assert isinstance(mapped, LineMapped)
    assert mapped.answered == 2
    assert reasons(desk, "FL") == reasons(desk, "FL", npn=BEN.npn) == []
    [entry] = entries(desk, "line_mapped")
    assert (entry["state"], entry["lines"], entry["before"]) == ("FL", ["life"], None)


def test_the_same_answer_again_changes_nothing(desk: Database) -> None:
    take(desk, of_ana(license_("OH"), nonresident("FL", UNREADABLE)))
    map_line(1, [Line.LIFE], replace=False, actor="command:alice", database=desk, now=NOW)

    again = map_line(1, [Line.LIFE], replace=False, actor="command:bob", database=desk, now=NOW)

    assert isinstance(again, LineMapped)
    assert (again.answered, again.suspended) == (0, ())
    assert len(entries(desk, "line_mapped")) == 1


# ---- education, who is not ours, the ledger


def test_education_is_the_worst_of_a_states_lines(desk: Database) -> None:
    lines = (
        detail_line(CE_COMPLIANCE="YES", CE_RENEWAL_DATE="06/30/2028", CE_CREDITS_NEEDED="0"),
        detail_line(LOA="Property", CE_COMPLIANCE="NO", CE_RENEWAL_DATE="05/31/2028", CE_CREDITS_NEEDED="12"),
    )
    take(desk, detail(individual(detail_state("OH", detail_license(*lines)))), file_format=DETAIL, npn=ANA.npn)

    with desk.read() as tx:
        [(state, standing)] = education.of_producer(tx, ANA.npn).items()
    assert (state, standing.compliant, standing.renewal_on) == ("OH", False, date(2028, 5, 31))
    assert (standing.credits_needed, standing.seen_at) == (12, NOW)


def test_an_older_report_does_not_change_the_education(desk: Database) -> None:
    def report(credits: str) -> bytes:
        line = detail_line(CE_COMPLIANCE="NO", CE_CREDITS_NEEDED=credits)
        return detail(individual(detail_state("OH", detail_license(line))))

    take(desk, report("3"), file_format=DETAIL, npn=ANA.npn)
    take(desk, report("9"), file_format=DETAIL, npn=ANA.npn, made_on=date(2026, 11, 11))

    with desk.read() as tx:
        assert education.of_producer(tx, ANA.npn)["OH"].credits_needed == 3


def test_producers_who_are_not_ours_are_told_and_nothing_of_them_is_kept(desk: Database) -> None:
    outcome = take(desk, csr(producer(license_("OH", UNREADABLE), npn="77"), created=TODAY))

    assert outcome.unknown_producers == ("77",)
    with desk.read() as tx:
        assert roster.show(tx, "77") is None
        assert unmapped_lines.listed(tx, after=0, limit=10) == []


def test_the_ledger_says_who_imported_what_and_what_came_of_it(desk: Database) -> None:
    take(desk, of_ana(license_("OH"), nonresident("FL")))

    [entry] = entries(desk, "nipr_imported")
    assert (entry["file_name"], entry["format"], entry["source"]) == ("report.xml", "nipr-csr", "nipr")
    assert (entry["as_of"], entry["licenses_added"], entry["unknown_producers"]) == ("2026-11-18", 1, [])


def test_a_report_of_another_person_by_that_number_is_refused(desk: Database) -> None:
    outcome = outcome_of(desk, of_ana(), npn="5")

    assert isinstance(outcome, NotImported)
    assert "has no such person" in outcome.why


def test_residency_comes_from_the_report(desk: Database) -> None:
    take(desk, of_ana(license_("OH", Resident_Indicator=None), nonresident("TX")))

    assert license_in(desk, "OH").residency is Residency.NONRESIDENT
    assert reasons(desk, "TX") == ["resident_license_invalid"]
