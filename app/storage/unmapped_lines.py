"""Lines of reports that nobody can read for sure, and what persons have said that they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, or_, select, update

from app.domain.lines import Line
from app.domain.states import State
from app.rosters.nipr_values import Question, Unmapped, question
from app.storage.models.base import table_of
from app.storage.models.license_desk import LineMappingRow, UnmappedLineRow

_waiting, _mappings = table_of(UnmappedLineRow), table_of(LineMappingRow)

_KEY = ("npn", "state", "license_class", "loa_code", "loa_name")


@dataclass(frozen=True)
class UnmappedLine:
    """One line of one producer. `status` is the report's; `resolved_at` None: it waits for a person."""

    id: int
    npn: str
    state: State
    license_class: str
    loa_code: str
    loa_name: str
    status: str
    why: str
    first_seen_at: datetime
    last_seen_at: datetime
    resolved_at: datetime | None
    resolved_by: str | None

    @property
    def loa(self) -> str:
        """The line as the report calls it."""
        return self.loa_name or self.loa_code

    @property
    def question(self) -> Question:
        return question(self.state, self.license_class, self.loa)


@dataclass(frozen=True)
class Answer:
    """What a person said; no `lines`: it gives no authority."""

    lines: tuple[Line, ...]
    mapped_by: str
    mapped_at: datetime


def record(tx: Connection, seen: Sequence[Unmapped], now: datetime) -> int:
    """Note lines that wait, each once; one that was answered and still cannot be read waits again. How many are new."""
    by_key = {_key(line): line for line in seen}
    npns = sorted({line.npn for line in seen})
    columns = [_waiting.c[name] for name in _KEY]
    known = {tuple(row) for row in tx.execute(select(*columns).where(_waiting.c.npn.in_(npns)))}
    for key in by_key.keys() & known:
        line = by_key[key]
        tx.execute(
            update(_waiting)
            .where(and_(*(column == value for column, value in zip(columns, key, strict=True))))
            .values(status=str(line.status), why=line.why, last_seen_at=now, resolved_at=None, resolved_by=None)
        )
    new = [
        {
            **dict(zip(_KEY, key, strict=True)),
            "status": str(line.status),
            "why": line.why,
            "first_seen_at": now,
            "last_seen_at": now,
        }
        for key, line in by_key.items()
        if key not in known
    ]
    if new:
        tx.execute(insert(_waiting), new)
    return len(new)


def listed(tx: Connection, *, after: int, limit: int, answered: bool = False) -> list[UnmappedLine]:
    """What waits, by number; with `answered` what a person has answered, too."""
    query = select(_waiting).where(_waiting.c.id > after).order_by(_waiting.c.id).limit(limit)
    if not answered:
        query = query.where(_waiting.c.resolved_at.is_(None))
    return [UnmappedLine(**row) for row in tx.execute(query).mappings()]


@dataclass(frozen=True)
class Waiting:
    """One line as a report calls it, of `producers` producers; `line_id` is one of theirs, and stands for all of them.

    `resolved_at` None: it waits for a person.
    """

    line_id: int
    state: State
    license_class: str
    loa_code: str
    loa_name: str
    why: str
    producers: int
    first_seen_at: datetime
    last_seen_at: datetime
    resolved_at: datetime | None

    @property
    def loa(self) -> str:
        return self.loa_name or self.loa_code


def side_by_side(tx: Connection, *, limit: int, answered: bool) -> list[Waiting]:
    """What waits (or what was answered), each line once, that of most producers first: one answer is for all of them."""
    names = [_waiting.c[name] for name in ("state", "license_class", "loa_code", "loa_name", "why")]
    query = (
        select(
            *names,
            func.min(_waiting.c.id).label("line_id"),
            func.count(_waiting.c.npn.distinct()).label("producers"),
            func.min(_waiting.c.first_seen_at).label("first_seen_at"),
            func.max(_waiting.c.last_seen_at).label("last_seen_at"),
            func.max(_waiting.c.resolved_at).label("resolved_at"),
        )
        .where(_waiting.c.resolved_at.is_not(None) if answered else _waiting.c.resolved_at.is_(None))
        .group_by(*names)
        .order_by(func.count(_waiting.c.npn.distinct()).desc(), func.min(_waiting.c.id))
        .limit(limit)
    )
    return [Waiting(**row) for row in tx.execute(query).mappings()]


def load(tx: Connection, line_id: int) -> UnmappedLine | None:
    row = tx.execute(select(_waiting).where(_waiting.c.id == line_id)).mappings().first()
    return None if row is None else UnmappedLine(**row)


def of_state(tx: Connection, state: State) -> list[UnmappedLine]:
    """Everything that waits in the state."""
    rows = tx.execute(select(_waiting).where(_waiting.c.state == state, _waiting.c.resolved_at.is_(None))).mappings()
    return [UnmappedLine(**row) for row in rows]


def resolve(tx: Connection, ids: Iterable[int], *, by: str, now: datetime) -> None:
    for line_id in ids:
        tx.execute(update(_waiting).where(_waiting.c.id == line_id).values(resolved_at=now, resolved_by=by))


# ---- what persons said


def answers(tx: Connection) -> dict[Question, tuple[Line, ...]]:
    """Every answer, as the readers of reports take them."""
    return {
        question(row.state, row.license_class, row.loa_name or row.loa_code): _lines(row.line)
        for row in tx.execute(select(_mappings))
    }


def answer_to(tx: Connection, asked: Question) -> Answer | None:
    row = tx.execute(select(_mappings).where(_is(asked))).first()
    return None if row is None else Answer(_lines(row.line), row.mapped_by, row.mapped_at)


def put_answer(tx: Connection, asked: Question, lines: Sequence[Line], *, by: str, now: datetime) -> None:
    """In place of what was said before."""
    state, license_class, loa = asked
    tx.execute(delete(_mappings).where(_is(asked)))
    tx.execute(
        insert(_mappings).values(
            state=state,
            license_class=license_class,
            loa_code="",
            loa_name=loa,
            line="+".join(lines),
            mapped_by=by,
            mapped_at=now,
        )
    )


def last_answered_at(tx: Connection) -> datetime | None:
    """When a person answered last: reports from before it may be worth another reading."""
    found: datetime | None = tx.execute(select(func.max(_mappings.c.mapped_at))).scalar()
    return found


def _is(asked: Question) -> ColumnElement[bool]:
    state, license_class, loa = asked
    named = or_(_mappings.c.loa_name == loa, and_(_mappings.c.loa_name == "", _mappings.c.loa_code == loa))
    return and_(_mappings.c.state == state, _mappings.c.license_class == license_class, named)


def _lines(joined: str) -> tuple[Line, ...]:
    return tuple(Line(line) for line in joined.split("+") if line)


def _key(line: Unmapped) -> tuple[str, ...]:
    return (line.npn, line.state, line.license_class, line.loa_code, line.loa_name)
