"""A change that was not made, and why: by field, so that a page can say it beside the field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Refused:
    """Nothing was changed. `errors`: why, by the field that is wrong; a field named "" is the whole request."""

    errors: Mapping[str, str]

    def __str__(self) -> str:
        return "; ".join(f"{field}: {why}" if field else why for field, why in self.errors.items())


def refused(field: str, why: str) -> Refused:
    return Refused({field: why})


def is_line(text: str, longest: int) -> bool:
    """Whether `text` is one line that can be stored and shown: 1 to `longest` printable characters."""
    return 1 <= len(text) <= longest and text.isprintable() and not text.isspace()
