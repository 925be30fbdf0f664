"""Carrier-neutral replies: what to do next on a leg. carrier/rendering.py turns them into documents.

They are stored with the event that earned them, so that a webhook delivered twice gets one and the same reply.
`words` are keys of twiml/phrases.py with the values they need; no text of ours lives here.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any, get_args


@dataclass(frozen=True)
class Words:
    """One sentence: its key in twiml/phrases.py and what is filled in."""

    key: str
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """Something that a caller is asked; `round` counts the questions of its kind and is in the address of the answer."""

    call_sid: str
    round: int
    words: tuple[Words, ...]
    language: str = "en"


@dataclass(frozen=True)
class Offer:
    """Ring one producer. Where `announce` or `greeting` is given the caller's leg is answered and hears them first; without
    them the first verb is a bare Dial and the caller goes on hearing ringing (nothing is billed).

    `producer_phone` is E.164, or `client:` and their softphone's name.
    """

    call_sid: str
    number: int
    producer_phone: str
    caller_id: str
    ring_seconds: int
    language: str = "en"
    greeting: Words | None = None
    record: bool = False
    announce: Words | None = None

    @property
    def answers(self) -> bool:
        """Whether the caller hears something of ours, which starts the vendor's clock."""
        return self.announce is not None or self.greeting is not None


class AskZip(Question):
    """Ask the caller for five digits; `round` counts from 1 and is in the URL. The result comes also when nothing is keyed."""


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


class StayOrKeyZip(Question):
    """The producer hung up first and the caller is still there: key a ZIP or stay, and another licensed agent takes over."""


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
class Acknowledge:
    """Say what will happen, then one key of `keys` (1 stay, 2 another time); without one, `goodbye` and the end."""

    call_sid: str
    round: int
    words: tuple[Words, ...]
    goodbye: Words
    keys: str
    language: str = "en"


class AskNumber(Question):
    """Ask a caller whose number we do not know for ten digits. The result comes also when nothing is keyed."""


class AskTime(Question):
    """Ask for another time, by voice or as keys (hours and minutes). The result comes also when nothing is said."""


class ConfirmTime(Question):
    """Read a chosen time back: one key, 1 for yes. The result comes also when nothing is keyed."""


@dataclass(frozen=True)
class Hold(Question):
    """One round of waiting: `words`, `seconds` of quiet in which a key counts, then the next round."""

    seconds: int = 8


@dataclass(frozen=True)
class ScreenCallback:
    """The whisper to a producer whom we rang to call somebody back: say `words`, wait for one key, then hang up."""

    call_id: int
    words: tuple[Words, ...]
    language: str = "en"
    seconds: int = 8


@dataclass(frozen=True)
class DialCaller:
    """Ring the person from the leg of a producer who has accepted; their answer is judged. `acceptance_id` is the acceptance.

    `recorded_as`: the sid of the call that a recording belongs to; None where the talk is not recorded.
    """

    call_id: int
    phone: str
    caller_id: str
    ring_seconds: int
    acceptance_id: int
    recorded_as: str | None = None


@dataclass(frozen=True)
class AskServed:
    """After a short talk on a callback: the producer says with one key whether they spoke. The result comes also without."""

    call_id: int
    words: tuple[Words, ...]
    language: str = "en"


@dataclass(frozen=True)
class SpeakNotice:
    """Say to a person whom we rang what stands in the outbox as `text_id`, wait for one key, hang up. Never bridges.

    `body` is the outbox's own, in the person's language: what is told in GET /leads/{id} is what was said.
    """

    text_id: int
    body: str
    language: str = "en"


@dataclass(frozen=True)
class Nothing:
    """The carrier only reported; an empty document."""


Instruction = (
    Offer
    | AskZip
    | Screen
    | Bridge
    | HangUpProducer
    | Farewell
    | StayOrKeyZip
    | TurnAway
    | ProducerMenu
    | Acknowledge
    | AskNumber
    | AskTime
    | ConfirmTime
    | Hold
    | ScreenCallback
    | DialCaller
    | AskServed
    | SpeakNotice
    | Nothing
)
_KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in get_args(Instruction)}
_ONE_SENTENCE = ("greeting", "announce", "goodbye")


def encode(instruction: Instruction) -> str:
    """The instruction as JSON text for the event that earned it."""
    return json.dumps({"kind": type(instruction).__name__, **asdict(instruction)}, separators=(",", ":"))


def decode(text: str) -> Instruction:
    """The instruction that `encode` wrote. Raises KeyError for a kind this version does not know."""
    fields = json.loads(text)
    kind = _KINDS[fields.pop("kind")]
    if "words" in fields:
        fields["words"] = tuple(Words(**words) for words in fields["words"])
    for spoken in _ONE_SENTENCE:
        if fields.get(spoken) is not None:
            fields[spoken] = Words(**fields[spoken])
    instruction: Instruction = kind(**fields)
    return instruction
