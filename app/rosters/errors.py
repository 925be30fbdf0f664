"""What is wrong with a file, told so that a person can mend it: line, column, why."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

KEPT = 1000
"""As many errors of one file are kept; a file with more is wrong as a whole."""

_SHOWN = 60
_SOCIAL_SECURITY_NUMBER = re.compile(r"(?<!\d)\d{3}-\d{2}-\d{4}(?!\d)")


@dataclass(frozen=True)
class RowError:
    """One thing wrong.

    `line` is the physical line of the file, 1 for the header; `column` None where the row as a whole is
    meant. `value` is what stood there, shortened; empty where it must not be repeated.
    """

    line: int
    column: str | None
    why: str
    value: str = ""

    def __str__(self) -> str:
        """LINE: COLUMN: why."""
        return f"{self.line}: {self.column}: {self.why}" if self.column else f"{self.line}: {self.why}"


@dataclass(frozen=True)
class Refusal:
    """Nothing of the file may be imported: `errors` in the file's order, of `total`."""

    errors: tuple[RowError, ...]
    total: int


class BadCell(ValueError):
    """A cell does not hold what its column asks for; the message says why."""


@dataclass
class Problems:
    """Collects the errors of one file."""

    total: int = 0
    _kept: list[RowError] = field(default_factory=list)

    def add(self, line: int, column: str | None, why: str, value: str = "") -> None:
        self.total += 1
        if len(self._kept) < KEPT:
            self._kept.append(RowError(line, column, why, shortened(value)))

    def refusal(self) -> Refusal | None:
        """None where nothing is wrong."""
        if not self.total:
            return None
        return Refusal(tuple(sorted(self._kept, key=lambda error: error.line)), self.total)


def shortened(value: str) -> str:
    """A value fit for a message: one line, printable, at most 60 characters, no Social Security number."""
    plain = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in value[:1000])
    plain = _SOCIAL_SECURITY_NUMBER.sub("***-**-****", plain)
    return plain if len(plain) <= _SHOWN else f"{plain[:_SHOWN]}…"
