"""The elements of a NIPR report as typed values, before anybody asks what they authorize."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from app.domain.licensing import IN_FORCE, Residency, Status
from app.domain.states import State
from app.rosters.errors import BadCell, Problems
from app.rosters.nipr_cells import Expiration, StatusWord
from app.rosters.nipr_values import SeenAppointment

_Value = TypeVar("_Value")

# A Social Security number without its hyphens.
_NINE_DIGITS = re.compile(r"(?<!\d)\d{9}(?!\d)")


@dataclass(frozen=True, slots=True)
class FoundLine:
    """One line of authority of a license."""

    code: str
    name: str
    status: StatusWord
    issued_on: date | None
    line_number: int
    ce_compliant: bool | None = None
    ce_renewal_on: date | None = None
    ce_credits_needed: int | None = None


@dataclass(slots=True)
class FoundLicense:
    """One license. `number` is None where there is none that may be kept."""

    state: State
    number: str | None
    class_code: str
    class_name: str
    residency: Residency
    status: StatusWord
    issued_on: date | None
    expiration: Expiration
    updated_on: date | None
    line_number: int
    lines: list[FoundLine] = field(default_factory=list)

    @property
    def class_(self) -> str:
        """The class as a person reads it."""
        return self.class_name or self.class_code

    def status_of(self, line: FoundLine) -> Status:
        """An inactive line of an active license is inactive, and so is any line of an inactive license."""
        for status in (self.status.status, line.status.status):
            if status not in IN_FORCE:
                return status
        pending = Status.RENEWAL_PENDING in (self.status.status, line.status.status)
        return Status.RENEWAL_PENDING if pending else Status.ACTIVE

    def effective_on(self, line: FoundLine) -> date | None:
        """The later of the two issue dates, the license's own where the line has none; None where it is not known."""
        begins = self._begins(line)
        return None if self._ends_before(begins) else begins

    def ends_before_it_begins(self, line: FoundLine) -> bool:
        return self._ends_before(self._begins(line))

    def _begins(self, line: FoundLine) -> date | None:
        if self.issued_on is None or line.issued_on is None:
            return line.issued_on or self.issued_on
        return max(self.issued_on, line.issued_on)

    def _ends_before(self, begins: date | None) -> bool:
        return begins is not None and self.expiration.on is not None and self.expiration.on < begins


@dataclass(slots=True)
class FoundProducer:
    """One person, with all licenses of all states."""

    npn: str
    line_number: int
    first_name: str = ""
    last_name: str = ""
    licenses: list[FoundLicense] = field(default_factory=list)
    appointments: list[SeenAppointment] = field(default_factory=list)


class Fields:
    """The attributes, or the elements with text, of one element; only those that are asked for are ever looked at."""

    def __init__(
        self, element: str, line: int, problems: Problems, attributes: Mapping[str, str] | None = None
    ) -> None:
        self.line = line
        self._element = element
        self._problems = problems
        self._put: dict[str, str] = {}
        self._texts = self._put if attributes is None else attributes
        self._lines: dict[str, int] = {}

    def put(self, name: str, text: str, line: int) -> None:
        if name in self._lines:
            self._problems.add(line, f"{self._element}/{name}", f"stands twice (first on line {self._lines[name]})")
            return
        self._put[name] = text
        self._lines[name] = line

    def read(self, name: str, reader: Callable[[str], _Value], otherwise: _Value, *, repeat: bool = True) -> _Value:
        """What `reader` makes of the text, empty where there is none; `otherwise`, and a word in the problems, where it
        cannot. `repeat` False keeps the text out of the message."""
        text = self._texts.get(name, "").strip()
        try:
            return reader(text)
        except BadCell as bad:
            line = self._lines.get(name, self.line)
            self._problems.add(
                line, f"{self._element}/{name}", str(bad), _NINE_DIGITS.sub("*********", text) if repeat else ""
            )
            return otherwise
