"""Is it really the carrier, and what does it tell us? Twilio's words stop here.

Parameters are allow-listed: what is not named below is never read. A parameter given twice with two values is
refused, not chosen from, because the signature covers their set, not their order (RELIABILITY.md section 1).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit, urlunsplit

from twilio.request_validator import RequestValidator

from app.domain.signals import (
    Arrival,
    CallProgress,
    DialResult,
    Failure,
    KeysPressed,
    ProducerLeg,
    RecordingDone,
    TextProgress,
    TextReceived,
)
from app.domain.softphone import is_softphone

Form = Sequence[tuple[str, str]]

LONGEST_NUMBER = 64  # a SIP address or `client:` name fits, E.164 has sixteen characters
LONGEST_KEYS = 32
LONGEST_SPEECH = 500
LONGEST_BODY = 1_600  # Twilio's own limit (21617)
LONGEST_URL = 2_048
ANONYMOUS = "anonymous"

_CALL_SID = re.compile("CA[0-9a-f]{32}")
_RECORDING_SID = re.compile("RE[0-9a-f]{32}")
_MESSAGE_SID = re.compile("(?:SM|MM)[0-9a-f]{32}")
_NOT_A_KEY = re.compile("[^0-9*#]")
# Control characters (tab and line ends apart) and lone surrogates: databases and documents refuse them.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

# CallStatus -> ours. `answered` is the name of an event that some libraries send as a status.
_CALL_STATUSES = {
    "queued": "queued",
    "initiated": "initiated",
    "ringing": "ringing",
    "in-progress": "in-progress",
    "answered": "in-progress",
    "completed": "completed",
    "busy": "busy",
    "failed": "failed",
    "no-answer": "no-answer",
    "canceled": "canceled",
}
_OVER = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})

# DialCallStatus -> ours. Whatever else comes counts as failed: the caller is still there, and must be served.
_DIAL_STATUSES = {
    "completed": "completed",
    "answered": "answered",
    "busy": "busy",
    "no-answer": "no-answer",
    "failed": "failed",
    "canceled": "canceled",
}
_BRIDGED = {"true": True, "false": False}

# RecordingStatus -> ours.
_RECORDING_STATUSES = {name: name for name in ("in-progress", "completed", "absent", "failed")}

# MessageStatus -> ours.
_TEXT_STATUSES = {
    "accepted": "accepted",
    "scheduled": "scheduled",
    "queued": "queued",
    "sending": "sending",
    "sent": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "partially_delivered": "delivered",
    "undelivered": "undelivered",
    "failed": "failed",
    "canceled": "failed",
}
_OPT_OUT_TYPES = frozenset({"STOP", "START", "HELP"})


class BadWebhook(ValueError):
    """The request is signed but makes no sense."""

    def __str__(self) -> str:
        return " ".join((self.__doc__ or "", *map(str, self.args)))


class Signature:
    """Whether a request carries the carrier's signature over our *public* address.

    Neither Host nor X-Forwarded headers are looked at: whoever sends a request chooses those. With HTTPS the
    carrier drops the port for voice and keeps it for texts: both spellings count. TELEPHONY.md section 2.
    """

    def __init__(self, auth_token: str, public_base_url: str) -> None:
        self._auth_token = auth_token
        self._validator = RequestValidator(auth_token)
        self._base_url = _without_userinfo(public_base_url)

    def accepts(self, method: str, path_with_query: str, form: Form, header: str | None) -> bool:
        """Never raises. `path_with_query` as it came on the wire; `form` with its blank values."""
        # An empty token would let anybody sign. No signature has a sign beyond ASCII, which some comparisons raise on.
        if not self._auth_token or not header or not header.isascii():
            return False
        url = f"{self._base_url}/{path_with_query.removeprefix('/')}"
        fields = _Fields(form if method == "POST" else ())
        try:
            return bool(self._validator.validate(url, fields, header))
        except ValueError:
            # A lone surrogate has no UTF-8 spelling: it did not come from the carrier.
            return False


def arrival(form: Form) -> Arrival:
    """`/voice/incoming`. A caller whose number is withheld is `anonymous`, as the carrier has it."""
    from_number = _text(form, "From", LONGEST_NUMBER) or ANONYMOUS
    to_number = _text(form, "To", LONGEST_NUMBER)
    # A browser calls an application, which has no number.
    if not to_number and not is_softphone(from_number):
        raise BadWebhook("To is missing")
    return Arrival(
        call_sid=_call_sid(form),
        from_number=from_number,
        to_number=to_number,
        forwarded_from=_text(form, "ForwardedFrom", LONGEST_NUMBER) or None,
        stir=_text(form, "StirVerstat", LONGEST_NUMBER) or None,
        caller_left=_caller_left(form),
    )


def keys(form: Form) -> KeysPressed:
    """A Gather on the caller's leg, and the Redirect behind it, which brings no digits."""
    return KeysPressed(
        call_sid=_call_sid(form),
        digits=_digits(form),
        speech=_text(form, "SpeechResult", LONGEST_SPEECH),
        caller_left=_caller_left(form),
    )


def producer_leg(form: Form) -> ProducerLeg:
    """The whisper is asked for, or a key was pressed in it."""
    return ProducerLeg(
        leg_sid=_call_sid(form),
        parent_sid=_optional_sid(form, "ParentCallSid"),
        digits=_digits(form),
    )


def dial_result(form: Form) -> DialResult:
    """A Dial's action. `completed` says that the leg answered, not that the two spoke: see `bridged`."""
    return DialResult(
        call_sid=_call_sid(form),
        dial_status=_DIAL_STATUSES.get(_text(form, "DialCallStatus", 32), "failed"),
        bridged=_BRIDGED.get(_text(form, "DialBridged", 8).lower()),
        leg_sid=_optional_sid(form, "DialCallSid"),
        talk_seconds=_whole(form, "DialCallDuration"),
        caller_left=_caller_left(form),
    )


def call_progress(form: Form) -> CallProgress:
    """A status callback of a number or of a producer's leg. They come in any order."""
    return CallProgress(
        call_sid=_call_sid(form),
        parent_sid=_optional_sid(form, "ParentCallSid"),
        status=_one_of(form, "CallStatus", _CALL_STATUSES),
        # CallDuration is in seconds; Duration is billed minutes.
        duration_seconds=_whole(form, "CallDuration"),
        sequence=_whole(form, "SequenceNumber"),
    )


def recording_done(form: Form) -> RecordingDone:
    """A Dial's recordingStatusCallback."""
    return RecordingDone(
        recording_sid=_sid(form, "RecordingSid", _RECORDING_SID),
        status=_one_of(form, "RecordingStatus", _RECORDING_STATUSES),
        seconds=_whole(form, "RecordingDuration"),
        channels=_whole(form, "RecordingChannels"),
    )


def text_received(form: Form) -> TextReceived:
    """`/sms/incoming`. The carrier has already answered STOP itself, and passes it on."""
    opt_out_type = _text(form, "OptOutType", 8).upper()
    return TextReceived(
        message_sid=_message_sid(form),
        from_number=_text(form, "From", LONGEST_NUMBER),
        to_number=_text(form, "To", LONGEST_NUMBER),
        body=_text(form, "Body", LONGEST_BODY),
        opt_out_type=opt_out_type if opt_out_type in _OPT_OUT_TYPES else None,
    )


def text_progress(form: Form) -> TextProgress:
    """`/sms/status`."""
    name = "MessageStatus" if _value(form, "MessageStatus") else "SmsStatus"
    return TextProgress(
        message_sid=_message_sid(form),
        status=_one_of(form, name, _TEXT_STATUSES),
        error_code=_whole(form, "ErrorCode"),
    )


def failure(form: Form) -> Failure:
    """`/voice/fallback`: the carrier could not fetch or use a document of ours."""
    return Failure(
        call_sid=_call_sid(form),
        error_code=_whole(form, "ErrorCode"),
        error_url=_text(form, "ErrorUrl", LONGEST_URL) or None,
        on_producer_leg=on_producer_leg(form),
    )


def on_producer_leg(form: Form) -> bool:
    """Whether a document that falls off its end might bridge on the leg that asks. Never raises.

    A leg that a Dial rang has a parent. Calls that we place ring a producer first: every outbound leg counts.
    """
    return any(
        (name == "Direction" and value.strip().lower().startswith("outbound"))
        or (name == "ParentCallSid" and value.strip() != "")
        for name, value in form
    )


class _Fields(dict[str, list[str]]):
    """The form as twilio.request_validator reads a multi-dict."""

    def __init__(self, form: Iterable[tuple[str, str]]) -> None:
        super().__init__()
        for name, value in form:
            self.setdefault(name, []).append(value)

    def getlist(self, name: str) -> list[str]:
        return self[name]


def _without_userinfo(public_base_url: str) -> str:
    # The carrier signs the address without user and password, which a proxy of ours may ask of it.
    parts = urlsplit(public_base_url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path.rstrip("/"), "", ""))


def _value(form: Form, name: str) -> str:
    values = {value for key, value in form if key == name}
    if len(values) > 1:
        raise BadWebhook(f"{name} is given twice")
    return values.pop() if values else ""


def _text(form: Form, name: str, longest: int) -> str:
    return _UNFIT.sub("", _value(form, name)[:longest]).strip()


def _digits(form: Form) -> str:
    return _NOT_A_KEY.sub("", _value(form, "Digits")[:LONGEST_KEYS])


def _whole(form: Form, name: str) -> int | None:
    text = _value(form, name)
    return int(text) if re.fullmatch("[0-9]{1,9}", text) else None


def _call_sid(form: Form) -> str:
    return _sid(form, "CallSid", _CALL_SID)


def _message_sid(form: Form) -> str:
    return _sid(form, "MessageSid", _MESSAGE_SID)


def _sid(form: Form, name: str, pattern: re.Pattern[str]) -> str:
    sid = _value(form, name)
    if not pattern.fullmatch(sid):
        raise BadWebhook(f"{name} is missing or not spelled {pattern.pattern}")
    return sid


def _optional_sid(form: Form, name: str) -> str | None:
    return _sid(form, name, _CALL_SID) if _value(form, name) else None


def _one_of(form: Form, name: str, table: dict[str, str]) -> str:
    word = _value(form, name)
    if word not in table:
        raise BadWebhook(f"{name} is not a status we know: {word[:32]!r}")
    return table[word]


def _caller_left(form: Form) -> bool:
    return _value(form, "CallStatus") in _OVER
