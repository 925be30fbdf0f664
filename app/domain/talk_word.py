"""A producer's word on a talk of theirs: whether it served, and what follows where it did not (FLOWS.md, custody)."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

TAKEN_FOR = timedelta(hours=24)
"""So long after a talk its producer may still say how it was, while nothing else has happened to the lead since."""


class TalkWord(StrEnum):
    """What a producer may say of a talk. Part of the public interface: `disposition` of POST /calls/{sid}/disposition."""

    SERVED = "served"
    NOT_INTERESTED = "not_interested"
    NOT_SERVED = "not_served"
    WRONG_NUMBER = "wrong_number"
    OPTED_OUT = "opted_out"

    @property
    def served(self) -> bool | None:
        """Whether the talk served; None where the word says something of the number, and the seconds decide."""
        return _SERVED.get(self)


_SERVED = {TalkWord.SERVED: True, TalkWord.NOT_INTERESTED: True, TalkWord.NOT_SERVED: False}
