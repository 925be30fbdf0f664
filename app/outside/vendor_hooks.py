"""Webhooks out: one signed POST to an address that somebody else named (Standard Webhooks).

The address is theirs, so it may point at us. The library resolves the name once, refuses private and local addresses, and
connects to the very address that it has judged: a name that answers differently the second time gains nothing. A redirect
is a failure and is not followed. What comes back is read up to a limit, by a deadline, and only its beginning is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPException
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from requests import Response, Session

TIMEOUT_SECONDS = 15.0
"""For the connection, and again for each wait for an answer. Source: Standard Webhooks, "15s-30s"."""

LARGEST_ANSWER = 64 * 1024
KEPT_OF_ANSWER = 500
"""Bytes. Enough to see what a receiver complained of."""

USER_AGENT = "Threegate-Webhooks/1"

_PIECE_BYTES = 8 * 1024


@dataclass(frozen=True)
class Answer:
    """What came of one try. `code` None: no answer; `error` is one line, empty where it was taken (2xx)."""

    code: int | None
    error: str
    text: str = ""

    @property
    def taken(self) -> bool:
        return not self.error

    @property
    def gone(self) -> bool:
        """The receiver wants to hear nothing any more."""
        return self.code == 410


class VendorHooks(Protocol):
    """The port to whoever is told."""

    def post(self, url: str, *, event_id: str, payload: str, secrets: Sequence[str]) -> Answer:
        """Send one event, signed with each of `secrets`. Never raises for what the other side does."""
        ...


class NullVendorHooks:
    """Nobody is told."""

    def post(self, url: str, *, event_id: str, payload: str, secrets: Sequence[str]) -> Answer:
        return Answer(None, "nothing is sent from here")


class HttpVendorHooks:
    """By HTTP. `local`: this machine may be told, too, for trying out; `now` is the time that receivers compare with theirs."""

    def __init__(
        self, *, now: Callable[[], datetime], local: bool = False, timeout_seconds: float = TIMEOUT_SECONDS
    ) -> None:
        self._now, self._local, self._timeout_seconds = now, local, timeout_seconds

    def post(self, url: str, *, event_id: str, payload: str, secrets: Sequence[str]) -> Answer:
        # They take a third of a second to load, and most processes never need them.
        import requests
        from requests_hardened.ip_filter import InvalidIPAddress  # type: ignore[import-untyped]
        from urllib3.exceptions import HTTPError

        if not url.startswith("https://") and not self._local:
            return Answer(None, "the address does not begin with https://")
        try:
            with self._session() as session:
                return self._post(session, url, _headers(event_id, payload, secrets, self._now()), payload)
        except InvalidIPAddress:
            return Answer(None, "the address leads to a private network, which is never told")
        except requests.exceptions.SSLError:
            return Answer(None, "the other side cannot prove who it is (TLS)")
        except requests.exceptions.Timeout:
            return Answer(None, f"no answer within {self._timeout_seconds:.0f} seconds")
        except (requests.exceptions.RequestException, HTTPError, OSError, ValueError) as error:
            return Answer(None, f"the connection failed ({type(error).__name__})")

    def _post(self, session: Session, url: str, headers: dict[str, str], payload: str) -> Answer:
        deadline = monotonic() + self._timeout_seconds
        sent = session.post(
            url,
            data=payload.encode(),
            headers=headers,
            # One number: a pair would be for connecting and reading apart, and together twice as long.
            timeout=self._timeout_seconds,
            allow_redirects=False,
            stream=True,
        )
        with closing(sent) as response:
            code = response.status_code
            text = _beginning(response, deadline)
            return Answer(code, "" if 200 <= code < 300 else _failure(code), text)

    def _session(self) -> Session:
        from requests_hardened import Config, HTTPSession  # type: ignore[import-untyped]

        class OneAnswer(HTTPSession):  # type: ignore[misc]
            """Takes an answer as it is: requests would read the whole body of a redirect, of whatever size."""

            def get_redirect_target(self, resp: Response) -> str | None:
                return None

        session: Session = OneAnswer(
            Config(
                ip_filter_enable=True,
                ip_filter_allow_loopback_ips=self._local,
                never_redirect=True,
                default_timeout=(self._timeout_seconds, self._timeout_seconds),
                user_agent_override=USER_AGENT,
            )
        )
        # Neither a proxy nor a password of this machine's own (.netrc) is for others' addresses.
        session.trust_env = False
        return session


def _headers(event_id: str, payload: str, secrets: Sequence[str], now: datetime) -> dict[str, str]:
    from standardwebhooks import Webhook

    # The library replaces the zone and does not convert: anything but UTC would be signed as another instant.
    at = now.astimezone(UTC)
    return {
        "Content-Type": "application/json",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "webhook-id": event_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(Webhook(secret).sign(event_id, at, payload) for secret in secrets),
    }


def _failure(code: int) -> str:
    if 300 <= code < 400:
        return f"the answer is {code}, and redirects are not followed"
    return f"the answer is {code}"


def _beginning(response: Response, deadline: float) -> str:
    """The first bytes of the answer as text. A receiver that goes on for ever is left standing; its code counts."""
    from urllib3.exceptions import HTTPError

    content = bytearray()
    raw: Any = response.raw
    try:
        while len(content) < LARGEST_ANSWER and monotonic() < deadline:
            piece = raw.read1(_PIECE_BYTES, decode_content=False)
            if not piece:
                break
            content += piece
    except (HTTPException, HTTPError, OSError, ValueError):
        # The status has been said; what is lost is what nobody needs.
        pass
    return shown(bytes(content[:KEPT_OF_ANSWER]))


def shown(content: bytes) -> str:
    """Bytes of somebody else as text that can be stored and shown: no control characters, nothing that is no UTF-8."""
    text = content.decode("utf-8", "replace")
    return "".join(mark if mark.isprintable() or mark in "\n\t" else " " for mark in text).strip()[:KEPT_OF_ANSWER]
