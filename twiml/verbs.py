"""The verbs and nouns of TwiML as frozen values, with Twilio's defaults.

Field names are the attributes' names in snake_case; seconds are seconds. Source: TELEPHONY.md section 4.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Say:
    text: str
    voice: str = "man"
    language: str = "en-US"
    loop: int = 1


@dataclass(frozen=True)
class Play:
    url: str
    loop: int = 1


@dataclass(frozen=True)
class Pause:
    length: int = 1


@dataclass(frozen=True)
class Gather:
    """`action` None asks the current document again; `num_digits` None is as many as are keyed."""

    nested: tuple[Say | Play | Pause, ...] = ()
    action: str | None = None
    method: str = "POST"
    input: tuple[str, ...] = ("dtmf",)
    timeout: float = 5
    speech_timeout: str | None = None
    num_digits: int | None = None
    finish_on_key: str = "#"
    action_on_empty_result: bool = False
    language: str = "en-US"
    hints: str = ""


@dataclass(frozen=True)
class Record:
    action: str | None = None
    method: str = "POST"
    timeout: int = 5
    finish_on_key: str = "1234567890*#"
    max_length: int = 3600
    play_beep: bool = True
    recording_status_callback: str | None = None
    recording_status_callback_method: str = "POST"


@dataclass(frozen=True)
class Number:
    number: str
    url: str | None = None
    method: str = "POST"
    send_digits: str = ""
    status_callback: str | None = None
    status_callback_method: str = "POST"
    status_callback_event: tuple[str, ...] = ("completed",)

    @property
    def address(self) -> str:
        return self.number


@dataclass(frozen=True)
class Client:
    identity: str
    url: str | None = None
    method: str = "POST"
    status_callback: str | None = None
    status_callback_method: str = "POST"
    status_callback_event: tuple[str, ...] = ("completed",)
    send_digits: str = field(default="", init=False)

    @property
    def address(self) -> str:
        return f"client:{self.identity}"


@dataclass(frozen=True)
class Dial:
    """`timeout` is what the document asks for; the carrier adds its own buffer. No `action`: the next verb runs."""

    targets: tuple[Number | Client, ...] = ()
    action: str | None = None
    method: str = "POST"
    timeout: int = 30
    time_limit: int = 14_400
    caller_id: str | None = None
    answer_on_bridge: bool = False
    hangup_on_star: bool = False
    record: str = "do-not-record"
    recording_status_callback: str | None = None
    recording_status_callback_method: str = "POST"
    ring_tone: str | None = None
    sequential: bool = False


@dataclass(frozen=True)
class Redirect:
    url: str
    method: str = "POST"


@dataclass(frozen=True)
class Hangup:
    pass


@dataclass(frozen=True)
class Reject:
    reason: str = "rejected"


@dataclass(frozen=True)
class Message:
    """A text sent as the answer to a text."""

    body: str
    to: str | None = None
    from_: str | None = None
    status_callback: str | None = None


Verb = Say | Play | Pause | Gather | Record | Dial | Redirect | Hangup | Reject | Message
Noun = Number | Client
