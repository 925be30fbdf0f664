"""Lines of authority as roster files spell them.

A name means what that very state calls by it, where the LOA table maps it for sure; else what our own list or the
NAIC's uniform names say. Nothing is guessed: the same word is another line in another state.

Tables: app/data/lines.csv (line, name, kind, definition, source) and app/data/loa_names.csv (state, name, lines, match,
source), both made by scripts/build-loa-names.
"""

from __future__ import annotations

import re
from functools import cache

from app.domain import tables
from app.domain.lines import Line
from app.domain.states import State

_NOT_A_LETTER_OR_DIGIT = re.compile(r"[\W_]+")


def lines_named(name: str, state: State) -> tuple[Line, ...]:
    """The lines that `name` means in `state`: one, or several for a bundle; empty where that is not known for sure."""
    folded = fold(name)
    return _of_state().get((state, folded)) or _everywhere().get(folded, ())


def fold(name: str) -> str:
    """A name without case and punctuation, `&` read as "and": how two spellings are compared."""
    return _NOT_A_LETTER_OR_DIGIT.sub(" ", name.replace("&", " and ").casefold()).strip()


@cache
def _everywhere() -> dict[str, tuple[Line, ...]]:
    named: dict[str, tuple[Line, ...]] = {fold(line): (line,) for line in Line}
    for line, name, _kind, _definition, _source in tables.rows("lines.csv"):
        if named.setdefault(fold(name), (Line(line),)) != (Line(line),):
            raise ValueError(f"lines.csv: {name!r} is already the name of another line")
    return named


@cache
def _of_state() -> dict[tuple[State, str], tuple[Line, ...]]:
    return {
        (state, fold(name)): tuple(Line(line) for line in lines.split("|"))
        for state, name, lines, _match, _source in tables.rows("loa_names.csv")
    }
