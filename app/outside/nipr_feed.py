"""NIPR reports by HTTPS: a GET on a configurable address, with a name and a password.

NIPR's own transport is for its partners only and not public (DOMAIN.md section 1), so this is whatever stands between it
and us: a partner's download address, a file share of the agency. Every answer is one of the values below; the address, the
name and the password are in none of them, because an address may hold a token.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import TYPE_CHECKING, Protocol
from urllib.parse import SplitResult, urljoin, urlsplit

if TYPE_CHECKING:
    from requests import Response, Session

LARGEST_REPORT = 200 * 1024 * 1024
"""As it is read, and so unpacked; what is sent may not be larger either."""

_CONNECT_SECONDS, _READ_SECONDS = 10, 60
_WHOLE_SECONDS = 15 * 60
_MOST_REDIRECTS = 5
_PIECE_BYTES = 64 * 1024
_LONGEST_TAG, _LONGEST_DATE = 500, 100
_REDIRECTS = (301, 302, 303, 307, 308)
_DENIED = (401, 403)
_GZIP_WINDOW = 16 + zlib.MAX_WBITS


@dataclass(frozen=True)
class Fetched:
    """A report. `modified_at` is when it was made at the latest, where the other side says; the rest is for the next time."""

    content: bytes
    etag: str | None = None
    last_modified: str | None = None
    modified_at: datetime | None = None


@dataclass(frozen=True)
class NotModified:
    """The report is the one that we have."""


@dataclass(frozen=True)
class Denied:
    """The name or the password is not taken (any more)."""


@dataclass(frozen=True)
class NotFetched:
    """There is no report for now, and why; another try may do."""

    why: str


Outcome = Fetched | NotModified | Denied | NotFetched


class NiprFeed(Protocol):
    """The port to whoever has the reports."""

    @property
    def address_sha256(self) -> str:
        """Tells one address from another without naming it; empty where there is none."""
        ...

    def fetch(self, *, etag: str | None = None, last_modified: str | None = None) -> Outcome:
        """The report, unless it is the one of that tag or that date."""
        ...


class NullNiprFeed:
    """No reports come by themselves."""

    address_sha256 = ""

    def fetch(self, *, etag: str | None = None, last_modified: str | None = None) -> Outcome:
        return NotModified()


def feed_at(url: str, user: str, password: str) -> NiprFeed:
    """As the settings have it; without an address nothing comes."""
    return HttpsNiprFeed(url, user, password) if url.strip() else NullNiprFeed()


class HttpsNiprFeed:
    """One address. The name and the password are sent to its host and to no other."""

    def __init__(self, url: str, user: str, password: str, *, largest_bytes: int = LARGEST_REPORT) -> None:
        self._url = url.strip()
        self._largest_bytes = largest_bytes
        self._user, self._password = user, password
        self.address_sha256 = hashlib.sha256(f"{self._url}\0{user}".encode()).hexdigest()

    def __repr__(self) -> str:
        return f"<HttpsNiprFeed {self.address_sha256[:8]}>"

    def fetch(self, *, etag: str | None = None, last_modified: str | None = None) -> Outcome:
        # It takes a third of a second to load, and most processes never need it.
        import requests
        from urllib3.exceptions import HTTPError, ReadTimeoutError

        if why := _unusable(self._url):
            return NotFetched(why)
        asked = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {"Accept": "application/xml, text/xml", "Accept-Encoding": "gzip"}
        headers |= {name: value for name, value in asked.items() if value}
        try:
            with _session() as session:
                return self._get(session, headers)
        except requests.exceptions.SSLError:
            return NotFetched("the other side cannot prove who it is (TLS)")
        except (requests.exceptions.Timeout, ReadTimeoutError):
            return NotFetched("no answer in time")
        except _Broken as broken:
            return NotFetched(str(broken))
        except (requests.exceptions.RequestException, HTTPError, OSError):
            return NotFetched("the connection failed")

    def _get(self, session: Session, headers: dict[str, str]) -> Outcome:
        from requests.auth import HTTPBasicAuth

        url = self._url
        # As bytes, because requests would take text for Latin-1.
        login = HTTPBasicAuth(self._user.encode(), self._password.encode())
        deadline = monotonic() + _WHOLE_SECONDS
        for _ in range(_MOST_REDIRECTS + 1):
            with closing(
                session.get(
                    url,
                    auth=login,
                    headers=headers,
                    timeout=(_CONNECT_SECONDS, _READ_SECONDS),
                    allow_redirects=False,
                    stream=True,
                )
            ) as response:
                if response.status_code not in _REDIRECTS:
                    return _outcome(response, _Limits(self._largest_bytes, deadline))
                url = urljoin(url, response.headers.get("Location", ""))
            if not _same_place(url, self._url):
                return NotFetched("it sends us to another host, which is not followed")
        return NotFetched("it sends us from one address to the next")


def _session() -> Session:
    import requests

    class OneAnswer(requests.Session):
        """Takes an answer as it is: requests would read the whole body of a redirect, of whatever size."""

        def get_redirect_target(self, resp: Response) -> str | None:
            return None

    return OneAnswer()


class _Broken(Exception):
    """What comes is not to be read; the message says why."""


@dataclass(frozen=True)
class _Limits:
    """`ends_at` is an instant of time.monotonic."""

    largest_bytes: int
    ends_at: float

    def check_size(self, size_bytes: int) -> None:
        if size_bytes > self.largest_bytes:
            raise _Broken(f"the report is larger than {self.largest_bytes // 1024 // 1024} MB")

    def check_time(self) -> None:
        if monotonic() > self.ends_at:
            raise _Broken(f"it takes longer than {_WHOLE_SECONDS // 60} minutes")


def _unusable(url: str) -> str | None:
    parts = _split(url)
    if parts is None or parts.scheme != "https" or not parts.hostname:
        return "THREEGATE_NIPR_URL is no https:// address"
    if parts.username is not None or parts.password is not None:
        return "THREEGATE_NIPR_URL has a name or a password in it; they have settings of their own"
    return None


def _same_place(url: str, home: str) -> bool:
    there, here = _split(url), _split(home)
    return (
        there is not None
        and here is not None
        and there.username is None
        and (there.scheme, there.hostname, there.port or 443) == (here.scheme, here.hostname, here.port or 443)
    )


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        # Reading the port is what finds out that it is none.
        return parts if parts.port is None or parts.port > 0 else None
    except ValueError:
        return None


def _outcome(response: Response, limits: _Limits) -> Outcome:
    if response.status_code in _DENIED:
        return Denied()
    if response.status_code == 304:
        return NotModified()
    if response.status_code != 200:
        return NotFetched(f"the answer is {response.status_code}")
    content = bytearray()
    for piece in _pieces(response, limits):
        content += piece
        limits.check_size(len(content))
    last_modified = _short(response.headers.get("Last-Modified"), _LONGEST_DATE)
    return Fetched(
        bytes(content),
        etag=_short(response.headers.get("ETag"), _LONGEST_TAG),
        last_modified=last_modified,
        modified_at=_instant(last_modified),
    )


def _pieces(response: Response, limits: _Limits) -> Iterator[bytes]:
    """The body in pieces, unpacked; never more at once than a few pieces' worth, however well it was packed."""
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("gzip", "x-gzip", "identity", ""):
        raise _Broken("it is packed in a way that we did not ask for")
    packed = _sent(response, limits)
    yield from _unpacked(packed) if encoding.endswith("gzip") else packed


def _sent(response: Response, limits: _Limits) -> Iterator[bytes]:
    expected = response.headers.get("Content-Length", "")
    received = 0
    while piece := response.raw.read(_PIECE_BYTES, decode_content=False):
        received += len(piece)
        limits.check_size(received)
        limits.check_time()
        yield piece
    if expected.isascii() and expected.isdigit() and int(expected) != received:
        raise _Broken("the report ends before its end")


def _unpacked(packed: Iterator[bytes]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(_GZIP_WINDOW)
    for piece in packed:
        remaining = piece
        while remaining:
            if unpacker.eof:  # a file of several members, one behind the other
                unpacker = zlib.decompressobj(_GZIP_WINDOW)
            try:
                yield unpacker.decompress(remaining, _PIECE_BYTES)
            except zlib.error:
                raise _Broken("it is not packed as it says") from None
            remaining = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
    yield unpacker.flush()
    if not unpacker.eof:
        raise _Broken("the report ends before its end")


def _short(header: str | None, longest: int) -> str | None:
    return header if header and len(header) <= longest and header.isascii() else None


def _instant(http_date: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(http_date) if http_date else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
