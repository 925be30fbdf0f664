"""The Carrier over Twilio's REST API. Source: TELEPHONY.md section 5; codes: section 6."""

from __future__ import annotations

import logging
import random
import re
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from twilio.base.exceptions import TwilioException

from app.carrier import Ambiguous, CallState, CarrierUnreachable, Done, Placed, Refused, Sent, Sound, TextState

if TYPE_CHECKING:
    from requests import Session
    from twilio.rest import Client

    from app.carrier.wire import PatientHttpClient

T = TypeVar("T")

PAGE_SIZE = 200
LONGEST_VALIDITY_SECONDS = 36_000
NO_SUCH_RESOURCE = 20404
EVENTS = ["initiated", "ringing", "answered", "completed"]

# Waiting for what never comes is how to pause without time.sleep, which this house bans.
_NEVER_SET = threading.Event()
_TOO_LATE = Refused(code=None, status=400, message="the lawful window is over")
_NUMBER = re.compile(r"(?<![0-9A-Za-z])\+?[0-9]{5,13}(?=[0-9]{2}(?![0-9]))")

log = logging.getLogger(__name__)


class TwilioCarrier:
    """Changes answer with values, reads raise CarrierUnreachable (app/carrier/__init__.py says why).

    `base_url` points it at a simulator. `pause`, `stopwatch`, `jitter` serve the tries of one request.
    """

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        *,
        base_url: str | None = None,
        pause: Callable[[float], object] = _NEVER_SET.wait,
        stopwatch: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._account_sid = account_sid
        self._auth_token = auth_token
        self._base_url = base_url
        self._pause = pause
        self._stopwatch = stopwatch
        self._jitter = jitter

    @cached_property
    def _http(self) -> PatientHttpClient:
        from app.carrier import wire

        return wire.PatientHttpClient(pause=self._pause, stopwatch=self._stopwatch, jitter=self._jitter)

    @property
    def session(self) -> Session:
        """The HTTP session of all requests; a simulator in the same process mounts its adapter here."""
        return self._http.session

    @cached_property
    def _client(self) -> Client:
        from app.carrier import wire

        return wire.rest_client(self._account_sid, self._auth_token, self._base_url, self._http)

    def send_text(
        self,
        *,
        from_number: str,
        to_number: str,
        body: str,
        status_url: str | None = None,
        validity_seconds: int | None = None,
    ) -> Sent | Refused | Ambiguous:
        if validity_seconds is not None and validity_seconds < 1:
            return _TOO_LATE
        fields: dict[str, Any] = {"to": to_number, "body": body, **_sender(from_number)}
        if status_url is not None:
            fields["status_callback"] = status_url
        if validity_seconds is not None:
            fields["validity_period"] = min(validity_seconds, LONGEST_VALIDITY_SECONDS)

        def send() -> Sent:
            message = self._client.messages.create(**fields)
            return Sent(message_sid=_given(message.sid), status=_given(message.status))

        return _outcome("send_text", send)

    def place_call(
        self,
        *,
        from_number: str,
        to_number: str,
        url: str,
        status_url: str | None = None,
        ring_seconds: int = 20,
        fallback_url: str | None = None,
    ) -> Placed | Refused | Ambiguous:
        fields: dict[str, Any] = {
            "to": to_number,
            "from_": from_number,
            "url": url,
            "timeout": min(max(ring_seconds, 5), 600),
        }
        if status_url is not None:
            fields |= {"status_callback": status_url, "status_callback_event": EVENTS}
        if fallback_url is not None:
            fields["fallback_url"] = fallback_url

        def place() -> Placed:
            call = self._client.calls.create(**fields)
            return Placed(call_sid=_given(call.sid), status=_given(call.status))

        return _outcome("place_call", place)

    def redirect(self, call_sid: str, url: str) -> Done | Refused | Ambiguous:
        def update() -> Done:
            self._client.calls(call_sid).update(url=url, method="POST")
            return Done()

        return _outcome("redirect", update)

    def hang_up(self, call_sid: str) -> Done | Refused | Ambiguous:
        def update() -> Done:
            # `completed` also ends what rings within a Dial; `canceled` would not (TELEPHONY.md section 5).
            self._client.calls(call_sid).update(status="completed")
            return Done()

        return _outcome("hang_up", update)

    def fetch_call(self, call_sid: str) -> CallState | None:
        try:
            return _call_state(self._client.calls(call_sid).fetch())
        except (TwilioException, OSError, ValueError) as error:
            if getattr(error, "code", None) == NO_SUCH_RESOURCE:
                return None
            raise _unreachable(error) from error

    def recent_calls(self, since: datetime) -> Iterator[CallState]:
        since = since.astimezone(UTC)
        calls = self._client.calls
        for call in self._records(lambda: calls.page(start_time_after=since, page_size=PAGE_SIZE)):
            state = _call_state(call)
            # The documents say that the filter only knows days; a call not yet started has no start at all.
            if state.started_at is None or state.started_at >= since:
                yield state

    def recent_texts(self, to_number: str, since: datetime) -> Iterator[TextState]:
        # Not filtered by DateSent: a text that still waits has none, and it is the one we look for.
        messages = self._client.messages
        for message in self._records(lambda: messages.page(to=to_number, page_size=PAGE_SIZE)):
            state = _text_state(message)
            if state.created_at is None or state.created_at >= since:
                yield state

    def recording(self, recording_sid: str) -> Sound | None:
        from app.carrier import sounds

        root = (self._base_url or sounds.API).rstrip("/")
        url = f"{root}/2010-04-01/Accounts/{self._account_sid}/Recordings/{recording_sid}.mp3"
        return sounds.fetch(self.session, url, self._account_sid, self._auth_token)

    def delete_recording(self, recording_sid: str) -> Done | Refused | Ambiguous:
        def delete() -> Done:
            self._client.recordings(recording_sid).delete()
            return Done()

        return _outcome("delete_recording", delete)

    def _records(self, first_page: Callable[[], Any]) -> Iterator[Any]:
        try:
            page = first_page()
            while page is not None:
                yield from page
                page = page.next_page()
        except (TwilioException, OSError, ValueError) as error:
            raise _unreachable(error) from error


def masked(text: str) -> str:
    """`text` with every number in it cut down to its last two digits; sids stay whole."""
    return _NUMBER.sub("…", text)


def _outcome(what: str, request: Callable[[], T]) -> T | Refused | Ambiguous:
    """What became of a request that changes something.

    The library raises TwilioExceptions, `requests` below it OSErrors; an unreadable answer is a ValueError.
    """
    answer: T | Refused | Ambiguous
    try:
        answer = request()
    except TwilioException as error:
        answer = _judged(error)
    except OSError as error:
        answer = _not_answered(error)
    except ValueError as error:
        answer = Ambiguous(why=masked(str(error)))
    if isinstance(answer, (Refused, Ambiguous)):
        log.warning("%s: %s", what, answer)
    return answer


def _judged(error: TwilioException) -> Refused | Ambiguous:
    status = getattr(error, "status", None)
    # 408 is often said by something in between, which may have passed the request on.
    if not isinstance(status, int) or not 400 <= status < 500 or status == 408:
        return Ambiguous(why=f"HTTP {status}")
    code = getattr(error, "code", None)
    message = getattr(error, "msg", None) or getattr(error, "title", None) or ""
    # Without a code of its own the library repeats the HTTP status.
    return Refused(code=code if code != status else None, status=status, message=masked(str(message)))


def _not_answered(error: OSError) -> Refused | Ambiguous:
    from app.carrier import wire

    if wire.never_sent(error):
        return Refused(code=None, status=None, message=f"no connection: {type(error).__name__}")
    return Ambiguous(why=type(error).__name__)


def _unreachable(error: Exception) -> CarrierUnreachable:
    status = getattr(error, "status", None)
    return CarrierUnreachable(f"HTTP {status}" if status else type(error).__name__)


def _sender(from_number: str) -> dict[str, str]:
    # A campaign's `text_sender` may be a Messaging Service instead of a number.
    return {"messaging_service_sid" if from_number.startswith("MG") else "from_": from_number}


def _given(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("the answer lacks a sid or a status")
    return value


def _call_state(call: Any) -> CallState:
    return CallState(
        call_sid=_given(call.sid),
        parent_sid=call.parent_call_sid or None,
        direction=call.direction or "",
        status=_given(call.status),
        from_number=call._from or "",
        to_number=call.to or "",
        started_at=call.start_time,
        ended_at=call.end_time,
        duration_seconds=int(call.duration) if call.duration else None,
    )


def _text_state(message: Any) -> TextState:
    return TextState(
        message_sid=_given(message.sid),
        direction=message.direction or "",
        status=_given(message.status),
        from_number=message.from_ or "",
        to_number=message.to or "",
        body=message.body or "",
        error_code=message.error_code,
        created_at=message.date_created,
    )
