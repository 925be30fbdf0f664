"""Where a producer learned that the caller lives or is, as they type it: a state's code or name, or a ZIP."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.domain import states, zip_codes
from app.domain.states import State

_COMMAND = re.compile(r"\s*wrong(?:\s+state)?\b[\s:,.-]*(?P<place>.*?)[\s.!]*", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Place:
    """One of both. `zip_code` has five digits and lies in a state of ours."""

    state: State | None = None
    zip_code: str | None = None

    @property
    def states(self) -> tuple[State, ...]:
        if self.zip_code is not None:
            return zip_codes.states_of(self.zip_code)
        return (self.state,) if self.state else ()


def in_zip(text: str) -> Place | None:
    """None where it is no ZIP in use, or one that no state of ours governs."""
    zip5 = zip_codes.normalize_keyed(text.strip())
    return Place(zip_code=zip5) if zip5 and zip_codes.states_of(zip5) else None


def in_command(text: str) -> Place | None:
    """The place in a text such as `WRONG TX`, `wrong state: Texas` or `Wrong 75201`; None where nobody can read it."""
    command = _COMMAND.fullmatch(text)
    if command is None:
        return None
    place = command["place"]
    state = states.parse(place)
    return Place(state=state) if state else in_zip(place)


def is_command(text: str) -> bool:
    """Whether the text is meant to report a wrong state, readable or not."""
    return _COMMAND.fullmatch(text) is not None
