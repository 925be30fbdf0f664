"""A settled residence as text in a column, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from app.domain.residency import Confidence, Evidence, Residence, Source


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


def _evidence(fields: Mapping[str, Any] | None) -> Evidence:
    """What a residence was judged on; nothing, where it was stored before that was kept."""
    if fields is None:
        return Evidence()
    return Evidence(**{**fields, "stated_states": tuple(fields["stated_states"])})
