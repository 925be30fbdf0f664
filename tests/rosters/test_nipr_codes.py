"""The packaged table of classes and codes."""

from __future__ import annotations

from app.domain import tables
from app.domain.lines import Line
from app.domain.states import is_state
from app.rosters.line_names import lines_named
from app.rosters.loa_codes import Class, Mirror, class_of, meaning

ROWS = list(tables.rows("loa_codes.csv"))


def test_every_row_has_a_state_a_class_and_a_source() -> None:
    assert len(ROWS) == 718
    assert len({row[0] for row in ROWS}) == 33
    for state, class_code, class_, sells, *_, source in ROWS:
        assert is_state(state)
        assert class_code
        assert class_
        assert sells in ("yes", "no")
        assert source


def test_only_sure_rows_of_producer_classes_carry_lines() -> None:
    for _state, _code, _class, sells, _loa_code, _name, lines, match, _source in ROWS:
        assert not lines or (sells == "yes" and match in ("exact", "synonym", "bundle", "special"))
        assert (lines == "resident") <= (match == "special")


def test_every_class_of_the_table_is_known_by_code_and_by_name() -> None:
    for state, code, name, sells, *_ in ROWS:
        known = Class.PRODUCER if sells == "yes" else Class.OTHER
        assert class_of(state, code, name) is known
        assert class_of(state, code, "") is known
        assert class_of(state, "", name) is known


def test_code_and_name_of_a_row_mean_the_same_and_what_the_names_table_says() -> None:
    sure = [row for row in ROWS if row[6] and row[6] != "resident"]
    assert len(sure) > 190
    for state, _code, _class, _sells, loa_code, name, lines, *_ in sure:
        meant = tuple(Line(line) for line in lines.split("|"))
        assert meaning(state, loa_code, name) == meaning(state, loa_code, "") == meaning(state, "", name) == meant
        assert lines_named(name, state) == meant


def test_the_four_states_that_mirror_the_home_state_do() -> None:
    mirrors = {row[0] for row in ROWS if row[6] == "resident"}

    assert mirrors == {"AK", "AZ", "CT", "IA"}
    assert meaning("AK", "BHS", "") is Mirror.OF_RESIDENT_LICENSE
