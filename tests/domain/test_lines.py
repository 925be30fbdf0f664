"""What must be held to sell a product."""

from __future__ import annotations

import pytest

from app.domain.lines import BadRequirement, Line, Requirement


@pytest.mark.parametrize(
    ("requirement", "held", "met"),
    [
        ("life", "life", True),
        ("life", "health", False),
        ("life", "", False),
        ("property+casualty", "property", False),
        ("property+casualty", "casualty property", True),
        ("personal_lines|property+casualty", "personal_lines", True),
        ("personal_lines|property+casualty", "casualty", False),
        ("personal_lines|property+casualty", "casualty property health", True),
    ],
)
def test_plus_is_both_and_bar_is_either(requirement: str, held: str, met: bool) -> None:
    assert Requirement.parse(requirement).met_by(frozenset(Line(line) for line in held.split())) is met


@pytest.mark.parametrize("text", [" Life ", "CASUALTY + property", "property+casualty|personal_lines"])
def test_a_requirement_reads_back_as_it_is_spelled(text: str) -> None:
    requirement = Requirement.parse(text)

    assert Requirement.parse(str(requirement)) == requirement


@pytest.mark.parametrize("text", ["", "+", "life|", "life+", "auto", "life,health", "life||health"])
def test_what_is_no_requirement_is_refused(text: str) -> None:
    with pytest.raises(BadRequirement, match="joined by"):
        Requirement.parse(text)


def test_every_line_that_is_named_is_known() -> None:
    assert Requirement.parse("personal_lines|property+casualty").lines == {
        Line.PERSONAL_LINES,
        Line.PROPERTY,
        Line.CASUALTY,
    }
