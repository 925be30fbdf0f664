"""What the carrier told us, in our own words: the values that carrier/webhooks.py makes and workflows read."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.softphone import is_softphone


@dataclass(frozen=True)
class Arrival:
    """A call reached one of our numbers. Numbers are as the carrier spelled them, E.164 where it could."""

    call_sid: str
    from_number: str
    to_number: str
    forwarded_from: str | None = None
    stir: str | None = None
    caller_left: bool = False

    @property
    def from_softphone(self) -> bool:
        """A browser of ours called, which none may (yet): never a person, never a lead."""
        return is_softphone(self.from_number)


@dataclass(frozen=True)
class KeysPressed:
    """A Gather on the caller's leg ended; `digits` is empty where nothing was pressed, `speech` where nothing was said."""

    call_sid: str
    digits: str
    speech: str = ""
    caller_left: bool = False


@dataclass(frozen=True)
class ProducerLeg:
    """The carrier asks what to do on a producer's leg (whisper, key press)."""

    leg_sid: str
    parent_sid: str | None
    digits: str = ""


@dataclass(frozen=True)
class DialResult:
    """A Dial is over. `bridged` is None where the carrier did not say."""

    call_sid: str
    dial_status: str  # completed, answered, busy, no-answer, failed, canceled
    bridged: bool | None
    leg_sid: str | None
    talk_seconds: int | None
    caller_left: bool


@dataclass(frozen=True)
class CallProgress:
    """A status callback, for a caller's leg (no parent) or a producer's."""

    call_sid: str
    parent_sid: str | None
    status: str  # queued, initiated, ringing, in-progress, completed, busy, failed, no-answer, canceled
    duration_seconds: int | None
    sequence: int | None

    @property
    def final(self) -> bool:
        """Terminal states never go back (TELEPHONY.md section 1: treat every terminal status as final)."""
        return self.status in {"completed", "busy", "failed", "no-answer", "canceled"}


@dataclass(frozen=True)
class RecordingDone:
    """The carrier has a recording of a talk, or tells that it has none. Its call and offer are in the address."""

    recording_sid: str
    status: str  # in-progress, completed, absent, failed
    seconds: int | None
    channels: int | None


@dataclass(frozen=True)
class TextReceived:
    """A message reached one of our numbers."""

    message_sid: str
    from_number: str
    to_number: str
    body: str
    opt_out_type: str | None = None  # STOP, START, HELP: only with Advanced Opt-Out


@dataclass(frozen=True)
class TextProgress:
    """What became of a message we sent."""

    message_sid: str
    status: str  # accepted, scheduled, queued, sending, sent, delivered, undelivered, failed
    error_code: int | None


@dataclass(frozen=True)
class Failure:
    """The carrier could not use our document (ErrorCode, ErrorUrl of the fallback request)."""

    call_sid: str
    error_code: int | None
    error_url: str | None
    on_producer_leg: bool
