"""A settled residence as text in a column, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from app.domain.residency import Confidence, Evidence, Residence, Source
from app.domain.states import State


def residence_text(residence: Residence | None) -> str | None:
    return None if residence is None else json.dumps(asdict(residence))


def residence_of(text: str | None) -> Residence | None:
    """A stored residence as the domain's value."""
    if text is None:
        return None
    fields = json.loads(text)
    return Residence(
        states=tuple(fields["states"]),
        confidence=Confidence(fields["confidence"]),
        source=Source(fields["source"]),
        conflict=fields["conflict"],
        zip=fields["zip"],
        why=fields["why"],
        evidence=_evidence(fields.get("evidence")),
    )


HEAD = 60
"""A stored residence begins with its states; so many characters hold eight, and little of what differs from call to call."""


def states_at_head(head: str | None) -> tuple[State, ...]:
    """The states in the first HEAD characters of a stored residence: for counting many without reading each whole."""
    start, end = (head or "").find("["), (head or "").find("]")
    if head is None or not 0 <= start < end:
        return ()
    try:
        return tuple(str(state) for state in json.loads(head[start : end + 1]))
    except ValueError:
        return ()


def _evidence(fields: Mapping[str, Any] | None) -> Evidence:
    """What a residence was judged on; nothing, where it was stored before that was kept."""
    if fields is None:
        return Evidence()
    return Evidence(**{**fields, "stated_states": tuple(fields["stated_states"])})
