"""Lines of authority, and what a campaign requires of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Line(StrEnum):
    """A canonical line: the NAIC's major lines and the core limited ones.

    Source: app/data/lines.csv (NAIC State Licensing Handbook ch. 9; Uniform Licensing Standards).
    """

    LIFE = "life"
    HEALTH = "health"
    PROPERTY = "property"
    CASUALTY = "casualty"
    PERSONAL_LINES = "personal_lines"
    VARIABLE = "variable"
    CAR_RENTAL = "car_rental"
    CREDIT = "credit"
    CROP = "crop"
    SURETY = "surety"
    TRAVEL = "travel"


class BadRequirement(ValueError):
    """A requirement is one line, lines joined by + (all of them), or such groups joined by | (any of them)."""


@dataclass(frozen=True)
class Requirement:
    """What must be held to sell a product: any one of `alternatives`, each of them whole."""

    alternatives: tuple[tuple[Line, ...], ...]

    @classmethod
    def parse(cls, text: str) -> Requirement:
        """`life`; `property+casualty` (both); `personal_lines|property+casualty` (either). Raises BadRequirement."""
        return cls(tuple(_group(group, text) for group in text.split("|")))

    def met_by(self, held: frozenset[Line]) -> bool:
        return any(held.issuperset(group) for group in self.alternatives)

    @property
    def lines(self) -> frozenset[Line]:
        """Every line that is named."""
        return frozenset(line for group in self.alternatives for line in group)

    def __str__(self) -> str:
        return "|".join("+".join(group) for group in self.alternatives)


def _group(group: str, whole: str) -> tuple[Line, ...]:
    try:
        return tuple(sorted({Line(name.strip().lower()) for name in group.split("+")}))
    except ValueError as error:
        known = ", ".join(Line)
        raise BadRequirement(f"{whole!r}: {error}; the lines are {known}, joined by + or |") from error
