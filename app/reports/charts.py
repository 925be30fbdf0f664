"""Two drawings as inline SVG: a tile for every jurisdiction, and the calls week by week.

No meaning hangs on color alone: every tile has a letter, every doubt a hatch, every part a title, every chart a table beside
it. Colors are classes of templates/lookback.css, so that paper and dark screens get their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from markupsafe import Markup

from app.domain import states
from app.domain.lookback.report import Range, StateRow, Week
from app.domain.states import State
from app.reports import tile_grid, wording
from app.reports.wording import counted, ranged

WEEKS_DRAWN = 106
"""Two years. An older log keeps its whole table."""


class Standing(StrEnum):
    """The worst thing in a state; the value is the tile's class."""

    CERTAIN = "certain"
    DOUBTFUL = "doubtful"
    LOST = "lost"
    HOURS = "hours"
    NOT_KNOWN = "not-known"
    UNSERVED = "unserved"
    SOUND = "sound"
    NO_CALLS = "no-calls"


LETTERS = {
    Standing.CERTAIN: "A",
    Standing.DOUBTFUL: "D",
    Standing.LOST: "L",
    Standing.HOURS: "H",
    Standing.UNSERVED: "N",
    Standing.NOT_KNOWN: "?",
}
MEANINGS = {
    Standing.CERTAIN: "Taken without authority, the stronger the more",
    Standing.DOUBTFUL: "The same, if a doubtful state is right",
    Standing.LOST: "Lost, although somebody was licensed",
    Standing.HOURS: "Outside calling hours",
    Standing.NOT_KNOWN: "Cannot be judged by today's roster",
    Standing.UNSERVED: "Lost, and nobody is licensed there",
    Standing.SOUND: "Calls, and nothing against them",
    Standing.NO_CALLS: "No calls",
}


# ---- the map


def standing(row: StateRow | None) -> tuple[Standing, Range]:
    """The worst thing in a state, and how many calls it is about."""
    if row is None or not row.calls:
        return Standing.NO_CALLS, Range(0, 0)
    if row.without_authority.best:
        return Standing.CERTAIN, row.without_authority
    if row.without_authority.worst:
        return Standing.DOUBTFUL, row.without_authority
    if row.lost_licensed.worst:
        return Standing.LOST, row.lost_licensed
    if row.outside_hours.worst:
        return Standing.HOURS, row.outside_hours
    if row.not_known:
        return Standing.NOT_KNOWN, Range(row.not_known, row.not_known)
    if row.lost and not row.producers:
        return Standing.UNSERVED, Range(row.lost, row.lost)
    return Standing.SOUND, Range(row.calls, row.calls)


def tile_map(rows: Iterable[StateRow]) -> Markup:
    """One tile for each of the 56 jurisdictions, shaded and lettered by the worst thing there."""
    by_state = {row.state: row for row in rows}
    most = max((row.without_authority.worst for row in by_state.values()), default=0)
    tiles = Markup("").join(_tile(code, by_state.get(code), most) for code in states.ALL)
    return _drawing("map", tile_grid.VIEW_BOX, "The worst thing in each state", _map_told(by_state), tiles)


def _tile(code: State, row: StateRow | None, most: int) -> Markup:
    x, y = tile_grid.corner(code)
    what, calls = standing(row)
    shade = f"certain shade-{_shade(calls.worst, most)}" if what is Standing.CERTAIN else what.value
    letter = LETTERS.get(what, "")
    hatch = Markup('<rect class="hatch" width="{0}" height="{0}" rx="4"/>').format(tile_grid.TILE)
    return Markup(
        '<g class="tile {shade}" data-state="{code}" transform="translate({x} {y})"><title>{title}</title>'
        '<rect width="{side}" height="{side}" rx="4"/>{hatch}<text class="code" x="5" y="20">{code}</text>'
        '<text class="letter" x="46" y="20" text-anchor="end">{letter}</text>'
        '<text class="count{long}" x="46" y="43" text-anchor="end">{count}</text></g>'
    ).format(
        shade=shade,
        code=code,
        x=x,
        y=y,
        side=tile_grid.TILE,
        title=_tile_told(code, row),
        hatch=hatch if what is Standing.DOUBTFUL else "",
        letter=letter,
        long=" long" if len(_short(calls)) > 4 else "",
        count=_short(calls) if letter else "",
    )


def _shade(calls: int, most: int) -> int:
    """1 to 3: thirds of the worst state."""
    return 1 + min(2, 3 * (calls - 1) // max(most, 1))


def _short(calls: Range) -> str:
    """What fits a tile: "5", "5–7", "120+", "2k+"."""
    if calls.worst < 100 and calls.best != calls.worst:
        return f"{calls.best}–{calls.worst}"
    more = "+" if calls.best != calls.worst else ""
    return f"{calls.best}{more}" if calls.best < 1000 else f"{calls.best // 1000}k+"


def _tile_told(code: State, row: StateRow | None) -> str:
    if row is None or not row.calls:
        return f"{states.name(code)}: no calls"
    parts = [f"{counted(row.calls, 'call')}", f"{row.taken:,} taken"]
    for number, what in (
        (row.without_authority, "without authority"),
        (row.not_known, "not known then"),
        (row.lost_licensed, "lost although somebody was licensed"),
        (row.outside_hours, "outside hours"),
    ):
        worst = number.worst if isinstance(number, Range) else number
        if worst:
            parts.append(f"{ranged(number) if isinstance(number, Range) else f'{number:,}'} {what}")
    return f"{states.name(code)}: {', '.join(parts)}; {counted(row.producers, 'producer')} licensed"


def _map_told(by_state: dict[State, StateRow]) -> str:
    found = [standing(by_state.get(code))[0] for code in states.ALL]
    told = [
        f"{counted(found.count(what), 'state')}: {meaning.split(',')[0].lower()}"
        for what, meaning in MEANINGS.items()
        if found.count(what)
    ]
    return "; ".join(told) + ". The table of states says the same in numbers."


# ---- the weeks


@dataclass(frozen=True)
class Part:
    """One part of a week's bar. `key` is its class; `hatched` parts are doubt."""

    key: str
    said: str
    above: bool = True
    hatched: bool = False


PARTS = (
    Part("certain", "taken without authority, for certain"),
    Part("doubtful", "the same, if a doubtful state is right", hatched=True),
    Part("not-known", "taken, not known then"),
    Part("sound", "taken, nothing against it"),
    Part("lost", "lost, although somebody was licensed", above=False),
    Part("lost-doubtful", "the same, if a doubtful state is right", above=False, hatched=True),
    Part("lost-otherwise", "lost otherwise", above=False),
)
_WIDE, _HIGH, _LEFT, _TOP, _BOTTOM = 960, 360, 44, 10, 28


def split(week: Week) -> dict[str, int]:
    """How a week's calls fall into `PARTS`. Never below zero, whatever the report holds."""
    unsure = week.without_authority.worst - week.without_authority.best
    unsure_lost = week.lost_licensed.worst - week.lost_licensed.best
    return {
        "certain": week.without_authority.best,
        "doubtful": max(unsure, 0),
        "not-known": week.not_known,
        "sound": max(week.taken - week.without_authority.worst - week.not_known, 0),
        "lost": week.lost_licensed.best,
        "lost-doubtful": max(unsure_lost, 0),
        "lost-otherwise": max(week.lost - week.lost_licensed.worst, 0),
    }


def weeks_chart(weeks: Sequence[Week]) -> Markup:
    """A bar a week: what was taken stands above the line, what was lost hangs below it; the worst is next to the line."""
    drawn = weeks[-WEEKS_DRAWN:]
    if not drawn:
        return Markup("")
    parts = [split(week) for week in drawn]
    above = max(sum(each[part.key] for part in PARTS if part.above) for each in parts)
    below = max(sum(each[part.key] for part in PARTS if not part.above) for each in parts)
    step = _nice((above + below) / 5)
    up, down = (-(-most // step) * step for most in (above, below))
    scale = (_HIGH - _TOP - _BOTTOM) / max(up + down, 1)
    zero = _TOP + up * scale
    slots = _slots([week.begins for week in drawn])
    width = (_WIDE - _LEFT) / (slots[-1] + 1)
    bars = Markup("").join(
        _bar(week, each, x=_LEFT + slot * width, width=width, zero=zero, scale=scale)
        for week, each, slot in zip(drawn, parts, slots, strict=True)
    )
    marks = Markup("").join(_marks(drawn, slots, width))
    title = "Calls week by week"
    told = (
        f"{counted(len(drawn), 'week')} from {wording.day(drawn[0].begins)}. The table below says the same in numbers."
    )
    grid = Markup("").join(_grid(range(-down, up + 1, step), zero, scale))
    return _drawing("weeks", f"0 0 {_WIDE} {_HIGH}", title, told, grid + bars + marks)


def _slots(begins: list[date]) -> list[int]:
    """Where each week stands; a week without calls leaves its place empty, unless the log has years of them."""
    slots = [(begin - begins[0]).days // 7 for begin in begins]
    return slots if slots[-1] < 2 * WEEKS_DRAWN else list(range(len(begins)))


def _bar(week: Week, parts: dict[str, int], *, x: float, width: float, zero: float, scale: float) -> Markup:
    gap = min(width * 0.28, 14)
    wide = min(width - gap, 64)
    left = x + (width - wide) / 2
    drawn = Markup("")
    for side in (True, False):
        at = 0.0
        for part in PARTS:
            if part.above is not side or not parts[part.key]:
                continue
            # One bad call among hundreds must still be seen.
            high = max(parts[part.key] * scale, 2.5)
            top = zero - at - high if side else zero + at
            drawn += _part(part, week, parts[part.key], left, top, wide, high)
            at += high
    return drawn


def _part(part: Part, week: Week, calls: int, left: float, top: float, wide: float, high: float) -> Markup:
    box = Markup('x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"').format(left, top, wide, high)
    hatch = Markup('<rect class="hatch" {}/>').format(box) if part.hatched else ""
    return Markup('<g class="part {key}"><title>{title}</title><rect {box}/>{hatch}</g>').format(
        key=part.key, title=f"Week of {wording.day(week.begins)}: {calls:,} {part.said}", box=box, hatch=hatch
    )


def _grid(values: range, zero: float, scale: float) -> Iterator[Markup]:
    for value in values:
        y = zero - value * scale
        yield Markup('<line class="{}" x1="{}" x2="{}" y1="{y:.1f}" y2="{y:.1f}"/>').format(
            "grid" if value else "axis", _LEFT, _WIDE, y=y
        )
        yield Markup('<text class="tick" x="{}" y="{:.1f}" text-anchor="end">{}</text>').format(
            _LEFT - 8, y + 4, f"{abs(value):,}"
        )


def _marks(weeks: Sequence[Week], slots: list[int], width: float) -> Iterator[Markup]:
    every = -(-(slots[-1] + 1) // 9)
    begins = dict(zip(slots, (week.begins for week in weeks), strict=True))
    for slot in range(0, slots[-1] + 1, every):
        begin = begins.get(slot, weeks[0].begins + timedelta(weeks=slot))
        yield Markup('<text class="tick" x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(
            _LEFT + (slot + 0.5) * width, _HIGH - 6, wording.short_day(begin)
        )


def _nice(step: float) -> int:
    """A round step not under `step`: 1, 2, 5, 10, 20, 50, …"""
    size = 1
    while True:
        for times in (1, 2, 5):
            if times * size >= step:
                return times * size
        size *= 10


# ---- both


def _drawing(key: str, box: str, title: str, told: str, inside: Markup) -> Markup:
    # Hatches are drawn over the color beneath: lines at 45 degrees, in the paper's color.
    return Markup(
        '<svg class="{key}" viewBox="{box}" role="img" aria-labelledby="{key}-title {key}-told">'
        '<title id="{key}-title">{title}</title><desc id="{key}-told">{told}</desc>'
        '<defs><pattern id="{key}-hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><line class="stroke" x1="0" y1="0" x2="0" y2="6"/></pattern></defs>{inside}</svg>'
    ).format(key=key, box=box, title=title, told=told, inside=inside)
