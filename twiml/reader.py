"""TwiML text to verbs, strict about names, nesting, attributes and values.

For the simulator and tests only: the product never reads TwiML. Codes are Twilio's own (TELEPHONY.md section 6).
Twilio only warns of many of these (12200, 132xx); a simulator that shrugged would hide our mistakes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from twiml import verbs

PARSE_FAILURE = 12100
WRONG_ROOT = 12102
SCHEMA = 12200
LARGEST_DOCUMENT = 65_536
"""Bytes of TwiML that are read (64 kB); more is 11750."""

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


class TwimlError(ValueError):
    """The document is not the TwiML that Twilio's schema allows; `code` is the one its debugger would show.
    """

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Document:
    """What a document says; `warnings` only where it was read leniently."""

    verbs: tuple[verbs.Verb, ...]
    warnings: tuple[TwimlError, ...] = ()


def read(text: str, *, lenient: bool = False, messaging: bool = False) -> Document:
    """The verbs of `text`. Raises TwimlError; leniently, what the schema does not know is left out with a
    warning.

    `messaging` reads the answer to a text (Message, Redirect) instead of a call's document.
    """
    root = _parse(text)
    if root.tag != "Response":
        raise TwimlError(WRONG_ROOT, f"the root element must be Response, not {root.tag}")
    reading = _Reading(lenient)
    reading.refuse_attributes(root, {})
    reading.refuse_text(root)
    allowed = _MESSAGING if messaging else _VERBS
    return Document(reading.children(root, allowed, SCHEMA), tuple(reading.warnings))


def _parse(text: str) -> ElementTree.Element:
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST_DOCUMENT:
        raise TwimlError(11750, "the document is larger than 64 kB")
    if text[:1].isspace() and text.lstrip().startswith("<?xml"):
        raise TwimlError(PARSE_FAILURE, "nothing may stand before <?xml")
    if re.search(r"<!(DOCTYPE|ENTITY)", text, re.IGNORECASE):
        raise TwimlError(PARSE_FAILURE, "document types and entities are not read")
    try:
        return ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError) as error:
        raise TwimlError(PARSE_FAILURE, f"document parse failure: {error}") from error


class _Reading:
    """One reading of one document: strict, or collecting warnings."""

    def __init__(self, lenient: bool) -> None:
        self._lenient = lenient
        self.warnings: list[TwimlError] = []

    def complain(self, code: int, message: str) -> None:
        error = TwimlError(code, message)
        if not self._lenient:
            raise error
        self.warnings.append(error)

    def children(
        self, parent: ElementTree.Element, allowed: Mapping[str, _Element], code: int
    ) -> tuple[Any, ...]:
        found = []
        for child in parent:
            if child.tail and child.tail.strip():
                self.complain(SCHEMA, f"text {child.tail.strip()!r} after {child.tag}")
            if child.tag not in allowed:
                self.complain(code, f"{child.tag} is not allowed in {parent.tag}")
                continue
            found.append(self.element(child, allowed[child.tag]))
        return tuple(found)

    def element(self, node: ElementTree.Element, schema: _Element) -> Any:
        values = self.attributes(node, schema.attributes)
        if schema.text_field is not None:
            if len(node) and not schema.children:
                self.complain(schema.nesting_code, f"{node[0].tag} is not allowed in {node.tag}")
            values[schema.text_field] = node.text or ""
        if schema.child_field is not None:
            values[schema.child_field] = self.children(node, schema.children, schema.nesting_code)
        if schema.text_field is None:
            values |= self._text_beside_children(node, schema)
        value = schema.build(**values)
        for code, message in schema.check(value):
            self.complain(code, message)
        return value

    def _text_beside_children(self, node: ElementTree.Element, schema: _Element) -> dict[str, Any]:
        """A Dial may carry a bare number instead of nouns; no other verb has text."""
        text = (node.text or "").strip()
        if text and node.tag == "Dial" and not len(node):
            return {"targets": (verbs.Number(text),)}
        self.refuse_text(node)
        if len(node) and schema.child_field is None:
            self.complain(SCHEMA, f"{node[0].tag} is not allowed in {node.tag}")
        return {}

    def attributes(self, node: ElementTree.Element, known: Mapping[str, _Attribute]) -> dict[str, Any]:
        self.refuse_attributes(node, known)
        values: dict[str, Any] = {}
        for name, attribute in known.items():
            if name not in node.attrib:
                continue
            try:
                values[attribute.field or _snake(name)] = attribute.convert(node.attrib[name])
            except ValueError as error:
                self.complain(attribute.code, f"{node.tag} {name}={node.attrib[name]!r}: {error}")
        return values

    def refuse_attributes(self, node: ElementTree.Element, known: Mapping[str, _Attribute]) -> None:
        for name in node.attrib:
            if name not in known:
                self.complain(SCHEMA, f"{node.tag} has no attribute {name}")

    def refuse_text(self, node: ElementTree.Element) -> None:
        if node.text and node.text.strip():
            self.complain(SCHEMA, f"text {node.text.strip()!r} in {node.tag}")


@dataclass(frozen=True)
class _Attribute:
    convert: Callable[[str], Any]
    code: int = SCHEMA
    field: str = ""


def _nothing_to_check(_: Any) -> list[tuple[int, str]]:
    return []


@dataclass(frozen=True)
class _Element:
    build: Callable[..., Any]
    attributes: Mapping[str, _Attribute]
    text_field: str | None = None
    child_field: str | None = None
    children: Mapping[str, _Element] = None  # type: ignore[assignment]  # replaced by {} below
    nesting_code: int = SCHEMA
    check: Callable[[Any], list[tuple[int, str]]] = _nothing_to_check

    def __post_init__(self) -> None:
        if self.children is None:
            object.__setattr__(self, "children", {})


def _snake(name: str) -> str:
    return re.sub(r"([A-Z])", lambda match: "_" + match[1].lower(), name)


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


def _check_number(number: verbs.Number) -> list[tuple[int, str]]:
    good = re.fullmatch(r"\+?[\d\-(). ]{3,20}", number.number.strip())
    return [] if good else [(13223, f"{number.number!r} is not a phone number")]


def _check_client(client: verbs.Client) -> list[tuple[int, str]]:
    good = 0 < len(client.identity.strip()) <= 256
    return [] if good else [(SCHEMA, "a Client's identifier has 1 to 256 characters")]


def _check_dial(dial: verbs.Dial) -> list[tuple[int, str]]:
    if not dial.targets:
        return [(13223, "Dial names nobody")]
    return [(13250, "Dial names more than ten")] if len(dial.targets) > 10 else []


def _check_url(verb: verbs.Play | verbs.Redirect) -> list[tuple[int, str]]:
    return [] if verb.url.strip() else [(11100, f"{type(verb).__name__} has no URL")]


_SAY = _Element(
    verbs.Say,
    {"voice": _Attribute(str), "language": _Attribute(str), "loop": _Attribute(_between(0, 1000), 13510)},
    text_field="text",
    check=_check_say,
)
_PLAY = _Element(verbs.Play, {"loop": _Attribute(_between(0, 1000))}, text_field="url", check=_check_url)
_PAUSE = _Element(verbs.Pause, {"length": _Attribute(_between(0, 600))})
_CALLBACKS = {
    "statusCallback": _Attribute(str),
    "statusCallbackMethod": _Attribute(_METHOD),
    "statusCallbackEvent": _Attribute(_words(*sorted(_EVENTS))),
}
_NUMBER = _Element(
    verbs.Number,
    {
        "url": _Attribute(str),
        "method": _Attribute(_METHOD, 13221),
        "sendDigits": _Attribute(_matching(r"[\dw#*]+"), 13222),
        **_CALLBACKS,
    },
    text_field="number",
    check=_check_number,
)
_CLIENT = _Element(
    verbs.Client,
    {"url": _Attribute(str), "method": _Attribute(_METHOD), **_CALLBACKS},
    text_field="identity",
    check=_check_client,
)
_RECORDING_CALLBACK = {
    "recordingStatusCallback": _Attribute(str),
    "recordingStatusCallbackMethod": _Attribute(_METHOD),
}
_DIAL = _Element(
    verbs.Dial,
    {
        "action": _Attribute(str),
        "method": _Attribute(_METHOD, 13210),
        "timeout": _Attribute(_between(5, 600), 13212),
        "timeLimit": _Attribute(_between(1, 86_400), 13216),
        "callerId": _Attribute(str, 13214),
        "answerOnBridge": _Attribute(_boolean, 13219),
        "hangupOnStar": _Attribute(_boolean, 13213),
        "record": _Attribute(_one_of(*sorted(_RECORDINGS)), 13217),
        "ringTone": _Attribute(_matching("[a-z]{2}(-old)?")),
        "sequential": _Attribute(_boolean, 13218),
        **_RECORDING_CALLBACK,
    },
    child_field="targets",
    children={"Number": _NUMBER, "Client": _CLIENT},
    nesting_code=13215,
    check=_check_dial,
)
_GATHER = _Element(
    verbs.Gather,
    {
        "action": _Attribute(str),
        "method": _Attribute(_METHOD, 13312),
        "input": _Attribute(_words("dtmf", "speech")),
        "timeout": _Attribute(_between(0, 600), 13313),
        "speechTimeout": _Attribute(_matching(r"auto|\d+")),
        "numDigits": _Attribute(_between(1, 1000), 13314),
        "finishOnKey": _Attribute(_matching(r"[\d#*]?"), 13310),
        "actionOnEmptyResult": _Attribute(_boolean),
        "language": _Attribute(str),
        "hints": _Attribute(str),
    },
    child_field="nested",
    children={"Say": _SAY, "Play": _PLAY, "Pause": _PAUSE},
    nesting_code=13320,
)
_RECORD = _Element(
    verbs.Record,
    {
        "action": _Attribute(str),
        "method": _Attribute(_METHOD, 13610),
        "timeout": _Attribute(_between(0, 600)),
        "finishOnKey": _Attribute(_matching(r"[\d#*]*")),
        "maxLength": _Attribute(_between(1, 14_400)),
        "playBeep": _Attribute(_boolean, 13616),
        **_RECORDING_CALLBACK,
    },
)
_REDIRECT = _Element(verbs.Redirect, {"method": _Attribute(_METHOD)}, text_field="url", check=_check_url)
_VERBS = {
    "Say": _SAY,
    "Play": _PLAY,
    "Pause": _PAUSE,
    "Gather": _GATHER,
    "Record": _RECORD,
    "Dial": _DIAL,
    "Redirect": _REDIRECT,
    "Hangup": _Element(verbs.Hangup, {}),
    "Reject": _Element(verbs.Reject, {"reason": _Attribute(_one_of("rejected", "busy"))}),
}
_MESSAGING = {
    "Message": _Element(
        verbs.Message,
        {"to": _Attribute(str), "from": _Attribute(str, field="from_"), "statusCallback": _Attribute(str)},
        text_field="body",
    ),
    "Redirect": _REDIRECT,
}
