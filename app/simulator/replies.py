"""What people key, say or write back. Deterministic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Speech:
    """A spoken answer."""

    text: str
    confidence: float = 0.9


Reply = str | Speech
Replies = Reply | Sequence[Reply] | Mapping[str, Reply | Sequence[Reply]]
"""What is answered each time one is asked: the same; one after another (then silence); or by a fragment of what was
heard since the last time. There, too, one answer is given as often as asked, a list is used up one by one, and then
the next fragment that fits decides. An empty string is silence, and counts."""


def choose(replies: Replies, nth: int, heard: Sequence[str], used: Counter[str] | None = None) -> Reply:
    """What is answered the `nth` time (from 0) after hearing `heard`; `used` counts what each fragment has given."""
    if isinstance(replies, str | Speech):
        return replies
    if isinstance(replies, Mapping):
        return _by_fragment(replies, "\n".join(heard).casefold(), Counter() if used is None else used)
    return replies[nth] if nth < len(replies) else ""


def _by_fragment(replies: Mapping[str, Reply | Sequence[Reply]], told: str, used: Counter[str]) -> Reply:
    for fragment, given in replies.items():
        if fragment.casefold() not in told:
            continue
        if isinstance(given, str | Speech):
            return given
        if used[fragment] < len(given):
            used[fragment] += 1
            return given[used[fragment] - 1]
    return ""
