"""What a person has agreed to, as the vendor posted it with the lead."""

from __future__ import annotations

import json
from typing import Any


def allows_automated_calls(consent: str | None) -> bool:
    """Whether calls by a machine are agreed to: only a JSON object whose `automated_calls` is the boolean true says so.

    Fails closed: free text is a no, whatever it says, and so is an object that names a thing twice.
    """
    try:
        given = json.loads(consent or "", object_pairs_hook=_named_once)
    except (ValueError, RecursionError):
        return False
    return isinstance(given, dict) and given.get("automated_calls") is True


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    named = dict(pairs)
    if len(named) != len(pairs):
        raise ValueError("a name is given twice")
    return named
