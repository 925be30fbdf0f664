"""Which lines people tend to ask about together: what a caller about life insurance may want besides, and a producer may lack."""

from __future__ import annotations

from collections.abc import Collection

from app.domain.lines import Line, Requirement

FAMILIES: tuple[tuple[Line, ...], ...] = (
    (Line.LIFE, Line.HEALTH, Line.VARIABLE),
    (Line.PROPERTY, Line.CASUALTY, Line.PERSONAL_LINES),
)
"""Source: the NAIC's major lines (State Licensing Handbook ch. 9), as agencies sell them."""


def not_held(requirement: Requirement, held: Collection[Line]) -> tuple[Line, ...]:
    """The lines of the product's families that are not among `held`: what must not be talked about. Limited lines have no family.

    Property with casualty takes in personal lines.
    """
    covered = set(held)
    if {Line.PROPERTY, Line.CASUALTY} <= covered:
        covered.add(Line.PERSONAL_LINES)
    asked = [family for family in FAMILIES if requirement.lines & set(family)]
    wanted = [line for family in asked for line in family]
    wanted += sorted(line for line in requirement.lines if line not in wanted)
    return tuple(line for line in wanted if line not in covered)
