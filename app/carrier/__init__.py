"""The carrier, as the rest of the house sees it: what we ask of it, and the values that come back.

What changes something answers with a value, because each outcome is expected and tells what may be done next:
after Refused one may try again, after Ambiguous never (it may have happened; look first). What only reads
raises CarrierUnreachable, so that "we could not look" is never taken for "there is no such call".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Sent:
    """The carrier took the text; what becomes of it arrives at /sms/status."""

    message_sid: str
    status: str


@dataclass(frozen=True)
class Placed:
    """The carrier took the call and will ring."""

    call_sid: str
    status: str


@dataclass(frozen=True)
class Done:
    """The carrier did it."""


@dataclass(frozen=True)
class Refused:
    """It surely had no effect.

    `code` is the carrier's (21610 …), `status` the HTTP status; both None where the carrier was not reached.
    """

    code: int | None
    status: int | None
    message: str

    @property
    def temporary(self) -> bool:
        """Whether the same request may well succeed later: too many at once, or no connection."""
        return self.status == 429 or (self.status is None and self.code is None)


@dataclass(frozen=True)
class Ambiguous:
    """It may or may not have happened. Reconcile against the carrier's list; never blindly ask again."""

    why: str


@dataclass(frozen=True)
class CallState:
    """A call as the carrier has it now. Instants are UTC; numbers as the carrier spells them."""

    call_sid: str
    parent_sid: str | None
    direction: str  # inbound, outbound-api, outbound-dial
    status: str  # queued, initiated, ringing, in-progress, completed, busy, failed, no-answer, canceled
    from_number: str
    to_number: str
    started_at: datetime | None
    ended_at: datetime | None
    duration_seconds: int | None


@dataclass(frozen=True)
class TextState:
    """A text as the carrier has it now. `created_at` is UTC."""

    message_sid: str
    direction: str  # inbound, outbound-api, outbound-call, outbound-reply
    status: str
    from_number: str
    to_number: str
    body: str
    error_code: int | None
    created_at: datetime | None


@dataclass(frozen=True)
class Sound:
    """The sound of a recording as it comes, to be read once. `length_bytes` is None where the carrier does not tell it."""

    media_type: str
    length_bytes: int | None
    pieces: Iterator[bytes]


class CarrierUnreachable(Exception):
    """The carrier could not be asked, or its answer could not be read; nothing is known."""


class Carrier(Protocol):
    """What we ask of a carrier, never inside a transaction. Numbers are E.164, addresses absolute."""

    def send_text(
        self,
        *,
        from_number: str,
        to_number: str,
        body: str,
        status_url: str | None = None,
        validity_seconds: int | None = None,
    ) -> Sent | Refused | Ambiguous:
        """Text `to_number`; it is dropped where it cannot go out within `validity_seconds`."""
        ...

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
        """Ring `to_number`, perhaps five seconds longer than asked; once it answers, `url` rules."""
        ...

    def redirect(self, call_sid: str, url: str) -> Done | Refused | Ambiguous:
        """Take a live leg out of whatever it is in; `url` rules. Refused(21220) where it is over."""
        ...

    def hang_up(self, call_sid: str) -> Done | Refused | Ambiguous:
        """End a leg, ringing ones included."""
        ...

    def fetch_call(self, call_sid: str) -> CallState | None:
        """The call, or None where the carrier knows no such call. Raises CarrierUnreachable."""
        ...

    def recent_calls(self, since: datetime) -> Iterator[CallState]:
        """Calls that started at `since` or later, in any direction and order. Raises CarrierUnreachable."""
        ...

    def recent_texts(self, to_number: str, since: datetime) -> Iterator[TextState]:
        """Texts to `to_number` made at `since` or later, unsent ones included. Raises CarrierUnreachable."""
        ...

    def recording(self, recording_sid: str) -> Sound | None:
        """What was recorded, or None where the carrier has no such recording (any more). Raises CarrierUnreachable."""
        ...

    def delete_recording(self, recording_sid: str) -> Done | Refused | Ambiguous:
        """Have the carrier forget a recording for good. Refused(20404) where it has none; asking again does no harm."""
        ...


class NullCarrier:
    """Development without an account: reaches nobody, and says so."""

    _NO_ACCOUNT = Refused(code=None, status=403, message="no account: TWILIO_ACCOUNT_SID is not set")

    def send_text(
        self,
        *,
        from_number: str,
        to_number: str,
        body: str,
        status_url: str | None = None,
        validity_seconds: int | None = None,
    ) -> Refused:
        return self._NO_ACCOUNT

    def place_call(
        self,
        *,
        from_number: str,
        to_number: str,
        url: str,
        status_url: str | None = None,
        ring_seconds: int = 20,
        fallback_url: str | None = None,
    ) -> Refused:
        return self._NO_ACCOUNT

    def redirect(self, call_sid: str, url: str) -> Refused:
        return self._NO_ACCOUNT

    def hang_up(self, call_sid: str) -> Refused:
        return self._NO_ACCOUNT

    def fetch_call(self, call_sid: str) -> CallState | None:
        return None

    def recent_calls(self, since: datetime) -> Iterator[CallState]:
        return iter(())

    def recent_texts(self, to_number: str, since: datetime) -> Iterator[TextState]:
        return iter(())

    def recording(self, recording_sid: str) -> Sound | None:
        return None

    def delete_recording(self, recording_sid: str) -> Refused:
        return self._NO_ACCOUNT
