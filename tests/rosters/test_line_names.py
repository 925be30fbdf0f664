from __future__ import annotations

import pytest

from app.domain import tables
from app.domain.lines import Line
from app.domain.states import ALL, is_state
from app.rosters.line_names import fold, lines_named


@pytest.mark.parametrize("line", list(Line))
@pytest.mark.parametrize("state", ["OH", "FL", "NH", "PR"])
def test_our_own_names_are_known_everywhere(line: Line, state: str) -> None:
    assert lines_named(line.value, state) == (line,)
    assert lines_named(line.value.upper().replace("_", " "), state) == (line,)
    assert lines_named(line.value.replace("_", "-"), state) == (line,)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("Accident and Health or Sickness", Line.HEALTH),
        ("ACCIDENT & HEALTH OR SICKNESS", Line.HEALTH),
        ("Variable Life and Variable Annuity", Line.VARIABLE),
        ("Personal Lines", Line.PERSONAL_LINES),
    ],
)
def test_the_naics_uniform_names_are_known_everywhere(name: str, line: Line) -> None:
    assert {lines_named(name, state) for state in ALL} == {(line,)}


@pytest.mark.parametrize(
    ("state", "name", "lines"),
    [
        ("NH", "Property & Casualty", (Line.PROPERTY, Line.CASUALTY)),
        ("IL", "Personal Lines, P&C", (Line.PERSONAL_LINES,)),
        ("NE", "Sickness, Accident and Health", (Line.HEALTH,)),
        ("MT", "Disability (Health)", (Line.HEALTH,)),
        ("OR", "variable lines", (Line.VARIABLE,)),
    ],
)
def test_a_states_own_name_is_known_there_and_not_in_florida(state: str, name: str, lines: tuple[Line, ...]) -> None:
    assert lines_named(name, state) == lines
    assert lines_named(name, "FL") == ()


@pytest.mark.parametrize(
    ("state", "name"),
    [
        ("IA", "H"),  # Life in Iowa, Health elsewhere: codes are never read
        ("AZ", "Limited Home State Producer Authority"),  # mirrors the home state
        ("TX", "Life, Accident, Health & HMO"),  # not in the table
        ("OH", "Fire"),
        ("OH", ""),
        ("OH", "&"),
        ("OH", "adjuster"),
    ],
)
def test_what_is_not_known_for_sure_is_nothing(state: str, name: str) -> None:
    assert lines_named(name, state) == ()


def test_the_table_holds_only_sure_names_with_a_source() -> None:
    rows = list(tables.rows("loa_names.csv"))

    assert len(rows) > 150
    assert len({(state, fold(name)) for state, name, *_ in rows}) == len(rows)
    for state, name, lines, match, source in rows:
        assert is_state(state)
        assert match in ("exact", "synonym", "bundle")
        assert source
        assert lines_named(name, state) == tuple(Line(line) for line in lines.split("|"))
