"""The watched folder: sound files into the roster, others beside their errors, and each of them once."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.domain.lines import Line
from app.storage import ledger
from app.storage.database import Database
from app.storage.models import Base
from app.workflows.licenses.map_line import map_line
from app.workflows.licenses.watch_folder import CLAIM_ENDS_AFTER, SETTLES_AFTER, watch_folder
from tests.builders import roster_file
from tests.rosters.nipr_files import (
    DETAIL_SAMPLE,
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
from tests.workflows.licenses.audits import imported
from tests.workflows.licenses.moving import entries
from tests.workflows.licenses.nipr import ANA, DAY, NOW, license_in, open_states, reasons
from tests.workflows.receivers import Receivers

REPORT = csr(producer(license_("OH"), nonresident("TX"), nonresident("FL")), created="11/18/2026 06:00:00")


@dataclass
class Folder:
    """The folder and the scheduler that looks into it."""

    path: Path
    database: Database
    now: datetime = NOW
    receivers: Receivers = field(default_factory=Receivers)

    def put(self, name: str, content: bytes, made_at: datetime = NOW) -> Path:
        path = self.path / name
        path.write_bytes(content)
        os.utime(path, (made_at.timestamp(), made_at.timestamp()))
        return path

    def look(self, after: timedelta = SETTLES_AFTER) -> int:
        self.now += after
        return watch_folder(folder=self.path, database=self.database, notices=self.receivers, now=self.now)

    def take(self) -> int:
        """Two looks."""
        return self.look() + self.look()

    def names(self, folder: str = "") -> list[str]:
        """Without the time that is put in front."""
        where = self.path / folder
        found = sorted(path.name for path in where.iterdir() if path.is_file()) if where.exists() else []
        return [name.partition("-")[2] for name in found] if folder else found


@pytest.fixture
def folder(database: Database, tmp_path: Path) -> Folder:
    imported(database, ANA, now=NOW - 30 * DAY)
    open_states(database, "OH", "TX", "FL", "KS")
    path = tmp_path / "nipr"
    path.mkdir()
    return Folder(path, database)


def test_a_report_is_imported_at_the_second_look_and_lies_in_done(folder: Folder) -> None:
    folder.put("report.xml", REPORT)

    assert folder.look() == 0
    assert reasons(folder.database, "FL") == ["no_license"]
    assert folder.look() == 1

    assert reasons(folder.database, "FL") == []
    assert (folder.names(), folder.names("done")) == ([], ["report.xml"])
    assert folder.receivers.heard == []


def test_what_the_folder_brings_is_of_the_feed_and_blocks_after_ten_days(folder: Folder) -> None:
    folder.put("report.xml", REPORT)
    folder.take()

    held = license_in(folder.database, "FL")
    assert held.stale_at - held.verified_at == timedelta(days=10)
    assert [entry["source"] for entry in entries(folder.database, "nipr_imported")] == ["nipr-feed"]


def test_a_file_that_is_still_written_waits(folder: Folder) -> None:
    folder.put("report.xml", REPORT[:100])
    folder.look()
    folder.put("report.xml", REPORT[:200], NOW + timedelta(seconds=1))
    folder.look()
    folder.put("report.xml", REPORT, NOW + timedelta(seconds=2))

    assert folder.look() == 0
    assert folder.look(timedelta(seconds=5)) == 0
    assert folder.look() == 1
    assert folder.names("done") == ["report.xml"]


def test_a_bad_file_is_rejected_with_its_errors_and_one_notice(folder: Folder) -> None:
    folder.put("report.xml", REPORT.replace(b'NIPR_Number="90000001"', b'NIPR_Number="0"'))

    assert folder.take() == 1
    folder.look()

    assert folder.names("rejected") == ["report.xml", "report.xml.txt"]
    [errors] = [path.read_text() for path in (folder.path / "rejected").glob("*.txt")]
    assert "2: CSR_Producer/NIPR_Number: an NPN is 1 to 10 digits" in errors
    [notice] = folder.receivers.heard
    assert notice.title == "Watched folder: 1 file rejected, nothing of them imported"
    assert reasons(folder.database, "FL") == ["no_license"]


def test_a_notice_that_reached_nobody_is_sent_at_the_next_look(folder: Folder) -> None:
    folder.receivers.down = True
    folder.put("a.xml", b"<a/>")
    folder.put("b.xml", b"")
    folder.take()
    folder.receivers.down = False

    folder.look()
    folder.look()

    [notice] = folder.receivers.heard
    assert notice.title == "Watched folder: 2 files rejected, nothing of them imported"


def test_the_very_same_content_is_not_imported_again(folder: Folder) -> None:
    folder.put("report.xml", REPORT)
    folder.take()
    folder.put("again.xml", REPORT, NOW + DAY)

    folder.take()

    assert folder.names("done") == ["report.xml", "again.xml"]
    assert len(entries(folder.database, "nipr_imported")) == 1


def test_after_a_persons_answer_the_same_report_is_worth_another_reading(folder: Folder) -> None:
    report = csr(producer(license_("OH"), nonresident("FL", loa("Life and More"))), created="11/18/2026 06:00:00")
    folder.put("report.xml", report)
    folder.take()
    map_line(1, [Line.LIFE], replace=False, actor="test", database=folder.database, now=folder.now + DAY)
    folder.put("report.xml", report)

    folder.look(2 * DAY)
    folder.look()

    assert reasons(folder.database, "FL") == []


def test_two_schedulers_import_a_file_once(folder: Folder) -> None:
    folder.put("report.xml", REPORT)
    folder.look()
    folder.now += SETTLES_AFTER
    start = threading.Barrier(2)

    def scheduler(_number: int) -> int:
        start.wait()
        return folder.look(timedelta())

    with ThreadPoolExecutor(2) as both:
        taken = list(both.map(scheduler, range(2)))

    assert sorted(taken) == [0, 1]
    assert len(entries(folder.database, "nipr_imported")) == 1


def test_what_a_scheduler_claimed_and_died_with_is_taken_once_the_claim_ends(folder: Folder) -> None:
    folder.put("report.xml", REPORT)
    folder.look()
    with folder.database.begin() as tx:
        tx.execute(Base.metadata.tables["watched_files"].update().values(claimed_at=folder.now))

    assert folder.look() == 0
    assert folder.look(CLAIM_ENDS_AFTER) == 1


def test_while_one_file_is_imported_no_other_is_begun(folder: Folder) -> None:
    folder.put("report.xml", REPORT)
    folder.put("other.xml", REPORT + b"<!-- another -->")
    folder.look()
    with folder.database.begin() as tx:
        table = Base.metadata.tables["watched_files"]
        tx.execute(table.update().where(table.c.name == "other.xml").values(claimed_at=folder.now))

    assert folder.look() == 0


def test_the_older_of_two_reports_goes_first(folder: Folder) -> None:
    gone = csr(producer(license_("OH"), nonresident("TX", License_Status="Inactive")), created="11/18/2026 07:00:00")
    folder.put("a-newer.xml", gone, NOW)
    folder.put("b-older.xml", REPORT, NOW - timedelta(hours=1))

    folder.take()

    assert reasons(folder.database, "TX") == ["license_not_active"]


def test_a_detail_report_is_named_by_its_npn(folder: Folder) -> None:
    folder.put("90000001.xml", detail(individual(detail_state("KS", detail_license(RESIDENCY_STATUS="N")))))
    folder.put("of-npn90000001.xml", detail(individual(detail_state("FL", detail_license(RESIDENCY_STATUS="N")))))
    folder.put("whose.xml", DETAIL_SAMPLE)

    folder.take()

    assert reasons(folder.database, "KS") == reasons(folder.database, "FL") == []
    assert folder.names("rejected") == ["whose.xml", "whose.xml.txt"]


def test_a_detail_report_is_no_younger_than_its_file(folder: Folder) -> None:
    report = detail(individual(detail_state("KS", detail_license(RESIDENCY_STATUS="N"))))
    folder.put("90000001.xml", report, NOW - 3 * DAY)

    folder.take()

    assert license_in(folder.database, "KS").verified_at == datetime(2026, 11, 15, 6, tzinfo=UTC)


def test_a_roster_file_is_imported_too(folder: Folder) -> None:
    folder.put("roster.CSV", roster_file(ANA.holding(*ANA.held[:1])))

    folder.take()

    assert folder.names("done") == ["roster.CSV"]
    assert license_in(folder.database, "OH").verified_at == folder.now


def test_links_folders_and_other_files_are_left_alone(folder: Folder, tmp_path: Path) -> None:
    secret = tmp_path / "secret.xml"
    secret.write_bytes(REPORT)
    (folder.path / "link.xml").symlink_to(secret)
    (folder.path / "sub.xml").mkdir()
    (folder.path / "sub.xml" / "report.xml").write_bytes(REPORT)
    os.mkfifo(folder.path / "pipe.xml")
    folder.put("notes.txt", REPORT)
    folder.put(".hidden.xml", REPORT)
    before = sorted(path.name for path in folder.path.iterdir())

    assert folder.take() == 0

    assert sorted(path.name for path in folder.path.iterdir()) == before
    assert reasons(folder.database, "FL") == ["no_license"]


def test_a_file_of_more_than_200_mb_is_rejected_unread(folder: Folder) -> None:
    with folder.put("huge.xml", b"").open("r+b") as file:
        file.truncate(200 * 1024 * 1024 + 1)  # a hole: nothing of it is on the disk

    folder.take()

    [errors] = [path.read_text() for path in (folder.path / "rejected").glob("*.txt")]
    assert "larger than 200 MB" in errors


def test_a_file_that_cannot_be_moved_is_imported_once_and_stays(folder: Folder) -> None:
    folder.put("report.xml", REPORT)
    (folder.path / "done").write_text("not a folder")

    assert folder.take() == 1
    assert folder.take() == 0

    assert "report.xml" in folder.names()
    with folder.database.read() as tx:
        version = ledger.roster_version(tx)
    folder.take()
    with folder.database.read() as tx:
        assert ledger.roster_version(tx) == version


def test_a_folder_that_is_not_there_is_no_reason_to_fail(folder: Folder) -> None:
    folder.path.rmdir()

    assert folder.look() == 0
