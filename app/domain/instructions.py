"""Carrier-neutral replies: what to do next on a leg. carrier/rendering.py turns them into documents.

They are stored with the event that earned them, so that a webhook delivered twice gets one and the same reply.
`words` are keys of twiml/phrases.py with the values they need; no text of ours lives here.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Words:
    """One sentence: its key in twiml/phrases.py and what is filled in."""

    key: str
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Offer:
    """Ring one producer. Where `greeting` is given the caller's leg is answered and hears it first; without it the first
    verb is a bare Dial and the caller goes on hearing ringing (nothing is billed)."""

    call_sid: str
    number: int
    producer_phone: str
    caller_id: str
    ring_seconds: int
    language: str = "en"
    greeting: Words | None = None


@dataclass(frozen=True)
class AskZip:
    """Ask the caller for five digits; `round` counts from 1 and is in the URL. The result comes also when nothing is keyed."""

    call_sid: str
    round: int
    words: tuple[Words, ...]
    language: str = "en"


@dataclass(frozen=True)
class Screen:
    """The whisper on a producer's leg: say `words`, wait `seconds` for one key, then hang up."""

    call_sid: str
    number: int
    words: tuple[Words, ...]
    language: str = "en"
    seconds: int = 8


@dataclass(frozen=True)
class Bridge:
    """The one reply that lets a producer's leg fall through. `acceptance_id` is the committed acceptance (a ledger entry)."""

    call_sid: str
    number: int
    leg_sid: str
    acceptance_id: int


@dataclass(frozen=True)
class HangUpProducer:
    """End a producer's leg, after saying why where there is something to say. Never bridges."""

    words: tuple[Words, ...] = ()
    language: str = "en"


@dataclass(frozen=True)
class Farewell:
    """Speak to the caller, then end the call."""

    words: tuple[Words, ...]
    language: str = "en"


@dataclass(frozen=True)
class StayOrKeyZip:
    """The producer hung up first and the caller is still there: key a ZIP or stay, and another licensed agent takes over."""

    call_sid: str
    round: int
    words: tuple[Words, ...]
    language: str = "en"


@dataclass(frozen=True)
class TurnAway:
    """Refuse the call before it is answered: nothing is billed. `reason` is `busy` or `rejected`."""

    reason: str = "rejected"


@dataclass(frozen=True)
class ProducerMenu:
    """A producer calls our number: one key sets their presence."""

    call_sid: str
    words: tuple[Words, ...]
    language: str = "en"


@dataclass(frozen=True)
class Nothing:
    """The carrier only reported; an empty document."""


Instruction = (
    Offer | AskZip | Screen | Bridge | HangUpProducer | Farewell | StayOrKeyZip | TurnAway | ProducerMenu | Nothing
)
_KINDS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        Offer,
        AskZip,
        Screen,
        Bridge,
        HangUpProducer,
        Farewell,
        StayOrKeyZip,
        TurnAway,
        ProducerMenu,
        Nothing,
    )
}


def encode(instruction: Instruction) -> str:
    """The instruction as JSON text for the event that earned it."""
    return json.dumps({"kind": type(instruction).__name__, **asdict(instruction)}, separators=(",", ":"))


def decode(text: str) -> Instruction:
    """The instruction that `encode` wrote. Raises KeyError for a kind this version does not know."""
    fields = json.loads(text)
    kind = _KINDS[fields.pop("kind")]
    if "words" in fields:
        fields["words"] = tuple(Words(**words) for words in fields["words"])
    if fields.get("greeting") is not None:
        fields["greeting"] = Words(**fields["greeting"])
    instruction: Instruction = kind(**fields)
    return instruction
