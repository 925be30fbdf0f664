"""The daily pull: when it asks, what it asks with, what becomes of the answer and who is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.lines import Line
from app.outside.nipr_feed import Denied, Fetched, NotFetched, NotModified, NullNiprFeed, Outcome
from app.storage.database import Database
from app.workflows.licenses.map_line import map_line
from app.workflows.licenses.pull_nipr import AGAIN_AFTER, EVERY, pull_nipr
from tests.rosters.nipr_files import csr, detail, detail_license, detail_state, individual, license_, loa, nonresident
from tests.rosters.nipr_files import producer as one_producer
from tests.workflows.licenses.audits import imported
from tests.workflows.licenses.moving import entries
from tests.workflows.licenses.nipr import ANA, DAY, NOW, license_in, open_states, reasons
from tests.workflows.receivers import Receivers

HOUR = timedelta(hours=1)
REPORT = csr(one_producer(license_("OH"), nonresident("TX"), nonresident("FL")), created="11/18/2026 06:00:00")


@dataclass
class Address:
    """What the other side answers, and what it was asked with."""

    answer: Outcome = field(default_factory=lambda: Fetched(REPORT, etag='"1"', last_modified="then"))
    address_sha256: str = "a" * 64
    asked: list[tuple[str | None, str | None]] = field(default_factory=list)

    def fetch(self, *, etag: str | None = None, last_modified: str | None = None) -> Outcome:
        self.asked.append((etag, last_modified))
        return self.answer


@dataclass
class Feed:
    database: Database
    now: datetime = NOW
    address: Address = field(default_factory=Address)
    receivers: Receivers = field(default_factory=Receivers)

    def pull(self, after: timedelta = timedelta()) -> int:
        self.now += after
        return pull_nipr(feed=self.address, database=self.database, notices=self.receivers, now=self.now)


@pytest.fixture
def feed(database: Database) -> Feed:
    imported(database, ANA, now=NOW - 30 * DAY)
    open_states(database, "OH", "TX", "FL", "KS")
    return Feed(database)


def test_the_report_is_imported_as_of_the_feed(feed: Feed) -> None:
    assert feed.pull() == 1

    assert reasons(feed.database, "FL") == []
    held = license_in(feed.database, "FL")
    assert held.stale_at - held.verified_at == timedelta(days=10)
    [entry] = entries(feed.database, "nipr_imported")
    assert (entry["source"], entry["file_name"]) == ("nipr-feed", "nipr-pull")


def test_it_asks_once_a_day_for_what_is_new(feed: Feed) -> None:
    feed.pull()
    feed.address.answer = NotModified()

    assert (feed.pull(HOUR), feed.pull(EVERY - HOUR), feed.pull(HOUR)) == (0, 0, 0)

    assert feed.address.asked == [(None, None), ('"1"', "then")]


def test_without_an_address_nothing_happens(feed: Feed) -> None:
    assert pull_nipr(feed=NullNiprFeed(), database=feed.database, notices=feed.receivers, now=NOW) == 0
    assert feed.pull() == 1


def test_another_address_is_asked_at_once_and_knows_nothing_of_the_last(feed: Feed) -> None:
    feed.pull()
    feed.address.address_sha256 = "b" * 64

    feed.pull(HOUR)

    assert feed.address.asked == [(None, None), (None, None)]


def test_a_failure_is_tried_again_after_an_hour_and_nobody_is_called(feed: Feed) -> None:
    feed.address.answer = NotFetched("no answer in time")

    assert (feed.pull(), feed.pull(HOUR / 2), feed.pull(AGAIN_AFTER / 2)) == (0, 0, 0)

    assert len(feed.address.asked) == 2
    assert feed.receivers.heard == []


def test_a_password_that_is_not_taken_is_told_once_a_day_and_not_tried_more_often(feed: Feed) -> None:
    feed.address.answer = Denied()

    for _ in range(30):
        feed.pull(HOUR)

    assert len(feed.address.asked) == len(feed.receivers.heard) == 2
    assert "changes every 90 days" in " ".join(feed.receivers.heard[0].body.split())


def test_a_report_that_cannot_be_read_is_told_without_what_stood_in_it(feed: Feed) -> None:
    feed.address.answer = Fetched(REPORT.replace(b'NIPR_Number="90000001"', b'NIPR_Number="0900"'), etag='"2"')

    assert feed.pull() == 0
    feed.pull(EVERY)

    assert feed.receivers.heard[0].title == "The NIPR report that came was not imported"
    assert "1 error, the first on line 2: CSR_Producer/NIPR_Number" in feed.receivers.heard[0].body
    assert "0900" not in feed.receivers.heard[0].body
    assert feed.address.asked == [(None, None), (None, None)]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"<!DOCTYPE html><html>Sign in</html>", b"npn,state\n1,OH\n"])
def test_what_is_no_report_is_refused(feed: Feed, content: bytes) -> None:
    feed.address.answer = Fetched(content)

    assert feed.pull() == 0

    assert len(feed.receivers.heard) == 1
    assert reasons(feed.database, "TX") == []


def test_a_detail_report_is_no_younger_than_the_other_side_says(feed: Feed) -> None:
    numbered = individual(detail_state("KS", detail_license(RESIDENCY_STATUS="N")), biographic=f"<NPN>{ANA.npn}</NPN>")
    feed.address.answer = Fetched(detail(numbered), modified_at=datetime(2026, 11, 15, 12, tzinfo=UTC))

    assert feed.pull() == 1

    assert license_in(feed.database, "KS").verified_at == datetime(2026, 11, 15, 6, tzinfo=UTC)


def test_after_a_persons_answer_the_report_is_asked_for_again(feed: Feed) -> None:
    unreadable = nonresident("FL", loa("Life and More"))
    feed.address.answer = Fetched(csr(one_producer(license_("OH"), unreadable), created="11/18/2026 06:00:00"), '"1"')
    feed.pull()
    map_line(1, [Line.LIFE], replace=False, actor="test", database=feed.database, now=feed.now + HOUR)

    feed.pull(EVERY)

    assert feed.address.asked == [(None, None), (None, None)]
    assert reasons(feed.database, "FL") == []


def test_two_schedulers_ask_once(feed: Feed) -> None:
    asked: list[int] = []

    class Slow(Address):
        """While it answers, the other scheduler comes by."""

        def fetch(self, *, etag: str | None = None, last_modified: str | None = None) -> Outcome:
            asked.append(pull_nipr(feed=feed.address, database=feed.database, notices=feed.receivers, now=NOW))
            return super().fetch(etag=etag, last_modified=last_modified)

    assert pull_nipr(feed=Slow(), database=feed.database, notices=feed.receivers, now=NOW) == 1
    assert (asked, feed.address.asked) == ([0], [])
