"""Twilio's REST client with safe patience; the only importer of twilio.rest (130 ms: import it late).

A request is repeated only where it surely had no effect: refused as too many (429), or never sent; a question
(GET) also after a broken connection or a 5xx. All tries and pauses together fit into one budget.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

from requests import RequestException, Session
from requests.exceptions import ConnectionError as NoConnection
from requests.exceptions import ConnectTimeout
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client
from urllib3.exceptions import MaxRetryError, NewConnectionError

TRIES = 3
BUDGET_SECONDS = 8.0
SHORTEST_TRY_SECONDS = 1.0
FIRST_PAUSE_SECONDS = 0.25

# The client logs every request's parameters at INFO, numbers and texts among them. Nobody hears this one.
_MUTE = logging.Logger("twilio, unheard", level=logging.CRITICAL + 1)


class UnreadableAnswer(ValueError):
    """The carrier answered with something that is not a JSON object."""


class PatientHttpClient:
    """Repeats what is safe to repeat.

    `pause` waits, `stopwatch` counts seconds from anywhere, `jitter` gives [0, 1).
    """

    is_async = False

    def __init__(
        self,
        *,
        pause: Callable[[float], object],
        stopwatch: Callable[[], float],
        jitter: Callable[[], float],
    ) -> None:
        self._once = TwilioHttpClient(timeout=BUDGET_SECONDS, logger=_MUTE)
        self._pause = pause
        self._stopwatch = stopwatch
        self._jitter = jitter

    @property
    def session(self) -> Session:
        """The connections of all tries."""
        session: Session | None = self._once.session
        assert session is not None, "the client pools its connections"
        return session

    def request(self, method: str, url: str, **fields: Any) -> Response:
        ends_at = self._stopwatch() + BUDGET_SECONDS
        attempt = 0
        while True:
            attempt += 1
            pause_seconds = FIRST_PAUSE_SECONDS * 2 ** (attempt - 1) * (0.5 + self._jitter())
            fields["timeout"] = max(ends_at - self._stopwatch(), SHORTEST_TRY_SECONDS)
            answer = self._try(method, url, fields)
            time_is_up = ends_at - self._stopwatch() - pause_seconds < SHORTEST_TRY_SECONDS
            if attempt == TRIES or time_is_up or not _safe_to_repeat(method, answer):
                break
            self._pause(pause_seconds)
        if isinstance(answer, RequestException):
            raise answer
        return _readable(answer)

    def _try(self, method: str, url: str, fields: dict[str, Any]) -> Response | RequestException:
        try:
            return self._once.request(method, url, **fields)
        except RequestException as error:
            return error


def rest_client(account_sid: str, auth_token: str, base_url: str | None, http: PatientHttpClient) -> Client:
    """Twilio's client, pointed at `base_url` where one is given.

    The environment handed over is ours, because without one the library reads the machine's (TWILIO_EDGE …).
    """
    settings = {"TWILIO_ACCOUNT_SID": account_sid}
    client = Client(account_sid, auth_token, http_client=http, environment=settings)
    if base_url:
        client.api.base_url = base_url
    return client


def _safe_to_repeat(method: str, answer: Response | RequestException) -> bool:
    if isinstance(answer, RequestException):
        return method == "GET" or never_sent(answer)
    return answer.status_code == 429 or (method == "GET" and answer.status_code >= 500)


def never_sent(error: Exception) -> bool:
    """Whether no connection came about, so that the carrier cannot have seen the request. In doubt, no."""
    if isinstance(error, ConnectTimeout):
        return True
    cause = error.args[0] if isinstance(error, NoConnection) and error.args else None
    # A failed name look-up is a NewConnectionError, too. A reset may come after the request was read.
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)


def _readable(response: Response) -> Response:
    # What was deleted is answered by nothing.
    if response.status_code >= 400 or response.status_code == 204:
        return response
    try:
        answer = json.loads(response.text)
    except ValueError:
        raise UnreadableAnswer(f"HTTP {response.status_code}, not JSON") from None
    if not isinstance(answer, dict):
        raise UnreadableAnswer(f"HTTP {response.status_code}, JSON but not an object")
    return response
