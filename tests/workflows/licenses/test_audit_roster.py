"""The roster held against a report, on real databases: what says less is suspended, what says more gives nothing."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select

from app.domain.licensing import Status
from app.domain.lines import Line
from app.rosters.errors import Refusal
from app.rosters.nipr_values import question
from app.simulator.parties import accepts
from app.storage import discrepancies, ledger, roster, unmapped_lines
from app.storage.audits import Audit
from app.storage.database import Database
from app.storage.models import Base
from app.storage.models.base import table_of
from app.storage.models.ledger import LedgerRow
from app.storage.models.roster import RosterVersionRow
from app.workflows.licenses.exposure import written_exposure
from app.workflows.licenses.import_roster import Imported, import_roster
from tests.builders import YESTERDAY, Held, licensed, roster_file
from tests.conversations.people import KEYS_OHIO, OHIO_CALLER, OTHER_OHIO_CALLER
from tests.product import Stage
from tests.rosters.nipr_files import (
    csr,
    detail,
    detail_license,
    detail_state,
    individual,
    license_,
    loa,
    nonresident,
    producer,
)
from tests.rosters.rosters import Holder, file_of, rosters
from tests.workflows.licenses.audits import (
    ANA,
    BEN,
    NOW,
    audited,
    but,
    empty,
    found,
    imported,
    outcome_of,
    statuses,
    told,
    version,
    why_not,
    without,
)

SAME = {"License_Issue_Date": "01/01/2020", "License_Expiration_Date": "12/31/2027"}
LIFE = loa(LOA_Issue_Date="01/01/2020")


def ledger_kinds(database: Database) -> list[str]:
    with database.read() as tx:
        rows = tx.execute(select(table_of(LedgerRow).c.kind).order_by(table_of(LedgerRow).c.id))
        return list(rows.scalars())


def everything(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.read() as tx:
        return {
            table.name: [tuple(row) for row in tx.execute(select(table).order_by(*table.primary_key))]
            for table in Base.metadata.sorted_tables
        }


def test_the_roster_compared_with_itself_has_no_discrepancy_and_verifies_nothing(database: Database) -> None:
    imported(database, ANA, BEN)
    with database.read() as tx:
        before = roster.show(tx, ANA.npn)

    outcome = audited(database, roster_file(ANA, BEN), NOW + timedelta(days=1))

    with database.read() as tx:
        assert roster.show(tx, ANA.npn) == before
    audit = outcome.audit
    assert (audit.compared, audit.discrepancies, audit.not_in_report, audit.roster_version) == (2, 0, 0, 1)
    assert (audit.period, audit.file_name, audit.file_format, audit.begun_by) == (
        "2026-11",
        "report.csv",
        "csv",
        "command:alice",
    )
    assert ledger_kinds(database) == ["roster_imported", "audit_begun", "roster_audited"]


def test_each_kind_is_told_and_only_less_is_suspended(database: Database) -> None:
    dee = licensed("Dee", 4, "OH", "TX", "FL", "GA", "PA")
    imported(database, dee)
    theirs = without(dee, "TX")
    theirs = but(theirs, "FL", status="revoked")
    theirs = but(theirs, "GA", expires="2027-06-30")
    theirs = but(theirs, "PA", expires="2028-12-31")
    theirs = theirs.holding(*theirs.held, Held("NY"))

    outcome = audited(database, roster_file(theirs))

    assert told(database, outcome.audit) == [
        (dee.npn, "FL", "life", "lapsed", True),
        (dee.npn, "GA", "life", "differing", True),
        (dee.npn, "NY", "life", "missing_here", False),
        (dee.npn, "PA", "life", "differing", False),
        (dee.npn, "TX", "life", "missing_there", True),
    ]
    assert statuses(database, dee) == {
        "OH": "active",
        "TX": "suspended",
        "FL": "suspended",
        "GA": "suspended",
        "PA": "active",
    }
    first = found(database, outcome.audit)[0]
    assert first.ours == {
        "status": "active",
        "residency": "nonresident",
        "license_number": f"FL-{dee.npn}",
        "effective_date": "2020-01-01",
        "expiration_date": "2027-12-31",
    }
    assert first.theirs == {**first.ours, "status": "revoked"}
    assert (first.due_at, first.owner, first.resolved_at) == (NOW + timedelta(hours=48), None, None)


def test_a_suspension_is_a_version_of_the_roster_with_its_file_and_in_the_ledger(database: Database) -> None:
    imported(database, ANA)

    outcome = audited(database, roster_file(without(ANA, "TX")))

    with database.read() as tx:
        change = tx.execute(select(table_of(RosterVersionRow)).order_by(RosterVersionRow.version.desc())).first()
        entry = ledger.entry(tx, tx.execute(select(func.max(LedgerRow.id))).scalar_one() - 1)
    assert change is not None
    assert (change.version, change.actor, change.source, change.file_name) == (
        2,
        "command:alice",
        "audit",
        "report.csv",
    )
    assert change.file_sha256 == outcome.audit.file_sha256
    assert entry is not None
    assert (entry.kind, entry.roster_version) == ("discrepancies_found", 2)
    assert entry.facts == {
        "audit": 1,
        "found": 1,
        "suspended": [f"{ANA.npn}/TX/life"],
        "sold_not_held": [],
        "version": 2,
    }


def test_the_same_file_on_the_same_roster_is_compared_once(database: Database) -> None:
    imported(database, ANA)
    first = audited(database, roster_file(without(ANA, "TX")))
    before = everything(database)

    again = audited(database, roster_file(without(ANA, "TX")), NOW + timedelta(hours=5))

    assert (again.again, again.audit) == (True, first.audit)
    assert everything(database) == before


def test_another_reading_of_the_file_or_another_roster_is_another_audit(database: Database) -> None:
    imported(database, ANA, BEN)
    content = roster_file(ANA)
    first = audited(database, content)

    whole = audited(database, content, whole=True)
    last_month = audited(database, content, period="2026-10")
    imported(database, licensed("Cam", 3, "OH"))
    later = audited(database, content)

    assert [first.audit.id, whole.audit.id, last_month.audit.id, later.audit.id] == [1, 2, 3, 4]
    assert not any(outcome.again for outcome in (whole, last_month, later))
    assert last_month.audit.period == "2026-10"


def test_whom_a_report_does_not_name_is_counted_and_left_alone(database: Database) -> None:
    imported(database, ANA, BEN)

    outcome = audited(database, roster_file(ANA))

    assert (outcome.audit.compared, outcome.audit.not_in_report, outcome.audit.discrepancies) == (1, 1, 0)
    assert set(statuses(database, BEN).values()) == {"active"}


def test_whom_a_report_of_everybody_does_not_name_holds_nothing(database: Database) -> None:
    imported(database, ANA, BEN)

    outcome = audited(database, roster_file(ANA), whole=True)

    assert told(database, outcome.audit) == [
        (BEN.npn, "OH", "life", "missing_there", True),
        (BEN.npn, "TX", "life", "missing_there", True),
    ]
    assert set(statuses(database, BEN).values()) == {"suspended"}
    assert (outcome.audit.compared, outcome.audit.not_in_report, outcome.audit.suspended) == (2, 1, 2)


def test_somebody_whom_we_do_not_have_is_missing_here_and_gets_nothing(database: Database) -> None:
    imported(database, ANA)

    outcome = audited(database, roster_file(ANA, BEN))

    assert told(database, outcome.audit) == [
        (BEN.npn, "OH", "life", "missing_here", False),
        (BEN.npn, "TX", "life", "missing_here", False),
    ]
    with database.read() as tx:
        assert roster.show(tx, BEN.npn) is None
    assert version(database) == 1


def test_what_says_more_of_a_suspended_license_gives_nothing(database: Database) -> None:
    imported(database, but(ANA, "TX", status="suspended"))

    outcome = audited(database, roster_file(ANA))

    assert told(database, outcome.audit) == [(ANA.npn, "TX", "life", "differing", False)]
    assert statuses(database, ANA)["TX"] == "suspended"
    assert version(database) == 1


def test_a_license_suspended_by_an_audit_comes_back_by_an_import_that_shows_it_active(database: Database) -> None:
    imported(database, ANA)
    audited(database, roster_file(without(ANA, "TX")))

    imported(database, ANA, now=NOW + timedelta(hours=1))

    assert statuses(database, ANA)["TX"] == "active"


@settings(max_examples=12)
@given(rosters(), st.data())
def test_any_roster_agrees_with_itself_and_one_changed_license_is_found(
    database: Database, listed: list[Holder], data: st.DataObject
) -> None:
    empty(database)
    outcome = import_roster(file_of(listed), file_name="r.csv", actor="test", dry_run=False, database=database, now=NOW)
    assert isinstance(outcome, Imported)
    holder = data.draw(st.sampled_from(listed))
    license_there = data.draw(st.sampled_from(holder.licenses))
    changed = replace(license_there, status=data.draw(st.sampled_from(Status)), number=license_there.number + "X")
    rest = tuple(changed if held is license_there else held for held in holder.licenses)
    theirs = [replace(each, licenses=rest) if each is holder else each for each in listed]

    alike = audited(database, file_of(listed))
    differing = audited(database, file_of(theirs))

    assert (alike.audit.compared, alike.audit.discrepancies) == (len(listed), 0)
    assert [(one.npn, one.state, one.line) for one in found(database, differing.audit)] == [
        (holder.npn, changed.state, changed.line)
    ]


# ---- NIPR's reports


def test_a_company_specialized_report_is_known_by_its_first_bytes(database: Database) -> None:
    imported(database, without(ANA, "FL"))
    content = csr(producer(license_("OH", LIFE, **SAME, License_Number="OH-90000001"), npn=ANA.npn))

    outcome = audited(database, content)

    assert outcome.audit.file_format == "nipr-csr"
    assert outcome.audit.as_of == date(2026, 11, 20)
    assert told(database, outcome.audit) == [(ANA.npn, "TX", "life", "missing_there", True)]


def test_a_detail_report_is_told_whose_it_is(database: Database) -> None:
    imported(database, without(ANA, "FL", "TX"))
    license_there = detail_license(DATE_EXPIRE_LICENSE="12/31/2027", DATE_ISSUE_LICENSE_ORIG="01/01/2020")
    content = detail(individual(detail_state("OH", license_there)))

    why = why_not(database, content)
    outcome = audited(database, content, npn=ANA.npn)

    assert "give the NPN" in why
    assert (outcome.audit.file_format, outcome.audit.given_npn) == ("nipr-detail", ANA.npn)
    [one] = found(database, outcome.audit)
    assert (one.kind, one.less) == ("differing", False)
    assert [(side or {})["license_number"] for side in (one.ours, one.theirs)] == ["OH-90000001", "OH-1"]


def test_what_cannot_be_mapped_is_told_and_keeps_no_license_alive(database: Database) -> None:
    imported(database, without(ANA, "FL"))
    texas = nonresident("TX", loa("Life and Moon Cruises"), License_Number="TX-90000001")
    content = csr(producer(license_("OH", LIFE, **SAME, License_Number="OH-90000001"), texas, npn=ANA.npn))

    outcome = audited(database, content)

    assert told(database, outcome.audit) == [
        (ANA.npn, "TX", "life", "missing_there", True),
        (ANA.npn, "TX", "", "unmapped", False),
    ]
    missing, unmapped = found(database, outcome.audit)
    assert missing.theirs == {"not_mapped": "Life and Moon Cruises"}
    assert (unmapped.theirs or {})["loa_name"] == "Life and Moon Cruises"


def test_what_a_person_said_since_of_a_line_makes_another_audit_of_the_same_file(database: Database) -> None:
    imported(database, without(ANA, "FL"))
    texas = nonresident("TX", loa("Life and Moon Cruises"), License_Number="TX-90000001", **SAME)
    content = csr(producer(license_("OH", LIFE, **SAME, License_Number="OH-90000001"), texas, npn=ANA.npn))
    first = audited(database, content)
    unread = (found(database, first.audit)[-1].theirs or {})["license_class"]
    with database.begin() as tx:
        asked = question("TX", unread, "Life and Moon Cruises")
        unmapped_lines.put_answer(tx, asked, [Line.LIFE], by="alice", now=NOW + timedelta(hours=1))

    again = audited(database, content, NOW + timedelta(hours=2))

    assert (again.again, again.audit.id) == (False, 2)
    # It is read now, and says more than the license that the first audit suspended.
    assert told(database, again.audit) == [(ANA.npn, "TX", "life", "differing", False)]


@pytest.mark.parametrize(
    ("content", "more", "words"),
    [
        (csr(producer(license_("OH"), npn="7")), {"npn": "8"}, "no such person"),
        (detail(individual(detail_state("OH", detail_license()))), {"npn": "0x"}, "not an NPN"),
        (roster_file(ANA), {"npn": "7"}, "says itself"),
        (roster_file(ANA), {"period": "2026-09"}, "2026-11 or 2026-10"),
        (roster_file(ANA), {"period": "2026-12"}, "this month or the last"),
        (roster_file(ANA), {"period": "soon"}, "this month or the last"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    database: Database, content: bytes, more: dict[str, str], words: str
) -> None:
    imported(database, ANA)

    assert words in why_not(database, content, **more)
    assert ledger_kinds(database) == ["roster_imported"]


def test_a_broken_file_is_refused_with_its_lines(database: Database) -> None:
    outcome = outcome_of(database, roster_file(ANA).replace(b",life,", b",boats,", 1))

    assert isinstance(outcome, Refusal)
    assert [(error.line, error.column) for error in outcome.errors] == [(2, "loa")]


# ---- again and again


def test_what_a_later_audit_finds_again_keeps_its_clock_and_its_owner(database: Database) -> None:
    imported(database, ANA)
    longer = but(ANA, "TX", expires="2029-12-31")
    first = audited(database, roster_file(longer))
    with database.begin() as tx:
        discrepancies.assign(tx, 1, "carol@example.com")

    second = audited(database, roster_file(but(longer, "FL", expires="2029-12-31")), NOW + timedelta(hours=30))

    [carried] = found(database, first.audit)
    assert (carried.resolved_as, carried.resolution) == ("carried", "found again by audit 2")
    texas = {one.state: one for one in found(database, second.audit)}["TX"]
    florida = {one.state: one for one in found(database, second.audit)}["FL"]
    assert (texas.due_at, texas.owner) == (NOW + timedelta(hours=48), "carol@example.com")
    assert (florida.due_at, florida.owner) == (NOW + timedelta(hours=78), None)


def test_a_suspension_goes_on_being_told_where_a_later_report_says_more(database: Database) -> None:
    imported(database, ANA)
    audited(database, roster_file(but(ANA, "TX", expires="2027-06-30")))

    second = audited(database, roster_file(ANA), NOW + timedelta(hours=1))

    assert told(database, second.audit) == [(ANA.npn, "TX", "life", "differing", True)]
    assert [one.less for one in found(database, second.audit)] == [False]
    assert statuses(database, ANA)["TX"] == "suspended"


class CutOff(Database):
    """A database whose process dies just before the commit after the first few."""

    def __init__(self, url: str, *, after: int) -> None:
        super().__init__(url, synchronous="OFF")
        self._left = after

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        with super().begin() as tx:
            yield tx
            self._left -= 1
            if self._left < 0:
                raise KeyboardInterrupt


EVERYBODY = [licensed(f"P{number}", number, "OH", "TX") for number in range(1, 8)]
NOBODY_IN_TEXAS = roster_file(*(without(person, "TX") for person in EVERYBODY))


def test_an_audit_that_was_cut_off_goes_on_where_it_stopped(database: Database, database_url: str) -> None:
    imported(database, *EVERYBODY)
    dying = CutOff(database_url, after=2)  # the beginning, and one batch
    with pytest.raises(KeyboardInterrupt):
        audited(dying, NOBODY_IN_TEXAS, batch_size=3)
    dying.dispose()
    suspended_so_far = [statuses(database, person)["TX"] for person in EVERYBODY]

    outcome = audited(database, NOBODY_IN_TEXAS, NOW + timedelta(hours=1), batch_size=3)

    assert suspended_so_far == ["suspended"] * 3 + ["active"] * 4
    assert (outcome.again, outcome.audit.id, outcome.audit.compared) == (False, 1, 7)
    assert [one.npn for one in found(database, outcome.audit)] == [person.npn for person in EVERYBODY]
    assert {statuses(database, person)["TX"] for person in EVERYBODY} == {"suspended"}
    assert audited(database, NOBODY_IN_TEXAS).again


def test_two_who_audit_the_same_file_at_once_make_one_audit(database: Database) -> None:
    imported(database, *EVERYBODY)
    together = Barrier(3)

    def audit(_: int) -> Audit:
        together.wait()
        return audited(database, NOBODY_IN_TEXAS, batch_size=2).audit

    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(audit, range(3)))

    assert {(one.id, one.compared, one.discrepancies, one.suspended) for one in made} == {(1, 7, 7, 7)}


# ---- calls


def test_a_live_call_is_refused_right_after(stage: Stage) -> None:
    stage.hire(ANA)
    before = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    audited(stage.database, roster_file(but(ANA, "OH", status="inactive")), stage.now)
    stage.presence(ANA, "available")
    after = stage.call_from(OTHER_OHIO_CALLER, KEYS_OHIO)

    assert stage.outcomes(before) == [(ANA.npn, "accepted")]
    assert stage.outcomes(after) == []


def test_a_call_for_a_line_that_the_report_does_not_give_was_sold_and_not_held(stage: Stage) -> None:
    stage.hire(ANA)
    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)

    outcome = audited(stage.database, roster_file(without(ANA, "OH")), stage.now)

    kinds = {one.kind: one for one in found(stage.database, outcome.audit)}
    assert set(kinds) == {"missing_there", "sold_not_held"}
    sold = kinds["sold_not_held"]
    assert (sold.state, sold.line, sold.suspended, sold.theirs) == ("OH", Line.LIFE, False, None)
    assert [(sold.ours or {})[name] for name in ("calls", "call_sids")] == [1, [call.sid]]


def test_calls_of_more_than_thirty_days_ago_are_not_told(stage: Stage) -> None:
    stage.hire(ANA)
    stage.call_from(OHIO_CALLER, KEYS_OHIO)
    stage.clock.advance(timedelta(days=31).total_seconds())

    outcome = audited(stage.database, roster_file(without(ANA, "OH")), stage.now)

    assert [one.kind for one in found(stage.database, outcome.audit)] == ["missing_there"]


def test_a_license_suspended_while_the_producer_rings_is_not_bridged(stage: Stage) -> None:
    stage.hire(ANA)
    call = stage.ring_in(OHIO_CALLER, KEYS_OHIO)
    stage.exchange.run(1)

    audited(stage.database, roster_file(but(ANA, "OH", status="suspended")), stage.now)
    stage.exchange.run()

    assert "accepted" not in [outcome for _, outcome in stage.outcomes(call)]
    assert statuses(stage.database, ANA)["OH"] == str(Status.SUSPENDED)


def test_a_call_bridged_after_a_license_had_ended_by_the_report_is_listed_as_exposure(stage: Stage) -> None:
    stage.hire(ANA, behavior=accepts())
    call = stage.call_from(OHIO_CALLER, KEYS_OHIO)
    stage.clock.advance(60)
    ended_yesterday = but(ANA, "OH", status="expired", expires=YESTERDAY)

    outcome = audited(stage.database, roster_file(ended_yesterday), stage.now)

    assert [(each.call_sid, each.states) for each in outcome.exposed] == [(call.sid, ("OH",))]
    with stage.database.read() as tx:
        written = written_exposure(tx, because={"audit": outcome.audit.id}, since=stage.now)
    assert [each.call_sid for each in written] == [call.sid]
