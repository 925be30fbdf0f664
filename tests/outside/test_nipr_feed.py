"""The HTTPS pull at the wire: what is sent, and every way in which nothing good comes back."""

from __future__ import annotations

import gzip
import io
import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import requests
import responses
from responses import matchers

from app.outside.nipr_feed import Denied, Fetched, HttpsNiprFeed, NotFetched, NotModified, NullNiprFeed, feed_at

URL = "https://reports.example.com/pdb/agency.xml"
REPORT = b"<CSR_Report/>"


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as wire:
        yield wire


def feed(url: str = URL, **limits: int) -> HttpsNiprFeed:
    return HttpsNiprFeed(url, "agency", "p\N{LATIN SMALL LETTER A WITH DIAERESIS}ss", **limits)


def test_the_report_comes_with_what_is_asked_for_the_next_time(wire: responses.RequestsMock) -> None:
    login = {"Authorization": "Basic YWdlbmN5OnDDpHNz"}  # in UTF-8
    headers = {"ETag": '"7"', "Last-Modified": "Wed, 18 Nov 2026 06:00:00 GMT"}
    wire.get(URL, REPORT, headers=headers, match=[matchers.header_matcher(login)])

    assert feed().fetch() == Fetched(
        REPORT, '"7"', "Wed, 18 Nov 2026 06:00:00 GMT", datetime(2026, 11, 18, 6, tzinfo=UTC)
    )


def test_what_has_not_changed_is_not_sent_again(wire: responses.RequestsMock) -> None:
    asked = {"If-None-Match": '"7"', "If-Modified-Since": "Wed, 18 Nov 2026 06:00:00 GMT"}
    wire.get(URL, status=304, match=[matchers.header_matcher(asked)])

    assert feed().fetch(etag='"7"', last_modified="Wed, 18 Nov 2026 06:00:00 GMT") == NotModified()


@pytest.mark.parametrize("status", [401, 403])
def test_a_password_that_is_not_taken_is_told_as_that(wire: responses.RequestsMock, status: int) -> None:
    wire.get(URL, status=status)

    assert feed().fetch() == Denied()


@pytest.mark.parametrize("status", [204, 404, 429, 500, 503])
def test_any_other_answer_is_no_report(wire: responses.RequestsMock, status: int) -> None:
    wire.get(URL, status=status)

    assert feed().fetch() == NotFetched(f"the answer is {status}")


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (requests.ConnectTimeout(URL), "no answer in time"),
        (requests.ReadTimeout(URL), "no answer in time"),
        (requests.exceptions.SSLError(URL), "the other side cannot prove who it is (TLS)"),
        (requests.ConnectionError(URL), "the connection failed"),
    ],
)
def test_a_connection_that_fails_is_told_without_the_address(
    wire: responses.RequestsMock, error: Exception, why: str
) -> None:
    wire.get(URL, body=error)

    assert feed().fetch() == NotFetched(why)


def test_it_goes_where_the_same_host_sends_it(wire: responses.RequestsMock) -> None:
    wire.get(URL, status=302, headers={"Location": "/elsewhere.xml"})
    wire.get("https://reports.example.com/elsewhere.xml", REPORT)

    assert feed().fetch() == Fetched(REPORT)


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://other.example.com/a.xml",
        "http://reports.example.com/pdb/agency.xml",
        "https://reports.example.com:8443/a.xml",
        "https://me:you@reports.example.com/a.xml",
        "//other.example.com/a.xml",
        "https://reports.example.com:99999/a.xml",
        "ftp://reports.example.com/a.xml",
    ],
)
def test_the_password_goes_to_no_other_host(wire: responses.RequestsMock, elsewhere: str) -> None:
    wire.get(URL, status=301, headers={"Location": elsewhere})

    assert feed().fetch() == NotFetched("it sends us to another host, which is not followed")
    assert len(wire.calls) == 1


def test_what_comes_with_a_redirect_is_not_read(wire: responses.RequestsMock) -> None:
    class Endless(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, _buffer: object) -> int:
            raise AssertionError("it is read")

    wire.get(URL, body=io.BufferedReader(Endless()), status=302, headers={"Location": "/elsewhere.xml"})
    wire.get("https://reports.example.com/elsewhere.xml", REPORT)

    assert feed().fetch() == Fetched(REPORT)


def test_it_does_not_go_round_for_ever(wire: responses.RequestsMock) -> None:
    wire.get(URL, status=302, headers={"Location": URL})

    assert feed().fetch() == NotFetched("it sends us from one address to the next")


@pytest.mark.parametrize("url", ["http://reports.example.com/a.xml", "reports.example.com", "https://", "https://[x"])
def test_only_https_is_asked(wire: responses.RequestsMock, url: str) -> None:
    assert feed(url).fetch() == NotFetched("THREEGATE_NIPR_URL is no https:// address")


def test_an_address_with_a_password_in_it_is_not_used(wire: responses.RequestsMock) -> None:
    outcome = feed("https://a:b@reports.example.com/a.xml").fetch()

    assert isinstance(outcome, NotFetched)
    assert "settings of their own" in outcome.why


def test_a_packed_report_is_unpacked(wire: responses.RequestsMock) -> None:
    packed = gzip.compress(REPORT, mtime=0) + gzip.compress(b"<!-- more -->")
    wire.get(URL, packed, headers={"Content-Encoding": "gzip"})

    assert feed().fetch() == Fetched(REPORT + b"<!-- more -->")


def test_a_bomb_is_not_unpacked_to_its_end(wire: responses.RequestsMock) -> None:
    bomb = gzip.compress(bytes(50 * 1024 * 1024), 9)
    assert len(bomb) < 64 * 1024
    wire.get(URL, bomb, headers={"Content-Encoding": "gzip"})

    assert feed(largest_bytes=1024 * 1024).fetch() == NotFetched("the report is larger than 1 MB")


def test_a_report_that_is_too_large_is_not_read_to_its_end(wire: responses.RequestsMock) -> None:
    wire.get(URL, bytes(3 * 1024 * 1024))

    assert feed(largest_bytes=1024 * 1024).fetch() == NotFetched("the report is larger than 1 MB")


@pytest.mark.parametrize(
    ("body", "headers", "why"),
    [
        (gzip.compress(REPORT, mtime=0)[:-9], {"Content-Encoding": "gzip"}, "the report ends before its end"),
        (b"", {"Content-Encoding": "gzip"}, "the report ends before its end"),
        (REPORT, {"Content-Encoding": "gzip"}, "it is not packed as it says"),
        (REPORT, {"Content-Encoding": "br"}, "it is packed in a way that we did not ask for"),
    ],
)
def test_what_is_not_whole_is_no_report(
    wire: responses.RequestsMock, body: bytes, headers: dict[str, str], why: str
) -> None:
    wire.get(URL, body, headers=headers)

    assert feed().fetch() == NotFetched(why)


def test_a_report_that_is_cut_off_is_no_report(wire: responses.RequestsMock) -> None:
    wire.get(URL, REPORT, headers={"Content-Length": "99"}, auto_calculate_content_length=False)

    assert isinstance(feed().fetch(), NotFetched)


def test_neither_address_nor_name_nor_password_is_shown(
    wire: responses.RequestsMock, caplog: pytest.LogCaptureFixture
) -> None:
    wire.get(f"{URL}?token=s3cret", status=500)
    asked = HttpsNiprFeed(f"{URL}?token=s3cret", "agency", "p4ssword")

    with caplog.at_level(logging.DEBUG, logger="app"):
        told = f"{asked.fetch()} {asked!r} {caplog.text}"

    assert not any(secret in told for secret in ("s3cret", "agency", "p4ssword", "example.com"))


def test_without_an_address_there_is_nothing_to_fetch() -> None:
    assert isinstance(feed_at(" ", "agency", "p4ssword"), NullNiprFeed)
    assert isinstance(feed_at(URL, "agency", "p4ssword"), HttpsNiprFeed)
    assert (NullNiprFeed().address_sha256, NullNiprFeed().fetch()) == ("", NotModified())
