"""What TwiML allows: every verb's attributes, their values and Twilio's code for a wrong one.

Source: TELEPHONY.md sections 4 and 6. Whatever is not simulated (Enqueue, Conference, machineDetection) is not here,
so that it is refused instead of silently not happening.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from twiml import verbs

SCHEMA = 12200
"""Schema validation: a verb, attribute or value that Twilio does not know."""
_EVENTS = {"initiated", "ringing", "answered", "completed"}
_RECORDINGS = {
    "do-not-record",
    "record-from-answer",
    "record-from-ringing",
    "record-from-answer-dual",
    "record-from-ringing-dual",
    "true",
    "false",
}


@dataclass(frozen=True)
class Attribute:
    """How an attribute is read, the code of a bad value, and the field it fills (else its name in snake_case)."""

    convert: Callable[[str], Any]
    code: int = SCHEMA
    fills: str = ""


def _nothing_to_check(_: Any) -> list[tuple[int, str]]:
    return []


@dataclass(frozen=True)
class Element:
    """One verb or noun: what it is built into, what it may carry. `check` gives (code, message) of what is wrong."""

    build: Callable[..., Any]
    attributes: Mapping[str, Attribute]
    text_field: str | None = None
    child_field: str | None = None
    children: Mapping[str, Element] = field(default_factory=dict)
    nesting_code: int = SCHEMA
    check: Callable[[Any], list[tuple[int, str]]] = _nothing_to_check


def _one_of(*allowed: str) -> Callable[[str], str]:
    def convert(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return text

    return convert


def _between(low: int, high: int) -> Callable[[str], int]:
    def convert(text: str) -> int:
        if not re.fullmatch(r"\d+", text) or not low <= int(text) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(text)

    return convert


def _matching(pattern: str) -> Callable[[str], str]:
    def convert(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(f"must match {pattern}")
        return text

    return convert


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("must be true or false")
    return text == "true"


def _words(*allowed: str) -> Callable[[str], tuple[str, ...]]:
    def convert(text: str) -> tuple[str, ...]:
        found = tuple(text.split())
        if not found or any(word not in allowed for word in found):
            raise ValueError(f"must be words of {', '.join(allowed)}")
        return found

    return convert


_METHOD = _one_of("GET", "POST")


def _check_say(say: verbs.Say) -> list[tuple[int, str]]:
    return [] if say.text.strip() else [(13520, "Say has no text")]


def check_number(number: verbs.Number) -> list[tuple[int, str]]:
    good = re.fullmatch(r"\+?[\d\-(). ]{3,20}", number.number.strip())
    return [] if good else [(13223, f"{number.number!r} is not a phone number")]


def _check_client(client: verbs.Client) -> list[tuple[int, str]]:
    good = re.fullmatch(r"\w{1,256}", client.identity.strip(), re.ASCII)
    return [] if good else [(SCHEMA, "a Client's identifier has 1 to 256 letters, digits and underscores")]


def _check_dial(dial: verbs.Dial) -> list[tuple[int, str]]:
    if not dial.targets:
        return [(13223, "Dial names nobody")]
    return [(13250, "Dial names more than ten")] if len(dial.targets) > 10 else []


def _check_url(verb: verbs.Play | verbs.Redirect) -> list[tuple[int, str]]:
    return [] if verb.url.strip() else [(11100, f"{type(verb).__name__} has no URL")]


_SAY = Element(
    verbs.Say,
    {"voice": Attribute(str), "language": Attribute(str), "loop": Attribute(_between(0, 1000), 13510)},
    text_field="text",
    check=_check_say,
)
_PLAY = Element(verbs.Play, {"loop": Attribute(_between(0, 1000))}, text_field="url", check=_check_url)
_PAUSE = Element(verbs.Pause, {"length": Attribute(_between(0, 600))})
_CALLBACKS = {
    "statusCallback": Attribute(str),
    "statusCallbackMethod": Attribute(_METHOD),
    "statusCallbackEvent": Attribute(_words(*sorted(_EVENTS))),
}
_NUMBER = Element(
    verbs.Number,
    {
        "url": Attribute(str),
        "method": Attribute(_METHOD, 13221),
        "sendDigits": Attribute(_matching(r"[\dw#*]+"), 13222),
        **_CALLBACKS,
    },
    text_field="number",
    check=check_number,
)
_CLIENT = Element(
    verbs.Client,
    {"url": Attribute(str), "method": Attribute(_METHOD), **_CALLBACKS},
    text_field="identity",
    check=_check_client,
)
_RECORDING_CALLBACK = {
    "recordingStatusCallback": Attribute(str),
    "recordingStatusCallbackMethod": Attribute(_METHOD),
}
_DIAL = Element(
    verbs.Dial,
    {
        "action": Attribute(str),
        "method": Attribute(_METHOD, 13210),
        "timeout": Attribute(_between(5, 600), 13212),
        "timeLimit": Attribute(_between(1, 86_400), 13216),
        "callerId": Attribute(str, 13214),
        "answerOnBridge": Attribute(_boolean, 13219),
        "hangupOnStar": Attribute(_boolean, 13213),
        "record": Attribute(_one_of(*sorted(_RECORDINGS)), 13217),
        "ringTone": Attribute(_matching("[a-z]{2}(-old)?")),
        "sequential": Attribute(_boolean, 13218),
        **_RECORDING_CALLBACK,
    },
    child_field="targets",
    children={"Number": _NUMBER, "Client": _CLIENT},
    nesting_code=13215,
    check=_check_dial,
)
_GATHER = Element(
    verbs.Gather,
    {
        "action": Attribute(str),
        "method": Attribute(_METHOD, 13312),
        "input": Attribute(_words("dtmf", "speech")),
        "timeout": Attribute(_between(0, 600), 13313),
        "speechTimeout": Attribute(_matching(r"auto|\d+")),
        "numDigits": Attribute(_between(1, 1000), 13314),
        "finishOnKey": Attribute(_matching(r"[\d#*]?"), 13310),
        "actionOnEmptyResult": Attribute(_boolean),
        "language": Attribute(str),
        "hints": Attribute(str),
    },
    child_field="nested",
    children={"Say": _SAY, "Play": _PLAY, "Pause": _PAUSE},
    nesting_code=13320,
)
_RECORD = Element(
    verbs.Record,
    {
        "action": Attribute(str),
        "method": Attribute(_METHOD, 13610),
        "timeout": Attribute(_between(0, 600)),
        "finishOnKey": Attribute(_matching(r"[\d#*]*")),
        "maxLength": Attribute(_between(1, 14_400)),
        "playBeep": Attribute(_boolean, 13616),
        **_RECORDING_CALLBACK,
    },
)
_REDIRECT = Element(verbs.Redirect, {"method": Attribute(_METHOD)}, text_field="url", check=_check_url)
VERBS = {
    "Say": _SAY,
    "Play": _PLAY,
    "Pause": _PAUSE,
    "Gather": _GATHER,
    "Record": _RECORD,
    "Dial": _DIAL,
    "Redirect": _REDIRECT,
    "Hangup": Element(verbs.Hangup, {}),
    "Reject": Element(verbs.Reject, {"reason": Attribute(_one_of("rejected", "busy"))}),
}
MESSAGING = {
    "Message": Element(
        verbs.Message,
        {"to": Attribute(str), "from": Attribute(str, fills="from_"), "statusCallback": Attribute(str)},
        text_field="body",
    ),
    "Redirect": _REDIRECT,
}
