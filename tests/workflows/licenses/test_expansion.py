"""From the plan of a new state to its opening on a verified document, and out of it again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from app.domain.expansion import NO_NEEDS, Needs, Project, Step
from app.domain.lines import Requirement
from app.outside.documents import DocumentFolder
from app.storage import authority_facts, campaigns, expansion, ledger, moves, roster
from app.storage.database import Database
from app.storage.models.base import table_of
from app.storage.models.ledger import LedgerRow
from app.storage.models.license_desk import DrillRow
from app.workflows.licenses.add_application import Added, NotAdded, add_application
from app.workflows.licenses.begin_expansion import AgencyLicense, Begun, begin_expansion
from app.workflows.licenses.campaign_gaps import coverage
from app.workflows.licenses.close_state import NotClosed, StateClosed, close_state
from app.workflows.licenses.import_roster import Imported, import_roster
from app.workflows.licenses.move_domicile import Reported, move_domicile
from app.workflows.licenses.open_state import Document, NotOpened, Opened, open_on_document, open_state
from app.workflows.licenses.record_application import NotRecorded, Recorded, record_application
from app.workflows.licenses.upload_document import NotUploaded, Uploaded, upload_document
from app.workflows.licenses.verify_document import NotVerified, Verified, verify_document
from tests.builders import Held, Person, licensed, roster_file

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)
PDF = b"%PDF-1.7 certificate of authority"
ANA, BEN = licensed("Ana", 1, "OH", "TX"), licensed("Ben", 2, "OH")
_ledger, _drills = table_of(LedgerRow), table_of(DrillRow)


class Desk:
    """The license desk over one database; `kim` brings documents, `lee` verifies them."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.documents = DocumentFolder(folder)
        self.now = NOW

    def hire(self, *people: Person) -> None:
        imported = import_roster(
            roster_file(*people), file_name="r", actor="t", dry_run=False, database=self.database, now=self.now
        )
        assert isinstance(imported, Imported), imported

    def begin(self, state: str = "TX", **planned: Any) -> Project:
        outcome = begin_expansion(state, **planned, actor="key:kim", database=self.database, now=self.now)
        assert isinstance(outcome, Begun), outcome
        return outcome.project

    def add(self, person: Person, state: str = "TX", loa: str = "life") -> Added | NotAdded:
        return add_application(state, person.npn, loa, actor="key:kim", database=self.database, now=self.now)

    def record(self, application_id: int, *, paid: int | None = None, **steps: date) -> Recorded | NotRecorded:
        return record_application(
            "TX",
            application_id,
            steps={Step(name): day for name, day in steps.items()},
            paid_cents=paid,
            actor="key:kim",
            database=self.database,
            now=self.now,
        )

    def bring(
        self, content: bytes = PDF, *, name: str = "certificate.pdf", state: str = "TX", by: str = "key:kim"
    ) -> Uploaded | NotUploaded:
        how = {"actor": by, "documents": self.documents, "database": self.database, "now": self.now}
        return upload_document(state, name, content, **how)  # type: ignore[arg-type]

    def verify(self, document_id: int, *, by: str = "key:lee", actor: str | None = None) -> Verified | NotVerified:
        return verify_document(
            document_id,
            verified_by=by,
            actor=actor or by,
            documents=self.documents,
            database=self.database,
            now=self.now,
        )

    def open(
        self, document_id: int, *, state: str = "TX", zips: bytes | None = None, needs: Needs = NO_NEEDS
    ) -> Opened | NotOpened:
        outcome = open_on_document(
            state,
            document_id,
            zips=zips,
            actor="key:kim",
            documents=self.documents,
            database=self.database,
            now=self.now,
            needs=needs,
        )
        assert isinstance(outcome, Opened | NotOpened), outcome
        return outcome

    def close(self, state: str = "TX", reason: str = "certificate withdrawn") -> StateClosed | NotClosed:
        return close_state(state, reason=reason, actor="key:kim", database=self.database, now=self.now)

    def proof(self, content: bytes = PDF) -> int:
        """A verified document of a project under way."""
        if self.project() is None:
            self.begin()
        uploaded = self.bring(content)
        assert isinstance(uploaded, Uploaded), uploaded
        verified = self.verify(uploaded.proof.id)
        assert isinstance(verified, Verified), verified
        return verified.proof.id

    def project(self, state: str = "TX") -> Project | None:
        with self.database.read() as tx:
            return expansion.project_of(tx, state)

    def is_open(self, state: str = "TX", zip_code: str | None = None) -> bool:
        """As the gate asks it."""
        with self.database.read() as tx:
            found = authority_facts.openings(tx, [state], zip_code).get(state)
        return found is not None and found.is_open and (found.zips is None or zip_code in found.zips)

    def entries(self, kind: str) -> list[ledger.Entry]:
        with self.database.read() as tx:
            ids = tx.execute(select(_ledger.c.id).where(_ledger.c.kind == kind).order_by(_ledger.c.id)).scalars()
            return [entry for entry in (ledger.entry(tx, each) for each in ids.all()) if entry is not None]


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return Desk(database, tmp_path / "documents")


def codes(outcome: Any) -> list[str]:
    return [obstacle.code for obstacle in outcome.obstacles]


# ---- the project and its applications


def test_a_project_is_begun_once_and_changed_by_what_is_given(desk: Desk) -> None:
    first = desk.begin(budget_cents=50_000)
    second = desk.begin(fewest_producers=2, agency_license=AgencyLicense("A-1", date(2027, 6, 30)))
    desk.begin(fewest_producers=2)

    assert second.id == first.id
    assert (second.budget_cents, second.fewest_producers, second.status) == (50_000, 2, "planned")
    assert [entry.facts["project"] for entry in desk.entries("expansion_begun")] == [first.id]
    (changed,) = desk.entries("expansion_changed")
    assert changed.facts["agency_expires_on"] == "2027-06-30"


def test_an_application_goes_its_way_with_dates_and_fees(desk: Desk) -> None:
    desk.hire(BEN)
    desk.begin()

    added = desk.add(BEN)
    assert isinstance(added, Added)
    assert (added.application.status, added.application.estimated_cents) == ("added", 5_560)
    desk.record(added.application.id, applied=date(2026, 11, 10), paid=5_560)
    done = desk.record(added.application.id, approved=date(2026, 11, 17))

    assert isinstance(done, Recorded)
    assert (done.application.status, done.application.applied_on) == ("approved", date(2026, 11, 10))
    assert done.application.paid_cents == 5_560
    assert [entry.facts["is"] for entry in desk.entries("application_changed")] == [
        {"applied_on": "2026-11-10", "paid_cents": 5_560},
        {"approved_on": "2026-11-17"},
    ]
    assert not desk.is_open()


def test_a_step_that_cannot_be_changes_nothing_and_the_same_step_again_neither(desk: Desk) -> None:
    desk.hire(BEN)
    desk.begin()
    added = desk.add(BEN)
    assert isinstance(added, Added)

    refused = desk.record(added.application.id, approved=date(2026, 11, 17), paid=1)
    desk.record(added.application.id, applied=date(2026, 11, 10))
    desk.record(added.application.id, applied=date(2026, 11, 10))

    assert isinstance(refused, NotRecorded)
    assert refused.field == "approved_on"
    assert len(desk.entries("application_changed")) == 1
    assert isinstance(desk.record(999, applied=date(2026, 11, 10)), NotRecorded)


def test_who_holds_it_or_applies_already_or_is_moving_is_not_added(desk: Desk) -> None:
    desk.hire(ANA, BEN)
    desk.begin()

    assert codes(desk.add(ANA)) == ["held_already"]
    assert isinstance(desk.add(BEN), Added)
    assert codes(desk.add(BEN)) == ["applied_already"]
    moved = move_domicile(ANA.npn, "PA", date(2026, 11, 17), actor="t", database=desk.database, now=desk.now)
    assert isinstance(moved, Reported)
    assert codes(desk.add(ANA)) == ["move_open", "held_already"]
    assert len(desk.entries("application_added")) == 1


def test_after_a_refusal_they_may_apply_again(desk: Desk) -> None:
    desk.hire(BEN)
    desk.begin()
    added = desk.add(BEN)
    assert isinstance(added, Added)
    desk.record(added.application.id, applied=date(2026, 11, 1), refused=date(2026, 11, 9), paid=5_560)

    again = desk.add(BEN)

    assert isinstance(again, Added)
    assert (again.application.status, again.application.paid_cents) == ("added", 5_560)


def test_what_has_changed_since_is_told_when_it_is_filed(desk: Desk) -> None:
    desk.hire(BEN)
    desk.begin()
    added = desk.add(BEN)
    assert isinstance(added, Added)
    with desk.database.begin() as tx:
        roster.change_producer(tx, BEN.npn, desk.now, "t", suspended=True)

    filed = desk.record(added.application.id, applied=date(2026, 11, 10))

    assert codes(filed) == ["producer_suspended"]
    assert desk.entries("application_changed")[0].facts["against"] == ["producer_suspended"]


@pytest.mark.parametrize(("loa", "field"), [("lief", "loa"), ("life|health", "loa"), ("life", "npn")])
def test_what_is_not_there_is_told(desk: Desk, loa: str, field: str) -> None:
    desk.begin()

    outcome = desk.add(BEN, loa=loa)

    assert isinstance(outcome, NotAdded)
    assert outcome.field == field


# ---- documents and two people


def test_a_state_opens_on_a_document_that_another_person_verified(desk: Desk) -> None:
    document_id = desk.proof()

    opened = desk.open(document_id)

    assert isinstance(opened, Opened)
    assert opened.changed == ("TX",)
    assert desk.is_open()
    (entry,) = desk.entries("state_opened")
    assert (entry.actor, entry.facts["by"], entry.facts["verified_by"]) == ("key:kim", "person", "key:lee")
    project = desk.project()
    assert project is not None
    assert project.status == "open"


def test_nothing_opens_on_a_document_that_nobody_verified(desk: Desk) -> None:
    desk.begin()
    uploaded = desk.bring()
    assert isinstance(uploaded, Uploaded)

    assert codes(desk.open(uploaded.proof.id)) == ["document_unverified"]
    assert codes(desk.open(999)) == ["document_missing"]
    assert not desk.is_open()


@pytest.mark.parametrize("same", ["key:kim", "key:KIM", "command:kim", "kim@agency.example", "KEY:Kim "])
def test_who_brought_it_cannot_verify_it(desk: Desk, same: str) -> None:
    desk.begin()
    uploaded = desk.bring()
    assert isinstance(uploaded, Uploaded)

    refused = desk.verify(uploaded.proof.id, by=same)

    assert isinstance(refused, NotVerified)
    assert refused.code == "same_person"
    assert desk.entries("document_verified") == []


def test_the_same_file_again_is_the_first_ones_document(desk: Desk) -> None:
    desk.begin()
    first, second = desk.bring(), desk.bring(name="other.pdf", by="key:lee")
    assert isinstance(first, Uploaded)
    assert isinstance(second, Uploaded)

    assert (second.again, second.proof) == (True, first.proof)
    assert isinstance(desk.verify(first.proof.id, by="key:kim"), NotVerified)
    assert len(desk.entries("document_uploaded")) == 1


def test_who_verified_it_first_stays(desk: Desk) -> None:
    document_id = desk.proof()

    again = desk.verify(document_id, by="key:mia")

    assert isinstance(again, Verified)
    assert (again.again, again.proof.verified_by) == (True, "key:lee")


@pytest.mark.parametrize("harm", [lambda path: path.unlink(), lambda path: path.write_bytes(PDF + b"!")])
def test_a_file_that_is_gone_or_changed_proves_nothing(desk: Desk, harm: Callable[[Path], None]) -> None:
    document_id = desk.proof()
    uploaded = desk.bring(PDF + b" 2")
    assert isinstance(uploaded, Uploaded)
    harm(desk.documents.path(uploaded.proof.sha256))
    with desk.database.read() as tx:
        kept = expansion.project_of(tx, "TX")
    assert kept is not None

    assert isinstance(desk.verify(uploaded.proof.id), NotVerified)
    first = desk.bring()
    assert isinstance(first, Uploaded)
    harm(desk.documents.path(first.proof.sha256))
    assert codes(desk.open(document_id)) == ["file_lost"]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "empty"),
        (b"%PDF-" + bytes(20 * 1024 * 1024), "too_large"),
        (b"MZ\x90\x00\x03\x00\x00\x00", "wrong_kind"),
        (b"<html><script>alert(1)</script>", "wrong_kind"),
        (b"verified by phone", "wrong_kind"),
    ],
)
def test_what_is_no_document_is_not_taken_whatever_its_name(desk: Desk, content: bytes, fault: str) -> None:
    desk.begin()

    refused = desk.bring(content, name="certificate.pdf")

    assert isinstance(refused, NotUploaded)
    assert refused.fault == fault
    assert not desk.documents.path("0" * 64).parent.exists()


def test_without_a_project_nothing_is_taken(desk: Desk) -> None:
    refused = desk.bring()

    assert isinstance(refused, NotUploaded)
    assert refused.fault == "no_project"


def test_a_document_of_another_state_opens_nothing(desk: Desk) -> None:
    document_id = desk.proof()
    desk.begin("FL")

    assert codes(desk.open(document_id, state="FL")) == ["document_missing"]


# ---- what else may be asked for


def test_an_installation_may_ask_for_a_drill_and_producers_and_names_what_is_missing(desk: Desk) -> None:
    desk.hire(ANA)
    document_id, needs = desk.proof(), Needs(drill_days=30, producers=2)

    assert codes(desk.open(document_id, needs=needs)) == ["too_few_producers", "drill_missing"]

    desk.hire(licensed("Ben", 2, "OH", "TX"))
    with desk.database.begin() as tx:
        drill = {"at": NOW - timedelta(days=2), "run_by": "t", "state": "TX", "passed": True, "report": "{}"}
        tx.execute(insert(_drills).values(**drill, roster_version=ledger.roster_version(tx)))
    assert isinstance(desk.open(document_id, needs=needs), Opened)


def test_a_drill_before_the_licenses_changed_or_of_another_state_does_not_count(desk: Desk) -> None:
    desk.hire(ANA)
    document_id, needs = desk.proof(), Needs(drill_days=30)
    with desk.database.begin() as tx:
        drill = {"at": NOW, "run_by": "t", "passed": True, "report": "{}", "roster_version": 1}
        tx.execute(insert(_drills), [{**drill, "state": "TX"}, {**drill, "state": "FL"}])
    desk.hire(licensed("Ben", 2, "OH", "TX"))

    assert codes(desk.open(document_id, needs=needs)) == ["drill_outdated"]


def test_a_producer_whose_resident_license_lapsed_does_not_count(desk: Desk) -> None:
    desk.hire(ANA.holding(Held("OH", expires="2026-11-17"), Held("TX")))
    desk.begin(fewest_producers=1)

    assert codes(desk.open(desk.proof())) == ["too_few_producers"]


def test_a_command_is_asked_for_the_same(desk: Desk) -> None:
    desk.begin(fewest_producers=1)

    refused = open_state(
        ["TX"],
        document=Document("c.pdf", PDF),
        verified_by="c@agency.example",
        zips=None,
        actor="command:kim",
        database=desk.database,
        now=desk.now,
    )

    assert codes(refused) == ["too_few_producers"]
    assert not desk.is_open()


# ---- the agency's own license


def test_the_agencys_own_license_ends_the_opening_at_the_states_midnight(desk: Desk) -> None:
    desk.begin(agency_license=AgencyLicense("A-1", date(2027, 6, 30)))

    opened = desk.open(desk.proof())

    assert isinstance(opened, Opened)
    assert opened.states[0].agency_until == datetime(2027, 7, 1, 5, tzinfo=UTC)


def test_one_that_ends_sooner_counts_at_once_and_one_that_ends_later_from_the_next_opening(desk: Desk) -> None:
    desk.begin(agency_license=AgencyLicense("A-1", date(2027, 6, 30)))
    document_id = desk.proof()
    desk.open(document_id)

    desk.begin(agency_license=AgencyLicense("A-1", date(2026, 12, 31)))
    assert agency_until(desk) == datetime(2027, 1, 1, 6, tzinfo=UTC)

    desk.begin(agency_license=AgencyLicense("A-2", date(2028, 12, 31)))
    assert agency_until(desk) == datetime(2027, 1, 1, 6, tzinfo=UTC)

    desk.open(document_id)
    assert agency_until(desk) == datetime(2029, 1, 1, 6, tzinfo=UTC)


def agency_until(desk: Desk) -> datetime | None:
    with desk.database.read() as tx:
        return authority_facts.openings(tx, ["TX"], None)["TX"].agency_until


# ---- territory, closing, reopening


def test_a_pilot_territory_is_widened_on_the_same_document(desk: Desk) -> None:
    document_id = desk.proof()

    desk.open(document_id, zips=b"75001")
    assert (desk.is_open(zip_code="75001"), desk.is_open(zip_code="75002"), desk.is_open()) == (True, False, False)

    desk.open(document_id, zips=b"75001\n75002")
    assert desk.is_open(zip_code="75002")

    desk.open(document_id)
    assert desk.is_open()


def test_closing_is_at_once_and_says_who_and_why(desk: Desk) -> None:
    desk.open(desk.proof(), zips=b"75001")

    closed = desk.close()

    assert isinstance(closed, StateClosed)
    assert not desk.is_open(zip_code="75001")
    (entry,) = desk.entries("state_closed")
    assert (entry.actor, entry.facts["reason"]) == ("key:kim", "certificate withdrawn")
    assert desk.project() is None
    again = desk.close()
    assert isinstance(again, StateClosed)
    assert again.version is None
    assert len(desk.entries("state_closed")) == 1


def test_opening_again_takes_a_document_again(desk: Desk) -> None:
    old = desk.proof()
    desk.open(old)
    desk.close()

    assert codes(desk.open(old)) == ["document_missing"]
    desk.begin()
    assert codes(desk.open(old)) == ["document_missing"]
    assert isinstance(desk.verify(brought_again(desk)), Verified)
    assert not desk.is_open()
    assert isinstance(desk.open(desk.proof()), Opened)
    assert desk.is_open()


def brought_again(desk: Desk) -> int:
    """The very file of before, brought again: it counts, but as a new document, for somebody looked at it again."""
    uploaded = desk.bring()
    assert isinstance(uploaded, Uploaded)
    assert (uploaded.again, uploaded.proof.verified_by) == (False, None)
    return uploaded.proof.id


def test_a_document_of_a_closed_project_is_not_verified_any_more(desk: Desk) -> None:
    desk.begin()
    uploaded = desk.bring()
    assert isinstance(uploaded, Uploaded)
    desk.close()

    refused = desk.verify(uploaded.proof.id)

    assert isinstance(refused, NotVerified)
    assert refused.code == "project_closed"


def test_what_a_command_opened_has_a_project_and_is_closed_like_any_other(desk: Desk) -> None:
    opened = open_state(
        ["TX", "FL"],
        document=Document("c.txt", b"verified by phone"),
        verified_by="c@agency.example",
        zips=None,
        actor="command:kim",
        database=desk.database,
        now=desk.now,
        documents=desk.documents,
    )
    assert isinstance(opened, Opened), opened

    assert [each and each.status for each in (desk.project("TX"), desk.project("FL"))] == ["open", "open"]
    assert isinstance(desk.close("FL"), StateClosed)
    assert (desk.is_open("TX"), desk.is_open("FL")) == (True, False)
    assert len(list(desk.documents.path("0" * 64).parent.iterdir())) == 1


@pytest.mark.parametrize(
    ("content", "verified_by", "words"),
    [(b"MZ\x90\x00", "c@agency.example", "first bytes"), (PDF, "Kim@agency.example", "another person")],
)
def test_a_command_takes_no_program_and_not_ones_own_word(
    desk: Desk, content: bytes, verified_by: str, words: str
) -> None:
    refused = open_state(
        ["TX"],
        document=Document("c.pdf", content),
        verified_by=verified_by,
        zips=None,
        actor="command:kim",
        database=desk.database,
        now=desk.now,
    )

    assert isinstance(refused, NotOpened)
    assert words in refused.why


@pytest.mark.parametrize(("state", "reason"), [("XX", "x"), ("TX", "x" * 501), ("TX", "a\u202eb"), ("TX", "x")])
def test_what_cannot_be_closed_is_told(desk: Desk, state: str, reason: str) -> None:
    assert isinstance(desk.close(state, reason), NotClosed)


# ---- at the same time


def test_of_two_who_open_at_once_one_does(desk: Desk) -> None:
    document_id = desk.proof()

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(lambda _: desk.open(document_id), range(4)))

    assert sorted(len(outcome.changed) for outcome in outcomes if isinstance(outcome, Opened)) == [0, 0, 0, 1]
    assert len(desk.entries("state_opened")) == 1


def test_of_several_who_begin_and_bring_the_same_file_at_once_one_does(desk: Desk) -> None:
    with ThreadPoolExecutor(4) as pool:
        projects = {each.id for each in pool.map(lambda _: desk.begin(), range(4))}
        found = list(pool.map(lambda _: desk.bring(), range(4)))

    assert len(projects) == 1
    assert sorted(each.again for each in found if isinstance(each, Uploaded)) == [False, True, True, True]


class Watched(DocumentFolder):
    """Tells when a file has been looked at: what comes after it waits for the transaction that is open."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.looked_at = threading.Event()

    def has(self, digest: str) -> bool:
        found = super().has(digest)
        self.looked_at.set()
        return found


def test_an_opener_who_waited_for_a_closing_finds_the_document_gone(desk: Desk) -> None:
    document_id = desk.proof()
    desk.documents = watched = Watched(desk.documents.path("0" * 64).parent)

    with ThreadPoolExecutor(1) as pool:
        with desk.database.begin() as tx:
            moves.keep_others_out(tx)
            opening = pool.submit(desk.open, document_id)
            assert watched.looked_at.wait(10)
            project = expansion.project_of(tx, "TX")
            assert project is not None
            expansion.change(tx, project.id, status="closed", closed_at=desk.now)
        outcome = opening.result(30)

    assert codes(outcome) == ["document_missing"]
    assert not desk.is_open()


# ---- gaps


@pytest.mark.parametrize(("others", "expected"), [((), 1), ((licensed("Ben", 2, "OH", "TX"),), 2)])
def test_a_state_that_hangs_on_one_producer_is_a_gap_and_one_with_two_is_none(
    desk: Desk, others: tuple[Person, ...], expected: int
) -> None:
    desk.hire(ANA, licensed("Cam", 3, "OH", "FL"), *others)
    with desk.database.begin() as tx:
        campaigns.add(
            tx, number="+18005550199", name="Final expense", requirement=Requirement.parse("life"), vendor_id=None
        )

    opened = desk.open(desk.proof(), zips=b"75001\n75002")

    assert isinstance(opened, Opened)
    with desk.database.read() as tx:
        (covered,) = coverage(tx, opened.states, desk.now)
    assert (covered.producers, covered.gap is None) == (expected, expected == 2)
