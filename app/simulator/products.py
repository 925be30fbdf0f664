"""How webhooks reach the product under test."""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlencode, urlsplit

import requests
from werkzeug.test import Client

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


@dataclass(frozen=True)
class Reply:
    """What came back. Header names are lower case."""

    status: int
    content_type: str
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)


class ProductUnreachable(Exception):
    """No connection: refused, reset, or no such host."""


class ProductTimedOut(ProductUnreachable):
    """Connected, but no answer in time. The product may well have acted."""


class Product(Protocol):
    def request(self, method: str, url: str, form: Sequence[tuple[str, str]], headers: Mapping[str, str]) -> Reply:
        """Send one request, follow nothing. Raises ProductUnreachable."""
        ...


class WsgiProduct:
    """In process: any WSGI application. An exception that escapes it is a 500, kept in `exceptions`."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app
        self.exceptions: list[Exception] = []

    def request(self, method: str, url: str, form: Sequence[tuple[str, str]], headers: Mapping[str, str]) -> Reply:
        parts = urlsplit(url)
        client = Client(self._app, use_cookies=False)
        try:
            response = client.open(
                path=parts.path or "/",
                base_url=f"{parts.scheme}://{parts.netloc}",
                query_string=parts.query,
                method=method,
                data=urlencode(form).encode() if method == "POST" else None,
                headers=dict(headers),
            )
            raw = response.get_data()
        except Exception as error:
            self.exceptions.append(error)
            return Reply(500, "text/plain", "Internal Server Error")
        found = {name.lower(): value for name, value in response.headers.items()}
        if found.get("content-encoding") == "gzip":
            raw = gzip.decompress(raw)
        return Reply(response.status_code, found.get("content-type", ""), raw.decode(errors="replace"), found)


class HttpProduct:
    """Over real sockets; one session for all threads, no cookies kept."""

    def __init__(self, timeout: float = 15) -> None:
        self._timeout = timeout
        self._session = requests.Session()
        self._session.trust_env = False

    def request(self, method: str, url: str, form: Sequence[tuple[str, str]], headers: Mapping[str, str]) -> Reply:
        try:
            response = self._session.request(
                method,
                url,
                data=urlencode(form).encode() if method == "POST" else None,
                headers=dict(headers),
                timeout=(5, self._timeout),
                allow_redirects=False,
            )
        except requests.ReadTimeout as error:
            raise ProductTimedOut(str(error)) from error
        except requests.RequestException as error:
            raise ProductUnreachable(str(error)) from error
        found = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status_code, found.get("content-type", ""), response.text, found)
