"""What of a stored text is one person's: their number in any spelling, their name, what they keyed, said or wrote.

Used where a person is to be erased. What is kept of an event is about the call and the producer; a member that can only be
the person's is erased whatever it says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

ERASED = "erased"
"""Stands where something of a person stood."""

THEIRS = frozenset(
    {
        "address", "body", "consent", "digits", "external_id", "first_name", "forwarded_from", "from_number",
        "keyed", "keyed_zip", "last_name", "name", "note", "number", "phone", "speech", "stated", "told", "vendor_zip",
        "why", "zip",
    }
)  # fmt: skip
"""Members of events and replies whose text is the person's."""

OURS = frozenset(
    {
        "call_sid", "caller_id", "confidence", "disposition", "happening", "key", "kind", "language", "leg", "leg_sid", "npn",
        "outcome", "producer_phone", "reason", "said", "source", "status",
    }
)  # fmt: skip
"""Members whose text is ours, whatever it looks like: a name may be a word."""

FREE_TEXT = frozenset({"body", "consent", "external_id", "first_name", "last_name", "note", "phone", "told"})
"""Members of the ledger's facts that may be about a person, in words."""

_SHORTEST_WORD = 2


@dataclass(frozen=True)
class Traces:
    """What one person is known by. `words`: names, address and the like, as they were written."""

    number: re.Pattern[str] | None
    like: str | None
    words: re.Pattern[str] | None

    def names(self, text: str) -> bool:
        """Whether the text has the number or one of the words."""
        return self.has_number(text) or bool(self.words and self.words.search(text))

    def has_number(self, text: str) -> bool:
        return bool(self.number and self.number.search(text))

    def without_number(self, text: str) -> str:
        return self.number.sub(ERASED, text) if self.number else text

    def without(self, text: str) -> str:
        """The text with everything of the person's erased."""
        text = self.without_number(text)
        return self.words.sub(ERASED, text) if self.words else text


def traces(number: str | None, words: Iterable[str] = ()) -> Traces:
    """`number` is E.164. `like` is a pattern for LIKE that finds it in any spelling (and now and then something else)."""
    known = sorted({word for word in words if len(word) >= _SHORTEST_WORD}, key=len, reverse=True)
    pattern = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, known)) + r")(?!\w)", re.IGNORECASE) if known else None
    if number is None:
        return Traces(None, None, pattern)
    parts = _parts(number)
    between = r"[^0-9A-Za-z]{0,4}"
    spelled = re.compile(r"(?<!\d)(?:\+?1" + between + r")?\(?" + between.join(parts) + r"(?!\d)")
    return Traces(spelled, f"%{'%'.join(parts)}%", pattern)


def _parts(number: str) -> list[str]:
    """The groups in which a number is spelled: 614, 555, 0101; of another country all of it."""
    if re.fullmatch(r"\+1\d{10}", number):
        return [number[2:5], number[5:8], number[8:]]
    return [number.removeprefix("+")]


def scrubbed(text: str, of: Traces) -> str:
    """JSON without the person; what is not JSON is erased whole."""
    try:
        found = json.loads(text)
    except ValueError:
        return json.dumps({ERASED: True})
    return json.dumps(_without(found, of, ""), separators=(",", ":"))


def _without(value: Any, of: Traces, member: str) -> Any:
    if isinstance(value, Mapping):
        return {name: _without(inner, of, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_without(inner, of, member) for inner in value]
    if not isinstance(value, str) or not value:
        return value
    if member in THEIRS:
        return ERASED
    return of.without_number(value) if member in OURS else of.without(value)


def is_about_person(facts: Any, of: Traces, *, only_number: bool = False) -> bool:
    """Whether facts of the ledger hold something of the person's. `only_number`: of a decision, which has codes and no words."""
    if isinstance(facts, Mapping):
        return any(
            (not only_number and name in FREE_TEXT and isinstance(inner, str) and inner != "")
            or is_about_person(inner, of, only_number=only_number)
            for name, inner in facts.items()
        )
    if isinstance(facts, list):
        return any(is_about_person(inner, of, only_number=only_number) for inner in facts)
    if not isinstance(facts, str):
        return False
    return of.has_number(facts) if only_number else of.names(facts)
