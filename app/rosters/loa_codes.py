"""What a state's license classes and line codes mean, as NIPR's reports give them.

The same code is another line in another state (`H` is Life in Iowa and Health in eight others), so everything is
looked up by (state, class, code), then by name, and nothing is guessed: code and name must not contradict each other.

Table: app/data/loa_codes.csv (state, class_code, class, sells, loa_code, loa_name, lines, match, source), made by
scripts/build-loa-names; 33 jurisdictions. Elsewhere only the uniform names count.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache, lru_cache

from app.domain import tables
from app.domain.lines import Line
from app.domain.states import State
from app.rosters.line_names import fold

_RESIDENT = "resident"
_NOT_A_LINE = "not_a_line"
# "Producer Individual", "Non-Resident Insurance Producer": these words narrow nothing.
_IDLE_WORDS = frozenset(("insurance", "individual", "resident", "nonresident", "non"))


class Class(Enum):
    """Whether a class sells insurance. MISSING: the report names none."""

    PRODUCER = "producer"
    OTHER = "other"
    MISSING = "missing"


class Mirror(Enum):
    """The line stands for whatever the producer's resident license holds."""

    OF_RESIDENT_LICENSE = "of_resident_license"


class NotALine(Enum):
    """Known, and nothing a caller is sold: bail bonds, title, reinsurance."""

    FOR_SURE = "for_sure"


@dataclass(frozen=True, slots=True)
class Unsure:
    """A person has to say; `why` is for them."""

    why: str


Meaning = tuple[Line, ...] | Mirror | NotALine | Unsure


@lru_cache(maxsize=4096)
def class_of(state: State, code: str, name: str) -> Class | Unsure:
    """What a license of that class may do: by its code, then its name, which must agree."""
    if not code and not fold(name):
        return Class.MISSING
    by_code = _table().classes.get((state, code.upper())) if code else None
    by_name = _class_named(state, name)
    found = by_code or by_name
    if found is None:
        return Unsure(f"whether this license class sells insurance is not known for sure in {state}")
    if name and by_code and by_code != by_name and by_code.folded != fold(name):
        return Unsure(f"in {state} the class code {code} is {by_code.name!r}, and the report names another class")
    return Class.PRODUCER if found.sells else Class.OTHER


@lru_cache(maxsize=65536)
def meaning(state: State, code: str, name: str) -> Meaning:
    """What a line of the state's producer class means: by its code, then its name, which must agree."""
    by_code = _table().codes.get((state, code.upper())) if code else None
    by_name = _line_named(state, name)
    if by_code is None and by_name is None:
        return Unsure(f"not a line of authority that is known for sure in {state}")
    if by_code and fold(name) and by_code.folded != fold(name) and (by_name is None or by_name != by_code.meaning):
        return Unsure(f"in {state} the code {code} is {by_code.name!r}, and the report names another line")
    found = by_code.meaning if by_code else by_name
    assert found is not None
    return found


@dataclass(frozen=True, slots=True)
class _Class:
    name: str
    folded: str
    sells: bool


@dataclass(frozen=True, slots=True)
class _Coded:
    name: str
    folded: str
    meaning: Meaning


@dataclass(frozen=True, slots=True)
class _Table:
    classes: dict[tuple[State, str], _Class]
    named_classes: dict[tuple[State, str], _Class]
    producers: dict[State, _Class]
    codes: dict[tuple[State, str], _Coded]
    names: dict[tuple[State, str], Meaning]


def _class_named(state: State, name: str) -> _Class | None:
    folded = fold(name)
    if not folded:
        return None
    if known := _table().named_classes.get((state, folded)):
        return known
    if [word for word in folded.split() if word not in _IDLE_WORDS] == ["producer"]:
        return _table().producers.get(state) or _Class(name, folded, sells=True)
    return None


def _line_named(state: State, name: str) -> Meaning | None:
    folded = fold(name)
    return _table().names.get((state, folded)) or _uniform_names().get(folded)


@cache
def _uniform_names() -> dict[str, Meaning]:
    """The NAIC's six major lines, which are called the same everywhere."""
    return {
        fold(name): (Line(line),)
        for line, name, kind, _definition, _source in tables.rows("lines.csv")
        if kind == "major"
    }


@cache
def _table() -> _Table:
    """Raises ValueError where a state would have two producer classes, whose codes could then differ."""
    table = _Table({}, {}, {}, {}, {})
    for state, class_code, class_name, sells, code, name, lines, match, _source in tables.rows("loa_codes.csv"):
        class_ = _Class(class_name, fold(class_name), sells == "yes")
        table.classes[state, class_code.upper()] = class_
        table.named_classes[state, class_.folded] = class_
        if class_.sells:
            if table.producers.setdefault(state, class_) != class_:
                raise ValueError(f"loa_codes.csv: {state} has two producer classes")
            coded = _Coded(name, fold(name), _meaning(lines, match))
            table.codes[state, code.upper()] = coded
            if table.names.setdefault((state, coded.folded), coded.meaning) != coded.meaning:
                raise ValueError(f"loa_codes.csv: {name!r} means two things in {state}")
    return table


def _meaning(lines: str, match: str) -> Meaning:
    if lines == _RESIDENT:
        return Mirror.OF_RESIDENT_LICENSE
    if lines:
        return tuple(Line(line) for line in lines.split("|"))
    if match == _NOT_A_LINE:
        return NotALine.FOR_SURE
    return Unsure(f"the state's own list has it, but not as a whole line for sure ({match})")
